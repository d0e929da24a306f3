/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Snappy (format_description.txt of its source): varint length of what comes out, then elements:
 *
 *   tag & 3 = 0  literal: tag >> 2 is length − 1 if below 60, else 60 … 63: the length − 1 follows in 1 … 4 bytes
 *   tag & 3 = 1  copy of 4 … 11 bytes ((tag >> 2 & 7) + 4), offset of 11 bits: tag >> 5, then a byte
 *   tag & 3 = 2  copy of (tag >> 2) + 1 bytes, offset in 2 bytes
 *   tag & 3 = 3  likewise, offset in 4 bytes
 *
 * A copy may reach into what it writes itself. */

#include "tf-snappy-private.h"

#include <assay/error.h>
#include <string.h>

#include "tf-proto-private.h"

typedef struct
{
  const guint8 *p;
  const guint8 *end;
  guint8       *out;
  gsize         n_out;
  gsize         max;
} Snappy;

static gboolean
take_little (Snappy *snappy, guint n_bytes, gsize *value)
{
  *value = 0;
  if ((gsize) (snappy->end - snappy->p) < n_bytes)
    return FALSE;
  for (guint i = 0; i < n_bytes; i++)
    *value |= (gsize) *snappy->p++ << (8 * i);
  return TRUE;
}

static gboolean
take_literal (Snappy *snappy, guint8 tag)
{
  gsize n = tag >> 2;

  if (n >= 60 && !take_little (snappy, n - 59, &n))
    return FALSE;
  n++;
  if (n > (gsize) (snappy->end - snappy->p) || n > snappy->max - snappy->n_out)
    return FALSE;
  memcpy (snappy->out + snappy->n_out, snappy->p, n);
  snappy->p += n;
  snappy->n_out += n;
  return TRUE;
}

static gboolean
take_copy (Snappy *snappy, guint8 tag)
{
  gsize n = (tag & 3) == 1 ? (tag >> 2 & 7) + 4 : (tag >> 2) + 1, offset;

  if (!take_little (snappy, (tag & 3) == 3 ? 4 : tag & 3, &offset))
    return FALSE;
  if ((tag & 3) == 1)
    offset |= (gsize) (tag >> 5) << 8;
  if (offset == 0 || offset > snappy->n_out || n > snappy->max - snappy->n_out)
    return FALSE;
  for (; n > 0; n--, snappy->n_out++)
    snappy->out[snappy->n_out] = snappy->out[snappy->n_out - offset];
  return TRUE;
}

GBytes *
assay_snappy_inflate (const guint8 *data, gsize n, gsize max, GError **error)
{
  Snappy             snappy = { .p = data, .end = data + n };
  guint64            length;
  g_autofree guint8 *out = NULL;

  if (assay_varint_take (&snappy.p, snappy.end, &length) && length <= max)
    {
      snappy.out = out = g_malloc (length + 1);
      snappy.max = length;
      while (snappy.p < snappy.end)
        {
          guint8 tag = *snappy.p++;

          if (!((tag & 3) == 0 ? take_literal : take_copy) (&snappy, tag))
            break;
        }
      if (snappy.p == snappy.end && snappy.n_out == length)
        return g_bytes_new_take (g_steal_pointer (&out), length);
    }
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "A block that Snappy has compressed is damaged");
  return NULL;
}
