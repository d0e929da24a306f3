/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits into a zip file: .npz and .keras. An edited member is taken out, changed as a file of its own, and put back; libzip copies
 * the others as they are stored. */

#include "save-private.h"

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../manifest/inflate-private.h"
#include "values-private.h"
#include "zip-source-private.h"

static gboolean
fail (GError **error, const char *what, const char *why)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, "%s: %s", what, why);
  return FALSE;
}

/* The member that a variable lies in. */
static char *
dup_member (AssayManifest *manifest, guint32 index)
{
  AssayManifestVariable variable;

  assay_manifest_get_variable (manifest, index, &variable);
  if (strcmp (assay_manifest_get_format (manifest), "npz") == 0)
    return g_strconcat (variable.key, ".npy", NULL);
  return g_strdup ("model.weights.h5");
}

/* Copies a member into an unlinked file. */
static int
take_out (zip_t *archive, zip_int64_t index, AssayJob *job, GError **error)
{
  zip_file_t        *member = zip_fopen_index (archive, index, 0);
  g_autofree guint8 *buffer = g_malloc (1u << 18);
  int                fd = member ? assay_open_unlinked (error) : -1;
  guint64            offset = 0;
  zip_int64_t        n = -1;

  if (member == NULL)
    fail (error, _ ("A member can’t be read"), zip_strerror (archive));
  while (fd >= 0 && (n = zip_fread (member, buffer, 1u << 18)) > 0)
    {
      if (assay_job_is_cancelled (job, error) || !assay_pwrite (fd, offset, buffer, n, error))
        {
          close (fd);
          fd = -1;
        }
      offset += n;
    }
  if (fd >= 0 && n < 0)
    {
      fail (error, _ ("A member can’t be read"), zip_file_strerror (member));
      close (fd);
      fd = -1;
    }
  if (member != NULL)
    zip_fclose (member);
  return fd;
}

/* Where the values of a .npy file begin: behind its header. */
static gboolean
find_npy_values (int fd, guint64 *offset, GError **error)
{
  guint8 head[12];

  if (pread (fd, head, sizeof head, 0) != sizeof head || memcmp (head, "\223NUMPY", 6) != 0)
    return fail (error, _ ("A member can’t be changed"), _ ("it is no array"));
  *offset = head[8] | (guint64) head[9] << 8;
  if (head[6] == 1)
    *offset += 10;
  else
    *offset += 12 + ((guint64) head[10] << 16 | (guint64) head[11] << 24);
  return TRUE;
}

static gboolean
change_npy (int fd, AssayManifest *manifest, const AssaySaveEdit *edit, AssayJob *job, GError **error)
{
  AssayLayout      layout;
  AssayValuesPlace place = { .fd = fd };

  assay_manifest_get_layout (manifest, edit->variable, &layout);
  place.big_endian = layout.big_endian;
  place.fortran = layout.kind == ASSAY_LAYOUT_FORTRAN || layout.kind == ASSAY_LAYOUT_DEFLATED_FORTRAN;
  return find_npy_values (fd, &place.offset, error) && assay_values_write (edit->source, edit->base, &place, job, error);
}

static gboolean
change_member (int fd, AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *member, AssayJob *job, GError **error)
{
  g_autofree AssaySaveEdit *here = g_new (AssaySaveEdit, n_edits);
  guint                     n = 0;

  for (guint i = 0; i < n_edits; i++)
    {
      g_autofree char *own = dup_member (manifest, edits[i].variable);

      if (strcmp (own, member) == 0)
        here[n++] = edits[i];
    }
  if (!g_str_has_suffix (member, ".npy"))
    {
      g_autofree char *prefix = g_strconcat (member, "/", NULL);

      return assay_save_into_hdf5 (fd, manifest, here, n, prefix, FALSE, job, error);
    }
  for (guint i = 0; i < n; i++)
    if (!change_npy (fd, manifest, &here[i], job, error))
      return FALSE;
  return TRUE;
}

/* Puts a changed member back, compressed as it was. libzip reads it when the archive is closed. */
static gboolean
put_back (zip_t *archive, zip_int64_t index, int fd, GError **error)
{
  zip_source_t *source = assay_zip_source_new_for_fd (archive, fd, error);
  zip_stat_t    st;

  if (source == NULL)
    return FALSE;
  if (zip_stat_index (archive, index, 0, &st) != 0 || zip_file_replace (archive, index, source, 0) != 0)
    {
      zip_source_free (source);
      return fail (error, _ ("A member can’t be put back"), zip_strerror (archive));
    }
  if (zip_set_file_compression (archive, index, st.comp_method == ZIP_CM_STORE ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0) != 0)
    return fail (error, _ ("A member can’t be put back"), zip_strerror (archive));
  return TRUE;
}

static gboolean
edit_member (zip_t *archive, AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *member, AssayJob *job, GError **error)
{
  zip_int64_t index = zip_name_locate (archive, member, 0);
  int         fd = index >= 0 ? take_out (archive, index, job, error) : -1;

  /* What is no array is shown as bytes; its key has no ending that could be put behind it. */
  if (index < 0)
    return fail (error, _ ("A member that is no array can’t be changed"), member);
  if (fd < 0)
    return FALSE;
  if (!change_member (fd, manifest, edits, n_edits, member, job, error))
    {
      close (fd);
      return FALSE;
    }
  return put_back (archive, index, fd, error);
}

static gboolean
edit_archive (zip_t *archive, AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, AssayJob *job, GError **error)
{
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < n_edits; i++)
    {
      char *member = dup_member (manifest, edits[i].variable);

      if (!g_hash_table_add (done, member))
        continue;
      if (!edit_member (archive, manifest, edits, n_edits, member, job, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_save_zip (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, AssayJob *job, GError **error)
{
  AssayFile *file = assay_manifest_get_file (manifest, 0);
  guint64    size = assay_file_get_identity (file)->size;
  g_autoptr (AssayReplacement) replacement = assay_replacement_new (path, size, error);
  g_autoptr (AssayArchive) archive = NULL;

  if (replacement == NULL)
    return FALSE;
  /* libzip writes nothing where nothing is changed. */
  if (n_edits == 0)
    return assay_replacement_copy (replacement, file, job, error) && assay_replacement_commit (replacement, error);
  archive = assay_zip_file_open (assay_file_get_fd (file), size, assay_replacement_get_fd (replacement), error);
  if (archive == NULL || !edit_archive (archive, manifest, edits, n_edits, job, error))
    return FALSE;
  if (zip_close (archive) != 0)
    return fail (error, _ ("The zip file can’t be written"), zip_strerror (archive));
  g_steal_pointer (&archive);
  return !assay_job_is_cancelled (job, error) && assay_replacement_commit (replacement, error);
}
