/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tree-columns-private.h"

#include "settings-private.h"
#include "text-scale-private.h"
#include "tree-cell-private.h"

#include <assay/names.h>
#include <glib/gi18n-lib.h>
#include <math.h>

/* Asked by remember_sorting(): which column is compared first. */
static int probed;

static int
compare_names (AssayNode *a, AssayNode *b)
{
  return assay_name_compare (assay_node_get_name (a), assay_node_get_name (b));
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare_parameters (AssayNode *a, AssayNode *b)
{
  return compare_numbers (assay_node_get_n_parameters (a), assay_node_get_n_parameters (b));
}

static int
compare_strings (AssayNode *a, AssayNode *b, const char *property)
{
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;

  if (!assay_node_is_module (a))
    g_object_get (a, property, &x, NULL);
  if (!assay_node_is_module (b))
    g_object_get (b, property, &y, NULL);
  return assay_name_compare (x ? x : "", y ? y : "");
}

static int
compare_shapes (AssayNode *a, AssayNode *b)
{
  return compare_strings (a, b, "shape-text");
}

static int
compare_types (AssayNode *a, AssayNode *b)
{
  return compare_strings (a, b, "short-dtype");
}

/* Sick ones first; then by how far values spread. */
static int
compare_values (AssayNode *a, AssayNode *b)
{
  int    health = compare_numbers (assay_node_get_health (b) & 3, assay_node_get_health (a) & 3);
  double s = assay_node_get_spread (a);
  double t = assay_node_get_spread (b);

  s = isnan (s) ? -1 : s;
  t = isnan (t) ? -1 : t;
  return health ? health : s < t ? -1
                                 : s > t;
}

/* Identifiers are words of the setting "sort-column"; their place there is the setting's number. */
static const struct
{
  const char *id;
  const char *title;
  int         setting;
  int         width;
  int (*compare) (AssayNode *a, AssayNode *b);
} columns[] = {
  [ASSAY_CELL_NAME] = { "name", N_ ("Name"), 1, 0, compare_names },
  [ASSAY_CELL_SHAPE] = { "shape", N_ ("Shape"), 2, 114, compare_shapes },
  [ASSAY_CELL_TYPE] = { "dtype", N_ ("Type"), 3, 50, compare_types },
  [ASSAY_CELL_PARAMETERS] = { "parameters", N_ ("Parameters"), 4, 106, compare_parameters },
  [ASSAY_CELL_VALUES] = { "values", N_ ("Values"), 6, 72, compare_values },
};

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  int      kind = GPOINTER_TO_INT (data);
  gpointer x = (gpointer) a;
  gpointer y = (gpointer) b;

  if (ASSAY_IS_NODE (x) && ASSAY_IS_NODE (y))
    return columns[kind].compare (x, y);
  probed = kind;
  return -1;
}

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

/* GTK 4.8 doesn't tell by which column a view is sorted, nor how. So it is asked to compare two things that only our own
 * comparison knows: the column sorted by is the first to be asked, and the answer is turned round if it is sorted downwards. */
static void
remember_sorting (GtkSorter *sorter)
{
  GSettings *settings = assay_settings_get ();
  g_autoptr (GObject) a = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) b = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering order;

  if (settings == NULL)
    return;
  probed = -1;
  order = gtk_sorter_compare (sorter, a, b);
  g_settings_set_enum (settings, "sort-column", probed >= 0 ? columns[probed].setting : 0);
  g_settings_set_boolean (settings, "sort-descending", order == GTK_ORDERING_LARGER);
}

/* A title over numbers stands at their end, with the mark of sorting before it. */
static void
align_title (GtkColumnView *view, int kind)
{
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (view)));
  GtkWidget *box, *label;

  for (int i = 0; title && i < kind; i++)
    title = gtk_widget_get_next_sibling (title);
  box = title ? gtk_widget_get_first_child (title) : NULL;
  label = box ? gtk_widget_get_first_child (box) : NULL;
  if (!GTK_IS_BOX (box) || !GTK_IS_LABEL (label))
    return;
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_box_reorder_child_after (GTK_BOX (box), label, gtk_widget_get_last_child (box));
}

void
assay_tree_columns_add (GtkColumnView *view, AssayDocument *document)
{
  int sorted = assay_settings_get_choice ("sort-column");

  for (int kind = 0; kind < (int) G_N_ELEMENTS (columns); kind++)
    {
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_ (columns[kind].title), make_factory (kind, document));
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, GINT_TO_POINTER (kind), NULL));

      gtk_column_view_column_set_sorter (column, sorter);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, kind == ASSAY_CELL_NAME);
      if (columns[kind].width)
        gtk_column_view_column_set_fixed_width (column, remembered_width (columns[kind].id, assay_text_pixels (columns[kind].width)));
      gtk_column_view_append_column (view, column);
      if (sorted == columns[kind].setting)
        gtk_column_view_sort_by_column (view, column,
                                        g_settings_get_boolean (assay_settings_get (), "sort-descending") ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
  align_title (view, ASSAY_CELL_PARAMETERS);
  g_signal_connect (gtk_column_view_get_sorter (view), "changed", G_CALLBACK (remember_sorting), NULL);
}

void
assay_tree_columns_remember (GtkColumnView *view)
{
  GListModel     *list = gtk_column_view_get_columns (view);
  GVariantBuilder builder;

  /* Columns that go one after the other are no choice of the user's. */
  g_signal_handlers_disconnect_by_func (gtk_column_view_get_sorter (view), remember_sorting, NULL);
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
