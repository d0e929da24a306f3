/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening a model in the terminal, and finding things in it. */

#include "cli-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

AssayManifest *
cli_open (const char *path, const CliOptions *options, GError **error)
{
  g_autofree char *title = g_strdup_printf (_ ("Opening %s"), path);
  g_autoptr (AssayJob) job = cli_progress_new (title, options);
  g_autoptr (AssayReaderSession) session = assay_reader_session_new (path, error);
  AssayManifest *manifest;
  g_autoptr (GError) local_error = NULL;

  if (session == NULL)
    return NULL;
  manifest = assay_reader_session_get_manifest (session);
  for (;;)
    {
      AssayManifestFrame *frame = assay_reader_session_next (session, NULL, &local_error);

      if (frame == NULL)
        break;
      assay_manifest_append (manifest, frame);
      cli_progress_tick (job);
    }
  cli_progress_end (job);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  return g_object_ref (manifest);
}

/* Whether path ends with name, at the start of a part. */
static gboolean
ends_with_parts (const char *path, const char *name)
{
  gsize n_path = strlen (path), n_name = strlen (name);

  return n_name <= n_path && strcmp (path + n_path - n_name, name) == 0 &&
         (n_name == n_path || path[n_path - n_name - 1] == '/');
}

gboolean
cli_find_variable (AssayManifest *manifest, const char *file, const char *name, guint32 *index, GError **error)
{
  guint n_ends = 0;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, i);

      assay_manifest_get_variable (manifest, i, &variable);
      if (strcmp (variable.key, name) == 0 || strcmp (path, name) == 0)
        {
          *index = i;
          return TRUE;
        }
      if (ends_with_parts (path, name) || ends_with_parts (variable.key, name))
        {
          *index = i;
          n_ends++;
        }
    }
  if (n_ends == 1)
    return TRUE;
  if (n_ends == 0)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("There is no variable “%s” in “%s”"), name, file);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, _ ("%u variables of “%s” end with “%s”; name one of them in full"), n_ends, file, name);
  return FALSE;
}

gboolean
cli_matches (const char *pattern, const char *path)
{
  if (pattern == NULL)
    return TRUE;
  if (strpbrk (pattern, "*?") == NULL)
    return strstr (path, pattern) != NULL;
  return g_pattern_match_simple (pattern, path);
}

gboolean
cli_is_parameter (const AssayManifestVariable *variable)
{
  return (variable->flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN | ASSAY_FLAG_EMPTY)) == 0 &&
         assay_dtype_is_numeric (variable->dtype);
}

gboolean
cli_is_trainable (const AssayManifestVariable *variable)
{
  return (variable->flags & (ASSAY_FLAG_NON_TRAINABLE | ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN | ASSAY_FLAG_EMPTY)) == 0;
}
