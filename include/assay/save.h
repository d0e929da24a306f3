/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saving: edits back into the same format, or everything into another. A crash leaves the old file or the new one. */

#pragma once

#include <assay/job.h>
#include <assay/manifest.h>

G_BEGIN_DECLS

/**
 * AssaySaveEdit:
 * @variable: its number in the manifest
 * @source: its values, edits included; same dtype and shape as in the manifest
 * @base: (nullable): a source of what the file has: only what differs from it has to be written
 *
 * One edited variable.
 */
typedef struct
{
  guint32      variable;
  AssaySource *source;
  AssaySource *base;
} AssaySaveEdit;

/**
 * AssaySaveFlags:
 * @ASSAY_SAVE_OVERWRITE_CHANGED: the user was asked: overwrite a file that changed on disk since it was opened
 */
typedef enum
{
  ASSAY_SAVE_DEFAULT = 0,
  ASSAY_SAVE_OVERWRITE_CHANGED = 1 << 0,
} AssaySaveFlags;

/**
 * assay_save_why_not:
 * @manifest: an open model
 * @variable: one of its variables, or G_MAXUINT32 for the file as a whole
 *
 * Tells whether edits of a variable can go back into the same file.
 *
 * Returns: (transfer full) (nullable): a sentence why not, or %NULL if they can
 */
char *assay_save_why_not (AssayManifest *manifest, guint32 variable);

/**
 * assay_save_edits:
 * @manifest: an open, complete model
 * @edits: (array length=n_edits): the edited variables
 * @n_edits: how many
 * @path: (nullable): where to; %NULL for the file itself. For a model of several files, a folder or index name.
 * @flags: what the user has agreed to
 * @job: (nullable): told of progress; asked for cancelling
 * @error: return location for an error
 *
 * Writes a model with edits in its own format: a copy beside it, the changed bytes, fsync, rename. All that isn't edited
 * stays bit for bit. Mode, owner and a symlink's target are kept.
 *
 * Blocks on the disk; call it from a worker. Fails with `ASSAY_ERROR_CHANGED` if the file isn't the one that was opened,
 * `ASSAY_ERROR_NO_SPACE`, `ASSAY_ERROR_UNSUPPORTED`, `ASSAY_ERROR_IO`; then the old file is as it was.
 *
 * Returns: whether it is saved
 */
gboolean assay_save_edits (AssayManifest       *manifest,
                           const AssaySaveEdit *edits,
                           guint                n_edits,
                           const char          *path,
                           AssaySaveFlags       flags,
                           AssayJob            *job,
                           GError             **error);

/**
 * AssayWriter:
 * @id: as in "safetensors"
 * @title: what the user reads, untranslated: N_("Safetensors")
 * @suffix: the usual end of its names, as in ".safetensors"
 * @dtypes: whether it can hold a dtype
 *
 * A format that whole models can be converted to: one entry of a table.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *suffix;
  gboolean (*can_hold) (AssayDtype dtype);
} AssayWriter;

/**
 * assay_writers_get:
 * @n_writers: (out): how many
 *
 * Returns: (transfer none) (array length=n_writers): the formats: our HDF5 checkpoint ".h5", ".safetensors", ".npz",
 *   Keras ".weights.h5"
 */
const AssayWriter *assay_writers_get (guint *n_writers);

/**
 * assay_writers_find:
 * @path: a file's name
 *
 * Returns: (transfer none) (nullable): the format that the name says; the longest suffix wins
 */
const AssayWriter *assay_writers_find (const char *path);

/**
 * assay_convert:
 * @manifest: an open, complete model
 * @edits: (array length=n_edits): its edited variables
 * @n_edits: how many
 * @writer: the format
 * @path: where to
 * @options: (nullable): "a{sv}": "deflate" i: level for formats that can compress
 * @job: (nullable): told of progress; asked for cancelling
 * @n_written: (out) (optional): how many variables were written
 * @error: return location for an error
 *
 * Writes a whole model in another format, edits included: beside, fsync, rename. Variables that the format can't hold make
 * it fail before anything is written, with their names; variables whose values can't be had, too.
 *
 * Blocks; call it from a worker.
 *
 * Returns: whether it is written
 */
gboolean assay_convert (AssayManifest       *manifest,
                        const AssaySaveEdit *edits,
                        guint                n_edits,
                        const AssayWriter   *writer,
                        const char          *path,
                        GVariant            *options,
                        AssayJob            *job,
                        guint               *n_written,
                        GError             **error);

G_END_DECLS
