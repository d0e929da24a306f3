/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The attributes of an operation: named settings that are no tensors flowing through the graph. */

#pragma once

#include <assay/partial-shape.h>
#include <assay/tensor.h>

G_BEGIN_DECLS

/**
 * AssayAttrKind:
 *
 * What an attribute holds. As tensorflow/core/framework/attr_value.proto.
 */
typedef enum
{
  ASSAY_ATTR_INT,
  ASSAY_ATTR_FLOAT,
  ASSAY_ATTR_BOOL,
  ASSAY_ATTR_STRING,
  ASSAY_ATTR_DTYPE,
  ASSAY_ATTR_SHAPE,
  ASSAY_ATTR_TENSOR,
  ASSAY_ATTR_FUNCTION,
} AssayAttrKind;

/**
 * AssayAttr:
 * @kind: what each item is
 * @is_list: whether it is a list; else there is one item
 * @n: number of items
 *
 * One attribute. Immutable, belongs to its #AssayAttrs. `strings` are bytes (never %NULL, also NUL-terminated);
 * functions are their names.
 */
typedef struct
{
  AssayAttrKind kind;
  gboolean      is_list;
  guint         n;
  union
  {
    gint64            *ints; /* INT, BOOL, DTYPE */
    double            *floats;
    GBytes           **strings; /* STRING, FUNCTION */
    AssayPartialShape *shapes;
    AssayTensor      **tensors;
  };
} AssayAttr;

/**
 * AssayAttrs:
 *
 * The attributes of an operation by name. Shared by reference; nothing changes once a graph has it.
 */
typedef struct _AssayAttrs AssayAttrs;

#define ASSAY_TYPE_ATTRS (assay_attrs_get_type ())
GType assay_attrs_get_type (void);

/**
 * assay_attrs_new:
 *
 * Returns: (transfer full): no attributes yet
 */
AssayAttrs *assay_attrs_new (void);

/**
 * assay_attrs_ref:
 *
 * Returns: (transfer full): @self
 */
AssayAttrs *assay_attrs_ref (AssayAttrs *self);

/**
 * assay_attrs_unref:
 *
 * Gives up a reference.
 */
void assay_attrs_unref (AssayAttrs *self);

/**
 * assay_attrs_set_int:
 *
 * Sets an attribute. Like all setters it returns @self, so that they can be chained.
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_int (AssayAttrs *self, const char *name, gint64 value);

/**
 * assay_attrs_set_float:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_float (AssayAttrs *self, const char *name, double value);

/**
 * assay_attrs_set_bool:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_bool (AssayAttrs *self, const char *name, gboolean value);

/**
 * assay_attrs_set_string:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_string (AssayAttrs *self, const char *name, const char *value);

/**
 * assay_attrs_set_dtype:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_dtype (AssayAttrs *self, const char *name, AssayDtype value);

/**
 * assay_attrs_set_shape:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_shape (AssayAttrs *self, const char *name, const AssayPartialShape *value);

/**
 * assay_attrs_set_tensor:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_tensor (AssayAttrs *self, const char *name, AssayTensor *value);

/**
 * assay_attrs_set_function:
 * @value: the name of a function of the same library
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_function (AssayAttrs *self, const char *name, const char *value);

/**
 * assay_attrs_set_ints:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_ints (AssayAttrs *self, const char *name, guint n, const gint64 *values);

/**
 * assay_attrs_set_dtypes:
 *
 * Returns: (transfer none): @self
 */
AssayAttrs *assay_attrs_set_dtypes (AssayAttrs *self, const char *name, guint n, const AssayDtype *values);

/**
 * assay_attrs_take:
 * @attr: an attribute; its items are consumed (the arrays too, which g_free() frees)
 *
 * Sets an attribute of any kind.
 */
void assay_attrs_take (AssayAttrs *self, const char *name, const AssayAttr *attr);

/**
 * assay_attrs_copy_one:
 * @from: attributes that have @name
 *
 * Copies one attribute.
 */
void assay_attrs_copy_one (AssayAttrs *self, AssayAttrs *from, const char *name);

/**
 * assay_attrs_get:
 * @self: (nullable): attributes
 *
 * Returns: (transfer none) (nullable): the attribute of that name
 */
const AssayAttr *assay_attrs_get (AssayAttrs *self, const char *name);

/**
 * assay_attrs_list:
 *
 * Returns: (transfer container) (element-type utf8): the names, sorted
 */
GPtrArray *assay_attrs_list (AssayAttrs *self);

/**
 * assay_attrs_get_int:
 * @self: (nullable): attributes
 * @fallback: what to return if there is no such attribute
 *
 * Returns: an integer or boolean attribute
 */
gint64 assay_attrs_get_int (AssayAttrs *self, const char *name, gint64 fallback);

/**
 * assay_attrs_get_float:
 *
 * Returns: a number
 */
double assay_attrs_get_float (AssayAttrs *self, const char *name, double fallback);

/**
 * assay_attrs_get_string:
 *
 * Returns: (transfer none): a text, or the name of a function
 */
const char *assay_attrs_get_string (AssayAttrs *self, const char *name, const char *fallback);

/**
 * assay_attrs_get_dtype:
 *
 * Returns: a dtype
 */
AssayDtype assay_attrs_get_dtype (AssayAttrs *self, const char *name, AssayDtype fallback);

/**
 * assay_attrs_get_tensor:
 *
 * Returns: (transfer none) (nullable): a tensor
 */
AssayTensor *assay_attrs_get_tensor (AssayAttrs *self, const char *name);

/**
 * assay_attrs_get_shape:
 *
 * Returns: (transfer none) (nullable): a shape
 */
const AssayPartialShape *assay_attrs_get_shape (AssayAttrs *self, const char *name);

/**
 * assay_attrs_get_ints:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n) (nullable): a list of integers
 */
const gint64 *assay_attrs_get_ints (AssayAttrs *self, const char *name, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayAttrs, assay_attrs_unref)

G_END_DECLS
