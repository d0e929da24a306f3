/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lists of tensors, which loops over time put their outputs into. Source: tensorflow/core/kernels/list_kernels.h. */

#include "kernel-private.h"

#include <string.h>

#define MAX_ITEMS (1u << 24)

/* The items of a list that an input is; NULL with an error if it is none. */
static GPtrArray *
get_items (AssayKernelCall *call, guint input, GError **error)
{
  GPtrArray *items = assay_value_get_kind (call->inputs[input]) == ASSAY_VALUE_LIST ? assay_value_get_items (call->inputs[input]) : NULL;

  if (items == NULL)
    assay_kernel_fail (call, error, "Input handle is not a list");
  return items;
}

static void
unref_if_any (gpointer value)
{
  if (value != NULL)
    assay_value_unref (value);
}

static GPtrArray *
new_items (void)
{
  return g_ptr_array_new_with_free_func (unref_if_any);
}

static GPtrArray *
copy_items (GPtrArray *items)
{
  GPtrArray *copy = new_items ();

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (copy, items->pdata[i] ? assay_value_ref (items->pdata[i]) : NULL);
  return copy;
}

/* The shape that an input says items have: -1 alone for any. */
static gboolean
read_item_shape (AssayKernelCall *call, guint input, AssayPartialShape *shape, GError **error)
{
  const AssayPartialShape *own = assay_value_get_shape (call->inputs[input]);
  int                      n;

  *shape = assay_partial_shape_unknown ();
  if (own->rank == 0)
    return TRUE;
  n = assay_kernel_ints (call, input, shape->dims, ASSAY_GRAPH_MAX_RANK, error);
  shape->rank = n;
  return n >= 0;
}

static void
give_list (AssayKernelCall *call, AssayDtype dtype, const AssayPartialShape *shape, GPtrArray *items)
{
  call->outputs[0] = assay_value_new_list (dtype, shape, items);
}

/* A list like another, with other items. */
static void
give_changed (AssayKernelCall *call, GPtrArray *items)
{
  give_list (call, assay_value_get_dtype (call->inputs[0]), assay_value_get_shape (call->inputs[0]), items);
}

static gboolean
run_reserve (AssayKernelCall *call, GError **error)
{
  AssayPartialShape shape;
  gint64            n = 0;
  GPtrArray        *items;

  if (!read_item_shape (call, 0, &shape, error) || !assay_kernel_int (call, 1, &n, error))
    return FALSE;
  if (strcmp (call->op->name, "EmptyTensorList") == 0)
    n = 0;
  if (n < 0 || n > MAX_ITEMS)
    return assay_kernel_fail (call, error, "The num_elements to reserve must be a non negative number, but got %" G_GINT64_FORMAT, n);
  items = new_items ();
  g_ptr_array_set_size (items, n);
  give_list (call, assay_attrs_get_dtype (call->attrs, "element_dtype", ASSAY_DTYPE_FLOAT32), &shape, items);
  return TRUE;
}

static gboolean
is_tensor (AssayValue *value)
{
  return assay_value_get_kind (value) == ASSAY_VALUE_TENSOR;
}

static gboolean
run_from_tensor (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = assay_value_get_shape (call->inputs[0]);
  AssayDtype               dtype = assay_value_get_dtype (call->inputs[0]);
  AssayPartialShape        item_shape = { .rank = shape->rank - 1 };
  guint64                  dims[ASSAY_GRAPH_MAX_RANK];
  gsize                    item_bytes;
  GPtrArray               *items;

  if (!is_tensor (call->inputs[0]))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (shape->rank < 1 || shape->dims[0] > MAX_ITEMS)
    return assay_kernel_fail (call, error, "Tensor must be at least a vector, but saw shape of rank %d", shape->rank);
  for (int i = 0; i < item_shape.rank; i++)
    dims[i] = item_shape.dims[i] = shape->dims[i + 1];
  items = new_items ();
  item_bytes = assay_partial_shape_n_elements (&item_shape) * assay_dtype_get_info (dtype)->item_size;
  for (gint64 i = 0; i < shape->dims[0]; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (assay_tensor_get_bytes (assay_value_get_tensor (call->inputs[0])), i * item_bytes, item_bytes);
      AssayTensor *tensor = assay_tensor_new (dtype, item_shape.rank, dims, bytes, error);

      if (tensor == NULL)
        {
          g_ptr_array_unref (items);
          return FALSE;
        }
      g_ptr_array_add (items, assay_value_new_take (tensor));
    }
  give_list (call, dtype, &item_shape, items);
  return TRUE;
}

static gboolean
run_set_item (AssayKernelCall *call, GError **error)
{
  GPtrArray *items = get_items (call, 0, error);
  gint64     index;

  if (items == NULL || !assay_kernel_int (call, 1, &index, error))
    return FALSE;
  if (index < 0 || index >= items->len)
    return assay_kernel_fail (call, error, "Trying to modify element %" G_GINT64_FORMAT " in a list with %u elements.", index, items->len);
  items = copy_items (items);
  unref_if_any (items->pdata[index]);
  items->pdata[index] = assay_value_ref (call->inputs[2]);
  give_changed (call, items);
  return TRUE;
}

static gboolean
run_push_back (AssayKernelCall *call, GError **error)
{
  GPtrArray *items = get_items (call, 0, error);

  if (items == NULL)
    return FALSE;
  items = copy_items (items);
  g_ptr_array_add (items, assay_value_ref (call->inputs[1]));
  give_changed (call, items);
  return TRUE;
}

/* The shape of items that aren't set: as the list, or another item, has it. */
static gboolean
find_shape (AssayKernelCall *call, GPtrArray *items, guint input, AssayPartialShape *shape, GError **error)
{
  const AssayPartialShape *own = assay_value_get_shape (call->inputs[0]);

  if (!read_item_shape (call, input, shape, error))
    return FALSE;
  if (own->rank >= 0 && (shape->rank < 0 || (own->rank == shape->rank && !assay_partial_shape_is_full (shape))))
    assay_partial_shape_merge (shape, own);
  for (guint i = 0; i < items->len && !assay_partial_shape_is_full (shape); i++)
    if (items->pdata[i] != NULL)
      *shape = *assay_value_get_shape (items->pdata[i]);
  return TRUE;
}

static gboolean
give_zeros (AssayKernelCall *call, guint output, AssayDtype dtype, const AssayPartialShape *shape, GError **error)
{
  void *out;

  if (!assay_partial_shape_is_full (shape))
    return assay_kernel_fail (call, error, "Trying to read an uninitialized tensor but element_shape is not fully defined");
  out = assay_kernel_output (call, output, dtype, shape, error);
  if (out == NULL)
    return FALSE;
  memset (out, 0, assay_partial_shape_n_elements (shape) * assay_dtype_get_info (dtype)->item_size);
  return TRUE;
}

static AssayDtype
item_dtype (AssayKernelCall *call)
{
  return assay_attrs_get_dtype (call->attrs, "element_dtype", ASSAY_DTYPE_FLOAT32);
}

static gboolean
run_get_item (AssayKernelCall *call, GError **error)
{
  GPtrArray        *items = get_items (call, 0, error);
  AssayPartialShape shape;
  gint64            index;

  if (items == NULL || !assay_kernel_int (call, 1, &index, error))
    return FALSE;
  if (index < 0 || index >= items->len)
    return assay_kernel_fail (call, error, "Trying to access element %" G_GINT64_FORMAT " in a list with %u elements.", index, items->len);
  if (items->pdata[index] != NULL)
    {
      call->outputs[0] = assay_value_ref (items->pdata[index]);
      return TRUE;
    }
  return find_shape (call, items, 2, &shape, error) && give_zeros (call, 0, item_dtype (call), &shape, error);
}

static gboolean
run_pop_back (AssayKernelCall *call, GError **error)
{
  GPtrArray        *items = get_items (call, 0, error);
  AssayPartialShape shape;
  AssayValue       *last;

  if (items == NULL)
    return FALSE;
  if (items->len == 0)
    return assay_kernel_fail (call, error, "Trying to pop from an empty list.");
  last = items->pdata[items->len - 1];
  if (last != NULL)
    call->outputs[1] = assay_value_ref (last);
  else if (!find_shape (call, items, 1, &shape, error) || !give_zeros (call, 1, item_dtype (call), &shape, error))
    return FALSE;
  items = copy_items (items);
  g_ptr_array_set_size (items, items->len - 1);
  give_changed (call, items);
  return TRUE;
}

static gboolean
run_stack (AssayKernelCall *call, GError **error)
{
  GPtrArray        *items = get_items (call, 0, error);
  AssayPartialShape shape, all;
  AssayDtype        dtype = item_dtype (call);
  gsize             item_bytes;
  guint8           *out;

  if (items == NULL || !find_shape (call, items, 1, &shape, error))
    return FALSE;
  if (!assay_partial_shape_is_full (&shape) || shape.rank >= ASSAY_GRAPH_MAX_RANK)
    return assay_kernel_fail (call, error, "Tried to stack elements of an empty list with non-fully-defined element_shape");
  all = (AssayPartialShape){ .rank = shape.rank + 1, .dims = { items->len } };
  memcpy (all.dims + 1, shape.dims, shape.rank * sizeof *shape.dims);
  for (guint i = 0; i < items->len; i++)
    if (items->pdata[i] != NULL && (!is_tensor (items->pdata[i]) || assay_value_get_dtype (items->pdata[i]) != dtype ||
                                    !assay_partial_shape_equal (assay_value_get_shape (items->pdata[i]), &shape)))
      return assay_kernel_fail (call, error, "Tried to stack list which only contains unlike tensors: item %u has another shape or dtype", i);
  out = assay_kernel_output (call, 0, dtype, &all, error);
  item_bytes = assay_partial_shape_n_elements (&shape) * assay_dtype_get_info (dtype)->item_size;
  for (guint i = 0; out != NULL && i < items->len; i++)
    if (items->pdata[i] != NULL)
      memcpy (out + i * item_bytes, assay_value_get_data (items->pdata[i]), item_bytes);
    else
      memset (out + i * item_bytes, 0, item_bytes);
  return out != NULL;
}

static gboolean
run_length (AssayKernelCall *call, GError **error)
{
  GPtrArray        *items = get_items (call, 0, error);
  AssayPartialShape scalar = { .rank = 0 };
  gint32           *out = items ? assay_kernel_output (call, 0, ASSAY_DTYPE_INT32, &scalar, error) : NULL;

  if (out != NULL)
    *out = items->len;
  return out != NULL;
}

const AssayKernel assay_kernels_list[] = {
  { "EmptyTensorList", run_reserve },
  { "TensorListFromTensor", run_from_tensor },
  { "TensorListGetItem", run_get_item },
  { "TensorListLength", run_length },
  { "TensorListPopBack", run_pop_back },
  { "TensorListPushBack", run_push_back },
  { "TensorListReserve", run_reserve },
  { "TensorListSetItem", run_set_item },
  { "TensorListStack", run_stack },
  { NULL, NULL },
};
