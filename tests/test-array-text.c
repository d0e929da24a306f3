/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Texts of arrays, against what NumPy 2.4 writes. */

#include <assay/array-text.h>
#include <math.h>

static void
check_f32 (guint rank, const guint64 *shape, const float *values, AssayArrayStyle style, const char *wanted)
{
  guint64 n = 1;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AssayTensor) tensor = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < rank; i++)
    n *= shape[i];
  bytes = g_bytes_new (values, n * sizeof *values);
  tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT32, rank, shape, bytes, NULL);
  text = assay_tensor_to_text (tensor, style);
  g_assert_cmpstr (text, ==, wanted);
}

static void
test_array_text_aligns (void)
{
  check_f32 (2, (guint64[]){ 1, 2 }, (float[]){ 5.342552f, 1.0393705f }, ASSAY_ARRAY_STR, "[[5.342552  1.0393705]]");
  check_f32 (1, (guint64[]){ 3 }, (float[]){ 0, 0, 0 }, ASSAY_ARRAY_REPR, "array([0., 0., 0.], dtype=float32)");
  check_f32 (2, (guint64[]){ 2, 3 }, (float[]){ 0.52512234f, -0.98914236f, 2.3043284f, 0.7876836f, -1.4837136f, 3.4564924f },
             ASSAY_ARRAY_REPR,
             "array([[ 0.52512234, -0.98914236,  2.3043284 ],\n       [ 0.7876836 , -1.4837136 ,  3.4564924 ]], dtype=float32)");
  check_f32 (2, (guint64[]){ 3, 2 }, (float[]){ 0.03028918f, -0.04585799f, -0.00289269f, 0.011962f, -0.00736458f, -0.01570103f },
             ASSAY_ARRAY_REPR,
             "array([[ 0.03028918, -0.04585799],\n       [-0.00289269,  0.011962  ],\n       [-0.00736458, -0.01570103]], dtype=float32)");
}

static void
test_array_text_writes_exponents (void)
{
  check_f32 (1, (guint64[]){ 3 }, (float[]){ 1e-5f, 1, 2.5f }, ASSAY_ARRAY_STR, "[1.0e-05 1.0e+00 2.5e+00]");
  check_f32 (1, (guint64[]){ 2 }, (float[]){ 1e10f, -1 }, ASSAY_ARRAY_REPR, "array([ 1.e+10, -1.e+00], dtype=float32)");
  check_f32 (0, NULL, (float[]){ 5 }, ASSAY_ARRAY_REPR, "5.0");
  check_f32 (0, NULL, (float[]){ 1e-5f }, ASSAY_ARRAY_STR, "1e-05");
}

static void
test_array_text_shows_special_values (void)
{
  check_f32 (1, (guint64[]){ 4 }, (float[]){ NAN, 1, -INFINITY, -0.5f }, ASSAY_ARRAY_STR, "[ nan  1.  -inf -0.5]");
}

static void
test_array_text_wraps_and_summarises (void)
{
  static float values[2000];

  for (int i = 0; i < 2000; i++)
    values[i] = i;
  check_f32 (1, (guint64[]){ 20 }, values, ASSAY_ARRAY_REPR,
             "array([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12.,\n"
             "       13., 14., 15., 16., 17., 18., 19.], dtype=float32)");
  check_f32 (1, (guint64[]){ 2000 }, values + 0, ASSAY_ARRAY_STR, "[0.000e+00 1.000e+00 2.000e+00 ... 1.997e+03 1.998e+03 1.999e+03]");
  check_f32 (3, (guint64[]){ 2, 1, 2 }, values, ASSAY_ARRAY_STR, "[[[0. 1.]]\n\n [[2. 3.]]]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/array-text/aligns", test_array_text_aligns);
  g_test_add_func ("/array-text/writes-exponents", test_array_text_writes_exponents);
  g_test_add_func ("/array-text/shows-special-values", test_array_text_shows_special_values);
  g_test_add_func ("/array-text/wraps-and-summarises", test_array_text_wraps_and_summarises);
  return g_test_run ();
}
