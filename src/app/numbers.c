/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "numbers-private.h"

#include <math.h>
#include <string.h>

char *
assay_number_text (double value, gboolean sign)
{
  char     buffer[G_ASCII_DTOSTR_BUF_SIZE];
  GString *text = g_string_new (NULL);

  if (isnan (value))
    return g_string_free (g_string_assign (text, "NaN"), FALSE);
  if (isinf (value))
    return g_string_free (g_string_assign (text, value < 0 ? "−∞" : "∞"), FALSE);
  if (sign && value > 0)
    g_string_append_c (text, '+');
  g_ascii_formatd (buffer, sizeof buffer, "%.4g", value);
  for (const char *at = buffer; *at; at++)
    if (*at == '-')
      g_string_append (text, "−");
    else
      g_string_append_c (text, *at);
  return g_string_free (text, FALSE);
}

char *
assay_count_text (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  gsize            n = strlen (digits);
  GString         *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
assay_count_brief_text (guint64 count)
{
  static const char prefixes[] = "GTPE";
  double            value = (double) count / 1e9;
  gsize             i = 0;

  if (count < 1000000000)
    return assay_count_text (count);
  for (; value >= 999.5; value /= 1000)
    i++;
  return g_strdup_printf ("%.*f %c", value < 9.995 ? 2 : value < 99.95 ? 1
                                                                       : 0,
                          value, prefixes[i]);
}

char *
assay_size_text (guint64 n_bytes)
{
  return g_format_size (n_bytes);
}
