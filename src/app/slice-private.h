/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two axes of an n-dimensional array, and an index for each of the others: what a table or a picture shows. */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_NO_AXIS G_MAXUINT

/**
 * AssaySlice:
 * @rank: number of dimensions
 * @rows: the axis that goes downwards, `ASSAY_NO_AXIS` for a scalar
 * @columns: the axis that goes sideways, `ASSAY_NO_AXIS` for a vector
 * @shape: the dimensions
 * @index: the index along each dimension that is neither
 */
typedef struct
{
  guint   rank;
  guint   rows;
  guint   columns;
  guint64 shape[ASSAY_MAX_RANK];
  guint64 index[ASSAY_MAX_RANK];
} AssaySlice;

/**
 * assay_slice_init:
 * @source: values
 *
 * Shows the last two axes, the first index of the others.
 */
void assay_slice_init (AssaySlice *self, AssaySource *source);

/**
 * assay_slice_n_rows:
 *
 * Returns: how many rows there are; 1 for a scalar
 */
guint64 assay_slice_n_rows (const AssaySlice *self);

/**
 * assay_slice_n_columns:
 *
 * Returns: how many columns there are; 1 for a vector
 */
guint64 assay_slice_n_columns (const AssaySlice *self);

/**
 * assay_slice_box:
 * @row: first row
 * @column: first column
 * @n_rows: how many rows
 * @n_columns: how many columns
 * @start: (out): where the box begins
 * @count: (out): how large it is
 *
 * Turns a rectangle of the slice into a box of the source.
 */
void assay_slice_box (const AssaySlice *self,
                      guint64           row,
                      guint64           column,
                      guint64           n_rows,
                      guint64           n_columns,
                      guint64          *start,
                      guint64          *count);

/**
 * assay_slice_is_transposed:
 *
 * Returns: whether the row axis comes after the column axis, so that a box comes column by column
 */
gboolean assay_slice_is_transposed (const AssaySlice *self);

/**
 * assay_slice_read:
 * @source: values of a dtype that isn't `STRING`
 * @row: first row
 * @column: first column
 * @n_rows: how many rows, at least 1
 * @n_columns: how many columns, at least 1
 * @cancellable: (nullable): ends it
 * @error: return location for an error
 *
 * Reads a rectangle, row by row. Blocks; call it from a worker.
 *
 * Returns: (transfer full): n_rows × n_columns elements, or %NULL with @error set
 */
void *assay_slice_read (const AssaySlice *self,
                        AssaySource      *source,
                        guint64           row,
                        guint64           column,
                        guint64           n_rows,
                        guint64           n_columns,
                        GCancellable     *cancellable,
                        GError          **error);

/**
 * assay_slice_dup_index_text:
 * @row: a row
 * @column: a column
 *
 * Returns: (transfer full): the whole index of a cell, as in "[1, 1, 3, 2]"
 */
char *assay_slice_dup_index_text (const AssaySlice *self, guint64 row, guint64 column);

G_END_DECLS
