/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How: a decimal reads back to a value if it lies strictly between the midpoints to the value's neighbours. Midpoints of
 * doubles are exact in a long double, and rounding is monotonic, so a comparison after one correctly rounded operation
 * proves it; integers below 2^64 and powers of ten up to 10^27 are exact too. What can't be proved so fast goes
 * through the C library. (Where long double is double, everything does.) */

#include "number-text-private.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "small-floats-private.h"

#define MAX_EXACT_POWER (LDBL_MANT_DIG >= 64 ? 27 : 0)

/* A value and how to write it: any decimal strictly between low and high is read back as value. */
typedef struct
{
  long double value, low, high;
  int         first_precision, last_precision;
  AssayDtype  dtype;
} Interval;

/* Digits without point, and the exponent of the first of them. */
typedef struct
{
  char digits[24];
  int  n_digits;
  int  exponent;
} Decimal;

static const long double powers_of_ten[28] = {
  1e0L,
  1e1L,
  1e2L,
  1e3L,
  1e4L,
  1e5L,
  1e6L,
  1e7L,
  1e8L,
  1e9L,
  1e10L,
  1e11L,
  1e12L,
  1e13L,
  1e14L,
  1e15L,
  1e16L,
  1e17L,
  1e18L,
  1e19L,
  1e20L,
  1e21L,
  1e22L,
  1e23L,
  1e24L,
  1e25L,
  1e26L,
  1e27L,
};

static locale_t
get_c_locale (void)
{
  static gsize locale = 0;

  if (g_once_init_enter (&locale))
    g_once_init_leave (&locale, (gsize) newlocale (LC_ALL_MASK, "C", NULL));
  return (locale_t) locale;
}

double
number_text_scan (const char *text, char **end)
{
  return strtod_l (text, end, get_c_locale ());
}

float
number_text_scan_float (const char *text)
{
  return strtof_l (text, NULL, get_c_locale ());
}

long double
number_text_scan_long (const char *text, char **end)
{
  return strtold_l (text, end, get_c_locale ());
}

char *
number_text_print (const char *format, long double value)
{
  locale_t old = uselocale (get_c_locale ());
  char    *text = g_strdup_printf (format, value);

  uselocale (old);
  return text;
}

/* The neighbours of a positive value that is a small float. */
static void
get_small_neighbours (const SmallFloat *format, double value, long double *below, long double *above)
{
  guint code;

  if (format->kind == SMALL_FLOAT_POWERS)
    {
      *below = value / 2;
      *above = value * 2;
      return;
    }
  small_float_encode (format, value, &code);
  *below = code > 0 ? small_float_decode (format, code - 1) : -value;
  *above = code < format->max_code ? small_float_decode (format, code + 1) : 2 * value - *below;
}

static Interval
make_interval (AssayDtype dtype, double value)
{
  const SmallFloat *format = small_float_get (dtype);
  Interval          interval = { .value = value, .dtype = dtype };
  long double       below, above;
  gboolean          normal;

  if (format != NULL)
    {
      get_small_neighbours (format, value, &below, &above);
      interval.first_precision = dtype == ASSAY_DTYPE_FLOAT16 ? 3 : dtype == ASSAY_DTYPE_BFLOAT16 ? 2
                                                                                                  : 1;
      interval.last_precision = 9;
      normal = value >= ldexp (1, 1 - format->bias);
    }
  else if (dtype == ASSAY_DTYPE_FLOAT32)
    {
      below = nextafterf (value, 0);
      above = value < FLT_MAX ? nextafterf (value, INFINITY) : 2 * (long double) value - below;
      interval.first_precision = FLT_DIG;
      interval.last_precision = FLT_DECIMAL_DIG;
      normal = value >= FLT_MIN;
    }
  else
    {
      below = nextafter (value, 0);
      above = value < DBL_MAX ? nextafter (value, INFINITY) : 2 * (long double) value - below;
      interval.first_precision = DBL_DIG;
      interval.last_precision = DBL_DECIMAL_DIG;
      normal = value >= DBL_MIN;
    }
  interval.low = (value + below) / 2;
  interval.high = (value + above) / 2;
  if (!normal)
    interval.first_precision = 1;
  return interval;
}

/* Writes an integer's digits without trailing zeros; it stands for that many times 10^-power. */
static void
set_digits (Decimal *decimal, guint64 integer, int power)
{
  char reversed[24];
  int  n = 0, n_zeros = 0;

  while (integer % 10 == 0 && integer > 0)
    {
      integer /= 10;
      n_zeros++;
    }
  for (; integer > 0; integer /= 10)
    reversed[n++] = '0' + integer % 10;
  for (int i = 0; i < n; i++)
    decimal->digits[i] = reversed[n - 1 - i];
  decimal->n_digits = n;
  decimal->exponent = n + n_zeros - 1 - power;
}

/* FALSE if this can't be decided by exact operations. */
static gboolean
find_digits_fast (const Interval *interval, Decimal *decimal)
{
  int exponent = (int) floor (log10 ((double) interval->value));

  for (int precision = interval->first_precision; precision <= interval->last_precision; precision++)
    {
      int         power = precision - 1 - exponent;
      long double scaled, whole, back;

      if (ABS (power) > MAX_EXACT_POWER || precision > 18)
        return FALSE;
      scaled = power >= 0 ? interval->value * powers_of_ten[power] : interval->value / powers_of_ten[-power];
      whole = rintl (scaled);
      /* Near a tie the scaled value may have been rounded to the wrong side. */
      if (precision > 15 && fabsl (fabsl (scaled - whole) - 0.5L) < 0.03125L)
        return FALSE;
      back = power >= 0 ? whole / powers_of_ten[power] : whole * powers_of_ten[-power];
      if (back == interval->low || back == interval->high)
        return FALSE;
      if (back > interval->low && back < interval->high)
        {
          set_digits (decimal, (guint64) whole, power);
          return TRUE;
        }
    }
  return FALSE;
}

/* Whether the text is read back as the value. On the midpoint it may be: an even value gets what is half-way. */
static gboolean
reads_back (const Interval *interval, const char *text)
{
  long double back = number_text_scan_long (text, NULL);

  if (interval->dtype == ASSAY_DTYPE_FLOAT64)
    return number_text_scan (text, NULL) == interval->value;
  if (interval->dtype == ASSAY_DTYPE_FLOAT32)
    return number_text_scan_float (text) == interval->value;
  return (back > interval->low && back < interval->high) || back == interval->value;
}

/* By the C library, one precision after another. */
static void
find_digits_slowly (const Interval *interval, Decimal *decimal)
{
  for (int precision = interval->first_precision; precision <= interval->last_precision; precision++)
    {
      char printed[64], text[64];
      int  n = 0;

      snprintf (printed, sizeof printed, "%.*Le", precision - 1, interval->value);
      for (const char *p = printed; *p != 'e'; p++)
        if (g_ascii_isdigit (*p))
          decimal->digits[n++] = *p;
      decimal->exponent = atoi (strchr (printed, 'e') + 1);
      g_snprintf (text, sizeof text, "%.*se%d", n, decimal->digits, decimal->exponent - n + 1);
      while (n > 1 && decimal->digits[n - 1] == '0')
        n--;
      decimal->n_digits = n;
      if (reads_back (interval, text))
        return;
    }
}

/* Python's choice: positional from 1e-4 to below 1e16, else with an exponent of two digits or more. */
static gsize
lay_out (const Decimal *decimal, gboolean negative, char *out)
{
  int   n = decimal->n_digits, point = decimal->exponent + 1;
  char *p = out;

  if (negative)
    *p++ = '-';
  if (decimal->exponent < -4 || decimal->exponent >= 16)
    {
      *p++ = decimal->digits[0];
      if (n > 1)
        {
          *p++ = '.';
          memcpy (p, decimal->digits + 1, n - 1);
          p += n - 1;
        }
      return p - out + g_snprintf (p, 12, "e%+03d", decimal->exponent);
    }
  if (point <= 0)
    {
      *p++ = '0';
      *p++ = '.';
      for (int i = point; i < 0; i++)
        *p++ = '0';
    }
  for (int i = 0; i < MAX (n, point); i++)
    {
      if (i == point && i > 0)
        *p++ = '.';
      *p++ = i < n ? decimal->digits[i] : '0';
    }
  *p = '\0';
  return p - out;
}

/* NaN, infinities and zeros; 0 if it is none of them. */
static gsize
write_special (long double value, char *out)
{
  const char *text = isnan (value) ? "NaN" : isinf (value) ? "-inf"
                                         : value == 0      ? "-0"
                                                           : NULL;

  if (text == NULL)
    return 0;
  if (*text == '-' && !signbit (value))
    text++;
  return g_strlcpy (out, text, NUMBER_TEXT_SIZE);
}

gsize
number_text_shortest (AssayDtype dtype, double value, char *out)
{
  double   magnitude = fabs (value);
  gsize    length = write_special (value, out);
  Interval interval;
  Decimal  decimal;

  if (length > 0)
    return length;
  if (magnitude < 0x1p24 && magnitude == (double) (gint32) magnitude)
    {
      set_digits (&decimal, (guint64) magnitude, 0);
      return lay_out (&decimal, value < 0, out);
    }
  interval = make_interval (dtype, magnitude);
  if (!find_digits_fast (&interval, &decimal))
    find_digits_slowly (&interval, &decimal);
  return lay_out (&decimal, value < 0, out);
}

gsize
number_text_shortest_long (long double value, char *out)
{
  gsize    length = write_special (value, out);
  Interval interval = { .value = fabsl (value), .first_precision = 1, .last_precision = LDBL_DECIMAL_DIG };
  Decimal  decimal;

  if (length > 0)
    return length;
  /* Only the value itself will do. */
  interval.low = interval.high = interval.value;
  if (interval.value >= LDBL_MIN)
    interval.first_precision = LDBL_DIG;
  find_digits_slowly (&interval, &decimal);
  return lay_out (&decimal, value < 0, out);
}
