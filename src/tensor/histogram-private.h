/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Histograms and quantiles. */

#pragma once

#include <assay/statistics.h>

G_BEGIN_DECLS

/**
 * Histogram:
 * @edges: ascending; bin i holds what lies in [edges[i], edges[i + 1]), the last one its upper edge too
 * @scale: bins a unit
 * @narrow: whether a float is precise enough to find the bin, or its neighbour
 *
 * Equal bins from a smallest to a largest value; what numpy.histogram makes of the values as float64.
 */
typedef struct
{
  double   edges[ASSAY_HISTOGRAM_N_BINS + 1];
  double   scale;
  gboolean narrow;
} Histogram;

void histogram_init (Histogram *self, double min, double max);

/**
 * histogram_find:
 * @value: a finite value, not beyond the edges
 *
 * Returns: its bin
 */
guint histogram_find (const Histogram *self, double value);

/**
 * histogram_count_doubles:
 * @bins: counts, which grow; what isn't finite isn't counted
 */
void histogram_count_doubles (const Histogram *self, const double *values, gsize n, guint64 *bins);

/**
 * histogram_count_floats:
 * @values: float32, perhaps not aligned
 * @bins: counts, which grow; what isn't finite isn't counted
 */
void histogram_count_floats (const Histogram *self, const void *values, gsize n, guint64 *bins);

/**
 * FineBins:
 * @shift: the lowest bit of a value that counts
 * @n_bits: bits of a value's type: 32 or 64
 * @counts: (array): of the values whose upper bits are the index
 *
 * A histogram by the upper bits of IEEE values: finer, the nearer to 0.
 */
typedef struct
{
  guint          shift;
  guint          n_bits;
  const guint64 *counts;
} FineBins;

/**
 * fine_bins_get_quantiles:
 * @statistics: with counts and extremes
 *
 * Sets quantiles to within a bin.
 */
void fine_bins_get_quantiles (const FineBins *self, AssayStatistics *statistics);

/**
 * fine_bins_get_histogram:
 * @statistics: with counts and extremes
 *
 * Sets the bins by dividing the fine bins that lie across an edge.
 */
void fine_bins_get_histogram (const FineBins *self, AssayStatistics *statistics);

/**
 * quantiles_select:
 * @values: the finite values, in any order; they are moved about
 *
 * Sets exact quantiles.
 */
void quantiles_select (double *values, gsize n, AssayStatistics *statistics);

/**
 * quantiles_from_weights:
 * @values: (array): different values in ascending order
 * @weights: (array): how often each is there
 *
 * Sets exact quantiles.
 */
void quantiles_from_weights (const double *values, const guint64 *weights, gsize n, AssayStatistics *statistics);

G_END_DECLS
