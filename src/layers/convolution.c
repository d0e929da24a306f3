/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Convolutions of 1 to 3 dimensions. One-dimensional ones are two-dimensional ones of height 1, and channels come last inside.
 * Source: keras/src/layers/convolutional. */

#include "layers-private.h"

#include <string.h>

#define MAX_SPACE 3

/* A layer's settings, with one number for each of its dimensions. */
typedef struct
{
  int      n;
  gint64   kernel[MAX_SPACE], strides[MAX_SPACE], dilations[MAX_SPACE];
  gboolean same, causal; /* padding; else "valid" */
  gboolean first;        /* channels come first outside */
} Settings;

static gboolean
read_numbers (AssayKerasLayer *self, AssayKerasCall *call, const char *name, const char *old, gint64 fallback, int n, gint64 *values)
{
  int found = assay_keras_ints (self->config, name, values, n, MAX_SPACE);

  if (found < 0 && old != NULL)
    found = assay_keras_ints (self->config, old, values, n, MAX_SPACE);
  if (found < 0 && fallback > 0)
    {
      found = n;
      for (int i = 0; i < n; i++)
        values[i] = fallback;
    }
  for (int i = 0; i < n && found == n; i++)
    if (values[i] < 1)
      found = -1;
  return found == n || assay_keras_fail (self, call, "has no sound %s", name);
}

/* Keras 1 gave the kernel's sides one by one. */
static gboolean
read_kernel_size (AssayKerasLayer *self, AssayKerasCall *call, Settings *settings)
{
  static const char *const old[][3] = { { "filter_length" }, { "nb_row", "nb_col" }, { "kernel_dim1", "kernel_dim2", "kernel_dim3" } };

  if (assay_keras_member (self->config, "kernel_size") != NULL)
    return read_numbers (self, call, "kernel_size", NULL, 0, settings->n, settings->kernel);
  for (int i = 0; i < settings->n; i++)
    {
      settings->kernel[i] = assay_keras_int (self->config, old[settings->n - 1][i], -1);
      if (settings->kernel[i] < 1)
        return assay_keras_fail (self, call, "has no sound kernel_size");
    }
  return TRUE;
}

static gboolean
read_settings (AssayKerasLayer *self, AssayKerasCall *call, Settings *settings)
{
  const char *padding = assay_keras_string (self->config, "padding", assay_keras_string (self->config, "border_mode", "valid"));
  int         rank = assay_value_get_rank (assay_keras_in (call));

  settings->n = self->klass->detail;
  settings->first = assay_keras_channels_first (self);
  settings->same = g_str_equal (padding, "same");
  settings->causal = g_str_equal (padding, "causal") && settings->n == 1;
  if (!settings->same && !settings->causal && !g_str_equal (padding, "valid"))
    return assay_keras_fail (self, call, "has the padding %.100s", padding);
  if (rank != settings->n + 2)
    return assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", settings->n + 2, rank);
  return read_kernel_size (self, call, settings) &&
         read_numbers (self, call, "strides", settings->n == 1 ? "subsample_length" : "subsample", 1, settings->n, settings->strides) &&
         read_numbers (self, call, "dilation_rate", "atrous_rate", 1, settings->n, settings->dilations);
}

/* Channels last ↔ first: (B, C, …) ↔ (B, …, C). */
static AssayValue *
turn (AssayValue *x, gboolean to_last, GError **error)
{
  int    rank = x ? assay_value_get_rank (x) : 0;
  gint64 order[ASSAY_GRAPH_MAX_RANK] = { 0 };

  for (int i = 1; i < rank; i++)
    order[i] = to_last ? (i == rank - 1 ? 1 : i + 1) : (i == 1 ? rank - 1 : i - 1);
  return assay_keras_transpose (x, order, error);
}

/* Inputs as the operations want them: channels last, at least two dimensions of space, causal padding done. */
static AssayValue *
prepare (const Settings *settings, AssayValue *x, GError **error)
{
  if (settings->first)
    x = turn (x, TRUE, error);
  if (settings->causal)
    {
      gint64 pads[3][2] = { { 0, 0 }, { (settings->kernel[0] - 1) * settings->dilations[0], 0 }, { 0, 0 } };

      x = assay_keras_pad (x, (const gint64 (*)[2]) pads, 0, error);
    }
  return settings->n == 1 ? assay_keras_expand (x, 1, error) : x;
}

static gboolean
finish (AssayKerasLayer *self, AssayKerasCall *call, const Settings *settings, AssayValue *y, gint64 filters)
{
  if (settings->n == 1)
    y = assay_keras_squeeze (y, 1, call->error);
  if (y != NULL && assay_keras_bool (self->config, "use_bias", assay_keras_bool (self->config, "bias", TRUE)))
    y = op2 ("BiasAdd", y, assay_keras_weight (self, call, "bias", 1, &filters), call->error);
  y = assay_keras_activate (self, call, "activation", "linear", y);
  return assay_keras_give (call, settings->first ? turn (y, FALSE, call->error) : y);
}

/* strides, dilations: 1, one a dimension, 1. Depthwise ones want them equal, and of height 1 nothing is strided. */
static AssayAttrs *
make_attrs (const Settings *settings, gboolean depthwise)
{
  int         n = MAX (settings->n, 2), lead = settings->n == 1;
  gint64      strides[MAX_SPACE + 2], dilations[MAX_SPACE + 2];
  AssayAttrs *attrs = assay_attrs_new ();

  for (int i = 0; i < n + 2; i++)
    {
      int axis = i - 1 - lead;

      strides[i] = axis >= 0 && axis < settings->n ? settings->strides[axis] : 1;
      dilations[i] = axis >= 0 && axis < settings->n ? settings->dilations[axis] : 1;
      if (depthwise && i == 1 && lead)
        strides[i] = settings->strides[0];
    }
  assay_attrs_set_ints (attrs, "strides", n + 2, strides);
  assay_attrs_set_ints (attrs, "dilations", n + 2, dilations);
  return assay_attrs_set_string (attrs, "padding", settings->same ? "SAME" : "VALID");
}

/* Theano convolves with the kernel turned round. */
static AssayValue *
convert_kernel (AssayKerasLayer *self, AssayKerasCall *call, int n, AssayValue *kernel)
{
  gint64 axes[MAX_SPACE] = { 0, 1, 2 };

  if (g_strcmp0 (call->context->backend, "theano") != 0)
    return kernel;
  return op2 ("ReverseV2", kernel, assay_constant_ints (n, axes), call->error);
}

/* A kernel of the shape that the settings say: (k…, in, out). Keras 1 kept a height of 1 behind the length, and with channels first
 * the order (out, in, k…). */
static AssayValue *
read_kernel (AssayKerasLayer *self, AssayKerasCall *call, const Settings *settings, const char *name, gint64 in, gint64 out)
{
  gint64      shape[MAX_SPACE + 2];
  AssayValue *kernel;

  for (int i = 0; i < settings->n; i++)
    shape[i] = settings->kernel[i];
  shape[settings->n] = in;
  shape[settings->n + 1] = out;
  if (self->version == 1)
    {
      kernel = assay_keras_read_weight (self, call, name);
      if (kernel != NULL && settings->n == 1 && assay_value_get_rank (kernel) == 4)
        kernel = assay_value_get_dim (kernel, 0) == settings->kernel[0] && assay_value_get_dim (kernel, 1) == 1
                     ? assay_keras_squeeze (kernel, 1, call->error)
                     : assay_keras_squeeze (assay_keras_transpose (kernel, (gint64[]){ 2, 3, 1, 0 }, call->error), 1, call->error);
      else if (kernel != NULL && settings->first && assay_value_get_dim (kernel, 0) == out)
        kernel = assay_keras_transpose (kernel, settings->n == 2 ? (gint64[]){ 2, 3, 1, 0, 0 } : (gint64[]){ 2, 3, 4, 1, 0 }, call->error);
    }
  else
    kernel = assay_keras_weight (self, call, name, settings->n + 2, shape);
  return convert_kernel (self, call, settings->n, kernel);
}

static AssayValue *
widen_kernel (const Settings *settings, AssayValue *kernel, GError **error)
{
  return settings->n == 1 ? assay_keras_expand (kernel, 0, error) : kernel;
}

static gint64
get_filters (AssayKerasLayer *self)
{
  return assay_keras_int (self->config, "filters", assay_keras_int (self->config, "nb_filter", -1));
}

/* A convolution in groups, each with its part of the channels and of the filters. */
static AssayValue *
convolve_groups (const char *op, const Settings *settings, AssayValue *x, AssayValue *kernel, gint64 groups, gint64 channels, gint64 filters, GError **error)
{
  g_autofree AssayValue **parts = g_new (AssayValue *, groups);
  gint64                  in = channels / groups, out = filters / groups;

  for (gint64 i = 0; i < groups; i++)
    parts[i] = assay_apply (op, make_attrs (settings, FALSE), error, assay_keras_slice (x, -1, i * in, (i + 1) * in, error),
                            assay_keras_slice (kernel, -1, i * out, (i + 1) * out, error), NULL);
  for (gint64 i = 0; i < groups; i++)
    if (parts[i] == NULL)
      return NULL;
  return assay_keras_concat (groups, parts, -1, error);
}

AssayValue *
assay_keras_convolve (int n, AssayValue *x, AssayValue *kernel, const gint64 *strides, const gint64 *dilations, gboolean same, GError **error)
{
  Settings settings = { .n = n, .same = same };

  memcpy (settings.strides, strides, n * sizeof *strides);
  memcpy (settings.dilations, dilations, n * sizeof *dilations);
  x = assay_apply (n == 3 ? "Conv3D" : "Conv2D", make_attrs (&settings, FALSE), error, prepare (&settings, x, error), widen_kernel (&settings, kernel, error), NULL);
  return n == 1 ? assay_keras_squeeze (x, 1, error) : x;
}

static gboolean
convolution (AssayKerasLayer *self, AssayKerasCall *call)
{
  Settings    settings;
  AssayValue *x = assay_keras_in (call), *kernel;
  gint64      filters = get_filters (self), groups = assay_keras_int (self->config, "groups", 1), channels;
  const char *op = self->klass->detail == 3 ? "Conv3D" : "Conv2D";

  if (!read_settings (self, call, &settings))
    return FALSE;
  channels = assay_value_get_dim (x, settings.first ? 1 : -1);
  if (groups < 1 || channels < 1 || filters < 1 || channels % groups != 0 || filters % groups != 0 || groups > 1 << 16)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " channels, %" G_GINT64_FORMAT " filters and %" G_GINT64_FORMAT " groups",
                             channels, filters, groups);
  call->context->n_calls += settings.n == 3 ? groups : 0;
  kernel = widen_kernel (&settings, read_kernel (self, call, &settings, "kernel", channels / groups, filters), call->error);
  x = prepare (&settings, x, call->error);
  if (kernel == NULL || x == NULL)
    return FALSE;
  x = groups == 1 || settings.n < 3 ? assay_apply (op, make_attrs (&settings, FALSE), call->error, x, kernel, NULL)
                                    : convolve_groups (op, &settings, x, kernel, groups, channels, filters, call->error);
  return finish (self, call, &settings, x, filters);
}

static AssayValue *
convolve_depthwise (AssayKerasLayer *self, AssayKerasCall *call, const Settings *settings, const char *name, gint64 channels, gint64 multiplier)
{
  gint64      shape[MAX_SPACE + 2];
  AssayValue *kernel, *x = prepare (settings, assay_keras_in (call), call->error);

  for (int i = 0; i < settings->n; i++)
    shape[i] = settings->kernel[i];
  shape[settings->n] = channels;
  shape[settings->n + 1] = multiplier;
  kernel = widen_kernel (settings, assay_keras_weight (self, call, name, settings->n + 2, shape), call->error);
  return assay_apply ("DepthwiseConv2dNative", make_attrs (settings, TRUE), call->error, x, kernel, NULL);
}

static gboolean
depthwise (AssayKerasLayer *self, AssayKerasCall *call)
{
  Settings    settings;
  gint64      multiplier = assay_keras_int (self->config, "depth_multiplier", 1), channels;
  const char *name = assay_keras_has_weight (self, "depthwise_kernel") ? "depthwise_kernel" : "kernel";

  if (!read_settings (self, call, &settings))
    return FALSE;
  channels = assay_value_get_dim (assay_keras_in (call), settings.first ? 1 : -1);
  if (channels < 1 || multiplier < 1)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " channels, each %" G_GINT64_FORMAT " times", channels, multiplier);
  return finish (self, call, &settings, convolve_depthwise (self, call, &settings, name, channels, multiplier), channels * multiplier);
}

static gboolean
separable (AssayKerasLayer *self, AssayKerasCall *call)
{
  Settings    settings, point = { 0 };
  gint64      multiplier = assay_keras_int (self->config, "depth_multiplier", 1), filters = get_filters (self), channels;
  AssayValue *y, *kernel;

  if (!read_settings (self, call, &settings))
    return FALSE;
  channels = assay_value_get_dim (assay_keras_in (call), settings.first ? 1 : -1);
  if (channels < 1 || multiplier < 1 || filters < 1)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " channels and %" G_GINT64_FORMAT " filters", channels, filters);
  y = convolve_depthwise (self, call, &settings, "depthwise_kernel", channels, multiplier);
  point.n = settings.n;
  for (int i = 0; i < settings.n; i++)
    point.kernel[i] = point.strides[i] = point.dilations[i] = 1;
  kernel = read_kernel (self, call, &point, "pointwise_kernel", channels * multiplier, filters);
  y = assay_apply ("Conv2D", make_attrs (&point, FALSE), call->error, y, widen_kernel (&settings, kernel, call->error), NULL);
  return finish (self, call, &settings, y, filters);
}

/* As keras' _get_output_shape_given_tf_padding: how long what a transposed convolution gives is, as factor × input + rest. */
static gint64
transposed_rest (const Settings *settings, int axis, gint64 output_padding)
{
  gint64 kernel = (settings->kernel[axis] - 1) * settings->dilations[axis] + 1, stride = settings->strides[axis];

  if (!settings->same)
    return kernel - stride + (output_padding < 0 ? MAX (kernel, stride) - kernel : output_padding);
  return output_padding < 0 ? 0 : kernel % 2 + output_padding - stride;
}

static AssayKerasDim
grow (AssayKerasDim dim, gint64 factor, gint64 rest, GError **error)
{
  if (dim.n >= 0)
    return assay_keras_dim_known (dim.n * factor + rest);
  return (AssayKerasDim){ -1, op2 ("AddV2", op2 ("Mul", dim.value, assay_keras_int_value (factor), error), assay_keras_int_value (rest), error) };
}

static gboolean
transposed (AssayKerasLayer *self, AssayKerasCall *call)
{
  Settings      settings;
  gint64        filters = get_filters (self), channels, extra[MAX_SPACE] = { -1, -1, -1 };
  AssayKerasDim dims[MAX_SPACE + 2];
  AssayValue   *x, *kernel, *y;
  JsonNode     *output_padding = assay_keras_member (self->config, "output_padding");
  int           n, lead;

  if (!read_settings (self, call, &settings))
    return FALSE;
  if (output_padding != NULL && !JSON_NODE_HOLDS_NULL (output_padding) &&
      assay_keras_node_ints (output_padding, extra, settings.n, MAX_SPACE) != settings.n)
    return assay_keras_fail (self, call, "has no sound output_padding");
  channels = assay_value_get_dim (assay_keras_in (call), settings.first ? 1 : -1);
  if (channels < 1 || filters < 1)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " channels and %" G_GINT64_FORMAT " filters", channels, filters);
  kernel = widen_kernel (&settings, read_kernel (self, call, &settings, "kernel", filters, channels), call->error);
  x = prepare (&settings, assay_keras_in (call), call->error);
  if (x == NULL || kernel == NULL)
    return FALSE;
  lead = settings.n == 1;
  n = MAX (settings.n, 2);
  dims[0] = assay_keras_dim (x, 0, call->error);
  dims[1] = assay_keras_dim_known (1);
  dims[n + 1] = assay_keras_dim_known (filters);
  for (int i = 0; i < settings.n; i++)
    {
      dims[i + 1 + lead] = grow (assay_keras_dim (x, i + 1 + lead, call->error), settings.strides[i], transposed_rest (&settings, i, extra[i]), call->error);
      if (dims[i + 1 + lead].n == 0 || dims[i + 1 + lead].n < -1)
        return assay_keras_fail (self, call, "would give nothing");
    }
  y = assay_apply (n == 3 ? "Conv3DBackpropInputV2" : "Conv2DBackpropInput", make_attrs (&settings, FALSE), call->error,
                   assay_keras_ints_value (n + 2, dims, call->error), kernel, x, NULL);
  return finish (self, call, &settings, assay_keras_ensure_shape (y, n + 2, dims, call->error), filters);
}

const AssayKerasClass assay_keras_convolution_classes[] = {
  { "Conv1D", convolution, 1 },
  { "Conv2D", convolution, 2 },
  { "Conv3D", convolution, 3 },
  { "Convolution1D", convolution, 1 },
  { "Convolution2D", convolution, 2 },
  { "Convolution3D", convolution, 3 },
  { "AtrousConvolution2D", convolution, 2 },
  { "DepthwiseConv1D", depthwise, 1 },
  { "DepthwiseConv2D", depthwise, 2 },
  { "SeparableConv1D", separable, 1 },
  { "SeparableConv2D", separable, 2 },
  { "SeparableConvolution1D", separable, 1 },
  { "SeparableConvolution2D", separable, 2 },
  { "Conv1DTranspose", transposed, 1 },
  { "Conv2DTranspose", transposed, 2 },
  { "Conv3DTranspose", transposed, 3 },
  { "Convolution2DTranspose", transposed, 2 },
  { "Convolution3DTranspose", transposed, 3 },
  { "Deconvolution2D", transposed, 2 },
  { NULL },
};
