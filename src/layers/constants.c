/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Arrays among the arguments of a config: {"class_name": "__tensor__" or "__numpy__", "config": {"value": nested lists, "dtype": "float32"}}.
 * Source: keras/src/saving/serialization_lib.py. */

#include "layers-private.h"

typedef struct
{
  AssayPartialShape shape;
  GArray           *values; /* of double */
} Array;

/* Appends what a list holds; all lists of a depth are as long as the first. */
static gboolean
flatten (Array *array, JsonNode *node, int depth)
{
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n = list ? json_array_get_length (list) : 0;

  if (list == NULL)
    {
      double value;

      if (depth != array->shape.rank || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) == G_TYPE_STRING)
        return FALSE;
      value = assay_keras_node_float (node, 0);
      g_array_append_val (array->values, value);
      return TRUE;
    }
  if (depth >= array->shape.rank || (gint64) n != array->shape.dims[depth])
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!flatten (array, json_array_get_element (list, i), depth + 1))
      return FALSE;
  return TRUE;
}

/* The lengths of the first lists. */
static gboolean
measure (Array *array, JsonNode *node)
{
  array->shape.rank = 0;
  while (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *list = json_node_get_array (node);

      if (array->shape.rank == ASSAY_GRAPH_MAX_RANK)
        return FALSE;
      array->shape.dims[array->shape.rank++] = json_array_get_length (list);
      node = json_array_get_length (list) > 0 ? json_array_get_element (list, 0) : NULL;
    }
  return node != NULL;
}

AssayValue *
assay_keras_constant (JsonNode *node)
{
  JsonObject  *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char  *class_name = assay_keras_string (object, "class_name", "");
  JsonObject  *config = assay_keras_object (object, "config");
  JsonNode    *value = assay_keras_member (config, "value");
  AssayDtype   dtype = assay_dtype_from_name (assay_keras_string (config, "dtype", "float32"));
  Array        array;
  AssayTensor *tensor;
  g_autoptr (GBytes) bytes = NULL;

  if ((!g_str_equal (class_name, "__tensor__") && !g_str_equal (class_name, "__numpy__")) || value == NULL || dtype == ASSAY_DTYPE_INVALID)
    return NULL;
  array.values = g_array_new (FALSE, FALSE, sizeof (double));
  if (!measure (&array, value) || !flatten (&array, value, 0))
    {
      g_array_unref (array.values);
      return NULL;
    }
  bytes = g_bytes_new (array.values->data, array.values->len * sizeof (double));
  g_array_unref (array.values);
  tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT64, array.shape.rank, (const guint64 *) array.shape.dims, bytes, NULL);
  return tensor ? assay_keras_cast (assay_pool_take (assay_value_new_take (tensor)), dtype, NULL) : NULL;
}
