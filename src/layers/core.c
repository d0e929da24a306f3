/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dense, Embedding, activation layers, and what does nothing but while training. Sources: keras/src/layers/{core,activations,regularization}. */

#include "layers-private.h"

#include <math.h>
#include <string.h>

static gboolean
add_bias_and_activate (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *y, gint64 units)
{
  if (y != NULL && assay_keras_bool (self->config, "use_bias", assay_keras_bool (self->config, "bias", TRUE)))
    y = op2 ("BiasAdd", y, assay_keras_weight (self, call, "bias", 1, &units), call->error);
  return assay_keras_give (call, assay_keras_activate (self, call, "activation", "linear", y));
}

/* Where a fine-tuning of low rank is still beside the kernel (in .h5 files), their sum is what counts. Source: Dense.kernel. */
static AssayValue *
add_lora (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *kernel)
{
  const AssayPartialShape *shape = assay_keras_weight_shape (self, "lora_kernel_a");
  double                   rank = assay_keras_float (self->config, "lora_rank", shape && shape->rank == 2 ? shape->dims[1] : 0);
  AssayValue              *a, *b;

  if (kernel == NULL || shape == NULL || rank <= 0)
    return kernel;
  a = assay_keras_read_weight (self, call, "lora_kernel_a");
  b = a ? assay_keras_read_weight (self, call, "lora_kernel_b") : NULL;
  a = op2s ("Mul", b ? op2 ("MatMul", a, b, call->error) : NULL, assay_keras_float (self->config, "lora_alpha", rank) / rank, call->error);
  return op2 ("AddV2", kernel, a, call->error);
}

/* Each row of the inputs is rounded to 8 bits, too; in floats, which hold these integers exactly. Source: Dense._int8_call, quantizers.abs_max_quantize. */
static AssayValue *
int8_product (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, AssayValue *kernel, gint64 units)
{
  gboolean rounds = assay_keras_member (self->config, "quantization_config") == NULL ||
                    assay_keras_object (self->config, "quantization_config") == NULL ||
                    assay_keras_object (assay_keras_object (assay_keras_object (self->config, "quantization_config"), "config"), "activation_quantizer") != NULL;
  AssayValue *scale = assay_keras_weight (self, call, "kernel_scale", 1, &units), *largest, *rows = NULL;
  gint64      last[] = { -1 };

  if (rounds)
    {
      largest = assay_keras_reduce ("Max", op1 ("Abs", x, call->error), 1, last, TRUE, call->error);
      largest = op2s ("AddV2", largest, 1e-7, call->error);
      rows = largest ? op2 ("RealDiv", assay_keras_scalar (x, 127, call->error), largest, call->error) : NULL;
      x = op1 ("Round", op2 ("Mul", x, rows, call->error), call->error);
      x = op2s ("Maximum", op2s ("Minimum", x, 127, call->error), -127, call->error);
    }
  x = op2 ("RealDiv", op2 ("MatMul", x, kernel, call->error), scale, call->error);
  return rows != NULL ? op2 ("RealDiv", x, rows, call->error) : x;
}

static gboolean
dense (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *x = assay_keras_in (call), *kernel;
  int           rank = assay_value_get_rank (x);
  gint64        units = assay_keras_int (self->config, "units", assay_keras_int (self->config, "output_dim", -1));
  gint64        shape[] = { assay_value_get_dim (x, -1), units };
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK];
  AssayAttrs   *attrs;

  if (rank < 2)
    return assay_keras_fail (self, call, "needs inputs of two dimensions or more, these have %d", rank);
  kernel = add_lora (self, call, assay_keras_weight (self, call, "kernel", 2, shape));
  if (rank == 2 && self->is_int8)
    return add_bias_and_activate (self, call, int8_product (self, call, x, kernel, units), units);
  if (rank == 2)
    {
      attrs = assay_attrs_set_bool (assay_attrs_new (), "transpose_a", FALSE);
      return add_bias_and_activate (self, call, assay_apply ("MatMul", attrs, call->error, x, kernel, NULL), units);
    }
  for (int i = 0; i < rank; i++)
    dims[i] = assay_keras_dim (x, i, call->error);
  x = assay_keras_reshape (x, 2, (AssayKerasDim[]){ { -1, NULL }, assay_keras_dim_known (MAX (shape[0], 0)) }, call->error);
  x = self->is_int8 ? int8_product (self, call, x, kernel, units) : op2 ("MatMul", x, kernel, call->error);
  if (x == NULL)
    return FALSE;
  dims[rank - 1] = assay_keras_dim (x, 1, call->error);
  return add_bias_and_activate (self, call, assay_keras_reshape (x, rank, dims, call->error), units);
}

static gboolean
activation (AssayKerasLayer *self, AssayKerasCall *call)
{
  return assay_keras_give (call, assay_keras_activate (self, call, "activation", "linear", assay_keras_in (call)));
}

static gboolean
identity (AssayKerasLayer *self, AssayKerasCall *call)
{
  for (guint i = 0; i < call->inputs->len; i++)
    if (!assay_keras_give (call, op1 ("Identity", g_array_index (call->inputs, AssayKerasTensor, i).value, call->error)))
      return FALSE;
  return TRUE;
}

/* f (x) = max_value, x, or negative_slope (x − threshold). */
static gboolean
relu (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *y, *low, *above;
  double      top = assay_keras_float (self->config, "max_value", NAN), threshold = assay_keras_float (self->config, "threshold", 0);
  double      slope = assay_keras_float (self->config, "negative_slope", 0);

  if (threshold == 0)
    y = op1 ("Relu", x, call->error);
  else
    {
      above = assay_keras_cast (op2s ("Greater", x, threshold, call->error), assay_value_get_dtype (x), call->error);
      y = op2 ("Mul", x, above, call->error);
    }
  if (!isnan (top) && isfinite (top))
    y = op2s ("Minimum", y, top, call->error);
  if (slope != 0)
    {
      low = op1 ("Relu", op2s ("Sub", op1 ("Neg", x, call->error), -threshold, call->error), call->error);
      y = op2 ("Sub", y, op2s ("Mul", low, slope, call->error), call->error);
    }
  return assay_keras_give (call, y);
}

static gboolean
leaky_relu (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  double      slope = assay_keras_float (self->config, "negative_slope", assay_keras_float (self->config, "alpha", 0.3));
  AssayValue *low = op1 ("Relu", op1 ("Neg", x, call->error), call->error);

  return assay_keras_give (call, op2 ("Sub", op1 ("Relu", x, call->error), op2s ("Mul", low, slope, call->error), call->error));
}

static gboolean
prelu (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  AssayValue *alpha = assay_keras_read_weight (self, call, "alpha");
  AssayValue *low = op1 ("Relu", op1 ("Neg", x, call->error), call->error);

  return assay_keras_give (call, op2 ("Sub", op1 ("Relu", x, call->error), op2 ("Mul", alpha, low, call->error), call->error));
}

static gboolean
elu (AssayKerasLayer *self, AssayKerasCall *call)
{
  return assay_keras_give (call, assay_keras_activation (self, "elu", self->config, assay_keras_in (call), call->error));
}

static gboolean
thresholded_relu (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  AssayValue *above = op2s ("Greater", x, assay_keras_float (self->config, "theta", 1), call->error);

  return assay_keras_give (call, op2 ("Mul", x, assay_keras_cast (above, assay_value_get_dtype (x), call->error), call->error));
}

/* Where the mask is false, −3·10³⁸ is added (−3·10⁴ in 16 bits). */
static AssayValue *
hide_masked (AssayValue *x, AssayValue *mask, GError **error)
{
  AssayDtype  dtype = assay_value_get_dtype (x);
  AssayValue *hidden = op1 ("LogicalNot", mask, error);

  hidden = assay_keras_cast (hidden, dtype, error);
  return op2 ("AddV2", x, op2s ("Mul", hidden, dtype == ASSAY_DTYPE_FLOAT16 ? -3e4 : -3e38, error), error);
}

static gboolean
softmax (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *mask = assay_keras_find_tensor (call, 1, "mask"), *exp;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         rank = assay_value_get_rank (x), n = assay_keras_ints (self->config, "axis", axes, 1, ASSAY_GRAPH_MAX_RANK);

  if (n < 0)
    n = (axes[0] = -1, 1);
  for (int i = 0; i < n; i++)
    if (axes[i] < -rank || axes[i] >= rank)
      return assay_keras_fail (self, call, "has axis %" G_GINT64_FORMAT " of %d", axes[i], rank);
  if (mask != NULL)
    x = hide_masked (x, mask, call->error);
  if (n == 1)
    return assay_keras_give (call, assay_keras_softmax (x, axes[0], call->error));
  exp = op1 ("Exp", op2 ("Sub", x, assay_keras_reduce ("Max", x, n, axes, TRUE, call->error), call->error), call->error);
  return assay_keras_give (call, op2 ("RealDiv", exp, assay_keras_reduce ("Sum", exp, n, axes, TRUE, call->error), call->error));
}

static gboolean
embedding (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *mask = NULL, *table, *y;
  gint64      shape[] = { assay_keras_int (self->config, "input_dim", -1), assay_keras_int (self->config, "output_dim", -1) };

  if (assay_value_get_dtype (x) != ASSAY_DTYPE_INT32 && assay_value_get_dtype (x) != ASSAY_DTYPE_INT64)
    x = assay_keras_cast (x, ASSAY_DTYPE_INT32, call->error);
  if (assay_keras_bool (self->config, "mask_zero", FALSE))
    mask = op2s ("NotEqual", x, 0, call->error);
  table = assay_keras_weight (self, call, "embeddings", 2, shape);
  if (table == NULL || x == NULL)
    return FALSE;
  y = assay_apply ("GatherV2", NULL, call->error, table, x, assay_keras_int_value (0), NULL);
  if (self->is_int8)
    {
      AssayValue *scale = assay_keras_weight (self, call, "embeddings_scale", 1, shape);

      scale = scale ? assay_apply ("GatherV2", NULL, call->error, scale, x, assay_keras_int_value (0), NULL) : NULL;
      y = scale ? op2 ("RealDiv", y, assay_keras_expand (scale, -1, call->error), call->error) : NULL;
    }
  return assay_keras_give_masked (call, y, mask);
}

/* An embedding that can be gone through the other way: `reverse` gives scores of the entries. */
static gboolean
reversible_embedding (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayKerasArg *reverse = assay_keras_find_arg (call, 1, "reverse");
  gint64         shape[] = { assay_keras_int (self->config, "input_dim", -1), assay_keras_int (self->config, "output_dim", -1) };
  gboolean       tied = assay_keras_bool (self->config, "tie_weights", TRUE);
  AssayValue    *table, *y;
  double         cap = assay_keras_float (self->config, "logit_soft_cap", 0);

  if (reverse == NULL || reverse->json == NULL || assay_keras_node_float (reverse->json, 0) == 0)
    return embedding (self, call);
  table = tied ? assay_keras_weight (self, call, "embeddings", 2, shape)
               : assay_keras_weight (self, call, "reverse_embeddings", 2, (gint64[]){ shape[1], shape[0] });
  if (table == NULL || assay_value_get_rank (assay_keras_in (call)) < 2)
    return assay_keras_fail (self, call, "needs inputs of two dimensions or more");
  y = assay_apply ("BatchMatMulV2", assay_attrs_set_bool (assay_attrs_new (), "adj_y", tied), call->error, assay_keras_in (call), table, NULL);
  if (cap > 0)
    y = op2s ("Mul", op1 ("Tanh", op2s ("RealDiv", y, cap, call->error), call->error), cap, call->error);
  return assay_keras_give (call, y);
}

/* A step is masked where all its features have the value. */
static gboolean
masking (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *differs;
  gint64      last[] = { -1 };
  AssayValue *mask;

  if (assay_value_get_rank (x) < 2)
    return assay_keras_fail (self, call, "needs inputs of two dimensions or more");
  differs = op2s ("NotEqual", x, assay_keras_float (self->config, "mask_value", 0), call->error);
  mask = assay_keras_reduce ("Any", differs, 1, last, FALSE, call->error);
  differs = assay_keras_cast (assay_keras_expand (mask, -1, call->error), assay_value_get_dtype (x), call->error);
  return assay_keras_give_masked (call, op2 ("Mul", x, differs, call->error), mask);
}

/* Keras 1's Highway, MaxoutDense… aren't here. EinsumDense has its own equation. */
static gboolean
einsum_dense (AssayKerasLayer *self, AssayKerasCall *call)
{
  const char *equation = assay_keras_string (self->config, "equation", "");
  AssayValue *inputs[] = { assay_keras_in (call), assay_keras_read_weight (self, call, "kernel") }, *y = NULL;
  AssayAttrs *attrs;
  g_autoptr (GString) letters = g_string_new (NULL);

  if (inputs[1] == NULL)
    return FALSE;
  if (strlen (equation) > 64)
    return assay_keras_fail (self, call, "has an equation of %zu letters", strlen (equation));
  for (const char *at = equation; *at != '\0'; at++)
    if (!g_ascii_isspace (*at))
      g_string_append_c (letters, *at);
  attrs = assay_attrs_set_string (assay_attrs_new (), "equation", letters->str);
  assay_attrs_set_int (attrs, "N", 2);
  if (assay_apply_many ("Einsum", attrs, 2, inputs, 1, &y, call->error) != 1)
    return FALSE;
  if (assay_keras_has_weight (self, "bias"))
    y = op2 ("AddV2", y, assay_keras_read_weight (self, call, "bias"), call->error);
  return assay_keras_give (call, assay_keras_activate (self, call, "activation", "linear", y));
}

const AssayKerasClass assay_keras_core_classes[] = {
  { "InputLayer", identity, 0, ASSAY_KERAS_NO_CAST },
  { "Dense", dense, 0, ASSAY_KERAS_PASSES_MASK | ASSAY_KERAS_INT8 },
  { "TimeDistributedDense", dense, 0, ASSAY_KERAS_PASSES_MASK },
  { "EinsumDense", einsum_dense },
  { "Embedding", embedding, 0, ASSAY_KERAS_INT8 },
  { "ReversibleEmbedding", reversible_embedding },
  { "Masking", masking },
  { "Activation", activation, 0, ASSAY_KERAS_PASSES_MASK },
  { "Identity", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "ReLU", relu, 0, ASSAY_KERAS_PASSES_MASK },
  { "LeakyReLU", leaky_relu, 0, ASSAY_KERAS_PASSES_MASK },
  { "PReLU", prelu, 0, ASSAY_KERAS_PASSES_MASK },
  { "ELU", elu, 0, ASSAY_KERAS_PASSES_MASK },
  { "ThresholdedReLU", thresholded_relu, 0, ASSAY_KERAS_PASSES_MASK },
  { "Softmax", softmax, 0, ASSAY_KERAS_PASSES_MASK },
  { "Dropout", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "StochasticDepth", identity }, /* of ConvNeXt */
  { "SpatialDropout1D", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "SpatialDropout2D", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "SpatialDropout3D", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "GaussianDropout", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "GaussianNoise", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "AlphaDropout", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { "ActivityRegularization", identity, 0, ASSAY_KERAS_PASSES_MASK },
  { NULL },
};
