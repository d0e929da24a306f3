/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/operations.h>

#include <string.h>

static AssayValue *
value_of (AssayDtype dtype, guint rank, const gint64 *dims, gconstpointer values)
{
  guint64 shape[ASSAY_GRAPH_MAX_RANK], n = 1;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (rank <= ASSAY_GRAPH_MAX_RANK, NULL);
  for (guint i = 0; i < rank; i++)
    {
      shape[i] = dims[i];
      n *= dims[i];
    }
  bytes = g_bytes_new (values, n * assay_dtype_get_info (dtype)->item_size);
  return assay_pool_take (assay_value_new_take (assay_tensor_new (dtype, rank, shape, bytes, NULL)));
}

AssayValue *
assay_constant (guint rank, const gint64 *dims, const float *values)
{
  return value_of (ASSAY_DTYPE_FLOAT32, rank, dims, values);
}

AssayValue *
assay_constant_scalar (float value)
{
  return value_of (ASSAY_DTYPE_FLOAT32, 0, NULL, &value);
}

AssayValue *
assay_constant_ints (guint n, const gint64 *values)
{
  g_autofree gint32 *narrow = g_new (gint32, MAX (n, 1));
  gint64             dim = n;

  for (guint i = 0; i < n; i++)
    narrow[i] = values[i];
  return value_of (ASSAY_DTYPE_INT32, 1, &dim, narrow);
}

AssayValue *
assay_matmul (AssayValue *a, AssayValue *b, GError **error)
{
  gboolean batched = a != NULL && b != NULL && (assay_value_get_rank (a) > 2 || assay_value_get_rank (b) > 2);

  return assay_apply (batched ? "BatchMatMulV2" : "MatMul", NULL, error, a, b);
}

AssayValue *
assay_add (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("AddV2", NULL, error, a, b);
}

AssayValue *
assay_mul (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("Mul", NULL, error, a, b);
}

AssayValue *
assay_relu (AssayValue *x, GError **error)
{
  return assay_apply ("Relu", NULL, error, x);
}

AssayValue *
assay_sub (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("Sub", NULL, error, a, b);
}

AssayValue *
assay_div (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("RealDiv", NULL, error, a, b);
}

AssayValue *
assay_maximum (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("Maximum", NULL, error, a, b);
}

AssayValue *
assay_minimum (AssayValue *a, AssayValue *b, GError **error)
{
  return assay_apply ("Minimum", NULL, error, a, b);
}

AssayValue *
assay_neg (AssayValue *x, GError **error)
{
  return assay_apply ("Neg", NULL, error, x);
}

AssayValue *
assay_square (AssayValue *x, GError **error)
{
  return assay_apply ("Square", NULL, error, x);
}

AssayValue *
assay_sqrt (AssayValue *x, GError **error)
{
  return assay_apply ("Sqrt", NULL, error, x);
}

AssayValue *
assay_exp (AssayValue *x, GError **error)
{
  return assay_apply ("Exp", NULL, error, x);
}

AssayValue *
assay_log (AssayValue *x, GError **error)
{
  return assay_apply ("Log", NULL, error, x);
}

AssayValue *
assay_tanh (AssayValue *x, GError **error)
{
  return assay_apply ("Tanh", NULL, error, x);
}

AssayValue *
assay_sigmoid (AssayValue *x, GError **error)
{
  return assay_apply ("Sigmoid", NULL, error, x);
}

AssayValue *
assay_softmax (AssayValue *x, GError **error)
{
  return assay_apply ("Softmax", NULL, error, x);
}

AssayValue *
assay_cast (AssayValue *x, AssayDtype dtype, GError **error)
{
  return assay_apply ("Cast", assay_attrs_set_dtype (assay_attrs_new (), "DstT", dtype), error, x);
}

AssayValue *
assay_reshape (AssayValue *x, guint rank, const gint64 *dims, GError **error)
{
  return assay_apply ("Reshape", NULL, error, x, assay_constant_ints (rank, dims));
}

AssayValue *
assay_transpose (AssayValue *x, guint rank, const gint64 *perm, GError **error)
{
  return assay_apply ("Transpose", NULL, error, x, assay_constant_ints (rank, perm));
}

static AssayValue *
constant_int (gint32 value)
{
  return value_of (ASSAY_DTYPE_INT32, 0, NULL, &value);
}

AssayValue *
assay_expand_dims (AssayValue *x, int axis, GError **error)
{
  return assay_apply ("ExpandDims", NULL, error, x, constant_int (axis));
}

AssayValue *
assay_squeeze (AssayValue *x, guint n_axes, const gint64 *axes, GError **error)
{
  return assay_apply ("Squeeze", assay_attrs_set_ints (assay_attrs_new (), "squeeze_dims", n_axes, axes), error, x);
}

AssayValue *
assay_concat (guint n, AssayValue *const *values, int axis, GError **error)
{
  g_autofree AssayValue **inputs = g_new (AssayValue *, n + 1);
  AssayValue             *output = NULL;

  for (guint i = 0; i < n; i++)
    inputs[i] = values[i];
  inputs[n] = constant_int (axis);
  return assay_apply_many ("ConcatV2", assay_attrs_set_int (assay_attrs_new (), "N", n), n + 1, inputs, 1, &output, error) == 1 ? output : NULL;
}

AssayValue *
assay_stack (guint n, AssayValue *const *values, int axis, GError **error)
{
  AssayAttrs *attrs = assay_attrs_set_int (assay_attrs_set_int (assay_attrs_new (), "N", n), "axis", axis);
  AssayValue *output = NULL;

  return assay_apply_many ("Pack", attrs, n, values, 1, &output, error) == 1 ? output : NULL;
}

gboolean
assay_split (AssayValue *x, int axis, guint n, AssayValue **parts, GError **error)
{
  AssayValue *inputs[] = { constant_int (axis), x };

  return assay_apply_many ("Split", assay_attrs_set_int (assay_attrs_new (), "num_split", n), 2, inputs, n, parts, error) == (int) n;
}

AssayValue *
assay_slice (AssayValue *x, guint rank, const gint64 *begin, const gint64 *size, GError **error)
{
  return assay_apply ("Slice", NULL, error, x, assay_constant_ints (rank, begin), assay_constant_ints (rank, size));
}

AssayValue *
assay_gather (AssayValue *x, AssayValue *indices, int axis, GError **error)
{
  return assay_apply ("GatherV2", NULL, error, x, indices, constant_int (axis));
}

static AssayValue *
reduce (const char *op, AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error)
{
  return assay_apply (op, assay_attrs_set_bool (assay_attrs_new (), "keep_dims", keep_dims), error, x, assay_constant_ints (n_axes, axes));
}

AssayValue *
assay_reduce_sum (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error)
{
  return reduce ("Sum", x, n_axes, axes, keep_dims, error);
}

AssayValue *
assay_reduce_mean (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error)
{
  return reduce ("Mean", x, n_axes, axes, keep_dims, error);
}

AssayValue *
assay_reduce_max (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error)
{
  return reduce ("Max", x, n_axes, axes, keep_dims, error);
}

AssayValue *
assay_reduce_min (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error)
{
  return reduce ("Min", x, n_axes, axes, keep_dims, error);
}
