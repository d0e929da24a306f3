/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "shards-note-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leftovers-private.h"

#define HEAD "assay: shards\n"

char *
assay_shard_dup_stem (const char *name)
{
  char *stem = g_strndup (name, strlen (name) - (g_str_has_suffix (name, ".safetensors") ? strlen (".safetensors") : 0));
  char *dot = strrchr (stem, '.');

  if (dot != NULL && dot[1] != '\0' && strspn (dot + 1, "0123456789") == strlen (dot + 1))
    *dot = '\0';
  return stem;
}

AssayReplacement *
assay_shards_note_new (const char *index, GPtrArray *names, GError **error)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autoptr (AssayReplacement) note = NULL;

  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) names->pdata[i]);
  note = assay_replacement_new (index, text->len, error);
  if (note == NULL || !assay_pwrite (assay_replacement_get_fd (note), 0, text->str, text->len, error))
    return NULL;
  if (fsync (assay_replacement_get_fd (note)) != 0)
    {
      assay_error_set_errno (error, errno, _ ("Can’t write beside the index"));
      return NULL;
    }
  return g_steal_pointer (&note);
}

/* Whether a file is one that a save of this model may have made, and that nobody needs. */
static gboolean
is_unused (const char *name, const char *index_text, AssayManifest *manifest)
{
  g_autofree char *stem = assay_shard_dup_stem (name);
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", name);
  gboolean         is_ours = FALSE;

  if (strchr (name, '/') != NULL || !g_str_has_suffix (name, ".safetensors") || (index_text != NULL && strstr (index_text, quoted) != NULL))
    return FALSE;
  for (guint32 i = 1; i < assay_manifest_get_n_files (manifest) && !is_ours; i++)
    {
      const char      *path = assay_file_get_path (assay_manifest_get_file (manifest, i));
      g_autofree char *base = path ? g_path_get_basename (path) : NULL;
      g_autofree char *own = base ? assay_shard_dup_stem (base) : NULL;

      is_ours = g_strcmp0 (own, stem) == 0;
    }
  return is_ours;
}

static void
redeem (const char *note, const char *index, const char *index_text, AssayManifest *manifest)
{
  g_autofree char *text = NULL, *folder = g_path_get_dirname (index);
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (note, &text, NULL, NULL) || !g_str_has_prefix (text, HEAD))
    return;
  lines = g_strsplit (text + strlen (HEAD), "\n", -1);
  /* A line that a kill has cut off has no end. */
  for (gsize i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    if (is_unused (lines[i], index_text, manifest))
      {
        g_autofree char *path = g_build_filename (folder, lines[i], NULL);

        g_unlink (path);
      }
}

void
assay_shards_note_redeem (const char *index, AssayManifest *manifest)
{
  g_autofree char *real = realpath (index, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) notes = assay_leftovers_list (real ? real : index);

  /* Without the index nobody knows what is used. */
  if (notes->len == 0 || (!g_file_get_contents (index, &text, NULL, NULL) && g_file_test (index, G_FILE_TEST_EXISTS)))
    return;
  for (guint i = 0; i < notes->len; i++)
    {
      redeem (notes->pdata[i], index, text, manifest);
      g_unlink (notes->pdata[i]);
    }
}
