/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Texts as tensorflow/core/util/tensor_bundle/tensor_bundle.cc and tensorflow/core/lib/io/table.cc. */

#include "bundle-check-private.h"

#include <assay/checksum.h>
#include <assay/error.h>
#include <string.h>

#include "bundle-files-private.h"
#include "bundle-index-private.h"

#define PIECE (1u << 20)
#define FOOTER_SIZE 48

struct _AssayBundleCheck
{
  AssayManifest *manifest;
  char          *prefix;
  GArray        *rows;     /* of AssayBundleRow */
  GHashTable    *by_key;   /* GBytes → number in rows */
  GHashTable    *by_place; /* Place → number in rows */
};

typedef struct
{
  guint64 shard, offset;
} Place;

static guint
place_hash (gconstpointer data)
{
  const Place *place = data;

  return g_int64_hash (&place->offset) * 31 + place->shard;
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Place)) == 0;
}

/* A SavedModel is named by its folder. */
static char *
dup_prefix (AssayManifest *manifest, const char *prefix)
{
  const char *index = assay_file_get_path (assay_manifest_get_file (manifest, 0));

  if (g_file_test (prefix, G_FILE_TEST_IS_DIR) && index != NULL && g_str_has_suffix (index, "/variables/variables.index"))
    return g_build_filename (prefix, "variables", "variables", NULL);
  return g_strndup (prefix, strlen (prefix) - (g_str_has_suffix (prefix, ".index") ? strlen (".index") : 0));
}

AssayBundleCheck *
assay_bundle_check_new (AssayManifest *manifest, const char *prefix, GError **error)
{
  g_autoptr (AssayBundleCheck) self = g_new0 (AssayBundleCheck, 1);

  self->manifest = g_object_ref (manifest);
  self->prefix = dup_prefix (manifest, prefix);
  self->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  self->by_place = g_hash_table_new_full (place_hash, place_equal, g_free, NULL);
  if (strcmp (assay_manifest_get_format (manifest), "tensorflow-checkpoint") != 0)
    return g_steal_pointer (&self);
  self->rows = assay_bundle_rows_read (manifest, error);
  for (guint i = 1; self->rows != NULL && i < self->rows->len; i++)
    {
      const AssayBundleRow *row = &g_array_index (self->rows, AssayBundleRow, i);
      Place                 place = { row->shard, row->offset };

      g_hash_table_insert (self->by_key, row->key, GUINT_TO_POINTER (i));
      if (row->size > 0)
        g_hash_table_insert (self->by_place, g_memdup2 (&place, sizeof place), GUINT_TO_POINTER (i));
    }
  return self->rows ? g_steal_pointer (&self) : NULL;
}

void
assay_bundle_check_free (AssayBundleCheck *self)
{
  g_clear_pointer (&self->by_key, g_hash_table_unref);
  g_clear_pointer (&self->by_place, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_object_unref (self->manifest);
  g_free (self->prefix);
  g_free (self);
}

static gboolean
read_checksum (AssayFile *file, guint64 offset, guint64 size, guint32 *crc, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  *crc = 0;
  while (size > 0)
    {
      gsize n = MIN (size, PIECE);

      if (!assay_file_read (file, offset, piece, n, error))
        return FALSE;
      *crc = assay_crc32c (*crc, piece, n);
      offset += n;
      size -= n;
    }
  return TRUE;
}

static gboolean
check_extent (AssayBundleCheck *self, guint32 number, guint64 offset, GError **error)
{
  Place                 place = { .offset = offset };
  const AssayBundleRow *row;
  guint                 shard, found;
  guint32               crc;

  if (!assay_bundle_find_shard (self->manifest, number, &shard))
    return TRUE;
  place.shard = shard;
  found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_place, &place));
  if (found == 0)
    return TRUE;
  row = &g_array_index (self->rows, AssayBundleRow, found);
  if (!read_checksum (assay_manifest_get_file (self->manifest, number), row->offset, row->size, &crc, error))
    return FALSE;
  if (crc == assay_crc32c_unmask (row->crc))
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
               "TensorBundle at %s shard %u (%" G_GUINT64_FORMAT " bytes): Checksum does not match: stored %u vs. calculated on the restored bytes %u "
               "[Op:RestoreV2]",
               self->prefix, shard, row->size, assay_crc32c_unmask (row->crc), crc);
  return FALSE;
}

/* Why the reader found no place for a value. */
static gboolean
explain_missing (AssayBundleCheck *self, const AssayManifestVariable *facts, GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new_static (facts->key, strlen (facts->key));
  guint                 found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, key));
  const AssayBundleRow *row = found ? &g_array_index (self->rows, AssayBundleRow, found) : NULL;
  const char           *index = assay_file_get_path (assay_manifest_get_file (self->manifest, 0));
  guint                 n = assay_bundle_rows_count_shards (self->rows);
  g_autofree char      *data = row ? assay_bundle_dup_data_path (index, row->shard, n) : NULL;
  g_autofree char      *name = row ? assay_bundle_dup_data_path (self->prefix, row->shard, n) : NULL;

  if (row != NULL && !g_file_test (data, G_FILE_TEST_EXISTS))
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "%s; No such file or directory", name);
  else if (strstr (facts->reason, "cut short") != NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Read less bytes than requested");
  else
    g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, facts->reason);
  return FALSE;
}

gboolean
assay_bundle_check_value (AssayBundleCheck *self, guint32 variable, GError **error)
{
  AssayManifestVariable facts;
  AssayLayout           layout;

  if (self->rows == NULL)
    return TRUE;
  assay_manifest_get_variable (self->manifest, variable, &facts);
  assay_manifest_get_layout (self->manifest, variable, &layout);
  if (layout.kind == ASSAY_LAYOUT_NONE)
    return explain_missing (self, &facts, error);
  if (layout.kind == ASSAY_LAYOUT_RAW)
    return facts.n_elements == 0 || check_extent (self, layout.file, layout.offset, error);
  for (guint i = 0; layout.kind == ASSAY_LAYOUT_PIECES && i < layout.n_pieces; i++)
    {
      const guint64 *piece = layout.extra_pieces + i * (2 + 2 * (gsize) facts.rank);

      if (!check_extent (self, piece[0], piece[1], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_footer (const char *index, guint64 *size)
{
  static const guint8 magic[8] = { 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb };
  guint8              end[sizeof magic];
  g_autoptr (AssayFile) file = assay_file_open (index, NULL);

  *size = file ? assay_file_get_identity (file)->size : G_MAXUINT64;
  return file == NULL || (*size >= FOOTER_SIZE && assay_file_read (file, *size - sizeof end, end, sizeof end, NULL) && memcmp (end, magic, sizeof end) == 0);
}

void
assay_bundle_explain (const char *prefix, GError **error)
{
  g_autofree char *index = g_str_has_suffix (prefix, ".index") ? g_strdup (prefix) : g_strconcat (prefix, ".index", NULL);
  guint64          size;
  gboolean         is_table = has_footer (index, &size);
  const char      *sum = error != NULL && *error != NULL ? strstr ((*error)->message, "checksum of the block") : NULL;

  if (error == NULL || (is_table && sum == NULL))
    return;
  g_clear_error (error);
  if (size < FOOTER_SIZE)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "file is too short to be an sstable");
  else if (!is_table)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "not an sstable (bad magic number)");
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                 "Unable to read file (%s). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (failed to "
                 "seek to header entry): block checksum mismatch",
                 index);
}
