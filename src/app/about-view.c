/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "about-view-private.h"

#include "facts-private.h"
#include "health-text-private.h"
#include "json-text-private.h"
#include "layout-text-private.h"
#include "numbers-private.h"
#include "python-line-private.h"

#include <glib/gi18n-lib.h>

struct _AssayAboutView
{
  GtkWidget  parent_instance;
  GtkWidget *reason_box;
  GtkLabel  *reason;
  GtkGrid   *facts;
  GtkWidget *python_box;
  GtkLabel  *python;
  GtkWidget *attributes_box;
  GtkLabel  *attributes;
};

G_DEFINE_FINAL_TYPE (AssayAboutView, assay_about_view, GTK_TYPE_WIDGET)

static void
about_view_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_about_view_parent_class)->dispose (object);
}

static void
assay_about_view_class_init (AssayAboutViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = about_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/about-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, reason_box);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, reason);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, facts);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, python_box);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, python);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, attributes_box);
  gtk_widget_class_bind_template_child (widget_class, AssayAboutView, attributes);
}

static void
assay_about_view_init (AssayAboutView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_facts (AssayAboutView *self, const AssayLook *look)
{
  AssayManifest        *manifest = assay_document_get_manifest (look->document);
  guint32               index = assay_node_get_index (look->node);
  AssayManifestVariable variable;
  g_autofree char      *path = assay_node_dup_path (look->node);
  g_autofree char      *shape = NULL;
  g_autofree char      *size = NULL;
  g_autofree char      *layout = assay_layout_text (manifest, index);
  g_autofree char      *health = assay_health_dup_text (look->node);
  const char           *key = assay_node_get_key (look->node);

  assay_manifest_get_variable (manifest, index, &variable);
  shape = assay_shape_to_display (variable.rank, variable.shape);
  size = assay_size_text (variable.n_bytes);
  assay_facts_begin (self->facts);
  assay_facts_add (self->facts, _ ("Path"), path);
  if (key)
    assay_facts_add (self->facts, _ ("Key in the file"), *key ? key : _ ("the one array"));
  assay_facts_add (self->facts, _ ("Type"), variable.dtype_name);
  assay_facts_add (self->facts, _ ("Shape"), variable.flags & ASSAY_FLAG_EMPTY ? _ ("no value at all") : shape);
  if (assay_node_get_n_bytes (look->node))
    assay_facts_add (self->facts, _ ("Bytes"), size);
  assay_facts_add (self->facts, _ ("Stored"), layout);
  if (!assay_document_is_live (look->document))
    assay_facts_add (self->facts, _ ("File"), assay_document_get_path (look->document));
  if (!assay_document_is_live (look->document))
    assay_facts_add (self->facts, _ ("Format"), assay_manifest_get_format (manifest));
  if (health)
    assay_facts_add (self->facts, _ ("Health"), health);
  assay_facts_end (self->facts);
}

void
assay_about_view_look (AssayAboutView *self, const AssayLook *look)
{
  const char      *reason = assay_node_get_reason (look->node);
  g_autofree char *json = assay_manifest_dup_variable_attributes (assay_document_get_manifest (look->document), assay_node_get_index (look->node));
  g_autofree char *pretty = assay_json_pretty (json);
  g_autofree char *python = assay_python_line (look->document, look->node);

  fill_facts (self, look);
  gtk_widget_set_visible (self->reason_box, reason != NULL);
  gtk_label_set_text (self->reason, reason ? reason : "");
  gtk_widget_set_visible (self->python_box, python != NULL);
  gtk_label_set_text (self->python, python ? python : "");
  gtk_widget_set_visible (self->attributes_box, pretty && g_strcmp0 (pretty, "{}") != 0);
  gtk_label_set_text (self->attributes, pretty ? pretty : "");
}
