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

/* Up to 0.625 an odd polynomial, 1 − 2 / (e^2x + 1) beyond. */
static inline float
vector_tanh (float x)
{
  float a = fabsf (x), z = x * x;
  float p = -0.005704990588f;
  float far;

  p = p * z + 0.020639089867f;
  p = p * z - 0.053739715368f;
  p = p * z + 0.133314415812f;
  p = p * z - 0.333332806826f;
  far = copysignf (1.0f - 2.0f / (vector_exp (2.0f * a) + 1.0f), x);
  return a < 0.625f ? x + x * z * p : far;
}

/* erf (x) up to 1. */
static inline float
vector_erf_near (float x)
{
  float z = x * x;
  float p = 7.854008436e-5f;

  p = p * z - 0.000801024202f;
  p = p * z + 0.005188333802f;
  p = p * z - 0.026853814721f;
  p = p * z + 0.112835854292f;
  p = p * z - 0.376126259565f;
  p = p * z + 1.128379106522f;
  return x * p;
}

/* erfc (x) from 0.4 on: e^−x² by itself, in two factors so that x² needs no rounding, times a polynomial in (x − 3) / (x + 3). */
static inline float
vector_erfc_far (float x)
{
  float   a = x > 10.6f ? 10.6f : x;
  float   q = (a - 3.0f) / (a + 3.0f);
  float   p = -0.000483288226f, head;
  guint32 bits;

  p = p * q + 0.001852558460f;
  p = p * q + 0.002351086820f;
  p = p * q - 0.023775259033f;
  p = p * q + 0.068349786103f;
  p = p * q - 0.119271270931f;
  p = p * q + 0.129641324282f;
  p = p * q - 0.047562465072f;
  p = p * q - 0.135621011257f;
  p = p * q + 1.253008008003f;
  memcpy (&bits, &a, sizeof bits);
  bits &= 0xfffff000;
  memcpy (&head, &bits, sizeof head);
  return vector_exp (-head * head) * vector_exp (-(a - head) * (a + head)) * p / (1.0f + 2.0f * a);
}

static inline float
vector_erf (float x)
{
  float a = fabsf (x), far = copysignf (1.0f - vector_erfc_far (a), x), near = vector_erf_near (x);

  return a < 1.0f ? near : far;
}

static inline float
vector_erfc (float x)
{
  float a = fabsf (x), tail = vector_erfc_far (a), far = x < 0.0f ? 2.0f - tail : tail, near = 1.0f - vector_erf_near (x);

  return a < 0.5f ? near : far;
}

/* log (1 + e^x). Of t = e^−|x| the logarithm is 2 artanh (t / (2 + t)). */
static inline float
vector_softplus (float x)
{
  float t = vector_exp (-fabsf (x)), y = t / (2.0f + t), z = y * y;
  float p = 0.281777352095f;

  p = p * z + 0.279607534409f;
  p = p * z + 0.400248974562f;
  p = p * z + 0.666663169861f;
  return (x > 0.0f ? x : 0.0f) + (2.0f * y + y * z * p);
}
