/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* NumPy's slices: "0, :, 2:8, ::-1, ...". */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

/**
 * CliSlice:
 * @start: first index along each axis
 * @step: how far to the next; may be negative
 * @count: how many
 * @dropped: whether the axis was given a single index, so that the result doesn't have it
 *
 * A slice of an array, axis by axis.
 */
typedef struct
{
  guint    rank;
  guint64  start[ASSAY_MAX_RANK];
  gint64   step[ASSAY_MAX_RANK];
  guint64  count[ASSAY_MAX_RANK];
  gboolean dropped[ASSAY_MAX_RANK];
} CliSlice;

/**
 * cli_slice_parse:
 * @text: (nullable): the slice; %NULL for everything
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @slice: (out caller-allocates): what it says
 *
 * Parses a slice by NumPy's rules. Fails with `ASSAY_ERROR_SYNTAX` or, for an index outside, `ASSAY_ERROR_RANGE`.
 *
 * Returns: whether it could be parsed
 */
gboolean cli_slice_parse (const char *text, guint rank, const guint64 *shape, CliSlice *slice, GError **error);

/**
 * cli_slice_read:
 * @source: values of any dtype but `STRING`
 * @slice: which of them
 *
 * Reads a slice.
 *
 * Returns: (transfer full): its elements, row-major, or %NULL with @error set
 */
GBytes *cli_slice_read (AssaySource *source, const CliSlice *slice, GError **error);

/**
 * cli_slice_read_strings:
 * @source: a `STRING` source
 * @slice: which of them
 *
 * Reads a slice of strings.
 *
 * Returns: (transfer container) (element-type GBytes): the strings, row-major, or %NULL with @error set
 */
GPtrArray *cli_slice_read_strings (AssaySource *source, const CliSlice *slice, GError **error);

/**
 * cli_slice_n_elements:
 *
 * Returns: how many elements it has
 */
guint64 cli_slice_n_elements (const CliSlice *slice);

/**
 * cli_slice_get_shape:
 * @shape: (out): the dimensions of the result, without dropped axes
 *
 * Returns: the rank of the result
 */
guint cli_slice_get_shape (const CliSlice *slice, guint64 *shape);

G_END_DECLS
