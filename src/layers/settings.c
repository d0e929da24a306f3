/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings of layers, taken from JSON that may be anything. */

#include "layers-private.h"

#include <math.h>

JsonNode *
assay_keras_member (JsonObject *config, const char *name)
{
  return config && json_object_has_member (config, name) ? json_object_get_member (config, name) : NULL;
}

static gboolean
holds (JsonNode *node, GType type)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

gboolean
assay_keras_bool (JsonObject *config, const char *name, gboolean fallback)
{
  JsonNode *node = assay_keras_member (config, name);

  if (holds (node, G_TYPE_INT64))
    return json_node_get_int (node) != 0;
  return holds (node, G_TYPE_BOOLEAN) ? json_node_get_boolean (node) : fallback;
}

/* Numbers beyond ±2³¹ are of no use as sizes, and would overflow in products. */
static gint64
node_int (JsonNode *node, gint64 fallback)
{
  if (holds (node, G_TYPE_INT64))
    return CLAMP (json_node_get_int (node), -G_MAXINT32, G_MAXINT32);
  if (holds (node, G_TYPE_DOUBLE) && fabs (json_node_get_double (node)) <= G_MAXINT32)
    return (gint64) json_node_get_double (node);
  return fallback;
}

gint64
assay_keras_int (JsonObject *config, const char *name, gint64 fallback)
{
  return node_int (assay_keras_member (config, name), fallback);
}

/* Readers put Python's NaN and Infinity in quotes. Keras writes NumPy numbers as objects with a value. */
double
assay_keras_node_float (JsonNode *node, double fallback)
{
  if (holds (node, G_TYPE_DOUBLE))
    return json_node_get_double (node);
  if (holds (node, G_TYPE_INT64))
    return json_node_get_int (node);
  if (holds (node, G_TYPE_BOOLEAN))
    return json_node_get_boolean (node);
  if (holds (node, G_TYPE_STRING))
    {
      const char *text = json_node_get_string (node);

      if (g_str_equal (text, "Infinity") || g_str_equal (text, "-Infinity"))
        return *text == '-' ? -INFINITY : INFINITY;
      if (g_str_equal (text, "NaN"))
        return NAN;
    }
  if (node && JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonNode *value = assay_keras_member (json_node_get_object (node), "value");

      if (value == NULL)
        value = assay_keras_member (assay_keras_object (json_node_get_object (node), "config"), "value");
      if (value != NULL && JSON_NODE_HOLDS_VALUE (value))
        return assay_keras_node_float (value, fallback);
    }
  return fallback;
}

double
assay_keras_float (JsonObject *config, const char *name, double fallback)
{
  return assay_keras_node_float (assay_keras_member (config, name), fallback);
}

const char *
assay_keras_string (JsonObject *config, const char *name, const char *fallback)
{
  JsonNode *node = assay_keras_member (config, name);

  return holds (node, G_TYPE_STRING) ? json_node_get_string (node) : fallback;
}

JsonObject *
assay_keras_object (JsonObject *config, const char *name)
{
  JsonNode *node = assay_keras_member (config, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
assay_keras_array (JsonObject *config, const char *name)
{
  JsonNode *node = assay_keras_member (config, name);

  /* A tuple that was written as an object. */
  if (node && JSON_NODE_HOLDS_OBJECT (node) && g_strcmp0 (assay_keras_string (json_node_get_object (node), "class_name", NULL), "__tuple__") == 0)
    node = assay_keras_member (json_node_get_object (node), "items");
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

int
assay_keras_node_ints (JsonNode *node, gint64 *values, int n, int max)
{
  JsonArray *array;

  if (holds (node, G_TYPE_INT64) || holds (node, G_TYPE_DOUBLE))
    {
      for (int i = 0; i < n; i++)
        values[i] = node_int (node, 0);
      return n;
    }
  if (node && JSON_NODE_HOLDS_OBJECT (node))
    node = assay_keras_member (json_node_get_object (node), "items");
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return -1;
  array = json_node_get_array (node);
  if (json_array_get_length (array) > (guint) max)
    return -1;
  for (guint i = 0; i < json_array_get_length (array); i++)
    values[i] = node_int (json_array_get_element (array, i), G_MININT64);
  return json_array_get_length (array);
}

int
assay_keras_ints (JsonObject *config, const char *name, gint64 *values, int n, int max)
{
  return assay_keras_node_ints (assay_keras_member (config, name), values, n, max);
}

gboolean
assay_keras_channels_first (AssayKerasLayer *self)
{
  const char *format = assay_keras_string (self->config, "data_format", NULL);

  /* Keras 1. */
  if (format == NULL)
    return g_strcmp0 (assay_keras_string (self->config, "dim_ordering", "tf"), "th") == 0;
  return g_str_equal (format, "channels_first");
}
