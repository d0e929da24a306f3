/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Gathering and scattering by index, and finding indices. Sources: tensorflow/core/ops/{array,data_flow,sparse}_ops.cc. */

#include "ops-private.h"

#include <string.h>

static gboolean
append (AssayPartialShape *shape, const AssayPartialShape *from, int first, int end)
{
  if (shape->rank + end - first > ASSAY_GRAPH_MAX_RANK)
    return FALSE;
  for (int i = first; i < end; i++)
    shape->dims[shape->rank++] = from->dims[i];
  return TRUE;
}

static gboolean
too_many_dims (AssayInference *inference, GError **error)
{
  return assay_rule_fail (inference, error, "The result has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
}

static gboolean
rule_gather (AssayInference *inference, GError **error)
{
  const AssayPartialShape *params = &inference->inputs[0].shape, *indices = &inference->inputs[1].shape;
  AssayPartialShape        out = { .rank = 0 };
  gint64                   axis = 0, batch = assay_attrs_get_int (inference->attrs, "batch_dims", 0);

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (ABS (CLAMP (batch, -G_MAXINT16, G_MAXINT16)) > ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "batch_dims is %" G_GINT64_FORMAT, batch);
  if (params->rank < 0)
    return TRUE;
  if (inference->n_inputs > 2 && !assay_rule_int (inference, 2, &axis))
    {
      if (indices->rank >= 0 && params->rank > 0 && params->rank + indices->rank - 1 - batch >= 0 && params->rank + indices->rank - 1 - batch <= ASSAY_GRAPH_MAX_RANK)
        inference->outputs[0].shape = assay_partial_shape_new (params->rank + indices->rank - 1 - batch, NULL);
      return TRUE;
    }
  if (params->rank == 0)
    return assay_rule_fail (inference, error, "params must be at least 1 dimensional");
  if (axis < -params->rank || axis >= params->rank)
    return assay_rule_fail (inference, error, "Shape must be at least rank %" G_GINT64_FORMAT " but is rank %d", axis < 0 ? -axis : axis + 1, params->rank);
  if (axis < 0)
    axis += params->rank;
  if (indices->rank < 0)
    return TRUE;
  if (batch < -indices->rank || batch > indices->rank)
    return assay_rule_fail (inference, error, "Expected batch_dims in the range [%d, %d], but got %" G_GINT64_FORMAT, -indices->rank, indices->rank, batch);
  if (batch < 0)
    batch += indices->rank;
  if (batch >= params->rank)
    return assay_rule_fail (inference, error, "batch_dims (%" G_GINT64_FORMAT ") must be less than rank(params) (%d).", batch, params->rank);
  if (axis < batch)
    return assay_rule_fail (inference, error, "batch_dims (%" G_GINT64_FORMAT ") must be less than or equal to axis (%" G_GINT64_FORMAT ").", batch, axis);
  for (int i = 0; i < batch; i++)
    if (params->dims[i] >= 0 && indices->dims[i] >= 0 && params->dims[i] != indices->dims[i])
      return assay_rule_fail (inference, error, "params.shape[%d]: %" G_GINT64_FORMAT " should be equal to indices.shape[%d]: %" G_GINT64_FORMAT, i,
                              params->dims[i], i, indices->dims[i]);
  if (!append (&out, params, 0, axis) || !append (&out, indices, batch, indices->rank) || !append (&out, params, axis + 1, params->rank))
    return too_many_dims (inference, error);
  inference->outputs[0].shape = out;
  return TRUE;
}

static gboolean
rule_gather_nd (AssayInference *inference, GError **error)
{
  const AssayPartialShape *params = &inference->inputs[0].shape, *indices = &inference->inputs[1].shape;
  AssayPartialShape        out = { .rank = 0 };
  gint64                   depth;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (params->rank == 0)
    return assay_rule_fail (inference, error, "params must be at least a vector");
  if (indices->rank == 0)
    return assay_rule_fail (inference, error, "indices must be at least a vector");
  if (params->rank < 0 || indices->rank < 0 || indices->dims[indices->rank - 1] < 0)
    return TRUE;
  depth = indices->dims[indices->rank - 1];
  if (depth > params->rank)
    return assay_rule_fail (inference, error, "index innermost dimension length must be <= params rank; saw: %" G_GINT64_FORMAT " vs. %d", depth, params->rank);
  if (!append (&out, indices, 0, indices->rank - 1) || !append (&out, params, depth, params->rank))
    return too_many_dims (inference, error);
  inference->outputs[0].shape = out;
  return TRUE;
}

/* updates.shape = indices.shape[:-1] + shape[indices.shape[-1]:] */
static gboolean
check_updates (AssayInference *inference, const AssayPartialShape *shape, guint at, GError **error)
{
  const AssayPartialShape *indices = &inference->inputs[at].shape, *updates = &inference->inputs[at + 1].shape;
  AssayPartialShape        wanted = { .rank = 0 };
  gint64                   depth;

  if (indices->rank == 0)
    return assay_rule_fail (inference, error, "Indices shape must have rank at least one. Found:[]");
  if (shape->rank < 0 || indices->rank < 0 || indices->dims[indices->rank - 1] < 0)
    return TRUE;
  depth = indices->dims[indices->rank - 1];
  if (depth > shape->rank)
    return assay_rule_fail (inference, error, "index innermost dimension length must be <= params rank; saw: %" G_GINT64_FORMAT " vs. %d", depth, shape->rank);
  if (!append (&wanted, indices, 0, indices->rank - 1) || !append (&wanted, shape, depth, shape->rank))
    return too_many_dims (inference, error);
  if (!assay_partial_shape_accepts (&wanted, updates) && !(strncmp (inference->op->name, "Tensor", 6) == 0 && updates->rank == 0))
    {
      g_autofree char *i = assay_partial_shape_to_string (indices), *u = assay_partial_shape_to_string (updates), *s = assay_partial_shape_to_string (shape);

      return assay_rule_fail (inference, error, "Dimensions [0,%d) of indices[shape=%s] must match dimensions [0,%d) of updates[shape=%s], with shape %s",
                              indices->rank - 1, i, indices->rank - 1, u, s);
    }
  return TRUE;
}

static gboolean
rule_scatter_nd (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = inference->inputs[1].dtype;
  return assay_rule_shape (inference, 2, &inference->outputs[0].shape, error) && check_updates (inference, &inference->outputs[0].shape, 0, error);
}

static gboolean
rule_tensor_scatter (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[2].dtype != inference->inputs[0].dtype && inference->inputs[2].dtype != ASSAY_DTYPE_INVALID)
    return assay_rule_fail (inference, error, "The tensor is %s, but the updates are %s", assay_dtype_get_info (inference->inputs[0].dtype)->name,
                            assay_dtype_get_info (inference->inputs[2].dtype)->name);
  return check_updates (inference, &inference->inputs[0].shape, 1, error);
}

static gboolean
rule_sparse_to_dense (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = inference->inputs[2].dtype;
  if (inference->inputs[3].dtype != inference->inputs[2].dtype)
    return assay_rule_fail (inference, error, "The values are %s, but the default is %s", assay_dtype_get_info (inference->inputs[2].dtype)->name,
                            assay_dtype_get_info (inference->inputs[3].dtype)->name);
  return assay_rule_shape (inference, 1, &inference->outputs[0].shape, error);
}

static gboolean
rule_one_hot (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   axis = assay_attrs_get_int (inference->attrs, "axis", -1), depth = -1;

  inference->outputs[0].dtype = inference->inputs[2].dtype;
  if (!assay_rule_same_dtypes (inference, 2, 2, error) || !assay_rule_need_rank (inference, 2, 0, error) || !assay_rule_need_rank (inference, 3, 0, error) ||
      !assay_rule_need_rank (inference, 1, 0, error))
    return FALSE;
  if (assay_rule_int (inference, 1, &depth) && depth < 0)
    return assay_rule_fail (inference, error, "depth must be non-negative, got: %" G_GINT64_FORMAT, depth);
  if (in->rank < 0)
    return TRUE;
  if (axis < -1 || axis > in->rank)
    return assay_rule_fail (inference, error, "Expected axis to be -1 or between [0, %d].  But received: %" G_GINT64_FORMAT, in->rank, axis);
  if (in->rank >= ASSAY_GRAPH_MAX_RANK)
    return too_many_dims (inference, error);
  if (axis < 0)
    axis = in->rank;
  *out = assay_partial_shape_new (in->rank + 1, NULL);
  for (int i = 0; i < out->rank; i++)
    out->dims[i] = i < axis ? in->dims[i] : i == axis ? depth
                                                      : in->dims[i - 1];
  return TRUE;
}

static gboolean
rule_where (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_INT64, assay_partial_shape_make (2, (gint64) -1, (gint64) inference->inputs[0].shape.rank) };
  return TRUE;
}

static gboolean
rule_unique (AssayInference *inference, GError **error)
{
  AssayDtype index = assay_attrs_get_dtype (inference->attrs, "out_idx", ASSAY_DTYPE_INT32);

  if (!assay_rule_need_rank (inference, 0, 1, error))
    return FALSE;
  inference->outputs[0] = (AssayValueSpec){ inference->inputs[0].dtype, assay_partial_shape_make (1, (gint64) -1) };
  inference->outputs[1] = (AssayValueSpec){ index, inference->inputs[0].shape };
  if (inference->n_outputs > 2)
    inference->outputs[2] = (AssayValueSpec){ index, assay_partial_shape_make (1, (gint64) -1) };
  return TRUE;
}

static gboolean
rule_list_diff (AssayInference *inference, GError **error)
{
  AssayDtype index = assay_attrs_get_dtype (inference->attrs, "out_idx", ASSAY_DTYPE_INT32);

  if (!assay_rule_need_rank (inference, 0, 1, error) || !assay_rule_need_rank (inference, 1, 1, error) || !assay_rule_same_dtypes (inference, 0, 2, error))
    return FALSE;
  inference->outputs[0] = (AssayValueSpec){ inference->inputs[0].dtype, assay_partial_shape_make (1, (gint64) -1) };
  inference->outputs[1] = (AssayValueSpec){ index, assay_partial_shape_make (1, (gint64) -1) };
  return TRUE;
}

static gboolean
rule_invert_permutation (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  return assay_rule_need_rank (inference, 0, 1, error);
}

static gboolean
rule_search (AssayInference *inference, GError **error)
{
  const AssayPartialShape *sorted = &inference->inputs[0].shape, *values = &inference->inputs[1].shape;

  inference->outputs[0] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "out_type", ASSAY_DTYPE_INT32), *values };
  if (!assay_rule_same_dtypes (inference, 0, 2, error) || !assay_rule_need_rank (inference, 0, 2, error) || !assay_rule_need_rank (inference, 1, 2, error))
    return FALSE;
  if (sorted->rank == 2 && values->rank == 2 && sorted->dims[0] >= 0 && values->dims[0] >= 0 && sorted->dims[0] != values->dims[0])
    return assay_rule_fail (inference, error, "Leading dim_size of both tensors must match.");
  return TRUE;
}

static gboolean
rule_dynamic_partition (AssayInference *inference, GError **error)
{
  const AssayPartialShape *data = &inference->inputs[0].shape, *partitions = &inference->inputs[1].shape;
  AssayPartialShape        one = { .rank = 1, .dims = { -1 } };

  for (int i = 0; i < partitions->rank && data->rank >= 0; i++)
    if (i >= data->rank || (partitions->dims[i] >= 0 && data->dims[i] >= 0 && partitions->dims[i] != data->dims[i]))
      {
        g_autofree char *left = assay_partial_shape_to_string (data), *right = assay_partial_shape_to_string (partitions);

        return assay_rule_fail (inference, error, "data.shape must start with partitions.shape, got data.shape = %s, partitions.shape = %s", left, right);
      }
  if (data->rank < 0 || partitions->rank < 0)
    one = assay_partial_shape_unknown ();
  else if (!append (&one, data, partitions->rank, data->rank))
    return too_many_dims (inference, error);
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ inference->inputs[0].dtype, one };
  return TRUE;
}

/* The largest index in an input, -1 if there is none; -2 if it isn't known. */
static gint64
largest (AssayInference *inference, guint input)
{
  AssayTensor  *tensor = inference->constants[input];
  const gint32 *indices;
  guint64       n;
  gint32        most = -1;

  if (tensor == NULL || assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_INT32)
    return -2;
  indices = assay_tensor_get_data (tensor);
  n = assay_tensor_get_n_elements (tensor);
  for (guint64 i = 0; i < n; i++)
    most = MAX (most, indices[i]);
  return most;
}

static gboolean
rule_dynamic_stitch (AssayInference *inference, GError **error)
{
  guint             n = inference->n_inputs / 2;
  gint64            most = -1;
  AssayPartialShape rest = assay_partial_shape_unknown (), out = { .rank = 1, .dims = { -1 } };

  if (n == 0)
    return assay_rule_fail (inference, error, "%s needs at least one input", inference->op->name);
  inference->outputs[0].dtype = inference->inputs[n].dtype;
  if (!assay_rule_same_dtypes (inference, n, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const AssayPartialShape *indices = &inference->inputs[i].shape, *data = &inference->inputs[n + i].shape;
      AssayPartialShape        mine = { .rank = 0 };
      gint64                   index = largest (inference, i);

      most = index == -2 || most == -2 ? -2 : MAX (most, index);
      if (indices->rank < 0 || data->rank < 0)
        continue;
      for (int k = 0; k < indices->rank; k++)
        if (k >= data->rank || (indices->dims[k] >= 0 && data->dims[k] >= 0 && indices->dims[k] != data->dims[k]))
          {
            g_autofree char *left = assay_partial_shape_to_string (data), *right = assay_partial_shape_to_string (indices);

            return assay_rule_fail (inference, error, "data[%u].shape = %s does not start with indices[%u].shape = %s", i, left, i, right);
          }
      append (&mine, data, indices->rank, data->rank);
      if (!assay_partial_shape_merge (&rest, &mine))
        {
          g_autofree char *left = assay_partial_shape_to_string (&mine), *right = assay_partial_shape_to_string (&rest);

          return assay_rule_fail (inference, error, "Need data[0].shape[indices.dims:] = data[%u].shape[indices.dims:], got %s and %s", i, right, left);
        }
    }
  if (rest.rank < 0)
    return TRUE;
  if (!append (&out, &rest, 0, rest.rank))
    return too_many_dims (inference, error);
  out.dims[0] = most == -2 ? -1 : most + 1;
  inference->outputs[0].shape = out;
  return TRUE;
}

#define SCATTER(name)                                                                  \
  {                                                                                    \
    name, "tensor indices updates", "output", NULL, rule_tensor_scatter, ASSAY_OP_PURE \
  }

const AssayOp assay_ops_gather[] = {
  { "Gather", "params indices", "output", NULL, rule_gather, ASSAY_OP_PURE },
  { "GatherV2", "params indices axis", "output", "batch_dims=0", rule_gather, ASSAY_OP_PURE },
  { "GatherNd", "params indices", "output", NULL, rule_gather_nd, ASSAY_OP_PURE },
  { "ScatterNd", "indices updates shape", "output", NULL, rule_scatter_nd, ASSAY_OP_PURE },
  SCATTER ("TensorScatterUpdate"),
  SCATTER ("TensorScatterAdd"),
  SCATTER ("TensorScatterSub"),
  SCATTER ("TensorScatterMax"),
  SCATTER ("TensorScatterMin"),
  { "SparseToDense", "sparse_indices output_shape sparse_values default_value", "dense", NULL, rule_sparse_to_dense, ASSAY_OP_PURE },
  { "OneHot", "indices depth on_value off_value", "output", "axis=-1", rule_one_hot, ASSAY_OP_PURE },
  { "Where", "input", "index", NULL, rule_where, ASSAY_OP_PURE },
  { "Unique", "x", "y idx", "out_idx=int32", rule_unique, ASSAY_OP_PURE },
  { "UniqueWithCounts", "x", "y idx count", "out_idx=int32", rule_unique, ASSAY_OP_PURE },
  { "ListDiff", "x y", "out idx", "out_idx=int32", rule_list_diff, ASSAY_OP_PURE },
  { "InvertPermutation", "x", "y", NULL, rule_invert_permutation, ASSAY_OP_PURE },
  { "LowerBound", "sorted_inputs values", "output", "out_type=int32", rule_search, ASSAY_OP_PURE },
  { "UpperBound", "sorted_inputs values", "output", "out_type=int32", rule_search, ASSAY_OP_PURE },
  { "DynamicPartition", "data partitions", "outputs*num_partitions", NULL, rule_dynamic_partition, ASSAY_OP_PURE },
  { "DynamicStitch", "indices*N data*N", "merged", NULL, rule_dynamic_stitch, ASSAY_OP_PURE },
  { "ParallelDynamicStitch", "indices*N data*N", "merged", NULL, rule_dynamic_stitch, ASSAY_OP_PURE },
  { NULL },
};
