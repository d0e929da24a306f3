/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* float16 and bfloat16 are computed with as float32: widened before, rounded to nearest even behind. */

#pragma once

#include <assay/dtype.h>
#include <string.h>

G_BEGIN_DECLS

static inline float
assay_float_of_bits (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

static inline guint32
assay_bits_of_float (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

/* Subnormals too: 2^112 times the float with the same fields, made of a float's exponent. */
static inline float
assay_float_of_half (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16, rest = (guint32) (half & 0x7fff) << 13;
  float   x = assay_float_of_bits (rest) * 0x1p112f;

  return assay_float_of_bits (sign | (rest >= 0x0f800000 ? rest | 0x7f800000 : assay_bits_of_float (x)));
}

static inline guint16
assay_half_of_float (float x)
{
  guint32 bits = assay_bits_of_float (x), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
  guint32 normal = (rest - 0x38000000 + 0xfff + (rest >> 13 & 1)) >> 13;
  /* Below 2^-14 the addition rounds to multiples of 2^-24. */
  guint32 tiny = assay_bits_of_float (assay_float_of_bits (rest) + 0.5f) - 0x3f000000;
  guint32 half = rest < 0x38800000 ? tiny : normal;

  if (rest >= 0x477ff000)
    half = 0x7c00;
  if (rest > 0x7f800000)
    half = 0x7e00;
  return sign | half;
}

static inline float
assay_float_of_bfloat (guint16 half)
{
  return assay_float_of_bits ((guint32) half << 16);
}

static inline guint16
assay_bfloat_of_float (float x)
{
  guint32 bits = assay_bits_of_float (x);

  if ((bits & 0x7fffffff) > 0x7f800000)
    return (bits >> 16 & 0x8000) | 0x7fc0;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static inline gboolean
assay_is_half (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT16 || dtype == ASSAY_DTYPE_BFLOAT16;
}

/* @dtype is FLOAT16 or BFLOAT16. */
void assay_widen (float *out, const void *in, AssayDtype dtype, gsize n);
void assay_narrow (void *out, const float *in, AssayDtype dtype, gsize n);

G_END_DECLS
