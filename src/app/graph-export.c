/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-export-private.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  AssayGraphScene *scene;
  char            *font;
  char            *path;
  GtkWindow       *parent;
} Export;

static void
export_free (Export *export)
{
  assay_graph_scene_unref (export->scene);
  g_object_unref (export->parent);
  g_free (export->font);
  g_free (export->path);
  g_free (export);
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError           *error = NULL;
  AssayGraphPalette palette;

  assay_graph_palette_init (&palette, FALSE);
  if (assay_graph_write (export->scene, &palette, export->font, export->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
exported_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (export->path);
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    text = g_strdup_printf (_ ("Exported “%s”"), name);
  if (ASSAY_IS_WINDOW (export->parent))
    assay_window_show_message (ASSAY_WINDOW (export->parent), text ? text : error->message);
  export_free (export);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *export = data;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autoptr (GTask) task = NULL;

  export->path = file ? g_file_get_path (file) : NULL;
  if (export->path != NULL)
    {
      task = g_task_new (NULL, NULL, exported_cb, export);
      g_task_set_task_data (task, export, NULL);
      g_task_run_in_thread (task, export_thread);
    }
  else
    export_free (export);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

void
assay_graph_export (GtkWindow *parent, AssayGraphScene *scene, const char *font, const char *name)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ ("Export the Picture"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  g_autofree char      *base = g_strdelimit (g_strdup (name), "/", '_'), *file_name = g_strconcat (base, ".svg", NULL);
  Export *export = g_new0 (Export, 1);

  export->scene = assay_graph_scene_ref (scene);
  export->font = g_strdup (font);
  export->parent = g_object_ref (parent);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
