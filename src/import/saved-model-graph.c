/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nodes become operations, those that are needed, each behind what it needs. */

#include <string.h>

#include "saved-model-private.h"

#define MAX_DEPTH 64
#define MAX_OPERATIONS 1000000

/* A node on its way. */
typedef struct
{
  enum
  {
    NODE_NEW,
    NODE_OPEN, /* its inputs are being made */
    NODE_DONE
  } state;
  JsonObject     *json;
  JsonArray      *inputs;
  guint           next;    /* input to be looked at next */
  gint64          control; /* the operation to wait for, -1 if there is none */
  const AssayOp  *op;      /* NULL for what became no operation of its own */
  AssayAttrs     *attrs;
  guint           n_outputs;
  AssayOutputRef *outputs;
  GPtrArray      *names; /* of a call: of its outputs' arguments; else NULL */
} Node;

/* The nodes of a function, or of the main graph. */
typedef struct
{
  AssayProgram         *program;
  AssayFunctionBuilder *builder;
  const char           *name; /* of the function; NULL for the main graph */
  GArray               *nodes;
  GHashTable           *by_name; /* → index + 1 */
  GArray               *arguments;
  guint                 depth;
} Scope;

static void
node_clear (gpointer data)
{
  Node *node = data;

  g_clear_pointer (&node->attrs, assay_attrs_unref);
  g_free (node->outputs);
  g_clear_pointer (&node->names, g_ptr_array_unref);
}

static const char *
scope_name (Scope *self)
{
  return self->name ? self->name : "the main graph";
}

static Node *
get_node (Scope *self, guint index)
{
  return &g_array_index (self->nodes, Node, index);
}

static const AssayProgramArgument *
find_argument (Scope *self, const char *name)
{
  for (guint i = 0; i < self->arguments->len; i++)
    if (strcmp (g_array_index (self->arguments, AssayProgramArgument, i).name, name) == 0)
      return &g_array_index (self->arguments, AssayProgramArgument, i);
  return NULL;
}

/* An input's name taken apart: "node", "node:2" in the graph; "argument", "node:output", "node:output:2" in a function; "^node". */
typedef struct
{
  char    *node, *output;
  guint64  index;
  gboolean is_control;
} Input;

static void
input_clear (Input *input)
{
  g_clear_pointer (&input->node, g_free);
  g_clear_pointer (&input->output, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

static void
parse_input (const char *text, Input *input)
{
  g_auto (GStrv) parts = g_strsplit (*text == '^' ? text + 1 : text, ":", 3);
  guint n = g_strv_length (parts);

  *input = (Input){ .is_control = *text == '^' };
  input->node = g_strdup (n > 0 ? parts[0] : "");
  if (n == 3)
    {
      input->output = g_strdup (parts[1]);
      input->index = g_ascii_strtoull (parts[2], NULL, 10);
    }
  else if (n == 2 && g_ascii_isdigit (*parts[1]))
    input->index = g_ascii_strtoull (parts[1], NULL, 10);
  else if (n == 2)
    input->output = g_strdup (parts[1]);
}

static const char *
input_text (const Node *node, guint index)
{
  JsonNode *json = json_array_get_element (node->inputs, index);

  return JSON_NODE_HOLDS_VALUE (json) && json_node_get_value_type (json) == G_TYPE_STRING ? json_node_get_string (json) : "";
}

/* The first output that is meant by an output argument's name. */
static gint64
find_output (const Node *node, const Input *input)
{
  guint n = 0;
  int   first;

  if (input->output == NULL)
    return input->index;
  if (node->op != NULL)
    {
      first = assay_op_find (node->op->outputs, node->attrs, input->output, &n);
      return first >= 0 && input->index < n ? first + (gint64) input->index : -1;
    }
  /* A call has one output argument, "output"; a function called by its name has its own. */
  for (guint i = 0; node->names != NULL && i < node->names->len; i++)
    if (strcmp (node->names->pdata[i], input->output) == 0)
      return i + input->index;
  return input->index;
}

static gboolean
resolve (Scope *self, const char *text, AssayOutputRef *ref, GError **error)
{
  g_auto (Input) input = { 0 };
  const AssayProgramArgument *argument;
  guint                       index;
  gint64                      output;
  const Node                 *node;

  parse_input (text, &input);
  argument = find_argument (self, text);
  if (argument == NULL && input.output == NULL && input.index == 0)
    argument = find_argument (self, input.node);
  if (argument != NULL)
    {
      *ref = argument->ref;
      if (ref->operation != G_MAXUINT32)
        return TRUE;
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Function %s uses a table or asset (%s), which can't be run yet", scope_name (self), text);
      return FALSE;
    }
  index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, input.node));
  node = index ? get_node (self, index - 1) : NULL;
  output = node ? find_output (node, &input) : -1;
  if (node == NULL || output < 0 || output >= node->n_outputs || node->state != NODE_DONE)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "There is no tensor %s in %s", text, scope_name (self));
      return FALSE;
    }
  *ref = node->outputs[output];
  return TRUE;
}

static void
set_outputs (Node *node, guint n, const AssayOutputRef *refs)
{
  node->n_outputs = n;
  node->outputs = g_memdup2 (refs, MAX (n, 1) * sizeof *refs);
}

static gboolean
add_read (Scope *self, Node *node, AssayResource *resource, const char *name, GError **error)
{
  AssayValue    *value = assay_value_new_resource (resource);
  AssayOutputRef ref = assay_function_builder_add_capture (self->builder, assay_resource_get_name (resource), value);
  g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
  gint64 index;

  assay_value_unref (value);
  assay_attrs_set_dtype (attrs, "dtype", assay_resource_get_dtype (resource));
  assay_attrs_set_shape (attrs, "_shape", assay_resource_get_shape (resource));
  index = assay_function_builder_add (self->builder, assay_op_lookup ("ReadVariableOp"), name, attrs, 1, &ref, 0, NULL, error);
  if (index < 0)
    return FALSE;
  ref = (AssayOutputRef){ index, 0 };
  set_outputs (node, 1, &ref);
  return TRUE;
}

/* A constant: in the text, or, if it is large, a variable of the file; strings are captured. */
static gboolean
add_constant (Scope *self, Node *node, const char *name, GError **error)
{
  JsonObject *attr = assay_program_object (node->json, "attr"), *value = assay_program_object (attr, "value"), *json = assay_program_object (value, "tensor");
  const char *key = assay_program_text (json, "key"), *dtype = assay_program_text (json, "dtype");
  guint       number = key ? GPOINTER_TO_UINT (g_hash_table_lookup (self->program->by_key, key)) : 0;
  g_autoptr (AssayTensor) tensor = NULL;
  g_autoptr (AssayAttrs) attrs = NULL;
  AssayOutputRef ref;
  gint64         index;

  if (number > 0)
    {
      AssayResource *resource = assay_program_resource (self->program, number - 1, error);

      return resource && add_read (self, node, resource, name, error);
    }
  if (g_strcmp0 (dtype, "string") == 0)
    {
      AssayPartialShape shape = assay_program_shape (json_object_get_member (json, "shape"));
      g_autoptr (GPtrArray) strings = assay_program_strings (json);
      AssayValue *text;

      if (!assay_partial_shape_is_full (&shape) || assay_partial_shape_n_elements (&shape) != strings->len)
        return assay_program_damaged ("a constant of strings has another number of them", error);
      text = assay_value_new_strings (shape.rank, (const guint64 *) shape.dims, g_steal_pointer (&strings));
      ref = assay_function_builder_add_capture (self->builder, name, text);
      assay_value_unref (text);
      set_outputs (node, 1, &ref);
      return TRUE;
    }
  tensor = assay_program_tensor (json, error);
  if (tensor == NULL)
    {
      g_prefix_error (error, "Constant %s of %s: ", name, scope_name (self));
      return FALSE;
    }
  attrs = assay_attrs_new ();
  assay_attrs_set_tensor (attrs, "value", tensor);
  assay_attrs_set_dtype (attrs, "dtype", assay_tensor_get_dtype (tensor));
  index = assay_function_builder_add (self->builder, assay_op_lookup ("Const"), name, attrs, 0, NULL, 0, NULL, error);
  ref = (AssayOutputRef){ MAX (index, 0), 0 };
  set_outputs (node, 1, &ref);
  return index >= 0;
}

/* A variable of the main graph: the key is its shared name, or the node's. */
static gboolean
add_variable (Scope *self, Node *node, const char *name, gboolean is_handle, GError **error)
{
  JsonObject      *attr = assay_program_object (assay_program_object (node->json, "attr"), "shared_name");
  const char      *coded = assay_program_text (attr, "s");
  gsize            n = 0;
  g_autofree char *shared = coded ? (char *) g_base64_decode (coded, &n) : NULL;
  g_autofree char *key = shared && n > 0 ? g_strndup (shared, n) : g_strdup (name);
  guint            number = GPOINTER_TO_UINT (g_hash_table_lookup (self->program->by_key, key));
  AssayResource   *resource;
  AssayValue      *value;
  AssayOutputRef   ref;

  if (number == 0)
    number = GPOINTER_TO_UINT (g_hash_table_lookup (self->program->by_key, name));
  if (number == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Variable %s of the graph isn't among the variables of the file", key);
      return FALSE;
    }
  resource = assay_program_resource (self->program, number - 1, error);
  if (resource == NULL)
    return FALSE;
  if (!is_handle)
    return add_read (self, node, resource, name, error);
  value = assay_value_new_resource (resource);
  ref = assay_function_builder_add_capture (self->builder, key, value);
  assay_value_unref (value);
  assay_program_note_handle (self->program, self->builder, ref, resource);
  set_outputs (node, 1, &ref);
  return TRUE;
}

/* The inputs that are values, and those that only have to have run. */
static gboolean
gather_inputs (Scope *self, Node *node, GArray *refs, GArray *controls, GError **error)
{
  for (guint i = 0; i < json_array_get_length (node->inputs); i++)
    {
      const char    *text = input_text (node, i);
      AssayOutputRef ref;
      guint          index;

      if (*text != '^')
        {
          if (!resolve (self, text, &ref, error))
            return FALSE;
          g_array_append_val (refs, ref);
          continue;
        }
      index = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, text + 1));
      if (index > 0 && get_node (self, index - 1)->control >= 0)
        {
          guint32 control = get_node (self, index - 1)->control;

          g_array_append_val (controls, control);
        }
    }
  return TRUE;
}

static void
argument_clear (gpointer data)
{
  g_free (((AssayProgramArgument *) data)->name);
}

/* What a function calls is put in the call's place. */
static gboolean
inline_call (Scope *self, Node *node, const char *called, GArray *inputs, GError **error)
{
  JsonObject *function = g_hash_table_lookup (self->program->functions, called);
  JsonArray  *args = assay_program_list (function, "args"), *outs = assay_program_list (function, "outs"), *ret = assay_program_list (function, "ret");
  g_autoptr (GArray) arguments = g_array_new (FALSE, FALSE, sizeof (AssayProgramArgument));
  guint                      n = outs ? json_array_get_length (outs) : 0;
  g_autofree const char    **wanted = g_new0 (const char *, n + 1);
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, n + 1);

  g_array_set_clear_func (arguments, argument_clear);
  if (function == NULL || args == NULL || json_array_get_length (args) != inputs->len)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Function %s is called with %u arguments, but %s", called, inputs->len,
                   function ? "takes another number" : "isn't there");
      return FALSE;
    }
  for (guint i = 0; i < inputs->len; i++)
    {
      const char          *name = assay_program_text (assay_program_element (args, i), "name");
      AssayProgramArgument argument = { g_strdup (name ? name : ""), g_array_index (inputs, AssayOutputRef, i) };

      g_array_append_val (arguments, argument);
    }
  node->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    {
      const char *name = assay_program_text (assay_program_element (outs, i), "name");

      g_ptr_array_add (node->names, g_strdup (name ? name : ""));
      for (guint k = 0; ret != NULL && k < json_array_get_length (ret); k++)
        if (g_strcmp0 (assay_program_text (assay_program_element (ret, k), "name"), name) == 0)
          wanted[i] = assay_program_text (assay_program_element (ret, k), "tensor");
      if (wanted[i] == NULL)
        return assay_program_damaged ("a function has no result", error);
    }
  if (!assay_program_emit (self->program, self->builder, function, arguments, wanted, n, refs, self->depth + 1, error))
    return FALSE;
  set_outputs (node, n, refs);
  node->control = n > 0 ? (gint64) refs[0].operation : -1;
  return TRUE;
}

static gboolean
add_operation (Scope *self, Node *node, const char *name, const char *op_name, GArray *inputs, GArray *controls, GError **error)
{
  const AssayOp *op = assay_op_lookup (op_name);
  gint64         index;
  g_autoptr (AssayAttrs) attrs = NULL;

  if (op == NULL || strcmp (op_name, "Argument") == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s can't be run (it is %s in %s).", op_name, name, scope_name (self));
      return FALSE;
    }
  attrs = assay_program_attrs (self->program, assay_program_object (node->json, "attr"), NULL, self->depth, error);
  if (attrs == NULL)
    return FALSE;
  if (assay_program_is_rewritten (op_name, attrs))
    index = assay_program_rewrite (self->builder, name, attrs, inputs, controls, error);
  else
    index = assay_function_builder_add (self->builder, op, name, attrs, inputs->len, (const AssayOutputRef *) inputs->data, controls->len,
                                        (const guint32 *) controls->data, error);
  if (index < 0)
    {
      g_prefix_error (error, "%s in %s: ", name, scope_name (self));
      return FALSE;
    }
  node->op = op;
  node->control = index;
  node->attrs = assay_op_with_defaults (op, attrs);
  node->n_outputs = assay_function_builder_get_operation (self->builder, index)->n_outputs;
  node->outputs = g_new (AssayOutputRef, node->n_outputs + 1);
  for (guint i = 0; i < node->n_outputs; i++)
    node->outputs[i] = (AssayOutputRef){ index, i };
  return TRUE;
}

static gboolean
add_variable_op (Scope *self, Node *node, const char *name, GArray *inputs, GArray *controls, GError **error)
{
  AssayVariableNode variable = { self->builder, node->json, name, scope_name (self), inputs, controls, .control = -1 };

  if (!assay_program_add_variable_op (self->program, &variable, error))
    return FALSE;
  node->control = variable.control;
  set_outputs (node, variable.has_output ? 1 : 0, &variable.output);
  return TRUE;
}

static gboolean
is_call (const char *op)
{
  return strcmp (op, "PartitionedCall") == 0 || strcmp (op, "StatefulPartitionedCall") == 0;
}

static gboolean
add_node (Scope *self, Node *node, GError **error)
{
  const char *name = assay_program_text (node->json, "name"), *op = assay_program_text (node->json, "op");
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (AssayOutputRef));
  g_autoptr (GArray) controls = g_array_new (FALSE, FALSE, sizeof (guint32));

  node->control = -1;
  if (name == NULL || op == NULL)
    return assay_program_damaged ("a node has no name", error);
  if (++self->program->n_operations > MAX_OPERATIONS)
    return assay_program_damaged ("it has more than a million operations", error);
  if (strcmp (op, "Const") == 0)
    return add_constant (self, node, name, error);
  if (strcmp (op, "VarHandleOp") == 0 || strcmp (op, "VariableV2") == 0 || strcmp (op, "Variable") == 0)
    return add_variable (self, node, name, strcmp (op, "VarHandleOp") == 0, error);
  if (strcmp (op, "Placeholder") == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "%s of %s is an input that the signature doesn't have", name, scope_name (self));
      return FALSE;
    }
  if (!gather_inputs (self, node, inputs, controls, error))
    return FALSE;
  if (strcmp (op, "NoOp") == 0)
    return TRUE;
  if (is_call (op))
    {
      JsonObject *attr = assay_program_object (assay_program_object (node->json, "attr"), "f");
      const char *called = assay_program_text (attr, "func");

      return called ? inline_call (self, node, called, inputs, error) : assay_program_damaged ("a call names no function", error);
    }
  if (g_hash_table_contains (self->program->functions, op))
    return inline_call (self, node, op, inputs, error);
  if (assay_program_is_variable_op (op))
    return add_variable_op (self, node, name, inputs, controls, error);
  return add_operation (self, node, name, op, inputs, controls, error);
}

/* The node that an input leads to and that isn't done yet; NULL if there is none. */
static Node *
next_open (Scope *self, const char *text, guint *index)
{
  g_auto (Input) input = { 0 };
  guint number;

  parse_input (text, &input);
  if (find_argument (self, text) != NULL || (!input.is_control && input.output == NULL && input.index == 0 && find_argument (self, input.node) != NULL))
    return NULL;
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, input.node));
  if (number == 0 || get_node (self, number - 1)->state == NODE_DONE)
    return NULL;
  *index = number - 1;
  return get_node (self, number - 1);
}

static gboolean
make (Scope *self, const char *wanted, GError **error)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  guint index;

  if (next_open (self, wanted, &index) == NULL)
    return TRUE;
  g_array_append_val (stack, index);
  while (stack->len > 0)
    {
      Node *node = get_node (self, g_array_index (stack, guint, stack->len - 1));

      node->state = NODE_OPEN;
      if (node->next < json_array_get_length (node->inputs))
        {
          Node *before = next_open (self, input_text (node, node->next++), &index);

          if (before != NULL && before->state == NODE_OPEN)
            {
              g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "The graph goes in a circle at %s in %s (loops of TensorFlow 1 can't be run)",
                           assay_program_text (before->json, "name"), scope_name (self));
              return FALSE;
            }
          if (before != NULL)
            g_array_append_val (stack, index);
          continue;
        }
      g_array_set_size (stack, stack->len - 1);
      if (!add_node (self, node, error))
        return FALSE;
      node->state = NODE_DONE;
    }
  return TRUE;
}

static void
list_nodes (Scope *self, JsonArray *list)
{
  static JsonArray *nothing;

  if (g_once_init_enter (&nothing))
    g_once_init_leave (&nothing, json_array_new ());
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      Node        node = { .json = assay_program_element (list, i), .control = -1 };
      const char *name = assay_program_text (node.json, "name");

      node.inputs = assay_program_list (node.json, "in");
      if (node.inputs == NULL)
        node.inputs = nothing;
      g_array_append_val (self->nodes, node);
      if (name != NULL)
        g_hash_table_insert (self->by_name, (gpointer) name, GUINT_TO_POINTER (i + 1));
    }
}

gboolean
assay_program_emit (AssayProgram         *program,
                    AssayFunctionBuilder *builder,
                    JsonObject           *function,
                    GArray               *arguments,
                    const char *const    *wanted,
                    guint                 n_wanted,
                    AssayOutputRef       *refs,
                    guint                 depth,
                    GError              **error)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  Scope self = { program, builder, assay_program_text (function, "name"), nodes, by_name, arguments, depth };

  if (depth > MAX_DEPTH)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Functions call each other more than %d calls deep, at %s", MAX_DEPTH, scope_name (&self));
      return FALSE;
    }
  g_array_set_clear_func (nodes, node_clear);
  list_nodes (&self, function ? assay_program_list (function, "nodes") : assay_program_list (program->root, "graph"));
  program->n_operations += nodes->len / 8;
  if (program->n_operations > MAX_OPERATIONS)
    return assay_program_damaged ("it has more than a million operations", error);
  for (guint i = 0; i < n_wanted; i++)
    if (!make (&self, wanted[i], error) || !resolve (&self, wanted[i], &refs[i], error))
      return FALSE;
  return TRUE;
}
