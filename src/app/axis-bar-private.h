/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Choosing which axes go down and across, and the index along each other axis. */

#pragma once

#include "slice-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_AXIS_BAR (assay_axis_bar_get_type ())
G_DECLARE_FINAL_TYPE (AssayAxisBar, assay_axis_bar, ASSAY, AXIS_BAR, GtkWidget)

/* Signal: "changed": the user chose something else. */

/**
 * assay_axis_bar_set:
 * @slice: what is shown
 * @name: the variable's name
 *
 * Begins with a variable; hides itself where nothing can be chosen.
 */
void assay_axis_bar_set (AssayAxisBar *self, const AssaySlice *slice, const char *name);

/**
 * assay_axis_bar_get_slice:
 *
 * Returns: (transfer none): what is chosen
 */
const AssaySlice *assay_axis_bar_get_slice (AssayAxisBar *self);

G_END_DECLS
