/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/variable.h>

#include <assay/array-text.h>
#include <string.h>

struct _AssayVariable
{
  AssayResource parent_instance;

  GMutex       mutex;
  AssayTensor *tensor;
  gboolean     trainable;
};

G_DEFINE_FINAL_TYPE (AssayVariable, assay_variable, ASSAY_TYPE_RESOURCE)

static AssayTensor *
assay_variable_dup_tensor (AssayResource *resource, GCancellable *cancellable, GError **error)
{
  AssayVariable *self = ASSAY_VARIABLE (resource);
  AssayTensor   *tensor;

  g_mutex_lock (&self->mutex);
  tensor = assay_tensor_ref (self->tensor);
  g_mutex_unlock (&self->mutex);
  return tensor;
}

static gboolean
assay_variable_assign_tensor (AssayResource *resource, AssayTensor *tensor, GError **error)
{
  AssayVariable *self = ASSAY_VARIABLE (resource);
  AssayTensor   *old;

  g_mutex_lock (&self->mutex);
  old = self->tensor;
  self->tensor = assay_tensor_ref (tensor);
  g_mutex_unlock (&self->mutex);
  assay_tensor_unref (old);
  return TRUE;
}

static void
assay_variable_finalize (GObject *object)
{
  AssayVariable *self = ASSAY_VARIABLE (object);

  g_clear_pointer (&self->tensor, assay_tensor_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (assay_variable_parent_class)->finalize (object);
}

static void
assay_variable_class_init (AssayVariableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_variable_finalize;
  ASSAY_RESOURCE_CLASS (klass)->dup_tensor = assay_variable_dup_tensor;
  ASSAY_RESOURCE_CLASS (klass)->assign = assay_variable_assign_tensor;
}

static void
assay_variable_init (AssayVariable *self)
{
  g_mutex_init (&self->mutex);
}

AssayVariable *
assay_variable_new_full (AssayTensor *tensor, const char *name, gboolean trainable)
{
  AssayVariable    *self = g_object_new (ASSAY_TYPE_VARIABLE, NULL);
  AssayPartialShape shape = { .rank = assay_tensor_get_rank (tensor) };

  g_return_val_if_fail (shape.rank <= ASSAY_GRAPH_MAX_RANK, self);
  for (int i = 0; i < shape.rank; i++)
    shape.dims[i] = assay_tensor_get_shape (tensor)[i];
  self->tensor = assay_tensor_ref (tensor);
  self->trainable = trainable;
  assay_resource_init_facts (ASSAY_RESOURCE (self), name, assay_tensor_get_dtype (tensor), &shape);
  return self;
}

AssayVariable *
assay_variable_new (AssayValue *initial, const char *name)
{
  g_autofree char *scoped = g_strconcat (assay_name_scope_get (), name ? name : "Variable", NULL);

  if (initial == NULL)
    return NULL;
  g_return_val_if_fail (assay_value_get_kind (initial) == ASSAY_VALUE_TENSOR, NULL);
  return assay_variable_new_full (assay_value_get_tensor (initial), scoped, TRUE);
}

gboolean
assay_variable_get_trainable (AssayVariable *self)
{
  return self->trainable;
}

AssayVariable *
assay_variable_set_trainable (AssayVariable *self, gboolean trainable)
{
  self->trainable = trainable;
  return self;
}

AssayVariable *
assay_variable_set_shape (AssayVariable *self, const AssayPartialShape *shape)
{
  AssayResource   *resource = ASSAY_RESOURCE (self);
  g_autofree char *name = g_strdup (assay_resource_get_name (resource));

  g_return_val_if_fail (assay_partial_shape_accepts (shape, assay_resource_get_shape (resource)), self);
  assay_resource_init_facts (resource, name, assay_resource_get_dtype (resource), shape);
  return self;
}

AssayValue *
assay_variable_read (AssayVariable *self)
{
  AssayResource *resource = ASSAY_RESOURCE (self);
  AssayAttrs    *attrs = assay_attrs_new ();

  assay_attrs_set_dtype (attrs, "dtype", assay_resource_get_dtype (resource));
  assay_attrs_set_shape (attrs, "_shape", assay_resource_get_shape (resource));
  return assay_apply ("ReadVariableOp", attrs, NULL, assay_pool_take (assay_value_new_resource (resource)));
}

gboolean
assay_variable_assign (AssayVariable *self, AssayValue *value, GError **error)
{
  g_return_val_if_fail (assay_value_get_kind (value) == ASSAY_VALUE_TENSOR, FALSE);
  return assay_resource_assign (ASSAY_RESOURCE (self), assay_value_get_tensor (value), error);
}

char *
assay_variable_to_text (AssayVariable *self)
{
  AssayResource *resource = ASSAY_RESOURCE (self);
  g_autoptr (AssayTensor) tensor = assay_resource_dup_tensor (resource, NULL, NULL);
  g_autofree char *shape = assay_partial_shape_to_tuple (assay_resource_get_shape (resource));
  g_autofree char *numbers = assay_tensor_to_text (tensor, ASSAY_ARRAY_REPR);

  return g_strdup_printf ("<tf.Variable '%s:0' shape=%s dtype=%s, numpy=%s%s>", assay_resource_get_name (resource), shape,
                          assay_dtype_get_info (assay_resource_get_dtype (resource))->name, strchr (numbers, '\n') ? "\n" : "", numbers);
}
