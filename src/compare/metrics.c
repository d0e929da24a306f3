/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each piece is added up by itself, and the pieces in their order: the result doesn't depend on which thread was quicker. */

#include "metrics-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "pair-sums-private.h"

/* Strings are read in blocks. */
#define STRINGS 4096

typedef struct
{
  PairKind  kind;
  PairSums *pieces;
} Work;

static void
add_piece (gpointer data, guint64 piece, guint64 first, const void *a, const void *b, gsize n)
{
  Work    *work = data;
  PairSums sums = { 0 };

  pair_sums_add (&sums, &work->kind, a, b, n);
  work->pieces[piece] = sums;
}

static double
get_cosine_distance (const PairSums *sums, double norm_a, double norm_b)
{
  double distance;

  if (norm_a == 0 || norm_b == 0)
    return NAN;
  if (sums->l1 == 0)
    return 0;
  distance = 1 - sums->dot / (norm_a * norm_b);
  /* Rounding can put it just below 0. */
  return distance < 0 ? 0 : distance;
}

static void
set_numbers (AssayMetrics *metrics, const PairSums *sums)
{
  double norm_a = sqrt (sums->squares_a), norm_b = sqrt (sums->squares_b);

  metrics->norm_a = norm_a;
  metrics->norm_b = norm_b;
  metrics->dot = sums->dot;
  metrics->max_abs = sums->max_abs;
  metrics->l1 = sums->l1;
  metrics->l2 = sqrt (sums->squares);
  metrics->relative_l2 = sums->l1 == 0 ? 0 : norm_a == 0 ? NAN
                                                         : metrics->l2 / norm_a;
  metrics->cosine_distance = get_cosine_distance (sums, norm_a, norm_b);
  metrics->n_nan_a = sums->n_nan_a;
  metrics->n_nan_b = sums->n_nan_b;
  metrics->n_nan_both = sums->n_nan_both;
}

static void
set_metrics (AssayMetrics *metrics, const PairKind *kind, gboolean same_type, guint64 n, const PairSums *sums)
{
  *metrics = (AssayMetrics){
    .n = n,
    .numeric = !pair_kind_is_text (kind),
    .has_bits = same_type,
    .has_ulp = kind->a == ASSAY_DTYPE_FLOAT32 && kind->b == ASSAY_DTYPE_FLOAT32,
    .bit_equal = same_type && sums->n_bits == 0,
    .n_changed = sums->n_changed,
    .fraction_changed = n ? sums->n_changed / (double) n : 0,
    .n_bits_changed = same_type ? sums->n_bits : 0,
    .max_ulp = sums->max_ulp,
    .max_abs = NAN,
    .l1 = NAN,
    .l2 = NAN,
    .relative_l2 = NAN,
    .cosine_distance = NAN,
  };
  if (metrics->numeric)
    set_numbers (metrics, sums);
}

static gboolean
compare_block_of_strings (PairScan *scan, guint64 first, guint64 n, PairSums *sums, PairProgress *progress, GError **error)
{
  GCancellable *cancellable = progress->job ? assay_job_get_cancellable (progress->job) : NULL;

  while (n > 0)
    {
      guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
      guint64 n_box = assay_flat_box (scan->rank, scan->shape, first, n, start, count);
      g_autoptr (GPtrArray) a = assay_source_read_strings (scan->a, start, count, cancellable, error);
      g_autoptr (GPtrArray) b = a ? assay_source_read_strings (scan->b, start, count, cancellable, error) : NULL;

      if (b == NULL)
        return FALSE;
      for (guint i = 0; i < a->len && i < b->len; i++)
        sums->n_bits += !g_bytes_equal (a->pdata[i], b->pdata[i]);
      pair_progress_add (progress, n_box);
      first += n_box;
      n -= n_box;
    }
  sums->n_changed = sums->n_differing = sums->n_bits;
  return TRUE;
}

static gboolean
compare_strings (PairScan *scan, PairSums *sums, PairProgress *progress, GError **error)
{
  for (guint64 first = 0; first < scan->n; first += STRINGS)
    if (!compare_block_of_strings (scan, first, MIN (STRINGS, scan->n - first), sums, progress, error))
      return FALSE;
  return TRUE;
}

static gboolean
compare_elements (PairScan *scan, const PairKind *kind, guint n_threads, PairSums *sums, PairProgress *progress, GError **error)
{
  g_autofree PairSums *pieces = g_try_new (PairSums, MAX (scan->n_pieces, 1));
  Work                 work = { .kind = *kind, .pieces = pieces };

  if (pieces == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("%" PRIu64 " elements are too many to compare"), scan->n);
      return FALSE;
    }
  if (!pair_scan_run (scan, n_threads, progress, add_piece, &work, error))
    return FALSE;
  for (guint64 i = 0; i < scan->n_pieces; i++)
    pair_sums_merge (sums, &pieces[i]);
  return TRUE;
}

gboolean
pair_has_same_type (AssaySource *a, AssaySource *b)
{
  return assay_source_get_dtype (a) == assay_source_get_dtype (b) && assay_source_get_item_size (a) == assay_source_get_item_size (b) &&
         strcmp (assay_source_get_dtype_name (a), assay_source_get_dtype_name (b)) == 0;
}

gboolean
pair_can_compare (AssaySource *a, AssaySource *b, GError **error)
{
  AssayDtype first = assay_source_get_dtype (a), second = assay_source_get_dtype (b);

  if (first == second ? first != ASSAY_DTYPE_DATETIME64 && first != ASSAY_DTYPE_TIMEDELTA64 && first != ASSAY_DTYPE_OPAQUE
                      : assay_dtype_is_numeric (first) && assay_dtype_is_numeric (second))
    return TRUE;
  if (pair_has_same_type (a, b))
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be compared with values of type %s"),
               assay_source_get_dtype_name (a), assay_source_get_dtype_name (b));
  return FALSE;
}

gboolean
pair_metrics_compute (AssaySource  *a,
                      AssaySource  *b,
                      double        tolerance,
                      guint         n_threads,
                      PairProgress *progress,
                      AssayMetrics *metrics,
                      GError      **error)
{
  PairKind kind = { .a = assay_source_get_dtype (a), .b = assay_source_get_dtype (b), .item_a = assay_source_get_item_size (a), .item_b = assay_source_get_item_size (b), .tolerance = tolerance };
  PairSums sums = { 0 };
  PairScan scan;

  if (!pair_can_compare (a, b, error) || !pair_scan_init (&scan, a, b, error))
    return FALSE;
  if (kind.a == ASSAY_DTYPE_STRING ? !compare_strings (&scan, &sums, progress, error)
                                   : !compare_elements (&scan, &kind, n_threads, &sums, progress, error))
    return FALSE;
  set_metrics (metrics, &kind, pair_has_same_type (a, b), scan.n, &sums);
  return TRUE;
}

gboolean
assay_metrics_compute (AssaySource  *a,
                       AssaySource  *b,
                       double        tolerance,
                       guint         n_threads,
                       AssayJob     *job,
                       AssayMetrics *metrics,
                       GError      **error)
{
  PairProgress progress = { .job = job };

  g_return_val_if_fail (ASSAY_IS_SOURCE (a) && ASSAY_IS_SOURCE (b) && metrics != NULL, FALSE);
  progress.total = MIN (assay_source_get_n_elements (a), assay_source_get_n_elements (b));
  return pair_metrics_compute (a, b, tolerance, n_threads, &progress, metrics, error);
}
