/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The editor over a cell of the value table. */

#include "value-table-parts-private.h"

#include <glib/gi18n-lib.h>

static void
activate_cb (AssayValueTable *self)
{
  guint64 row = self->row;
  guint64 column = self->column;

  if (!assay_value_table_end_edit (self, TRUE))
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  assay_value_table_move_to (self, row + 1, column, FALSE);
}

static gboolean
key_pressed_cb (AssayValueTable *self, guint key, guint code, GdkModifierType state)
{
  guint64 row = self->row;
  guint64 column = self->column;

  if (key == GDK_KEY_Escape)
    {
      assay_value_table_end_edit (self, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (self));
      return TRUE;
    }
  if (key != GDK_KEY_Tab && key != GDK_KEY_ISO_Left_Tab)
    return FALSE;
  if (assay_value_table_end_edit (self, TRUE))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self));
      if (key == GDK_KEY_Tab)
        assay_value_table_move_to (self, row, column + 1, FALSE);
      else
        assay_value_table_move_to (self, row, column ? column - 1 : 0, FALSE);
    }
  return TRUE;
}

static void
leave_cb (AssayValueTable *self)
{
  assay_value_table_end_edit (self, TRUE);
}

static GtkWidget *
make_editor (AssayValueTable *self)
{
  GtkWidget          *editor = gtk_entry_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_autofree char    *index = assay_slice_dup_index_text (&self->slice, self->row, self->column);
  g_autofree char    *name = g_strdup_printf (_ ("New value of %s"), index);

  gtk_entry_set_alignment (GTK_ENTRY (editor), self->left ? 0 : 1);
  gtk_entry_set_has_frame (GTK_ENTRY (editor), FALSE);
  gtk_widget_add_css_class (editor, "cell-editor");
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (editor, "activate", G_CALLBACK (activate_cb), self);
  gtk_widget_add_controller (editor, keys);
  gtk_widget_add_controller (editor, focus);
  return editor;
}

void
assay_value_table_begin_edit (AssayValueTable *self, const char *text)
{
  const char *value = assay_block_cache_get_text (self->cache, self->row, self->column);

  if (!self->editable || self->editor || self->n_rows == 0 || self->n_columns == 0)
    return;
  self->anchor_row = self->row;
  self->anchor_column = self->column;
  self->editor = make_editor (self);
  gtk_editable_set_text (GTK_EDITABLE (self->editor), text ? text : value ? value
                                                                          : "");
  gtk_widget_set_parent (self->editor, GTK_WIDGET (self));
  if (text == NULL)
    gtk_widget_grab_focus (self->editor);
  else
    {
      gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->editor));
      gtk_editable_set_position (GTK_EDITABLE (self->editor), -1);
    }
}

/* The entry's focus is that of the text in it. */
static gboolean
has_focus (GtkWidget *editor)
{
  GtkRoot   *root = gtk_widget_get_root (editor);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  return focus && (focus == editor || gtk_widget_is_ancestor (focus, editor));
}

gboolean
assay_value_table_end_edit (AssayValueTable *self, gboolean accept)
{
  GtkWidget       *editor = self->editor;
  const char      *value;
  g_autofree char *text = NULL;
  gboolean         accepted = TRUE;

  if (editor == NULL)
    return TRUE;
  text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (editor)));
  value = assay_block_cache_get_text (self->cache, self->row, self->column);
  /* A text that wasn't changed is no edit. */
  self->editor = NULL;
  if (accept && g_strcmp0 (text, value) != 0)
    g_signal_emit_by_name (self, "edit", text, &accepted);
  if (!accepted && has_focus (editor))
    {
      self->editor = editor;
      gtk_widget_add_css_class (editor, "error");
      return FALSE;
    }
  /* The window must not be left with a focus that is gone. */
  if (has_focus (editor))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_widget_unparent (editor);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}
