/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "block-cache-private.h"

#include "string-text-private.h"

#include <math.h>
#include <string.h>

#define MAX_BLOCKS 160
#define MAX_JOBS 2

typedef struct
{
  guint64 row;
  guint64 column;
} Key;

/* What a worker needs; immutable. */
typedef struct
{
  AssaySource     *source;
  AssaySource     *saved;
  AssaySlice       slice;
  AssayFormatStyle style;
  Key              key;
  guint            generation;
} Request;

struct _AssayBlockCache
{
  GObject          parent_instance;
  AssaySource     *source;
  AssaySource     *saved;
  AssaySlice       slice;
  AssayFormatStyle style;
  GHashTable      *blocks;  /* Key → AssayBlock */
  GHashTable      *running; /* Key */
  GArray          *wanted;  /* Key */
  GCancellable    *cancellable;
  guint            generation;
  guint64          clock;
};

enum
{
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayBlockCache, assay_block_cache, G_TYPE_OBJECT)

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return (guint) (key->row * 2654435761u ^ key->column * 40503u);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static void
block_free (gpointer data)
{
  AssayBlock *block = data;

  for (gsize i = 0; block->texts && i < (gsize) block->n_rows * block->n_columns; i++)
    g_free (block->texts[i]);
  g_free (block->texts);
  g_free (block->marks);
  g_free (block->error);
  g_free (block);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->source);
  g_clear_object (&request->saved);
  g_free (request);
}

static void
note_length (AssayBlock *block, gsize i)
{
  block->longest = MAX (block->longest, (guint) g_utf8_strlen (block->texts[i], -1));
}

guint
assay_block_fraction_length (const char *text)
{
  gsize whole = strcspn (text, ".e");

  return (guint) g_utf8_strlen (text + whole, -1);
}

static void
note_number (AssayBlock *block, gsize i)
{
  guint fraction = assay_block_fraction_length (block->texts[i]);

  note_length (block, i);
  block->longest_fraction = MAX (block->longest_fraction, fraction);
  block->longest_whole = MAX (block->longest_whole, (guint) g_utf8_strlen (block->texts[i], -1) - fraction);
}

static gboolean
fill_strings (AssayBlock *block, const Request *request, GCancellable *cancellable, GError **error)
{
  guint64  start[ASSAY_MAX_RANK];
  guint64  count[ASSAY_MAX_RANK];
  gboolean turned = assay_slice_is_transposed (&request->slice);
  g_autoptr (GPtrArray) strings = NULL;

  assay_slice_box (&request->slice, request->key.row * ASSAY_BLOCK_ROWS, request->key.column * ASSAY_BLOCK_COLUMNS,
                   block->n_rows, block->n_columns, start, count);
  strings = assay_source_read_strings (request->source, start, count, cancellable, error);
  if (strings == NULL)
    return FALSE;
  for (gsize r = 0; r < block->n_rows; r++)
    for (gsize c = 0; c < block->n_columns; c++)
      {
        gsize i = r * block->n_columns + c;
        gsize from = turned ? c * block->n_rows + r : i;

        block->texts[i] = assay_string_text (g_ptr_array_index (strings, from), 200);
        note_length (block, i);
      }
  return TRUE;
}

static void
mark_numbers (AssayBlock *block, AssayDtype dtype, const void *values, gsize n)
{
  g_autofree double *numbers = NULL;

  if (!assay_dtype_is_numeric (dtype))
    return;
  numbers = g_new (double, n);
  assay_convert_to_double (dtype, values, numbers, n);
  for (gsize i = 0; i < n; i++)
    block->marks[i] |= isnan (numbers[i]) ? ASSAY_MARK_NAN : isinf (numbers[i]) ? ASSAY_MARK_INF
                                                                                : 0;
}

static gboolean
mark_edited (AssayBlock *block, const Request *request, const guint8 *values, gsize size, GCancellable *cancellable)
{
  g_autofree guint8 *saved = NULL;

  if (request->saved == NULL)
    return TRUE;
  saved = assay_slice_read (&request->slice, request->saved, request->key.row * ASSAY_BLOCK_ROWS,
                            request->key.column * ASSAY_BLOCK_COLUMNS, block->n_rows, block->n_columns, cancellable, NULL);
  for (gsize i = 0; saved && i < (gsize) block->n_rows * block->n_columns; i++)
    if (memcmp (saved + i * size, values + i * size, size) != 0)
      block->marks[i] |= ASSAY_MARK_EDITED;
  return TRUE;
}

static gboolean
fill_values (AssayBlock *block, const Request *request, GCancellable *cancellable, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (request->source);
  const char        *name = assay_source_get_dtype_name (request->source);
  gsize              size = assay_source_get_item_size (request->source);
  gsize              n = (gsize) block->n_rows * block->n_columns;
  g_autofree guint8 *values = assay_slice_read (&request->slice, request->source, request->key.row * ASSAY_BLOCK_ROWS,
                                                request->key.column * ASSAY_BLOCK_COLUMNS, block->n_rows,
                                                block->n_columns, cancellable, error);
  gboolean           pointed;

  if (values == NULL)
    return FALSE;
  pointed = assay_dtype_get_info (dtype)->kind == ASSAY_KIND_FLOAT && request->style != ASSAY_FORMAT_HEXADECIMAL;
  for (gsize i = 0; i < n; i++)
    {
      block->texts[i] = assay_value_format_named (dtype, name, (guint32) size, values + i * size, request->style);
      (pointed ? note_number : note_length) (block, i);
    }
  mark_numbers (block, dtype, values, n);
  return mark_edited (block, request, values, size, cancellable);
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  AssayBlock    *block = g_new0 (AssayBlock, 1);
  guint64        row = request->key.row * ASSAY_BLOCK_ROWS;
  guint64        column = request->key.column * ASSAY_BLOCK_COLUMNS;
  gboolean       ok;
  g_autoptr (GError) error = NULL;

  block->n_rows = (guint) MIN (ASSAY_BLOCK_ROWS, assay_slice_n_rows (&request->slice) - row);
  block->n_columns = (guint) MIN (ASSAY_BLOCK_COLUMNS, assay_slice_n_columns (&request->slice) - column);
  block->texts = g_new0 (char *, (gsize) block->n_rows * block->n_columns);
  block->marks = g_new0 (guint8, (gsize) block->n_rows * block->n_columns);
  if (assay_source_get_dtype (request->source) == ASSAY_DTYPE_STRING)
    ok = fill_strings (block, request, cancellable, &error);
  else
    ok = fill_values (block, request, cancellable, &error);
  if (!ok)
    block->error = g_strdup (error->message);
  g_task_return_pointer (task, block, block_free);
}

static void
drop_oldest (AssayBlockCache *self)
{
  GHashTableIter iter;
  gpointer       key;
  gpointer       value;
  const Key     *oldest = NULL;
  guint64        used = G_MAXUINT64;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (((AssayBlock *) value)->used < used)
      {
        used = ((AssayBlock *) value)->used;
        oldest = key;
      }
  if (oldest)
    g_hash_table_remove (self->blocks, oldest);
}

static void start_jobs (AssayBlockCache *self);

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayBlockCache *self = ASSAY_BLOCK_CACHE (object);
  const Request   *request = g_task_get_task_data (G_TASK (result));
  AssayBlock      *block = g_task_propagate_pointer (G_TASK (result), NULL);

  if (request->generation != self->generation || block == NULL)
    {
      g_clear_pointer (&block, block_free);
      return;
    }
  g_hash_table_remove (self->running, &request->key);
  if (g_hash_table_size (self->blocks) >= MAX_BLOCKS)
    drop_oldest (self);
  block->used = ++self->clock;
  g_hash_table_replace (self->blocks, g_memdup2 (&request->key, sizeof (Key)), block);
  start_jobs (self);
  g_signal_emit (self, signals[READY], 0);
}

static void
start_job (AssayBlockCache *self, Key key)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, read_cb, NULL);
  Request *request = g_new0 (Request, 1);

  request->source = g_object_ref (self->source);
  request->saved = self->saved ? g_object_ref (self->saved) : NULL;
  request->slice = self->slice;
  request->style = self->style;
  request->key = key;
  request->generation = self->generation;
  g_hash_table_add (self->running, g_memdup2 (&key, sizeof key));
  g_task_set_task_data (task, request, request_free);
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, read_thread);
}

static gboolean
is_fresh (AssayBlockCache *self, const Key *key)
{
  const AssayBlock *block = g_hash_table_lookup (self->blocks, key);

  return block && !block->stale;
}

static void
start_jobs (AssayBlockCache *self)
{
  while (self->wanted->len > 0 && g_hash_table_size (self->running) < MAX_JOBS)
    {
      Key key = g_array_index (self->wanted, Key, 0);

      g_array_remove_index (self->wanted, 0);
      if (!g_hash_table_contains (self->running, &key) && !is_fresh (self, &key))
        start_job (self, key);
    }
}

static void
drop_jobs (AssayBlockCache *self)
{
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_hash_table_remove_all (self->running);
  g_array_set_size (self->wanted, 0);
}

static void
block_cache_finalize (GObject *object)
{
  AssayBlockCache *self = ASSAY_BLOCK_CACHE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->source);
  g_clear_object (&self->saved);
  g_hash_table_unref (self->blocks);
  g_hash_table_unref (self->running);
  g_array_unref (self->wanted);
  G_OBJECT_CLASS (assay_block_cache_parent_class)->finalize (object);
}

static void
assay_block_cache_class_init (AssayBlockCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = block_cache_finalize;
  signals[READY] = g_signal_new ("ready", ASSAY_TYPE_BLOCK_CACHE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_block_cache_init (AssayBlockCache *self)
{
  self->blocks = g_hash_table_new_full (key_hash, key_equal, g_free, block_free);
  self->running = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (Key));
  self->cancellable = g_cancellable_new ();
}

AssayBlockCache *
assay_block_cache_new (void)
{
  return g_object_new (ASSAY_TYPE_BLOCK_CACHE, NULL);
}

void
assay_block_cache_set (AssayBlockCache *self, AssaySource *source, AssaySource *saved, const AssaySlice *slice, AssayFormatStyle style)
{
  drop_jobs (self);
  g_hash_table_remove_all (self->blocks);
  g_set_object (&self->source, source);
  g_set_object (&self->saved, saved);
  if (slice)
    self->slice = *slice;
  self->style = style;
}

void
assay_block_cache_refresh (AssayBlockCache *self, AssaySource *source, AssaySource *saved)
{
  GHashTableIter iter;
  gpointer       block;

  drop_jobs (self);
  g_set_object (&self->source, source);
  g_set_object (&self->saved, saved);
  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &block))
    ((AssayBlock *) block)->stale = TRUE;
}

void
assay_block_cache_begin (AssayBlockCache *self)
{
  g_array_set_size (self->wanted, 0);
}

const AssayBlock *
assay_block_cache_get (AssayBlockCache *self, guint64 block_row, guint64 block_column)
{
  Key         key = { block_row, block_column };
  AssayBlock *block = g_hash_table_lookup (self->blocks, &key);

  if (block)
    block->used = ++self->clock;
  if (block == NULL || block->stale)
    g_array_append_val (self->wanted, key);
  return block;
}

void
assay_block_cache_end (AssayBlockCache *self)
{
  if (self->source)
    start_jobs (self);
}

const char *
assay_block_cache_get_text (AssayBlockCache *self, guint64 row, guint64 column)
{
  Key               key = { row / ASSAY_BLOCK_ROWS, column / ASSAY_BLOCK_COLUMNS };
  const AssayBlock *block = g_hash_table_lookup (self->blocks, &key);

  if (block == NULL || block->error)
    return NULL;
  return block->texts[(row % ASSAY_BLOCK_ROWS) * block->n_columns + column % ASSAY_BLOCK_COLUMNS];
}
