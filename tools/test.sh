#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what is missing, builds, and runs every test that needs no display: once as it is, once under the address and
# undefined-behaviour sanitizers. The last line is the sum over both: "N passed, N failed, N skipped".
#   sh tools/test.sh [--plain]     --plain leaves the sanitizers out
set -eu

cd "$(dirname "$0")/.."
top=$(pwd)
. tools/packages.sh

# shellcheck disable=SC2086 # one word a package
need_packages $build_packages $test_packages

with_sanitizers=1
[ "${1:-}" = --plain ] && with_sanitizers=0
failed=0

# Builds; what can't be built is a failed test, and there is nothing more to run.
build_or_fail ()
{
  echo "== Building in $1" >&2
  build_in "$@" && return 0
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}

# Runs the headless tests of a build folder; what fails is printed.
run_tests ()
{
  meson test -C "$1" --no-rebuild --suite headless --print-errorlogs -t "$2" --logbase "$3" </dev/null >&2 || failed=1
  logs="$logs $1/meson-logs/$3.json"
}

logs=
build_or_fail build
rm -f build/meson-logs/headless.json
echo "== Tests" >&2
run_tests build 2 headless

if [ $with_sanitizers = 1 ]; then
  build_or_fail build-sanitize -Db_sanitize=address,undefined -Db_lundef=false
  rm -f build-sanitize/meson-logs/headless.json
  echo "== Tests under sanitizers" >&2
  export ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:allocator_may_return_null=1"
  export LSAN_OPTIONS="suppressions=$top/tests/lsan.supp:print_suppressions=0"
  export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
  run_tests build-sanitize 6 headless
fi

# shellcheck disable=SC2086
python3 tools/count-tests $logs || failed=1
exit $failed
