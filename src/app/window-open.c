/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Choosing what to open. */

#include "assay-config.h"

#include "window-parts-private.h"

#include <glib/gi18n-lib.h>

static void
chosen_cb (AssayWindow *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  for (guint i = 0; files && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);

      if (path)
        assay_window_open (self, path);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const patterns[] = { "*.h5", "*.hdf5", "*.keras", "*.safetensors", "*.npy", "*.npz", "*.index", "*.index.json", "checkpoint", "*.hdf", "*.pb" };
  g_autoptr (GtkFileFilter) models = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (models, _ ("Models"));
  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_pattern (models, patterns[i]);
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, models);
  gtk_file_chooser_add_filter (chooser, all);
}

void
assay_window_choose (AssayWindow *self, gboolean folder)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (folder ? _ ("Open a Folder") : _ ("Open a Model"), GTK_WINDOW (self),
                                                               folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
                                                               _ ("_Open"), _ ("_Cancel"));
  AssayDocument        *document = assay_window_get_document (self);

  if (!folder)
    {
      add_filters (GTK_FILE_CHOOSER (chooser));
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
    }
  if (document && !assay_document_is_live (document))
    {
      g_autofree char *parent = g_path_get_dirname (assay_document_get_path (document));
      g_autoptr (GFile) file = g_file_new_for_path (parent);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), file, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
assay_window_open_example (AssayWindow *self)
{
  const char      *folder = g_getenv ("ASSAY_EXAMPLE_DIR");
  g_autofree char *path = g_build_filename (folder ? folder : ASSAY_PKGDATADIR "/example", "digits.h5", NULL);

  assay_window_open (self, path);
}
