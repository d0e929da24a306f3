/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The whole window over real files. */

#include "application-private.h"
#include "compare-page-private.h"
#include "histogram-view-private.h"
#include "model-page-private.h"
#include "model-tree-private.h"
#include "numbers-private.h"
#include "value-table-private.h"
#include "window-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

static AssayApplication *application;

static void
spin (int ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
}

static char *
example_path (void)
{
  return g_build_filename (g_getenv ("ASSAY_EXAMPLE_DIR"), "digits.h5", NULL);
}

/* Finds the first widget of a type below another. */
static GtkWidget *
find_type (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found)
        return found;
    }
  return NULL;
}

static AssayDocument *
wait_document (AssayWindow *window)
{
  gint64     end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  GtkWidget *page = NULL;

  while (g_get_monotonic_time () < end)
    {
      spin (20);
      page = find_type (GTK_WIDGET (window), ASSAY_TYPE_MODEL_PAGE);
      if (page && assay_document_get_state (assay_model_page_get_document (ASSAY_MODEL_PAGE (page))) != ASSAY_DOCUMENT_LOADING)
        break;
    }
  g_assert_nonnull (page);
  return assay_model_page_get_document (ASSAY_MODEL_PAGE (page));
}

static AssayWindow *
open_window (const char *path)
{
  AssayWindow *window = assay_window_new (application);

  gtk_window_present (GTK_WINDOW (window));
  if (path)
    assay_window_open (window, path);
  return window;
}

static gboolean
is_enabled (AssayWindow *window, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

static void
test_starts_quiet (void)
{
  AssayWindow *window = open_window (NULL);

  spin (100);
  g_assert_true (is_enabled (window, "open"));
  g_assert_false (is_enabled (window, "save"));
  g_assert_false (is_enabled (window, "undo"));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (50);
}

static void
test_same_file_same_tab (void)
{
  g_autofree char *path = example_path ();
  AssayWindow     *window = open_window (path);
  AdwTabView      *tabs = ADW_TAB_VIEW (find_type (GTK_WIDGET (window), ADW_TYPE_TAB_VIEW));

  g_assert_cmpint (assay_document_get_state (wait_document (window)), ==, ASSAY_DOCUMENT_READY);
  assay_window_open (window, path);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, 1);
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

static void
wait_tabs (AdwTabView *tabs, int n)
{
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (adw_tab_view_get_n_pages (tabs) != n && g_get_monotonic_time () < end)
    spin (20);
  spin (200);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, n);
}

/* A link leads to the same tab; so do a shard and the index of its set, once it is known that they are one. */
static void
test_same_model_same_tab (void)
{
  g_autofree char *path = example_path ();
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *link_path = g_build_filename (folder, "link.h5", NULL);
  g_autofree char *set = g_test_build_filename (G_TEST_DIST, "data", "safetensors", "sharded", "model.safetensors.index.json", NULL);
  g_autofree char *shard = g_test_build_filename (G_TEST_DIST, "data", "safetensors", "sharded", "model-00001-of-00003.safetensors", NULL);
  AssayWindow     *window = open_window (path);
  AdwTabView      *tabs = ADW_TAB_VIEW (find_type (GTK_WIDGET (window), ADW_TYPE_TAB_VIEW));

  g_assert_cmpint (assay_document_get_state (wait_document (window)), ==, ASSAY_DOCUMENT_READY);
  g_assert_cmpint (symlink (path, link_path), ==, 0);
  assay_window_open (window, link_path);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, 1);
  g_assert_true (g_file_test (shard, G_FILE_TEST_EXISTS));
  assay_window_open (window, set);
  wait_tabs (tabs, 2);
  assay_window_open (window, shard);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, 3);
  wait_tabs (tabs, 2);
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
  g_unlink (link_path);
  g_rmdir (folder);
}

/* What was found stays selected in the whole tree, and the keyboard goes on from there. */
static void
test_search_leads_on (void)
{
  g_autofree char *path = example_path ();
  AssayWindow     *window = open_window (path);
  AssayDocument   *document = wait_document (window);
  AssayModelTree  *tree = ASSAY_MODEL_TREE (find_type (GTK_WIDGET (window), ASSAY_TYPE_MODEL_TREE));
  GtkWidget       *search = find_type (GTK_WIDGET (tree), GTK_TYPE_SEARCH_ENTRY);
  GtkWidget       *view = find_type (GTK_WIDGET (tree), GTK_TYPE_COLUMN_VIEW);
  AssayNode       *node = assay_document_find (document, "classifier/dense_1/kernel");
  GtkWidget       *focus;

  g_assert_nonnull (node);
  spin (200);
  gtk_editable_set_text (GTK_EDITABLE (search), "dense_1/kernel");
  spin (400);
  g_signal_emit_by_name (search, "activate");
  spin (200);
  g_assert_true (assay_model_tree_get_selected (tree) == node);
  g_signal_emit_by_name (search, "stop-search");
  spin (200);
  g_assert_true (assay_model_tree_get_selected (tree) == node);
  focus = gtk_root_get_focus (GTK_ROOT (window));
  g_assert_true (focus && gtk_widget_is_ancestor (focus, view));
  g_assert_true (gtk_widget_get_state_flags (focus) & GTK_STATE_FLAG_SELECTED);
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

/* What a file manager drops: three files, each in its tab (two would be compared). */
static void
test_takes_drops (void)
{
  g_autofree char *path = example_path ();
  g_autofree char *npz = g_test_build_filename (G_TEST_DIST, "data", "numpy", "stored.npz", NULL);
  g_autofree char *npy = g_test_build_filename (G_TEST_DIST, "data", "numpy", "bad_magic.npy", NULL);
  g_autoptr (GFile) first = g_file_new_for_path (path);
  g_autoptr (GFile) second = g_file_new_for_path (npz);
  g_autoptr (GFile) third = g_file_new_for_path (npy);
  GSList       last = { .data = third };
  GSList       files = { .data = second, .next = &last };
  GSList       all = { .data = first, .next = &files };
  AssayWindow *window = open_window (NULL);
  AdwTabView  *tabs = ADW_TAB_VIEW (find_type (GTK_WIDGET (window), ADW_TYPE_TAB_VIEW));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (window));
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &all);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller) && !taken)
        g_signal_emit_by_name (controller, "drop", &value, 100.0, 100.0, &taken);
    }
  g_assert_true (taken);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, 3);
  g_assert_cmpint (assay_document_get_state (wait_document (window)), ==, ASSAY_DOCUMENT_READY);
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

/* Drops on the first thing below a widget that takes files. */
static gboolean
drop_below (GtkWidget *widget, const GValue *value)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", value, 1.0, 1.0, &taken);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child && !taken; child = gtk_widget_get_next_sibling (child))
    taken = drop_below (child, value);
  return taken;
}

/* A file dropped on the button is compared with the model that is open. */
static void
test_drops_on_compare (void)
{
  g_autofree char *path = example_path ();
  g_autofree char *other = g_test_build_filename (G_TEST_DIST, "data", "numpy", "stored.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (other);
  GSList       files = { .data = file };
  AssayWindow *window = open_window (path);
  AdwTabView  *tabs = ADW_TAB_VIEW (find_type (GTK_WIDGET (window), ADW_TYPE_TAB_VIEW));
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *header = find_type (GTK_WIDGET (window), ADW_TYPE_HEADER_BAR);

  g_assert_cmpint (assay_document_get_state (wait_document (window)), ==, ASSAY_DOCUMENT_READY);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  g_assert_true (drop_below (header, &value));
  spin (300);
  g_assert_cmpint (adw_tab_view_get_n_pages (tabs), ==, 2);
  g_assert_true (ASSAY_IS_COMPARE_PAGE (adw_tab_page_get_child (adw_tab_view_get_selected_page (tabs))));
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

static void
test_fails_in_a_sentence (void)
{
  AssayWindow   *window = open_window ("/nowhere/no-such-model.h5");
  AssayDocument *document = wait_document (window);
  GtkWidget     *failure;

  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_FAILED);
  spin (50);
  failure = find_type (GTK_WIDGET (window), ADW_TYPE_STATUS_PAGE);
  g_assert_nonnull (failure);
  g_assert_false (is_enabled (window, "save-as"));
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

/* An edit makes the model dirty, undo makes it clean; then every page of a variable is looked at. */
static void
test_edits_and_pages (void)
{
  static const char *const pages[] = { "values", "heat-map", "filters", "distribution", "about" };
  g_autofree char         *path = example_path ();
  AssayWindow             *window = open_window (path);
  AssayDocument           *document = wait_document (window);
  AssayNode               *node = NULL;
  g_autoptr (GError) error = NULL;

  for (guint32 i = 0; node == NULL && i < assay_manifest_get_n_variables (assay_document_get_manifest (document)); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (assay_document_get_manifest (document), i, &variable);
      if (variable.rank == 4 && variable.dtype == ASSAY_DTYPE_FLOAT32)
        node = assay_document_get_variable (document, i);
    }
  g_assert_nonnull (node);
  g_assert_true (assay_document_edit_text (document, node, (guint64[]){ 0, 0, 0, 0 }, G_MAXUINT, G_MAXUINT, "0.5", &error));
  g_assert_no_error (error);
  g_assert_true (is_enabled (window, "save"));
  g_action_group_activate_action (G_ACTION_GROUP (window), "undo", NULL);
  g_assert_false (is_enabled (window, "save"));
  g_assert_true (is_enabled (window, "redo"));
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), "page", g_variant_new_string (pages[i]));
      spin (100);
    }
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

static float
value_at (AssayDocument *document, AssayNode *node, guint64 row, guint64 column)
{
  g_autoptr (AssaySource) source = assay_document_dup_source (document, node, NULL);
  float value = NAN;

  g_assert_true (assay_source_read (source, (guint64[]){ row, column }, (guint64[]){ 1, 1 }, &value, NULL, NULL));
  return value;
}

/* The first row of the selection is repeated in the others, in one step. */
static void
test_fills (void)
{
  g_autofree char *path = example_path ();
  AssayWindow     *window = open_window (path);
  AssayDocument   *document = wait_document (window);
  AssayNode       *node = assay_document_find (document, "dense_1/kernel");
  AssayValueTable *table;
  float            first;

  g_assert_nonnull (node);
  spin (200);
  assay_model_tree_select (ASSAY_MODEL_TREE (find_type (GTK_WIDGET (window), ASSAY_TYPE_MODEL_TREE)), node);
  g_action_group_activate_action (G_ACTION_GROUP (window), "page", g_variant_new_string ("values"));
  spin (200);
  table = ASSAY_VALUE_TABLE (find_type (GTK_WIDGET (window), ASSAY_TYPE_VALUE_TABLE));
  first = value_at (document, node, 1, 2);
  g_assert_cmpfloat (first, !=, value_at (document, node, 2, 2));
  assay_value_table_move_to (table, 1, 2, FALSE);
  assay_value_table_move_to (table, 3, 4, TRUE);
  g_action_group_activate_action (G_ACTION_GROUP (window), "fill", NULL);
  for (int i = 0; i < 100 && !assay_document_is_dirty (document); i++)
    spin (20);
  g_assert_cmpfloat (value_at (document, node, 2, 2), ==, first);
  g_assert_cmpfloat (value_at (document, node, 3, 4), ==, value_at (document, node, 1, 4));
  g_assert_cmpfloat (value_at (document, node, 4, 2), !=, first);
  g_action_group_activate_action (G_ACTION_GROUP (window), "undo", NULL);
  g_assert_false (assay_document_is_dirty (document));
  g_assert_cmpfloat (value_at (document, node, 2, 2), !=, first);
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
}

/* What a column of the tree has room for. */
static void
test_counts_fit (void)
{
  static const struct
  {
    guint64     count;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 999999999, "999,999,999" },
    { 1000000000, "1.00 G" },
    { 25000000000, "25.0 G" },
    { 999499999999, "999 G" },
    { 999500000000, "1.00 T" },
    { G_MAXUINT64, "18.4 E" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = assay_count_brief_text (cases[i].count);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* Few values don't make a row of needles. */
static void
test_bins_fit (void)
{
  g_assert_cmpuint (assay_histogram_choose_n_bins (1, 64), ==, 4);
  g_assert_cmpuint (assay_histogram_choose_n_bins (16, 64), ==, 8);
  g_assert_cmpuint (assay_histogram_choose_n_bins (1152, 64), ==, 32);
  g_assert_cmpuint (assay_histogram_choose_n_bins (8192, 64), ==, 64);
  g_assert_cmpuint (assay_histogram_choose_n_bins (G_MAXUINT64, 32), ==, 32);
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (assay_document_save_finish (ASSAY_DOCUMENT (object), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static gboolean
is_changed_on_disk (AssayDocument *document)
{
  gboolean changed;

  g_object_get (document, "changed-on-disk", &changed, NULL);
  return changed;
}

/* Our own saving isn't another program's change; appending a byte is. */
static void
test_tells_of_changes_on_disk (void)
{
  g_autofree char *example = example_path ();
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "copy.h5", NULL);
  g_autofree char *contents = NULL;
  gsize            n;
  gboolean         saved = FALSE;
  AssayWindow     *window;
  AssayDocument   *document;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (example, &contents, &n, NULL));
  g_assert_true (g_file_set_contents (path, contents, (gssize) n, NULL));
  window = open_window (path);
  document = wait_document (window);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (assay_document_get_manifest (document)); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (assay_document_get_manifest (document), i, &variable);
      if (variable.rank == 1 && variable.dtype == ASSAY_DTYPE_FLOAT32)
        {
          g_assert_true (assay_document_edit_text (document, assay_document_get_variable (document, i), (guint64[]){ 0 },
                                                   G_MAXUINT, G_MAXUINT, "0.25", &error));
          break;
        }
    }
  assay_document_save_async (document, NULL, NULL, ASSAY_SAVE_DEFAULT, saved_cb, &saved);
  for (int i = 0; i < 100 && !saved; i++)
    spin (50);
  g_assert_true (saved);
  spin (1200);
  g_assert_false (is_changed_on_disk (document));
  g_assert_true (g_file_set_contents (path, contents, (gssize) n, NULL));
  for (int i = 0; i < 60 && !is_changed_on_disk (document); i++)
    spin (50);
  g_assert_true (is_changed_on_disk (document));
  g_assert_false (assay_document_is_gone (document));
  g_assert_cmpint (g_unlink (path), ==, 0);
  for (int i = 0; i < 60 && !assay_document_is_gone (document); i++)
    spin (50);
  g_assert_true (assay_document_is_gone (document));
  gtk_window_close (GTK_WINDOW (window));
  spin (100);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = assay_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/window/starts-quiet", test_starts_quiet);
  g_test_add_func ("/window/same-file-same-tab", test_same_file_same_tab);
  g_test_add_func ("/window/same-model-same-tab", test_same_model_same_tab);
  g_test_add_func ("/window/search-leads-on", test_search_leads_on);
  g_test_add_func ("/window/takes-drops", test_takes_drops);
  g_test_add_func ("/window/drops-on-compare", test_drops_on_compare);
  g_test_add_func ("/window/fails-in-a-sentence", test_fails_in_a_sentence);
  g_test_add_func ("/window/edits-and-pages", test_edits_and_pages);
  g_test_add_func ("/window/fills", test_fills);
  g_test_add_func ("/window/counts-fit", test_counts_fit);
  g_test_add_func ("/window/bins-fit", test_bins_fit);
  g_test_add_func ("/window/tells-of-changes-on-disk", test_tells_of_changes_on_disk);
  return g_test_run ();
}
