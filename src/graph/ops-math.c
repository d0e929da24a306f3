/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations, matrix products. Source: tensorflow/core/ops/math_ops.cc. */

#include "ops-private.h"
#include <string.h>

/* As MatMul's kernel: "Matrix size-incompatible: In[0]: [1,4], In[1]: [3,3]". */
static gboolean
rule_matmul (AssayInference *inference, GError **error)
{
  const AssayPartialShape *a = &inference->inputs[0].shape, *b = &inference->inputs[1].shape;
  gboolean                 a_turned = assay_attrs_get_int (inference->attrs, "transpose_a", FALSE);
  gboolean                 b_turned = assay_attrs_get_int (inference->attrs, "transpose_b", FALSE);
  g_autofree char         *left = assay_partial_shape_to_string (a), *right = assay_partial_shape_to_string (b);

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  inference->outputs[0].shape = assay_partial_shape_make (2, (gint64) -1, (gint64) -1);
  if (inference->inputs[1].dtype != inference->inputs[0].dtype)
    return assay_rule_fail (inference, error, "cannot compute MatMul as input #1(zero-based) was expected to be a %s tensor but is a %s tensor",
                            assay_dtype_get_info (inference->inputs[0].dtype)->name, assay_dtype_get_info (inference->inputs[1].dtype)->name);
  if (a->rank >= 0 && a->rank != 2)
    return assay_rule_fail (inference, error, "In[0] is not a matrix. Instead it has shape %s", left);
  if (b->rank >= 0 && b->rank != 2)
    return assay_rule_fail (inference, error, "In[1] is not a matrix. Instead it has shape %s", right);
  if (a->rank == 2 && b->rank == 2 && a->dims[!a_turned] >= 0 && b->dims[b_turned] >= 0 && a->dims[!a_turned] != b->dims[b_turned])
    return assay_rule_fail (inference, error, "Matrix size-incompatible: In[0]: %s, In[1]: %s", left, right);
  inference->outputs[0].shape = assay_partial_shape_make (2, a->rank == 2 ? a->dims[a_turned] : (gint64) -1,
                                                          b->rank == 2 ? b->dims[!b_turned] : (gint64) -1);
  return TRUE;
}

/* As tensorflow/core/ops/math_ops.cc: Select chooses whole rows if the condition is a vector, SelectV2 broadcasts. */
static gboolean
rule_select (AssayInference *inference, GError **error)
{
  const AssayPartialShape *condition = &inference->inputs[0].shape, *t = &inference->inputs[1].shape, *e = &inference->inputs[2].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  g_autofree char         *c_text = assay_partial_shape_to_string (condition), *t_text = assay_partial_shape_to_string (t);
  g_autofree char         *e_text = assay_partial_shape_to_string (e);

  inference->outputs[0].dtype = inference->inputs[1].dtype;
  if (!assay_rule_same_dtypes (inference, 1, 2, error))
    return FALSE;
  if (strcmp (inference->op->name, "SelectV2") == 0)
    {
      AssayPartialShape both;

      if (!assay_partial_shape_broadcast (t, e, &both) || !assay_partial_shape_broadcast (condition, &both, out))
        return assay_rule_fail (inference, error, "condition %s, then %s, and else %s must be broadcastable", c_text, t_text, e_text);
      return TRUE;
    }
  *out = *t;
  if (!assay_partial_shape_merge (out, e))
    return assay_rule_fail (inference, error, "'then' and 'else' must have the same size.  but received: %s vs. %s", t_text, e_text);
  if (condition->rank == 1 && t->rank > 0 && t->rank != 1)
    {
      if (condition->dims[0] >= 0 && t->dims[0] >= 0 && condition->dims[0] != t->dims[0])
        return assay_rule_fail (inference, error, "Number of batches of 'then' must match size of 'cond', but saw: %" G_GINT64_FORMAT " vs. %" G_GINT64_FORMAT,
                                t->dims[0], condition->dims[0]);
      return TRUE;
    }
  if (condition->rank > 0 && t->rank >= 0 && !assay_partial_shape_accepts (condition, t))
    return assay_rule_fail (inference, error, "'cond' must be a scalar or have the shape of 'then', but saw: %s vs. %s", c_text, t_text);
  return TRUE;
}

static gboolean
rule_clip (AssayInference *inference, GError **error)
{
  const AssayPartialShape *t = &inference->inputs[0].shape;

  inference->outputs[0] = inference->inputs[0];
  if (!assay_rule_same_dtypes (inference, 0, 3, error))
    return FALSE;
  for (int i = 1; i < 3; i++)
    if (inference->inputs[i].shape.rank > 0 && assay_partial_shape_n_elements (&inference->inputs[i].shape) != 1 &&
        !assay_partial_shape_accepts (t, &inference->inputs[i].shape))
      {
        g_autofree char *mine = assay_partial_shape_to_string (t), *low = assay_partial_shape_to_string (&inference->inputs[1].shape);
        g_autofree char *high = assay_partial_shape_to_string (&inference->inputs[2].shape);

        return assay_rule_fail (inference, error, "clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. input shape: %sclip_value_min shape: %sclip_value_max shape: %s",
                                mine, low, high);
      }
  return TRUE;
}

static gboolean
rule_cast (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "DstT", ASSAY_DTYPE_INVALID), inference->inputs[0].shape };
  return TRUE;
}

/* The elements' bytes under another dtype; a change of their size takes or gives a dimension at the end. */
static gboolean
rule_bitcast (AssayInference *inference, GError **error)
{
  AssayDtype         from = inference->inputs[0].dtype, to = assay_attrs_get_dtype (inference->attrs, "type", ASSAY_DTYPE_INVALID);
  guint              from_size = assay_dtype_get_info (from)->item_size, to_size = assay_dtype_get_info (to)->item_size;
  AssayPartialShape *out = &inference->outputs[0].shape;
  gboolean           shrinks = to_size > 0 && from_size > to_size && from_size % to_size == 0;
  gboolean           grows = from_size > 0 && to_size > from_size && to_size % from_size == 0;

  inference->outputs[0] = (AssayValueSpec){ to, inference->inputs[0].shape };
  if (from_size == 0 || to_size == 0 || (from_size != to_size && !shrinks && !grows))
    return assay_rule_fail (inference, error, "Cannot bitcast between %s and %s", assay_dtype_get_info (from)->name, assay_dtype_get_info (to)->name);
  if (out->rank < 0 || from_size == to_size)
    return TRUE;
  if (shrinks && out->rank < ASSAY_GRAPH_MAX_RANK)
    {
      out->dims[out->rank++] = from_size / to_size;
      return TRUE;
    }
  if (shrinks || out->rank == 0 || (out->dims[out->rank - 1] >= 0 && out->dims[out->rank - 1] != to_size / from_size))
    {
      g_autofree char *text = assay_partial_shape_to_string (&inference->inputs[0].shape);

      return assay_rule_fail (inference, error, "Cannot bitcast from %s to %s: shape %s", assay_dtype_get_info (from)->name,
                              assay_dtype_get_info (to)->name, text);
    }
  out->rank--;
  return TRUE;
}

/* Any number of tensors of one shape. */
static gboolean
rule_add_n (AssayInference *inference, GError **error)
{
  if (inference->n_inputs == 0)
    return assay_rule_fail (inference, error, "%s needs at least one input", inference->op->name);
  if (!assay_rule_same_dtypes (inference, 0, inference->n_inputs, error))
    return FALSE;
  inference->outputs[0] = inference->inputs[0];
  for (guint i = 1; i < inference->n_inputs; i++)
    if (!assay_partial_shape_merge (&inference->outputs[0].shape, &inference->inputs[i].shape))
      {
        g_autofree char *first = assay_partial_shape_to_string (&inference->inputs[0].shape);
        g_autofree char *other = assay_partial_shape_to_string (&inference->inputs[i].shape);

        return assay_rule_fail (inference, error, "Inputs to operation %s of type %s must have the same size and shape.  Input 0: %s != input %u: %s",
                                inference->name ? inference->name : inference->op->name, inference->op->name, first, i, other);
      }
  return TRUE;
}

const AssayOp assay_ops_math[] = {
  { "Abs", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Neg", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Sign", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Square", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Sqrt", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Rsqrt", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Exp", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Expm1", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Log", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Log1p", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Sin", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Cos", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Tan", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Asin", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Acos", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Atan", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Sinh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Cosh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Tanh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Asinh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Acosh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Atanh", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Erf", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Erfc", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Lgamma", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Digamma", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Sigmoid", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Softplus", "features", "activations", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Softsign", "features", "activations", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Reciprocal", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Inv", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Round", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Rint", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Ceil", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Floor", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "Invert", "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE },
  { "IsNan", "x", "y", NULL, assay_rule_predicate, ASSAY_OP_PURE },
  { "IsInf", "x", "y", NULL, assay_rule_predicate, ASSAY_OP_PURE },
  { "IsFinite", "x", "y", NULL, assay_rule_predicate, ASSAY_OP_PURE },
  { "LogicalNot", "x", "y", NULL, assay_rule_predicate, ASSAY_OP_PURE },
  { "Add", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "AddV2", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Sub", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Mul", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Div", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "RealDiv", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "FloorDiv", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "TruncateDiv", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "FloorMod", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Mod", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "TruncateMod", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Pow", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Maximum", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Minimum", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "SquaredDifference", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Xdivy", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Xlogy", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Xlog1py", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "DivNoNan", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "MulNoNan", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Atan2", "y x", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "BitwiseAnd", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "BitwiseOr", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "BitwiseXor", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "LeftShift", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "RightShift", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "LogicalAnd", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "LogicalOr", "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE },
  { "Greater", "x y", "z", NULL, assay_rule_compare, ASSAY_OP_PURE },
  { "GreaterEqual", "x y", "z", NULL, assay_rule_compare, ASSAY_OP_PURE },
  { "Less", "x y", "z", NULL, assay_rule_compare, ASSAY_OP_PURE },
  { "LessEqual", "x y", "z", NULL, assay_rule_compare, ASSAY_OP_PURE },
  { "Equal", "x y", "z", "incompatible_shape_error=true", assay_rule_compare, ASSAY_OP_PURE },
  { "NotEqual", "x y", "z", "incompatible_shape_error=true", assay_rule_compare, ASSAY_OP_PURE },
  { "Select", "condition t e", "output", NULL, rule_select, ASSAY_OP_PURE },
  { "SelectV2", "condition t e", "output", NULL, rule_select, ASSAY_OP_PURE },
  { "ClipByValue", "t clip_value_min clip_value_max", "output", NULL, rule_clip, ASSAY_OP_PURE },
  { "Cast", "x", "y", NULL, rule_cast, ASSAY_OP_PURE },
  { "Bitcast", "input", "output", NULL, rule_bitcast, ASSAY_OP_PURE },
  { "AddN", "inputs*N", "sum", NULL, rule_add_n, ASSAY_OP_PURE },
  { "AccumulateNV2", "inputs*N", "sum", NULL, rule_add_n, ASSAY_OP_PURE },
  { "MatMul", "a b", "product", "transpose_a=false transpose_b=false", rule_matmul, ASSAY_OP_PURE },
  { NULL },
};
