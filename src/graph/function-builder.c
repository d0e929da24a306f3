/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/function.h>

#include "function-private.h"
#include "ops-private.h"
#include <string.h>

#define MAX_OPERATIONS 1000000

struct _AssayFunctionBuilder
{
  char       *name;
  GArray     *operations; /* AssayOperation */
  GArray     *arguments;  /* guint32: indices of operations */
  GArray     *capture_at; /* guint32: the same for captures */
  GPtrArray  *captures;   /* AssayValue */
  GHashTable *captured;   /* a captured value, resource or tensor → its place among them + 1 */
  GArray     *results, *activations;
  GHashTable *names;   /* names taken → how often asked for */
  GHashTable *layered; /* the same for activations */
  GHashTable *known;   /* what is known of integers: operation × 64 + output → AssayKnownInts */
};

/* Outputs beyond that are not asked what is known of them. */
#define MAX_KNOWN_OUTPUTS 64

static GArray *
new_refs (void)
{
  GArray *refs = g_array_new (FALSE, FALSE, sizeof (AssayNamedRef));

  g_array_set_clear_func (refs, assay_named_ref_clear);
  return refs;
}

AssayFunctionBuilder *
assay_function_builder_new (const char *name)
{
  AssayFunctionBuilder *self = g_new0 (AssayFunctionBuilder, 1);

  self->name = g_strdup (name);
  self->operations = g_array_new (FALSE, TRUE, sizeof (AssayOperation));
  self->arguments = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->capture_at = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->captures = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  self->captured = g_hash_table_new (NULL, NULL);
  self->results = new_refs ();
  self->activations = new_refs ();
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->layered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->known = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
assay_function_builder_free (AssayFunctionBuilder *self)
{
  for (guint i = 0; self->operations != NULL && i < self->operations->len; i++)
    assay_operation_clear (&g_array_index (self->operations, AssayOperation, i));
  g_clear_pointer (&self->operations, g_array_unref);
  g_array_unref (self->arguments);
  g_array_unref (self->capture_at);
  g_clear_pointer (&self->captures, g_ptr_array_unref);
  g_hash_table_unref (self->captured);
  g_clear_pointer (&self->results, g_array_unref);
  g_clear_pointer (&self->activations, g_array_unref);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->layered);
  g_hash_table_unref (self->known);
  g_free (self->name);
  g_free (self);
}

/* A name that isn't taken: @base, or @base, @separator and a number behind it. */
static char *
make_unique (GHashTable *taken, const char *base, const char *separator)
{
  gpointer count = NULL;
  char    *name;

  if (!g_hash_table_lookup_extended (taken, base, NULL, &count))
    {
      g_hash_table_insert (taken, g_strdup (base), GUINT_TO_POINTER (0));
      return g_strdup (base);
    }
  for (guint n = GPOINTER_TO_UINT (count) + 1;; n++)
    {
      name = g_strdup_printf ("%s%s%u", base, separator, n);
      if (!g_hash_table_contains (taken, name))
        {
          g_hash_table_insert (taken, g_strdup (base), GUINT_TO_POINTER (n));
          g_hash_table_insert (taken, g_strdup (name), GUINT_TO_POINTER (0));
          return name;
        }
      g_free (name);
    }
}

static AssayOutputRef
add_given (AssayFunctionBuilder *self, const char *name, const AssayValueSpec *spec, GArray *list)
{
  AssayOperation operation = { .op = assay_op_lookup ("Argument"), .attrs = assay_attrs_new (), .n_outputs = 1 };
  guint32        index = self->operations->len;

  operation.name = make_unique (self->names, name, "_");
  operation.outputs = g_memdup2 (spec, sizeof *spec);
  g_array_append_val (self->operations, operation);
  g_array_append_val (list, index);
  return (AssayOutputRef){ index, 0 };
}

AssayOutputRef
assay_function_builder_add_argument (AssayFunctionBuilder *self, const char *name, const AssayValueSpec *spec)
{
  return add_given (self, name, spec, self->arguments);
}

AssayOutputRef
assay_function_builder_add_capture (AssayFunctionBuilder *self, const char *name, AssayValue *value)
{
  AssayValueSpec spec = { assay_value_get_dtype (value), *assay_value_get_shape (value) };
  gpointer       keys[] = { value, assay_value_get_resource (value), assay_value_get_tensor (value) };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      guint place = keys[i] ? GPOINTER_TO_UINT (g_hash_table_lookup (self->captured, keys[i])) : 0;

      if (place > 0)
        return (AssayOutputRef){ g_array_index (self->capture_at, guint32, place - 1), 0 };
    }
  g_ptr_array_add (self->captures, assay_value_ref (value));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i] != NULL)
      g_hash_table_insert (self->captured, keys[i], GUINT_TO_POINTER (self->captures->len));
  return add_given (self, name, &spec, self->capture_at);
}

static gpointer
known_key (guint operation, guint output)
{
  return GSIZE_TO_POINTER ((gsize) operation * MAX_KNOWN_OUTPUTS + output);
}

/* A tensor of integers that are all known, for shape rules that want a constant. */
static AssayTensor *
make_constant (const AssayKnownInts *ints, AssayDtype dtype)
{
  guint32 all = ints->n >= 32 ? G_MAXUINT32 : (1u << ints->n) - 1;
  guint64 dim = ints->n;
  gint32  narrow[ASSAY_MAX_KNOWN_INTS];
  g_autoptr (GBytes) bytes = NULL;

  if (ints->known != all || (dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64))
    return NULL;
  for (guint i = 0; i < ints->n; i++)
    narrow[i] = ints->values[i];
  bytes = dtype == ASSAY_DTYPE_INT32 ? g_bytes_new (narrow, ints->n * sizeof *narrow) : g_bytes_new (ints->values, ints->n * sizeof *ints->values);
  return assay_tensor_new (dtype, ints->rank, &dim, bytes, NULL);
}

/* Notes what is known of integers that the operation gives. */
static void
fold (AssayFunctionBuilder *self, const AssayInference *inference)
{
  for (guint i = 0; i < MIN (inference->n_outputs, MAX_KNOWN_OUTPUTS); i++)
    {
      AssayKnownInts ints;

      if (assay_fold (inference, i, &ints))
        g_hash_table_insert (self->known, known_key (self->operations->len, i), g_memdup2 (&ints, sizeof ints));
    }
}

/* Lets the shape rule say what the operation gives. Values that are known already are those of constants. */
static gboolean
infer (AssayFunctionBuilder *self, AssayOperation *operation, GError **error)
{
  g_autofree AssayValueSpec        *inputs = g_new0 (AssayValueSpec, MAX (operation->n_inputs, 1));
  g_autofree AssayTensor          **constants = g_new0 (AssayTensor *, MAX (operation->n_inputs, 1));
  g_autofree const AssayKnownInts **known = g_new0 (const AssayKnownInts *, MAX (operation->n_inputs, 1));
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_tensor_unref);
  AssayInference inference = {
    .op = operation->op,
    .name = operation->name,
    .attrs = operation->attrs,
    .n_inputs = operation->n_inputs,
    .inputs = inputs,
    .constants = constants,
    .known = known,
    .n_outputs = operation->n_outputs,
    .outputs = operation->outputs,
  };

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      AssayOperation *from = operation->inputs[i].operation < self->operations->len
                                 ? &g_array_index (self->operations, AssayOperation, operation->inputs[i].operation)
                                 : NULL;

      inputs[i] = (AssayValueSpec){ ASSAY_DTYPE_INVALID, { .rank = -1 } };
      if (from == NULL)
        continue;
      inputs[i] = from->outputs[operation->inputs[i].output];
      if (strcmp (from->op->name, "Const") == 0)
        constants[i] = assay_attrs_get_tensor (from->attrs, "value");
      if (operation->inputs[i].output < MAX_KNOWN_OUTPUTS)
        known[i] = g_hash_table_lookup (self->known, known_key (operation->inputs[i].operation, operation->inputs[i].output));
      if (constants[i] == NULL && known[i] != NULL)
        constants[i] = make_constant (known[i], inputs[i].dtype);
      if (constants[i] != NULL && strcmp (from->op->name, "Const") != 0)
        g_ptr_array_add (made, constants[i]);
    }
  if (!assay_op_infer (&inference, error))
    return FALSE;
  fold (self, &inference);
  return TRUE;
}

/* What is read of a variable that the function brings along has the variable's shape, also where the file doesn't say. */
static void
note_read (AssayFunctionBuilder *self, AssayOperation *operation)
{
  if (strcmp (operation->op->name, "ReadVariableOp") != 0 || operation->outputs[0].shape.rank >= 0)
    return;
  for (guint i = 0; i < self->capture_at->len; i++)
    {
      AssayResource *resource = assay_value_get_resource (self->captures->pdata[i]);

      if (g_array_index (self->capture_at, guint32, i) == operation->inputs[0].operation && resource != NULL)
        operation->outputs[0].shape = *assay_resource_get_shape (resource);
    }
}

static gboolean
check_inputs (AssayFunctionBuilder *self, AssayOperation *operation, GError **error)
{
  int n = assay_op_count (operation->op->inputs, operation->attrs);

  if (n != (int) operation->n_inputs)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Operation %s (%s) takes %d inputs, but has %u",
                   operation->name, operation->op->name, n, operation->n_inputs);
      return FALSE;
    }
  for (guint i = 0; i < operation->n_inputs; i++)
    {
      AssayOutputRef ref = operation->inputs[i];

      if (ref.operation >= self->operations->len && !(operation->op->flags & ASSAY_OP_SWITCH))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Input %u of operation %s comes from an operation behind it", i, operation->name);
          return FALSE;
        }
      if (ref.operation < self->operations->len && ref.output >= g_array_index (self->operations, AssayOperation, ref.operation).n_outputs)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Input %u of operation %s is output %u of an operation that has %u",
                       i, operation->name, ref.output, g_array_index (self->operations, AssayOperation, ref.operation).n_outputs);
          return FALSE;
        }
    }
  return TRUE;
}

gint64
assay_function_builder_add (AssayFunctionBuilder *self,
                            const AssayOp        *op,
                            const char           *name,
                            AssayAttrs           *attrs,
                            guint                 n_inputs,
                            const AssayOutputRef *inputs,
                            guint                 n_controls,
                            const guint32        *controls,
                            GError              **error)
{
  AssayOperation operation = { .op = op, .n_inputs = n_inputs, .n_controls = n_controls };
  int            n_outputs;

  if (self->operations->len >= MAX_OPERATIONS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Function %s has more than %d operations", self->name, MAX_OPERATIONS);
      return -1;
    }
  operation.attrs = assay_op_with_defaults (op, attrs);
  operation.name = make_unique (self->names, name ? name : op->name, "_");
  operation.inputs = g_memdup2 (inputs, n_inputs * sizeof *inputs);
  operation.controls = g_memdup2 (controls, n_controls * sizeof *controls);
  n_outputs = assay_op_count (op->outputs, operation.attrs);
  operation.n_outputs = MAX (n_outputs, 0);
  operation.outputs = g_new0 (AssayValueSpec, MAX (n_outputs, 1));
  if (n_outputs < 0)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Operation %s (%s) doesn't say how many outputs it has", operation.name, op->name);
  if (n_outputs < 0 || !check_inputs (self, &operation, error) || !infer (self, &operation, error))
    {
      assay_operation_clear (&operation);
      return -1;
    }
  note_read (self, &operation);
  g_array_append_val (self->operations, operation);
  return self->operations->len - 1;
}

const AssayOperation *
assay_function_builder_get_operation (AssayFunctionBuilder *self, guint32 index)
{
  g_return_val_if_fail (index < self->operations->len, NULL);
  return &g_array_index (self->operations, AssayOperation, index);
}

guint
assay_function_builder_get_n_operations (AssayFunctionBuilder *self)
{
  return self->operations->len;
}

void
assay_function_builder_add_result (AssayFunctionBuilder *self, const char *name, AssayOutputRef ref)
{
  AssayNamedRef named = { g_strdup (name), ref };

  g_array_append_val (self->results, named);
}

void
assay_function_builder_add_activation (AssayFunctionBuilder *self, const char *name, AssayOutputRef ref)
{
  AssayNamedRef named = { make_unique (self->layered, name, "@"), ref };

  g_array_append_val (self->activations, named);
}

/* Where each operation stands in the finished function: arguments, then captures, then all others in their order. */
static guint32 *
make_places (AssayFunctionBuilder *self)
{
  guint32 *places = g_new (guint32, MAX (self->operations->len, 1));
  guint32  next = 0;

  memset (places, 0xff, self->operations->len * sizeof *places);
  for (guint i = 0; i < self->arguments->len; i++)
    places[g_array_index (self->arguments, guint32, i)] = next++;
  for (guint i = 0; i < self->capture_at->len; i++)
    places[g_array_index (self->capture_at, guint32, i)] = next++;
  for (guint i = 0; i < self->operations->len; i++)
    if (places[i] == G_MAXUINT32)
      places[i] = next++;
  return places;
}

static void
move_refs (GArray *refs, const guint32 *places)
{
  for (guint i = 0; i < refs->len; i++)
    {
      AssayNamedRef *named = &g_array_index (refs, AssayNamedRef, i);

      named->ref.operation = places[named->ref.operation];
    }
}

AssayFunction *
assay_function_builder_finish (AssayFunctionBuilder *self)
{
  AssayFunction      *function = g_object_new (ASSAY_TYPE_FUNCTION, NULL);
  g_autofree guint32 *places = make_places (self);
  guint               n = self->operations->len;

  function->name = g_strdup (self->name);
  function->n_arguments = self->arguments->len + self->capture_at->len;
  function->n_operations = n;
  function->operations = g_new0 (AssayOperation, MAX (n, 1));
  for (guint i = 0; i < n; i++)
    {
      AssayOperation *operation = &function->operations[places[i]];

      *operation = g_array_index (self->operations, AssayOperation, i);
      for (guint k = 0; k < operation->n_inputs; k++)
        operation->inputs[k].operation = places[operation->inputs[k].operation];
      for (guint k = 0; k < operation->n_controls; k++)
        operation->controls[k] = places[operation->controls[k]];
    }
  g_array_set_size (self->operations, 0);
  move_refs (self->results, places);
  move_refs (self->activations, places);
  function->captures = g_steal_pointer (&self->captures);
  function->results = g_steal_pointer (&self->results);
  function->activations = g_steal_pointer (&self->activations);
  return function;
}
