/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Resizing, cropping, patches, space and batch, Einstein sums, quantisation in floats. Sources: tensorflow/core/ops/{image,array,nn}_ops.cc. */

#include "rules-nn-private.h"

#include <string.h>

static gint64
dim (const AssayPartialShape *shape, int axis)
{
  return shape->rank > axis ? shape->dims[axis] : -1;
}

/* Two integers of an input: height and width. */
static gboolean
read_size (AssayInference *inference, guint input, gint64 *size, GError **error)
{
  gint64                   values[ASSAY_GRAPH_MAX_RANK];
  const AssayPartialShape *shape = &inference->inputs[input].shape;
  g_autofree char         *text = assay_partial_shape_to_string (shape);
  int                      n = assay_rule_constant_ints (inference, input, values, ASSAY_GRAPH_MAX_RANK);

  size[0] = size[1] = -1;
  if (shape->rank >= 0 && shape->rank != 1)
    return assay_rule_fail (inference, error, "shape_t must be 1-dimensional%s", text);
  if (dim (shape, 0) >= 0 && dim (shape, 0) != 2)
    return assay_rule_fail (inference, error, "shape_t must have two elements%s", text);
  if (n != 2)
    {
      for (int i = 0; i < 2 && inference->known != NULL && inference->known[input] != NULL && inference->known[input]->n == 2; i++)
        if (inference->known[input]->known >> i & 1)
          size[i] = MAX (inference->known[input]->values[i], -1);
      return TRUE;
    }
  if (values[0] <= 0 || values[1] <= 0)
    return assay_rule_fail (inference, error, "output dimensions must be positive");
  memcpy (size, values, 2 * sizeof *size);
  return TRUE;
}

static gboolean
rule_resize (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  g_autofree char         *text = assay_partial_shape_to_string (in);
  gboolean                 nearest = g_str_equal (inference->op->name, "ResizeNearestNeighbor");
  gint64                   size[2];

  if (in->rank >= 0 && in->rank != 4)
    return assay_rule_fail (inference, error, "input must be 4-dimensional%s", text);
  if (!read_size (inference, 1, size, error))
    return FALSE;
  if (assay_attrs_get_int (inference->attrs, "align_corners", FALSE) && assay_attrs_get_int (inference->attrs, "half_pixel_centers", FALSE))
    return assay_rule_fail (inference, error, "If half_pixel_centers is True, align_corners must be False.");
  if (dim (in, 1) == 0 || dim (in, 2) == 0)
    return assay_rule_fail (inference, error, "input image must be of non-zero size");
  inference->outputs[0].dtype = nearest ? inference->inputs[0].dtype : ASSAY_DTYPE_FLOAT32;
  inference->outputs[0].shape = assay_partial_shape_make (4, dim (in, 0), size[0], size[1], dim (in, 3));
  return TRUE;
}

static gboolean
rule_crop (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape, *boxes = &inference->inputs[1].shape, *index = &inference->inputs[2].shape;
  g_autofree char         *text = assay_partial_shape_to_string (in), *boxes_text = assay_partial_shape_to_string (boxes);
  gint64                   size[2];

  if (in->rank >= 0 && in->rank != 4)
    return assay_rule_fail (inference, error, "input image must be 4-D%s", text);
  if (boxes->rank >= 0 && (boxes->rank != 2 || (boxes->dims[1] >= 0 && boxes->dims[1] != 4)))
    return assay_rule_fail (inference, error, "boxes must be 2-D of 4 columns%s", boxes_text);
  if (index->rank >= 0 && (index->rank != 1 || (boxes->rank == 2 && boxes->dims[0] >= 0 && index->dims[0] >= 0 && index->dims[0] != boxes->dims[0])))
    return assay_rule_fail (inference, error, "box_index must be a vector of as many elements as there are boxes");
  if (!read_size (inference, 3, size, error))
    return FALSE;
  if (dim (in, 1) == 0 || dim (in, 2) == 0)
    return assay_rule_fail (inference, error, "image dimensions must be positive");
  inference->outputs[0].dtype = ASSAY_DTYPE_FLOAT32;
  inference->outputs[0].shape = assay_partial_shape_make (4, dim (boxes, 0), size[0], size[1], dim (in, 3));
  return TRUE;
}

/* Strides, sizes and rates are attributes of other names here. */
static gboolean
rule_patches (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  g_autoptr (GError) mistake = NULL;
  guint         n_sizes = 0, n_strides = 0, n_rates = 0;
  const gint64 *sizes = assay_attrs_get_ints (inference->attrs, "ksizes", &n_sizes);
  const gint64 *strides = assay_attrs_get_ints (inference->attrs, "strides", &n_strides);
  const gint64 *rates = assay_attrs_get_ints (inference->attrs, "rates", &n_rates);
  AssayWindows  windows;

  if (in->rank >= 0 && in->rank != 4)
    return assay_rule_fail (inference, error, "input must be 4-dimensional");
  if (n_sizes != 4 || n_strides != 4 || n_rates != 4)
    return assay_rule_fail (inference, error, "ExtractImagePatches requires the ksizes, strides and rates attributes to contain 4 values");
  for (guint i = 0; i < 4; i++)
    if (sizes[i] <= 0 || sizes[i] > 32768 || (i % 3 == 0 && (sizes[i] != 1 || strides[i] != 1 || rates[i] != 1)))
      return assay_rule_fail (inference, error, "Only support ksizes, strides and rates across space");
  assay_attrs_set_ints (attrs, "strides", 4, strides);
  assay_attrs_set_ints (attrs, "dilations", 4, rates);
  assay_attrs_set_string (attrs, "padding", assay_attrs_get_string (inference->attrs, "padding", "VALID"));
  if (!assay_windows_read (&windows, attrs, 2, &mistake))
    return assay_rule_fail (inference, error, "%s", mistake->message);
  for (guint i = 0; i < 2; i++)
    {
      windows.along[i].input = dim (in, i + 1);
      windows.along[i].kernel = sizes[i + 1];
    }
  if (!assay_windows_solve (&windows, &mistake))
    return assay_rule_fail (inference, error, "%s", mistake->message);
  inference->outputs[0].dtype = inference->inputs[0].dtype;
  inference->outputs[0].shape = assay_partial_shape_make (4, dim (in, 0), windows.along[0].output, windows.along[1].output, (gint64) -1);
  if (dim (in, 3) >= 0 && dim (in, 3) < ((gint64) 1 << 32))
    inference->outputs[0].shape.dims[3] = dim (in, 3) * sizes[1] * sizes[2];
  return TRUE;
}

static gboolean
rule_dilation (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape, *filter = &inference->inputs[1].shape;
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  g_autoptr (GError) mistake = NULL;
  guint         n_strides = 0, n_rates = 0;
  const gint64 *strides = assay_attrs_get_ints (inference->attrs, "strides", &n_strides);
  const gint64 *rates = assay_attrs_get_ints (inference->attrs, "rates", &n_rates);
  AssayWindows  windows;

  if (!assay_rule_same_dtype (inference, 1, error))
    return FALSE;
  if (in->rank >= 0 && in->rank != 4)
    return assay_rule_fail (inference, error, "input must be 4-dimensional");
  if (filter->rank >= 0 && filter->rank != 3)
    return assay_rule_fail (inference, error, "filter must be 3-dimensional");
  if (dim (in, 3) >= 0 && dim (filter, 2) >= 0 && dim (in, 3) != dim (filter, 2))
    return assay_rule_fail (inference, error, "input and filter must have the same depth: %" G_GINT64_FORMAT " vs %" G_GINT64_FORMAT, dim (in, 3),
                            dim (filter, 2));
  if (n_strides != 4 || n_rates != 4)
    return assay_rule_fail (inference, error, "Dilation2D requires the stride and rates attributes to contain 4 values");
  assay_attrs_set_ints (attrs, "strides", 4, strides);
  assay_attrs_set_ints (attrs, "dilations", 4, rates);
  assay_attrs_set_string (attrs, "padding", assay_attrs_get_string (inference->attrs, "padding", "VALID"));
  if (!assay_windows_read (&windows, attrs, 2, &mistake))
    return assay_rule_fail (inference, error, "%s", mistake->message);
  for (guint i = 0; i < 2; i++)
    {
      windows.along[i].input = dim (in, i + 1);
      windows.along[i].kernel = dim (filter, i);
    }
  if (!assay_windows_solve (&windows, &mistake))
    return assay_rule_fail (inference, error, "%s", mistake->message);
  inference->outputs[0].dtype = inference->inputs[0].dtype;
  inference->outputs[0].shape = assay_partial_shape_make (4, dim (in, 0), windows.along[0].output, windows.along[1].output, dim (in, 3));
  return TRUE;
}

/* Block sizes and pads (or crops) as far as they are known. Returns the number of blocked axes, -1 if not known, -2 with @error set. */
static int
read_blocks (AssayInference *inference, gint64 *blocks, gint64 *pads, GError **error)
{
  gboolean with_input = g_str_has_suffix (inference->op->name, "ND");
  int      n = 2, n_pads = assay_rule_constant_ints (inference, with_input ? 2 : 1, pads, 2 * ASSAY_GRAPH_MAX_RANK);

  if (with_input)
    n = assay_rule_constant_ints (inference, 1, blocks, ASSAY_GRAPH_MAX_RANK);
  else
    blocks[0] = blocks[1] = assay_attrs_get_int (inference->attrs, "block_size", 2);
  for (int i = 0; i < n; i++)
    if (blocks[i] < 1 || blocks[i] > G_MAXINT32)
      {
        assay_rule_fail (inference, error, "block_shape must be positive, but block_shape[%d] = %" G_GINT64_FORMAT, i, blocks[i]);
        return -2;
      }
  if (n < 0 || n_pads < 0)
    return -1;
  if (n_pads != 2 * n)
    {
      assay_rule_fail (inference, error, "paddings or crops should have shape [%d, 2]", n);
      return -2;
    }
  for (int i = 0; i < n_pads; i++)
    if (pads[i] < 0 || pads[i] > G_MAXINT32)
      {
        assay_rule_fail (inference, error, "paddings and crops must be non-negative");
        return -2;
      }
  return n;
}

static gboolean
rule_blocks (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   blocks[ASSAY_GRAPH_MAX_RANK], pads[2 * ASSAY_GRAPH_MAX_RANK], product = 1;
  gboolean                 to_batch = g_str_has_prefix (inference->op->name, "SpaceToBatch");
  int                      n = read_blocks (inference, blocks, pads, error);

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (n == -2)
    return FALSE;
  if (in->rank < 0)
    return TRUE;
  if (in->rank < 1 + MAX (n, 0))
    return assay_rule_fail (inference, error, "input rank should be >= %d instead of %d", 1 + MAX (n, 0), in->rank);
  *out = assay_partial_shape_new (in->rank, NULL);
  if (n < 0)
    return TRUE;
  *out = *in;
  for (int i = 0; i < n; i++)
    {
      gint64 size = in->dims[i + 1];

      if (__builtin_mul_overflow (product, blocks[i], &product))
        return assay_rule_fail (inference, error, "block_shape is too large");
      if (size < 0)
        continue;
      if (to_batch && (__builtin_add_overflow (size, pads[2 * i] + pads[2 * i + 1], &size) || size % blocks[i] != 0))
        return assay_rule_fail (inference, error, "padded_shape[%d]=%" G_GINT64_FORMAT " is not divisible by block_shape[%d]=%" G_GINT64_FORMAT, i, size,
                                i, blocks[i]);
      if (!to_batch && __builtin_mul_overflow (size, blocks[i], &size))
        return assay_rule_fail (inference, error, "block_shape is too large");
      out->dims[i + 1] = to_batch ? size / blocks[i] : size - pads[2 * i] - pads[2 * i + 1];
      if (out->dims[i + 1] < 0)
        return assay_rule_fail (inference, error, "cropped_shape[%d]=%" G_GINT64_FORMAT " must be non-negative", i, out->dims[i + 1]);
    }
  if (in->dims[0] >= 0 && !to_batch && in->dims[0] % product != 0)
    return assay_rule_fail (inference, error, "Input batch dimension (%" G_GINT64_FORMAT ") is not divisible by product of block sizes (%" G_GINT64_FORMAT ")",
                            in->dims[0], product);
  if (in->dims[0] >= 0 && to_batch && __builtin_mul_overflow (in->dims[0], product, &out->dims[0]))
    return assay_rule_fail (inference, error, "block_shape is too large");
  if (in->dims[0] >= 0 && !to_batch)
    out->dims[0] = in->dims[0] / product;
  return TRUE;
}

static gboolean
rule_einsum (AssayInference *inference, GError **error)
{
  const AssayPartialShape *shapes[2] = { NULL };
  gint64                   dims[ASSAY_EINSUM_N_LABELS];
  int                      ranks[2] = { 0 };
  AssayEinsum              einsum;
  g_autoptr (GError) mistake = NULL;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (inference->n_inputs < 1 || inference->n_inputs > 2)
    return assay_rule_fail (inference, error, "Einsum takes one or two inputs, but got %u", inference->n_inputs);
  if (!assay_rule_same_dtype (inference, inference->n_inputs - 1, error))
    return FALSE;
  for (guint i = 0; i < inference->n_inputs; i++)
    {
      shapes[i] = &inference->inputs[i].shape;
      ranks[i] = shapes[i]->rank;
      if (ranks[i] < 0)
        return TRUE;
    }
  if (!assay_einsum_parse (&einsum, assay_attrs_get_string (inference->attrs, "equation", ""), inference->n_inputs, ranks, &mistake) ||
      !assay_einsum_solve (&einsum, shapes, dims, &inference->outputs[0].shape, &mistake))
    return assay_rule_fail (inference, error, "%s", mistake->message);
  return TRUE;
}

/* A shape like the first input's; the others are scalars, or vectors of as many elements as it has channels. */
static gboolean
rule_quantize (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  gboolean                 by_channel = g_str_has_suffix (inference->op->name, "PerChannel");
  gint64                   axis = assay_attrs_get_int (inference->attrs, "axis", -1);

  inference->outputs[0] = inference->inputs[0];
  if (by_channel && in->rank == 0)
    return assay_rule_fail (inference, error, "Input must have at least one dimension");
  if (axis < -1 || (in->rank >= 0 && axis >= in->rank))
    return assay_rule_fail (inference, error, "Axis should be -1 or between 0 and %d, but is %" G_GINT64_FORMAT, in->rank - 1, axis);
  for (guint i = 1; i < MIN (inference->n_inputs, 3); i++)
    {
      const AssayPartialShape *range = &inference->inputs[i].shape;
      gint64                   channels = by_channel && in->rank > 0 ? in->dims[in->rank - 1] : axis >= 0 && in->rank > axis ? in->dims[axis]
                                                                                                                             : -1;

      if (range->rank >= 0 && range->rank != (by_channel || axis >= 0))
        return assay_rule_fail (inference, error, "Range must be of rank %d, but is of rank %d", by_channel || axis >= 0, range->rank);
      if (range->rank == 1 && range->dims[0] >= 0 && channels >= 0 && range->dims[0] != channels)
        return assay_rule_fail (inference, error, "Range has incorrect size, expected %" G_GINT64_FORMAT " was %" G_GINT64_FORMAT, channels, range->dims[0]);
    }
  return TRUE;
}

#define RESIZE_DEFAULTS "align_corners=false half_pixel_centers=false"

const AssayOp assay_ops_image[] = {
  { "ResizeBilinear", "images size", "resized_images", RESIZE_DEFAULTS, rule_resize, ASSAY_OP_PURE },
  { "ResizeNearestNeighbor", "images size", "resized_images", RESIZE_DEFAULTS, rule_resize, ASSAY_OP_PURE },
  { "ResizeBicubic", "images size", "resized_images", RESIZE_DEFAULTS, rule_resize, ASSAY_OP_PURE },
  { "ResizeArea", "images size", "resized_images", "align_corners=false", rule_resize, ASSAY_OP_PURE },
  { "CropAndResize", "image boxes box_ind crop_size", "crops", "method=bilinear extrapolation_value=0.0", rule_crop, ASSAY_OP_PURE },
  { "ExtractImagePatches", "images", "patches", NULL, rule_patches, ASSAY_OP_PURE },
  { "Dilation2D", "input filter", "output", NULL, rule_dilation, ASSAY_OP_PURE },
  { "SpaceToBatchND", "input block_shape paddings", "output", NULL, rule_blocks, ASSAY_OP_PURE },
  { "BatchToSpaceND", "input block_shape crops", "output", NULL, rule_blocks, ASSAY_OP_PURE },
  { "SpaceToBatch", "input paddings", "output", NULL, rule_blocks, ASSAY_OP_PURE },
  { "BatchToSpace", "input crops", "output", NULL, rule_blocks, ASSAY_OP_PURE },
  { "Einsum", "inputs*N", "output", NULL, rule_einsum, ASSAY_OP_PURE },
  { "FakeQuantWithMinMaxArgs", "inputs", "outputs", "min=-6.0 max=6.0 num_bits=8 narrow_range=false", rule_quantize, ASSAY_OP_PURE },
  { "FakeQuantWithMinMaxVars", "inputs min max", "outputs", "num_bits=8 narrow_range=false", rule_quantize, ASSAY_OP_PURE },
  { "FakeQuantWithMinMaxVarsPerChannel", "inputs min max", "outputs", "num_bits=8 narrow_range=false", rule_quantize, ASSAY_OP_PURE },
  { "QuantizeAndDequantizeV2", "input input_min input_max", "output",
    "signed_input=true num_bits=8 range_given=false round_mode=HALF_TO_EVEN narrow_range=false axis=-1", rule_quantize, ASSAY_OP_PURE },
  { "QuantizeAndDequantizeV3", "input input_min input_max num_bits", "output",
    "signed_input=true range_given=true narrow_range=false axis=-1", rule_quantize, ASSAY_OP_PURE },
  { "QuantizeAndDequantizeV4", "input input_min input_max", "output",
    "signed_input=true num_bits=8 range_given=false round_mode=HALF_TO_EVEN narrow_range=false axis=-1", rule_quantize, ASSAY_OP_PURE },
  { NULL },
};
