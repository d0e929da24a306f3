/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/packing.h>

static void
test_packing_comes_back (void)
{
  static const guint sizes[] = { 2, 4, 6 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (gsize n = 0; n < 20; n++)
      {
        guint8 codes[20], packed[16], back[20];

        for (gsize i = 0; i < n; i++)
          codes[i] = (i * 7 + 3) & ((1u << sizes[s]) - 1);
        assay_pack_elements (packed, codes, sizes[s], n);
        for (gsize first = 0; first < n; first++)
          {
            guint64 bit = first * sizes[s];

            assay_unpack_elements (back, packed + bit / 8, sizes[s], bit % 8, n - first);
            g_assert_cmpmem (back, n - first, codes + first, n - first);
          }
      }
}

static void
test_packing_puts_the_first_lowest (void)
{
  guint8 packed[1];

  assay_pack_elements (packed, (guint8[]){ 0x1, 0xf }, 4, 2);
  g_assert_cmphex (packed[0], ==, 0xf1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packing/comes-back", test_packing_comes_back);
  g_test_add_func ("/packing/puts-the-first-lowest", test_packing_puts_the_first_lowest);
  return g_test_run ();
}
