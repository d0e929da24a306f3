/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "history-button-private.h"

#include <glib/gi18n-lib.h>

struct _AssayHistoryButton
{
  GtkWidget      parent_instance;
  GtkMenuButton *button;
  GtkListBox    *list;
  AssayDocument *document;
};

G_DEFINE_FINAL_TYPE (AssayHistoryButton, assay_history_button, GTK_TYPE_WIDGET)

static char *
dup_name (GListModel *steps, guint i)
{
  g_autoptr (GObject) step = g_list_model_get_item (steps, i);
  char *name = NULL;

  g_object_get (step, "name", &name, NULL);
  return name;
}

static void
update (AssayHistoryButton *self)
{
  GListModel      *steps = assay_document_get_history (self->document);
  guint            position = assay_document_get_position (self->document);
  g_autofree char *name = position ? dup_name (steps, position - 1) : g_strdup (_ ("as opened"));
  GtkWidget       *label = gtk_menu_button_get_child (self->button);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (label)), name);
  gtk_widget_set_visible (GTK_WIDGET (self), g_list_model_get_n_items (steps) > 0);
}

static GtkWidget *
make_row (AssayHistoryButton *self, const char *name, guint position)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (name);
  guint      at = assay_document_get_position (self->document);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  if (position > at)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  if (position == at)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_widget_add_css_class (box, "recent-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (row), "position", GUINT_TO_POINTER (position));
  return row;
}

/* Rows are made when the list is opened; the newest 500 steps are enough to choose from. */
static void
fill (AssayHistoryButton *self)
{
  GListModel *steps = assay_document_get_history (self->document);
  guint       n = g_list_model_get_n_items (steps);
  GtkWidget  *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, child);
  for (guint i = n; i > 0 && n - i < 500; i--)
    {
      g_autofree char *name = dup_name (steps, i - 1);

      gtk_list_box_append (self->list, make_row (self, name, i));
    }
  gtk_list_box_append (self->list, make_row (self, _ ("as opened"), 0));
}

static void
activated_cb (AssayHistoryButton *self, GtkListBoxRow *row)
{
  guint position = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "position"));

  gtk_menu_button_popdown (self->button);
  assay_document_set_position (self->document, position);
}

static void
history_button_dispose (GObject *object)
{
  AssayHistoryButton *self = ASSAY_HISTORY_BUTTON (object);
  GtkWidget          *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (assay_history_button_parent_class)->dispose (object);
}

static void
assay_history_button_class_init (AssayHistoryButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = history_button_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_popover (AssayHistoryButton *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Steps, newest first"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 360);
  gtk_widget_set_size_request (scrolled, 320, -1);
  gtk_widget_set_focusable (scrolled, FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->list));
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  g_signal_connect_swapped (popover, "show", G_CALLBACK (fill), self);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  return popover;
}

static void
assay_history_button_init (AssayHistoryButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 26);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("pan-down-symbolic"));
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_child (self->button, box);
  gtk_menu_button_set_popover (self->button, make_popover (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), _ ("Undo history"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Undo history"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

void
assay_history_button_set_document (AssayHistoryButton *self, AssayDocument *document)
{
  if (self->document == document)
    return;
  if (self->document)
    g_signal_handlers_disconnect_by_func (self->document, update, self);
  g_set_object (&self->document, document);
  g_signal_connect_object (document, "notify::can-undo", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::can-redo", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::undo-name", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
