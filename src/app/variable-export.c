/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asking where a variable goes to, and showing how far it is written. */

#include "variable-export-private.h"

#include "window-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GtkWindow   *parent;
  AssaySource *source;
  char        *path;
  AssayJob    *job;
  GtkWidget   *dialog; /* while it takes long */
  GtkWidget   *bar;
  guint        late;
} Export;

static void
export_free (Export *export)
{
  g_clear_handle_id (&export->late, g_source_remove);
  if (export->dialog)
    gtk_window_destroy (GTK_WINDOW (export->dialog));
  g_object_unref (export->parent);
  g_object_unref (export->source);
  g_clear_object (&export->job);
  g_free (export->path);
  g_free (export);
}

static void
export_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;

  if (assay_variable_write (export->source, export->path, export->job, &error))
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
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_ ("Exporting was cancelled"));
  if (ASSAY_IS_WINDOW (export->parent))
    assay_window_show_message (ASSAY_WINDOW (export->parent), text ? text : error->message);
  export_free (export);
}

static void
told_cb (AssayJob *job, GParamSpec *pspec, GtkProgressBar *bar)
{
  gtk_progress_bar_set_fraction (bar, assay_job_get_fraction (job));
}

/* After half a second: what is done, how far, Cancel. */
static gboolean
late_cb (gpointer data)
{
  Export *export = data;
  g_autofree char *name = g_path_get_basename (export->path);

  export->late = 0;
  export->dialog = adw_message_dialog_new (export->parent, _ ("Exporting"), name);
  export->bar = gtk_progress_bar_new ();
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (export->dialog), export->bar);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (export->dialog), "cancel", _ ("_Cancel"));
  g_signal_connect_object (export->job, "notify::fraction", G_CALLBACK (told_cb), export->bar, 0);
  g_signal_connect_object (export->dialog, "response", G_CALLBACK (assay_job_cancel), export->job, G_CONNECT_SWAPPED);
  g_object_add_weak_pointer (G_OBJECT (export->dialog), (gpointer *) &export->dialog);
  gtk_window_present (GTK_WINDOW (export->dialog));
  return G_SOURCE_REMOVE;
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer data)
{
  Export *export = data;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GTask) task = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file)
    {
      export->path = g_file_get_path (file);
      export->job = assay_job_new (_ ("Exporting"));
      export->late = g_timeout_add (500, late_cb, export);
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
assay_variable_export (GtkWindow *parent, AssaySource *source, const char *name)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ ("Export as CSV or npy"), parent, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                               _ ("_Export"), _ ("_Cancel"));
  g_autofree char      *file_name = g_strconcat (name, ".npy", NULL);
  Export *export = g_new0 (Export, 1);

  export->parent = g_object_ref (parent);
  export->source = g_object_ref (source);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
