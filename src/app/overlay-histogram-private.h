/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The distributions of two variables over each other. */

#pragma once

#include <assay/statistics.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_OVERLAY_HISTOGRAM (assay_overlay_histogram_get_type ())
G_DECLARE_FINAL_TYPE (AssayOverlayHistogram, assay_overlay_histogram, ASSAY, OVERLAY_HISTOGRAM, GtkWidget)

/**
 * assay_overlay_histogram_set:
 * @a: (nullable): statistics before
 * @b: (nullable): statistics after
 *
 * Shows both over one axis; how many there are of each value is told by density, since their bins may be of different width.
 */
void assay_overlay_histogram_set (AssayOverlayHistogram *self, const AssayStatistics *a, const AssayStatistics *b);

G_END_DECLS
