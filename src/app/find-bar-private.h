/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Finding values in a variable: what, how many, one after the other. */

#pragma once

#include <assay/source.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_FIND_BAR (assay_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (AssayFindBar, assay_find_bar, ASSAY, FIND_BAR, GtkWidget)

/* Signal: "found" (guint64 position): show this element, counted in row-major order. */

/**
 * assay_find_bar_set_source:
 * @source: (nullable): numeric values; others can't be searched
 *
 * Begins with other values.
 */
void assay_find_bar_set_source (AssayFindBar *self, AssaySource *source);

/**
 * assay_find_bar_focus:
 *
 * Puts the cursor into the field.
 */
void assay_find_bar_focus (AssayFindBar *self);

G_END_DECLS
