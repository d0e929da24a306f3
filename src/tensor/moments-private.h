/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Counts, extremes and sums of values, block by block, and with them a fine histogram. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Moments:
 * @min: infinity if there is no finite value; @max likewise
 * @mean: of the finite values so far
 * @m2: sum of their squared distances from @mean
 * @squares: sum of their squares
 *
 * What is known of some values. All zeros but for the extremes to begin with: see moments_init().
 */
typedef struct
{
  guint64 n_finite;
  guint64 n_nan;
  guint64 n_pos_inf;
  guint64 n_neg_inf;
  guint64 n_zero;
  guint64 n_denormal;
  double  min;
  double  max;
  double  mean;
  double  m2;
  double  l1;
  double  squares;
} Moments;

void moments_init (Moments *self);

/**
 * moments_merge:
 *
 * Adds what is known of other values, as Chan, Golub and LeVeque have it.
 */
void moments_merge (Moments *self, const Moments *other);

/**
 * moments_add_doubles:
 * @values: values
 * @n: how many
 * @smallest_normal: what is nearer to 0 than this, and not 0, is denormal
 */
void moments_add_doubles (Moments *self, const double *values, gsize n, double smallest_normal);

/**
 * moments_add_weighted:
 * @value: a value
 * @n: how often it is there
 */
void moments_add_weighted (Moments *self, double value, guint64 n, double smallest_normal);

/* Bins of float32: sign, exponent, 6 bits of the mantissa. */
#define MOMENTS_FLOAT_SHIFT 17
#define MOMENTS_N_FLOAT_BINS (1 << 15)

/* Four tables, so that neighbours don't wait for each other; each about 1 kB further along in its page, lest they share cache
 * sets where the values are many. */
#define MOMENTS_FLOAT_PITCH (MOMENTS_N_FLOAT_BINS + 272)

/**
 * moments_add_floats:
 * @values: float32, perhaps not aligned
 * @n: how many
 * @tables: four tables of `MOMENTS_FLOAT_PITCH` counts, indexed by the upper bits of a value
 *
 * Does all in one pass at about the speed of memory.
 */
void moments_add_floats (Moments *self, const void *values, gsize n, guint32 *tables);

/**
 * MomentsSums:
 * @n_small: how many are nearer to 0 than the smallest normal number, zeros included
 *
 * The sums of @n finite values.
 */
typedef struct
{
  gsize   n;
  guint32 n_zero;
  guint32 n_small;
  double  min;
  double  max;
  double  sum;
  double  l1;
  double  squares;
} MomentsSums;

/**
 * moments_has_avx512:
 *
 * Returns: whether this processor has what moments_sum_avx512() needs
 */
gboolean moments_has_avx512 (void);

/**
 * moments_sum_avx512:
 * @values: float32, perhaps not aligned
 * @sums: with a number of values that 16 divides; is filled
 * @tables: as for moments_add_floats()
 *
 * Returns: whether there are neither NaNs nor infinities; else the counts in the tables are right, but the sums are not
 */
gboolean moments_sum_avx512 (const void *values, MomentsSums *sums, guint32 *tables);

G_END_DECLS
