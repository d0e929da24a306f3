/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TrackableObjectGraph (tensorflow/core/protobuf/trackable_object_graph.proto): nodes=1, node 0 is the root.
 *
 *   node            children=1 · attributes=2 · slot_variables=3
 *   child           node_id=1 · local_name=2
 *   attribute       name=1 · full_name=2 · checkpoint_key=3
 *   slot variable   original_variable_node_id=1 · slot_name=2 · slot_variable_node_id=3
 *
 * A key is the shortest path to its object, and with Keras 3 that leads through the optimizer. People look for the layer, so the
 * walk here goes through the graph in three waves: what is reached without lists of variables and optimizers; then what lists
 * have; then what optimizers have. */

#include "tf-graph-private.h"

#include <assay/error.h>
#include <assay/manifest-builder.h>
#include <string.h>

#include "tf-proto-private.h"

#define MAX_NODES 4000000u
/* Deeper objects are shown by their keys. */
#define MAX_PATH 200
#define N_WAVES 3
#define NOT_REACHED G_MAXUINT32

/* Strings are offsets into one blob. */
typedef struct
{
  guint32 first_edge, n_edges;
  guint32 parent; /* on the path; NOT_REACHED until the node is reached */
  guint32 edge;   /* that leads here on the path */
  guint32 depth;
  guint32 flags;
  guint32 slot; /* the slot variable that the node is, plus 1 */
  guint8  wave;
  guint8  is_optimizer;
} Node;

typedef struct
{
  guint32 to;
  gsize   name;
} Edge;

typedef struct
{
  guint32 node;
  gsize   name, full_name, key;
} Attribute;

typedef struct
{
  guint32 optimizer, original, slot;
  gsize   name;
} Slot;

struct _AssayTfGraph
{
  GArray     *nodes;
  GArray     *edges;
  GArray     *attributes;
  GArray     *slots;
  GString    *names;
  GHashTable *by_key;          /* key → number of the attribute + 1 */
  guint32     plain_optimizer; /* the one whose contents stand right under "optimizer" */
};

static Node *
get_node (const AssayTfGraph *self, guint32 number)
{
  return &g_array_index (self->nodes, Node, number);
}

static const char *
get_name (const AssayTfGraph *self, gsize offset)
{
  return self->names->str + offset;
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (strcmp (name, *names) == 0)
      return TRUE;
  return FALSE;
}

/* Keeps a name; what would break a path becomes U+FFFD. */
static gsize
keep_name (AssayTfGraph *self, const AssayProto *field)
{
  gsize            offset = self->names->len;
  g_autofree char *name = assay_proto_dup_string (field);

  g_strdelimit (name, "\x1f", '?');
  g_string_append_len (self->names, name, strlen (name) + 1);
  return offset;
}

static gboolean
read_child (AssayTfGraph *self, const AssayProto *field)
{
  AssayProto proto;
  Edge       edge = { 0 };
  AssayProto none = { .bytes = (const guint8 *) "", .n_bytes = 0 };

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  edge.name = G_MAXSIZE;
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
      edge.to = MIN (proto.number, NOT_REACHED);
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      edge.name = keep_name (self, &proto);
  if (edge.name == G_MAXSIZE)
    edge.name = keep_name (self, &none);
  g_array_append_val (self->edges, edge);
  return !proto.damaged;
}

static gboolean
read_attribute (AssayTfGraph *self, guint32 node, const AssayProto *field)
{
  AssayProto proto, none = { .bytes = (const guint8 *) "", .n_bytes = 0 };
  Attribute  attribute = { .node = node };

  attribute.name = attribute.full_name = attribute.key = keep_name (self, &none);
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
      attribute.name = keep_name (self, &proto);
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      attribute.full_name = keep_name (self, &proto);
    else if (assay_proto_is (&proto, 3, ASSAY_PROTO_BYTES))
      attribute.key = keep_name (self, &proto);
  g_array_append_val (self->attributes, attribute);
  return !proto.damaged;
}

static gboolean
read_slot (AssayTfGraph *self, guint32 node, const AssayProto *field)
{
  AssayProto proto, none = { .bytes = (const guint8 *) "", .n_bytes = 0 };
  Slot       slot = { .optimizer = node };

  slot.name = keep_name (self, &none);
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
      slot.original = MIN (proto.number, NOT_REACHED);
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      slot.name = keep_name (self, &proto);
    else if (assay_proto_is (&proto, 3, ASSAY_PROTO_VARINT))
      slot.slot = MIN (proto.number, NOT_REACHED);
  g_array_append_val (self->slots, slot);
  return !proto.damaged;
}

static gboolean
read_node (AssayTfGraph *self, const AssayProto *field)
{
  guint32    number = self->nodes->len;
  Node       node = { .first_edge = self->edges->len, .parent = NOT_REACHED };
  AssayProto proto;
  gboolean   sound = TRUE;

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
      sound = read_child (self, &proto);
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      sound = read_attribute (self, number, &proto);
    else if (assay_proto_is (&proto, 3, ASSAY_PROTO_BYTES))
      {
        sound = read_slot (self, number, &proto);
        node.is_optimizer = TRUE;
      }
  node.n_edges = self->edges->len - node.first_edge;
  g_array_append_val (self->nodes, node);
  return sound && !proto.damaged;
}

static gboolean
has_edge (const AssayTfGraph *self, const Node *node, const char *const *names)
{
  for (guint32 i = 0; i < node->n_edges; i++)
    if (is_one_of (get_name (self, g_array_index (self->edges, Edge, node->first_edge + i).name), names))
      return TRUE;
  return FALSE;
}

/* Optimizers are known by what they have: slot variables, or a step counter beside a learning rate. */
static void
mark_optimizers (AssayTfGraph *self)
{
  static const char *const counters[] = { "_iterations", "iterations", "iter", NULL };
  static const char *const rates[] = { "_learning_rate", "learning_rate", "lr", NULL };

  for (guint32 i = 0; i < self->nodes->len; i++)
    {
      Node *node = get_node (self, i);

      node->is_optimizer |= has_edge (self, node, counters) && has_edge (self, node, rates);
    }
}

/* Lists such as trainable_variables say of their members what they are. */
static void
mark_members (AssayTfGraph *self, const char *const *lists, guint32 flag)
{
  for (guint32 i = 0; i < self->edges->len; i++)
    {
      const Edge *edge = &g_array_index (self->edges, Edge, i);
      const Node *list;

      if (!is_one_of (get_name (self, edge->name), lists) || edge->to >= self->nodes->len)
        continue;
      list = get_node (self, edge->to);
      for (guint32 k = 0; k < list->n_edges; k++)
        {
          guint32 to = g_array_index (self->edges, Edge, list->first_edge + k).to;

          if (to < self->nodes->len && !(get_node (self, to)->flags & (ASSAY_FLAG_TRAINABLE | ASSAY_FLAG_NON_TRAINABLE)))
            get_node (self, to)->flags |= flag;
        }
    }
}

static void
mark_slots (AssayTfGraph *self)
{
  for (guint32 i = 0; i < self->slots->len; i++)
    {
      const Slot *slot = &g_array_index (self->slots, Slot, i);

      if (slot->slot >= self->nodes->len || slot->original >= self->nodes->len || slot->slot == slot->original)
        continue;
      get_node (self, slot->slot)->slot = i + 1;
      get_node (self, slot->original)->flags |= ASSAY_FLAG_TRAINABLE;
    }
}

/* In which wave an edge is followed. */
static guint
edge_wave (const AssayTfGraph *self, const Edge *edge)
{
  static const char *const optimizers[] = { "optimizer", "_optimizer", NULL };
  static const char *const lists[] = { "variables", "trainable_variables", "non_trainable_variables", "_variables", "_trainable_variables",
                                       "_non_trainable_variables", "weights", "keras_api", "_tracked", NULL };
  const char              *name = get_name (self, edge->name);

  if (get_node (self, edge->to)->is_optimizer || is_one_of (name, optimizers))
    return 2;
  return is_one_of (name, lists);
}

/* Where an edge leads from, until its node is reached. */
typedef struct
{
  guint32 from;
  guint32 edge;
} Step;

static void
follow (AssayTfGraph *self, guint32 number, GArray **queues)
{
  const Node *node = get_node (self, number);

  for (guint32 i = 0; i < node->n_edges; i++)
    {
      Step        step = { number, node->first_edge + i };
      const Edge *edge = &g_array_index (self->edges, Edge, step.edge);

      if (edge->to < self->nodes->len && get_node (self, edge->to)->parent == NOT_REACHED)
        g_array_append_val (queues[MAX (node->wave, edge_wave (self, edge))], step);
    }
}

static void
reach_all (AssayTfGraph *self)
{
  GArray *queues[N_WAVES];

  for (guint wave = 0; wave < N_WAVES; wave++)
    queues[wave] = g_array_new (FALSE, FALSE, sizeof (Step));
  get_node (self, 0)->parent = 0;
  follow (self, 0, queues);
  for (guint wave = 0; wave < N_WAVES; wave++)
    for (guint32 i = 0; i < queues[wave]->len; i++)
      {
        Step  step = g_array_index (queues[wave], Step, i);
        guint to = g_array_index (self->edges, Edge, step.edge).to;
        Node *node = get_node (self, to);

        if (node->parent != NOT_REACHED)
          continue;
        node->parent = step.from;
        node->edge = step.edge;
        node->depth = get_node (self, step.from)->depth + 1;
        node->wave = wave;
        follow (self, to, queues);
      }
  for (guint wave = 0; wave < N_WAVES; wave++)
    g_array_unref (queues[wave]);
}

/* The first optimizer that is called so has its contents right under "optimizer"; others in a module of their own. */
static void
choose_plain_optimizer (AssayTfGraph *self)
{
  static const char *const plain[] = { "optimizer", "_optimizer", NULL };
  guint32                  best = NOT_REACHED;

  for (guint32 i = 1; i < self->nodes->len; i++)
    {
      const Node *node = get_node (self, i);

      if (node->parent != NOT_REACHED && node->wave == 2 && get_node (self, node->parent)->wave < 2 &&
          is_one_of (get_name (self, g_array_index (self->edges, Edge, node->edge).name), plain) &&
          (best == NOT_REACHED || node->depth < get_node (self, best)->depth))
        best = i;
    }
  self->plain_optimizer = best;
}

static void
index_keys (AssayTfGraph *self)
{
  for (guint32 i = 0; i < self->attributes->len; i++)
    g_hash_table_insert (self->by_key, (char *) get_name (self, g_array_index (self->attributes, Attribute, i).key), GUINT_TO_POINTER (i + 1));
}

AssayTfGraph *
assay_tf_graph_parse (const guint8 *data, gsize n, GError **error)
{
  static const char *const trainable[] = { "trainable_variables", "_trainable_variables", NULL };
  static const char *const frozen[] = { "non_trainable_variables", "_non_trainable_variables", NULL };
  g_autoptr (AssayTfGraph) self = g_new0 (AssayTfGraph, 1);
  AssayProto proto;
  gboolean   sound = TRUE;

  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  self->edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  self->attributes = g_array_new (FALSE, FALSE, sizeof (Attribute));
  self->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  self->names = g_string_new (NULL);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  assay_proto_init (&proto, data, n);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
      sound = self->nodes->len < MAX_NODES && read_node (self, &proto);
  if (!sound || proto.damaged || self->nodes->len == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The object graph is damaged");
      return NULL;
    }
  mark_optimizers (self);
  mark_slots (self);
  mark_members (self, trainable, ASSAY_FLAG_TRAINABLE);
  mark_members (self, frozen, ASSAY_FLAG_NON_TRAINABLE);
  reach_all (self);
  choose_plain_optimizer (self);
  index_keys (self);
  return g_steal_pointer (&self);
}

void
assay_tf_graph_free (AssayTfGraph *self)
{
  g_array_unref (self->nodes);
  g_array_unref (self->edges);
  g_array_unref (self->attributes);
  g_array_unref (self->slots);
  g_string_free (self->names, TRUE);
  g_hash_table_unref (self->by_key);
  g_free (self);
}

static void
append_part (GString *path, const char *part)
{
  if (path->len > 0)
    g_string_append_c (path, ASSAY_TF_SEPARATOR);
  g_string_append (path, *part ? part : "(no name)");
}

/* The path to a node; an optimizer's begins anew under "optimizer". */
static gboolean
append_path (const AssayTfGraph *self, guint32 number, GString *path)
{
  guint32 chain[MAX_PATH], n = 0;

  if (get_node (self, number)->parent == NOT_REACHED || get_node (self, number)->depth > MAX_PATH)
    return FALSE;
  for (guint32 at = number; at != 0; at = get_node (self, at)->parent)
    {
      chain[n++] = at;
      if (get_node (self, at)->wave == 2 && get_node (self, get_node (self, at)->parent)->wave < 2)
        {
          append_part (path, "optimizer");
          /* A second one that is called so too is told apart by who has it. */
          if (at == self->plain_optimizer)
            n--;
          else if (get_node (self, at)->parent != 0)
            append_part (path, get_name (self, g_array_index (self->edges, Edge, get_node (self, get_node (self, at)->parent)->edge).name));
          break;
        }
    }
  while (n-- > 0)
    append_part (path, get_name (self, g_array_index (self->edges, Edge, get_node (self, chain[n])->edge).name));
  return TRUE;
}

/* A slot variable stands under its optimizer, by the slot's name and the path of the variable that it is for. */
static gboolean
append_slot_path (const AssayTfGraph *self, const Slot *slot, GString *path)
{
  g_autoptr (GString) original = g_string_new (NULL);

  if (!append_path (self, slot->optimizer, path) || !append_path (self, slot->original, original))
    return FALSE;
  if (path->len == 0)
    append_part (path, "optimizer");
  append_part (path, get_name (self, slot->name));
  append_part (path, original->str);
  return TRUE;
}

/* Members of an optimizer's list are numbers; their names say more: "adam/dense_kernel_momentum". */
static gboolean
append_full_name (GString *path, const char *full_name)
{
  const char *last = strrchr (path->str, ASSAY_TF_SEPARATOR), *rest = strchr (full_name, '/');

  last = last ? last + 1 : path->str;
  if (*full_name == '\0' || !g_ascii_isdigit (*last) || strspn (last, "0123456789") != strlen (last))
    return FALSE;
  g_string_assign (path, "optimizer");
  append_part (path, rest && rest[1] ? rest + 1 : full_name);
  for (char *p = path->str; *p; p++)
    if (*p == '/')
      *p = ASSAY_TF_SEPARATOR;
  return TRUE;
}

static gboolean
is_below (const char *path, const char *first)
{
  gsize n = strlen (first);

  return strncmp (path, first, n) == 0 && (path[n] == '\0' || path[n] == ASSAY_TF_SEPARATOR);
}

gboolean
assay_tf_graph_find (AssayTfGraph *self, const char *key, AssayTfPlace *place)
{
  guint32          number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, key));
  const Attribute *attribute;
  const Node      *node;
  g_autoptr (GString) path = g_string_new (NULL);
  gboolean reached;

  if (number == 0)
    return FALSE;
  attribute = &g_array_index (self->attributes, Attribute, number - 1);
  node = get_node (self, attribute->node);
  *place = (AssayTfPlace){ .full_name = get_name (self, attribute->full_name), .flags = node->flags };
  reached = node->slot ? append_slot_path (self, &g_array_index (self->slots, Slot, node->slot - 1), path)
                       : append_path (self, attribute->node, path);
  if (!reached)
    return TRUE;
  if (node->slot || node->wave == 2)
    {
      place->flags = ASSAY_FLAG_OPTIMIZER;
      if (!node->slot && get_node (self, attribute->node)->wave == 2)
        append_full_name (path, place->full_name);
    }
  if (path->len == 0 || strcmp (get_name (self, attribute->name), "VARIABLE_VALUE") != 0)
    append_part (path, get_name (self, attribute->name));
  if (strcmp (path->str, "save_counter") == 0 || is_below (path->str, "keras_api\x1fmetrics"))
    place->flags = ASSAY_FLAG_HIDDEN;
  place->path = g_string_free (g_steal_pointer (&path), FALSE);
  return TRUE;
}
