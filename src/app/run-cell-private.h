/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A cell of the list of what a run has left. */

#pragma once

#include <assay/run-rows.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Which column it is of. */
typedef enum
{
  ASSAY_RUN_CELL_LAYER,
  ASSAY_RUN_CELL_SHAPE,
  ASSAY_RUN_CELL_MIN,
  ASSAY_RUN_CELL_MAX,
  ASSAY_RUN_CELL_VALUES,
  ASSAY_RUN_CELL_CHANGE,
  ASSAY_N_RUN_CELLS
} AssayRunCellKind;

#define ASSAY_TYPE_RUN_CELL (assay_run_cell_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunCell, assay_run_cell, ASSAY, RUN_CELL, GtkWidget)

/**
 * assay_run_cell_new:
 * @kind: which column it is of
 *
 * Returns: (transfer floating): an empty cell
 */
GtkWidget *assay_run_cell_new (AssayRunCellKind kind);

/**
 * assay_run_cell_set_item:
 * @item: (nullable): a #GtkTreeListRow with an #AssayRunRow
 *
 * Shows a row, or nothing.
 */
void assay_run_cell_set_item (AssayRunCell *self, GtkTreeListRow *item);

G_END_DECLS
