/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Activations, convolutions, pooling, normalisation, batches of matrix products. Sources: tensorflow/core/ops/{nn,math}_ops.cc. */

#include "rules-nn-private.h"

gboolean
assay_rule_same_dtype (AssayInference *inference, guint last, GError **error)
{
  for (guint i = 1; i <= last; i++)
    if (inference->inputs[i].dtype != inference->inputs[0].dtype && inference->inputs[i].dtype != ASSAY_DTYPE_INVALID &&
        inference->inputs[0].dtype != ASSAY_DTYPE_INVALID)
      {
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE,
                     "cannot compute %s as input #%u(zero-based) was expected to be a %s tensor but is a %s tensor [Op:%s]",
                     inference->op->name, i, assay_dtype_get_info (inference->inputs[0].dtype)->name,
                     assay_dtype_get_info (inference->inputs[i].dtype)->name, inference->op->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
rule_bias_add (AssayInference *inference, GError **error)
{
  const AssayPartialShape *value = &inference->inputs[0].shape, *bias = &inference->inputs[1].shape;
  g_autofree char         *value_text = assay_partial_shape_to_string (value), *bias_text = assay_partial_shape_to_string (bias);
  gboolean                 first = g_str_has_prefix (assay_attrs_get_string (inference->attrs, "data_format", "NHWC"), "NC");
  int                      axis = first ? 1 : value->rank - 1;

  inference->outputs[0] = inference->inputs[0];
  if (!assay_rule_same_dtype (inference, 1, error))
    return FALSE;
  if (value->rank >= 0 && value->rank < 2)
    return assay_rule_fail (inference, error, "Input tensor must be at least 2D: %s", value_text);
  if (bias->rank >= 0 && bias->rank != 1)
    return assay_rule_fail (inference, error, "Biases must be 1D: %s", bias_text);
  if (value->rank >= 2 && bias->rank == 1 && value->dims[axis] >= 0 && bias->dims[0] >= 0 && value->dims[axis] != bias->dims[0])
    return assay_rule_fail (inference, error, "Must provide as many biases as the %s dimension of the input tensor: %s vs. %s",
                            first ? "channel" : "last", bias_text, value_text);
  return TRUE;
}

static gboolean
check_per_channel (AssayInference *inference, guint input, const char *what, gint64 channels, GError **error)
{
  static const char *const names[] = { "x", "scale", "offset", "mean", "variance" };
  const AssayPartialShape *shape = &inference->inputs[input].shape;
  g_autofree char         *text = assay_partial_shape_to_string (shape);

  if (shape->rank >= 0 && shape->rank != 1)
    return assay_rule_fail (inference, error, input < 3 ? "%s must be 1-dimensional%s" : "%s must be 1-dimensional%s",
                            input == 3 ? "estimated_mean" : input == 4 ? "estimated_variance"
                                                                       : names[input],
                            text);
  if (shape->rank == 1 && shape->dims[0] >= 0 && channels >= 0 && shape->dims[0] != channels)
    return assay_rule_fail (inference, error,
                            "%s%s must have the same number of elements as the channels of x, got %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                            what, names[input], shape->dims[0], channels);
  return TRUE;
}

static gboolean
rule_batch_norm (AssayInference *inference, GError **error)
{
  const AssayPartialShape *x = &inference->inputs[0].shape;
  g_autofree char         *text = assay_partial_shape_to_string (x);
  gboolean                 training = assay_attrs_get_int (inference->attrs, "is_training", TRUE);
  gboolean                 first = g_str_has_prefix (assay_attrs_get_string (inference->attrs, "data_format", "NHWC"), "NC");
  gint64                   channels = x->rank < 2 ? -1 : first ? x->dims[1]
                                                               : x->dims[x->rank - 1];
  gboolean                 averages = training && assay_attrs_get_float (inference->attrs, "exponential_avg_factor", 1) == 1;

  if (x->rank >= 0 && x->rank != 4 && !(x->rank == 5 && g_str_equal (inference->op->name, "FusedBatchNormV3")))
    return assay_rule_fail (inference, error, "input must be 4-dimensional%s", text);
  for (guint i = 1; i <= 4; i++)
    {
      const AssayPartialShape *shape = &inference->inputs[i].shape;

      /* Averages that nobody needs may be empty. */
      if (i >= 3 && averages && shape->rank == 1 && shape->dims[0] == 0)
        continue;
      if (!check_per_channel (inference, i, i < 3 ? "" : training ? "When exponential_avg_factor != 1, "
                                                                  : "When is_training=false, ",
                              channels, error))
        return FALSE;
    }
  inference->outputs[0] = inference->inputs[0];
  for (guint i = 1; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ inference->inputs[1].dtype, assay_partial_shape_make (1, i < 5 ? channels : (gint64) 0) };
  return TRUE;
}

static gboolean
rule_response (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[0].shape.rank >= 0 && inference->inputs[0].shape.rank != 4)
    return assay_rule_fail (inference, error, "in must be 4-dimensional");
  return TRUE;
}

static gboolean
rule_softmax (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[0].shape.rank == 0)
    return assay_rule_fail (inference, error, "logits must have >= 1 dimension, got []");
  return TRUE;
}

static gboolean
rule_batch_matmul (AssayInference *inference, GError **error)
{
  const AssayPartialShape *x = &inference->inputs[0].shape, *y = &inference->inputs[1].shape;
  AssayPartialShape        left = *x, right = *y, *out = &inference->outputs[0].shape;
  gboolean                 x_turned = assay_attrs_get_int (inference->attrs, "adj_x", FALSE);
  gboolean                 y_turned = assay_attrs_get_int (inference->attrs, "adj_y", FALSE);
  g_autofree char         *x_text = assay_partial_shape_to_string (x), *y_text = assay_partial_shape_to_string (y);

  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "Tout", inference->inputs[0].dtype);
  if (!g_str_equal (inference->op->name, "BatchMatMulV3") && !assay_rule_same_dtype (inference, 1, error))
    return FALSE;
  if (x->rank < 0 || y->rank < 0)
    return TRUE;
  if (x->rank < 2)
    return assay_rule_fail (inference, error, "In[0] ndims must be >= 2: %d", x->rank);
  if (y->rank < 2)
    return assay_rule_fail (inference, error, "In[1] ndims must be >= 2: %d", y->rank);
  left.rank -= 2;
  right.rank -= 2;
  if (g_str_equal (inference->op->name, "BatchMatMul"))
    {
      if (left.rank != right.rank)
        return assay_rule_fail (inference, error, "In[0] and In[1] has different ndims: %s vs. %s", x_text, y_text);
      for (int i = 0; i < left.rank; i++)
        if (left.dims[i] >= 0 && right.dims[i] >= 0 && left.dims[i] != right.dims[i])
          return assay_rule_fail (inference, error, "In[0].dim(%d) and In[1].dim(%d) must be the same: %s vs %s", i, i, x_text, y_text);
    }
  if (!assay_partial_shape_broadcast (&left, &right, out))
    return assay_rule_fail (inference, error, "In[0] and In[1] must have compatible batch dimensions: %s vs. %s", x_text, y_text);
  if (x->dims[x->rank - 1 - x_turned] >= 0 && y->dims[y->rank - 2 + y_turned] >= 0 &&
      x->dims[x->rank - 1 - x_turned] != y->dims[y->rank - 2 + y_turned])
    return assay_rule_fail (inference, error, "Matrix size-incompatible: In[0]: %s, In[1]: %s", x_text, y_text);
  if (out->rank + 2 > ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "A value can have at most %d dimensions", ASSAY_GRAPH_MAX_RANK);
  out->dims[out->rank] = x->dims[x->rank - 2 + x_turned];
  out->dims[out->rank + 1] = y->dims[y->rank - 1 - y_turned];
  out->rank += 2;
  return TRUE;
}

#define SAME(name, defaults)                                                  \
  {                                                                           \
    name, "features", "activations", defaults, assay_rule_same, ASSAY_OP_PURE \
  }
#define NORM_INPUTS "x scale offset mean variance"
#define NORM_OUTPUTS "y batch_mean batch_variance reserve_space_1 reserve_space_2"
#define NORM_DEFAULTS "epsilon=0.0001 exponential_avg_factor=1.0 data_format=NHWC is_training=true"

const AssayOp assay_ops_nn[] = {
  SAME ("Relu", NULL),
  SAME ("Relu6", NULL),
  SAME ("Elu", NULL),
  SAME ("Selu", NULL),
  SAME ("LeakyRelu", "alpha=0.2"),
  { "BiasAdd", "value bias", "output", "data_format=NHWC", rule_bias_add, ASSAY_OP_PURE },
  { "BiasAddV1", "value bias", "output", NULL, rule_bias_add, ASSAY_OP_PURE },
  { "Softmax", "logits", "softmax", NULL, rule_softmax, ASSAY_OP_PURE },
  { "LogSoftmax", "logits", "logsoftmax", NULL, rule_softmax, ASSAY_OP_PURE },
  { "BatchMatMul", "x y", "output", "adj_x=false adj_y=false", rule_batch_matmul, ASSAY_OP_PURE },
  { "BatchMatMulV2", "x y", "output", "adj_x=false adj_y=false", rule_batch_matmul, ASSAY_OP_PURE },
  { "BatchMatMulV3", "x y", "output", "adj_x=false adj_y=false", rule_batch_matmul, ASSAY_OP_PURE },
  { "Conv2D", "input filter", "output", "explicit_paddings=[] data_format=NHWC", assay_rule_conv_2d, ASSAY_OP_PURE },
  { "Conv3D", "input filter", "output", "data_format=NDHWC", assay_rule_conv_3d, ASSAY_OP_PURE },
  { "DepthwiseConv2dNative", "input filter", "output", "explicit_paddings=[] data_format=NHWC", assay_rule_depthwise_conv, ASSAY_OP_PURE },
  { "Conv2DBackpropInput", "input_sizes filter out_backprop", "output", "explicit_paddings=[] data_format=NHWC",
    assay_rule_conv_2d_backprop, ASSAY_OP_PURE },
  { "Conv3DBackpropInputV2", "input_sizes filter out_backprop", "output", "data_format=NDHWC", assay_rule_conv_3d_backprop, ASSAY_OP_PURE },
  { "MaxPool", "input", "output", "explicit_paddings=[] data_format=NHWC", assay_rule_pool_2d, ASSAY_OP_PURE },
  { "MaxPoolV2", "input ksize strides", "output", "data_format=NHWC", assay_rule_pool_inputs, ASSAY_OP_PURE },
  { "MaxPoolWithArgmax", "input", "output argmax", "Targmax=int64 include_batch_in_index=false", assay_rule_pool_argmax, ASSAY_OP_PURE },
  { "AvgPool", "value", "output", "data_format=NHWC", assay_rule_pool_2d, ASSAY_OP_PURE },
  { "MaxPool3D", "input", "output", "data_format=NDHWC", assay_rule_pool_3d, ASSAY_OP_PURE },
  { "AvgPool3D", "input", "output", "data_format=NDHWC", assay_rule_pool_3d, ASSAY_OP_PURE },
  { "FusedBatchNorm", NORM_INPUTS, NORM_OUTPUTS, NORM_DEFAULTS, rule_batch_norm, ASSAY_OP_PURE },
  { "FusedBatchNormV2", NORM_INPUTS, NORM_OUTPUTS, NORM_DEFAULTS, rule_batch_norm, ASSAY_OP_PURE },
  { "FusedBatchNormV3", NORM_INPUTS, NORM_OUTPUTS " reserve_space_3", NORM_DEFAULTS, rule_batch_norm, ASSAY_OP_PURE },
  { "LRN", "input", "output", "depth_radius=5 bias=1.0 alpha=1.0 beta=0.5", rule_response, ASSAY_OP_PURE },
  { NULL },
};
