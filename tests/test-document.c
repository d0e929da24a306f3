/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/document.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static char *
make_model (void)
{
  static const char  header[] = "{\"a.b.w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
                                "\"a.b10.w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]},"
                                "\"a.b2.w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[20,24]}}";
  static const float values[6] = { 1, 2, 3, 4, NAN, 0 };
  guint64            n = GUINT64_TO_LE ((guint64) strlen (header));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char *path = NULL;

  close (g_file_open_tmp ("assay-XXXXXX.safetensors", &path, NULL));
  g_byte_array_append (bytes, (const guint8 *) &n, 8);
  g_byte_array_append (bytes, (const guint8 *) header, strlen (header));
  g_byte_array_append (bytes, (const guint8 *) values, sizeof values);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static void
wait_for_state (AssayDocument *document)
{
  while (assay_document_get_state (document) == ASSAY_DOCUMENT_LOADING)
    g_main_context_iteration (NULL, TRUE);
}

static float
read_first (AssayDocument *document, const char *name)
{
  g_autoptr (AssaySource) source = assay_document_dup_source (document, assay_document_find (document, name), NULL);
  float value = -1;

  g_assert_true (assay_source_read_flat (source, 0, 1, &value, NULL, NULL));
  return value;
}

static void
test_document_shows_a_tree (void)
{
  g_autofree char *path = make_model ();
  g_autoptr (AssayDocument) document = assay_document_new (path);
  g_autoptr (AssayNode) a = NULL;
  static const char *const names[] = { "b", "b2", "b10" };

  wait_for_state (document);
  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_READY);
  a = g_list_model_get_item (assay_node_get_children (assay_document_get_root (document)), 0);
  g_assert_cmpstr (assay_node_get_name (a), ==, "a");
  g_assert_cmpuint (assay_node_get_n_parameters (a), ==, 6);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AssayNode) child = g_list_model_get_item (assay_node_get_children (a), i);

      g_assert_cmpstr (assay_node_get_name (child), ==, names[i]);
    }
  g_unlink (path);
}

static void
test_document_edits_and_undoes (void)
{
  g_autofree char *path = make_model ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayDocument) document = assay_document_open (path, NULL, &error);
  AssayNode *w;
  float      half = 0.5f;
  g_autoptr (GBytes) bytes = g_bytes_new (&half, sizeof half);

  g_assert_no_error (error);
  w = assay_document_find (document, "b/w");
  g_assert_true (assay_document_edit_box (document, w, (guint64[]){ 0, 0 }, (guint64[]){ 1, 1 }, bytes, "Set w[0, 0] to 0.5", &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (read_first (document, "b/w"), ==, 0.5);
  g_assert_true (assay_document_is_dirty (document));
  g_assert_true (assay_node_is_edited (w));
  g_assert_true (assay_node_is_edited (assay_document_get_root (document)));
  assay_document_undo (document);
  g_assert_cmpfloat (read_first (document, "b/w"), ==, 1);
  g_assert_false (assay_document_is_dirty (document));
  g_assert_false (assay_node_is_edited (w));
  assay_document_undo (document);
  assay_document_redo (document);
  g_assert_cmpfloat (read_first (document, "b/w"), ==, 0.5);
  assay_document_redo (document);
  g_assert_cmpuint (assay_document_get_position (document), ==, 1);
  g_unlink (path);
}

static void
test_document_marks_health (void)
{
  g_autofree char *path = make_model ();
  g_autoptr (AssayDocument) document = assay_document_open (path, NULL, NULL);
  AssayNode *bad = assay_document_find (document, "b10/w"), *zero = assay_document_find (document, "b2/w");

  assay_document_want_statistics (document, assay_document_get_root (document));
  while (assay_node_get_statistics (bad) == NULL || assay_node_get_statistics (zero) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (assay_node_get_health (bad), ==, ASSAY_HEALTH_NAN);
  g_assert_cmpuint (assay_node_get_health (zero), ==, ASSAY_HEALTH_ALL_ZERO);
  g_assert_cmpuint (assay_node_get_health (assay_document_get_root (document)), ==, ASSAY_HEALTH_NAN | ASSAY_HEALTH_ALL_ZERO);
  g_unlink (path);
}

/* A model of `n` variables "m<i/100>.v<i>" of two values each: the last has a NaN, all others are ordinary. */
static char *
make_large_model (guint n)
{
  g_autoptr (GString) header = g_string_new ("{");
  g_autofree float *values = g_new (float, 2 * n);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint64 length;
  char   *path = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (header, "%s\"m%u.v%u\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%u,%u]}", i ? "," : "", i / 100, i, i * 8, i * 8 + 8);
      values[2 * i] = 1;
      values[2 * i + 1] = i + 1 < n ? (float) i + 2 : NAN;
    }
  g_string_append_c (header, '}');
  length = GUINT64_TO_LE ((guint64) header->len);
  close (g_file_open_tmp ("assay-XXXXXX.safetensors", &path, NULL));
  g_byte_array_append (bytes, (const guint8 *) &length, 8);
  g_byte_array_append (bytes, (const guint8 *) header->str, header->len);
  g_byte_array_append (bytes, (const guint8 *) values, 8 * n);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static void
found_cb (GObject *document, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GListModel **) data = assay_document_search_finish (ASSAY_DOCUMENT (document), result, &error);
  g_assert_no_error (error);
}

/* Searches, and returns how many were found and the first of them. */
static guint
count_found (AssayDocument *document, const char *query, AssayNode **first)
{
  g_autoptr (GListModel) found = NULL;

  assay_document_search_async (document, query, NULL, found_cb, &found);
  g_assert_null (found);
  while (found == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (first);
  *first = g_list_model_get_item (found, 0);
  return g_list_model_get_n_items (found);
}

/* Of a large model everything's marks are known in the end, without a node for everything; what is asked for comes whole. */
static void
test_document_fills_in_behind (void)
{
  const guint      n = 20050;
  g_autofree char *path = make_large_model (n);
  g_autoptr (AssayDocument) document = assay_document_new (path);
  g_autoptr (AssayNode) found = NULL;
  AssayNode *seen;

  wait_for_state (document);
  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_READY);
  assay_document_want_all_statistics (document);
  seen = assay_document_get_variable (document, n - 2);
  assay_document_want_statistics (document, seen);
  while (assay_node_get_statistics (seen) == NULL)
    g_main_context_iteration (NULL, TRUE);
  /* It didn't wait for the twenty thousand before it. */
  g_assert_cmpuint (assay_node_get_health (assay_document_get_root (document)), ==, 0);
  while (assay_node_get_health (assay_document_get_root (document)) != ASSAY_HEALTH_NAN)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_found (document, "nan", &found), ==, 1);
  g_assert_cmpstr (assay_node_get_name (found), ==, "v20049");
  g_assert_null (assay_node_get_statistics (found));
  g_assert_true (isfinite (assay_node_get_spread (assay_document_get_variable (document, 5))));
  assay_document_want_statistics (document, found);
  while (assay_node_get_statistics (found) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (assay_node_get_statistics (found)->n_nan, ==, 1);
  g_unlink (path);
}

static void
test_document_searches (void)
{
  static const struct
  {
    const char *query;
    guint       n;
    const char *first;
  } cases[] = {
    { "b", 3, "w" },
    { "A/B2", 1, "w" },
    { "a.b10.w", 1, "w" },
    { "dtype:float32 b10", 1, "w" },
    { "dtype:f32", 3, "w" },
    { "dtype:int8", 0, NULL },
    { "shape:[*, 2]", 1, "w" },
    { "shape:[1]", 2, "w" },
    { "nan", 1, "w" },
    { "zero, b2", 1, "w" },
    { "edited", 0, NULL },
  };
  g_autofree char *path = make_model ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayDocument) document = assay_document_open (path, NULL, &error);
  g_autoptr (AssayNode) first = NULL;

  g_assert_no_error (error);
  assay_document_want_all_statistics (document);
  while (assay_node_get_health (assay_document_get_root (document)) != (ASSAY_HEALTH_NAN | ASSAY_HEALTH_ALL_ZERO))
    g_main_context_iteration (NULL, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpuint (count_found (document, cases[i].query, &first), ==, cases[i].n);
      g_assert_cmpstr (first ? assay_node_get_name (first) : NULL, ==, cases[i].first);
    }
  /* An edit is found, and heals the NaN. */
  g_assert_true (assay_document_edit_text (document, assay_document_find (document, "b10/w"), (guint64[]){ 0 }, 0, G_MAXUINT, "3", &error));
  g_assert_cmpuint (count_found (document, "edited", &first), ==, 1);
  g_assert_cmpuint (count_found (document, "nan", &first), ==, 0);
  g_unlink (path);
}

static void
test_document_fails_with_a_sentence (void)
{
  g_autoptr (AssayDocument) document = assay_document_new ("no-such-file.safetensors");

  wait_for_state (document);
  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_FAILED);
  g_assert_nonnull (strstr (assay_document_get_error (document)->message, "no-such-file"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/shows-a-tree", test_document_shows_a_tree);
  g_test_add_func ("/document/edits-and-undoes", test_document_edits_and_undoes);
  g_test_add_func ("/document/marks-health", test_document_marks_health);
  g_test_add_func ("/document/fills-in-behind", test_document_fills_in_behind);
  g_test_add_func ("/document/searches", test_document_searches);
  g_test_add_func ("/document/fails-with-a-sentence", test_document_fails_with_a_sentence);
  return g_test_run ();
}
