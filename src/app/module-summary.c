/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "module-summary-private.h"

#include "histogram-view-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

static void
attach_label (GtkGrid *grid, const char *text, int column, int row, float align, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (label, text && *text ? text : NULL);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_hexpand (label, column == 2);
  gtk_grid_attach (grid, label, column, row, 1, 1);
}

/* The shapes of the variables that a child holds itself, or its own. */
static char *
dup_shapes (AssayNode *node)
{
  GListModel *children = assay_node_is_module (node) ? assay_node_get_children (node) : NULL;
  GString    *text = g_string_new (NULL);

  if (children == NULL)
    {
      g_autofree char *shape = NULL;

      g_object_get (node, "shape-text", &shape, NULL);
      return g_string_free (g_string_append (text, shape), FALSE);
    }
  for (guint i = 0; i < g_list_model_get_n_items (children) && text->len < 100; i++)
    {
      g_autoptr (AssayNode) child = g_list_model_get_item (children, i);
      g_autofree char *shape = NULL;

      if (assay_node_is_module (child))
        continue;
      g_object_get (child, "shape-text", &shape, NULL);
      g_string_append_printf (text, "%s%s", text->len ? ", " : "", shape);
    }
  return g_string_free (text, FALSE);
}

static void
attach_bar (GtkGrid *grid, guint64 part, guint64 whole, int row)
{
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, 1);

  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), whole ? (double) part / (double) whole : 0);
  gtk_widget_set_size_request (bar, 90, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (bar, "share");
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Part of the parameters"), -1);
  gtk_grid_attach (grid, bar, 4, row, 1, 1);
}

static void
attach_child (GtkGrid *grid, AssayNode *child, guint64 whole, int row)
{
  g_autofree char *shapes = dup_shapes (child);
  g_autofree char *count = assay_count_text (assay_node_get_n_parameters (child));
  g_autofree char *dtype = NULL;

  if (!assay_node_is_module (child))
    g_object_get (child, "dtype-name", &dtype, NULL);
  attach_label (grid, assay_node_get_name (child), 0, row, 0, NULL);
  attach_label (grid, dtype ? dtype : assay_node_get_class_name (child), 1, row, 0, "dim-label");
  attach_label (grid, shapes, 2, row, 0, "dim-label");
  attach_label (grid, count, 3, row, 1, "numeric");
  attach_bar (grid, assay_node_get_n_parameters (child), whole, row);
}

void
assay_module_summary_fill (GtkGrid *grid, AssayNode *node)
{
  static const char *const titles[] = { N_ ("Name"), N_ ("Class"), N_ ("Shapes"), N_ ("Parameters") };
  GListModel              *children = assay_node_get_children (node);
  guint                    n = g_list_model_get_n_items (children);
  g_autofree char         *more = NULL;

  for (int i = 0; i < (int) G_N_ELEMENTS (titles); i++)
    attach_label (grid, _ (titles[i]), i, 0, i == 3 ? 1 : 0, "caption-heading");
  for (guint i = 0; i < n && i < ASSAY_MAX_SHOWN; i++)
    {
      g_autoptr (AssayNode) child = g_list_model_get_item (children, i);

      attach_child (grid, child, assay_node_get_n_parameters (node), (int) i + 1);
    }
  if (n <= ASSAY_MAX_SHOWN)
    return;
  more = g_strdup_printf (_ ("and %u more"), n - ASSAY_MAX_SHOWN);
  attach_label (grid, more, 0, ASSAY_MAX_SHOWN + 1, 0, "dim-label");
}

static void
statistics_cb (AssayNode *node, GParamSpec *pspec, AssayHistogramView *view)
{
  assay_histogram_view_set_statistics (view, assay_node_get_statistics (node));
}

static void
add_histogram (GtkFlowBox *box, AssayNode *top, AssayNode *node)
{
  g_autofree char *path = assay_node_dup_path (node);
  g_autofree char *above = assay_node_dup_path (top);
  const char      *name = *above && g_str_has_prefix (path, above) ? path + strlen (above) + 1 : path;
  GtkWidget       *cell = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget       *label = gtk_label_new (name);
  GtkWidget       *view = assay_histogram_view_new (TRUE);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  gtk_label_set_width_chars (GTK_LABEL (label), 16);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_size_request (view, 120, 44);
  gtk_widget_set_tooltip_text (cell, path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, path, -1);
  gtk_box_append (GTK_BOX (cell), view);
  gtk_box_append (GTK_BOX (cell), label);
  g_object_set_data_full (G_OBJECT (cell), "node", g_object_ref (node), g_object_unref);
  gtk_flow_box_insert (box, cell, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (cell)), GTK_ACCESSIBLE_PROPERTY_LABEL, path, -1);
  g_signal_connect_object (node, "notify::statistics", G_CALLBACK (statistics_cb), view, 0);
  statistics_cb (node, NULL, ASSAY_HISTOGRAM_VIEW (view));
}

static void
add_below (GtkFlowBox *box, AssayDocument *document, AssayNode *top, AssayNode *node, guint *n)
{
  GListModel *children = assay_node_get_children (node);

  for (guint i = 0; i < g_list_model_get_n_items (children) && *n < ASSAY_MAX_SHOWN; i++)
    {
      g_autoptr (AssayNode) child = g_list_model_get_item (children, i);

      if (assay_node_get_flags (child) & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN))
        continue;
      if (assay_node_is_module (child))
        add_below (box, document, top, child, n);
      else
        {
          add_histogram (box, top, child);
          assay_document_want_statistics (document, child);
          *n += 1;
        }
    }
}

void
assay_module_histograms_fill (GtkFlowBox *box, AssayDocument *document, AssayNode *node)
{
  guint n = 0;

  add_below (box, document, node, node, &n);
}
