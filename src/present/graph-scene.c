/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-scene-private.h"

#include <string.h>

/* Functions in functions are shown to that depth; they may call themselves. */
#define MAX_NESTED 24

static void
row_clear (gpointer data)
{
  AssayGraphRow *row = data;

  g_free (row->name);
  g_free (row->value);
  g_free (row->variable);
}

static void
box_clear (gpointer data)
{
  AssayGraphBox *box = data;

  g_free (box->key);
  g_free (box->title);
  g_free (box->subtitle);
  g_free (box->note);
  g_array_unref (box->rows);
}

static void
flow_clear (gpointer data)
{
  g_array_unref (((AssayGraphFlow *) data)->values);
}

static void
line_clear (gpointer data)
{
  g_free (((AssayGraphLine *) data)->label);
}

static void
shown_clear (gpointer data)
{
  assay_graph_tree_unref (((AssayGraphShown *) data)->tree);
  g_free (((AssayGraphShown *) data)->box_of);
}

static GArray *
new_array (gsize size, GDestroyNotify clear)
{
  GArray *array = g_array_new (FALSE, TRUE, size);

  if (clear)
    g_array_set_clear_func (array, clear);
  return array;
}

static AssayGraphTree *
get_tree (const AssayGraphOptions *options, AssayFunction *function)
{
  AssayGraphTree *tree = g_hash_table_lookup (options->trees, function);

  if (tree == NULL)
    {
      tree = assay_graph_tree_new (function);
      g_hash_table_insert (options->trees, g_object_ref (function), tree);
    }
  return assay_graph_tree_ref (tree);
}

/* Adds a box; takes @key. */
static guint32
add_box (AssayGraphScene *self, char *key, AssayGraphItemKind kind, guint32 frame, guint32 tree, guint32 item)
{
  AssayGraphBox box = { .key = key, .kind = kind, .frame = frame, .tree = tree, .item = item };

  box.rows = new_array (sizeof (AssayGraphRow), row_clear);
  g_array_append_val (self->boxes, box);
  g_hash_table_insert (self->keys, key, GUINT_TO_POINTER (self->boxes->len));
  return self->boxes->len - 1;
}

static gboolean
shall_open (AssayGraphScene *self, const AssayGraphOptions *options, const char *key, guint n_more)
{
  if (options->open == NULL || !g_hash_table_contains (options->open, key))
    return FALSE;
  if (self->boxes->len + n_more > ASSAY_GRAPH_MAX_BOXES)
    {
      self->n_left_closed++;
      return FALSE;
    }
  return TRUE;
}

static void show_tree (AssayGraphScene *self, const AssayGraphOptions *options, AssayFunction *function, guint32 box, guint depth);

/* The functions that an operation calls, by the attributes that name them: body, cond. */
static void
show_functions (AssayGraphScene *self, const AssayGraphOptions *options, const AssayOperation *operation, guint32 frame, guint depth)
{
  g_autoptr (GPtrArray) names = assay_attrs_list (operation->attrs);

  for (guint i = 0; i < names->len; i++)
    {
      const AssayAttr *attr = assay_attrs_get (operation->attrs, names->pdata[i]);

      for (guint k = 0; attr->kind == ASSAY_ATTR_FUNCTION && k < attr->n && k < 100; k++)
        {
          const char    *called = g_bytes_get_data (attr->strings[k], NULL);
          AssayFunction *function = options->library ? assay_library_get (options->library, called) : NULL;
          char          *key = g_strdup_printf ("%s/%s%u", assay_graph_scene_box (self, frame)->key, (char *) names->pdata[i], k);
          guint32        box = add_box (self, key, ASSAY_GRAPH_FUNCTION, frame, assay_graph_scene_box (self, frame)->tree,
                                        assay_graph_scene_box (self, frame)->item);

          assay_graph_scene_box (self, box)->title = g_strdup (names->pdata[i]);
          assay_graph_scene_box (self, box)->subtitle = g_strdup (called);
          if (function != NULL)
            show_tree (self, options, function, box, depth + 1);
        }
    }
}

static gboolean
calls_functions (const AssayOperation *operation)
{
  g_autoptr (GPtrArray) names = (operation->op->flags & ASSAY_OP_CONTROL) ? assay_attrs_list (operation->attrs) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (assay_attrs_get (operation->attrs, names->pdata[i])->kind == ASSAY_ATTR_FUNCTION)
      return TRUE;
  return FALSE;
}

/* The box of an item in an open group; what it calls is shown with it if that is open. */
static void
show_item (AssayGraphScene *self, const AssayGraphOptions *options, guint32 shown, guint32 item, guint32 frame, const char *prefix, guint depth)
{
  AssayGraphTree       *tree = g_array_index (self->shown, AssayGraphShown, shown).tree;
  const AssayGraphItem *facts = assay_graph_tree_get_item (tree, item);
  const AssayOperation *operation = NULL;
  char                 *key = g_strdup_printf ("%si%u", prefix, item);
  guint32               box = add_box (self, key, facts->kind, frame, shown, item);

  g_array_index (self->shown, AssayGraphShown, shown).box_of[item] = box;
  if (facts->kind == ASSAY_GRAPH_OPERATION)
    operation = assay_function_get_operation (assay_graph_tree_get_function (tree), facts->operation);
  if (operation != NULL && calls_functions (operation) && depth < MAX_NESTED)
    {
      assay_graph_scene_box (self, box)->can_open = TRUE;
      assay_graph_scene_box (self, box)->is_open = shall_open (self, options, key, 2);
      if (assay_graph_scene_box (self, box)->is_open)
        show_functions (self, options, operation, box, depth);
    }
  else if (facts->kind == ASSAY_GRAPH_GROUP)
    {
      assay_graph_scene_box (self, box)->can_open = facts->n_children > 0;
      assay_graph_scene_box (self, box)->is_open = facts->n_children > 0 && shall_open (self, options, key, facts->n_children);
    }
}

/* Shows a function in its box, or as the whole picture. */
static void
show_tree (AssayGraphScene *self, const AssayGraphOptions *options, AssayFunction *function, guint32 box, guint depth)
{
  AssayGraphShown  made = { get_tree (options, function), box };
  guint32          n = assay_graph_tree_get_n_items (made.tree), shown = self->shown->len;
  guint            n_children = assay_graph_tree_get_item (made.tree, 0)->n_children;
  g_autofree char *prefix = box == ASSAY_GRAPH_NONE ? g_strdup ("") : g_strconcat (assay_graph_scene_box (self, box)->key, "/", NULL);

  if (box != ASSAY_GRAPH_NONE)
    {
      assay_graph_scene_box (self, box)->can_open = n_children > 0;
      assay_graph_scene_box (self, box)->is_open = n_children > 0 && shall_open (self, options, assay_graph_scene_box (self, box)->key, n_children);
    }
  if (box != ASSAY_GRAPH_NONE && !assay_graph_scene_box (self, box)->is_open)
    {
      shown_clear (&made);
      return;
    }
  made.box_of = g_new (guint32, n + 1);
  made.box_of[0] = box;
  g_array_append_val (self->shown, made);
  /* Functions in functions come in between, so the array moves. */
  for (guint32 i = 1; i < n; i++)
    {
      guint32 parent = g_array_index (self->shown, AssayGraphShown, shown).box_of[assay_graph_tree_get_item (made.tree, i)->parent];

      if (parent != ASSAY_GRAPH_NONE && parent != box && !assay_graph_scene_box (self, parent)->is_open)
        g_array_index (self->shown, AssayGraphShown, shown).box_of[i] = parent;
      else
        show_item (self, options, shown, i, parent, prefix, depth);
    }
}

/* What flows between two boxes; @key is at most one for both. */
typedef struct
{
  guint32 from, to, is_control;
} FlowKey;

static guint
flow_hash (gconstpointer data)
{
  const FlowKey *key = data;

  return key->from * 2654435761u ^ key->to * 40503u ^ key->is_control;
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (FlowKey)) == 0;
}

static void
add_value (GArray *values, AssayOutputRef ref)
{
  for (guint i = 0; i < values->len; i++)
    if (memcmp (&g_array_index (values, AssayOutputRef, i), &ref, sizeof ref) == 0)
      return;
  /* More than that are counted by nobody. */
  if (values->len < 64)
    g_array_append_val (values, ref);
}

static void
add_flow (AssayGraphScene *self, GHashTable *known, guint32 shown, guint32 from, guint32 to, const AssayOutputRef *ref)
{
  FlowKey key = { from, to, ref == NULL };
  guint   number;

  if (from == to || from == ASSAY_GRAPH_NONE || to == ASSAY_GRAPH_NONE)
    return;
  number = GPOINTER_TO_UINT (g_hash_table_lookup (known, &key));
  if (number == 0)
    {
      AssayGraphFlow flow = { from, to, shown, new_array (sizeof (AssayOutputRef), NULL) };

      g_array_append_val (self->flows, flow);
      number = self->flows->len;
      g_hash_table_insert (known, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (number));
    }
  if (ref != NULL)
    add_value (g_array_index (self->flows, AssayGraphFlow, number - 1).values, *ref);
}

static guint32
box_of_operation (const AssayGraphShown *shown, guint32 operation)
{
  guint32 item = assay_graph_tree_find_operation (shown->tree, operation);

  return item == ASSAY_GRAPH_NONE ? ASSAY_GRAPH_NONE : shown->box_of[item];
}

static void
find_flows (AssayGraphScene *self, guint32 number)
{
  const AssayGraphShown *shown = &g_array_index (self->shown, AssayGraphShown, number);
  AssayFunction         *function = assay_graph_tree_get_function (shown->tree);
  guint                  n_results;
  const AssayNamedRef   *results = assay_function_get_results (function, &n_results);
  g_autoptr (GHashTable) known = g_hash_table_new_full (flow_hash, flow_equal, g_free, NULL);

  for (guint32 i = 0; i < assay_function_get_n_operations (function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);
      guint32               box = box_of_operation (shown, i);

      for (guint k = 0; box != ASSAY_GRAPH_NONE && k < operation->n_inputs; k++)
        add_flow (self, known, number, box_of_operation (shown, operation->inputs[k].operation), box, &operation->inputs[k]);
      for (guint k = 0; box != ASSAY_GRAPH_NONE && k < operation->n_controls; k++)
        add_flow (self, known, number, box_of_operation (shown, operation->controls[k]), box, NULL);
    }
  for (guint32 i = 1; i < assay_graph_tree_get_n_items (shown->tree); i++)
    {
      const AssayGraphItem *item = assay_graph_tree_get_item (shown->tree, i);

      if (item->kind == ASSAY_GRAPH_RESULT && item->operation < n_results)
        add_flow (self, known, number, box_of_operation (shown, results[item->operation].ref.operation), shown->box_of[i], &results[item->operation].ref);
    }
}

AssayGraphScene *
assay_graph_scene_new (AssayFunction *function, const AssayGraphOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (AssayGraphScene) self = g_new0 (AssayGraphScene, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->boxes = new_array (sizeof (AssayGraphBox), box_clear);
  self->flows = new_array (sizeof (AssayGraphFlow), flow_clear);
  self->lines = new_array (sizeof (AssayGraphLine), line_clear);
  self->points = new_array (sizeof (AssayGraphPoint), NULL);
  self->shown = new_array (sizeof (AssayGraphShown), shown_clear);
  self->keys = g_hash_table_new (g_str_hash, g_str_equal);
  show_tree (self, options, function, ASSAY_GRAPH_NONE, 0);
  for (guint i = 0; i < self->shown->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      find_flows (self, i);
      assay_graph_scene_fill_rows (self, i);
    }
  for (guint i = 0; i < self->boxes->len; i++)
    {
      assay_graph_box_fill (self, i, options);
      options->measure (assay_graph_scene_box (self, i), options->measure_data);
    }
  if (!assay_graph_scene_layout (self, options, cancellable))
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

AssayGraphScene *
assay_graph_scene_ref (AssayGraphScene *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_graph_scene_unref (AssayGraphScene *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->keys);
  g_array_unref (self->boxes);
  g_array_unref (self->flows);
  g_array_unref (self->lines);
  g_array_unref (self->points);
  g_array_unref (self->shown);
  g_free (self);
}

const AssayGraphBox *
assay_graph_scene_get_boxes (AssayGraphScene *self, guint *n)
{
  *n = self->boxes->len;
  return (const AssayGraphBox *) self->boxes->data;
}

const AssayGraphFlow *
assay_graph_scene_get_flows (AssayGraphScene *self, guint *n)
{
  *n = self->flows->len;
  return (const AssayGraphFlow *) self->flows->data;
}

const AssayGraphLine *
assay_graph_scene_get_lines (AssayGraphScene *self, guint *n)
{
  *n = self->lines->len;
  return (const AssayGraphLine *) self->lines->data;
}

const AssayGraphPoint *
assay_graph_scene_get_points (AssayGraphScene *self)
{
  return (const AssayGraphPoint *) self->points->data;
}

void
assay_graph_scene_get_size (AssayGraphScene *self, double *width, double *height)
{
  *width = self->width;
  *height = self->height;
}

AssayGraphTree *
assay_graph_scene_get_tree (AssayGraphScene *self, guint32 tree)
{
  return g_array_index (self->shown, AssayGraphShown, tree).tree;
}

guint
assay_graph_scene_get_n_left_closed (AssayGraphScene *self)
{
  return self->n_left_closed;
}

guint32
assay_graph_scene_find_key (AssayGraphScene *self, const char *key)
{
  guint number = key ? GPOINTER_TO_UINT (g_hash_table_lookup (self->keys, key)) : 0;

  return number > 0 ? number - 1 : ASSAY_GRAPH_NONE;
}

guint32
assay_graph_scene_find_operation (AssayGraphScene *self, guint32 operation)
{
  return box_of_operation (&g_array_index (self->shown, AssayGraphShown, 0), operation);
}

guint32
assay_graph_scene_find_at (AssayGraphScene *self, double x, double y)
{
  /* Those inside come after their frames. */
  for (guint32 i = self->boxes->len; i-- > 0;)
    {
      const AssayGraphBox *box = assay_graph_scene_box (self, i);

      if (x >= box->x && y >= box->y && x < box->x + box->width && y < box->y + box->height)
        return i;
    }
  return ASSAY_GRAPH_NONE;
}

static gboolean
is_inside (AssayGraphTree *tree, guint32 operation, guint32 group)
{
  guint32 item = assay_graph_tree_find_operation (tree, operation);

  while (item != ASSAY_GRAPH_NONE && item > group)
    item = assay_graph_tree_get_item (tree, item)->parent;
  return item == group;
}

/* The last value of a group that something outside takes, or that is a result. */
static gboolean
find_leaving (AssayGraphTree *tree, guint32 group, AssayOutputRef *ref)
{
  AssayFunction       *function = assay_graph_tree_get_function (tree);
  guint                n_results;
  const AssayNamedRef *results = assay_function_get_results (function, &n_results);
  gint64               last = -1;

  for (guint i = 0; i < n_results; i++)
    if ((gint64) results[i].ref.operation >= last && is_inside (tree, results[i].ref.operation, group))
      {
        *ref = results[i].ref;
        last = ref->operation;
      }
  for (guint32 i = 0; i < assay_function_get_n_operations (function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      for (guint k = 0; k < operation->n_inputs; k++)
        if ((gint64) operation->inputs[k].operation > last && is_inside (tree, operation->inputs[k].operation, group) && !is_inside (tree, i, group))
          {
            *ref = operation->inputs[k];
            last = ref->operation;
          }
    }
  return last >= 0;
}

gboolean
assay_graph_tree_find_value (AssayGraphTree *self, guint32 number, AssayOutputRef *ref)
{
  const AssayGraphItem *item = assay_graph_tree_get_item (self, number);
  AssayFunction        *function = assay_graph_tree_get_function (self);
  guint                 n_results;
  const AssayNamedRef  *results = assay_function_get_results (function, &n_results);

  if (item->kind == ASSAY_GRAPH_GROUP)
    return find_leaving (self, number, ref);
  *ref = item->kind == ASSAY_GRAPH_RESULT ? results[item->operation].ref : (AssayOutputRef){ item->operation, 0 };
  return assay_function_get_operation (function, ref->operation)->n_outputs > ref->output;
}

gboolean
assay_graph_scene_find_value (AssayGraphScene *self, guint32 number, AssayOutputRef *ref)
{
  const AssayGraphBox *box = assay_graph_scene_box (self, number);

  return box->tree == 0 && box->kind != ASSAY_GRAPH_FUNCTION && assay_graph_tree_find_value (assay_graph_scene_get_tree (self, 0), box->item, ref);
}
