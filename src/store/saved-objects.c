/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The objects of a saved model: node by node what it is, and what its attributes hold. An attribute is {"int": 3}, {"tensor": …},
 * {"tuple": […]}, or {"node": 5} for what is a node itself. */

#include <string.h>

#include "saved-model-private.h"

#define MAX_DEPTH 100

typedef struct
{
  GHashTable *numbers; /* pointer → node + 1 */
} Writing;

static JsonNode *item_node (Writing *self, AssayItem *item, guint depth);

static JsonArray *
items_array (Writing *self, AssayItem *item, guint depth)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < assay_item_get_n (item); i++)
    {
      const char *key;
      AssayItem  *inner = assay_item_get_nth (item, i, &key);
      JsonObject *object;

      if (key == NULL)
        {
          json_array_add_element (array, item_node (self, inner, depth));
          continue;
        }
      object = json_object_new ();
      assay_json_add_text (object, "key", key);
      json_object_set_member (object, "value", item_node (self, inner, depth));
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonNode *
item_node (Writing *self, AssayItem *item, guint depth)
{
  JsonObject *object = json_object_new ();
  AssayLive   live;
  guint       number = assay_live_of (item, &live) ? GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, live.pointer)) : 0;

  if (number > 0)
    json_object_set_int_member (object, "node", number - 1);
  else if (depth < MAX_DEPTH)
    switch (assay_item_get_kind (item))
      {
      case ASSAY_ITEM_BOOL:
        json_object_set_boolean_member (object, "bool", assay_item_get_int (item) != 0);
        break;
      case ASSAY_ITEM_INT:
        json_object_set_int_member (object, "int", assay_item_get_int (item));
        break;
      case ASSAY_ITEM_FLOAT:
        {
          char text[G_ASCII_DTOSTR_BUF_SIZE];

          assay_json_add_text (object, "float", g_ascii_dtostr (text, sizeof text, assay_item_get_float (item)));
          break;
        }
      case ASSAY_ITEM_STRING:
        assay_json_add_text (object, "string", assay_item_get_string (item));
        break;
      case ASSAY_ITEM_TENSOR:
        json_object_set_member (object, "tensor", assay_tensor_to_json (assay_value_get_tensor (assay_item_get_tensor (item))));
        break;
      case ASSAY_ITEM_TUPLE:
        json_object_set_array_member (object, "tuple", items_array (self, item, depth + 1));
        break;
      default:
        json_object_set_null_member (object, "none");
        break;
      }
  return assay_json_wrap_object (object);
}

static const char *
container_kind (AssayItem *item)
{
  switch (assay_item_get_kind (item))
    {
    case ASSAY_ITEM_DICT:
      return "dict";
    case ASSAY_ITEM_TUPLE:
      return "tuple";
    default:
      return "list";
    }
}

static JsonObject *
object_of (Writing *self, const AssayLive *live)
{
  JsonObject *object = json_object_new ();

  if (live->object != NULL && ASSAY_IS_VARIABLE (live->object))
    {
      assay_json_add_text (object, "kind", "variable");
      assay_json_add_text (object, "name", assay_resource_get_name (ASSAY_RESOURCE (live->object)));
      json_object_set_boolean_member (object, "trainable", assay_variable_get_trainable (ASSAY_VARIABLE (live->object)));
      return object;
    }
  if (live->object != NULL)
    {
      assay_json_add_text (object, "kind", "user_object");
      assay_json_add_text (object, "class", assay_module_get_class_name (ASSAY_MODULE (live->object)));
      assay_json_add_text (object, "name", assay_module_get_name (ASSAY_MODULE (live->object)));
    }
  else
    assay_json_add_text (object, "kind", container_kind (live->children));
  json_object_set_array_member (object, "items", items_array (self, live->children, 0));
  return object;
}

JsonNode *
assay_objects_to_json (AssayObjectGraph *graph, GArray *objects)
{
  JsonArray *array = json_array_new ();
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  Writing self = { numbers };

  for (guint i = 0; i < objects->len; i++)
    g_hash_table_insert (numbers, g_array_index (objects, AssayLive, i).pointer, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < objects->len; i++)
    json_array_add_object_element (array, object_of (&self, &g_array_index (objects, AssayLive, i)));
  return assay_json_wrap_array (array);
}

typedef struct
{
  JsonArray *nodes;
  GPtrArray *variables;
  GPtrArray *items; /* of AssayItem: each node's; made before any is filled, so that circles are none */
  GError   **error;
} Reading;

static JsonObject *
node_object (Reading *self, guint number)
{
  JsonNode *node = json_array_get_element (self->nodes, number);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static AssayItem *
make_node (Reading *self, guint number)
{
  JsonObject *object = node_object (self, number);
  const char *kind = object ? assay_json_get_text (object, "kind") : NULL, *name = object ? assay_json_get_text (object, "name") : NULL;
  g_autoptr (AssayModule) module = NULL;

  if (g_strcmp0 (kind, "variable") == 0)
    {
      AssayVariable *variable = number < self->variables->len ? self->variables->pdata[number] : NULL;

      if (variable == NULL)
        return assay_json_damaged ("a variable has no value", self->error);
      assay_variable_set_trainable (variable, json_object_get_boolean_member_with_default (object, "trainable", TRUE));
      return assay_item_new_object (variable);
    }
  if (g_strcmp0 (kind, "list") == 0)
    return assay_item_new_list ();
  if (g_strcmp0 (kind, "tuple") == 0)
    return assay_item_new_tuple ();
  if (g_strcmp0 (kind, "dict") == 0)
    return assay_item_new_dict ();
  if (g_strcmp0 (kind, "user_object") != 0)
    return assay_json_damaged ("an object is of no kind", self->error);
  module = assay_module_new (ASSAY_TYPE_USER_OBJECT, NULL, NULL);
  if (name != NULL)
    assay_module_set_name (module, name);
  return assay_item_new_object (module);
}

static AssayItem *read_item (Reading *self, JsonNode *node, guint depth);

static AssayItem *
read_tuple (Reading *self, JsonArray *array, guint depth)
{
  g_autoptr (AssayItem) tuple = assay_item_new_tuple ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      AssayItem *inner = read_item (self, json_array_get_element (array, i), depth + 1);

      if (inner == NULL)
        return NULL;
      assay_item_append (tuple, inner);
    }
  return g_steal_pointer (&tuple);
}

static AssayItem *
read_tensor (Reading *self, JsonNode *node)
{
  g_autoptr (AssayTensor) tensor = assay_tensor_from_json (node, self->error);
  g_autoptr (AssayValue) value = tensor ? assay_value_new (tensor) : NULL;

  return value ? assay_item_new_tensor (value) : NULL;
}

static AssayItem *
read_item (Reading *self, JsonNode *node, guint depth)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64      number = object ? assay_json_get_int (json_object_get_member (object, "node")) : 0;
  JsonArray  *tuple = object ? assay_json_get_array (object, "tuple") : NULL;

  if (object == NULL || depth > MAX_DEPTH)
    return assay_json_damaged ("an attribute is none", self->error);
  if (number >= 0 && number < self->items->len)
    return assay_item_ref (self->items->pdata[number]);
  if (number != G_MININT64)
    return assay_json_damaged ("an attribute is an object that isn't there", self->error);
  if (tuple != NULL)
    return read_tuple (self, tuple, depth);
  if (json_object_has_member (object, "tensor"))
    return read_tensor (self, json_object_get_member (object, "tensor"));
  if (json_object_has_member (object, "bool"))
    return assay_item_new_bool (json_object_get_boolean_member_with_default (object, "bool", FALSE));
  if (json_object_has_member (object, "int"))
    return assay_item_new_int (assay_json_get_int (json_object_get_member (object, "int")));
  if (assay_json_get_text (object, "float") != NULL)
    return assay_item_new_float (g_ascii_strtod (assay_json_get_text (object, "float"), NULL));
  if (assay_json_get_text (object, "string") != NULL)
    return assay_item_new_string (assay_json_get_text (object, "string"));
  return assay_item_new_none ();
}

static gboolean
fill (Reading *self, guint number)
{
  JsonObject *object = node_object (self, number);
  JsonArray  *items = assay_json_get_array (object, "items");
  AssayItem  *target = self->items->pdata[number];
  gboolean    is_module = assay_item_get_kind (target) == ASSAY_ITEM_MODULE, keyed = is_module || assay_item_get_kind (target) == ASSAY_ITEM_DICT;

  for (guint i = 0; items != NULL && assay_item_get_kind (target) != ASSAY_ITEM_VARIABLE && i < json_array_get_length (items); i++)
    {
      JsonNode   *member = json_array_get_element (items, i);
      JsonObject *pair = keyed && JSON_NODE_HOLDS_OBJECT (member) ? json_node_get_object (member) : NULL;
      const char *key = pair ? assay_json_get_text (pair, "key") : NULL;
      JsonNode   *value = pair ? json_object_get_member (pair, "value") : member;
      AssayItem  *item;

      if ((keyed && key == NULL) || value == NULL)
        return assay_json_damaged ("an attribute has no name", self->error) != NULL;
      item = read_item (self, value, 0);
      if (item == NULL)
        return FALSE;
      if (is_module)
        assay_module_set (assay_item_get_object (target), key, item);
      else if (keyed)
        assay_item_insert (target, key, item);
      else
        assay_item_append (target, item);
    }
  return TRUE;
}

AssayModule *
assay_objects_from_json (JsonNode *node, GPtrArray *variables, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_item_unref);
  Reading self = { node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL, variables, items, error };

  if (self.nodes == NULL || json_array_get_length (self.nodes) == 0)
    return assay_json_damaged ("there are no objects", error);
  for (guint i = 0; i < json_array_get_length (self.nodes); i++)
    {
      AssayItem *item = make_node (&self, i);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (items, item);
    }
  for (guint i = 0; i < items->len; i++)
    if (!fill (&self, i))
      return NULL;
  if (assay_item_get_kind (items->pdata[0]) != ASSAY_ITEM_MODULE)
    return assay_json_damaged ("the root is no module", error);
  return g_object_ref (assay_item_get_object (items->pdata[0]));
}

static gboolean
is_list (const AssayGraphNode *node)
{
  for (guint i = 0; i < node->edges->len; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      if (strcmp (g_array_index (node->edges, AssayGraphEdge, i).name, number) != 0)
        return FALSE;
    }
  return node->edges->len > 0;
}

static AssayItem *
make_by_graph (AssayObjectGraph *graph, guint number, AssayVariable *variable)
{
  g_autoptr (AssayModule) module = NULL;

  if (variable != NULL)
    return assay_item_new_object (variable);
  if (number > 0 && is_list (assay_object_graph_get (graph, number)))
    return assay_item_new_list ();
  module = assay_module_new (ASSAY_TYPE_USER_OBJECT, NULL, NULL);
  return assay_item_new_object (module);
}

AssayModule *
assay_objects_from_graph (AssayObjectGraph *graph, GPtrArray *variables)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_item_unref);

  for (guint i = 0; i < graph->nodes->len; i++)
    g_ptr_array_add (items, make_by_graph (graph, i, i > 0 && i < variables->len ? variables->pdata[i] : NULL));
  for (guint i = 0; i < items->len; i++)
    {
      AssayGraphNode *node = assay_object_graph_get (graph, i);
      AssayItemKind   kind = assay_item_get_kind (items->pdata[i]);

      for (guint k = 0; k < node->edges->len && kind != ASSAY_ITEM_VARIABLE; k++)
        {
          const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, k);
          AssayItem            *child = assay_item_ref (items->pdata[edge->node]);

          if (kind == ASSAY_ITEM_LIST)
            assay_item_append (items->pdata[i], child);
          else
            assay_module_set (assay_item_get_object (items->pdata[i]), edge->name, child);
        }
    }
  return g_object_ref (assay_item_get_object (items->pdata[0]));
}
