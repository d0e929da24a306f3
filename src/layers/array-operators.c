/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* keras.ops between layers whose settings are all in their config. Sources: keras/src/ops/{numpy,nn,math,linalg}.py and the TensorFlow backend. */

#include "layers-private.h"

#include <string.h>

/* The axes of the config, all of them if it names none. Returns how many. */
static int
read_axes (AssayKerasLayer *self, int rank, gint64 *axes)
{
  int n = assay_keras_ints (self->config, "axis", axes, 1, ASSAY_GRAPH_MAX_RANK);

  for (int i = 0; n < 0 && i < rank; i++)
    axes[i] = i;
  return n < 0 ? rank : n;
}

static gboolean
has_axis (AssayKerasLayer *self, AssayKerasCall *call, gint64 axis, int rank)
{
  return (axis >= -rank && axis < rank) || assay_keras_fail (self, call, "has axis %" G_GINT64_FORMAT " of %d", axis, rank);
}

static gboolean
einsum (AssayKerasLayer *self, AssayKerasCall *call)
{
  const char *equation = assay_keras_string (self->config, "subscripts", "");
  AssayValue *inputs[8], *y = NULL;
  guint       n = 0;
  AssayAttrs *attrs;

  if (strlen (equation) > 200 || call->args->len > G_N_ELEMENTS (inputs))
    return assay_keras_fail (self, call, "has %u operands and an equation of %zu letters", call->args->len, strlen (equation));
  for (; n < call->args->len && (inputs[n] = assay_keras_find_tensor (call, n, NULL)) != NULL; n++)
    ;
  if (n < call->args->len)
    return assay_keras_fail (self, call, "has an operand %u that is no tensor", n);
  attrs = assay_attrs_set_int (assay_attrs_set_string (assay_attrs_new (), "equation", equation), "N", n);
  return assay_apply_many ("Einsum", attrs, n, inputs, 1, &y, call->error) == 1 && assay_keras_give (call, y);
}

/* In equal parts, or at indices. */
static gboolean
split (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  int         rank = assay_value_get_rank (x), n;
  gint64      axis = assay_keras_int (self->config, "axis", 0), at[64], length, begin = 0;
  JsonNode   *node = assay_keras_member (self->config, "indices_or_sections");

  if (!has_axis (self, call, axis, rank))
    return FALSE;
  length = assay_value_get_dim (x, axis);
  n = assay_keras_node_ints (node, at, 1, G_N_ELEMENTS (at) - 1);
  if (node != NULL && !JSON_NODE_HOLDS_ARRAY (node) && n == 1)
    {
      n = at[0];
      if (n < 1 || n > (int) G_N_ELEMENTS (at) || length < 0 || length % n != 0)
        return assay_keras_fail (self, call, "splits a length of %" G_GINT64_FORMAT " into %d", length, n);
      for (int i = 0; i < n; i++)
        at[i] = length / n * (i + 1);
    }
  else if (n >= 0)
    at[n++] = G_MAXINT32;
  for (int i = 0; i < n; begin = at[i++])
    if (at[i] < begin || !assay_keras_give (call, assay_keras_slice (x, axis, begin, at[i], call->error)))
      return assay_keras_fail (self, call, "has no sound places to split at");
  return TRUE;
}

/* Variance, and its square root. */
static AssayValue *
variance (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *mean;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = read_axes (self, assay_value_get_rank (x), axes);

  mean = assay_keras_reduce ("Mean", x, n, axes, TRUE, call->error);
  x = mean ? op2 ("SquaredDifference", x, mean, call->error) : NULL;
  return x ? assay_keras_reduce ("Mean", x, n, axes, assay_keras_bool (self->config, "keepdims", FALSE), call->error) : NULL;
}

static gboolean
spread (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *y = variance (self, call);

  return assay_keras_give (call, y && self->klass->detail ? op1 ("Sqrt", y, call->error) : y);
}

/* log Σ exp: the largest goes out in front. */
static gboolean
logsumexp (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *top, *sum;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = read_axes (self, assay_value_get_rank (x), axes);
  gboolean    keep = assay_keras_bool (self->config, "keepdims", FALSE);

  top = assay_keras_reduce ("Max", x, n, axes, TRUE, call->error);
  x = top ? op2 ("Sub", x, top, call->error) : NULL;
  sum = x ? assay_keras_reduce ("Sum", op1 ("Exp", x, call->error), n, axes, keep, call->error) : NULL;
  if (sum != NULL && !keep)
    top = assay_keras_reduce ("Max", top, n, axes, FALSE, call->error);
  return assay_keras_give (call, sum && top ? op2 ("AddV2", op1 ("Log", sum, call->error), top, call->error) : NULL);
}

static gboolean
arg_reduction (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gint64      axis = assay_keras_int (self->config, "axis", G_MAXINT32);
  AssayAttrs *attrs;

  if (axis == G_MAXINT32 || !has_axis (self, call, axis, assay_value_get_rank (x)))
    return assay_keras_fail (self, call, "has no axis");
  attrs = assay_attrs_set_dtype (assay_attrs_new (), "output_type", ASSAY_DTYPE_INT32);
  x = assay_apply (self->klass->text, attrs, call->error, x, assay_keras_int_value (axis), NULL);
  return assay_keras_give (call, x && assay_keras_bool (self->config, "keepdims", FALSE) ? assay_keras_expand (x, axis, call->error) : x);
}

/* Running sums and products, reversals: one axis as the second input. */
static gboolean
along_axis (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = read_axes (self, assay_value_get_rank (x), axes);
  gboolean    is_reversal = g_str_equal (self->klass->text, "ReverseV2");

  if (n != 1 && !is_reversal)
    return assay_keras_fail (self, call, "has %d axes", n);
  return assay_keras_give (call, op2 (self->klass->text, x, is_reversal ? assay_constant_ints (n, axes) : assay_keras_int_value (axes[0]), call->error));
}

static gboolean
tile (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gint64      repeats[ASSAY_GRAPH_MAX_RANK];
  int         n = assay_keras_ints (self->config, "repeats", repeats, 1, ASSAY_GRAPH_MAX_RANK);

  if (n != assay_value_get_rank (x))
    return assay_keras_fail (self, call, "repeats %d of %d dimensions", n, assay_value_get_rank (x));
  return assay_keras_give (call, op2 ("Tile", x, assay_constant_ints (n, repeats), call->error));
}

/* swapaxes and moveaxis. */
static gboolean
reorder (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  gboolean    swaps = self->klass->detail;
  int         rank = assay_value_get_rank (x), k = 0;
  gint64      from = assay_keras_int (self->config, swaps ? "axis1" : "source", G_MAXINT32), to = assay_keras_int (self->config, swaps ? "axis2" : "destination", G_MAXINT32);
  gint64      order[ASSAY_GRAPH_MAX_RANK];

  if (!has_axis (self, call, from, rank) || !has_axis (self, call, to, rank))
    return FALSE;
  from += from < 0 ? rank : 0;
  to += to < 0 ? rank : 0;
  for (int i = 0; i < rank; i++)
    {
      k += !swaps && k == from;
      order[i] = swaps     ? (i == from ? to : i == to ? from
                                                       : i)
                 : i == to ? from
                           : k++;
    }
  return assay_keras_give (call, assay_keras_transpose (x, order, call->error));
}

static gboolean
one_hot (AssayKerasLayer *self, AssayKerasCall *call)
{
  gint64      n = assay_keras_int (self->config, "num_classes", -1);
  AssayDtype  dtype = assay_dtype_from_name (assay_keras_string (self->config, "dtype", "float32"));
  AssayValue *on = assay_keras_cast (assay_constant_scalar (1), dtype, call->error), *off = assay_keras_cast (assay_constant_scalar (0), dtype, call->error);
  AssayAttrs *attrs;

  if (n < 1 || n > 1 << 24 || on == NULL || off == NULL)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " classes", n);
  attrs = assay_attrs_set_int (assay_attrs_new (), "axis", assay_keras_int (self->config, "axis", -1));
  return assay_keras_give (call, assay_apply ("OneHot", attrs, call->error, assay_keras_in (call), assay_keras_int_value (n), on, off, NULL));
}

/* Euclidean norms, and what is divided by them. */
static gboolean
norm (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *sum;
  JsonNode   *order = assay_keras_member (self->config, self->klass->detail ? "order" : "ord");
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = read_axes (self, assay_value_get_rank (x), axes);
  gboolean    divides = self->klass->detail;

  if (order != NULL && !JSON_NODE_HOLDS_NULL (order) && (assay_keras_node_float (order, 0) != 2 || n != 1))
    return assay_keras_fail (self, call, "has an order that isn't done here");
  sum = assay_keras_reduce ("Sum", op1 ("Square", x, call->error), n, axes, divides || assay_keras_bool (self->config, "keepdims", FALSE), call->error);
  if (!divides || sum == NULL)
    return assay_keras_give (call, sum ? op1 ("Sqrt", sum, call->error) : NULL);
  sum = op1 ("Rsqrt", op2s ("Maximum", sum, 1e-14, call->error), call->error);
  return assay_keras_give (call, sum ? op2 ("Mul", x, sum, call->error) : NULL);
}

static gboolean
top_k (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *outputs[2] = { NULL, NULL }, *inputs[] = { assay_keras_in (call), assay_keras_int_value (assay_keras_int (self->config, "k", 1)) };

  return assay_apply_many ("TopKV2", NULL, 2, inputs, 2, outputs, call->error) == 2 && assay_keras_give (call, outputs[0]) &&
         assay_keras_give (call, outputs[1]);
}

static gboolean
like (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *shape = op1 ("Shape", x, call->error);
  AssayValue *value = assay_keras_cast (assay_constant_scalar (self->klass->detail), assay_value_get_dtype (x), call->error);

  return assay_keras_give (call, shape && value ? op2 ("Fill", shape, value, call->error) : NULL);
}

static gboolean
elementwise (AssayKerasLayer *self, AssayKerasCall *call)
{
  return assay_keras_give (call, op1 (self->klass->text, assay_keras_in (call), call->error));
}

#define OPERATOR(name, call, detail, text)              \
  {                                                     \
    name, call, detail, ASSAY_KERAS_NO_CAST, NULL, text \
  }

const AssayKerasClass assay_keras_array_operator_classes[] = {
  OPERATOR ("Einsum", einsum, 0, NULL),
  OPERATOR ("Split", split, 0, NULL),
  OPERATOR ("Var", spread, 0, NULL),
  OPERATOR ("Std", spread, 1, NULL),
  OPERATOR ("Logsumexp", logsumexp, 0, NULL),
  OPERATOR ("Argmax", arg_reduction, 0, "ArgMax"),
  OPERATOR ("Argmin", arg_reduction, 0, "ArgMin"),
  OPERATOR ("Cumsum", along_axis, 0, "Cumsum"),
  OPERATOR ("Cumprod", along_axis, 0, "Cumprod"),
  OPERATOR ("Flip", along_axis, 0, "ReverseV2"),
  OPERATOR ("Tile", tile, 0, NULL),
  OPERATOR ("Swapaxes", reorder, 1, NULL),
  OPERATOR ("Moveaxis", reorder, 0, NULL),
  OPERATOR ("OneHot", one_hot, 0, NULL),
  OPERATOR ("Norm", norm, 0, NULL),
  OPERATOR ("Normalize", norm, 1, NULL),
  OPERATOR ("TopK", top_k, 0, NULL),
  OPERATOR ("ZerosLike", like, 0, NULL),
  OPERATOR ("OnesLike", like, 1, NULL),
  OPERATOR ("Tan", elementwise, 0, "Tan"),
  OPERATOR ("Arctan", elementwise, 0, "Atan"),
  OPERATOR ("Arcsin", elementwise, 0, "Asin"),
  OPERATOR ("Arccos", elementwise, 0, "Acos"),
  OPERATOR ("Sinh", elementwise, 0, "Sinh"),
  OPERATOR ("Cosh", elementwise, 0, "Cosh"),
  OPERATOR ("Isnan", elementwise, 0, "IsNan"),
  OPERATOR ("Isinf", elementwise, 0, "IsInf"),
  OPERATOR ("Isfinite", elementwise, 0, "IsFinite"),
  { NULL },
};
