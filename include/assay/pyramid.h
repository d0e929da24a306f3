/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What each pixel of a heat map covers: smallest and largest value, and whether there is a NaN, at any zoom, of any size. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * AssayPyramid:
 *
 * Two chosen axes of a source, seen as rows and columns. Smallest and largest values of blocks are kept, in at most 64 MB
 * whatever the size: one grid over everything, and finer tiles where the view was last. They are computed by
 * assay_pyramid_refine() in a worker, a coarse preview first; assay_pyramid_sample() answers at once from what is there.
 */
#define ASSAY_TYPE_PYRAMID (assay_pyramid_get_type ())
G_DECLARE_FINAL_TYPE (AssayPyramid, assay_pyramid, ASSAY, PYRAMID, GObject)

/**
 * AssayPixelFlags:
 * @ASSAY_PIXEL_NAN: there is a NaN among what the pixel covers
 * @ASSAY_PIXEL_UNKNOWN: nothing is known yet
 * @ASSAY_PIXEL_OUTSIDE: the pixel lies beside the rows and columns
 * @ASSAY_PIXEL_COARSE: what is told is of a sample, or of a surrounding larger than the pixel; refining makes it right
 */
typedef enum
{
  ASSAY_PIXEL_NAN = 1 << 0,
  ASSAY_PIXEL_UNKNOWN = 1 << 1,
  ASSAY_PIXEL_OUTSIDE = 1 << 2,
  ASSAY_PIXEL_COARSE = 1 << 3,
} AssayPixelFlags;

/**
 * AssayPyramidView:
 * @row: where the picture's upper edge is, in rows; may be negative or a fraction
 * @column: where its left edge is
 * @n_rows: how many rows it shows, above 0
 * @n_columns: how many columns it shows, above 0
 * @width: its pixels across, at least 1
 * @height: its pixels down, at least 1
 *
 * A rectangle of rows and columns, and the size of its picture.
 */
typedef struct
{
  double row;
  double column;
  double n_rows;
  double n_columns;
  guint  width;
  guint  height;
} AssayPyramidView;

/**
 * AssayPyramidNotify:
 * @self: a pyramid
 * @user_data: what was given to assay_pyramid_refine()
 *
 * Called in a worker's thread when sampling would tell more than before; at most some dozen times a second.
 */
typedef void (*AssayPyramidNotify) (AssayPyramid *self, gpointer user_data);

/**
 * assay_pyramid_new:
 * @source: numeric values; complex values count by their magnitudes
 * @row_axis: the axis that goes down; G_MAXUINT for none (then there is one row)
 * @column_axis: another axis, that goes across; G_MAXUINT for none (then there is one column)
 * @index: (nullable) (array): the index along each other axis; %NULL for zeros
 *
 * Nothing is read yet.
 *
 * Returns: (transfer full): a pyramid
 */
AssayPyramid *assay_pyramid_new (AssaySource *source, guint row_axis, guint column_axis, const guint64 *index);

/**
 * assay_pyramid_get_n_rows:
 *
 * Returns: how many rows there are
 */
guint64 assay_pyramid_get_n_rows (AssayPyramid *self);

/**
 * assay_pyramid_get_n_columns:
 *
 * Returns: how many columns there are
 */
guint64 assay_pyramid_get_n_columns (AssayPyramid *self);

/**
 * assay_pyramid_sample:
 * @view: what to show
 * @min: (array): room for @height rows of @width pixels: the smallest value that each pixel covers; NaN if there is none
 * @max: (array): room for as many: the largest value
 * @flags: (array): room for as many: `AssayPixelFlags`
 *
 * Tells what is known now. A pixel smaller than an element shows the element at its centre; a larger one covers the elements
 * from the one at its upper left corner on, up to that of the next pixel, so every element of the view is covered by just
 * one pixel. Where blocks lie across the edges of pixels, a pixel shows some of its surroundings too, never less than it
 * covers.
 *
 * Any thread may call this. It takes some milliseconds for a million pixels; it reads nothing.
 *
 * Returns: whether no pixel is unknown or coarse; else assay_pyramid_refine() for this view would tell more
 */
gboolean assay_pyramid_sample (AssayPyramid *self, const AssayPyramidView *view, float *min, float *max, guint8 *flags);

/**
 * assay_pyramid_refine:
 * @view: what is being looked at
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @job: (nullable): told of progress, asked for cancelling
 * @notify: (nullable): called when there is more to see
 * @user_data: for @notify
 * @error: return location for an error
 *
 * Makes a preview of everything if there is nothing yet (within about 0.1 s), then what @view needs, then the grid over
 * everything. What was done stays done when this is cancelled and called again for another view.
 *
 * Blocks; call it from a worker. Several calls at once are possible but share nothing until a tile is ready. Fails as
 * assay_source_read() does.
 *
 * Returns: whether all is known that @view needs
 */
gboolean assay_pyramid_refine (AssayPyramid           *self,
                               const AssayPyramidView *view,
                               guint                   n_threads,
                               AssayJob               *job,
                               AssayPyramidNotify      notify,
                               gpointer                user_data,
                               GError                **error);

/**
 * assay_pyramid_get_extremes:
 * @min: (out): the smallest finite value seen so far
 * @max: (out): the largest
 *
 * Any thread may call this.
 *
 * Returns: %FALSE if none was seen yet
 */
gboolean assay_pyramid_get_extremes (AssayPyramid *self, float *min, float *max);

G_END_DECLS
