/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/overlay.h>
#include <string.h>

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

/* A random box that isn't empty. */
static guint64
random_box (guint rank, const guint64 *shape, guint64 *start, guint64 *count)
{
  guint64 n = 1;

  for (guint i = 0; i < rank; i++)
    {
      start[i] = g_test_rand_int_range (0, shape[i]);
      count[i] = g_test_rand_int_range (1, shape[i] - start[i] + 1);
      n *= count[i];
    }
  return n;
}

/* Does to plain memory what an overlay does. */
static void
edit_plainly (int *plain, guint rank, const guint64 *shape, const guint64 *start, const guint64 *count, const int *values)
{
  guint64 n = 1, index[4];

  for (guint i = 0; i < rank; i++)
    n *= count[i];
  for (guint64 i = 0; i < n; i++)
    {
      assay_shape_index (rank, count, i, index);
      for (guint axis = 0; axis < rank; axis++)
        index[axis] += start[axis];
      plain[assay_shape_flat (rank, shape, index)] = values[i];
    }
}

static void
assert_reads_as (AssaySource *source, const int *plain)
{
  guint64 n = assay_source_get_n_elements (source);
  guint   rank = assay_source_get_rank (source);
  guint64 start[4], count[4];
  int     out[840], expected[840];

  g_assert_true (assay_source_read_flat (source, 0, n, out, NULL, NULL));
  g_assert_cmpmem (out, n * sizeof (int), plain, n * sizeof (int));
  for (int i = 0; i < 5; i++)
    {
      guint64 n_box = random_box (rank, assay_source_get_shape (source), start, count);

      g_assert_true (assay_source_read (source, start, count, out, NULL, NULL));
      assay_copy_box (expected, plain, sizeof (int), rank, assay_source_get_shape (source), start, count);
      g_assert_cmpmem (out, n_box * sizeof (int), expected, n_box * sizeof (int));
    }
}

/* Whatever can be mapped reads as plain memory does; what wasn't touched can be. */
static void
assert_maps_as (AssaySource *source, const int *plain, const gboolean *touched)
{
  guint64 n = assay_source_get_n_elements (source);

  for (int i = 0; i < 10; i++)
    {
      guint64        first = g_test_rand_int_range (0, n), length = g_test_rand_int_range (1, MIN (n - first, 9) + 1);
      gboolean       clean = TRUE;
      AssaySourceMap map;

      for (guint64 k = first; k < first + length; k++)
        clean = clean && !touched[k];
      g_assert_cmpint (assay_source_map_flat (source, first, length, &map, NULL), ==, clean);
      if (!clean)
        continue;
      g_assert_cmpmem (map.data, map.n_bytes, plain + first, length * sizeof (int));
      g_assert_true (assay_source_unmap (source, &map, NULL));
    }
}

/* The ranges are in order, apart, and hold just what was touched. */
static void
assert_changed_is (AssaySource *source, AssaySource *base, const gboolean *touched)
{
  g_autoptr (GArray) ranges = assay_source_changed_ranges (source, base);
  guint64 n = assay_source_get_n_elements (source), at = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      AssayRange range = g_array_index (ranges, AssayRange, i);

      g_assert_true (i == 0 || range.first > at);
      for (; at < range.first; at++)
        g_assert_false (touched[at]);
      for (; at < range.first + range.n; at++)
        g_assert_true (touched[at]);
    }
  for (; at < n; at++)
    g_assert_false (touched[at]);
}

static void
test_overlay_reads_as_plain_memory (void)
{
  static const guint64 shapes[][4] = { { 7, 5, 4, 6 }, { 1, 1, 1, 1 }, { 5, 1, 3, 2 }, { 2, 20, 1, 21 } };

  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (guint rank = 0; rank <= 4; rank++)
      {
        g_autoptr (AssaySource) base = make_counting_source (rank, shapes[s]);
        g_autoptr (AssaySource) source = g_object_ref (base);
        guint64  n = assay_source_get_n_elements (base);
        gboolean touched[840] = { FALSE };
        int      plain[840];

        g_assert_cmpuint (n, <=, 840);
        for (guint64 i = 0; i < n; i++)
          plain[i] = i;
        for (int edit = 0; edit < 60; edit++)
          {
            guint64         start[4] = { 0 }, count[4] = { 1, 1, 1, 1 };
            guint64         n_box = random_box (rank, shapes[s], start, count);
            g_autofree int *values = g_new (int, n_box);
            g_autoptr (GBytes) bytes = NULL;
            g_autoptr (AssaySource) next = NULL;

            /* Mostly single cells, as one edits. */
            if (edit % 5 != 4)
              for (guint i = 0; i < rank; i++)
                n_box = count[i] = 1;
            for (guint64 i = 0; i < n_box; i++)
              values[i] = 1000 * (edit + 1) + i;
            edit_plainly (plain, rank, shapes[s], start, count, values);
            for (guint64 i = 0; i < n; i++)
              touched[i] = plain[i] >= 1000;
            bytes = g_bytes_new (values, n_box * sizeof (int));
            next = assay_overlay_new (source, start, count, bytes, NULL);
            g_assert_nonnull (next);
            g_set_object (&source, next);
            assert_reads_as (source, plain);
            assert_maps_as (source, plain, touched);
            assert_changed_is (source, base, touched);
          }
      }
}

/* What was made before isn't changed by what is made over it: undo is going back to an older object. */
static void
test_overlay_leaves_older_ones (void)
{
  guint64      shape[] = { 100 };
  AssaySource *steps[201];

  steps[0] = make_counting_source (1, shape);
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (&(int){ -1 - i }, 4);

      steps[i + 1] = assay_overlay_new (steps[i], (guint64[]){ i * 37 % 100 }, (guint64[]){ 1 }, bytes, NULL);
    }
  for (int i = 200; i >= 0; i--)
    {
      int out[100];

      g_assert_true (assay_source_read_flat (steps[i], 0, 100, out, NULL, NULL));
      for (int k = 0; k < 100; k++)
        {
          int expected = k;

          for (int e = 0; e < i; e++)
            if (e * 37 % 100 == k)
              expected = -1 - e;
          g_assert_cmpint (out[k], ==, expected);
        }
    }
  /* The base stays as long as there is an overlay. */
  for (int i = 0; i < 200; i++)
    g_object_unref (steps[i]);
  g_assert_finalize_object (steps[200]);
}

/* Between two steps of the same history nothing but the edits between them differs. */
static void
test_overlay_changes_since_a_step (void)
{
  guint64 shape[] = { 40, 50 };
  g_autoptr (AssaySource) base = make_counting_source (2, shape);
  g_autofree int *values = g_new0 (int, 2000);
  g_autoptr (GBytes) many = g_bytes_new (values, 30 * 4);
  g_autoptr (GBytes) one = g_bytes_new (values, 4);
  g_autoptr (AssaySource) first = assay_overlay_new (base, (guint64[]){ 0, 0 }, (guint64[]){ 30, 1 }, many, NULL);
  g_autoptr (AssaySource) second = assay_overlay_new (first, (guint64[]){ 39, 49 }, (guint64[]){ 1, 1 }, one, NULL);
  g_autoptr (AssaySource) other = make_counting_source (2, shape);
  g_autoptr (GArray) same = assay_source_changed_ranges (second, second);
  g_autoptr (GArray) forth = assay_source_changed_ranges (second, first);
  g_autoptr (GArray) back = assay_source_changed_ranges (first, second);
  g_autoptr (GArray) all = assay_source_changed_ranges (second, base);
  g_autoptr (GArray) stranger = assay_source_changed_ranges (second, other);

  g_assert_cmpuint (same->len, ==, 0);
  g_assert_cmpuint (forth->len, ==, 1);
  g_assert_cmpuint (g_array_index (forth, AssayRange, 0).first, ==, 1999);
  g_assert_cmpuint (back->len, ==, 1);
  g_assert_cmpuint (g_array_index (back, AssayRange, 0).first, ==, 1999);
  g_assert_cmpuint (all->len, ==, 31);
  g_assert_cmpuint (stranger->len, ==, 1);
  g_assert_cmpuint (g_array_index (stranger, AssayRange, 0).n, ==, 2000);
}

static void
assert_string (GBytes *bytes, const char *text)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

static void
test_overlay_of_strings (void)
{
  guint64 shape[] = { 3, 8 };
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (AssaySource) base = NULL, source = NULL;
  g_autoptr (GPtrArray) out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) number = g_bytes_new ("abcd", 4);

  for (int i = 0; i < 24; i++)
    {
      char *text = g_strdup_printf ("old %d", i);

      g_ptr_array_add (strings, g_bytes_new_take (text, strlen (text)));
    }
  base = assay_memory_source_new_for_strings (2, shape, strings);
  source = g_object_ref (base);
  for (int round = 0; round < 12; round++)
    {
      g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      gboolean large = round % 4 == 3;
      guint64  start[] = { large ? 0 : 1, large ? 0 : round % 8 }, count[] = { large ? 3 : 1, large ? 7 : 1 };
      g_autoptr (AssaySource) next = NULL;

      for (guint64 i = 0; i < count[0] * count[1]; i++)
        {
          char *text = g_strdup_printf ("new %d", round);

          g_ptr_array_add (fresh, g_bytes_new_take (text, strlen (text)));
        }
      next = assay_overlay_new_for_strings (source, start, count, fresh, &error);
      g_assert_no_error (error);
      g_set_object (&source, next);
    }
  out = assay_source_read_strings (source, (guint64[]){ 1, 5 }, (guint64[]){ 1, 3 }, NULL, &error);
  g_assert_no_error (error);
  assert_string (out->pdata[0], "new 11");
  assert_string (out->pdata[1], "new 11");
  assert_string (out->pdata[2], "old 15");
  g_assert_null (assay_overlay_new (source, (guint64[]){ 0, 0 }, (guint64[]){ 1, 1 }, number, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE);
}

static void
test_overlay_refuses_what_does_not_fit (void)
{
  guint64 shape[] = { 4, 5 };
  g_autoptr (AssaySource) base = make_counting_source (2, shape);
  g_autoptr (GBytes) two = g_bytes_new ((int[2]){ 0 }, 8);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GError) outside = NULL, length = NULL;
  g_autoptr (AssaySource) same = NULL;

  g_assert_null (assay_overlay_new (base, (guint64[]){ 3, 4 }, (guint64[]){ 1, 2 }, two, &outside));
  g_assert_error (outside, ASSAY_ERROR, ASSAY_ERROR_RANGE);
  g_assert_null (assay_overlay_new (base, (guint64[]){ 0, 0 }, (guint64[]){ 1, 3 }, two, &length));
  g_assert_error (length, ASSAY_ERROR, ASSAY_ERROR_SHAPE);
  same = assay_overlay_new (base, (guint64[]){ 4, 5 }, (guint64[]){ 0, 0 }, none, NULL);
  g_assert_true (same == base);
}

/* 20,000 edits of cells of a large variable, each step kept as a history keeps it: some 20 layers at most, and the
 * copies that each step makes stay small. */
static void
test_overlay_many_edits (void)
{
  guint64 shape[] = { 1000, 1000 };
  g_autoptr (AssaySource) base = make_counting_source (2, shape);
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  gint64       begin = g_get_monotonic_time ();
  AssaySource *last = base;
  int          out[40 * 20];
  guint64      n_wrong = 0;

  for (int i = 0; i < 20000; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (&(int){ -i }, 4);

      last = assay_overlay_new (last, (guint64[]){ i / 20, i % 20 * 50 }, (guint64[]){ 1, 1 }, bytes, NULL);
      g_ptr_array_add (steps, last);
    }
  for (int i = 0; i < 1000; i++)
    {
      g_assert_true (assay_source_read (last, (guint64[]){ i * 9 % 960, i * 7 % 980 }, (guint64[]){ 40, 20 }, out, NULL, NULL));
      n_wrong += out[0] != (i * 7 % 980 % 50 == 0 ? -(i * 9 % 960 * 20 + i * 7 % 980 / 50) : i * 9 % 960 * 1000 + i * 7 % 980);
    }
  g_assert_cmpuint (n_wrong, ==, 0);
  g_test_message ("%.3f s", (g_get_monotonic_time () - begin) / 1e6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overlay/reads-as-plain-memory", test_overlay_reads_as_plain_memory);
  g_test_add_func ("/overlay/leaves-older-ones", test_overlay_leaves_older_ones);
  g_test_add_func ("/overlay/changes-since-a-step", test_overlay_changes_since_a_step);
  g_test_add_func ("/overlay/of-strings", test_overlay_of_strings);
  g_test_add_func ("/overlay/refuses-what-does-not-fit", test_overlay_refuses_what_does_not_fit);
  g_test_add_func ("/overlay/many-edits", test_overlay_many_edits);
  return g_test_run ();
}
