/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Activations, convolutions, pooling, normalisation. Source: tensorflow/core/ops/nn_ops.cc. */

#include "ops-private.h"

const AssayOp assay_ops_nn[] = {
  { "Relu", "features", "activations", NULL, assay_rule_same, ASSAY_OP_PURE },
  { NULL },
};
