/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is in the members of a zip archive: piece by piece, never more than a member says that it has. */

#include <assay/error.h>
#include <string.h>
#include <zlib.h>

#include "zip-private.h"

#define PIECE (256u << 10)

/* Takes the next piece of content; FALSE ends the walk, with an error or because enough was seen. */
typedef gboolean (*PieceFunc) (const guint8 *data, gsize n, gpointer user_data, GError **error);

static gboolean
damaged (const AssayZipMember *member, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The compressed stream of “%s” is damaged", member->name);
  return FALSE;
}

static gboolean
is_readable (const AssayZipMember *member, GError **error)
{
  if (member->reason == NULL)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "“%s” can’t be read: %s", member->name, member->reason);
  return FALSE;
}

static gboolean
walk_stored (const AssayReaderFile *file, const AssayZipMember *member, PieceFunc take, gpointer user_data, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  for (guint64 at = 0; at < member->size;)
    {
      gsize n = MIN (member->size - at, PIECE);

      if (!assay_reader_read (file, member->offset + at, piece, n, error) || !take (piece, n, user_data, error))
        return FALSE;
      at += n;
    }
  return TRUE;
}

/* Inflates until the stream ends or nothing more is wanted. It must give exactly what the member says. */
static gboolean
inflate_pieces (z_stream *stream, const AssayReaderFile *file, const AssayZipMember *member, PieceFunc take, gpointer user_data, GError **error)
{
  g_autofree guint8 *in = g_malloc (PIECE), *out = g_malloc (PIECE);
  guint64            n_in = 0, n_out = 0;
  int                status = Z_OK;

  while (status != Z_STREAM_END)
    {
      gsize n;

      if (stream->avail_in == 0 && n_in < member->stored_size)
        {
          n = MIN (member->stored_size - n_in, PIECE);
          if (!assay_reader_read (file, member->offset + n_in, in, n, error))
            return FALSE;
          stream->next_in = in;
          stream->avail_in = n;
          n_in += n;
        }
      stream->next_out = out;
      stream->avail_out = PIECE;
      status = inflate (stream, Z_NO_FLUSH);
      n = PIECE - stream->avail_out;
      n_out += n;
      if ((status != Z_OK && status != Z_STREAM_END) || n_out > member->size || (n == 0 && status != Z_STREAM_END))
        return damaged (member, error);
      if (n > 0 && !take (out, n, user_data, error))
        return FALSE;
    }
  return n_out == member->size || damaged (member, error);
}

static gboolean
walk (const AssayZip *zip, const AssayZipMember *member, PieceFunc take, gpointer user_data, GError **error)
{
  z_stream stream = { 0 };
  gboolean done;

  if (!is_readable (member, error))
    return FALSE;
  if (member->method == ASSAY_ZIP_STORED)
    return walk_stored (assay_zip_get_file (zip), member, take, user_data, error);
  if (inflateInit2 (&stream, -MAX_WBITS) != Z_OK)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "There is no memory to inflate “%s”", member->name);
      return FALSE;
    }
  done = inflate_pieces (&stream, assay_zip_get_file (zip), member, take, user_data, error);
  inflateEnd (&stream);
  return done;
}

/* Room that is being filled. */
typedef struct
{
  guint8 *out;
  gsize   n;
  gsize   max;
} Room;

static gboolean
take_start (const guint8 *data, gsize n, gpointer user_data, GError **error)
{
  Room *room = user_data;

  n = MIN (n, room->max - room->n);
  memcpy (room->out + room->n, data, n);
  room->n += n;
  return room->n < room->max;
}

gboolean
assay_zip_read_start (const AssayZip *self, const AssayZipMember *member, void *out, gsize n_bytes, gsize *n_read, GError **error)
{
  Room room = { out, 0, n_bytes };
  g_autoptr (GError) reason = NULL;

  *n_read = 0;
  if (n_bytes == 0)
    return is_readable (member, error);
  if (!walk (self, member, take_start, &room, &reason) && reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  *n_read = room.n;
  return TRUE;
}

/* A checksum that is being made, and where the content goes meanwhile. */
typedef struct
{
  uLong                  crc;
  guint8                *memory; /* nullable */
  const AssayReaderFile *file;   /* nullable */
  guint64                n;
} Check;

static gboolean
take_checked (const guint8 *data, gsize n, gpointer user_data, GError **error)
{
  Check *check = user_data;

  check->crc = crc32_z (check->crc, data, n);
  if (check->memory != NULL)
    memcpy (check->memory + check->n, data, n);
  if (check->file != NULL && !assay_reader_write (check->file, check->n, data, n, error))
    return FALSE;
  check->n += n;
  return TRUE;
}

static gboolean
walk_checked (const AssayZip *self, const AssayZipMember *member, Check *check, GError **error)
{
  check->crc = crc32_z (0, NULL, 0);
  if (!walk (self, member, take_checked, check, error))
    return FALSE;
  if (check->crc == member->crc)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The checksum of “%s” is wrong: stored %08x, calculated %08lx", member->name, member->crc,
               check->crc);
  return FALSE;
}

GBytes *
assay_zip_read_all (const AssayZip *self, const AssayZipMember *member, gsize max, GError **error)
{
  g_autofree guint8 *memory = NULL;
  Check              check = { 0 };

  if (member->size > max)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” has %" G_GUINT64_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are read",
                   member->name, member->size, max);
      return NULL;
    }
  check.memory = memory = g_malloc (member->size + 1);
  if (!walk_checked (self, member, &check, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&memory), check.n);
}

gboolean
assay_zip_extract (const AssayZip *self, AssayReaderContext *context, const AssayZipMember *member, AssayReaderFile *out, GError **error)
{
  Check check = { .file = out };

  if (!is_readable (member, error) || !assay_reader_open_scratch (context, member->size, out, error))
    return FALSE;
  if (!walk_checked (self, member, &check, error))
    return FALSE;
  out->size = check.n;
  return TRUE;
}

gboolean
assay_zip_check (const AssayZip *self, const AssayZipMember *member, GError **error)
{
  Check check = { 0 };

  return walk_checked (self, member, &check, error);
}
