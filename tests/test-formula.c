/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/formula.h>
#include <assay/memory-source.h>
#include <math.h>
#include <string.h>

/* A formula, a value, and what NumPy makes of it. */
static const struct
{
  const char *text;
  double      x;
  double      expected;
} truths[] = {
  { "x * 0.9", 2, 1.8 },
  { "-x ** 2", 3, -9 },
  { "2 ** -x", 1, 0.5 },
  { "2 ** 3 ** 2", 0, 512 },
  { "(x + 1) * (x - 1)", 3, 8 },
  { "1 - 2 - 3", 0, -4 },
  { "7 // 2 + 7 % 3", 0, 4 },
  { "-7 % 3", 0, 2 },
  { "where(isnan(x), 0, x)", NAN, 0 },
  { "where(isnan(x), 0, x)", 4, 4 },
  { "clip(x, -1, 1)", 5, 1 },
  { "clip(x, -1, 1)", -5, -1 },
  { "abs(x) + sqrt(4)", -3, 5 },
  { "round(x)", 2.5, 2 },
  { "round(x, 1)", 2.25, 2.2 },
  { "min(x, 3)", 5, 3 },
  { "x > 1 and x < 3", 2, 1 },
  { "not x == 2 or x != 2", 2, 0 },
  { "x > 1 & x < 3 | 0", 2, 1 },
  { "exp(log(x))", 3, 3 },
  { "sign(x) * e ** 0 + pi - pi", -2, -1 },
  { "−x", 2, -2 },
};

static void
test_formula_is_numpys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (truths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayFormula) formula = assay_formula_parse (truths[i].text, &error);
      double y;

      g_assert_no_error (error);
      assay_formula_evaluate (formula, &truths[i].x, &y, 1);
      g_test_message ("%s", truths[i].text);
      g_assert_cmpfloat_with_epsilon (y, truths[i].expected, 1e-12);
    }
}

static void
test_formula_says_where (void)
{
  static const struct
  {
    const char *text;
    const char *place;
  } errors[] = { { "x * ", "end" }, { "x * * 2", "column 5" }, { "foo(x)", "column 1" }, { "clip(x, 1)", "column 1" }, { "(x + 1", "end" }, { "x 2", "column 3" }, { "y + 1", "column 1" }, { "1 +", "end" }, { "mean(x + 1)", "column 1" }, { "abs(x, 2)", "column 7" } };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayFormula) formula = assay_formula_parse (errors[i].text, &error);

      g_assert_null (formula);
      g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX);
      g_test_message ("%s: %s", errors[i].text, error->message);
      g_assert_nonnull (strstr (error->message, errors[i].place));
    }
}

static void
test_formula_depth_is_bounded (void)
{
  g_autofree char *deep = g_strnfill (100000, '(');
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayFormula) formula = assay_formula_parse (deep, &error);

  g_assert_null (formula);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX);
}

static AssaySource *
make_source (AssayDtype dtype, gconstpointer values, gsize n_bytes, guint64 n)
{
  g_autoptr (GBytes) bytes = g_bytes_new (values, n_bytes);

  return assay_memory_source_new_for_bytes (dtype, n_bytes / n, NULL, 1, &n, bytes);
}

static void
test_formula_knows_the_whole (void)
{
  static const float values[] = { 1, 2, 3, 6 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_FLOAT32, values, sizeof values, 4);
  g_autoptr (AssayFormula) formula = assay_formula_parse ("x - mean(x)", NULL);
  g_autoptr (AssayFormula) bound = assay_formula_bind (formula, source, NULL, NULL);
  g_autoptr (AssaySource) edited = assay_formula_source_new (source, bound, NULL, NULL, NULL);
  float out[4];

  g_assert_true (assay_formula_needs_binding (formula));
  g_assert_true (assay_source_read_flat (edited, 0, 4, out, NULL, NULL));
  g_assert_cmpfloat (out[0], ==, -2);
  g_assert_cmpfloat (out[3], ==, 3);
}

static void
test_formula_checks_ranges (void)
{
  static const guint8 values[] = { 1, 200 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_UINT8, values, sizeof values, 2);
  g_autoptr (AssayFormula) formula = assay_formula_parse ("x + 100", NULL);
  g_autoptr (AssaySource) edited = assay_formula_source_new (source, formula, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (assay_formula_source_check (edited, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_assert_nonnull (strstr (error->message, "300"));
}

/* What a double can't hold exactly is refused, and never changed in silence; the rest of a variable can be chosen alone. */
static void
test_formula_refuses_large_integers (void)
{
  static const gint64 values[] = { G_MAXINT64, 5 };
  guint64             start[] = { 1 }, count[] = { 1 };
  g_autoptr (AssaySource) source = make_source (ASSAY_DTYPE_INT64, values, sizeof values, 2);
  g_autoptr (AssayFormula) formula = assay_formula_parse ("x - 1", NULL);
  g_autoptr (AssaySource) whole = assay_formula_source_new (source, formula, NULL, NULL, NULL);
  g_autoptr (AssaySource) part = assay_formula_source_new (source, formula, start, count, NULL);
  g_autoptr (GError) error = NULL;
  gint64 out[2];

  g_assert_false (assay_formula_source_check (whole, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_assert_true (assay_source_read_flat (part, 0, 2, out, NULL, NULL));
  g_assert_cmpint (out[0], ==, G_MAXINT64);
  g_assert_cmpint (out[1], ==, 4);
}

static void
test_formula_changes_only_its_box (void)
{
  float   values[4 * 5];
  guint64 shape[] = { 4, 5 }, start[] = { 1, 2 }, count[] = { 2, 2 }, from[] = { 1, 1 }, size[] = { 3, 3 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AssaySource) source = NULL, edited = NULL;
  g_autoptr (AssayFormula) formula = assay_formula_parse ("-x", NULL);
  float out[9];

  for (int i = 0; i < 20; i++)
    values[i] = i + 1;
  bytes = g_bytes_new (values, sizeof values);
  source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, 4, NULL, 2, shape, bytes);
  edited = assay_formula_source_new (source, formula, start, count, NULL);
  g_assert_true (assay_source_read (edited, from, size, out, NULL, NULL));
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 3; c++)
      {
        gboolean inside = r + 1 < 3 && c + 1 >= 2;
        float    value = (r + 1) * 5 + c + 1 + 1;

        g_assert_cmpfloat (out[r * 3 + c], ==, inside ? -value : value);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formula/is-numpys", test_formula_is_numpys);
  g_test_add_func ("/formula/says-where", test_formula_says_where);
  g_test_add_func ("/formula/depth-is-bounded", test_formula_depth_is_bounded);
  g_test_add_func ("/formula/knows-the-whole", test_formula_knows_the_whole);
  g_test_add_func ("/formula/checks-ranges", test_formula_checks_ranges);
  g_test_add_func ("/formula/refuses-large-integers", test_formula_refuses_large_integers);
  g_test_add_func ("/formula/changes-only-its-box", test_formula_changes_only_its_box);
  return g_test_run ();
}
