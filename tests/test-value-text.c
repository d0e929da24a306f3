/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/convert.h>
#include <assay/error.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *
format_double (AssayDtype dtype, double value, AssayFormatStyle style)
{
  guint8 bytes[16];

  g_assert_true (assay_convert_from_double (dtype, &value, bytes, 1, NULL));
  return assay_value_format (dtype, assay_dtype_get_info (dtype)->item_size, bytes, style);
}

static void
test_text_of_numbers (void)
{
  static const struct
  {
    AssayDtype  dtype;
    double      value;
    const char *text;
  } cases[] = {
    { ASSAY_DTYPE_FLOAT32, 0.1f, "0.1" },
    { ASSAY_DTYPE_FLOAT32, 1.0f / 3, "0.33333334" },
    { ASSAY_DTYPE_FLOAT32, 16777216, "16777216" },
    { ASSAY_DTYPE_FLOAT32, 3.4028234663852886e38, "3.4028235e+38" },
    { ASSAY_DTYPE_FLOAT32, 0x1p-149, "1e-45" },
    { ASSAY_DTYPE_FLOAT32, 1.17549435e-38f, "1.1754944e-38" },
    { ASSAY_DTYPE_FLOAT32, 0.0001f, "0.0001" },
    { ASSAY_DTYPE_FLOAT32, 0.00001f, "1e-05" },
    { ASSAY_DTYPE_FLOAT32, -1.5, "-1.5" },
    { ASSAY_DTYPE_FLOAT32, -0.0, "-0" },
    { ASSAY_DTYPE_FLOAT32, NAN, "NaN" },
    { ASSAY_DTYPE_FLOAT32, -INFINITY, "-inf" },
    { ASSAY_DTYPE_FLOAT64, 0.1, "0.1" },
    { ASSAY_DTYPE_FLOAT64, 0.1 + 0.2, "0.30000000000000004" },
    { ASSAY_DTYPE_FLOAT64, 5e-324, "5e-324" },
    { ASSAY_DTYPE_FLOAT64, 1.7976931348623157e308, "1.7976931348623157e+308" },
    { ASSAY_DTYPE_FLOAT64, 9007199254740993, "9007199254740992" },
    { ASSAY_DTYPE_FLOAT64, 1e16, "1e+16" },
    { ASSAY_DTYPE_FLOAT64, 123456789.125, "123456789.125" },
    { ASSAY_DTYPE_FLOAT16, 65504, "65504" },
    { ASSAY_DTYPE_FLOAT16, 0.1, "0.1" },
    { ASSAY_DTYPE_FLOAT16, 0x1p-24, "6e-08" },
    { ASSAY_DTYPE_BFLOAT16, 0.1, "0.1" },
    { ASSAY_DTYPE_BFLOAT16, 3.140625, "3.14" },
    { ASSAY_DTYPE_FLOAT8_E4M3FN, 448, "448" },
    { ASSAY_DTYPE_FLOAT8_E4M3FN, 0x1p-9, "0.002" },
    { ASSAY_DTYPE_FLOAT4_E2M1FN, 1.5, "1.5" },
    { ASSAY_DTYPE_FLOAT8_E8M0FNU, 0x1p127, "2e+38" },
    { ASSAY_DTYPE_FLOAT128, 0.5, "0.5" },
    { ASSAY_DTYPE_INT4, -8, "-8" },
    { ASSAY_DTYPE_UINT4, 15, "15" },
    { ASSAY_DTYPE_INT2, -1, "-1" },
    { ASSAY_DTYPE_INT8, -128, "-128" },
    { ASSAY_DTYPE_UINT16, 65535, "65535" },
    { ASSAY_DTYPE_INT64, -0x1p63, "-9223372036854775808" },
    { ASSAY_DTYPE_BOOL, 1, "True" },
    { ASSAY_DTYPE_BOOL, 0, "False" },
    { ASSAY_DTYPE_COMPLEX64, 1.5, "1.5+0j" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = format_double (cases[i].dtype, cases[i].value, ASSAY_FORMAT_SHORTEST);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_text_in_other_styles (void)
{
  static const struct
  {
    AssayDtype       dtype;
    double           value;
    AssayFormatStyle style;
    const char      *text;
  } cases[] = {
    { ASSAY_DTYPE_FLOAT32, 0.25, ASSAY_FORMAT_FIXED, "0.250000" },
    { ASSAY_DTYPE_FLOAT32, 0.000012346, ASSAY_FORMAT_SCIENTIFIC, "1.2346e-05" },
    { ASSAY_DTYPE_FLOAT32, 1, ASSAY_FORMAT_HEXADECIMAL, "0x3f800000" },
    { ASSAY_DTYPE_FLOAT64, NAN, ASSAY_FORMAT_FIXED, "NaN" },
    { ASSAY_DTYPE_INT8, -1, ASSAY_FORMAT_HEXADECIMAL, "0xff" },
    { ASSAY_DTYPE_INT4, -1, ASSAY_FORMAT_HEXADECIMAL, "0xf" },
    { ASSAY_DTYPE_INT16, 258, ASSAY_FORMAT_HEXADECIMAL, "0x0102" },
    { ASSAY_DTYPE_FLOAT6_E2M3FN, 7.5, ASSAY_FORMAT_HEXADECIMAL, "0x1f" },
    { ASSAY_DTYPE_FLOAT128, 1, ASSAY_FORMAT_HEXADECIMAL, "0x3fff8000000000000000" },
    { ASSAY_DTYPE_COMPLEX64, 1, ASSAY_FORMAT_HEXADECIMAL, "0x3f800000+0x00000000j" },
    { ASSAY_DTYPE_INT32, 7, ASSAY_FORMAT_FIXED, "7" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = format_double (cases[i].dtype, cases[i].value, cases[i].style);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* The same bits, but for NaN payloads. */
static void
assert_round_trip (AssayDtype dtype, const guint8 *bytes)
{
  gsize            item_size = assay_dtype_get_info (dtype)->item_size;
  g_autofree char *text = assay_value_format (dtype, item_size, bytes, ASSAY_FORMAT_SHORTEST);
  g_autoptr (GError) error = NULL;
  guint8 back[16];

  assay_value_parse (dtype, item_size, text, back, &error);
  g_assert_no_error (error);
  if (strstr (text, "NaN") == NULL && memcmp (back, bytes, dtype == ASSAY_DTYPE_FLOAT128 ? 10 : item_size) != 0)
    g_error ("%s of %s isn't read back", text, assay_dtype_get_info (dtype)->name);
}

/* All codes of the narrow types, and many random bits of the wide ones. */
static void
test_text_round_trips (void)
{
  for (AssayDtype dtype = 1; dtype < ASSAY_N_DTYPES; dtype++)
    {
      const AssayDtypeInfo *info = assay_dtype_get_info (dtype);
      guint8                bytes[16] = { 0 };

      if (!assay_dtype_is_numeric (dtype) || dtype == ASSAY_DTYPE_FLOAT128)
        continue;
      for (guint i = 0; i < (info->bits <= 8 && info->bits > 0 ? 1u << (dtype == ASSAY_DTYPE_BOOL ? 1 : info->bits) : 30000u); i++)
        {
          for (guint k = 0; k < info->item_size; k++)
            bytes[k] = info->bits <= 8 ? i : (guint) g_test_rand_int ();
          assert_round_trip (dtype, bytes);
        }
    }
}

/* The significant digits of a number, without zeros at either end. */
static char *
get_digits (const char *text)
{
  GString *digits = g_string_new (NULL);

  for (; *text != '\0' && *text != 'e'; text++)
    if (g_ascii_isdigit (*text) && (digits->len > 0 || *text != '0'))
      g_string_append_c (digits, *text);
  while (digits->len > 0 && digits->str[digits->len - 1] == '0')
    g_string_truncate (digits, digits->len - 1);
  return g_string_free (digits, FALSE);
}

/* The fewest digits that the C library needs for the same, and which they are. */
static char *
get_fewest_digits (double value, gboolean narrow)
{
  char text[40];
  int  precision = 0;

  do
    g_snprintf (text, sizeof text, "%.*e", precision++, value);
  while (narrow ? strtof (text, NULL) != value : strtod (text, NULL) != value);
  return get_digits (text);
}

static void
test_text_is_shortest (void)
{
  for (int i = 0; i < 20000; i++)
    {
      double           wide = g_test_rand_double_range (-2, 2) * pow (10, g_test_rand_int_range (-40, 30));
      float            narrow = wide;
      g_autofree char *wide_text = assay_value_format (ASSAY_DTYPE_FLOAT64, 8, &wide, ASSAY_FORMAT_SHORTEST);
      g_autofree char *narrow_text = assay_value_format (ASSAY_DTYPE_FLOAT32, 4, &narrow, ASSAY_FORMAT_SHORTEST);
      g_autofree char *wide_digits = get_digits (wide_text), *narrow_digits = get_digits (narrow_text);
      g_autofree char *wide_truth = get_fewest_digits (wide, FALSE), *narrow_truth = get_fewest_digits (narrow, TRUE);

      g_assert_cmpstr (wide_digits, ==, wide_truth);
      g_assert_cmpstr (narrow_digits, ==, narrow_truth);
    }
}

static void
test_text_of_text (void)
{
  static const guint32 unicode[5] = { 'a', 0xe4, 0x1f600, '\n', 0 };
  g_autofree char     *bytes = assay_value_format (ASSAY_DTYPE_BYTES, 8, "a\tb\\\xc3\xa4\0\0", ASSAY_FORMAT_SHORTEST);
  g_autofree char     *invalid = assay_value_format (ASSAY_DTYPE_BYTES, 4, "\xff\0x\0", ASSAY_FORMAT_SHORTEST);
  g_autofree char     *text = assay_value_format (ASSAY_DTYPE_UNICODE, 20, unicode, ASSAY_FORMAT_SHORTEST);
  g_autofree char     *opaque = assay_value_format (ASSAY_DTYPE_OPAQUE, 3, "\1\2\xff", ASSAY_FORMAT_SHORTEST);
  g_autoptr (GError) error = NULL;
  guint8 out[20];

  g_assert_cmpstr (bytes, ==, "a\\tb\\\\ä");
  g_assert_cmpstr (invalid, ==, "\\xff\\x00x");
  g_assert_cmpstr (text, ==, "aä😀\\n");
  g_assert_cmpstr (opaque, ==, "0x0102ff");
  g_assert_true (assay_value_parse (ASSAY_DTYPE_BYTES, 8, bytes, out, NULL));
  g_assert_cmpmem (out, 8, "a\tb\\\xc3\xa4\0\0", 8);
  g_assert_true (assay_value_parse (ASSAY_DTYPE_BYTES, 4, invalid, out, NULL));
  g_assert_cmpmem (out, 4, "\xff\0x\0", 4);
  g_assert_true (assay_value_parse (ASSAY_DTYPE_UNICODE, 20, text, out, NULL));
  g_assert_cmpmem (out, 20, unicode, 20);
  /* Blanks are part of a text, and a text mustn't be longer than its place. */
  g_assert_true (assay_value_parse (ASSAY_DTYPE_BYTES, 4, " a ", out, NULL));
  g_assert_cmpmem (out, 4, " a \0", 4);
  g_assert_false (assay_value_parse (ASSAY_DTYPE_BYTES, 4, "äää", out, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (assay_value_parse (ASSAY_DTYPE_UNICODE, 8, "äää", out, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (assay_value_parse (ASSAY_DTYPE_BYTES, 4, "\\q", out, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX);
}

/* Times as NumPy writes them. */
static void
test_text_of_times (void)
{
  static const struct
  {
    const char *name;
    gint64      value;
    const char *text;
  } cases[] = {
    { "datetime64[ns]", 1709208000000000001, "2024-02-29T12:00:00.000000001" },
    { "datetime64[D]", -1, "1969-12-31" },
    { "datetime64[D]", 19782, "2024-02-29" },
    { "datetime64[M]", 649, "2024-02" },
    { "datetime64[Y]", -971, "0999" },
    { "datetime64[h]", 25, "1970-01-02T01" },
    { "datetime64[m]", -1, "1969-12-31T23:59" },
    { "datetime64[s]", 86399, "1970-01-01T23:59:59" },
    { "datetime64[ms]", -1, "1969-12-31T23:59:59.999" },
    { "datetime64[25s]", 4, "1970-01-01T00:01:40" },
    { "datetime64[W]", 1, "1970-01-08" },
    { "datetime64[as]", 1, "1970-01-01T00:00:00.000000000000000001" },
    { "datetime64[ns]", G_MININT64, "NaT" },
    { "datetime64", 5, "5" },
    { "timedelta64[s]", -90, "-90 s" },
    { "timedelta64[25s]", 4, "4 × 25 s" },
    { "timedelta64[s]", G_MININT64, "NaT" },
  };
  g_autoptr (GError) error = NULL;
  gint64 value;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AssayDtype       dtype = *cases[i].name == 'd' ? ASSAY_DTYPE_DATETIME64 : ASSAY_DTYPE_TIMEDELTA64;
      g_autofree char *text = assay_value_format_named (dtype, cases[i].name, 8, &cases[i].value, ASSAY_FORMAT_SHORTEST);

      g_assert_cmpstr (text, ==, cases[i].text);
      assay_value_parse_named (dtype, cases[i].name, 8, text, &value, &error);
      g_assert_no_error (error);
      g_assert_cmpint (value, ==, cases[i].value);
    }
  g_assert_true (assay_value_parse_named (ASSAY_DTYPE_DATETIME64, "datetime64[s]", 8, "2024-02-29 12:30Z", &value, NULL));
  g_assert_cmpint (value, ==, 1709209800);
  g_assert_false (assay_value_parse_named (ASSAY_DTYPE_DATETIME64, "datetime64[D]", 8, "2024-02-29T12", &value, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (assay_value_parse_named (ASSAY_DTYPE_DATETIME64, "datetime64[D]", 8, "2023-02-29", &value, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX);
  /* Of another unit: what it says isn't what it would be. */
  g_assert_false (assay_value_parse_named (ASSAY_DTYPE_TIMEDELTA64, "timedelta64[25s]", 8, "4 s", &value, NULL));
  g_assert_false (assay_value_parse_named (ASSAY_DTYPE_TIMEDELTA64, "timedelta64[25s]", 8, "4 × 5 s", &value, NULL));
}

static void
test_text_is_parsed (void)
{
  static const struct
  {
    AssayDtype  dtype;
    const char *text;
    double      value;
  } cases[] = {
    { ASSAY_DTYPE_FLOAT32, "  1.5 ", 1.5 },
    { ASSAY_DTYPE_FLOAT32, "−2e3", -2000 },
    { ASSAY_DTYPE_FLOAT32, "0x3f800000", 1 },
    { ASSAY_DTYPE_FLOAT32, "-Infinity", -INFINITY },
    { ASSAY_DTYPE_FLOAT64, "nan", NAN },
    { ASSAY_DTYPE_FLOAT64, "+.5", 0.5 },
    { ASSAY_DTYPE_FLOAT16, "65519", 65504 },
    { ASSAY_DTYPE_INT8, "0xff", -1 },
    { ASSAY_DTYPE_INT8, "0x7", 7 },
    { ASSAY_DTYPE_INT8, "-0x7", -7 },
    { ASSAY_DTYPE_INT32, "1e6", 1000000 },
    { ASSAY_DTYPE_INT32, "3.0", 3 },
    { ASSAY_DTYPE_UINT8, "-0", 0 },
    { ASSAY_DTYPE_INT4, "-8", -8 },
    { ASSAY_DTYPE_BOOL, "true", 1 },
    { ASSAY_DTYPE_BOOL, "0", 0 },
    { ASSAY_DTYPE_COMPLEX64, "(3-4j)", 5 },
    { ASSAY_DTYPE_COMPLEX128, "3-4j", 5 },
    { ASSAY_DTYPE_COMPLEX128, "2j", 2 },
    { ASSAY_DTYPE_COMPLEX128, "-7", 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 bytes[16];
      double value;
      g_autoptr (GError) error = NULL;

      assay_value_parse (cases[i].dtype, assay_dtype_get_info (cases[i].dtype)->item_size, cases[i].text, bytes, &error);
      g_assert_no_error (error);
      assay_convert_to_double (cases[i].dtype, bytes, &value, 1);
      if (isnan (cases[i].value) ? !isnan (value) : value != cases[i].value)
        g_error ("%s is %g", cases[i].text, value);
    }
}

static void
test_text_is_refused (void)
{
  static const struct
  {
    AssayDtype  dtype;
    const char *text;
    int         code;
  } cases[] = {
    { ASSAY_DTYPE_UINT8, "300", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT8, "-1", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT8, "1.5", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT8, "nan", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT8, "1 2", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_UINT8, "", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_UINT8, "0x1ff", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT8, "0xfg", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_INT64, "9223372036854775808", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT64, "18446744073709551616", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_UINT64, "99999999999999999999999", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_FLOAT32, "1e39", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_FLOAT32, "1,5", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_FLOAT32, "1.5x", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_FLOAT32, "0x10", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_FLOAT64, "1e999", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_FLOAT16, "65520", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_FLOAT8_E4M3FN, "inf", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_BOOL, "2", ASSAY_ERROR_RANGE },
    { ASSAY_DTYPE_BOOL, "yes", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_COMPLEX64, "1+2", ASSAY_ERROR_SYNTAX },
    { ASSAY_DTYPE_COMPLEX64, "1+2j3", ASSAY_ERROR_SYNTAX },
  };
  g_autoptr (GError) sentence = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint8 bytes[16];
      g_autoptr (GError) error = NULL;

      if (assay_value_parse (cases[i].dtype, assay_dtype_get_info (cases[i].dtype)->item_size, cases[i].text, bytes, &error))
        g_error ("“%s” is taken as %s", cases[i].text, assay_dtype_get_info (cases[i].dtype)->name);
      g_assert_error (error, ASSAY_ERROR, cases[i].code);
    }
  g_assert_false (assay_value_parse (ASSAY_DTYPE_UINT8, 1, "300", (guint8[1]){ 0 }, &sentence));
  g_assert_cmpstr (sentence->message, ==, "300 doesn’t fit into uint8, which holds 0 to 255");
}

/* Where a comma divides, we still write and read points. */
static void
test_text_is_independent_of_locale (void)
{
  double           value = 1.25;
  g_autofree char *shortest = NULL, *fixed = NULL;

  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("There is no German locale");
      return;
    }
  shortest = assay_value_format (ASSAY_DTYPE_FLOAT64, 8, &value, ASSAY_FORMAT_SHORTEST);
  fixed = assay_value_format (ASSAY_DTYPE_FLOAT64, 8, &value, ASSAY_FORMAT_FIXED);
  g_assert_true (assay_value_parse (ASSAY_DTYPE_FLOAT64, 8, "2.5", &value, NULL));
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (shortest, ==, "1.25");
  g_assert_cmpstr (fixed, ==, "1.250000");
  g_assert_cmpfloat (value, ==, 2.5);
}

/* A screen of 800 cells with all digits; told, since a busy machine proves nothing. */
static void
test_text_is_fast (void)
{
  gint64 best = G_MAXINT64;
  double values[800];

  for (int i = 0; i < 800; i++)
    values[i] = g_test_rand_double_range (-1, 1);
  for (int round = 0; round < 20; round++)
    {
      gint64 begin = g_get_monotonic_time ();

      for (int i = 0; i < 800; i++)
        g_free (assay_value_format (ASSAY_DTYPE_FLOAT64, 8, &values[i], ASSAY_FORMAT_SHORTEST));
      best = MIN (best, g_get_monotonic_time () - begin);
    }
  g_test_message ("800 cells of float64 take %" G_GINT64_FORMAT " µs", best);
  g_assert_cmpint (best, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value-text/of-numbers", test_text_of_numbers);
  g_test_add_func ("/value-text/in-other-styles", test_text_in_other_styles);
  g_test_add_func ("/value-text/round-trips", test_text_round_trips);
  g_test_add_func ("/value-text/is-shortest", test_text_is_shortest);
  g_test_add_func ("/value-text/of-text", test_text_of_text);
  g_test_add_func ("/value-text/of-times", test_text_of_times);
  g_test_add_func ("/value-text/is-parsed", test_text_is_parsed);
  g_test_add_func ("/value-text/is-refused", test_text_is_refused);
  g_test_add_func ("/value-text/is-independent-of-locale", test_text_is_independent_of_locale);
  g_test_add_func ("/value-text/is-fast", test_text_is_fast);
  return g_test_run ();
}
