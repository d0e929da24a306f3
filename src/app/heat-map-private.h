/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The heat map: two axes of any variable as a picture that can be zoomed and moved. */

#pragma once

#include "slice-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_HEAT_MAP (assay_heat_map_get_type ())
G_DECLARE_FINAL_TYPE (AssayHeatMap, assay_heat_map, ASSAY, HEAT_MAP, GtkWidget)

/* Signals: "extremes-changed": more of the values is known; "picture": a new picture has come. */

/**
 * assay_heat_map_new:
 *
 * Returns: (transfer full): an empty heat map
 */
GtkWidget *assay_heat_map_new (void);

/**
 * assay_heat_map_set:
 * @source: (nullable): numeric values
 * @slice: what of them is shown
 * @keep_view: whether zoom and position stay
 *
 * Shows values.
 */
void assay_heat_map_set (AssayHeatMap *self, AssaySource *source, const AssaySlice *slice, gboolean keep_view);

/**
 * assay_heat_map_set_bound:
 * @bound: the magnitude at the ends of the colours; 0 for the largest that is known
 *
 * Changes the range of colours.
 */
void assay_heat_map_set_bound (AssayHeatMap *self, double bound);

/**
 * assay_heat_map_get_bound:
 *
 * Returns: the magnitude at the ends of the colours; 0 if nothing is known yet
 */
double assay_heat_map_get_bound (AssayHeatMap *self);

/**
 * assay_heat_map_get_texture:
 *
 * Returns: (transfer none) (nullable): the picture as it is now
 */
GdkTexture *assay_heat_map_get_texture (AssayHeatMap *self);

/**
 * assay_heat_map_link:
 * @other: another heat map
 *
 * From now on both show the same part, and tell of the same cell, as far as both have it. They forget each other when one is gone.
 */
void assay_heat_map_link (AssayHeatMap *self, AssayHeatMap *other);

/**
 * assay_heat_map_show_cell:
 * @row: a row of the slice
 * @column: a column
 *
 * Tells of a cell, and moves there if it is out of sight.
 */
void assay_heat_map_show_cell (AssayHeatMap *self, guint64 row, guint64 column);

/**
 * assay_heat_map_zoom:
 * @factor: above 1 to see less, larger
 *
 * Zooms about the middle.
 */
void assay_heat_map_zoom (AssayHeatMap *self, double factor);

/**
 * assay_heat_map_fit:
 *
 * Shows everything.
 */
void assay_heat_map_fit (AssayHeatMap *self);

G_END_DECLS
