/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-private.h"

#include <assay/packing.h>
#include <string.h>

#define PIECE (1u << 20)

/* The machine is little-endian (Debian's amd64 and arm64); another one would have to turn bytes here. */
G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

static gboolean
hash_strings (AssaySource *source, GChecksum *checksum, GError **error)
{
  static const guint64 zeros[ASSAY_MAX_RANK];
  g_autoptr (GPtrArray) strings = assay_source_read_strings (source, zeros, assay_source_get_shape (source), NULL, error);

  if (strings == NULL)
    return FALSE;
  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n);
      guint64       length = GUINT64_TO_LE ((guint64) n);

      g_checksum_update (checksum, (const guchar *) &length, 8);
      if (n > 0)
        g_checksum_update (checksum, data, n);
    }
  return TRUE;
}

static gboolean
hash_values (AssaySource *source, gboolean packed, GChecksum *checksum, GError **error)
{
  guint32            item_size = assay_source_get_item_size (source);
  guint              bits = assay_dtype_get_info (assay_source_get_dtype (source))->bits;
  guint64            n_elements = assay_source_get_n_elements (source), n_piece = MAX (PIECE / MAX (item_size, 1), 1) & ~7ull;
  g_autofree guint8 *buffer = NULL, *dense = NULL;

  n_piece = MAX (n_piece, 8);
  buffer = g_malloc (n_piece * item_size + 1);
  dense = g_malloc (n_piece);
  for (guint64 first = 0; first < n_elements; first += n_piece)
    {
      guint64 n = MIN (n_piece, n_elements - first);

      if (!assay_source_read_flat (source, first, n, buffer, NULL, error))
        return FALSE;
      if (packed && bits % 8 != 0)
        {
          assay_pack_elements (dense, buffer, bits, n);
          g_checksum_update (checksum, dense, (n * bits + 7) / 8);
        }
      else
        g_checksum_update (checksum, buffer, n * item_size);
    }
  return TRUE;
}

char *
cli_hash (AssaySource *source, gboolean packed, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gboolean done;

  if (assay_source_get_dtype (source) == ASSAY_DTYPE_STRING)
    done = hash_strings (source, checksum, error);
  else
    done = hash_values (source, packed, checksum, error);
  return done ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}
