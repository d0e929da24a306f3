/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Leaving: edits that aren't saved are asked about, for a tab and for the window. */

#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

/* What is being left: one tab, or with no tab the window. */
typedef struct
{
  AssayWindow *window;
  AdwTabPage  *tab;
} Leaving;

static void
leaving_free (Leaving *leaving)
{
  g_object_unref (leaving->window);
  g_clear_object (&leaving->tab);
  g_free (leaving);
}

/* NULL if there is no model in it. */
static AssayModelPage *
page_of (AdwTabPage *tab)
{
  GtkWidget *child = adw_tab_page_get_child (tab);

  return ASSAY_IS_MODEL_PAGE (child) ? ASSAY_MODEL_PAGE (child) : NULL;
}

static void
close_documents (AssayWindow *self)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      AssayModelPage *page = page_of (adw_tab_view_get_nth_page (self->tabs, i));

      if (page)
        assay_document_close (assay_model_page_get_document (page));
    }
}

static AssayModelPage *
find_dirty (AssayWindow *self, guint *n_dirty)
{
  AssayModelPage *first = NULL;

  *n_dirty = 0;
  for (int i = adw_tab_view_get_n_pages (self->tabs) - 1; i >= 0; i--)
    {
      AssayModelPage *page = page_of (adw_tab_view_get_nth_page (self->tabs, i));

      if (page == NULL || !assay_document_is_dirty (assay_model_page_get_document (page)))
        continue;
      first = page;
      *n_dirty += 1;
    }
  return first;
}

/* Ends all models, then the window. */
static void
leave_window (AssayWindow *self)
{
  close_documents (self);
  self->may_close = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static void
leave_tab (AssayWindow *self, AdwTabPage *tab, gboolean leave)
{
  if (leave)
    assay_document_close (assay_model_page_get_document (page_of (tab)));
  adw_tab_view_close_page_finish (self->tabs, tab, leave);
}

/* Saves one model after the other; a failure ends it, and the window stays. */
static void
saved_cb (AssayWindow *self, gboolean saved, gpointer data)
{
  Leaving        *leaving = data;
  guint           n_dirty;
  AssayModelPage *page = find_dirty (self, &n_dirty);

  if (leaving->tab)
    leave_tab (self, leaving->tab, saved);
  else if (saved && page)
    {
      assay_window_save_page (self, page, saved_cb, leaving);
      return;
    }
  else if (saved)
    leave_window (self);
  leaving_free (leaving);
}

static void
answered_cb (Leaving *leaving, const char *response, GtkWindow *dialog)
{
  AssayWindow    *self = leaving->window;
  guint           n_dirty;
  AssayModelPage *page = leaving->tab ? page_of (leaving->tab) : find_dirty (self, &n_dirty);

  /* The click that answers keeps the dialog alive for longer than the window, which GTK 4.8 doesn't take from a dialog that is
   * closing already: it would let go of a parent that is no more. */
  gtk_window_set_transient_for (dialog, NULL);
  if (g_strcmp0 (response, "save") == 0 && page)
    {
      assay_window_save_page (self, page, saved_cb, leaving);
      return;
    }
  if (leaving->tab)
    leave_tab (self, leaving->tab, g_strcmp0 (response, "discard") == 0);
  else if (g_strcmp0 (response, "discard") == 0)
    leave_window (self);
  leaving_free (leaving);
}

static void
ask (AssayWindow *self, AdwTabPage *tab, const char *text)
{
  GtkWidget        *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save Changes?"), text);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  Leaving          *leaving = g_new0 (Leaving, 1);

  leaving->window = g_object_ref (self);
  leaving->tab = tab ? g_object_ref (tab) : NULL;
  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "discard", _ ("_Discard"), "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (message, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (message, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "save");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (answered_cb), leaving);
  gtk_window_present (GTK_WINDOW (dialog));
}

gboolean
assay_window_close_page_cb (AssayWindow *self, AdwTabPage *tab)
{
  AssayModelPage  *page = page_of (tab);
  AssayDocument   *document = page ? assay_model_page_get_document (page) : NULL;
  g_autofree char *name = document ? g_path_get_basename (assay_document_get_path (document)) : NULL;
  g_autofree char *text = g_strdup_printf (_ ("“%s” has edits that aren’t saved. If you discard them, they are lost."), name ? name : "");

  if (document == NULL)
    {
      if (ASSAY_IS_COMPARE_PAGE (adw_tab_page_get_child (tab)))
        assay_window_leave_compare_page (self, ASSAY_COMPARE_PAGE (adw_tab_page_get_child (tab)));
      adw_tab_view_close_page_finish (self->tabs, tab, TRUE);
      return GDK_EVENT_STOP;
    }
  if (assay_document_is_dirty (document))
    ask (self, tab, text);
  else
    leave_tab (self, tab, TRUE);
  return GDK_EVENT_STOP;
}

gboolean
assay_window_close_request (GtkWindow *window)
{
  AssayWindow     *self = ASSAY_WINDOW (window);
  guint            n_dirty;
  AssayModelPage  *page = find_dirty (self, &n_dirty);
  g_autofree char *text = NULL;

  if (self->may_close)
    return FALSE;
  if (page == NULL)
    {
      close_documents (self);
      return FALSE;
    }
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model has edits that aren’t saved. If you discard them, they are lost.",
                                       "%u models have edits that aren’t saved. If you discard them, they are lost.", n_dirty),
                          n_dirty);
  ask (self, NULL, text);
  return TRUE;
}
