/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Restoring. Source: tensorflow/python/checkpoint/restore.py and checkpoint.py. */

#include "restore-private.h"

#include <assay/memory-source.h>
#include <string.h>

#include "bundle-check-private.h"

/* What has taken a node's place. Modules and variables may go before us, so they are held weakly. */
typedef struct
{
  gpointer pointer;
  gboolean is_object;
  gboolean matched; /* once; stays */
} Binding;

struct _AssayRestore
{
  GObject parent_instance;

  AssayManifest    *manifest;
  AssayBundleCheck *check;
  AssayObjectGraph *graph;     /* NULL for a file without one */
  GHashTable       *variables; /* key → number in the manifest + 1 */
  Binding          *bindings;  /* by node */
  guint64           uid;
  gboolean          expect_partial;
};

G_DEFINE_FINAL_TYPE (AssayRestore, assay_restore, G_TYPE_OBJECT)

/* A value that was read and waits until all are known to fit. */
typedef struct
{
  AssayVariable *variable;
  AssayTensor   *tensor;
} Assignment;

/* An object that holds something which the file names and which isn't there yet. */
typedef struct
{
  AssayRestore *restore;
  guint32       node;
} Waiting;

typedef struct
{
  AssayLive live;
  guint32   node;
} Match;

static void
assignment_clear (gpointer data)
{
  g_clear_pointer (&((Assignment *) data)->tensor, assay_tensor_unref);
}

/* Which restoring has given a variable its value last. */
static GQuark
uid_quark (void)
{
  return g_quark_from_static_string ("assay-restore-uid");
}

static void
warn_of_unused (AssayRestore *self)
{
  gboolean said = FALSE;

  for (guint32 i = 0; i < self->graph->nodes->len; i++)
    {
      g_autofree char *path = NULL;

      if (assay_object_graph_get (self->graph, i)->key == NULL || self->bindings[i].matched)
        continue;
      if (!said)
        g_message ("Detecting that an object or model or tf.train.Checkpoint is being deleted with unrestored values. See the following logs for "
                   "the specific values in question. To silence these warnings, use `status.expect_partial()`. See "
                   "https://www.tensorflow.org/api_docs/python/tf/train/Checkpoint#restorefor details about the status object returned by the "
                   "restore function.");
      said = TRUE;
      path = assay_object_graph_dup_path (self->graph, i);
      g_message ("Value in checkpoint could not be found in the restored object: %s", path);
    }
}

static void
assay_restore_finalize (GObject *object)
{
  AssayRestore *self = ASSAY_RESTORE (object);

  if (self->bindings != NULL && !self->expect_partial)
    warn_of_unused (self);
  for (guint i = 0; self->bindings != NULL && i < self->graph->nodes->len; i++)
    if (self->bindings[i].is_object && self->bindings[i].pointer != NULL)
      g_object_remove_weak_pointer (self->bindings[i].pointer, &self->bindings[i].pointer);
  g_free (self->bindings);
  g_clear_pointer (&self->graph, assay_object_graph_free);
  g_clear_pointer (&self->variables, g_hash_table_unref);
  g_clear_pointer (&self->check, assay_bundle_check_free);
  g_clear_object (&self->manifest);
  G_OBJECT_CLASS (assay_restore_parent_class)->finalize (object);
}

static void
assay_restore_class_init (AssayRestoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_restore_finalize;
}

static void
assay_restore_init (AssayRestore *self)
{
}

const char *
assay_checkpoint_strip_key (AssayManifest *manifest, const char *key)
{
  if (strcmp (assay_manifest_get_format (manifest), "assay-hdf5") == 0 && g_str_has_prefix (key, "checkpoint/"))
    return key + strlen ("checkpoint/");
  return key;
}

/* Why a file that has an object graph doesn't give it. */
static gboolean
check_graph (AssayRestore *self, GError **error)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->variables, "_CHECKPOINTABLE_OBJECT_GRAPH"));

  if (self->graph != NULL || number == 0)
    return TRUE;
  if (assay_bundle_check_value (self->check, number - 1, error))
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The object graph is damaged, or too large.");
  return FALSE;
}

AssayRestore *
assay_restore_new (AssayManifest *manifest, const char *path, GError **error)
{
  static gint n_restores;
  g_autoptr (AssayRestore) self = g_object_new (ASSAY_TYPE_RESTORE, NULL);
  g_autofree char *json = assay_manifest_dup_module_attribute (manifest, 0, ".object_graph");

  self->manifest = g_object_ref (manifest);
  self->uid = g_atomic_int_add (&n_restores, 1) + 1;
  self->check = assay_bundle_check_new (manifest, path, error);
  if (self->check == NULL)
    return NULL;
  if (json != NULL)
    {
      self->graph = assay_object_graph_parse (json, error);
      if (self->graph == NULL)
        return NULL;
    }
  self->variables = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      g_hash_table_insert (self->variables, (gpointer) assay_checkpoint_strip_key (manifest, facts.key), GUINT_TO_POINTER (i + 1));
    }
  return check_graph (self, error) ? g_steal_pointer (&self) : NULL;
}

/* TensorFlow's names of the types, where they aren't NumPy's. */
static const char *
type_name (AssayDtype dtype)
{
  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT16:
      return "half";
    case ASSAY_DTYPE_FLOAT32:
      return "float";
    case ASSAY_DTYPE_FLOAT64:
      return "double";
    default:
      return assay_dtype_get_info (dtype)->name;
    }
}

static gboolean
check_fits (AssayVariable *variable, const AssayManifestVariable *facts, const char *key, GError **error)
{
  AssayResource    *resource = ASSAY_RESOURCE (variable);
  AssayPartialShape shape = { .rank = facts->rank };

  if (facts->dtype != assay_resource_get_dtype (resource))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "tensor_name = %s; expected dtype %s does not equal original dtype %s [Op:RestoreV2]", key,
                   type_name (assay_resource_get_dtype (resource)), type_name (facts->dtype));
      return FALSE;
    }
  for (guint i = 0; i < facts->rank && i < ASSAY_GRAPH_MAX_RANK; i++)
    shape.dims[i] = facts->shape[i];
  if (facts->rank > ASSAY_GRAPH_MAX_RANK || !assay_partial_shape_accepts (assay_resource_get_shape (resource), &shape))
    {
      g_autofree char *theirs = assay_partial_shape_to_tuple (&shape);
      g_autofree char *mine = assay_partial_shape_to_tuple (assay_resource_get_shape (resource));

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE,
                   "Received incompatible tensor with shape %s when attempting to restore variable with shape %s and name %s:0.", theirs, mine,
                   assay_resource_get_name (resource));
      return FALSE;
    }
  return TRUE;
}

/* Reads a variable's value, unless a later restoring, or this one, has given it one. */
static gboolean
read_value (AssayRestore *self, AssayVariable *variable, const char *key, GArray *assignments, GError **error)
{
  guint                 number = GPOINTER_TO_UINT (g_hash_table_lookup (self->variables, key));
  AssayManifestVariable facts;
  g_autoptr (AssaySource) source = NULL;
  Assignment assignment = { .variable = variable };

  if (GPOINTER_TO_SIZE (g_object_get_qdata (G_OBJECT (variable), uid_quark ())) >= self->uid)
    return TRUE;
  for (guint i = 0; i < assignments->len; i++)
    if (g_array_index (assignments, Assignment, i).variable == variable)
      return TRUE;
  if (number == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Key %s not found in checkpoint", key);
      return FALSE;
    }
  assay_manifest_get_variable (self->manifest, number - 1, &facts);
  if (!check_fits (variable, &facts, key, error) || !assay_bundle_check_value (self->check, number - 1, error))
    return FALSE;
  source = assay_manifest_dup_source (self->manifest, number - 1, error);
  assignment.tensor = source ? assay_source_read_tensor (source, NULL, error) : NULL;
  if (assignment.tensor == NULL)
    return FALSE;
  g_array_append_val (assignments, assignment);
  return TRUE;
}

static void
assign (AssayRestore *self, GArray *assignments)
{
  for (guint i = 0; i < assignments->len; i++)
    {
      const Assignment *assignment = &g_array_index (assignments, Assignment, i);

      assay_resource_assign (ASSAY_RESOURCE (assignment->variable), assignment->tensor, NULL);
      g_object_set_qdata (G_OBJECT (assignment->variable), uid_quark (), GSIZE_TO_POINTER (self->uid));
    }
}

static void
bind (AssayRestore *self, const Match *match)
{
  Binding *binding = &self->bindings[match->node];

  *binding = (Binding){ match->live.pointer, match->live.object != NULL, TRUE };
  if (binding->is_object)
    g_object_add_weak_pointer (match->live.object, &binding->pointer);
}

/* Takes all bindings back that were made for @matches. */
static void
unbind (AssayRestore *self, GArray *matches)
{
  for (guint i = 0; i < matches->len; i++)
    {
      Binding *binding = &self->bindings[g_array_index (matches, Match, i).node];

      if (binding->is_object && binding->pointer != NULL)
        g_object_remove_weak_pointer (binding->pointer, &binding->pointer);
      *binding = (Binding){ 0 };
    }
}

/* Whether @live may take the place of @node; if so it is added to @matches. */
static void
match (AssayRestore *self, const AssayLive *live, guint32 node, GArray *matches)
{
  Match found = { *live, node };

  if (self->bindings[node].matched)
    {
      if (self->bindings[node].pointer != live->pointer && live->object != NULL)
        g_message ("Inconsistent references when loading the checkpoint into this object graph: %s is one object there, but two here.",
                   assay_object_graph_get (self->graph, node)->key ? assay_object_graph_get (self->graph, node)->key : "an object");
      return;
    }
  bind (self, &found);
  g_array_append_val (matches, found);
}

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_object_unref (waiting->restore);
  g_free (waiting);
}

static void
something_was_added (AssayItem *item, const char *name, AssayItem *added, gpointer data)
{
  Waiting *waiting = data;
  GError  *problem = NULL;

  if (!assay_restore_add (waiting->restore, waiting->node, name, added, &problem))
    assay_module_report (problem);
}

/* Waits for what the file has below a node and its object hasn't yet. */
static void
wait_for_missing (AssayRestore *self, const Match *at)
{
  AssayGraphNode *node = assay_object_graph_get (self->graph, at->node);
  gboolean        is_module = at->live.object != NULL && ASSAY_IS_MODULE (at->live.object);
  AssayItem      *watched = is_module ? assay_module_get_attributes (ASSAY_MODULE (at->live.object)) : at->live.children;
  Waiting        *waiting;

  for (guint i = 0; i < node->edges->len && at->live.children != NULL; i++)
    {
      const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, i);
      AssayLive             child;

      if (assay_live_find_child (&at->live, edge->name, &child) || assay_object_graph_get (self->graph, edge->node)->has_values == 0)
        continue;
      waiting = g_new (Waiting, 1);
      waiting->restore = g_object_ref (self);
      waiting->node = at->node;
      assay_item_watch (watched, something_was_added, waiting, waiting_free);
      return;
    }
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer graph)
{
  return strcmp (assay_object_graph_get (graph, ((const Match *) a)->node)->key, assay_object_graph_get (graph, ((const Match *) b)->node)->key);
}

/* Reads the values of all variables among @matches, in the order of keys, as TensorFlow does: so it's the same that fails first. */
static gboolean
read_values (AssayRestore *self, GArray *matches, GArray *assignments, GError **error)
{
  g_autoptr (GArray) variables = g_array_new (FALSE, FALSE, sizeof (Match));

  for (guint i = 0; i < matches->len; i++)
    {
      const Match *at = &g_array_index (matches, Match, i);

      if (assay_object_graph_get (self->graph, at->node)->key != NULL && at->live.object != NULL && ASSAY_IS_VARIABLE (at->live.object))
        g_array_append_val (variables, *at);
    }
  g_array_sort_with_data (variables, compare_keys, self->graph);
  for (guint i = 0; i < variables->len; i++)
    {
      const Match *at = &g_array_index (variables, Match, i);

      if (!read_value (self, ASSAY_VARIABLE (at->live.object), assay_object_graph_get (self->graph, at->node)->key, assignments, error))
        return FALSE;
    }
  return TRUE;
}

/* Follows both graphs from what is in @matches; gives the values. */
static gboolean
go_on (AssayRestore *self, GArray *matches, GError **error)
{
  g_autoptr (GArray) assignments = g_array_new (FALSE, FALSE, sizeof (Assignment));

  g_array_set_clear_func (assignments, assignment_clear);
  for (guint i = 0; i < matches->len; i++)
    {
      Match           at = g_array_index (matches, Match, i);
      AssayGraphNode *node = assay_object_graph_get (self->graph, at.node);
      AssayLive       child;

      for (guint k = 0; k < node->edges->len; k++)
        {
          const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, k);

          if (assay_live_find_child (&at.live, edge->name, &child))
            match (self, &child, edge->node, matches);
        }
    }
  if (!read_values (self, matches, assignments, error))
    {
      unbind (self, matches);
      return FALSE;
    }
  assign (self, assignments);
  for (guint i = 0; i < matches->len; i++)
    wait_for_missing (self, &g_array_index (matches, Match, i));
  return TRUE;
}

/* A file without an object graph: variables are known by their names. */
static gboolean
restore_by_names (AssayRestore *self, const AssayLive *root, GError **error)
{
  g_autoptr (GArray) all = assay_live_list (root);
  g_autoptr (GArray) assignments = g_array_new (FALSE, FALSE, sizeof (Assignment));

  g_array_set_clear_func (assignments, assignment_clear);
  for (guint i = 0; i < all->len; i++)
    {
      const AssayLive *live = &g_array_index (all, AssayLive, i);

      if (live->object != NULL && ASSAY_IS_VARIABLE (live->object) &&
          !read_value (self, ASSAY_VARIABLE (live->object), assay_resource_get_name (ASSAY_RESOURCE (live->object)), assignments, error))
        return FALSE;
    }
  assign (self, assignments);
  return TRUE;
}

gboolean
assay_restore_run (AssayRestore *self, const AssayLive *root, GError **error)
{
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (Match));
  gboolean good;

  if (self->graph == NULL)
    return restore_by_names (self, root, error);
  self->bindings = g_new0 (Binding, self->graph->nodes->len);
  match (self, root, 0, matches);
  good = go_on (self, matches, error);
  if (!good)
    g_clear_pointer (&self->bindings, g_free);
  return good;
}

gboolean
assay_restore_add (AssayRestore *self, guint32 number, const char *name, AssayItem *item, GError **error)
{
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (Match));
  AssayGraphNode *node;
  AssayLive       live;

  if (self->graph == NULL || self->bindings == NULL || !assay_live_of (item, &live))
    return TRUE;
  node = assay_object_graph_get (self->graph, number);
  for (guint i = 0; i < node->edges->len; i++)
    {
      const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, i);

      if (strcmp (edge->name, name) == 0 && !self->bindings[edge->node].matched)
        match (self, &live, edge->node, matches);
    }
  return go_on (self, matches, error);
}

AssayObjectGraph *
assay_restore_get_graph (AssayRestore *self)
{
  return self->graph;
}

gboolean
assay_restore_is_bound (AssayRestore *self, guint32 node)
{
  return self->bindings != NULL && self->bindings[node].matched;
}

gboolean
assay_restore_has (AssayRestore *self, gpointer object)
{
  for (guint i = 0; self->bindings != NULL && i < self->graph->nodes->len; i++)
    if (self->bindings[i].pointer == object)
      return TRUE;
  return self->graph == NULL;
}

void
assay_restore_expect_partial (AssayRestore *self)
{
  self->expect_partial = TRUE;
}
