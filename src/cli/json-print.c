/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli-private.h"

#include <math.h>
#include <string.h>

void
json_print_string (const char *text)
{
  const char *run = text;

  putchar ('"');
  for (const char *p = text;; p++)
    {
      guchar c = *p;

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
        continue;
      fwrite (run, 1, p - run, stdout);
      if (c == '\0')
        break;
      if (c == '"' || c == '\\')
        printf ("\\%c", c);
      else
        printf ("\\u%04x", c);
      run = p + 1;
    }
  putchar ('"');
}

void
json_print_double (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    fputs ("\"NaN\"", stdout);
  else if (isinf (value))
    fputs (value > 0 ? "\"Infinity\"" : "\"-Infinity\"", stdout);
  else
    {
      g_ascii_formatd (text, sizeof text, "%.15g", value);
      if (g_ascii_strtod (text, NULL) != value)
        g_ascii_formatd (text, sizeof text, "%.17g", value);
      fputs (text, stdout);
    }
}

void
json_print_key (gboolean *first, const char *key)
{
  if (!*first)
    fputs (", ", stdout);
  *first = FALSE;
  json_print_string (key);
  fputs (": ", stdout);
}
