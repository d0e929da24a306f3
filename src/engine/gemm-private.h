/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Matrix products in pieces: each piece is one call of OpenBLAS by one of our threads, so that a run can be cancelled in between and
 * what follows is done while the piece is in the cache. */

#pragma once

#include "blas-private.h"
#include "kernel-private.h"

G_BEGIN_DECLS

/* c[m,n] = a[m,k] · b[k,n], row-major; a or b may be stored the other way round. `count` products in a row, at a_at[i], b_at[i] and
 * c_at[i] (by default i × m × ldc). Strides in elements. */
typedef struct
{
  AssayDtype           dtype; /* float32, float64, int32 or int64 */
  gboolean             a_turned, b_turned;
  gsize                m, n, k;
  const void          *a, *b;
  void                *c;
  gsize                lda, ldb, ldc;
  gsize                count;
  const gsize         *a_at, *b_at; /* NULL if count is 1 */
  const gsize         *c_at;        /* nullable */
  const AssayEpilogue *epilogue;    /* nullable; float32 only; count is 1 */
} AssayGemm;

/* Runs it in several threads. Fails if OpenBLAS isn't there, or a stride is beyond what it takes. */
gboolean assay_gemm (AssayWorkspace *workspace, const AssayGemm *gemm, GError **error);

/* Whether OpenBLAS is there and takes such strides; to be asked before assay_gemm_piece(). */
gboolean assay_gemm_check (const AssayGemm *gemm, GError **error);

/* One piece in the calling thread, without the epilogue. */
void assay_gemm_piece (const AssayGemm *gemm, gsize index, gsize first_row, gsize end_row, gsize first_column, gsize end_column);

/* The epilogue on a piece of rows × columns at @c. @column: that of the first element; @addend_at: where it lies in the addend. */
void assay_epilogue_run (const AssayEpilogue *self, float *c, gsize ldc, gsize rows, gsize columns, gsize column, gsize addend_at);

/* The epilogue on a whole output, in several threads. */
void assay_epilogue_run_all (const AssayEpilogue *self, AssayWorkspace *workspace, float *out, gsize n);

/* A call's epilogue if a kernel whose output has so many columns can run it, else NULL. The kernel has to. */
const AssayEpilogue *assay_epilogue_take (AssayKernelCall *call, gsize columns);

G_END_DECLS
