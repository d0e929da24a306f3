/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The values of a variable as a table, with formula, find and summary. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_VALUES_VIEW (assay_values_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayValuesView, assay_values_view, ASSAY, VALUES_VIEW, GtkWidget)

/* Signal: "go-to" (gpointer index): an element is to be shown that may lie in another slice; guint64, one an axis. */

/**
 * assay_values_view_look:
 * @look: a variable
 * @change: what is new
 *
 * Shows values.
 */
void assay_values_view_look (AssayValuesView *self, const AssayLook *look, AssayLookChange change);

/**
 * assay_values_view_set_read_only:
 * @read_only: whether values are only looked at
 *
 * Takes away what edits.
 */
void assay_values_view_set_read_only (AssayValuesView *self, gboolean read_only);

/**
 * assay_values_view_move_to:
 * @index: (array): an element of the slice that is shown
 *
 * Moves the cursor there.
 */
void assay_values_view_move_to (AssayValuesView *self, const guint64 *index);

/**
 * assay_values_view_command:
 * @command: "go-to", "find-value" or "formula"
 *
 * Puts the cursor into that field.
 */
void assay_values_view_command (AssayValuesView *self, const char *command);

G_END_DECLS
