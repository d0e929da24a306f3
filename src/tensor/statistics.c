/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/statistics.h>

#include <assay/convert.h>
#include <assay/error.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (AssayStatistics, assay_statistics, assay_statistics_copy, assay_statistics_free)

#define PIECE 65536

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
get_smallest_normal (AssayDtype dtype)
{
  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT16:
      return 0x1p-14;
    case ASSAY_DTYPE_FLOAT64:
    case ASSAY_DTYPE_COMPLEX128:
      return DBL_MIN;
    default:
      return FLT_MIN;
    }
}

typedef gboolean (*PieceFunc) (const double *values, gsize n, void *data);

static gboolean
for_each_piece (AssaySource *source, AssayJob *job, PieceFunc function, void *data, GError **error)
{
  guint64            n = assay_source_get_n_elements (source);
  gsize              n_piece = MIN (n, PIECE);
  g_autofree void   *raw = g_malloc (n_piece * assay_source_get_item_size (source));
  g_autofree double *values = g_new (double, n_piece);

  for (guint64 first = 0; first < n; first += n_piece)
    {
      gsize n_now = MIN (n - first, n_piece);

      if (assay_job_is_cancelled (job, error) ||
          !assay_source_read_flat (source, first, n_now, raw, job ? assay_job_get_cancellable (job) : NULL, error))
        return FALSE;
      assay_convert_to_double (assay_source_get_dtype (source), raw, values, n_now);
      function (values, n_now, data);
    }
  return TRUE;
}

typedef struct
{
  AssayStatistics *statistics;
  double           smallest_normal, sum, sum_of_squares;
  double          *sorted;
} Pass;

static gboolean
first_pass (const double *values, gsize n, void *data)
{
  Pass            *pass = data;
  AssayStatistics *s = pass->statistics;

  for (gsize i = 0; i < n; i++)
    {
      double x = values[i];

      if (isnan (x))
        s->n_nan++;
      else if (isinf (x))
        *(x > 0 ? &s->n_pos_inf : &s->n_neg_inf) += 1;
      else
        {
          s->n_zero += x == 0;
          s->n_denormal += x != 0 && fabs (x) < pass->smallest_normal;
          pass->sum += x;
          s->l1 += fabs (x);
          s->min = fmin (s->min, x);
          s->max = fmax (s->max, x);
          pass->sorted[s->n_finite++] = x;
        }
    }
  return TRUE;
}

static void
finish (Pass *pass)
{
  static const double at[7] = { 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 };
  AssayStatistics    *s = pass->statistics;
  double              m2 = 0, l2 = 0, step = (s->max - s->min) / ASSAY_HISTOGRAM_N_BINS;

  qsort (pass->sorted, s->n_finite, sizeof (double), compare_doubles);
  s->mean = pass->sum / s->n_finite;
  for (guint64 i = 0; i < s->n_finite; i++)
    {
      double x = pass->sorted[i];
      int    bin = step > 0 ? MIN ((int) ((x - s->min) / step), ASSAY_HISTOGRAM_N_BINS - 1) : ASSAY_HISTOGRAM_N_BINS / 2;

      m2 += (x - s->mean) * (x - s->mean);
      l2 += x * x;
      s->bins[bin]++;
    }
  s->std = sqrt (m2 / s->n_finite);
  s->l2 = sqrt (l2);
  for (int i = 0; i < 7; i++)
    {
      double  position = at[i] * (s->n_finite - 1);
      guint64 below = position;
      guint64 above = MIN (below + 1, s->n_finite - 1);

      s->quantiles[i] = pass->sorted[below] + (position - below) * (pass->sorted[above] - pass->sorted[below]);
    }
}

AssayStatistics *
assay_statistics_compute (AssaySource *source, guint n_threads, AssayJob *job, GError **error)
{
  g_autoptr (AssayStatistics) s = g_new0 (AssayStatistics, 1);
  AssayDtype         dtype = assay_source_get_dtype (source);
  Pass               pass = { .statistics = s, .smallest_normal = get_smallest_normal (dtype) };
  g_autofree double *sorted = NULL;

  if (!assay_dtype_is_numeric (dtype))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "There are no statistics of values of type %s",
                   assay_source_get_dtype_name (source));
      return NULL;
    }
  s->n = assay_source_get_n_elements (source);
  s->min = s->max = s->mean = s->std = s->l1 = s->l2 = NAN;
  s->quantiles_exact = TRUE;
  s->complex_magnitude = assay_dtype_get_info (dtype)->kind == ASSAY_KIND_COMPLEX;
  if (s->n > 0)
    s->l1 = 0;
  pass.sorted = sorted = g_new (double, s->n + 1);
  if (!for_each_piece (source, job, first_pass, &pass, error))
    return NULL;
  for (int i = 0; i < 7; i++)
    s->quantiles[i] = NAN;
  if (s->n_finite > 0)
    finish (&pass);
  return g_steal_pointer (&s);
}

AssayStatistics *
assay_statistics_copy (const AssayStatistics *self)
{
  return g_memdup2 (self, sizeof *self);
}

void
assay_statistics_free (AssayStatistics *self)
{
  g_free (self);
}
