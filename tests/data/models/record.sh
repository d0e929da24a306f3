#!/bin/sh
# SPDX-FileCopyrightText: The Assay authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Writes the models beside this file again, what they are fed and what Keras and TensorFlow give: needs both, and a built assay-cli.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../.."
python3 tests/check-models.py --record "$here" nested_deep-h5 keras3/list_io keras3/vit_small keras3/ops_mix keras3/int8 keras3/int4 keras3/lora \
  keras2/small_text tf/loops tf/arrays tf/functional_ops tf/counter tf/table tf/v1_cond tf/v1_while tf/v1_rnn tf/v1_constant tf/v1_parts
