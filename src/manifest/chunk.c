/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "chunk-private.h"

#include <assay/error.h>
#include <string.h>
#include <zlib.h>

guint32
assay_fletcher32 (const guint8 *data, gsize n_bytes)
{
  guint32 sum1 = 0, sum2 = 0;
  gsize   n_pairs = n_bytes / 2;

  while (n_pairs > 0)
    {
      gsize n = MIN (n_pairs, 360); /* as many as can't overflow 32 bits */

      n_pairs -= n;
      for (; n > 0; n--, data += 2)
        {
          sum1 += ((guint32) data[0] << 8) | data[1];
          sum2 += sum1;
        }
      sum1 = (sum1 & 0xffff) + (sum1 >> 16);
      sum2 = (sum2 & 0xffff) + (sum2 >> 16);
    }
  if (n_bytes % 2)
    {
      sum1 += (guint32) data[0] << 8;
      sum2 += sum1;
      sum1 = (sum1 & 0xffff) + (sum1 >> 16);
      sum2 = (sum2 & 0xffff) + (sum2 >> 16);
    }
  sum1 = (sum1 & 0xffff) + (sum1 >> 16);
  sum2 = (sum2 & 0xffff) + (sum2 >> 16);
  return (sum2 << 16) | sum1;
}

/* The checksum stands behind the data, little-endian. HDF5 before 1.6.3 stored it with each half's bytes swapped. */
static gboolean
check_fletcher32 (const guint8 *stored, gsize *n_stored, GError **error)
{
  guint32 sum, expected, swapped;

  if (*n_stored < 4)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "A chunk of %" G_GSIZE_FORMAT " bytes is too short for its checksum", *n_stored);
      return FALSE;
    }
  *n_stored -= 4;
  memcpy (&expected, stored + *n_stored, 4);
  expected = GUINT32_FROM_LE (expected);
  sum = assay_fletcher32 (stored, *n_stored);
  swapped = ((sum & 0x00ff00ff) << 8) | ((sum & 0xff00ff00) >> 8);
  if (sum == expected || swapped == expected)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The checksum of a chunk doesn’t match: stored %08x, calculated %08x", expected, sum);
  return FALSE;
}

static guint8 *
inflate_chunk (const guint8 *stored, gsize n_stored, gsize n_bytes, GError **error)
{
  g_autofree guint8 *out = g_try_malloc (MAX (n_bytes, 1));
  uLongf             n_out = n_bytes;
  int                status;

  if (out == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "There is no memory for a chunk of %" G_GSIZE_FORMAT " bytes", n_bytes);
      return NULL;
    }
  status = uncompress (out, &n_out, stored, n_stored);
  if (status != Z_OK || n_out != n_bytes)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "A deflated chunk is damaged: %lu of %" G_GSIZE_FORMAT " bytes came out", status == Z_OK ? n_out : 0ul, n_bytes);
      return NULL;
    }
  return g_steal_pointer (&out);
}

/* Byte b of element i stands at b × n + i; bytes behind the last whole element are as they were. */
static guint8 *
unshuffle (const guint8 *in, gsize n_bytes, gsize item_size)
{
  guint8 *out = g_malloc (MAX (n_bytes, 1));
  gsize   n = n_bytes / item_size;

  for (gsize b = 0; b < item_size; b++)
    for (gsize i = 0; i < n; i++)
      out[i * item_size + b] = in[b * n + i];
  memcpy (out + n * item_size, in + n * item_size, n_bytes - n * item_size);
  return out;
}

guint8 *
assay_chunk_decode (const guint8 *stored,
                    gsize         n_stored,
                    guint32       filters,
                    guint32       mask,
                    gsize         item_size,
                    gsize         n_bytes,
                    GError      **error)
{
  static const guint32 pipeline[] = { ASSAY_FILTER_SHUFFLE, ASSAY_FILTER_DEFLATE, ASSAY_FILTER_FLETCHER32 };
  g_autofree guint8   *bytes = NULL;
  guint32              active = filters;
  guint                place = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (pipeline); i++)
    if (filters & pipeline[i])
      {
        if (mask & (1u << place))
          active &= ~pipeline[i];
        place++;
      }
  if ((active & ASSAY_FILTER_FLETCHER32) && !check_fletcher32 (stored, &n_stored, error))
    return NULL;
  if (active & ASSAY_FILTER_DEFLATE)
    {
      bytes = inflate_chunk (stored, n_stored, n_bytes, error);
      if (bytes == NULL)
        return NULL;
    }
  else if (n_stored != n_bytes)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                   "A chunk has %" G_GSIZE_FORMAT " bytes where %" G_GSIZE_FORMAT " are needed", n_stored, n_bytes);
      return NULL;
    }
  if ((active & ASSAY_FILTER_SHUFFLE) && item_size > 1)
    return unshuffle (bytes ? bytes : stored, n_bytes, item_size);
  return bytes ? g_steal_pointer (&bytes) : g_memdup2 (stored, n_bytes);
}
