/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "assay-config.h"

#include "application-private.h"

#include "settings-private.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>

#define APP_ID "io.github.assay.Assay"

/* What is done with the files of a command line. */
#define COMPARE_HINT "compare"

struct _AssayApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (AssayApplication, assay_application, ADW_TYPE_APPLICATION)

/* Every action with a shortcut. */
static const struct
{
  const char *action;
  const char *keys[4];
} shortcuts[] = {
  { "app.quit", { "<Control>q" } },
  { "win.new-model", { "<Control>n" } },
  { "win.open", { "<Control>o" } },
  { "win.save", { "<Control>s" } },
  { "win.save-as", { "<Control><Shift>s" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.find", { "<Control>f" } },
  { "win.go-to", { "<Control>g" } },
  { "win.find-value", { "<Control><Shift>f" } },
  { "win.formula", { "<Control>e" } },
  { "win.run", { "<Control>r", "<Control>Return" } },
  { "win.show-graph", { "<Control><Shift>g" } },
  { "win.fill", { "<Control>d" } },
  { "win.export", { "<Control><Shift>e" } },
  { "win.copy-python", { "<Control><Shift>p" } },
  { "win.copy-path", { "<Control><Shift>c" } },
  { "win.compare", { "<Control><Shift>d" } },
  { "win.show-changes", { "<Control><Shift>h" } },
  { "win.differences", { "<Control>d" } },
  { "win.swap", { "<Control><Shift>x" } },
  { "win.close-tab", { "<Control>w" } },
  { "win.help", { "F1" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.page::values", { "<Alt>1" } },
  { "win.page::heat-map", { "<Alt>2" } },
  { "win.page::filters", { "<Alt>3" } },
  { "win.page::distribution", { "<Alt>4" } },
  { "win.page::about", { "<Alt>5" } },
  { "win.focus-tree", { "F6" } },
  { "win.menu", { "F10" } },
};

static AssayWindow *
get_window (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  return window && ASSAY_IS_WINDOW (window) ? ASSAY_WINDOW (window) : assay_window_new (ASSAY_APPLICATION (application));
}

static void
application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (application)));
}

static void
application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  AssayWindow *window = get_window (application);

  if (g_strcmp0 (hint, COMPARE_HINT) == 0 && n_files == 2)
    {
      g_autofree char *a = g_file_get_path (files[0]);
      g_autofree char *b = g_file_get_path (files[1]);

      if (a && b)
        assay_window_compare_paths (window, a, b);
      n_files = 0;
    }
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path)
        assay_window_open (window, path);
    }
  gtk_window_present (GTK_WINDOW (window));
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  for (GList *at = windows; at; at = at->next)
    gtk_window_close (GTK_WINDOW (at->data));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (data));

  adw_show_about_window (parent,
                         "application-name", _ ("Assay"),
                         "application-icon", APP_ID,
                         "version", ASSAY_VERSION,
                         "comments", _ ("Look into machine-learning models, and change them"),
                         "developer-name", _ ("The Assay authors"),
                         "license-type", GTK_LICENSE_LGPL_2_1,
                         NULL);
}

static void
apply_color_scheme (void)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[CLAMP (assay_settings_get_choice ("color-scheme"), 0, 2)]);
}

static void
application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = quit_action },
    { .name = "about", .activate = about_action },
  };
  GSettings *settings = assay_settings_get ();

  G_APPLICATION_CLASS (assay_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action, (const char **) shortcuts[i].keys);
  gtk_window_set_default_icon_name (APP_ID);
  /* Nothing moves by itself: animations starve idle work under software rendering. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  if (settings == NULL)
    return;
  g_signal_connect (settings, "changed::color-scheme", G_CALLBACK (apply_color_scheme), NULL);
  apply_color_scheme ();
}

/* “assay --compare A B”: the files are given to the program that runs already, if there is one. Everything else is GApplication's. */
static gboolean
application_local_command_line (GApplication *application, char ***arguments, int *exit_status)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;

  if (!g_strv_contains ((const char *const *) *arguments, "--compare"))
    return G_APPLICATION_CLASS (assay_application_parent_class)->local_command_line (application, arguments, exit_status);
  for (gsize i = 1; (*arguments)[i]; i++)
    if (strcmp ((*arguments)[i], "--compare") != 0)
      g_ptr_array_add (files, g_file_new_for_commandline_arg ((*arguments)[i]));
  *exit_status = 2;
  if (files->len != 2)
    g_printerr (_ ("assay: --compare takes two models\n"));
  else if (!g_application_register (application, NULL, &error))
    g_printerr ("assay: %s\n", error->message);
  else
    {
      g_application_open (application, (GFile **) files->pdata, (int) files->len, COMPARE_HINT);
      *exit_status = 0;
    }
  return TRUE;
}

static void
assay_application_class_init (AssayApplicationClass *klass)
{
  G_APPLICATION_CLASS (klass)->activate = application_activate;
  G_APPLICATION_CLASS (klass)->open = application_open;
  G_APPLICATION_CLASS (klass)->startup = application_startup;
  G_APPLICATION_CLASS (klass)->local_command_line = application_local_command_line;
}

static void
assay_application_init (AssayApplication *self)
{
  g_application_add_main_option (G_APPLICATION (self), "compare", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE,
                                 N_ ("Compare two models"), N_ ("A B"));
}

AssayApplication *
assay_application_new (void)
{
  return g_object_new (ASSAY_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/assay/Assay",
                       NULL);
}
