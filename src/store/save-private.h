/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How edits go into one file, whatever holds that file. */

#pragma once

#include <assay/reader-session.h>
#include <assay/save.h>

#include "replacement-private.h"

G_BEGIN_DECLS

/**
 * assay_save_into_hdf5:
 * @fd: an HDF5 file, open for reading and writing: a copy
 * @manifest: the model
 * @edits: (array length=n_edits): what to write
 * @n_edits: how many
 * @key_prefix: what keys begin with that isn't of this file: "" or "model.weights.h5/"
 * @by_extents: whether contiguous values may be written where the manifest says
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Writes values into an HDF5 file: contiguous ones in place, all others by libhdf5 in the helper's write mode.
 *
 * Returns: whether they are written
 */
gboolean assay_save_into_hdf5 (int                  fd,
                               AssayManifest       *manifest,
                               const AssaySaveEdit *edits,
                               guint                n_edits,
                               const char          *key_prefix,
                               gboolean             by_extents,
                               AssayJob            *job,
                               GError             **error);

/**
 * assay_save_extents:
 * @fd: a copy of a file
 * @manifest: the model
 * @file: the number of the file that @fd is a copy of
 * @edits: (array length=n_edits): what to write; those in other files are left out
 * @n_edits: how many
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Writes values where the manifest says they are.
 *
 * Returns: whether they are written
 */
gboolean assay_save_extents (int                  fd,
                             AssayManifest       *manifest,
                             guint32              file,
                             const AssaySaveEdit *edits,
                             guint                n_edits,
                             AssayJob            *job,
                             GError             **error);

/**
 * assay_save_zip:
 * @manifest: a model in a zip file (.npz, .keras)
 * @path: where to
 *
 * Writes a zip file with edited members; the others are copied as they are stored.
 *
 * Returns: whether it is saved
 */
gboolean assay_save_zip (AssayManifest       *manifest,
                         const AssaySaveEdit *edits,
                         guint                n_edits,
                         const char          *path,
                         AssayJob            *job,
                         GError             **error);

/**
 * assay_save_shards:
 * @manifest: a model in several files with an index
 * @path: (nullable): the new index; %NULL to save in place
 *
 * Writes the shards that are edited. One is renamed into place; several get new names, and the index that names them is the
 * one commit.
 *
 * Returns: whether it is saved
 */
gboolean assay_save_shards (AssayManifest       *manifest,
                            const AssaySaveEdit *edits,
                            guint                n_edits,
                            const char          *path,
                            AssayJob            *job,
                            GError             **error);

/**
 * assay_save_bundle:
 * @manifest: a TensorFlow checkpoint, or the variables of a SavedModel
 * @path: (nullable): the new checkpoint's name, with or without ".index"; %NULL to save in place
 *
 * Writes data files under new names, and the index that names them: its rename is the one commit. Entries that aren't edited stay bit
 * for bit.
 *
 * Returns: whether it is saved
 */
gboolean assay_save_bundle (AssayManifest       *manifest,
                            const AssaySaveEdit *edits,
                            guint                n_edits,
                            const char          *path,
                            AssayJob            *job,
                            GError             **error);

G_END_DECLS
