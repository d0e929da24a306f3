/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "zip-source-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  int         in;
  guint64     size;
  guint64     position;
  gboolean    owns; /* the descriptor */
  int         out;  /* -1 for members */
  guint64     out_position;
  guint64     out_size;
  zip_error_t error;
} Content;

static zip_int64_t
fail (Content *self, int code)
{
  zip_error_set (&self->error, code, errno);
  return -1;
}

static zip_int64_t
content_read (Content *self, void *data, guint64 n)
{
  gssize got;

  n = MIN (n, self->size - MIN (self->position, self->size));
  if (n == 0)
    return 0;
  do
    got = pread (self->in, data, n, self->position);
  while (got < 0 && errno == EINTR);
  /* The length is known: an end before it is a failure. */
  if (got == 0)
    errno = EIO;
  if (got <= 0)
    return fail (self, ZIP_ER_READ);
  self->position += got;
  return got;
}

static zip_int64_t
content_write (Content *self, const guint8 *data, guint64 n)
{
  guint64 left = n;

  while (left > 0)
    {
      gssize done = pwrite (self->out, data, left, self->out_position);

      if (done < 0 && errno == EINTR)
        continue;
      if (done <= 0)
        return fail (self, ZIP_ER_WRITE);
      data += done;
      left -= done;
      self->out_position += done;
    }
  self->out_size = MAX (self->out_size, self->out_position);
  return n;
}

static zip_int64_t
content_seek (Content *self, guint64 *position, guint64 size, void *data, guint64 n)
{
  zip_int64_t wanted = zip_source_seek_compute_offset (*position, size, data, n, &self->error);

  if (wanted < 0)
    return -1;
  *position = wanted;
  return 0;
}

static zip_int64_t
content_stat (Content *self, void *data, guint64 n)
{
  zip_stat_t *st = data;

  if (n < sizeof *st)
    return fail (self, ZIP_ER_INVAL);
  zip_stat_init (st);
  st->size = self->size;
  st->valid = ZIP_STAT_SIZE;
  return sizeof *st;
}

static zip_int64_t
content_supports (Content *self)
{
  zip_int64_t reads = zip_source_make_command_bitmap (ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
                                                      ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
  zip_int64_t writes = zip_source_make_command_bitmap (ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
                                                       ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, -1);

  return self->out < 0 ? reads : reads | writes;
}

static void
content_free (Content *self)
{
  if (self->owns)
    close (self->in);
  zip_error_fini (&self->error);
  g_free (self);
}

static zip_int64_t
content_cb (void *state, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
  Content *self = state;

  switch (command)
    {
    case ZIP_SOURCE_OPEN:
      self->position = 0;
      return 0;
    case ZIP_SOURCE_READ:
      return content_read (self, data, n);
    case ZIP_SOURCE_SEEK:
      return content_seek (self, &self->position, self->size, data, n);
    case ZIP_SOURCE_TELL:
      return self->position;
    case ZIP_SOURCE_STAT:
      return content_stat (self, data, n);
    case ZIP_SOURCE_WRITE:
      return content_write (self, data, n);
    case ZIP_SOURCE_SEEK_WRITE:
      return content_seek (self, &self->out_position, self->out_size, data, n);
    case ZIP_SOURCE_TELL_WRITE:
      return self->out_position;
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_BEGIN_WRITE:
    case ZIP_SOURCE_COMMIT_WRITE:
    case ZIP_SOURCE_ROLLBACK_WRITE:
    case ZIP_SOURCE_REMOVE:
      return 0;
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data (&self->error, data, n);
    case ZIP_SOURCE_SUPPORTS:
      return content_supports (self);
    case ZIP_SOURCE_FREE:
      content_free (self);
      return 0;
    default:
      return fail (self, ZIP_ER_OPNOTSUPP);
    }
}

static Content *
content_new (int in, guint64 size, gboolean owns, int out)
{
  Content *self = g_new0 (Content, 1);

  self->in = in;
  self->size = size;
  self->owns = owns;
  self->out = out;
  zip_error_init (&self->error);
  return self;
}

AssayArchive *
assay_zip_file_open (int in, guint64 size, int out, GError **error)
{
  Content      *content = content_new (in, in < 0 ? 0 : size, FALSE, out);
  zip_error_t   reason;
  zip_source_t *source;
  zip_t        *archive = NULL;

  zip_error_init (&reason);
  source = zip_source_function_create (content_cb, content, &reason);
  if (source == NULL)
    content_free (content);
  else
    archive = zip_open_from_source (source, in < 0 ? ZIP_TRUNCATE | ZIP_CREATE : 0, &reason);
  if (archive == NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("The zip file can’t be opened: %s"), zip_error_strerror (&reason));
  if (archive == NULL && source != NULL)
    zip_source_free (source);
  zip_error_fini (&reason);
  return archive;
}

zip_source_t *
assay_zip_source_new_for_fd (AssayArchive *archive, int fd, GError **error)
{
  struct stat   st;
  Content      *content;
  zip_source_t *source;

  if (fstat (fd, &st) != 0)
    {
      assay_error_set_errno (error, errno, _ ("A member can’t be put back"));
      close (fd);
      return NULL;
    }
  content = content_new (fd, st.st_size, TRUE, -1);
  source = zip_source_function (archive, content_cb, content);
  if (source != NULL)
    return source;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("A member can’t be put back: %s"), zip_strerror (archive));
  content_free (content);
  return NULL;
}
