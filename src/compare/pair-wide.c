/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pair-wide-private.h"

#include <assay/convert.h>
#include <math.h>
#include <string.h>

#define BLOCK 2048

/* On x86-64 a long double holds every 64-bit integer and every float128. */
typedef struct
{
  long double re;
  long double im;
} Wide;

static gboolean
is_complex (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_COMPLEX64 || dtype == ASSAY_DTYPE_COMPLEX128;
}

gboolean
pair_is_wide (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_UINT64 || dtype == ASSAY_DTYPE_FLOAT128 || is_complex (dtype);
}

#define CASE(DTYPE, Type, REAL, IMAGINARY)      \
  case DTYPE:                                   \
    for (gsize i = 0; i < n; i++)               \
      {                                         \
        Type v[2];                              \
                                                \
        memcpy (v, p + i * item, item);         \
        out[i] = (Wide){ (REAL), (IMAGINARY) }; \
      }                                         \
    break

static void
widen (AssayDtype dtype, guint32 item, const void *in, Wide *out, gsize n)
{
  const guint8 *p = in;

  switch ((int) dtype)
    {
      CASE (ASSAY_DTYPE_INT64, gint64, v[0], 0);
      CASE (ASSAY_DTYPE_UINT64, guint64, v[0], 0);
      CASE (ASSAY_DTYPE_FLOAT128, long double, v[0], 0);
      CASE (ASSAY_DTYPE_COMPLEX64, float, v[0], v[1]);
      CASE (ASSAY_DTYPE_COMPLEX128, double, v[0], v[1]);
    default:
      {
        double narrow[BLOCK];

        assay_convert_to_double (dtype, in, narrow, n);
        for (gsize i = 0; i < n; i++)
          out[i] = (Wide){ narrow[i], 0 };
      }
    }
}

static gboolean
is_nan (Wide value)
{
  return isnan (value.re) || isnan (value.im);
}

/* Equal infinities don't differ. */
static Wide
subtract (Wide a, Wide b)
{
  return (Wide){ a.re == b.re ? 0 : b.re - a.re, a.im == b.im ? 0 : b.im - a.im };
}

static double
magnitude (Wide value)
{
  return value.im == 0 ? fabsl (value.re) : hypotl (value.re, value.im);
}

void
pair_wide_add (PairSums *self, const PairKind *kind, const void *a, const void *b, gsize n)
{
  Wide x[BLOCK], y[BLOCK];

  widen (kind->a, kind->item_a, a, x, n);
  widen (kind->b, kind->item_b, b, y, n);
  for (gsize i = 0; i < n; i++)
    {
      gboolean nan_x = is_nan (x[i]), nan_y = is_nan (y[i]);
      Wide     d;
      double   m;

      self->n_nan_a += nan_x;
      self->n_nan_b += nan_y;
      self->n_nan_both += nan_x && nan_y;
      self->n_changed += nan_x != nan_y;
      self->n_differing += nan_x != nan_y;
      if (nan_x || nan_y)
        continue;
      d = subtract (x[i], y[i]);
      m = magnitude (d);
      self->max_abs = MAX (self->max_abs, m);
      self->l1 += m;
      self->squares += d.re * d.re + d.im * d.im;
      self->squares_a += x[i].re * x[i].re + x[i].im * x[i].im;
      self->squares_b += y[i].re * y[i].re + y[i].im * y[i].im;
      self->dot += x[i].re * y[i].re + x[i].im * y[i].im;
      self->n_changed += m > kind->tolerance;
      self->n_differing += d.re != 0 || d.im != 0;
    }
}

void
pair_wide_subtract (const PairKind *kind, const void *a, const void *b, double *re, double *im, gsize n)
{
  gboolean complex = is_complex (kind->a) || is_complex (kind->b);
  Wide     x[BLOCK], y[BLOCK];

  widen (kind->a, kind->item_a, a, x, n);
  widen (kind->b, kind->item_b, b, y, n);
  for (gsize i = 0; i < n; i++)
    {
      Wide d = is_nan (x[i]) && is_nan (y[i]) ? (Wide){ 0, 0 } : subtract (x[i], y[i]);

      re[i] = complex && im == NULL ? magnitude (d) : (double) d.re;
      if (im != NULL)
        im[i] = d.im;
    }
}
