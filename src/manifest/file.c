/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/file.h>

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* One pread takes at most so much, so that a kernel's limit of 2 GB is never met. */
#define MAX_READ (1u << 30)

struct _AssayFile
{
  GObject           parent_instance;
  int               fd;
  char             *path;
  AssayFileIdentity identity;
};

G_DEFINE_FINAL_TYPE (AssayFile, assay_file, G_TYPE_OBJECT)

static void
file_finalize (GObject *object)
{
  AssayFile *self = ASSAY_FILE (object);

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  G_OBJECT_CLASS (assay_file_parent_class)->finalize (object);
}

static void
assay_file_class_init (AssayFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = file_finalize;
}

static void
assay_file_init (AssayFile *self)
{
  self->fd = -1;
}

static void
identity_from_stat (AssayFileIdentity *identity, const struct stat *st)
{
  identity->device = st->st_dev;
  identity->inode = st->st_ino;
  identity->size = st->st_size;
  identity->mtime_ns = st->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + st->st_mtim.tv_nsec;
}

static const char *
display_name (AssayFile *self)
{
  return self->path ? self->path : _ ("a temporary file");
}

AssayFile *
assay_file_new_for_fd (int fd, const char *path, GError **error)
{
  g_autoptr (AssayFile) self = g_object_new (ASSAY_TYPE_FILE, NULL);
  struct stat st;

  self->fd = fd;
  self->path = g_strdup (path);
  if (fstat (fd, &st) != 0)
    {
      g_autofree char *what = g_strdup_printf (_ ("Can’t look at “%s”"), display_name (self));

      assay_error_set_errno (error, errno, what);
      return NULL;
    }
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is not a regular file"), display_name (self));
      return NULL;
    }
  identity_from_stat (&self->identity, &st);
  return g_steal_pointer (&self);
}

AssayFile *
assay_file_open (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      g_autofree char *what = g_strdup_printf (_ ("Can’t open “%s”"), path);

      assay_error_set_errno (error, errno, what);
      return NULL;
    }
  return assay_file_new_for_fd (fd, path, error);
}

int
assay_file_get_fd (AssayFile *self)
{
  g_return_val_if_fail (ASSAY_IS_FILE (self), -1);
  return self->fd;
}

const char *
assay_file_get_path (AssayFile *self)
{
  g_return_val_if_fail (ASSAY_IS_FILE (self), NULL);
  return self->path;
}

const AssayFileIdentity *
assay_file_get_identity (AssayFile *self)
{
  g_return_val_if_fail (ASSAY_IS_FILE (self), NULL);
  return &self->identity;
}

gboolean
assay_file_is_unchanged (AssayFile *self)
{
  AssayFileIdentity now;
  struct stat       st;

  g_return_val_if_fail (ASSAY_IS_FILE (self), FALSE);
  if (self->path == NULL)
    return TRUE;
  if (stat (self->path, &st) != 0)
    return FALSE;
  identity_from_stat (&now, &st);
  return now.device == self->identity.device && now.inode == self->identity.inode && now.size == self->identity.size &&
         now.mtime_ns == self->identity.mtime_ns;
}

gboolean
assay_file_read (AssayFile *self, guint64 offset, void *out, gsize n_bytes, GError **error)
{
  guint8 *p = out;

  g_return_val_if_fail (ASSAY_IS_FILE (self), FALSE);
  while (n_bytes > 0)
    {
      gssize n = pread (self->fd, p, MIN (n_bytes, MAX_READ), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_autofree char *what = g_strdup_printf (_ ("Can’t read “%s”"), display_name (self));

          return assay_error_set_errno (error, errno, what);
        }
      if (n == 0)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO,
                       _ ("“%s” ends at byte %" PRIu64 ", %zu bytes too early: it was cut short"),
                       display_name (self), offset, n_bytes);
          return FALSE;
        }
      p += n;
      offset += n;
      n_bytes -= n;
    }
  return TRUE;
}
