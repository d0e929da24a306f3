/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What prepares numbers and images inside a model. Random augmentation does nothing when not training. Source:
 * keras/src/layers/preprocessing. */

#include "layers-private.h"

static gboolean
identity (AssayKerasLayer *self, AssayKerasCall *call)
{
  return assay_keras_give (call, op1 ("Identity", assay_keras_in (call), call->error));
}

/* One number, or one a channel. */
static AssayValue *
numbers (AssayKerasLayer *self, AssayKerasCall *call, const char *name, double fallback, AssayValue *like)
{
  JsonArray        *array = assay_keras_array (self->config, name);
  guint             n = array ? json_array_get_length (array) : 0;
  gint64            dim = n;
  g_autofree float *values = g_new (float, MAX (n, 1));

  if (array == NULL)
    return assay_keras_scalar (like, assay_keras_float (self->config, name, fallback), call->error);
  for (guint i = 0; i < n; i++)
    values[i] = assay_keras_node_float (json_array_get_element (array, i), 0);
  return assay_keras_cast (assay_constant (1, &dim, values), assay_value_get_dtype (like), call->error);
}

static gboolean
rescaling (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), self->compute_dtype, call->error);

  if (x == NULL)
    return FALSE;
  x = op2 ("Mul", x, numbers (self, call, "scale", 1, x), call->error);
  return assay_keras_give (call, x ? op2 ("AddV2", x, numbers (self, call, "offset", 0, x), call->error) : NULL);
}

/* Mean and variance stand in variables, or in the config. */
static AssayValue *
statistic (AssayKerasLayer *self, AssayKerasCall *call, const char *name, AssayValue *x)
{
  AssayValue *value;
  JsonNode   *node = assay_keras_member (self->config, name);
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         rank = assay_value_get_rank (x), n = assay_keras_ints (self->config, "axis", axes, 1, ASSAY_GRAPH_MAX_RANK);

  if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
    value = numbers (self, call, name, 0, x);
  else
    value = assay_keras_read_weight (self, call, name);
  if (value == NULL || assay_value_get_rank (value) == 0 || assay_value_get_rank (value) == rank || n < 1)
    return value;
  for (int i = 0; i < n; i++)
    if (axes[i] < -rank || axes[i] >= rank || n != assay_value_get_rank (value))
      return value;
  return assay_keras_broadcast_to_rank (value, rank, n, axes, call->error);
}

static gboolean
normalization (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), self->compute_dtype, call->error), *mean, *deviation;

  if (x == NULL)
    return FALSE;
  mean = statistic (self, call, "mean", x);
  deviation = op1 ("Sqrt", statistic (self, call, "variance", x), call->error);
  if (deviation == NULL || mean == NULL)
    return FALSE;
  deviation = op2s ("Maximum", deviation, 1e-7, call->error);
  if (assay_keras_bool (self->config, "invert", FALSE))
    return assay_keras_give (call, op2 ("AddV2", mean, op2 ("Mul", x, deviation, call->error), call->error));
  return assay_keras_give (call, op2 ("RealDiv", op2 ("Sub", x, mean, call->error), deviation, call->error));
}

static gboolean
read_size (AssayKerasLayer *self, AssayKerasCall *call, gint64 *size)
{
  size[0] = assay_keras_int (self->config, "height", -1);
  size[1] = assay_keras_int (self->config, "width", -1);
  if (size[0] < 1 || size[1] < 1 || size[0] > 1 << 20 || size[1] > 1 << 20)
    return assay_keras_fail (self, call, "makes images of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, size[0], size[1]);
  if (assay_value_get_rank (assay_keras_in (call)) != 4 || assay_keras_channels_first (self))
    return assay_keras_fail (self, call, "needs a batch of images with channels last");
  return TRUE;
}

static AssayValue *
resize (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, const gint64 *size)
{
  const char *method = assay_keras_string (self->config, "interpolation", "bilinear");
  const char *op = g_str_equal (method, "bilinear") ? "ResizeBilinear" : g_str_equal (method, "nearest") ? "ResizeNearestNeighbor"
                                                                     : g_str_equal (method, "bicubic")   ? "ResizeBicubic"
                                                                                                         : NULL;

  if (op == NULL)
    {
      assay_keras_fail (self, call, "has the interpolation %.100s, which isn't known here", method);
      return NULL;
    }
  return assay_apply (op, assay_attrs_set_bool (assay_attrs_new (), "half_pixel_centers", TRUE), call->error, x, assay_constant_ints (2, size), NULL);
}

static gboolean
resizing (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), self->compute_dtype, call->error);
  gint64      size[2];

  if (x == NULL || !read_size (self, call, size))
    return FALSE;
  if (assay_keras_bool (self->config, "crop_to_aspect_ratio", FALSE) || assay_keras_bool (self->config, "pad_to_aspect_ratio", FALSE))
    return assay_keras_fail (self, call, "keeps the aspect ratio, which isn't done here");
  return assay_keras_give (call, assay_keras_cast (resize (self, call, x, size), self->compute_dtype, call->error));
}

/* What is too small is first made larger, with its proportions. */
static gboolean
center_crop (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), self->compute_dtype, call->error);
  gint64      size[2], begin[2];

  if (x == NULL || !read_size (self, call, size))
    return FALSE;
  for (int i = 0; i < 2; i++)
    {
      gint64 length = assay_value_get_dim (x, i + 1);

      begin[i] = (length - size[i]) / 2;
      if (length < size[i])
        return assay_keras_fail (self, call, "crops %" G_GINT64_FORMAT " out of %" G_GINT64_FORMAT ", which isn't done here", size[i], length);
    }
  x = assay_keras_slice (x, 1, begin[0], begin[0] + size[0], call->error);
  return assay_keras_give (call, assay_keras_slice (x, 2, begin[1], begin[1] + size[1], call->error));
}

/* How many boundaries are at or below: a sum of comparisons. */
static gboolean
discretization (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), ASSAY_DTYPE_FLOAT32, call->error), *bounds;
  JsonArray  *array = assay_keras_array (self->config, "bin_boundaries");
  gint64      last[] = { -1 };

  if (g_strcmp0 (assay_keras_string (self->config, "output_mode", "int"), "int") != 0)
    return assay_keras_fail (self, call, "has an output_mode that isn't done here");
  if (x == NULL || array == NULL || json_array_get_length (array) < 1)
    return assay_keras_fail (self, call, "has no bin_boundaries in its config");
  bounds = numbers (self, call, "bin_boundaries", 0, x);
  x = op2 ("GreaterEqual", assay_keras_expand (x, -1, call->error), bounds, call->error);
  x = assay_keras_reduce ("Sum", assay_keras_cast (x, ASSAY_DTYPE_INT64, call->error), 1, last, FALSE, call->error);
  return assay_keras_give (call, x);
}

/* One-hot, several hot, or counted. */
static gboolean
category_encoding (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_cast (assay_keras_in (call), ASSAY_DTYPE_INT32, call->error), *range, *y;
  const char *mode = assay_keras_string (self->config, "output_mode", "multi_hot");
  gint64      n = assay_keras_int (self->config, "num_tokens", -1), axes[] = { -2 };
  int         rank = x ? assay_value_get_rank (x) : -1;

  if (n < 1 || n > 1 << 24 || rank < 1)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " tokens", n);
  range = assay_apply ("Range", NULL, call->error, assay_keras_int_value (0), assay_keras_int_value (n), assay_keras_int_value (1), NULL);
  if (g_str_equal (mode, "one_hot") && assay_value_get_dim (x, -1) == 1 && rank > 1)
    x = assay_keras_squeeze (x, -1, call->error);
  y = op2 ("Equal", assay_keras_expand (x, -1, call->error), range, call->error);
  y = assay_keras_cast (y, self->compute_dtype, call->error);
  if (g_str_equal (mode, "one_hot"))
    return assay_keras_give (call, y);
  if (!g_str_equal (mode, "multi_hot") && !g_str_equal (mode, "count"))
    return assay_keras_fail (self, call, "has the output_mode %.100s", mode);
  return assay_keras_give (call, assay_keras_reduce (*mode == 'c' ? "Sum" : "Max", y, 1, axes, FALSE, call->error));
}

#define RANDOM(name)                           \
  {                                            \
    name, identity, 0, ASSAY_KERAS_PASSES_MASK \
  }

const AssayKerasClass assay_keras_preprocessing_classes[] = {
  { "Rescaling", rescaling },
  { "Normalization", normalization },
  { "Resizing", resizing },
  { "CenterCrop", center_crop },
  { "Discretization", discretization, 0, ASSAY_KERAS_NO_CAST },
  { "CategoryEncoding", category_encoding, 0, ASSAY_KERAS_NO_CAST },
  RANDOM ("RandomFlip"),
  RANDOM ("RandomRotation"),
  RANDOM ("RandomZoom"),
  RANDOM ("RandomTranslation"),
  RANDOM ("RandomContrast"),
  RANDOM ("RandomBrightness"),
  { NULL },
};
