/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reductions, running sums, segments, ranges, the largest. Sources: tensorflow/core/ops/{math,nn}_ops.cc. */

#include "ops-private.h"

#include <math.h>
#include <string.h>

static gboolean
rule_arg (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   axis;

  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "output_type", ASSAY_DTYPE_INT64);
  if (in->rank < 0)
    return TRUE;
  if (in->rank == 0)
    return assay_rule_fail (inference, error, "Expected dimension in the range [0, 0), but got 0");
  *out = assay_partial_shape_new (in->rank - 1, NULL);
  if (!assay_rule_int (inference, 1, &axis))
    return TRUE;
  if (axis < -in->rank || axis >= in->rank)
    return assay_rule_fail (inference, error, "Expected dimension in the range [%d, %d), but got %" G_GINT64_FORMAT, -in->rank, in->rank, axis);
  if (axis < 0)
    axis += in->rank;
  if (in->dims[axis] == 0)
    {
      g_autofree char *text = assay_partial_shape_to_string (in);

      return assay_rule_fail (inference, error, "Reduction axis %" G_GINT64_FORMAT " is empty in shape %s", axis, text);
    }
  for (int i = 0; i < out->rank; i++)
    out->dims[i] = in->dims[i < axis ? i : i + 1];
  return TRUE;
}

static gboolean
rule_scan (AssayInference *inference, GError **error)
{
  int    rank = inference->inputs[0].shape.rank;
  gint64 axis;

  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[1].shape.rank > 0)
    return assay_rule_fail (inference, error, "ScanOp: axis must be a scalar, not rank %d", inference->inputs[1].shape.rank);
  if (rank >= 0 && assay_rule_int (inference, 1, &axis) && (axis < -rank || axis >= rank))
    return assay_rule_fail (inference, error, "ScanOp: Expected scan axis in the range [%d, %d), but got %" G_GINT64_FORMAT, -rank, rank, axis);
  return TRUE;
}

/* Rows of one segment become one row; ids are sorted, so the last is the largest. */
static gboolean
rule_segment (AssayInference *inference, GError **error)
{
  const AssayPartialShape *ids = &inference->inputs[1].shape;
  AssayTensor             *known = inference->constants[1];
  guint64                  n = known ? assay_tensor_get_n_elements (known) : 0;

  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[0].shape.rank == 0)
    return assay_rule_fail (inference, error, "Shape must be at least rank 1 but is rank 0");
  if (ids->rank >= 0 && ids->rank != 1)
    return assay_rule_fail (inference, error, "segment_ids should be a vector.");
  if (inference->inputs[0].shape.rank < 0)
    return TRUE;
  if (ids->rank == 1 && ids->dims[0] >= 0 && inference->inputs[0].shape.dims[0] >= 0 && ids->dims[0] != inference->inputs[0].shape.dims[0])
    return assay_rule_fail (inference, error, "segment_ids should be the same size as dimension 0 of input.");
  inference->outputs[0].shape.dims[0] = -1;
  if (known == NULL || (assay_tensor_get_dtype (known) != ASSAY_DTYPE_INT32 && assay_tensor_get_dtype (known) != ASSAY_DTYPE_INT64))
    return TRUE;
  inference->outputs[0].shape.dims[0] = 0;
  if (n > 0)
    {
      gint64 last = assay_tensor_get_dtype (known) == ASSAY_DTYPE_INT32 ? ((const gint32 *) assay_tensor_get_data (known))[n - 1]
                                                                        : ((const gint64 *) assay_tensor_get_data (known))[n - 1];

      if (last < 0 || last == G_MAXINT64)
        return assay_rule_fail (inference, error, "segment ids must be >= 0");
      inference->outputs[0].shape.dims[0] = last + 1;
    }
  return TRUE;
}

static gboolean
rule_unsorted_segment (AssayInference *inference, GError **error)
{
  const AssayPartialShape *data = &inference->inputs[0].shape, *ids = &inference->inputs[1].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   n = -1;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  for (int i = 0; i < ids->rank && data->rank >= 0; i++)
    if (i >= data->rank || (ids->dims[i] >= 0 && data->dims[i] >= 0 && ids->dims[i] != data->dims[i]))
      {
        g_autofree char *left = assay_partial_shape_to_string (data), *right = assay_partial_shape_to_string (ids);

        return assay_rule_fail (inference, error, "data.shape = %s does not start with segment_ids.shape = %s", left, right);
      }
  if (assay_rule_int (inference, 2, &n) && n < 0)
    return assay_rule_fail (inference, error, "Input num_segments == %" G_GINT64_FORMAT " must not be negative.", n);
  if (data->rank < 0 || ids->rank < 0 || data->rank - ids->rank + 1 > ASSAY_GRAPH_MAX_RANK)
    return TRUE;
  *out = assay_partial_shape_new (data->rank - ids->rank + 1, NULL);
  out->dims[0] = n;
  for (int i = 1; i < out->rank; i++)
    out->dims[i] = data->dims[ids->rank + i - 1];
  return TRUE;
}

/* A number that a tensor holds; FALSE if it isn't one. */
static gboolean
number_in (AssayTensor *tensor, double *number)
{
  const void *data = tensor && assay_tensor_get_n_elements (tensor) == 1 ? assay_tensor_get_data (tensor) : NULL;

  if (data == NULL)
    return FALSE;
  switch (assay_tensor_get_dtype (tensor))
    {
    case ASSAY_DTYPE_FLOAT32:
      *number = *(const float *) data;
      return TRUE;
    case ASSAY_DTYPE_FLOAT64:
      *number = *(const double *) data;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
range_length (AssayInference *inference, gint64 *n, GError **error)
{
  double start, limit, delta;
  gint64 first, end, step, span;

  *n = -1;
  if (number_in (inference->constants[0], &start) && number_in (inference->constants[1], &limit) && number_in (inference->constants[2], &delta))
    {
      double length = ceil (fabs ((limit - start) / delta));

      if (delta == 0)
        return assay_rule_fail (inference, error, "Requires delta != 0: 0");
      if (delta > 0 ? start > limit : start < limit)
        return assay_rule_fail (inference, error, "Requires start %s limit when delta %s 0: %g/%g", delta > 0 ? "<=" : ">=", delta > 0 ? ">" : "<", start, limit);
      if (!(length < 1e18))
        return assay_rule_fail (inference, error, "A range has %g numbers", length);
      *n = length;
      return TRUE;
    }
  if (!assay_rule_int (inference, 0, &first) || !assay_rule_int (inference, 1, &end) || !assay_rule_int (inference, 2, &step))
    return TRUE;
  if (step == 0)
    return assay_rule_fail (inference, error, "Requires delta != 0: 0");
  if (step > 0 ? first > end : first < end)
    return assay_rule_fail (inference, error, "Requires start %s limit when delta %s 0: %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                            step > 0 ? "<=" : ">=", step > 0 ? ">" : "<", first, end);
  if (__builtin_sub_overflow (end, first, &span) || step == G_MININT64)
    return assay_rule_fail (inference, error, "A range from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is too long", first, end);
  span = step > 0 ? span : -span;
  step = step > 0 ? step : -step;
  *n = span / step + (span % step != 0);
  return TRUE;
}

static gboolean
rule_range (AssayInference *inference, GError **error)
{
  gint64 n;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  for (guint i = 0; i < 3; i++)
    if (!assay_rule_need_rank (inference, i, 0, error))
      return FALSE;
  if (!assay_rule_same_dtypes (inference, 0, 3, error) || !range_length (inference, &n, error))
    return FALSE;
  inference->outputs[0].shape = assay_partial_shape_make (1, n);
  return TRUE;
}

static gboolean
rule_lin_space (AssayInference *inference, GError **error)
{
  gint64 n = -1;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_same_dtypes (inference, 0, 2, error))
    return FALSE;
  if (assay_rule_int (inference, 2, &n) && n <= 0)
    return assay_rule_fail (inference, error, "Requires num > 0: %" G_GINT64_FORMAT, n);
  inference->outputs[0].shape = assay_partial_shape_make (1, n);
  return TRUE;
}

static gboolean
rule_bincount (AssayInference *inference, GError **error)
{
  gint64 n = -1;

  inference->outputs[0].dtype = inference->inputs[2].dtype;
  if (assay_rule_int (inference, 1, &n) && n < 0)
    return assay_rule_fail (inference, error, "size (%" G_GINT64_FORMAT ") must be non-negative", n);
  inference->outputs[0].shape = assay_partial_shape_make (1, n);
  if (strcmp (inference->op->name, "DenseBincount") == 0)
    {
      const AssayPartialShape *in = &inference->inputs[0].shape;

      if (in->rank > 2)
        return assay_rule_fail (inference, error, "Shape must be at most rank 2 but is rank %d", in->rank);
      if (in->rank < 0)
        inference->outputs[0].shape = assay_partial_shape_unknown ();
      else if (in->rank == 2)
        inference->outputs[0].shape = assay_partial_shape_make (2, in->dims[0], n);
    }
  return TRUE;
}

static gboolean
rule_top_k (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  gint64                   k = assay_attrs_get_int (inference->attrs, "k", -1);

  if (in->rank == 0)
    return assay_rule_fail (inference, error, "input must be >= 1-D, got shape []");
  if (inference->n_inputs > 1 && !assay_rule_int (inference, 1, &k))
    k = -1;
  else if (k < 0)
    return assay_rule_fail (inference, error, "Need k >= 0, got %" G_GINT64_FORMAT, k);
  if (in->rank > 0 && in->dims[in->rank - 1] >= 0 && k > in->dims[in->rank - 1])
    return assay_rule_fail (inference, error, "input must have at least k columns. Had %" G_GINT64_FORMAT ", needed %" G_GINT64_FORMAT, in->dims[in->rank - 1], k);
  inference->outputs[0] = inference->inputs[0];
  if (in->rank > 0)
    inference->outputs[0].shape.dims[in->rank - 1] = k;
  inference->outputs[1] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "index_type", ASSAY_DTYPE_INT32), inference->outputs[0].shape };
  return TRUE;
}

static gboolean
rule_nth (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  gint64                   n;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank == 0)
    return assay_rule_fail (inference, error, "Input must be >= 1-D, got shape []");
  if (in->rank < 0)
    return TRUE;
  if (assay_rule_int (inference, 1, &n))
    {
      if (n < 0)
        return assay_rule_fail (inference, error, "n must be non-negative but is %" G_GINT64_FORMAT, n);
      if (in->dims[in->rank - 1] >= 0 && n >= in->dims[in->rank - 1])
        return assay_rule_fail (inference, error, "Input must have at least n+1=%" G_GINT64_FORMAT " columns", n + 1);
    }
  inference->outputs[0].shape = assay_partial_shape_new (in->rank - 1, in->dims);
  return TRUE;
}

static gboolean
rule_in_top_k (AssayInference *inference, GError **error)
{
  const AssayPartialShape *predictions = &inference->inputs[0].shape, *targets = &inference->inputs[1].shape;

  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_BOOL, *targets };
  if (predictions->rank >= 0 && predictions->rank != 2)
    return assay_rule_fail (inference, error, "predictions must be 2-dimensional");
  if (targets->rank >= 0 && targets->rank != 1)
    return assay_rule_fail (inference, error, "targets must be 1-dimensional");
  if (predictions->rank == 2 && targets->rank == 1 && predictions->dims[0] >= 0 && targets->dims[0] >= 0 && predictions->dims[0] != targets->dims[0])
    return assay_rule_fail (inference, error, "First dimension of predictions %" G_GINT64_FORMAT " must match length of targets %" G_GINT64_FORMAT,
                            predictions->dims[0], targets->dims[0]);
  return TRUE;
}

static gboolean
rule_l2_loss (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ inference->inputs[0].dtype, assay_partial_shape_make (0) };
  return TRUE;
}

static gboolean
rule_bucketize (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_INT32, inference->inputs[0].shape };
  return TRUE;
}

static gboolean
rule_cross (AssayInference *inference, GError **error)
{
  AssayPartialShape *out = &inference->outputs[0].shape;

  inference->outputs[0] = inference->inputs[0];
  if (!assay_rule_same_dtypes (inference, 0, 2, error))
    return FALSE;
  if (!assay_partial_shape_merge (out, &inference->inputs[1].shape))
    {
      g_autofree char *left = assay_partial_shape_to_string (&inference->inputs[0].shape), *right = assay_partial_shape_to_string (&inference->inputs[1].shape);

      return assay_rule_fail (inference, error, "Both inputs must be of same shape: %s vs. %s", left, right);
    }
  if (out->rank == 0)
    return assay_rule_fail (inference, error, "Input must be at least 1D");
  if (out->rank > 0 && out->dims[out->rank - 1] >= 0 && out->dims[out->rank - 1] != 3)
    return assay_rule_fail (inference, error, "Cross-products are only defined for 3-element vectors.");
  return TRUE;
}

static gboolean
rule_histogram (AssayInference *inference, GError **error)
{
  gint64 n = -1;

  if (assay_rule_int (inference, 2, &n) && n <= 0)
    return assay_rule_fail (inference, error, "nbins should be a positive number, but got '%" G_GINT64_FORMAT "'", n);
  inference->outputs[0] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INT32), assay_partial_shape_make (1, n) };
  return TRUE;
}

#define REDUCE(name)                                                                               \
  {                                                                                                \
    name, "input reduction_indices", "output", "keep_dims=false", assay_rule_reduce, ASSAY_OP_PURE \
  }
#define SCAN(name)                                                                   \
  {                                                                                  \
    name, "x axis", "out", "exclusive=false reverse=false", rule_scan, ASSAY_OP_PURE \
  }
#define SEGMENT(name)                                                     \
  {                                                                       \
    name, "data segment_ids", "output", NULL, rule_segment, ASSAY_OP_PURE \
  }
#define UNSORTED_SEGMENT(name)                                                                  \
  {                                                                                             \
    name, "data segment_ids num_segments", "output", NULL, rule_unsorted_segment, ASSAY_OP_PURE \
  }

const AssayOp assay_ops_reduce[] = {
  REDUCE ("Sum"),
  REDUCE ("Mean"),
  REDUCE ("Max"),
  REDUCE ("Min"),
  REDUCE ("Prod"),
  REDUCE ("EuclideanNorm"),
  REDUCE ("All"),
  REDUCE ("Any"),
  { "ArgMax", "input dimension", "output", "output_type=int64", rule_arg, ASSAY_OP_PURE },
  { "ArgMin", "input dimension", "output", "output_type=int64", rule_arg, ASSAY_OP_PURE },
  SCAN ("Cumsum"),
  SCAN ("Cumprod"),
  SCAN ("CumulativeLogsumexp"),
  SEGMENT ("SegmentSum"),
  SEGMENT ("SegmentMean"),
  SEGMENT ("SegmentMax"),
  SEGMENT ("SegmentMin"),
  SEGMENT ("SegmentProd"),
  UNSORTED_SEGMENT ("UnsortedSegmentSum"),
  UNSORTED_SEGMENT ("UnsortedSegmentMax"),
  UNSORTED_SEGMENT ("UnsortedSegmentMin"),
  UNSORTED_SEGMENT ("UnsortedSegmentProd"),
  { "Range", "start limit delta", "output", NULL, rule_range, ASSAY_OP_PURE },
  { "LinSpace", "start stop num", "output", NULL, rule_lin_space, ASSAY_OP_PURE },
  { "Bincount", "arr size weights", "bins", NULL, rule_bincount, ASSAY_OP_PURE },
  { "DenseBincount", "input size weights", "output", "binary_output=false", rule_bincount, ASSAY_OP_PURE },
  { "HistogramFixedWidth", "values value_range nbins", "out", "dtype=int32", rule_histogram, ASSAY_OP_PURE },
  { "TopK", "input", "values indices", "sorted=true", rule_top_k, ASSAY_OP_PURE },
  { "TopKV2", "input k", "values indices", "sorted=true index_type=int32", rule_top_k, ASSAY_OP_PURE },
  { "NthElement", "input n", "values", "reverse=false", rule_nth, ASSAY_OP_PURE },
  { "InTopK", "predictions targets", "precision", NULL, rule_in_top_k, ASSAY_OP_PURE },
  { "InTopKV2", "predictions targets k", "precision", NULL, rule_in_top_k, ASSAY_OP_PURE },
  { "L2Loss", "t", "output", NULL, rule_l2_loss, ASSAY_OP_PURE },
  { "Bucketize", "input", "output", NULL, rule_bucketize, ASSAY_OP_PURE },
  { "Cross", "a b", "product", NULL, rule_cross, ASSAY_OP_PURE },
  { NULL },
};
