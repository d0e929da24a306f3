#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Writes models like those beside this file, what they are fed and what Keras and TensorFlow give into a new folder: needs both, and a built
# assay-cli. Of some only one form is kept here.
#   sh tests/data/models/record.sh FOLDER
set -eu
cd "$(dirname "$0")/../../.."
python3 tests/check-models.py --record "$1" nested_deep keras3/list_io keras3/int8 keras3/lora keras2/char_cnn tf/loops tf/arrays tf/functional_ops \
  tf/counter tf/v1_cond tf/v1_constant
