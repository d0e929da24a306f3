/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing values in the bytes that a file wants. */

#pragma once

#include <assay/job.h>
#include <assay/manifest.h>

G_BEGIN_DECLS

/**
 * AssayValuesPlace:
 * @fd: the file
 * @offset: where the first value's byte is
 * @big_endian: whether the file's elements are big-endian
 * @fortran: whether the file is column-major
 * @packed: whether types of less than 8 bits are dense
 *
 * Where values go.
 */
typedef struct
{
  int      fd;
  guint64  offset;
  gboolean big_endian;
  gboolean fortran;
  gboolean packed;
} AssayValuesPlace;

/**
 * assay_values_write:
 * @source: the values
 * @base: (nullable): what the file has already: only ranges that differ from it are written; %NULL writes all
 * @place: where to
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Writes values, piece by piece.
 *
 * Returns: whether they are written
 */
gboolean assay_values_write (AssaySource *source, AssaySource *base, const AssayValuesPlace *place, AssayJob *job, GError **error);

/**
 * assay_values_write_box:
 * @source: the values
 * @start: (array length=rank): where the box begins
 * @count: (array length=rank): how large it is
 * @place: where to; dense and row-major
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Writes a box of values, piece by piece.
 *
 * Returns: whether they are written
 */
gboolean assay_values_write_box (AssaySource            *source,
                                 const guint64          *start,
                                 const guint64          *count,
                                 const AssayValuesPlace *place,
                                 AssayJob               *job,
                                 GError                **error);

/**
 * assay_values_to_file_order:
 * @dtype: their type
 * @data: elements in the machine's order; changed in place
 * @n_bytes: bytes of all
 * @big_endian: the order wanted
 *
 * Turns elements into a file's byte order.
 */
void assay_values_to_file_order (AssayDtype dtype, void *data, gsize n_bytes, gboolean big_endian);

G_END_DECLS
