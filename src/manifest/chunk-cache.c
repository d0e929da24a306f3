/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "chunk-private.h"

#define MAX_BYTES (64u << 20)

typedef struct
{
  gconstpointer owner;
  guint64       index;
  GBytes       *bytes;
  GList         link; /* in `order`, last used first */
} Entry;

static GMutex      lock; /* guards all that follows */
static GHashTable *entries;
static GQueue      order = G_QUEUE_INIT;
static gsize       n_bytes_kept;

static guint
entry_hash (gconstpointer key)
{
  const Entry *entry = key;

  return g_direct_hash (entry->owner) * 31 + g_int64_hash (&entry->index);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  return first->owner == second->owner && first->index == second->index;
}

/* With the lock held. */
static void
remove_entry (Entry *entry)
{
  g_hash_table_remove (entries, entry);
  g_queue_unlink (&order, &entry->link);
  n_bytes_kept -= g_bytes_get_size (entry->bytes);
  g_bytes_unref (entry->bytes);
  g_free (entry);
}

GBytes *
assay_chunk_cache_lookup (gconstpointer owner, guint64 index)
{
  Entry   key = { .owner = owner, .index = index };
  GBytes *bytes = NULL;
  Entry  *entry;

  g_mutex_lock (&lock);
  entry = entries ? g_hash_table_lookup (entries, &key) : NULL;
  if (entry != NULL)
    {
      bytes = g_bytes_ref (entry->bytes);
      g_queue_unlink (&order, &entry->link);
      g_queue_push_head_link (&order, &entry->link);
    }
  g_mutex_unlock (&lock);
  return bytes;
}

void
assay_chunk_cache_insert (gconstpointer owner, guint64 index, GBytes *bytes)
{
  Entry  key = { .owner = owner, .index = index };
  Entry *entry;

  if (g_bytes_get_size (bytes) > MAX_BYTES / 4)
    return;
  g_mutex_lock (&lock);
  if (entries == NULL)
    entries = g_hash_table_new (entry_hash, entry_equal);
  if (!g_hash_table_contains (entries, &key))
    {
      entry = g_new0 (Entry, 1);
      entry->owner = owner;
      entry->index = index;
      entry->bytes = g_bytes_ref (bytes);
      entry->link.data = entry;
      g_hash_table_add (entries, entry);
      g_queue_push_head_link (&order, &entry->link);
      n_bytes_kept += g_bytes_get_size (bytes);
      while (n_bytes_kept > MAX_BYTES)
        remove_entry (g_queue_peek_tail (&order));
    }
  g_mutex_unlock (&lock);
}

void
assay_chunk_cache_drop (gconstpointer owner)
{
  g_mutex_lock (&lock);
  for (GList *l = order.head; l != NULL;)
    {
      Entry *entry = l->data;

      l = l->next;
      if (entry->owner == owner)
        remove_entry (entry);
    }
  g_mutex_unlock (&lock);
}
