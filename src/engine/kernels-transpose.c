/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dimensions in another order. */

#include "kernel-private.h"
#include "strided-private.h"

static gboolean
run_transpose (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gint64                   perm[ASSAY_GRAPH_MAX_RANK], in_strides[ASSAY_GRAPH_MAX_RANK], out_strides[ASSAY_GRAPH_MAX_RANK];
  int                      n = assay_kernel_vector (call, 1, perm, ASSAY_GRAPH_MAX_RANK, error);
  Strided                  s = { 0 };
  void                    *out;

  if (n < 0)
    return FALSE;
  if (call->op->name[0] == 'C' && assay_dtype_get_info (dtype)->kind == ASSAY_KIND_COMPLEX)
    return assay_kernel_refuse_dtype (call, dtype, error);
  out = assay_kernel_output_items (call, 0, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  strided_dense (in, in_strides);
  strided_dense (shape, out_strides);
  for (int i = 0; i < n; i++)
    strided_add (&s, shape->dims[i], out_strides[i], in_strides[perm[i] < 0 ? perm[i] + n : perm[i]]);
  strided_copy (call->workspace, assay_kernel_item_size (dtype), out, assay_kernel_items (call, 0), &s);
  return TRUE;
}

const AssayKernel assay_kernels_transpose[] = {
  { "Transpose", run_transpose },
  { "ConjugateTranspose", run_transpose },
  { NULL },
};
