/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The edits that a crash has left, one a row. Where the file has changed meanwhile nothing is done to it by itself: the user says of
 * each whether it is to be done again. */

#include "recovery-window-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

typedef struct
{
  AssayDocument *document;
  guint          index;
  GtkLabel      *said;
} Row;

static void
row_free (gpointer data, GClosure *closure)
{
  Row *row = data;

  g_object_unref (row->document);
  g_free (row);
}

static void
apply_cb (GtkButton *button, gpointer data)
{
  Row *row = data;
  g_autoptr (GError) error = NULL;
  gboolean done = assay_document_apply_recovered (row->document, row->index, &error);

  gtk_label_set_text (row->said, done ? _ ("Done again; it can be undone.") : error->message);
  gtk_widget_set_visible (GTK_WIDGET (row->said), TRUE);
  if (done)
    gtk_widget_remove_css_class (GTK_WIDGET (row->said), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row->said), "error");
  gtk_widget_set_sensitive (GTK_WIDGET (button), !done);
}

static GtkWidget *
add_label (GtkWidget *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
make_row (AssayDocument *document, guint index, const char *name)
{
  GtkWidget       *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget       *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget       *button = gtk_button_new_with_mnemonic (_ ("_Apply"));
  g_autofree char *spoken = g_strdup_printf (_ ("Apply: %s"), name);
  Row             *row = g_new0 (Row, 1);

  add_label (words, name);
  row->document = g_object_ref (document);
  row->index = index;
  row->said = GTK_LABEL (add_label (words, ""));
  gtk_widget_set_visible (GTK_WIDGET (row->said), FALSE);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Do this edit again, on the file as it is now"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (apply_cb), row, row_free, 0);
  gtk_widget_add_css_class (line, "recent-row");
  gtk_box_append (GTK_BOX (line), words);
  gtk_box_append (GTK_BOX (line), button);
  return line;
}

static GtkWidget *
make_list (AssayDocument *document)
{
  GPtrArray *names = assay_document_get_recovered (document);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  for (guint i = 0; names && i < names->len; i++)
    {
      gtk_list_box_append (GTK_LIST_BOX (list), make_row (document, i, g_ptr_array_index (names, i)));
      gtk_list_box_row_set_activatable (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) i), FALSE);
      gtk_widget_set_focusable (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) i)), FALSE);
    }
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Recovered Edits"), -1);
  return scrolled;
}

void
assay_recovery_window_show (GtkWindow *parent, AssayDocument *document)
{
  GtkWidget          *window = adw_window_new ();
  GtkWidget          *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), make_list (document));
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), _ ("Recovered Edits"));
  gtk_window_set_default_size (GTK_WINDOW (window), 520, 420);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
