/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "notebook-private.h"

#include <glib/gi18n-lib.h>

struct _AssayNotebook
{
  GtkWidget          parent_instance;
  GtkLabel          *status;
  GtkScrolledWindow *scrolled;
  GtkListBox        *cells;
  GtkWidget         *saved;
  GtkLabel          *saved_label;
  GtkEntry          *input;
  GtkWidget         *call;
  GtkMenuButton     *print;

  AssayLiveModel *model;
  char           *saved_path;
};

enum
{
  LOAD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayNotebook, assay_notebook, GTK_TYPE_WIDGET)

static GtkWidget *
make_text (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_focusable (label, FALSE);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_cell (gpointer item, gpointer data)
{
  AssayLiveCell   *cell = item;
  GtkWidget       *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  const char      *source = assay_live_cell_get_source (cell), *output = assay_live_cell_get_output (cell);
  g_autofree char *name = g_strdup_printf ("%s\n%s", source, output);

  gtk_box_append (GTK_BOX (box), make_text (source, "cell-source"));
  if (*output)
    gtk_box_append (GTK_BOX (box), make_text (output, assay_live_cell_is_error (cell) ? "cell-error" : "cell-output"));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return row;
}

/* The last cell is what one wants to see. */
static void
follow_cb (GtkAdjustment *adjustment)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
update (AssayNotebook *self)
{
  const char *status = assay_live_model_get_status (self->model);
  gboolean    busy = assay_live_model_is_busy (self->model);

  gtk_label_set_text (self->status, status);
  gtk_widget_set_visible (GTK_WIDGET (self->status), *status != '\0');
  gtk_widget_set_sensitive (self->call, !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->print), !busy);
  for (guint i = 0; i < ASSAY_N_LIVE_QUESTIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("notebook.ask-%u", i);

      gtk_widget_action_set_enabled (GTK_WIDGET (self), name, assay_live_model_can_ask (self->model, i));
    }
}

/* Whatever was done has left its cell. */
static void
done_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayNotebook) self = data;

  assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, NULL);
}

void
assay_notebook_call (AssayNotebook *self)
{
  if (assay_live_model_is_busy (self->model))
    return;
  assay_live_model_call_async (self->model, gtk_editable_get_text (GTK_EDITABLE (self->input)), done_cb, g_object_ref (self));
}

static void
call_cb (AssayNotebook *self)
{
  assay_notebook_call (self);
}

static void
load_cb (AssayNotebook *self)
{
  if (self->saved_path != NULL)
    g_signal_emit (self, signals[LOAD], 0, self->saved_path);
}

static void
ask_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AssayNotebook *self = ASSAY_NOTEBOOK (widget);

  assay_live_model_ask_async (self->model, (AssayLiveQuestion) g_ascii_strtoull (name + strlen ("notebook.ask-"), NULL, 10), done_cb, g_object_ref (self));
}

static void
notebook_dispose (GObject *object)
{
  AssayNotebook *self = ASSAY_NOTEBOOK (object);
  GtkWidget     *child;

  g_clear_object (&self->model);
  g_clear_pointer (&self->saved_path, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_notebook_parent_class)->dispose (object);
}

static gboolean
notebook_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ASSAY_NOTEBOOK (widget)->input));
}

static void
assay_notebook_class_init (AssayNotebookClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = notebook_dispose;
  widget_class->grab_focus = notebook_grab_focus;
  signals[LOAD] = g_signal_new ("load", ASSAY_TYPE_NOTEBOOK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/notebook.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, status);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, scrolled);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, cells);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, saved);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, saved_label);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, input);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, call);
  gtk_widget_class_bind_template_child (widget_class, AssayNotebook, print);
  gtk_widget_class_bind_template_callback (widget_class, call_cb);
  gtk_widget_class_bind_template_callback (widget_class, load_cb);
  for (guint i = 0; i < ASSAY_N_LIVE_QUESTIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("notebook.ask-%u", i);

      gtk_widget_class_install_action (widget_class, g_intern_string (name), NULL, ask_action);
    }
}

static void
assay_notebook_init (AssayNotebook *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_menu (AssayNotebook *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < ASSAY_N_LIVE_QUESTIONS; i++)
    {
      g_auto (GStrv) parts = g_strsplit (assay_live_question_get_python (i), "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autofree char *action = g_strdup_printf ("notebook.ask-%u", i);

      g_menu_append (menu, label, action);
    }
  gtk_menu_button_set_menu_model (self->print, G_MENU_MODEL (menu));
}

AssayNotebook *
assay_notebook_new (AssayLiveModel *model)
{
  AssayNotebook *self = g_object_new (ASSAY_TYPE_NOTEBOOK, NULL);

  self->model = g_object_ref (model);
  fill_menu (self);
  gtk_list_box_bind_model (self->cells, assay_live_model_get_cells (model), make_cell, NULL, NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->input), assay_live_model_get_class (model)->example);
  g_signal_connect (gtk_scrolled_window_get_vadjustment (self->scrolled), "notify::upper", G_CALLBACK (follow_cb), NULL);
  g_signal_connect_object (model, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}

void
assay_notebook_offer (AssayNotebook *self, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = g_strdup_printf (_ ("Saved “%s”"), name);

  g_free (self->saved_path);
  self->saved_path = g_strdup (path);
  gtk_label_set_text (self->saved_label, text);
  gtk_widget_set_visible (self->saved, TRUE);
}
