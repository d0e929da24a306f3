/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "table-writer-private.h"

#include <assay/checksum.h>
#include <string.h>

#define BLOCK_SIZE 262144
#define RESTART_INTERVAL 16
#define MAGIC G_GUINT64_CONSTANT (0xdb4775248b80fb57)

void
assay_proto_put_varint (GByteArray *out, guint64 value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

      g_byte_array_append (out, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

void
assay_proto_put_number (GByteArray *out, guint field, guint64 value)
{
  if (value == 0)
    return;
  assay_proto_put_varint (out, field << 3);
  assay_proto_put_varint (out, value);
}

void
assay_proto_put_bytes (GByteArray *out, guint field, gconstpointer data, gsize n)
{
  assay_proto_put_varint (out, field << 3 | 2);
  assay_proto_put_varint (out, n);
  g_byte_array_append (out, data, n);
}

void
assay_proto_put_text (GByteArray *out, guint field, const char *text)
{
  if (text != NULL && *text != '\0')
    assay_proto_put_bytes (out, field, text, strlen (text));
}

static void
put_u32 (GByteArray *out, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

void
assay_table_writer_init (AssayTableWriter *self)
{
  self->out = g_byte_array_new ();
  self->block = g_byte_array_new ();
  self->restarts = g_byte_array_new ();
  self->index = g_byte_array_new ();
  self->last_key = g_byte_array_new ();
  self->n_since_restart = RESTART_INTERVAL;
}

void
assay_table_writer_clear (AssayTableWriter *self)
{
  g_clear_pointer (&self->out, g_byte_array_unref);
  g_clear_pointer (&self->block, g_byte_array_unref);
  g_clear_pointer (&self->restarts, g_byte_array_unref);
  g_clear_pointer (&self->index, g_byte_array_unref);
  g_clear_pointer (&self->last_key, g_byte_array_unref);
}

/* A block on disk: contents, type 0 (not compressed), checksum of both. */
static void
put_block (GByteArray *out, GByteArray *block, guint64 *offset, guint64 *size)
{
  const guint8 type = 0;
  guint32      crc = assay_crc32c (0, block->data, block->len);

  *offset = out->len;
  *size = block->len;
  crc = assay_crc32c (crc, &type, 1);
  g_byte_array_append (out, block->data, block->len);
  g_byte_array_append (out, &type, 1);
  put_u32 (out, assay_crc32c_mask (crc));
}

/* The shortest key that isn't below the last: its first byte that isn't 255, one more. */
static void
put_successor (GByteArray *out, GByteArray *key)
{
  guint n = 0;

  while (n < key->len && key->data[n] == 0xff)
    n++;
  g_byte_array_append (out, key->data, MIN (n + 1, key->len));
  if (n < key->len)
    out->data[out->len - 1]++;
}

static void
put_entry (GByteArray *block, guint shared, gconstpointer key, gsize n_key, gconstpointer value, gsize n_value)
{
  assay_proto_put_varint (block, shared);
  assay_proto_put_varint (block, n_key - shared);
  assay_proto_put_varint (block, n_value);
  g_byte_array_append (block, (const guint8 *) key + shared, n_key - shared);
  g_byte_array_append (block, value, n_value);
}

/* The index names a block by a key that is not below its last one, and below the first one of the next. */
static void
end_block (AssayTableWriter *self, gboolean is_last)
{
  g_autoptr (GByteArray) key = g_byte_array_new (), handle = g_byte_array_new ();
  guint64 offset, size;

  if (self->block->len == 0)
    return;
  g_byte_array_append (self->block, self->restarts->data, self->restarts->len);
  put_u32 (self->block, self->restarts->len / 4);
  put_block (self->out, self->block, &offset, &size);
  if (is_last)
    put_successor (key, self->last_key);
  else
    g_byte_array_append (key, self->last_key->data, self->last_key->len);
  assay_proto_put_varint (handle, offset);
  assay_proto_put_varint (handle, size);
  put_entry (self->index, 0, key->data, key->len, handle->data, handle->len);
  g_byte_array_set_size (self->block, 0);
  g_byte_array_set_size (self->restarts, 0);
  self->n_since_restart = RESTART_INTERVAL;
}

void
assay_table_writer_add (AssayTableWriter *self, gconstpointer key, gsize n_key, gconstpointer value, gsize n_value)
{
  guint shared = 0;

  if (self->n_since_restart == RESTART_INTERVAL)
    {
      put_u32 (self->restarts, self->block->len);
      self->n_since_restart = 0;
    }
  else
    while (shared < n_key && shared < self->last_key->len && ((const guint8 *) key)[shared] == self->last_key->data[shared])
      shared++;
  put_entry (self->block, shared, key, n_key, value, n_value);
  self->n_since_restart++;
  g_byte_array_set_size (self->last_key, 0);
  g_byte_array_append (self->last_key, key, n_key);
  if (self->block->len >= BLOCK_SIZE)
    end_block (self, FALSE);
}

GByteArray *
assay_table_writer_finish (AssayTableWriter *self)
{
  static const guint8 empty[8] = { 0, 0, 0, 0, 1, 0, 0, 0 };
  g_autoptr (GByteArray) meta = g_byte_array_new (), footer = g_byte_array_new ();
  guint64 offset, size;

  end_block (self, TRUE);
  g_byte_array_append (meta, empty, sizeof empty);
  put_block (self->out, meta, &offset, &size);
  assay_proto_put_varint (footer, offset);
  assay_proto_put_varint (footer, size);
  /* Each entry of the index begins anew, so a reader may begin at any; one restart does. */
  put_u32 (self->index, 0);
  put_u32 (self->index, 1);
  put_block (self->out, self->index, &offset, &size);
  assay_proto_put_varint (footer, offset);
  assay_proto_put_varint (footer, size);
  while (footer->len < 40)
    g_byte_array_append (footer, (const guint8 *) "", 1);
  put_u32 (footer, MAGIC & 0xffffffff);
  put_u32 (footer, MAGIC >> 32);
  g_byte_array_append (self->out, footer->data, footer->len);
  return self->out;
}
