/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model in several safetensors files with an index. */

#include "save-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "shards-note-private.h"

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

  if (replacement == NULL || !assay_replacement_take_mode (replacement, file, error) || !assay_replacement_copy (replacement, file, job, error) ||
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
  g_autofree char *stem = assay_shard_dup_stem (name);

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

/* Writes the index with other names for some shards; *in_place says whether that is done even if it fails later. */
static gboolean
write_index (AssayManifest *manifest, const char *path, GPtrArray *old_names, GPtrArray *new_names, gboolean *in_place, GError **error)
{
  AssayFile       *file = assay_manifest_get_file (manifest, 0);
  guint64          size = assay_file_get_identity (file)->size;
  g_autofree char *text = g_malloc0 (size + 1);
  g_autoptr (AssayReplacement) replacement = NULL;
  gboolean done;

  if (!assay_file_read (file, 0, text, size, error))
    return FALSE;
  for (guint i = 0; i < old_names->len; i++)
    {
      char *renamed = rename_in_index (text, old_names->pdata[i], new_names->pdata[i]);

      g_free (text);
      text = renamed;
    }
  replacement = assay_replacement_new (path, strlen (text), error);
  done = replacement != NULL && assay_pwrite (assay_replacement_get_fd (replacement), 0, text, strlen (text), error) &&
         assay_replacement_commit (replacement, error);
  *in_place = replacement != NULL && assay_replacement_is_in_place (replacement);
  return done;
}

/* Whether none of some files is there any more. */
static gboolean
unlink_all (const char *folder, GPtrArray *names)
{
  gboolean done = TRUE;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      if (unlink (path) != 0 && errno != ENOENT)
        done = FALSE;
    }
  return done;
}

/* Old and new names of the shards of some files. */
static void
name_shards (AssayManifest *manifest, GArray *files, const char *folder, GPtrArray *old_names, GPtrArray *new_names)
{
  for (guint i = 0; i < files->len; i++)
    {
      AssayFile *file = assay_manifest_get_file (manifest, g_array_index (files, guint32, i));
      char      *old_name = g_path_get_basename (assay_file_get_path (file));

      g_ptr_array_add (old_names, old_name);
      g_ptr_array_add (new_names, new_name (folder, old_name));
    }
}

/* Writes shards under new names. */
static gboolean
write_shards (AssayManifest       *manifest,
              GArray              *files,
              const char          *folder,
              GPtrArray           *names,
              const AssaySaveEdit *edits,
              guint                n_edits,
              AssayJob            *job,
              GError             **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autoptr (AssayReplacement) shard = write_shard (manifest, g_array_index (files, guint32, i), edits, n_edits, path, job, error);

      if (shard == NULL || !assay_replacement_commit (shard, error))
        return FALSE;
    }
  return TRUE;
}

/* A note of both sets of names, so that the next save can tell what a kill has left. */
static AssayReplacement *
note_names (const char *index, GPtrArray *old_names, GPtrArray *new_names, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_extend (names, old_names, NULL, NULL);
  g_ptr_array_extend (names, new_names, NULL, NULL);
  return assay_shards_note_new (index, names, error);
}

/* Several shards: new files with new names, the index as the one commit, then the old files go. */
static gboolean
save_several (AssayManifest *manifest, GArray *files, const AssaySaveEdit *edits, guint n_edits, AssayJob *job, GError **error)
{
  const char      *index = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  g_autofree char *folder = g_path_get_dirname (index);
  g_autoptr (GPtrArray) old_names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) new_names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AssayReplacement) note = NULL;
  gboolean done, in_place = FALSE;

  name_shards (manifest, files, folder, old_names, new_names);
  note = note_names (index, old_names, new_names, error);
  if (note == NULL)
    return FALSE;
  done = write_shards (manifest, files, folder, new_names, edits, n_edits, job, error) &&
         write_index (manifest, index, old_names, new_names, &in_place, error);
  /* Until the disk has confirmed the new index, both may be needed. What is left, the note tells the next save. */
  if ((in_place && !done) || !unlink_all (folder, done ? old_names : new_names))
    assay_replacement_leave (note);
  return done;
}

/* All shards and the index under the same names in another folder; the index comes last. */
static gboolean
save_elsewhere (AssayManifest *manifest, const char *path, const AssaySaveEdit *edits, guint n_edits, AssayJob *job, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AssayReplacement) note = NULL;
  gboolean done, in_place = FALSE;

  for (guint32 i = 1; i < assay_manifest_get_n_files (manifest); i++)
    {
      char            *base = g_path_get_basename (assay_file_get_path (assay_manifest_get_file (manifest, i)));
      g_autofree char *shard_path = g_build_filename (folder, base, NULL);

      g_array_append_val (files, i);
      g_ptr_array_add (names, base);
      if (g_file_test (shard_path, G_FILE_TEST_EXISTS))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” is there already; choose an empty folder"), shard_path);
          return FALSE;
        }
    }
  note = note_names (path, nothing, names, error);
  if (note == NULL)
    return FALSE;
  done = write_shards (manifest, files, folder, names, edits, n_edits, job, error) &&
         write_index (manifest, path, nothing, nothing, &in_place, error);
  if (!done && !in_place && !unlink_all (folder, names))
    assay_replacement_leave (note);
  return done;
}

gboolean
assay_save_shards (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, AssayJob *job, GError **error)
{
  g_autoptr (GArray) files = list_files (manifest, edits, n_edits);
  g_autoptr (AssayReplacement) shard = NULL;
  const char *shard_path;

  assay_shards_note_redeem (path ? path : assay_file_get_path (assay_manifest_get_file (manifest, 0)), manifest);
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
