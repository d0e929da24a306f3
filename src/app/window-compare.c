/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Comparisons in tabs: what is compared with what, and how the user says so. */

#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

/* The model of a tab, or NULL. */
static AssayDocument *
document_of (AssayWindow *self, int tab)
{
  GtkWidget *child = adw_tab_page_get_child (adw_tab_view_get_nth_page (self->tabs, tab));

  return ASSAY_IS_MODEL_PAGE (child) ? assay_model_page_get_document (ASSAY_MODEL_PAGE (child)) : NULL;
}

/* A model without a file has a path that is but a name. */
static gboolean
is_of (AssayDocument *document, const char *path, const char *whole)
{
  return document && g_strcmp0 (assay_document_get_path (document), assay_document_is_live (document) ? path : whole) == 0;
}

/* A model that is open is compared as it is open, edits included; another one is opened for the comparison. */
static AssayDocument *
dup_document (AssayWindow *self, const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);

  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      AssayDocument *document = document_of (self, i);

      if (is_of (document, path, whole))
        return g_object_ref (document);
    }
  return assay_document_new (whole);
}

static AssayComparePage *
page_at (AssayWindow *self, int tab)
{
  GtkWidget *child = adw_tab_page_get_child (adw_tab_view_get_nth_page (self->tabs, tab));

  return ASSAY_IS_COMPARE_PAGE (child) ? ASSAY_COMPARE_PAGE (child) : NULL;
}

void
assay_window_add_compare_page (AssayWindow *self, AssayComparePage *page)
{
  adw_tab_view_set_selected_page (self->tabs, adw_tab_view_append (self->tabs, GTK_WIDGET (page)));
  assay_window_compare_page_changed (self, page);
}

void
assay_window_compare_paths (AssayWindow *self, const char *a, const char *b)
{
  g_autoptr (AssayDocument) first = dup_document (self, a);
  g_autofree char *whole_a = g_canonicalize_filename (a, NULL);
  g_autofree char *whole_b = g_canonicalize_filename (b, NULL);
  /* The same file twice is read once. */
  g_autoptr (AssayDocument) second = strcmp (whole_a, whole_b) == 0 ? g_object_ref (first) : dup_document (self, b);

  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    if (page_at (self, i) && assay_compare_page_is_of (page_at (self, i), first, second))
      {
        adw_tab_view_set_selected_page (self->tabs, adw_tab_view_get_nth_page (self->tabs, i));
        return;
      }
  assay_window_add_compare_page (self, assay_compare_page_new (first, second));
}

static void
show_changes (AssayWindow *self, AssayDocument *document)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    if (page_at (self, i) && assay_compare_page_is_of_changes (page_at (self, i), document))
      {
        adw_tab_view_set_selected_page (self->tabs, adw_tab_view_get_nth_page (self->tabs, i));
        return;
      }
  assay_window_add_compare_page (self, assay_compare_page_new_for_changes (document));
}

/* Whether a tab other than this one needs a model. */
static gboolean
is_used (AssayWindow *self, AssayDocument *document, AssayComparePage *leaving)
{
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      AssayComparePage *page = page_at (self, i);

      if (document_of (self, i) == document)
        return TRUE;
      if (page && page != leaving && (assay_compare_page_get_document (page, 0) == document || assay_compare_page_get_document (page, 1) == document))
        return TRUE;
    }
  return FALSE;
}

void
assay_window_leave_compare_page (AssayWindow *self, AssayComparePage *page)
{
  for (int side = 0; side < 2; side++)
    {
      AssayDocument *document = assay_compare_page_get_document (page, side);

      if (document && !is_used (self, document, page))
        assay_document_close (document);
    }
}

static void
compare_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (ASSAY_WINDOW (data)->compare_button);
}

static void
compare_with_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayDocument *document = assay_window_get_document (data);

  if (document)
    assay_window_compare_paths (data, assay_document_get_path (document), g_variant_get_string (parameter, NULL));
}

static void
chosen_cb (AssayWindow *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (path && assay_window_get_document (self))
    assay_window_compare_paths (self, assay_document_get_path (assay_window_get_document (self)), path);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
compare_file_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayWindow          *self = data;
  AssayDocument        *document = assay_window_get_document (self);
  g_autofree char      *parent = document ? g_path_get_dirname (assay_document_get_path (document)) : NULL;
  GtkFileChooserNative *chooser;

  if (document == NULL)
    return;
  chooser = gtk_file_chooser_native_new (_ ("Compare with a Model"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Compare"), _ ("_Cancel"));
  {
    g_autoptr (GFile) folder = g_file_new_for_path (parent);

    if (!assay_document_is_live (document))
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
show_changes_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayDocument *document = assay_window_get_document (data);

  if (document)
    show_changes (data, document);
}

static void
swap_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayComparePage *page = assay_window_get_compare_page (data);

  if (page)
    assay_compare_page_swap (page);
}

static void
differences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayComparePage *page = assay_window_get_compare_page (data);

  if (page)
    assay_compare_page_toggle_differences (page);
}

/* What the model can be compared with: its edits, the models of the other tabs, a file. */
static void
fill_menu (GtkMenuButton *button, gpointer data)
{
  AssayWindow   *self = data;
  AssayDocument *document = assay_window_get_document (self);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) open = g_menu_new ();

  g_menu_append (own, _ ("Show _Changes"), "win.show-changes");
  g_menu_append (own, _ ("With a _File…"), "win.compare-file");
  for (int i = 0; i < adw_tab_view_get_n_pages (self->tabs); i++)
    {
      AssayDocument   *other = document_of (self, i);
      g_autofree char *name = other ? g_path_get_basename (assay_document_get_path (other)) : NULL;
      g_autoptr (GMenuItem) item = NULL;

      if (other == NULL || other == document)
        continue;
      /* An underscore of a file's name is no mnemonic. */
      {
        g_auto (GStrv) parts = g_strsplit (name, "_", -1);
        g_autofree char *label = g_strjoinv ("__", parts);

        item = g_menu_item_new (label, NULL);
      }
      g_menu_item_set_action_and_target (item, "win.compare-with", "s", assay_document_get_path (other));
      g_menu_append_item (open, item);
    }
  if (g_menu_model_get_n_items (G_MENU_MODEL (open)) > 0)
    g_menu_append_section (menu, _ ("With an Open Model"), G_MENU_MODEL (open));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* A model dropped on the button is compared with the one that is open. */
static gboolean
drop_cb (AssayWindow *self, const GValue *value)
{
  GSList          *files = g_value_get_boxed (value);
  AssayDocument   *document = assay_window_get_document (self);
  g_autofree char *path = files ? g_file_get_path (files->data) : NULL;

  if (path == NULL || document == NULL)
    return FALSE;
  assay_window_compare_paths (self, assay_document_get_path (document), path);
  return TRUE;
}

/* While a file is dragged over the window, the button shows that it can be dropped there, too. */
static void
offer_cb (AssayWindow *self, GParamSpec *pspec, GtkDropTarget *target)
{
  if (gtk_drop_target_get_current_drop (target) && assay_window_get_document (self))
    gtk_widget_add_css_class (GTK_WIDGET (self->compare_button), "offered");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->compare_button), "offered");
}

void
assay_window_offer_compare (AssayWindow *self, GtkDropTarget *target)
{
  g_signal_connect_swapped (target, "notify::current-drop", G_CALLBACK (offer_cb), self);
}

void
assay_window_init_compare (AssayWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "compare", .activate = compare_action },
    { .name = "compare-with", .activate = compare_with_action, .parameter_type = "s" },
    { .name = "compare-file", .activate = compare_file_action },
    { .name = "show-changes", .activate = show_changes_action },
    { .name = "swap", .activate = swap_action },
    { .name = "differences", .activate = differences_action },
  };
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_menu_button_set_create_popup_func (self->compare_button, fill_menu, self, NULL);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->compare_button), GTK_EVENT_CONTROLLER (target));
  assay_window_offer_compare (self, target);
}
