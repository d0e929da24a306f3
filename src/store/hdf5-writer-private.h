/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* libhdf5 writing in the helper, seen from here. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_HDF5_WRITER (assay_hdf5_writer_get_type ())
G_DECLARE_FINAL_TYPE (AssayHdf5Writer, assay_hdf5_writer, ASSAY, HDF5_WRITER, GObject)

/**
 * assay_hdf5_writer_open:
 * @fd: an HDF5 file, open for reading and writing; stays the caller's
 * @error: return location for an error
 *
 * Starts the helper on an existing file.
 *
 * Returns: (transfer full): a writer
 */
AssayHdf5Writer *assay_hdf5_writer_open (int fd, GError **error);

/**
 * assay_hdf5_writer_create:
 * @fd: an empty file, open for reading and writing; stays the caller's
 * @error: return location for an error
 *
 * Starts the helper and makes a new HDF5 file.
 *
 * Returns: (transfer full): a writer
 */
AssayHdf5Writer *assay_hdf5_writer_create (int fd, GError **error);

/**
 * assay_hdf5_writer_add_group:
 * @path: its path; groups above it are made too
 * @error: return location for an error
 *
 * Makes a group, unless it is there.
 *
 * Returns: whether it is there
 */
gboolean assay_hdf5_writer_add_group (AssayHdf5Writer *self, const char *path, GError **error);

/**
 * assay_hdf5_writer_set_attribute:
 * @path: a group or dataset
 * @name: the attribute's name
 * @value: a string, a string array or an int64; a floating reference is taken
 * @error: return location for an error
 *
 * Sets an attribute.
 *
 * Returns: whether it is set
 */
gboolean assay_hdf5_writer_set_attribute (AssayHdf5Writer *self, const char *path, const char *name, GVariant *value, GError **error);

/**
 * assay_hdf5_writer_add_dataset:
 * @path: its path; groups above it are made too
 * @dtype: its dtype
 * @item_size: bytes an element takes
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @deflate: 0 for contiguous values; 1 to 9 for chunks with shuffle and deflate
 * @offset: (out): where the values of a contiguous dataset lie in the file; G_MAXUINT64 if they must be written by
 *   assay_hdf5_writer_write()
 * @error: return location for an error
 *
 * Makes a dataset, little-endian. Types that HDF5 doesn't have are stored as their bits.
 *
 * Returns: whether it is there
 */
gboolean assay_hdf5_writer_add_dataset (AssayHdf5Writer *self,
                                        const char      *path,
                                        AssayDtype       dtype,
                                        guint32          item_size,
                                        guint            rank,
                                        const guint64   *shape,
                                        guint            deflate,
                                        guint64         *offset,
                                        GError         **error);

/**
 * assay_hdf5_writer_write:
 * @path: a dataset
 * @source: its values
 * @base: (nullable): what it has already: only what differs is written
 * @big_endian: the order of the file's elements
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Writes values through libhdf5, whatever the layout and filters.
 *
 * Returns: whether they are written
 */
gboolean assay_hdf5_writer_write (AssayHdf5Writer *self,
                                  const char      *path,
                                  AssaySource     *source,
                                  AssaySource     *base,
                                  gboolean         big_endian,
                                  AssayJob        *job,
                                  GError         **error);

/**
 * assay_hdf5_writer_close:
 * @error: return location for an error
 *
 * Writes all that libhdf5 still holds, and ends the helper.
 *
 * Returns: whether everything is in the file
 */
gboolean assay_hdf5_writer_close (AssayHdf5Writer *self, GError **error);

G_END_DECLS
