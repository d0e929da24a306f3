/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "keras-private.h"

/* Python's json writes NaN, Infinity and -Infinity outside strings: they are put into quotes. */
static char *
quote_numbers (const char *text, gsize length)
{
  static const char *const words[] = { "-Infinity", "Infinity", "NaN" };
  GString                 *out = g_string_sized_new (length + 16);
  gboolean                 in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      gsize w = G_N_ELEMENTS (words);

      if (in_string && text[i] == '\\' && i + 1 < length)
        {
          g_string_append_len (out, text + i++, 2);
          continue;
        }
      if (text[i] == '"')
        in_string = !in_string;
      for (w = 0; !in_string && w < G_N_ELEMENTS (words); w++)
        if (length - i >= strlen (words[w]) && memcmp (text + i, words[w], strlen (words[w])) == 0)
          break;
      if (in_string || w == G_N_ELEMENTS (words))
        g_string_append_c (out, text[i]);
      else
        {
          g_string_append_printf (out, "\"%s\"", words[w]);
          i += strlen (words[w]) - 1;
        }
    }
  return g_string_free (out, FALSE);
}

JsonNode *
assay_keras_parse_config (const char *text, gssize length, GError **error)
{
  gsize            n = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *clean = quote_numbers (text, n);
  AssayJsonScan    scan = { clean, clean, clean + strlen (clean) };
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) reason = NULL;

  if (!assay_json_scan_value (&scan, 0, error))
    return NULL;
  if (!json_parser_load_from_data (parser, clean, -1, &reason) || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The config is no JSON object%s%s", reason ? ": " : "", reason ? reason->message : "");
      return NULL;
    }
  return json_node_ref (json_parser_get_root (parser));
}

/* json-glib 1.6 writes 1e-10 as "1e-10.0", which is no JSON: what stands behind an exponent's digits goes. */
char *
assay_keras_to_json (JsonNode *node)
{
  char    *text = json_to_string (node, FALSE), *to = text;
  gboolean in_string = FALSE, in_exponent = FALSE;

  for (const char *from = text; *from != '\0'; from++)
    {
      if (in_string && *from == '\\' && from[1] != '\0')
        *to++ = *from++;
      else if (*from == '"')
        in_string = !in_string;
      else if (!in_string && (*from == 'e' || *from == 'E') && from > text && g_ascii_isdigit (from[-1]))
        in_exponent = TRUE;
      else if (in_exponent && *from == '.' && from[1] == '0')
        {
          from++;
          continue;
        }
      else if (in_exponent && !g_ascii_isdigit (*from) && *from != '-' && *from != '+')
        in_exponent = FALSE;
      *to++ = *from;
    }
  *to = '\0';
  return text;
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  return object && json_object_has_member (object, name) ? json_object_get_member (object, name) : NULL;
}

JsonObject *
assay_keras_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

const char *
assay_keras_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gboolean
assay_keras_get_boolean (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : fallback;
}

JsonArray *
assay_keras_get_layers (JsonObject *layer)
{
  JsonNode *config = get_member (layer, "config");
  JsonNode *layers;

  if (config == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (config))
    return json_node_get_array (config);
  layers = JSON_NODE_HOLDS_OBJECT (config) ? get_member (json_node_get_object (config), "layers") : NULL;
  return layers && JSON_NODE_HOLDS_ARRAY (layers) ? json_node_get_array (layers) : NULL;
}

const char *
assay_keras_get_layer_name (JsonObject *layer)
{
  const char *name = assay_keras_get_string (assay_keras_get_object (layer, "config"), "name");

  if (name == NULL)
    name = assay_keras_get_string (layer, "name");
  return name ? name : "";
}

guint32
assay_keras_inherit (guint32 flags, JsonObject *layer)
{
  return assay_keras_get_boolean (assay_keras_get_object (layer, "config"), "trainable", TRUE) ? flags : flags | ASSAY_FLAG_NON_TRAINABLE;
}

/* The settings of a layer without the layers that are in it: those are modules of their own. */
static char *
dup_settings (JsonObject *config)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GList) members = json_object_get_members (config);

  for (GList *l = members; l != NULL; l = l->next)
    if (strcmp (l->data, "layers") != 0)
      json_object_set_member (copy, l->data, json_node_copy (json_object_get_member (config, l->data)));
  json_node_set_object (node, copy);
  return assay_keras_to_json (node);
}

guint32
assay_keras_add_layer (AssayReaderContext *context, guint32 parent, JsonObject *layer, guint32 flags)
{
  JsonObject *config = assay_keras_get_object (layer, "config");
  gboolean    has_layers = assay_keras_get_layers (layer) != NULL;
  guint32     module = assay_manifest_builder_add_module (context->builder, parent, assay_keras_get_layer_name (layer),
                                                          assay_keras_get_string (layer, "class_name"),
                                                          (flags & ASSAY_FLAG_OPTIMIZER) | ASSAY_FLAG_ORDERED);

  if (config != NULL)
    {
      g_autofree char *settings = dup_settings (config);

      assay_manifest_builder_set_module_attribute (context->builder, module, has_layers ? "model_config" : "config", settings);
    }
  return module;
}

void
assay_keras_add_config (AssayReaderContext *context, JsonObject *config)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *json = NULL;

  if (config == NULL)
    return;
  json_node_set_object (node, config);
  json = assay_keras_to_json (node);
  assay_manifest_builder_set_module_attribute (context->builder, 0, ".config", json);
}
