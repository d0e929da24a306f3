/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of values: any number of rows and columns, drawn by itself, read only where it is seen. */

#pragma once

#include "scroll-area-private.h"
#include "slice-private.h"
#include <assay/convert.h>

G_BEGIN_DECLS

/**
 * AssayCells:
 *
 * A rectangle of cells.
 */
typedef struct
{
  guint64 row;
  guint64 column;
  guint64 n_rows;
  guint64 n_columns;
} AssayCells;

#define ASSAY_TYPE_VALUE_TABLE (assay_value_table_get_type ())
G_DECLARE_FINAL_TYPE (AssayValueTable, assay_value_table, ASSAY, VALUE_TABLE, AssayScrollArea)

/* Signals: "selection-changed"; "edit" (const char *text): the user typed into the cell under the cursor, returns whether
 * it was accepted; "copy"; "paste". */

/**
 * assay_value_table_new:
 *
 * Returns: (transfer full): an empty table
 */
GtkWidget *assay_value_table_new (void);

/**
 * assay_value_table_set:
 * @source: (nullable): the values
 * @saved: (nullable): the same before they were edited; differences are marked
 * @slice: what of them is shown
 *
 * Shows values; the cursor goes to the first cell.
 */
void assay_value_table_set (AssayValueTable *self, AssaySource *source, AssaySource *saved, const AssaySlice *slice);

/**
 * assay_value_table_refresh:
 * @source: the values after an edit
 * @saved: (nullable): the same before they were edited
 *
 * Shows edited values; cursor and position stay.
 */
void assay_value_table_refresh (AssayValueTable *self, AssaySource *source, AssaySource *saved);

/**
 * assay_value_table_set_style:
 * @style: how numbers are written
 *
 * Changes how numbers are written.
 */
void assay_value_table_set_style (AssayValueTable *self, AssayFormatStyle style);

/**
 * assay_value_table_set_editable:
 * @editable: whether typing changes values
 *
 * Lets the user edit.
 */
void assay_value_table_set_editable (AssayValueTable *self, gboolean editable);

/**
 * assay_value_table_get_cursor:
 * @row: (out): its row
 * @column: (out): its column
 *
 * Tells where the cursor is.
 */
void assay_value_table_get_cursor (AssayValueTable *self, guint64 *row, guint64 *column);

/**
 * assay_value_table_get_selection:
 * @cells: (out): the selected cells, at least the one under the cursor
 *
 * Tells what is selected.
 */
void assay_value_table_get_selection (AssayValueTable *self, AssayCells *cells);

/**
 * assay_value_table_move_to:
 * @row: a row
 * @column: a column
 * @extend: whether the selection grows to there
 *
 * Moves the cursor and scrolls there.
 */
void assay_value_table_move_to (AssayValueTable *self, guint64 row, guint64 column, gboolean extend);

/**
 * assay_value_table_select_all:
 *
 * Selects all cells.
 */
void assay_value_table_select_all (AssayValueTable *self);

/**
 * assay_value_table_begin_edit:
 * @text: (nullable): what the editor begins with; %NULL for the cell's value
 *
 * Opens the editor over the cell under the cursor.
 */
void assay_value_table_begin_edit (AssayValueTable *self, const char *text);

/**
 * assay_value_table_dup_text:
 *
 * Returns: (transfer full) (nullable): a cell's text, if it is there yet
 */
char *assay_value_table_dup_text (AssayValueTable *self, guint64 row, guint64 column);

G_END_DECLS
