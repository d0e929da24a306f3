/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/packing.h>

#include <string.h>

void
assay_unpack_elements (guint8 *out, const guint8 *in, guint bits, guint first_bit, gsize n)
{
  guint   mask = (1u << bits) - 1;
  guint64 bit = first_bit;

  for (gsize i = 0; i < n; i++, bit += bits)
    {
      guint shift = bit % 8, pair = in[bit / 8];

      if (shift + bits > 8)
        pair |= (guint) in[bit / 8 + 1] << 8;
      out[i] = (pair >> shift) & mask;
    }
}

void
assay_pack_elements (guint8 *out, const guint8 *in, guint bits, gsize n)
{
  guint   mask = (1u << bits) - 1;
  guint64 bit = 0;

  memset (out, 0, (n * bits + 7) / 8);
  for (gsize i = 0; i < n; i++, bit += bits)
    {
      guint shift = bit % 8, code = (in[i] & mask) << shift;

      out[bit / 8] |= code;
      if (shift + bits > 8)
        out[bit / 8 + 1] |= code >> 8;
    }
}
