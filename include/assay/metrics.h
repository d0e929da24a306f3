/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* By how much two variables differ, in one pass over both at memory speed. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * AssayMetrics:
 * @n: how many pairs of elements were compared
 * @bit_equal: both have the same dtype, and no bit of what was compared differs
 * @numeric: the numbers are there; else (text, times, opaque bytes) only @n, @n_changed, @fraction_changed, @n_bits_changed are
 * @has_bits: both have the same dtype, so @n_bits_changed is there
 * @has_ulp: both are float32, so @max_ulp is there
 * @max_abs: largest |B − A|; likewise @l1 the sum of them and @l2 their norm
 * @relative_l2: ‖B − A‖ / ‖A‖; 0 if nothing differs; NaN if only A is zero
 * @cosine_distance: 1 − A·B / (‖A‖ ‖B‖); 0 if all are equal and not zero; NaN if either is zero
 * @norm_a: ‖A‖; likewise @norm_b; with @dot they tell the metrics of several variables together
 * @dot: A·B
 * @n_changed: pairs whose values differ by more than the tolerance, and those of which just one is NaN
 * @n_bits_changed: pairs of which any bit differs
 * @max_ulp: most float32 values that lie between two of a pair; +0 and −0 are one value
 * @n_nan_a: how many NaN there are in A; likewise @n_nan_b
 * @n_nan_both: places where both have NaN, which counts as equal whatever the payload
 *
 * All sums are in double, over places where neither is NaN; equal infinities don't differ. Complex values differ by the magnitude
 * of their difference.
 */
typedef struct
{
  guint64  n;
  gboolean bit_equal;
  gboolean numeric;
  gboolean has_bits;
  gboolean has_ulp;
  double   max_abs;
  double   l1;
  double   l2;
  double   relative_l2;
  double   cosine_distance;
  double   fraction_changed;
  double   norm_a;
  double   norm_b;
  double   dot;
  guint64  n_changed;
  guint64  n_bits_changed;
  guint64  max_ulp;
  guint64  n_nan_a;
  guint64  n_nan_b;
  guint64  n_nan_both;
} AssayMetrics;

/**
 * assay_metrics_compute:
 * @a: values before
 * @b: values after, of any dtype that compares with that of @a: numbers with numbers, text with text
 * @tolerance: |B − A| up to which a value doesn't count as changed; 0 for none
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @job: (nullable): told of progress, asked for cancelling
 * @metrics: (out caller-allocates): the result; the same whatever the number of threads
 * @error: return location for an error
 *
 * Compares two variables element by element. If their shapes differ, what they have in common is compared: from the first index of each
 * axis, as many as both have.
 *
 * Blocks; call it from a worker. Fails with `ASSAY_ERROR_SHAPE` if the ranks differ, `ASSAY_ERROR_DTYPE` if a text would be compared with
 * a number, and as assay_source_read() does.
 *
 * Returns: whether @metrics is filled
 */
gboolean assay_metrics_compute (AssaySource  *a,
                                AssaySource  *b,
                                double        tolerance,
                                guint         n_threads,
                                AssayJob     *job,
                                AssayMetrics *metrics,
                                GError      **error);

G_END_DECLS
