/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "object-graph-private.h"

#include <assay/names.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define VALUE "VARIABLE_VALUE"

static void
edge_clear (gpointer data)
{
  g_free (((AssayGraphEdge *) data)->name);
}

static AssayGraphNode *
node_new (void)
{
  AssayGraphNode *node = g_new0 (AssayGraphNode, 1);

  node->edges = g_array_new (FALSE, FALSE, sizeof (AssayGraphEdge));
  g_array_set_clear_func (node->edges, edge_clear);
  return node;
}

static void
node_free (gpointer data)
{
  AssayGraphNode *node = data;

  g_array_unref (node->edges);
  g_free (node->attribute);
  g_free (node->full_name);
  g_free (node->key);
  g_free (node);
}

static AssayObjectGraph *
graph_new (void)
{
  AssayObjectGraph *self = g_new0 (AssayObjectGraph, 1);

  self->nodes = g_ptr_array_new_with_free_func (node_free);
  return self;
}

void
assay_object_graph_free (AssayObjectGraph *self)
{
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

static void
add_edge (AssayGraphNode *node, const char *name, guint32 to)
{
  AssayGraphEdge edge = { .node = to, .name = g_strdup (name) };

  g_array_append_val (node->edges, edge);
}

/* Names a variable's key by the path that leads to it. */
static void
note_value (AssayGraphNode *node, const AssayLive *live, const char *path)
{
  if (live->object == NULL || !ASSAY_IS_VARIABLE (live->object))
    return;
  node->attribute = g_strdup (VALUE);
  node->full_name = g_strdup (assay_resource_get_name (ASSAY_RESOURCE (live->object)));
  node->key = g_strconcat (path, "/.ATTRIBUTES/" VALUE, NULL);
}

/* Values are below whatever leads to them: known when nothing changes any more. */
static void
spread_has_values (AssayObjectGraph *self)
{
  gboolean changed = TRUE;

  for (guint i = 0; i < self->nodes->len; i++)
    assay_object_graph_get (self, i)->has_values = assay_object_graph_get (self, i)->key != NULL;
  while (changed)
    {
      changed = FALSE;
      for (guint i = self->nodes->len; i-- > 0;)
        {
          AssayGraphNode *node = assay_object_graph_get (self, i);

          for (guint k = 0; k < node->edges->len && !node->has_values; k++)
            if (assay_object_graph_get (self, g_array_index (node->edges, AssayGraphEdge, k).node)->has_values)
              changed = node->has_values = TRUE;
        }
    }
}

AssayObjectGraph *
assay_object_graph_new (const AssayLive *root, GArray **objects)
{
  AssayObjectGraph *self = graph_new ();
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL); /* pointer → node + 1 */
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  *objects = assay_live_list (root);
  for (guint i = 0; i < (*objects)->len; i++)
    {
      g_hash_table_insert (numbers, g_array_index (*objects, AssayLive, i).pointer, GUINT_TO_POINTER (i + 1));
      g_ptr_array_add (self->nodes, node_new ());
    }
  g_ptr_array_set_size (paths, (*objects)->len);
  paths->pdata[0] = g_strdup ("");
  for (guint i = 0; i < (*objects)->len; i++)
    {
      const AssayLive *at = &g_array_index (*objects, AssayLive, i);
      AssayLive        child;

      for (guint k = 0; at->children != NULL && k < assay_item_get_n (at->children); k++)
        {
          g_autofree char *name = NULL, *escaped = NULL;
          const char      *path = paths->pdata[i];
          guint            number;

          if (!assay_live_get_child (at, k, &name, &child))
            continue;
          number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, child.pointer)) - 1;
          add_edge (assay_object_graph_get (self, i), name, number);
          escaped = assay_name_escape (name);
          if (paths->pdata[number] == NULL)
            paths->pdata[number] = *path ? g_strconcat (path, "/", escaped, NULL) : g_strdup (escaped);
        }
      note_value (assay_object_graph_get (self, i), at, paths->pdata[i]);
    }
  spread_has_values (self);
  return self;
}

static gpointer
damaged (GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The object graph is damaged.");
  return NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

static gint64
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

static JsonArray *
get_list (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_element (JsonArray *list, guint index)
{
  JsonNode *node = json_array_get_element (list, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
parse_node (AssayGraphNode *node, JsonObject *object, guint n_nodes, GError **error)
{
  JsonArray *children = get_list (object, "children"), *attributes = get_list (object, "attributes");

  for (guint i = 0; children != NULL && i < json_array_get_length (children); i++)
    {
      JsonObject *child = get_element (children, i);
      gint64      to = child ? get_number (child, "node_id") : -1;

      if (to < 0 || to >= n_nodes)
        return damaged (error) != NULL;
      add_edge (node, get_text (child, "local_name"), to);
    }
  for (guint i = 0; attributes != NULL && i < json_array_get_length (attributes); i++)
    {
      JsonObject *attribute = get_element (attributes, i);

      if (attribute == NULL)
        return damaged (error) != NULL;
      if (i > 0 && strcmp (get_text (attribute, "name"), VALUE) != 0)
        continue;
      g_free (node->attribute);
      g_free (node->full_name);
      g_free (node->key);
      node->attribute = g_strdup (get_text (attribute, "name"));
      node->full_name = g_strdup (get_text (attribute, "full_name"));
      node->key = g_strdup (get_text (attribute, "checkpoint_key"));
    }
  node->has_values = -1;
  if (json_object_has_member (object, "has_checkpoint_values"))
    node->has_values = json_object_get_boolean_member_with_default (object, "has_checkpoint_values", FALSE);
  else
    node->has_values = node->edges->len > 0 || node->key != NULL ? -1 : 0;
  return TRUE;
}

AssayObjectGraph *
assay_object_graph_parse (const char *json, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (AssayObjectGraph) self = graph_new ();
  JsonNode  *root;
  JsonArray *nodes;

  if (json == NULL || !json_parser_load_from_data (parser, json, -1, NULL))
    return damaged (error);
  root = json_parser_get_root (parser);
  nodes = root && JSON_NODE_HOLDS_OBJECT (root) ? get_list (json_node_get_object (root), "nodes") : NULL;
  if (nodes == NULL || json_array_get_length (nodes) == 0)
    return damaged (error);
  for (guint i = 0; i < json_array_get_length (nodes); i++)
    {
      JsonObject *object = get_element (nodes, i);

      g_ptr_array_add (self->nodes, node_new ());
      if (object == NULL)
        return damaged (error);
      if (!parse_node (self->nodes->pdata[i], object, json_array_get_length (nodes), error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

static void
build_children (JsonBuilder *builder, AssayGraphNode *node)
{
  if (node->edges->len == 0)
    return;
  json_builder_set_member_name (builder, "children");
  json_builder_begin_array (builder);
  for (guint i = 0; i < node->edges->len; i++)
    {
      const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "node_id");
      json_builder_add_int_value (builder, edge->node);
      json_builder_set_member_name (builder, "local_name");
      json_builder_add_string_value (builder, edge->name);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_member (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

char *
assay_object_graph_to_json (AssayObjectGraph *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "nodes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      AssayGraphNode *node = assay_object_graph_get (self, i);

      json_builder_begin_object (builder);
      build_children (builder, node);
      if (node->key != NULL)
        {
          json_builder_set_member_name (builder, "attributes");
          json_builder_begin_array (builder);
          json_builder_begin_object (builder);
          add_member (builder, "name", node->attribute);
          add_member (builder, "full_name", node->full_name);
          add_member (builder, "checkpoint_key", node->key);
          json_builder_end_object (builder);
          json_builder_end_array (builder);
        }
      json_builder_set_member_name (builder, "has_checkpoint_values");
      json_builder_add_boolean_value (builder, node->has_values != 0);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

char *
assay_object_graph_node_to_text (AssayObjectGraph *self, guint32 number)
{
  AssayGraphNode *node = assay_object_graph_get (self, number);
  GString        *text = g_string_new (NULL);

  for (guint i = 0; i < node->edges->len; i++)
    {
      const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, i);

      g_string_append (text, "children {\n");
      if (edge->node != 0)
        g_string_append_printf (text, "  node_id: %u\n", edge->node);
      g_string_append_printf (text, "  local_name: \"%s\"\n}\n", edge->name);
    }
  if (node->key != NULL)
    {
      g_string_append_printf (text, "attributes {\n  name: \"%s\"\n", node->attribute);
      if (*node->full_name)
        g_string_append_printf (text, "  full_name: \"%s\"\n", node->full_name);
      g_string_append_printf (text, "  checkpoint_key: \"%s\"\n}\n", node->key);
    }
  if (node->has_values == 1)
    g_string_append (text, "has_checkpoint_values {\n  value: true\n}\n");
  else if (node->has_values == 0)
    g_string_append (text, "has_checkpoint_values {\n}\n");
  return g_string_free (text, FALSE);
}

char *
assay_object_graph_dup_path (AssayObjectGraph *self, guint32 wanted)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 root = 0;

  g_ptr_array_set_size (paths, self->nodes->len);
  paths->pdata[0] = g_strdup ("(root)");
  g_array_append_val (queue, root);
  for (guint i = 0; i < queue->len && paths->pdata[wanted] == NULL; i++)
    {
      guint32         at = g_array_index (queue, guint32, i);
      AssayGraphNode *node = assay_object_graph_get (self, at);

      for (guint k = 0; k < node->edges->len; k++)
        {
          const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, k);

          if (paths->pdata[edge->node] != NULL)
            continue;
          paths->pdata[edge->node] = g_strconcat (paths->pdata[at], ".", edge->name, NULL);
          g_array_append_val (queue, edge->node);
        }
    }
  return g_strdup (paths->pdata[wanted] ? paths->pdata[wanted] : "(unreachable)");
}
