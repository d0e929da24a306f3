/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "inflate-private.h"

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <unistd.h>
#include <zlib.h>

#define PIECE (256u << 10)

int
assay_open_unlinked (GError **error)
{
  const char *const folders[] = { g_get_user_cache_dir (), "/var/tmp", g_get_tmp_dir () };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      int fd = open (folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

      if (fd >= 0)
        return fd;
    }
  assay_error_set_errno (error, errno, _ ("Can’t make a temporary file"));
  return -1;
}

static gboolean
write_all (int fd, const guint8 *data, gsize n_bytes, GError **error)
{
  while (n_bytes > 0)
    {
      gssize n = write (fd, data, n_bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return assay_error_set_errno (error, errno, _ ("Can’t write a temporary file"));
      data += n;
      n_bytes -= n;
    }
  return TRUE;
}

static gboolean
damaged (GError **error, guint64 n_out, guint64 inner_length)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
               _ ("A compressed member is damaged: it gives %" PRIu64 " bytes where %" PRIu64 " are needed"),
               n_out, inner_length);
  return FALSE;
}

static gboolean
inflate_pieces (z_stream *stream, AssayFile *file, guint64 offset, guint64 length, guint64 inner_length, int fd, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *in = g_malloc (PIECE), *out = g_malloc (PIECE);
  guint64            n_out = 0;
  int                status = Z_OK;

  while (status != Z_STREAM_END)
    {
      gsize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (stream->avail_in == 0 && length > 0)
        {
          n = MIN (length, PIECE);
          if (!assay_file_read (file, offset, in, n, error))
            return FALSE;
          stream->next_in = in;
          stream->avail_in = n;
          offset += n;
          length -= n;
        }
      stream->next_out = out;
      stream->avail_out = PIECE;
      status = inflate (stream, Z_NO_FLUSH);
      n = PIECE - stream->avail_out;
      n_out += n;
      if ((status != Z_OK && status != Z_STREAM_END) || n_out > inner_length || (n == 0 && status != Z_STREAM_END))
        return damaged (error, n_out, inner_length);
      if (!write_all (fd, out, n, error))
        return FALSE;
    }
  return n_out == inner_length || damaged (error, n_out, inner_length);
}

AssayFile *
assay_inflate_to_file (AssayFile    *file,
                       guint64       offset,
                       guint64       length,
                       guint64       inner_length,
                       GCancellable *cancellable,
                       GError      **error)
{
  z_stream stream = { 0 };
  int      fd = assay_open_unlinked (error);
  gboolean done;

  if (fd < 0)
    return NULL;
  if (inflateInit2 (&stream, -MAX_WBITS) != Z_OK)
    {
      close (fd);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("There is no memory to inflate a member"));
      return NULL;
    }
  done = inflate_pieces (&stream, file, offset, length, inner_length, fd, cancellable, error);
  inflateEnd (&stream);
  if (!done)
    {
      close (fd);
      return NULL;
    }
  return assay_file_new_for_fd (fd, NULL, error);
}
