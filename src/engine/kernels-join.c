/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Joining and splitting. Each is a copy between a whole and a part of it, seen as [outer, axis × inner]. */

#include "kernel-private.h"
#include "strided-private.h"

/* Copies @width items of each of @outer rows; rows of the whole are @whole items apart. */
static void
copy_part (AssayKernelCall *call, gsize item_size, gint64 outer, gint64 width, void *out, gint64 out_stride, const void *in, gint64 in_stride)
{
  Strided s = { 0 };

  strided_add (&s, outer, out_stride, in_stride);
  strided_add (&s, width, 1, 1);
  strided_copy (call->workspace, item_size, out, in, &s);
}

/* Sizes before and behind the axis. */
static void
split_dims (const AssayPartialShape *shape, int axis, gint64 *outer, gint64 *inner)
{
  *outer = *inner = 1;
  for (int i = 0; i < shape->rank; i++)
    if (i < axis)
      *outer *= shape->dims[i];
    else if (i > axis)
      *inner *= shape->dims[i];
}

static gboolean
run_concat (AssayKernelCall *call, GError **error)
{
  gboolean                 modern = call->op->name[6] != '\0';
  const AssayPartialShape *shape = &call->specs[0].shape;
  guint                    first = modern ? 0 : 1, n = call->n_inputs - 1;
  AssayDtype               dtype = assay_kernel_dtype (call, first);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   axis, outer, inner, at = 0;
  char                    *out;

  if (!assay_kernel_int (call, modern ? n : 0, &axis, error))
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  if (axis < 0)
    axis += shape->rank;
  split_dims (shape, axis, &outer, &inner);
  for (guint i = first; i < first + n; i++)
    {
      gint64 width = assay_kernel_shape (call, i)->dims[axis] * inner;

      copy_part (call, item_size, outer, width, out + at * item_size, shape->dims[axis] * inner, assay_kernel_items (call, i), width);
      at += width;
    }
  return TRUE;
}

/* Where each input of a Concat begins: zeros but along the axis. */
static gboolean
run_concat_offset (AssayKernelCall *call, GError **error)
{
  gint64 axis, at = 0;

  if (!assay_kernel_int (call, 0, &axis, error))
    return FALSE;
  for (guint i = 0; i < call->n_outputs; i++)
    {
      gint64  dims[ASSAY_GRAPH_MAX_RANK];
      int     n = assay_kernel_vector (call, i + 1, dims, ASSAY_GRAPH_MAX_RANK, error);
      gint32 *out;

      if (n < 0)
        return FALSE;
      if (axis < -n || axis >= n)
        return assay_kernel_fail (call, error, "Concat dim is out of range: %" G_GINT64_FORMAT " vs. %d", axis, n);
      if (assay_kernel_dtype (call, i + 1) != ASSAY_DTYPE_INT32)
        return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, i + 1), error);
      out = assay_kernel_output_as_inferred (call, i, error);
      if (out == NULL)
        return FALSE;
      memset (out, 0, n * sizeof *out);
      out[axis < 0 ? axis + n : axis] = at;
      at += dims[axis < 0 ? axis + n : axis];
    }
  return TRUE;
}

static gboolean
run_pack (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   axis = assay_attrs_get_int (call->attrs, "axis", 0), outer, inner;
  char                    *out = assay_kernel_output_items (call, 0, dtype, shape, error);

  if (out == NULL)
    return FALSE;
  split_dims (shape, axis < 0 ? axis + shape->rank : axis, &outer, &inner);
  for (guint i = 0; i < call->n_inputs; i++)
    copy_part (call, item_size, outer, inner, out + i * inner * item_size, call->n_inputs * inner, assay_kernel_items (call, i), inner);
  return TRUE;
}

/* Hands out parts of input @input along @axis; parts[i] wide. */
static gboolean
split_up (AssayKernelCall *call, guint input, gint64 axis, gboolean keeps_axis, GError **error)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, input);
  AssayDtype               dtype = assay_kernel_dtype (call, input);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   outer, inner, at = 0;

  if (axis < 0)
    axis += shape->rank;
  split_dims (shape, axis, &outer, &inner);
  for (guint i = 0; i < call->n_outputs; i++)
    {
      gint64 width = keeps_axis ? call->specs[i].shape.dims[axis] * inner : inner;
      void  *out = assay_kernel_output_items (call, i, dtype, &call->specs[i].shape, error);

      if (out == NULL)
        return FALSE;
      copy_part (call, item_size, outer, width, out, width, (const char *) assay_kernel_items (call, input) + at * item_size, shape->dims[axis] * inner);
      at += width;
    }
  return TRUE;
}

static gboolean
run_unpack (AssayKernelCall *call, GError **error)
{
  return split_up (call, 0, assay_attrs_get_int (call->attrs, "axis", 0), FALSE, error);
}

static gboolean
run_split (AssayKernelCall *call, GError **error)
{
  gint64 axis;

  return assay_kernel_int (call, 0, &axis, error) && split_up (call, 1, axis, TRUE, error);
}

static gboolean
run_split_v (AssayKernelCall *call, GError **error)
{
  gint64 axis;

  return assay_kernel_int (call, 2, &axis, error) && split_up (call, 0, axis, TRUE, error);
}

const AssayKernel assay_kernels_join[] = {
  { "Concat", run_concat },
  { "ConcatV2", run_concat },
  { "ConcatOffset", run_concat_offset },
  { "Pack", run_pack },
  { "Unpack", run_unpack },
  { "Split", run_split },
  { "SplitV", run_split_v },
  { NULL },
};
