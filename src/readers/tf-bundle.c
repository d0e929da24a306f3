/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The data files of a checkpoint, PREFIX.data-00000-of-00002 and so on, and where in them values are. Numbers lie there as in
 * memory, those of less than 8 bits one a byte. */

#include <assay/checksum.h>
#include <assay/error.h>
#include <string.h>

#include "tf-bundle-private.h"

#define PIECE (1u << 20)

const AssayBundleShard *
assay_bundle_get_shard (AssayBundle *self, guint64 number)
{
  AssayBundleShard *shard = g_hash_table_lookup (self->shards, &number);
  const char       *name = self->context->file_name;
  g_autofree char  *prefix = g_str_has_suffix (name, ".index") ? g_strndup (name, strlen (name) - strlen (".index")) : g_strdup (name);
  g_autofree char  *file_name = g_strdup_printf ("%s.data-%05" G_GUINT64_FORMAT "-of-%05u", prefix, number, self->n_shards);
  g_autoptr (GError) error = NULL;

  if (shard != NULL)
    return shard;
  shard = g_new0 (AssayBundleShard, 1);
  g_hash_table_insert (self->shards, g_memdup2 (&number, sizeof number), shard);
  shard->is_open = assay_reader_open_sibling (self->context, file_name, &shard->file, &error);
  if (!shard->is_open)
    {
      shard->reason = g_strdup_printf ("The data file “%s” can’t be opened: %s", file_name, error->message);
      assay_manifest_builder_add_warning (self->context->builder, "%s", shard->reason);
    }
  return shard;
}

char *
assay_bundle_locate (AssayBundle *self, const AssayBundleEntry *entry, AssayReaderFile *file)
{
  const AssayBundleShard *shard;
  guint64                 n_bytes;

  if (entry->reason != NULL)
    return g_strdup (entry->reason);
  shard = assay_bundle_get_shard (self, entry->shard);
  if (!shard->is_open)
    return g_strdup (shard->reason);
  *file = shard->file;
  n_bytes = entry->n_elements * assay_dtype_get_info (entry->dtype)->item_size;
  if (entry->dtype != ASSAY_DTYPE_STRING && entry->size != n_bytes)
    return g_strdup_printf ("The index says that it takes %" G_GUINT64_FORMAT " bytes, but its shape needs %" G_GUINT64_FORMAT, entry->size,
                            n_bytes);
  if (entry->offset > file->size || entry->size > file->size - entry->offset)
    return g_strdup_printf ("It should end at byte %" G_GUINT64_FORMAT " of its data file, which has %" G_GUINT64_FORMAT ": the file was cut short",
                            entry->offset + entry->size, file->size);
  return NULL;
}

gboolean
assay_bundle_check_crc (const AssayBundleEntry *entry, const AssayReaderFile *file, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  guint32            crc = 0;

  for (guint64 at = 0; at < entry->size;)
    {
      gsize n = MIN (entry->size - at, PIECE);

      if (!assay_reader_read (file, entry->offset + at, piece, n, error))
        return FALSE;
      crc = assay_crc32c (crc, piece, n);
      at += n;
    }
  if (assay_crc32c_mask (crc) == entry->crc)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The checksum of “%s” is wrong: stored %08x, calculated %08x", entry->key, entry->crc,
               assay_crc32c_mask (crc));
  return FALSE;
}

void
assay_bundle_set_layout (AssayBundle *self, AssayBundleEntry *entry, guint32 cookie, guint32 variable)
{
  AssayManifestBuilder *builder = self->context->builder;
  AssayLayout           layout = { .kind = ASSAY_LAYOUT_STRINGS, .cookie = cookie };
  AssayReaderFile       file;
  g_autofree char      *reason = NULL;

  if (entry->dtype == ASSAY_DTYPE_INVALID)
    {
      assay_manifest_builder_set_reason (builder, variable, "Values of TensorFlow’s type “%s” are no numbers or texts: they can’t be shown",
                                         entry->type_name);
      return;
    }
  if (entry->slices != NULL)
    {
      assay_bundle_set_pieces (self, entry, variable);
      return;
    }
  reason = assay_bundle_locate (self, entry, &file);
  if (reason != NULL)
    assay_manifest_builder_set_reason (builder, variable, "%s", reason);
  else if (entry->dtype == ASSAY_DTYPE_STRING)
    assay_manifest_builder_set_layout (builder, variable, &layout);
  else
    assay_manifest_builder_set_raw (builder, variable, file.file, file.base + entry->offset, entry->size, self->big_endian);
}
