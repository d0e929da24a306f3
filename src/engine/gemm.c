/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gemm-private.h"

#include "clones-private.h"
#include <assay/error.h>
#include <math.h>
#include <string.h>

/* Up to so many multiplications a plain loop is faster than asking OpenBLAS. */
#define SMALL 4096
/* A piece of so many multiplications is worth a thread, and of so many it should end soon, for a run that is cancelled. */
#define WORTH 100000
#define LONG (1 << 28)
#define LONG_INTS (1 << 25)

/* c[m,n] = a[m,k] · b[k,n] with fused multiply-add, in the order of k, as TensorFlow's own small products. */
ENGINE_CLONES
static void
small_f32 (float *c, gsize ldc, const float *a, gsize a_row, gsize a_column, const float *b, gsize b_row, gsize m, gsize n, gsize k)
{
  for (gsize i = 0; i < m; i++)
    {
      gsize j = 0;

      for (; j + 32 <= n; j += 32)
        {
          float sums[32] = { 0 };

          for (gsize l = 0; l < k; l++)
            for (gsize o = 0; o < 32; o++)
              sums[o] = __builtin_fmaf (a[i * a_row + l * a_column], b[l * b_row + j + o], sums[o]);
          memcpy (c + i * ldc + j, sums, sizeof sums);
        }
      for (; j < n; j++)
        {
          float sum = 0;

          for (gsize l = 0; l < k; l++)
            sum = __builtin_fmaf (a[i * a_row + l * a_column], b[l * b_row + j], sum);
          c[i * ldc + j] = sum;
        }
    }
}

/* The same for a b stored the other way round. */
ENGINE_CLONES
static void
small_turned_f32 (float *c, gsize ldc, const float *a, gsize a_row, gsize a_column, const float *b, gsize b_column, gsize m, gsize n, gsize k)
{
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < n; j++)
      {
        float sum = 0;

        for (gsize l = 0; l < k; l++)
          sum = __builtin_fmaf (a[i * a_row + l * a_column], b[l + j * b_column], sum);
        c[i * ldc + j] = sum;
      }
}

#define PLAIN(name, type)                                                                           \
  static void                                                                                       \
  name (type *c, gsize ldc, const type *a, gsize a_row, gsize a_column, const type *b, gsize b_row, \
        gsize b_column, gsize m, gsize n, gsize k)                                                  \
  {                                                                                                 \
    for (gsize i = 0; i < m; i++)                                                                   \
      {                                                                                             \
        memset (c + i * ldc, 0, n * sizeof *c);                                                     \
        for (gsize l = 0; l < k; l++)                                                               \
          for (gsize j = 0; j < n; j++)                                                             \
            c[i * ldc + j] += a[i * a_row + l * a_column] * b[l * b_row + j * b_column];            \
      }                                                                                             \
  }

/* Overflow wraps around, as there. */
PLAIN (plain_u32, guint32)
PLAIN (plain_u64, guint64)

ENGINE_CLONES
static void
epilogue_row (float *c, const float *scale, const float *shift, const float *addend, float low, float high, gsize n)
{
  if (scale != NULL && shift != NULL)
    for (gsize i = 0; i < n; i++)
      c[i] = c[i] * scale[i] + shift[i];
  else if (shift != NULL)
    for (gsize i = 0; i < n; i++)
      c[i] += shift[i];
  else if (scale != NULL)
    for (gsize i = 0; i < n; i++)
      c[i] *= scale[i];
  if (addend != NULL)
    for (gsize i = 0; i < n; i++)
      c[i] += addend[i];
  /* NaN stays NaN. */
  if (low > -INFINITY || high < INFINITY)
    for (gsize i = 0; i < n; i++)
      {
        float x = c[i] < low ? low : c[i];

        c[i] = x > high ? high : x;
      }
}

void
assay_epilogue_run (const AssayEpilogue *self, float *c, gsize ldc, gsize rows, gsize columns, gsize column, gsize addend_at)
{
  for (gsize i = 0; i < rows; i++)
    epilogue_row (c + i * ldc, self->scale ? self->scale + column : NULL, self->shift ? self->shift + column : NULL,
                  self->addend ? self->addend + addend_at + i * ldc : NULL, self->low, self->high, columns);
}

typedef struct
{
  const AssayEpilogue *epilogue;
  float               *out;
  gsize                columns;
} All;

static void
run_rows (gsize first, gsize end, gpointer data)
{
  const All *self = data;

  assay_epilogue_run (self->epilogue, self->out + first * self->columns, self->columns, end - first, self->columns, 0, first * self->columns);
}

void
assay_epilogue_run_all (const AssayEpilogue *self, AssayWorkspace *workspace, float *out, gsize n)
{
  All all = { .epilogue = self, .out = out, .columns = self->columns ? self->columns : n % 1024 == 0 ? 1024
                                                                                                     : 1 };

  assay_parallel (workspace, n / all.columns, MAX (32768 / all.columns, 1), run_rows, &all);
}

const AssayEpilogue *
assay_epilogue_take (AssayKernelCall *call, gsize columns)
{
  if (call->epilogue == NULL || (call->epilogue->columns != 0 && call->epilogue->columns != columns))
    return NULL;
  call->has_run_epilogue = TRUE;
  return call->epilogue;
}

void
assay_gemm_piece (const AssayGemm *g, gsize index, gsize first_row, gsize end_row, gsize first_column, gsize end_column)
{
  const AssayBlas *blas = assay_blas_get (NULL);
  gsize            m = end_row - first_row, n = end_column - first_column, k = g->k;
  gsize            a_at = (g->a_at ? g->a_at[index] : 0) + (g->a_turned ? first_row : first_row * g->lda);
  gsize            b_at = (g->b_at ? g->b_at[index] : 0) + (g->b_turned ? first_column * g->ldb : first_column);
  gsize            c_at = (g->c_at ? g->c_at[index] : index * g->m * g->ldc) + first_row * g->ldc + first_column;
  gsize            a_row = g->a_turned ? 1 : g->lda, a_column = g->a_turned ? g->lda : 1;
  gsize            b_row = g->b_turned ? 1 : g->ldb, b_column = g->b_turned ? g->ldb : 1;
  int              a_order = g->a_turned ? CblasTrans : CblasNoTrans, b_order = g->b_turned ? CblasTrans : CblasNoTrans;

  if (g->dtype == ASSAY_DTYPE_INT32)
    plain_u32 ((guint32 *) g->c + c_at, g->ldc, (const guint32 *) g->a + a_at, a_row, a_column, (const guint32 *) g->b + b_at, b_row, b_column, m, n, k);
  else if (g->dtype == ASSAY_DTYPE_INT64)
    plain_u64 ((guint64 *) g->c + c_at, g->ldc, (const guint64 *) g->a + a_at, a_row, a_column, (const guint64 *) g->b + b_at, b_row, b_column, m, n, k);
  else if (g->dtype == ASSAY_DTYPE_FLOAT64)
    blas->dgemm (CblasRowMajor, a_order, b_order, m, n, k, 1, (const double *) g->a + a_at, g->lda, (const double *) g->b + b_at, g->ldb, 0,
                 (double *) g->c + c_at, g->ldc);
  else if (m * n * k <= SMALL && !g->b_turned)
    small_f32 ((float *) g->c + c_at, g->ldc, (const float *) g->a + a_at, a_row, a_column, (const float *) g->b + b_at, b_row, m, n, k);
  else if (m * n * k <= SMALL)
    small_turned_f32 ((float *) g->c + c_at, g->ldc, (const float *) g->a + a_at, a_row, a_column, (const float *) g->b + b_at, b_column, m, n, k);
  else if (m == 1)
    blas->sgemv (CblasRowMajor, g->b_turned ? CblasNoTrans : CblasTrans, g->b_turned ? n : k, g->b_turned ? k : n, 1, (const float *) g->b + b_at,
                 g->ldb, (const float *) g->a + a_at, a_column, 0, (float *) g->c + c_at, 1);
  else
    blas->sgemm (CblasRowMajor, a_order, b_order, m, n, k, 1, (const float *) g->a + a_at, g->lda, (const float *) g->b + b_at, g->ldb, 0,
                 (float *) g->c + c_at, g->ldc);
}

gboolean
assay_gemm_check (const AssayGemm *g, GError **error)
{
  gsize longest = MAX (MAX (g->lda, g->ldb), MAX (g->ldc, g->k));

  if (g->dtype != ASSAY_DTYPE_FLOAT32 && g->dtype != ASSAY_DTYPE_FLOAT64)
    return TRUE;
  if (longest > G_MAXINT32)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "A matrix has %" G_GSIZE_FORMAT " columns, but at most %d can be multiplied.", longest,
                   G_MAXINT32);
      return FALSE;
    }
  return assay_blas_get (error) != NULL;
}

typedef struct
{
  const AssayGemm *gemm;
  GCancellable    *cancellable;
  gsize            rows, columns;     /* of a piece */
  gsize            n_rows, n_columns; /* pieces of one product */
} Pieces;

/* Splits a product until there are @n_wanted pieces, each worth a thread, and none takes long. */
static void
split (Pieces *self, gsize n_wanted)
{
  const AssayGemm *g = self->gemm;
  double           most = g->dtype == ASSAY_DTYPE_INT32 || g->dtype == ASSAY_DTYPE_INT64 ? LONG_INTS : LONG;

  self->rows = g->m;
  self->columns = g->n;
  for (;;)
    {
      gsize  n_pieces = ((g->m + self->rows - 1) / self->rows) * ((g->n + self->columns - 1) / self->columns);
      double work = (double) self->rows * self->columns * g->k;

      if (!(work > most || (n_pieces < n_wanted && work > 2 * WORTH)))
        break;
      if (self->rows >= self->columns && self->rows >= 32)
        self->rows = ((self->rows + 1) / 2 + 15) / 16 * 16;
      else if (self->columns >= 64)
        self->columns = ((self->columns + 1) / 2 + 31) / 32 * 32;
      else if (self->rows >= 32)
        self->rows = ((self->rows + 1) / 2 + 15) / 16 * 16;
      else
        break;
    }
  self->n_rows = (g->m + self->rows - 1) / self->rows;
  self->n_columns = (g->n + self->columns - 1) / self->columns;
}

static void
run_pieces (gsize first, gsize end, gpointer data)
{
  const Pieces    *self = data;
  const AssayGemm *g = self->gemm;

  for (gsize i = first; i < end && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      gsize index = i / (self->n_rows * self->n_columns), rest = i % (self->n_rows * self->n_columns);
      gsize row = rest / self->n_columns * self->rows, column = rest % self->n_columns * self->columns;
      gsize end_row = MIN (row + self->rows, g->m), end_column = MIN (column + self->columns, g->n);

      assay_gemm_piece (g, index, row, end_row, column, end_column);
      if (g->epilogue != NULL)
        assay_epilogue_run (g->epilogue, (float *) g->c + row * g->ldc + column, g->ldc, end_row - row, end_column - column, column, row * g->ldc + column);
    }
}

gboolean
assay_gemm (AssayWorkspace *workspace, const AssayGemm *g, GError **error)
{
  Pieces pieces = { .gemm = g, .cancellable = assay_workspace_get_cancellable (workspace) };
  gsize  n_threads = assay_parallel_n_threads (), item_size = assay_dtype_get_info (g->dtype)->item_size;

  if (g->m == 0 || g->n == 0 || g->count == 0)
    return TRUE;
  if (g->k == 0)
    {
      for (gsize i = 0; i < g->count * g->m; i++)
        memset ((char *) g->c + ((g->c_at ? g->c_at[i / g->m] : i / g->m * g->m * g->ldc) + i % g->m * g->ldc) * item_size, 0, g->n * item_size);
      if (g->epilogue != NULL)
        assay_epilogue_run (g->epilogue, g->c, g->ldc, g->m, g->n, 0, 0);
      return TRUE;
    }
  if (!assay_gemm_check (g, error))
    return FALSE;
  split (&pieces, g->count >= n_threads ? 1 : n_threads);
  assay_parallel (workspace, g->count * pieces.n_rows * pieces.n_columns,
                  MAX (1, WORTH / MAX ((double) pieces.rows * pieces.columns * g->k, 1)), run_pieces, &pieces);
  return TRUE;
}
