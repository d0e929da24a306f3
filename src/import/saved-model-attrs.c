/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attributes, constants and other small parts of a SavedModel. */

#include <string.h>

#include "saved-model-private.h"

#define MAX_FILL (256u << 20)

gboolean
assay_program_damaged (const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The SavedModel's graph is damaged: %s", what);
  return FALSE;
}

const char *
assay_program_text (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gint64
assay_program_number (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : G_MININT64;
}

JsonArray *
assay_program_list (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
assay_program_element (JsonArray *list, guint index)
{
  JsonNode *node = list && index < json_array_get_length (list) ? json_array_get_element (list, index) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonObject *
assay_program_object (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

AssayPartialShape
assay_program_shape (JsonNode *node)
{
  AssayPartialShape shape = assay_partial_shape_unknown ();
  JsonArray        *list = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (list == NULL || json_array_get_length (list) > ASSAY_GRAPH_MAX_RANK)
    return shape;
  shape.rank = json_array_get_length (list);
  for (int i = 0; i < shape.rank; i++)
    shape.dims[i] = MAX (assay_program_number (json_array_get_element (list, i)), -1);
  return shape;
}

AssayResource *
assay_program_resource (AssayProgram *self, guint variable, GError **error)
{
  AssayResource *resource = g_hash_table_lookup (self->resources, GUINT_TO_POINTER (variable));

  if (resource == NULL)
    {
      resource = assay_import_variable (self->context, variable, error);
      if (resource != NULL)
        g_hash_table_insert (self->resources, GUINT_TO_POINTER (variable), resource);
    }
  return resource;
}

AssayTensor *
assay_program_tensor (JsonObject *json, GError **error)
{
  const char        *base64 = assay_program_text (json, "base64"), *fill = assay_program_text (json, "fill"), *name = assay_program_text (json, "dtype");
  AssayPartialShape  shape = assay_program_shape (json ? json_object_get_member (json, "shape") : NULL);
  AssayDtype         dtype = name ? assay_dtype_from_name (name) : ASSAY_DTYPE_INVALID;
  guint64            dims[ASSAY_GRAPH_MAX_RANK], n = dtype == ASSAY_DTYPE_INVALID ? 0 : assay_dtype_get_info (dtype)->item_size;
  gsize              n_given = 0;
  g_autofree guchar *given = base64 || fill ? g_base64_decode (base64 ? base64 : fill, &n_given) : NULL;
  guint64            item_size = n;
  g_autoptr (GBytes) bytes = NULL;

  if (n == 0 || given == NULL || shape.rank < 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Constants of %s can't be used", name ? name : "no dtype");
      return NULL;
    }
  for (int i = 0; i < shape.rank; i++)
    {
      dims[i] = MAX (shape.dims[i], 0);
      if (shape.dims[i] < 0 || !g_uint64_checked_mul (&n, n, dims[i]) || n > MAX_FILL)
        {
          assay_program_damaged ("a constant is too large", error);
          return NULL;
        }
    }
  if (n_given != (fill ? item_size : n))
    {
      assay_program_damaged ("a constant isn't as large as it says", error);
      return NULL;
    }
  if (fill != NULL)
    {
      guchar *all = g_try_malloc (MAX (n, 1));

      for (guint64 i = 0; all != NULL && i < n; i += item_size)
        memcpy (all + i, given, item_size);
      bytes = g_bytes_new_take (all, all ? n : 0);
    }
  else
    bytes = g_bytes_new (given, n_given);
  return assay_tensor_new (dtype, shape.rank, dims, bytes, error);
}

GPtrArray *
assay_program_strings (JsonObject *json)
{
  GPtrArray *strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  JsonArray *list = assay_program_list (json, "strings");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      gsize     n;
      guchar   *data = g_base64_decode (JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) ? json_node_get_string (node) : "", &n);

      g_ptr_array_add (strings, g_bytes_new_take (data, n));
    }
  return strings;
}

/* A text with a NUL behind it that isn't counted. */
static GBytes *
take_text (guchar *data, gsize n)
{
  char *copy = g_malloc (n + 1);

  memcpy (copy, data, n);
  copy[n] = '\0';
  g_free (data);
  return g_bytes_new_with_free_func (copy, n, g_free, copy);
}

typedef struct
{
  const char   *name;
  AssayAttrKind kind;
} Kind;

static const Kind kinds[] = {
  { "s", ASSAY_ATTR_STRING },
  { "i", ASSAY_ATTR_INT },
  { "f", ASSAY_ATTR_FLOAT },
  { "b", ASSAY_ATTR_BOOL },
  { "type", ASSAY_ATTR_DTYPE },
  { "shape", ASSAY_ATTR_SHAPE },
  { "tensor", ASSAY_ATTR_TENSOR },
  { "func", ASSAY_ATTR_FUNCTION },
};

static gboolean
take_element (AssayProgram *self, AssayAttr *attr, guint i, JsonNode *node, guint depth, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  gsize       n;
  guchar     *data;

  switch (attr->kind)
    {
    case ASSAY_ATTR_STRING:
      data = g_base64_decode (text ? text : "", &n);
      attr->strings[i] = take_text (data, n);
      return TRUE;
    case ASSAY_ATTR_FUNCTION:
      attr->strings[i] = take_text ((guchar *) g_strdup (text ? text : ""), text ? strlen (text) : 0);
      return text == NULL || *text == '\0' || assay_program_convert (self, text, depth + 1, error);
    case ASSAY_ATTR_FLOAT:
      attr->floats[i] = text ? g_ascii_strtod (text, NULL) : 0;
      return TRUE;
    case ASSAY_ATTR_DTYPE:
      attr->ints[i] = text ? assay_dtype_from_name (text) : ASSAY_DTYPE_INVALID;
      return TRUE;
    case ASSAY_ATTR_SHAPE:
      attr->shapes[i] = assay_program_shape (node);
      return TRUE;
    case ASSAY_ATTR_TENSOR:
      attr->tensors[i] = assay_program_tensor (JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, error);
      return attr->tensors[i] != NULL;
    default:
      attr->ints[i] = assay_program_number (node);
      return attr->ints[i] != G_MININT64 || assay_program_damaged ("an attribute is no number", error);
    }
}

static gboolean
take_attr (AssayProgram *self, AssayAttrs *attrs, const char *name, JsonObject *json, gboolean is_list, guint depth, GError **error)
{
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      JsonNode  *node = json_object_get_member (json, kinds[k].name);
      JsonArray *list = node && is_list && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      AssayAttr  attr = { .kind = kinds[k].kind, .is_list = is_list };
      gboolean   good = TRUE;

      if (node == NULL || (is_list && list == NULL))
        continue;
      attr.n = is_list ? json_array_get_length (list) : 1;
      attr.ints = g_malloc0 (MAX (attr.n, 1) * sizeof (AssayPartialShape));
      for (guint i = 0; i < attr.n && good; i++)
        {
          good = take_element (self, &attr, i, is_list ? json_array_get_element (list, i) : node, depth, error);
          if (!good && (attr.kind == ASSAY_ATTR_TENSOR || attr.kind == ASSAY_ATTR_STRING))
            attr.n = i;
          else if (!good)
            attr.n = MIN (attr.n, i + 1);
        }
      assay_attrs_take (attrs, name, &attr);
      return good;
    }
  if (is_list)
    {
      AssayAttr attr = { .kind = ASSAY_ATTR_INT, .is_list = TRUE, .ints = g_malloc0 (8) };

      assay_attrs_take (attrs, name, &attr);
    }
  return TRUE;
}

AssayAttrs *
assay_program_attrs (AssayProgram *self, JsonObject *json, const char *skip, guint depth, GError **error)
{
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *node;

  if (json == NULL)
    return g_steal_pointer (&attrs);
  json_object_iter_init (&iter, json);
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonObject *value = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *list = assay_program_object (value, "list");

      if (value == NULL || g_strcmp0 (name, skip) == 0)
        continue;
      if (!take_attr (self, attrs, name, list ? list : value, list != NULL, depth, error))
        return NULL;
    }
  return g_steal_pointer (&attrs);
}
