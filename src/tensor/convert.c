/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* To double and back: one pair of functions a dtype, in one table. Elements needn't be aligned: a file's values lie
 * where they lie. */

#include <assay/convert.h>

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "number-text-private.h"
#include "small-floats-private.h"

typedef void (*ToDouble) (AssayDtype dtype, const void *in, double *out, gsize n);

/* Converts as many as fit; returns the position of the first that doesn't, or n. */
typedef gsize (*FromDouble) (AssayDtype dtype, const double *in, void *out, gsize n);

/* Plain C types. Reading through a packed struct lets the compiler use unaligned vector loads. */
#define DEFINE_TO_DOUBLE(name, Type)                                                    \
  static void name##_to_double (AssayDtype dtype, const void *in, double *out, gsize n) \
  {                                                                                     \
    const struct                                                                        \
    {                                                                                   \
      Type value;                                                                       \
    } __attribute__ ((packed, may_alias)) *p = in;                                      \
                                                                                        \
    for (gsize i = 0; i < n; i++)                                                       \
      out[i] = (double) p[i].value;                                                     \
  }

/* An integer holds what rounds into [low, high); both are exact doubles. */
#define DEFINE_FROM_DOUBLE_INT(name, Type, low, high)                                      \
  static gsize name##_from_double (AssayDtype dtype, const double *in, void *out, gsize n) \
  {                                                                                        \
    struct                                                                                 \
    {                                                                                      \
      Type value;                                                                          \
    } __attribute__ ((packed, may_alias)) *p = out;                                        \
                                                                                           \
    for (gsize i = 0; i < n; i++)                                                          \
      {                                                                                    \
        double rounded = rint (in[i]);                                                     \
                                                                                           \
        if (!(rounded >= (low) && rounded < (high)))                                       \
          return i;                                                                        \
        p[i].value = (Type) rounded;                                                       \
      }                                                                                    \
    return n;                                                                              \
  }

DEFINE_TO_DOUBLE (int8, gint8)
DEFINE_TO_DOUBLE (uint8, guint8)
DEFINE_TO_DOUBLE (int16, gint16)
DEFINE_TO_DOUBLE (uint16, guint16)
DEFINE_TO_DOUBLE (int32, gint32)
DEFINE_TO_DOUBLE (uint32, guint32)
DEFINE_TO_DOUBLE (int64, gint64)
DEFINE_TO_DOUBLE (uint64, guint64)
DEFINE_TO_DOUBLE (float32, float)
DEFINE_TO_DOUBLE (float128, long double)
DEFINE_FROM_DOUBLE_INT (bool, guint8, 0, 2)
DEFINE_FROM_DOUBLE_INT (uint4, guint8, 0, 16)
DEFINE_FROM_DOUBLE_INT (uint2, guint8, 0, 4)
DEFINE_FROM_DOUBLE_INT (int8, gint8, -128, 128)
DEFINE_FROM_DOUBLE_INT (uint8, guint8, 0, 256)
DEFINE_FROM_DOUBLE_INT (int16, gint16, -32768, 32768)
DEFINE_FROM_DOUBLE_INT (uint16, guint16, 0, 65536)
DEFINE_FROM_DOUBLE_INT (int32, gint32, -0x1p31, 0x1p31)
DEFINE_FROM_DOUBLE_INT (uint32, guint32, 0, 0x1p32)
DEFINE_FROM_DOUBLE_INT (int64, gint64, -0x1p63, 0x1p63)
DEFINE_FROM_DOUBLE_INT (uint64, guint64, 0, 0x1p64)

static void
bool_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const guint8 *p = in;

  for (gsize i = 0; i < n; i++)
    out[i] = p[i] != 0;
}

static void
float64_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  memcpy (out, in, n * sizeof (double));
}

/* Only the low bits of a byte count. */
static void
narrow_int_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const guint8 *p = in;
  guint         shift = 8 - assay_dtype_get_info (dtype)->bits;

  for (gsize i = 0; i < n; i++)
    out[i] = (gint8) (p[i] << shift) >> shift;
}

static void
narrow_uint_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const guint8 *p = in;
  guint         mask = (1u << assay_dtype_get_info (dtype)->bits) - 1;

  for (gsize i = 0; i < n; i++)
    out[i] = p[i] & mask;
}

static void
float8_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const guint8 *p = in;
  const double *table = small_float_table (dtype);

  for (gsize i = 0; i < n; i++)
    out[i] = table[p[i]];
}

/* Moves the bits to where a float has them, then scales the exponent; this gets subnormals right too. */
static void
float16_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const struct
  {
    guint16 bits;
  } __attribute__ ((packed, may_alias)) *p = in;

  for (gsize i = 0; i < n; i++)
    {
      guint32 magnitude = (guint32) (p[i].bits & 0x7fff) << 13;
      guint32 sign = (guint32) (p[i].bits & 0x8000) << 16;
      union
      {
        guint32 bits;
        float   value;
      } u = { .bits = magnitude };

      u.value *= 0x1p112f;
      u.bits |= sign | (magnitude >= 0x7c00u << 13 ? 0x7f800000 : 0);
      out[i] = u.value;
    }
}

static void
bfloat16_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  const struct
  {
    guint16 bits;
  } __attribute__ ((packed, may_alias)) *p = in;

  for (gsize i = 0; i < n; i++)
    {
      union
      {
        guint32 bits;
        float   value;
      } u = { .bits = (guint32) p[i].bits << 16 };

      out[i] = u.value;
    }
}

static void
complex64_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float parts[2];

      memcpy (parts, (const guint8 *) in + i * sizeof parts, sizeof parts);
      out[i] = hypot (parts[0], parts[1]);
    }
}

static void
complex128_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      double parts[2];

      memcpy (parts, (const guint8 *) in + i * sizeof parts, sizeof parts);
      out[i] = hypot (parts[0], parts[1]);
    }
}

static gsize
narrow_int_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  guint8 *p = out;
  int     high = 1 << (assay_dtype_get_info (dtype)->bits - 1);

  for (gsize i = 0; i < n; i++)
    {
      double rounded = rint (in[i]);

      if (!(rounded >= -high && rounded < high))
        return i;
      p[i] = (int) rounded & (2 * high - 1);
    }
  return n;
}

static gsize
small_float_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  const SmallFloat *format = small_float_get (dtype);
  gboolean          wide = assay_dtype_get_info (dtype)->item_size == 2;
  guint8           *p = out;

  for (gsize i = 0; i < n; i++)
    {
      guint code;

      if (!small_float_encode (format, in[i], &code))
        return i;
      if (wide)
        memcpy (p + 2 * i, &(guint16){ code }, 2);
      else
        p[i] = code;
    }
  return n;
}

/* Whether a double that isn't infinite stays so as a float. */
static gboolean
fits_float (double value)
{
  return isinf (value) || !isinf ((float) value);
}

static gsize
float32_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (!fits_float (in[i]))
        return i;
      memcpy ((guint8 *) out + i * sizeof (float), &(float){ in[i] }, sizeof (float));
    }
  return n;
}

static gsize
float64_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  memcpy (out, in, n * sizeof (double));
  return n;
}

/* The bytes that pad a long double are zeros, so that equal values have equal bytes. */
static gsize
float128_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  memset (out, 0, n * 16);
  for (gsize i = 0; i < n; i++)
    memcpy ((guint8 *) out + i * 16, &(long double){ in[i] }, 10);
  return n;
}

static gsize
complex64_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (!fits_float (in[i]))
        return i;
      memcpy ((guint8 *) out + i * 8, (float[2]){ in[i], 0 }, 8);
    }
  return n;
}

static gsize
complex128_from_double (AssayDtype dtype, const double *in, void *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    memcpy ((guint8 *) out + i * 16, (double[2]){ in[i], 0 }, 16);
  return n;
}

static const struct
{
  ToDouble    to_double;
  FromDouble  from_double;
  const char *range; /* what a message says that the type holds */
} conversions[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_BOOL] = { bool_to_double, bool_from_double, N_ ("0 and 1") },
  [ASSAY_DTYPE_INT4] = { narrow_int_to_double, narrow_int_from_double, N_ ("-8 to 7") },
  [ASSAY_DTYPE_UINT4] = { narrow_uint_to_double, uint4_from_double, N_ ("0 to 15") },
  [ASSAY_DTYPE_INT2] = { narrow_int_to_double, narrow_int_from_double, N_ ("-2 to 1") },
  [ASSAY_DTYPE_UINT2] = { narrow_uint_to_double, uint2_from_double, N_ ("0 to 3") },
  [ASSAY_DTYPE_INT8] = { int8_to_double, int8_from_double, N_ ("-128 to 127") },
  [ASSAY_DTYPE_UINT8] = { uint8_to_double, uint8_from_double, N_ ("0 to 255") },
  [ASSAY_DTYPE_INT16] = { int16_to_double, int16_from_double, N_ ("-32768 to 32767") },
  [ASSAY_DTYPE_UINT16] = { uint16_to_double, uint16_from_double, N_ ("0 to 65535") },
  [ASSAY_DTYPE_INT32] = { int32_to_double, int32_from_double, N_ ("-2147483648 to 2147483647") },
  [ASSAY_DTYPE_UINT32] = { uint32_to_double, uint32_from_double, N_ ("0 to 4294967295") },
  [ASSAY_DTYPE_INT64] = { int64_to_double, int64_from_double, N_ ("-9223372036854775808 to 9223372036854775807") },
  [ASSAY_DTYPE_UINT64] = { uint64_to_double, uint64_from_double, N_ ("0 to 18446744073709551615") },
  [ASSAY_DTYPE_FLOAT4_E2M1FN] = { float8_to_double, small_float_from_double, N_ ("-6 to 6") },
  [ASSAY_DTYPE_FLOAT6_E2M3FN] = { float8_to_double, small_float_from_double, N_ ("-7.5 to 7.5") },
  [ASSAY_DTYPE_FLOAT6_E3M2FN] = { float8_to_double, small_float_from_double, N_ ("-28 to 28") },
  [ASSAY_DTYPE_FLOAT8_E4M3FN] = { float8_to_double, small_float_from_double, N_ ("-448 to 448 and NaN") },
  [ASSAY_DTYPE_FLOAT8_E5M2] = { float8_to_double, small_float_from_double, N_ ("-57344 to 57344, infinities and NaN") },
  [ASSAY_DTYPE_FLOAT8_E4M3FNUZ] = { float8_to_double, small_float_from_double, N_ ("-240 to 240 and NaN") },
  [ASSAY_DTYPE_FLOAT8_E5M2FNUZ] = { float8_to_double, small_float_from_double, N_ ("-57344 to 57344 and NaN") },
  [ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ] = { float8_to_double, small_float_from_double, N_ ("-30 to 30 and NaN") },
  [ASSAY_DTYPE_FLOAT8_E8M0FNU] = { float8_to_double, small_float_from_double,
                                   N_ ("powers of two from 5.9e-39 to 1.7e+38 and NaN") },
  [ASSAY_DTYPE_FLOAT16] = { float16_to_double, small_float_from_double, N_ ("-65504 to 65504, infinities and NaN") },
  [ASSAY_DTYPE_BFLOAT16] = { bfloat16_to_double, small_float_from_double, N_ ("-3.39e+38 to 3.39e+38, infinities and NaN") },
  [ASSAY_DTYPE_FLOAT32] = { float32_to_double, float32_from_double,
                            N_ ("-3.4028235e+38 to 3.4028235e+38, infinities and NaN") },
  [ASSAY_DTYPE_FLOAT64] = { float64_to_double, float64_from_double, N_ ("-1.8e+308 to 1.8e+308, infinities and NaN") },
  [ASSAY_DTYPE_FLOAT128] = { float128_to_double, float128_from_double,
                             N_ ("-1.19e+4932 to 1.19e+4932, infinities and NaN") },
  [ASSAY_DTYPE_COMPLEX64] = { complex64_to_double, complex64_from_double,
                              N_ ("parts from -3.4028235e+38 to 3.4028235e+38, infinities and NaN") },
  [ASSAY_DTYPE_COMPLEX128] = { complex128_to_double, complex128_from_double,
                               N_ ("parts from -1.8e+308 to 1.8e+308, infinities and NaN") },
};

const char *
assay_convert_get_range (AssayDtype dtype)
{
  const char *range = conversions[dtype].range;

  return range ? _ (range) : "";
}

void
assay_convert_to_double (AssayDtype dtype, const void *in, double *out, gsize n)
{
  g_return_if_fail (assay_dtype_is_numeric (dtype));
  if (n > 0)
    conversions[dtype].to_double (dtype, in, out, n);
}

gboolean
assay_convert_from_double (AssayDtype dtype, const double *in, void *out, gsize n, GError **error)
{
  char  value[NUMBER_TEXT_SIZE];
  gsize n_done;

  g_return_val_if_fail (assay_dtype_is_numeric (dtype), FALSE);
  n_done = n > 0 ? conversions[dtype].from_double (dtype, in, out, n) : 0;
  if (n_done == n)
    return TRUE;
  number_text_shortest (ASSAY_DTYPE_FLOAT64, in[n_done], value);
  if (n == 1)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s doesn’t fit into %s, which holds %s"), value,
                 assay_dtype_get_info (dtype)->name, assay_convert_get_range (dtype));
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s at position %" PRIu64 " doesn’t fit into %s, which holds %s"),
                 value, (guint64) n_done, assay_dtype_get_info (dtype)->name, assay_convert_get_range (dtype));
  return FALSE;
}
