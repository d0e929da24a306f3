/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Activation functions by Keras' names. Source: keras/src/activations/activations.py; Keras 2's where it differs. */

#include "layers-private.h"

#include <math.h>

typedef AssayValue *(*Function) (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error);

static AssayValue *
identity (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return x;
}

/* Between two bounds. */
static AssayValue *
clip (AssayValue *x, double low, double high, GError **error)
{
  return op2s ("Minimum", op2s ("Maximum", x, low, error), high, error);
}

static AssayValue *
relu6 (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return clip (x, 0, 6, error);
}

static AssayValue *
leaky_relu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  double slope = assay_keras_float (config, "negative_slope", 0.2);

  return op2 ("Maximum", x, op2s ("Mul", x, slope, error), error);
}

/* α (eˣ − 1) where x is negative. */
static AssayValue *
elu_of (AssayValue *x, double alpha, double divisor, GError **error)
{
  AssayValue *low = op2s ("Minimum", x, 0, error);
  AssayValue *exp = op1 ("Expm1", divisor == 1 ? low : op2s ("RealDiv", low, divisor, error), error);

  return op2 ("AddV2", op1 ("Relu", x, error), op2s ("Mul", exp, alpha, error), error);
}

static AssayValue *
elu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return elu_of (x, assay_keras_float (config, "alpha", 1), 1, error);
}

static AssayValue *
celu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  double alpha = assay_keras_float (config, "alpha", 1);

  return elu_of (x, alpha, alpha, error);
}

static AssayValue *
selu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2s ("Mul", elu_of (x, 1.6732632423543772, 1, error), 1.0507009873554805, error);
}

static AssayValue *
silu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2 ("Mul", x, op1 ("Sigmoid", x, error), error);
}

/* x (1 + erf (x / √2)) / 2. */
static AssayValue *
gelu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  AssayValue *inner;

  if (assay_keras_bool (config, "approximate", FALSE))
    {
      AssayValue *cube = op2 ("Mul", x, op2 ("Mul", x, x, error), error);

      inner = op2s ("Mul", op2 ("AddV2", x, op2s ("Mul", cube, 0.044715, error), error), sqrt (2 / G_PI), error);
      inner = op1 ("Tanh", inner, error);
    }
  else
    inner = op1 ("Erf", op2s ("Mul", x, M_SQRT1_2, error), error);
  return op2 ("Mul", op2s ("Mul", x, 0.5, error), op2s ("AddV2", inner, 1, error), error);
}

static AssayValue *
mish (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2 ("Mul", x, op1 ("Tanh", op1 ("Softplus", x, error), error), error);
}

static AssayValue *
hard_sigmoid (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  if (self->version >= 3)
    return op2s ("Mul", clip (op2s ("AddV2", x, 3, error), 0, 6, error), 1.0 / 6, error);
  return clip (op2s ("AddV2", op2s ("Mul", x, 0.2, error), 0.5, error), 0, 1, error);
}

static AssayValue *
hard_silu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2 ("Mul", x, op2s ("Mul", clip (op2s ("AddV2", x, 3, error), 0, 6, error), 1.0 / 6, error), error);
}

static AssayValue *
hard_tanh (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return clip (x, -1, 1, error);
}

static AssayValue *
log_sigmoid (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op1 ("Neg", op1 ("Softplus", op1 ("Neg", x, error), error), error);
}

static AssayValue *
tanh_shrink (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2 ("Sub", x, op1 ("Tanh", x, error), error);
}

static AssayValue *
choose (AssayValue *condition, AssayValue *yes, AssayValue *no, GError **error)
{
  return assay_apply ("SelectV2", NULL, error, condition, yes, no, NULL);
}

static AssayValue *
hard_shrink (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  double threshold = assay_keras_float (config, "threshold", 0.5);

  return x ? choose (op2s ("Greater", op1 ("Abs", x, error), threshold, error), x, assay_keras_scalar (x, 0, error), error) : NULL;
}

static AssayValue *
soft_shrink (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  double threshold = assay_keras_float (config, "threshold", 0.5);

  return op2 ("Sub", op1 ("Relu", op2s ("Sub", x, threshold, error), error),
              op1 ("Relu", op2s ("Sub", op1 ("Neg", x, error), threshold, error), error), error);
}

static AssayValue *
threshold_of (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  double threshold = assay_keras_float (config, "threshold", 0), otherwise = assay_keras_float (config, "default_value", 0);

  return x ? choose (op2s ("Greater", x, threshold, error), x, assay_keras_scalar (x, otherwise, error), error) : NULL;
}

static AssayValue *
squareplus (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  AssayValue *root = op1 ("Sqrt", op2s ("AddV2", op1 ("Square", x, error), assay_keras_float (config, "b", 4), error), error);

  return op2s ("Mul", op2 ("AddV2", x, root, error), 0.5, error);
}

/* 0, (x + 1)² / 4, x. */
static AssayValue *
sparse_plus (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  AssayValue *between = op2s ("Mul", op1 ("Square", op2s ("AddV2", clip (x, -1, 1, error), 1, error), error), 0.25, error);

  return op2 ("AddV2", between, op1 ("Relu", op2s ("Sub", x, 1, error), error), error);
}

static AssayValue *
sparse_sigmoid (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  return op2s ("Mul", op2s ("AddV2", clip (x, -1, 1, error), 1, error), 0.5, error);
}

static AssayValue *
glu (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  gint64 n = x ? assay_value_get_dim (x, -1) : -1;

  if (n <= 0 || n % 2 != 0)
    {
      assay_keras_refuse (self, error, "has glu of %" G_GINT64_FORMAT " features, which can't be halved", n);
      return NULL;
    }
  return op2 ("Mul", assay_keras_slice (x, -1, 0, n / 2, error), op1 ("Sigmoid", assay_keras_slice (x, -1, n / 2, n, error), error), error);
}

/* As softmax, but with exact zeros: the point of the simplex that is nearest. */
static AssayValue *
sparsemax (AssayKerasLayer *self, JsonObject *config, AssayValue *x, GError **error)
{
  gint64            n = x ? assay_value_get_dim (x, -1) : -1, last[] = { -1 };
  AssayValue       *outputs[2], *inputs[2], *sums, *ranks, *support, *count, *total;
  g_autofree float *numbers = NULL;

  if (n <= 0 || n > 1 << 20)
    {
      assay_keras_refuse (self, error, "has sparsemax over %" G_GINT64_FORMAT " features", n);
      return NULL;
    }
  numbers = g_new (float, n);
  for (gint64 i = 0; i < n; i++)
    numbers[i] = i + 1;
  inputs[0] = x;
  inputs[1] = assay_keras_int_value (n);
  if (inputs[1] == NULL || assay_apply_many ("TopKV2", NULL, 2, inputs, 2, outputs, error) < 2)
    return NULL;
  sums = op2 ("Cumsum", outputs[0], assay_keras_int_value (-1), error);
  ranks = assay_keras_cast (assay_constant (1, &n, numbers), assay_value_get_dtype (x), error);
  support = assay_keras_cast (op2 ("Greater", op2s ("AddV2", op2 ("Mul", outputs[0], ranks, error), 1, error), sums, error), assay_value_get_dtype (x), error);
  count = assay_keras_reduce ("Sum", support, 1, last, TRUE, error);
  total = assay_keras_reduce ("Sum", op2 ("Mul", support, outputs[0], error), 1, last, TRUE, error);
  return op1 ("Relu", op2 ("Sub", x, op2 ("RealDiv", op2s ("Sub", total, 1, error), count, error), error), error);
}

AssayValue *
assay_keras_softmax (AssayValue *x, int axis, GError **error)
{
  int         rank = x ? assay_value_get_rank (x) : -1;
  gint64      axes[1];
  AssayValue *exp;

  if (rank < 1)
    return NULL;
  axis += axis < 0 ? rank : 0;
  if (axis == rank - 1)
    return op1 ("Softmax", x, error);
  axes[0] = axis;
  exp = op1 ("Exp", op2 ("Sub", x, assay_keras_reduce ("Max", x, 1, axes, TRUE, error), error), error);
  return op2 ("RealDiv", exp, assay_keras_reduce ("Sum", exp, 1, axes, TRUE, error), error);
}

static const struct
{
  const char *name;
  const char *op; /* TensorFlow's, of one input */
  Function    function;
} functions[] = {
  { "linear", NULL, identity },
  { "relu", "Relu" },
  { "sigmoid", "Sigmoid" },
  { "tanh", "Tanh" },
  { "softmax", "Softmax" },
  { "log_softmax", "LogSoftmax" },
  { "softplus", "Softplus" },
  { "softsign", "Softsign" },
  { "exponential", "Exp" },
  { "relu6", NULL, relu6 },
  { "leaky_relu", NULL, leaky_relu },
  { "elu", NULL, elu },
  { "celu", NULL, celu },
  { "selu", NULL, selu },
  { "silu", NULL, silu },
  { "swish", NULL, silu },
  { "gelu", NULL, gelu },
  { "mish", NULL, mish },
  { "hard_sigmoid", NULL, hard_sigmoid },
  { "hard_silu", NULL, hard_silu },
  { "hard_swish", NULL, hard_silu },
  { "hard_tanh", NULL, hard_tanh },
  { "hard_shrink", NULL, hard_shrink },
  { "soft_shrink", NULL, soft_shrink },
  { "tanh_shrink", NULL, tanh_shrink },
  { "threshold", NULL, threshold_of },
  { "log_sigmoid", NULL, log_sigmoid },
  { "squareplus", NULL, squareplus },
  { "sparse_plus", NULL, sparse_plus },
  { "sparse_sigmoid", NULL, sparse_sigmoid },
  { "glu", NULL, glu },
  { "sparsemax", NULL, sparsemax },
};

AssayValue *
assay_keras_activation (AssayKerasLayer *self, const char *name, JsonObject *config, AssayValue *x, GError **error)
{
  if (x == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return functions[i].op ? op1 (functions[i].op, x, error) : functions[i].function (self, config, x, error);
  assay_keras_refuse (self, error, "has the activation %.100s, which isn't known here; the model's SavedModel can be run instead", name);
  return NULL;
}

/* A name; null; {"class_name": "LeakyReLU", "config": {…}}; {"class_name": "function", "config": "name"}. */
const char *
assay_keras_activation_name (JsonNode *node, const char *fallback, JsonObject **config)
{
  JsonObject *object;

  *config = NULL;
  if (node == NULL)
    return fallback;
  if (JSON_NODE_HOLDS_NULL (node))
    return "linear";
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return "(not a name)";
  object = json_node_get_object (node);
  if (g_strcmp0 (assay_keras_string (object, "class_name", NULL), "function") == 0)
    return assay_keras_string (object, "config", "(not a name)");
  *config = object;
  return assay_keras_string (object, "class_name", "(not a name)");
}

AssayValue *
assay_keras_activate (AssayKerasLayer *self, AssayKerasCall *call, const char *setting, const char *fallback, AssayValue *x)
{
  JsonObject *entry;
  const char *name = assay_keras_activation_name (assay_keras_member (self->config, setting), fallback, &entry);
  g_autoptr (AssayKerasLayer) layer = NULL;
  g_autoptr (GArray) none = NULL;
  AssayKerasTensor out;

  if (x == NULL || entry == NULL)
    return assay_keras_activation (self, name, NULL, x, call->error);
  none = g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));
  layer = assay_keras_layer_new (entry, none, call->context, call->error);
  if (layer == NULL || !assay_keras_layer_call_one (layer, call->context, (AssayKerasTensor){ x, NULL }, &out, call->error))
    return NULL;
  return out.value;
}
