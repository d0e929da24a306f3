/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rows sort themselves, since they know what is where; the column view's sorters only say which title was clicked on. The selection is
 * kept by path: rows of another comparison, or after an edit, are other rows. */

#include "compare-list-private.h"

#include "compare-cell-private.h"

#include <glib/gi18n-lib.h>

struct _AssayCompareList
{
  GtkWidget            parent_instance;
  GtkColumnView       *view;
  AssayComparisonRows *rows;
  GtkSingleSelection  *selection;
  GtkColumnViewColumn *columns[ASSAY_N_COMPARE_CELLS];
  char                *path;    /* of the row that is selected, or was until it went out of sight */
  gboolean             keeping; /* it is us who change the selection */
  int                  sorted;  /* the column whose title was clicked on last */
  guint                restore;
};

enum
{
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayCompareList, assay_compare_list, GTK_TYPE_WIDGET)

static const struct
{
  const char    *title;
  AssayCompareBy by;
  int            width;
} columns[ASSAY_N_COMPARE_CELLS] = {
  [ASSAY_COMPARE_CELL_NAME] = { N_ ("Name"), ASSAY_COMPARE_BY_NAME, 0 },
  [ASSAY_COMPARE_CELL_STATUS] = { N_ ("State"), ASSAY_COMPARE_BY_STATUS, 110 },
  [ASSAY_COMPARE_CELL_SHAPE] = { N_ ("Shape"), ASSAY_COMPARE_BY_SHAPE, 190 },
  [ASSAY_COMPARE_CELL_RELATIVE] = { N_ ("Relative L2"), ASSAY_COMPARE_BY_RELATIVE_L2, 100 },
  [ASSAY_COMPARE_CELL_BAR] = { "", ASSAY_COMPARE_BY_ORDER, 150 },
  [ASSAY_COMPARE_CELL_MAX] = { N_ ("max |Δ|"), ASSAY_COMPARE_BY_MAX_ABS, 100 },
  [ASSAY_COMPARE_CELL_COSINE] = { N_ ("1 − cos"), ASSAY_COMPARE_BY_COSINE, 100 },
  [ASSAY_COMPARE_CELL_FRACTION] = { N_ ("Changed"), ASSAY_COMPARE_BY_FRACTION, 90 },
  [ASSAY_COMPARE_CELL_ULP] = { N_ ("max ULP"), ASSAY_COMPARE_BY_ULP, 110 },
};

/* Which column a sorter was asked about. */
static int asked;

static int
ask (gconstpointer a, gconstpointer b, gpointer data)
{
  asked = GPOINTER_TO_INT (data);
  return -1;
}

static gboolean
is_number (int kind)
{
  return kind >= ASSAY_COMPARE_CELL_RELATIVE;
}

/* The view tells which column it is sorted by only by asking its sorters; the first one that is asked decides. */
static int
find_sorted (AssayCompareList *self, gboolean *descending)
{
  g_autoptr (GObject) one = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);

  asked = -1;
  *descending = gtk_sorter_compare (gtk_column_view_get_sorter (self->view), one, other) == GTK_ORDERING_LARGER;
  return asked;
}

static void
take_path (AssayCompareList *self, const char *path)
{
  g_autofree char *copy = g_strdup (path);

  g_free (self->path);
  self->path = g_steal_pointer (&copy);
}

void
assay_compare_list_begin (AssayCompareList *self)
{
  self->keeping = TRUE;
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
}

void
assay_compare_list_end (AssayCompareList *self)
{
  guint position = self->path ? assay_comparison_rows_find (self->rows, self->path) : G_MAXUINT;

  if (position != G_MAXUINT)
    gtk_single_selection_set_selected (self->selection, position);
  self->keeping = FALSE;
  g_signal_emit (self, signals[SELECTED], 0);
}

/* Rows come and go by themselves while the work goes on: the selection is looked after when they have. */
static gboolean
restore_cb (gpointer data)
{
  AssayCompareList *self = data;

  self->restore = 0;
  self->keeping = TRUE;
  assay_compare_list_end (self);
  return G_SOURCE_REMOVE;
}

static void
restore_soon (AssayCompareList *self)
{
  if (self->restore == 0)
    self->restore = g_idle_add_full (G_PRIORITY_HIGH_IDLE, restore_cb, self, NULL);
}

static void
selected_cb (AssayCompareList *self)
{
  AssayComparisonRow *row = assay_compare_list_get_selected (self);

  if (self->keeping)
    return;
  if (row == NULL)
    {
      restore_soon (self);
      return;
    }
  if (g_strcmp0 (self->path, assay_comparison_row_get_path (row)) == 0)
    return;
  take_path (self, assay_comparison_row_get_path (row));
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
sorter_changed_cb (AssayCompareList *self)
{
  gboolean descending;
  int      kind = find_sorted (self, &descending);

  if (kind < 0)
    return;
  /* Of numbers the largest come first when their title is clicked on. */
  if (is_number (kind) && !descending && self->sorted != kind)
    {
      self->sorted = kind;
      gtk_column_view_sort_by_column (self->view, self->columns[kind], GTK_SORT_DESCENDING);
      return;
    }
  self->sorted = kind;
  assay_compare_list_begin (self);
  assay_comparison_rows_sort (self->rows, columns[kind].by, descending);
  assay_compare_list_end (self);
}

static void
toggled_cb (AssayCompareCell *cell, AssayCompareList *self)
{
  AssayComparisonRow *row = assay_compare_cell_get_row (cell);

  if (row == NULL)
    return;
  assay_compare_list_begin (self);
  assay_comparison_rows_set_open (self->rows, row, !assay_comparison_row_is_open (row));
  assay_compare_list_end (self);
}

/* Left closes a module, or goes to the one that a row stands in; Right opens. */
static gboolean
key_cb (AssayCompareList *self, guint key, guint code, GdkModifierType state)
{
  AssayComparisonRow *row = assay_compare_list_get_selected (self);
  gboolean            is_open;
  g_autofree char    *parent = NULL;

  if (row == NULL || (key != GDK_KEY_Left && key != GDK_KEY_Right) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  is_open = assay_comparison_row_is_module (row) && assay_comparison_row_is_open (row);
  if (key == GDK_KEY_Left && !is_open)
    {
      parent = g_path_get_dirname (assay_comparison_row_get_path (row));
      assay_compare_list_select (self, parent);
      return TRUE;
    }
  if (!assay_comparison_row_is_module (row) || is_open == (key == GDK_KEY_Right))
    return TRUE;
  assay_compare_list_begin (self);
  assay_comparison_rows_set_open (self->rows, row, key == GDK_KEY_Right);
  assay_compare_list_end (self);
  return TRUE;
}

static void
activate_cb (AssayCompareList *self, guint position)
{
  g_autoptr (AssayComparisonRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row == NULL || !assay_comparison_row_is_module (row))
    return;
  assay_compare_list_begin (self);
  assay_comparison_rows_set_open (self->rows, row, !assay_comparison_row_is_open (row));
  assay_compare_list_end (self);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  int        kind = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (factory), "kind"));
  GtkWidget *cell = assay_compare_cell_new (kind);

  if (kind == ASSAY_COMPARE_CELL_NAME)
    g_signal_connect (cell, "toggled", G_CALLBACK (toggled_cb), data);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  assay_compare_cell_set_row (ASSAY_COMPARE_CELL (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  assay_compare_cell_set_row (ASSAY_COMPARE_CELL (gtk_list_item_get_child (item)), NULL);
}

static GtkColumnViewColumn *
make_column (AssayCompareList *self, int kind)
{
  GtkListItemFactory  *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), "kind", GINT_TO_POINTER (kind));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), self);
  column = gtk_column_view_column_new (*columns[kind].title ? _ (columns[kind].title) : "", factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, kind == ASSAY_COMPARE_CELL_NAME);
  if (columns[kind].width)
    gtk_column_view_column_set_fixed_width (column, columns[kind].width);
  if (columns[kind].by != ASSAY_COMPARE_BY_ORDER)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (ask, GINT_TO_POINTER (kind), NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  return column;
}

static void
compare_list_dispose (GObject *object)
{
  AssayCompareList *self = ASSAY_COMPARE_LIST (object);
  GtkWidget        *child;

  g_clear_handle_id (&self->restore, g_source_remove);
  if (self->rows)
    assay_comparison_rows_stop (self->rows);
  if (self->selection)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (assay_compare_list_parent_class)->dispose (object);
}

static void
assay_compare_list_class_init (AssayCompareListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = compare_list_dispose;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_COMPARE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_compare_list_init (AssayCompareList *self)
{
  GtkWidget          *scrolled = gtk_scrolled_window_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->sorted = -1;
  self->rows = assay_comparison_rows_new ();
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->rows)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection))));
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Differences"), -1);
  for (int kind = 0; kind < ASSAY_N_COMPARE_CELLS; kind++)
    {
      self->columns[kind] = make_column (self, kind);
      gtk_column_view_append_column (self->view, self->columns[kind]);
      g_object_unref (self->columns[kind]);
    }
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_parent (scrolled, GTK_WIDGET (self));
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);
  g_signal_connect_object (self->rows, "exchanged", G_CALLBACK (restore_soon), self, G_CONNECT_SWAPPED);
}

AssayComparisonRows *
assay_compare_list_get_rows (AssayCompareList *self)
{
  return self->rows;
}

AssayComparisonRow *
assay_compare_list_get_selected (AssayCompareList *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

gboolean
assay_compare_list_select (AssayCompareList *self, const char *path)
{
  guint position = assay_comparison_rows_find (self->rows, path);

  if (position == G_MAXUINT)
    return FALSE;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (gtk_widget_get_last_child (GTK_WIDGET (self->view))), "list.scroll-to-item", "u", position);
  return TRUE;
}

void
assay_compare_list_sort (AssayCompareList *self, AssayCompareBy by, gboolean descending)
{
  for (int kind = 0; kind < ASSAY_N_COMPARE_CELLS; kind++)
    if (columns[kind].by == by && by != ASSAY_COMPARE_BY_ORDER)
      {
        self->sorted = kind;
        gtk_column_view_sort_by_column (self->view, self->columns[kind], descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
        return;
      }
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
  assay_comparison_rows_sort (self->rows, by, descending);
}

void
assay_compare_list_focus (AssayCompareList *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}
