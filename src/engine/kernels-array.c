/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Constants, shapes, values under another shape, filling and repeating. */

#include "half-private.h"
#include "kernel-private.h"
#include "strided-private.h"

#include <assay/error.h>
#include <math.h>

static gboolean
run_const (AssayKernelCall *call, GError **error)
{
  AssayTensor *tensor = assay_attrs_get_tensor (call->attrs, "value");

  if (tensor == NULL || assay_tensor_get_rank (tensor) > ASSAY_GRAPH_MAX_RANK)
    return assay_kernel_fail (call, error, "Constant %s has no value", call->name ? call->name : "");
  call->outputs[0] = assay_value_new (tensor);
  return TRUE;
}

static gboolean
run_identity (AssayKernelCall *call, GError **error)
{
  for (guint i = 0; i < call->n_outputs; i++)
    call->outputs[i] = assay_value_ref (call->inputs[i]);
  return TRUE;
}

static gboolean
run_placeholder (AssayKernelCall *call, GError **error)
{
  return assay_kernel_fail (call, error, "You must feed a value for placeholder tensor '%s' with dtype %s", call->name ? call->name : call->op->name,
                            assay_dtype_get_info (call->specs[0].dtype)->name);
}

static gboolean
run_assert (AssayKernelCall *call, GError **error)
{
  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_BOOL || assay_kernel_n (call, 0) != 1)
    return assay_kernel_fail (call, error, "In[0] should be a scalar of bool");
  if (*(const guint8 *) assay_kernel_input (call, 0))
    return TRUE;
  if (call->n_inputs > 1 && assay_value_get_strings (call->inputs[1]) != NULL && assay_value_get_strings (call->inputs[1])->len == 1)
    {
      g_autofree char *text = g_utf8_make_valid (g_bytes_get_data (assay_value_get_strings (call->inputs[1])->pdata[0], NULL),
                                                 MIN (g_bytes_get_size (assay_value_get_strings (call->inputs[1])->pdata[0]), 500));

      return assay_kernel_fail (call, error, "assertion failed: [%s]", text);
    }
  return assay_kernel_fail (call, error, "assertion failed");
}

static gboolean
run_nothing (AssayKernelCall *call, GError **error)
{
  return TRUE;
}

/* The first input goes through, the others were only for printing. */
static gboolean
run_first (AssayKernelCall *call, GError **error)
{
  call->outputs[0] = assay_value_ref (call->inputs[0]);
  return TRUE;
}

static gboolean
run_check_numerics (AssayKernelCall *call, GError **error)
{
  gint64     n = assay_kernel_n (call, 0);
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  gboolean   nan = FALSE, inf = FALSE;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64 && !assay_is_half (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  for (gint64 i = 0; i < n; i++)
    {
      const void *data = assay_kernel_input (call, 0);
      double      x = dtype == ASSAY_DTYPE_FLOAT32   ? ((const float *) data)[i]
                      : dtype == ASSAY_DTYPE_FLOAT64 ? ((const double *) data)[i]
                      : dtype == ASSAY_DTYPE_FLOAT16 ? assay_float_of_half (((const guint16 *) data)[i])
                                                     : assay_float_of_bfloat (((const guint16 *) data)[i]);

      nan = nan || isnan (x);
      inf = inf || isinf (x);
    }
  if (nan || inf)
    return assay_kernel_fail (call, error, "%s : Tensor had %s values", assay_attrs_get_string (call->attrs, "message", ""),
                              nan && inf ? "Inf and NaN" : nan ? "NaN"
                                                               : "Inf");
  call->outputs[0] = assay_value_ref (call->inputs[0]);
  return TRUE;
}

static gboolean
put_ints (AssayKernelCall *call, guint index, const AssayPartialShape *shape, const gint64 *values, GError **error)
{
  AssayDtype dtype = call->specs[index].dtype;
  gint64     n = assay_partial_shape_n_elements (shape);
  void      *out;

  if (dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output (call, index, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  for (gint64 i = 0; i < n; i++)
    {
      if (dtype == ASSAY_DTYPE_INT32 && values[i] != (gint32) values[i])
        return assay_kernel_fail (call, error, "Shape out_type is int32 but dim %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT, i, values[i]);
      if (dtype == ASSAY_DTYPE_INT32)
        ((gint32 *) out)[i] = values[i];
      else
        ((gint64 *) out)[i] = values[i];
    }
  return TRUE;
}

static gboolean
run_shape (AssayKernelCall *call, GError **error)
{
  for (guint i = 0; i < call->n_outputs; i++)
    {
      const AssayPartialShape *in = assay_kernel_shape (call, i);
      AssayPartialShape        shape = assay_partial_shape_make (1, (gint64) MAX (in->rank, 0));

      if (!put_ints (call, i, &shape, in->dims, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_size (AssayKernelCall *call, GError **error)
{
  gint64            n = assay_kernel_n (call, 0);
  AssayPartialShape scalar = assay_partial_shape_make (0);

  return put_ints (call, 0, &scalar, &n, error);
}

static gboolean
run_rank (AssayKernelCall *call, GError **error)
{
  gint64            rank = assay_kernel_shape (call, 0)->rank;
  AssayPartialShape scalar = assay_partial_shape_make (0);

  return put_ints (call, 0, &scalar, &rank, error);
}

/* Reshape, ExpandDims, Squeeze, EnsureShape: the rule has found the shape. */
static gboolean
run_view (AssayKernelCall *call, GError **error)
{
  return assay_kernel_output_view (call, 0, 0, &call->specs[0].shape, error);
}

static gboolean
run_fill (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 1);
  void      *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out != NULL)
    strided_fill (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 1), assay_partial_shape_n_elements (&call->specs[0].shape));
  return out != NULL;
}

static gboolean
run_zeros (AssayKernelCall *call, GError **error)
{
  static const guint64 zero[2];
  AssayDtype           dtype = call->specs[0].dtype;
  void                *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out != NULL)
    strided_fill (call->workspace, assay_kernel_item_size (dtype), out, zero, assay_partial_shape_n_elements (&call->specs[0].shape));
  return out != NULL;
}

/* The number 1 as each dtype has it. */
static gboolean
write_one (AssayDtype dtype, void *one)
{
  memset (one, 0, 16);
  if (dtype == ASSAY_DTYPE_FLOAT32)
    *(float *) one = 1;
  else if (dtype == ASSAY_DTYPE_FLOAT64)
    *(double *) one = 1;
  else if (assay_is_half (dtype))
    *(guint16 *) one = dtype == ASSAY_DTYPE_FLOAT16 ? 0x3c00 : 0x3f80;
  else if (dtype >= ASSAY_DTYPE_INT8 && dtype <= ASSAY_DTYPE_UINT64)
    {
      guint64 value = GUINT64_TO_LE (1);

      memcpy (one, &value, sizeof value);
      if (G_BYTE_ORDER == G_BIG_ENDIAN)
        {
          memset (one, 0, 16);
          ((char *) one)[assay_dtype_get_info (dtype)->item_size - 1] = 1;
        }
    }
  else if (dtype == ASSAY_DTYPE_BOOL)
    *(guint8 *) one = 1;
  else
    return FALSE;
  return TRUE;
}

static gboolean
run_ones (AssayKernelCall *call, GError **error)
{
  guint64    one[2];
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  void      *out;

  if (!write_one (dtype, one))
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out != NULL)
    strided_fill (call->workspace, assay_kernel_item_size (dtype), out, one, assay_partial_shape_n_elements (&call->specs[0].shape));
  return out != NULL;
}

static gboolean
run_broadcast_to (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gint64                   in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK];
  Strided                  s = { 0 };
  void                    *out = assay_kernel_output_items (call, 0, dtype, shape, error);

  if (out == NULL)
    return FALSE;
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < shape->rank; i++)
    {
      int k = i - (shape->rank - in->rank);

      strided_add (&s, shape->dims[i], out_strides[i], k < 0 || in->dims[k] == 1 ? 0 : in_strides[k]);
    }
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

static gboolean
run_tile (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gint64                   in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK];
  Strided                  s = { 0 };
  void                    *out = assay_kernel_output_items (call, 0, dtype, shape, error);

  if (out == NULL)
    return FALSE;
  if (assay_partial_shape_n_elements (shape) == 0)
    return TRUE;
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < in->rank; i++)
    {
      strided_add (&s, shape->dims[i] / in->dims[i], out_strides[i] * in->dims[i], 0);
      strided_add (&s, in->dims[i], out_strides[i], in_strides[i]);
    }
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

static gboolean
run_pad (AssayKernelCall *call, GError **error)
{
  static const guint64     zero[2];
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   pads[2 * ASSAY_GRAPH_MAX_RANK], in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK], at = 0;
  Strided                  s = { 0 };
  char                    *out;

  if (assay_kernel_ints (call, 1, pads, G_N_ELEMENTS (pads), error) < 0)
    return FALSE;
  if (call->n_inputs > 2 && (assay_kernel_dtype (call, 2) != dtype || assay_kernel_n (call, 2) != 1))
    return assay_kernel_fail (call, error, "constant_values must be a scalar of %s", assay_dtype_get_info (dtype)->name);
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  strided_fill (call->workspace, item_size, out, call->n_inputs > 2 ? assay_kernel_items (call, 2) : zero, assay_partial_shape_n_elements (shape));
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < in->rank; i++)
    {
      strided_add (&s, in->dims[i], out_strides[i], in_strides[i]);
      at += pads[2 * i] * out_strides[i];
    }
  strided_copy (call->workspace, item_size, out + at * item_size, assay_kernel_items (call, 0), &s);
  return TRUE;
}

/* Mirrors one dimension after the other: what is there already is the source of what stands before and behind it. */
static gboolean
run_mirror_pad (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    item_size = assay_kernel_item_size (dtype);
  gint64                   pads[2 * ASSAY_GRAPH_MAX_RANK], in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK], at = 0;
  gint64                   edge = g_str_equal (assay_attrs_get_string (call->attrs, "mode", "REFLECT"), "REFLECT");
  Strided                  s = { 0 };
  char                    *out;

  if (assay_kernel_ints (call, 1, pads, G_N_ELEMENTS (pads), error) < 0)
    return FALSE;
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < in->rank; i++)
    {
      strided_add (&s, in->dims[i], out_strides[i], in_strides[i]);
      at += pads[2 * i] * out_strides[i];
    }
  strided_copy (call->workspace, item_size, out + at * item_size, assay_kernel_items (call, 0), &s);
  for (int i = in->rank - 1; i >= 0; i--)
    {
      Strided front = { 0 }, back;
      gint64  first = pads[2 * i], end = first + in->dims[i], outside = 0;

      for (int k = 0; k < in->rank; k++)
        {
          strided_add (&front, k < i ? in->dims[k] : k == i ? pads[2 * i]
                                                            : shape->dims[k],
                       k == i ? -out_strides[k] : out_strides[k], out_strides[k]);
          outside += k < i ? pads[2 * k] * out_strides[k] : 0;
        }
      back = front;
      back.dims[i] = pads[2 * i + 1];
      back.out[i] = out_strides[i];
      back.in[i] = -out_strides[i];
      if (pads[2 * i] > 0)
        strided_copy (call->workspace, item_size, out + (outside + (first - 1) * out_strides[i]) * (gint64) item_size,
                      out + (outside + (first + edge) * out_strides[i]) * (gint64) item_size, &front);
      if (pads[2 * i + 1] > 0)
        strided_copy (call->workspace, item_size, out + (outside + end * out_strides[i]) * (gint64) item_size,
                      out + (outside + (end - 1 - edge) * out_strides[i]) * (gint64) item_size, &back);
    }
  return TRUE;
}

/* An image [n, y·b, x·b, c] is [n, y, b, x, b, c]; with the depth it is [n, y, x, b, b, c]. NCHW likewise. */
static gboolean
run_depth_space (AssayKernelCall *call, GError **error)
{
  gboolean                 to_depth = g_str_equal (call->op->name, "SpaceToDepth"), first = g_str_equal (assay_attrs_get_string (call->attrs, "data_format", "NHWC"), "NCHW");
  const AssayPartialShape *wide = to_depth ? assay_kernel_shape (call, 0) : &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gint64                   b = assay_attrs_get_int (call->attrs, "block_size", 2), n = wide->dims[0], c = wide->dims[first ? 1 : 3];
  gint64                   y = wide->dims[first ? 2 : 1] / b, x = wide->dims[first ? 3 : 2] / b;
  /* Strides on the wide and on the deep side, of n, y, x, b (down), b (across), c. */
  gint64  on_wide[6] = { y * b * x * b * c, b * x * b * (first ? 1 : c), b * (first ? 1 : c), x * b * (first ? 1 : c), first ? 1 : c, first ? y * b * x * b : 1 };
  gint64  on_deep[6] = { y * b * x * b * c, first ? x : x * b * b * c, first ? 1 : b * b * c, first ? b * c * y * x : b * c, first ? c * y * x : c, first ? y * x : 1 };
  gint64  dims[6] = { n, y, x, b, b, c };
  Strided s = { 0 };
  void   *out = assay_kernel_output_items (call, 0, dtype, &call->specs[0].shape, error);

  if (out == NULL)
    return FALSE;
  for (int i = 0; i < 6; i++)
    strided_add (&s, dims[i], to_depth ? on_deep[i] : on_wide[i], to_depth ? on_wide[i] : on_deep[i]);
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

static gboolean
read_shapes (AssayKernelCall *call, AssayPartialShape *a, AssayPartialShape *b, GError **error)
{
  a->rank = assay_kernel_vector (call, 0, a->dims, ASSAY_GRAPH_MAX_RANK, error);
  if (a->rank < 0)
    return FALSE;
  b->rank = assay_kernel_vector (call, 1, b->dims, ASSAY_GRAPH_MAX_RANK, error);
  return b->rank >= 0;
}

static gboolean
run_broadcast_args (AssayKernelCall *call, GError **error)
{
  AssayPartialShape a, b, both, vector;

  if (!read_shapes (call, &a, &b, error))
    return FALSE;
  if (!assay_partial_shape_broadcast (&a, &b, &both))
    {
      g_autofree char *left = assay_partial_shape_to_string (&a), *right = assay_partial_shape_to_string (&b);

      return assay_kernel_fail (call, error, "Incompatible shapes: %s vs. %s", left, right);
    }
  vector = assay_partial_shape_make (1, (gint64) both.rank);
  return put_ints (call, 0, &vector, both.dims, error);
}

/* The axes over which each side was repeated. */
static gboolean
run_broadcast_gradient_args (AssayKernelCall *call, GError **error)
{
  AssayPartialShape shapes[2], both;

  if (!read_shapes (call, &shapes[0], &shapes[1], error))
    return FALSE;
  if (!assay_partial_shape_broadcast (&shapes[0], &shapes[1], &both))
    return assay_kernel_fail (call, error, "Incompatible shapes");
  for (int side = 0; side < 2; side++)
    {
      gint64            axes[ASSAY_GRAPH_MAX_RANK], n = 0;
      AssayPartialShape vector;

      for (int i = 0; i < both.rank; i++)
        {
          int k = i - (both.rank - shapes[side].rank);

          if (k < 0 || shapes[side].dims[k] == 1)
            axes[n++] = i;
        }
      if (assay_partial_shape_equal (&shapes[0], &shapes[1]))
        n = 0;
      vector = assay_partial_shape_make (1, n);
      if (!put_ints (call, side, &vector, axes, error))
        return FALSE;
    }
  return TRUE;
}

const AssayKernel assay_kernels_array[] = {
  { "Const", run_const },
  { "Placeholder", run_placeholder },
  { "PlaceholderV2", run_placeholder },
  { "PlaceholderWithDefault", run_identity },
  { "Identity", run_identity },
  { "IdentityN", run_identity },
  { "StopGradient", run_identity },
  { "PreventGradient", run_identity },
  { "Snapshot", run_identity },
  { "GuaranteeConst", run_identity },
  { "DebugGradientIdentity", run_identity },
  { "DeepCopy", run_identity },
  { "EnsureShape", run_identity },
  { "CheckNumerics", run_check_numerics },
  { "Assert", run_assert },
  { "Print", run_first },
  { "PrintV2", run_nothing },
  { "Shape", run_shape },
  { "ShapeN", run_shape },
  { "Size", run_size },
  { "Rank", run_rank },
  { "Reshape", run_view },
  { "ExpandDims", run_view },
  { "Squeeze", run_view },
  { "Fill", run_fill },
  { "Empty", run_zeros },
  { "ZerosLike", run_zeros },
  { "OnesLike", run_ones },
  { "BroadcastTo", run_broadcast_to },
  { "BroadcastArgs", run_broadcast_args },
  { "BroadcastGradientArgs", run_broadcast_gradient_args },
  { "Tile", run_tile },
  { "Pad", run_pad },
  { "PadV2", run_pad },
  { "MirrorPad", run_mirror_pad },
  { "DepthToSpace", run_depth_space },
  { "SpaceToDepth", run_depth_space },
  { NULL },
};
