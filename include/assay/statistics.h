/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics and histogram of a variable, in one pass at memory speed. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_HISTOGRAM_N_BINS 64
#define ASSAY_N_QUANTILES 7

/**
 * assay_statistics_quantiles:
 *
 * Where quantiles are told: 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99.
 */
extern const double assay_statistics_quantiles[ASSAY_N_QUANTILES];

/**
 * AssayStatistics:
 * @n: number of elements
 * @n_finite: how many of them are neither NaN nor infinite
 * @min: smallest finite value, NaN if there is none; likewise @max
 * @mean: of the finite values; NaN if there is none
 * @std: population standard deviation of the finite values
 * @l1: sum of absolute finite values
 * @l2: Euclidean norm of the finite values
 * @n_denormal: how many are so near to 0, but not 0, that their type stores them with fewer digits
 * @quantiles: of the finite values, NumPy's "linear" rule
 * @quantiles_exact: they are exact: of up to 65,536 elements, and of any number of elements of up to 16 bits; else they are
 *   right to within 1/64 octave (float32) or 1/16 octave (other types)
 * @bins: counts of finite values in `ASSAY_HISTOGRAM_N_BINS` equal bins from @min to @max, as numpy.histogram counts them as
 *   float64; if all are equal they are in bin 32
 * @bins_exact: the counts are exact; of more than 67,108,864 elements of float32 they come from a histogram of 1/64 octave,
 *   whose bins are divided in proportion where they lie across an edge, so that one pass is enough
 * @complex_magnitude: the numbers are of magnitudes, since the values are complex
 *
 * A boxed value, immutable once made.
 */
typedef struct
{
  guint64  n;
  guint64  n_finite;
  guint64  n_nan;
  guint64  n_pos_inf;
  guint64  n_neg_inf;
  guint64  n_zero;
  guint64  n_denormal;
  double   min;
  double   max;
  double   mean;
  double   std;
  double   l1;
  double   l2;
  double   quantiles[ASSAY_N_QUANTILES];
  gboolean quantiles_exact;
  gboolean bins_exact;
  gboolean complex_magnitude;
  guint64  bins[ASSAY_HISTOGRAM_N_BINS];
} AssayStatistics;

#define ASSAY_TYPE_STATISTICS (assay_statistics_get_type ())
GType assay_statistics_get_type (void);

/**
 * assay_statistics_compute:
 * @source: numeric values
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @job: (nullable): told of progress, asked for cancelling
 * @error: return location for an error
 *
 * Reads all values once or twice. Sums in double. With no elements all numbers but counts are NaN, and @l1 and @l2 are 0.
 *
 * Blocks; call it from a worker. Fails with `ASSAY_ERROR_DTYPE` if the values aren't numeric.
 *
 * Returns: (transfer full): statistics, or %NULL with @error set
 */
AssayStatistics *assay_statistics_compute (AssaySource *source, guint n_threads, AssayJob *job, GError **error);

/**
 * assay_statistics_copy:
 *
 * Returns: (transfer full): a copy
 */
AssayStatistics *assay_statistics_copy (const AssayStatistics *self);

/**
 * assay_statistics_free:
 *
 * Frees statistics.
 */
void assay_statistics_free (AssayStatistics *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayStatistics, assay_statistics_free)

G_END_DECLS
