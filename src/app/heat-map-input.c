/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keyboard and pointer of the heat map: the wheel zooms about the pointer, dragging moves, arrows move the told cell. */

#include "heat-map-parts-private.h"

#include <math.h>

static void
zoom_at (AssayHeatMap *self, double factor, double x, double y)
{
  double row = self->row + y / MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1) * self->n_rows;
  double column = self->column + x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->n_columns;

  self->fitted = FALSE;
  assay_heat_map_look_at (self, row + (self->row - row) / factor, column + (self->column - column) / factor,
                          self->n_rows / factor, self->n_columns / factor);
}

void
assay_heat_map_zoom (AssayHeatMap *self, double factor)
{
  zoom_at (self, factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

static gboolean
scroll_cb (AssayHeatMap *self, double dx, double dy)
{
  if (self->pyramid == NULL)
    return FALSE;
  zoom_at (self, pow (1.25, -dy), self->pointer_x, self->pointer_y);
  return TRUE;
}

static void
motion_cb (AssayHeatMap *self, double x, double y)
{
  double   row = floor (self->row + y / MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1) * self->n_rows);
  double   column = floor (self->column + x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->n_columns);
  gboolean inside = self->pyramid && row >= 0 && column >= 0 && row < (double) assay_slice_n_rows (&self->slice) &&
                    column < (double) assay_slice_n_columns (&self->slice);

  self->pointer_x = x;
  self->pointer_y = y;
  assay_heat_map_set_cell (self, inside, inside ? (guint64) row : 0, inside ? (guint64) column : 0);
}

static void
leave_cb (AssayHeatMap *self)
{
  assay_heat_map_set_cell (self, FALSE, self->cell_row, self->cell_column);
}

static void
drag_begin_cb (AssayHeatMap *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_row = self->row;
  self->drag_column = self->column;
}

static void
drag_update_cb (AssayHeatMap *self, double dx, double dy)
{
  if (self->pyramid == NULL)
    return;
  assay_heat_map_look_at (self, self->drag_row - dy / MAX (gtk_widget_get_height (GTK_WIDGET (self)), 1) * self->n_rows,
                          self->drag_column - dx / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->n_columns,
                          self->n_rows, self->n_columns);
}

/* Keeps the told cell in sight. */
static void
follow (AssayHeatMap *self)
{
  double row = self->row;
  double column = self->column;

  if ((double) self->cell_row < row)
    row = (double) self->cell_row;
  else if ((double) self->cell_row + 1 > row + self->n_rows)
    row = (double) self->cell_row + 1 - self->n_rows;
  if ((double) self->cell_column < column)
    column = (double) self->cell_column;
  else if ((double) self->cell_column + 1 > column + self->n_columns)
    column = (double) self->cell_column + 1 - self->n_columns;
  if (row != self->row || column != self->column)
    assay_heat_map_look_at (self, row, column, self->n_rows, self->n_columns);
}

static void
move_cell (AssayHeatMap *self, int down, int right)
{
  guint64 n_rows = assay_slice_n_rows (&self->slice);
  guint64 n_columns = assay_slice_n_columns (&self->slice);
  guint64 row = self->cell_row;
  guint64 column = self->cell_column;

  if (n_rows == 0 || n_columns == 0)
    return;
  if (down)
    row = down < 0 ? row - (row > 0) : MIN (row + 1, n_rows - 1);
  if (right)
    column = right < 0 ? column - (column > 0) : MIN (column + 1, n_columns - 1);
  assay_heat_map_set_cell (self, TRUE, row, column);
  follow (self);
}

static gboolean
key_pressed_cb (AssayHeatMap *self, guint key, guint code, GdkModifierType state)
{
  if (self->pyramid == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      move_cell (self, key == GDK_KEY_Up ? -1 : 1, 0);
      return TRUE;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      move_cell (self, 0, key == GDK_KEY_Left ? -1 : 1);
      return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      assay_heat_map_zoom (self, 1.25);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      assay_heat_map_zoom (self, 0.8);
      return TRUE;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      assay_heat_map_fit (self);
      return TRUE;
    default:
      return FALSE;
    }
}

void
assay_heat_map_init_input (AssayHeatMap *self)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture         *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
