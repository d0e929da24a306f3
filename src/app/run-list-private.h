/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a run has left, a row a layer, in the order of running. */

#pragma once

#include <assay/run-rows.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RUN_LIST (assay_run_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunList, assay_run_list, ASSAY, RUN_LIST, GtkWidget)

/* Signals: "selected": another row; "activated": a row was clicked twice, or Enter pressed. */

/**
 * assay_run_list_set_rows:
 * @rows: what a run has left
 *
 * Shows other rows.
 */
void assay_run_list_set_rows (AssayRunList *self, AssayRunRows *rows);

/**
 * assay_run_list_set_base:
 * @number: the run that changes are told from, 0 for none
 *
 * Names the column of changes, or hides it.
 */
void assay_run_list_set_base (AssayRunList *self, guint number);

/**
 * assay_run_list_select:
 * @key: the name of a value
 *
 * Selects the row that shows it.
 *
 * Returns: whether there is one
 */
gboolean assay_run_list_select (AssayRunList *self, const char *key);

/**
 * assay_run_list_select_first:
 * @n_skipped: so many rows at the top are inputs
 *
 * Selects what is looked at first: the first layer that gave pictures, else what came out last.
 */
void assay_run_list_select_first (AssayRunList *self, guint n_skipped);

/**
 * assay_run_list_get_selected:
 *
 * Returns: (transfer none) (nullable): the selected row
 */
AssayRunRow *assay_run_list_get_selected (AssayRunList *self);

G_END_DECLS
