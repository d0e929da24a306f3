/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Functions of float32 without branches or calls, so that loops over them become vector code; to be used in loops marked ASSAY_CLONES. */

#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

/* e to the x, within 1 ULP or so; 0 and infinity at the ends, NaN stays NaN. By Cody and Waite: x = n ln 2 + r, a polynomial in r, twice scaled so
 * that results below the smallest normal number come out, too. */
static inline float
vector_exp (float x)
{
  const float magic = 12582912.0f; /* 1.5 × 2²³: adding it rounds to an integer, which is in the low bits then */
  float       clipped = x < -104.0f ? -104.0f : x;
  float       high = clipped > 89.0f ? 89.0f : clipped;
  float       shifted = high * 1.44269504088896341f + magic;
  float       n = shifted - magic;
  float       r = (high - n * 0.693359375f) + n * 2.12194440e-4f;
  float       p = 1.9875691500e-4f;
  gint32      bits, half, rest;
  float       scale, scale2;

  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  memcpy (&bits, &shifted, sizeof bits);
  bits -= 0x4b400000;
  half = bits >> 1;
  rest = bits - half;
  half = (gint32) ((guint32) (half + 127) << 23);
  rest = (gint32) ((guint32) (rest + 127) << 23);
  memcpy (&scale, &half, sizeof scale);
  memcpy (&scale2, &rest, sizeof scale2);
  return p * scale * scale2;
}

static inline float
vector_sigmoid (float x)
{
  return 1.0f / (1.0f + vector_exp (-x));
}

static inline float
vector_tanh (float x)
{
  return tanhf (x);
}

static inline float
vector_erfc (float x)
{
  return erfcf (x);
}

static inline float
vector_erf (float x)
{
  return erff (x);
}
