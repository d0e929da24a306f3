/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A value: a tensor, or while tracing the output of an operation that will make one. */

#pragma once

#include <assay/partial-shape.h>
#include <assay/resource.h>
#include <assay/tensor.h>

G_BEGIN_DECLS

/**
 * AssayValueKind:
 * @ASSAY_VALUE_TENSOR: a tensor
 * @ASSAY_VALUE_STRINGS: a tensor of strings
 * @ASSAY_VALUE_LIST: a list of values (TensorFlow's TensorList, a variant)
 * @ASSAY_VALUE_RESOURCE: a handle of a variable
 * @ASSAY_VALUE_SYMBOL: an output of an operation in a function that is being traced
 */
typedef enum
{
  ASSAY_VALUE_TENSOR,
  ASSAY_VALUE_STRINGS,
  ASSAY_VALUE_LIST,
  ASSAY_VALUE_RESOURCE,
  ASSAY_VALUE_SYMBOL,
} AssayValueKind;

/**
 * AssayValue:
 *
 * What operations take and give. Immutable; any thread may read it.
 *
 * Values that operations return belong to the innermost #AssayPool of the thread, and live until that ends: use
 * them without freeing them, and take a reference to keep one longer. So `assay_add (assay_matmul (x, w, error), b, error)` leaks
 * nothing. An operation that gets %NULL returns %NULL and leaves the error alone: whoever made the %NULL has set it.
 */
typedef struct _AssayValue AssayValue;

#define ASSAY_TYPE_VALUE (assay_value_get_type ())
GType assay_value_get_type (void);

/**
 * assay_value_new:
 * @tensor: (transfer none): a tensor
 *
 * Returns: (transfer full): a value that is that tensor
 */
AssayValue *assay_value_new (AssayTensor *tensor);

/**
 * assay_value_new_take:
 * @tensor: (transfer full): a tensor
 *
 * Returns: (transfer full): a value that is that tensor
 */
AssayValue *assay_value_new_take (AssayTensor *tensor);

/**
 * assay_value_new_strings:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 * @strings: (transfer full) (element-type GBytes): row-major
 *
 * Returns: (transfer full): a tensor of strings
 */
AssayValue *assay_value_new_strings (guint rank, const guint64 *dims, GPtrArray *strings);

/**
 * assay_value_new_list:
 * @dtype: the dtype of the items
 * @item_shape: what is known of their shape
 * @items: (transfer full) (element-type AssayValue): the items; one may be %NULL if it isn't set yet
 *
 * Returns: (transfer full): a list
 */
AssayValue *assay_value_new_list (AssayDtype dtype, const AssayPartialShape *item_shape, GPtrArray *items);

/**
 * assay_value_new_resource:
 * @resource: a variable or the like
 *
 * Returns: (transfer full): a handle of it
 */
AssayValue *assay_value_new_resource (AssayResource *resource);

/**
 * assay_value_new_symbol:
 * @trace: (transfer none): the trace it belongs to, referenced weakly: the value is of no use after it
 * @operation: index of the operation
 * @output: which of its outputs
 * @dtype: dtype
 * @shape: shape
 *
 * Returns: (transfer full): an output of an operation; for tracing only
 */
AssayValue *assay_value_new_symbol (gpointer trace, guint32 operation, guint32 output, AssayDtype dtype, const AssayPartialShape *shape);

/**
 * assay_value_ref:
 *
 * Returns: (transfer full): @self
 */
AssayValue *assay_value_ref (AssayValue *self);

/**
 * assay_value_unref:
 *
 * Gives up a reference.
 */
void assay_value_unref (AssayValue *self);

/**
 * assay_value_set_literal:
 * @text: how the value was typed, as in "[[2.0, 2.0, 2.0]]"
 *
 * Notes, right after the value was made, that it was a list of numbers and not a tensor. Messages show it as it was typed.
 */
void assay_value_set_literal (AssayValue *self, const char *text);

/**
 * assay_value_get_literal:
 *
 * Returns: (transfer none) (nullable): how the value was typed
 */
const char *assay_value_get_literal (AssayValue *self);

/**
 * assay_value_get_kind:
 *
 * Returns: what it is
 */
AssayValueKind assay_value_get_kind (AssayValue *self);

/**
 * assay_value_get_dtype:
 *
 * Returns: the dtype of its elements; of a list, of its items; `RESOURCE` for a handle
 */
AssayDtype assay_value_get_dtype (AssayValue *self);

/**
 * assay_value_get_shape:
 *
 * Returns: (transfer none): its shape; fully known for tensors; of a list, that of its items
 */
const AssayPartialShape *assay_value_get_shape (AssayValue *self);

/**
 * assay_value_get_rank:
 *
 * Returns: the number of dimensions, -1 if it isn't known
 */
int assay_value_get_rank (AssayValue *self);

/**
 * assay_value_get_dim:
 * @axis: which; negative ones count from the end
 *
 * Returns: that dimension, -1 if it isn't known or there is none
 */
gint64 assay_value_get_dim (AssayValue *self, int axis);

/**
 * assay_value_get_tensor:
 *
 * Returns: (transfer none) (nullable): the tensor, if it is one
 */
AssayTensor *assay_value_get_tensor (AssayValue *self);

/**
 * assay_value_get_strings:
 *
 * Returns: (transfer none) (element-type GBytes) (nullable): the strings, if it is a tensor of them
 */
GPtrArray *assay_value_get_strings (AssayValue *self);

/**
 * assay_value_get_items:
 *
 * Returns: (transfer none) (element-type AssayValue) (nullable): the items, if it is a list
 */
GPtrArray *assay_value_get_items (AssayValue *self);

/**
 * assay_value_get_resource:
 *
 * Returns: (transfer none) (nullable): the resource, if it is a handle
 */
AssayResource *assay_value_get_resource (AssayValue *self);

/**
 * assay_value_get_symbol:
 * @operation: (out) (optional): index of the operation
 * @output: (out) (optional): which of its outputs
 *
 * Returns: (transfer none) (nullable): the trace, if it is a symbol
 */
gpointer assay_value_get_symbol (AssayValue *self, guint32 *operation, guint32 *output);

/**
 * assay_value_get_data:
 *
 * Returns: (transfer none): the elements of a tensor
 */
const void *assay_value_get_data (AssayValue *self);

/**
 * AssayPool:
 *
 * Owns the values that operations in this thread return, until it ends. Pools nest.
 */
typedef struct _AssayPool AssayPool;

/**
 * assay_pool_push:
 *
 * Begins a pool. Use it as `g_autoptr (AssayPool) pool = assay_pool_push ();`
 *
 * Returns: (transfer full): the pool
 */
AssayPool *assay_pool_push (void);

/**
 * assay_pool_pop:
 *
 * Ends a pool, which must be the innermost one, and frees its values.
 */
void assay_pool_pop (AssayPool *pool);

/**
 * assay_pool_pop_with:
 * @value: (nullable): a value of the pool
 *
 * Ends a pool but hands @value to the pool around it.
 *
 * Returns: (transfer none) (nullable): @value
 */
AssayValue *assay_pool_pop_with (AssayPool *pool, AssayValue *value);

/**
 * assay_pool_take:
 * @value: (transfer full) (nullable): a value
 *
 * Gives a value to the innermost pool. If there is none, a pool is begun that ends with the thread.
 *
 * Returns: (transfer none) (nullable): @value
 */
AssayValue *assay_pool_take (AssayValue *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayValue, assay_value_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayPool, assay_pool_pop)

G_END_DECLS
