/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What asks which values are larger: the largest of a row, the n-th, and searching in sorted rows. */

#include "half-private.h"
#include "kernel-private.h"

#include <math.h>
#include <stdlib.h>

/* So many items are sorted in one go. */
#define PART 65536

/* A value and where it was; integers don't all fit into a double, so both are kept. */
typedef struct
{
  double number;
  gint64 integer;
  gint64 index;
} Item;

static gboolean
is_sortable (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT32 || dtype == ASSAY_DTYPE_FLOAT64 || assay_is_half (dtype) || (dtype >= ASSAY_DTYPE_INT8 && dtype <= ASSAY_DTYPE_UINT64);
}

/* uint64 is shifted into the range of int64, so that order stays. */
static Item
read_item (AssayDtype dtype, const void *data, gint64 i)
{
  Item item = { 0 };

  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      item.number = ((const float *) data)[i];
      break;
    case ASSAY_DTYPE_FLOAT64:
      item.number = ((const double *) data)[i];
      break;
    case ASSAY_DTYPE_FLOAT16:
      item.number = assay_float_of_half (((const guint16 *) data)[i]);
      break;
    case ASSAY_DTYPE_BFLOAT16:
      item.number = assay_float_of_bfloat (((const guint16 *) data)[i]);
      break;
    case ASSAY_DTYPE_INT8:
      item.integer = ((const gint8 *) data)[i];
      break;
    case ASSAY_DTYPE_UINT8:
      item.integer = ((const guint8 *) data)[i];
      break;
    case ASSAY_DTYPE_INT16:
      item.integer = ((const gint16 *) data)[i];
      break;
    case ASSAY_DTYPE_UINT16:
      item.integer = ((const guint16 *) data)[i];
      break;
    case ASSAY_DTYPE_INT32:
      item.integer = ((const gint32 *) data)[i];
      break;
    case ASSAY_DTYPE_UINT32:
      item.integer = ((const guint32 *) data)[i];
      break;
    case ASSAY_DTYPE_INT64:
      item.integer = ((const gint64 *) data)[i];
      break;
    default:
      item.integer = ((const guint64 *) data)[i] ^ 0x8000000000000000u;
      break;
    }
  item.index = i;
  return item;
}

/* Larger ones first; of equal ones the earlier. NaNs stand behind all numbers. */
static int
compare_items (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  gboolean    x_nan = isnan (x->number), y_nan = isnan (y->number);

  if (x_nan != y_nan)
    return x_nan - y_nan;
  if (x->number != y->number && !x_nan)
    return x->number > y->number ? -1 : 1;
  if (x->integer != y->integer)
    return x->integer > y->integer ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void
swap_items (Item *a, Item *b)
{
  Item kept = *a;

  *a = *b;
  *b = kept;
}

/* Divides items low … high around one of them: those up to *@left come before those from *@right on, and what is between is in its place. */
static void
divide (Item *items, gint64 low, gint64 high, gint64 *left, gint64 *right)
{
  gint64 i = low, j = high;
  Item   pivot = items[low + (high - low) / 2];

  for (guint n = 0; i <= j && !assay_stops (n); n++)
    {
      while (compare_items (&items[i], &pivot) < 0)
        i++;
      while (compare_items (&items[j], &pivot) > 0)
        j--;
      if (i <= j)
        swap_items (&items[i++], &items[j--]);
    }
  *left = j;
  *right = i;
}

/* Sorts the first @k in order of n items to the front. */
static void
sort_first (Item *items, gint64 n, gint64 k)
{
  while (n > 1 && k > 0 && !assay_is_stopped ())
    {
      gint64 left, right;

      if (n <= PART)
        {
          qsort (items, n, sizeof *items, compare_items);
          return;
        }
      divide (items, 0, n - 1, &left, &right);
      /* The smaller part first, so that there are few levels. */
      if (left + 1 < n - right)
        {
          sort_first (items, left + 1, k);
          items += right;
          n -= right;
          k -= right;
        }
      else
        {
          sort_first (items + right, n - right, k - right);
          n = left + 1;
        }
    }
}

/* Brings the item that would be number @k to its place. */
static void
select_one (Item *items, gint64 n, gint64 k)
{
  gint64 low = 0, high = n - 1;

  while (low < high && !assay_is_stopped ())
    {
      gint64 i, j;

      divide (items, low, high, &j, &i);
      if (k <= j)
        high = j;
      else if (k >= i)
        low = i;
      else
        return;
    }
}

typedef struct
{
  AssayDtype  dtype, index_dtype;
  gsize       item_size;
  gint64      columns, k;
  const char *in;
  char       *values;
  void       *indices;
  gboolean    has_failed; /* atomic: there is no memory for a row */
} Top;

static void
top_rows (gsize first, gsize end, gpointer data)
{
  Top             *self = data;
  g_autofree Item *items = g_try_new (Item, MAX (self->columns, 1));

  if (items == NULL)
    {
      g_atomic_int_set (&self->has_failed, TRUE);
      return;
    }
  for (gsize row = first; row < end; row++)
    {
      const char *in = self->in + row * self->columns * self->item_size;

      for (gint64 i = 0; i < self->columns; i++)
        {
          if (assay_stops (i))
            return;
          items[i] = read_item (self->dtype, in, i);
        }
      if (self->k < self->columns)
        select_one (items, self->columns, self->k);
      sort_first (items, self->k, self->k);
      for (gint64 i = 0; i < self->k && !assay_stops (i); i++)
        {
          memcpy (self->values + (row * self->k + i) * self->item_size, in + items[i].index * self->item_size, self->item_size);
          if (self->index_dtype == ASSAY_DTYPE_INT64)
            ((gint64 *) self->indices)[row * self->k + i] = items[i].index;
          else if (self->index_dtype == ASSAY_DTYPE_INT32)
            ((gint32 *) self->indices)[row * self->k + i] = items[i].index;
          else
            ((gint16 *) self->indices)[row * self->k + i] = items[i].index;
        }
    }
}

static gboolean
run_top_k (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0), *shape = &call->specs[0].shape;
  Top                      work = { .dtype = assay_kernel_dtype (call, 0), .index_dtype = call->specs[1].dtype };

  if (!is_sortable (work.dtype))
    return assay_kernel_refuse_dtype (call, work.dtype, error);
  if (work.index_dtype != ASSAY_DTYPE_INT32 && work.index_dtype != ASSAY_DTYPE_INT64 && work.index_dtype != ASSAY_DTYPE_INT16)
    return assay_kernel_refuse_dtype (call, work.index_dtype, error);
  work.values = assay_kernel_output_as_inferred (call, 0, error);
  work.indices = work.values ? assay_kernel_output_as_inferred (call, 1, error) : NULL;
  if (work.indices == NULL)
    return FALSE;
  work.item_size = assay_kernel_item_size (work.dtype);
  work.in = assay_kernel_input (call, 0);
  work.columns = in->dims[in->rank - 1];
  work.k = shape->dims[shape->rank - 1];
  if (work.k > 0)
    assay_parallel (call->workspace, assay_partial_shape_n_elements (shape) / work.k, MAX (8192 / work.columns, 1), top_rows, &work);
  return !work.has_failed || assay_kernel_fail (call, error, "Out of memory: %" G_GINT64_FORMAT " items are too many to sort", work.columns);
}

static gboolean
run_nth (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    size = assay_kernel_item_size (dtype);
  gint64                   columns = in->dims[in->rank - 1], n, rows = assay_partial_shape_n_elements (&call->specs[0].shape);
  gboolean                 largest = assay_attrs_get_int (call->attrs, "reverse", FALSE);
  g_autofree Item         *items = NULL;
  char                    *out;

  if (!is_sortable (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (!assay_kernel_int (call, 1, &n, error))
    return FALSE;
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  if (rows == 0)
    return TRUE;
  items = g_try_new (Item, MAX (columns, 1));
  if (items == NULL)
    return assay_kernel_fail (call, error, "Out of memory: %" G_GINT64_FORMAT " items are too many to sort", columns);
  for (gint64 row = 0; row < rows; row++)
    {
      const char *data = (const char *) assay_kernel_input (call, 0) + row * columns * size;
      gint64      k = largest ? n : columns - 1 - n;

      for (gint64 i = 0; i < columns; i++)
        {
          if (assay_stops (i))
            return TRUE;
          items[i] = read_item (dtype, data, i);
        }
      select_one (items, columns, k);
      memcpy (out + row * size, data + items[k].index * size, size);
    }
  return TRUE;
}

/* Whether fewer than k predictions of a row are larger than the target's. */
static gboolean
run_in_top_k (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  gint64                   n, columns = in->dims[1], k = assay_attrs_get_int (call->attrs, "k", 0);
  g_autofree gint64       *targets = NULL;
  const float             *predictions;
  guint8                  *out;

  if (assay_kernel_dtype (call, 0) != ASSAY_DTYPE_FLOAT32)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  if (call->n_inputs > 2 && !assay_kernel_int (call, 2, &k, error))
    return FALSE;
  targets = assay_kernel_all_ints (call, 1, &n, error);
  out = targets ? assay_kernel_output_as_inferred (call, 0, error) : NULL;
  if (out == NULL)
    return FALSE;
  predictions = assay_kernel_input (call, 0);
  for (gint64 row = 0; row < n && (row % 64 != 0 || !assay_is_stopped ()); row++)
    {
      gboolean sound = targets[row] >= 0 && targets[row] < columns && isfinite (predictions[row * columns + targets[row]]);
      gint64   n_larger = 0;

      for (gint64 i = 0; i < columns && sound && !assay_stops (i + 1); i++)
        {
          sound = isfinite (predictions[row * columns + i]);
          n_larger += predictions[row * columns + i] > predictions[row * columns + targets[row]];
        }
      out[row] = sound && n_larger < k;
    }
  return TRUE;
}

/* For each value, how many of its row's sorted inputs are less (LowerBound) or not larger (UpperBound). */
static gboolean
run_search (AssayKernelCall *call, GError **error)
{
  AssayDtype dtype = assay_kernel_dtype (call, 0), out_dtype = call->specs[0].dtype;
  gint64     rows = assay_kernel_shape (call, 1)->dims[0], columns = assay_kernel_shape (call, 1)->dims[1], n = assay_kernel_shape (call, 0)->dims[1];
  gboolean   upper = call->op->name[0] == 'U';
  void      *out;

  if (!is_sortable (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (out_dtype != ASSAY_DTYPE_INT32 && out_dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, out_dtype, error);
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  for (gint64 i = 0; i < rows * columns && !assay_stops (i); i++)
    {
      Item   value = read_item (dtype, assay_kernel_input (call, 1), i);
      gint64 low = 0, high = n;

      while (low < high)
        {
          gint64 middle = low + (high - low) / 2;
          Item   item = read_item (dtype, assay_kernel_input (call, 0), i / columns * n + middle);
          int    order;

          item.index = value.index;
          order = compare_items (&item, &value); /* above 0 if the item is less */
          if (order > 0 || (upper && order == 0))
            low = middle + 1;
          else
            high = middle;
        }
      if (out_dtype == ASSAY_DTYPE_INT64)
        ((gint64 *) out)[i] = low;
      else
        ((gint32 *) out)[i] = low;
    }
  return TRUE;
}

const AssayKernel assay_kernels_sort[] = {
  { "TopK", run_top_k },
  { "TopKV2", run_top_k },
  { "NthElement", run_nth },
  { "InTopK", run_in_top_k },
  { "InTopKV2", run_in_top_k },
  { "LowerBound", run_search },
  { "UpperBound", run_search },
  { NULL },
};
