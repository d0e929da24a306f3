/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Compares what the sandboxed reader says of a file with what the real library read: keys, dtypes, shapes, hashes of values. */

#pragma once

#include <assay/error.h>
#include <assay/reader-session.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define TRUTH_PIECE 65536

static inline JsonNode *
truth_load (const char *folder)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, "expected.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static inline AssayManifest *
truth_open (const char *folder, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, name, NULL);
  g_autoptr (GError) error = NULL;
  AssayManifest *manifest = assay_manifest_load (path, NULL, &error);

  g_assert_no_error (error);
  return manifest;
}

static inline void
truth_hash_strings (AssaySource *source, GChecksum *checksum)
{
  const guint64 zeros[ASSAY_MAX_RANK] = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) strings = assay_source_read_strings (source, zeros, assay_source_get_shape (source), NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n);
      guint64       length = GUINT64_TO_LE ((guint64) n);

      g_checksum_update (checksum, (const guchar *) &length, 8);
      g_checksum_update (checksum, n > 0 ? data : "", n);
    }
}

/* SHA-256 of the value's bytes, row-major, in the machine's order; of strings with their lengths before them. */
static inline char *
truth_hash (AssayManifest *manifest, guint32 index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, &error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = NULL;
  guint64            n_elements, n;

  g_assert_no_error (error);
  n_elements = assay_source_get_n_elements (source);
  if (assay_source_get_dtype (source) == ASSAY_DTYPE_STRING)
    truth_hash_strings (source, checksum);
  else
    buffer = g_malloc (TRUTH_PIECE * (gsize) assay_source_get_item_size (source));
  for (guint64 first = 0; buffer != NULL && first < n_elements; first += n)
    {
      n = MIN (TRUTH_PIECE, n_elements - first);
      assay_source_read_flat (source, first, n, buffer, NULL, &error);
      g_assert_no_error (error);
      g_checksum_update (checksum, buffer, n * assay_source_get_item_size (source));
    }
  return g_strdup (g_checksum_get_string (checksum));
}

/* The number of a variable by its key, -1 if there is none. */
static inline gint64
truth_find (AssayManifest *manifest, const char *key)
{
  AssayManifestVariable variable;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      assay_manifest_get_variable (manifest, i, &variable);
      if (strcmp (variable.key, key) == 0)
        return i;
    }
  return -1;
}

static inline void
truth_assert_shape (const AssayManifestVariable *variable, JsonArray *shape)
{
  if (variable->rank != json_array_get_length (shape))
    g_error ("%s has rank %u, not %u", variable->key, variable->rank, json_array_get_length (shape));
  for (guint i = 0; i < variable->rank; i++)
    g_assert_cmpuint (variable->shape[i], ==, (guint64) json_array_get_int_element (shape, i));
}

static inline const char *
truth_string (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name) && !json_object_get_null_member (object, name) ? json_object_get_string_member (object, name) : NULL;
}

/* Asserts that a variable is as an entry of expected.json has it (tests/data/hdf5/README.md). */
static inline void
truth_assert_variable (AssayManifest *manifest, guint32 index, JsonObject *expected, gboolean hashed)
{
  const char           *dtype = truth_string (expected, "dtype"), *hash = truth_string (expected, "sha256"), *word = truth_string (expected, "reason");
  AssayManifestVariable variable;
  g_autofree char      *found = NULL;

  assay_manifest_get_variable (manifest, index, &variable);
  if (dtype != NULL)
    g_assert_cmpstr (variable.dtype_name, ==, dtype);
  if (json_object_has_member (expected, "shape"))
    {
      g_assert_cmpint (!!(variable.flags & ASSAY_FLAG_EMPTY), ==, json_object_get_null_member (expected, "shape"));
      if (!(variable.flags & ASSAY_FLAG_EMPTY))
        truth_assert_shape (&variable, json_object_get_array_member (expected, "shape"));
    }
  if (word == NULL && variable.reason != NULL)
    word = truth_string (expected, "either");
  if (word != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (variable.reason ? variable.reason : "", -1);

      if (variable.reason == NULL || strstr (lower, word) == NULL)
        g_error ("%s: “%s” doesn’t say “%s”", variable.key, variable.reason, word);
      return;
    }
  if (hash == NULL || !hashed)
    return;
  found = truth_hash (manifest, index);
  if (strcmp (found, hash) != 0)
    g_error ("%s has another value", variable.key);
}

/* Where the files shared by all sessions of the project are; NULL, and the test is skipped, if they aren't. */
static inline char *
truth_find_shared (const char *below)
{
  const char      *shared = g_getenv ("ASSAY_SHARED");
  g_autofree char *root = shared ? g_strdup (shared) : g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);
  g_autofree char *path = g_build_filename (root, below, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("The shared files aren't here");
  return NULL;
}
