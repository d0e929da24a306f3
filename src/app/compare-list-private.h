/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The list of a comparison: modules and variables with columns that can be sorted. */

#pragma once

#include <assay/comparison-rows.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_COMPARE_LIST (assay_compare_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayCompareList, assay_compare_list, ASSAY, COMPARE_LIST, GtkWidget)

/* Signal: "selected": another row is selected, or the selected one has become known. */

/**
 * assay_compare_list_get_rows:
 *
 * Returns: (transfer none): what it shows
 */
AssayComparisonRows *assay_compare_list_get_rows (AssayCompareList *self);

/**
 * assay_compare_list_get_selected:
 *
 * Returns: (transfer none) (nullable): the row that is selected
 */
AssayComparisonRow *assay_compare_list_get_selected (AssayCompareList *self);

/**
 * assay_compare_list_select:
 * @path: names from the root down
 *
 * Selects the row with this path, if it is shown.
 *
 * Returns: whether it is
 */
gboolean assay_compare_list_select (AssayCompareList *self, const char *path);

/**
 * assay_compare_list_focus:
 *
 * Gives it the keyboard.
 */
void assay_compare_list_focus (AssayCompareList *self);

/**
 * assay_compare_list_sort:
 * @by: a column
 * @descending: largest first
 *
 * Sorts, and marks the column.
 */
void assay_compare_list_sort (AssayCompareList *self, AssayCompareBy by, gboolean descending);

/**
 * assay_compare_list_begin:
 *
 * Before rows change by something that the user chose: the selected row stays selected.
 */
void assay_compare_list_begin (AssayCompareList *self);

/**
 * assay_compare_list_end:
 *
 * After they have changed.
 */
void assay_compare_list_end (AssayCompareList *self);

G_END_DECLS
