/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing a whole model in another format: what the writers share. */

#pragma once

#include <assay/reader-session.h>
#include <assay/save.h>

#include "replacement-private.h"

G_BEGIN_DECLS

/**
 * AssayExportEntry:
 * @variable: its number in the manifest
 * @facts: what the manifest says of it
 * @path: where it stands in our tree
 * @source: its values, edits included
 *
 * One variable on its way out.
 */
typedef struct
{
  guint32               variable;
  AssayManifestVariable facts;
  char                 *path;
  AssaySource          *source;
} AssayExportEntry;

/**
 * AssayExport:
 * @manifest: the model
 * @entries: of #AssayExportEntry, in the manifest's order
 * @path: where it goes
 * @n_old: how many data files a checkpoint has that is there already
 * @deflate: level of compression asked for, 0 for none
 * @job: (nullable): progress and cancelling
 *
 * A model on its way out.
 */
typedef struct
{
  AssayManifest *manifest;
  GArray        *entries;
  const char    *path;
  guint          n_old;
  guint          deflate;
  AssayJob      *job;
} AssayExport;

/**
 * AssayWriteFunc:
 * @export: what to write
 * @replacement: where to; empty
 *
 * Writes a model in one format.
 *
 * Returns: whether it is written
 */
typedef gboolean (*AssayWriteFunc) (const AssayExport *export, AssayReplacement *replacement, GError **error);

gboolean assay_write_safetensors (const AssayExport *export, AssayReplacement *replacement, GError **error);
gboolean assay_write_npz (const AssayExport *export, AssayReplacement *replacement, GError **error);
gboolean assay_write_assay_hdf5 (const AssayExport *export, AssayReplacement *replacement, GError **error);
gboolean assay_write_keras_weights (const AssayExport *export, AssayReplacement *replacement, GError **error);

gboolean assay_write_tensorflow (const AssayExport *export, AssayReplacement *replacement, GError **error);

gboolean assay_tensorflow_can_hold (AssayDtype dtype);
gboolean assay_safetensors_can_hold (AssayDtype dtype);
gboolean assay_npz_can_hold (AssayDtype dtype);
gboolean assay_hdf5_can_hold (AssayDtype dtype);

/**
 * assay_export_entry:
 *
 * Returns: (transfer none): an entry
 */
static inline const AssayExportEntry *
assay_export_entry (const AssayExport *export, guint index)
{
  return &g_array_index (export->entries, AssayExportEntry, index);
}

/**
 * assay_export_name:
 * @separator: what stands between the parts of a path
 *
 * The name of a variable in a flat format: the file's own key if it comes from one, else its path with @separator for "/".
 *
 * Returns: (transfer full): the name
 */
char *assay_export_name (const AssayExport *export, guint index, char separator);

G_END_DECLS
