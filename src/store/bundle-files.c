/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The note is "assay: data files" NEWLINE, then names of files in the same folder, a line each; a temporary file of the index. */

#include "bundle-files-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leftovers-private.h"

#define HEAD "assay: data files\n"
#define SUFFIX ".index"
#define MAX_FILES 100000

static char *
dup_prefix (const char *index)
{
  return g_strndup (index, strlen (index) - (g_str_has_suffix (index, SUFFIX) ? strlen (SUFFIX) : 0));
}

/* Five digits or more. */
static gboolean
take_number (const char **p, guint *number)
{
  char   *end;
  guint64 value = g_ascii_isdigit (**p) ? g_ascii_strtoull (*p, &end, 10) : 0;

  if (!g_ascii_isdigit (**p) || end - *p < 5 || value > MAX_FILES)
    return FALSE;
  *p = end;
  *number = value;
  return TRUE;
}

/* Takes the name of a data file of the checkpoint whose prefix is @prefix apart. */
static gboolean
parse_name (const char *name, const char *prefix, guint *shard, guint *n)
{
  const char *p = g_str_has_prefix (name, prefix) ? name + strlen (prefix) : NULL;

  if (p == NULL || !g_str_has_prefix (p, ".data-"))
    return FALSE;
  p += strlen (".data-");
  if (!take_number (&p, shard) || !g_str_has_prefix (p, "-of-"))
    return FALSE;
  p += strlen ("-of-");
  return take_number (&p, n) && *p == '\0';
}

static gboolean
parse_file (AssayManifest *manifest, guint32 file, guint *shard, guint *n)
{
  const char      *index = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  const char      *path = assay_file_get_path (assay_manifest_get_file (manifest, file));
  g_autofree char *index_base = index ? g_path_get_basename (index) : NULL;
  g_autofree char *prefix = index_base ? dup_prefix (index_base) : NULL;
  g_autofree char *base = path ? g_path_get_basename (path) : NULL;

  return prefix != NULL && base != NULL && parse_name (base, prefix, shard, n);
}

char *
assay_bundle_dup_data_path (const char *index, guint shard, guint n)
{
  g_autofree char *prefix = dup_prefix (index);

  return g_strdup_printf ("%s.data-%05u-of-%05u", prefix, shard, n);
}

guint
assay_bundle_count_files (AssayManifest *manifest)
{
  guint shard, n;

  for (guint32 i = 1; i < assay_manifest_get_n_files (manifest); i++)
    if (parse_file (manifest, i, &shard, &n))
      return n;
  return 0;
}

gboolean
assay_bundle_find_shard (AssayManifest *manifest, guint32 file, guint *shard)
{
  guint n;

  return file > 0 && file < assay_manifest_get_n_files (manifest) && parse_file (manifest, file, shard, &n) && *shard < n;
}

gboolean
assay_bundle_count_old (const char *index, guint *n_old, GError **error)
{
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (GError) reason = NULL;

  *n_old = 0;
  if (!g_file_test (index, G_FILE_TEST_EXISTS))
    return TRUE;
  manifest = assay_manifest_load (index, NULL, &reason);
  if (manifest != NULL)
    *n_old = assay_bundle_count_files (manifest);
  else if (!g_error_matches (reason, ASSAY_ERROR, ASSAY_ERROR_FORMAT) && !g_error_matches (reason, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return TRUE;
}

static void
redeem (const char *note, const char *index, guint n_old)
{
  g_autofree char *text = NULL, *folder = g_path_get_dirname (index), *base = g_path_get_basename (index), *prefix = dup_prefix (base);
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (note, &text, NULL, NULL) || !g_str_has_prefix (text, HEAD))
    return;
  lines = g_strsplit (text + strlen (HEAD), "\n", -1);
  /* A line that a kill has cut off has no end. */
  for (gsize i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, lines[i], NULL);
      guint            shard, n;

      if (parse_name (lines[i], prefix, &shard, &n) && n != n_old)
        g_unlink (path);
    }
}

void
assay_bundle_redeem (const char *index, guint n_old)
{
  g_autofree char *real = realpath (index, NULL);
  g_autoptr (GPtrArray) notes = assay_leftovers_list (real ? real : index);

  /* Of an index that can't be read nobody knows what it uses. */
  if (notes->len == 0 || (n_old == 0 && g_file_test (index, G_FILE_TEST_EXISTS)))
    return;
  for (guint i = 0; i < notes->len; i++)
    {
      redeem (notes->pdata[i], index, n_old);
      g_unlink (notes->pdata[i]);
    }
}

/* The numbers of data files that the names of those in the folder tell. */
static GHashTable *
list_numbers (const char *index, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (index), *base = g_path_get_basename (index), *prefix = dup_prefix (base);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &reason);
  GHashTable *numbers;
  const char *name;
  guint       shard, n;

  if (dir == NULL)
    {
      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_IO, reason->message);
      return NULL;
    }
  numbers = g_hash_table_new (NULL, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (parse_name (name, prefix, &shard, &n))
      g_hash_table_add (numbers, GUINT_TO_POINTER (n));
  return numbers;
}

static void
add_names (GPtrArray *names, const char *index, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = assay_bundle_dup_data_path (index, i, n);

      g_ptr_array_add (names, g_path_get_basename (path));
    }
}

static AssayReplacement *
write_note (AssayBundleFiles *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  g_autoptr (AssayReplacement) note = NULL;

  for (guint i = 0; i < self->old_names->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) self->old_names->pdata[i]);
  for (guint i = 0; i < self->new_names->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) self->new_names->pdata[i]);
  note = assay_replacement_new (self->index, text->len, error);
  if (note == NULL || !assay_pwrite (assay_replacement_get_fd (note), 0, text->str, text->len, error))
    return NULL;
  if (fsync (assay_replacement_get_fd (note)) != 0)
    {
      assay_error_set_errno (error, errno, _ ("Can’t write beside the index"));
      return NULL;
    }
  return g_steal_pointer (&note);
}

gboolean
assay_bundle_files_begin (AssayBundleFiles *self, const char *index, guint n_old, guint n_needed, GError **error)
{
  g_autoptr (GHashTable) numbers = list_numbers (index, error);

  if (numbers == NULL)
    return FALSE;
  self->index = g_strdup (index);
  self->old_names = g_ptr_array_new_with_free_func (g_free);
  self->new_names = g_ptr_array_new_with_free_func (g_free);
  self->n_old = n_old;
  self->n_new = MAX (n_needed, 1);
  while (self->n_new == n_old || g_hash_table_contains (numbers, GUINT_TO_POINTER (self->n_new)))
    self->n_new++;
  add_names (self->old_names, index, n_old);
  add_names (self->new_names, index, self->n_new);
  self->note = write_note (self, error);
  return self->note != NULL;
}

char *
assay_bundle_files_dup_path (AssayBundleFiles *self, guint shard)
{
  return assay_bundle_dup_data_path (self->index, shard, self->n_new);
}

gboolean
assay_bundle_files_fill (AssayBundleFiles *self, guint n_written, GError **error)
{
  for (guint i = n_written; i < self->n_new; i++)
    {
      g_autofree char *path = assay_bundle_files_dup_path (self, i);
      g_autoptr (AssayReplacement) empty = assay_replacement_new (path, 0, error);

      if (empty == NULL || !assay_replacement_commit (empty, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether none of some files is there any more. */
static gboolean
unlink_all (AssayBundleFiles *self, GPtrArray *names)
{
  g_autofree char *folder = g_path_get_dirname (self->index);
  gboolean         done = TRUE;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      if (unlink (path) != 0 && errno != ENOENT)
        done = FALSE;
    }
  return done;
}

void
assay_bundle_files_end (AssayBundleFiles *self, gboolean done, gboolean in_place)
{
  if (self->note == NULL)
    return;
  /* Until the disk has confirmed the new index, both may be needed. */
  if ((in_place && !done) || !unlink_all (self, done ? self->old_names : self->new_names))
    assay_replacement_leave (self->note);
}

void
assay_bundle_files_clear (AssayBundleFiles *self)
{
  g_clear_pointer (&self->index, g_free);
  g_clear_pointer (&self->old_names, g_ptr_array_unref);
  g_clear_pointer (&self->new_names, g_ptr_array_unref);
  g_clear_object (&self->note);
}
