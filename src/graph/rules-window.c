/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shape rules of convolutions and pooling. Sources: tensorflow/core/framework/common_shape_fns.cc, tensorflow/core/kernels/{conv_ops,
 * maxpooling_op,avgpooling_op,depthwise_conv_op,conv_grad_shape_utils}.cc, whose sentences these are. */

#include "rules-nn-private.h"

#include <string.h>

static gint64
dim (const AssayPartialShape *shape, int axis)
{
  return shape->rank > axis ? shape->dims[axis] : -1;
}

static gboolean
read_windows (AssayInference *inference, AssayWindows *windows, guint n, GError **error)
{
  g_autoptr (GError) mistake = NULL;

  return assay_windows_read (windows, inference->attrs, n, &mistake) || assay_rule_fail (inference, error, "%s", mistake->message);
}

static gboolean
solve_windows (AssayInference *inference, AssayWindows *windows, GError **error)
{
  g_autoptr (GError) mistake = NULL;

  return assay_windows_solve (windows, &mistake) || assay_rule_fail (inference, error, "%s", mistake->message);
}

/* The output: the input's batch, as many channels as said, windows in between. */
static void
write_output (AssayInference *inference, const AssayWindows *windows, gint64 batch, gint64 channels)
{
  AssayPartialShape *out = &inference->outputs[0].shape;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  *out = assay_partial_shape_new (windows->n + 2, NULL);
  out->dims[0] = batch;
  out->dims[assay_windows_channel_axis (windows)] = channels;
  for (guint i = 0; i < windows->n; i++)
    out->dims[assay_windows_axis (windows, i)] = windows->along[i].output;
}

static gboolean
check_operands (AssayInference *inference, guint n, GError **error)
{
  const AssayPartialShape *input = &inference->inputs[0].shape, *filter = &inference->inputs[1].shape;
  g_autofree char         *input_text = assay_partial_shape_to_string (input), *filter_text = assay_partial_shape_to_string (filter);

  if (!assay_rule_same_dtype (inference, 1, error))
    return FALSE;
  if (input->rank >= 0 && input->rank != (int) n + 2)
    return assay_rule_fail (inference, error, n == 2 ? "input must be %u-dimensional%s" : "input must be %u-dimensional: %s", n + 2, input_text);
  if (filter->rank >= 0 && filter->rank != (int) n + 2)
    return assay_rule_fail (inference, error, "filter must be %u-dimensional: %s", n + 2, filter_text);
  return TRUE;
}

static gboolean
check_groups (AssayInference *inference, gint64 in_depth, gint64 filter_depth, gint64 out_depth, GError **error)
{
  if (filter_depth == 0)
    return assay_rule_fail (inference, error, "filter must not have zero elements (i.e. all dimensions must be non-zero)");
  if (in_depth >= 0 && filter_depth >= 0 && in_depth % filter_depth != 0)
    return assay_rule_fail (inference, error, "input depth must be evenly divisible by filter depth: %" G_GINT64_FORMAT " vs %" G_GINT64_FORMAT,
                            in_depth, filter_depth);
  if (in_depth > 0 && filter_depth > 0 && out_depth >= 0 && out_depth % (in_depth / filter_depth) != 0)
    return assay_rule_fail (inference, error,
                            "output depth must be evenly divisible by number of groups: %" G_GINT64_FORMAT " vs %" G_GINT64_FORMAT,
                            out_depth, in_depth / filter_depth);
  return TRUE;
}

static gboolean
rule_conv (AssayInference *inference, guint n, GError **error)
{
  const AssayPartialShape *input = &inference->inputs[0].shape, *filter = &inference->inputs[1].shape;
  AssayWindows             windows;

  if (!check_operands (inference, n, error) || !read_windows (inference, &windows, n, error))
    return FALSE;
  if (windows.batch_stride != 1 || windows.channel_stride != 1)
    return assay_rule_fail (inference, error, "Current implementation does not yet support strides in the batch and depth dimensions.");
  for (int i = 0; i < filter->rank; i++)
    if (filter->dims[i] == 0)
      return assay_rule_fail (inference, error, "filter must not have zero elements (i.e. all dimensions must be non-zero)");
  if (n == 2 && !check_groups (inference, dim (input, assay_windows_channel_axis (&windows)), dim (filter, n), dim (filter, n + 1), error))
    return FALSE;
  if (n == 3 && dim (input, assay_windows_channel_axis (&windows)) >= 0 && dim (filter, n) >= 0 &&
      dim (input, assay_windows_channel_axis (&windows)) != dim (filter, n))
    return assay_rule_fail (inference, error, "input and filter must have the same depth: %" G_GINT64_FORMAT " vs %" G_GINT64_FORMAT,
                            dim (input, assay_windows_channel_axis (&windows)), dim (filter, n));
  for (guint i = 0; i < n; i++)
    {
      windows.along[i].input = dim (input, assay_windows_axis (&windows, i));
      windows.along[i].kernel = dim (filter, i);
    }
  if (!solve_windows (inference, &windows, error))
    return FALSE;
  write_output (inference, &windows, dim (input, 0), dim (filter, n + 1));
  return TRUE;
}

gboolean
assay_rule_conv_2d (AssayInference *inference, GError **error)
{
  return rule_conv (inference, 2, error);
}

gboolean
assay_rule_conv_3d (AssayInference *inference, GError **error)
{
  return rule_conv (inference, 3, error);
}

gboolean
assay_rule_depthwise_conv (AssayInference *inference, GError **error)
{
  const AssayPartialShape *input = &inference->inputs[0].shape, *filter = &inference->inputs[1].shape;
  AssayWindows             windows;
  gint64                   in_depth, out_depth;

  if (!check_operands (inference, 2, error) || !read_windows (inference, &windows, 2, error))
    return FALSE;
  if (windows.batch_stride != 1 || windows.channel_stride != 1)
    return assay_rule_fail (inference, error, "Current implementation does not yet support strides in the batch and depth dimensions.");
  in_depth = dim (input, assay_windows_channel_axis (&windows));
  if (dim (filter, 2) == 0 || (in_depth >= 0 && dim (filter, 2) >= 0 && in_depth != dim (filter, 2)))
    return assay_rule_fail (inference, error, "input depth must be evenly divisible by filter depth: %" G_GINT64_FORMAT " vs %" G_GINT64_FORMAT,
                            in_depth, dim (filter, 2));
  if (in_depth < 0)
    in_depth = dim (filter, 2);
  if (in_depth < 0 || dim (filter, 3) < 0 || __builtin_mul_overflow (in_depth, dim (filter, 3), &out_depth))
    out_depth = -1;
  for (guint i = 0; i < 2; i++)
    {
      windows.along[i].input = dim (input, assay_windows_axis (&windows, i));
      windows.along[i].kernel = dim (filter, i);
    }
  if (!solve_windows (inference, &windows, error))
    return FALSE;
  write_output (inference, &windows, dim (input, 0), out_depth);
  return TRUE;
}

/* The shape that the first input says, of a transposed convolution: it is checked against what it would give forward. */
static gboolean
check_backprop (AssayInference *inference, AssayWindows *windows, const AssayPartialShape *out, GError **error)
{
  const AssayPartialShape *filter = &inference->inputs[1].shape, *grad = &inference->inputs[2].shape;
  guint                    n = windows->n;

  if (!check_groups (inference, dim (out, assay_windows_channel_axis (windows)), dim (filter, n), -1, error))
    return FALSE;
  if (dim (grad, 0) >= 0 && dim (out, 0) >= 0 && dim (grad, 0) != dim (out, 0))
    return assay_rule_fail (inference, error, "%s: input and out_backprop must have the same batch size. Input batch: %" G_GINT64_FORMAT ", outbackprop batch: %" G_GINT64_FORMAT ", batch_dim: 0",
                            inference->op->name, dim (out, 0), dim (grad, 0));
  if (dim (grad, assay_windows_channel_axis (windows)) >= 0 && dim (filter, n + 1) >= 0 &&
      dim (grad, assay_windows_channel_axis (windows)) != dim (filter, n + 1))
    return assay_rule_fail (inference, error, "%s: filter and out_backprop must have the same out_depth", inference->op->name);
  for (guint i = 0; i < n; i++)
    {
      windows->along[i].input = dim (out, assay_windows_axis (windows, i));
      windows->along[i].kernel = dim (filter, i);
    }
  if (!solve_windows (inference, windows, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (windows->along[i].output >= 0 && dim (grad, assay_windows_axis (windows, i)) >= 0 &&
        windows->along[i].output != dim (grad, assay_windows_axis (windows, i)))
      return assay_rule_fail (inference, error, "%s: Size of out_backprop doesn't match computed: actual = %" G_GINT64_FORMAT ", computed = %" G_GINT64_FORMAT " spatial_dim: %d input: %" G_GINT64_FORMAT " filter: %" G_GINT64_FORMAT " output: %" G_GINT64_FORMAT " stride: %" G_GINT64_FORMAT " dilation: %" G_GINT64_FORMAT,
                              inference->op->name, dim (grad, assay_windows_axis (windows, i)), windows->along[i].output,
                              assay_windows_axis (windows, i), windows->along[i].input, windows->along[i].kernel,
                              dim (grad, assay_windows_axis (windows, i)), windows->along[i].stride, windows->along[i].dilation);
  return TRUE;
}

static gboolean
rule_conv_backprop (AssayInference *inference, guint n, GError **error)
{
  const AssayPartialShape *filter = &inference->inputs[1].shape, *grad = &inference->inputs[2].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  g_autofree char         *filter_text = assay_partial_shape_to_string (filter), *grad_text = assay_partial_shape_to_string (grad);
  AssayWindows             windows;
  gint64                   sizes[ASSAY_GRAPH_MAX_RANK];
  int                      n_sizes = assay_rule_constant_ints (inference, 0, sizes, ASSAY_GRAPH_MAX_RANK);

  if (!read_windows (inference, &windows, n, error))
    return FALSE;
  if (inference->inputs[2].dtype != inference->inputs[1].dtype)
    return assay_rule_fail (inference, error, "cannot compute %s as input #2(zero-based) was expected to be a %s tensor but is a %s tensor",
                            inference->op->name, assay_dtype_get_info (inference->inputs[1].dtype)->name,
                            assay_dtype_get_info (inference->inputs[2].dtype)->name);
  if (windows.batch_stride != 1 || windows.channel_stride != 1)
    return assay_rule_fail (inference, error, "Current implementation does not yet support strides in the batch and depth dimensions.");
  if (filter->rank >= 0 && filter->rank != (int) n + 2)
    return assay_rule_fail (inference, error, "%s: filter must be %u-dimensional: %s", inference->op->name, n + 2, filter_text);
  if (grad->rank >= 0 && grad->rank != (int) n + 2)
    return assay_rule_fail (inference, error, "%s: out_backprop must be %u-dimensional: %s", inference->op->name, n + 2, grad_text);
  *out = assay_partial_shape_new (n + 2, NULL);
  if (n_sizes >= 0 && n_sizes != (int) n && n_sizes != (int) n + 2)
    return assay_rule_fail (inference, error, "%s requires input_sizes to contain %u values or %u values, but got: %d", inference->op->name,
                            n + 2, n, n_sizes);
  for (int i = 0; i < n_sizes; i++)
    if (sizes[i] < 0)
      return assay_rule_fail (inference, error, "Dimension %" G_GINT64_FORMAT " of input_sizes must be >= 0", sizes[i]);
  if (n_sizes == (int) n + 2)
    *out = assay_partial_shape_new (n + 2, sizes);
  if (n_sizes == (int) n)
    {
      for (guint i = 0; i < n; i++)
        out->dims[assay_windows_axis (&windows, i)] = sizes[i];
      out->dims[assay_windows_channel_axis (&windows)] = dim (filter, n);
    }
  /* Of sizes that are computed from the input's shape, some are known. */
  if (n_sizes < 0 && inference->known != NULL && inference->known[0] != NULL && inference->known[0]->n == n + 2)
    for (guint i = 0; i < n + 2; i++)
      if (inference->known[0]->known >> i & 1)
        out->dims[i] = MAX (inference->known[0]->values[i], -1);
  if (out->dims[0] < 0)
    out->dims[0] = dim (grad, 0);
  inference->outputs[0].dtype = inference->inputs[1].dtype;
  return check_backprop (inference, &windows, out, error);
}

gboolean
assay_rule_conv_2d_backprop (AssayInference *inference, GError **error)
{
  return rule_conv_backprop (inference, 2, error);
}

gboolean
assay_rule_conv_3d_backprop (AssayInference *inference, GError **error)
{
  return rule_conv_backprop (inference, 3, error);
}

/* Windows over channels only. */
static gboolean
rule_pool_channels (AssayInference *inference, const AssayWindows *windows, const gint64 *sizes, GError **error)
{
  const AssayPartialShape *input = &inference->inputs[0].shape;
  int                      channel_axis = assay_windows_channel_axis (windows);
  gint64                   channels = dim (input, channel_axis);

  for (guint i = 0; i < windows->n; i++)
    if (sizes[assay_windows_axis (windows, i)] != 1 || !g_str_equal (inference->op->name, "MaxPool") || windows->channels_first)
      return assay_rule_fail (inference, error, "MaxPooling supports exactly one of pooling across depth or pooling across width/height.");
  if (sizes[channel_axis] != windows->channel_stride)
    return assay_rule_fail (inference, error, "Depthwise max pooling requires the depth window to equal the depth stride.");
  if (channels >= 0 && channels % sizes[channel_axis] != 0)
    return assay_rule_fail (inference, error, "Depthwise max pooling requires the depth window to evenly divide the input depth");
  inference->outputs[0] = inference->inputs[0];
  if (channels >= 0)
    inference->outputs[0].shape.dims[channel_axis] = channels / sizes[channel_axis];
  return TRUE;
}

/* @sizes: of every axis, the batch's first. */
static gboolean
rule_pool (AssayInference *inference, guint n, const gint64 *sizes, guint n_sizes, GError **error)
{
  const AssayPartialShape *input = &inference->inputs[0].shape;
  AssayWindows             windows;
  int                      channel_axis;

  if (input->rank >= 0 && input->rank != (int) n + 2)
    return assay_rule_fail (inference, error, n == 2 ? "Input must be 4 or 5-dimensional" : "tensor_in must be 5-dimensional");
  if (sizes == NULL || n_sizes != n + 2)
    return assay_rule_fail (inference, error, "Sliding window ksize field must specify %u dimensions", n + 2);
  if (!read_windows (inference, &windows, n, error))
    return FALSE;
  channel_axis = assay_windows_channel_axis (&windows);
  for (guint i = 0; i < n + 2; i++)
    if (sizes[i] <= 0 || sizes[i] > G_MAXINT32)
      {
        g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, sizes[0],
                                                 sizes[1], sizes[2], sizes[3]);

        return assay_rule_fail (inference, error, "Sliding window ksize must be positive. The specified or inferred ksize is: %s", text);
      }
  if (sizes[0] != 1 || windows.batch_stride != 1)
    return assay_rule_fail (inference, error, "Pooling is not yet supported on the batch dimension.");
  if (sizes[channel_axis] != 1 || windows.channel_stride != 1)
    return rule_pool_channels (inference, &windows, sizes, error);
  for (guint i = 0; i < n; i++)
    {
      windows.along[i].input = dim (input, assay_windows_axis (&windows, i));
      windows.along[i].kernel = sizes[assay_windows_axis (&windows, i)];
    }
  if (!solve_windows (inference, &windows, error))
    return FALSE;
  write_output (inference, &windows, dim (input, 0), dim (input, channel_axis));
  return TRUE;
}

static gboolean
rule_pool_attrs (AssayInference *inference, guint n, GError **error)
{
  guint         n_sizes = 0;
  const gint64 *sizes = assay_attrs_get_ints (inference->attrs, "ksize", &n_sizes);

  return rule_pool (inference, n, sizes, n_sizes, error);
}

gboolean
assay_rule_pool_2d (AssayInference *inference, GError **error)
{
  return rule_pool_attrs (inference, 2, error);
}

gboolean
assay_rule_pool_3d (AssayInference *inference, GError **error)
{
  return rule_pool_attrs (inference, 3, error);
}

gboolean
assay_rule_pool_argmax (AssayInference *inference, GError **error)
{
  if (!rule_pool_attrs (inference, 2, error))
    return FALSE;
  inference->outputs[1] = inference->outputs[0];
  inference->outputs[1].dtype = assay_attrs_get_dtype (inference->attrs, "Targmax", ASSAY_DTYPE_INT64);
  return TRUE;
}

/* MaxPoolV2 has window and strides as inputs. */
gboolean
assay_rule_pool_inputs (AssayInference *inference, GError **error)
{
  gint64         sizes[4], strides[4];
  int            n_sizes = assay_rule_constant_ints (inference, 1, sizes, 4), n_strides = assay_rule_constant_ints (inference, 2, strides, 4);
  AssayInference inner = *inference;
  gboolean       good;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  inference->outputs[0].shape = assay_partial_shape_new (4, NULL);
  if (inference->constants[1] == NULL || inference->constants[2] == NULL)
    return TRUE;
  if (n_sizes != 4 || n_strides != 4)
    return assay_rule_fail (inference, error, "Sliding window ksize and strides must specify 4 dimensions");
  inner.attrs = assay_attrs_new ();
  assay_attrs_set_string (inner.attrs, "padding", assay_attrs_get_string (inference->attrs, "padding", "VALID"));
  assay_attrs_set_string (inner.attrs, "data_format", assay_attrs_get_string (inference->attrs, "data_format", "NHWC"));
  assay_attrs_set_ints (inner.attrs, "strides", 4, strides);
  good = rule_pool (&inner, 2, sizes, 4, error);
  assay_attrs_unref (inner.attrs);
  return good;
}
