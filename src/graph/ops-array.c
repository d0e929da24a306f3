/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Constants, shapes, slicing, joining. Source: tensorflow/core/ops/array_ops.cc. */

#include "ops-private.h"

static gboolean
rule_const (AssayInference *inference, GError **error)
{
  AssayTensor *value = assay_attrs_get_tensor (inference->attrs, "value");

  if (value == NULL)
    {
      inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
      return TRUE;
    }
  inference->outputs[0].dtype = assay_tensor_get_dtype (value);
  inference->outputs[0].shape.rank = MIN (assay_tensor_get_rank (value), ASSAY_GRAPH_MAX_RANK);
  for (int i = 0; i < inference->outputs[0].shape.rank; i++)
    inference->outputs[0].shape.dims[i] = assay_tensor_get_shape (value)[i];
  return TRUE;
}

/* An argument of a function: its spec is written by the builder. */
static gboolean
rule_argument (AssayInference *inference, GError **error)
{
  return TRUE;
}

const AssayOp assay_ops_array[] = {
  { "Argument", "", "output", NULL, rule_argument, ASSAY_OP_STATEFUL },
  { "Const", "", "output", NULL, rule_const, ASSAY_OP_PURE },
  { "Identity", "input", "output", NULL, assay_rule_same, ASSAY_OP_PURE },
  { NULL },
};
