/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window's class: its template, its size, its messages. What it does is in the other window files. */

#include "window-parts-private.h"

#include "accessible-names-private.h"
#include "recent-private.h"
#include "settings-private.h"
#include "start-page-private.h"

G_DEFINE_FINAL_TYPE (AssayWindow, assay_window, ADW_TYPE_APPLICATION_WINDOW)

static void
remember_size (AssayWindow *self)
{
  GSettings *settings = assay_settings_get ();
  int        width;
  int        height;

  if (settings == NULL)
    return;
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  if (gtk_window_is_maximized (GTK_WINDOW (self)))
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  assay_settings_set_int ("window-width", width);
  assay_settings_set_int ("window-height", height);
}

static gboolean
window_close_request (GtkWindow *window)
{
  remember_size (ASSAY_WINDOW (window));
  if (assay_window_close_request (window))
    return TRUE;
  return GTK_WINDOW_CLASS (assay_window_parent_class)->close_request (window);
}

static void
window_finalize (GObject *object)
{
  g_free (ASSAY_WINDOW (object)->live_folder);
  G_OBJECT_CLASS (assay_window_parent_class)->finalize (object);
}

static void
assay_window_class_init (AssayWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_RECENT_LIST);
  g_type_ensure (ASSAY_TYPE_START_PAGE);
  G_OBJECT_CLASS (klass)->finalize = window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/window.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, title);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, save_button);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, compare_button);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, tabs);
  gtk_widget_class_bind_template_child (widget_class, AssayWindow, tab_bar);
}

static void
assay_window_init (AssayWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_size (GTK_WINDOW (self), assay_settings_get_int ("window-width", 1280),
                               assay_settings_get_int ("window-height", 800));
  if (assay_settings_get () && g_settings_get_boolean (assay_settings_get (), "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  assay_window_init_actions (self);
  assay_window_init_compare (self);
  assay_window_init_live (self);
  assay_window_init_tabs (self);
  assay_window_init_dnd (self);
  assay_window_update (self);
  assay_accessible_name_parts (GTK_WIDGET (self));
}

AssayWindow *
assay_window_new (AssayApplication *application)
{
  return g_object_new (ASSAY_TYPE_WINDOW, "application", application, NULL);
}

void
assay_window_show_message (AssayWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast        *toast = adw_toast_new (escaped);

  /* What was said before is old by now; it would be shown for its whole time first. */
  if (self->toast)
    adw_toast_dismiss (self->toast);
  g_clear_weak_pointer (&self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
