/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The heat map of a variable with its scale, and below it distribution and facts. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_HEAT_VIEW (assay_heat_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayHeatView, assay_heat_view, ASSAY, HEAT_VIEW, GtkWidget)

/**
 * assay_heat_view_look:
 * @look: a variable of numeric values
 * @change: what is new
 *
 * Shows values.
 */
void assay_heat_view_look (AssayHeatView *self, const AssayLook *look, AssayLookChange change);

/**
 * assay_heat_view_export:
 *
 * Asks where to, then writes the picture as PNG or SVG.
 */
void assay_heat_view_export (AssayHeatView *self);

/**
 * assay_heat_view_place_controls:
 * @range_place: where the range of colours goes
 * @zoom_place: where the buttons go
 *
 * Lets the controls stand in rows of the variable's page, where there is room.
 */
void assay_heat_view_place_controls (AssayHeatView *self, GtkBox *range_place, GtkBox *zoom_place);

/**
 * assay_heat_view_show_controls:
 * @visible: whether the heat map is the page that is seen
 *
 * Shows or hides the controls.
 */
void assay_heat_view_show_controls (AssayHeatView *self, gboolean visible);

G_END_DECLS
