/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening other files of the same model, and no others. */

#include "locate-private.h"

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
refuse (GError **error, const char *name, const char *why)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, _ ("The model asks for the file “%s”, which is refused: %s"), name, why);
  return FALSE;
}

static gboolean
check_name (const char *name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  if (g_path_is_absolute (name))
    return refuse (error, name, _ ("it isn’t below the model’s folder"));
  for (gsize i = 0; parts[i]; i++)
    {
      if (strcmp (parts[i], "..") == 0)
        return refuse (error, name, _ ("it isn’t below the model’s folder"));
      if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strchr (parts[i], '\\'))
        return refuse (error, name, _ ("it isn’t a plain name"));
    }
  return TRUE;
}

/* The part of a cache's path before "/snapshots/…", if it is one: ".../models--owner--name". */
static char *
cache_root (const char *folder)
{
  const char *snapshots = strstr (folder, "/snapshots/");

  for (const char *next = snapshots; next != NULL; next = strstr (next + 1, "/snapshots/"))
    snapshots = next;
  return snapshots ? g_strndup (folder, snapshots - folder) : NULL;
}

/* Whether where a link leads is below the folder, or in the blobs of the same model of a cache. */
static gboolean
is_allowed_target (const char *folder, const char *target)
{
  g_autofree char *real_folder = realpath (folder, NULL);
  g_autofree char *below = real_folder ? g_strconcat (real_folder, "/", NULL) : NULL;
  g_autofree char *root = real_folder ? cache_root (real_folder) : NULL;
  g_autofree char *blobs = root ? g_strconcat (root, "/blobs/", NULL) : NULL;

  return (below && g_str_has_prefix (target, below)) || (blobs && g_str_has_prefix (target, blobs));
}

/* The one name above the file's folder: the graph that belongs to the variables of a SavedModel. */
static gboolean
is_graph_of_variables (const char *main_path, const char *name)
{
  return strcmp (name, "../saved_model.pb") == 0 && g_str_has_suffix (main_path, "variables/variables.index");
}

int
assay_open_sibling (const char *main_path, const char *wanted, GError **error)
{
  gboolean         above = is_graph_of_variables (main_path, wanted);
  const char      *name = above ? "saved_model.pb" : wanted;
  g_autofree char *own_folder = g_path_get_dirname (main_path);
  g_autofree char *folder = above ? g_path_get_dirname (own_folder) : g_strdup (own_folder);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *target = NULL;
  struct stat      st;
  int              fd;

  if (!check_name (name, error))
    return -1;
  target = realpath (path, NULL);
  if (target == NULL)
    {
      g_autofree char *what = g_strdup_printf (_ ("Can’t open “%s”"), name);

      assay_error_set_errno (error, errno, what);
      return -1;
    }
  if (!is_allowed_target (folder, target))
    {
      refuse (error, name, _ ("it is a link out of the model’s folder"));
      return -1;
    }
  /* The resolved path: a link that is exchanged meanwhile isn't followed. */
  fd = open (target, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  if (fd >= 0 && fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    return fd;
  if (fd >= 0)
    {
      close (fd);
      refuse (error, name, _ ("it isn’t a regular file"));
    }
  else
    {
      g_autofree char *what = g_strdup_printf (_ ("Can’t open “%s”"), name);

      assay_error_set_errno (error, errno, what);
    }
  return -1;
}

gboolean
assay_is_in_model_cache (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *absolute = realpath (folder, NULL);
  g_autofree char *root = absolute ? cache_root (absolute) : NULL;
  g_autofree char *blobs = root ? g_build_filename (root, "blobs", NULL) : NULL;

  return blobs != NULL && g_file_test (blobs, G_FILE_TEST_IS_DIR);
}
