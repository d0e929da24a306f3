/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of layers against what Keras 2 and Keras 3 have printed, to the letter. With arguments it prints one:
 *
 *   test-keras-summary --print FILE LENGTH */

#include <assay/error.h>
#include <assay/keras-summary.h>
#include <assay/reader-session.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS (ASSAY_KERAS_SUMMARY_EXPAND_NESTED | ASSAY_KERAS_SUMMARY_SHOW_TRAINABLE)

typedef struct
{
  const char *folder, *file;
  guint       line_length;
} Case;

static const Case cases[] = {
  { "keras/sequential_cnn", "model.keras", 120 },
  { "keras/merges_multi_io", "model.keras", 120 },
  { "keras/embedding_mask_lstm", "model.keras", 120 },
  { "keras/mixed_dtypes", "model.keras", 120 },
  { "keras2/cnn_functional", "model.keras", 110 },
  { "keras2/cnn_functional", "model.h5", 110 },
  { "keras2/rnn_sequential", "model.keras", 110 },
  { "keras2/rnn_sequential", "model.h5", 110 },
};

static char *
summarize (const char *path, guint line_length, AssayKerasSummaryFlags flags, GError **error)
{
  g_autoptr (AssayManifest) manifest = assay_manifest_load (path, NULL, error);

  return manifest ? assay_keras_summary (manifest, line_length, flags, error) : NULL;
}

static void
test_as_keras (gconstpointer data)
{
  const Case      *what = data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", what->folder, what->file, NULL), *wanted = NULL;
  g_autofree char *answer = g_test_build_filename (G_TEST_DIST, "data", what->folder, "summary.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = summarize (path, what->line_length, FLAGS, &error);
  g_auto (GStrv) found = NULL, lines = NULL;

  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (answer, &wanted, NULL, NULL));
  /* The script that wrote the answers ended each with one line feed more. */
  lines = g_strsplit (g_strchomp (wanted), "\n", -1);
  found = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 0; lines[i] != NULL && found[i] != NULL; i++)
    g_assert_cmpstr (found[i], ==, lines[i]);
  g_assert_cmpuint (g_strv_length (found), ==, g_strv_length (lines));
}

/* As it is printed without being asked for more. */
static void
test_by_itself (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "keras2/rnn_sequential", "model.h5", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = summarize (path, 0, ASSAY_KERAS_SUMMARY_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "Model: \"rnn_sequential\"\n"
                                         "_________________________________________________________________\n"
                                         " Layer (type)                Output Shape              Param #   \n"
                                         "=================================================================\n"
                                         " embed (Embedding)           (None, 8, 6)              90        \n"));
}

static void
test_refuses (void)
{
  g_autofree char *none = g_test_build_filename (G_TEST_DIST, "data", "numpy", "stored.npz", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (summarize (none, 0, ASSAY_KERAS_SUMMARY_DEFAULT, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (argc == 4 && strcmp (argv[1], "--print") == 0)
    {
      text = summarize (argv[2], atoi (argv[3]), FLAGS, &error);
      fputs (text ? text : error->message, stdout);
      return text ? 0 : 1;
    }
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/keras-summary/%s/%s", cases[i].folder, cases[i].file);

      g_test_add_data_func (path, &cases[i], test_as_keras);
    }
  g_test_add_func ("/keras-summary/by-itself", test_by_itself);
  g_test_add_func ("/keras-summary/refuses", test_refuses);
  return g_test_run ();
}
