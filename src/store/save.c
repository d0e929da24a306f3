/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "save-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "../manifest/locate-private.h"
#include "bundle-files-private.h"
#include "values-private.h"

/* How a format is saved back: one entry a format. */
typedef struct
{
  const char *format;
  enum
  {
    BY_EXTENTS,
    BY_HDF5,
    BY_ZIP,
    BY_SHARDS,
    BY_BUNDLE,
  } way;
} Way;

static const Way ways[] = {
  { "assay-hdf5", BY_HDF5 },
  { "hdf5", BY_HDF5 },
  { "keras-hdf5", BY_HDF5 },
  { "keras-weights-hdf5", BY_HDF5 },
  { "keras-zip", BY_ZIP },
  { "npy", BY_EXTENTS },
  { "npz", BY_ZIP },
  { "safetensors", BY_EXTENTS },
  { "safetensors-sharded", BY_SHARDS },
  { "tensorflow-checkpoint", BY_BUNDLE },
};

static const Way *
find_way (AssayManifest *manifest)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strcmp (ways[i].format, assay_manifest_get_format (manifest)) == 0)
      return &ways[i];
  return NULL;
}

static char *
why_not_variable (AssayManifest *manifest, guint32 index, const Way *way)
{
  AssayManifestVariable variable;
  AssayLayout           layout;
  guint                 shard;

  assay_manifest_get_variable (manifest, index, &variable);
  assay_manifest_get_layout (manifest, index, &layout);
  if (layout.kind == ASSAY_LAYOUT_NONE)
    return g_strdup_printf (_ ("“%s” can’t be edited: %s"), variable.name, variable.reason);
  if ((variable.flags & ASSAY_FLAG_HIDDEN) && variable.dtype == ASSAY_DTYPE_STRING)
    return g_strdup_printf (_ ("“%s” is how the file knows its objects, and isn’t edited"), variable.name);
  if (variable.dtype == ASSAY_DTYPE_OPAQUE)
    return g_strdup_printf (_ ("“%s” has elements of type %s, which can’t be edited"), variable.name, variable.dtype_name);
  if (way->way == BY_BUNDLE && layout.kind == ASSAY_LAYOUT_RAW && !assay_bundle_find_shard (manifest, layout.file, &shard))
    return g_strdup_printf (_ ("“%s” is a constant of the graph, which can’t be changed in place"), variable.name);
  if ((layout.kind == ASSAY_LAYOUT_PIECES && way->way != BY_BUNDLE) ||
      (layout.kind == ASSAY_LAYOUT_STRINGS && way->way != BY_HDF5 && way->way != BY_BUNDLE))
    return g_strdup_printf (_ ("“%s” lies in the file in a way that can’t be changed in place"), variable.name);
  return NULL;
}

char *
assay_save_why_not (AssayManifest *manifest, guint32 variable)
{
  const Way  *way;
  const char *path;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (manifest), NULL);
  way = find_way (manifest);
  path = assay_file_get_path (assay_manifest_get_file (manifest, 0));
  if (way == NULL)
    return g_strdup (_ ("Files of this format can be read, but not saved; save as another format"));
  if (path != NULL && assay_is_in_model_cache (path))
    return g_strdup (_ ("This file lies in the cache of a model hub, into which nothing is saved; save as another file"));
  /* The data files beside a link aren't those beside what it leads to. */
  if (way->way == BY_BUNDLE && path != NULL && g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return g_strdup (_ ("The checkpoint’s index is a link to another file; open that file, or save as another checkpoint"));
  return variable == G_MAXUINT32 ? NULL : why_not_variable (manifest, variable, way);
}

/* Where the values of a variable lie, if they are at one place. */
static gboolean
get_place (AssayManifest *manifest, guint32 index, AssayValuesPlace *place, guint32 *file)
{
  AssayManifestVariable variable;
  AssayLayout           layout;

  assay_manifest_get_variable (manifest, index, &variable);
  assay_manifest_get_layout (manifest, index, &layout);
  if (layout.kind != ASSAY_LAYOUT_RAW && layout.kind != ASSAY_LAYOUT_FORTRAN)
    return FALSE;
  *place = (AssayValuesPlace){
    .fd = -1,
    .offset = layout.offset,
    .big_endian = layout.big_endian,
    .fortran = layout.kind == ASSAY_LAYOUT_FORTRAN,
    .packed = layout.length < variable.n_elements,
  };
  *file = layout.file;
  return TRUE;
}

gboolean
assay_save_extents (int                  fd,
                    AssayManifest       *manifest,
                    guint32              file,
                    const AssaySaveEdit *edits,
                    guint                n_edits,
                    AssayJob            *job,
                    GError             **error)
{
  for (guint i = 0; i < n_edits; i++)
    {
      AssayValuesPlace place;
      guint32          where;

      if (!get_place (manifest, edits[i].variable, &place, &where) || where != file)
        continue;
      place.fd = fd;
      if (!assay_values_write (edits[i].source, edits[i].base, &place, job, error))
        return FALSE;
      assay_job_set_fraction (job, 0.5 + 0.5 * (i + 1) / n_edits);
    }
  return TRUE;
}

/* A model in one file: a copy, and the new values in it. */
static gboolean
save_file (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, gboolean is_hdf5, AssayJob *job, GError **error)
{
  AssayFile *file = assay_manifest_get_file (manifest, 0);
  g_autoptr (AssayReplacement) replacement = assay_replacement_new (path, assay_file_get_identity (file)->size, error);
  int      fd;
  gboolean written;

  if (replacement == NULL || !assay_replacement_copy (replacement, file, job, error))
    return FALSE;
  fd = assay_replacement_get_fd (replacement);
  written = is_hdf5 ? assay_save_into_hdf5 (fd, manifest, edits, n_edits, "", TRUE, job, error)
                    : assay_save_extents (fd, manifest, 0, edits, n_edits, job, error);
  return written && !assay_job_is_cancelled (job, error) && assay_replacement_commit (replacement, error);
}

static gboolean
check (AssayManifest *manifest, const AssaySaveEdit *edits, guint n_edits, const char *path, AssaySaveFlags flags, GError **error)
{
  for (guint i = 0; i < n_edits; i++)
    {
      g_autofree char *why = assay_save_why_not (manifest, edits[i].variable);

      if (why != NULL && (path == NULL || find_way (manifest) == NULL || !assay_is_in_model_cache (assay_file_get_path (assay_manifest_get_file (manifest, 0)))))
        {
          g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, why);
          return FALSE;
        }
    }
  if (flags & ASSAY_SAVE_OVERWRITE_CHANGED)
    return TRUE;
  for (guint32 i = 0; path == NULL && i < assay_manifest_get_n_files (manifest); i++)
    {
      AssayFile *file = assay_manifest_get_file (manifest, i);

      if (!assay_file_is_unchanged (file))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_CHANGED, _ ("“%s” was changed by another program since it was opened"),
                       assay_file_get_path (file));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
assay_save_edits (AssayManifest       *manifest,
                  const AssaySaveEdit *edits,
                  guint                n_edits,
                  const char          *path,
                  AssaySaveFlags       flags,
                  AssayJob            *job,
                  GError             **error)
{
  const Way  *way;
  const char *target;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (manifest), FALSE);
  way = find_way (manifest);
  if (way == NULL)
    {
      g_autofree char *why = assay_save_why_not (manifest, G_MAXUINT32);

      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, why);
      return FALSE;
    }
  if (!check (manifest, edits, n_edits, path, flags, error))
    return FALSE;
  target = path ? path : assay_file_get_path (assay_manifest_get_file (manifest, 0));
  switch (way->way)
    {
    case BY_ZIP:
      return assay_save_zip (manifest, edits, n_edits, target, job, error);
    case BY_SHARDS:
      return assay_save_shards (manifest, edits, n_edits, path, job, error);
    case BY_BUNDLE:
      return assay_save_bundle (manifest, edits, n_edits, path, job, error);
    case BY_HDF5:
    case BY_EXTENTS:
    default:
      return save_file (manifest, edits, n_edits, target, way->way == BY_HDF5, job, error);
    }
}
