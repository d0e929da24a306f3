/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the value table share. */

#pragma once

#include "block-cache-private.h"
#include "glyphs-private.h"
#include "value-table-private.h"

G_BEGIN_DECLS

struct _AssayValueTable
{
  AssayScrollArea  parent_instance;
  AssayBlockCache *cache;
  AssaySource     *source;
  AssaySource     *saved;
  AssaySlice       slice;
  AssayFormatStyle style;
  gboolean         editable;
  gboolean         left; /* text goes to the left, numbers to the right */

  /* Invariant: cursor and anchor are inside n_rows × n_columns, unless that is empty. */
  guint64 n_rows;
  guint64 n_columns;
  guint64 row;
  guint64 column;
  guint64 anchor_row;
  guint64 anchor_column;

  /* Layout, in pixels. */
  int          row_height;
  int          column_width;
  int          header_width;
  int          n_characters; /* what column_width is made for */
  int          n_whole;      /* the longest number up to its point that has been seen */
  int          n_fraction;   /* and from its point on */
  AssayGlyphs *glyphs;
  AssayGlyphs *bold;

  GtkWidget *editor; /* while a cell is edited */
};

/* Draws all that is seen (value-table-draw.c). */
void assay_value_table_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* Measures the font, then sizes cells and content (value-table.c). */
void assay_value_table_layout (AssayValueTable *self);

/* Adds the controllers (value-table-input.c). */
void assay_value_table_init_input (AssayValueTable *self);

/* Where a cell is, in widget pixels (value-table.c). */
void assay_value_table_get_cell_area (AssayValueTable *self, guint64 row, guint64 column, graphene_rect_t *area);

/* Closes the editor; @accept gives its text to "edit" first (value-table-edit.c). Returns whether it is closed. */
gboolean assay_value_table_end_edit (AssayValueTable *self, gboolean accept);

/* Tells assistive technologies of the cell under the cursor (value-table.c). */
void assay_value_table_tell (AssayValueTable *self);

G_END_DECLS
