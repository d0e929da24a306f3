/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/comparison.h>
#include <assay/convert.h>
#include <assay/difference.h>
#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/overlay.h>
#include <math.h>
#include <string.h>

static AssaySource *
make_shaped (AssayDtype dtype, guint rank, const guint64 *shape, const void *data, gsize n)
{
  gsize item_size = assay_dtype_get_info (dtype)->item_size;
  g_autoptr (GBytes) bytes = g_bytes_new (data, n * item_size);

  return assay_memory_source_new_for_bytes (dtype, item_size, NULL, rank, shape, bytes);
}

static AssaySource *
make_source (AssayDtype dtype, const void *data, gsize n)
{
  return make_shaped (dtype, 1, &(guint64){ n }, data, n);
}

static AssaySource *
make_floats (const float *data, gsize n)
{
  return make_source (ASSAY_DTYPE_FLOAT32, data, n);
}

static AssaySource *
make_strings (const char *const *texts)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (gsize i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (strings, g_bytes_new (texts[i], strlen (texts[i])));
  return assay_memory_source_new_for_strings (1, &(guint64){ strings->len }, strings);
}

static AssayMetrics
compute (AssaySource *a, AssaySource *b, double tolerance, guint n_threads)
{
  AssayMetrics metrics;
  g_autoptr (GError) error = NULL;
  gboolean done = assay_metrics_compute (a, b, tolerance, n_threads, NULL, &metrics, &error);

  g_assert_no_error (error);
  g_assert_true (done);
  return metrics;
}

static void
assert_close (double got, double wanted)
{
  if (isnan (wanted))
    g_assert_true (isnan (got));
  else if (isinf (wanted))
    g_assert_cmpfloat (got, ==, wanted);
  else
    g_assert_cmpfloat_with_epsilon (got, wanted, fabs (wanted) * 1e-12 + 1e-300);
}

/* The definitions, as plainly as they can be written. */
static AssayMetrics
reference (const double *a, const double *b, gsize n)
{
  AssayMetrics m = { .n = n };
  long double  l1 = 0, squares = 0, squares_a = 0, squares_b = 0, dot = 0;

  for (gsize i = 0; i < n; i++)
    {
      gboolean nan_a = isnan (a[i]), nan_b = isnan (b[i]);
      double   d = a[i] == b[i] ? 0 : b[i] - a[i];

      m.n_nan_a += nan_a;
      m.n_nan_b += nan_b;
      m.n_nan_both += nan_a && nan_b;
      m.n_changed += (nan_a || nan_b) ? nan_a != nan_b : d != 0;
      if (nan_a || nan_b)
        continue;
      m.max_abs = fmax (m.max_abs, fabs (d));
      l1 += fabs (d);
      squares += (long double) d * d;
      squares_a += (long double) a[i] * a[i];
      squares_b += (long double) b[i] * b[i];
      dot += (long double) a[i] * b[i];
    }
  m.l1 = l1;
  m.l2 = sqrtl (squares);
  m.relative_l2 = squares_a != 0 ? (double) (sqrtl (squares) / sqrtl (squares_a)) : l1 == 0 ? 0
                                                                                            : NAN;
  m.cosine_distance = squares_a == 0 || squares_b == 0 ? NAN : l1 == 0 ? 0
                                                                       : (double) (1 - dot / (sqrtl (squares_a) * sqrtl (squares_b)));
  m.fraction_changed = n ? m.n_changed / (double) n : 0;
  return m;
}

static void
assert_metrics (const AssayMetrics *got, const AssayMetrics *wanted)
{
  g_assert_cmpuint (got->n, ==, wanted->n);
  g_assert_true (got->numeric);
  assert_close (got->max_abs, wanted->max_abs);
  assert_close (got->l1, wanted->l1);
  assert_close (got->l2, wanted->l2);
  assert_close (got->relative_l2, wanted->relative_l2);
  if (isnan (wanted->cosine_distance))
    g_assert_true (isnan (got->cosine_distance));
  else
    g_assert_cmpfloat_with_epsilon (got->cosine_distance, wanted->cosine_distance, 1e-14);
  g_assert_cmpuint (got->n_changed, ==, wanted->n_changed);
  assert_close (got->fraction_changed, wanted->fraction_changed);
  g_assert_cmpuint (got->n_nan_a, ==, wanted->n_nan_a);
  g_assert_cmpuint (got->n_nan_b, ==, wanted->n_nan_b);
  g_assert_cmpuint (got->n_nan_both, ==, wanted->n_nan_both);
}

/* Values that a dtype can hold, among them NaN and infinity where it has them. */
static double
random_value (GRand *rand, AssayDtype dtype, gboolean special)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);
  int                   k = g_rand_int_range (rand, 0, 40);
  gboolean              wide_float = info->bits >= 16 && info->kind == ASSAY_KIND_FLOAT;

  if (dtype == ASSAY_DTYPE_BOOL)
    return k & 1;
  if (dtype == ASSAY_DTYPE_FLOAT8_E8M0FNU)
    return ldexp (1, k - 20);
  if (info->kind == ASSAY_KIND_UINT)
    return g_rand_int_range (rand, 0, 1 << MIN (info->bits, 8));
  if (info->kind == ASSAY_KIND_INT)
    return g_rand_int_range (rand, -(1 << (MIN (info->bits, 8) - 1)), 1 << (MIN (info->bits, 8) - 1));
  if (special && wide_float && k < 4)
    return k == 0 ? NAN : k == 1 ? INFINITY
                      : k == 2   ? -INFINITY
                                 : -0.0;
  return g_rand_double_range (rand, -2, 2);
}

static AssaySource *
make_random (GRand *rand, AssayDtype dtype, const double *other, double share, gboolean special, double *values, gsize n)
{
  gsize              item_size = assay_dtype_get_info (dtype)->item_size;
  g_autofree guint8 *data = g_malloc0 (n * item_size);

  for (gsize i = 0; i < n; i++)
    {
      values[i] = other != NULL && g_rand_double (rand) > share ? other[i] : random_value (rand, dtype, special);
      if (!assay_convert_from_double (dtype, &values[i], data + i * item_size, 1, NULL))
        {
          values[i] = 1;
          assay_convert_from_double (dtype, &values[i], data + i * item_size, 1, NULL);
        }
      assay_convert_to_double (dtype, data + i * item_size, &values[i], 1);
    }
  return make_source (dtype, data, n);
}

static void
check_dtypes (GRand *rand, AssayDtype first, AssayDtype second, gsize n, double share, gboolean special)
{
  g_autofree double *x = g_new (double, n);
  g_autofree double *y = g_new (double, n);
  g_autoptr (AssaySource) a = make_random (rand, first, NULL, 1, special, x, n);
  g_autoptr (AssaySource) b = make_random (rand, second, x, share, special, y, n);
  AssayMetrics got = compute (a, b, 0, 1), wanted = reference (x, y, n);

  g_test_message ("%s, %s, %" G_GSIZE_FORMAT, assay_dtype_get_info (first)->name, assay_dtype_get_info (second)->name, n);
  assert_metrics (&got, &wanted);
  g_assert_cmpint (got.has_bits, ==, first == second);
  g_assert_cmpint (got.has_ulp, ==, first == ASSAY_DTYPE_FLOAT32 && second == ASSAY_DTYPE_FLOAT32);
}

static gboolean
is_real (AssayDtype dtype)
{
  return assay_dtype_is_numeric (dtype) && assay_dtype_get_info (dtype)->kind != ASSAY_KIND_COMPLEX;
}

static void
test_every_dtype (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  guint n_checked = 0;

  for (AssayDtype dtype = ASSAY_DTYPE_BOOL; dtype < ASSAY_N_DTYPES; dtype++)
    {
      if (!is_real (dtype))
        continue;
      check_dtypes (rand, dtype, dtype, 5000, 0.3, TRUE);
      check_dtypes (rand, dtype, dtype, 5000, 0.3, FALSE);
      check_dtypes (rand, dtype, dtype, 5000, 0, TRUE);
      check_dtypes (rand, dtype, dtype, 1, 1, FALSE);
      check_dtypes (rand, dtype, ASSAY_DTYPE_FLOAT32, 3000, 0.5, FALSE);
      check_dtypes (rand, ASSAY_DTYPE_FLOAT64, dtype, 3000, 0.5, FALSE);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 20);
}

static void
test_nan_rules (void)
{
  const float before[] = { NAN, 1, NAN, 2, INFINITY, 0 };
  const float after[] = { NAN, NAN, 3, 2, INFINITY, -0.0f };
  g_autoptr (AssaySource) a = make_floats (before, 6);
  g_autoptr (AssaySource) b = make_floats (after, 6);
  AssayMetrics m = compute (a, b, 0, 1);

  g_assert_false (m.bit_equal);
  g_assert_cmpuint (m.n_nan_a, ==, 2);
  g_assert_cmpuint (m.n_nan_b, ==, 2);
  g_assert_cmpuint (m.n_nan_both, ==, 1);
  g_assert_cmpuint (m.n_changed, ==, 2);
  g_assert_cmpuint (m.n_bits_changed, ==, 3);
  g_assert_cmpuint (m.max_ulp, ==, 0);
  g_assert_cmpfloat (m.max_abs, ==, 0);
  g_assert_cmpfloat (m.relative_l2, ==, 0);
  g_assert_cmpfloat (m.cosine_distance, ==, 0);
}

static void
test_payload_is_no_change (void)
{
  const guint32 before[] = { 0x7fc00000, 0x00000000 }, after[] = { 0x7fc00001, 0x80000000 };
  g_autoptr (AssaySource) a = make_floats ((const void *) before, 2);
  g_autoptr (AssaySource) b = make_floats ((const void *) after, 2);
  AssayMetrics m = compute (a, b, 0, 1);

  g_assert_false (m.bit_equal);
  g_assert_cmpuint (m.n_bits_changed, ==, 2);
  g_assert_cmpuint (m.n_changed, ==, 0);
}

static void
test_zero_norms (void)
{
  const float zeros[] = { 0, 0 }, ones[] = { 1, 1 };
  g_autoptr (AssaySource) zero = make_floats (zeros, 2);
  g_autoptr (AssaySource) one = make_floats (ones, 2);
  AssayMetrics m = compute (zero, zero, 0, 1);

  g_assert_true (m.bit_equal);
  g_assert_cmpfloat (m.relative_l2, ==, 0);
  g_assert_true (isnan (m.cosine_distance));
  m = compute (zero, one, 0, 1);
  g_assert_true (isnan (m.relative_l2));
  m = compute (one, zero, 0, 1);
  g_assert_cmpfloat (m.relative_l2, ==, 1);
  g_assert_true (isnan (m.cosine_distance));
}

static void
test_ulp (void)
{
  const float before[] = { 1, 0.0f, -1, 1 }, after[] = { 1.00000012f, 1e-45f, -1, 1 };
  const float low[] = { -G_MAXFLOAT }, high[] = { G_MAXFLOAT };
  g_autoptr (AssaySource) a = make_floats (before, 4);
  g_autoptr (AssaySource) b = make_floats (after, 4);
  g_autoptr (AssaySource) c = make_floats (low, 1);
  g_autoptr (AssaySource) d = make_floats (high, 1);

  g_assert_cmpuint (compute (a, b, 0, 1).max_ulp, ==, 1);
  g_assert_cmpuint (compute (a, b, 0, 1).n_changed, ==, 2);
  g_assert_cmpuint (compute (c, d, 0, 1).max_ulp, ==, 2 * (guint64) 0x7f7fffff);
}

static void
test_tolerance (void)
{
  const float before[] = { 1, 2, 3 }, after[] = { 1.25f, 2.5f, NAN };
  g_autoptr (AssaySource) a = make_floats (before, 3);
  g_autoptr (AssaySource) b = make_floats (after, 3);

  g_assert_cmpuint (compute (a, b, 0, 1).n_changed, ==, 3);
  g_assert_cmpuint (compute (a, b, 0.25, 1).n_changed, ==, 2);
  g_assert_cmpuint (compute (a, b, 100, 1).n_changed, ==, 1);
  g_assert_cmpfloat (compute (a, b, 100, 1).max_abs, ==, 0.5);
}

/* 2⁵³ + 1 isn't a double. */
static void
test_large_integers_are_exact (void)
{
  const gint64  before[] = { G_GINT64_CONSTANT (9007199254740992), G_MININT64 };
  const gint64  after[] = { G_GINT64_CONSTANT (9007199254740993), G_MAXINT64 };
  const guint64 other[] = { G_GUINT64_CONSTANT (9007199254740992), G_GUINT64_CONSTANT (9223372036854775808) };
  g_autoptr (AssaySource) a = make_source (ASSAY_DTYPE_INT64, before, 2);
  g_autoptr (AssaySource) b = make_source (ASSAY_DTYPE_INT64, after, 2);
  g_autoptr (AssaySource) c = make_source (ASSAY_DTYPE_INT64, after, 1);
  g_autoptr (AssaySource) d = make_source (ASSAY_DTYPE_UINT64, other, 1);

  g_assert_cmpuint (compute (a, b, 0, 1).n_changed, ==, 2);
  g_assert_cmpfloat (compute (a, b, 0, 1).max_abs, ==, 0x1p64);
  g_assert_cmpuint (compute (c, d, 0, 1).n_changed, ==, 1);
  g_assert_cmpfloat (compute (c, d, 0, 1).max_abs, ==, 1);
}

/* The last integers that a double holds one by one, and the first that it doesn't, of either sign. */
static void
test_edge_of_doubles (void)
{
  const gint64  edge = G_GINT64_CONSTANT (1) << 53;
  const gint64  before[] = { edge, -edge, edge + 1, -edge - 1, -1 }, after[] = { edge - 1, 1 - edge, edge + 2, -edge - 2, -1 };
  const guint64 large[] = { G_MAXUINT64, 0 }, larger[] = { G_MAXUINT64 - 1, 0 };
  g_autoptr (AssaySource) c = make_source (ASSAY_DTYPE_UINT64, large, 2);
  g_autoptr (AssaySource) d = make_source (ASSAY_DTYPE_UINT64, larger, 2);

  for (gsize n = 1; n <= 5; n++)
    {
      g_autoptr (AssaySource) a = make_source (ASSAY_DTYPE_INT64, before, n);
      g_autoptr (AssaySource) b = make_source (ASSAY_DTYPE_INT64, after, n);
      AssayMetrics m = compute (a, b, 0, 1);

      g_assert_cmpuint (m.n_changed, ==, MIN (n, 4));
      g_assert_cmpfloat (m.max_abs, ==, 1);
      g_assert_cmpfloat (m.l1, ==, MIN (n, 4));
    }
  g_assert_cmpfloat (compute (c, d, 0, 1).max_abs, ==, 1);
  g_assert_cmpuint (compute (c, d, 0, 1).n_changed, ==, 1);
}

static void
test_complex (void)
{
  const float before[] = { 1, 2, 0, 0 }, after[] = { 4, -2, 0, NAN };
  g_autoptr (AssaySource) a = make_source (ASSAY_DTYPE_COMPLEX64, before, 2);
  g_autoptr (AssaySource) b = make_source (ASSAY_DTYPE_COMPLEX64, after, 2);
  g_autoptr (AssaySource) d = assay_difference_new (a, b, NULL);
  AssayMetrics m = compute (a, b, 0, 1);
  double       values[4];

  g_assert_cmpfloat (m.max_abs, ==, 5);
  g_assert_cmpfloat (m.l2, ==, 5);
  assert_close (m.relative_l2, sqrt (5));
  g_assert_cmpuint (m.n_changed, ==, 2);
  g_assert_cmpuint (m.n_nan_b, ==, 1);
  g_assert_cmpint (assay_source_get_dtype (d), ==, ASSAY_DTYPE_COMPLEX128);
  g_assert_true (assay_source_read_flat (d, 0, 2, values, NULL, NULL));
  g_assert_cmpfloat (values[0], ==, 3);
  g_assert_cmpfloat (values[1], ==, -4);
}

/* Of 3 × 4 and 2 × 5 the first 2 × 4 are compared. */
static void
test_common_part (void)
{
  g_autoptr (AssaySource) a = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 3, 4 }, (float[12]){ 0, 1, 2, 3, 10, 11, 12, 13, 9, 9, 9, 9 }, 12);
  g_autoptr (AssaySource) b = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 2, 5 }, (float[10]){ 0, 1, 2, 3, 7, 10, 11, 12, 14, 7 }, 10);
  g_autoptr (AssaySource) flat = make_floats ((float[2]){ 1, 2 }, 2);
  g_autoptr (AssaySource) d = assay_difference_new (a, b, NULL);
  g_autoptr (GError) error = NULL;
  AssayMetrics m = compute (a, b, 0, 1);
  float        values[8];

  g_assert_cmpuint (m.n, ==, 8);
  g_assert_cmpuint (m.n_changed, ==, 1);
  g_assert_cmpfloat (m.max_abs, ==, 1);
  g_assert_cmpuint (assay_source_get_shape (d)[0], ==, 2);
  g_assert_cmpuint (assay_source_get_shape (d)[1], ==, 4);
  g_assert_true (assay_source_read_flat (d, 0, 8, values, NULL, NULL));
  g_assert_cmpfloat (values[7], ==, 1);
  g_assert_cmpfloat (values[4], ==, 0);
  g_assert_false (assay_metrics_compute (a, flat, 0, 1, NULL, &m, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
}

static void
test_nothing_to_compare (void)
{
  g_autoptr (AssaySource) a = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 0, 3 }, "", 0);
  g_autoptr (AssaySource) b = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 0, 3 }, "", 0);
  AssayMetrics m = compute (a, b, 0, 0);

  g_assert_true (m.bit_equal);
  g_assert_cmpuint (m.n, ==, 0);
  g_assert_cmpfloat (m.fraction_changed, ==, 0);
  g_assert_cmpfloat (m.relative_l2, ==, 0);
}

static void
test_text (void)
{
  g_autoptr (AssaySource) a = make_strings ((const char *[]){ "one", "two", "three", NULL });
  g_autoptr (AssaySource) b = make_strings ((const char *[]){ "one", "2", "three", NULL });
  g_autoptr (AssaySource) number = make_floats ((float[3]){ 1, 2, 3 }, 3);
  g_autoptr (GArray) changes = assay_changes_find (a, b, 10, 1, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AssayMetrics m = compute (a, b, 0, 1);

  g_assert_false (m.numeric);
  g_assert_false (m.bit_equal);
  g_assert_cmpuint (m.n_changed, ==, 1);
  g_assert_cmpuint (m.n_bits_changed, ==, 1);
  g_assert_true (compute (a, a, 0, 1).bit_equal);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpstr (g_array_index (changes, AssayChange, 0).a, ==, "two");
  g_assert_cmpstr (g_array_index (changes, AssayChange, 0).b, ==, "2");
  g_assert_cmpuint (g_array_index (changes, AssayChange, 0).flat, ==, 1);
  g_assert_false (assay_metrics_compute (a, number, 0, 1, NULL, &m, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE);
  g_assert_null (assay_difference_new (a, number, NULL));
}

/* Text of a fixed size is padded. */
static void
test_padded_text (void)
{
  g_autoptr (GBytes) short_bytes = g_bytes_new_static ("ab\0abc", 6);
  g_autoptr (GBytes) long_bytes = g_bytes_new_static ("ab\0\0abcd", 8);
  g_autoptr (AssaySource) a = assay_memory_source_new_for_bytes (ASSAY_DTYPE_BYTES, 3, NULL, 1, &(guint64){ 2 }, short_bytes);
  g_autoptr (AssaySource) b = assay_memory_source_new_for_bytes (ASSAY_DTYPE_BYTES, 4, NULL, 1, &(guint64){ 2 }, long_bytes);
  AssayMetrics m = compute (a, b, 0, 1);

  g_assert_false (m.has_bits);
  g_assert_cmpuint (m.n_changed, ==, 1);
}

/* Codes of less than 8 bits: the others of their byte don't count. */
static void
test_high_bits_of_codes (void)
{
  const guint8 before[] = { 0x05, 0x0f }, after[] = { 0xf5, 0x0e };
  g_autoptr (AssaySource) a = make_source (ASSAY_DTYPE_INT4, before, 2);
  g_autoptr (AssaySource) b = make_source (ASSAY_DTYPE_INT4, after, 2);
  AssayMetrics m = compute (a, b, 0, 1);

  g_assert_cmpuint (m.n_bits_changed, ==, 1);
  g_assert_cmpuint (m.n_changed, ==, 1);
  g_assert_cmpfloat (m.max_abs, ==, 1);
}

static AssaySource *
make_waves (gsize n, double shift)
{
  g_autofree float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = sin (i * 0.001 + shift);
  return make_floats (values, n);
}

static void
test_threads_say_the_same (void)
{
  const gsize n = 3000001;
  g_autoptr (AssaySource) a = make_waves (n, 0);
  g_autoptr (AssaySource) b = make_waves (n, 0.001);
  AssayMetrics one = compute (a, b, 0, 1), four = compute (a, b, 0, 4);

  g_assert_cmpuint (one.n, ==, n);
  g_assert_cmpmem (&one, sizeof one, &four, sizeof four);
}

static void
test_cancelled (void)
{
  g_autoptr (AssaySource) a = make_waves (2000000, 0);
  g_autoptr (AssayJob) job = assay_job_new ("");
  g_autoptr (GError) error = NULL;
  AssayMetrics m;

  assay_job_cancel (job);
  g_assert_false (assay_metrics_compute (a, a, 0, 2, job, &m, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (assay_changes_find (a, a, 10, 2, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_difference (void)
{
  const float before[] = { 1, NAN, INFINITY, NAN, 0.1f, 5 };
  const float after[] = { 3, NAN, INFINITY, 1, 0.2f, -5 };
  g_autoptr (AssaySource) a = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 2, 3 }, before, 6);
  g_autoptr (AssaySource) b = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 2, 3 }, after, 6);
  g_autoptr (AssaySource) d = assay_difference_new (a, b, NULL);
  float values[6], column[2];

  g_assert_cmpint (assay_source_get_dtype (d), ==, ASSAY_DTYPE_FLOAT32);
  g_assert_true (assay_source_read_flat (d, 0, 6, values, NULL, NULL));
  g_assert_cmpfloat (values[0], ==, 2);
  g_assert_cmpfloat (values[1], ==, 0);
  g_assert_cmpfloat (values[2], ==, 0);
  g_assert_true (isnan (values[3]));
  g_assert_cmpfloat (values[4], ==, 0.2f - 0.1f);
  g_assert_true (assay_source_read (d, (guint64[]){ 0, 2 }, (guint64[]){ 2, 1 }, column, NULL, NULL));
  g_assert_cmpfloat (column[1], ==, -10);
}

/* What is read in pieces is the same as what is read at once. */
static void
test_difference_of_large_boxes (void)
{
  g_autofree float *x = g_new (float, 300 * 400), *y = g_new (float, 300 * 400), *box = g_new (float, 200 * 300);
  g_autoptr (AssaySource) a = NULL;
  g_autoptr (AssaySource) b = NULL;
  g_autoptr (AssaySource) d = NULL;

  for (int i = 0; i < 300 * 400; i++)
    {
      x[i] = i;
      y[i] = 3 * (i % 1000);
    }
  a = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 300, 400 }, x, 300 * 400);
  b = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 300, 400 }, y, 300 * 400);
  d = assay_difference_new (a, b, NULL);
  g_assert_true (assay_source_read (d, (guint64[]){ 50, 70 }, (guint64[]){ 200, 300 }, box, NULL, NULL));
  for (int row = 0; row < 200; row++)
    for (int column = 0; column < 300; column++)
      {
        int i = (row + 50) * 400 + column + 70;

        g_assert_cmpfloat (box[row * 300 + column], ==, y[i] - x[i]);
      }
}

static void
test_wide_difference (void)
{
  const gint32 before[] = { G_MININT32 }, after[] = { G_MAXINT32 };
  g_autoptr (AssaySource) a = make_source (ASSAY_DTYPE_INT32, before, 1);
  g_autoptr (AssaySource) b = make_source (ASSAY_DTYPE_INT32, after, 1);
  g_autoptr (AssaySource) d = assay_difference_new (a, b, NULL);
  double value;

  g_assert_cmpint (assay_source_get_dtype (d), ==, ASSAY_DTYPE_FLOAT64);
  g_assert_true (assay_source_read_flat (d, 0, 1, &value, NULL, NULL));
  g_assert_cmpfloat (value, ==, 4294967295.0);
}

static void
test_largest_changes (void)
{
  g_autofree float *x = g_new0 (float, 100000), *y = g_new0 (float, 100000);
  g_autoptr (AssaySource) a = NULL;
  g_autoptr (AssaySource) b = NULL;
  g_autoptr (GArray) changes = NULL;
  const AssayChange *c;

  for (int i = 0; i < 100000; i++)
    y[i] = 0.25f;
  y[77] = -8;
  y[99999] = NAN;
  y[5000] = 4;
  a = make_floats (x, 100000);
  b = make_floats (y, 100000);
  changes = assay_changes_find (a, b, 5, 2, NULL, NULL);
  g_assert_cmpuint (changes->len, ==, 5);
  c = (const AssayChange *) (void *) changes->data;
  g_assert_cmpuint (c[0].flat, ==, 99999);
  g_assert_true (isnan (c[0].difference));
  g_assert_cmpstr (c[0].b, ==, "NaN");
  g_assert_cmpuint (c[1].flat, ==, 77);
  g_assert_cmpfloat (c[1].difference, ==, -8);
  g_assert_cmpstr (c[1].a, ==, "0");
  g_assert_cmpstr (c[1].b, ==, "-8");
  g_assert_cmpuint (c[2].flat, ==, 5000);
  g_assert_cmpuint (c[3].flat, ==, 0);
  g_assert_cmpuint (c[4].flat, ==, 1);
}

static void
add (AssayVariableList *list, const char *key, float value)
{
  g_autoptr (AssaySource) source = make_floats (&value, 1);

  assay_variable_list_add (list, key, NULL, source, NULL);
}

static void
assert_pair (AssayComparison *comparison, guint32 index, const char *a, const char *b, AssayPairStatus status)
{
  AssayPair pair;

  assay_comparison_get_pair (comparison, index, &pair);
  if (a != NULL)
    g_assert_cmpstr (assay_variable_list_get_key (assay_comparison_get_a (comparison), pair.a), ==, a);
  else
    g_assert_cmpuint (pair.a, ==, G_MAXUINT32);
  if (b != NULL)
    g_assert_cmpstr (assay_variable_list_get_key (assay_comparison_get_b (comparison), pair.b), ==, b);
  else
    g_assert_cmpuint (pair.b, ==, G_MAXUINT32);
  g_assert_cmpstr (assay_pair_status_get_name (pair.status), ==, assay_pair_status_get_name (status));
}

static void
test_matches_by_key (void)
{
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  g_autoptr (AssayComparison) comparison = NULL;
  guint32   counts[ASSAY_N_PAIR_STATUSES];
  AssayPair pair;

  add (a, "conv", 1);
  add (a, "dense", 2);
  add (a, "gone", 3);
  add (a, "twice", 4);
  add (a, "twice", 5);
  assay_variable_list_add (a, "broken", NULL, NULL, "It has no bytes");
  add (b, "new", 1);
  add (b, "twice", 4);
  add (b, "twice", 6);
  add (b, "dense", 2);
  add (b, "conv", 1.5);
  add (b, "broken", 1);
  comparison = assay_comparison_new (a, b);
  g_assert_cmpuint (assay_comparison_get_n_pairs (comparison), ==, 7);
  assert_pair (comparison, 0, "conv", "conv", ASSAY_PAIR_WAITING);
  assert_pair (comparison, 2, "gone", NULL, ASSAY_PAIR_ONLY_A);
  assert_pair (comparison, 6, NULL, "new", ASSAY_PAIR_ONLY_B);
  g_assert_true (assay_comparison_compute (comparison, 0, 2, NULL, NULL, NULL, NULL));
  assert_pair (comparison, 0, "conv", "conv", ASSAY_PAIR_CHANGED);
  assert_pair (comparison, 1, "dense", "dense", ASSAY_PAIR_SAME);
  assert_pair (comparison, 3, "twice", "twice", ASSAY_PAIR_SAME);
  assert_pair (comparison, 4, "twice", "twice", ASSAY_PAIR_CHANGED);
  assert_pair (comparison, 5, "broken", "broken", ASSAY_PAIR_UNREADABLE);
  assay_comparison_get_pair (comparison, 5, &pair);
  g_assert_cmpstr (pair.reason, ==, "It has no bytes");
  assay_comparison_get_pair (comparison, 0, &pair);
  g_assert_cmpfloat (pair.metrics->max_abs, ==, 0.5);
  assay_comparison_count (comparison, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_SAME], ==, 2);
  g_assert_cmpuint (counts[ASSAY_PAIR_CHANGED], ==, 2);
  g_assert_cmpuint (counts[ASSAY_PAIR_ONLY_A], ==, 1);
}

static void
test_statuses (void)
{
  const double wide[] = { 1, 2 };
  g_autoptr (AssaySource) floats = make_floats ((float[2]){ 1, 2 }, 2);
  g_autoptr (AssaySource) doubles = make_source (ASSAY_DTYPE_FLOAT64, wide, 2);
  g_autoptr (AssaySource) longer = make_floats ((float[3]){ 1, 2, 3 }, 3);
  g_autoptr (AssaySource) square = make_shaped (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 1, 2 }, (float[2]){ 1, 2 }, 2);
  g_autoptr (AssaySource) text = make_strings ((const char *[]){ "a", "b", NULL });
  AssaySource *const    others[] = { floats, doubles, longer, square, text };
  const AssayPairStatus wanted[] = { ASSAY_PAIR_SAME, ASSAY_PAIR_DTYPE_CHANGED, ASSAY_PAIR_RESHAPED, ASSAY_PAIR_RESHAPED, ASSAY_PAIR_DTYPE_CHANGED };
  const gboolean        has_metrics[] = { FALSE, TRUE, TRUE, FALSE, FALSE };
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  g_autoptr (AssayComparison) comparison = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *key = g_strdup_printf ("%" G_GSIZE_FORMAT, i);

      assay_variable_list_add (a, key, NULL, floats, NULL);
      assay_variable_list_add (b, key, NULL, others[i], NULL);
    }
  comparison = assay_comparison_new (a, b);
  g_assert_true (assay_comparison_compute (comparison, 0, 1, NULL, NULL, NULL, NULL));
  for (guint32 i = 0; i < G_N_ELEMENTS (others); i++)
    {
      AssayPair pair;

      assay_comparison_get_pair (comparison, i, &pair);
      g_assert_cmpstr (assay_pair_status_get_name (pair.status), ==, assay_pair_status_get_name (wanted[i]));
      g_assert_cmpint (pair.metrics != NULL, ==, has_metrics[i]);
      g_assert_cmpint (pair.reason != NULL, ==, i >= 3);
    }
}

static void
count_cb (AssayComparison *comparison, gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

/* A cancelled comparison goes on where it was. */
static void
test_cancelled_comparison_goes_on (void)
{
  g_autoptr (AssayVariableList) a = assay_variable_list_new ();
  g_autoptr (AssayVariableList) b = assay_variable_list_new ();
  g_autoptr (AssayComparison) comparison = NULL;
  g_autoptr (AssayJob) job = assay_job_new ("");
  g_autoptr (GError) error = NULL;
  guint32 counts[ASSAY_N_PAIR_STATUSES];
  int     n_told = 0;

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);

      add (a, key, i);
      add (b, key, i / 2 * 2);
    }
  comparison = assay_comparison_new (a, b);
  assay_job_cancel (job);
  g_assert_false (assay_comparison_compute (comparison, 0, 2, job, count_cb, &n_told, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assay_comparison_count (comparison, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_WAITING], ==, 1000);
  g_assert_true (assay_comparison_compute (comparison, 0, 2, NULL, count_cb, &n_told, NULL));
  assay_comparison_count (comparison, counts);
  g_assert_cmpuint (counts[ASSAY_PAIR_SAME], ==, 500);
  g_assert_cmpuint (counts[ASSAY_PAIR_CHANGED], ==, 500);
  g_assert_cmpint (n_told, >=, 1);
}

/* An edit over mapped values is read through. */
static void
test_edited (void)
{
  const float nine = 9;
  g_autoptr (GBytes) bytes = g_bytes_new (&nine, sizeof nine);
  g_autoptr (AssaySource) a = make_waves (1000000, 0);
  g_autoptr (AssaySource) b = assay_overlay_new (a, &(guint64){ 123456 }, &(guint64){ 1 }, bytes, NULL);
  g_autoptr (GArray) changes = assay_changes_find (a, b, 10, 0, NULL, NULL);
  AssayMetrics m = compute (a, b, 0, 0);

  g_assert_cmpuint (m.n_changed, ==, 1);
  g_assert_cmpuint (m.n_bits_changed, ==, 1);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpuint (g_array_index (changes, AssayChange, 0).flat, ==, 123456);
  g_assert_cmpstr (g_array_index (changes, AssayChange, 0).b, ==, "9");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/metrics/every-dtype", test_every_dtype);
  g_test_add_func ("/compare/metrics/nan-rules", test_nan_rules);
  g_test_add_func ("/compare/metrics/payload-is-no-change", test_payload_is_no_change);
  g_test_add_func ("/compare/metrics/zero-norms", test_zero_norms);
  g_test_add_func ("/compare/metrics/ulp", test_ulp);
  g_test_add_func ("/compare/metrics/tolerance", test_tolerance);
  g_test_add_func ("/compare/metrics/large-integers-are-exact", test_large_integers_are_exact);
  g_test_add_func ("/compare/metrics/edge-of-doubles", test_edge_of_doubles);
  g_test_add_func ("/compare/metrics/complex", test_complex);
  g_test_add_func ("/compare/metrics/common-part", test_common_part);
  g_test_add_func ("/compare/metrics/nothing-to-compare", test_nothing_to_compare);
  g_test_add_func ("/compare/metrics/text", test_text);
  g_test_add_func ("/compare/metrics/padded-text", test_padded_text);
  g_test_add_func ("/compare/metrics/high-bits-of-codes", test_high_bits_of_codes);
  g_test_add_func ("/compare/metrics/threads-say-the-same", test_threads_say_the_same);
  g_test_add_func ("/compare/metrics/cancelled", test_cancelled);
  g_test_add_func ("/compare/metrics/edited", test_edited);
  g_test_add_func ("/compare/difference/values", test_difference);
  g_test_add_func ("/compare/difference/large-boxes", test_difference_of_large_boxes);
  g_test_add_func ("/compare/difference/wide", test_wide_difference);
  g_test_add_func ("/compare/changes/largest", test_largest_changes);
  g_test_add_func ("/compare/comparison/matches-by-key", test_matches_by_key);
  g_test_add_func ("/compare/comparison/statuses", test_statuses);
  g_test_add_func ("/compare/comparison/cancelled-goes-on", test_cancelled_comparison_goes_on);
  return g_test_run ();
}
