/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "histogram-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "clones-private.h"

#define N_BINS ASSAY_HISTOGRAM_N_BINS
#define BLOCK 2048

/* How far a float's bin may be off, with room to spare: a difference and a product, each within 2^-24 of up to 64. */
#define FLOAT_ERROR 2e-5f

typedef union
{
  float   value;
  guint32 bits;
} __attribute__ ((packed, may_alias)) AnyFloat;

void
histogram_init (Histogram *self, double min, double max)
{
  double range = max - min, step = range / N_BINS;

  for (int i = 0; i < N_BINS; i++)
    self->edges[i] = isfinite (range) ? i * step + min : min * ((double) (N_BINS - i) / N_BINS) + max * ((double) i / N_BINS);
  self->edges[N_BINS] = max;
  self->scale = isfinite (N_BINS / range) ? N_BINS / range : 0;
  self->narrow = range > 1e-30 && range < 1e30 && fabs (min) < 1e30 && (float) min == min;
}

guint
histogram_find (const Histogram *self, double value)
{
  double position = (value - self->edges[0]) * self->scale;
  int    bin = position > 0 ? (int) MIN (position, N_BINS - 1) : 0;

  if (self->edges[0] == self->edges[N_BINS])
    return N_BINS / 2;
  /* The edges are what counts. Where there is no scale this walks. */
  while (bin > 0 && value < self->edges[bin])
    bin--;
  while (bin < N_BINS - 1 && value >= self->edges[bin + 1])
    bin++;
  return bin;
}

void
histogram_count_doubles (const Histogram *self, const double *values, gsize n, guint64 *bins)
{
  for (gsize i = 0; i < n; i++)
    if (fabs (values[i]) <= DBL_MAX)
      bins[histogram_find (self, values[i])]++;
}

/* The bins as floats have them, and whether any value is so near an inner edge that they may be wrong, or isn't finite. */
ASSAY_CLONES static gboolean
place_floats (const AnyFloat *values, gsize n, float min, float scale, gint32 *places)
{
  guint32 largest = 0, n_near = 0;

  for (gsize i = 0; i < n; i++)
    {
      AnyFloat any = values[i];
      float    position = (any.value - min) * scale;
      gint32   place = (gint32) position;
      float    middle = (float) place + 0.5f;
      guint32  bits = any.bits & 0x7fffffff;

      largest = MAX (largest, bits);
      /* The first and the last edge can't be missed. */
      n_near += (fabsf (position - middle) > 0.5f - FLOAT_ERROR ? 1 : 0) & (fabsf (position - N_BINS / 2) < N_BINS / 2 - 0.5f ? 1 : 0);
      place = MAX (place, 0);
      places[i] = MIN (place, N_BINS - 1);
    }
  return n_near > 0 || largest >= 0x7f800000;
}

/* Counts two places at once, which halves the work of a processor that can store once a cycle; even and odd pairs apart,
 * so that equal ones don't wait for each other. */
static void
count_pairs (const gint32 *places, guint32 *tables)
{
  for (gsize k = 0; k < BLOCK; k += 4)
    {
      tables[places[k] * N_BINS + places[k + 1]]++;
      tables[N_BINS * N_BINS + places[k + 2] * N_BINS + places[k + 3]]++;
    }
}

/* Asks for a block that comes later: while pairs are counted nothing else would. */
static void
prefetch_block (const AnyFloat *values)
{
  for (gsize k = 0; k < BLOCK; k += 16)
    __builtin_prefetch (values + k);
}

static void
unfold_pairs (const guint32 *tables, guint64 *bins)
{
  for (gsize i = 0; i < 2 * N_BINS * N_BINS; i++)
    {
      bins[i / N_BINS % N_BINS] += tables[i];
      bins[i % N_BINS] += tables[i];
    }
}

void
histogram_count_floats (const Histogram *self, const void *values, gsize n, guint64 *bins)
{
  guint32         tables[2 * N_BINS * N_BINS] = { 0 };
  gint32          places[BLOCK];
  const AnyFloat *p = values;

  for (gsize i = 0; i < n; i += BLOCK)
    {
      prefetch_block (p + i + 4 * BLOCK);
      if (self->narrow && n - i >= BLOCK && !place_floats (p + i, BLOCK, self->edges[0], self->scale, places))
        {
          count_pairs (places, tables);
          continue;
        }
      for (gsize at = i; at < MIN (i + BLOCK, n); at++)
        if (fabsf (p[at].value) <= FLT_MAX)
          bins[histogram_find (self, p[at].value)]++;
    }
  unfold_pairs (tables, bins);
}

/* The value with the given upper bits, and others 0. */
static double
get_edge (const FineBins *self, guint64 index)
{
  union
  {
    guint32 bits;
    float   value;
  } narrow = { .bits = index << self->shift };
  union
  {
    guint64 bits;
    double  value;
  } wide = { .bits = index << self->shift };

  return self->n_bits == 32 ? narrow.value : wide.value;
}

/* The bin that comes n-th in ascending order of values; its edges, cut to what there is. */
static guint64
get_nth_bin (const FineBins *self, guint64 n, const AssayStatistics *statistics, double *low, double *high)
{
  guint64 half = G_GUINT64_CONSTANT (1) << (self->n_bits - 1 - self->shift);
  guint64 index = n < half ? 2 * half - 1 - n : n - half;
  double  a = get_edge (self, index), b = get_edge (self, index + 1);

  /* The next bin of the largest negative one has the bits of no number. */
  if (n < half && index + 1 == 2 * half)
    b = -INFINITY;
  *low = CLAMP (n < half ? b : a, statistics->min, statistics->max);
  *high = CLAMP (n < half ? a : b, statistics->min, statistics->max);
  return index;
}

/* The bins with the largest exponent hold no numbers. */
static gboolean
is_finite_bin (const FineBins *self, guint64 index)
{
  guint   n_exponent = self->n_bits == 32 ? 8 : 11;
  guint64 mask = ((G_GUINT64_CONSTANT (1) << n_exponent) - 1) << (self->n_bits - 1 - n_exponent - self->shift);

  return (index & mask) != mask;
}

void
fine_bins_get_quantiles (const FineBins *self, AssayStatistics *statistics)
{
  guint64 n_bins = G_GUINT64_CONSTANT (1) << (self->n_bits - self->shift), below = 0;
  guint   q = 0;

  statistics->quantiles_exact = FALSE;
  for (guint64 n = 0; n < n_bins && q < G_N_ELEMENTS (assay_statistics_quantiles); n++)
    {
      double  low, high;
      guint64 index = get_nth_bin (self, n, statistics, &low, &high), count = self->counts[index];

      if (count == 0 || !is_finite_bin (self, index))
        continue;
      for (; q < G_N_ELEMENTS (assay_statistics_quantiles); q++)
        {
          double position = assay_statistics_quantiles[q] * (statistics->n_finite - 1);

          if (position >= below + count)
            break;
          statistics->quantiles[q] = low + (high - low) * ((position - below + 0.5) / count);
          statistics->quantiles[q] = CLAMP (statistics->quantiles[q], low, high);
        }
      below += count;
    }
  for (; q < G_N_ELEMENTS (assay_statistics_quantiles); q++)
    statistics->quantiles[q] = statistics->max;
}

/* The smallest and the largest value are in the first and the last bin, whatever the division said. */
static void
keep_ends (AssayStatistics *statistics)
{
  guint fullest = 0;

  for (guint i = 1; i < N_BINS; i++)
    if (statistics->bins[i] > statistics->bins[fullest])
      fullest = i;
  for (guint i = 0; i < N_BINS; i += N_BINS - 1)
    if (statistics->bins[i] == 0)
      {
        statistics->bins[i]++;
        statistics->bins[fullest]--;
      }
}

void
fine_bins_get_histogram (const FineBins *self, AssayStatistics *statistics)
{
  guint64   n_bins = G_GUINT64_CONSTANT (1) << (self->n_bits - self->shift), n_told = 0;
  double    below = 0; /* values below the fine bin */
  Histogram histogram;
  guint     bin = 0;

  statistics->bins_exact = FALSE;
  histogram_init (&histogram, statistics->min, statistics->max);
  for (guint64 n = 0; n < n_bins; n++)
    {
      double  low, high;
      guint64 index = get_nth_bin (self, n, statistics, &low, &high), count = self->counts[index];

      if (count == 0 || !is_finite_bin (self, index))
        continue;
      /* Each upper edge in this fine bin ends a bin; what is below it is rounded, and the rest goes on. */
      for (; bin < N_BINS - 1 && histogram.edges[bin + 1] <= high && high > low; bin++)
        {
          double  share = CLAMP ((histogram.edges[bin + 1] - low) / (high - low), 0, 1);
          guint64 told = (guint64) (below + count * share + 0.5);

          statistics->bins[bin] = told - n_told;
          n_told = told;
        }
      below += count;
    }
  statistics->bins[bin] = statistics->n_finite - n_told;
  if (statistics->min < statistics->max)
    keep_ends (statistics);
}

static void
swap (double *a, double *b)
{
  double c = *a;

  *a = *b;
  *b = c;
}

static double
middle_of_three (double a, double b, double c)
{
  return a < b ? (b < c ? b : MAX (a, c)) : (a < c ? a : MAX (b, c));
}

/* Moves values so that those of the given ranks are where sorting would put them. Parts without a rank aren't looked at
 * again, so this takes time in proportion to n. */
static void
select_ranks (double *values, gsize from, gsize to, const gsize *ranks, gsize n_ranks)
{
  while (n_ranks > 0 && to - from > 16)
    {
      double pivot = middle_of_three (values[from], values[from + (to - from) / 2], values[to - 1]);
      gsize  low = from, high = to - 1, split = 0;

      for (;; low++, high--)
        {
          while (values[low] < pivot)
            low++;
          while (values[high] > pivot)
            high--;
          if (low >= high)
            break;
          swap (&values[low], &values[high]);
        }
      /* Now [from, low) is at most the pivot, and the rest at least. */
      if (low == high && low + 1 < to)
        low++;
      while (split < n_ranks && ranks[split] < low)
        split++;
      select_ranks (values, from, low, ranks, split);
      ranks += split;
      n_ranks -= split;
      from = low;
    }
  if (n_ranks == 0)
    return;
  for (gsize i = from + 1; i < to; i++)
    for (gsize k = i; k > from && values[k - 1] > values[k]; k--)
      swap (&values[k - 1], &values[k]);
}

/* The rank at or below a quantile, and how far it is to the next: NumPy's "linear". */
static gsize
get_rank (guint quantile, guint64 n, double *fraction)
{
  double  position = assay_statistics_quantiles[quantile] * (n - 1);
  guint64 rank = MIN ((guint64) position, n - 1);

  *fraction = position - rank;
  return rank;
}

static double
interpolate (double low, double high, double fraction)
{
  return fraction == 0 || low == high ? low : low * (1 - fraction) + high * fraction;
}

void
quantiles_select (double *values, gsize n, AssayStatistics *statistics)
{
  gsize  ranks[2 * G_N_ELEMENTS (assay_statistics_quantiles)];
  double fraction;

  for (guint q = 0; q < G_N_ELEMENTS (assay_statistics_quantiles); q++)
    {
      ranks[2 * q] = get_rank (q, n, &fraction);
      ranks[2 * q + 1] = MIN (ranks[2 * q] + 1, n - 1);
    }
  /* Neighbouring quantiles of few values share ranks, and then they may be out of order. */
  for (guint i = 1; i < G_N_ELEMENTS (ranks); i++)
    ranks[i] = MAX (ranks[i], ranks[i - 1]);
  select_ranks (values, 0, n, ranks, G_N_ELEMENTS (ranks));
  statistics->quantiles_exact = TRUE;
  for (guint q = 0; q < G_N_ELEMENTS (assay_statistics_quantiles); q++)
    {
      gsize rank = get_rank (q, n, &fraction);

      statistics->quantiles[q] = interpolate (values[rank], values[MIN (rank + 1, n - 1)], fraction);
    }
}

void
quantiles_from_weights (const double *values, const guint64 *weights, gsize n, AssayStatistics *statistics)
{
  gsize   at = 0;
  guint64 below = 0; /* values before values[at] */

  statistics->quantiles_exact = TRUE;
  for (guint q = 0; q < G_N_ELEMENTS (assay_statistics_quantiles); q++)
    {
      double  fraction;
      guint64 rank = get_rank (q, statistics->n_finite, &fraction);
      gsize   next;

      while (at + 1 < n && rank >= below + weights[at])
        below += weights[at++];
      next = at;
      if (rank + 1 >= below + weights[at])
        while (next + 1 < n && weights[++next] == 0)
          ;
      statistics->quantiles[q] = interpolate (values[at], weights[next] > 0 ? values[next] : values[at], fraction);
    }
}
