/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Matrix products. */

#include "blas-private.h"
#include "kernel-private.h"

#include <string.h>

/* Up to so many multiplications a plain loop is faster than asking OpenBLAS. */
#define SMALL 4096

/* out[m,n] = a[m,k] · b[k,n] with fused multiply-add, in the order of k, as TensorFlow's own small products. */
static void
matmul_small_f32 (float *out, const float *a, gsize a_row, gsize a_column, const float *b, gsize b_row, gsize b_column, gsize m, gsize n, gsize k)
{
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < n; j++)
      {
        float sum = 0;

        for (gsize l = 0; l < k; l++)
          sum = __builtin_fmaf (a[i * a_row + l * a_column], b[l * b_row + j * b_column], sum);
        out[i * n + j] = sum;
      }
}

typedef struct
{
  gboolean a_turned, b_turned;
  int      m, n, k;
} Sizes;

static gboolean
read_sizes (AssayKernelCall *call, Sizes *sizes, GError **error)
{
  const gint64 *a = assay_kernel_shape (call, 0)->dims, *b = assay_kernel_shape (call, 1)->dims;

  sizes->a_turned = assay_attrs_get_int (call->attrs, "transpose_a", FALSE);
  sizes->b_turned = assay_attrs_get_int (call->attrs, "transpose_b", FALSE);
  for (int i = 0; i < 2; i++)
    if (a[i] > G_MAXINT || b[i] > G_MAXINT)
      return assay_kernel_fail (call, error, "A matrix has more than %d rows or columns", G_MAXINT);
  sizes->m = a[sizes->a_turned];
  sizes->k = a[!sizes->a_turned];
  sizes->n = b[!sizes->b_turned];
  return TRUE;
}

static gboolean
multiply_f32 (float *out, const float *a, const float *b, const Sizes *s, GError **error)
{
  const AssayBlas *blas;
  gsize            a_columns = s->a_turned ? s->m : s->k, b_columns = s->b_turned ? s->k : s->n;

  if ((gsize) s->m * s->n * s->k <= SMALL)
    {
      matmul_small_f32 (out, a, s->a_turned ? 1 : a_columns, s->a_turned ? a_columns : 1, b, s->b_turned ? 1 : b_columns,
                        s->b_turned ? b_columns : 1, s->m, s->n, s->k);
      return TRUE;
    }
  blas = assay_blas_get (error);
  if (blas == NULL)
    return FALSE;
  if (s->m == 1)
    blas->sgemv (CblasRowMajor, s->b_turned ? CblasNoTrans : CblasTrans, s->b_turned ? s->n : s->k, b_columns, 1, b, b_columns, a, 1, 0, out, 1);
  else
    blas->sgemm (CblasRowMajor, s->a_turned ? CblasTrans : CblasNoTrans, s->b_turned ? CblasTrans : CblasNoTrans, s->m, s->n, s->k, 1, a,
                 a_columns, b, b_columns, 0, out, s->n);
  return TRUE;
}

static gboolean
multiply_f64 (double *out, const double *a, const double *b, const Sizes *s, GError **error)
{
  const AssayBlas *blas = assay_blas_get (error);

  if (blas == NULL)
    return FALSE;
  blas->dgemm (CblasRowMajor, s->a_turned ? CblasTrans : CblasNoTrans, s->b_turned ? CblasTrans : CblasNoTrans, s->m, s->n, s->k, 1, a,
               s->a_turned ? s->m : s->k, b, s->b_turned ? s->k : s->n, 0, out, s->n);
  return TRUE;
}

static gboolean
run_matmul (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0);
  Sizes      sizes = { 0 };
  void      *out;

  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (!read_sizes (call, &sizes, error))
    return FALSE;
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  if (sizes.k == 0 || sizes.m == 0 || sizes.n == 0)
    {
      memset (out, 0, (gsize) sizes.m * sizes.n * assay_dtype_get_info (dtype)->item_size);
      return TRUE;
    }
  if (dtype == ASSAY_DTYPE_FLOAT64)
    return multiply_f64 (out, assay_kernel_input (call, 0), assay_kernel_input (call, 1), &sizes, error);
  return multiply_f32 (out, assay_kernel_input (call, 0), assay_kernel_input (call, 1), &sizes, error);
}

const AssayKernel assay_kernels_matmul[] = {
  { "MatMul", run_matmul },
  { NULL },
};
