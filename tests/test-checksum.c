/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/checksum.h>

/* RFC 3720, B.4. */
static void
test_checksum_crc32c_of_the_rfc (void)
{
  guint8 data[32] = { 0 };

  g_assert_cmphex (assay_crc32c (0, data, 32), ==, 0x8a9136aa);
  for (int i = 0; i < 32; i++)
    data[i] = i;
  g_assert_cmphex (assay_crc32c (0, data, 32), ==, 0x46dd794e);
  g_assert_cmphex (assay_crc32c (assay_crc32c (0, data, 13), data + 13, 19), ==, 0x46dd794e);
  g_assert_cmphex (assay_crc32c_unmask (assay_crc32c_mask (0x46dd794e)), ==, 0x46dd794e);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checksum/crc32c-of-the-rfc", test_checksum_crc32c_of_the_rfc);
  return g_test_run ();
}
