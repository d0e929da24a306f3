/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Checkpoints as files: the HDF5 group, its name, and the folder's "checkpoint" file. */

#pragma once

#include "hdf5-writer-private.h"
#include "object-graph-private.h"

G_BEGIN_DECLS

/* The file of a prefix: "$prefix.h5". */
char *assay_checkpoint_file_path (const char *prefix);

/* How much room the values of a graph's objects take in a file, at most. */
guint64 assay_checkpoint_count_bytes (GArray *objects);

/* Writes the values of a graph's objects to a new file, or over an old one. */
gboolean assay_checkpoint_file_write (const char *path, AssayObjectGraph *graph, GArray *objects, GError **error);

/**
 * AssayGroupWriter:
 * @writer: an HDF5 file being made
 * @later: values that go straight into the file once libhdf5 has closed it
 *
 * Writing the group of a checkpoint.
 */
typedef struct
{
  AssayHdf5Writer *writer;
  GArray          *later;
} AssayGroupWriter;

void     assay_group_writer_init (AssayGroupWriter *self, AssayHdf5Writer *writer);
void     assay_group_writer_clear (AssayGroupWriter *self);
gboolean assay_group_writer_begin (AssayGroupWriter *self, AssayObjectGraph *graph, GArray *objects, GError **error);
gboolean assay_group_writer_add_tensor (AssayGroupWriter *self, const char *path, AssayTensor *tensor, GError **error);
gboolean assay_group_writer_add_text (AssayGroupWriter *self, const char *path, const char *text, GError **error);
gboolean assay_group_writer_finish (AssayGroupWriter *self, int fd, GError **error);

/* Writes the folder's "checkpoint" file: prefixes, oldest first, as tf.train.update_checkpoint_state. */
gboolean assay_checkpoint_state_write (GPtrArray *prefixes, GError **error);

/* The prefixes that a folder's "checkpoint" file names, oldest first; empty if there is none. */
GPtrArray *assay_checkpoint_state_read (const char *folder);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayGroupWriter, assay_group_writer_clear)

/**
 * assay_write_tensorflow_objects:
 * @path: of the index
 * @graph: an object graph
 * @objects: (element-type AssayLive): the object of each node
 * @error: return location for an error
 *
 * Writes the values of objects as a TensorFlow checkpoint.
 *
 * Returns: whether it is written
 */
gboolean assay_write_tensorflow_objects (const char *path, AssayObjectGraph *graph, GArray *objects, GError **error);

G_END_DECLS
