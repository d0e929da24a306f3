/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "picture-export-private.h"

#include "heat-colors-private.h"
#include "numbers-private.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GdkTexture *texture;
  char       *name;
  double      bound;
  GFile      *file;
  GtkWindow  *parent;
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->texture);
  g_free (export->name);
  g_clear_object (&export->file);
  g_object_unref (export->parent);
  g_free (export);
}

static void
append_scale (GString *svg, int x, int height, double bound)
{
  g_autofree char *high = assay_number_text (bound, TRUE);
  g_autofree char *low = assay_number_text (-bound, TRUE);

  g_string_append (svg, "<defs><linearGradient id=\"scale\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">");
  for (int i = 0; i <= 8; i++)
    {
      guint32 color = assay_heat_color (1 - i / 4.0, 1);

      g_string_append_printf (svg, "<stop offset=\"%d%%\" stop-color=\"#%02x%02x%02x\"/>", i * 100 / 8, color & 0xff,
                              color >> 8 & 0xff, color >> 16 & 0xff);
    }
  g_string_append_printf (svg, "</linearGradient></defs><rect x=\"%d\" y=\"32\" width=\"16\" height=\"%d\" fill=\"url(#scale)\"/>", x, height);
  g_string_append_printf (svg, "<text x=\"%d\" y=\"44\">%s</text><text x=\"%d\" y=\"%d\">%s</text>", x + 22, high, x + 22, 32 + height, low);
}

GBytes *
assay_picture_to_svg (GdkTexture *texture, const char *name, double bound)
{
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (texture);
  gsize            n;
  gconstpointer    data = g_bytes_get_data (png, &n);
  g_autofree char *encoded = g_base64_encode (data, n);
  g_autofree char *title = g_markup_escape_text (name, -1);
  int              width = gdk_texture_get_width (texture);
  int              height = gdk_texture_get_height (texture);
  GString         *svg = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

  g_string_append_printf (svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
                          width + 110, height + 40);
  g_string_append_printf (svg, "<title>%s</title><text x=\"4\" y=\"20\" font-size=\"14\">%s</text>", title, title);
  g_string_append_printf (svg, "<image x=\"4\" y=\"32\" width=\"%d\" height=\"%d\" href=\"data:image/png;base64,%s\"/>", width, height, encoded);
  append_scale (svg, width + 14, height, bound);
  g_string_append (svg, "</svg>\n");
  return g_string_free_to_bytes (svg);
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autofree char *path = g_file_get_path (export->file);
  gboolean         svg = path && g_str_has_suffix (path, ".svg");
  g_autoptr (GBytes) bytes = svg ? assay_picture_to_svg (export->texture, export->name, export->bound)
                                 : gdk_texture_save_to_png_bytes (export->texture);
  GError       *error = NULL;
  gsize         n;
  gconstpointer contents = g_bytes_get_data (bytes, &n);

  if (g_file_replace_contents (export->file, contents, n, NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
exported_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Export *export = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (export->file);
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
  g_autoptr (GTask) task = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      export->file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
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
assay_picture_export (GtkWindow *parent, GdkTexture *texture, const char *name, double bound)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_ ("Export the Picture"), parent, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                               _ ("_Export"), _ ("_Cancel"));
  g_autofree char      *file_name = g_strconcat (name, ".png", NULL);
  Export *export = g_new0 (Export, 1);

  export->texture = g_object_ref (texture);
  export->name = g_strdup (name);
  export->bound = bound;
  export->parent = g_object_ref (parent);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), file_name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
