/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/memory-source.h>

static AssaySource *
make_counting_source (guint rank, const guint64 *shape)
{
  guint64 n;
  int    *values;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (assay_shape_n_elements (rank, shape, &n));
  values = g_new (int, MAX (n, 1));
  for (guint64 i = 0; i < n; i++)
    values[i] = i;
  bytes = g_bytes_new_take (values, n * sizeof (int));
  return assay_memory_source_new_for_bytes (ASSAY_DTYPE_INT32, 4, NULL, rank, shape, bytes);
}

/* Every run of every shape comes out in order, whatever boxes it is cut into. */
static void
test_source_reads_any_run (void)
{
  static const guint64 shapes[][4] = { { 1, 1, 1, 1 }, { 2, 3, 4, 5 }, { 5, 1, 1, 3 }, { 1, 7, 2, 1 } };

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (guint rank = 0; rank <= 4; rank++)
      {
        g_autoptr (AssaySource) source = make_counting_source (rank, shapes[s]);
        guint64 n = assay_source_get_n_elements (source);

        for (guint64 first = 0; first <= n; first++)
          for (guint64 length = 0; length <= n - first; length++)
            {
              int out[120];

              g_assert_true (assay_source_read_flat (source, first, length, out, NULL, NULL));
              for (guint64 i = 0; i < length; i++)
                g_assert_cmpint (out[i], ==, first + i);
            }
      }
}

static void
test_source_refuses_what_is_outside (void)
{
  g_autoptr (AssaySource) source = make_counting_source (2, (guint64[]){ 2, 3 });
  g_autoptr (GError) error = NULL;
  int out[6];

  g_assert_false (assay_source_read (source, (guint64[]){ 1, 1 }, (guint64[]){ 1, 3 }, out, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/source/reads-any-run", test_source_reads_any_run);
  g_test_add_func ("/source/refuses-what-is-outside", test_source_refuses_what_is_outside);
  return g_test_run ();
}
