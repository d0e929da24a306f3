/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Painting some channels of an activation, in a worker. */

#pragma once

#include <assay/source.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AssayChannelPaint:
 * @source: values of shape [n, height, width, channels]
 * @sample: which of the n
 * @first: the first channel
 * @n: how many channels
 * @n_columns: how many stand side by side
 * @block: so many values a side become one pixel: the one of the largest magnitude
 * @zoom: so many pixels a side one value takes
 * @step_x: pixels from one channel to the next
 * @step_y: pixels from one row of channels to the next
 * @bound: the magnitude at the ends of the colour scale
 * @min: (out): of each channel, the least value
 * @max: (out): likewise the largest
 *
 * What is to be painted. Owned by whoever made it; @min and @max are made by assay_channel_paint().
 */
typedef struct
{
  AssaySource *source;
  guint64      sample, first;
  guint        n, n_columns, block, zoom, step_x, step_y;
  double       bound;
  double      *min, *max;
  guint        generation;
} AssayChannelPaint;

/**
 * assay_channel_paint_free:
 *
 * Frees it and what it holds.
 */
void assay_channel_paint_free (gpointer self);

/**
 * assay_channel_paint:
 * @cancellable: (nullable): ends it
 *
 * Reads a few MB at a time. Blocks; call it in a worker.
 *
 * Returns: (transfer full) (nullable): the picture; transparent between channels
 */
GdkTexture *assay_channel_paint (AssayChannelPaint *self, GCancellable *cancellable);

G_END_DECLS
