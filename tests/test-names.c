/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/names.h>

static void
test_names_compare_numbers_as_numbers (void)
{
  g_assert_cmpint (assay_name_compare ("layer_2", "layer_10"), <, 0);
  g_assert_cmpint (assay_name_compare ("a10b2", "a10b10"), <, 0);
  g_assert_cmpint (assay_name_compare ("a", "b"), <, 0);
  g_assert_cmpint (assay_name_compare ("a1", "a01"), !=, 0);
  g_assert_cmpint (assay_name_compare ("x", "x"), ==, 0);
  g_assert_cmpint (assay_name_compare ("99999999999999999999", "100000000000000000000"), <, 0);
}

static void
test_names_escape (void)
{
  g_autofree char *escaped = assay_name_escape ("a.b/c");
  g_autofree char *back = assay_name_unescape (escaped);

  g_assert_cmpstr (escaped, ==, "a..b.Sc");
  g_assert_cmpstr (back, ==, "a.b/c");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/names/compare-numbers-as-numbers", test_names_compare_numbers_as_numbers);
  g_test_add_func ("/names/escape", test_names_escape);
  return g_test_run ();
}
