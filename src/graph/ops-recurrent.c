/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Recurrent layers as one operation of our own, which a graph can show as one node. Not TensorFlow's, so with "_" in front. */

#include "ops-private.h"

/* z: [B, T, G × U], the inputs times the kernel; kernel: [U, G × U]; bias: [G × U], for reset_after, else empty; mask: [B, T], or empty;
 * h, c: [B, U], the state before (c is as h where the cell has only h). Gives sequence [B, T, U], last output, h, c. */
static gboolean
rule_recurrent (AssayInference *inference, GError **error)
{
  static const char *const cells[] = { "simple", "gru", "gru_reset_after", "lstm" };
  static const gint64      gates[] = { 1, 3, 3, 4 };
  const AssayPartialShape *z = &inference->inputs[0].shape, *kernel = &inference->inputs[1].shape, *bias = &inference->inputs[2].shape;
  const AssayPartialShape *mask = &inference->inputs[3].shape, *h = &inference->inputs[4].shape, *c = &inference->inputs[5].shape;
  const char              *cell = assay_attrs_get_string (inference->attrs, "cell", "");
  gint64                   units, n_gates = 0;
  AssayPartialShape        state;

  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    if (g_str_equal (cells[i], cell))
      n_gates = gates[i];
  if (n_gates == 0)
    return assay_rule_fail (inference, error, "There is no cell %s", cell);
  for (guint i = 0; i < 6; i++)
    if (i != 3 && inference->inputs[i].dtype != ASSAY_DTYPE_FLOAT32)
      return assay_rule_fail (inference, error, "Input %u must be float32", i);
  if (z->rank != 3 || kernel->rank != 2 || bias->rank != 1 || h->rank != 2 || c->rank != 2 || (mask->rank != 1 && mask->rank != 2))
    return assay_rule_fail (inference, error, "z, kernel, bias, mask and states must have 3, 2, 1, 2 and 2 dimensions");
  units = kernel->dims[0];
  if (units < 1 || kernel->dims[1] != units * n_gates || (z->dims[2] >= 0 && z->dims[2] != units * n_gates) ||
      (bias->dims[0] != 0 && bias->dims[0] != units * n_gates) || h->dims[1] != units || c->dims[1] != units)
    return assay_rule_fail (inference, error, "A cell of %" G_GINT64_FORMAT " units has %" G_GINT64_FORMAT " gates", units, n_gates);
  state = assay_partial_shape_make (2, z->dims[0], units);
  if (!assay_partial_shape_accepts (&state, h) || !assay_partial_shape_accepts (&state, c))
    return assay_rule_fail (inference, error, "The states must have the inputs' batch");
  if (mask->rank == 2)
    {
      AssayPartialShape steps = assay_partial_shape_make (2, z->dims[0], z->dims[1]);

      if (!assay_partial_shape_accepts (&steps, mask) || inference->inputs[3].dtype != ASSAY_DTYPE_BOOL)
        return assay_rule_fail (inference, error, "The mask must be bool, of the inputs' batch and steps");
    }
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_FLOAT32, assay_partial_shape_make (3, z->dims[0], z->dims[1], units) };
  for (guint i = 1; i < 4; i++)
    inference->outputs[i] = (AssayValueSpec){ ASSAY_DTYPE_FLOAT32, state };
  return TRUE;
}

const AssayOp assay_ops_recurrent[] = {
  { "_AssayRecurrent", "z kernel bias mask h c", "sequence last h c",
    "cell=lstm activation=tanh recurrent_activation=sigmoid go_backwards=false zero_output_for_mask=false", rule_recurrent, ASSAY_OP_PURE },
  { NULL },
};
