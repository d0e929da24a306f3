/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the two halves of a pyramid share: what is known (pyramid.c), and making more known (pyramid-refine.c). */

#pragma once

#include <assay/pyramid.h>

#include "pyramid-tile-private.h"

G_BEGIN_DECLS

/**
 * AssayPyramid:
 * @transposed: the picture's rows are the plane's columns
 * @base_row_shift: the level of the grid over everything: its cells are 2^this rows high
 * @base_column_shift: and 2^this columns wide
 * @n_base_rows: tiles of the grid down
 * @n_base_columns: tiles of the grid across
 * @lock: guards what follows
 * @base: the grid's tiles, row-major; %NULL where there is none yet
 * @preview: (nullable): a coarse tile over everything, made of a sample
 * @details: finer tiles, by themselves
 * @detail_bytes: what they take
 * @clock: counts samples, for forgetting what was looked at longest ago
 */
struct _AssayPyramid
{
  GObject       parent_instance;
  PyramidPlane  plane;
  gboolean      transposed;
  guint         base_row_shift;
  guint         base_column_shift;
  guint64       n_base_rows;
  guint64       n_base_columns;
  GMutex        lock;
  PyramidTile **base;
  PyramidTile  *preview;
  GHashTable   *details;
  gsize         detail_bytes;
  guint64       clock;
  float         min;
  float         max;
};

/**
 * PyramidWindow:
 * @row_shift: the level from which a view is answered
 * @row: the first tile
 * @n_rows: how many tiles
 *
 * The tiles that a view needs; columns likewise.
 */
typedef struct
{
  guint   row_shift;
  guint   column_shift;
  guint64 row;
  guint64 column;
  guint64 n_rows;
  guint64 n_columns;
} PyramidWindow;

/**
 * pyramid_turn_view:
 *
 * Returns: the view as the plane has it
 */
AssayPyramidView pyramid_turn_view (AssayPyramid *self, const AssayPyramidView *view);

/**
 * pyramid_get_window:
 * @view: a turned view
 *
 * Returns: %FALSE if the view shows nothing of the plane
 */
gboolean pyramid_get_window (AssayPyramid *self, const AssayPyramidView *view, PyramidWindow *window);

/**
 * pyramid_get_base_window:
 * @view: a turned view that shows something
 * @window: (out): the tiles of the base that lie under it
 */
void pyramid_get_base_window (AssayPyramid *self, const AssayPyramidView *view, PyramidWindow *window);

/**
 * pyramid_is_base:
 *
 * Returns: whether this is the level of the grid over everything
 */
gboolean pyramid_is_base (AssayPyramid *self, guint row_shift, guint column_shift);

/**
 * pyramid_find_tile:
 * @row: the tile's place in its level, in tiles
 *
 * Called with the lock held.
 *
 * Returns: (transfer none) (nullable): the tile, if it is there
 */
PyramidTile *pyramid_find_tile (AssayPyramid *self, guint row_shift, guint column_shift, guint64 row, guint64 column);

/**
 * pyramid_make_tile:
 *
 * Returns: (transfer full): an empty tile for that place
 */
PyramidTile *pyramid_make_tile (AssayPyramid *self, guint row_shift, guint column_shift, guint64 row, guint64 column);

/**
 * pyramid_publish:
 * @tile: (transfer full): a filled tile
 *
 * Makes a tile known, and forgets what was looked at longest ago if there are too many.
 */
void pyramid_publish (AssayPyramid *self, PyramidTile *tile);

G_END_DECLS
