/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/value.h>

#include <string.h>

struct _AssayValue
{
  gatomicrefcount   ref_count;
  AssayValueKind    kind;
  AssayDtype        dtype;
  AssayPartialShape shape;
  char             *literal;
  union
  {
    AssayTensor   *tensor;
    GPtrArray     *items; /* GBytes of STRINGS, AssayValue of LIST */
    AssayResource *resource;
    struct
    {
      gpointer trace;
      guint32  operation;
      guint32  output;
    } symbol;
  };
};

G_DEFINE_BOXED_TYPE (AssayValue, assay_value, assay_value_ref, assay_value_unref)

static AssayValue *
value_new (AssayValueKind kind, AssayDtype dtype, const AssayPartialShape *shape)
{
  AssayValue *self = g_new0 (AssayValue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->dtype = dtype;
  self->shape = shape ? *shape : assay_partial_shape_make (0);
  return self;
}

AssayValue *
assay_value_new_take (AssayTensor *tensor)
{
  AssayValue    *self = value_new (ASSAY_VALUE_TENSOR, assay_tensor_get_dtype (tensor), NULL);
  const guint64 *dims = assay_tensor_get_shape (tensor);

  g_return_val_if_fail (assay_tensor_get_rank (tensor) <= ASSAY_GRAPH_MAX_RANK, self);
  self->tensor = tensor;
  self->shape.rank = assay_tensor_get_rank (tensor);
  for (int i = 0; i < self->shape.rank; i++)
    self->shape.dims[i] = dims[i];
  return self;
}

AssayValue *
assay_value_new (AssayTensor *tensor)
{
  return assay_value_new_take (assay_tensor_ref (tensor));
}

AssayValue *
assay_value_new_strings (guint rank, const guint64 *dims, GPtrArray *strings)
{
  AssayPartialShape shape = { .rank = rank };
  AssayValue       *self;

  g_return_val_if_fail (rank <= ASSAY_GRAPH_MAX_RANK, NULL);
  for (guint i = 0; i < rank; i++)
    shape.dims[i] = dims[i];
  self = value_new (ASSAY_VALUE_STRINGS, ASSAY_DTYPE_STRING, &shape);
  self->items = strings;
  return self;
}

AssayValue *
assay_value_new_list (AssayDtype dtype, const AssayPartialShape *item_shape, GPtrArray *items)
{
  AssayValue *self = value_new (ASSAY_VALUE_LIST, dtype, item_shape);

  self->items = items;
  return self;
}

AssayValue *
assay_value_new_resource (AssayResource *resource)
{
  AssayValue *self = value_new (ASSAY_VALUE_RESOURCE, ASSAY_DTYPE_RESOURCE, NULL);

  self->resource = g_object_ref (resource);
  return self;
}

AssayValue *
assay_value_new_symbol (gpointer trace, guint32 operation, guint32 output, AssayDtype dtype, const AssayPartialShape *shape)
{
  AssayValue *self = value_new (ASSAY_VALUE_SYMBOL, dtype, shape);

  self->symbol.trace = trace;
  self->symbol.operation = operation;
  self->symbol.output = output;
  return self;
}

AssayValue *
assay_value_ref (AssayValue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_value_unref (AssayValue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->kind == ASSAY_VALUE_TENSOR)
    assay_tensor_unref (self->tensor);
  else if (self->kind == ASSAY_VALUE_STRINGS || self->kind == ASSAY_VALUE_LIST)
    g_ptr_array_unref (self->items);
  else if (self->kind == ASSAY_VALUE_RESOURCE)
    g_object_unref (self->resource);
  g_free (self->literal);
  g_free (self);
}

const char *
assay_value_get_literal (AssayValue *self)
{
  return self->literal;
}

void
assay_value_set_literal (AssayValue *self, const char *text)
{
  g_free (self->literal);
  self->literal = g_strdup (text);
}

AssayValueKind
assay_value_get_kind (AssayValue *self)
{
  return self->kind;
}

AssayDtype
assay_value_get_dtype (AssayValue *self)
{
  return self->dtype;
}

const AssayPartialShape *
assay_value_get_shape (AssayValue *self)
{
  return &self->shape;
}

int
assay_value_get_rank (AssayValue *self)
{
  return self->shape.rank;
}

gint64
assay_value_get_dim (AssayValue *self, int axis)
{
  if (axis < 0)
    axis += self->shape.rank;
  return axis >= 0 && axis < self->shape.rank ? self->shape.dims[axis] : -1;
}

AssayTensor *
assay_value_get_tensor (AssayValue *self)
{
  return self->kind == ASSAY_VALUE_TENSOR ? self->tensor : NULL;
}

GPtrArray *
assay_value_get_strings (AssayValue *self)
{
  return self->kind == ASSAY_VALUE_STRINGS ? self->items : NULL;
}

GPtrArray *
assay_value_get_items (AssayValue *self)
{
  return self->kind == ASSAY_VALUE_LIST ? self->items : NULL;
}

AssayResource *
assay_value_get_resource (AssayValue *self)
{
  return self->kind == ASSAY_VALUE_RESOURCE ? self->resource : NULL;
}

gpointer
assay_value_get_symbol (AssayValue *self, guint32 *operation, guint32 *output)
{
  if (self->kind != ASSAY_VALUE_SYMBOL)
    return NULL;
  if (operation)
    *operation = self->symbol.operation;
  if (output)
    *output = self->symbol.output;
  return self->symbol.trace;
}

const void *
assay_value_get_data (AssayValue *self)
{
  g_return_val_if_fail (self->kind == ASSAY_VALUE_TENSOR, NULL);
  return assay_tensor_get_data (self->tensor);
}
