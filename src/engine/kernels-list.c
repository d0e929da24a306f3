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
  gboolean   may_grow;

  if (items == NULL || !assay_kernel_int (call, 1, &index, error))
    return FALSE;
  may_grow = assay_attrs_get_int (call->attrs, "resize_if_index_out_of_bounds", FALSE) && index < MAX_ITEMS;
  if (index < 0 || (index >= items->len && !may_grow))
    return assay_kernel_fail (call, error, "Trying to modify element %" G_GINT64_FORMAT " in a list with %u elements.", index, items->len);
  items = copy_items (items);
  if (index >= items->len)
    g_ptr_array_set_size (items, index + 1);
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

/* Items of one dtype and shape (of unlike first dimensions, if @ragged) one behind the other; those that aren't set are zeros. */
static gboolean
check_alike (AssayKernelCall *call, AssayValue *item, AssayDtype dtype, const AssayPartialShape *shape, gboolean ragged, GError **error)
{
  const AssayPartialShape *own;

  if (item == NULL)
    return TRUE;
  own = assay_value_get_shape (item);
  if (!is_tensor (item) || assay_value_get_dtype (item) != dtype || own->rank != shape->rank ||
      memcmp (own->dims + ragged, shape->dims + ragged, MAX (shape->rank - ragged, 0) * sizeof *shape->dims) != 0)
    return assay_kernel_fail (call, error, "Tried to stack list which only contains unlike tensors: an item has another shape or dtype");
  return TRUE;
}

/* @n items, by their indices or all, become rows of output 0. */
static gboolean
give_rows (AssayKernelCall *call, GPtrArray *items, const gint64 *indices, gsize n, guint shape_input, GError **error)
{
  AssayPartialShape shape, all;
  AssayDtype        dtype = item_dtype (call);
  gsize             item_bytes;
  guint8           *out;

  if (!find_shape (call, items, shape_input, &shape, error))
    return FALSE;
  if (!assay_partial_shape_is_full (&shape) || shape.rank >= ASSAY_GRAPH_MAX_RANK)
    return assay_kernel_fail (call, error, "Tried to stack elements of an empty list with non-fully-defined element_shape");
  all = (AssayPartialShape){ .rank = shape.rank + 1, .dims = { n } };
  memcpy (all.dims + 1, shape.dims, shape.rank * sizeof *shape.dims);
  for (gsize i = 0; i < n; i++)
    {
      if (indices != NULL && (indices[i] < 0 || indices[i] >= items->len))
        return assay_kernel_fail (call, error, "Trying to gather element %" G_GINT64_FORMAT " in a list with %u elements.", indices[i], items->len);
      if (!check_alike (call, items->pdata[indices ? (gsize) indices[i] : i], dtype, &shape, FALSE, error))
        return FALSE;
    }
  out = assay_kernel_output (call, 0, dtype, &all, error);
  item_bytes = assay_partial_shape_n_elements (&shape) * assay_dtype_get_info (dtype)->item_size;
  for (gsize i = 0; out != NULL && i < n; i++)
    {
      AssayValue *item = items->pdata[indices ? (gsize) indices[i] : i];

      if (item != NULL)
        memcpy (out + i * item_bytes, assay_value_get_data (item), item_bytes);
      else
        memset (out + i * item_bytes, 0, item_bytes);
    }
  return out != NULL;
}

static gboolean
run_stack (AssayKernelCall *call, GError **error)
{
  GPtrArray *items = get_items (call, 0, error);

  return items != NULL && give_rows (call, items, NULL, items->len, 1, error);
}

static gboolean
run_gather (AssayKernelCall *call, GError **error)
{
  GPtrArray         *items = get_items (call, 0, error);
  gint64             n = 0;
  g_autofree gint64 *indices = items ? assay_kernel_all_ints (call, 1, &n, error) : NULL;

  return indices != NULL && give_rows (call, items, indices, n, 2, error);
}

/* Along the first dimension; how long each item is goes with it. */
static gboolean
run_concat (AssayKernelCall *call, GError **error)
{
  GPtrArray        *items = get_items (call, 0, error);
  AssayPartialShape shape = assay_partial_shape_unknown (), lengths = { .rank = 1 };
  AssayDtype        dtype = item_dtype (call);
  gint64           *length;
  guint8           *out;

  if (items == NULL)
    return FALSE;
  lengths.dims[0] = items->len;
  for (guint i = 0; i < items->len; i++)
    {
      if (items->pdata[i] == NULL)
        return assay_kernel_fail (call, error, "Concat saw an uninitialized element %u of the list", i);
      if (shape.rank < 0)
        {
          shape = *assay_value_get_shape (items->pdata[i]);
          shape.dims[0] = 0;
        }
      if (shape.rank < 1)
        return assay_kernel_fail (call, error, "Concat saw a scalar element of the list, and they must be vectors at least");
      if (!check_alike (call, items->pdata[i], dtype, &shape, TRUE, error))
        return FALSE;
      shape.dims[0] += assay_value_get_shape (items->pdata[i])->dims[0];
    }
  if (items->len == 0 && (!find_shape (call, items, call->n_inputs > 1 ? 1 : 0, &shape, error) || shape.rank < 1))
    return assay_kernel_fail (call, error, "All except the first dimension must be fully defined when concating an empty tensor list");
  if (items->len == 0)
    shape.dims[0] = 0;
  if (!assay_partial_shape_is_full (&shape))
    return assay_kernel_fail (call, error, "All except the first dimension must be fully defined when concating an empty tensor list");
  out = assay_kernel_output (call, 0, dtype, &shape, error);
  length = out ? assay_kernel_output (call, 1, ASSAY_DTYPE_INT64, &lengths, error) : NULL;
  for (guint i = 0; length != NULL && i < items->len; i++)
    {
      const AssayPartialShape *own = assay_value_get_shape (items->pdata[i]);
      gsize                    n_bytes = assay_partial_shape_n_elements (own) * assay_dtype_get_info (dtype)->item_size;

      length[i] = own->dims[0];
      memcpy (out, assay_value_get_data (items->pdata[i]), n_bytes);
      out += n_bytes;
    }
  return length != NULL;
}

/* A piece of a tensor's rows, without copying; one row loses its dimension if @is_item. */
static AssayValue *
cut_rows (AssayValue *value, gint64 first, gint64 n, gboolean is_item, GError **error)
{
  AssayPartialShape shape = *assay_value_get_shape (value);
  guint64           dims[ASSAY_GRAPH_MAX_RANK];
  gsize             row_bytes;
  g_autoptr (GBytes) bytes = NULL;
  AssayTensor *tensor;

  shape.dims[0] = 1;
  row_bytes = assay_partial_shape_n_elements (&shape) * assay_dtype_get_info (assay_value_get_dtype (value))->item_size;
  for (int i = 0; i < shape.rank; i++)
    dims[i] = i == 0 ? n : shape.dims[i];
  bytes = g_bytes_new_from_bytes (assay_tensor_get_bytes (assay_value_get_tensor (value)), first * row_bytes, n * row_bytes);
  tensor = assay_tensor_new (assay_value_get_dtype (value), shape.rank - is_item, dims + is_item, bytes, error);
  return tensor ? assay_value_new_take (tensor) : NULL;
}

static gboolean
check_rows (AssayKernelCall *call, guint input, GError **error)
{
  if (!is_tensor (call->inputs[input]))
    return assay_kernel_refuse_dtype (call, assay_value_get_dtype (call->inputs[input]), error);
  if (assay_value_get_rank (call->inputs[input]) < 1)
    return assay_kernel_fail (call, error, "Tensor must be at least a vector, but saw shape of rank 0");
  return TRUE;
}

/* Rows of a tensor are put at indices of a list: a new one, or one that is there. */
static gboolean
run_scatter (AssayKernelCall *call, GError **error)
{
  gboolean           is_there = strcmp (call->op->name, "TensorListScatterIntoExistingList") == 0;
  guint              at = is_there ? 1 : 0;
  GPtrArray         *old = is_there ? get_items (call, 0, error) : NULL, *items;
  AssayPartialShape  shape = is_there ? *assay_value_get_shape (call->inputs[0]) : assay_partial_shape_unknown ();
  gint64             n = 0, size = -1, largest = -1;
  g_autofree gint64 *indices = NULL;
  gboolean           good = TRUE;

  if ((is_there && old == NULL) || !check_rows (call, at, error) || (!is_there && !read_item_shape (call, 2, &shape, error)) ||
      (call->n_inputs > 3 && !assay_kernel_int (call, 3, &size, error)))
    return FALSE;
  indices = assay_kernel_all_ints (call, at + 1, &n, error);
  if (indices == NULL)
    return FALSE;
  for (gint64 i = 0; i < n; i++)
    if (indices[i] < 0 || indices[i] >= MAX_ITEMS)
      return assay_kernel_fail (call, error, "Indices in TensorListScatter must all be non-negative and below %u.", MAX_ITEMS);
    else
      largest = MAX (largest, indices[i]);
  if (n != assay_value_get_shape (call->inputs[at])->dims[0])
    return assay_kernel_fail (call, error, "Invalid number of rows in input tensor. Expected: %" G_GINT64_FORMAT " Actual: %" G_GINT64_FORMAT, n,
                              assay_value_get_shape (call->inputs[at])->dims[0]);
  if (size > MAX_ITEMS || (size >= 0 && largest >= size))
    return assay_kernel_fail (call, error, "TensorListScatter: Trying to scatter at index %" G_GINT64_FORMAT " in list with size %" G_GINT64_FORMAT, largest, size);
  items = old ? copy_items (old) : new_items ();
  g_ptr_array_set_size (items, MAX (MAX (size, largest + 1), items->len));
  for (gint64 i = 0; i < n && good; i++)
    {
      AssayValue *row = cut_rows (call->inputs[at], i, 1, TRUE, error);

      good = row != NULL;
      unref_if_any (items->pdata[indices[i]]);
      items->pdata[indices[i]] = row;
    }
  give_list (call, assay_value_get_dtype (call->inputs[at]), &shape, items);
  return good;
}

/* Rows of a tensor in pieces of given lengths. */
static gboolean
run_split (AssayKernelCall *call, GError **error)
{
  AssayPartialShape  shape;
  gint64             n = 0, first = 0, n_rows;
  g_autofree gint64 *lengths = NULL;
  GPtrArray         *items;
  gboolean           good = TRUE;

  if (!check_rows (call, 0, error) || !read_item_shape (call, 1, &shape, error))
    return FALSE;
  n_rows = assay_value_get_shape (call->inputs[0])->dims[0];
  lengths = assay_kernel_all_ints (call, 2, &n, error);
  if (lengths == NULL)
    return FALSE;
  for (gint64 i = 0; i < n; i++)
    {
      if (lengths[i] < 0 || lengths[i] > n_rows - first)
        return assay_kernel_fail (call, error, "Attempting to slice [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "] from tensor with length %" G_GINT64_FORMAT, first, lengths[i], n_rows);
      first += lengths[i];
    }
  if (first != n_rows)
    return assay_kernel_fail (call, error, "Unused values in tensor. Length of tensor: %" G_GINT64_FORMAT " Values used: %" G_GINT64_FORMAT, n_rows, first);
  items = new_items ();
  first = 0;
  for (gint64 i = 0; i < n && good; first += lengths[i++])
    {
      AssayValue *piece = cut_rows (call->inputs[0], first, lengths[i], FALSE, error);

      good = piece != NULL;
      g_ptr_array_add (items, piece);
    }
  give_list (call, assay_value_get_dtype (call->inputs[0]), &shape, items);
  return good;
}

static gboolean
run_resize (AssayKernelCall *call, GError **error)
{
  GPtrArray *items = get_items (call, 0, error);
  gint64     size;

  if (items == NULL || !assay_kernel_int (call, 1, &size, error))
    return FALSE;
  if (size < 0 || size > MAX_ITEMS)
    return assay_kernel_fail (call, error, "TensorListResize expects size to be non-negative and at most %u. Got: %" G_GINT64_FORMAT, MAX_ITEMS, size);
  items = copy_items (items);
  g_ptr_array_set_size (items, size);
  give_changed (call, items);
  return TRUE;
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
  { "TensorListConcat", run_concat },
  { "TensorListConcatV2", run_concat },
  { "TensorListFromTensor", run_from_tensor },
  { "TensorListGather", run_gather },
  { "TensorListGetItem", run_get_item },
  { "TensorListLength", run_length },
  { "TensorListPopBack", run_pop_back },
  { "TensorListPushBack", run_push_back },
  { "TensorListReserve", run_reserve },
  { "TensorListResize", run_resize },
  { "TensorListScatter", run_scatter },
  { "TensorListScatterIntoExistingList", run_scatter },
  { "TensorListScatterV2", run_scatter },
  { "TensorListSetItem", run_set_item },
  { "TensorListSplit", run_split },
  { "TensorListStack", run_stack },
  { NULL, NULL },
};
