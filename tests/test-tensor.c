/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/tensor.h>

static void
test_tensor_refuses_short_data (void)
{
  static const float values[5];
  g_autoptr (GBytes) data = g_bytes_new_static (values, sizeof values);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayTensor) tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 2, 3 }, data, &error);

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
  g_assert_null (tensor);
}

static void
test_tensor_refuses_overflow (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayTensor) tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT32, 2, (guint64[]){ 1ull << 40, 1ull << 40 }, data, &error);

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
  g_assert_null (tensor);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/refuses-short-data", test_tensor_refuses_short_data);
  g_test_add_func ("/tensor/refuses-overflow", test_tensor_refuses_overflow);
  return g_test_run ();
}
