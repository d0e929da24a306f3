/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-tree-private.h"

#include "numbers-private.h"
#include "tree-cell-private.h"
#include "tree-columns-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* More rows than this are sorted a little at a time. */
#define SORT_AT_ONCE 5000

/* A search for health is done again so long after more has become known. */
#define AGAIN_MS 500

/* Models with at most so many modules begin with all of them open. */
#define OPEN_ALL 60

struct _AssayModelTree
{
  GtkWidget             parent_instance;
  GtkSearchEntry       *search;
  GtkColumnView        *view;
  GtkStack             *stack;
  GtkLabel             *totals;
  GtkLabel             *bytes;
  AssayDocument        *document;
  GListStore           *root;
  GtkTreeListModel     *tree;
  GtkTreeListRowSorter *sorter;
  GtkSortListModel     *sorted;
  GtkSingleSelection   *selection;
  AssayNode            *selected;
  char                 *wanted; /* the path that was selected before the file was read again */
  gboolean              opened;
  GCancellable         *searching; /* NULL if nothing is */
  gboolean              activated; /* the first row is chosen when it is found */
  guint                 again;
};

enum
{
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayModelTree, assay_model_tree, GTK_TYPE_WIDGET)

static GListModel *
make_children (gpointer item, gpointer data)
{
  AssayModelTree *self = data;
  GListModel     *children = assay_node_is_module (item) ? assay_node_get_children (item) : NULL;

  /* While the file is read an empty module may still get children; then it has none. A model by hand may always get more. */
  if (children != NULL && g_list_model_get_n_items (children) == 0 && assay_document_get_state (self->document) == ASSAY_DOCUMENT_READY &&
      !assay_document_is_live (self->document))
    return NULL;
  return children ? g_object_ref (children) : NULL;
}

static void
update_totals (AssayModelTree *self)
{
  guint            n_variables = 0;
  guint64          n_parameters = 0;
  guint64          n_trainable = 0;
  guint64          n_bytes = 0;
  g_autofree char *variables = NULL;
  g_autofree char *parameters = NULL;
  g_autofree char *trainable = NULL;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->document, "n-variables", &n_variables, "n-parameters", &n_parameters, "n-trainable", &n_trainable,
                "n-bytes", &n_bytes, NULL);
  variables = assay_count_text (n_variables);
  parameters = assay_count_text (n_parameters);
  trainable = assay_count_text (n_trainable);
  size = assay_size_text (n_bytes);
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s variable   <b>%s</b> parameters   trainable %s",
                                       "%s variables   <b>%s</b> parameters   trainable %s", n_variables),
                          variables, parameters, trainable);
  gtk_label_set_markup (self->totals, text);
  gtk_label_set_text (self->bytes, size);
}

static void
selection_changed_cb (AssayModelTree *self)
{
  AssayNode *node = self->selection ? assay_tree_item_get_node (gtk_single_selection_get_selected_item (self->selection)) : NULL;

  /* A search that hides the row doesn't take the page away. */
  if (node == NULL || !g_set_object (&self->selected, node))
    return;
  g_signal_emit (self, signals[SELECTED], 0);
}

static gboolean
all_open (AssayModelTree *self)
{
  return assay_manifest_get_n_modules (assay_document_get_manifest (self->document)) <= OPEN_ALL;
}

/* Opens the root, and all below it in a small model. Optimizer state stays folded. */
static void
open_rows (AssayModelTree *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)) && i < 2000; i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, i);
      AssayNode *node = assay_tree_item_get_node (row);

      if (gtk_tree_list_row_get_depth (row) > 0 && (!all_open (self) || (assay_node_get_flags (node) & ASSAY_FLAG_OPTIMIZER)))
        continue;
      gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

/* The root is shown as soon as it is known. */
static void
grown_cb (AssayModelTree *self)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  update_totals (self);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->root)) > 0 ||
      assay_manifest_get_n_modules (assay_document_get_manifest (self->document)) == 0)
    return;
  g_list_store_append (self->root, assay_document_get_root (self->document));
  row = gtk_tree_list_model_get_row (self->tree, 0);
  gtk_tree_list_row_set_expanded (row, TRUE);
}

/* Shows the rows of the tree, or what was found. */
static void
show_rows (AssayModelTree *self, GListModel *found)
{
  gtk_sort_list_model_set_model (self->sorted, found ? found : G_LIST_MODEL (self->tree));
  gtk_stack_set_visible_child_name (self->stack, found && g_list_model_get_n_items (found) == 0 ? "nothing" : "rows");
}

/* Opens what stands above a node; returns its row. */
static GtkTreeListRow *
reveal (AssayModelTree *self, AssayNode *node)
{
  AssayNode *parent = assay_node_get_parent (node);
  g_autoptr (GtkTreeListRow) above = parent ? reveal (self, parent) : NULL;
  GListModel *siblings;

  if (parent == NULL)
    return gtk_tree_list_model_get_row (self->tree, 0);
  if (above == NULL)
    return NULL;
  gtk_tree_list_row_set_expanded (above, TRUE);
  siblings = assay_node_get_children (parent);
  for (guint i = 0; i < g_list_model_get_n_items (siblings); i++)
    {
      g_autoptr (AssayNode) sibling = g_list_model_get_item (siblings, i);

      if (sibling == node)
        return gtk_tree_list_row_get_child_row (above, i);
    }
  return NULL;
}

static void
select_row (AssayModelTree *self, AssayNode *node)
{
  g_autoptr (GtkTreeListRow) row = reveal (self, node);

  for (guint i = 0; row && i < g_list_model_get_n_items (G_LIST_MODEL (self->sorted)); i++)
    {
      g_autoptr (GtkTreeListRow) at = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (at != row)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)), "list.scroll-to-item", "u", i);
      return;
    }
}

/* The tree again, at what was chosen meanwhile. */
static void
show_tree (AssayModelTree *self)
{
  gboolean searched = gtk_sort_list_model_get_model (self->sorted) != G_LIST_MODEL (self->tree);

  show_rows (self, NULL);
  if (searched && self->selected)
    select_row (self, self->selected);
}

/* Enter and Down lead from what is searched for to what was found: its first row is chosen. */
static void
choose_first (AssayModelTree *self)
{
  self->activated = FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) == 0)
    return;
  gtk_single_selection_set_selected (self->selection, 0);
  assay_model_tree_focus (self);
}

static void
stop_searching (AssayModelTree *self)
{
  g_clear_handle_id (&self->again, g_source_remove);
  if (self->searching)
    g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
}

static void
found_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AssayModelTree) self = data;
  g_autoptr (GListModel) found = assay_document_search_finish (ASSAY_DOCUMENT (object), result, NULL);

  /* Another search has begun meanwhile, or the tree is gone. */
  if (found == NULL || self->sorted == NULL || self->searching != g_task_get_cancellable (G_TASK (result)))
    return;
  g_clear_object (&self->searching);
  show_rows (self, found);
  if (g_list_model_get_n_items (found) > 0)
    gtk_widget_activate_action (gtk_widget_get_last_child (GTK_WIDGET (self->view)), "list.scroll-to-item", "u", 0);
  if (self->activated)
    choose_first (self);
}

/* The tree, or while something is searched for the flat list of what matches. While the file is read there is the tree. */
static void
search_changed_cb (AssayModelTree *self)
{
  g_autofree char *stripped = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));

  if (self->document == NULL)
    return;
  stop_searching (self);
  if (*stripped && assay_document_get_state (self->document) == ASSAY_DOCUMENT_READY)
    {
      self->searching = g_cancellable_new ();
      assay_document_search_async (self->document, stripped, self->searching, found_cb, g_object_ref (self));
    }
  else
    show_tree (self);
}

static gboolean
again_cb (gpointer data)
{
  AssayModelTree *self = data;

  self->again = 0;
  search_changed_cb (self);
  return G_SOURCE_REMOVE;
}

/* What fills in behind may belong to what was searched for. */
static void
health_changed_cb (AssayModelTree *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  gboolean    of_health = strstr (text, "nan") || strstr (text, "inf") || strstr (text, "zero") || strstr (text, "constant");

  if (self->again == 0 && self->searching == NULL && of_health)
    self->again = g_timeout_add (AGAIN_MS, again_cb, self);
}

/* The file is read, or read again: all nodes are new. */
static void
root_changed_cb (AssayModelTree *self)
{

  if (self->selected)
    {
      g_free (self->wanted);
      self->wanted = assay_node_dup_path (self->selected);
    }
  g_clear_object (&self->selected);
  stop_searching (self);
  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (self->tree));
  if (assay_document_get_root (self->document))
    g_signal_connect_object (assay_document_get_root (self->document), "notify::health", G_CALLBACK (health_changed_cb), self,
                             G_CONNECT_SWAPPED);
  self->opened = FALSE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  g_list_store_remove_all (self->root);
  grown_cb (self);
}

static void
state_changed_cb (AssayModelTree *self)
{
  AssayNode *node;

  grown_cb (self);
  if (assay_document_get_state (self->document) != ASSAY_DOCUMENT_READY || self->opened)
    return;
  self->opened = TRUE;
  /* Rows that were made while the file was read don't know yet that they have no children. */
  if (self->selected == NULL && g_list_model_get_n_items (G_LIST_MODEL (self->tree)) <= 1000)
    {
      g_list_store_remove_all (self->root);
      grown_cb (self);
    }
  open_rows (self);
  gtk_sort_list_model_set_incremental (self->sorted, assay_manifest_get_n_variables (assay_document_get_manifest (self->document)) > SORT_AT_ONCE);
  assay_document_want_all_statistics (self->document);
  search_changed_cb (self);
  node = self->wanted ? assay_document_find (self->document, self->wanted) : NULL;
  if (node)
    assay_model_tree_select (self, node);
}

static void
stop_search_cb (AssayModelTree *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  assay_model_tree_focus (self);
}

static void
search_activated_cb (AssayModelTree *self)
{
  if (self->document == NULL)
    return;
  search_changed_cb (self);
  self->activated = TRUE;
  if (self->searching == NULL)
    choose_first (self);
}

static gboolean
search_key_cb (AssayModelTree *self, guint key)
{
  if (key != GDK_KEY_Down && key != GDK_KEY_KP_Down)
    return FALSE;
  search_activated_cb (self);
  return TRUE;
}

static void
model_tree_dispose (GObject *object)
{
  AssayModelTree *self = ASSAY_MODEL_TREE (object);
  GtkWidget      *child;

  if (self->view)
    assay_tree_columns_remember (self->view);
  self->view = NULL;
  stop_searching (self);
  g_clear_object (&self->document);
  g_clear_object (&self->root);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_object (&self->sorter);
  g_clear_object (&self->sorted);
  g_clear_object (&self->selection);
  g_clear_object (&self->selected);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_model_tree_parent_class)->dispose (object);
}

static void
assay_model_tree_class_init (AssayModelTreeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = model_tree_dispose;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_MODEL_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/model-tree.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayModelTree, search);
  gtk_widget_class_bind_template_child (widget_class, AssayModelTree, view);
  gtk_widget_class_bind_template_child (widget_class, AssayModelTree, stack);
  gtk_widget_class_bind_template_child (widget_class, AssayModelTree, totals);
  gtk_widget_class_bind_template_child (widget_class, AssayModelTree, bytes);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
}

static void
assay_model_tree_init (AssayModelTree *self)
{
  GtkEventController *keys;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->view))), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Columns"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_last_child (GTK_WIDGET (self->view))), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Modules and variables"), -1);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (search_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->search), keys);
}

/* Rows that no column sorts stand as they are: sorting a hundred thousand of them a little at a time would show new ones at the end
 * first. */
static void
sorting_changed_cb (AssayModelTree *self)
{
  gboolean any = gtk_sorter_get_order (gtk_column_view_get_sorter (self->view)) != GTK_SORTER_ORDER_NONE;

  gtk_sort_list_model_set_sorter (self->sorted, any ? GTK_SORTER (self->sorter) : NULL);
}

void
assay_model_tree_set_document (AssayModelTree *self, AssayDocument *document)
{
  g_return_if_fail (self->document == NULL);
  self->document = g_object_ref (document);
  self->root = g_list_store_new (ASSAY_TYPE_NODE);
  self->tree = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->root)), FALSE, FALSE, make_children, self, NULL);
  assay_tree_columns_add (self->view, document);
  self->sorter = gtk_tree_list_row_sorter_new (g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->tree)), NULL);
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (sorting_changed_cb), self, G_CONNECT_SWAPPED);
  sorting_changed_cb (self);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->sorted)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (document, "notify::state", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::n-variables", G_CALLBACK (grown_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::root", G_CALLBACK (root_changed_cb), self, G_CONNECT_SWAPPED);
  root_changed_cb (self);
  state_changed_cb (self);
}

AssayNode *
assay_model_tree_get_selected (AssayModelTree *self)
{
  return self->selected;
}

void
assay_model_tree_select (AssayModelTree *self, AssayNode *node)
{
  stop_searching (self);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  show_rows (self, NULL);
  select_row (self, node);
}

void
assay_model_tree_begin_search (AssayModelTree *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  /* What is typed takes the place of what was searched for last. */
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

/* The row that is selected, which GTK 4.8 makes when it is scrolled to. */
static GtkWidget *
find_selected_row (AssayModelTree *self)
{
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->view));
  guint      at = gtk_single_selection_get_selected (self->selection);

  if (at == GTK_INVALID_LIST_POSITION)
    return NULL;
  gtk_widget_activate_action (list, "list.scroll-to-item", "u", at);
  for (GtkWidget *row = gtk_widget_get_first_child (list); row; row = gtk_widget_get_next_sibling (row))
    if (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_SELECTED)
      return row;
  return NULL;
}

/* The view's own focus is where it was before a search, or at the top: the keyboard goes on from what is selected. */
void
assay_model_tree_focus (AssayModelTree *self)
{
  GtkWidget *row = find_selected_row (self);

  gtk_widget_grab_focus (row ? row : GTK_WIDGET (self->view));
}
