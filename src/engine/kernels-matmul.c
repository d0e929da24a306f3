/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Matrix products, one or a batch. */

#include "gemm-private.h"
#include "nn-private.h"

static gboolean
is_multipliable (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT32 || dtype == ASSAY_DTYPE_FLOAT64 || dtype == ASSAY_DTYPE_INT32 || dtype == ASSAY_DTYPE_INT64;
}

/* Fills in sizes and strides from the last two dimensions of the inputs. */
static void
read_sizes (AssayKernelCall *call, AssayGemm *gemm, gboolean a_turned, gboolean b_turned)
{
  const AssayPartialShape *a = assay_kernel_shape (call, 0), *b = assay_kernel_shape (call, 1);

  gemm->dtype = assay_kernel_dtype (call, 0);
  gemm->a_turned = a_turned;
  gemm->b_turned = b_turned;
  gemm->lda = a->dims[a->rank - 1];
  gemm->ldb = b->dims[b->rank - 1];
  gemm->m = a->dims[a->rank - 2 + a_turned];
  gemm->k = a->dims[a->rank - 1 - a_turned];
  gemm->n = gemm->ldc = b->dims[b->rank - 1 - b_turned];
  gemm->a = assay_kernel_input (call, 0);
  gemm->b = assay_kernel_input (call, 1);
  gemm->count = 1;
}

static gboolean
run_matmul (AssayKernelCall *call, GError **error)
{
  AssayGemm gemm = { 0 };

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_matmul, error);
  if (!is_multipliable (assay_kernel_dtype (call, 0)))
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  read_sizes (call, &gemm, assay_attrs_get_int (call->attrs, "transpose_a", FALSE), assay_attrs_get_int (call->attrs, "transpose_b", FALSE));
  gemm.c = assay_kernel_output_as_inferred (call, 0, error);
  gemm.epilogue = assay_epilogue_take (call, gemm.n);
  return gemm.c != NULL && assay_gemm (call->workspace, &gemm, error);
}

/* Where each matrix of the batch begins in an input that is broadcast to @out. */
static void
find_matrices (gsize *at, const AssayPartialShape *in, const AssayPartialShape *out, gsize count)
{
  gsize size = in->dims[in->rank - 2] * in->dims[in->rank - 1];

  for (gsize i = 0; i < count; i++)
    {
      gsize rest = i, index = 0, stride = 1;

      for (int k = out->rank - 3; k >= 0; k--)
        {
          int   axis = k - (out->rank - in->rank);
          gsize here = rest % out->dims[k];

          rest /= out->dims[k];
          if (axis < 0)
            continue;
          index += in->dims[axis] == 1 ? 0 : here * stride;
          stride *= in->dims[axis];
        }
      at[i] = index * size;
    }
}

static gboolean
run_batch_matmul (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *out = &call->specs[0].shape;
  AssayGemm                gemm = { 0 };
  gsize                   *at;
  gboolean                 good;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_batch_matmul, error);
  if (!is_multipliable (assay_kernel_dtype (call, 0)) || assay_kernel_dtype (call, 1) != assay_kernel_dtype (call, 0) ||
      call->specs[0].dtype != assay_kernel_dtype (call, 0))
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  read_sizes (call, &gemm, assay_attrs_get_int (call->attrs, "adj_x", FALSE), assay_attrs_get_int (call->attrs, "adj_y", FALSE));
  gemm.c = assay_kernel_output_as_inferred (call, 0, error);
  if (gemm.c == NULL)
    return FALSE;
  for (int i = 0; i < out->rank - 2; i++)
    gemm.count *= out->dims[i];
  if (gemm.count == 0 || gemm.m == 0 || gemm.n == 0)
    return TRUE;
  at = assay_workspace_scratch (call->workspace, 2 * gemm.count * sizeof *at, error);
  if (at == NULL)
    return FALSE;
  find_matrices (at, assay_kernel_shape (call, 0), out, gemm.count);
  find_matrices (at + gemm.count, assay_kernel_shape (call, 1), out, gemm.count);
  gemm.a_at = at;
  gemm.b_at = at + gemm.count;
  good = assay_gemm (call->workspace, &gemm, error);
  assay_workspace_free_scratch (call->workspace, at);
  return good;
}

const AssayKernel assay_kernels_matmul[] = {
  { "MatMul", run_matmul },
  { "BatchMatMul", run_batch_matmul },
  { "BatchMatMulV2", run_batch_matmul },
  { "BatchMatMulV3", run_batch_matmul },
  { NULL },
};
