/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "value-table-private.h"

#include "cell-work-private.h"
#include "ramp-source.h"
#include "variable-export-private.h"

#include <adwaita.h>
#include <assay/memory-source.h>
#include <glib/gstdio.h>

typedef struct
{
  GtkWidget       *window;
  AssayValueTable *table;
} Fixture;

static void
fixture_init (Fixture *fixture, AssaySource *source)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  AssaySlice slice;

  assay_slice_init (&slice, source);
  fixture->table = ASSAY_VALUE_TABLE (assay_value_table_new ());
  assay_value_table_set (fixture->table, source, NULL, &slice);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (fixture->table));
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 500);
  gtk_window_set_child (GTK_WINDOW (fixture->window), scrolled);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
fixture_clear (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

/* Turns the main loop until a cell's text has come. */
static char *
wait_text (AssayValueTable *table, guint64 row, guint64 column)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  char  *text = NULL;

  while ((text = assay_value_table_dup_text (table, row, column)) == NULL && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  return text;
}

static AssaySource *
make_floats (void)
{
  static const float values[6] = { 0.5f, -1.25f, NAN, 3, 1e-9f, INFINITY };
  g_autoptr (GBytes) bytes = g_bytes_new_static (values, sizeof values);

  return assay_memory_source_new_for_bytes (ASSAY_DTYPE_FLOAT32, 4, NULL, 2, (guint64[]){ 2, 3 }, bytes);
}

static void
test_shows_values (void)
{
  g_autoptr (AssaySource) source = make_floats ();
  g_autofree char *first = NULL;
  g_autofree char *nan = NULL;
  g_autofree char *last = NULL;
  Fixture          fixture;

  fixture_init (&fixture, source);
  first = wait_text (fixture.table, 0, 0);
  nan = assay_value_table_dup_text (fixture.table, 0, 2);
  last = assay_value_table_dup_text (fixture.table, 1, 2);
  g_assert_cmpstr (first, ==, "0.5");
  g_assert_cmpstr (nan, ==, "NaN");
  g_assert_cmpstr (last, ==, "inf");
  fixture_clear (&fixture);
}

static void
test_jumps_far (void)
{
  g_autoptr (AssaySource) source = ramp_source_new (G_GUINT64_CONSTANT (500000000), 2, G_MAXUINT64);
  g_autofree char *text = NULL;
  g_autofree char *expected = g_strdup_printf ("%g", ramp_value (G_GUINT64_CONSTANT (999999998)));
  AssayCells       cells;
  Fixture          fixture;

  fixture_init (&fixture, source);
  g_free (wait_text (fixture.table, 0, 0));
  assay_value_table_move_to (fixture.table, G_MAXUINT64, 0, FALSE);
  assay_value_table_get_selection (fixture.table, &cells);
  g_assert_cmpuint (cells.row, ==, 499999999);
  text = wait_text (fixture.table, 499999999, 0);
  g_assert_cmpfloat_with_epsilon (g_ascii_strtod (text, NULL), g_ascii_strtod (expected, NULL), 1e-6);
  fixture_clear (&fixture);
}

static void
test_selection_grows (void)
{
  g_autoptr (AssaySource) source = ramp_source_new (100, 40, G_MAXUINT64);
  AssayCells cells;
  Fixture    fixture;

  fixture_init (&fixture, source);
  assay_value_table_move_to (fixture.table, 5, 7, FALSE);
  assay_value_table_move_to (fixture.table, 3, 9, TRUE);
  assay_value_table_get_selection (fixture.table, &cells);
  g_assert_cmpuint (cells.row, ==, 3);
  g_assert_cmpuint (cells.column, ==, 7);
  g_assert_cmpuint (cells.n_rows, ==, 3);
  g_assert_cmpuint (cells.n_columns, ==, 3);
  assay_value_table_select_all (fixture.table);
  assay_value_table_get_selection (fixture.table, &cells);
  g_assert_cmpuint (cells.n_rows, ==, 100);
  g_assert_cmpuint (cells.n_columns, ==, 40);
  fixture_clear (&fixture);
}

static gboolean
edit_cb (AssayValueTable *table, const char *text, GString *told)
{
  guint64 row;
  guint64 column;

  assay_value_table_get_cursor (table, &row, &column);
  g_string_append_printf (told, "%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "=%s;", row, column, text);
  return TRUE;
}

static void
test_typing_edits (void)
{
  g_autoptr (AssaySource) source = make_floats ();
  g_autoptr (GString) told = g_string_new (NULL);
  Fixture fixture;

  fixture_init (&fixture, source);
  g_free (wait_text (fixture.table, 0, 0));
  g_signal_connect (fixture.table, "edit", G_CALLBACK (edit_cb), told);
  assay_value_table_begin_edit (fixture.table, "7");
  assay_value_table_move_to (fixture.table, 1, 1, FALSE);
  g_assert_cmpstr (told->str, ==, "");
  assay_value_table_set_editable (fixture.table, TRUE);
  assay_value_table_begin_edit (fixture.table, "7");
  assay_value_table_move_to (fixture.table, 0, 0, FALSE);
  g_assert_cmpstr (told->str, ==, "1,1=7;");
  /* What isn't changed is no edit. */
  assay_value_table_begin_edit (fixture.table, NULL);
  assay_value_table_move_to (fixture.table, 0, 1, FALSE);
  g_assert_cmpstr (told->str, ==, "1,1=7;");
  fixture_clear (&fixture);
}

static void
test_strings_and_scalars (void)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (AssaySource) source = NULL;
  g_autofree char *text = NULL;
  Fixture          fixture;

  g_ptr_array_add (strings, g_bytes_new_static ("line\n<b>\xff", 9));
  source = assay_memory_source_new_for_strings (0, NULL, strings);
  fixture_init (&fixture, source);
  text = wait_text (fixture.table, 0, 0);
  g_assert_cmpstr (text, ==, "line\\x0a<b>\\xff");
  fixture_clear (&fixture);
}

static AssaySource *
make_times (void)
{
  static const gint64 values[4] = { 1709208000000000001, -1, 0, G_MININT64 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (values, sizeof values);

  return assay_memory_source_new_for_bytes (ASSAY_DTYPE_DATETIME64, 8, "datetime64[ns]", 2, (guint64[]){ 2, 2 }, bytes);
}

static void
test_shows_times (void)
{
  g_autoptr (AssaySource) source = make_times ();
  g_autofree char *first = NULL, *last = NULL;
  Fixture          fixture;

  fixture_init (&fixture, source);
  first = wait_text (fixture.table, 0, 0);
  last = assay_value_table_dup_text (fixture.table, 1, 1);
  g_assert_cmpstr (first, ==, "2024-02-29T12:00:00.000000001");
  g_assert_cmpstr (last, ==, "NaT");
  fixture_clear (&fixture);
}

static void
keep_result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_copies_times (void)
{
  g_autoptr (AssaySource) source = make_times ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  AssayCells       cells = { .n_rows = 2, .n_columns = 2 };
  AssaySlice       slice;

  assay_slice_init (&slice, source);
  assay_cells_write_async (source, &slice, &cells, ASSAY_FORMAT_SHORTEST, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  text = assay_cells_write_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "2024-02-29T12:00:00.000000001\t1969-12-31T23:59:59.999999999\n1970-01-01T00:00:00.000000000\tNaT");
}

static void
test_exports_times (void)
{
  g_autoptr (AssaySource) source = make_times ();
  g_autoptr (AssayJob) job = assay_job_new ("Export");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("assay-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "times.csv", NULL);
  g_autofree char *text = NULL;

  assay_variable_write (source, path, job, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "2024-02-29T12:00:00.000000001,1969-12-31T23:59:59.999999999\n1970-01-01T00:00:00.000000000,NaT\n");
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_empty_is_quiet (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  g_autoptr (AssaySource) source = assay_memory_source_new_for_bytes (ASSAY_DTYPE_INT32, 4, NULL, 2, (guint64[]){ 0, 3 }, bytes);
  AssayCells cells;
  Fixture    fixture;

  fixture_init (&fixture, source);
  assay_value_table_move_to (fixture.table, 1, 1, FALSE);
  assay_value_table_get_selection (fixture.table, &cells);
  g_assert_cmpuint (cells.n_rows, ==, 0);
  for (int i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/value-table/shows-values", test_shows_values);
  g_test_add_func ("/value-table/jumps-far", test_jumps_far);
  g_test_add_func ("/value-table/selection-grows", test_selection_grows);
  g_test_add_func ("/value-table/typing-edits", test_typing_edits);
  g_test_add_func ("/value-table/strings-and-scalars", test_strings_and_scalars);
  g_test_add_func ("/value-table/shows-times", test_shows_times);
  g_test_add_func ("/value-table/copies-times", test_copies_times);
  g_test_add_func ("/value-table/exports-times", test_exports_times);
  g_test_add_func ("/value-table/empty-is-quiet", test_empty_is_quiet);
  return g_test_run ();
}
