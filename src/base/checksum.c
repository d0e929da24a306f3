/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/checksum.h>

#include <string.h>

#define POLYNOMIAL 0x82f63b78u

/* table[k][b]: the checksum of byte b followed by k zero bytes; eight tables take eight bytes a step. */
static guint32 table[8][256];

static void
fill_table (void)
{
  for (guint b = 0; b < 256; b++)
    {
      guint32 crc = b;

      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
      table[0][b] = crc;
    }
  for (guint b = 0; b < 256; b++)
    for (int k = 1; k < 8; k++)
      table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 0xff];
}

guint32
assay_crc32c (guint32 crc, const void *data, gsize n_bytes)
{
  static gsize  filled;
  const guint8 *p = data;

  if (g_once_init_enter (&filled))
    {
      fill_table ();
      g_once_init_leave (&filled, 1);
    }
  crc = ~crc;
  for (; n_bytes >= 8; n_bytes -= 8, p += 8)
    {
      guint32 low, high;

      memcpy (&low, p, 4);
      memcpy (&high, p + 4, 4);
      low = GUINT32_FROM_LE (low) ^ crc;
      high = GUINT32_FROM_LE (high);
      crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff] ^ table[4][low >> 24] ^
            table[3][high & 0xff] ^ table[2][(high >> 8) & 0xff] ^ table[1][(high >> 16) & 0xff] ^ table[0][high >> 24];
    }
  for (; n_bytes > 0; n_bytes--, p++)
    crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xff];
  return ~crc;
}

guint32
assay_crc32c_mask (guint32 crc)
{
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

guint32
assay_crc32c_unmask (guint32 masked)
{
  guint32 rotated = masked - 0xa282ead8u;

  return (rotated >> 17) | (rotated << 15);
}
