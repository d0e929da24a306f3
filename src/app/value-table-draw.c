/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drawing the table: only cells that are seen, from blocks that are there. Positions are counted from the first seen row and
 * column, since GSK's floats can't tell far pixels apart. */

#include "value-table-parts-private.h"

#include "colors-private.h"

#include <math.h>

/* A column has room for so many characters at most. */
#define MAX_CHARACTERS 32

/* So many more than the longest number has are spent on standing under each other. */
#define MAX_POINT_CHARACTERS 4

/* What is seen of the table in this frame. */
typedef struct
{
  GtkSnapshot *snapshot;
  guint64      first_row;
  guint64      first_column;
  guint64      end_row;
  guint64      end_column;
  double       x; /* of the first seen column, in widget pixels */
  double       y; /* of the first seen row */
  int          width;
  int          height;
  AssayColors  colors;
} Frame;

static void
frame_init (Frame *frame, AssayValueTable *self, GtkSnapshot *snapshot)
{
  double x = assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  double y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));

  frame->snapshot = snapshot;
  frame->width = gtk_widget_get_width (GTK_WIDGET (self));
  frame->height = gtk_widget_get_height (GTK_WIDGET (self));
  frame->first_row = (guint64) (y / self->row_height);
  frame->first_column = (guint64) (x / self->column_width);
  frame->end_row = MIN (self->n_rows, frame->first_row + (guint64) (frame->height / self->row_height) + 2);
  frame->end_column = MIN (self->n_columns, frame->first_column + (guint64) (frame->width / self->column_width) + 2);
  frame->x = self->header_width + (double) frame->first_column * self->column_width - x;
  frame->y = self->row_height + (double) frame->first_row * self->row_height - y;
  assay_colors_init (&frame->colors, GTK_WIDGET (self));
}

static void
fill (Frame *frame, const GdkRGBA *color, double x, double y, double width, double height)
{
  gtk_snapshot_append_color (frame->snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

static double
row_y (AssayValueTable *self, const Frame *frame, guint64 row)
{
  return frame->y + ((double) row - (double) frame->first_row) * self->row_height;
}

static double
column_x (AssayValueTable *self, const Frame *frame, guint64 column)
{
  return frame->x + ((double) column - (double) frame->first_column) * self->column_width;
}

/* Numbers stand under each other by their points, unless that takes much more room than the longest of them. */
static gboolean
is_pointed (AssayValueTable *self)
{
  return self->n_fraction > 0 && self->n_whole + self->n_fraction <= self->n_characters;
}

static void
draw_cell (AssayValueTable *self, Frame *frame, const AssayBlock *block, guint64 row, guint64 column)
{
  gsize    i = (row % ASSAY_BLOCK_ROWS) * block->n_columns + column % ASSAY_BLOCK_COLUMNS;
  double   x = column_x (self, frame, column);
  double   y = row_y (self, frame, row);
  gboolean bad = block->marks[i] & (ASSAY_MARK_NAN | ASSAY_MARK_INF);
  double   behind = 0;

  if (!bad && is_pointed (self))
    behind = (self->n_fraction - (int) assay_block_fraction_length (block->texts[i])) * assay_glyphs_get_width (self->glyphs);
  if (block->marks[i] & ASSAY_MARK_EDITED)
    fill (frame, &frame->colors.accent, x, y, 3, self->row_height - 1);
  assay_glyphs_draw (bad ? self->bold : self->glyphs, frame->snapshot, block->texts[i], x + 7, y + 3,
                     self->column_width - 14 - MAX (behind, 0), self->left ? 0 : 1, bad ? &frame->colors.error : &frame->colors.text);
}

static void
draw_block (AssayValueTable *self, Frame *frame, const AssayBlock *block, guint64 block_row, guint64 block_column)
{
  guint64 row = MAX (frame->first_row, block_row * ASSAY_BLOCK_ROWS);
  guint64 column = MAX (frame->first_column, block_column * ASSAY_BLOCK_COLUMNS);
  guint64 end_row = MIN (frame->end_row, block_row * ASSAY_BLOCK_ROWS + block->n_rows);
  guint64 end_column = MIN (frame->end_column, block_column * ASSAY_BLOCK_COLUMNS + block->n_columns);

  if (block->error)
    {
      assay_glyphs_draw (self->glyphs, frame->snapshot, block->error, MAX (column_x (self, frame, column), self->header_width) + 7,
                         MAX (row_y (self, frame, row), self->row_height) + 3, frame->width - self->header_width - 14, 0,
                         &frame->colors.error);
      return;
    }
  for (guint64 r = row; r < end_row; r++)
    for (guint64 c = column; c < end_column; c++)
      draw_cell (self, frame, block, r, c);
}

/* Columns grow with the texts that have come, never shrink while the same values are shown. Returns whether the layout changes. */
static gboolean
note_lengths (AssayValueTable *self, const AssayBlock *block)
{
  int longest = (int) block->longest;
  int before = self->n_characters;
  int fraction = self->n_fraction;

  self->n_whole = MAX (self->n_whole, (int) block->longest_whole);
  self->n_fraction = MAX (self->n_fraction, (int) block->longest_fraction);
  if (self->n_whole + self->n_fraction <= MAX (longest, self->n_characters) + MAX_POINT_CHARACTERS)
    longest = MAX (longest, self->n_whole + self->n_fraction);
  self->n_characters = MAX (self->n_characters, MIN (longest, MAX_CHARACTERS));
  return self->n_characters > before || self->n_fraction > fraction;
}

static gboolean
draw_cells (AssayValueTable *self, Frame *frame)
{
  gboolean grown = FALSE;

  assay_block_cache_begin (self->cache);
  for (guint64 r = frame->first_row / ASSAY_BLOCK_ROWS; r * ASSAY_BLOCK_ROWS < frame->end_row; r++)
    for (guint64 c = frame->first_column / ASSAY_BLOCK_COLUMNS; c * ASSAY_BLOCK_COLUMNS < frame->end_column; c++)
      {
        const AssayBlock *block = assay_block_cache_get (self->cache, r, c);

        if (block == NULL)
          continue;
        draw_block (self, frame, block, r, c);
        grown |= note_lengths (self, block);
      }
  assay_block_cache_end (self->cache);
  return grown;
}

static void
draw_grid (AssayValueTable *self, Frame *frame)
{
  double right = MIN (frame->width, column_x (self, frame, frame->end_column));
  double bottom = MIN (frame->height, row_y (self, frame, frame->end_row));

  for (guint64 r = frame->first_row; r < frame->end_row; r++)
    fill (frame, &frame->colors.line, self->header_width, row_y (self, frame, r + 1) - 1, right - self->header_width, 1);
  for (guint64 c = frame->first_column; c < frame->end_column; c++)
    fill (frame, &frame->colors.line, column_x (self, frame, c + 1) - 1, self->row_height, 1, bottom - self->row_height);
}

static void
draw_selection (AssayValueTable *self, Frame *frame)
{
  AssayCells cells;
  double     left;
  double     top;
  double     right;
  double     bottom;

  assay_value_table_get_selection (self, &cells);
  left = MAX (column_x (self, frame, cells.column), self->header_width - 4.0);
  top = MAX (row_y (self, frame, cells.row), self->row_height - 4.0);
  right = MIN (column_x (self, frame, cells.column + cells.n_columns), frame->width + 4.0);
  bottom = MIN (row_y (self, frame, cells.row + cells.n_rows), frame->height + 4.0);
  if (right > left && bottom > top)
    fill (frame, &frame->colors.selected, left, top, right - left - 1, bottom - top - 1);
}

static void
draw_cursor (AssayValueTable *self, Frame *frame)
{
  const GdkRGBA  *color = gtk_widget_has_focus (GTK_WIDGET (self)) ? &frame->colors.accent : &frame->colors.dim;
  GskRoundedRect  outline;
  graphene_rect_t area;

  assay_value_table_get_cell_area (self, self->row, self->column, &area);
  graphene_rect_inset (&area, -1, -1);
  if (area.origin.x > frame->width || area.origin.y > frame->height || area.origin.x < -area.size.width ||
      area.origin.y < -area.size.height)
    return;
  gsk_rounded_rect_init_from_rect (&outline, &area, 2);
  gtk_snapshot_append_border (frame->snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ *color, *color, *color, *color });
}

static void
draw_column_headers (AssayValueTable *self, Frame *frame, const AssayCells *cells)
{
  double right = MIN (frame->width, column_x (self, frame, frame->end_column));

  fill (frame, &frame->colors.header, 0, 0, right, self->row_height);
  gtk_snapshot_push_clip (frame->snapshot, &GRAPHENE_RECT_INIT (self->header_width, 0, frame->width, self->row_height));
  for (guint64 c = frame->first_column; c < frame->end_column; c++)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, c);
      gboolean         selected = c >= cells->column && c - cells->column < cells->n_columns;
      double           x = column_x (self, frame, c);

      if (selected)
        fill (frame, &frame->colors.selected, x, 0, self->column_width, self->row_height);
      assay_glyphs_draw (self->bold, frame->snapshot, text, x + 7, 3, self->column_width - 14, self->left ? 0 : 1,
                         selected ? &frame->colors.text : &frame->colors.dim);
      fill (frame, &frame->colors.line, x + self->column_width - 1, 0, 1, self->row_height);
    }
  gtk_snapshot_pop (frame->snapshot);
  fill (frame, &frame->colors.line, 0, self->row_height - 1, right, 1);
}

static void
draw_row_headers (AssayValueTable *self, Frame *frame, const AssayCells *cells)
{
  double bottom = MIN (frame->height, row_y (self, frame, frame->end_row));

  fill (frame, &frame->colors.header, 0, self->row_height, self->header_width, bottom - self->row_height);
  gtk_snapshot_push_clip (frame->snapshot, &GRAPHENE_RECT_INIT (0, self->row_height, self->header_width, frame->height));
  for (guint64 r = frame->first_row; r < frame->end_row; r++)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, r);
      gboolean         selected = r >= cells->row && r - cells->row < cells->n_rows;
      double           y = row_y (self, frame, r);

      if (selected)
        fill (frame, &frame->colors.selected, 0, y, self->header_width, self->row_height);
      assay_glyphs_draw (self->bold, frame->snapshot, text, 4, y + 3, self->header_width - 11, 1,
                         selected ? &frame->colors.text : &frame->colors.dim);
      fill (frame, &frame->colors.line, 0, y + self->row_height - 1, self->header_width, 1);
    }
  gtk_snapshot_pop (frame->snapshot);
  fill (frame, &frame->colors.line, self->header_width - 1, 0, 1, bottom);
}

static gboolean
relayout_cb (gpointer data)
{
  assay_value_table_layout (data);
  return G_SOURCE_REMOVE;
}

void
assay_value_table_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayValueTable *self = ASSAY_VALUE_TABLE (widget);
  Frame            frame;
  AssayCells       cells;
  gboolean         grown;

  frame_init (&frame, self, snapshot);
  fill (&frame, &frame.colors.background, 0, 0, frame.width, frame.height);
  if (self->n_rows == 0 || self->n_columns == 0)
    return;
  assay_value_table_get_selection (self, &cells);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (self->header_width, self->row_height,
                                                         frame.width - self->header_width, frame.height - self->row_height));
  draw_grid (self, &frame);
  draw_selection (self, &frame);
  grown = draw_cells (self, &frame);
  draw_cursor (self, &frame);
  gtk_snapshot_pop (snapshot);
  draw_column_headers (self, &frame, &cells);
  draw_row_headers (self, &frame, &cells);
  if (self->editor)
    gtk_widget_snapshot_child (widget, self->editor, snapshot);
  if (grown)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, relayout_cb, g_object_ref (self), g_object_unref);
}
