/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "module-page-private.h"

#include "facts-private.h"
#include "health-text-private.h"
#include "json-text-private.h"
#include "module-summary-private.h"
#include "numbers-private.h"

#include <assay/import.h>
#include <glib/gi18n-lib.h>

struct _AssayModulePage
{
  GtkWidget   parent_instance;
  GtkLabel   *crumbs;
  GtkLabel   *name;
  GtkLabel   *kind;
  GtkGrid    *facts;
  GtkWidget  *warnings_box;
  GtkLabel   *warnings;
  GtkWidget  *summary_box;
  GtkGrid    *summary;
  GtkWidget  *settings_box;
  GtkGrid    *settings;
  GtkWidget  *histograms_box;
  GtkFlowBox *histograms;
  GtkWidget  *graph_button;
  GtkWidget  *functions;
  AssayNode  *node;
  gpointer    asked; /* the manifest that was asked whether it has functions */
  gboolean    has_functions;
};

G_DEFINE_FINAL_TYPE (AssayModulePage, assay_module_page, GTK_TYPE_WIDGET)

/* A histogram leads to its variable. */
static void
histogram_cb (AssayModulePage *self, GtkFlowBoxChild *child)
{
  AssayNode *node = g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (child)), "node");

  g_signal_emit_by_name (self, "open-node", node);
}

static void
graph_cb (AssayModulePage *self)
{
  g_signal_emit_by_name (self, "show-graph", self->node);
}

static void
function_cb (AssayModulePage *self, guint index)
{
  g_signal_emit_by_name (self, "show-function", index);
}

static void
module_page_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&ASSAY_MODULE_PAGE (object)->node);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_module_page_parent_class)->dispose (object);
}

static void
assay_module_page_class_init (AssayModulePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_FUNCTION_LIST);
  G_OBJECT_CLASS (klass)->dispose = module_page_dispose;
  g_signal_new ("open-node", ASSAY_TYPE_MODULE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, ASSAY_TYPE_NODE);
  g_signal_new ("show-graph", ASSAY_TYPE_MODULE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, ASSAY_TYPE_NODE);
  g_signal_new ("show-function", ASSAY_TYPE_MODULE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/module-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, histogram_cb);
  gtk_widget_class_bind_template_callback (widget_class, graph_cb);
  gtk_widget_class_bind_template_callback (widget_class, function_cb);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, crumbs);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, name);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, kind);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, facts);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, warnings_box);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, warnings);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, summary_box);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, summary);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, settings_box);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, settings);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, histograms_box);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, histograms);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, graph_button);
  gtk_widget_class_bind_template_child (widget_class, AssayModulePage, functions);
}

static void
assay_module_page_init (AssayModulePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_header (AssayModulePage *self, AssayDocument *document, AssayNode *node)
{
  g_autofree char *path = assay_node_dup_path (node);
  g_autofree char *folder = g_path_get_dirname (path);
  g_auto (GStrv) parts = g_strsplit (folder, "/", -1);
  g_autofree char *crumbs = g_strjoinv (" › ", parts);
  g_autofree char *file = g_path_get_basename (assay_document_get_path (document));
  const char      *class_name = assay_node_get_class_name (node);
  gboolean         nested = *path && g_strcmp0 (folder, ".") != 0;

  gtk_label_set_text (self->crumbs, nested ? crumbs : "");
  gtk_widget_set_visible (GTK_WIDGET (self->crumbs), nested);
  gtk_label_set_text (self->name, *assay_node_get_name (node) ? assay_node_get_name (node) : file);
  gtk_label_set_text (self->kind, class_name ? class_name : "");
  gtk_widget_set_visible (GTK_WIDGET (self->kind), class_name != NULL);
}

static void
fill_facts (AssayModulePage *self, AssayDocument *document, AssayNode *node)
{
  g_autofree char *parameters = assay_count_text (assay_node_get_n_parameters (node));
  g_autofree char *size = assay_size_text (assay_node_get_n_bytes (node));
  g_autofree char *health = assay_health_dup_text (node);
  g_autofree char *trainable = NULL;
  guint64          n_trainable = 0;

  assay_facts_begin (self->facts);
  assay_facts_add (self->facts, _ ("Parameters"), parameters);
  if (assay_node_get_parent (node) == NULL)
    {
      g_object_get (document, "n-trainable", &n_trainable, NULL);
      trainable = assay_count_text (n_trainable);
      assay_facts_add (self->facts, _ ("Trainable"), trainable);
      if (!assay_document_is_live (document))
        assay_facts_add (self->facts, _ ("Format"), assay_manifest_get_format (assay_document_get_manifest (document)));
    }
  assay_facts_add (self->facts, _ ("Bytes"), size);
  if (health)
    assay_facts_add (self->facts, _ ("Health"), health);
  assay_facts_end (self->facts);
}

static void
fill_warnings (AssayModulePage *self, AssayDocument *document, AssayNode *node)
{
  GPtrArray *warnings = assay_manifest_get_warnings (assay_document_get_manifest (document));
  gboolean   any = assay_node_get_parent (node) == NULL && warnings && warnings->len > 0;
  GString   *text = g_string_new (NULL);

  for (guint i = 0; any && i < warnings->len && i < 50; i++)
    g_string_append_printf (text, "%s%s", i ? "\n" : "", (const char *) g_ptr_array_index (warnings, i));
  gtk_label_set_text (self->warnings, text->str);
  gtk_widget_set_visible (self->warnings_box, any);
  g_string_free (text, TRUE);
}

/* Asking copies a model's config, so it is done once, when all is read. */
static void
show_whether_functions (AssayModulePage *self, AssayDocument *document, AssayNode *node)
{
  AssayManifest *manifest = assay_document_get_state (document) == ASSAY_DOCUMENT_READY ? assay_document_get_manifest (document) : NULL;

  if (self->asked != manifest)
    self->has_functions = manifest && !assay_document_is_live (document) && assay_import_fits (manifest);
  self->asked = manifest;
  gtk_widget_set_visible (self->graph_button, self->has_functions);
  gtk_widget_set_visible (self->functions, self->has_functions && assay_node_get_parent (node) == NULL);
}

static void
empty_grid (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))))
    gtk_grid_remove (grid, child);
}

void
assay_module_page_show (AssayModulePage *self, AssayDocument *document, AssayNode *node)
{
  g_autofree char *json = assay_manifest_dup_module_attributes (assay_document_get_manifest (document), assay_node_get_index (node));
  GtkWidget       *child;

  g_set_object (&self->node, node);
  fill_header (self, document, node);
  show_whether_functions (self, document, node);
  fill_facts (self, document, node);
  fill_warnings (self, document, node);
  empty_grid (self->summary);
  assay_module_summary_fill (self->summary, node);
  gtk_widget_set_visible (self->summary_box, g_list_model_get_n_items (assay_node_get_children (node)) > 0);
  assay_facts_begin (self->settings);
  gtk_widget_set_visible (self->settings_box, assay_json_add_rows (self->settings, json) > 0);
  assay_facts_end (self->settings);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->histograms))))
    gtk_flow_box_remove (self->histograms, child);
  assay_module_histograms_fill (self->histograms, document, node);
  gtk_widget_set_visible (self->histograms_box, gtk_widget_get_first_child (GTK_WIDGET (self->histograms)) != NULL);
}

AssayFunctionList *
assay_module_page_get_functions (AssayModulePage *self)
{
  return gtk_widget_get_visible (self->functions) ? ASSAY_FUNCTION_LIST (self->functions) : NULL;
}
