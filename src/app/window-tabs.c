/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One tab a model; the header bar follows the model that is looked at. */

#include "window-parts-private.h"

#include "accessible-names-private.h"
#include "recent-private.h"

#include <glib/gi18n-lib.h>

AssayModelPage *
assay_window_get_page (AssayWindow *self)
{
  AdwTabPage *tab = adw_tab_view_get_selected_page (self->tabs);

  return tab && ASSAY_IS_MODEL_PAGE (adw_tab_page_get_child (tab)) ? ASSAY_MODEL_PAGE (adw_tab_page_get_child (tab)) : NULL;
}

AssayComparePage *
assay_window_get_compare_page (AssayWindow *self)
{
  AdwTabPage *tab = adw_tab_view_get_selected_page (self->tabs);

  return tab && ASSAY_IS_COMPARE_PAGE (adw_tab_page_get_child (tab)) ? ASSAY_COMPARE_PAGE (adw_tab_page_get_child (tab)) : NULL;
}

AssayDocument *
assay_window_get_document (AssayWindow *self)
{
  AssayModelPage *page = assay_window_get_page (self);

  return page ? assay_model_page_get_document (page) : NULL;
}

static void
enable (AssayWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

static char *
title_of (AssayDocument *document)
{
  g_autofree char *name = g_path_get_basename (assay_document_get_path (document));

  return assay_document_is_dirty (document) ? g_strdup_printf ("%s •", name) : g_steal_pointer (&name);
}

static void
update_title (AssayWindow *self, AssayDocument *document)
{
  g_autofree char *title = document ? title_of (document) : g_strdup (_ ("Assay"));
  g_autofree char *subtitle = NULL;
  guint            n_edits = 0;
  AssayModelPage  *page = assay_window_get_page (self);

  if (document)
    g_object_get (document, "n-edits", &n_edits, NULL);
  if (page)
    subtitle = assay_model_page_dup_run_summary (page);
  if (subtitle == NULL && document && assay_document_is_dirty (document))
    subtitle = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u unsaved edit", "%u unsaved edits", MAX (n_edits, 1)), MAX (n_edits, 1));
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle ? subtitle : "");
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
update_compare_title (AssayWindow *self, AssayComparePage *page)
{
  g_autofree char *title = assay_compare_page_dup_title (page);
  g_autofree char *summary = assay_compare_page_dup_summary (page);

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, summary);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
update_compare_actions (AssayWindow *self, AssayDocument *document, AssayComparePage *page)
{
  gboolean ready = document && assay_document_get_state (document) == ASSAY_DOCUMENT_READY;

  enable (self, "compare", ready);
  enable (self, "compare-with", ready);
  enable (self, "compare-file", ready);
  enable (self, "show-changes", ready && assay_document_is_dirty (document));
  enable (self, "swap", page != NULL);
  enable (self, "differences", page != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->compare_button), ready);
  if (page)
    enable (self, "find", TRUE);
}

static void
update_actions (AssayWindow *self, AssayModelPage *page, AssayDocument *document)
{
  static const char *const commands[] = { "find", "go-to", "find-value", "formula", "fill", "focus-tree", "export", "page" };
  static const char *const of_live[] = { "save-checkpoint", "restore-checkpoint", "save-model" };
  AssayNode               *node = page ? assay_model_page_get_node (page) : NULL;
  gboolean                 ready = document && assay_document_get_state (document) == ASSAY_DOCUMENT_READY;
  AssayLiveModel          *live = page ? assay_model_page_get_live (page) : NULL;
  gboolean                 can_undo = FALSE;
  gboolean                 can_redo = FALSE;

  if (document)
    g_object_get (document, "can-undo", &can_undo, "can-redo", &can_redo, NULL);
  enable (self, "undo", can_undo);
  enable (self, "redo", can_redo);
  enable (self, "save", document && (assay_document_is_dirty (document) || (live && ready)));
  enable (self, "save-as", ready);
  enable (self, "run", ready);
  enable (self, "show-run", ready && !live);
  for (gsize i = 0; i < G_N_ELEMENTS (of_live); i++)
    enable (self, of_live[i], ready && live && !assay_live_model_is_busy (live));
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "show-run")),
                             g_variant_new_boolean (page && assay_model_page_is_run_shown (page)));
  enable (self, "show-graph", ready && !live);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "show-graph")),
                             g_variant_new_boolean (page && assay_model_page_is_graph_shown (page)));
  enable (self, "copy-path", node != NULL);
  enable (self, "copy-key", node && assay_node_get_key (node));
  enable (self, "copy-python", node && !assay_node_is_module (node));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    enable (self, commands[i], page && assay_model_page_can (page, commands[i]));
  if (document && assay_document_is_dirty (document))
    gtk_widget_add_css_class (self->save_button, "suggested-action");
  else
    gtk_widget_remove_css_class (self->save_button, "suggested-action");
}

static void
update_tab (AssayWindow *self, AssayModelPage *page)
{
  AdwTabPage      *tab = adw_tab_view_get_page (self->tabs, GTK_WIDGET (page));
  AssayDocument   *document = assay_model_page_get_document (page);
  g_autofree char *title = title_of (document);
  g_autofree char *tooltip = g_markup_escape_text (assay_document_is_live (document) ? title : assay_document_get_path (document), -1);

  adw_tab_page_set_title (tab, title);
  adw_tab_page_set_tooltip (tab, tooltip);
  adw_tab_page_set_loading (tab, FALSE);
}

void
assay_window_update (AssayWindow *self)
{
  AssayModelPage   *page = assay_window_get_page (self);
  AssayDocument    *document = page ? assay_model_page_get_document (page) : NULL;
  AssayComparePage *compare = assay_window_get_compare_page (self);

  gtk_stack_set_visible_child_name (self->stack, page || compare ? "models" : "start");
  if (compare)
    update_compare_title (self, compare);
  else
    update_title (self, document);
  update_actions (self, page, document);
  update_compare_actions (self, document, compare);
}

/* The tab of a model other than @page that answers, or NULL. */
static AdwTabPage *
find_tab (AssayWindow *self, AssayModelPage *page, gboolean (*matches) (AssayDocument *document, gpointer data), gpointer data)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      AdwTabPage *tab = adw_tab_view_get_nth_page (self->tabs, i);
      GtkWidget  *child = adw_tab_page_get_child (tab);

      if (ASSAY_IS_MODEL_PAGE (child) && child != (GtkWidget *) page && matches (assay_model_page_get_document (ASSAY_MODEL_PAGE (child)), data))
        return tab;
    }
  return NULL;
}

static gboolean
is_at (AssayDocument *document, gpointer path)
{
  return assay_document_is_at (document, path);
}

static gboolean
is_same (AssayDocument *document, gpointer other)
{
  return assay_document_get_state (document) == ASSAY_DOCUMENT_READY && assay_document_is_same (document, other);
}

/* A shard and the index of its set are one model; that is known when it has been opened. Then the tab that was there stays. */
static gboolean
leave_double_cb (gpointer data)
{
  AssayModelPage *page = data;
  AssayDocument  *document = assay_model_page_get_document (page);
  GtkRoot        *root = gtk_widget_get_root (GTK_WIDGET (page));
  AdwTabPage     *first = NULL;

  if (root && ASSAY_IS_WINDOW (root) && assay_document_get_state (document) == ASSAY_DOCUMENT_READY && !assay_document_is_dirty (document))
    first = find_tab (ASSAY_WINDOW (root), page, is_same, document);
  if (first == NULL)
    return G_SOURCE_REMOVE;
  adw_tab_view_set_selected_page (ASSAY_WINDOW (root)->tabs, first);
  adw_tab_view_close_page (ASSAY_WINDOW (root)->tabs, adw_tab_view_get_page (ASSAY_WINDOW (root)->tabs, GTK_WIDGET (page)));
  return G_SOURCE_REMOVE;
}

/* Once a page. */
static void
look_for_double (AssayModelPage *page)
{
  if (assay_document_get_state (assay_model_page_get_document (page)) != ASSAY_DOCUMENT_READY || g_object_get_data (G_OBJECT (page), "alone"))
    return;
  g_object_set_data (G_OBJECT (page), "alone", page);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, leave_double_cb, g_object_ref (page), g_object_unref);
}

static void
page_changed_cb (AssayWindow *self, AssayModelPage *page)
{
  update_tab (self, page);
  look_for_double (page);
  if (page == assay_window_get_page (self))
    assay_window_update (self);
}

static gboolean
name_tabs_cb (gpointer data)
{
  assay_accessible_name_parts (data);
  return G_SOURCE_REMOVE;
}

void
assay_window_compare_page_changed (AssayWindow *self, AssayComparePage *page)
{
  AdwTabPage      *tab = adw_tab_view_get_page (self->tabs, GTK_WIDGET (page));
  g_autofree char *title = assay_compare_page_dup_title (page);
  g_autofree char *tooltip = g_markup_escape_text (title, -1);

  adw_tab_page_set_title (tab, title);
  adw_tab_page_set_tooltip (tab, tooltip);
  if (page == assay_window_get_compare_page (self))
    assay_window_update (self);
}

static void
page_attached_cb (AssayWindow *self, AdwTabPage *tab)
{
  assay_accessible_name_parts (adw_tab_page_get_child (tab));
  /* The bar makes the tab itself after us. */
  g_idle_add_full (G_PRIORITY_LOW, name_tabs_cb, g_object_ref (self->tab_bar), g_object_unref);
  if (ASSAY_IS_COMPARE_PAGE (adw_tab_page_get_child (tab)))
    {
      g_signal_connect_object (adw_tab_page_get_child (tab), "changed", G_CALLBACK (assay_window_compare_page_changed), self, G_CONNECT_SWAPPED);
      return;
    }
  g_signal_connect_object (adw_tab_page_get_child (tab), "changed", G_CALLBACK (page_changed_cb), self, G_CONNECT_SWAPPED);
}

static void
page_detached_cb (AssayWindow *self, AdwTabPage *tab)
{
  g_signal_handlers_disconnect_by_func (adw_tab_page_get_child (tab), page_changed_cb, self);
  g_signal_handlers_disconnect_by_func (adw_tab_page_get_child (tab), assay_window_compare_page_changed, self);
}

void
assay_window_init_tabs (AssayWindow *self)
{
  g_signal_connect_swapped (self->tabs, "notify::selected-page", G_CALLBACK (assay_window_update), self);
  g_signal_connect_swapped (self->tabs, "page-attached", G_CALLBACK (page_attached_cb), self);
  g_signal_connect_swapped (self->tabs, "page-detached", G_CALLBACK (page_detached_cb), self);
  g_signal_connect_swapped (self->tabs, "close-page", G_CALLBACK (assay_window_close_page_cb), self);
}

void
assay_window_add_model_page (AssayWindow *self, AssayModelPage *page)
{
  adw_tab_view_set_selected_page (self->tabs, adw_tab_view_append (self->tabs, GTK_WIDGET (page)));
  page_changed_cb (self, page);
}

void
assay_window_open (AssayWindow *self, const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  AdwTabPage      *tab = find_tab (self, NULL, is_at, whole);

  if (tab)
    {
      adw_tab_view_set_selected_page (self->tabs, tab);
      return;
    }
  assay_window_add_model_page (self, assay_model_page_new (whole));
}
