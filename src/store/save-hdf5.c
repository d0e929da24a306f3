/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits into an HDF5 file. What isn't contiguous is written by libhdf5, which runs in the helper: here are its commands. */

#include "hdf5-writer-private.h"
#include "save-private.h"
#include "values-private.h"

#include <assay/error.h>
#include <assay/overlay.h>
#include <string.h>

static AssayLayoutKind
get_kind (AssayManifest *manifest, guint32 variable)
{
  AssayLayout layout;

  assay_manifest_get_layout (manifest, variable, &layout);
  return layout.kind;
}

/* What the file calls the dataset. */
static const char *
get_dataset (AssayManifest *manifest, guint32 index, const char *key_prefix)
{
  AssayManifestVariable variable;

  assay_manifest_get_variable (manifest, index, &variable);
  return g_str_has_prefix (variable.key, key_prefix) ? variable.key + strlen (key_prefix) : variable.key;
}

static gboolean
write_by_helper (AssayHdf5Writer *writer, AssayManifest *manifest, const AssaySaveEdit *edit, const char *key_prefix, AssayJob *job, GError **error)
{
  const char *dataset = get_dataset (manifest, edit->variable, key_prefix);
  AssayLayout layout;

  assay_manifest_get_layout (manifest, edit->variable, &layout);
  return assay_hdf5_writer_write (writer, dataset, edit->source, edit->base, layout.big_endian, job, error);
}

gboolean
assay_save_into_hdf5 (int                  fd,
                      AssayManifest       *manifest,
                      const AssaySaveEdit *edits,
                      guint                n_edits,
                      const char          *key_prefix,
                      gboolean             by_extents,
                      AssayJob            *job,
                      GError             **error)
{
  g_autoptr (AssayHdf5Writer) writer = NULL;

  if (by_extents && !assay_save_extents (fd, manifest, 0, edits, n_edits, job, error))
    return FALSE;
  for (guint i = 0; i < n_edits; i++)
    {
      if (by_extents && get_kind (manifest, edits[i].variable) == ASSAY_LAYOUT_RAW)
        continue;
      if (writer == NULL)
        writer = assay_hdf5_writer_open (fd, error);
      if (writer == NULL || !write_by_helper (writer, manifest, &edits[i], key_prefix, job, error))
        return FALSE;
    }
  return writer == NULL || assay_hdf5_writer_close (writer, error);
}
