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

static gboolean
rule_switch (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->outputs[1] = inference->inputs[0];
  return TRUE;
}

static gboolean
rule_merge (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = inference->n_inputs ? inference->inputs[0].dtype : ASSAY_DTYPE_INVALID;
  inference->outputs[1] = (AssayValueSpec){ ASSAY_DTYPE_INT32, assay_partial_shape_make (0) };
  return TRUE;
}

const AssayOp assay_ops_control[] = {
  { "NoOp", "", "", NULL, assay_rule_unknown, ASSAY_OP_STATEFUL },
  { "ReadVariableOp", "resource", "value", NULL, rule_read, ASSAY_OP_STATEFUL },
  { "PartitionedCall", "args*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL },
  { "StatefulPartitionedCall", "args*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "If", "cond input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "StatelessIf", "cond input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL },
  { "Case", "branch_index input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "StatelessCase", "branch_index input*Tin", "output*Tout", NULL, rule_call, ASSAY_OP_CONTROL },
  { "While", "input*T", "output*T", NULL, assay_rule_same, ASSAY_OP_CONTROL | ASSAY_OP_STATEFUL },
  { "StatelessWhile", "input*T", "output*T", NULL, assay_rule_same, ASSAY_OP_CONTROL },
  { "Switch", "data pred", "output_false output_true", NULL, rule_switch, ASSAY_OP_CONTROL | ASSAY_OP_SWITCH },
  { "Merge", "inputs*N", "output value_index", NULL, rule_merge, ASSAY_OP_CONTROL | ASSAY_OP_SWITCH },
  { NULL },
};
