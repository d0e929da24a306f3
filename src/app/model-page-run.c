/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pages in place of the variables: running the model, and its graph. Each is made when it is first shown. */

#include "model-page-parts-private.h"

#include "accessible-names-private.h"
#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

/* Those who show the functions hear of it by a signal of the session. */
static void
session_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  assay_run_session_load_finish (ASSAY_RUN_SESSION (source), result, NULL);
}

AssayRunSession *
assay_model_page_need_session (AssayModelPage *self)
{
  if (self->session == NULL)
    {
      self->session = assay_run_session_new (self->document);
      assay_run_session_load_async (self->session, session_loaded_cb, NULL);
    }
  return self->session;
}

void
assay_model_page_drop_session (AssayModelPage *self)
{
  if (self->run_page != NULL)
    gtk_stack_remove (self->states, GTK_WIDGET (self->run_page));
  if (self->graph_page != NULL)
    gtk_stack_remove (self->states, GTK_WIDGET (self->graph_page));
  self->run_page = NULL;
  self->graph_page = NULL;
  g_clear_object (&self->session);
}

/* What two runs have left is compared in a tab of its own. */
static void
compare_runs_cb (AssayModelPage *self, AssayRunRecord *a, AssayRunRecord *b)
{
  GtkRoot         *window = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title_a = g_strdup_printf (_ ("Run %u"), assay_run_record_get_number (a));
  g_autofree char *title_b = g_strdup_printf (_ ("Run %u"), assay_run_record_get_number (b));
  g_autoptr (AssayVariableList) list_a = assay_run_record_dup_list (a), list_b = assay_run_record_dup_list (b);

  if (ASSAY_IS_WINDOW (window))
    assay_window_add_compare_page (ASSAY_WINDOW (window), assay_compare_page_new_for_lists (title_a, list_a, title_b, list_b));
}

static void
need_run_page (AssayModelPage *self)
{
  if (self->run_page != NULL)
    return;
  self->run_page = assay_run_page_new (assay_model_page_need_session (self));
  gtk_stack_add_named (self->states, GTK_WIDGET (self->run_page), "run");
  g_signal_connect_object (self->run_page, "compare", G_CALLBACK (compare_runs_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run_page, "changed", G_CALLBACK (assay_model_page_tell_changed), self, G_CONNECT_SWAPPED);
  assay_accessible_name_parts (GTK_WIDGET (self->run_page));
}

/* A variable that an operation reads. */
static void
open_variable_cb (AssayModelPage *self, const char *path)
{
  AssayNode *node = assay_document_find (self->document, path);

  if (node == NULL)
    return;
  assay_model_page_show_graph (self, FALSE);
  assay_model_tree_select (self->tree, node);
}

/* If the inputs won't do, their page says why. */
static void
run_graph_cb (AssayModelPage *self)
{
  assay_run_page_run (self->run_page);
  if (assay_run_session_get_runnable (self->session) != NULL && assay_run_session_get_job (self->session) == NULL)
    assay_model_page_show_run (self, TRUE);
}

void
assay_model_page_show_graph (AssayModelPage *self, gboolean shown)
{
  if (shown)
    need_run_page (self);
  if (shown && self->graph_page == NULL)
    {
      self->graph_page = g_object_new (ASSAY_TYPE_GRAPH_PAGE, NULL);
      gtk_stack_add_named (self->states, GTK_WIDGET (self->graph_page), "graph");
      g_signal_connect_object (self->graph_page, "open-variable", G_CALLBACK (open_variable_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->graph_page, "run", G_CALLBACK (run_graph_cb), self, G_CONNECT_SWAPPED);
      assay_accessible_name_parts (GTK_WIDGET (self->graph_page));
    }
  if (shown)
    assay_graph_page_set_session (self->graph_page, self->document, self->session);
  gtk_stack_set_visible_child_name (self->states, shown ? "graph" : "model");
  if (shown)
    assay_graph_page_focus (self->graph_page);
  assay_model_page_tell_changed (self);
}

gboolean
assay_model_page_is_graph_shown (AssayModelPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "graph") == 0;
}

void
assay_model_page_show_run (AssayModelPage *self, gboolean shown)
{
  if (shown)
    need_run_page (self);
  gtk_stack_set_visible_child_name (self->states, shown ? "run" : "model");
  assay_model_page_tell_changed (self);
}

gboolean
assay_model_page_is_run_shown (AssayModelPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "run") == 0;
}

char *
assay_model_page_dup_run_summary (AssayModelPage *self)
{
  return assay_model_page_is_run_shown (self) ? assay_run_page_dup_summary (self->run_page) : NULL;
}

void
assay_model_page_run (AssayModelPage *self)
{
  if (self->notebook)
    assay_notebook_call (self->notebook);
  else if (assay_model_page_is_graph_shown (self))
    run_graph_cb (self);
  else if (assay_model_page_is_run_shown (self))
    assay_run_page_run (self->run_page);
  else
    assay_model_page_show_run (self, TRUE);
}
