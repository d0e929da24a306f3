/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The formula above the table: what it would change, applying it, cancelling it. */

#include "values-view-parts-private.h"

#include "formula-preview-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

gboolean
assay_values_view_get_box (AssayValuesView *self, guint64 *start, guint64 *count)
{
  AssayCells cells;

  assay_value_table_get_selection (self->table, &cells);
  assay_slice_box (&self->look->slice, cells.row, cells.column, cells.n_rows, cells.n_columns, start, count);
  return cells.n_rows * cells.n_columns > 1;
}

void
assay_values_view_say (AssayValuesView *self, const char *text, gboolean error)
{
  gtk_label_set_text (self->preview, text);
  gtk_widget_set_visible (GTK_WIDGET (self->preview), *text != 0);
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->preview), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->preview), "error");
}

static void
update_buttons (AssayValuesView *self)
{
  gboolean typed = *gtk_editable_get_text (GTK_EDITABLE (self->formula)) != 0;

  gtk_widget_set_sensitive (self->apply, typed && self->applying == NULL);
  gtk_widget_set_sensitive (self->cancel, typed);
  if (typed && self->applying == NULL)
    gtk_widget_add_css_class (self->apply, "suggested-action");
  else
    gtk_widget_remove_css_class (self->apply, "suggested-action");
}

/* What a callback needs to know that it still concerns us. */
typedef struct
{
  AssayValuesView *view;
  GCancellable    *cancellable;
} Asked;

static void
previewed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = assay_formula_preview_finish (result, &error);

  if (asked->view->previewing == asked->cancellable)
    assay_values_view_say (asked->view, text ? text : error->message, text == NULL);
  g_object_unref (asked->view);
  g_object_unref (asked->cancellable);
  g_free (asked);
}

void
assay_values_view_update_preview (AssayValuesView *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->formula));
  guint64     start[ASSAY_MAX_RANK];
  guint64     count[ASSAY_MAX_RANK];
  gboolean    box;
  Asked      *asked;

  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  if (*text == 0 || self->look == NULL || self->look->source == NULL || self->applying)
    return;
  box = assay_values_view_get_box (self, start, count);
  self->previewing = g_cancellable_new ();
  asked = g_new0 (Asked, 1);
  asked->view = g_object_ref (self);
  asked->cancellable = g_object_ref (self->previewing);
  assay_formula_preview_async (self->look->source, box ? start : NULL, box ? count : NULL, text, self->previewing, previewed_cb, asked);
}

static void
formula_changed_cb (AssayValuesView *self)
{
  update_buttons (self);
  if (*gtk_editable_get_text (GTK_EDITABLE (self->formula)) == 0)
    assay_values_view_say (self, "", FALSE);
  assay_values_view_update_preview (self);
}

static void
applied_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayValuesView) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = assay_document_edit_formula_finish (ASSAY_DOCUMENT (object), result, &error);

  g_clear_object (&self->applying);
  gtk_editable_set_editable (GTK_EDITABLE (self->formula), TRUE);
  if (done)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->formula), "");
      gtk_widget_grab_focus (GTK_WIDGET (self->table));
    }
  else
    assay_values_view_say (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "" : error->message, TRUE);
  update_buttons (self);
}

static void
applying_told_cb (AssayValuesView *self)
{
  g_autofree char *text = NULL;

  if (self->applying == NULL)
    return;
  text = g_strdup_printf (_ ("Applying, %d %%"), (int) (assay_job_get_fraction (self->applying) * 100));
  assay_values_view_say (self, text, FALSE);
}

static void
apply_cb (AssayValuesView *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->formula));
  guint64     start[ASSAY_MAX_RANK];
  guint64     count[ASSAY_MAX_RANK];
  gboolean    box;

  if (*text == 0 || self->applying || self->look == NULL || self->look->source == NULL)
    return;
  box = assay_values_view_get_box (self, start, count);
  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->previewing);
  self->applying = assay_job_new (_ ("Applying a formula"));
  g_signal_connect_object (self->applying, "notify::fraction", G_CALLBACK (applying_told_cb), self, G_CONNECT_SWAPPED);
  gtk_editable_set_editable (GTK_EDITABLE (self->formula), FALSE);
  update_buttons (self);
  assay_document_edit_formula_async (self->look->document, self->look->node, box ? start : NULL, box ? count : NULL, text,
                                     self->applying, applied_cb, g_object_ref (self));
}

static void
cancel_cb (AssayValuesView *self)
{
  if (self->applying)
    assay_job_cancel (self->applying);
  else
    {
      gtk_editable_set_text (GTK_EDITABLE (self->formula), "");
      gtk_widget_grab_focus (GTK_WIDGET (self->table));
    }
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  cancel_cb (data);
  return TRUE;
}

void
assay_values_view_init_formula (AssayValuesView *self)
{
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (escape_cb, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->formula), shortcuts);
  g_signal_connect_object (self->formula, "changed", G_CALLBACK (formula_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->formula, "activate", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->apply, "clicked", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->cancel, "clicked", G_CALLBACK (cancel_cb), self, G_CONNECT_SWAPPED);
  assay_values_view_say (self, "", FALSE);
  update_buttons (self);
}
