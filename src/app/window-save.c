/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saving, saving elsewhere, and what is asked when that can't be done as it is. */

#include "window-parts-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* A save that goes on. */
typedef struct
{
  AssayWindow       *window;
  AssayModelPage    *page;
  char              *path;
  const AssayWriter *writer;
  AssaySavedFunc     then;
  gpointer           data;
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->window);
  g_object_unref (saving->page);
  g_free (saving->path);
  g_free (saving);
}

static void
finish (Saving *saving, gboolean saved)
{
  if (saving->then)
    saving->then (saving->window, saved, saving->data);
  saving_free (saving);
}

static void
show_failure (AssayWindow *self, const char *heading, const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void saved_cb (GObject *object, GAsyncResult *result, gpointer data);

static void
conflict_cb (Saving *saving, const char *response)
{
  AssayDocument *document = assay_model_page_get_document (saving->page);

  if (g_strcmp0 (response, "overwrite") == 0)
    {
      assay_document_save_async (document, saving->path, saving->writer, ASSAY_SAVE_OVERWRITE_CHANGED, saved_cb, saving);
      return;
    }
  if (g_strcmp0 (response, "save-as") == 0)
    assay_window_save_as (saving->window);
  finish (saving, FALSE);
}

static void
ask_about_conflict (Saving *saving)
{
  AssayDocument    *document = assay_model_page_get_document (saving->page);
  gboolean          gone = !g_file_test (assay_document_get_path (document), G_FILE_TEST_EXISTS);
  const char       *heading = gone ? _ ("The File Is Gone") : _ ("The File Has Changed");
  const char       *lost = _ ("It has been moved or deleted since it was opened.");
  const char       *changed = _ ("Another program has changed the file since it was opened. Saving now replaces what it wrote.");
  GtkWidget        *dialog = adw_message_dialog_new (GTK_WINDOW (saving->window), heading, gone ? lost : changed);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "save-as", _ ("Save _As…"), "overwrite",
                                    gone ? _ ("_Write Again") : _ ("_Overwrite"), NULL);
  if (!gone)
    adw_message_dialog_set_response_appearance (message, "overwrite", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (message, "save-as");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (conflict_cb), saving);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Saving        *saving = data;
  AssayDocument *document = ASSAY_DOCUMENT (object);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (assay_document_save_finish (document, result, &error))
    {
      name = g_path_get_basename (saving->path ? saving->path : assay_document_get_path (document));
      text = g_strdup_printf (_ ("Saved “%s”"), name);
      assay_window_show_message (saving->window, text);
      finish (saving, TRUE);
    }
  else if (g_error_matches (error, ASSAY_ERROR, ASSAY_ERROR_CHANGED))
    ask_about_conflict (saving);
  else
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        show_failure (saving->window, _ ("Not Saved"), error->message);
      finish (saving, FALSE);
    }
}

static void
start (AssayWindow *self, AssayModelPage *page, const char *path, const AssayWriter *writer, AssaySavedFunc then, gpointer data)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->window = g_object_ref (self);
  saving->page = g_object_ref (page);
  saving->path = g_strdup (path);
  saving->writer = writer;
  saving->then = then;
  saving->data = data;
  assay_document_save_async (assay_model_page_get_document (page), path, writer, ASSAY_SAVE_DEFAULT, saved_cb, saving);
}

static void
why_not_cb (AssayWindow *self, const char *response)
{
  if (g_strcmp0 (response, "save-as") == 0)
    assay_window_save_as (self);
}

/* Where edits can't go back into the file, Save as is what is left. */
static void
offer_save_as (AssayWindow *self, const char *why)
{
  GtkWidget        *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save as Another File?"), why);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "save-as", _ ("Save _As…"), NULL);
  adw_message_dialog_set_response_appearance (message, "save-as", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "save-as");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (why_not_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
assay_window_save_page (AssayWindow *self, AssayModelPage *page, AssaySavedFunc then, gpointer data)
{
  g_autofree char *why = assay_document_why_not_save (assay_model_page_get_document (page));

  if (assay_model_page_get_live (page))
    {
      assay_window_save_live (self, page, then, data);
      return;
    }
  if (why == NULL)
    {
      start (self, page, NULL, NULL, then, data);
      return;
    }
  offer_save_as (self, why);
  if (then)
    then (self, FALSE, data);
}

void
assay_window_save (AssayWindow *self)
{
  AssayModelPage *page = assay_window_get_page (self);

  if (page)
    assay_window_save_page (self, page, NULL, NULL);
}

/* Filter 0 stands for the file's own format, the others for the writers; but a name that says another format than the filter
 * is what was meant. */
static const AssayWriter *
find_writer (GtkFileFilter *filter, const char *path)
{
  const AssayWriter *chosen = filter ? g_object_get_data (G_OBJECT (filter), "writer") : NULL;
  const AssayWriter *named = chosen ? assay_writers_find (path) : NULL;

  return named ? named : chosen;
}

/* What is proposed: the file's name, with the suffix of the first format if it can't keep its own. */
static char *
propose_name (AssayDocument *document, const AssayWriter *writer)
{
  g_autofree char *name = g_path_get_basename (assay_document_get_path (document));
  char            *dot = strrchr (name, '.');

  if (writer == NULL)
    return g_steal_pointer (&name);
  if (dot && dot != name)
    *dot = '\0';
  return g_strconcat (name, writer->suffix, NULL);
}

static void
chosen_cb (AssayWindow *self, int response, GtkNativeDialog *dialog)
{
  AssayModelPage    *page = g_object_get_data (G_OBJECT (dialog), "page");
  const AssayWriter *writer;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  GtkFileFilter   *filter = gtk_file_chooser_get_filter (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file)
    {
      path = g_file_get_path (file);
      writer = find_writer (filter, path);
      start (self, page, path, writer, NULL, NULL);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *suffix, const AssayWriter *writer)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autofree char *pattern = g_strconcat ("*", suffix, NULL);

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  g_object_set_data (G_OBJECT (filter), "writer", (gpointer) writer);
  gtk_file_chooser_add_filter (chooser, filter);
}

void
assay_window_save_as (AssayWindow *self)
{
  AssayModelPage       *page = assay_window_get_page (self);
  AssayDocument        *document = assay_window_get_document (self);
  GtkFileChooserNative *chooser;
  const AssayWriter    *writers;
  guint                 n_writers;
  g_autofree char      *name = NULL;
  g_autofree char      *folder = NULL;
  g_autofree char      *why = NULL;
  g_autoptr (GFile) parent = NULL;

  if (page == NULL)
    return;
  chooser = gtk_file_chooser_native_new (_ ("Save As"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  folder = g_path_get_dirname (assay_document_get_path (document));
  parent = g_file_new_for_path (folder);
  why = assay_document_why_not_save (document);
  if (why == NULL)
    add_filter (GTK_FILE_CHOOSER (chooser), _ ("The Same Format"), "", NULL);
  writers = assay_writers_get (&n_writers);
  name = propose_name (document, why ? writers : NULL);
  for (guint i = 0; i < n_writers; i++)
    add_filter (GTK_FILE_CHOOSER (chooser), _ (writers[i].title), writers[i].suffix, &writers[i]);
  if (!assay_document_is_live (document))
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), parent, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_object_set_data_full (G_OBJECT (chooser), "page", g_object_ref (page), g_object_unref);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
