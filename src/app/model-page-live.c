/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model that is made by hand: the form it begins with, then its notebook below its tree. */

#include "model-page-parts-private.h"

#include "new-model-form-private.h"
#include "text-scale-private.h"
#include "window-private.h"

/* What was loaded is looked at like any model. */
static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayModelPage) self = data;
  gboolean    good = assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, NULL);
  const char *path = g_object_get_data (G_OBJECT (self), "loading");
  GtkRoot    *window = gtk_widget_get_root (GTK_WIDGET (self));

  if (good && ASSAY_IS_WINDOW (window))
    assay_window_open (ASSAY_WINDOW (window), path);
}

static void
load_cb (AssayModelPage *self, const char *path)
{
  if (assay_live_model_is_busy (self->live))
    return;
  g_object_set_data_full (G_OBJECT (self), "loading", g_strdup (path), g_free);
  assay_live_model_load_async (self->live, path, loaded_cb, g_object_ref (self));
}

/* Once it is made, its notebook stands below its tree. */
static void
add_notebook (AssayModelPage *self)
{
  self->notebook = assay_notebook_new (self->live);
  g_signal_connect_object (self->notebook, "load", G_CALLBACK (load_cb), self, G_CONNECT_SWAPPED);
  gtk_stack_remove (self->states, gtk_stack_get_child_by_name (self->states, "new"));
  gtk_paned_set_end_child (self->side, GTK_WIDGET (self->notebook));
  gtk_widget_grab_focus (GTK_WIDGET (self->notebook));
}

/* A small tree is seen whole, and a large one leaves room for the notebook. */
static void
make_room (AssayModelPage *self)
{
  AssayManifest *manifest = assay_document_get_manifest (self->document);
  guint          n_rows = assay_manifest_get_n_modules (manifest) + assay_manifest_get_n_variables (manifest);

  if (n_rows == self->n_rows)
    return;
  self->n_rows = n_rows;
  gtk_paned_set_position (self->side, assay_text_pixels (124 + 26 * (int) CLAMP (n_rows, 4, 10)));
}

static gboolean
selected_is_module (AssayModelPage *self)
{
  AssayNode *node = assay_model_tree_get_selected (self->tree);

  return node && assay_node_is_module (node);
}

static void
live_changed_cb (AssayModelPage *self)
{
  gboolean made = assay_document_get_state (self->document) == ASSAY_DOCUMENT_READY;

  if (!made && !assay_live_model_is_busy (self->live))
    gtk_stack_set_visible_child_name (self->states, "new");
  if (made && self->notebook == NULL)
    add_notebook (self);
  if (made)
    make_room (self);
  /* Settings and sums of a module may be others; a variable tells of its values itself. */
  if (made && !assay_live_model_is_busy (self->live) && selected_is_module (self))
    assay_model_page_show_selected (self);
  assay_model_page_tell_changed (self);
}

AssayModelPage *
assay_model_page_new_live (void)
{
  AssayModelPage *self = g_object_new (ASSAY_TYPE_MODEL_PAGE, NULL);

  self->live = assay_live_model_new ();
  self->document = g_object_ref (assay_live_model_get_document (self->live));
  assay_model_page_follow_document (self);
  gtk_stack_add_named (self->states, GTK_WIDGET (assay_new_model_form_new (self->live)), "new");
  gtk_stack_set_visible_child_name (self->states, "new");
  g_signal_connect_object (self->live, "changed", G_CALLBACK (live_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

AssayLiveModel *
assay_model_page_get_live (AssayModelPage *self)
{
  return self->live;
}

void
assay_model_page_begin (AssayModelPage *self)
{
  GtkWidget *form = gtk_stack_get_child_by_name (self->states, "new");

  if (form)
    gtk_widget_grab_focus (form);
}

void
assay_model_page_offer (AssayModelPage *self, const char *path)
{
  if (self->notebook)
    assay_notebook_offer (self->notebook, path);
}
