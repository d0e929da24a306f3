/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extent-source-private.h"

#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/reader-session.h>
#include <string.h>

#include "chunk-private.h"

#define MAX_THREADS 8

struct _AssayChunkedSource
{
  AssaySource            parent_instance;
  AssayManifest         *manifest;
  AssayFile             *file;
  guint32                index;
  guint32                filters;
  gboolean               swap;
  guint64                shuffle_size;
  guint64                n_chunk_elements;
  guint64                chunk[ASSAY_MAX_RANK];
  guint64                grid[ASSAY_MAX_RANK];
  GBytes                *fill; /* one element in the machine's order, or NULL for zeros */
  GMutex                 lock; /* guards asking for the table */
  const AssayChunkTable *table;
};

G_DEFINE_FINAL_TYPE (AssayChunkedSource, assay_chunked_source, ASSAY_TYPE_SOURCE)

/* One read of a box, shared by the threads that work at it. */
typedef struct
{
  AssayChunkedSource *self;
  const guint64      *start;
  const guint64      *count;
  guint64             first_chunk[ASSAY_MAX_RANK]; /* of the chunks that the box touches */
  guint64             n_along[ASSAY_MAX_RANK];     /* how many of them along each axis */
  guint64             n_chunks;
  guint8             *out;
  GCancellable       *cancellable;
  gint                next; /* atomic: the next chunk to take */
  GMutex              lock; /* guards error */
  GError             *error;
} BoxRead;

static const AssayChunkTable *
get_table (AssayChunkedSource *self, GCancellable *cancellable, GError **error)
{
  const AssayChunkTable *table;

  g_mutex_lock (&self->lock);
  if (self->table == NULL)
    self->table = assay_manifest_get_chunk_table (self->manifest, self->index, cancellable, error);
  table = self->table;
  g_mutex_unlock (&self->lock);
  return table;
}

/* Row of the table that has chunk `index`, or -1 if it isn't stored. */
static gint64
find_row (const AssayChunkTable *table, guint64 index)
{
  guint64 low = 0, high = table->n_chunks;

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (table->index[middle] == index)
        return middle;
      if (table->index[middle] < index)
        low = middle + 1;
      else
        high = middle;
    }
  return -1;
}

static void
fill_elements (AssayChunkedSource *self, guint8 *out, guint64 n)
{
  guint32 item_size = assay_source_get_item_size (ASSAY_SOURCE (self));

  if (self->fill == NULL)
    memset (out, 0, n * item_size);
  else
    for (guint64 i = 0; i < n; i++)
      memcpy (out + i * item_size, g_bytes_get_data (self->fill, NULL), item_size);
}

/* The elements of a stored chunk, in the machine's order. */
static GBytes *
load_chunk (AssayChunkedSource *self, const AssayChunkTable *table, gint64 row, GError **error)
{
  guint32 item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  gsize   n_bytes = self->n_chunk_elements * item_size;
  /* Without filters a chunk is as large as its elements; what the index leaves out of it is zero. So libhdf5 reads it. */
  gsize              n_stored = self->filters ? table->size[row] : n_bytes;
  gsize              n_read = MIN (n_stored, table->size[row]);
  g_autofree guint8 *stored = g_try_malloc0 (MAX (n_stored, 1));
  guint8            *elements;

  if (stored == NULL || !assay_file_read (self->file, table->offset[row], stored, n_read, error))
    {
      if (stored == NULL)
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "There is no memory for a chunk of %zu bytes", n_stored);
      return NULL;
    }
  elements = assay_chunk_decode (stored, n_stored, self->filters, table->mask[row], self->shuffle_size, n_bytes, error);
  if (elements == NULL)
    return NULL;
  if (self->swap)
    assay_swap_elements (elements, n_bytes, assay_dtype_get_info (assay_source_get_dtype (ASSAY_SOURCE (self)))->swap_size);
  return g_bytes_new_take (elements, n_bytes);
}

static GBytes *
get_chunk (AssayChunkedSource *self, guint64 index, GCancellable *cancellable, GError **error)
{
  GBytes                *bytes = assay_chunk_cache_lookup (self, index);
  const AssayChunkTable *table;
  gint64                 row;

  if (bytes != NULL)
    return bytes;
  table = get_table (self, cancellable, error);
  if (table == NULL)
    return NULL;
  row = find_row (table, index);
  if (row < 0)
    {
      guint8 *elements = g_malloc (self->n_chunk_elements * assay_source_get_item_size (ASSAY_SOURCE (self)));

      fill_elements (self, elements, self->n_chunk_elements);
      return g_bytes_new_take (elements, self->n_chunk_elements * assay_source_get_item_size (ASSAY_SOURCE (self)));
    }
  bytes = load_chunk (self, table, row, error);
  if (bytes != NULL)
    assay_chunk_cache_insert (self, index, bytes);
  return bytes;
}

/* Copies what the box has of one chunk. */
static gboolean
read_chunk (BoxRead *read, guint64 n, GError **error)
{
  AssayChunkedSource *self = read->self;
  guint               rank = assay_source_get_rank (ASSAY_SOURCE (self));
  guint32             item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  guint64             position[ASSAY_MAX_RANK], from[ASSAY_MAX_RANK], to[ASSAY_MAX_RANK], size[ASSAY_MAX_RANK];
  g_autoptr (GBytes) chunk = NULL;

  assay_shape_index (rank, read->n_along, n, position);
  for (guint i = 0; i < rank; i++)
    {
      guint64 begin, low, high;

      position[i] += read->first_chunk[i];
      begin = position[i] * self->chunk[i];
      low = MAX (begin, read->start[i]);
      high = MIN (begin + self->chunk[i], read->start[i] + read->count[i]);
      from[i] = low - begin;
      to[i] = low - read->start[i];
      size[i] = high - low;
    }
  chunk = get_chunk (self, assay_shape_flat (rank, self->grid, position), read->cancellable, error);
  if (chunk == NULL)
    return FALSE;
  assay_scatter_box (read->out,
                     (const guint8 *) g_bytes_get_data (chunk, NULL) + assay_shape_flat (rank, self->chunk, from) * item_size,
                     item_size, rank, read->count, to, size, self->chunk);
  return TRUE;
}

static gpointer
read_chunks_thread (gpointer data)
{
  BoxRead *read = data;

  for (;;)
    {
      guint64 n = (guint) g_atomic_int_add (&read->next, 1);
      GError *error = NULL;

      if (n >= read->n_chunks)
        return NULL;
      if (!g_cancellable_set_error_if_cancelled (read->cancellable, &error) && read_chunk (read, n, &error))
        continue;
      g_mutex_lock (&read->lock);
      if (read->error == NULL)
        read->error = g_steal_pointer (&error);
      g_mutex_unlock (&read->lock);
      g_clear_error (&error);
      g_atomic_int_set (&read->next, G_MAXINT / 2); /* nobody takes another */
      return NULL;
    }
}

static void
run_threads (BoxRead *read)
{
  guint64  n_bytes = read->n_chunks * read->self->n_chunk_elements * assay_source_get_item_size (ASSAY_SOURCE (read->self));
  GThread *threads[MAX_THREADS];
  guint    n_threads = n_bytes < (1u << 20) ? 0 : MIN (MIN (g_get_num_processors (), MAX_THREADS), read->n_chunks) - 1;

  for (guint i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("chunks", read_chunks_thread, read);
  read_chunks_thread (read);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
}

static gboolean
chunked_source_read (AssaySource   *source,
                     const guint64 *start,
                     const guint64 *count,
                     void          *out,
                     GCancellable  *cancellable,
                     GError       **error)
{
  AssayChunkedSource *self = ASSAY_CHUNKED_SOURCE (source);
  guint               rank = assay_source_get_rank (source);
  BoxRead             read = { .self = self, .start = start, .count = count, .n_chunks = 1, .out = out, .cancellable = cancellable };

  if (get_table (self, cancellable, error) == NULL)
    return FALSE;
  for (guint i = 0; i < rank; i++)
    {
      read.first_chunk[i] = start[i] / self->chunk[i];
      read.n_along[i] = (start[i] + count[i] - 1) / self->chunk[i] - read.first_chunk[i] + 1;
      read.n_chunks *= read.n_along[i];
    }
  if (read.n_chunks > G_MAXINT / 4)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "%" G_GUINT64_FORMAT " chunks are too many to read at once", read.n_chunks);
      return FALSE;
    }
  g_mutex_init (&read.lock);
  run_threads (&read);
  g_mutex_clear (&read.lock);
  if (read.error != NULL)
    {
      g_propagate_error (error, read.error);
      return FALSE;
    }
  return TRUE;
}

static void
chunked_source_finalize (GObject *object)
{
  AssayChunkedSource *self = ASSAY_CHUNKED_SOURCE (object);

  assay_chunk_cache_drop (self);
  g_clear_object (&self->manifest);
  g_clear_object (&self->file);
  g_clear_pointer (&self->fill, g_bytes_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (assay_chunked_source_parent_class)->finalize (object);
}

static void
assay_chunked_source_class_init (AssayChunkedSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chunked_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = chunked_source_read;
}

static void
assay_chunked_source_init (AssayChunkedSource *self)
{
  g_mutex_init (&self->lock);
}

AssaySource *
assay_chunked_source_new (AssayManifest               *manifest,
                          guint32                      index,
                          const AssayManifestVariable *variable,
                          const AssayLayout           *layout,
                          AssayFile                   *file)
{
  AssayChunkedSource *self = g_object_new (ASSAY_TYPE_CHUNKED_SOURCE, NULL);

  assay_source_init_facts (ASSAY_SOURCE (self), variable->dtype, variable->item_size, variable->dtype_name, variable->rank,
                           variable->shape);
  self->manifest = g_object_ref (manifest);
  self->file = g_object_ref (file);
  self->index = index;
  self->filters = layout->filters;
  self->shuffle_size = layout->length ? layout->length : variable->item_size;
  self->swap = layout->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
  self->n_chunk_elements = 1;
  for (guint i = 0; i < variable->rank; i++)
    {
      self->chunk[i] = layout->chunk[i];
      self->grid[i] = variable->shape[i] / layout->chunk[i] + (variable->shape[i] % layout->chunk[i] != 0);
      self->n_chunk_elements *= layout->chunk[i];
    }
  if (layout->n_inline_bytes == variable->item_size)
    {
      guint8 *fill = g_memdup2 (layout->inline_bytes, layout->n_inline_bytes);

      if (self->swap)
        assay_swap_elements (fill, layout->n_inline_bytes, assay_dtype_get_info (variable->dtype)->swap_size);
      self->fill = g_bytes_new_take (fill, layout->n_inline_bytes);
    }
  return ASSAY_SOURCE (self);
}
