/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Joining, splitting and slicing. Source: tensorflow/core/ops/array_ops.cc. */

#include "ops-private.h"

#include <assay/strided-slice.h>
#include <string.h>

/* The axis that Concat and ConcatV2 name by an input; -1 if it isn't known, -2 with an error if it is no axis. */
static int
concat_axis (AssayInference *inference, int rank, GError **error)
{
  int    input = assay_op_find (inference->op->inputs, inference->attrs, inference->op->name[6] ? "axis" : "concat_dim", NULL);
  gint64 axis;

  if (rank < 0 || !assay_rule_int (inference, input, &axis))
    return -1;
  if (axis < -rank || axis >= rank)
    {
      assay_rule_fail (inference, error, "ConcatOp : Expected concatenating dimensions in the range [%d, %d), but got %" G_GINT64_FORMAT, -rank, rank, axis);
      return -2;
    }
  return axis < 0 ? axis + rank : axis;
}

static gboolean
concat_misfit (AssayInference *inference, guint first, guint i, int axis, GError **error)
{
  const AssayPartialShape *a = &inference->inputs[first].shape, *b = &inference->inputs[first + i].shape;
  g_autofree char         *left = assay_partial_shape_to_string (a), *right = assay_partial_shape_to_string (b);

  if (axis < 0)
    return assay_rule_fail (inference, error, "ConcatOp : Ranks of all input tensors should match: shape[0] = %s vs. shape[%u] = %s", left, i, right);
  return assay_rule_fail (inference, error, "ConcatOp : Dimension %d in both shapes must be equal: shape[0] = %s vs. shape[%u] = %s", axis, left, i, right);
}

static gboolean
rule_concat (AssayInference *inference, GError **error)
{
  guint              n = 0;
  int                first = assay_op_find (inference->op->inputs, inference->attrs, "values", &n), rank = -1, axis;
  AssayPartialShape *out = &inference->outputs[0].shape;
  gint64             sum = 0;

  if (first < 0 || n == 0)
    return assay_rule_fail (inference, error, "%s needs at least one value", inference->op->name);
  inference->outputs[0].dtype = inference->inputs[first].dtype;
  if (!assay_rule_same_dtypes (inference, first, n, error))
    return FALSE;
  for (guint i = first; i < first + n; i++)
    if (rank < 0)
      rank = inference->inputs[i].shape.rank;
  axis = concat_axis (inference, rank, error);
  if (axis == -2)
    return FALSE;
  if (rank < 0)
    return TRUE;
  *out = assay_partial_shape_new (rank, NULL);
  for (guint i = 0; i < n; i++)
    {
      const AssayPartialShape *in = &inference->inputs[first + i].shape;

      if (in->rank >= 0 && in->rank != rank)
        return concat_misfit (inference, first, i, -1, error);
      if (axis >= 0 && (in->rank < 0 || in->dims[axis] < 0 || sum < 0))
        sum = -1;
      else if (axis >= 0 && __builtin_add_overflow (sum, in->dims[axis], &sum))
        return assay_rule_fail (inference, error, "ConcatOp : the result is too large");
      for (int k = 0; k < rank && in->rank >= 0 && axis >= 0; k++)
        if (k != axis && in->dims[k] >= 0)
          {
            if (out->dims[k] >= 0 && out->dims[k] != in->dims[k])
              return concat_misfit (inference, first, i, k, error);
            out->dims[k] = in->dims[k];
          }
    }
  if (axis >= 0)
    out->dims[axis] = sum;
  return TRUE;
}

static gboolean
rule_concat_offset (AssayInference *inference, GError **error)
{
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = inference->inputs[i + 1];
  return TRUE;
}

static gboolean
rule_pack (AssayInference *inference, GError **error)
{
  AssayPartialShape *out = &inference->outputs[0].shape, one;
  gint64             axis = assay_attrs_get_int (inference->attrs, "axis", 0);

  if (inference->n_inputs == 0)
    return assay_rule_fail (inference, error, "Pack needs at least one value");
  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_same_dtypes (inference, 0, inference->n_inputs, error))
    return FALSE;
  one = inference->inputs[0].shape;
  for (guint i = 1; i < inference->n_inputs; i++)
    if (!assay_partial_shape_merge (&one, &inference->inputs[i].shape))
      {
        g_autofree char *left = assay_partial_shape_to_string (&inference->inputs[0].shape);
        g_autofree char *right = assay_partial_shape_to_string (&inference->inputs[i].shape);

        return assay_rule_fail (inference, error, "Shapes of all inputs must match: values[0].shape = %s != values[%u].shape = %s", left, i, right);
      }
  if (one.rank < 0)
    return TRUE;
  if (axis < -one.rank - 1 || axis > one.rank)
    return assay_rule_fail (inference, error, "axis = %" G_GINT64_FORMAT " not in [%d, %d)", axis, -one.rank - 1, one.rank + 1);
  if (one.rank >= ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "A tensor has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
  if (axis < 0)
    axis += one.rank + 1;
  *out = assay_partial_shape_new (one.rank + 1, NULL);
  for (int i = 0; i < out->rank; i++)
    out->dims[i] = i < axis ? one.dims[i] : i == axis ? (gint64) inference->n_inputs
                                                      : one.dims[i - 1];
  return TRUE;
}

static gboolean
rule_unpack (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  gint64                   axis = assay_attrs_get_int (inference->attrs, "axis", 0);
  AssayPartialShape        one = assay_partial_shape_unknown ();

  if (in->rank == 0)
    return assay_rule_fail (inference, error, "axis = %" G_GINT64_FORMAT " not in [0, 0)", axis);
  if (in->rank > 0)
    {
      if (axis < -in->rank || axis >= in->rank)
        return assay_rule_fail (inference, error, "axis = %" G_GINT64_FORMAT " not in [%d, %d)", axis, -in->rank, in->rank);
      if (axis < 0)
        axis += in->rank;
      if (in->dims[axis] >= 0 && in->dims[axis] != inference->n_outputs)
        return assay_rule_fail (inference, error, "Input shape axis %" G_GINT64_FORMAT " must equal %u, got %" G_GINT64_FORMAT, axis,
                                inference->n_outputs, in->dims[axis]);
      one.rank = 0;
      for (int i = 0; i < in->rank; i++)
        if (i != axis)
          one.dims[one.rank++] = in->dims[i];
    }
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ inference->inputs[0].dtype, one };
  return TRUE;
}

/* The axis that an input of Split or SplitV names; -1 if it isn't known, -2 with an error if it is no axis. */
static int
split_axis (AssayInference *inference, guint input, int rank, GError **error)
{
  gint64 axis;

  if (rank < 0 || !assay_rule_int (inference, input, &axis))
    return -1;
  if (axis < -rank || axis >= rank)
    {
      assay_rule_fail (inference, error, "-input rank(-%d) <= split_dim < input rank (%d), but got %" G_GINT64_FORMAT, rank, rank, axis);
      return -2;
    }
  return axis < 0 ? axis + rank : axis;
}

static gboolean
rule_split (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[1].shape;
  int                      axis = split_axis (inference, 0, in->rank, error);
  AssayPartialShape        one = assay_partial_shape_unknown ();

  if (axis == -2)
    return FALSE;
  if (inference->n_outputs == 0)
    return assay_rule_fail (inference, error, "Number of ways to split should be > 0, but got 0");
  if (in->rank >= 0)
    one = axis < 0 ? assay_partial_shape_new (in->rank, NULL) : *in;
  if (axis >= 0 && in->dims[axis] >= 0)
    {
      if (in->dims[axis] % inference->n_outputs != 0)
        return assay_rule_fail (inference, error, "Number of ways to split should evenly divide the split dimension, but got split_dim %d (size = %" G_GINT64_FORMAT ") and num_split %u",
                                axis, in->dims[axis], inference->n_outputs);
      one.dims[axis] = in->dims[axis] / inference->n_outputs;
    }
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ inference->inputs[1].dtype, one };
  return TRUE;
}

static gint64
integer_at (AssayTensor *tensor, guint i)
{
  return assay_tensor_get_dtype (tensor) == ASSAY_DTYPE_INT32 ? ((const gint32 *) assay_tensor_get_data (tensor))[i]
                                                              : ((const gint64 *) assay_tensor_get_data (tensor))[i];
}

static gboolean
fits_split_sizes (AssayInference *inference, AssayTensor *sizes, int axis, GError **error)
{
  gint64 whole = inference->inputs[0].shape.dims[axis], sum = 0;
  int    open = -1;

  for (guint i = 0; i < inference->n_outputs; i++)
    {
      gint64 size = integer_at (sizes, i);

      if (size == -1)
        {
          if (open >= 0)
            return assay_rule_fail (inference, error, "There can only be one -1 in the input.");
          open = i;
        }
      else if (size < 0)
        return assay_rule_fail (inference, error, "Split size at index %u must be >= 0, but got: %" G_GINT64_FORMAT, i, size);
      else if (__builtin_add_overflow (sum, size, &sum))
        return assay_rule_fail (inference, error, "Split sizes are too large");
      inference->outputs[i].shape.dims[axis] = size;
    }
  if (whole < 0)
    return TRUE;
  if (open < 0 ? sum != whole : sum > whole)
    return assay_rule_fail (inference, error, "Determined shape must either match input shape along split_dim exactly if fully specified, or be less than the size of the input along split_dim if not fully specified.  Got: %" G_GINT64_FORMAT,
                            sum);
  if (open >= 0)
    inference->outputs[open].shape.dims[axis] = whole - sum;
  return TRUE;
}

static gboolean
rule_split_v (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  int                      axis = split_axis (inference, 2, in->rank, error);
  AssayTensor             *sizes = inference->constants[1];

  if (axis == -2)
    return FALSE;
  for (guint i = 0; i < inference->n_outputs; i++)
    {
      inference->outputs[i].dtype = inference->inputs[0].dtype;
      if (in->rank >= 0)
        inference->outputs[i].shape = axis < 0 ? assay_partial_shape_new (in->rank, NULL) : *in;
      if (axis >= 0)
        inference->outputs[i].shape.dims[axis] = -1;
    }
  if (sizes == NULL || axis < 0)
    return TRUE;
  if (assay_tensor_get_n_elements (sizes) != inference->n_outputs)
    return assay_rule_fail (inference, error, "size of the split_tensor must be 1-D and have the same elements as outputs got %" G_GUINT64_FORMAT " elements",
                            assay_tensor_get_n_elements (sizes));
  if (assay_tensor_get_dtype (sizes) != ASSAY_DTYPE_INT32 && assay_tensor_get_dtype (sizes) != ASSAY_DTYPE_INT64)
    return TRUE;
  return fits_split_sizes (inference, sizes, axis, error);
}

static gboolean
rule_slice (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  AssayKnownInts           begin, size;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_ints (inference, 1, &begin) || !assay_rule_ints (inference, 2, &size))
    {
      if (in->rank >= 0)
        *out = assay_partial_shape_new (in->rank, NULL);
      return TRUE;
    }
  if (begin.n != size.n || (in->rank >= 0 && (int) begin.n != in->rank))
    return assay_rule_fail (inference, error, "Expected begin and size arguments to be 1-D tensors of size %d, but got shapes [%u] and [%u] instead.",
                            in->rank, begin.n, size.n);
  if (in->rank < 0)
    {
      if (begin.n <= ASSAY_GRAPH_MAX_RANK)
        *out = assay_partial_shape_new (begin.n, NULL);
      return TRUE;
    }
  *out = assay_partial_shape_new (in->rank, NULL);
  for (int i = 0; i < in->rank; i++)
    {
      gboolean b_known = begin.known >> i & 1, s_known = size.known >> i & 1;
      gint64   b = begin.values[i], s = size.values[i];

      if (s_known && s >= 0)
        out->dims[i] = s;
      if (!b_known || !s_known || in->dims[i] < 0)
        continue;
      if (b < 0 || b > in->dims[i])
        return assay_rule_fail (inference, error, "Expected begin[%d] in [0, %" G_GINT64_FORMAT "], but got %" G_GINT64_FORMAT, i, in->dims[i], b);
      if (s < -1 || s > in->dims[i] - b)
        return assay_rule_fail (inference, error, "Expected size[%d] in [0, %" G_GINT64_FORMAT "], but got %" G_GINT64_FORMAT, i, in->dims[i] - b, s);
      out->dims[i] = s == -1 ? in->dims[i] - b : s;
    }
  return TRUE;
}

static gboolean
resolve_slice (AssayInference *inference, AssayPartialShape *shape, GError **error)
{
  AssayKnownInts    begin, end, strides;
  AssayStridedSlice slice;
  g_autofree char  *problem = NULL;

  *shape = assay_partial_shape_unknown ();
  if (inference->inputs[0].shape.rank < 0 || !assay_rule_ints (inference, 1, &begin) || !assay_rule_ints (inference, 2, &end) ||
      !assay_rule_ints (inference, 3, &strides))
    return TRUE;
  problem = assay_strided_slice_resolve (inference->attrs, &inference->inputs[0].shape, &begin, &end, &strides, &slice);
  if (problem != NULL)
    return assay_rule_fail (inference, error, "%s", problem);
  *shape = slice.shape;
  return TRUE;
}

static gboolean
rule_strided_slice (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = inference->inputs[0].dtype;
  return resolve_slice (inference, &inference->outputs[0].shape, error);
}

static gboolean
rule_strided_slice_update (AssayInference *inference, GError **error)
{
  AssayPartialShape shape, both;

  inference->outputs[0] = inference->inputs[0];
  if (!resolve_slice (inference, &shape, error))
    return FALSE;
  if (inference->inputs[4].dtype != inference->inputs[0].dtype)
    return assay_rule_fail (inference, error, "The slice is %s, but its new value is %s", assay_dtype_get_info (inference->inputs[0].dtype)->name,
                            assay_dtype_get_info (inference->inputs[4].dtype)->name);
  if (!assay_partial_shape_broadcast (&shape, &inference->inputs[4].shape, &both) || !assay_partial_shape_accepts (&shape, &both))
    {
      g_autofree char *mine = assay_partial_shape_to_string (&shape), *theirs = assay_partial_shape_to_string (&inference->inputs[4].shape);

      return assay_rule_fail (inference, error, "Shape of the slice %s isn't the shape of its new value %s", mine, theirs);
    }
  return TRUE;
}

/* An input is turned round or rolled along axes: its shape stays. */
static gboolean
rule_reverse (AssayInference *inference, GError **error)
{
  int            rank = inference->inputs[0].shape.rank;
  AssayKnownInts axes;
  guint32        seen = 0;

  inference->outputs[0] = inference->inputs[0];
  if (strcmp (inference->op->name, "Reverse") == 0)
    {
      gint64 n = assay_partial_shape_n_elements (&inference->inputs[1].shape);

      return n < 0 || rank < 0 || n == rank ||
             assay_rule_fail (inference, error, "'dims' must be a 1-dimension tensor of %d elements, but has %" G_GINT64_FORMAT, rank, n);
    }
  if (rank < 0 || !assay_rule_ints (inference, 1, &axes))
    return TRUE;
  for (guint i = 0; i < axes.n; i++)
    {
      gint64 axis = axes.values[i] < 0 ? axes.values[i] + rank : axes.values[i];

      if (!(axes.known >> i & 1))
        continue;
      if (axis < 0 || axis >= rank)
        return assay_rule_fail (inference, error, "'axis'[%u] = %" G_GINT64_FORMAT " is out of valid range [0, %d", i, axes.values[i], rank - 1);
      if (seen >> axis & 1)
        return assay_rule_fail (inference, error, "axis %" G_GINT64_FORMAT " specified more than once.", axis);
      seen |= 1u << axis;
    }
  return TRUE;
}

static gboolean
rule_reverse_sequence (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape, *lengths = &inference->inputs[1].shape;
  gint64                   seq = assay_attrs_get_int (inference->attrs, "seq_dim", -1), batch = assay_attrs_get_int (inference->attrs, "batch_dim", 0);

  inference->outputs[0] = inference->inputs[0];
  if (!assay_rule_need_rank (inference, 1, 1, error))
    return FALSE;
  if (in->rank < 0)
    return TRUE;
  if (seq < 0 || seq >= in->rank)
    return assay_rule_fail (inference, error, "seq_dim must be < input rank ( %" G_GINT64_FORMAT " vs. %d)", seq, in->rank);
  if (batch < 0 || batch >= in->rank)
    return assay_rule_fail (inference, error, "batch_dim must be < input rank ( %" G_GINT64_FORMAT " vs. %d)", batch, in->rank);
  if (batch == seq)
    return assay_rule_fail (inference, error, "batch_dim == seq_dim == %" G_GINT64_FORMAT, seq);
  if (lengths->rank == 1 && lengths->dims[0] >= 0 && in->dims[batch] >= 0 && lengths->dims[0] != in->dims[batch])
    return assay_rule_fail (inference, error, "Length of seq_lengths != input.dims(%" G_GINT64_FORMAT "), (%" G_GINT64_FORMAT " vs. %" G_GINT64_FORMAT ")",
                            batch, lengths->dims[0], in->dims[batch]);
  return TRUE;
}

static gboolean
rule_roll (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayKnownInts           shift, axes;

  inference->outputs[0] = inference->inputs[0];
  if (in->rank == 0)
    return assay_rule_fail (inference, error, "input must be 1-D or higher");
  if (!assay_rule_ints (inference, 1, &shift) || !assay_rule_ints (inference, 2, &axes))
    return TRUE;
  if (shift.n != axes.n)
    return assay_rule_fail (inference, error, "shift and axis must have the same size");
  for (guint i = 0; i < axes.n && in->rank > 0; i++)
    if ((axes.known >> i & 1) && (axes.values[i] < -in->rank || axes.values[i] >= in->rank))
      return assay_rule_fail (inference, error, "axis %" G_GINT64_FORMAT " is out of range", axes.values[i]);
  return TRUE;
}

#define MASKS "begin_mask=0 end_mask=0 ellipsis_mask=0 new_axis_mask=0 shrink_axis_mask=0"

const AssayOp assay_ops_join[] = {
  { "Concat", "concat_dim values*N", "output", NULL, rule_concat, ASSAY_OP_PURE },
  { "ConcatV2", "values*N axis", "output", NULL, rule_concat, ASSAY_OP_PURE },
  { "ConcatOffset", "concat_dim shape*N", "offset*N", NULL, rule_concat_offset, ASSAY_OP_PURE },
  { "Pack", "values*N", "output", "axis=0", rule_pack, ASSAY_OP_PURE },
  { "Unpack", "value", "output*num", "axis=0", rule_unpack, ASSAY_OP_PURE },
  { "Split", "split_dim value", "output*num_split", NULL, rule_split, ASSAY_OP_PURE },
  { "SplitV", "value size_splits split_dim", "output*num_split", NULL, rule_split_v, ASSAY_OP_PURE },
  { "Slice", "input begin size", "output", NULL, rule_slice, ASSAY_OP_PURE },
  { "StridedSlice", "input begin end strides", "output", MASKS, rule_strided_slice, ASSAY_OP_PURE },
  { "TensorStridedSliceUpdate", "input begin end strides value", "output", MASKS, rule_strided_slice_update, ASSAY_OP_PURE },
  { "Reverse", "tensor dims", "output", NULL, rule_reverse, ASSAY_OP_PURE },
  { "ReverseV2", "tensor axis", "output", NULL, rule_reverse, ASSAY_OP_PURE },
  { "ReverseSequence", "input seq_lengths", "output", "batch_dim=0", rule_reverse_sequence, ASSAY_OP_PURE },
  { "Roll", "input shift axis", "output", NULL, rule_roll, ASSAY_OP_PURE },
  { NULL },
};
