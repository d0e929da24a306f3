/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/convert.h>
#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/overlay.h>
#include <assay/statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static AssaySource *
make_source (AssayDtype dtype, const void *data, gsize n)
{
  gsize item_size = assay_dtype_get_info (dtype)->item_size;
  g_autoptr (GBytes) bytes = g_bytes_new (data, n * item_size);

  return assay_memory_source_new_for_bytes (dtype, item_size, NULL, 1, &(guint64){ n }, bytes);
}

static double
get_tiny (const char *name)
{
  static const struct
  {
    const char *name;
    double      value;
  } tiny[] = {
    { "float16", 0x1p-24 },
    { "float8_e5m2", 0x1p-16 },
    { "bfloat16", 0x1p-130 },
    { "float32", 0x1p-140 },
    { "complex64", 0x1p-140 },
    { "float64", 0x1p-1060 },
    { "complex128", 0x1p-1060 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tiny); i++)
    if (strcmp (tiny[i].name, name) == 0)
      return tiny[i].value;
  return NAN;
}

static void
get_limits (const char *name, double *low, double *high)
{
  static const struct
  {
    const char *name;
    double      low, high;
  } limits[] = {
    { "bool", 0, 1 },
    { "int4", -8, 7 },
    { "uint4", 0, 15 },
    { "int2", -2, 1 },
    { "uint2", 0, 3 },
    { "int8", -128, 127 },
    { "uint8", 0, 255 },
    { "float4_e2m1fn", -6, 6 },
    { "float6_e2m3fn", -7.5, 7.5 },
    { "float6_e3m2fn", -28, 28 },
    { "float8_e4m3b11fnuz", -30, 30 },
    { "float8_e8m0fnu", 0.5, 1000 },
  };

  *low = *name == 'u' ? 0 : -100;
  *high = *name == 'u' ? 200 : 100;
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    if (strcmp (limits[i].name, name) == 0)
      {
        *low = limits[i].low;
        *high = limits[i].high;
      }
}

/* The rule of the script beside the truth. */
static double
get_value (const char *name, const char *rule, double u)
{
  static const char *const with_inf[] = { "float8_e5m2", "float16", "bfloat16", "float32", "float64", "float128", "complex64",
                                          "complex128", NULL };
  gboolean                 is_int = strstr (name, "int") != NULL || strcmp (name, "bool") == 0, is_nan = strcmp (rule, "nan") == 0;
  int                      k = is_nan ? 0 : (int) floor (u * 1000) % 10;
  double                   low, high, v;

  get_limits (name, &low, &high);
  v = low + u * (high - low);
  if (is_int)
    v = rint (v);
  if (strcmp (rule, "constant") == 0)
    return 1;
  if (strcmp (rule, "offset") == 0)
    return 1000000 + rint (u * 1000) / (is_int ? 1 : 1024);
  if (strcmp (rule, "special") != 0 && !is_nan)
    return v;
  if (k == 0)
    return NAN;
  if ((k == 1 || k == 2) && g_strv_contains (with_inf, name))
    return k == 1 ? INFINITY : -INFINITY;
  if ((k == 3 || k == 4) && strcmp (name, "float8_e8m0fnu") != 0)
    return k == 3 ? 0 : -0.0;
  if (k == 5 && !isnan (get_tiny (name)))
    return get_tiny (name);
  return v;
}

static AssaySource *
make_source_by_rule (AssayDtype dtype, const char *rule, gsize n)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);
  g_autofree double    *values = g_new (double, n);
  g_autofree guint8    *data = g_malloc (n * info->item_size);
  gboolean              by_float = strchr (info->name, '_') != NULL || dtype == ASSAY_DTYPE_BFLOAT16;
  g_autoptr (GError) error = NULL;
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      values[i] = get_value (info->name, rule, state / 0x1p32);
      if (by_float)
        values[i] = (float) values[i];
    }
  assay_convert_from_double (dtype, values, data, n, &error);
  g_assert_no_error (error);
  return make_source (dtype, data, n);
}

/* Sums are taken in another order than NumPy takes them, and NumPy takes them pairwise: some last digits differ. */
static void
assert_near (double a, double b, double scale, const char *what, const char *line)
{
  if (isnan (a) != isnan (b) || (!isnan (a) && a != b && fabs (a - b) > 1e-12 * scale))
    g_error ("%s is %.17g, not %.17g, in %.60s", what, a, b, line);
}

static void
assert_quantiles (const AssayStatistics *s, char **numbers, gboolean is_float32, const char *line)
{
  for (guint i = 0; i < ASSAY_N_QUANTILES; i++)
    {
      double truth = g_ascii_strtod (numbers[i], NULL), bin = is_float32 ? 1 / 64. : 1 / 16.;

      if (s->quantiles_exact)
        assert_near (s->quantiles[i], truth, fabs (truth), "a quantile", line);
      else if (!(fabs (s->quantiles[i] - truth) <= bin * fabs (truth) + 1e-9))
        g_error ("a quantile is %g, not %g, in %.60s", s->quantiles[i], truth, line);
    }
}

static void
assert_as_truth (const AssayStatistics *s, const char *line)
{
  g_auto (GStrv) f = g_strsplit (line, " ", -1);
  const guint64 counts[] = { s->n_finite, s->n_nan, s->n_pos_inf, s->n_neg_inf, s->n_zero, s->n_denormal };
  double        l1 = g_ascii_strtod (f[13], NULL), l2 = g_ascii_strtod (f[14], NULL);

  g_assert_cmpuint (g_strv_length (f), ==, 3 + 6 + 13 + 64);
  for (int i = 0; i < 6; i++)
    if (counts[i] != g_ascii_strtoull (f[3 + i], NULL, 10))
      g_error ("count %d is %" G_GUINT64_FORMAT ", not %s, in %.60s", i, counts[i], f[3 + i], line);
  assert_near (s->min, g_ascii_strtod (f[9], NULL), 0, "min", line);
  assert_near (s->max, g_ascii_strtod (f[10], NULL), 0, "max", line);
  assert_near (s->mean, g_ascii_strtod (f[11], NULL), l1 / MAX (s->n_finite, 1), "mean", line);
  /* Far from 0 the squared distances lose digits of the mean, NumPy's too. */
  assert_near (s->std, g_ascii_strtod (f[12], NULL), fabs (s->max) + fabs (s->min), "std", line);
  assert_near (s->l1, l1, l1, "l1", line);
  assert_near (s->l2, l2, l2, "l2", line);
  assert_quantiles (s, f + 15, strcmp (f[0], "float32") == 0, line);
  g_assert_true (s->bins_exact);
  for (int i = 0; i < 64; i++)
    if (s->bins[i] != g_ascii_strtoull (f[22 + i], NULL, 10))
      g_error ("bin %d is %" G_GUINT64_FORMAT ", not %s, in %.60s", i, s->bins[i], f[22 + i], line);
}

static void
test_statistics_as_numpy (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "statistics", "truth.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 150);
  for (int i = 0; lines[i]; i++)
    {
      g_auto (GStrv) f = g_strsplit (lines[i], " ", 4);
      AssayDtype dtype = assay_dtype_from_name (f[0]);
      gsize      n = atoi (f[2]);
      g_autoptr (AssaySource) source = make_source_by_rule (dtype, f[1], n);
      g_autoptr (AssayStatistics) s = assay_statistics_compute (source, 2, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (s->n, ==, n);
      g_assert_cmpint (s->quantiles_exact, ==, n <= 65536 || s->n_finite == 0 || assay_dtype_get_info (dtype)->item_size <= 2);
      g_assert_cmpint (s->complex_magnitude, ==, strncmp (f[0], "complex", 7) == 0);
      assert_as_truth (s, lines[i]);
    }
}

static void
test_statistics_of_nothing (void)
{
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_FLOAT32, NULL, 0);
  g_autoptr (AssayStatistics) s = assay_statistics_compute (source, 0, NULL, NULL);
  g_autoptr (AssayStatistics) copy = assay_statistics_copy (s);

  g_assert_cmpuint (copy->n, ==, 0);
  g_assert_true (isnan (copy->min) && isnan (copy->max) && isnan (copy->mean) && isnan (copy->std) && isnan (copy->quantiles[3]));
  g_assert_cmpfloat (copy->l1, ==, 0);
}

static void
test_statistics_refuses_text (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abcd", 4);
  g_autoptr (AssaySource) source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_BYTES, 4, NULL, 0, NULL, bytes);
  g_autoptr (GError) error = NULL;

  g_assert_null (assay_statistics_compute (source, 1, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE);
}

/* A long float32 with few special values at odd places, against a plain reference; one, two and five threads, mapped, and
 * read because an edit lies in it. */
static void
test_statistics_of_many_floats (void)
{
  gsize             n = 3000017;
  g_autofree float *values = g_new (float, n);
  guint64           n_zero = 0, n_denormal = 0, n_nan = 0, n_inf = 0, bins[64] = { 0 };
  long double       sum = 0, squares = 0, l1 = 0, m2 = 0; /* the reference's own rounding must not show */
  float             min = INFINITY, max = -INFINITY;
  double            mean;
  g_autoptr (AssaySource) mapped = NULL, edited = NULL;
  g_autoptr (GBytes) same = NULL;

  for (gsize i = 0; i < n; i++)
    {
      float u = g_test_rand_double_range (-1, 1);

      values[i] = i % 100003 == 5 ? NAN : i % 200003 == 7 ? INFINITY
                                      : i % 300007 == 9   ? 1e-42f
                                      : i % 1001 == 3     ? 0
                                                          : u * u * u;
      n_nan += isnan (values[i]) != 0;
      n_inf += isinf (values[i]) != 0;
      if (!isfinite (values[i]))
        continue;
      n_zero += values[i] == 0;
      n_denormal += values[i] == 1e-42f;
      sum += values[i];
      l1 += fabsf (values[i]);
      squares += (double) values[i] * values[i];
      min = MIN (min, values[i]);
      max = MAX (max, values[i]);
    }
  mean = sum / (n - n_nan - n_inf);
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        int bin = 0;

        m2 += (values[i] - mean) * (values[i] - mean);
        for (; bin < 63 && values[i] >= (bin + 1) * (((double) max - min) / 64) + min; bin++)
          ;
        bins[bin]++;
      }
  mapped = make_source (ASSAY_DTYPE_FLOAT32, values, n);
  same = g_bytes_new (values + 1500000, 4);
  edited = assay_overlay_new (mapped, (guint64[]){ 1500000 }, (guint64[]){ 1 }, same, NULL);
  for (int way = 0; way < 4; way++)
    {
      static const guint n_threads[] = { 1, 2, 5, 2 };
      g_autoptr (AssayStatistics) s = assay_statistics_compute (way == 3 ? edited : mapped, n_threads[way], NULL, NULL);

      g_assert_cmpuint (s->n_nan, ==, n_nan);
      g_assert_cmpuint (s->n_pos_inf, ==, n_inf);
      g_assert_cmpuint (s->n_zero, ==, n_zero);
      g_assert_cmpuint (s->n_denormal, ==, n_denormal);
      g_assert_cmpuint (s->n_finite, ==, n - n_nan - n_inf);
      g_assert_cmpfloat (s->min, ==, min);
      g_assert_cmpfloat (s->max, ==, max);
      g_assert_cmpfloat_with_epsilon (s->mean, mean, 1e-14);
      g_assert_cmpfloat_with_epsilon (s->std, sqrtl (m2 / s->n_finite), 1e-13);
      g_assert_cmpfloat_with_epsilon (s->l1, l1, 1e-12 * l1);
      g_assert_cmpfloat_with_epsilon (s->l2, sqrt (squares), 1e-12 * sqrt (squares));
      g_assert_true (s->bins_exact);
      g_assert_cmpmem (s->bins, sizeof bins, bins, sizeof bins);
      /* u³ has its quartiles at ±1/8. */
      g_assert_cmpfloat_with_epsilon (s->quantiles[2], -0.125, 0.125 / 64 + 0.001);
      g_assert_cmpfloat_with_epsilon (s->quantiles[4], 0.125, 0.125 / 64 + 0.001);
    }
}

/* Values that lie on the edges of bins, and a spread that is tiny beside the mean. */
static void
test_statistics_of_awkward_floats (void)
{
  gsize             n = 200000;
  g_autofree float *on_edges = g_new (float, n);
  g_autofree float *far_off = g_new (float, n);
  g_autoptr (AssaySource) edges = NULL, off = NULL;
  g_autoptr (AssayStatistics) of_edges = NULL, of_off = NULL;

  for (gsize i = 0; i < n; i++)
    {
      on_edges[i] = i % 65;
      far_off[i] = 16777000 + i % 2;
    }
  edges = make_source (ASSAY_DTYPE_FLOAT32, on_edges, n);
  off = make_source (ASSAY_DTYPE_FLOAT32, far_off, n);
  of_edges = assay_statistics_compute (edges, 2, NULL, NULL);
  of_off = assay_statistics_compute (off, 2, NULL, NULL);
  for (int bin = 0; bin < 64; bin++)
    {
      guint64 n_here = 0;

      for (gsize i = 0; i < n; i++)
        n_here += MIN (i % 65, 63) == (gsize) bin;
      g_assert_cmpuint (of_edges->bins[bin], ==, n_here);
    }
  g_assert_cmpfloat (of_off->mean, ==, 16777000.5);
  g_assert_cmpfloat_with_epsilon (of_off->std, 0.5, 1e-12);
  g_assert_cmpuint (of_off->bins[0], ==, n / 2);
  g_assert_cmpuint (of_off->bins[63], ==, n / 2);
}

/* Doubles whose range doesn't fit a double, and whose range is too small to be divided: then the edges are equal. */
static void
test_statistics_of_extreme_doubles (void)
{
  double wide[] = { -1.7e308, 1.7e308, 0 }, tiny[] = { 0, 5e-324, 1e-323 };
  g_autoptr (AssaySource) of_wide = make_source (ASSAY_DTYPE_FLOAT64, wide, 3);
  g_autoptr (AssaySource) of_tiny = make_source (ASSAY_DTYPE_FLOAT64, tiny, 3);
  g_autoptr (AssayStatistics) a = assay_statistics_compute (of_wide, 1, NULL, NULL);
  g_autoptr (AssayStatistics) b = assay_statistics_compute (of_tiny, 1, NULL, NULL);

  g_assert_cmpfloat (a->min, ==, -1.7e308);
  g_assert_cmpuint (a->bins[0], ==, 1);
  g_assert_cmpuint (a->bins[32], ==, 1);
  g_assert_cmpuint (a->bins[63], ==, 1);
  g_assert_cmpfloat (a->quantiles[3], ==, 0);
  g_assert_cmpuint (b->n_denormal, ==, 2);
  g_assert_cmpuint (b->bins[63], ==, 3);
}

/* A source without end, nearly: zeros that take no memory and some time. */
#define TYPE_ENDLESS (endless_get_type ())
G_DECLARE_FINAL_TYPE (Endless, endless, TEST, ENDLESS, AssaySource)

struct _Endless
{
  AssaySource parent_instance;
};

G_DEFINE_FINAL_TYPE (Endless, endless, ASSAY_TYPE_SOURCE)

static gboolean
endless_read (AssaySource   *source,
              const guint64 *start,
              const guint64 *count,
              void          *out,
              GCancellable  *cancellable,
              GError       **error)
{
  memset (out, 0, count[0] * 4);
  return TRUE;
}

static void
endless_class_init (EndlessClass *klass)
{
  ASSAY_SOURCE_CLASS (klass)->read = endless_read;
}

static void
endless_init (Endless *self)
{
}

static void *
cancel_thread (void *data)
{
  g_usleep (30000);
  assay_job_cancel (data);
  return GSIZE_TO_POINTER (g_get_monotonic_time ());
}

static void
test_statistics_cancels (void)
{
  static const AssayDtype dtypes[] = { ASSAY_DTYPE_FLOAT32, ASSAY_DTYPE_INT32 };
  g_autoptr (AssayJob) before = assay_job_new ("test");
  g_autoptr (AssaySource) one = make_source (ASSAY_DTYPE_INT8, "\1", 1);
  g_autoptr (GError) at_once = NULL;

  assay_job_cancel (before);
  g_assert_null (assay_statistics_compute (one, 1, before, &at_once));
  g_assert_error (at_once, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (gsize i = 0; i < G_N_ELEMENTS (dtypes); i++)
    {
      g_autoptr (AssayJob) job = assay_job_new ("test");
      g_autoptr (AssaySource) source = g_object_new (TYPE_ENDLESS, NULL);
      g_autoptr (GError) error = NULL;
      GThread *thread;
      gint64   cancelled;

      assay_source_init_facts (source, dtypes[i], 4, NULL, 1, (guint64[]){ G_GUINT64_CONSTANT (1) << 50 });
      thread = g_thread_new ("cancel", cancel_thread, job);
      g_assert_null (assay_statistics_compute (source, 2, job, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      cancelled = (gint64) GPOINTER_TO_SIZE (g_thread_join (thread));
      g_assert_cmpint (g_get_monotonic_time () - cancelled, <, 100000);
      g_assert_cmpfloat (assay_job_get_fraction (job), <, 0.5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics/as-numpy", test_statistics_as_numpy);
  g_test_add_func ("/statistics/of-nothing", test_statistics_of_nothing);
  g_test_add_func ("/statistics/refuses-text", test_statistics_refuses_text);
  g_test_add_func ("/statistics/of-many-floats", test_statistics_of_many_floats);
  g_test_add_func ("/statistics/of-awkward-floats", test_statistics_of_awkward_floats);
  g_test_add_func ("/statistics/of-extreme-doubles", test_statistics_of_extreme_doubles);
  g_test_add_func ("/statistics/cancels", test_statistics_cancels);
  return g_test_run ();
}
