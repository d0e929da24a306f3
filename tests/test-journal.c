/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits survive a process that is killed at any moment. */

#include <assay/document.h>
#include <assay/error.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
make_model (void)
{
  static const char  header[] = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}";
  static const float values[4] = { 1, 2, 3, 4 };
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

static AssayDocument *
open_document (const char *path)
{
  AssayDocument *document = assay_document_new (path);

  while (assay_document_get_state (document) == ASSAY_DOCUMENT_LOADING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (assay_document_get_state (document), ==, ASSAY_DOCUMENT_READY);
  return document;
}

static void
applied_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_assert_true (assay_document_edit_formula_finish (ASSAY_DOCUMENT (object), result, NULL));
  *(gboolean *) data = TRUE;
}

/* In a process of its own: three steps, one undone; then it is killed. */
static void
edit_and_die (const char *path)
{
  g_autoptr (AssayDocument) document = open_document (path);
  AssayNode *w = assay_document_find (document, "w");
  guint64    cell[] = { 0, 1 };
  gboolean   done = FALSE;

  g_assert_true (assay_document_edit_text (document, w, cell, 0, 1, "0.5", NULL));
  assay_document_edit_formula_async (document, w, NULL, NULL, "x * 10", NULL, applied_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (assay_document_edit_text (document, w, cell, 0, 1, "99", NULL));
  assay_document_undo (document);
  /* The journal's thread has a moment, as a user gives it. */
  g_usleep (300000);
  raise (SIGKILL);
}

static void
crash (const char *path)
{
  /* A process of its own from the start: threads don't survive a fork. */
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char      *argv[] = { self, "--crash", path, NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
}

static float
read_value (AssayDocument *document, guint64 i)
{
  g_autoptr (AssaySource) source = assay_document_dup_source (document, assay_document_find (document, "w"), NULL);
  float value = -1;

  g_assert_true (assay_source_read_flat (source, i, 1, &value, NULL, NULL));
  return value;
}

static void
test_journal_survives_a_kill (void)
{
  g_autofree char *path = make_model ();
  g_autoptr (GError) error = NULL;

  crash (path);
  {
    g_autoptr (AssayDocument) document = open_document (path);

    g_assert_nonnull (assay_document_get_recovered (document));
    g_assert_cmpuint (assay_document_get_recovered (document)->len, ==, 2);
    g_assert_true (assay_document_recovered_fit (document));
    g_assert_cmpfloat (read_value (document, 1), ==, 2);
    g_assert_true (assay_document_restore_recovered (document, &error));
    g_assert_no_error (error);
    g_assert_cmpfloat (read_value (document, 0), ==, 10);
    g_assert_cmpfloat (read_value (document, 1), ==, 5);
    g_assert_true (assay_document_is_dirty (document));
    assay_document_undo (document);
    g_assert_cmpfloat (read_value (document, 1), ==, 0.5);
    assay_document_close (document);
  }
  {
    g_autoptr (AssayDocument) again = open_document (path);

    g_assert_null (assay_document_get_recovered (again));
  }
  g_unlink (path);
}

static void
test_journal_is_a_list_if_the_file_changed (void)
{
  g_autofree char *path = make_model ();
  g_autofree char *text = NULL;
  gsize            length;
  g_autoptr (GError) error = NULL;

  crash (path);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_usleep (20000);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
  {
    g_autoptr (AssayDocument) document = open_document (path);

    g_assert_nonnull (assay_document_get_recovered (document));
    g_assert_false (assay_document_recovered_fit (document));
    g_assert_cmpfloat (read_value (document, 1), ==, 2);
    /* One that the user asks for is done again, and only that one. */
    g_assert_true (assay_document_apply_recovered (document, 1, &error));
    g_assert_no_error (error);
    g_assert_cmpfloat (read_value (document, 1), ==, 20);
    g_assert_false (assay_document_apply_recovered (document, 2, &error));
    g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND);
    assay_document_undo (document);
    g_assert_cmpfloat (read_value (document, 1), ==, 2);
    assay_document_drop_recovered (document);
    g_assert_null (assay_document_get_recovered (document));
    assay_document_close (document);
  }
  g_unlink (path);
}

/* The same name and place, but of another type: the bits that were written would be another number. */
static void
test_journal_knows_the_type (void)
{
  g_autofree char *path = make_model ();
  g_autofree char *text = NULL;
  char            *dtype;
  gsize            length;
  g_autoptr (GError) error = NULL;

  crash (path);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  dtype = memmem (text, length, "F32", 3);
  g_assert_nonnull (dtype);
  memcpy (dtype, "I32", 3);
  g_usleep (20000);
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  {
    g_autoptr (AssayDocument) document = open_document (path);

    g_assert_false (assay_document_recovered_fit (document));
    g_assert_false (assay_document_apply_recovered (document, 0, &error));
    g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, "int32"));
    g_assert_false (assay_document_is_dirty (document));
    assay_document_drop_recovered (document);
    assay_document_close (document);
  }
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;

  if (argc == 3 && strcmp (argv[1], "--crash") == 0)
    edit_and_die (argv[2]);
  g_test_init (&argc, &argv, NULL);
  state = g_dir_make_tmp ("assay-state-XXXXXX", NULL);
  g_setenv ("ASSAY_STATE_DIR", state, TRUE);
  g_test_add_func ("/journal/survives-a-kill", test_journal_survives_a_kill);
  g_test_add_func ("/journal/is-a-list-if-the-file-changed", test_journal_is_a_list_if_the_file_changed);
  g_test_add_func ("/journal/knows-the-type", test_journal_knows_the_type);
  return g_test_run ();
}
