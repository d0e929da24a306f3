/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tiles of a pyramid: smallest and largest value of blocks of elements. */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

/* A tile has so many cells in each direction, or fewer at the far edges. */
#define PYRAMID_TILE 256

/**
 * PyramidPlane:
 * @n_rows: elements down
 * @n_columns: elements across
 * @row_axis: the source's axis that goes down, G_MAXUINT if none; lower than @column_axis
 * @column_axis: the source's axis that goes across, G_MAXUINT if none
 * @origin: the index of the first element
 * @first: its position in row-major order
 * @row_stride: how far rows are apart in row-major order
 * @column_stride: how far neighbours in a row are apart
 *
 * The two axes of a source, so that a row's elements lie as near each other as can be.
 */
typedef struct
{
  AssaySource *source;
  guint64      n_rows;
  guint64      n_columns;
  guint        row_axis;
  guint        column_axis;
  guint64      origin[ASSAY_MAX_RANK];
  guint64      first;
  guint64      row_stride;
  guint64      column_stride;
} PyramidPlane;

/**
 * PyramidTile:
 * @row_shift: a cell is 2^this rows high
 * @column_shift: and 2^this columns wide
 * @row: the first cell's place, in cells of this level
 * @column: likewise
 * @n_rows: cells down
 * @n_columns: cells across
 * @used: when it was looked at last
 * @min: smallest number of each cell; infinity if there is none
 * @max: largest number of each cell, minus infinity if there is none; the same memory as @min if cells are elements,
 *   which then may be NaN
 * @has_nan: whether there is a NaN in a cell; %NULL if cells are elements
 *
 * Immutable once it is published.
 */
typedef struct
{
  gatomicrefcount ref_count;
  guint           row_shift;
  guint           column_shift;
  guint64         row;
  guint64         column;
  guint           n_rows;
  guint           n_columns;
  guint64         used;
  gsize           n_bytes;
  float          *min;
  float          *max;
  guint8         *has_nan;
} PyramidTile;

/**
 * pyramid_tile_new:
 * @n_rows: cells down
 * @n_columns: cells across
 *
 * Returns: (transfer full): a tile whose cells hold nothing yet
 */
PyramidTile *pyramid_tile_new (guint   row_shift,
                               guint   column_shift,
                               guint64 row,
                               guint64 column,
                               guint   n_rows,
                               guint   n_columns);

PyramidTile *pyramid_tile_ref (PyramidTile *self);
void         pyramid_tile_unref (PyramidTile *self);

/**
 * pyramid_tile_read:
 * @self: a tile that isn't published yet
 * @map: (nullable): the plane's elements from @first on, if they are mapped
 * @row: the first of the element rows to take
 * @n_rows: how many, all in the tile
 * @column: the first of the element columns to take
 * @n_columns: how many, all in the tile
 *
 * Adds elements to the cells.
 *
 * Returns: whether all could be read
 */
gboolean pyramid_tile_read (PyramidTile        *self,
                            const PyramidPlane *plane,
                            const void         *map,
                            guint64             row,
                            guint64             n_rows,
                            guint64             column,
                            guint64             n_columns,
                            GCancellable       *cancellable,
                            GError            **error);

/**
 * pyramid_tile_fill:
 * @self: a tile
 * @map: (nullable): the plane's elements, if they are mapped
 *
 * Adds all elements that the tile covers.
 *
 * Returns: whether all could be read
 */
gboolean pyramid_tile_fill (PyramidTile        *self,
                            const PyramidPlane *plane,
                            const void         *map,
                            GCancellable       *cancellable,
                            GError            **error);

G_END_DECLS
