/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two variables side by side: A, B and B − A as heat maps that move together, distributions, and the values that changed most. */

#pragma once

#include <assay/comparison-rows.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_COMPARE_DETAIL (assay_compare_detail_get_type ())
G_DECLARE_FINAL_TYPE (AssayCompareDetail, assay_compare_detail, ASSAY, COMPARE_DETAIL, GtkWidget)

/**
 * assay_compare_detail_show:
 * @rows: what @row is of
 * @row: (nullable): a row; nothing is shown of a module
 *
 * Shows a pair. If it is the same one as before, with other values, zoom and slice stay.
 */
void assay_compare_detail_show (AssayCompareDetail *self, AssayComparisonRows *rows, AssayComparisonRow *row);

/**
 * assay_compare_detail_set_titles:
 * @a: what A is called
 * @b: what B is called
 *
 * Says what the sides are.
 */
void assay_compare_detail_set_titles (AssayCompareDetail *self, const char *a, const char *b);

G_END_DECLS
