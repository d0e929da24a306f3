/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/trace.h>

struct _AssayTrace
{
  AssayTrace           *outer;
  AssayLibrary         *library;
  AssayFunctionBuilder *builder;
  GPtrArray            *scopes;       /* char *, each the whole prefix */
  GPtrArray            *from_outside; /* AssayValue: symbols of traces around this one */
  GArray               *outside_at;   /* AssayOutputRef: the arguments they became */
  GPtrArray            *kept;         /* tensors that became constants, so that none is freed and its address used again */
  GHashTable           *constants;    /* AssayTensor * → operation + 1 */
};

/* Tensors up to that become constants in the graph, larger ones captures. */
#define MAX_CONSTANT_BYTES 1024

static GPrivate innermost;

AssayTrace *
assay_trace_begin (AssayLibrary *library, const char *name)
{
  AssayTrace *self = g_new0 (AssayTrace, 1);

  self->outer = g_private_get (&innermost);
  self->library = g_object_ref (library);
  self->builder = assay_function_builder_new (name);
  self->scopes = g_ptr_array_new_with_free_func (g_free);
  self->from_outside = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  self->outside_at = g_array_new (FALSE, FALSE, sizeof (AssayOutputRef));
  self->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_tensor_unref);
  self->constants = g_hash_table_new (NULL, NULL);
  g_private_set (&innermost, self);
  return self;
}

AssayTrace *
assay_trace_get_current (void)
{
  return g_private_get (&innermost);
}

AssayTrace *
assay_trace_suspend (void)
{
  AssayTrace *self = g_private_get (&innermost);

  g_private_set (&innermost, NULL);
  return self;
}

void
assay_trace_resume (AssayTrace *self)
{
  g_private_set (&innermost, self);
}

AssayLibrary *
assay_trace_get_library (AssayTrace *self)
{
  return self->library;
}

static AssayValue *
symbol_of (AssayTrace *self, AssayOutputRef ref)
{
  const AssayValueSpec *spec = &assay_function_builder_get_operation (self->builder, ref.operation)->outputs[ref.output];

  return assay_pool_take (assay_value_new_symbol (self, ref.operation, ref.output, spec->dtype, &spec->shape));
}

AssayValue *
assay_trace_add_argument (AssayTrace *self, const char *name, AssayDtype dtype, const AssayPartialShape *shape)
{
  AssayValueSpec spec = { dtype, *shape };

  return symbol_of (self, assay_function_builder_add_argument (self->builder, name, &spec));
}

static char *
scoped (AssayTrace *self, const char *name)
{
  if (self->scopes->len == 0)
    return g_strdup (name);
  return g_strconcat (self->scopes->pdata[self->scopes->len - 1], name, NULL);
}

static gboolean
add_constant (AssayTrace *self, AssayTensor *tensor, AssayOutputRef *ref, GError **error)
{
  g_autoptr (AssayAttrs) attrs = NULL;
  g_autofree char *name = NULL;
  guint            known = GPOINTER_TO_UINT (g_hash_table_lookup (self->constants, tensor));
  gint64           index;

  if (known > 0)
    {
      *ref = (AssayOutputRef){ known - 1, 0 };
      return TRUE;
    }
  attrs = assay_attrs_new ();
  name = scoped (self, "Const");
  assay_attrs_set_tensor (attrs, "value", tensor);
  assay_attrs_set_dtype (attrs, "dtype", assay_tensor_get_dtype (tensor));
  index = assay_function_builder_add (self->builder, assay_op_lookup ("Const"), name, attrs, 0, NULL, 0, NULL, error);
  if (index < 0)
    return FALSE;
  g_ptr_array_add (self->kept, assay_tensor_ref (tensor));
  g_hash_table_insert (self->constants, tensor, GUINT_TO_POINTER (index + 1));
  *ref = (AssayOutputRef){ index, 0 };
  return TRUE;
}

/* The argument that a symbol of a trace around this one has become here. */
static gboolean
bring_in (AssayTrace *self, AssayValue *value, AssayOutputRef *ref, GError **error)
{
  AssayValueSpec spec = { assay_value_get_dtype (value), *assay_value_get_shape (value) };
  guint32        operation, output;
  gpointer       trace = assay_value_get_symbol (value, &operation, &output);

  for (guint i = 0; i < self->from_outside->len; i++)
    {
      guint32 other_operation, other_output;

      if (assay_value_get_symbol (self->from_outside->pdata[i], &other_operation, &other_output) == trace &&
          other_operation == operation && other_output == output)
        {
          *ref = g_array_index (self->outside_at, AssayOutputRef, i);
          return TRUE;
        }
    }
  if (self->outer == NULL)
    {
      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "A value of a function that is no longer being traced was used.");
      return FALSE;
    }
  *ref = assay_function_builder_add_argument (self->builder, "captured", &spec);
  g_ptr_array_add (self->from_outside, assay_value_ref (value));
  g_array_append_val (self->outside_at, *ref);
  return TRUE;
}

static gboolean
find_input (AssayTrace *self, AssayValue *value, AssayOutputRef *ref, GError **error)
{
  AssayTensor   *tensor = assay_value_get_tensor (value);
  AssayResource *resource = assay_value_get_resource (value);
  gpointer       trace = assay_value_get_symbol (value, &ref->operation, &ref->output);

  if (trace == self)
    return TRUE;
  if (trace != NULL)
    return bring_in (self, value, ref, error);
  if (tensor != NULL && g_bytes_get_size (assay_tensor_get_bytes (tensor)) <= MAX_CONSTANT_BYTES)
    return add_constant (self, tensor, ref, error);
  *ref = assay_function_builder_add_capture (self->builder, resource ? assay_resource_get_name (resource) : "constant", value);
  return TRUE;
}

int
assay_trace_record (AssayTrace        *self,
                    const AssayOp     *op,
                    AssayAttrs        *attrs,
                    guint              n_inputs,
                    AssayValue *const *inputs,
                    AssayValue       **outputs,
                    guint              max_outputs,
                    GError           **error)
{
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, MAX (n_inputs, 1));
  g_autofree char           *name = scoped (self, op->name);
  gint64                     index;
  guint                      n_outputs;

  for (guint i = 0; i < n_inputs; i++)
    if (!find_input (self, inputs[i], &refs[i], error))
      return -1;
  index = assay_function_builder_add (self->builder, op, name, attrs, n_inputs, refs, 0, NULL, error);
  if (index < 0)
    return -1;
  n_outputs = assay_function_builder_get_operation (self->builder, index)->n_outputs;
  g_return_val_if_fail (n_outputs <= max_outputs, -1);
  for (guint i = 0; i < n_outputs; i++)
    outputs[i] = symbol_of (self, (AssayOutputRef){ index, i });
  return n_outputs;
}

AssayTensor *
assay_trace_constant (AssayTrace *self, AssayValue *value)
{
  guint32               index;
  const AssayOperation *operation;

  if (assay_value_get_kind (value) == ASSAY_VALUE_TENSOR)
    return assay_value_get_tensor (value);
  if (assay_value_get_symbol (value, &index, NULL) != self)
    return NULL;
  operation = assay_function_builder_get_operation (self->builder, index);
  return g_str_equal (operation->op->name, "Const") ? assay_attrs_get_tensor (operation->attrs, "value") : NULL;
}

void
assay_trace_push_scope (AssayTrace *self, const char *name)
{
  g_autofree char *inner = NULL;

  if (self == NULL)
    return;
  inner = scoped (self, name);
  g_ptr_array_add (self->scopes, g_strconcat (inner, "/", NULL));
}

void
assay_trace_pop_scope (AssayTrace *self)
{
  if (self != NULL && self->scopes->len > 0)
    g_ptr_array_set_size (self->scopes, self->scopes->len - 1);
}

void
assay_trace_activation (AssayTrace *self, const char *name, AssayValue *value)
{
  AssayOutputRef ref;

  if (self != NULL && value != NULL && assay_value_get_symbol (value, &ref.operation, &ref.output) == self)
    assay_function_builder_add_activation (self->builder, name, ref);
}

gboolean
assay_trace_add_result (AssayTrace *self, const char *name, AssayValue *value, GError **error)
{
  AssayOutputRef ref;

  if (!find_input (self, value, &ref, error))
    return FALSE;
  assay_function_builder_add_result (self->builder, name, ref);
  return TRUE;
}

void
assay_trace_abandon (AssayTrace *self)
{
  g_return_if_fail (g_private_get (&innermost) == self);
  g_private_set (&innermost, self->outer);
  assay_function_builder_free (self->builder);
  g_ptr_array_unref (self->scopes);
  g_ptr_array_unref (self->from_outside);
  g_array_unref (self->outside_at);
  g_ptr_array_unref (self->kept);
  g_hash_table_unref (self->constants);
  g_object_unref (self->library);
  g_free (self);
}

AssayFunction *
assay_trace_end (AssayTrace *self)
{
  AssayFunction *function = assay_function_builder_finish (self->builder);

  assay_library_add (self->library, function);
  assay_trace_abandon (self);
  return function;
}

guint
assay_trace_get_n_outer (AssayTrace *self)
{
  return self->from_outside->len;
}

AssayValue *
assay_trace_get_outer (AssayTrace *self, guint index)
{
  g_return_val_if_fail (index < self->from_outside->len, NULL);
  return self->from_outside->pdata[index];
}
