/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keyboard and pointer of the value table. */

#include "value-table-parts-private.h"

#include <math.h>

static guint64
step (guint64 at, gint64 by, guint64 n)
{
  if (by < 0)
    return at < (guint64) -by ? 0 : at - (guint64) -by;
  return MIN (n - 1, at + (guint64) by);
}

static gint64
page_rows (AssayValueTable *self)
{
  return MAX (1, gtk_widget_get_height (GTK_WIDGET (self)) / self->row_height - 2);
}

/* Where a key leads from the cursor. */
static gboolean
find_target (AssayValueTable *self, guint key, gboolean control, guint64 *row, guint64 *column)
{
  gboolean vertical = key == GDK_KEY_Up || key == GDK_KEY_Down || key == GDK_KEY_KP_Up || key == GDK_KEY_KP_Down;
  gint64   by = 1;

  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      by = -1;
      G_GNUC_FALLTHROUGH;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      by = control ? by * G_MAXINT64 : by;
      *row = vertical ? step (*row, by, self->n_rows) : *row;
      *column = vertical ? *column : step (*column, by, self->n_columns);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      *row = step (*row, -page_rows (self), self->n_rows);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      *row = step (*row, page_rows (self), self->n_rows);
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      *row = control ? 0 : *row;
      *column = 0;
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      *row = control ? self->n_rows - 1 : *row;
      *column = self->n_columns - 1;
      return TRUE;
    default:
      return FALSE;
    }
}

/* Typing a character begins to edit with it. */
static gboolean
type_character (AssayValueTable *self, guint key)
{
  gunichar c = gdk_keyval_to_unicode (key);
  char     text[8] = { 0 };

  if (c == 0 || g_unichar_iscntrl (c) || c == ' ' || !self->editable)
    return FALSE;
  g_unichar_to_utf8 (c, text);
  assay_value_table_begin_edit (self, text);
  return TRUE;
}

static gboolean
key_pressed_cb (AssayValueTable *self, guint key, guint code, GdkModifierType state)
{
  gboolean control = (state & GDK_CONTROL_MASK) != 0;
  guint64  row = self->row;
  guint64  column = self->column;

  if (self->editor || self->n_rows == 0 || self->n_columns == 0 || (state & GDK_ALT_MASK))
    return FALSE;
  if (find_target (self, key, control, &row, &column))
    {
      assay_value_table_move_to (self, row, column, (state & GDK_SHIFT_MASK) != 0);
      return TRUE;
    }
  if (control && key == GDK_KEY_a)
    {
      assay_value_table_select_all (self);
      return TRUE;
    }
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_F2)
    {
      assay_value_table_begin_edit (self, NULL);
      return self->editable;
    }
  if (key == GDK_KEY_Escape && (self->row != self->anchor_row || self->column != self->anchor_column))
    {
      assay_value_table_move_to (self, row, column, FALSE);
      return TRUE;
    }
  return !control && type_character (self, key);
}

static guint64
find_row (AssayValueTable *self, double y)
{
  double at = floor ((y - self->row_height + assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self))) / self->row_height);

  return at < 0 ? 0 : MIN ((guint64) at, self->n_rows - 1);
}

static guint64
find_column (AssayValueTable *self, double x)
{
  double at = floor ((x - self->header_width + assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self))) / self->column_width);

  return at < 0 ? 0 : MIN ((guint64) at, self->n_columns - 1);
}

/* A click on a header selects the whole row or column; on the corner all. */
static void
select_header (AssayValueTable *self, double x, double y)
{
  if (x < self->header_width && y < self->row_height)
    assay_value_table_select_all (self);
  else if (x < self->header_width)
    {
      assay_value_table_move_to (self, find_row (self, y), self->n_columns - 1, FALSE);
      self->anchor_column = self->n_columns - 1;
      assay_value_table_move_to (self, self->row, 0, TRUE);
    }
  else
    {
      assay_value_table_move_to (self, self->n_rows - 1, find_column (self, x), FALSE);
      assay_value_table_move_to (self, 0, self->column, TRUE);
    }
}

static void
pressed_cb (AssayValueTable *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (self->n_rows == 0 || self->n_columns == 0)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (x < self->header_width || y < self->row_height)
    {
      select_header (self, x, y);
      return;
    }
  assay_value_table_move_to (self, find_row (self, y), find_column (self, x), (state & GDK_SHIFT_MASK) != 0);
  if (n_press == 2)
    assay_value_table_begin_edit (self, NULL);
}

static void
drag_update_cb (AssayValueTable *self, double dx, double dy, GtkGestureDrag *gesture)
{
  double x;
  double y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (self->n_rows == 0 || self->n_columns == 0 || self->editor || x < self->header_width || y < self->row_height ||
      (fabs (dx) < 4 && fabs (dy) < 4))
    return;
  assay_value_table_move_to (self, find_row (self, y + dy), find_column (self, x + dx), TRUE);
}

void
assay_value_table_init_input (AssayValueTable *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture         *click = gtk_gesture_click_new ();
  GtkGesture         *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
