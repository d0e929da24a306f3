/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-truth.h"

#include <glib/gstdio.h>
#include <hdf5.h>

#include "reader-host.h"

#define N_CHUNKS 5000
#define MAX_SECONDS 20

/* Every file that h5py made: each variable as h5py reads it, and no others but those that may be there. */
static void
assert_file (const char *name, JsonObject *expected)
{
  g_autoptr (AssayManifest) manifest = truth_open ("hdf5", name);
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  const char *const more[] = { "may_have", "links" };
  gboolean          hashed = strcmp (json_object_get_string_member (expected, "verdict"), "list") != 0;
  JsonArray        *tensors = json_object_get_array_member (expected, "tensors");

  for (guint i = 0; i < json_array_get_length (tensors); i++)
    {
      JsonObject *tensor = json_array_get_object_element (tensors, i);
      const char *key = json_object_get_string_member (tensor, "key");
      gint64      index = truth_find (manifest, key);

      if (index < 0)
        g_error ("%s: %s is missing", name, key);
      truth_assert_variable (manifest, index, tensor, hashed);
      g_hash_table_add (keys, (char *) key);
    }
  for (gsize m = 0; m < G_N_ELEMENTS (more); m++)
    for (guint i = 0; json_object_has_member (expected, more[m]) && i < json_array_get_length (json_object_get_array_member (expected, more[m])); i++)
      {
        JsonNode *node = json_array_get_element (json_object_get_array_member (expected, more[m]), i);

        g_hash_table_add (keys, (char *) (JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_string_member (json_node_get_object (node), "key")
                                                                        : json_node_get_string (node)));
      }
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, i, &variable);
      if (!g_hash_table_contains (keys, variable.key))
        g_error ("%s: %s is too many", name, variable.key);
    }
}

static void
test_agrees_with_h5py (void)
{
  g_autoptr (JsonNode) node = truth_load ("hdf5");
  JsonObject *files = json_node_get_object (node);
  g_autoptr (GList) names = json_object_get_members (files);

  g_assert_cmpuint (g_list_length (names), >=, 16);
  for (GList *l = names; l != NULL; l = l->next)
    assert_file (l->data, json_object_get_object_member (files, l->data));
}

static gboolean
warns_of (AssayManifest *manifest, const char *word)
{
  GPtrArray *warnings = assay_manifest_get_warnings (manifest);

  for (guint i = 0; i < warnings->len; i++)
    if (strstr (warnings->pdata[i], word) != NULL)
      return TRUE;
  return FALSE;
}

static void
assert_reason (ReaderHost *host, const char *key, const char *reason)
{
  AssayManifestVariable variable;
  int                   i = reader_host_find (host, key);

  g_assert_cmpint (i, >=, 0);
  assay_manifest_get_variable (host->manifest, i, &variable);
  g_assert_cmpstr (variable.reason, ==, reason);
}

/* Other files are named, and neither asked for nor opened. */
static void
test_follows_no_link_out (void)
{
  g_auto (ReaderHost) host = { 0 };
  g_autofree char *path = reader_host_data ("hdf5", "elsewhere.h5");
  g_autoptr (GError) error = NULL;

  g_assert_true (reader_host_read_file (&host, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (host.n_files, ==, 1);
  assert_reason (&host, "external_link", "It is a link into another file (external), which is not opened");
  assert_reason (&host, "dangling_link", "It is a link to “/nothing/here”, where nothing is");
  assert_reason (&host, "link_to_itself", "It is a link to “/link_to_itself”, where nothing is");
  for (guint32 i = 0; i < assay_manifest_get_n_variables (host.manifest); i++)
    {
      AssayLayout           layout;
      AssayManifestVariable variable;

      assay_manifest_get_variable (host.manifest, i, &variable);
      assay_manifest_get_layout (host.manifest, i, &layout);
      g_assert_cmpint (layout.kind == ASSAY_LAYOUT_NONE, ==, !g_str_has_prefix (variable.key, "inside/"));
    }
}

static void
test_ends_circles (void)
{
  g_autoptr (AssayManifest) manifest = truth_open ("hdf5", "circles.h5");

  g_assert_true (warns_of (manifest, "the circle ends there"));
  g_assert_cmpuint (assay_manifest_get_n_modules (manifest), <, 20);
}

static void
test_opens_a_part (void)
{
  g_autoptr (AssayManifest) manifest = truth_open ("hdf5", "product-latest.h5:/int8");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "hdf5", "product-latest.h5:/nothing", NULL);
  g_autoptr (GError) error = NULL;
  guint32 n = assay_manifest_get_n_variables (manifest);

  g_assert_cmpuint (n, >, 0);
  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, i, &variable);
      g_assert_true (g_str_has_prefix (variable.key, "int8/"));
    }
  g_assert_null (assay_manifest_load (path, NULL, &error));
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND);
}

/* 2⁵⁰ elements in a tiny file: listed and read at once. */
static void
test_huge_costs_nothing (void)
{
  g_autoptr (AssayManifest) manifest = truth_open ("hdf5", "huge.h5");
  g_autoptr (GError) error = NULL;
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, truth_find (manifest, "huge"), &error);
  guint8 values[16];

  g_assert_no_error (error);
  memset (values, 1, sizeof values);
  g_assert_true (assay_source_read_flat (source, G_GUINT64_CONSTANT (1) << 49, sizeof values, values, NULL, &error));
  for (gsize i = 0; i < sizeof values; i++)
    g_assert_cmpuint (values[i], ==, 0);
}

/* A file behind a user block, with so many chunks that the driver notes them. Every third was never written: it has the fill value. */
static void
write_many_chunks (const char *path, const char *libver)
{
  hid_t   create = H5Pcreate (H5P_FILE_CREATE), access = H5Pcreate (H5P_FILE_ACCESS), plist = H5Pcreate (H5P_DATASET_CREATE), file, space, dataset;
  hsize_t shape = N_CHUNKS * 4 - 2, chunk = 4;
  gint32  fill = -7;

  H5Pset_userblock (create, 1024);
  H5Pset_libver_bounds (access, strcmp (libver, "latest") == 0 ? H5F_LIBVER_LATEST : H5F_LIBVER_EARLIEST, H5F_LIBVER_LATEST);
  H5Pset_chunk (plist, 1, &chunk);
  H5Pset_deflate (plist, 1);
  H5Pset_fill_value (plist, H5T_NATIVE_INT32, &fill);
  file = H5Fcreate (path, H5F_ACC_TRUNC, create, access);
  space = H5Screate_simple (1, &shape, NULL);
  dataset = H5Dcreate2 (file, "values", H5T_STD_I32BE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
  for (gint32 i = 0; i < N_CHUNKS; i++)
    {
      hsize_t start = i * 4, count = MIN (4, shape - start);
      gint32  values[4] = { i, 2 * i, 3 * i, 4 * i };
      hid_t   memory = H5Screate_simple (1, &count, NULL);

      H5Sselect_hyperslab (space, H5S_SELECT_SET, &start, NULL, &count, NULL);
      if (i % 3 != 2)
        g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_INT32, memory, space, H5P_DEFAULT, values), >=, 0);
      H5Sclose (memory);
    }
  H5Dclose (dataset);
  H5Sclose (space);
  H5Pclose (plist);
  H5Fclose (file);
  H5Pclose (access);
  H5Pclose (create);
}

static void
test_finds_many_chunks (gconstpointer libver)
{
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "chunks.h5", NULL);
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssaySource) source = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree gint32 *values = g_new (gint32, N_CHUNKS * 4);

  write_many_chunks (path, libver);
  manifest = assay_manifest_load (path, NULL, &error);
  g_assert_no_error (error);
  source = assay_manifest_dup_source (manifest, 0, &error);
  g_assert_true (assay_source_read_flat (source, 0, N_CHUNKS * 4 - 2, values, NULL, &error));
  g_assert_no_error (error);
  for (gint32 i = 0; i < N_CHUNKS * 4 - 2; i++)
    g_assert_cmpint (values[i], ==, i / 4 % 3 == 2 ? -7 : (i % 4 + 1) * (i / 4));
  g_unlink (path);
  g_rmdir (folder);
}

/* HDF5 says in its first block how long the file is: a shorter one is refused at once. */
static void
test_truncated (void)
{
  g_autofree char *path = reader_host_data ("hdf5", "elsewhere-target.h5");

  g_assert_cmpuint (reader_host_truncate (path), ==, 0);
}

/* A file that was cut short says so, with both numbers and none of libhdf5's words. */
static void
test_cut_short (void)
{
  g_autofree char *path = reader_host_data ("hdf5", "elsewhere-target.h5");
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *cut = g_build_filename (folder, "cut.h5", NULL);
  g_autofree char *contents = NULL;
  gsize            n;

  g_assert_true (g_file_get_contents (path, &contents, &n, NULL));
  for (gsize k = 8; k < n; k += k < 100 ? 1 : 97)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayManifest) manifest = NULL;
      g_autofree char *number = g_strdup_printf (" %" G_GSIZE_FORMAT " bytes", k);

      g_assert_true (g_file_set_contents (cut, contents, (gssize) k, NULL));
      manifest = assay_manifest_load (cut, NULL, &error);
      g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "cut short"));
      g_assert_nonnull (strstr (error->message, number));
      g_assert_null (strstr (error->message, "eof"));
    }
  g_unlink (cut);
  g_rmdir (folder);
}

/* Whatever a file says, it is a tree or one sentence, and soon; values that can't be had are one, too. */
static void
assert_survives (const char *path)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayManifest) manifest = assay_manifest_load (path, NULL, &error);

  for (guint32 i = 0; manifest != NULL && i < MIN (assay_manifest_get_n_variables (manifest), 100); i++)
    {
      g_autoptr (GError) reason = NULL;
      g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, i, &reason);
      AssayManifestVariable variable;
      g_autofree guint8    *room = NULL;

      assay_manifest_get_variable (manifest, i, &variable);
      if (source == NULL || variable.n_elements == 0 || variable.item_size == 0 || variable.item_size > 1 << 20)
        continue;
      room = g_malloc (4 * variable.item_size);
      assay_source_read_flat (source, 0, MIN (variable.n_elements, 4), room, NULL, &reason);
    }
  g_assert_true ((manifest == NULL) == (error != NULL));
  g_assert_true (error == NULL || (*error->message && strchr (error->message, '\n') == NULL));
  if (g_get_monotonic_time () - begin > MAX_SECONDS * G_USEC_PER_SEC)
    g_error ("%s took more than %d s", path, MAX_SECONDS);
}

/* A small file with bytes turned into others, each read in a cage of its own. */
static void
test_survives_scrambling (void)
{
  g_autofree char *original = reader_host_data ("hdf5", "circles.h5"), *data = NULL;
  g_autofree char *folder = g_dir_make_tmp ("assay-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "scrambled.h5", NULL);
  gsize            n, step;

  g_assert_true (g_file_get_contents (original, &data, &n, NULL));
  step = g_test_slow () ? 3 : 61;
  for (gsize at = 8; at < n; at += step)
    {
      data[at] ^= 0xff;
      g_assert_true (g_file_set_contents (path, data, n, NULL));
      assert_survives (path);
      data[at] ^= 0xff;
    }
  g_unlink (path);
  g_rmdir (folder);
}

/* The attacks on HDF5 that were published. */
static void
test_survives_attacks (void)
{
  static const char *const folders[] = { "cvefiles", "fuzzerfiles" };
  g_autofree char         *root = truth_find_shared ("corpus/HDFGroup+cve_hdf5");
  guint                    n = 0;

  for (gsize i = 0; root != NULL && i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (root, folders[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name;

      g_assert_nonnull (dir);
      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (folder, name, NULL);

          assert_survives (path);
          n++;
        }
    }
  g_assert_true (root == NULL || n >= 70);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hdf5-reader/agrees-with-h5py", test_agrees_with_h5py);
  g_test_add_func ("/hdf5-reader/follows-no-link-out", test_follows_no_link_out);
  g_test_add_func ("/hdf5-reader/ends-circles", test_ends_circles);
  g_test_add_func ("/hdf5-reader/opens-a-part", test_opens_a_part);
  g_test_add_func ("/hdf5-reader/huge-costs-nothing", test_huge_costs_nothing);
  g_test_add_data_func ("/hdf5-reader/finds-many-chunks/earliest", "earliest", test_finds_many_chunks);
  g_test_add_data_func ("/hdf5-reader/finds-many-chunks/latest", "latest", test_finds_many_chunks);
  g_test_add_func ("/hdf5-reader/truncated", test_truncated);
  g_test_add_func ("/hdf5-reader/cut-short", test_cut_short);
  g_test_add_func ("/hdf5-reader/survives-scrambling", test_survives_scrambling);
  g_test_add_func ("/hdf5-reader/survives-attacks", test_survives_attacks);
  return g_test_run ();
}
