/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An HDF5 file while it is read, and what the readers of the formats on top of it share. */

#pragma once

#include "hdf5-types-private.h"

G_BEGIN_DECLS

/**
 * AssayHdf5:
 * @context: for whom it is read
 * @window: where it lies
 * @file: libhdf5's id
 * @user_block: bytes before HDF5's own beginning
 * @key_prefix: what keys begin with: "" or "model.weights.h5/"
 * @cookie_base: bits that tell the file, where there are several; cookies are these and an address
 *
 * An open HDF5 file.
 */
typedef struct
{
  AssayReaderContext *context;
  AssayReaderFile     window;
  hid_t               file;
  guint64             user_block;
  char               *key_prefix;
  guint64             cookie_base;
  GHashTable         *seen;         /* addresses of datasets that were added */
  GArray             *parents;      /* addresses of the groups above */
  gboolean            marked_types; /* whether an attribute may say what bits are: in our own files */
  gboolean            is_keras;     /* whether two opaque bytes are a bfloat16, which Keras doesn't always mark */
  gboolean            skip_seen;    /* whether the walk leaves out datasets that were added before */
} AssayHdf5;

/**
 * assay_hdf5_new:
 * @window: where it lies
 * @key_prefix: what keys begin with
 * @error: return location for an error
 *
 * Opens an HDF5 file for reading.
 *
 * Returns: (transfer full): the open file, or %NULL with @error set
 */
AssayHdf5 *assay_hdf5_new (AssayReaderContext *context, const AssayReaderFile *window, const char *key_prefix, GError **error);

/**
 * assay_hdf5_free:
 *
 * Closes it.
 */
void assay_hdf5_free (AssayHdf5 *self);

/**
 * assay_hdf5_add_dataset:
 * @dataset: an open dataset
 * @module: where it stands
 * @name: its name there
 * @key: its path in the file, without prefix
 * @flags: #AssayFlags
 *
 * Adds a dataset as a variable, with its attributes, and where its values are.
 *
 * Returns: its number
 */
guint32 assay_hdf5_add_dataset (AssayHdf5 *self, hid_t dataset, guint32 module, const char *name, const char *key, guint32 flags);

/**
 * assay_hdf5_walk:
 * @group: an open group
 * @module: the module that stands for it
 * @path: its path in the file, without slashes at either end
 * @flags: #AssayFlags of all below it
 * @error: return location for an error
 *
 * Adds everything below a group: groups as modules, datasets as variables. Datasets that were added before are left out.
 *
 * Returns: %FALSE if the manifest can't be sent
 */
gboolean assay_hdf5_walk (AssayHdf5 *self, hid_t group, guint32 module, const char *path, guint32 flags, GError **error);

/**
 * assay_hdf5_walk_unseen:
 * @group: an open group
 * @module: the module that what is left goes into
 * @path: its path
 * @error: return location for an error
 *
 * Adds the datasets below a group that weren't added before, in modules that say where they are. Groups without such a dataset
 * leave no trace.
 *
 * Returns: %FALSE if the manifest can't be sent
 */
gboolean assay_hdf5_walk_unseen (AssayHdf5 *self, hid_t group, guint32 module, const char *path, GError **error);

/**
 * assay_hdf5_add_attributes:
 * @object: an open group
 * @module: a module
 *
 * Adds the attributes of a group to a module.
 */
void assay_hdf5_add_attributes (AssayHdf5 *self, hid_t object, guint32 module);

/**
 * assay_hdf5_read_chunks:
 * @address: of a chunked dataset
 * @error: return location for an error
 *
 * Finds where the chunks of a dataset are.
 *
 * Returns: (transfer full): the table, or %NULL with @error set
 */
AssayChunkTable *assay_hdf5_read_chunks (AssayHdf5 *self, guint64 address, GError **error);

/**
 * assay_hdf5_read_strings:
 * @address: of a dataset of strings
 * @first: position of the first, in row-major order
 * @n: how many
 * @out: gets a #GBytes for each
 * @error: return location for an error
 *
 * Reads strings of variable length.
 *
 * Returns: whether all were read
 */
gboolean assay_hdf5_read_strings (AssayHdf5 *self, guint64 address, guint64 first, guint64 n, GPtrArray *out, GError **error);

/* Readers that keep an AssayHdf5 as their reader_data share these. */
AssayChunkTable *assay_hdf5_context_read_chunks (AssayReaderContext *context, guint64 cookie, GError **error);
gboolean         assay_hdf5_context_read_strings (AssayReaderContext *context, guint64 cookie, guint64 first, guint64 n, GPtrArray *out, GError **error);
void             assay_hdf5_context_close (AssayReaderContext *context);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayHdf5, assay_hdf5_free)

G_END_DECLS
