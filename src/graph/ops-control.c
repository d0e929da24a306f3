/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Variables, calls, conditions, loops. Sources: tensorflow/core/ops/{resource_variable,functional,control_flow}_ops.cc. */

#include "ops-private.h"

/* The dtype and shape of what a handle stands for are written on the operation when it is recorded. */
static gboolean
rule_read (AssayInference *inference, GError **error)
{
  const AssayPartialShape *shape = assay_attrs_get_shape (inference->attrs, "_shape");

  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
  if (shape != NULL)
    inference->outputs[0].shape = *shape;
  return TRUE;
}

/* Outputs are what Tout says, of unknown shape. */
static gboolean
rule_call (AssayInference *inference, GError **error)
{
  guint         n = 0;
  const gint64 *types = assay_attrs_get_ints (inference->attrs, "Tout", &n);

  for (guint i = 0; i < inference->n_outputs && i < n; i++)
    inference->outputs[i].dtype = types[i];
  return TRUE;
}

const AssayOp assay_ops_control[] = {
  { "NoOp", "", "", NULL, assay_rule_unknown, ASSAY_OP_STATEFUL },
  { "ReadVariableOp", "resource", "value", NULL, rule_read, ASSAY_OP_STATEFUL },
  { "PartitionedCall", "args*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL },
  { "StatefulPartitionedCall", "args*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "If", "cond input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "StatelessIf", "cond input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL },
  { "While", "input*T", "output*T", NULL, assay_rule_same, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "StatelessWhile", "input*T", "output*T", NULL, assay_rule_same, ASSAY_OP_CONTROL },
  { NULL },
};
