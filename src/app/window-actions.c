/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a user can do: each an action, named by buttons, menus and shortcuts. */

#include "window-parts-private.h"

#include "python-line-private.h"
#include "settings-private.h"

#include <glib/gi18n-lib.h>

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_choose (data, FALSE);
}

static void
open_folder_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_choose (data, TRUE);
}

static void
open_example_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_open_example (data);
}

static void
open_path_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_open (data, g_variant_get_string (parameter, NULL));
}

static void
save_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_save (data);
}

static void
save_as_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_save_as (data);
}

static void
undo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_document_undo (assay_window_get_document (data));
}

static void
redo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_document_redo (assay_window_get_document (data));
}

static void
close_tab_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayWindow *self = data;
  AdwTabPage  *tab = adw_tab_view_get_selected_page (self->tabs);

  if (tab)
    adw_tab_view_close_page (self->tabs, tab);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  assay_window_show_help (data);
}

static void
menu_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (ASSAY_WINDOW (data)->menu_button);
}

/* Commands that the page of the model carries out. */
static void
page_command_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayModelPage  *page = assay_window_get_page (data);
  const char      *name = g_action_get_name (G_ACTION (action));
  g_autofree char *command = parameter ? g_strdup_printf ("%s::%s", name, g_variant_get_string (parameter, NULL)) : g_strdup (name);

  if (page)
    assay_model_page_command (page, command);
  else if (assay_window_get_compare_page (data) && strcmp (name, "find") == 0)
    assay_compare_page_find (assay_window_get_compare_page (data));
}

static void
copy_text (AssayWindow *self, const char *text)
{
  g_autofree char *message = NULL;

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  message = g_strdup_printf (_ ("Copied: %s"), text);
  assay_window_show_message (self, message);
}

static void
copy_path_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *path = assay_node_dup_path (assay_model_page_get_node (assay_window_get_page (data)));

  copy_text (data, path);
}

static void
copy_key_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  copy_text (data, assay_node_get_key (assay_model_page_get_node (assay_window_get_page (data))));
}

static void
copy_python_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *line = assay_python_line (assay_window_get_document (data), assay_model_page_get_node (assay_window_get_page (data)));

  copy_text (data, line);
}

static void
run_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (assay_window_get_page (data))
    assay_model_page_run (assay_window_get_page (data));
}

static void
show_run_action (GSimpleAction *action, GVariant *state, gpointer data)
{
  if (assay_window_get_page (data))
    assay_model_page_show_run (assay_window_get_page (data), g_variant_get_boolean (state));
}

static void
show_graph_action (GSimpleAction *action, GVariant *state, gpointer data)
{
  if (assay_window_get_page (data))
    assay_model_page_show_graph (assay_window_get_page (data), g_variant_get_boolean (state));
}

static const GActionEntry entries[] = {
  { .name = "open", .activate = open_action },
  { .name = "open-folder", .activate = open_folder_action },
  { .name = "open-example", .activate = open_example_action },
  { .name = "open-path", .activate = open_path_action, .parameter_type = "s" },
  { .name = "save", .activate = save_action },
  { .name = "save-as", .activate = save_as_action },
  { .name = "undo", .activate = undo_action },
  { .name = "redo", .activate = redo_action },
  { .name = "close-tab", .activate = close_tab_action },
  { .name = "find", .activate = page_command_action },
  { .name = "go-to", .activate = page_command_action },
  { .name = "find-value", .activate = page_command_action },
  { .name = "formula", .activate = page_command_action },
  { .name = "fill", .activate = page_command_action },
  { .name = "focus-tree", .activate = page_command_action },
  { .name = "export", .activate = page_command_action },
  { .name = "page", .activate = page_command_action, .parameter_type = "s" },
  { .name = "copy-path", .activate = copy_path_action },
  { .name = "copy-key", .activate = copy_key_action },
  { .name = "copy-python", .activate = copy_python_action },
  { .name = "run", .activate = run_action },
  { .name = "show-run", .state = "false", .change_state = show_run_action },
  { .name = "show-graph", .state = "false", .change_state = show_graph_action },
  { .name = "help", .activate = help_action },
  { .name = "menu", .activate = menu_action },
};

void
assay_window_init_actions (AssayWindow *self)
{
  static const char *const keys[] = { "color-scheme", "number-format" };
  GtkBuilder              *builder = gtk_builder_new_from_resource ("/io/github/assay/Assay/shortcuts.ui");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts")));
  g_object_unref (builder);
  for (gsize i = 0; assay_settings_get () && i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GAction) action = g_settings_create_action (assay_settings_get (), keys[i]);

      g_action_map_add_action (G_ACTION_MAP (self), action);
    }
}
