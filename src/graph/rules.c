/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shape rules that several ops share. */

#include "ops-private.h"

gboolean
assay_rule_unknown (AssayInference *inference, GError **error)
{
  AssayDtype dtype = assay_attrs_get_dtype (inference->attrs, "T", ASSAY_DTYPE_INVALID);

  if (dtype == ASSAY_DTYPE_INVALID && inference->n_inputs > 0)
    dtype = inference->inputs[0].dtype;
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i].dtype = dtype;
  return TRUE;
}

gboolean
assay_rule_same (AssayInference *inference, GError **error)
{
  for (guint i = 0; i < inference->n_outputs && inference->n_inputs > 0; i++)
    inference->outputs[i] = inference->inputs[i < inference->n_inputs ? i : 0];
  return TRUE;
}

gboolean
assay_rule_predicate (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_BOOL, inference->inputs[0].shape };
  return TRUE;
}

/* As tensorflow/core/kernels/cwise_ops_common.cc: "Incompatible shapes: [2,3] vs. [4]". */
gboolean
assay_rule_broadcast (AssayInference *inference, GError **error)
{
  const AssayValueSpec *a = &inference->inputs[0], *b = &inference->inputs[1];

  inference->outputs[0].dtype = a->dtype;
  if (a->dtype != b->dtype && a->dtype != ASSAY_DTYPE_INVALID && b->dtype != ASSAY_DTYPE_INVALID)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "cannot compute %s as input #1(zero-based) was expected to be a %s tensor but is a %s tensor [Op:%s]",
                   inference->op->name, assay_dtype_get_info (a->dtype)->name, assay_dtype_get_info (b->dtype)->name, inference->op->name);
      return FALSE;
    }
  if (!assay_partial_shape_broadcast (&a->shape, &b->shape, &inference->outputs[0].shape))
    {
      g_autofree char *left = assay_partial_shape_to_string (&a->shape), *right = assay_partial_shape_to_string (&b->shape);

      return assay_rule_fail (inference, error, "Incompatible shapes: %s vs. %s", left, right);
    }
  return TRUE;
}

gboolean
assay_rule_compare (AssayInference *inference, GError **error)
{
  if (!assay_rule_broadcast (inference, error))
    return FALSE;
  inference->outputs[0].dtype = ASSAY_DTYPE_BOOL;
  return TRUE;
}

int
assay_rule_constant_ints (AssayInference *inference, guint input, gint64 *values, int max)
{
  AssayTensor *tensor = input < inference->n_inputs ? inference->constants[input] : NULL;
  guint64      n;

  if (tensor == NULL)
    return -1;
  n = assay_tensor_get_n_elements (tensor);
  if (n > (guint64) max || (assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_INT32 && assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_INT64))
    return -1;
  for (guint64 i = 0; i < n; i++)
    values[i] = assay_tensor_get_dtype (tensor) == ASSAY_DTYPE_INT32 ? ((const gint32 *) assay_tensor_get_data (tensor))[i]
                                                                     : ((const gint64 *) assay_tensor_get_data (tensor))[i];
  return n;
}

gboolean
assay_rule_ints (AssayInference *inference, guint input, AssayKnownInts *ints)
{
  const AssayPartialShape *shape = &inference->inputs[input].shape;

  if (inference->constants[input] != NULL)
    return assay_fold_tensor (inference->constants[input], ints);
  if (inference->known != NULL && inference->known[input] != NULL)
    {
      *ints = *inference->known[input];
      return TRUE;
    }
  *ints = (AssayKnownInts){ .rank = shape->rank, .n = shape->rank == 1 ? MAX (shape->dims[0], 0) : 1 };
  return shape->rank == 0 || (shape->rank == 1 && shape->dims[0] >= 0 && shape->dims[0] <= ASSAY_MAX_KNOWN_INTS);
}

gboolean
assay_rule_int (AssayInference *inference, guint input, gint64 *value)
{
  AssayKnownInts ints;

  if (!assay_rule_ints (inference, input, &ints) || ints.n != 1 || !ints.known)
    return FALSE;
  *value = ints.values[0];
  return TRUE;
}

gboolean
assay_rule_shape (AssayInference *inference, guint input, AssayPartialShape *shape, GError **error)
{
  AssayKnownInts ints;

  *shape = assay_partial_shape_unknown ();
  if (!assay_rule_ints (inference, input, &ints) || ints.n > ASSAY_GRAPH_MAX_RANK)
    return TRUE;
  shape->rank = ints.n;
  for (guint i = 0; i < ints.n; i++)
    {
      gboolean known = ints.known >> i & 1;

      if (known && ints.values[i] < 0)
        return assay_rule_fail (inference, error, "Dimension %" G_GINT64_FORMAT " must be >= 0", ints.values[i]);
      shape->dims[i] = known ? ints.values[i] : -1;
    }
  return TRUE;
}

gboolean
assay_rule_need_rank (AssayInference *inference, guint input, int rank, GError **error)
{
  int has = inference->inputs[input].shape.rank;

  if (has >= 0 && has != rank)
    return assay_rule_fail (inference, error, "Shape must be rank %d but is rank %d", rank, has);
  return TRUE;
}

gboolean
assay_rule_same_dtypes (AssayInference *inference, guint first, guint n, GError **error)
{
  for (guint i = first + 1; i < first + n; i++)
    if (inference->inputs[i].dtype != inference->inputs[first].dtype && inference->inputs[i].dtype != ASSAY_DTYPE_INVALID &&
        inference->inputs[first].dtype != ASSAY_DTYPE_INVALID)
      {
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "cannot compute %s as input #%u(zero-based) was expected to be a %s tensor but is a %s tensor [Op:%s]",
                     inference->op->name, i, assay_dtype_get_info (inference->inputs[first].dtype)->name,
                     assay_dtype_get_info (inference->inputs[i].dtype)->name, inference->op->name);
        return FALSE;
      }
  return TRUE;
}

gboolean
assay_rule_reduce (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gboolean                 keep = assay_attrs_get_int (inference->attrs, "keep_dims", FALSE);
  gint64                   axes[ASSAY_GRAPH_MAX_RANK];
  int                      n = assay_rule_constant_ints (inference, 1, axes, ASSAY_GRAPH_MAX_RANK);
  gboolean                 reduced[ASSAY_GRAPH_MAX_RANK] = { FALSE };

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  *out = assay_partial_shape_unknown ();
  if (in->rank < 0 || n < 0)
    {
      if (in->rank >= 0 && keep)
        *out = assay_partial_shape_new (in->rank, NULL);
      return TRUE;
    }
  for (int i = 0; i < n; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + in->rank : axes[i];

      if (axis < 0 || axis >= in->rank)
        return assay_rule_fail (inference, error, "Invalid reduction dimension (%" G_GINT64_FORMAT " for input with %d dimension(s)",
                                axes[i], in->rank);
      if (reduced[axis])
        return assay_rule_fail (inference, error, "Invalid reduction arguments: Axes contains duplicate dimension: %" G_GINT64_FORMAT, axis);
      reduced[axis] = TRUE;
    }
  out->rank = 0;
  for (int i = 0; i < in->rank; i++)
    if (!reduced[i] || keep)
      out->dims[out->rank++] = reduced[i] ? 1 : in->dims[i];
  return TRUE;
}

gboolean
assay_rule_fail (AssayInference *inference, GError **error, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (inference->name != NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%s (node %s, Op:%s)", text, inference->name, inference->op->name);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%s [Op:%s]", text, inference->op->name);
  return FALSE;
}
