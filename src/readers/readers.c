/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of formats. Adding one is one entry here and one file. */

#include "reader-private.h"

#include <assay/error.h>
#include <errno.h>
#include <unistd.h>

/* The first that claims a file reads it; the last one claims any. */
static const AssayReader *const readers[] = {
  &assay_hdf5_reader,
  &assay_keras_zip_reader,
  &assay_npy_reader,
  &assay_npz_reader,
  &assay_shards_reader,
  &assay_keras_shards_reader,
  &assay_tensorflow_reader,
  &assay_saved_graph_reader,
  &assay_safetensors_reader,
  &assay_stranger_reader,
};

const AssayReader *
assay_readers_find (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (readers[i]->sniff (head, n_head, context))
      return readers[i];
  g_assert_not_reached ();
}

gboolean
assay_reader_open_sibling (AssayReaderContext *self, const char *name, AssayReaderFile *file, GError **error)
{
  return self->open_sibling (self, name, file, error);
}

gboolean
assay_reader_open_scratch (AssayReaderContext *self, guint64 size, AssayReaderFile *file, GError **error)
{
  return self->open_scratch (self, size, file, error);
}

gboolean
assay_reader_read (const AssayReaderFile *file, guint64 offset, void *out, gsize n_bytes, GError **error)
{
  guint8 *p = out;

  if (offset > file->size || n_bytes > file->size - offset)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "The file ends at byte %" G_GUINT64_FORMAT ", but %" G_GSIZE_FORMAT " bytes are needed at %" G_GUINT64_FORMAT,
                   file->size, n_bytes, offset);
      return FALSE;
    }
  while (n_bytes > 0)
    {
      gssize n = pread (file->fd, p, n_bytes, file->base + offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, "Reading at byte %" G_GUINT64_FORMAT " failed: %s", offset,
                       n < 0 ? g_strerror (errno) : "the file was cut short");
          return FALSE;
        }
      p += n;
      offset += n;
      n_bytes -= n;
    }
  return TRUE;
}

gboolean
assay_reader_write (const AssayReaderFile *file, guint64 offset, const void *data, gsize n_bytes, GError **error)
{
  const guint8 *p = data;

  while (n_bytes > 0)
    {
      gssize n = pwrite (file->fd, p, n_bytes, file->base + offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return assay_error_set_errno (error, n < 0 ? errno : ENOSPC, "Can’t write a temporary file");
      p += n;
      offset += n;
      n_bytes -= n;
    }
  return TRUE;
}
