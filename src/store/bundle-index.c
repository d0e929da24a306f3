/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bundle-index-private.h"

#include <assay/checksum.h>
#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "table-writer-private.h"

/* One field of a message: its number, where it begins and ends, and its value if it is a number. */
typedef struct
{
  guint         field;
  const guint8 *begin, *end;
  guint64       number;
} Field;

static gboolean
take_varint (const guint8 **p, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; *p < end && shift < 64; shift += 7)
    {
      guint8 byte = *(*p)++;

      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

static guint32
get_u32 (const guint8 *p)
{
  guint32 little;

  memcpy (&little, p, sizeof little);
  return GUINT32_FROM_LE (little);
}

/* Numbers are varints (0) and fixed32 (5); fixed64 (1) and bytes (2) are only passed over. */
static gboolean
take_field (const guint8 **p, const guint8 *end, Field *field)
{
  guint64 tag, n = 0;

  field->begin = *p;
  if (!take_varint (p, end, &tag))
    return FALSE;
  field->field = MIN (tag >> 3, G_MAXUINT);
  if ((tag & 7) == 0)
    return take_varint (p, end, &field->number) && (field->end = *p) != NULL;
  if ((tag & 7) == 1 || (tag & 7) == 5)
    n = (tag & 7) == 1 ? 8 : 4;
  else if ((tag & 7) != 2 || !take_varint (p, end, &n))
    return FALSE;
  if (n > (gsize) (end - *p))
    return FALSE;
  field->number = (tag & 7) == 5 ? get_u32 (*p) : 0;
  field->end = *p += n;
  return TRUE;
}

/* BundleEntryProto: dtype=1, shape=2, shard_id=3, offset=4, size=5, crc32c=6 fixed32, slices=7. */
static gboolean
parse_row (AssayBundleRow *row)
{
  gsize         n;
  const guint8 *p = g_bytes_get_data (row->value, &n), *end = p + n;
  Field         field;

  while (p < end)
    {
      if (!take_field (&p, end, &field))
        return FALSE;
      if (field.field == 1)
        row->type = field.number;
      else if (field.field == 3)
        row->shard = field.number;
      else if (field.field == 4)
        row->offset = field.number;
      else if (field.field == 5)
        row->size = field.number;
      else if (field.field == 6)
        row->crc = field.number;
    }
  return TRUE;
}

static void
row_clear (gpointer data)
{
  AssayBundleRow *row = data;

  g_bytes_unref (row->key);
  g_bytes_unref (row->value);
}

static gboolean
take_row (GBytes *all, gsize *at, AssayBundleRow *row)
{
  gsize         n;
  const guint8 *data = g_bytes_get_data (all, &n);
  gsize         n_key, n_value;

  if (n - *at < 8)
    return FALSE;
  n_key = get_u32 (data + *at);
  n_value = get_u32 (data + *at + 4);
  *at += 8;
  if (n_key > n - *at || n_value > n - *at - n_key)
    return FALSE;
  row->key = g_bytes_new_from_bytes (all, *at, n_key);
  row->value = g_bytes_new_from_bytes (all, *at + n_key, n_value);
  *at += n_key + n_value;
  return TRUE;
}

GArray *
assay_bundle_rows_read (AssayManifest *manifest, GError **error)
{
  g_autoptr (GBytes) all = assay_manifest_read_rows (manifest, NULL, error);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (AssayBundleRow));
  gboolean sound = TRUE;

  if (all == NULL)
    return NULL;
  g_array_set_clear_func (rows, row_clear);
  for (gsize at = 0; sound && at < g_bytes_get_size (all);)
    {
      AssayBundleRow row = { 0 };

      sound = take_row (all, &at, &row);
      if (!sound)
        break;
      /* The header's fields are others. */
      sound = rows->len == 0 || parse_row (&row);
      g_array_append_val (rows, row);
    }
  if (sound && rows->len > 0)
    return g_steal_pointer (&rows);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, _ ("The index can’t be written again: it is damaged"));
  return NULL;
}

guint
assay_bundle_rows_count_shards (GArray *rows)
{
  gsize         n;
  const guint8 *p = g_bytes_get_data (g_array_index (rows, AssayBundleRow, 0).value, &n), *end = p + n;
  Field         field;

  while (p < end && take_field (&p, end, &field))
    if (field.field == 1)
      return field.number;
  return 0;
}

/* A row's value with other place and checksum; what else is in it stays as it was. */
static GByteArray *
encode_row (const AssayBundleRow *row)
{
  GByteArray   *out = g_byte_array_new ();
  gsize         n;
  const guint8 *p = g_bytes_get_data (row->value, &n), *end = p + n, *tail = end;
  guint32       crc = GUINT32_TO_LE (row->crc);
  Field         field;

  while (p < end && take_field (&p, end, &field))
    if (field.field > 6)
      tail = MIN (tail, field.begin);
    else if (field.field < 4)
      g_byte_array_append (out, field.begin, field.end - field.begin);
  assay_proto_put_number (out, 4, row->offset);
  assay_proto_put_number (out, 5, row->size);
  assay_proto_put_varint (out, 6 << 3 | 5);
  g_byte_array_append (out, (const guint8 *) &crc, sizeof crc);
  for (p = tail; p < end && take_field (&p, end, &field);)
    if (field.field > 6)
      g_byte_array_append (out, field.begin, field.end - field.begin);
  return out;
}

/* BundleHeaderProto: num_shards=1; the byte order and the version stay. */
static GByteArray *
encode_header (const AssayBundleRow *row, guint n_shards)
{
  GByteArray   *out = g_byte_array_new ();
  gsize         n;
  const guint8 *p = g_bytes_get_data (row->value, &n), *end = p + n;
  Field         field;

  assay_proto_put_number (out, 1, n_shards);
  while (p < end && take_field (&p, end, &field))
    if (field.field != 1)
      g_byte_array_append (out, field.begin, field.end - field.begin);
  return out;
}

GBytes *
assay_bundle_rows_to_table (GArray *rows, guint n_shards)
{
  g_auto (AssayTableWriter) table = { 0 };
  GByteArray *whole;

  assay_table_writer_init (&table);
  for (guint i = 0; i < rows->len; i++)
    {
      const AssayBundleRow *row = &g_array_index (rows, AssayBundleRow, i);
      g_autoptr (GByteArray) coded = i == 0 ? encode_header (row, n_shards) : row->is_changed ? encode_row (row)
                                                                                              : NULL;
      gsize         n_key, n;
      gconstpointer key = g_bytes_get_data (row->key, &n_key), value = g_bytes_get_data (row->value, &n);

      assay_table_writer_add (&table, key, n_key, coded ? coded->data : value, coded ? coded->len : n);
    }
  whole = assay_table_writer_finish (&table);
  return g_bytes_new (whole->data, whole->len);
}

guint32
assay_bundle_encode_strings (GPtrArray *strings, GByteArray *out)
{
  guint32 crc = 0, masked;

  for (guint i = 0; i < strings->len; i++)
    {
      guint64 n = g_bytes_get_size (strings->pdata[i]);
      guint32 n_little = GUINT32_TO_LE ((guint32) n);
      guint64 n_long = GUINT64_TO_LE (n);

      assay_proto_put_varint (out, n);
      crc = n <= G_MAXUINT32 ? assay_crc32c (crc, &n_little, 4) : assay_crc32c (crc, &n_long, 8);
    }
  masked = GUINT32_TO_LE (assay_crc32c_mask (crc));
  g_byte_array_append (out, (const guint8 *) &masked, 4);
  crc = assay_crc32c (crc, &masked, 4);
  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n);

      g_byte_array_append (out, data, n);
      crc = assay_crc32c (crc, data, n);
    }
  return crc;
}
