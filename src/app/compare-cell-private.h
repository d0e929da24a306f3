/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A cell of the list of a comparison. */

#pragma once

#include <assay/comparison-rows.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  ASSAY_COMPARE_CELL_NAME,
  ASSAY_COMPARE_CELL_STATUS,
  ASSAY_COMPARE_CELL_SHAPE,
  ASSAY_COMPARE_CELL_RELATIVE,
  ASSAY_COMPARE_CELL_BAR,
  ASSAY_COMPARE_CELL_MAX,
  ASSAY_COMPARE_CELL_COSINE,
  ASSAY_COMPARE_CELL_FRACTION,
  ASSAY_COMPARE_CELL_ULP,
  ASSAY_N_COMPARE_CELLS
} AssayCompareCellKind;

#define ASSAY_TYPE_COMPARE_CELL (assay_compare_cell_get_type ())
G_DECLARE_FINAL_TYPE (AssayCompareCell, assay_compare_cell, ASSAY, COMPARE_CELL, GtkWidget)

/* Signal: "toggled": the user opens or closes the module. */

/**
 * assay_compare_cell_new:
 * @kind: what it shows
 *
 * Returns: (transfer full): an empty cell
 */
GtkWidget *assay_compare_cell_new (AssayCompareCellKind kind);

/**
 * assay_compare_cell_set_row:
 * @row: (nullable): a row
 *
 * Shows a row, and follows it.
 */
void assay_compare_cell_set_row (AssayCompareCell *self, AssayComparisonRow *row);

/**
 * assay_compare_cell_get_row:
 *
 * Returns: (transfer none) (nullable): the row it shows
 */
AssayComparisonRow *assay_compare_cell_get_row (AssayCompareCell *self);

/**
 * assay_pair_status_text:
 * @status: a status
 *
 * Returns: (transfer none): the status in words, translated
 */
const char *assay_pair_status_text (AssayPairStatus status);

G_END_DECLS
