/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows are numbers of nodes in the order in which they are seen; objects are made of those that are asked for. What is to be seen is
 * found anew whenever something changes: sums from the leaves up, then a walk down. */

#include "comparison-row-private.h"

#include <assay/names.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "document-private.h"

/* Between two looks at what has become known, while the work goes on; long lists take longer to sort. */
#define LOOK_MS 60
#define LONG_LOOK_MS 400
#define LONG_LIST 5000

/* Rows of an earlier comparison stay for so long if the new one isn't finished. */
#define KEEP_US (300 * 1000)

/* One comparison: made by a worker, which gives it away before it computes. */
typedef struct
{
  gatomicrefcount      ref_count;
  AssayVariableList   *a;
  AssayVariableList   *b;
  AssayComparison     *comparison; /* NULL until the worker has made it */
  AssayComparisonTree *tree;
  AssayJob            *job;
  gint64               started;
  int                  ready; /* atomic: comparison and tree are there */
  int                  told;  /* atomic: the main thread knows that there is more to see */
} Run;

struct _AssayComparisonRows
{
  GObject             parent_instance;
  Run                *run;   /* the newest */
  Run                *shown; /* what rows are of: that, or the one before */
  gboolean            working;
  AssayComparisonSum *sums;
  double              largest;
  GArray             *visible; /* of guint32: nodes */
  GHashTable         *rows;    /* node → AssayComparisonRow, while it lives */
  GHashTable         *closed;  /* paths of modules */
  guint               look;    /* looks again while the work goes on */
  gboolean            differences_only;
  gboolean            flat;
  char               *search;
  AssayCompareBy      by;
  gboolean            descending;
};

enum
{
  TOLD,
  EXCHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static Run *
run_ref (Run *run)
{
  g_atomic_ref_count_inc (&run->ref_count);
  return run;
}

static void
run_unref (Run *run)
{
  if (!g_atomic_ref_count_dec (&run->ref_count))
    return;
  g_object_unref (run->a);
  g_object_unref (run->b);
  g_clear_object (&run->comparison);
  g_clear_pointer (&run->tree, assay_comparison_tree_free);
  g_object_unref (run->job);
  g_free (run);
}

static GType
rows_get_item_type (GListModel *model)
{
  return ASSAY_TYPE_COMPARISON_ROW;
}

static guint
rows_get_n_items (GListModel *model)
{
  return ASSAY_COMPARISON_ROWS (model)->visible->len;
}

static gpointer
rows_get_item (GListModel *model, guint position)
{
  AssayComparisonRows *self = ASSAY_COMPARISON_ROWS (model);
  AssayComparisonRow  *row;
  guint32              node;

  if (position >= self->visible->len)
    return NULL;
  node = g_array_index (self->visible, guint32, position);
  row = g_hash_table_lookup (self->rows, GUINT_TO_POINTER (node));
  if (row != NULL)
    return g_object_ref (row);
  row = assay_comparison_row_new (self, node);
  g_hash_table_insert (self->rows, GUINT_TO_POINTER (node), row);
  return row;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = rows_get_item_type;
  iface->get_n_items = rows_get_n_items;
  iface->get_item = rows_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AssayComparisonRows, assay_comparison_rows, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

void
assay_comparison_rows_forget (AssayComparisonRows *self, guint32 node)
{
  g_hash_table_remove (self->rows, GUINT_TO_POINTER (node));
}

const AssayComparisonTree *
assay_comparison_rows_get_tree (AssayComparisonRows *self)
{
  return self->shown->tree;
}

const AssayComparisonSum *
assay_comparison_rows_get_sum (AssayComparisonRows *self, guint32 node)
{
  return &self->sums[node];
}

gboolean
assay_comparison_rows_is_open (AssayComparisonRows *self, guint32 node)
{
  return !g_hash_table_contains (self->closed, self->shown->tree->nodes[node].path);
}

gboolean
assay_comparison_rows_is_flat (AssayComparisonRows *self)
{
  return self->flat;
}

/* Rows that live show nothing any more: their nodes are another tree's. */
static void
detach_rows (AssayComparisonRows *self)
{
  GHashTableIter iter;
  gpointer       row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    assay_comparison_row_detach (row);
  g_hash_table_remove_all (self->rows);
}

static void
comparison_rows_finalize (GObject *object)
{
  AssayComparisonRows *self = ASSAY_COMPARISON_ROWS (object);

  assay_comparison_rows_stop (self);
  detach_rows (self);
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_pointer (&self->run, run_unref);
  g_clear_pointer (&self->shown, run_unref);
  g_array_unref (self->visible);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->closed);
  g_free (self->sums);
  g_free (self->search);
  G_OBJECT_CLASS (assay_comparison_rows_parent_class)->finalize (object);
}

static void
assay_comparison_rows_class_init (AssayComparisonRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = comparison_rows_finalize;
  signals[TOLD] = g_signal_new ("told", ASSAY_TYPE_COMPARISON_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EXCHANGED] = g_signal_new ("exchanged", ASSAY_TYPE_COMPARISON_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_comparison_rows_init (AssayComparisonRows *self)
{
  self->visible = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->rows = g_hash_table_new (NULL, NULL);
  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->differences_only = TRUE;
}

AssayComparisonRows *
assay_comparison_rows_new (void)
{
  return g_object_new (ASSAY_TYPE_COMPARISON_ROWS, NULL);
}

/* What a metric counts as; what can't be told of a difference is larger than any number, of none is smaller. */
static double
get_key (AssayComparisonRows *self, guint32 node)
{
  const AssayComparisonSum *sum = &self->sums[node];
  const AssayMetrics       *m = &sum->metrics;
  double                    value = -1;

  if (!sum->measured)
    return -1;
  if (self->by == ASSAY_COMPARE_BY_FRACTION)
    value = m->fraction_changed;
  else if (self->by == ASSAY_COMPARE_BY_ULP)
    value = m->has_ulp ? (double) m->max_ulp : -1;
  else if (m->numeric)
    value = self->by == ASSAY_COMPARE_BY_MAX_ABS ? m->max_abs : self->by == ASSAY_COMPARE_BY_COSINE ? m->cosine_distance
                                                                                                    : m->relative_l2;
  return !isnan (value) ? value : sum->n_differing ? INFINITY
                                                   : 0;
}

static AssayPairStatus
get_status (AssayComparisonRows *self, guint32 node)
{
  guint32   pair_index = self->shown->tree->nodes[node].pair;
  AssayPair pair;

  if (pair_index == G_MAXUINT32)
    return self->sums[node].n_differing ? ASSAY_PAIR_CHANGED : ASSAY_PAIR_SAME;
  assay_comparison_get_pair (self->shown->comparison, pair_index, &pair);
  return pair.status;
}

static guint64
get_size (AssayComparisonRows *self, guint32 node)
{
  return self->sums[node].measured ? self->sums[node].metrics.n : 0;
}

static int
compare_nodes (gconstpointer a, gconstpointer b, gpointer data)
{
  AssayComparisonRows       *self = data;
  guint32                    first = *(const guint32 *) a, second = *(const guint32 *) b;
  const AssayComparisonNode *nodes = self->shown->tree->nodes;
  int                        order = 0;
  double                     x, y;

  if (self->by == ASSAY_COMPARE_BY_NAME)
    order = assay_name_compare (self->flat ? nodes[first].path : nodes[first].name, self->flat ? nodes[second].path : nodes[second].name);
  else if (self->by == ASSAY_COMPARE_BY_STATUS)
    order = (int) get_status (self, first) - (int) get_status (self, second);
  else if (self->by == ASSAY_COMPARE_BY_SHAPE)
    {
      guint64 n = get_size (self, first), m = get_size (self, second);

      order = n < m ? -1 : n > m;
    }
  else if (self->by != ASSAY_COMPARE_BY_ORDER)
    {
      x = get_key (self, first);
      y = get_key (self, second);
      order = x < y ? -1 : x > y;
    }
  if (order == 0 && self->by != ASSAY_COMPARE_BY_ORDER)
    return first < second ? -1 : first > second;
  if (self->by == ASSAY_COMPARE_BY_ORDER)
    order = first < second ? -1 : first > second;
  return self->descending ? -order : order;
}

static gboolean
fits_search (AssayComparisonRows *self, guint32 node)
{
  g_autofree char *path = NULL;

  if (self->search == NULL)
    return TRUE;
  path = g_utf8_strdown (self->shown->tree->nodes[node].path, -1);
  return strstr (path, self->search) != NULL;
}

static gboolean
is_wanted (AssayComparisonRows *self, guint32 node)
{
  return !self->differences_only || self->sums[node].n_differing > 0;
}

/* All pairs, without modules. */
static void
list_flat (AssayComparisonRows *self, GArray *visible)
{
  const AssayComparisonTree *tree = self->shown->tree;

  for (guint32 i = 0; i < tree->n_nodes; i++)
    if (tree->nodes[i].pair != G_MAXUINT32 && is_wanted (self, i) && fits_search (self, i))
      g_array_append_val (visible, i);
  g_array_sort_with_data (visible, compare_nodes, self);
}

/* What is to be seen of a module, sorted; returns whether there is anything. While something is searched, closed modules are open. */
static gboolean
list_tree (AssayComparisonRows *self, GArray *visible, guint32 module, gboolean shown)
{
  const AssayComparisonTree *tree = self->shown->tree;
  guint32                    n = tree->first_child[module + 1] - tree->first_child[module];
  g_autofree guint32        *children = g_memdup2 (tree->children + tree->first_child[module], (gsize) n * sizeof (guint32));
  gboolean                   any = FALSE;

  if (n > 1)
    g_qsort_with_data (children, (int) n, sizeof (guint32), compare_nodes, self);
  for (guint32 i = 0; i < n; i++)
    {
      gboolean is_module = tree->nodes[children[i]].pair == G_MAXUINT32;
      guint    place = visible->len;

      if (!is_wanted (self, children[i]) || (!is_module && !fits_search (self, children[i])))
        continue;
      if (shown)
        g_array_append_val (visible, children[i]);
      if (is_module && !list_tree (self, visible, children[i], shown && (self->search || assay_comparison_rows_is_open (self, children[i]))))
        g_array_set_size (visible, place);
      else
        any = TRUE;
    }
  return any;
}

/* Puts other nodes in sight and tells what changed. */
static void
exchange_visible (AssayComparisonRows *self, GArray *visible)
{
  g_autoptr (GArray) old = self->visible;
  guint32 *x = (guint32 *) (void *) old->data, *y = (guint32 *) (void *) visible->data;
  guint    before = 0, behind = 0, shorter = MIN (old->len, visible->len);

  self->visible = visible;
  while (before < shorter && x[before] == y[before])
    before++;
  while (behind < shorter - before && x[old->len - 1 - behind] == y[visible->len - 1 - behind])
    behind++;
  if (before < old->len || before < visible->len)
    g_list_model_items_changed (G_LIST_MODEL (self), before, old->len - before - behind, visible->len - before - behind);
}

static void
tell_rows (AssayComparisonRows *self)
{
  GList *rows = g_hash_table_get_values (self->rows);

  for (GList *at = rows; at != NULL; at = at->next)
    g_object_ref (at->data);
  for (GList *at = rows; at != NULL; at = at->next)
    g_signal_emit_by_name (at->data, "changed");
  g_list_free_full (rows, g_object_unref);
}

/* Finds what is to be seen. */
static void
arrange (AssayComparisonRows *self)
{
  GArray *visible = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (self->shown == NULL)
    ;
  else if (self->flat)
    list_flat (self, visible);
  else
    list_tree (self, visible, 0, TRUE);
  exchange_visible (self, visible);
}

static void
find_largest (AssayComparisonRows *self)
{
  self->largest = 0;
  for (guint32 i = 0; i < self->shown->tree->n_nodes; i++)
    {
      double value = self->sums[i].measured ? self->sums[i].metrics.relative_l2 : 0;

      if (self->shown->tree->nodes[i].pair != G_MAXUINT32 && isfinite (value))
        self->largest = MAX (self->largest, value);
    }
}

/* Takes in what has become known. */
static void
update (AssayComparisonRows *self)
{
  assay_comparison_sum_all (self->shown->tree, self->shown->comparison, self->sums);
  find_largest (self);
  arrange (self);
  tell_rows (self);
}

/* Shows another comparison. */
static void
show_run (AssayComparisonRows *self, Run *run)
{
  guint n = self->visible->len;

  detach_rows (self);
  g_array_set_size (self->visible, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  g_clear_pointer (&self->shown, run_unref);
  self->shown = run_ref (run);
  g_free (self->sums);
  self->sums = g_new0 (AssayComparisonSum, run->tree->n_nodes);
  update (self);
  g_signal_emit (self, signals[EXCHANGED], 0);
}

static gboolean
look_cb (gpointer data)
{
  AssayComparisonRows *self = data;
  Run                 *run = self->run;

  self->look = 0;
  if (!g_atomic_int_get (&run->ready))
    self->look = g_timeout_add (LOOK_MS, look_cb, self);
  else
    {
      if (self->shown != run && (self->shown == NULL || g_get_monotonic_time () - run->started > KEEP_US))
        show_run (self, run);
      else if (self->shown == run && g_atomic_int_exchange (&run->told, 0))
        update (self);
      self->look = g_timeout_add (run->tree->n_nodes > LONG_LIST ? LONG_LOOK_MS : LOOK_MS, look_cb, self);
    }
  g_signal_emit (self, signals[TOLD], 0);
  return G_SOURCE_REMOVE;
}

static void
notify_thread (AssayComparison *comparison, gpointer data)
{
  g_atomic_int_set (&((Run *) data)->told, 1);
}

static void
compare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Run    *run = data;
  GError *error = NULL;

  if (run->comparison == NULL)
    {
      run->comparison = assay_comparison_new (run->a, run->b);
      run->tree = assay_comparison_tree_new (run->comparison);
      g_atomic_int_set (&run->ready, 1);
    }
  if (assay_comparison_compute (run->comparison, 0, 0, run->job, notify_thread, run, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
compare_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AssayComparisonRows *self = ASSAY_COMPARISON_ROWS (source);
  Run                 *run = g_task_get_task_data (G_TASK (result));

  if (run != self->run)
    return;
  self->working = FALSE;
  g_clear_handle_id (&self->look, g_source_remove);
  if (self->shown != run)
    show_run (self, run);
  else
    update (self);
  g_signal_emit (self, signals[TOLD], 0);
}

static void
start (AssayComparisonRows *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, compare_cb, NULL);

  g_task_set_task_data (task, run_ref (self->run), (GDestroyNotify) run_unref);
  self->working = TRUE;
  g_task_run_in_thread (task, compare_thread);
  if (self->look == 0)
    self->look = g_timeout_add (LOOK_MS, look_cb, self);
}

void
assay_comparison_rows_compare (AssayComparisonRows *self, AssayVariableList *a, AssayVariableList *b)
{
  g_return_if_fail (ASSAY_IS_COMPARISON_ROWS (self));
  assay_comparison_rows_stop (self);
  g_clear_pointer (&self->run, run_unref);
  self->run = g_new0 (Run, 1);
  g_atomic_ref_count_init (&self->run->ref_count);
  self->run->a = g_object_ref (a);
  self->run->b = g_object_ref (b);
  self->run->job = assay_job_new (_ ("Comparing"));
  self->run->started = g_get_monotonic_time ();
  start (self);
}

void
assay_comparison_rows_stop (AssayComparisonRows *self)
{
  if (self->run != NULL && self->working)
    assay_job_cancel (self->run->job);
}

void
assay_comparison_rows_resume (AssayComparisonRows *self)
{
  g_return_if_fail (ASSAY_IS_COMPARISON_ROWS (self));
  if (self->run == NULL || self->working)
    return;
  g_set_object (&self->run->job, NULL);
  self->run->job = assay_job_new (_ ("Comparing"));
  start (self);
}

AssayJob *
assay_comparison_rows_get_job (AssayComparisonRows *self)
{
  return self->working ? self->run->job : NULL;
}

AssayComparison *
assay_comparison_rows_get_comparison (AssayComparisonRows *self)
{
  return self->shown ? self->shown->comparison : NULL;
}

void
assay_comparison_rows_count (AssayComparisonRows *self, guint32 counts[ASSAY_N_PAIR_STATUSES])
{
  memset (counts, 0, ASSAY_N_PAIR_STATUSES * sizeof *counts);
  if (self->shown != NULL)
    assay_comparison_count (self->shown->comparison, counts);
}

double
assay_comparison_rows_get_largest (AssayComparisonRows *self)
{
  return self->largest;
}

void
assay_comparison_rows_set_differences_only (AssayComparisonRows *self, gboolean differences_only)
{
  if (self->differences_only == differences_only)
    return;
  self->differences_only = differences_only;
  arrange (self);
}

void
assay_comparison_rows_set_flat (AssayComparisonRows *self, gboolean flat)
{
  if (self->flat == flat)
    return;
  self->flat = flat;
  arrange (self);
  tell_rows (self);
}

void
assay_comparison_rows_set_search (AssayComparisonRows *self, const char *text)
{
  g_autofree char *folded = text && *text ? g_utf8_strdown (text, -1) : NULL;

  if (g_strcmp0 (self->search, folded) == 0)
    return;
  g_free (self->search);
  self->search = g_steal_pointer (&folded);
  arrange (self);
}

void
assay_comparison_rows_sort (AssayComparisonRows *self, AssayCompareBy by, gboolean descending)
{
  if (self->by == by && self->descending == descending)
    return;
  self->by = by;
  self->descending = descending;
  arrange (self);
}

void
assay_comparison_rows_set_open (AssayComparisonRows *self, AssayComparisonRow *row, gboolean open)
{
  const char *path = assay_comparison_row_get_path (row);

  if (!assay_comparison_row_is_module (row) || open == assay_comparison_row_is_open (row))
    return;
  if (open)
    g_hash_table_remove (self->closed, path);
  else
    g_hash_table_add (self->closed, g_strdup (path));
  arrange (self);
  g_signal_emit_by_name (row, "changed");
}

guint
assay_comparison_rows_find (AssayComparisonRows *self, const char *path)
{
  gpointer node;

  if (self->shown == NULL || path == NULL || !g_hash_table_lookup_extended (self->shown->tree->by_path, path, NULL, &node))
    return G_MAXUINT;
  for (guint i = 0; i < self->visible->len; i++)
    if (g_array_index (self->visible, guint32, i) == GPOINTER_TO_UINT (node))
      return i;
  return G_MAXUINT;
}

AssayVariableList *
assay_document_dup_variable_list (AssayDocument *document, gboolean saved)
{
  AssayVariableList *list;
  GHashTableIter     iter;
  gpointer           index, source;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (document), NULL);
  list = assay_variable_list_new_for_manifest (document->manifest);
  if (saved)
    return list;
  g_hash_table_iter_init (&iter, document->current);
  while (g_hash_table_iter_next (&iter, &index, &source))
    assay_variable_list_set_source (list, GPOINTER_TO_UINT (index), source);
  return list;
}
