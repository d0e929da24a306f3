/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "start-page-private.h"

#include "recent-private.h"

struct _AssayStartPage
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (AssayStartPage, assay_start_page, GTK_TYPE_WIDGET)

static void
start_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_start_page_parent_class)->dispose (object);
}

static void
assay_start_page_class_init (AssayStartPageClass *klass)
{
  g_type_ensure (ASSAY_TYPE_RECENT_LIST);
  G_OBJECT_CLASS (klass)->dispose = start_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass), "/io/github/assay/Assay/start-page.ui");
}

static void
assay_start_page_init (AssayStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
