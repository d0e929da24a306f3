#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs every benchmark, each beside its peer in the same run, and says which bounds are missed (docs/benchmarks.md has a table of them):
#   sh bench/run.sh [NAME...]     NAME: open statistics value-table heat-map window networks models (all, if none is given)
# Peers are Python's libraries (ASSAY_PYTHON, default python3) and libadwaita-1-examples; what isn't installed is told as skipped. An idle
# machine gives steady numbers; beside other work, the ratios hold better than the times. Exits with 1 if a bound is missed.
set -u

cd "$(dirname "$0")/.."
. tools/packages.sh
# shellcheck disable=SC2086 # one word a package
need_packages $build_packages $window_packages libadwaita-1-examples
build_in build || exit 2
export ASSAY_READER="$PWD/build/src/readers/assay-reader" GSETTINGS_SCHEMA_DIR="$PWD/build/data"
[ $# -gt 0 ] || set -- open statistics value-table heat-map window networks models

missed=0
for name in "$@"; do
  echo "==== $name"
  case $name in
    open) python3 bench/bench-open.py ;;
    statistics) build/bench/bench-statistics ;;
    value-table | heat-map) tests/desk.sh "build/bench/bench-$name" 2>/dev/null ;;
    window) tests/desk.sh /usr/bin/python3 bench/bench-window.py 2>/dev/null ;;
    networks) "${ASSAY_PYTHON:-python3}" bench/bench-networks.py build/bench/bench-networks 2>/dev/null ;;
    models) "${ASSAY_PYTHON:-python3}" bench/bench-models.py build/src/cli/assay-cli 2>/dev/null ;;
    *) echo "There is no benchmark “$name”"; false ;;
  esac || missed=1
done
exit $missed
