/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json-text-private.h"

#include "facts-private.h"

#include <json-glib/json-glib.h>

static JsonNode *
parse (const char *json)
{
  return json ? json_from_string (json, NULL) : NULL;
}

char *
assay_json_pretty (const char *json)
{
  g_autoptr (JsonNode) node = parse (json);

  return node ? json_to_string (node, TRUE) : g_strdup (json);
}

static char *
value_text (JsonNode *value)
{
  if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    return json_node_dup_string (value);
  return json_to_string (value, FALSE);
}

guint
assay_json_add_rows (GtkGrid *grid, const char *json)
{
  g_autoptr (JsonNode) node = parse (json);
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *value;
  guint          n = 0;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return 0;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_autofree char *text = value_text (value);

      if (g_utf8_strlen (text, -1) > 600)
        *g_utf8_offset_to_pointer (text, 600) = 0;
      assay_facts_add (grid, name, text);
      n++;
    }
  return n;
}
