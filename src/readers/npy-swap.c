/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Records with big-endian fields: no extent can say that, so they are written out in little-endian order. */

#include "npy-private.h"

#include <assay/error.h>

#define PIECE (1u << 20)

static void
swap_pieces (guint8 *data, guint size, guint64 n)
{
  for (; n > 0; n--, data += size)
    for (guint i = 0; i < size / 2; i++)
      {
        guint8 byte = data[i];

        data[i] = data[size - 1 - i];
        data[size - 1 - i] = byte;
      }
}

gboolean
assay_npy_swap_records (const AssayNpyHeader  *header,
                        const AssayReaderFile *from,
                        guint64                from_offset,
                        const AssayReaderFile *to,
                        GError               **error)
{
  gsize              n_record = header->item_size, n_piece = MAX (PIECE / n_record, 1) * n_record;
  g_autofree guint8 *piece = g_malloc (n_piece);

  for (guint64 at = 0; at < header->n_bytes; at += n_piece)
    {
      gsize n = MIN (n_piece, header->n_bytes - at);

      if (!assay_reader_read (from, from_offset + at, piece, n, error))
        return FALSE;
      for (gsize record = 0; record < n; record += n_record)
        for (guint i = 0; i < header->swaps->len; i++)
          {
            const AssayNpySwap *swap = &g_array_index (header->swaps, AssayNpySwap, i);

            swap_pieces (piece + record + swap->offset, swap->size, swap->n);
          }
      if (!assay_reader_write (to, at, piece, n, error))
        return FALSE;
    }
  return TRUE;
}
