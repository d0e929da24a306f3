/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "replacement-private.h"

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "leftovers-private.h"

/* Pieces in which copying goes on, so that cancelling is quick and holes are seen. */
#define PIECE (8u << 20)

struct _AssayReplacement
{
  GObject  parent_instance;
  char    *target; /* with links resolved */
  char    *path;   /* of the temporary file; NULL once committed */
  int      fd;
  gboolean replaces;
  mode_t   mode;
  uid_t    owner;
  gid_t    group;
};

G_DEFINE_FINAL_TYPE (AssayReplacement, assay_replacement, G_TYPE_OBJECT)

static void
replacement_finalize (GObject *object)
{
  AssayReplacement *self = ASSAY_REPLACEMENT (object);

  if (self->fd >= 0)
    close (self->fd);
  if (self->path != NULL)
    unlink (self->path);
  g_free (self->path);
  g_free (self->target);
  G_OBJECT_CLASS (assay_replacement_parent_class)->finalize (object);
}

static void
assay_replacement_class_init (AssayReplacementClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = replacement_finalize;
}

static void
assay_replacement_init (AssayReplacement *self)
{
  self->fd = -1;
}

static gboolean
fail (GError **error, const char *format, const char *path)
{
  int              saved_errno = errno;
  g_autofree char *what = g_strdup_printf (format, path);

  return assay_error_set_errno (error, saved_errno, what);
}

/* Where the bytes go: a link's target, even if that isn't there yet. */
static char *
resolve (const char *path)
{
  g_autofree char *resolved = realpath (path, NULL);
  g_autofree char *folder = NULL, *real_folder = NULL, *base = NULL;

  if (resolved != NULL)
    return g_strdup (resolved);
  folder = g_path_get_dirname (path);
  base = g_path_get_basename (path);
  real_folder = realpath (folder, NULL);
  return g_build_filename (real_folder ? real_folder : folder, base, NULL);
}

static gboolean
look_at_target (AssayReplacement *self, GError **error)
{
  struct stat st;

  self->replaces = stat (self->target, &st) == 0;
  if (!self->replaces)
    return errno == ENOENT || fail (error, _ ("Can’t look at “%s”"), self->target);
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is not a regular file, and isn’t replaced"), self->target);
      return FALSE;
    }
  self->mode = st.st_mode & 07777;
  self->owner = st.st_uid;
  self->group = st.st_gid;
  return TRUE;
}

static gboolean
check_space (const char *folder, guint64 size_bytes, GError **error)
{
  struct statvfs vfs;
  guint64        room;

  if (statvfs (folder, &vfs) != 0)
    return fail (error, _ ("Can’t look at “%s”"), folder);
  room = (guint64) vfs.f_bavail * vfs.f_frsize;
  if (room >= size_bytes)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NO_SPACE,
               _ ("There is too little room in “%s”: %" PRIu64 " bytes are needed, %" PRIu64 " are free"), folder, size_bytes, room);
  return FALSE;
}

/* Makes the temporary file and locks it, so that nobody takes it for one that is left. */
static gboolean
make_file (AssayReplacement *self)
{
  g_autofree char *temporary = assay_leftovers_dup_template (self->target);
  struct stat      st;

  self->fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return FALSE;
  self->path = g_steal_pointer (&temporary);
  /* Who looks for files that are left may have been quicker; then it is deleted by now. */
  if (flock (self->fd, LOCK_EX) != 0 || fstat (self->fd, &st) != 0 || st.st_nlink > 0)
    return TRUE;
  close (self->fd);
  g_clear_pointer (&self->path, g_free);
  return make_file (self);
}

AssayReplacement *
assay_replacement_new (const char *path, guint64 size_bytes, GError **error)
{
  g_autoptr (AssayReplacement) self = g_object_new (ASSAY_TYPE_REPLACEMENT, NULL);
  g_autofree char *folder = NULL;

  self->target = resolve (path);
  folder = g_path_get_dirname (self->target);
  assay_leftovers_remove (self->target);
  if (!look_at_target (self, error) || !check_space (folder, size_bytes, error))
    return NULL;
  if (!make_file (self))
    {
      fail (error, _ ("Can’t write beside “%s”"), self->target);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
assay_replacement_take_mode (AssayReplacement *self, AssayFile *file, GError **error)
{
  struct stat st;

  if (fstat (assay_file_get_fd (file), &st) != 0)
    return fail (error, _ ("Can’t look at “%s”"), assay_file_get_path (file));
  self->replaces = TRUE;
  self->mode = st.st_mode & 07777;
  self->owner = st.st_uid;
  self->group = st.st_gid;
  return TRUE;
}

int
assay_replacement_get_fd (AssayReplacement *self)
{
  return self->fd;
}

const char *
assay_replacement_get_path (AssayReplacement *self)
{
  return self->path;
}

gboolean
assay_pwrite (int fd, guint64 offset, const void *data, gsize n_bytes, GError **error)
{
  const guint8 *p = data;

  while (n_bytes > 0)
    {
      gssize n = pwrite (fd, p, MIN (n_bytes, 1u << 30), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return assay_error_set_errno (error, n < 0 ? errno : ENOSPC, _ ("Can’t write the new file"));
      p += n;
      offset += n;
      n_bytes -= n;
    }
  return TRUE;
}

/* By reading and writing, where the kernel can't copy between these two. */
static gboolean
copy_by_hand (int from, int to, guint64 offset, guint64 length, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (1u << 20);

  while (length > 0)
    {
      gssize n = pread (from, buffer, MIN (length, 1u << 20), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return assay_error_set_errno (error, n < 0 ? errno : EIO, _ ("Can’t read the old file"));
      if (!assay_pwrite (to, offset, buffer, n, error))
        return FALSE;
      offset += n;
      length -= n;
    }
  return TRUE;
}

static gboolean
copy_piece (int from, int to, guint64 offset, guint64 length, GError **error)
{
  while (length > 0)
    {
      loff_t in = offset, out = offset;
      gssize n = copy_file_range (from, &in, to, &out, length, 0);

      if (n < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
        return copy_by_hand (from, to, offset, length, error);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return assay_error_set_errno (error, errno, _ ("Can’t copy the old file"));
      if (n == 0)
        return copy_by_hand (from, to, offset, length, error);
      offset += n;
      length -= n;
    }
  return TRUE;
}

/* Data between holes, in pieces. */
static gboolean
copy_data (int from, int to, guint64 size, AssayJob *job, GError **error)
{
  guint64 offset = 0;

  while (offset < size)
    {
      off_t   data = lseek (from, offset, SEEK_DATA);
      off_t   hole;
      guint64 end;

      if (data < 0 && errno == ENXIO)
        return TRUE;
      if (data < 0)
        data = offset;
      hole = lseek (from, data, SEEK_HOLE);
      end = hole < 0 ? size : MIN ((guint64) hole, size);
      for (offset = data; offset < end; offset += MIN (PIECE, end - offset))
        {
          if (assay_job_is_cancelled (job, error) || !copy_piece (from, to, offset, MIN (PIECE, end - offset), error))
            return FALSE;
          assay_job_set_fraction (job, 0.5 * offset / size);
        }
    }
  return TRUE;
}

gboolean
assay_replacement_copy (AssayReplacement *self, AssayFile *file, AssayJob *job, GError **error)
{
  int     from = assay_file_get_fd (file);
  guint64 size = assay_file_get_identity (file)->size;

  if (ioctl (self->fd, FICLONE, from) == 0)
    return TRUE;
  if (ftruncate (self->fd, size) != 0)
    return fail (error, _ ("Can’t write beside “%s”"), self->target);
  return copy_data (from, self->fd, size, job, error);
}

static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean         done;

  if (fd < 0)
    return fail (error, _ ("The new file is in “%s”, but the disk didn’t confirm it"), folder);
  /* Some file systems can't sync folders; the rename is done all the same. */
  done = fsync (fd) == 0 || errno == EINVAL || errno == ENOTSUP || fail (error, _ ("The new file is in “%s”, but the disk didn’t confirm it"), folder);
  close (fd);
  return done;
}

static gboolean
take_rights (AssayReplacement *self, GError **error)
{
  mode_t mask;

  if (!self->replaces)
    {
      mask = umask (0);
      umask (mask);
      self->mode = 0666 & ~mask;
    }
  else if ((self->owner != geteuid () || self->group != getegid ()) && fchown (self->fd, self->owner, self->group) != 0)
    {
      /* Who may write a file needn't be able to give it away; the group alone may still go. */
      if (fchown (self->fd, -1, self->group) != 0)
        self->mode &= ~(mode_t) 06000;
    }
  return fchmod (self->fd, self->mode) == 0 || fail (error, _ ("Can’t set the mode of “%s”"), self->target);
}

gboolean
assay_replacement_commit (AssayReplacement *self, GError **error)
{
  if (!take_rights (self, error))
    return FALSE;
  if (fsync (self->fd) != 0)
    return fail (error, _ ("Can’t write “%s” to the disk"), self->target);
  if (rename (self->path, self->target) != 0)
    return fail (error, _ ("Can’t replace “%s”"), self->target);
  g_clear_pointer (&self->path, g_free);
  /* libhdf5 and others won't open a file that is locked; a helper may have the descriptor a moment longer than we. */
  flock (self->fd, LOCK_UN);
  return sync_folder (self->target, error);
}

gboolean
assay_replacement_is_in_place (AssayReplacement *self)
{
  return self->path == NULL;
}

void
assay_replacement_leave (AssayReplacement *self)
{
  g_clear_pointer (&self->path, g_free);
}
