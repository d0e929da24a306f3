#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what is missing, builds, and opens the example model, or the files that are given:
#   sh tools/run.sh [FILE...]
# With no display it prints their trees and runs them forward on random numbers instead.
set -eu

here=$(pwd)
cd "$(dirname "$0")/.."
top=$(pwd)
. tools/packages.sh

# shellcheck disable=SC2086 # one word a package
need_packages $build_packages
build_in build

# What is built runs from where it was built.
export ASSAY_READER="$top/build/src/readers/assay-reader"
export GSETTINGS_SCHEMA_DIR="$top/build/data"
export ASSAY_EXAMPLE_DIR="$top/data/example"

[ $# -gt 0 ] || set -- "$top/data/example/digits.h5"
cd "$here"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$top/build/src/app/assay" "$@"
fi
for model in "$@"; do
  "$top/build/src/cli/assay-cli" ls "$model"
  echo
  "$top/build/src/cli/assay-cli" run "$model" --input random:1 || "$top/build/src/cli/assay-cli" stats "$model"
done
