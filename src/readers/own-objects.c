/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the objects of our saved models are: their classes, and attributes that are no variables and no modules (docs/file-format.md). They
 * are shown where the objects stand in the tree. */

#include <assay/convert.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "../tensor/number-text-private.h"
#include "keras-private.h"

#define SEPARATOR '\x1f'
#define MAX_OBJECTS 100000
#define MAX_DEPTH 20
#define MAX_SHOWN 64

typedef struct
{
  AssayManifestBuilder *builder;
  JsonArray            *objects, *nodes;
  guint32              *modules; /* of each node; G_MAXUINT32 while it has none */
} Objects;

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static JsonObject *
get_object (JsonArray *array, guint index)
{
  JsonNode *node = array && index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static void
append_numbers (GString *text, AssayDtype dtype, const guchar *data, gsize n)
{
  for (gsize i = 0; i < MIN (n, MAX_SHOWN); i++)
    {
      double value;
      char   number[NUMBER_TEXT_SIZE];

      assay_convert_to_double (dtype, data + i * assay_dtype_get_info (dtype)->item_size, &value, 1);
      number_text_shortest (dtype == ASSAY_DTYPE_FLOAT32 ? dtype : ASSAY_DTYPE_FLOAT64, value, number);
      g_string_append_printf (text, "%s%s", i ? ", " : ": ", number);
    }
  if (n > MAX_SHOWN)
    g_string_append (text, ", …");
}

/* "float32 [2]: 0.5, 1" in quotes. */
static void
append_tensor (GString *out, JsonObject *tensor)
{
  const char      *name = get_text (tensor, "dtype"), *base64 = get_text (tensor, "base64");
  AssayDtype       dtype = name ? assay_dtype_from_name (name) : ASSAY_DTYPE_INVALID;
  JsonNode        *shape = tensor ? json_object_get_member (tensor, "shape") : NULL;
  g_autofree char *dims = shape ? json_to_string (shape, FALSE) : g_strdup ("");
  g_autoptr (GString) text = g_string_new (name);
  gsize              n;
  g_autofree guchar *data = base64 ? g_base64_decode (base64, &n) : NULL;

  g_string_append_printf (text, " %s", dims);
  if (data != NULL && dtype != ASSAY_DTYPE_INVALID && assay_dtype_is_numeric (dtype) && assay_dtype_get_info (dtype)->item_size > 0)
    append_numbers (text, dtype, data, n / assay_dtype_get_info (dtype)->item_size);
  assay_json_append_string (out, text->str);
}

static gboolean append_value (GString *out, JsonObject *value, guint depth);

static gboolean
append_tuple (GString *out, JsonArray *items, guint depth)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      g_string_append (out, i ? ", " : "");
      if (!append_value (out, get_object (items, i), depth + 1))
        g_string_append (out, "null");
    }
  g_string_append_c (out, ']');
  return TRUE;
}

/* Whether it is a plain value, and no other object of the tree. */
static gboolean
append_value (GString *out, JsonObject *value, guint depth)
{
  JsonNode        *number = value ? json_object_get_member (value, "int") : NULL;
  JsonNode        *truth = value ? json_object_get_member (value, "bool") : NULL;
  JsonNode        *tensor = value ? json_object_get_member (value, "tensor") : NULL;
  JsonArray       *tuple = get_array (value, "tuple");
  const char      *text = get_text (value, "string"), *real = get_text (value, "float");
  g_autofree char *plain = number ? json_to_string (number, FALSE) : truth ? json_to_string (truth, FALSE)
                                                                           : NULL;

  if (value == NULL || depth > MAX_DEPTH || json_object_has_member (value, "node"))
    return FALSE;
  if (tuple != NULL)
    return append_tuple (out, tuple, depth);
  if (plain != NULL)
    g_string_append (out, plain);
  else if (real != NULL && assay_json_is_valid (real, strlen (real)))
    g_string_append (out, real);
  else if (text != NULL || real != NULL)
    assay_json_append_string (out, text ? text : real);
  else if (tensor != NULL && JSON_NODE_HOLDS_OBJECT (tensor))
    append_tensor (out, json_node_get_object (tensor));
  else
    g_string_append (out, "null");
  return TRUE;
}

static void
add_attributes (Objects *self, guint number)
{
  JsonObject *object = get_object (self->objects, number);
  JsonArray  *items = get_array (object, "items");
  const char *class_name = get_text (object, "class"), *kind = get_text (object, "kind");

  /* The root is of no class any more. */
  if (number > 0 && (class_name != NULL || kind != NULL))
    assay_manifest_builder_set_module_facts (self->builder, self->modules[number], class_name ? class_name : kind, 0);
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonObject      *item = get_object (items, i);
      const char      *key = get_text (item, "key");
      g_autofree char *name = key ? g_strdup (key) : g_strdup_printf ("%u", i);
      JsonNode        *value = key ? json_object_get_member (item, "value") : NULL;
      g_autoptr (GString) json = g_string_new (NULL);

      if (append_value (json, value && JSON_NODE_HOLDS_OBJECT (value) ? json_node_get_object (value) : item, 0))
        assay_manifest_builder_set_module_attribute (self->builder, self->modules[number], name, json->str);
    }
}

static gboolean
is_module (Objects *self, guint number)
{
  const char *kind = get_text (get_object (self->objects, number), "kind");

  return kind != NULL && strcmp (kind, "variable") != 0;
}

/* Modules where the object graph says that objects stand, each where it is reached first. */
static void
place_objects (Objects *self, guint n)
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint));
  guint root = 0;

  self->modules[0] = 0;
  g_array_append_val (queue, root);
  for (guint i = 0; i < queue->len; i++)
    {
      guint      at = g_array_index (queue, guint, i);
      JsonArray *children = get_array (get_object (self->nodes, at), "children");

      add_attributes (self, at);
      for (guint k = 0; children != NULL && k < json_array_get_length (children); k++)
        {
          JsonObject      *child = get_object (children, k);
          const char      *name = get_text (child, "local_name");
          JsonNode        *node = child ? json_object_get_member (child, "node_id") : NULL;
          gint64           to = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1;
          g_autofree char *path = name ? g_strdup_printf ("%s%c", name, SEPARATOR) : NULL;

          if (name == NULL || *name == '\0' || to < 0 || to >= n || self->modules[to] != G_MAXUINT32 || !is_module (self, to))
            continue;
          self->modules[to] = assay_manifest_builder_ensure_path (self->builder, self->modules[at], path, SEPARATOR, NULL);
          root = to;
          g_array_append_val (queue, root);
        }
    }
}

void
assay_own_read_objects (AssayManifestBuilder *builder, const char *objects, const char *graph)
{
  g_autoptr (JsonParser) first = json_parser_new_immutable (), second = json_parser_new_immutable ();
  Objects             self = { .builder = builder };
  JsonNode           *root, *other;
  guint               n;
  g_autofree guint32 *modules = NULL;

  /* Whether it is JSON of sensible depth is asked first. */
  if (objects == NULL || graph == NULL || !assay_json_is_valid (objects, strlen (objects)) || !assay_json_is_valid (graph, strlen (graph)))
    return;
  if (!json_parser_load_from_data (first, objects, -1, NULL) ||
      !json_parser_load_from_data (second, graph, -1, NULL))
    return;
  root = json_parser_get_root (first);
  other = json_parser_get_root (second);
  self.objects = root && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;
  self.nodes = other && JSON_NODE_HOLDS_OBJECT (other) ? get_array (json_node_get_object (other), "nodes") : NULL;
  if (self.objects == NULL || self.nodes == NULL)
    return;
  n = MIN (MIN (json_array_get_length (self.objects), json_array_get_length (self.nodes)), MAX_OBJECTS);
  self.modules = modules = g_new (guint32, MAX (n, 1));
  memset (modules, 0xff, n * sizeof *modules);
  if (n > 0)
    place_objects (&self, n);
}
