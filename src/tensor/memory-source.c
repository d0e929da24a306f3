/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/memory-source.h>

#include <assay/error.h>
#include <string.h>

struct _AssayMemorySource
{
  AssaySource parent_instance;
  GBytes     *bytes;
  GPtrArray  *strings;
};

G_DEFINE_FINAL_TYPE (AssayMemorySource, assay_memory_source, ASSAY_TYPE_SOURCE)

void
assay_copy_box (void *out, const void *in, gsize item_size, guint rank, const guint64 *shape, const guint64 *start, const guint64 *count)
{
  guint64 index[ASSAY_MAX_RANK];
  guint8 *to = out;
  gsize   run = (rank ? count[rank - 1] : 1) * item_size;

  memcpy (index, start, rank * sizeof (guint64));
  for (;;)
    {
      guint axis = rank ? rank - 1 : 0;

      memcpy (to, (const guint8 *) in + assay_shape_flat (rank, shape, index) * item_size, run);
      to += run;
      /* Step the index over all axes but the last. */
      while (axis > 0 && ++index[axis - 1] == start[axis - 1] + count[axis - 1])
        {
          index[axis - 1] = start[axis - 1];
          axis--;
        }
      if (axis == 0)
        return;
    }
}

static gboolean
memory_source_read (AssaySource   *source,
                    const guint64 *start,
                    const guint64 *count,
                    void          *out,
                    GCancellable  *cancellable,
                    GError       **error)
{
  AssayMemorySource *self = ASSAY_MEMORY_SOURCE (source);

  assay_copy_box (out, g_bytes_get_data (self->bytes, NULL), assay_source_get_item_size (source),
                  assay_source_get_rank (source), assay_source_get_shape (source), start, count);
  return TRUE;
}

static gboolean
memory_source_read_strings (AssaySource   *source,
                            const guint64 *start,
                            const guint64 *count,
                            GPtrArray     *out,
                            GCancellable  *cancellable,
                            GError       **error)
{
  AssayMemorySource   *self = ASSAY_MEMORY_SOURCE (source);
  guint64              n = 1;
  guint                rank = assay_source_get_rank (source);
  g_autofree gpointer *picked = NULL;

  for (guint i = 0; i < rank; i++)
    n *= count[i];
  picked = g_new (gpointer, n);
  assay_copy_box (picked, self->strings->pdata, sizeof (gpointer), rank, assay_source_get_shape (source), start, count);
  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (out, g_bytes_ref (picked[i]));
  return TRUE;
}

static gboolean
memory_source_map (AssaySource *source, guint64 first, guint64 n, AssaySourceMap *map, GError **error)
{
  AssayMemorySource *self = ASSAY_MEMORY_SOURCE (source);
  gsize              item_size = assay_source_get_item_size (source);

  map->data = (const guint8 *) g_bytes_get_data (self->bytes, NULL) + first * item_size;
  map->n_bytes = n * item_size;
  return TRUE;
}

static void
memory_source_finalize (GObject *object)
{
  AssayMemorySource *self = ASSAY_MEMORY_SOURCE (object);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->strings, g_ptr_array_unref);
  G_OBJECT_CLASS (assay_memory_source_parent_class)->finalize (object);
}

static void
assay_memory_source_class_init (AssayMemorySourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = memory_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = memory_source_read;
  ASSAY_SOURCE_CLASS (klass)->read_strings = memory_source_read_strings;
  ASSAY_SOURCE_CLASS (klass)->map = memory_source_map;
}

static void
assay_memory_source_init (AssayMemorySource *self)
{
}

AssaySource *
assay_memory_source_new (AssayTensor *tensor)
{
  AssayDtype dtype = assay_tensor_get_dtype (tensor);

  return assay_memory_source_new_for_bytes (dtype, assay_dtype_get_info (dtype)->item_size, NULL,
                                            assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor),
                                            assay_tensor_get_bytes (tensor));
}

AssaySource *
assay_memory_source_new_for_bytes (AssayDtype     dtype,
                                   guint32        item_size,
                                   const char    *dtype_name,
                                   guint          rank,
                                   const guint64 *shape,
                                   GBytes        *bytes)
{
  AssayMemorySource *self = g_object_new (ASSAY_TYPE_MEMORY_SOURCE, NULL);
  AssaySource       *source = ASSAY_SOURCE (self);

  assay_source_init_facts (source, dtype, item_size, dtype_name, rank, shape);
  g_assert (g_bytes_get_size (bytes) == assay_source_get_n_elements (source) * item_size);
  self->bytes = g_bytes_ref (bytes);
  return source;
}

AssaySource *
assay_memory_source_new_for_strings (guint rank, const guint64 *shape, GPtrArray *strings)
{
  AssayMemorySource *self = g_object_new (ASSAY_TYPE_MEMORY_SOURCE, NULL);
  AssaySource       *source = ASSAY_SOURCE (self);

  assay_source_init_facts (source, ASSAY_DTYPE_STRING, 0, NULL, rank, shape);
  g_assert (strings->len == assay_source_get_n_elements (source));
  self->strings = g_ptr_array_ref (strings);
  return source;
}

AssayTensor *
assay_source_read_tensor (AssaySource *self, GCancellable *cancellable, GError **error)
{
  guint64 n = assay_source_get_n_elements (self), size = 0;
  g_autoptr (GBytes) bytes = NULL;
  void *data = NULL;

  if (g_uint64_checked_mul (&size, n, assay_source_get_item_size (self)) && size < G_MAXSSIZE)
    data = g_try_malloc (size + 1);
  if (data == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "There is no memory for %" G_GUINT64_FORMAT " elements of %s", n,
                   assay_source_get_dtype_name (self));
      return NULL;
    }
  bytes = g_bytes_new_take (data, size);
  if (n > 0 && !assay_source_read_flat (self, 0, n, data, cancellable, error))
    return NULL;
  return assay_tensor_new (assay_source_get_dtype (self), assay_source_get_rank (self), assay_source_get_shape (self), bytes, error);
}
