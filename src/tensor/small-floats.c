/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Facts: ml_dtypes' documentation; OCP 8-bit Floating Point 1.0 and Microscaling Formats 1.0; IEEE 754-2019 for float16.
 * Codes are sign, exponent, mantissa from the top; exponent 0 is subnormal but in the powers of two. */

#include "small-floats-private.h"

#include <math.h>
#include <string.h>

#define FIRST ASSAY_DTYPE_FLOAT4_E2M1FN
#define LAST ASSAY_DTYPE_BFLOAT16

static const SmallFloat formats[LAST - FIRST + 1] = {
  [ASSAY_DTYPE_FLOAT4_E2M1FN - FIRST] = { 2, 1, 1, SMALL_FLOAT_ALL, 0x7, 0, 0 },
  [ASSAY_DTYPE_FLOAT6_E2M3FN -
      FIRST] = { 2, 3, 1, SMALL_FLOAT_ALL, 0x1f, 0, 0 },
  [ASSAY_DTYPE_FLOAT6_E3M2FN -
      FIRST] = { 3, 2, 3, SMALL_FLOAT_ALL, 0x1f, 0, 0 },
  [ASSAY_DTYPE_FLOAT8_E4M3FN -
      FIRST] = { 4, 3, 7, SMALL_FLOAT_FN, 0x7e, 0x7f, 0 },
  [ASSAY_DTYPE_FLOAT8_E5M2 -
      FIRST] = { 5, 2, 15, SMALL_FLOAT_IEEE, 0x7b, 0x7e, 0x7c },
  [ASSAY_DTYPE_FLOAT8_E4M3FNUZ -
      FIRST] = { 4, 3, 8, SMALL_FLOAT_FNUZ, 0x7f, 0x80, 0 },
  [ASSAY_DTYPE_FLOAT8_E5M2FNUZ -
      FIRST] = { 5, 2, 16, SMALL_FLOAT_FNUZ, 0x7f, 0x80, 0 },
  [ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ -
      FIRST] = { 4, 3, 11, SMALL_FLOAT_FNUZ, 0x7f, 0x80, 0 },
  [ASSAY_DTYPE_FLOAT8_E8M0FNU -
      FIRST] = { 8, 0, 127, SMALL_FLOAT_POWERS, 0xfe, 0xff, 0 },
  [ASSAY_DTYPE_FLOAT16 -
      FIRST] = { 5, 10, 15, SMALL_FLOAT_IEEE, 0x7bff, 0x7e00, 0x7c00 },
  [ASSAY_DTYPE_BFLOAT16 -
      FIRST] = { 8, 7, 127, SMALL_FLOAT_IEEE, 0x7f7f, 0x7fc0, 0x7f80 },
};

const SmallFloat *
small_float_get (AssayDtype dtype)
{
  return dtype >= FIRST && dtype <= LAST ? &formats[dtype - FIRST] : NULL;
}

/* The code without its sign. */
static double
decode_magnitude (const SmallFloat *self, guint code)
{
  int exponent = code >> self->n_mantissa;
  int mantissa = code & ((1u << self->n_mantissa) - 1);

  if (exponent > 0)
    mantissa += 1 << self->n_mantissa;
  return ldexp (mantissa, MAX (exponent, 1) - self->bias - self->n_mantissa);
}

double
small_float_decode (const SmallFloat *self, guint code)
{
  guint sign = 1u << (self->n_exponent + self->n_mantissa);
  guint magnitude = code & (sign - 1);

  if (self->kind == SMALL_FLOAT_POWERS)
    return code == self->nan_code ? NAN : ldexp (1, (int) code - self->bias);
  if (self->kind == SMALL_FLOAT_FNUZ && code == sign)
    return NAN;
  if (magnitude > self->max_code)
    return magnitude == self->inf_code ? (code & sign ? -INFINITY : INFINITY) : NAN;
  return code & sign ? -decode_magnitude (self, magnitude) : decode_magnitude (self, magnitude);
}

/* Divides by 2^shift, rounding to nearest, ties to even. */
static guint64
shift_rounding (guint64 value, guint shift)
{
  return (value + (G_GUINT64_CONSTANT (1) << (shift - 1)) - 1 + (value >> shift & 1)) >> shift;
}

/* The code of a finite magnitude, given as the bits of a double; may be beyond the largest. */
static guint64
encode_magnitude (const SmallFloat *self, guint64 bits)
{
  guint   shift = 52 - self->n_mantissa;
  guint64 smallest_normal = (guint64) (1024 - self->bias) << 52;

  if (bits >= smallest_normal)
    return shift_rounding (bits - smallest_normal + (G_GUINT64_CONSTANT (1) << 52), shift);
  shift += (smallest_normal - bits + (G_GUINT64_CONSTANT (1) << 52) - 1) >> 52;
  if (shift > 60 || bits >> 52 == 0)
    return 0;
  return shift_rounding ((bits & ((G_GUINT64_CONSTANT (1) << 52) - 1)) | G_GUINT64_CONSTANT (1) << 52, shift);
}

/* Powers of two: from half the smallest on, up to what rounds to the largest. Ties go up, as in ml_dtypes. */
static gboolean
encode_power (const SmallFloat *self, double value, guint *code)
{
  guint64 bits;

  *code = self->nan_code;
  if (isnan (value))
    return TRUE;
  if (!(value >= 0x1p-128) || isinf (value))
    return FALSE;
  value = MAX (value, 0x1p-127);
  memcpy (&bits, &value, sizeof bits);
  bits = (bits - ((guint64) (1023 - self->bias) << 52) + (G_GUINT64_CONSTANT (1) << 51)) >> 52;
  *code = MIN (bits, self->max_code);
  return bits <= self->max_code;
}

gboolean
small_float_encode (const SmallFloat *self, double value, guint *code)
{
  guint   sign = signbit (value) ? 1u << (self->n_exponent + self->n_mantissa) : 0;
  guint64 bits;

  if (self->kind == SMALL_FLOAT_POWERS)
    return encode_power (self, value, code);
  memcpy (&bits, &value, sizeof bits);
  bits &= G_MAXINT64;
  if (bits >= G_GUINT64_CONSTANT (0x7ff) << 52)
    {
      gboolean nan = bits > G_GUINT64_CONSTANT (0x7ff) << 52;

      *code = (nan ? self->nan_code : self->inf_code) | (self->kind == SMALL_FLOAT_FNUZ ? 0 : sign);
      return nan ? self->nan_code != 0 : self->inf_code != 0;
    }
  bits = encode_magnitude (self, bits);
  if (bits > self->max_code)
    return FALSE;
  *code = bits | (self->kind == SMALL_FLOAT_FNUZ && bits == 0 ? 0 : sign);
  return TRUE;
}

const double *
small_float_table (AssayDtype dtype)
{
  static double tables[ASSAY_DTYPE_FLOAT8_E8M0FNU - FIRST + 1][256];
  static gsize  made = 0;

  if (g_once_init_enter (&made))
    {
      for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
        for (guint code = 0; code < 256; code++)
          tables[i][code] = small_float_decode (&formats[i], code & ((1u << assay_dtype_get_info (FIRST + i)->bits) - 1));
      g_once_init_leave (&made, 1);
    }
  return tables[dtype - FIRST];
}
