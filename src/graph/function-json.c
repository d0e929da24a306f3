/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json-private.h"

#include <string.h>

static JsonNode *
pair_node (AssayOutputRef ref)
{
  JsonArray *pair = json_array_new ();

  json_array_add_int_element (pair, ref.operation);
  json_array_add_int_element (pair, ref.output);
  return assay_json_wrap_array (pair);
}

static JsonNode *
refs_node (const AssayNamedRef *refs, guint n)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    {
      JsonObject *object = json_object_new ();

      assay_json_add_text (object, "name", refs[i].name);
      json_object_set_member (object, "from", pair_node (refs[i].ref));
      json_array_add_object_element (array, object);
    }
  return assay_json_wrap_array (array);
}

static JsonObject *
argument_object (const AssayOperation *operation)
{
  JsonObject *object = json_object_new ();

  assay_json_add_text (object, "name", operation->name);
  assay_json_add_text (object, "dtype", assay_dtype_get_info (operation->outputs[0].dtype)->name);
  json_object_set_member (object, "shape", assay_shape_to_json (&operation->outputs[0].shape));
  return object;
}

/* What a function brings along: a handle by its number, or a constant. */
static JsonObject *
capture_object (const AssayOperation *operation, AssayValue *value, const AssayFunctionStore *store)
{
  JsonObject *object = json_object_new ();
  gint64      number = store->put_capture (value, store->data);

  assay_json_add_text (object, "name", operation->name);
  if (number >= 0)
    json_object_set_int_member (object, "object", number);
  else if (assay_value_get_tensor (value) != NULL)
    json_object_set_int_member (object, "constant", store->put_tensor (assay_value_get_tensor (value), store->data));
  return object;
}

static JsonObject *
operation_object (const AssayOperation *operation, const AssayFunctionStore *store)
{
  JsonObject *object = json_object_new ();
  JsonArray  *inputs = json_array_new (), *controls = json_array_new ();

  assay_json_add_text (object, "op", operation->op->name);
  assay_json_add_text (object, "name", operation->name);
  for (guint i = 0; i < operation->n_inputs; i++)
    json_array_add_element (inputs, pair_node (operation->inputs[i]));
  for (guint i = 0; i < operation->n_controls; i++)
    json_array_add_int_element (controls, operation->controls[i]);
  json_object_set_array_member (object, "inputs", inputs);
  if (operation->n_controls > 0)
    json_object_set_array_member (object, "controls", controls);
  else
    json_array_unref (controls);
  json_object_set_member (object, "attrs", assay_attrs_to_json (operation->attrs, store));
  return object;
}

JsonNode *
assay_function_to_json (AssayFunction *function, const AssayFunctionStore *store)
{
  JsonObject          *self = json_object_new ();
  JsonArray           *arguments = json_array_new (), *captures = json_array_new (), *operations = json_array_new ();
  guint                n_arguments = assay_function_get_n_arguments (function), n_own = n_arguments - assay_function_get_n_captures (function), n;
  const AssayNamedRef *refs;

  assay_json_add_text (self, "name", assay_function_get_name (function));
  for (guint i = 0; i < n_own; i++)
    json_array_add_object_element (arguments, argument_object (assay_function_get_operation (function, i)));
  for (guint i = n_own; i < n_arguments; i++)
    json_array_add_object_element (captures, capture_object (assay_function_get_operation (function, i), assay_function_get_capture (function, i - n_own), store));
  for (guint i = n_arguments; i < assay_function_get_n_operations (function); i++)
    json_array_add_object_element (operations, operation_object (assay_function_get_operation (function, i), store));
  json_object_set_array_member (self, "arguments", arguments);
  json_object_set_array_member (self, "captures", captures);
  json_object_set_array_member (self, "operations", operations);
  refs = assay_function_get_results (function, &n);
  json_object_set_member (self, "results", refs_node (refs, n));
  refs = assay_function_get_activations (function, &n);
  json_object_set_member (self, "activations", refs_node (refs, n));
  return assay_json_wrap_object (self);
}

/* A function that is being made of what a file says. */
typedef struct
{
  AssayFunctionBuilder     *builder;
  const AssayFunctionStore *store;
  GArray                   *refs; /* AssayOutputRef: where the file's operations stand; only the operation counts */
} Parsing;

static JsonObject *
get_object (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static gboolean
parse_argument (Parsing *self, JsonObject *object, GError **error)
{
  const char    *name = object ? assay_json_get_text (object, "name") : NULL, *dtype = object ? assay_json_get_text (object, "dtype") : NULL;
  AssayValueSpec spec = { 0 };
  AssayOutputRef ref;

  if (name == NULL || dtype == NULL)
    return assay_json_damaged ("an argument has no name or dtype", error) != NULL;
  spec.dtype = assay_dtype_from_name (dtype);
  if (spec.dtype == ASSAY_DTYPE_INVALID)
    return assay_json_damaged ("an argument's dtype isn't known", error) != NULL;
  if (!assay_shape_from_json (json_object_get_member (object, "shape"), &spec.shape, error))
    return FALSE;
  ref = assay_function_builder_add_argument (self->builder, name, &spec);
  g_array_append_val (self->refs, ref);
  return TRUE;
}

static gboolean
parse_capture (Parsing *self, JsonObject *object, GError **error)
{
  const char    *name = object ? assay_json_get_text (object, "name") : NULL;
  JsonNode      *number = object ? json_object_get_member (object, "object") : NULL;
  AssayOutputRef ref;
  AssayValue    *value = NULL;
  g_autoptr (AssayTensor) tensor = NULL;

  if (name == NULL)
    return assay_json_damaged ("a capture has no name", error) != NULL;
  if (number != NULL)
    value = self->store->get_capture (assay_json_get_int (number), self->store->data, error);
  else
    {
      tensor = self->store->get_tensor (assay_json_get_int (json_object_get_member (object, "constant")), self->store->data, error);
      value = tensor ? assay_value_new (tensor) : NULL;
    }
  if (value == NULL)
    return FALSE;
  ref = assay_function_builder_add_capture (self->builder, name, value);
  assay_value_unref (value);
  g_array_append_val (self->refs, ref);
  return TRUE;
}

static gboolean
parse_ref (Parsing *self, JsonNode *node, AssayOutputRef *ref, GError **error)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gint64     operation = -1, output = -1;

  if (pair != NULL && json_array_get_length (pair) == 2)
    {
      operation = assay_json_get_int (json_array_get_element (pair, 0));
      output = assay_json_get_int (json_array_get_element (pair, 1));
    }
  if (operation < 0 || operation >= self->refs->len || output < 0 || output > G_MAXINT32)
    return assay_json_damaged ("an input comes from nowhere", error) != NULL;
  *ref = (AssayOutputRef){ g_array_index (self->refs, AssayOutputRef, operation).operation, output };
  return ref->output < assay_function_builder_get_operation (self->builder, ref->operation)->n_outputs ||
         assay_json_damaged ("an input comes from an output that isn't there", error) != NULL;
}

static gboolean
parse_controls (Parsing *self, JsonArray *array, guint32 *controls, GError **error)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      gint64 number = assay_json_get_int (json_array_get_element (array, i));

      if (number < 0 || number >= self->refs->len)
        return assay_json_damaged ("a control input comes from nowhere", error) != NULL;
      controls[i] = g_array_index (self->refs, AssayOutputRef, number).operation;
    }
  return TRUE;
}

static gboolean
parse_operation (Parsing *self, JsonObject *object, GError **error)
{
  const char                *name = object ? assay_json_get_text (object, "name") : NULL, *op_name = object ? assay_json_get_text (object, "op") : NULL;
  const AssayOp             *op = op_name ? assay_op_lookup (op_name) : NULL;
  JsonArray                 *inputs = object ? assay_json_get_array (object, "inputs") : NULL, *controls = object ? assay_json_get_array (object, "controls") : NULL;
  guint                      n_inputs = inputs ? json_array_get_length (inputs) : 0, n_controls = controls ? json_array_get_length (controls) : 0;
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, n_inputs + 1);
  g_autofree guint32        *control_at = g_new0 (guint32, n_controls + 1);
  AssayOutputRef             ref = { 0 };
  gint64                     index;
  g_autoptr (AssayAttrs) attrs = NULL;

  if (name == NULL || op_name == NULL || inputs == NULL)
    return assay_json_damaged ("an operation has no name", error) != NULL;
  if (op == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s (%s) isn't known", name, op_name);
      return FALSE;
    }
  for (guint i = 0; i < n_inputs; i++)
    if (!parse_ref (self, json_array_get_element (inputs, i), &refs[i], error))
      return FALSE;
  if (!parse_controls (self, controls, control_at, error))
    return FALSE;
  attrs = assay_attrs_from_json (json_object_get_member (object, "attrs"), self->store, error);
  if (attrs == NULL)
    return FALSE;
  index = assay_function_builder_add (self->builder, op, name, attrs, n_inputs, refs, n_controls, control_at, error);
  ref.operation = MAX (index, 0);
  g_array_append_val (self->refs, ref);
  return index >= 0;
}

static gboolean
parse_all (Parsing *self, JsonArray *array, gboolean (*parse) (Parsing *, JsonObject *, GError **), GError **error)
{
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!parse (self, get_object (array, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_named (Parsing *self, JsonObject *object, AssayOutputRef *ref, const char **name, GError **error)
{
  JsonNode *from = object ? json_object_get_member (object, "from") : NULL;

  *name = object ? assay_json_get_text (object, "name") : NULL;
  if (*name == NULL || from == NULL)
    return assay_json_damaged ("a result has no name", error) != NULL;
  return parse_ref (self, from, ref, error);
}

static gboolean
parse_result (Parsing *self, JsonObject *object, GError **error)
{
  AssayOutputRef ref;
  const char    *name;

  if (!parse_named (self, object, &ref, &name, error))
    return FALSE;
  assay_function_builder_add_result (self->builder, name, ref);
  return TRUE;
}

static gboolean
parse_activation (Parsing *self, JsonObject *object, GError **error)
{
  AssayOutputRef ref;
  const char    *name;

  if (!parse_named (self, object, &ref, &name, error))
    return FALSE;
  assay_function_builder_add_activation (self->builder, name, ref);
  return TRUE;
}

AssayFunction *
assay_function_from_json (JsonNode *node, const AssayFunctionStore *store, GError **error)
{
  JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *name = object ? assay_json_get_text (object, "name") : NULL;
  g_autoptr (AssayFunctionBuilder) builder = name ? assay_function_builder_new (name) : NULL;
  g_autoptr (GArray) refs = g_array_new (FALSE, FALSE, sizeof (AssayOutputRef));
  Parsing self = { builder, store, refs };

  if (builder == NULL)
    return assay_json_damaged ("a function has no name", error);
  if (!parse_all (&self, assay_json_get_array (object, "arguments"), parse_argument, error) ||
      !parse_all (&self, assay_json_get_array (object, "captures"), parse_capture, error) ||
      !parse_all (&self, assay_json_get_array (object, "operations"), parse_operation, error) ||
      !parse_all (&self, assay_json_get_array (object, "results"), parse_result, error) ||
      !parse_all (&self, assay_json_get_array (object, "activations"), parse_activation, error))
    return NULL;
  return assay_function_builder_finish (builder);
}
