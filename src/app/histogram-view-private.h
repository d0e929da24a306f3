/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A histogram with its axis; without an axis, the small one in a row of the tree. */

#pragma once

#include <assay/statistics.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How a histogram is drawn. */
typedef enum
{
  ASSAY_SCALE_LINEAR,
  ASSAY_SCALE_LOG,    /* logarithmic counts */
  ASSAY_SCALE_SYMLOG, /* logarithmic values on both sides of zero */
} AssayScale;

#define ASSAY_TYPE_HISTOGRAM_VIEW (assay_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayHistogramView, assay_histogram_view, ASSAY, HISTOGRAM_VIEW, GtkWidget)

/**
 * assay_histogram_view_new:
 * @small: whether it is a row's: no axis, little room
 *
 * Returns: (transfer full): an empty histogram
 */
GtkWidget *assay_histogram_view_new (gboolean small);

/**
 * assay_histogram_view_set_bins:
 * @bins: (array length=n_bins): counts
 * @n_bins: how many
 * @edges: (array): n_bins + 1 values where bins begin and end, ascending
 *
 * Shows counts. With 0 bins it shows nothing.
 */
void assay_histogram_view_set_bins (AssayHistogramView *self, const guint64 *bins, guint n_bins, const double *edges);

/**
 * assay_histogram_view_set_statistics:
 * @statistics: (nullable): statistics
 *
 * Shows their equal bins.
 */
void assay_histogram_view_set_statistics (AssayHistogramView *self, const AssayStatistics *statistics);

/**
 * assay_histogram_view_set_scale:
 * @scale: how counts become heights
 *
 * Changes the scale of counts; for `SYMLOG`, give bins with such edges too.
 */
void assay_histogram_view_set_scale (AssayHistogramView *self, AssayScale scale);

/**
 * assay_histogram_choose_n_bins:
 * @n_values: how many values are counted
 * @most: bins that there is room for, a power of two
 *
 * As many bins as tell the shape of so many values (twice their cube root, Rice's rule), as a power of two: few values in many bins
 * are a row of needles.
 *
 * Returns: from 4 to @most
 */
guint assay_histogram_choose_n_bins (guint64 n_values, guint most);

G_END_DECLS
