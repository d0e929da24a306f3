/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Models made by hand: their tab, and the files they are saved in and restored from. */

#include "window-parts-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum
{
  SAVE_CHECKPOINT,
  RESTORE_CHECKPOINT,
  SAVE_MODEL,
  N_PURPOSES
} Purpose;

typedef void (*StartFunc) (AssayLiveModel *model, const char *path, GAsyncReadyCallback callback, gpointer user_data);

static const struct
{
  const char *title;
  const char *accept;
  const char *proposal; /* NULL to open */
  StartFunc   start;
} purposes[N_PURPOSES] = {
  [SAVE_CHECKPOINT] = { N_ ("Save a Checkpoint"), N_ ("_Save"), "my_checkpoint.h5", assay_live_model_write_async },
  [RESTORE_CHECKPOINT] = { N_ ("Restore a Checkpoint"), N_ ("_Restore"), NULL, assay_live_model_restore_async },
  [SAVE_MODEL] = { N_ ("Save the Model"), N_ ("_Save"), "my_saved_model.h5", assay_live_model_save_async },
};

/* A file on its way. */
typedef struct
{
  AssayWindow    *window;
  AssayModelPage *page;
  Purpose         purpose;
  char           *path;
  AssaySavedFunc  then;
  gpointer        data;
} Filing;

static void
finish (Filing *filing, gboolean good)
{
  if (filing->then)
    filing->then (filing->window, good, filing->data);
  g_object_unref (filing->window);
  g_object_unref (filing->page);
  g_free (filing->path);
  g_free (filing);
}

/* A failure is a cell of the notebook. */
static void
done_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Filing          *filing = data;
  gboolean         good = assay_live_model_finish (ASSAY_LIVE_MODEL (object), result, NULL);
  g_autofree char *name = g_path_get_basename (filing->path);
  g_autofree char *text = NULL;

  if (good && filing->purpose != RESTORE_CHECKPOINT)
    {
      text = g_strdup_printf (_ ("Saved “%s”"), name);
      assay_window_show_message (filing->window, text);
    }
  if (good && filing->purpose == SAVE_MODEL)
    assay_model_page_offer (filing->page, filing->path);
  finish (filing, good);
}

static void
start (Filing *filing)
{
  purposes[filing->purpose].start (assay_model_page_get_live (filing->page), filing->path, done_cb, filing);
}

static void
replace_cb (Filing *filing, const char *response)
{
  if (g_strcmp0 (response, "replace") == 0)
    start (filing);
  else
    finish (filing, FALSE);
}

/* The file's ending is ours; the chooser hasn't asked about that file. */
static void
ask_to_replace (Filing *filing)
{
  g_autofree char  *name = g_path_get_basename (filing->path);
  g_autofree char  *text = g_strdup_printf (_ ("“%s” exists already. Replacing it drops what is in it."), name);
  GtkWidget        *dialog = adw_message_dialog_new (GTK_WINDOW (filing->window), _ ("Replace the File?"), text);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "replace", _ ("_Replace"), NULL);
  adw_message_dialog_set_response_appearance (message, "replace", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (replace_cb), filing);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
remember_folder (AssayWindow *self, const char *path)
{
  g_free (self->live_folder);
  self->live_folder = g_path_get_dirname (path);
}

static void
chosen_cb (Filing *filing, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  gboolean saves = purposes[filing->purpose].proposal != NULL, added = FALSE;

  filing->path = file ? g_file_get_path (file) : NULL;
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
  if (filing->path == NULL)
    {
      finish (filing, FALSE);
      return;
    }
  remember_folder (filing->window, filing->path);
  /* A checkpoint may be TensorFlow's. */
  if (saves && !g_str_has_suffix (filing->path, ".h5") && !(filing->purpose == SAVE_CHECKPOINT && g_str_has_suffix (filing->path, ".index")))
    {
      char *whole = g_strconcat (filing->path, ".h5", NULL);

      g_free (filing->path);
      filing->path = whole;
      added = TRUE;
    }
  if (added && g_file_test (filing->path, G_FILE_TEST_EXISTS))
    ask_to_replace (filing);
  else
    start (filing);
}

static void
choose (AssayWindow *self, AssayModelPage *page, Purpose purpose, AssaySavedFunc then, gpointer data)
{
  const char           *proposal = purposes[purpose].proposal;
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ (purposes[purpose].title), GTK_WINDOW (self),
                                                               proposal ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
                                                               _ (purposes[purpose].accept), _ ("_Cancel"));
  Filing               *filing = g_new0 (Filing, 1);

  filing->window = g_object_ref (self);
  filing->page = g_object_ref (page);
  filing->purpose = purpose;
  filing->then = then;
  filing->data = data;
  if (proposal)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), proposal);
  if (self->live_folder)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->live_folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_swapped (chooser, "response", G_CALLBACK (chosen_cb), filing);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
assay_window_save_live (AssayWindow *self, AssayModelPage *page, AssaySavedFunc then, gpointer data)
{
  choose (self, page, SAVE_CHECKPOINT, then, data);
}

static void
file_action (AssayWindow *self, Purpose purpose)
{
  AssayModelPage *page = assay_window_get_page (self);

  if (page && assay_model_page_get_live (page))
    choose (self, page, purpose, NULL, NULL);
}

static void
save_checkpoint_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  file_action (data, SAVE_CHECKPOINT);
}

static void
restore_checkpoint_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  file_action (data, RESTORE_CHECKPOINT);
}

static void
save_model_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  file_action (data, SAVE_MODEL);
}

static void
new_model_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  AssayModelPage *page = assay_model_page_new_live ();

  assay_window_add_model_page (data, page);
  assay_model_page_begin (page);
}

void
assay_window_init_live (AssayWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "new-model", .activate = new_model_action },
    { .name = "save-checkpoint", .activate = save_checkpoint_action },
    { .name = "restore-checkpoint", .activate = restore_checkpoint_action },
    { .name = "save-model", .activate = save_model_action },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
