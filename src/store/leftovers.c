/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "leftovers-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define N_RANDOM 6

char *
assay_leftovers_dup_template (const char *target)
{
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *base = g_path_get_basename (target);

  return g_strdup_printf ("%s/.%.200s.assay-XXXXXX", folder, base);
}

/* Whether nobody writes a temporary file: it can be locked, or isn't there. */
static gboolean
is_free (const char *path)
{
  int      fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  gboolean result;

  /* It may have the mode of a file that is read-only. */
  if (fd < 0 && errno == EACCES)
    fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  result = fd < 0 ? errno == ENOENT : flock (fd, LOCK_EX | LOCK_NB) == 0;
  if (fd >= 0)
    close (fd);
  return result;
}

GPtrArray *
assay_leftovers_list (const char *target)
{
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *template = assay_leftovers_dup_template (target);
  const char *prefix = strrchr (template, '/') + 1;
  gsize       n_prefix = strlen (prefix) - N_RANDOM;
  GPtrArray  *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *own = NULL;

      if (strncmp (name, prefix, n_prefix) != 0 || strlen (name) < n_prefix + N_RANDOM)
        continue;
      own = g_strdup_printf ("%s/%.*s", folder, (int) n_prefix + N_RANDOM, name);
      if (is_free (own))
        g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  return paths;
}

void
assay_leftovers_remove (const char *target)
{
  g_autoptr (GPtrArray) paths = assay_leftovers_list (target);

  for (guint i = 0; i < paths->len; i++)
    g_unlink (paths->pdata[i]);
}
