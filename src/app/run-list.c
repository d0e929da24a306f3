/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-list-private.h"

#include "run-cell-private.h"
#include "text-scale-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Of a graph with more rows only the first ones are opened by themselves. */
#define MAX_OPENED 2000

struct _AssayRunList
{
  GtkWidget            parent_instance;
  GtkColumnView       *view;
  GtkColumnViewColumn *change;
  AssayRunRows        *rows;
  GtkTreeListModel    *tree;
  GtkSingleSelection  *selection;
};

enum
{
  SELECTED,
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayRunList, assay_run_list, GTK_TYPE_WIDGET)

/* Titles, and widths in characters; 0 takes what is left. */
static const struct
{
  const char *title;
  int         width;
} columns[ASSAY_N_RUN_CELLS] = {
  [ASSAY_RUN_CELL_LAYER] = { N_ ("Layer"), 0 },
  [ASSAY_RUN_CELL_SHAPE] = { N_ ("Shape"), 104 },
  [ASSAY_RUN_CELL_MIN] = { N_ ("min"), 76 },
  [ASSAY_RUN_CELL_MAX] = { N_ ("max"), 66 },
  [ASSAY_RUN_CELL_VALUES] = { N_ ("Values"), 60 },
  [ASSAY_RUN_CELL_CHANGE] = { "", 92 },
};

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer kind)
{
  gtk_list_item_set_child (item, assay_run_cell_new (GPOINTER_TO_INT (kind)));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer kind)
{
  assay_run_cell_set_item (ASSAY_RUN_CELL (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer kind)
{
  assay_run_cell_set_item (ASSAY_RUN_CELL (gtk_list_item_get_child (item)), NULL);
}

static void
add_columns (AssayRunList *self)
{
  for (int kind = 0; kind < ASSAY_N_RUN_CELLS; kind++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (*columns[kind].title ? _ (columns[kind].title) : "", factory);

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (kind));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (kind));
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), GINT_TO_POINTER (kind));
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[kind].width == 0);
      if (columns[kind].width > 0)
        gtk_column_view_column_set_fixed_width (column, assay_text_pixels (columns[kind].width));
      if (kind == ASSAY_RUN_CELL_CHANGE)
        self->change = g_object_ref (column);
      else
        gtk_column_view_append_column (self->view, column);
    }
}

static void
selection_changed_cb (AssayRunList *self)
{
  if (assay_run_list_get_selected (self) != NULL)
    g_signal_emit (self, signals[SELECTED], 0);
}

static void
activate_cb (AssayRunList *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
run_list_dispose (GObject *object)
{
  AssayRunList *self = ASSAY_RUN_LIST (object);
  GtkWidget    *child;

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_func (self->selection, selection_changed_cb, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->change);
  g_clear_object (&self->tree);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (assay_run_list_parent_class)->dispose (object);
}

static void
assay_run_list_class_init (AssayRunListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = run_list_dispose;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", ASSAY_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_run_list_init (AssayRunList *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("What each layer gave"), -1);
  add_columns (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->view))), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Columns"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child (GTK_WIDGET (self->view))), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What each layer gave"), -1);
  gtk_widget_set_focusable (scrolled, FALSE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
}

static GListModel *
make_children (gpointer item, gpointer data)
{
  GListModel *children = assay_run_row_get_children (item);

  return children ? g_object_ref (children) : NULL;
}

/* Whether an operation stands right in a scope: then it is a layer, not something that layers stand in. */
static gboolean
has_operations (AssayRunRow *row)
{
  GListModel *children = assay_run_row_get_children (row);

  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (AssayRunRow) child = g_list_model_get_item (children, i);

      if (!assay_run_row_is_scope (child) && strchr (assay_run_row_get_title (child), '/') == NULL)
        return TRUE;
    }
  return FALSE;
}

/* A nested model's layers have its name and a dot in front of theirs. */
static gboolean
is_nested_model (AssayRunRow *row)
{
  g_autoptr (AssayRunRow) child = g_list_model_get_item (assay_run_row_get_children (row), 0);
  const char *key = assay_run_row_get_key (row), *below = assay_run_row_get_key (child);
  gsize       n = strlen (key);

  return strncmp (key, below, n) == 0 && below[n] == '.';
}

/* Layers are to be seen; the operations that one is made of are not. */
static void
open_rows (AssayRunList *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)) && i < MAX_OPENED; i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, i);
      g_autoptr (AssayRunRow) item = gtk_tree_list_row_get_item (row);

      if (assay_run_row_get_children (item) != NULL && (assay_run_row_is_scope (item) ? !has_operations (item) : is_nested_model (item)))
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

void
assay_run_list_set_rows (AssayRunList *self, AssayRunRows *rows)
{
  if (!g_set_object (&self->rows, rows))
    return;
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_func (self->selection, selection_changed_cb, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  self->tree = gtk_tree_list_model_new (g_object_ref (assay_run_rows_get_list (rows)), FALSE, FALSE, make_children, NULL, NULL);
  open_rows (self);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->tree)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selection_changed_cb), self);
}

void
assay_run_list_set_base (AssayRunList *self, guint number)
{
  g_autofree char *title = number > 0 ? g_strdup_printf (_ ("since run %u"), number) : NULL;

  gtk_column_view_column_set_title (self->change, title ? title : "");
  /* A hidden column would keep its room. */
  if (number > 0 && gtk_column_view_column_get_column_view (self->change) == NULL)
    gtk_column_view_append_column (self->view, self->change);
  else if (number == 0 && gtk_column_view_column_get_column_view (self->change) != NULL)
    gtk_column_view_remove_column (self->view, self->change);
}

static void
select_at (AssayRunList *self, guint at)
{
  gtk_single_selection_set_selected (self->selection, at);
  gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)), "list.scroll-to-item", "u", at);
}

static gboolean
has_pictures (AssayRunRow *row)
{
  const AssayPartialShape *shape = assay_value_get_shape (assay_run_row_get_value (row));

  return shape->rank == 4 && shape->dims[0] > 0 && shape->dims[1] > 1 && shape->dims[2] > 1 && shape->dims[3] > 1;
}

void
assay_run_list_select_first (AssayRunList *self, guint n_skipped)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->tree));

  for (guint i = n_skipped; i < n; i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, i);
      g_autoptr (AssayRunRow) item = gtk_tree_list_row_get_item (row);

      if (!gtk_tree_list_row_get_expanded (row) && has_pictures (item))
        {
          select_at (self, i);
          return;
        }
    }
  if (n > 0)
    select_at (self, n - 1);
}

gboolean
assay_run_list_select (AssayRunList *self, const char *key)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, i);
      g_autoptr (AssayRunRow) item = gtk_tree_list_row_get_item (row);

      /* An open scope's last row shows it, too, and better. */
      if (g_strcmp0 (assay_run_row_get_key (item), key) != 0 || (assay_run_row_is_scope (item) && gtk_tree_list_row_get_expanded (row)))
        continue;
      select_at (self, i);
      return TRUE;
    }
  return FALSE;
}

AssayRunRow *
assay_run_list_get_selected (AssayRunList *self)
{
  GtkTreeListRow *row = self->selection ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  g_autoptr (AssayRunRow) item = row ? gtk_tree_list_row_get_item (row) : NULL;

  /* The rows own it. */
  return item;
}
