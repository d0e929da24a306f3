/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bare operators between layers: what `x * 2 + y` and keras.ops leave in a model of Keras 3 (a class an operation), and TFOpLambda of
 * Keras 2, whose setting "function" names one of TensorFlow's. Their operands may be tensors or constants of the config. */

#include "layers-private.h"

#include <string.h>

static gboolean
is_integer (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_INT32 || dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_UINT8 || dtype == ASSAY_DTYPE_INT8 ||
         dtype == ASSAY_DTYPE_INT16 || dtype == ASSAY_DTYPE_BOOL;
}

static gboolean
is_number (AssayKerasArg *arg)
{
  GType type;

  if (arg == NULL || arg->json == NULL || !JSON_NODE_HOLDS_VALUE (arg->json))
    return FALSE;
  type = json_node_get_value_type (arg->json);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE || type == G_TYPE_BOOLEAN;
}

/* A list of numbers as a vector; nested lists aren't. */
static AssayValue *
vector_of (AssayKerasArg *arg, AssayValue *like, GError **error)
{
  guint             n = arg && arg->items ? arg->items->len : 0;
  g_autofree float *values = g_new (float, MAX (n, 1));
  gint64            dim = n;

  for (guint i = 0; i < n; i++)
    {
      if (!is_number (arg->items->pdata[i]))
        return NULL;
      values[i] = assay_keras_node_float (((AssayKerasArg *) arg->items->pdata[i])->json, 0);
    }
  return n > 0 ? assay_keras_cast (assay_constant (1, &dim, values), assay_value_get_dtype (like), error) : NULL;
}

/* Both operands, in one dtype: a constant takes the tensor's, but a fraction makes integers float32. */
static gboolean
read_pair (AssayKerasLayer *self, AssayKerasCall *call, AssayValue **a, AssayValue **b)
{
  static const char *const names[2][4] = { { "x1", "x", "a" }, { "x2", "y", "b" } };
  AssayKerasArg           *args[2] = { NULL, NULL };
  AssayValue              *values[2];

  for (int i = 0; i < 2; i++)
    for (int k = 0; names[i][k] != NULL && args[i] == NULL; k++)
      args[i] = g_hash_table_lookup (call->kwargs, names[i][k]);
  for (guint i = 0, at = 0; i < 2; i++)
    if (args[i] == NULL && at < call->args->len)
      args[i] = call->args->pdata[at++];
  /* A list of two, as Keras 2 has it. */
  if (args[0] != NULL && args[1] == NULL && args[0]->items != NULL && args[0]->items->len == 2)
    {
      args[1] = args[0]->items->pdata[1];
      args[0] = args[0]->items->pdata[0];
    }
  for (int i = 0; i < 2; i++)
    values[i] = args[i] ? args[i]->tensor.value : NULL;
  for (int i = 0; i < 2; i++)
    if (values[i] == NULL && values[!i] != NULL && args[i] != NULL)
      {
        if (is_number (args[i]) && json_node_get_value_type (args[i]->json) == G_TYPE_DOUBLE && is_integer (assay_value_get_dtype (values[!i])))
          values[!i] = assay_keras_cast (values[!i], ASSAY_DTYPE_FLOAT32, call->error);
        if (values[!i] != NULL)
          values[i] = is_number (args[i]) ? assay_keras_scalar (values[!i], assay_keras_node_float (args[i]->json, 0), call->error)
                                          : vector_of (args[i], values[!i], call->error);
      }
  if (values[0] == NULL || values[1] == NULL)
    return assay_keras_fail (self, call, "needs two operands that are tensors or numbers");
  if (assay_value_get_dtype (values[0]) != assay_value_get_dtype (values[1]))
    {
      int narrow = is_integer (assay_value_get_dtype (values[0])) ? 0 : 1;

      values[narrow] = assay_keras_cast (values[narrow], assay_value_get_dtype (values[!narrow]), call->error);
    }
  *a = values[0];
  *b = values[1];
  return *a != NULL && *b != NULL;
}

static gboolean
binary (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayValue *a, *b;

  if (!read_pair (self, call, &a, &b))
    return FALSE;
  if (g_str_equal (op, "RealDiv") && is_integer (assay_value_get_dtype (a)))
    {
      a = assay_keras_cast (a, ASSAY_DTYPE_FLOAT32, call->error);
      b = assay_keras_cast (b, ASSAY_DTYPE_FLOAT32, call->error);
    }
  return assay_keras_give (call, op2 (op, a, b, call->error));
}

static gboolean
unary (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  return assay_keras_give (call, op1 (op, assay_keras_in (call), call->error));
}

/* A setting: named in the call, at a position behind the tensor, or in the config. */
static JsonNode *
find_setting (AssayKerasLayer *self, AssayKerasCall *call, const char *name, guint position)
{
  AssayKerasArg *arg = g_hash_table_lookup (call->kwargs, name);

  if (arg == NULL && position > 0 && position < call->args->len)
    arg = call->args->pdata[position];
  if (arg != NULL && arg->json != NULL)
    return arg->json;
  return assay_keras_member (self->config, name);
}

static gboolean
find_flag (AssayKerasLayer *self, AssayKerasCall *call, const char *name, guint position)
{
  JsonNode *node = find_setting (self, call, name, position);

  return node != NULL && assay_keras_node_float (node, 0) != 0;
}

static gboolean
reduction (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayValue *x = assay_keras_in (call);
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         rank = assay_value_get_rank (x), n = assay_keras_node_ints (find_setting (self, call, "axis", 1), axes, 1, ASSAY_GRAPH_MAX_RANK);

  for (int i = 0; n < 0 && i < rank; i++)
    axes[i] = i;
  return assay_keras_give (call, assay_keras_reduce (op, x, n < 0 ? rank : n, axes, find_flag (self, call, "keepdims", 2), call->error));
}

static gboolean
reshape (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  gint64    dims[ASSAY_GRAPH_MAX_RANK];
  JsonNode *node = find_setting (self, call, "newshape", 1);
  int       n;

  node = node ? node : find_setting (self, call, "shape", 1);
  n = assay_keras_node_ints (node, dims, 1, ASSAY_GRAPH_MAX_RANK);
  if (n < 0)
    return assay_keras_fail (self, call, "has no sound shape");
  /* null is the batch. */
  for (int i = 0; i < n; i++)
    dims[i] = dims[i] < 0 ? -1 : dims[i];
  return assay_keras_give (call, op2 ("Reshape", assay_keras_in (call), assay_constant_ints (n, dims), call->error));
}

static gboolean
transpose (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayValue *x = assay_keras_in (call);
  gint64      order[ASSAY_GRAPH_MAX_RANK];
  JsonNode   *node = find_setting (self, call, "axes", 1);
  int         rank = assay_value_get_rank (x), n = assay_keras_node_ints (node ? node : find_setting (self, call, "perm", 1), order, 1, ASSAY_GRAPH_MAX_RANK);

  for (int i = 0; n < 0 && i < rank; i++)
    order[i] = rank - 1 - i;
  if (n >= 0 && n != rank)
    return assay_keras_fail (self, call, "transposes %d of %d dimensions", n, rank);
  return assay_keras_give (call, assay_keras_transpose (x, order, call->error));
}

static gboolean
concatenate (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  gint64                  axis = -1;
  JsonNode               *node = find_setting (self, call, "axis", 1);
  g_autofree AssayValue **values = g_new (AssayValue *, call->inputs->len);
  AssayValue             *output = NULL;

  if (node != NULL)
    assay_keras_node_ints (node, &axis, 1, 1);
  else
    axis = g_str_equal (op, "Pack") ? 0 : axis;
  for (guint i = 0; i < call->inputs->len; i++)
    values[i] = g_array_index (call->inputs, AssayKerasTensor, i).value;
  if (g_str_equal (op, "ConcatV2"))
    return assay_keras_give (call, assay_keras_concat (call->inputs->len, values, axis, call->error));
  assay_apply_many ("Pack", assay_attrs_set_int (assay_attrs_set_int (assay_attrs_new (), "N", call->inputs->len), "axis", axis),
                    call->inputs->len, values, 1, &output, call->error);
  return assay_keras_give (call, output);
}

static gboolean
expand (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  gint64 axis = -1;

  if (assay_keras_node_ints (find_setting (self, call, "axis", 1), &axis, 1, 1) != 1)
    return assay_keras_fail (self, call, "has no sound axis");
  return assay_keras_give (call, g_str_equal (op, "Squeeze") ? assay_keras_squeeze (assay_keras_in (call), axis, call->error)
                                                             : assay_keras_expand (assay_keras_in (call), axis, call->error));
}

static gboolean
cast (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  JsonNode  *node = find_setting (self, call, "dtype", 1);
  AssayDtype dtype = node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
                         ? assay_dtype_from_name (json_node_get_string (node))
                         : ASSAY_DTYPE_INVALID;

  if (dtype == ASSAY_DTYPE_INVALID)
    return assay_keras_fail (self, call, "has no sound dtype");
  return assay_keras_give (call, assay_keras_cast (assay_keras_in (call), dtype, call->error));
}

static gboolean
clip (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayValue *x = assay_keras_in (call);
  JsonNode   *low = find_setting (self, call, "x_min", 1), *high = find_setting (self, call, "x_max", 2);

  low = low ? low : find_setting (self, call, "clip_value_min", 1);
  high = high ? high : find_setting (self, call, "clip_value_max", 2);
  if (low != NULL && !JSON_NODE_HOLDS_NULL (low))
    x = op2s ("Maximum", x, assay_keras_node_float (low, 0), call->error);
  if (high != NULL && !JSON_NODE_HOLDS_NULL (high))
    x = op2s ("Minimum", x, assay_keras_node_float (high, 0), call->error);
  return assay_keras_give (call, x);
}

static gboolean
matmul (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayValue *a, *b;
  AssayAttrs *attrs = assay_attrs_new ();

  assay_attrs_set_bool (attrs, "adj_x", find_flag (self, call, "transpose_a", 0));
  assay_attrs_set_bool (attrs, "adj_y", find_flag (self, call, "transpose_b", 0));
  if (!read_pair (self, call, &a, &b) || assay_value_get_rank (a) < 2 || assay_value_get_rank (b) < 2)
    {
      assay_attrs_unref (attrs);
      return assay_keras_fail (self, call, "needs two operands of two dimensions or more");
    }
  return assay_keras_give (call, assay_apply ("BatchMatMulV2", attrs, call->error, a, b, NULL));
}

/* `op` is the name of an activation. */
static gboolean
activation (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  JsonNode *axis = find_setting (self, call, "axis", 1);
  gint64    number = -1;

  if (g_str_equal (op, "softmax") && axis != NULL && assay_keras_node_ints (axis, &number, 1, 1) == 1)
    {
      int rank = assay_value_get_rank (assay_keras_in (call));

      if (number < -rank || number >= rank)
        return assay_keras_fail (self, call, "has an axis %" G_GINT64_FORMAT " of %d", number, rank);
      return assay_keras_give (call, assay_keras_softmax (assay_keras_in (call), number, call->error));
    }
  return assay_keras_give (call, assay_keras_activation (self, op, self->config, assay_keras_in (call), call->error));
}

/* `condition ? x : y`. */
static gboolean
where (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  AssayKerasArg *args[3] = { assay_keras_find_arg (call, 0, "condition"), assay_keras_find_arg (call, 1, "x1"), assay_keras_find_arg (call, 2, "x2") };
  AssayValue    *condition = args[0] ? args[0]->tensor.value : NULL, *values[2];

  for (int i = 0; i < 2; i++)
    values[i] = args[i + 1] ? args[i + 1]->tensor.value : NULL;
  for (int i = 0; i < 2; i++)
    if (values[i] == NULL && values[!i] != NULL && is_number (args[i + 1]))
      values[i] = assay_keras_scalar (values[!i], assay_keras_node_float (args[i + 1]->json, 0), call->error);
  if (condition == NULL || values[0] == NULL || values[1] == NULL)
    return assay_keras_fail (self, call, "needs a condition and two operands");
  return assay_keras_give (call, assay_apply ("SelectV2", NULL, call->error, condition, values[0], values[1], NULL));
}

/* What x[…] says of one dimension. */
typedef struct
{
  guint  n;
  gint64 begin[ASSAY_GRAPH_MAX_RANK], end[ASSAY_GRAPH_MAX_RANK], strides[ASSAY_GRAPH_MAX_RANK];
  gint64 begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
} Index;

/* start:stop:step, each a number or null. */
static gboolean
add_range (Index *index, JsonObject *slice)
{
  static const char *const members[] = { "start", "stop", "step" };
  gint64                   numbers[3] = { 0, 0, 1 };

  for (int i = 0; i < 3; i++)
    {
      JsonNode *node = assay_keras_member (slice, members[i]);

      if (node == NULL || JSON_NODE_HOLDS_NULL (node))
        {
          index->begin_mask |= i == 0 ? 1 << index->n : 0;
          index->end_mask |= i == 1 ? 1 << index->n : 0;
        }
      else if (assay_keras_node_ints (node, &numbers[i], 1, 0) != 1)
        return FALSE;
    }
  index->begin[index->n] = numbers[0];
  index->end[index->n] = numbers[1];
  index->strides[index->n] = numbers[2];
  return numbers[2] != 0;
}

/* A slice, "…", null (a new axis), or a number (an axis less). */
static gboolean
add_index (Index *index, JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *class_name = assay_keras_string (object, "class_name", "__slice__");

  if (index->n >= ASSAY_GRAPH_MAX_RANK)
    return FALSE;
  index->strides[index->n] = 1;
  if (object != NULL && g_str_equal (class_name, "__ellipsis__"))
    index->ellipsis_mask |= 1 << index->n;
  else if (object != NULL)
    {
      if (!g_str_equal (class_name, "__slice__") || !add_range (index, assay_keras_member (object, "config") ? assay_keras_object (object, "config") : object))
        return FALSE;
    }
  else if (JSON_NODE_HOLDS_NULL (node))
    index->new_axis_mask |= 1 << index->n;
  else
    {
      if (assay_keras_node_ints (node, &index->begin[index->n], 1, 0) != 1)
        return FALSE;
      index->end[index->n] = index->begin[index->n] + 1;
      index->end_mask |= index->begin[index->n] == -1 ? 1 << index->n : 0;
      index->shrink_axis_mask |= 1 << index->n;
    }
  index->n++;
  return TRUE;
}

static gboolean
get_item (AssayKerasLayer *self, AssayKerasCall *call, const char *op)
{
  JsonNode   *node = find_setting (self, call, "key", 1);
  Index       index = { 0 };
  AssayAttrs *attrs;
  gboolean    good = TRUE;

  node = node ? node : find_setting (self, call, "slice_spec", 1);
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; good && i < json_array_get_length (json_node_get_array (node)); i++)
      good = add_index (&index, json_array_get_element (json_node_get_array (node), i));
  else
    good = node != NULL && add_index (&index, node);
  if (!good)
    return assay_keras_fail (self, call, "has an index that isn't done here");
  attrs = assay_attrs_set_int (assay_attrs_new (), "begin_mask", index.begin_mask);
  assay_attrs_set_int (attrs, "end_mask", index.end_mask);
  assay_attrs_set_int (attrs, "ellipsis_mask", index.ellipsis_mask);
  assay_attrs_set_int (attrs, "new_axis_mask", index.new_axis_mask);
  assay_attrs_set_int (attrs, "shrink_axis_mask", index.shrink_axis_mask);
  return assay_keras_give (call, assay_apply (op, attrs, call->error, assay_keras_in (call), assay_constant_ints (index.n, index.begin),
                                              assay_constant_ints (index.n, index.end), assay_constant_ints (index.n, index.strides), NULL));
}

typedef gboolean (*Apply) (AssayKerasLayer *self, AssayKerasCall *call, const char *op);

/* Keras 3's class, TensorFlow's functions (separated by blanks), what does it, with which operation. */
static const struct
{
  const char *name;
  const char *functions;
  Apply       apply;
  const char *op;
} operators[] = {
  { "Add", "math.add __operators__.add add", binary, "AddV2" },
  { "Subtract", "math.subtract __operators__.sub subtract", binary, "Sub" },
  { "Multiply", "math.multiply __operators__.mul multiply", binary, "Mul" },
  { "Divide", "math.divide math.truediv __operators__.truediv divide truediv", binary, "RealDiv" },
  { "TrueDivide", "", binary, "RealDiv" },
  { "FloorDivide", "math.floordiv __operators__.floordiv", binary, "FloorDiv" },
  { "Mod", "math.floormod __operators__.mod", binary, "FloorMod" },
  { "Power", "math.pow __operators__.pow pow", binary, "Pow" },
  { "Maximum", "math.maximum maximum", binary, "Maximum" },
  { "Minimum", "math.minimum minimum", binary, "Minimum" },
  { "Equal", "math.equal __operators__.eq equal", binary, "Equal" },
  { "NotEqual", "math.not_equal __operators__.ne not_equal", binary, "NotEqual" },
  { "Greater", "math.greater __operators__.gt greater", binary, "Greater" },
  { "GreaterEqual", "math.greater_equal __operators__.ge greater_equal", binary, "GreaterEqual" },
  { "Less", "math.less __operators__.lt less", binary, "Less" },
  { "LessEqual", "math.less_equal __operators__.le less_equal", binary, "LessEqual" },
  { "LogicalAnd", "math.logical_and __operators__.and_", binary, "LogicalAnd" },
  { "LogicalOr", "math.logical_or __operators__.or_", binary, "LogicalOr" },
  { "SquaredDifference", "math.squared_difference", binary, "SquaredDifference" },
  { "LogicalNot", "math.logical_not", unary, "LogicalNot" },
  { "Negative", "math.negative __operators__.neg negative", unary, "Neg" },
  { "Absolute", "math.abs abs", unary, "Abs" },
  { "Abs", "", unary, "Abs" },
  { "Sqrt", "math.sqrt sqrt", unary, "Sqrt" },
  { "Rsqrt", "math.rsqrt", unary, "Rsqrt" },
  { "Square", "math.square square", unary, "Square" },
  { "Exp", "math.exp exp", unary, "Exp" },
  { "Expm1", "math.expm1", unary, "Expm1" },
  { "Log", "math.log", unary, "Log" },
  { "Log1p", "math.log1p", unary, "Log1p" },
  { "Sin", "math.sin sin", unary, "Sin" },
  { "Cos", "math.cos cos", unary, "Cos" },
  { "Tanh", "math.tanh tanh nn.tanh", unary, "Tanh" },
  { "Erf", "math.erf", unary, "Erf" },
  { "Floor", "math.floor floor", unary, "Floor" },
  { "Ceil", "math.ceil", unary, "Ceil" },
  { "Round", "math.round round", unary, "Round" },
  { "Sign", "math.sign sign", unary, "Sign" },
  { "Reciprocal", "math.reciprocal", unary, "Reciprocal" },
  { "Identity", "identity stop_gradient", unary, "Identity" },
  { "StopGradient", "", unary, "Identity" },
  { "Mean", "math.reduce_mean reduce_mean", reduction, "Mean" },
  { "Sum", "math.reduce_sum reduce_sum", reduction, "Sum" },
  { "Max", "math.reduce_max reduce_max", reduction, "Max" },
  { "Min", "math.reduce_min reduce_min", reduction, "Min" },
  { "Prod", "math.reduce_prod reduce_prod", reduction, "Prod" },
  { "Any", "math.reduce_any reduce_any", reduction, "Any" },
  { "All", "math.reduce_all reduce_all", reduction, "All" },
  { "Reshape", "reshape", reshape, NULL },
  { "Transpose", "transpose", transpose, NULL },
  { "Concatenate", "concat", concatenate, "ConcatV2" },
  { "Stack", "stack", concatenate, "Pack" },
  { "ExpandDims", "expand_dims", expand, "ExpandDims" },
  { "Squeeze", "squeeze", expand, "Squeeze" },
  { "Cast", "cast", cast, NULL },
  { "Clip", "clip_by_value", clip, NULL },
  { "Matmul", "linalg.matmul matmul __operators__.matmul", matmul, NULL },
  { "Where", "where", where, NULL },
  { "GetItem", "__operators__.getitem", get_item, "StridedSlice" },
  { "Relu", "nn.relu", activation, "relu" },
  { "Relu6", "nn.relu6", activation, "relu6" },
  { "Sigmoid", "math.sigmoid nn.sigmoid sigmoid", activation, "sigmoid" },
  { "Softmax", "nn.softmax", activation, "softmax" },
  { "LogSoftmax", "nn.log_softmax", activation, "log_softmax" },
  { "Softplus", "math.softplus nn.softplus", activation, "softplus" },
  { "Softsign", "nn.softsign", activation, "softsign" },
  { "Silu", "nn.silu nn.swish", activation, "silu" },
  { "Gelu", "nn.gelu", activation, "gelu" },
  { "Elu", "nn.elu", activation, "elu" },
  { "Selu", "nn.selu", activation, "selu" },
  { "LeakyRelu", "nn.leaky_relu", activation, "leaky_relu" },
  { "LogSigmoid", "math.log_sigmoid", activation, "log_sigmoid" },
  { "HardSigmoid", "", activation, "hard_sigmoid" },
  { "HardSilu", "", activation, "hard_silu" },
  { "HardTanh", "", activation, "hard_tanh" },
  { "Mish", "", activation, "mish" },
};

static gboolean
names (const char *functions, const char *function)
{
  gsize n = strlen (function);

  for (const char *at = strstr (functions, function); at != NULL && n > 0; at = strstr (at + 1, function))
    if ((at == functions || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
      return TRUE;
  return FALSE;
}

/* An operation of Keras 3, found by the class' name. */
static gboolean
operation (AssayKerasLayer *self, AssayKerasCall *call)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_equal (operators[i].name, self->klass->name))
      return operators[i].apply (self, call, operators[i].op);
  return assay_keras_fail (self, call, "isn't known here");
}

gboolean
assay_keras_tf_operation (AssayKerasLayer *self, AssayKerasCall *call)
{
  const char *function = assay_keras_string (self->config, "function", "");

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (names (operators[i].functions, function))
      return operators[i].apply (self, call, operators[i].op);
  return assay_keras_fail (self, call, "calls tf.%.100s, which isn't known here; the model's SavedModel can be run instead", function);
}

#define OPERATION(name)                     \
  {                                         \
    name, operation, 0, ASSAY_KERAS_NO_CAST \
  }

const AssayKerasClass assay_keras_operator_classes[] = {
  OPERATION ("Add"),
  OPERATION ("Subtract"),
  OPERATION ("Multiply"),
  OPERATION ("Divide"),
  OPERATION ("TrueDivide"),
  OPERATION ("FloorDivide"),
  OPERATION ("Mod"),
  OPERATION ("Power"),
  OPERATION ("Maximum"),
  OPERATION ("Minimum"),
  OPERATION ("Equal"),
  OPERATION ("NotEqual"),
  OPERATION ("Greater"),
  OPERATION ("GreaterEqual"),
  OPERATION ("Less"),
  OPERATION ("LessEqual"),
  OPERATION ("LogicalAnd"),
  OPERATION ("LogicalOr"),
  OPERATION ("SquaredDifference"),
  OPERATION ("LogicalNot"),
  OPERATION ("Negative"),
  OPERATION ("Absolute"),
  OPERATION ("Abs"),
  OPERATION ("Sqrt"),
  OPERATION ("Rsqrt"),
  OPERATION ("Square"),
  OPERATION ("Exp"),
  OPERATION ("Expm1"),
  OPERATION ("Log"),
  OPERATION ("Log1p"),
  OPERATION ("Sin"),
  OPERATION ("Cos"),
  OPERATION ("Tanh"),
  OPERATION ("Erf"),
  OPERATION ("Floor"),
  OPERATION ("Ceil"),
  OPERATION ("Round"),
  OPERATION ("Sign"),
  OPERATION ("Reciprocal"),
  OPERATION ("Identity"),
  OPERATION ("StopGradient"),
  OPERATION ("Mean"),
  OPERATION ("Sum"),
  OPERATION ("Max"),
  OPERATION ("Min"),
  OPERATION ("Prod"),
  OPERATION ("Any"),
  OPERATION ("All"),
  OPERATION ("Reshape"),
  OPERATION ("Transpose"),
  OPERATION ("Concatenate"),
  OPERATION ("Stack"),
  OPERATION ("ExpandDims"),
  OPERATION ("Squeeze"),
  OPERATION ("Cast"),
  OPERATION ("Clip"),
  OPERATION ("Matmul"),
  OPERATION ("GetItem"),
  OPERATION ("Where"),
  OPERATION ("Relu"),
  OPERATION ("Relu6"),
  OPERATION ("Sigmoid"),
  OPERATION ("Softmax"),
  OPERATION ("LogSoftmax"),
  OPERATION ("Softplus"),
  OPERATION ("Softsign"),
  OPERATION ("Silu"),
  OPERATION ("Gelu"),
  OPERATION ("Elu"),
  OPERATION ("Selu"),
  OPERATION ("LeakyRelu"),
  OPERATION ("LogSigmoid"),
  OPERATION ("HardSigmoid"),
  OPERATION ("HardSilu"),
  OPERATION ("HardTanh"),
  OPERATION ("Mish"),
  { NULL },
};
