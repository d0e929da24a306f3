/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* HDF5, any: groups as modules, datasets as variables. What is on top of it (Keras, our own files) is recognised by attributes. */

#include <assay/error.h>
#include <string.h>

#include "keras-private.h"

static const guint8 signature[8] = { 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n' };

AssayHdf5 *
assay_hdf5_new (AssayReaderContext *context, const AssayReaderFile *window, const char *key_prefix, GError **error)
{
  g_autoptr (AssayHdf5) self = g_new0 (AssayHdf5, 1);
  g_auto (AssayH5Plist) plist = H5I_INVALID_HID;
  hsize_t user_block = 0;

  self->context = context;
  self->window = *window;
  self->key_prefix = g_strdup (key_prefix);
  self->seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->parents = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->file = assay_hdf5_open (&self->window, FALSE, error);
  if (self->file < 0)
    return NULL;
  plist = H5Fget_create_plist (self->file);
  if (plist >= 0 && H5Pget_userblock (plist, &user_block) >= 0)
    self->user_block = user_block;
  return g_steal_pointer (&self);
}

void
assay_hdf5_free (AssayHdf5 *self)
{
  if (self->file > 0)
    H5Fclose (self->file);
  g_hash_table_unref (self->seen);
  g_array_unref (self->parents);
  g_free (self->key_prefix);
  g_free (self);
}

AssayChunkTable *
assay_hdf5_context_read_chunks (AssayReaderContext *context, guint64 cookie, GError **error)
{
  return assay_hdf5_read_chunks (context->reader_data, cookie, error);
}

gboolean
assay_hdf5_context_read_strings (AssayReaderContext *context, guint64 cookie, guint64 first, guint64 n, GPtrArray *out, GError **error)
{
  return assay_hdf5_read_strings (context->reader_data, cookie, first, n, out, error);
}

void
assay_hdf5_context_close (AssayReaderContext *context)
{
  g_clear_pointer ((AssayHdf5 **) &context->reader_data, assay_hdf5_free);
}

/* The signature stands at byte 0, or behind a user block of 512, 1024, 2048… bytes. */
static gboolean
hdf5_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  guint8 found[8];

  if (n_head >= 8 && memcmp (head, signature, 8) == 0)
    return TRUE;
  for (guint64 offset = 512; offset <= (1 << 24) && offset + 8 <= context->main.size; offset *= 2)
    if (assay_reader_read (&context->main, offset, found, 8, NULL) && memcmp (found, signature, 8) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
walk_all (AssayHdf5 *self, GError **error)
{
  const char *part = self->context->part ? self->context->part : "/";
  g_auto (AssayH5Group) group = H5Gopen2 (self->file, part, H5P_DEFAULT);
  g_autofree char *path = g_strdup (part[0] == '/' ? part + 1 : part);
  H5O_info_t       info;
  guint64          address;

  if (group < 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There is no group “%s” in “%s”", part, self->context->file_name);
      H5Eclear2 (H5E_DEFAULT);
      return FALSE;
    }
  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  assay_hdf5_add_attributes (self, group, 0);
  if (H5Oget_info2 (group, &info, H5O_INFO_BASIC) >= 0)
    {
      address = info.addr;
      g_array_append_val (self->parents, address);
    }
  return assay_hdf5_walk (self, group, 0, path, 0, error);
}

static gboolean
hdf5_read (AssayReaderContext *context, GError **error)
{
  AssayHdf5 *self = assay_hdf5_new (context, &context->main, "", error);
  gboolean   done = FALSE;

  if (self == NULL)
    return FALSE;
  context->reader_data = self;
  if (!assay_own_read_hdf5 (self, &done, error) || (!done && !assay_keras_read_hdf5 (self, &done, error)))
    return FALSE;
  if (done)
    return TRUE;
  assay_manifest_builder_set_format (context->builder, "hdf5");
  return walk_all (self, error);
}

const AssayReader assay_hdf5_reader = {
  .name = "HDF5",
  .sniff = hdf5_sniff,
  .read = hdf5_read,
  .read_chunks = assay_hdf5_context_read_chunks,
  .read_strings = assay_hdf5_context_read_strings,
  .close = assay_hdf5_context_close,
};
