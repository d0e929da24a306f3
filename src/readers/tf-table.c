/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* SSTable, after leveldb/doc/table_format.md:
 *
 *   data block* · metaindex block · index block · footer of 48 bytes
 *   block    contents · type u8 (0 plain, 1 Snappy) · CRC-32C of both, masked, u32 LE
 *   contents entry* · restart u32 LE [k] · k u32 LE
 *   entry    varint shared · varint rest · varint length · rest bytes of the key · length bytes of the value
 *   footer   handle of the metaindex · handle of the index · zeros up to 40 bytes · magic
 *   handle   varint offset · varint size, without the 5 bytes behind the contents
 *
 * The index has an entry a data block: a key that is not below the block's last, and the block's handle. */

#include "tf-table-private.h"

#include <assay/checksum.h>
#include <assay/error.h>
#include <string.h>

#include "tf-proto-private.h"
#include "tf-snappy-private.h"

#define FOOTER_SIZE 48
#define TRAILER_SIZE 5
#define MAX_BLOCK (256u << 20)

static const guint8 magic[8] = { 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb };

typedef struct
{
  guint64 offset;
  guint64 size;
} Handle;

/* The last key that was taken, over all blocks, and who takes the entries. */
typedef struct
{
  const AssayReaderFile *file;
  GByteArray            *key;
  gboolean               has_key;
  AssayTableFunc         take;
  gpointer               user_data;
} Walk;

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The table is damaged: %s", what);
  return FALSE;
}

static gboolean
take_handle (const guint8 **p, const guint8 *end, Handle *handle)
{
  return assay_varint_take (p, end, &handle->offset) && assay_varint_take (p, end, &handle->size);
}

/* Reads one block, checks it, and inflates it if need be. */
static GBytes *
read_block (const AssayReaderFile *file, const Handle *handle, GError **error)
{
  g_autofree guint8 *data = NULL;
  guint32            stored, computed;
  guint8             type;

  if (handle->size > MAX_BLOCK || handle->size + TRAILER_SIZE > file->size || handle->offset > file->size - handle->size - TRAILER_SIZE)
    {
      fail (error, "a block lies outside the file");
      return NULL;
    }
  data = g_malloc (handle->size + TRAILER_SIZE);
  if (!assay_reader_read (file, handle->offset, data, handle->size + TRAILER_SIZE, error))
    return NULL;
  type = data[handle->size];
  memcpy (&stored, data + handle->size + 1, 4);
  stored = GUINT32_FROM_LE (stored);
  computed = assay_crc32c_mask (assay_crc32c (0, data, handle->size + 1));
  if (stored != computed)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "The table is damaged: the checksum of the block at byte %" G_GUINT64_FORMAT " is %08x, but should be %08x", handle->offset,
                   computed, stored);
      return NULL;
    }
  if (type == 1)
    return assay_snappy_inflate (data, handle->size, MAX_BLOCK, error);
  if (type == 0)
    return g_bytes_new_take (g_steal_pointer (&data), handle->size);
  fail (error, "a block is compressed in a way that isn’t known");
  return NULL;
}

/* Puts together a key, which must be above the last one. */
static gboolean
step_key (Walk *walk, const guint8 *rest, gsize shared, gsize n_rest, GError **error)
{
  g_autofree guint8 *last = g_memdup2 (walk->key->data, walk->key->len);
  gsize              n_last = walk->key->len, n;
  int                order;

  if (shared > n_last)
    return fail (error, "a key begins as no key before it");
  g_byte_array_set_size (walk->key, shared);
  g_byte_array_append (walk->key, rest, n_rest);
  n = MIN (n_last, walk->key->len);
  order = n > 0 ? memcmp (last, walk->key->data, n) : 0;
  if (walk->has_key && (order > 0 || (order == 0 && walk->key->len <= n_last)))
    return fail (error, "its keys are not in order");
  walk->has_key = TRUE;
  return TRUE;
}

static gboolean
walk_entries (Walk *walk, const guint8 *p, const guint8 *end, GError **error)
{
  const guint8 *start = p;

  while (p < end)
    {
      const guint8 *entry = p;
      guint64       shared, n_rest, n_value;

      if (!assay_varint_take (&p, end, &shared) || !assay_varint_take (&p, end, &n_rest) || !assay_varint_take (&p, end, &n_value) ||
          n_rest > (gsize) (end - p) || n_value > (gsize) (end - p) - n_rest)
        return fail (error, "an entry ends too early");
      if (entry == start && shared > 0)
        return fail (error, "a block doesn’t begin with a whole key");
      if (!step_key (walk, p, shared, n_rest, error))
        return FALSE;
      p += n_rest;
      if (!walk->take (walk->key->data, walk->key->len, p, n_value, walk->user_data, error))
        return FALSE;
      p += n_value;
    }
  return TRUE;
}

static gboolean
walk_block (Walk *walk, const Handle *handle, GError **error)
{
  g_autoptr (GBytes) block = read_block (walk->file, handle, error);
  const guint8 *data;
  gsize         n;
  guint32       n_restarts;

  if (block == NULL)
    return FALSE;
  data = g_bytes_get_data (block, &n);
  if (n < 4)
    return fail (error, "a block is too short");
  memcpy (&n_restarts, data + n - 4, 4);
  n_restarts = GUINT32_FROM_LE (n_restarts);
  if (n_restarts > (n - 4) / 4)
    return fail (error, "a block is too short for its restarts");
  return walk_entries (walk, data, data + n - 4 - 4 * (gsize) n_restarts, error);
}

static gboolean
take_data_block (const guint8 *key, gsize n_key, const guint8 *value, gsize n_value, gpointer user_data, GError **error)
{
  const guint8 *p = value;
  Handle        handle;

  if (!take_handle (&p, value + n_value, &handle))
    return fail (error, "the place of a block can’t be read");
  return walk_block (user_data, &handle, error);
}

gboolean
assay_table_is_one (const AssayReaderFile *file)
{
  guint8 end[sizeof magic];

  return file->size >= FOOTER_SIZE && assay_reader_read (file, file->size - sizeof magic, end, sizeof magic, NULL) &&
         memcmp (end, magic, sizeof magic) == 0;
}

gboolean
assay_table_walk (const AssayReaderFile *file, AssayTableFunc take, gpointer user_data, GError **error)
{
  guint8        footer[FOOTER_SIZE];
  const guint8 *p = footer;
  Handle        metaindex, index;
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (GByteArray) index_key = g_byte_array_new ();
  Walk entries = { .file = file, .key = key, .take = take, .user_data = user_data };
  Walk blocks = { .file = file, .key = index_key, .take = take_data_block, .user_data = &entries };

  if (file->size < FOOTER_SIZE)
    return fail (error, "the file is too short");
  if (!assay_reader_read (file, file->size - FOOTER_SIZE, footer, FOOTER_SIZE, error))
    return FALSE;
  if (memcmp (footer + 40, magic, sizeof magic) != 0)
    return fail (error, "it doesn’t end as a table does (bad magic number)");
  if (!take_handle (&p, footer + 40, &metaindex) || !take_handle (&p, footer + 40, &index))
    return fail (error, "the place of its index can’t be read");
  return walk_block (&blocks, &index, error);
}
