/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Gathering and scattering slices by index. */

#include "kernel-private.h"
#include "strided-private.h"

typedef struct
{
  const gint64 *indices;
  gint64        n_outer, n_indices, n_axis, slice_bytes; /* n_outer counts batches × dimensions before the axis */
  gint64        n_before;                                /* outer rows a batch has */
  const char   *in;
  char         *out;
} Gather;

/* Rows are outer × indices. */
static void
gather_rows (gsize first, gsize end, gpointer data)
{
  const Gather *self = data;

  for (gsize row = first; row < end; row++)
    {
      gint64 outer = row / self->n_indices, k = row % self->n_indices;
      gint64 from = outer * self->n_axis + self->indices[outer / self->n_before * self->n_indices + k];

      memcpy (self->out + row * self->slice_bytes, self->in + from * self->slice_bytes, self->slice_bytes);
    }
}

/* Position of an element as TensorFlow's messages have it: "indices[0,2] = 7 is not in [0, 3)". */
static gboolean
bad_index (AssayKernelCall *call, const AssayPartialShape *shape, gint64 flat, gint64 index, gint64 n, GError **error)
{
  g_autoptr (GString) text = g_string_new ("indices");
  gint64 at[ASSAY_GRAPH_MAX_RANK];

  for (int i = shape->rank - 1; i >= 0; i--)
    {
      at[i] = flat % shape->dims[i];
      flat /= shape->dims[i];
    }
  for (int i = 0; i < shape->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "%s", i ? "," : "[", at[i], i == shape->rank - 1 ? "]" : "");
  return assay_kernel_fail (call, error, "%s = %" G_GINT64_FORMAT " is not in [0, %" G_GINT64_FORMAT ")", text->str, index, n);
}

static gboolean
run_gather (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *indices = assay_kernel_shape (call, 1);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gint64                   axis = 0, batch = assay_attrs_get_int (call->attrs, "batch_dims", 0), n, n_batches = 1;
  g_autofree gint64       *values = assay_kernel_all_ints (call, 1, &n, error);
  Gather                   work = { .indices = values, .n_outer = 1, .n_before = 1, .slice_bytes = assay_kernel_item_size (dtype) };

  if (values == NULL || (call->n_inputs > 2 && !assay_kernel_int (call, 2, &axis, error)))
    return FALSE;
  axis = axis < 0 ? axis + in->rank : axis;
  batch = batch < 0 ? batch + indices->rank : batch;
  work.n_axis = in->dims[axis];
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    if (values[i] < 0 || values[i] >= work.n_axis)
      return bad_index (call, indices, i, values[i], work.n_axis, error);
  if (!assay_goes_on (error))
    return FALSE;
  for (int i = 0; i < in->rank; i++)
    {
      if (i < batch)
        n_batches *= in->dims[i];
      if (i >= batch && i < axis)
        work.n_before *= in->dims[i];
      if (i > axis)
        work.slice_bytes *= in->dims[i];
    }
  work.out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);
  if (work.out == NULL || assay_partial_shape_n_elements (&call->specs[0].shape) == 0)
    return work.out != NULL;
  work.n_outer = n_batches * work.n_before;
  work.n_indices = n / n_batches;
  work.in = assay_kernel_items (call, 0);
  assay_parallel (call->workspace, work.n_outer * work.n_indices, MAX (65536 / work.slice_bytes, 1), gather_rows, &work);
  return TRUE;
}

/* For moves of slices one after the other: asked for about every megabyte. */
static gboolean
moves_stop (gsize item, gsize slice)
{
  return slice >= 32 ? item % (MAX ((1 << 20) / slice, 1)) == 0 && assay_is_stopped () : assay_stops (item);
}

/* Rows of indices that have no numbers: each means the whole. */
#define MAX_EMPTY_ROWS (1 << 20)

/* Reads indices [n, depth] into positions of slices of @shape; each slice has what stands behind the first @depth dimensions. */
static gint64 *
find_slices (AssayKernelCall *call, guint input, const AssayPartialShape *shape, gint64 *n, gint64 *slice, GError **error)
{
  const AssayPartialShape *indices = assay_kernel_shape (call, input);
  gint64                   depth = indices->rank > 0 ? indices->dims[indices->rank - 1] : 1, count, total;
  g_autofree gint64       *values = assay_kernel_all_ints (call, input, &total, error);
  gint64                  *positions;

  if (values == NULL)
    return NULL;
  *slice = count = 1;
  for (int i = depth; i < shape->rank; i++)
    *slice *= shape->dims[i];
  for (int i = 0; i < indices->rank - 1; i++)
    count *= indices->dims[i];
  *n = count;
  /* Without numbers the rows aren't bounded by memory. */
  positions = depth > 0 || count <= MAX_EMPTY_ROWS ? g_try_new0 (gint64, MAX (count, 1)) : NULL;
  if (positions == NULL)
    {
      assay_kernel_fail (call, error, "%" G_GINT64_FORMAT " rows of indices are too many", count);
      return NULL;
    }
  for (gint64 k = 0; k < count && !assay_stops (k); k++)
    for (gint64 i = 0; i < depth; i++)
      {
        gint64 index = values[k * depth + i];

        if (index < 0 || index >= shape->dims[i])
          {
            g_autofree char *text = assay_partial_shape_to_string (shape);
            g_autoptr (GString) where = g_string_new (NULL);
            g_autoptr (GString) at = g_string_new (NULL);
            gint64 rest = k;

            for (gint64 j = 0; j < depth; j++)
              g_string_append_printf (where, "%s%" G_GINT64_FORMAT, j ? ", " : "", values[k * depth + j]);
            for (int j = indices->rank - 2; j >= 0; rest /= indices->dims[j--])
              {
                g_autofree char *one = g_strdup_printf ("%s%" G_GINT64_FORMAT, j ? "," : "", rest % indices->dims[j]);

                g_string_prepend (at, one);
              }
            if (at->len > 0)
              {
                g_string_prepend_c (at, '[');
                g_string_append_c (at, ']');
              }
            if (g_str_equal (call->op->name, "GatherNd"))
              assay_kernel_fail (call, error, "indices%s = [%s] does not index into param shape %s, node name: %s", at->str, where->str, text,
                                 call->name ? call->name : call->op->name);
            else
              assay_kernel_fail (call, error, "indices%s = [%s] does not index into shape %s", at->str, where->str, text);
            g_free (positions);
            return NULL;
          }
        positions[k] = positions[k] * shape->dims[i] + index;
      }
  if (!assay_goes_on (error))
    g_clear_pointer (&positions, g_free);
  return positions;
}

static gboolean
run_gather_nd (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0);
  gsize              item_size = assay_kernel_item_size (dtype);
  gint64             n, slice;
  char              *out;
  g_autofree gint64 *positions = find_slices (call, 1, assay_kernel_shape (call, 0), &n, &slice, error);

  if (positions == NULL)
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);
  if (out == NULL)
    return FALSE;
  for (gint64 k = 0; k < n && slice > 0 && !moves_stop (k, slice); k++)
    memcpy (out + k * slice * item_size, (const char *) assay_kernel_items (call, 0) + positions[k] * slice * item_size, slice * item_size);
  return TRUE;
}

typedef enum
{
  SCATTER_UPDATE,
  SCATTER_ADD,
  SCATTER_SUB,
  SCATTER_MAX,
  SCATTER_MIN,
} Scatter;

typedef void (*ScatterLoop) (void *out, const void *in, gsize in_step, gsize n, Scatter how);

#define SCATTER(name, type, wide)                                                 \
  static void                                                                     \
  name (void *out_data, const void *in_data, gsize in_step, gsize n, Scatter how) \
  {                                                                               \
    type       *out = out_data;                                                   \
    const type *in = in_data;                                                     \
                                                                                  \
    for (gsize i = 0; i < n; i++)                                                 \
      {                                                                           \
        type x = in[i * in_step];                                                 \
                                                                                  \
        if (how == SCATTER_ADD)                                                   \
          out[i] = (wide) out[i] + (wide) x;                                      \
        else if (how == SCATTER_SUB)                                              \
          out[i] = (wide) out[i] - (wide) x;                                      \
        else if (how == SCATTER_MAX)                                              \
          out[i] = x > out[i] ? x : out[i];                                       \
        else if (how == SCATTER_MIN)                                              \
          out[i] = x < out[i] ? x : out[i];                                       \
      }                                                                           \
  }

SCATTER (scatter_f32, float, float)
SCATTER (scatter_f64, double, double)
SCATTER (scatter_i8, gint8, guint64)
SCATTER (scatter_u8, guint8, guint64)
SCATTER (scatter_i16, gint16, guint64)
SCATTER (scatter_u16, guint16, guint64)
SCATTER (scatter_i32, gint32, guint64)
SCATTER (scatter_u32, guint32, guint64)
SCATTER (scatter_i64, gint64, guint64)
SCATTER (scatter_u64, guint64, guint64)

static const ScatterLoop scatters[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_FLOAT32] = scatter_f32,
  [ASSAY_DTYPE_FLOAT64] = scatter_f64,
  [ASSAY_DTYPE_INT8] = scatter_i8,
  [ASSAY_DTYPE_UINT8] = scatter_u8,
  [ASSAY_DTYPE_INT16] = scatter_i16,
  [ASSAY_DTYPE_UINT16] = scatter_u16,
  [ASSAY_DTYPE_INT32] = scatter_i32,
  [ASSAY_DTYPE_UINT32] = scatter_u32,
  [ASSAY_DTYPE_INT64] = scatter_i64,
  [ASSAY_DTYPE_UINT64] = scatter_u64,
};

/* Puts updates on the output, which has been filled. */
static gboolean
scatter (AssayKernelCall *call, char *out, const AssayPartialShape *shape, AssayDtype dtype, guint indices, guint updates, Scatter how, GError **error)
{
  gsize              item_size = assay_kernel_item_size (dtype);
  const char        *from = assay_kernel_items (call, updates);
  gint64             n, slice, from_step = assay_kernel_shape (call, updates)->rank > 0;
  g_autofree gint64 *positions = find_slices (call, indices, shape, &n, &slice, error);

  if (positions == NULL)
    return FALSE;
  for (gint64 k = 0; k < n && !moves_stop (k, slice); k++)
    {
      char *to = out + positions[k] * slice * item_size;

      if (how != SCATTER_UPDATE)
        scatters[dtype](to, from + k * slice * from_step * item_size, from_step, slice, how);
      else if (from_step)
        memcpy (to, from + k * slice * item_size, slice * item_size);
      else
        strided_fill (call->workspace, item_size, to, from, slice);
    }
  return TRUE;
}

static gboolean
run_scatter_nd (AssayKernelCall *call, GError **error)
{
  static const guint64 zero[2];
  AssayDtype           dtype = assay_kernel_dtype (call, 1);
  char                *out;

  if (scatters[dtype] == NULL)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  strided_fill (call->workspace, assay_kernel_item_size (dtype), out, zero, assay_partial_shape_n_elements (&call->specs[0].shape));
  return assay_kernel_shape (call, 1)->rank == 0 || scatter (call, out, &call->specs[0].shape, dtype, 0, 1, SCATTER_ADD, error);
}

static gboolean
run_tensor_scatter (AssayKernelCall *call, GError **error)
{
  static const char *const names[] = { "Update", "Add", "Sub", "Max", "Min" };
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  Scatter                  how = 0;
  Strided                  all = { 0 };
  char                    *out;

  while (!g_str_has_suffix (call->op->name, names[how]))
    how++;
  if (assay_kernel_dtype (call, 2) != dtype || (how != SCATTER_UPDATE && scatters[dtype] == NULL))
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_items (call, 0, dtype, assay_kernel_shape (call, 0), error);
  if (out == NULL)
    return FALSE;
  strided_add (&all, assay_kernel_n (call, 0), 1, 1);
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &all);
  return scatter (call, out, assay_kernel_shape (call, 0), dtype, 1, 2, how, error);
}

/* Indices are a scalar, a vector or a matrix of them; values a scalar or a vector. */
static gboolean
run_sparse_to_dense (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *indices = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 2);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   total, depth = indices->rank == 2 ? indices->dims[1] : 1, n_values = assay_kernel_n (call, 2);
  g_autofree gint64       *values = assay_kernel_all_ints (call, 0, &total, error);
  char                    *out;

  if (values == NULL)
    return FALSE;
  if (indices->rank > 2 || depth != shape->rank)
    return assay_kernel_fail (call, error, "output_shape has incorrect number of elements: %d should be: %" G_GINT64_FORMAT, shape->rank, depth);
  if (assay_kernel_dtype (call, 3) != dtype || assay_kernel_n (call, 3) != 1)
    return assay_kernel_fail (call, error, "default_value should be a scalar.");
  if (n_values != 1 && n_values != total / MAX (depth, 1))
    return assay_kernel_fail (call, error, "sparse_values has incorrect shape [%" G_GINT64_FORMAT "], should be [] or [%" G_GINT64_FORMAT "]", n_values, total / MAX (depth, 1));
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  strided_fill (call->workspace, item_size, out, assay_kernel_items (call, 3), assay_partial_shape_n_elements (shape));
  for (gint64 k = 0; depth > 0 && k < total / depth && !assay_stops (k); k++)
    {
      gint64 at = 0;

      for (gint64 i = 0; i < depth; i++)
        {
          if (values[k * depth + i] < 0 || values[k * depth + i] >= shape->dims[i])
            return assay_kernel_fail (call, error, "indices[%" G_GINT64_FORMAT "] is out of bounds: index %" G_GINT64_FORMAT " in a dimension of %" G_GINT64_FORMAT, k,
                                      values[k * depth + i], shape->dims[i]);
          at = at * shape->dims[i] + values[k * depth + i];
        }
      memcpy (out + at * item_size, (const char *) assay_kernel_items (call, 2) + (n_values == 1 ? 0 : k) * item_size, item_size);
    }
  return TRUE;
}

static gboolean
run_one_hot (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 2), index_dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   axis = assay_attrs_get_int (call->attrs, "axis", -1), n = assay_kernel_n (call, 0), inner = 1, depth;
  g_autofree gint64       *values = NULL;
  char                    *out;

  if (index_dtype == ASSAY_DTYPE_UINT8 || index_dtype == ASSAY_DTYPE_INT8)
    {
      values = g_try_new (gint64, MAX (n, 1));
      for (gint64 i = 0; values != NULL && i < n; i++)
        values[i] = index_dtype == ASSAY_DTYPE_UINT8 ? ((const guint8 *) assay_kernel_input (call, 0))[i] : ((const gint8 *) assay_kernel_input (call, 0))[i];
    }
  else
    {
      values = assay_kernel_all_ints (call, 0, &n, error);
      if (values == NULL)
        return FALSE;
    }
  if (values == NULL)
    return assay_kernel_fail (call, error, "Out of memory: %" G_GINT64_FORMAT " indices are too many", n);
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  axis = axis < 0 ? in->rank : axis;
  depth = shape->dims[axis];
  for (int i = axis; i < in->rank; i++)
    inner *= in->dims[i];
  strided_fill (call->workspace, item_size, out, assay_kernel_items (call, 3), assay_partial_shape_n_elements (shape));
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    if (values[i] >= 0 && values[i] < depth)
      memcpy (out + ((i / inner * depth + values[i]) * inner + i % inner) * item_size, assay_kernel_items (call, 2), item_size);
  return TRUE;
}

static gboolean
run_dynamic_stitch (AssayKernelCall *call, GError **error)
{
  static const guint64     zero[2];
  const AssayPartialShape *shape = &call->specs[0].shape;
  guint                    n = call->n_inputs / 2;
  AssayDtype               dtype = assay_kernel_dtype (call, n);
  gsize                    item_size = assay_kernel_item_size (dtype), slice = item_size;
  char                    *out = assay_kernel_output_items (call, 0, dtype, shape, error);

  if (out == NULL)
    return FALSE;
  strided_fill (call->workspace, item_size, out, zero, assay_partial_shape_n_elements (shape));
  for (int i = 1; i < shape->rank; i++)
    slice *= shape->dims[i];
  for (guint i = 0; i < n; i++)
    {
      gint64             count;
      g_autofree gint64 *indices = assay_kernel_all_ints (call, i, &count, error);

      if (indices == NULL)
        return FALSE;
      for (gint64 k = 0; k < count && !moves_stop (k, slice); k++)
        {
          if (indices[k] < 0 || indices[k] >= shape->dims[0])
            return assay_kernel_fail (call, error, "indices[%u] is out of range", i);
          memcpy (out + indices[k] * slice, (const char *) assay_kernel_items (call, n + i) + k * slice, slice);
        }
    }
  return TRUE;
}

static gboolean
run_dynamic_partition (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *partitions = assay_kernel_shape (call, 1);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    slice = assay_kernel_item_size (dtype);
  gint64                   n;
  g_autofree gint64       *values = assay_kernel_all_ints (call, 1, &n, error);
  g_autofree gint64       *counts = g_new0 (gint64, call->n_outputs + 1);
  g_autofree char        **outs = g_new0 (char *, call->n_outputs + 1);

  if (values == NULL)
    return FALSE;
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      if (values[i] < 0 || values[i] >= call->n_outputs)
        return assay_kernel_fail (call, error, "partitions[%" G_GINT64_FORMAT "] = %" G_GINT64_FORMAT " is not in [0, %u)", i, values[i], call->n_outputs);
      counts[values[i]]++;
    }
  if (!assay_goes_on (error))
    return FALSE;
  for (int i = partitions->rank; i < in->rank; i++)
    slice *= in->dims[i];
  for (guint i = 0; i < call->n_outputs; i++)
    {
      AssayPartialShape shape = call->specs[i].shape;

      shape.dims[0] = counts[i];
      outs[i] = assay_kernel_output_items (call, i, dtype, &shape, error);
      if (outs[i] == NULL)
        return FALSE;
    }
  for (gint64 i = 0; i < n && !moves_stop (i, slice); i++)
    {
      memcpy (outs[values[i]], (const char *) assay_kernel_items (call, 0) + i * slice, slice);
      outs[values[i]] += slice;
    }
  return TRUE;
}

const AssayKernel assay_kernels_gather[] = {
  { "Gather", run_gather },
  { "GatherV2", run_gather },
  { "GatherNd", run_gather_nd },
  { "ScatterNd", run_scatter_nd },
  { "TensorScatterUpdate", run_tensor_scatter },
  { "TensorScatterAdd", run_tensor_scatter },
  { "TensorScatterSub", run_tensor_scatter },
  { "TensorScatterMax", run_tensor_scatter },
  { "TensorScatterMin", run_tensor_scatter },
  { "SparseToDense", run_sparse_to_dense },
  { "OneHot", run_one_hot },
  { "DynamicStitch", run_dynamic_stitch },
  { "ParallelDynamicStitch", run_dynamic_stitch },
  { "DynamicPartition", run_dynamic_partition },
  { NULL },
};
