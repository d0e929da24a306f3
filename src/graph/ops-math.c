/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elementwise operations, reductions, matrix products. Source: tensorflow/core/ops/math_ops.cc. */

#include "ops-private.h"

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

#define UNARY(name)                                      \
  {                                                      \
    name, "x", "y", NULL, assay_rule_same, ASSAY_OP_PURE \
  }
#define BINARY(name)                                            \
  {                                                             \
    name, "x y", "z", NULL, assay_rule_broadcast, ASSAY_OP_PURE \
  }
#define COMPARE(name)                                         \
  {                                                           \
    name, "x y", "z", NULL, assay_rule_compare, ASSAY_OP_PURE \
  }
#define REDUCE(name)                                                                               \
  {                                                                                                \
    name, "input reduction_indices", "output", "keep_dims=false", assay_rule_reduce, ASSAY_OP_PURE \
  }

const AssayOp assay_ops_math[] = {
  BINARY ("Add"),
  BINARY ("AddV2"),
  BINARY ("Sub"),
  BINARY ("Mul"),
  BINARY ("RealDiv"),
  BINARY ("Maximum"),
  BINARY ("Minimum"),
  COMPARE ("Greater"),
  COMPARE ("Less"),
  COMPARE ("Equal"),
  UNARY ("Neg"),
  UNARY ("Abs"),
  UNARY ("Exp"),
  UNARY ("Sqrt"),
  UNARY ("Square"),
  UNARY ("Tanh"),
  UNARY ("Sigmoid"),
  REDUCE ("Sum"),
  REDUCE ("Mean"),
  REDUCE ("Max"),
  { "MatMul", "a b", "product", "transpose_a=false transpose_b=false", rule_matmul, ASSAY_OP_PURE },
  { NULL },
};
