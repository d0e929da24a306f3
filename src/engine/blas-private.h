/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* OpenBLAS, loaded when it is first needed: it starts threads and takes 30 ms that a look at a file doesn't need. */

#pragma once

#include <cblas.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  void (*sgemm) (enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint m, blasint n, blasint k, float alpha, const float *a, blasint lda, const float *b, blasint ldb, float beta, float *c, blasint ldc);
  void (*dgemm) (enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, blasint m, blasint n, blasint k, double alpha, const double *a, blasint lda, const double *b, blasint ldb, double beta, double *c, blasint ldc);
  void (*sgemv) (enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, blasint m, blasint n, float alpha, const float *a, blasint lda, const float *x, blasint incx, float beta, float *y, blasint incy);
  void (*set_n_threads) (int n);
} AssayBlas;

/* The library, or NULL with an error if it isn't installed. */
const AssayBlas *assay_blas_get (GError **error);

G_END_DECLS
