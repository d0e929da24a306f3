/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where things are: what isn't zero, what is there once, permutations. */

#include "half-private.h"
#include "kernel-private.h"

/* Whether an element of @size bytes is not 0; −0 of a float is. */
static gboolean
is_set (const guint8 *item, gsize size, AssayKind kind)
{
  guint64 bits = 0;

  memcpy (&bits, item, size);
  if (kind == ASSAY_KIND_FLOAT)
    bits <<= 65 - 8 * size;
  return bits != 0;
}

static gboolean
run_where (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *in = assay_kernel_shape (call, 0);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  const AssayDtypeInfo    *info = assay_dtype_get_info (dtype);
  gint64                   n = assay_kernel_n (call, 0), count = 0;
  const guint8            *data;
  AssayPartialShape        shape;
  gint64                  *out;

  if (info->kind > ASSAY_KIND_FLOAT || info->item_size > 8 || info->item_size == 0)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (in->rank == 0)
    return assay_kernel_fail (call, error, "WhereOp : Unhandled input dimensions: 0");
  data = assay_kernel_input (call, 0);
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    count += is_set (data + i * info->item_size, info->item_size, info->kind);
  if (!assay_goes_on (error))
    return FALSE;
  shape = assay_partial_shape_make (2, count, (gint64) in->rank);
  out = assay_kernel_output (call, 0, ASSAY_DTYPE_INT64, &shape, error);
  if (out == NULL)
    return FALSE;
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    if (is_set (data + i * info->item_size, info->item_size, info->kind))
      {
        gint64 rest = i;

        for (int k = in->rank - 1; k >= 0; k--)
          {
            out[k] = rest % in->dims[k];
            rest /= in->dims[k];
          }
        out += in->rank;
      }
  return TRUE;
}

/* Keys of a hash table: elements of any size, or strings. Floats are compared as numbers: −0 is 0. */
static guint64
key_of (const char *items, AssayDtype dtype, gsize size, gint64 i)
{
  guint64 bits = 0;

  memcpy (&bits, items + i * size, size);
  if (assay_dtype_get_info (dtype)->kind == ASSAY_KIND_FLOAT && bits << (65 - 8 * size) == 0)
    bits = 0;
  return bits;
}

/* Which items were seen, and which number each got. Strings are in a table of GLib's; numbers in slots that hold what they got plus 1, the next
 * free one after that of their hash. */
typedef struct
{
  AssayDtype    dtype;
  gsize         size;
  GHashTable   *table;
  const char   *items;  /* those that are in the slots */
  const gint64 *firsts; /* nullable: where item of that number is; number itself if there is none */
  gint64       *slots;
  guint64       mask;
} Seen;

static gboolean
seen_init (Seen *self, AssayDtype dtype, const char *items, const gint64 *firsts, gint64 n, GError **error)
{
  guint64 n_slots = 16;

  while (n_slots < 2 * (guint64) n)
    n_slots *= 2;
  *self = (Seen){ .dtype = dtype, .size = assay_kernel_item_size (dtype), .items = items, .firsts = firsts, .mask = n_slots - 1 };
  if (dtype == ASSAY_DTYPE_STRING)
    self->table = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  else
    self->slots = g_try_new0 (gint64, n_slots);
  if (self->table == NULL && self->slots == NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Out of memory: %" G_GINT64_FORMAT " items are too many to tell apart.", n);
  return self->table != NULL || self->slots != NULL;
}

static void
seen_clear (Seen *self)
{
  g_clear_pointer (&self->table, g_hash_table_unref);
  g_clear_pointer (&self->slots, g_free);
}

static gint64
string_number (Seen *self, gpointer string, gint64 next)
{
  gpointer known;

  if (g_hash_table_lookup_extended (self->table, string, NULL, &known))
    return GPOINTER_TO_SIZE (known);
  if (next >= 0)
    g_hash_table_insert (self->table, string, GSIZE_TO_POINTER (next));
  return next;
}

/* The number that the item had got, or @next, which it gets then if that isn't negative. */
static gint64
seen_number (Seen *self, const char *items, gint64 i, gint64 next)
{
  guint64 key, at;

  if (self->table != NULL)
    return string_number (self, ((gpointer *) items)[i], next);
  key = key_of (items, self->dtype, self->size, i);
  for (at = key * 0x9e3779b97f4a7c15u >> 20 & self->mask; self->slots[at] != 0; at = (at + 1) & self->mask)
    {
      gint64 number = self->slots[at] - 1;

      if (key_of (self->items, self->dtype, self->size, self->firsts ? self->firsts[number] : number) == key)
        return number;
    }
  if (next >= 0)
    self->slots[at] = next + 1;
  return next;
}

static gboolean
is_comparable (AssayDtype dtype)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);

  return dtype == ASSAY_DTYPE_STRING || (info->kind <= ASSAY_KIND_FLOAT && info->item_size > 0 && info->item_size <= 8);
}

static void
put_index (void *out, AssayDtype dtype, gint64 i, gint64 value)
{
  if (dtype == ASSAY_DTYPE_INT64)
    ((gint64 *) out)[i] = value;
  else
    ((gint32 *) out)[i] = value;
}

static gboolean
run_unique (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0), index_dtype = call->specs[1].dtype;
  gint64             n = MAX (assay_kernel_n (call, 0), 0), n_unique = 0;
  g_autofree gint64 *firsts = g_try_new (gint64, n + 1), *counts = g_try_new0 (gint64, n + 1);
  AssayPartialShape  shape;
  const char        *items;
  Seen               seen;
  char              *values;
  void              *indices, *count_out = NULL;

  if (!is_comparable (dtype))
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (index_dtype != ASSAY_DTYPE_INT32 && index_dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, index_dtype, error);
  if (firsts == NULL || counts == NULL)
    return assay_kernel_fail (call, error, "Out of memory");
  indices = assay_kernel_output_as_inferred (call, 1, error);
  if (indices == NULL)
    return FALSE;
  items = assay_kernel_items (call, 0);
  if (!seen_init (&seen, dtype, items, firsts, n, error))
    return FALSE;
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      gint64 number = seen_number (&seen, items, i, n_unique);

      if (number == n_unique)
        firsts[n_unique++] = i;
      counts[number]++;
      put_index (indices, index_dtype, i, number);
    }
  seen_clear (&seen);
  shape = assay_partial_shape_make (1, n_unique);
  values = assay_kernel_output_items (call, 0, dtype, &shape, error);
  if (values != NULL && call->n_outputs > 2)
    count_out = assay_kernel_output (call, 2, index_dtype, &shape, error);
  if (values == NULL || (call->n_outputs > 2 && count_out == NULL))
    return FALSE;
  for (gint64 i = 0; i < n_unique && !assay_stops (i); i++)
    {
      memcpy (values + i * seen.size, items + firsts[i] * seen.size, seen.size);
      if (count_out != NULL)
        put_index (count_out, index_dtype, i, counts[i]);
    }
  return TRUE;
}

/* What of x isn't in y, and where it was. */
static gboolean
run_list_diff (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0), index_dtype = call->specs[1].dtype;
  gint64             n = MAX (assay_kernel_n (call, 0), 0), n_y = assay_kernel_n (call, 1), count = 0;
  g_autofree gint64 *left = g_try_new (gint64, n + 1);
  AssayPartialShape  shape;
  Seen               seen;
  char              *values;
  void              *indices;

  if (!is_comparable (dtype) || assay_kernel_dtype (call, 1) != dtype)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (index_dtype != ASSAY_DTYPE_INT32 && index_dtype != ASSAY_DTYPE_INT64)
    return assay_kernel_refuse_dtype (call, index_dtype, error);
  if (left == NULL)
    return assay_kernel_fail (call, error, "Out of memory");
  if (!seen_init (&seen, dtype, assay_kernel_items (call, 1), NULL, n_y, error))
    return FALSE;
  for (gint64 i = 0; i < n_y && !assay_stops (i); i++)
    seen_number (&seen, assay_kernel_items (call, 1), i, i);
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    if (seen_number (&seen, assay_kernel_items (call, 0), i, -1) == -1)
      left[count++] = i;
  seen_clear (&seen);
  shape = assay_partial_shape_make (1, count);
  values = assay_kernel_output_items (call, 0, dtype, &shape, error);
  indices = values ? assay_kernel_output (call, 1, index_dtype, &shape, error) : NULL;
  if (indices == NULL)
    return FALSE;
  for (gint64 i = 0; i < count && !assay_stops (i); i++)
    {
      memcpy (values + i * seen.size, (const char *) assay_kernel_items (call, 0) + left[i] * seen.size, seen.size);
      put_index (indices, index_dtype, i, left[i]);
    }
  return TRUE;
}

static gboolean
run_invert_permutation (AssayKernelCall *call, GError **error)
{
  AssayDtype         dtype = assay_kernel_dtype (call, 0);
  gint64             n;
  g_autofree gint64 *values = assay_kernel_all_ints (call, 0, &n, error);
  g_autofree guint8 *seen = NULL;
  void              *out = values ? assay_kernel_output_as_inferred (call, 0, error) : NULL;

  if (out == NULL)
    return FALSE;
  seen = g_try_new0 (guint8, n + 1);
  if (seen == NULL)
    return assay_kernel_fail (call, error, "Out of memory: %" G_GINT64_FORMAT " indices are too many", n);
  for (gint64 i = 0; i < n && !assay_stops (i); i++)
    {
      if (values[i] < 0 || values[i] >= n)
        return assay_kernel_fail (call, error, "%" G_GINT64_FORMAT " is not between 0 and %" G_GINT64_FORMAT, values[i], n);
      if (seen[values[i]])
        return assay_kernel_fail (call, error, "%" G_GINT64_FORMAT " is duplicated in the input.", values[i]);
      seen[values[i]] = TRUE;
      put_index (out, dtype, values[i], i);
    }
  return TRUE;
}

const AssayKernel assay_kernels_index[] = {
  { "Where", run_where },
  { "Unique", run_unique },
  { "UniqueWithCounts", run_unique },
  { "ListDiff", run_list_diff },
  { "InvertPermutation", run_invert_permutation },
  { NULL },
};
