/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The object graph of a checkpoint: which object holds which under what name, and which key has whose value. As
 * tensorflow/core/protobuf/trackable_object_graph.proto; as text it is that message's JSON. */

#pragma once

#include <assay/manifest.h>
#include <assay/module.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 node;
  char   *name;
} AssayGraphEdge;

/**
 * AssayGraphNode:
 * @edges: of #AssayGraphEdge
 * @attribute: (nullable): "VARIABLE_VALUE", if the object has a value
 * @full_name: the variable's name, "" if it has none
 * @key: (nullable): where its value is
 * @has_values: whether it or what is below has values; -1 if the file doesn't say
 */
typedef struct
{
  GArray *edges;
  char   *attribute;
  char   *full_name;
  char   *key;
  int     has_values;
} AssayGraphNode;

/**
 * AssayObjectGraph:
 * @nodes: of #AssayGraphNode; 0 is the root
 */
typedef struct
{
  GPtrArray *nodes;
} AssayObjectGraph;

/**
 * AssayLive:
 * @pointer: what tells one object from another
 * @children: (nullable): its attributes or members
 * @object: (nullable): the module or variable
 *
 * An object of this process that a checkpoint can hold. Nothing is owned.
 */
typedef struct
{
  gpointer   pointer;
  AssayItem *children;
  GObject   *object;
} AssayLive;

/**
 * assay_live_of:
 * @item: an attribute's value
 * @live: (out caller-allocates): the object
 *
 * Returns: whether @item is something that a checkpoint can hold: a variable, a module, a list, a dict, a tuple with some of these
 */
gboolean assay_live_of (AssayItem *item, AssayLive *live);

/**
 * assay_live_get_child:
 * @index: which of its children's items
 * @name: (out) (transfer full): its name; a list's members are numbered
 * @child: (out caller-allocates): the object
 *
 * Returns: whether that one is an object that a checkpoint can hold; then free @name
 */
gboolean assay_live_get_child (const AssayLive *self, guint index, char **name, AssayLive *child);

/**
 * assay_live_find_child:
 *
 * Returns: whether there is a child of that name
 */
gboolean assay_live_find_child (const AssayLive *self, const char *name, AssayLive *child);

/**
 * assay_live_list:
 * @root: an object
 *
 * Returns: (transfer full) (element-type AssayLive): it and all below it, breadth first, each once
 */
GArray *assay_live_list (const AssayLive *root);

/**
 * assay_object_graph_new:
 * @root: an object
 * @objects: (out) (transfer full) (element-type AssayLive): the object of each node
 *
 * Returns: (transfer full): the graph of what is there, with a key for each variable: the shortest path to it
 */
AssayObjectGraph *assay_object_graph_new (const AssayLive *root, GArray **objects);

/**
 * assay_object_graph_parse:
 * @json: what assay_object_graph_to_json() or a reader wrote
 * @error: return location for an error
 *
 * Returns: (transfer full): the graph; every number in it was checked
 */
AssayObjectGraph *assay_object_graph_parse (const char *json, GError **error);

/**
 * assay_object_graph_to_json:
 *
 * Returns: (transfer full): the graph as text
 */
char *assay_object_graph_to_json (AssayObjectGraph *self);

/**
 * assay_object_graph_node_to_text:
 *
 * Returns: (transfer full): a node as protobuf's text format
 */
char *assay_object_graph_node_to_text (AssayObjectGraph *self, guint32 node);

/**
 * assay_object_graph_dup_path:
 *
 * Returns: (transfer full): a node's shortest path, as in "(root).model.dense_1.w"
 */
char *assay_object_graph_dup_path (AssayObjectGraph *self, guint32 node);

void assay_object_graph_free (AssayObjectGraph *self);

static inline AssayGraphNode *
assay_object_graph_get (AssayObjectGraph *self, guint32 node)
{
  return self->nodes->pdata[node];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayObjectGraph, assay_object_graph_free)

G_END_DECLS
