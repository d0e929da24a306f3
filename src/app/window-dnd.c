/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files and folders dropped on the window are opened, each in its tab; two together are compared. */

#include "window-parts-private.h"

static gboolean
drop_cb (AssayWindow *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);

  if (g_slist_length (files) == 2)
    {
      g_autofree char *a = g_file_get_path (files->data);
      g_autofree char *b = g_file_get_path (files->next->data);

      if (a && b)
        assay_window_compare_paths (self, a, b);
      return a && b;
    }
  for (GSList *at = files; at; at = at->next)
    {
      g_autofree char *path = g_file_get_path (at->data);

      if (path)
        assay_window_open (self, path);
    }
  return files != NULL;
}

void
assay_window_init_dnd (AssayWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  assay_window_offer_compare (self, target);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
