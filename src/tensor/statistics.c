/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Four ways, by size and dtype: few values are copied, and quantiles selected; types of up to 16 bits are counted by their
 * codes, which tells everything; float32 has vector code of its own; the rest is converted to double. */

#include <assay/statistics.h>

#include <assay/convert.h>
#include <assay/error.h>
#include <float.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "histogram-private.h"
#include "moments-private.h"
#include "scan-private.h"

G_DEFINE_BOXED_TYPE (AssayStatistics, assay_statistics, assay_statistics_copy, assay_statistics_free)

/* Up to so many elements everything is exact from a copy. */
#define FEW 65536

/* Up to so many float32 are looked at twice, for exact bins. */
#define TWICE (1 << 26)

#define BLOCK 4096
#define N_WIDE_BINS 65536 /* of doubles: sign, exponent, 4 bits of the mantissa */
#define WIDE_SHIFT 48

const double assay_statistics_quantiles[ASSAY_N_QUANTILES] = { 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 };

/* What a thread has for itself. */
typedef struct
{
  AssayDtype       dtype;
  gsize            item_size;
  double           smallest_normal;
  const Histogram *histogram;
  Moments          moments;
  guint64         *counts; /* of codes, or of fine bins */
  guint32         *tables; /* counts of float32 that aren't in counts yet */
  gsize            n_in_tables;
  guint64          bins[ASSAY_HISTOGRAM_N_BINS];
} State;

static double
get_smallest_normal (AssayDtype dtype)
{
  static const double smallest[ASSAY_N_DTYPES] = {
    [ASSAY_DTYPE_FLOAT4_E2M1FN] = 1,
    [ASSAY_DTYPE_FLOAT6_E2M3FN] = 1,
    [ASSAY_DTYPE_FLOAT6_E3M2FN] = 0x1p-2,
    [ASSAY_DTYPE_FLOAT8_E4M3FN] = 0x1p-6,
    [ASSAY_DTYPE_FLOAT8_E5M2] = 0x1p-14,
    [ASSAY_DTYPE_FLOAT8_E4M3FNUZ] = 0x1p-7,
    [ASSAY_DTYPE_FLOAT8_E5M2FNUZ] = 0x1p-15,
    [ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ] = 0x1p-10,
    [ASSAY_DTYPE_FLOAT16] = 0x1p-14,
    [ASSAY_DTYPE_BFLOAT16] = FLT_MIN,
    [ASSAY_DTYPE_FLOAT32] = FLT_MIN,
    [ASSAY_DTYPE_FLOAT64] = DBL_MIN,
    [ASSAY_DTYPE_COMPLEX64] = FLT_MIN,
    [ASSAY_DTYPE_COMPLEX128] = DBL_MIN,
  };

  return smallest[dtype];
}

static void
count_codes_8 (void *data, const void *values, gsize n)
{
  State        *state = data;
  const guint8 *codes = values;
  guint32       tables[4][256 + 16] = { 0 };
  gsize         i = 0;

  for (; i + 4 <= n; i += 4)
#pragma GCC unroll 4
    for (gsize k = 0; k < 4; k++)
      tables[k][codes[i + k]]++;
  for (; i < n; i++)
    tables[0][codes[i]]++;
  for (gsize code = 0; code < 256; code++)
    state->counts[code] += (guint64) tables[0][code] + tables[1][code] + tables[2][code] + tables[3][code];
}

static void
count_codes_16 (void *data, const void *values, gsize n)
{
  State *state = data;
  const struct
  {
    guint16 value;
  } __attribute__ ((packed, may_alias)) *codes = values;

  for (gsize i = 0; i < n; i++)
    state->counts[codes[i].value]++;
}

/* Adds the tables of float32 to the counts, before they can overflow, and at the end. */
static void
flush_tables (State *state)
{
  for (gsize bin = 0; bin < MOMENTS_N_FLOAT_BINS; bin++)
    for (gsize k = 0; k < 4; k++)
      state->counts[bin] += state->tables[k * MOMENTS_FLOAT_PITCH + bin];
  memset (state->tables, 0, 4 * MOMENTS_FLOAT_PITCH * sizeof (guint32));
  state->n_in_tables = 0;
}

static void
add_floats (void *data, const void *values, gsize n)
{
  State *state = data;

  if (state->n_in_tables > G_MAXINT32)
    flush_tables (state);
  moments_add_floats (&state->moments, values, n, state->tables);
  state->n_in_tables += n;
}

static void
bin_floats (void *data, const void *values, gsize n)
{
  State *state = data;

  histogram_count_floats (state->histogram, values, n, state->bins);
}

static void
add_any (void *data, const void *values, gsize n)
{
  State *state = data;
  double block[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_block = MIN (BLOCK, n - i);

      assay_convert_to_double (state->dtype, (const guint8 *) values + i * state->item_size, block, n_block);
      moments_add_doubles (&state->moments, block, n_block, state->smallest_normal);
      for (gsize k = 0; k < n_block; k++)
        {
          guint64 bits;

          memcpy (&bits, &block[k], sizeof bits);
          state->counts[bits >> WIDE_SHIFT]++;
        }
    }
}

static void
bin_any (void *data, const void *values, gsize n)
{
  State *state = data;
  double block[BLOCK];

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize n_block = MIN (BLOCK, n - i);

      assay_convert_to_double (state->dtype, (const guint8 *) values + i * state->item_size, block, n_block);
      histogram_count_doubles (state->histogram, block, n_block, state->bins);
    }
}

static void
set_moments (AssayStatistics *s, const Moments *moments)
{
  s->n_finite = moments->n_finite;
  s->n_nan = moments->n_nan;
  s->n_pos_inf = moments->n_pos_inf;
  s->n_neg_inf = moments->n_neg_inf;
  s->n_zero = moments->n_zero;
  s->n_denormal = moments->n_denormal;
  s->l1 = moments->l1;
  s->l2 = sqrt (moments->squares);
  if (s->n_finite == 0)
    return;
  s->min = moments->min;
  s->max = moments->max;
  /* A sum of many equal values may be off in the last digit. */
  s->mean = CLAMP (moments->mean, s->min, s->max);
  s->std = s->min == s->max ? 0 : sqrt (MAX (moments->m2, 0) / s->n_finite);
}

/* Everything from a copy of the values. */
static gboolean
compute_few (AssaySource *source, AssayStatistics *s, AssayJob *job, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (source);
  g_autofree void   *raw = g_malloc (s->n * assay_source_get_item_size (source));
  g_autofree double *values = g_new (double, s->n);
  Histogram          histogram;
  Moments            moments;
  gsize              n = 0;

  if (!assay_source_read_flat (source, 0, s->n, raw, job ? assay_job_get_cancellable (job) : NULL, error))
    return FALSE;
  assay_convert_to_double (dtype, raw, values, s->n);
  moments_init (&moments);
  moments_add_doubles (&moments, values, s->n, get_smallest_normal (dtype));
  set_moments (s, &moments);
  if (s->n_finite == 0)
    return TRUE;
  histogram_init (&histogram, s->min, s->max);
  histogram_count_doubles (&histogram, values, s->n, s->bins);
  for (gsize i = 0; i < s->n; i++)
    if (fabs (values[i]) <= DBL_MAX)
      values[n++] = values[i];
  quantiles_select (values, n, s);
  return TRUE;
}

/* Lists the values of codes that are finite and there, ascending, and adds up their moments. */
static gsize
list_codes (AssayDtype dtype, const guint64 *counts, gsize n_codes, double *values, guint64 *weights, Moments *moments)
{
  AssayKind kind = assay_dtype_get_info (dtype)->kind;
  double    smallest_normal = get_smallest_normal (dtype);
  gboolean  is_signed = (kind == ASSAY_KIND_FLOAT || kind == ASSAY_KIND_INT) && dtype != ASSAY_DTYPE_FLOAT8_E8M0FNU;
  gsize     n = 0, half = n_codes / 2;

  for (gsize i = 0; i < n_codes; i++)
    {
      /* Codes of negative values are the upper half; those of floats get smaller. */
      gsize   code = !is_signed ? i : i >= half            ? i - half
                                  : kind == ASSAY_KIND_INT ? i + half
                                                           : n_codes - 1 - i;
      guint16 wide = code;
      guint8  narrow = code;
      double  value;

      if (counts[code] == 0)
        continue;
      assay_convert_to_double (dtype, assay_dtype_get_info (dtype)->item_size == 2 ? (void *) &wide : (void *) &narrow, &value, 1);
      moments_add_weighted (moments, value, counts[code], smallest_normal);
      if (!(fabs (value) <= DBL_MAX))
        continue;
      values[n] = value;
      weights[n++] = counts[code];
    }
  return n;
}

/* Bytes of which not all bits count are counted as the code that they stand for. Returns the number of codes. */
static gsize
fold_codes (AssayDtype dtype, guint64 *counts)
{
  guint bits = dtype == ASSAY_DTYPE_BOOL ? 1 : assay_dtype_get_info (dtype)->bits;
  gsize n_codes = (gsize) 1 << bits;

  for (gsize code = n_codes; bits < 8 && code < 256; code++)
    counts[dtype == ASSAY_DTYPE_BOOL ? 1 : code & (n_codes - 1)] += counts[code];
  return n_codes;
}

/* Everything from how often each code is there. */
static void
finish_codes (AssayDtype dtype, guint64 *counts, AssayStatistics *s)
{
  gsize               n_codes = fold_codes (dtype, counts);
  g_autofree double  *values = g_new (double, n_codes);
  g_autofree guint64 *weights = g_new (guint64, n_codes);
  Histogram           histogram;
  Moments             moments;
  gsize               n;

  moments_init (&moments);
  n = list_codes (dtype, counts, n_codes, values, weights, &moments);
  set_moments (s, &moments);
  if (n == 0)
    return;
  histogram_init (&histogram, s->min, s->max);
  for (gsize i = 0; i < n; i++)
    s->bins[histogram_find (&histogram, values[i])] += weights[i];
  quantiles_from_weights (values, weights, n, s);
}

/* How a dtype's many values are looked at. */
typedef struct
{
  ScanFunc first;
  ScanFunc second; /* counts bins; NULL if the first pass tells them */
  gsize    n_counts;
  gboolean has_tables;
} Plan;

static Plan
make_plan (AssayDtype dtype, guint64 n)
{
  switch (assay_dtype_get_info (dtype)->item_size)
    {
    case 1:
      return (Plan){ count_codes_8, NULL, 256, FALSE };
    case 2:
      return (Plan){ count_codes_16, NULL, 65536, FALSE };
    default:
      if (dtype == ASSAY_DTYPE_FLOAT32)
        return (Plan){ add_floats, n <= TWICE ? bin_floats : NULL, MOMENTS_N_FLOAT_BINS, TRUE };
      return (Plan){ add_any, bin_any, N_WIDE_BINS, FALSE };
    }
}

static void
state_init (State *state, const Plan *plan, AssayDtype dtype)
{
  *state = (State){
    .dtype = dtype,
    .item_size = assay_dtype_get_info (dtype)->item_size,
    .smallest_normal = get_smallest_normal (dtype),
  };
  moments_init (&state->moments);
  state->counts = g_new0 (guint64, plan->n_counts);
  if (plan->has_tables)
    state->tables = g_new0 (guint32, 4 * MOMENTS_FLOAT_PITCH);
}

static void
state_clear (State *state)
{
  g_free (state->counts);
  g_free (state->tables);
}

/* Adds what the other threads know to the first one's state. */
static void
merge_states (State *states, guint n_states, const Plan *plan)
{
  for (guint i = 0; i < n_states; i++)
    {
      if (plan->has_tables)
        flush_tables (&states[i]);
      if (i == 0)
        continue;
      moments_merge (&states[0].moments, &states[i].moments);
      for (gsize k = 0; k < plan->n_counts; k++)
        states[0].counts[k] += states[i].counts[k];
    }
}

/* The second pass. */
static gboolean
count_bins (Scan *scan, const Plan *plan, State *states, void **pointers, AssayStatistics *s, GError **error)
{
  Histogram histogram;

  histogram_init (&histogram, s->min, s->max);
  for (guint i = 0; i < scan->n_threads; i++)
    states[i].histogram = &histogram;
  if (!scan_run (scan, plan->second, pointers, 1, error))
    return FALSE;
  for (guint i = 0; i < scan->n_threads; i++)
    for (guint bin = 0; bin < ASSAY_HISTOGRAM_N_BINS; bin++)
      s->bins[bin] += states[i].bins[bin];
  return TRUE;
}

static gboolean
run_plan (Scan *scan, const Plan *plan, State *states, AssayStatistics *s, GError **error)
{
  AssayDtype        dtype = assay_source_get_dtype (scan->source);
  g_autofree void **pointers = g_new (void *, scan->n_threads);
  FineBins          fine = { MOMENTS_FLOAT_SHIFT, 32, NULL };

  for (guint i = 0; i < scan->n_threads; i++)
    pointers[i] = &states[i];
  if (!scan_run (scan, plan->first, pointers, plan->second ? 0.5 : 1, error))
    return FALSE;
  merge_states (states, scan->n_threads, plan);
  if (states[0].item_size <= 2)
    {
      finish_codes (dtype, states[0].counts, s);
      return TRUE;
    }
  set_moments (s, &states[0].moments);
  if (s->n_finite == 0)
    return TRUE;
  if (!plan->has_tables)
    fine = (FineBins){ WIDE_SHIFT, 64, NULL };
  fine.counts = states[0].counts;
  fine_bins_get_quantiles (&fine, s);
  if (plan->second != NULL && s->min < s->max)
    return count_bins (scan, plan, states, pointers, s, error);
  if (s->min < s->max)
    fine_bins_get_histogram (&fine, s);
  else
    s->bins[ASSAY_HISTOGRAM_N_BINS / 2] = s->n_finite;
  return TRUE;
}

static gboolean
compute_many (AssaySource *source, guint n_threads, AssayStatistics *s, AssayJob *job, GError **error)
{
  AssayDtype        dtype = assay_source_get_dtype (source);
  Plan              plan = make_plan (dtype, s->n);
  g_autofree State *states = NULL;
  gboolean          good;
  Scan              scan;

  if (!scan_begin (&scan, source, n_threads, job, error))
    return FALSE;
  states = g_new (State, scan.n_threads);
  for (guint i = 0; i < scan.n_threads; i++)
    state_init (&states[i], &plan, dtype);
  good = run_plan (&scan, &plan, states, s, error);
  for (guint i = 0; i < scan.n_threads; i++)
    state_clear (&states[i]);
  return scan_end (&scan, good ? error : NULL) && good;
}

AssayStatistics *
assay_statistics_compute (AssaySource *source, guint n_threads, AssayJob *job, GError **error)
{
  g_autoptr (AssayStatistics) s = g_new0 (AssayStatistics, 1);
  AssayDtype dtype;

  g_return_val_if_fail (ASSAY_IS_SOURCE (source), NULL);
  dtype = assay_source_get_dtype (source);
  if (!assay_dtype_is_numeric (dtype))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("There are no statistics of values of type %s"),
                   assay_source_get_dtype_name (source));
      return NULL;
    }
  if (assay_job_is_cancelled (job, error))
    return NULL;
  s->n = assay_source_get_n_elements (source);
  s->min = s->max = s->mean = s->std = NAN;
  for (guint i = 0; i < ASSAY_N_QUANTILES; i++)
    s->quantiles[i] = NAN;
  s->quantiles_exact = s->bins_exact = TRUE;
  s->complex_magnitude = assay_dtype_get_info (dtype)->kind == ASSAY_KIND_COMPLEX;
  if (s->n > 0 && !(s->n <= FEW ? compute_few (source, s, job, error) : compute_many (source, n_threads, s, job, error)))
    return NULL;
  assay_job_set_fraction (job, 1);
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
