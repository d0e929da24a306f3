/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the values view share. */

#pragma once

#include "cell-work-private.h"
#include "find-bar-private.h"
#include "value-table-private.h"
#include "values-view-private.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _AssayValuesView
{
  GtkWidget        parent_instance;
  GtkStack        *states;
  AdwStatusPage   *empty;
  GtkEntry        *cell;
  GtkEntry        *formula;
  GtkWidget       *apply;
  GtkWidget       *cancel;
  GtkLabel        *preview;
  AssayValueTable *table;
  GtkLabel        *summary;
  AssayFindBar    *find;
  GtkDropDown     *style;

  AssayLook    *look; /* as the variable's page has it; not owned, NULL before the first */
  GCancellable *summing;
  GCancellable *previewing;
  AssayJob     *applying;
  guint         later; /* sums and previews wait until the selection rests */
  gboolean      read_only;
};

/* What a formula would change: %NULL box for the whole variable (values-formula.c). */
gboolean assay_values_view_get_box (AssayValuesView *self, guint64 *start, guint64 *count);

/* Shows what the formula would do (values-formula.c). */
void assay_values_view_update_preview (AssayValuesView *self);

/* Says something under the formula (values-formula.c). */
void assay_values_view_say (AssayValuesView *self, const char *text, gboolean error);

/* Connects formula, Apply and Cancel (values-formula.c). */
void assay_values_view_init_formula (AssayValuesView *self);

/* Repeats the first row of the selection in the others (values-fill.c). */
void assay_values_view_fill (AssayValuesView *self);

/* Connects copying, pasting and typing (values-edit.c). */
void assay_values_view_init_edit (AssayValuesView *self);

G_END_DECLS
