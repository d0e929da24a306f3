#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Edits and converts copies of test files with assay-cli, and reads them again with the real libraries: h5py, Keras, safetensors, NumPy.
#   sh tests/reload/run.sh [--only TEXT]
# ASSAY_PYTHON is a Python that has them (default python3); what isn't there is skipped. ASSAY_CLI is the program to test.
# The last line is "N passed, N failed, N skipped".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
python=${ASSAY_PYTHON:-python3}
ASSAY_CLI=${ASSAY_CLI:-$top/build/src/cli/assay-cli}
export ASSAY_CLI

if [ ! -x "$ASSAY_CLI" ]; then
  echo "There is no $ASSAY_CLI; build first"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
if ! "$python" -c 'import numpy' 2>/dev/null; then
  echo "skipped: $python has no numpy"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi
TF_ENABLE_ONEDNN_OPTS=0 exec "$python" -W ignore "$here/reload.py" "$@"
