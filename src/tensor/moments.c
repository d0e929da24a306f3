/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* MomentsSums are taken over blocks that stay in the nearest cache, in double. A block's variance comes from its sum of squares; where
 * that would lose digits (the mean is large beside the spread) the block is summed again about its mean. */

#include "moments-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "clones-private.h"

#define BLOCK 4096

/* Below this share of the squares, half of a double's digits are lost. */
#define CANCELS 1e-6

typedef struct
{
  float value;
} __attribute__ ((packed, may_alias)) AnyFloat;

typedef struct
{
  guint32 value;
} __attribute__ ((packed, may_alias)) AnyBits;

/* Only for finite values may the compiler reorder sums and extremes, which lets it use vectors. */
#ifdef __clang__
#define FINITE_ONLY
#else
#define FINITE_ONLY \
  __attribute__ ((optimize ("O3", "associative-math", "finite-math-only", "no-signed-zeros", "no-trapping-math")))
#endif

void
moments_init (Moments *self)
{
  *self = (Moments){ .min = INFINITY, .max = -INFINITY };
}

void
moments_merge (Moments *self, const Moments *other)
{
  double n = (double) self->n_finite + other->n_finite, distance = other->mean - self->mean;

  self->n_nan += other->n_nan;
  self->n_pos_inf += other->n_pos_inf;
  self->n_neg_inf += other->n_neg_inf;
  self->n_zero += other->n_zero;
  self->n_denormal += other->n_denormal;
  self->min = MIN (self->min, other->min);
  self->max = MAX (self->max, other->max);
  self->l1 += other->l1;
  self->squares += other->squares;
  if (other->n_finite == 0)
    return;
  self->m2 += other->m2 + distance * distance * (self->n_finite / n * other->n_finite);
  self->mean += distance * (other->n_finite / n);
  self->n_finite += other->n_finite;
}

ASSAY_CLONES FINITE_ONLY static void
sum_doubles (const double *values, MomentsSums *sums)
{
  double min = values[0], max = values[0], sum = 0, l1 = 0, squares = 0;

  for (gsize i = 0; i < sums->n; i++)
    {
      double x = values[i];

      min = x < min ? x : min;
      max = x > max ? x : max;
      sum += x;
      l1 += fabs (x);
      squares += x * x;
    }
  *sums = (MomentsSums){ .n = sums->n, .min = min, .max = max, .sum = sum, .l1 = l1, .squares = squares };
}

ASSAY_CLONES FINITE_ONLY static void
sum_floats (const AnyFloat *values, MomentsSums *sums)
{
  float  min = values[0].value, max = min;
  double sum = 0, l1 = 0, squares = 0;

  for (gsize i = 0; i < sums->n; i++)
    {
      float  x = values[i].value;
      double wide = x;

      min = x < min ? x : min;
      max = x > max ? x : max;
      sum += wide;
      l1 += fabs (wide);
      squares += wide * wide;
    }
  *sums = (MomentsSums){ .n = sums->n, .min = min, .max = max, .sum = sum, .l1 = l1, .squares = squares };
}

/* The sum of squared distances from a mean, corrected by what the mean is off. */
ASSAY_CLONES FINITE_ONLY static double
sum_distances (const double *values, gsize n, double mean)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      double distance = values[i] - mean;

      sum += distance;
      squares += distance * distance;
    }
  return squares - sum * sum / n;
}

static gboolean
cancels (const MomentsSums *sums)
{
  return !(sums->squares - sums->sum * sums->sum / sums->n > CANCELS * sums->squares);
}

/* Adds a block; distances are its squared distances from its mean. */
static void
add_sums (Moments *self, const MomentsSums *sums, double distances)
{
  Moments block = {
    .n_finite = sums->n,
    .min = sums->min,
    .max = sums->max,
    .mean = sums->sum / sums->n,
    .m2 = distances,
    .l1 = sums->l1,
    .squares = sums->squares,
  };

  moments_merge (self, &block);
}

static void
add_finite_doubles (Moments *self, const double *values, gsize n)
{
  MomentsSums sums = { .n = n };

  sum_doubles (values, &sums);
  if (cancels (&sums))
    add_sums (self, &sums, sum_distances (values, n, sums.sum / n));
  else
    add_sums (self, &sums, sums.squares - sums.sum * sums.sum / n);
}

/* Counts what isn't finite, and moves the rest together. */
static gsize
take_finite (Moments *self, const double *values, gsize n, double smallest_normal, double *finite)
{
  gsize n_finite = 0;

  for (gsize i = 0; i < n; i++)
    {
      double x = values[i];

      self->n_zero += x == 0;
      self->n_denormal += x != 0 && fabs (x) < smallest_normal;
      finite[n_finite] = x;
      if (fabs (x) <= DBL_MAX)
        n_finite++;
      else if (isnan (x))
        self->n_nan++;
      else
        *(x > 0 ? &self->n_pos_inf : &self->n_neg_inf) += 1;
    }
  return n_finite;
}

void
moments_add_doubles (Moments *self, const double *values, gsize n, double smallest_normal)
{
  double finite[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_finite = take_finite (self, values + i, MIN (BLOCK, n - i), smallest_normal, finite);

      if (n_finite > 0)
        add_finite_doubles (self, finite, n_finite);
    }
}

void
moments_add_weighted (Moments *self, double value, guint64 n, double smallest_normal)
{
  Moments all = {
    .n_finite = n,
    .n_zero = value == 0 ? n : 0,
    .n_denormal = value != 0 && fabs (value) < smallest_normal ? n : 0,
    .min = value,
    .max = value,
    .mean = value,
    .l1 = fabs (value) * n,
    .squares = value * value * n,
  };

  if (isnan (value))
    self->n_nan += n;
  else if (isinf (value))
    *(value > 0 ? &self->n_pos_inf : &self->n_neg_inf) += n;
  else if (n > 0)
    moments_merge (self, &all);
}

static void
add_floats_as_doubles (Moments *self, const AnyFloat *values, gsize n)
{
  double wide[BLOCK];

  for (gsize i = 0; i < n; i++)
    wide[i] = values[i].value;
  moments_add_doubles (self, wide, n, FLT_MIN);
}

/* The bits of the largest magnitude; how many are zero, and how many less than normal. */
ASSAY_CLONES static guint32
inspect_floats (const AnyBits *values, gsize n, guint32 *n_zero, guint32 *n_small)
{
  guint32 largest = 0, zero = 0, small = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits = values[i].value & 0x7fffffff;

      largest = bits > largest ? bits : largest;
      zero += bits == 0;
      small += bits < 0x00800000;
    }
  *n_zero = zero;
  *n_small = small;
  return largest;
}

static void
count_floats (const AnyBits *values, gsize n, guint32 *tables)
{
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
#pragma GCC unroll 4
    for (gsize k = 0; k < 4; k++)
      tables[k * MOMENTS_FLOAT_PITCH + (values[i + k].value >> MOMENTS_FLOAT_SHIFT)]++;
  for (; i < n; i++)
    tables[values[i].value >> MOMENTS_FLOAT_SHIFT]++;
}

/* A block for any processor. */
static void
add_float_block (Moments *self, const void *values, gsize n, guint32 *tables)
{
  guint32     n_zero, n_small;
  MomentsSums sums = { .n = n };

  count_floats (values, n, tables);
  if (inspect_floats (values, n, &n_zero, &n_small) >= 0x7f800000)
    {
      add_floats_as_doubles (self, values, n);
      return;
    }
  sum_floats (values, &sums);
  if (cancels (&sums))
    {
      add_floats_as_doubles (self, values, n);
      return;
    }
  self->n_zero += n_zero;
  self->n_denormal += n_small - n_zero;
  add_sums (self, &sums, sums.squares - sums.sum * sums.sum / n);
}

/* Takes whole blocks of 16; returns how many values it took. */
static gsize
add_float_block_fast (Moments *self, const AnyFloat *values, gsize n, guint32 *tables)
{
  MomentsSums sums = { .n = n / 16 * 16 };

  if (sums.n == 0 || !moments_has_avx512 ())
    return 0;
  if (!moments_sum_avx512 (values, &sums, tables) || cancels (&sums))
    {
      /* Counted already, but the sums are of no use. */
      add_floats_as_doubles (self, values, sums.n);
      return sums.n;
    }
  self->n_zero += sums.n_zero;
  self->n_denormal += sums.n_small - sums.n_zero;
  add_sums (self, &sums, sums.squares - sums.sum * sums.sum / sums.n);
  return sums.n;
}

void
moments_add_floats (Moments *self, const void *values, gsize n, guint32 *tables)
{
  const AnyFloat *p = values;

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_block = MIN (BLOCK, n - i), n_taken = add_float_block_fast (self, p + i, n_block, tables);

      if (n_taken < n_block)
        add_float_block (self, p + i + n_taken, n_block - n_taken, tables);
    }
}
