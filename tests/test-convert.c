/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/convert.h>
#include <assay/error.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

static char *
read_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "small-floats", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_same (double a, double b, const char *what, guint code)
{
  if (isnan (a) ? !isnan (b) : a != b || signbit (a) != signbit (b))
    g_error ("%s 0x%x: %g is not %g", what, code, a, b);
}

static double
decode (AssayDtype dtype, guint code)
{
  guint16 wide = code;
  guint8  narrow = code;
  double  value;

  assay_convert_to_double (dtype, assay_dtype_get_info (dtype)->item_size == 2 ? (void *) &wide : (void *) &narrow, &value, 1);
  return value;
}

static guint
encode (AssayDtype dtype, double value)
{
  guint16  wide = 0;
  guint8   narrow = 0;
  gboolean is_wide = assay_dtype_get_info (dtype)->item_size == 2;
  g_autoptr (GError) error = NULL;

  assay_convert_from_double (dtype, &value, is_wide ? (void *) &wide : (void *) &narrow, 1, &error);
  g_assert_no_error (error);
  return is_wide ? wide : narrow;
}

static void
test_convert_small_floats_as_ml_dtypes (void)
{
  g_autofree char *text = read_data ("codes.txt");
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 11);
  for (int i = 0; lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      AssayDtype dtype = assay_dtype_from_name (fields[0]);

      g_assert_cmpint (dtype, !=, ASSAY_DTYPE_INVALID);
      for (guint f = 1; fields[f]; f++)
        {
          char  *colon = strchr (fields[f], ':');
          guint  code = colon ? atoi (fields[f]) : (int) f - 1;
          double value = g_ascii_strtod (colon ? colon + 1 : fields[f], NULL);

          assert_same (decode (dtype, code), value, fields[0], code);
          /* There and back, but for the many NaNs. */
          if (!isnan (value))
            g_assert_cmpuint (encode (dtype, value), ==, code);
        }
    }
}

static void
test_convert_rounds_as_ml_dtypes (void)
{
  g_autofree char *text = read_data ("rounding.txt");
  g_auto (GStrv) lines = g_strsplit (g_strstrip (text), "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), >, 1000);
  for (int i = 0; lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      AssayDtype dtype = assay_dtype_from_name (fields[0]);
      guint      code = encode (dtype, g_ascii_strtod (fields[1], NULL));

      if (code != (guint) atoi (fields[2]))
        g_error ("%s: 0x%x", lines[i], code);
    }
}

static guint32
get_number (const guint8 *data, guint n_bytes)
{
  guint32 number = 0;

  while (n_bytes-- > 0)
    number = number << 8 | data[n_bytes];
  return number;
}

/* Inflates the next member of a .npz: float32 of one axis, by NumPy's format 1.0. Returns where the one after it begins,
 * or NULL if there is none; values point into room. */
static const guint8 *
next_member (const guint8 *data, const guint8 *end, guint8 *room, gsize room_size, char *name, const guint8 **values, gsize *n)
{
  z_stream stream = { 0 };
  guint    name_length;

  if (end - data < 30 || get_number (data, 4) != 0x04034b50)
    return NULL;
  g_assert_cmpuint (get_number (data + 8, 2), ==, 8);
  name_length = get_number (data + 26, 2);
  stream.next_in = (guint8 *) data + 30 + name_length + get_number (data + 28, 2);
  stream.avail_in = end - stream.next_in;
  stream.next_out = room;
  stream.avail_out = room_size;
  g_assert_cmpint (inflateInit2 (&stream, -15), ==, Z_OK);
  g_assert_cmpint (inflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_assert_cmpmem (room, 6, "\x93NUMPY", 6);
  g_snprintf (name, 32, "%.*s", (int) name_length - 4, (const char *) data + 30);
  *values = room + 10 + get_number (room + 8, 2);
  *n = (stream.next_out - *values) / sizeof (float);
  inflateEnd (&stream);
  return stream.next_in;
}

/* The fixtures that everyone who makes Assay is given, if they lie beside the project. */
static void
test_convert_small_floats_as_fixtures (void)
{
  static const struct
  {
    const char *name;
    AssayDtype  dtype;
    guint       step; /* between codes */
  } members[] = {
    { "F8_E4M3", ASSAY_DTYPE_FLOAT8_E4M3FN, 1 },
    { "F8_E5M2", ASSAY_DTYPE_FLOAT8_E5M2, 1 },
    { "F8_E8M0", ASSAY_DTYPE_FLOAT8_E8M0FNU, 1 },
    { "F8_E4M3FNUZ", ASSAY_DTYPE_FLOAT8_E4M3FNUZ, 1 },
    { "F8_E5M2FNUZ", ASSAY_DTYPE_FLOAT8_E5M2FNUZ, 1 },
    { "F4", ASSAY_DTYPE_FLOAT4_E2M1FN, 1 },
    { "F16", ASSAY_DTYPE_FLOAT16, 7 },
    { "BF16", ASSAY_DTYPE_BFLOAT16, 7 },
  };
  const char      *shared = g_getenv ("ASSAY_SHARED");
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  guint            n_found = 0;
  gsize            length, n;
  guint8           room[65536];
  const guint8    *at, *values;
  char             name[32];

  if (shared != NULL)
    path = g_build_filename (shared, "fixtures/safetensors/small_float_codes.npz", NULL);
  else
    path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "fixtures/safetensors/small_float_codes.npz", NULL);
  if (!g_file_get_contents (path, &content, &length, NULL))
    {
      g_test_skip ("The shared fixtures aren't here");
      return;
    }
  at = (guint8 *) content;
  while ((at = next_member (at, (guint8 *) content + length, room, sizeof room, name, &values, &n)) != NULL)
    for (gsize m = 0; m < G_N_ELEMENTS (members); m++)
      {
        if (strcmp (members[m].name, name) != 0)
          continue;
        n_found++;
        for (gsize i = 0; i < n; i++)
          {
            float value;

            memcpy (&value, values + 4 * i, 4);
            assert_same (decode (members[m].dtype, i * members[m].step), value, name, i * members[m].step);
          }
      }
  g_assert_cmpuint (n_found, ==, G_N_ELEMENTS (members));
}

/* Values at the ends of a type, and the nearest beyond. */
static void
test_convert_checks_ranges (void)
{
  static const struct
  {
    AssayDtype dtype;
    double     fits[4], fails[6];
    int        n_fits, n_fails;
  } cases[] = {
    { ASSAY_DTYPE_BOOL, { 0, 1, 0.4 }, { 2, -1, NAN }, 3, 3 },
    { ASSAY_DTYPE_INT2, { -2, 1, 1.4 }, { -3, 2, NAN }, 3, 3 },
    { ASSAY_DTYPE_UINT2, { 0, 3 }, { -1, 4, INFINITY }, 2, 3 },
    { ASSAY_DTYPE_INT4, { -8, 7 }, { -9, 8, 7.5 }, 2, 3 },
    { ASSAY_DTYPE_UINT4, { 0, 15, -0.5 }, { 16, -1 }, 3, 2 },
    { ASSAY_DTYPE_INT8, { -128, 127, 127.4 }, { -129, 128, 127.5 }, 3, 3 },
    { ASSAY_DTYPE_UINT8, { 0, 255, 254.5 }, { 300, 256, -1, NAN, INFINITY, 255.5 }, 3, 6 },
    { ASSAY_DTYPE_INT16, { -32768, 32767 }, { -32769, 32768 }, 2, 2 },
    { ASSAY_DTYPE_UINT16, { 0, 65535 }, { -1, 65536 }, 2, 2 },
    { ASSAY_DTYPE_INT32, { -0x1p31, 0x1p31 - 1 }, { -0x1p31 - 1, 0x1p31 }, 2, 2 },
    { ASSAY_DTYPE_UINT32, { 0, 0x1p32 - 1 }, { -1, 0x1p32 }, 2, 2 },
    { ASSAY_DTYPE_INT64, { -0x1p63, 0x1.fffffffffffffp62 }, { 0x1p63, -0x1.0000000000001p63 }, 2, 2 },
    { ASSAY_DTYPE_UINT64, { 0, 0x1.fffffffffffffp63 }, { 0x1p64, -1 }, 2, 2 },
    { ASSAY_DTYPE_FLOAT4_E2M1FN, { 6, -6, 6.9 }, { 7, 8, NAN, INFINITY }, 3, 4 },
    { ASSAY_DTYPE_FLOAT6_E2M3FN, { 7.5, -7.5 }, { 8, NAN }, 2, 2 },
    { ASSAY_DTYPE_FLOAT6_E3M2FN, { 28, -28 }, { 30, NAN }, 2, 2 },
    { ASSAY_DTYPE_FLOAT8_E4M3FN, { 448, -464, NAN }, { 465, -480, INFINITY, -INFINITY }, 3, 4 },
    { ASSAY_DTYPE_FLOAT8_E5M2, { 57344, INFINITY, NAN, -INFINITY }, { 61440, 1e9 }, 4, 2 },
    { ASSAY_DTYPE_FLOAT8_E4M3FNUZ, { 240, -240, NAN }, { 248, INFINITY }, 3, 2 },
    { ASSAY_DTYPE_FLOAT8_E5M2FNUZ, { 57344, NAN }, { 61440, INFINITY }, 2, 2 },
    { ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ, { 30, NAN }, { 31, INFINITY }, 2, 2 },
    { ASSAY_DTYPE_FLOAT8_E8M0FNU, { 0x1p-127, 0x1p127, NAN, 1.9 }, { 0, -1, 0x1.8p127, INFINITY, 0x1p-129 }, 4, 5 },
    { ASSAY_DTYPE_FLOAT16, { 65504, 65519.99, INFINITY, NAN }, { 65520, -65520, 1e300 }, 4, 3 },
    { ASSAY_DTYPE_BFLOAT16, { 0x1.fep127, INFINITY, NAN }, { 0x1.ffp127, 1e300 }, 3, 2 },
    { ASSAY_DTYPE_FLOAT32, { 0x1.fffffep127, INFINITY, NAN }, { 0x1.ffffffp127, -1e300 }, 3, 2 },
    { ASSAY_DTYPE_COMPLEX64, { 0x1.fffffep127, INFINITY, NAN }, { 0x1.ffffffp127 }, 3, 1 },
  };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      guint8 out[16];

      for (int i = 0; i < cases[c].n_fits; i++)
        {
          g_autoptr (GError) error = NULL;

          assay_convert_from_double (cases[c].dtype, &cases[c].fits[i], out, 1, &error);
          g_assert_no_error (error);
        }
      for (int i = 0; i < cases[c].n_fails; i++)
        {
          g_autoptr (GError) error = NULL;

          if (assay_convert_from_double (cases[c].dtype, &cases[c].fails[i], out, 1, &error))
            g_error ("%g fits %s", cases[c].fails[i], assay_dtype_get_info (cases[c].dtype)->name);
          g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
        }
    }
}

static void
test_convert_says_what_does_not_fit (void)
{
  g_autoptr (GError) one = NULL, many = NULL;
  guint8 out[3];

  g_assert_false (assay_convert_from_double (ASSAY_DTYPE_UINT8, &(double){ 300 }, out, 1, &one));
  g_assert_cmpstr (one->message, ==, "300 doesn’t fit into uint8, which holds 0 to 255");
  g_assert_false (assay_convert_from_double (ASSAY_DTYPE_UINT8, (double[]){ 1, 2, -0.75 }, out, 3, &many));
  g_assert_cmpstr (many->message, ==, "-0.75 at position 2 doesn’t fit into uint8, which holds 0 to 255");
}

/* All numeric types there and back, at odd addresses. */
static void
test_convert_there_and_back (void)
{
  for (AssayDtype dtype = 1; dtype < ASSAY_N_DTYPES; dtype++)
    {
      double in[67], out[67];
      guint8 bytes[67 * 16 + 1];

      if (!assay_dtype_is_numeric (dtype))
        continue;
      for (int i = 0; i < 67; i++)
        in[i] = dtype == ASSAY_DTYPE_FLOAT8_E8M0FNU ? ldexp (1, i - 33) : i % 2;
      memset (bytes, 0xaa, sizeof bytes);
      g_assert_true (assay_convert_from_double (dtype, in, bytes + 1, 67, NULL));
      assay_convert_to_double (dtype, bytes + 1, out, 67);
      for (int i = 0; i < 67; i++)
        g_assert_cmpfloat (in[i], ==, out[i]);
    }
}

static void
test_convert_complex_to_magnitude (void)
{
  float  parts[4] = { 3, -4, 1e30f, 1e30f };
  double out[2];

  assay_convert_to_double (ASSAY_DTYPE_COMPLEX64, parts, out, 2);
  g_assert_cmpfloat (out[0], ==, 5);
  g_assert_cmpfloat_with_epsilon (out[1], M_SQRT2 * 1e30, 1e23);
}

static void
test_convert_no_elements (void)
{
  g_assert_true (assay_convert_from_double (ASSAY_DTYPE_INT8, NULL, NULL, 0, NULL));
  assay_convert_to_double (ASSAY_DTYPE_INT8, NULL, NULL, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert/small-floats-as-ml-dtypes", test_convert_small_floats_as_ml_dtypes);
  g_test_add_func ("/convert/small-floats-as-fixtures", test_convert_small_floats_as_fixtures);
  g_test_add_func ("/convert/rounds-as-ml-dtypes", test_convert_rounds_as_ml_dtypes);
  g_test_add_func ("/convert/checks-ranges", test_convert_checks_ranges);
  g_test_add_func ("/convert/says-what-does-not-fit", test_convert_says_what_does_not_fit);
  g_test_add_func ("/convert/there-and-back", test_convert_there_and_back);
  g_test_add_func ("/convert/complex-to-magnitude", test_convert_complex_to_magnitude);
  g_test_add_func ("/convert/no-elements", test_convert_no_elements);
  return g_test_run ();
}
