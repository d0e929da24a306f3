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

G_END_DECLS
