/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices, and what is turned round or rolled. */

#include "kernel-private.h"
#include "strided-private.h"

#include <assay/strided-slice.h>

static gboolean
run_slice (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   begin[ASSAY_GRAPH_MAX_RANK], in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK], at = 0;
  Strided                  s = { 0 };
  void                    *out;

  if (assay_kernel_vector (call, 1, begin, ASSAY_GRAPH_MAX_RANK, error) != in->rank)
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < in->rank; i++)
    {
      strided_add (&s, shape->dims[i], out_strides[i], in_strides[i]);
      at += begin[i] * in_strides[i];
    }
  strided_copy (call->workspace, item_size, out, (const char *) assay_kernel_items (call, 0) + at * item_size, &s);
  return TRUE;
}

static gboolean
read_ints (AssayKernelCall *call, guint input, AssayKnownInts *ints, GError **error)
{
  int n = assay_kernel_vector (call, input, ints->values, ASSAY_MAX_KNOWN_INTS, error);

  ints->rank = assay_kernel_shape (call, input)->rank;
  ints->n = MAX (n, 0);
  ints->known = G_MAXUINT32;
  return n >= 0;
}

static gboolean
resolve (AssayKernelCall *call, AssayStridedSlice *slice, GError **error)
{
  AssayKnownInts   begin, end, strides;
  g_autofree char *problem = NULL;

  if (!read_ints (call, 1, &begin, error) || !read_ints (call, 2, &end, error) || !read_ints (call, 3, &strides, error))
    return FALSE;
  problem = assay_strided_slice_resolve (call->attrs, assay_kernel_shape (call, 0), &begin, &end, &strides, slice);
  return problem == NULL || assay_kernel_fail (call, error, "%s", problem);
}

/* Strides of the slice as it lies in the whole; returns where it begins. */
static gint64
walk_slice (const AssayStridedSlice *slice, const AssayPartialShape *whole, gint64 *strides)
{
  gint64 at = 0;

  strided_dense (whole, strides);
  for (int i = 0; i < slice->rank; i++)
    {
      at += slice->begin[i] * strides[i];
      strides[i] *= slice->count[i] > 1 ? slice->stride[i] : 1;
    }
  return at;
}

static gboolean
run_strided_slice (AssayKernelCall *call, GError **error)
{
  AssayDtype        dtype = assay_kernel_dtype (call, 0);
  gsize             item_size = assay_kernel_item_size (dtype);
  AssayStridedSlice slice;
  gint64            strides[ASSAY_GRAPH_MAX_RANK], at, dense = 1;
  Strided           s = { 0 };
  void             *out;

  if (!resolve (call, &slice, error))
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, &slice.shape, error);
  if (out == NULL || assay_partial_shape_n_elements (&slice.shape) == 0)
    return out != NULL;
  at = walk_slice (&slice, assay_kernel_shape (call, 0), strides);
  for (int i = 0; i < slice.rank; i++)
    strided_add (&s, slice.count[i], 0, strides[i]);
  for (int i = slice.rank - 1; i >= 0; dense *= slice.count[i--])
    s.out[i] = dense;
  strided_copy (call->workspace, item_size, out, (const char *) assay_kernel_items (call, 0) + at * (gint64) item_size, &s);
  return TRUE;
}

static gboolean
run_strided_slice_update (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *whole = assay_kernel_shape (call, 0), *value = assay_kernel_shape (call, 4);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   strides[ASSAY_GRAPH_MAX_RANK], value_strides[ASSAY_GRAPH_MAX_RANK], at;
  AssayStridedSlice        slice;
  Strided                  all = { 0 }, s = { 0 };
  char                    *out;
  int                      from = 0;

  if (assay_attrs_get_int (call->attrs, "new_axis_mask", 0) != 0)
    return assay_kernel_fail (call, error, "A slice with new axes can't be written to");
  if (!resolve (call, &slice, error))
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, whole, error);
  if (out == NULL)
    return FALSE;
  strided_add (&all, assay_partial_shape_n_elements (whole), 1, 1);
  strided_copy (call->workspace, item_size, out, assay_kernel_items (call, 0), &all);
  if (assay_partial_shape_n_elements (&slice.shape) == 0)
    return TRUE;
  at = walk_slice (&slice, whole, strides);
  strided_dense (value, value_strides);
  /* Dimensions that were indexed aren't in the value's shape. */
  for (int i = 0; i < slice.rank; i++)
    {
      gboolean indexed = slice.indexed >> i & 1;
      int      k = from - (slice.shape.rank - value->rank);

      strided_add (&s, slice.count[i], strides[i], indexed || k < 0 || value->dims[k] == 1 ? 0 : value_strides[k]);
      from += !indexed;
    }
  strided_copy (call->workspace, item_size, out + at * (gint64) item_size, assay_kernel_items (call, 4), &s);
  return TRUE;
}

static gboolean
run_reverse (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   axes[ASSAY_GRAPH_MAX_RANK], strides[ASSAY_GRAPH_MAX_RANK], at = 0;
  gboolean                 turned[ASSAY_GRAPH_MAX_RANK] = { FALSE };
  Strided                  s = { 0 };
  void                    *out;

  if (g_str_equal (call->op->name, "Reverse"))
    {
      if (assay_kernel_dtype (call, 1) != ASSAY_DTYPE_BOOL)
        return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 1), error);
      for (int i = 0; i < in->rank; i++)
        turned[i] = ((const guint8 *) assay_kernel_input (call, 1))[i];
    }
  else
    {
      int n = assay_kernel_vector (call, 1, axes, ASSAY_GRAPH_MAX_RANK, error);

      if (n < 0)
        return FALSE;
      for (int i = 0; i < n; i++)
        turned[axes[i] < 0 ? axes[i] + in->rank : axes[i]] = TRUE;
    }
  out = assay_kernel_output_items (call, 0, dtype, in, error);
  if (out == NULL || assay_partial_shape_n_elements (in) == 0)
    return out != NULL;
  strided_dense (in, strides);
  for (int i = 0; i < in->rank; i++)
    {
      strided_add (&s, in->dims[i], strides[i], turned[i] ? -strides[i] : strides[i]);
      at += turned[i] ? (in->dims[i] - 1) * strides[i] : 0;
    }
  strided_copy (call->workspace, item_size, out, (const char *) assay_kernel_items (call, 0) + at * item_size, &s);
  return TRUE;
}

/* Each batch entry's own length of the sequence is turned round, the rest stays. */
static gboolean
run_reverse_sequence (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   seq = assay_attrs_get_int (call->attrs, "seq_dim", 0), batch = assay_attrs_get_int (call->attrs, "batch_dim", 0);
  gint64                   strides[ASSAY_GRAPH_MAX_RANK], n;
  g_autofree gint64       *lengths = assay_kernel_all_ints (call, 1, &n, error);
  char                    *out;

  if (lengths == NULL)
    return FALSE;
  for (gint64 b = 0; b < n; b++)
    if (lengths[b] < 0 || lengths[b] > in->dims[seq])
      return lengths[b] < 0 ? assay_kernel_fail (call, error, "seq_lens(%" G_GINT64_FORMAT ") < 0", b)
                            : assay_kernel_fail (call, error, "seq_lens(%" G_GINT64_FORMAT ") > input.dims(%" G_GINT64_FORMAT ")", b, seq);
  out = assay_kernel_output_items (call, 0, dtype, in, error);
  if (out == NULL)
    return FALSE;
  strided_dense (in, strides);
  for (gint64 b = 0; b < n; b++)
    for (int tail = 0; tail < 2; tail++)
      {
        gint64  begin = b * strides[batch] + (tail ? lengths[b] * strides[seq] : 0), from = tail || lengths[b] == 0 ? begin : begin + (lengths[b] - 1) * strides[seq];
        Strided s = { 0 };

        for (int i = 0; i < in->rank; i++)
          strided_add (&s, i == batch ? 1 : i == seq ? tail ? in->dims[seq] - lengths[b] : lengths[b]
                                                     : in->dims[i],
                       strides[i], i == seq && !tail ? -strides[i] : strides[i]);
        strided_copy (call->workspace, item_size, out + begin * item_size, (const char *) assay_kernel_items (call, 0) + from * item_size, &s);
      }
  return TRUE;
}

/* Along every dimension the output is two pieces of the input: 2^rank copies. */
static gboolean
run_roll (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   shifts[ASSAY_GRAPH_MAX_RANK] = { 0 }, shift[ASSAY_MAX_KNOWN_INTS], axes[ASSAY_MAX_KNOWN_INTS], strides[ASSAY_GRAPH_MAX_RANK];
  int                      n = assay_kernel_vector (call, 1, shift, ASSAY_MAX_KNOWN_INTS, error);
  char                    *out;

  if (n < 0 || assay_kernel_vector (call, 2, axes, ASSAY_MAX_KNOWN_INTS, error) != n)
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, in, error);
  if (out == NULL || assay_partial_shape_n_elements (in) == 0)
    return out != NULL;
  for (int i = 0; i < n; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + in->rank : axes[i], dim = in->dims[axis];

      shifts[axis] = ((shifts[axis] + shift[i] % dim) % dim + dim) % dim;
    }
  strided_dense (in, strides);
  for (guint part = 0; part < 1u << in->rank; part++)
    {
      gint64   to = 0, from = 0;
      Strided  s = { 0 };
      gboolean empty = FALSE;

      for (int i = 0; i < in->rank; i++)
        {
          gint64 head = in->dims[i] - shifts[i]; /* goes behind the shift; the rest goes to the front */

          strided_add (&s, part >> i & 1 ? shifts[i] : head, strides[i], strides[i]);
          to += part >> i & 1 ? 0 : shifts[i] * strides[i];
          from += part >> i & 1 ? head * strides[i] : 0;
          empty = empty || s.dims[i] == 0;
        }
      if (!empty)
        strided_copy (call->workspace, item_size, out + to * item_size, (const char *) assay_kernel_items (call, 0) + from * item_size, &s);
    }
  return TRUE;
}

const AssayKernel assay_kernels_slice[] = {
  { "Slice", run_slice },
  { "StridedSlice", run_strided_slice },
  { "TensorStridedSliceUpdate", run_strided_slice_update },
  { "Reverse", run_reverse },
  { "ReverseV2", run_reverse },
  { "ReverseSequence", run_reverse_sequence },
  { "Roll", run_roll },
  { NULL },
};
