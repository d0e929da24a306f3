/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sums and counts of float32 at once: while vectors are summed, the scalar units count. */

#include "moments-private.h"

#if defined(__x86_64__) && defined(__GNUC__)
/* GCC 12's header uses undefined vectors on purpose, and warns of them. */
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <float.h>
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define AVX512 __attribute__ ((target ("avx512f,avx512dq,avx512bw,avx512vl,popcnt")))

gboolean
moments_has_avx512 (void)
{
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("popcnt");
}

/* Two floats at a time are taken as 64 bits. */
static inline void
count_four (const float *values, guint32 *tables)
{
  guint64 pair, next;

  memcpy (&pair, values, 8);
  memcpy (&next, values + 2, 8);
  tables[(guint32) pair >> MOMENTS_FLOAT_SHIFT]++;
  tables[MOMENTS_FLOAT_PITCH + (pair >> (32 + MOMENTS_FLOAT_SHIFT))]++;
  tables[2 * MOMENTS_FLOAT_PITCH + ((guint32) next >> MOMENTS_FLOAT_SHIFT)]++;
  tables[3 * MOMENTS_FLOAT_PITCH + (next >> (32 + MOMENTS_FLOAT_SHIFT))]++;
}

AVX512 gboolean
moments_sum_avx512 (const void *values, MomentsSums *sums, guint32 *tables)
{
  const float *p = values;
  __m512d      sum[2], l1[2], squares[2];
  __m512       min = _mm512_set1_ps (INFINITY), max = _mm512_set1_ps (-INFINITY);
  __m512       normal = _mm512_set1_ps (FLT_MIN), infinity = _mm512_set1_ps (INFINITY);
  __mmask16    bad = 0;

  sum[0] = sum[1] = l1[0] = l1[1] = squares[0] = squares[1] = _mm512_setzero_pd ();
  for (gsize i = 0; i < sums->n; i += 16)
    {
      __m512    x = _mm512_loadu_ps (p + i), magnitude = _mm512_abs_ps (x);
      __mmask16 small = _mm512_cmp_ps_mask (magnitude, normal, _CMP_LT_OQ);
      __m512d   low = _mm512_cvtps_pd (_mm512_castps512_ps256 (x)), high = _mm512_cvtps_pd (_mm512_extractf32x8_ps (x, 1));

      _mm_prefetch ((const char *) (p + i + 1024), _MM_HINT_T0);
#pragma GCC unroll 4
      for (gsize k = 0; k < 16; k += 4)
        count_four (p + i + k, tables);
      bad |= _mm512_cmp_ps_mask (magnitude, infinity, _CMP_NLT_UQ);
      if (small != 0)
        {
          sums->n_small += _mm_popcnt_u32 (small);
          sums->n_zero += _mm_popcnt_u32 (_mm512_cmp_ps_mask (x, _mm512_setzero_ps (), _CMP_EQ_OQ));
        }
      min = _mm512_min_ps (min, x);
      max = _mm512_max_ps (max, x);
      sum[0] = _mm512_add_pd (sum[0], low);
      sum[1] = _mm512_add_pd (sum[1], high);
      l1[0] = _mm512_add_pd (l1[0], _mm512_abs_pd (low));
      l1[1] = _mm512_add_pd (l1[1], _mm512_abs_pd (high));
      squares[0] = _mm512_fmadd_pd (low, low, squares[0]);
      squares[1] = _mm512_fmadd_pd (high, high, squares[1]);
    }
  sums->min = _mm512_reduce_min_ps (min);
  sums->max = _mm512_reduce_max_ps (max);
  sums->sum = _mm512_reduce_add_pd (_mm512_add_pd (sum[0], sum[1]));
  sums->l1 = _mm512_reduce_add_pd (_mm512_add_pd (l1[0], l1[1]));
  sums->squares = _mm512_reduce_add_pd (_mm512_add_pd (squares[0], squares[1]));
  return bad == 0;
}
#else
gboolean
moments_has_avx512 (void)
{
  return FALSE;
}

gboolean
moments_sum_avx512 (const void *values, MomentsSums *sums, guint32 *tables)
{
  g_assert_not_reached ();
}
#endif
