/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits into a TensorFlow checkpoint. Data files without edits are linked under their new names, the others are copied and changed where
 * the values lie; strings that don't fit any more go to the end of their file. Then the index is written with the new places and
 * checksums, and renamed. Source: tensorflow/core/util/tensor_bundle/tensor_bundle.cc. */

#include "save-private.h"

#include <assay/checksum.h>
#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "bundle-files-private.h"
#include "bundle-index-private.h"
#include "values-private.h"

#define PIECE (1u << 20)
#define SUFFIX ".index"
#define TYPE_STRING 7
#define FIRST_REFERENCE 100

/* A data file on its way. */
typedef struct
{
  AssayFile        *file; /* NULL if it isn't there */
  gboolean          is_edited;
  AssayReplacement *copy;
  guint64           end; /* where it ends now */
} Shard;

/* Bytes that were written anew. */
typedef struct
{
  guint   shard;
  guint64 offset, size;
} Extent;

typedef struct
{
  AssayManifest       *manifest;
  const AssaySaveEdit *edits;
  guint                n_edits;
  AssayJob            *job;
  GArray              *rows;    /* of AssayBundleRow */
  GArray              *shards;  /* of Shard */
  GArray              *extents; /* of Extent */
  AssayBundleFiles     files;
  gboolean             in_place; /* whether the new index is */
} Saving;

static void
shard_clear (gpointer data)
{
  g_clear_object (&((Shard *) data)->file);
  g_clear_object (&((Shard *) data)->copy);
}

static void
saving_clear (Saving *self)
{
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->shards, g_array_unref);
  g_clear_pointer (&self->extents, g_array_unref);
  assay_bundle_files_clear (&self->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Saving, saving_clear)

static Shard *
get_shard (Saving *self, guint number)
{
  return number < self->shards->len ? &g_array_index (self->shards, Shard, number) : NULL;
}

static gboolean
has_lost (const AssaySaveEdit *edit, AssayManifest *manifest, GError **error)
{
  AssayManifestVariable variable;

  assay_manifest_get_variable (manifest, edit->variable, &variable);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("“%s” isn’t in the checkpoint’s data files"), variable.name);
  return FALSE;
}

/* The row of strings, by its key. */
static AssayBundleRow *
find_strings (Saving *self, const AssaySaveEdit *edit)
{
  AssayManifestVariable variable;

  assay_manifest_get_variable (self->manifest, edit->variable, &variable);
  for (guint i = 1; i < self->rows->len; i++)
    {
      AssayBundleRow *row = &g_array_index (self->rows, AssayBundleRow, i);
      gsize           n;
      const char     *key = g_bytes_get_data (row->key, &n);

      if (row->type % FIRST_REFERENCE == TYPE_STRING && n == strlen (variable.key) && memcmp (key, variable.key, n) == 0)
        return row;
    }
  return NULL;
}

/* Notes which data files an edit concerns. */
static gboolean
mark_shards (Saving *self, const AssaySaveEdit *edit, GError **error)
{
  AssayManifestVariable variable;
  AssayLayout           layout;
  guint                 n, number;

  assay_manifest_get_variable (self->manifest, edit->variable, &variable);
  assay_manifest_get_layout (self->manifest, edit->variable, &layout);
  n = layout.kind == ASSAY_LAYOUT_PIECES ? layout.n_pieces : 1;
  for (guint i = 0; i < n; i++)
    {
      const AssayBundleRow *row = layout.kind == ASSAY_LAYOUT_STRINGS ? find_strings (self, edit) : NULL;
      guint32               file = layout.kind == ASSAY_LAYOUT_PIECES ? layout.extra_pieces[i * (2 + 2 * (gsize) variable.rank)] : layout.file;
      gboolean              known = row != NULL || (layout.kind != ASSAY_LAYOUT_STRINGS && assay_bundle_find_shard (self->manifest, file, &number));
      Shard                *shard = known ? get_shard (self, row ? row->shard : number) : NULL;

      if (shard == NULL || shard->file == NULL)
        return has_lost (edit, self->manifest, error);
      shard->is_edited = TRUE;
    }
  return TRUE;
}

/* The data files that the reader has opened, and those that nothing which can be shown lies in. */
static void
list_shards (Saving *self)
{
  guint number, n = assay_bundle_count_files (self->manifest);

  self->shards = g_array_new (FALSE, TRUE, sizeof (Shard));
  g_array_set_clear_func (self->shards, shard_clear);
  g_array_set_size (self->shards, n);
  for (guint32 file = 1; file < assay_manifest_get_n_files (self->manifest); file++)
    if (assay_bundle_find_shard (self->manifest, file, &number) && number < n)
      g_set_object (&get_shard (self, number)->file, assay_manifest_get_file (self->manifest, file));
  for (guint i = 0; i < n; i++)
    {
      Shard           *shard = get_shard (self, i);
      g_autofree char *path = shard->file ? NULL : assay_bundle_dup_data_path (assay_file_get_path (assay_manifest_get_file (self->manifest, 0)), i, n);

      if (path != NULL)
        shard->file = assay_file_open (path, NULL);
      shard->end = shard->file ? assay_file_get_identity (shard->file)->size : 0;
    }
}

/* How many data files have rows. Those behind them are as good as not there. */
static guint
count_needed (Saving *self)
{
  guint n = 0;

  for (guint i = 1; i < self->rows->len; i++)
    {
      const AssayBundleRow *row = &g_array_index (self->rows, AssayBundleRow, i);

      if (row->shard < self->shards->len)
        n = MAX (n, row->shard + 1);
    }
  return n;
}

static void
note_extent (Saving *self, guint shard, guint64 offset, guint64 size)
{
  Extent extent = { shard, offset, size };

  g_array_append_val (self->extents, extent);
}

/* Writes a box of an edited variable to where it lies in one of the copies. */
static gboolean
write_box (Saving *self, const AssaySaveEdit *edit, guint32 file, guint64 offset, gboolean big_endian, const guint64 *start, const guint64 *count, GError **error)
{
  AssayValuesPlace place = { .offset = offset, .big_endian = big_endian };
  guint64          n = assay_source_get_item_size (edit->source);
  guint            number = 0;

  assay_bundle_find_shard (self->manifest, file, &number);
  place.fd = assay_replacement_get_fd (get_shard (self, number)->copy);
  for (guint i = 0; i < assay_source_get_rank (edit->source); i++)
    n *= count ? count[i] : assay_source_get_shape (edit->source)[i];
  note_extent (self, number, offset, n);
  if (count == NULL)
    return assay_values_write (edit->source, edit->base, &place, self->job, error);
  return assay_values_write_box (edit->source, start, count, &place, self->job, error);
}

static gboolean
write_pieces (Saving *self, const AssaySaveEdit *edit, const AssayLayout *layout, GError **error)
{
  guint rank = assay_source_get_rank (edit->source);

  for (guint i = 0; i < layout->n_pieces; i++)
    {
      const guint64 *piece = layout->extra_pieces + i * (2 + 2 * (gsize) rank);

      if (!write_box (self, edit, piece[0], piece[1], layout->big_endian, piece + 2, piece + 2 + rank, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether a row's bytes are another's, too. */
static gboolean
is_shared (Saving *self, const AssayBundleRow *row)
{
  for (guint i = 1; i < self->rows->len; i++)
    {
      const AssayBundleRow *other = &g_array_index (self->rows, AssayBundleRow, i);

      if (other != row && other->shard == row->shard && other->offset < row->offset + row->size && row->offset < other->offset + other->size)
        return TRUE;
    }
  return FALSE;
}

/* Strings take their old place if they fill it or are the last in their file; else they go to its end. */
static gboolean
write_strings (Saving *self, const AssaySaveEdit *edit, GError **error)
{
  AssayBundleRow *row = find_strings (self, edit);
  Shard          *shard = get_shard (self, row->shard);
  guint64         zeros[ASSAY_MAX_RANK] = { 0 };
  g_autoptr (GPtrArray) strings = assay_source_read_strings (edit->source, zeros, assay_source_get_shape (edit->source), NULL, error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int fd = assay_replacement_get_fd (shard->copy);

  if (strings == NULL)
    return FALSE;
  row->crc = assay_crc32c_mask (assay_bundle_encode_strings (strings, bytes));
  if (is_shared (self, row) || (bytes->len != row->size && row->offset + row->size != shard->end))
    row->offset = shard->end;
  if (row->offset + MAX (row->size, bytes->len) >= shard->end)
    shard->end = row->offset + bytes->len;
  row->size = bytes->len;
  row->is_changed = TRUE;
  if (!assay_pwrite (fd, row->offset, bytes->data, bytes->len, error))
    return FALSE;
  return ftruncate (fd, shard->end) == 0 || assay_error_set_errno (error, errno, _ ("Can’t write the new file"));
}

static gboolean
write_edit (Saving *self, const AssaySaveEdit *edit, GError **error)
{
  AssayLayout layout;

  assay_manifest_get_layout (self->manifest, edit->variable, &layout);
  if (layout.kind == ASSAY_LAYOUT_STRINGS)
    return write_strings (self, edit, error);
  if (layout.kind == ASSAY_LAYOUT_PIECES)
    return write_pieces (self, edit, &layout, error);
  return write_box (self, edit, layout.file, layout.offset, layout.big_endian, NULL, NULL, error);
}

static gboolean
copy_shard (Saving *self, Shard *shard, const char *path, GError **error)
{
  shard->copy = assay_replacement_new (path, assay_file_get_identity (shard->file)->size, error);
  return shard->copy != NULL && assay_replacement_take_mode (shard->copy, shard->file, error) &&
         assay_replacement_copy (shard->copy, shard->file, self->job, error);
}

/* A file without edits keeps its bytes under a new name; a link is enough, unless the other name stays, too. */
static gboolean
place_shards (Saving *self, gboolean elsewhere, GError **error)
{
  for (guint i = 0; i < self->shards->len; i++)
    {
      Shard           *shard = get_shard (self, i);
      g_autofree char *path = i < self->files.n_new ? assay_bundle_files_dup_path (&self->files, i) : NULL;

      if (path == NULL || shard->file == NULL)
        continue;
      if (!shard->is_edited && !elsewhere && assay_file_is_unchanged (shard->file) && link (assay_file_get_path (shard->file), path) == 0)
        continue;
      if (!copy_shard (self, shard, path, error))
        return FALSE;
    }
  return TRUE;
}

/* The checksum of bytes in a file, as an entry has it. */
static gboolean
checksum (Saving *self, int fd, guint64 offset, guint64 size, guint32 *crc, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  *crc = 0;
  while (size > 0)
    {
      gssize n = pread (fd, piece, MIN (size, PIECE), offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return assay_error_set_errno (error, n < 0 ? errno : EIO, _ ("Can’t read the new file"));
      if (assay_job_is_cancelled (self->job, error))
        return FALSE;
      *crc = assay_crc32c (*crc, piece, n);
      offset += n;
      size -= n;
    }
  *crc = assay_crc32c_mask (*crc);
  return TRUE;
}

/* New checksums for all rows whose bytes were written, whoever they belong to. */
static gboolean
update_row (Saving *self, AssayBundleRow *row, GError **error)
{
  for (guint i = 0; i < self->extents->len && !row->is_changed; i++)
    {
      const Extent *extent = &g_array_index (self->extents, Extent, i);

      row->is_changed = extent->shard == row->shard && extent->offset < row->offset + row->size && row->offset < extent->offset + extent->size &&
                        row->type % FIRST_REFERENCE != TYPE_STRING;
      if (row->is_changed)
        return checksum (self, assay_replacement_get_fd (get_shard (self, row->shard)->copy), row->offset, row->size, &row->crc, error);
    }
  return TRUE;
}

static gboolean
write_values (Saving *self, GError **error)
{
  for (guint i = 0; i < self->n_edits; i++)
    {
      if (!write_edit (self, &self->edits[i], error) || assay_job_is_cancelled (self->job, error))
        return FALSE;
      assay_job_set_fraction (self->job, 0.5 + 0.4 * (i + 1) / self->n_edits);
    }
  for (guint i = 1; i < self->rows->len; i++)
    if (!update_row (self, &g_array_index (self->rows, AssayBundleRow, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_index (Saving *self, const char *path, GError **error)
{
  g_autoptr (GBytes) table = assay_bundle_rows_to_table (self->rows, self->files.n_new);
  gsize         n;
  gconstpointer data = g_bytes_get_data (table, &n);
  g_autoptr (AssayReplacement) index = assay_replacement_new (path, n, error);
  gboolean done = index != NULL && assay_pwrite (assay_replacement_get_fd (index), 0, data, n, error) &&
                  !assay_job_is_cancelled (self->job, error) && assay_replacement_commit (index, error);

  self->in_place = index != NULL && assay_replacement_is_in_place (index);
  return done;
}

/* All that comes before the commit. */
static gboolean
write_data (Saving *self, gboolean elsewhere, GError **error)
{
  if (!place_shards (self, elsewhere, error) || !write_values (self, error))
    return FALSE;
  for (guint i = 0; i < self->shards->len; i++)
    if (get_shard (self, i)->copy != NULL && !assay_replacement_commit (get_shard (self, i)->copy, error))
      return FALSE;
  return assay_bundle_files_fill (&self->files, self->shards->len, error);
}

/* Where to: a checkpoint's name with or without ".index"; a SavedModel has more files than we would write. */
static char *
dup_index_path (AssayManifest *manifest, const char *path, GError **error)
{
  const char      *own = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  g_autofree char *program = assay_manifest_dup_module_attribute (manifest, 0, ".program");

  if (path == NULL)
    return g_strdup (own);
  if (g_str_has_suffix (path, SUFFIX))
    return g_strdup (path);
  if (program == NULL)
    return g_strconcat (path, SUFFIX, NULL);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
               _ ("A SavedModel is saved in place only; its variables can be saved elsewhere as a checkpoint, under a name that ends with .index"));
  return NULL;
}

gboolean
assay_save_bundle (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, AssayJob *job, GError **error)
{
  g_autofree char *index = dup_index_path (manifest, path, error);
  g_auto (Saving) self = { .manifest = manifest, .edits = edits, .n_edits = n_edits, .job = job };
  gboolean done;
  guint    n_old = assay_bundle_count_files (manifest);

  if (index == NULL || (path != NULL && !assay_bundle_count_old (index, &n_old, error)))
    return FALSE;
  assay_bundle_redeem (index, n_old);
  if (path == NULL && n_edits == 0)
    return TRUE;
  self.extents = g_array_new (FALSE, FALSE, sizeof (Extent));
  self.rows = assay_bundle_rows_read (manifest, error);
  if (self.rows == NULL)
    return FALSE;
  list_shards (&self);
  for (guint i = 0; i < n_edits; i++)
    if (!mark_shards (&self, &edits[i], error))
      return FALSE;
  if (!assay_bundle_files_begin (&self.files, index, n_old, count_needed (&self), error))
    return FALSE;
  done = write_data (&self, path != NULL, error) && write_index (&self, index, error);
  assay_bundle_files_end (&self.files, done, self.in_place);
  return done;
}
