/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The scale beside a heat map. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_COLOR_BAR (assay_color_bar_get_type ())
G_DECLARE_FINAL_TYPE (AssayColorBar, assay_color_bar, ASSAY, COLOR_BAR, GtkWidget)

/**
 * assay_color_bar_set_bound:
 * @bound: the magnitude at its ends; 0 if it isn't known yet
 *
 * Changes what it says.
 */
void assay_color_bar_set_bound (AssayColorBar *self, double bound);

G_END_DECLS
