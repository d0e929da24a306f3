/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tensors, shapes and attributes as JSON. */

#include "json-private.h"

#include <string.h>

/* What is larger is put beside the text. */
#define MAX_INLINE 1024

static const char *const kind_names[] = { "int", "float", "bool", "string", "dtype", "shape", "tensor", "function" };

gpointer
assay_json_damaged (const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The saved model is damaged: %s.", what);
  return NULL;
}

void
assay_json_add_text (JsonObject *object, const char *name, const char *text)
{
  json_object_set_string_member (object, name, text);
}

JsonNode *
assay_json_wrap_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

JsonNode *
assay_json_wrap_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

const char *
assay_json_get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

gint64
assay_json_get_int (JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : G_MININT64;
}

JsonArray *
assay_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonNode *
assay_shape_to_json (const AssayPartialShape *shape)
{
  JsonArray *array;

  if (shape->rank < 0)
    return json_node_new (JSON_NODE_NULL);
  array = json_array_new ();
  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      json_array_add_null_element (array);
    else
      json_array_add_int_element (array, shape->dims[i]);
  return assay_json_wrap_array (array);
}

gboolean
assay_shape_from_json (JsonNode *node, AssayPartialShape *shape, GError **error)
{
  JsonArray *array;

  *shape = assay_partial_shape_unknown ();
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (array == NULL || json_array_get_length (array) > ASSAY_GRAPH_MAX_RANK)
    return assay_json_damaged ("a shape is none", error) != NULL;
  shape->rank = json_array_get_length (array);
  for (int i = 0; i < shape->rank; i++)
    {
      JsonNode *dim = json_array_get_element (array, i);

      shape->dims[i] = JSON_NODE_HOLDS_NULL (dim) ? -1 : assay_json_get_int (dim);
      if (shape->dims[i] < -1)
        return assay_json_damaged ("a dimension is negative", error) != NULL;
    }
  return TRUE;
}

JsonNode *
assay_tensor_to_json (AssayTensor *tensor)
{
  JsonObject       *object = json_object_new ();
  AssayPartialShape shape = { .rank = assay_tensor_get_rank (tensor) };
  gsize             n;
  gconstpointer     data = g_bytes_get_data (assay_tensor_get_bytes (tensor), &n);
  g_autofree char  *text = g_base64_encode (data, n);

  for (int i = 0; i < shape.rank && i < ASSAY_GRAPH_MAX_RANK; i++)
    shape.dims[i] = assay_tensor_get_shape (tensor)[i];
  assay_json_add_text (object, "dtype", assay_dtype_get_info (assay_tensor_get_dtype (tensor))->name);
  json_object_set_member (object, "shape", assay_shape_to_json (&shape));
  assay_json_add_text (object, "base64", text);
  return assay_json_wrap_object (object);
}

AssayTensor *
assay_tensor_from_json (JsonNode *node, GError **error)
{
  JsonObject       *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char       *text = object ? assay_json_get_text (object, "base64") : NULL, *name = object ? assay_json_get_text (object, "dtype") : NULL;
  AssayDtype        dtype = name ? assay_dtype_from_name (name) : ASSAY_DTYPE_INVALID;
  AssayPartialShape shape;
  guint64           dims[ASSAY_GRAPH_MAX_RANK], n_wanted = dtype != ASSAY_DTYPE_INVALID ? assay_dtype_get_info (dtype)->item_size : 0;
  gsize             n;
  guchar           *data;
  g_autoptr (GBytes) bytes = NULL;

  if (text == NULL || n_wanted == 0)
    return assay_json_damaged ("a tensor is none", error);
  if (!assay_shape_from_json (json_object_get_member (object, "shape"), &shape, error))
    return NULL;
  for (int i = 0; i < shape.rank; i++)
    if (shape.dims[i] < 0 || !g_uint64_checked_mul (&n_wanted, n_wanted, shape.dims[i]))
      return assay_json_damaged ("a tensor has no size", error);
  for (int i = 0; i < shape.rank; i++)
    dims[i] = shape.dims[i];
  data = g_base64_decode (text, &n);
  bytes = g_bytes_new_take (data, n);
  if (n != n_wanted || shape.rank < 0)
    return assay_json_damaged ("a tensor isn't as large as it says", error);
  return assay_tensor_new (dtype, shape.rank, dims, bytes, error);
}

static JsonNode *
number_node (double value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  if (value - value == 0)
    json_node_set_double (node, value);
  else
    json_node_set_string (node, value != value ? "NaN" : value > 0 ? "Infinity"
                                                                   : "-Infinity");
  return node;
}

static JsonNode *
text_node (GBytes *bytes)
{
  JsonNode        *node = json_node_new (JSON_NODE_VALUE);
  gsize            n;
  const char      *data = g_bytes_get_data (bytes, &n);
  g_autofree char *text = g_base64_encode ((const guchar *) data, n);
  g_autofree char *marked = g_strconcat ("base64:", text, NULL);

  if (n > 0 && g_utf8_validate_len (data, n, NULL) && memchr (data, 0, n) == NULL && strncmp (data, "base64:", MIN (n, 7)) != 0)
    {
      g_autofree char *copy = g_strndup (data, n);

      json_node_set_string (node, copy);
    }
  else
    json_node_set_string (node, n == 0 ? "" : marked);
  return node;
}

static JsonNode *
tensor_node (AssayTensor *tensor, const AssayFunctionStore *store)
{
  JsonNode *node;

  if (g_bytes_get_size (assay_tensor_get_bytes (tensor)) <= MAX_INLINE)
    return assay_tensor_to_json (tensor);
  node = json_node_new (JSON_NODE_VALUE);
  json_node_set_int (node, store->put_tensor (tensor, store->data));
  return node;
}

static JsonNode *
element_node (const AssayAttr *attr, guint i, const AssayFunctionStore *store)
{
  JsonNode *node = NULL;

  switch (attr->kind)
    {
    case ASSAY_ATTR_FLOAT:
      return number_node (attr->floats[i]);
    case ASSAY_ATTR_STRING:
    case ASSAY_ATTR_FUNCTION:
      return text_node (attr->strings[i]);
    case ASSAY_ATTR_SHAPE:
      return assay_shape_to_json (&attr->shapes[i]);
    case ASSAY_ATTR_TENSOR:
      return tensor_node (attr->tensors[i], store);
    case ASSAY_ATTR_DTYPE:
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_string (node, assay_dtype_get_info (attr->ints[i])->name);
      return node;
    default:
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_int (node, attr->ints[i]);
      return node;
    }
}

/* {"name": {"int": [3]}}; a list has "list": true beside it. */
JsonNode *
assay_attrs_to_json (AssayAttrs *attrs, const AssayFunctionStore *store)
{
  JsonObject *all = json_object_new ();
  g_autoptr (GPtrArray) names = assay_attrs_list (attrs);

  for (guint i = 0; i < names->len; i++)
    {
      const AssayAttr *attr = assay_attrs_get (attrs, names->pdata[i]);
      JsonObject      *object = json_object_new ();
      JsonArray       *values = json_array_new ();

      for (guint k = 0; k < attr->n; k++)
        json_array_add_element (values, element_node (attr, k, store));
      json_object_set_array_member (object, kind_names[attr->kind], values);
      if (attr->is_list)
        json_object_set_boolean_member (object, "list", TRUE);
      json_object_set_object_member (all, names->pdata[i], object);
    }
  return assay_json_wrap_object (all);
}

/* A NUL that isn't counted stands behind it, so that it can be lent as a C string. */
static GBytes *
parse_text (JsonNode *node)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
  gsize       n = strlen (text);
  char       *copy = g_strdup (text);

  if (g_str_has_prefix (text, "base64:"))
    {
      g_autofree guchar *data = g_base64_decode (text + strlen ("base64:"), &n);

      memcpy (copy, data, n);
      copy[n] = '\0';
    }
  return g_bytes_new_with_free_func (copy, n, g_free, copy);
}

static double
parse_number (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node))
    return 0;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_ascii_strtod (json_node_get_string (node), NULL);
  return json_node_get_double (node);
}

static gboolean
parse_element (AssayAttr *attr, guint i, JsonNode *node, const AssayFunctionStore *store, GError **error)
{
  switch (attr->kind)
    {
    case ASSAY_ATTR_FLOAT:
      attr->floats[i] = parse_number (node);
      return TRUE;
    case ASSAY_ATTR_STRING:
    case ASSAY_ATTR_FUNCTION:
      attr->strings[i] = parse_text (node);
      return TRUE;
    case ASSAY_ATTR_SHAPE:
      return assay_shape_from_json (node, &attr->shapes[i], error);
    case ASSAY_ATTR_TENSOR:
      attr->tensors[i] = JSON_NODE_HOLDS_VALUE (node) ? store->get_tensor (assay_json_get_int (node), store->data, error) : assay_tensor_from_json (node, error);
      return attr->tensors[i] != NULL;
    case ASSAY_ATTR_DTYPE:
      attr->ints[i] = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? assay_dtype_from_name (json_node_get_string (node))
                                                                                                       : ASSAY_DTYPE_INVALID;
      return attr->ints[i] != ASSAY_DTYPE_INVALID || assay_json_damaged ("a dtype isn't known", error) != NULL;
    default:
      attr->ints[i] = assay_json_get_int (node);
      return attr->ints[i] != G_MININT64 || assay_json_damaged ("a number is none", error) != NULL;
    }
}

static gboolean
parse_attr (AssayAttrs *attrs, const char *name, JsonObject *object, const AssayFunctionStore *store, GError **error)
{
  for (guint kind = 0; kind < G_N_ELEMENTS (kind_names); kind++)
    {
      JsonArray *values = assay_json_get_array (object, kind_names[kind]);
      AssayAttr  attr = { .kind = kind };
      gboolean   good = TRUE;

      if (values == NULL)
        continue;
      attr.is_list = json_object_get_boolean_member_with_default (object, "list", FALSE);
      attr.n = json_array_get_length (values);
      if (!attr.is_list && attr.n != 1)
        return assay_json_damaged ("an attribute has no value", error) != NULL;
      attr.ints = g_malloc0 (MAX (attr.n, 1) * MAX (sizeof (AssayPartialShape), sizeof (gint64)));
      for (guint i = 0; i < attr.n && good; i++)
        {
          good = parse_element (&attr, i, json_array_get_element (values, i), store, error);
          if (!good)
            attr.n = i;
        }
      assay_attrs_take (attrs, name, &attr);
      return good;
    }
  return assay_json_damaged ("an attribute is of no kind", error) != NULL;
}

AssayAttrs *
assay_attrs_from_json (JsonNode *node, const AssayFunctionStore *store, GError **error)
{
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  JsonObject    *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObjectIter iter;
  const char    *name;
  JsonNode      *member;

  if (object == NULL)
    return node == NULL ? g_steal_pointer (&attrs) : assay_json_damaged ("attributes are none", error);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &member))
    {
      if (!JSON_NODE_HOLDS_OBJECT (member))
        return assay_json_damaged ("an attribute is none", error);
      if (!parse_attr (attrs, name, json_node_get_object (member), store, error))
        return NULL;
    }
  return g_steal_pointer (&attrs);
}
