/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model in several safetensors files with an index. */

#include "save-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* The numbers of the files that edits concern, each once, rising. */
static GArray *
list_files (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 file = 1; file < assay_manifest_get_n_files (manifest); file++)
    for (guint i = 0; i < n_edits; i++)
      {
        AssayLayout layout;

        assay_manifest_get_layout (manifest, edits[i].variable, &layout);
        if (layout.file == file)
          {
            g_array_append_val (files, file);
            break;
          }
      }
  return files;
}

static AssayReplacement *
write_shard (AssayManifest *manifest, guint32 number, const AssaySaveEdit *edits, guint n_edits, const char *path, AssayJob *job, GError **error)
{
  AssayFile *file = assay_manifest_get_file (manifest, number);
  g_autoptr (AssayReplacement) replacement = assay_replacement_new (path, assay_file_get_identity (file)->size, error);

  if (replacement == NULL || !assay_replacement_copy (replacement, file, job, error) ||
      !assay_save_extents (assay_replacement_get_fd (replacement), manifest, number, edits, n_edits, job, error) ||
      assay_job_is_cancelled (job, error))
    return NULL;
  return g_steal_pointer (&replacement);
}

/* A name for a new shard that no file has: "model-00001-of-00002.2.safetensors". */
static char *
new_name (const char *folder, const char *name)
{
  const char      *suffix = g_str_has_suffix (name, ".safetensors") ? ".safetensors" : "";
  g_autofree char *stem = g_strndup (name, strlen (name) - strlen (suffix));
  char            *dot = strrchr (stem, '.');

  /* A number that an earlier save has added is replaced. */
  if (dot != NULL && dot[1] != '\0' && strspn (dot + 1, "0123456789") == strlen (dot + 1))
    *dot = '\0';
  for (guint i = 2;; i++)
    {
      char            *candidate = g_strdup_printf ("%s.%u%s", stem, i, suffix);
      g_autofree char *path = g_build_filename (folder, candidate, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return candidate;
      g_free (candidate);
    }
}

/* Replaces the values "old" of the index's map by "new"; a name stands there as a JSON string behind a colon. */
static char *
rename_in_index (const char *text, const char *old, const char *new)
{
  g_autofree char *quoted = g_regex_escape_string (old, -1);
  g_autofree char *pattern = g_strdup_printf (":(\\s*)\"%s\"", quoted);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autofree char *escaped = g_strdup_printf (":\\1\"%s\"", new);

  return g_regex_replace (regex, text, -1, 0, escaped, 0, NULL);
}

static gboolean
write_index (AssayManifest *manifest, const char *path, GPtrArray *old_names, GPtrArray *new_names, GError **error)
{
  AssayFile       *file = assay_manifest_get_file (manifest, 0);
  guint64          size = assay_file_get_identity (file)->size;
  g_autofree char *text = g_malloc0 (size + 1);
  g_autoptr (AssayReplacement) replacement = NULL;

  if (!assay_file_read (file, 0, text, size, error))
    return FALSE;
  for (guint i = 0; i < old_names->len; i++)
    {
      char *renamed = rename_in_index (text, old_names->pdata[i], new_names->pdata[i]);

      g_free (text);
      text = renamed;
    }
  replacement = assay_replacement_new (path, strlen (text), error);
  return replacement != NULL && assay_pwrite (assay_replacement_get_fd (replacement), 0, text, strlen (text), error) &&
         assay_replacement_commit (replacement, error);
}

/* Several shards: new files with new names, the index as the one commit, then the old files go. */
static gboolean
save_several (AssayManifest *manifest, GArray *files, const AssaySaveEdit *edits, guint n_edits, AssayJob *job, GError **error)
{
  const char      *index = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  g_autofree char *folder = g_path_get_dirname (index);
  g_autoptr (GPtrArray) old_names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) new_names = g_ptr_array_new_with_free_func (g_free);
  gboolean done = TRUE;

  for (guint i = 0; i < files->len && done; i++)
    {
      guint32          number = g_array_index (files, guint32, i);
      char            *old_name = g_path_get_basename (assay_file_get_path (assay_manifest_get_file (manifest, number)));
      char            *name = new_name (folder, old_name);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (AssayReplacement) shard = write_shard (manifest, number, edits, n_edits, path, job, error);

      done = shard != NULL && assay_replacement_commit (shard, error);
      if (!done)
        {
          g_free (old_name);
          g_free (name);
          break;
        }
      g_ptr_array_add (old_names, old_name);
      g_ptr_array_add (new_names, name);
    }
  done = done && write_index (manifest, index, old_names, new_names, error);
  /* What isn't used goes: the old shards after the commit, the new ones without it. */
  for (guint i = 0; i < old_names->len; i++)
    {
      g_autofree char *unused = g_build_filename (folder, done ? old_names->pdata[i] : new_names->pdata[i], NULL);

      unlink (unused);
    }
  return done;
}

/* All shards and the index under the same names in another folder; the index comes last. */
static gboolean
save_elsewhere (AssayManifest *manifest, const char *path, const AssaySaveEdit *edits, guint n_edits, AssayJob *job, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  for (guint32 i = 1; i < assay_manifest_get_n_files (manifest); i++)
    {
      g_autofree char *base = g_path_get_basename (assay_file_get_path (assay_manifest_get_file (manifest, i)));
      g_autofree char *shard_path = g_build_filename (folder, base, NULL);
      g_autoptr (AssayReplacement) shard = NULL;

      if (g_file_test (shard_path, G_FILE_TEST_EXISTS))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is there already; choose an empty folder"), shard_path);
          return FALSE;
        }
      shard = write_shard (manifest, i, edits, n_edits, shard_path, job, error);
      if (shard == NULL || !assay_replacement_commit (shard, error))
        return FALSE;
    }
  return write_index (manifest, path, nothing, nothing, error);
}

gboolean
assay_save_shards (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, AssayJob *job, GError **error)
{
  g_autoptr (GArray) files = list_files (manifest, edits, n_edits);
  g_autoptr (AssayReplacement) shard = NULL;
  const char *shard_path;

  if (path != NULL)
    return save_elsewhere (manifest, path, edits, n_edits, job, error);
  if (files->len == 0)
    return TRUE;
  if (files->len > 1)
    return save_several (manifest, files, edits, n_edits, job, error);
  shard_path = assay_file_get_path (assay_manifest_get_file (manifest, g_array_index (files, guint32, 0)));
  shard = write_shard (manifest, g_array_index (files, guint32, 0), edits, n_edits, shard_path, job, error);
  return shard != NULL && assay_replacement_commit (shard, error);
}
