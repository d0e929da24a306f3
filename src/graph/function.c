/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/function.h>

#include "function-private.h"

G_DEFINE_FINAL_TYPE (AssayFunction, assay_function, G_TYPE_OBJECT)

void
assay_operation_clear (AssayOperation *self)
{
  g_free (self->name);
  g_clear_pointer (&self->attrs, assay_attrs_unref);
  g_free (self->inputs);
  g_free (self->controls);
  g_free (self->outputs);
}

void
assay_named_ref_clear (gpointer data)
{
  g_free (((AssayNamedRef *) data)->name);
}

static void
assay_function_finalize (GObject *object)
{
  AssayFunction *self = ASSAY_FUNCTION (object);

  for (guint i = 0; i < self->n_operations; i++)
    assay_operation_clear (&self->operations[i]);
  g_free (self->operations);
  g_clear_pointer (&self->captures, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_array_unref);
  g_clear_pointer (&self->activations, g_array_unref);
  g_free (self->name);
  G_OBJECT_CLASS (assay_function_parent_class)->finalize (object);
}

static void
assay_function_class_init (AssayFunctionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_function_finalize;
}

static void
assay_function_init (AssayFunction *self)
{
}

const char *
assay_function_get_name (AssayFunction *self)
{
  return self->name;
}

guint
assay_function_get_n_arguments (AssayFunction *self)
{
  return self->n_arguments;
}

guint
assay_function_get_n_captures (AssayFunction *self)
{
  return self->captures->len;
}

AssayValue *
assay_function_get_capture (AssayFunction *self, guint index)
{
  g_return_val_if_fail (index < self->captures->len, NULL);
  return self->captures->pdata[index];
}

guint
assay_function_get_n_operations (AssayFunction *self)
{
  return self->n_operations;
}

const AssayOperation *
assay_function_get_operation (AssayFunction *self, guint index)
{
  g_return_val_if_fail (index < self->n_operations, NULL);
  return &self->operations[index];
}

const AssayNamedRef *
assay_function_get_results (AssayFunction *self, guint *n)
{
  *n = self->results->len;
  return (const AssayNamedRef *) self->results->data;
}

const AssayNamedRef *
assay_function_get_activations (AssayFunction *self, guint *n)
{
  *n = self->activations->len;
  return (const AssayNamedRef *) self->activations->data;
}

const AssayValueSpec *
assay_function_get_spec (AssayFunction *self, AssayOutputRef ref)
{
  g_return_val_if_fail (ref.operation < self->n_operations && ref.output < self->operations[ref.operation].n_outputs, NULL);
  return &self->operations[ref.operation].outputs[ref.output];
}
