/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tree-columns-private.h"

#include "settings-private.h"
#include "tree-cell-private.h"

#include <assay/names.h>
#include <glib/gi18n-lib.h>

static int
compare_names (gconstpointer a, gconstpointer b, gpointer data)
{
  return assay_name_compare (assay_node_get_name (ASSAY_NODE ((gpointer) a)), assay_node_get_name (ASSAY_NODE ((gpointer) b)));
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare_parameters (gconstpointer a, gconstpointer b, gpointer data)
{
  return compare_numbers (assay_node_get_n_parameters (ASSAY_NODE ((gpointer) a)), assay_node_get_n_parameters (ASSAY_NODE ((gpointer) b)));
}

static int
compare_strings (gconstpointer a, gconstpointer b, const char *property)
{
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;

  if (!assay_node_is_module (ASSAY_NODE ((gpointer) a)))
    g_object_get ((gpointer) a, property, &x, NULL);
  if (!assay_node_is_module (ASSAY_NODE ((gpointer) b)))
    g_object_get ((gpointer) b, property, &y, NULL);
  return assay_name_compare (x ? x : "", y ? y : "");
}

static int
compare_shapes (gconstpointer a, gconstpointer b, gpointer data)
{
  return compare_strings (a, b, "shape-text");
}

static int
compare_types (gconstpointer a, gconstpointer b, gpointer data)
{
  return compare_strings (a, b, "short-dtype");
}

/* Sick ones first; then by how far values spread. */
static int
compare_values (gconstpointer a, gconstpointer b, gpointer data)
{
  const AssayStatistics *x = assay_node_get_statistics (ASSAY_NODE ((gpointer) a));
  const AssayStatistics *y = assay_node_get_statistics (ASSAY_NODE ((gpointer) b));
  int                    health = compare_numbers (assay_node_get_health (ASSAY_NODE ((gpointer) b)) & 3,
                                                   assay_node_get_health (ASSAY_NODE ((gpointer) a)) & 3);
  double                 s = x ? x->std : -1;
  double                 t = y ? y->std : -1;

  return health ? health : s < t ? -1
                                 : s > t;
}

/* Identifiers are words of the setting "sort-column"; their place there is the setting's number. */
static const struct
{
  const char      *id;
  const char      *title;
  int              setting;
  int              width;
  GCompareDataFunc compare;
} columns[] = {
  [ASSAY_CELL_NAME] = { "name", N_ ("Name"), 1, 0, compare_names },
  [ASSAY_CELL_SHAPE] = { "shape", N_ ("Shape"), 2, 116, compare_shapes },
  [ASSAY_CELL_TYPE] = { "dtype", N_ ("Type"), 3, 56, compare_types },
  [ASSAY_CELL_PARAMETERS] = { "parameters", N_ ("Parameters"), 4, 86, compare_parameters },
  [ASSAY_CELL_VALUES] = { "values", N_ ("Values"), 6, 70, compare_values },
};

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, assay_tree_cell_new (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "kind"))));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  AssayTreeCell *cell = ASSAY_TREE_CELL (gtk_list_item_get_child (item));
  AssayDocument *document = g_object_get_data (G_OBJECT (factory), "document");
  AssayNode     *node;

  assay_tree_cell_set_item (cell, gtk_list_item_get_item (item));
  node = assay_tree_cell_get_node (cell);
  /* What is in sight is computed first. */
  if (document && node && !assay_node_is_module (node) && assay_node_get_statistics (node) == NULL)
    assay_document_want_statistics (document, node);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  assay_tree_cell_set_item (ASSAY_TREE_CELL (gtk_list_item_get_child (item)), NULL);
}

static GtkListItemFactory *
make_factory (AssayCellKind kind, AssayDocument *document)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data (G_OBJECT (factory), "kind", GINT_TO_POINTER (kind));
  if (kind == ASSAY_CELL_VALUES)
    g_object_set_data_full (G_OBJECT (factory), "document", g_object_ref (document), g_object_unref);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  return factory;
}

static int
remembered_width (const char *id, int fallback)
{
  g_autoptr (GVariant) widths = assay_settings_get () ? g_settings_get_value (assay_settings_get (), "column-widths") : NULL;
  int width = fallback;

  if (widths)
    g_variant_lookup (widths, id, "i", &width);
  return width;
}

void
assay_tree_columns_add (GtkColumnView *view, AssayDocument *document)
{
  int sorted = assay_settings_get_choice ("sort-column");

  for (int kind = 0; kind < (int) G_N_ELEMENTS (columns); kind++)
    {
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_ (columns[kind].title), make_factory (kind, document));
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (columns[kind].compare, NULL, NULL));

      gtk_column_view_column_set_sorter (column, sorter);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, kind == ASSAY_CELL_NAME);
      if (columns[kind].width)
        gtk_column_view_column_set_fixed_width (column, remembered_width (columns[kind].id, columns[kind].width));
      gtk_column_view_append_column (view, column);
      if (sorted == columns[kind].setting)
        gtk_column_view_sort_by_column (view, column,
                                        g_settings_get_boolean (assay_settings_get (), "sort-descending") ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
}

void
assay_tree_columns_remember (GtkColumnView *view)
{
  GListModel     *list = gtk_column_view_get_columns (view);
  GVariantBuilder builder;

  if (assay_settings_get () == NULL || g_list_model_get_n_items (list) < G_N_ELEMENTS (columns))
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{si}"));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (list, i);
      int width = gtk_column_view_column_get_fixed_width (column);

      if (width > 0)
        g_variant_builder_add (&builder, "{si}", columns[i].id, width);
    }
  g_settings_set_value (assay_settings_get (), "column-widths", g_variant_builder_end (&builder));
}
