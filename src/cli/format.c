/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers as people read them. */

#include "cli-private.h"

char *
cli_format_bytes (guint64 n_bytes)
{
  static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
  double                   value = n_bytes;
  int                      unit = -1;

  if (n_bytes < 1000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " B", n_bytes);
  while (value >= 999.95 && unit < (int) G_N_ELEMENTS (units) - 1)
    {
      value /= 1000;
      unit++;
    }
  return g_strdup_printf ("%.1f %s", value, units[unit]);
}

char *
cli_format_count (guint64 n)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  GString         *out = g_string_new (digits);

  for (gssize i = (gssize) out->len - 3; i > 0; i -= 3)
    g_string_insert_c (out, i, ',');
  return g_string_free (out, FALSE);
}
