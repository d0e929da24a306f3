/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Strings in a checkpoint (tensorflow/core/util/tensor_bundle, WriteStringTensor):
 *
 *   varint length of each · u32 LE masked CRC-32C of the lengths · all strings
 *
 * The lengths' checksum is over each as u32 LE (u64 LE if it needs more), not over the varints; the entry's goes on from there over the
 * four bytes and the strings. */

#include <assay/checksum.h>
#include <assay/error.h>
#include <string.h>

#include "tf-bundle-private.h"
#include "tf-proto-private.h"

#define PIECE (1u << 20)
#define MAX_ANSWER (64u << 20)

static gboolean
fail (const AssayBundleEntry *entry, const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The strings of “%s” are damaged: %s", entry->key, what);
  return FALSE;
}

static guint32
add_length (guint32 crc, guint64 length)
{
  guint8 bytes[8];
  guint  n = length > G_MAXUINT32 ? 8 : 4;

  for (guint i = 0; i < n; i++)
    bytes[i] = length >> (8 * i);
  return assay_crc32c (crc, bytes, n);
}

/* Finds where each string begins; crc becomes what it is before the first string. */
static gboolean
find_strings (AssayBundleEntry *entry, const AssayReaderFile *file, guint32 *crc, GError **error)
{
  guint64             n = entry->n_elements, n_head, offset;
  g_autofree guint64 *strings = NULL;
  g_autofree guint8  *head = NULL;
  const guint8       *p;
  guint32             stored;

  /* A length takes a byte at least, ten at most. */
  if (entry->size < 4 || n > entry->size - 4)
    return fail (entry, "there are fewer bytes than strings", error);
  n_head = MIN (entry->size, n * 10 + 4);
  p = head = g_try_malloc (n_head);
  strings = g_try_new (guint64, n + 1);
  if (head == NULL || strings == NULL)
    return fail (entry, "there is no memory for so many", error);
  if (!assay_reader_read (file, entry->offset, head, n_head, error))
    return FALSE;
  *crc = 0;
  for (guint64 i = 0; i < n; i++)
    {
      if (!assay_varint_take (&p, head + n_head, &strings[i]) || strings[i] > entry->size)
        return fail (entry, "a length can’t be", error);
      *crc = add_length (*crc, strings[i]);
    }
  if (head + n_head - p < 4)
    return fail (entry, "they end too early", error);
  memcpy (&stored, p, 4);
  if (GUINT32_FROM_LE (stored) != assay_crc32c_mask (*crc))
    return fail (entry, "the checksum of their lengths is wrong", error);
  *crc = assay_crc32c (*crc, p, 4);
  offset = entry->offset + (p + 4 - head);
  for (guint64 i = 0; i < n; i++)
    {
      guint64 length = strings[i];

      strings[i] = offset;
      offset += length;
      if (offset > entry->offset + entry->size)
        return fail (entry, "they are longer than the index says", error);
    }
  strings[n] = offset;
  if (offset != entry->offset + entry->size)
    return fail (entry, "they are shorter than the index says", error);
  g_free (entry->strings);
  entry->strings = g_steal_pointer (&strings);
  return TRUE;
}

gboolean
assay_bundle_check_strings (AssayBundleEntry *entry, const AssayReaderFile *file, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  guint32            crc;

  if (!find_strings (entry, file, &crc, error))
    return FALSE;
  for (guint64 at = entry->strings[0], end = entry->strings[entry->n_elements]; at < end;)
    {
      gsize n = MIN (end - at, PIECE);

      if (!assay_reader_read (file, at, piece, n, error))
        return FALSE;
      crc = assay_crc32c (crc, piece, n);
      at += n;
    }
  return assay_crc32c_mask (crc) == entry->crc || fail (entry, "their checksum is wrong", error);
}

gboolean
assay_bundle_read_strings (AssayBundle *self, AssayBundleEntry *entry, guint64 first, guint64 n, GPtrArray *out, GError **error)
{
  AssayReaderFile  file;
  g_autofree char *reason = assay_bundle_locate (self, entry, &file);
  guint32          crc;
  guint64          n_bytes = 0;

  if (reason != NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s”: %s", entry->key, reason);
      return FALSE;
    }
  if (entry->strings == NULL && !find_strings (entry, &file, &crc, error))
    return FALSE;
  if (first > entry->n_elements || n > entry->n_elements - first)
    return fail (entry, "more were asked for than there are", error);
  for (guint64 i = first; i < first + n; i++)
    {
      gsize              length = entry->strings[i + 1] - entry->strings[i];
      g_autofree guint8 *data = NULL;

      n_bytes += length;
      if (n_bytes > MAX_ANSWER && i > first)
        return fail (entry, "they are too large to be shown together", error);
      data = g_try_malloc (length + 1);
      if (data == NULL)
        return fail (entry, "there is no memory for one", error);
      if (!assay_reader_read (&file, entry->strings[i], data, length, error))
        return FALSE;
      g_ptr_array_add (out, g_bytes_new_take (g_steal_pointer (&data), length));
    }
  return TRUE;
}
