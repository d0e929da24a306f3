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
