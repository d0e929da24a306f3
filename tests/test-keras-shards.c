/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-host.h"

static char *
read_index (char **folder)
{
  g_autofree char *path = reader_host_data ("keras-extra", "sharded.weights.json");
  char            *text;

  *folder = g_path_get_dirname (path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
test_reads_all_shards (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autofree char *text = read_index (&host.folder);
  g_autoptr (GError) error = NULL;
  AssayLayout first, last;

  g_assert_true (reader_host_read_bytes (&host, text, strlen (text), "sharded.weights.json", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), ==, 6);
  g_assert_cmpuint (host.n_files, ==, 3);
  reader_host_expect (&host, "layers/dense_2/vars/0", "layers/dense_2/0", ASSAY_DTYPE_FLOAT32);
  assay_manifest_get_layout (host.manifest, reader_host_find (&host, "layers/dense/vars/0"), &first);
  assay_manifest_get_layout (host.manifest, reader_host_find (&host, "layers/dense_2/vars/0"), &last);
  g_assert_cmpuint (first.file, ==, 1);
  g_assert_cmpuint (last.file, ==, 2);
  g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 0);
}

static void
test_warns_of_what_is_missing (void)
{
  static const char *const changes[][3] = {
    { "sharded_00001.weights.h5", "sharded_00009.weights.h5", "sharded_00009" },
    { "sharded_00001.weights.h5", "../keras-extra/sharded_00001.weights.h5", "plain name" },
    { "sharded_00001.weights.h5", "expected.json", "expected.json" },
    { "/layers/dense_2/vars", "/layers/dense_7/vars", "dense_7" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_auto (ReaderHost) host = { 0 };
      g_autofree char *text = read_index (&host.folder);
      g_autoptr (GString) changed = g_string_new (text);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (changed, changes[i][0], changes[i][1], 0), >, 0);
      g_assert_true (reader_host_read_bytes (&host, changed->str, changed->len, "sharded.weights.json", &error));
      g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), <, 6);
      g_assert_cmpuint (assay_manifest_get_n_variables (host.manifest), >=, 2);
      g_assert_cmpuint (assay_manifest_get_warnings (host.manifest)->len, ==, 1);
      g_assert_nonnull (strstr (assay_manifest_get_warnings (host.manifest)->pdata[0], changes[i][2]));
    }
}

static void
test_survives_truncation (void)
{
  g_autofree char *path = reader_host_data ("keras-extra", "sharded.weights.json");

  g_assert_cmpuint (reader_host_truncate (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keras-shards/reads-all", test_reads_all_shards);
  g_test_add_func ("/keras-shards/warns-of-what-is-missing", test_warns_of_what_is_missing);
  g_test_add_func ("/keras-shards/survives-truncation", test_survives_truncation);
  return g_test_run ();
}
