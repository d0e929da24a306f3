/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "string-text-private.h"

char *
assay_string_text (GBytes *bytes, gsize max_characters)
{
  gsize       size;
  const char *at = g_bytes_get_data (bytes, &size);
  const char *end = at + size;
  GString    *text = g_string_new (NULL);

  for (gsize n = 0; at < end; n++)
    {
      gunichar c = g_utf8_get_char_validated (at, end - at);

      if (n == max_characters)
        {
          g_string_append (text, "…");
          break;
        }
      if (c == (gunichar) -1 || c == (gunichar) -2 || g_unichar_iscntrl (c))
        g_string_append_printf (text, "\\x%02x", (guint8) *at++);
      else
        {
          g_string_append_unichar (text, c);
          at = g_utf8_next_char (at);
        }
    }
  return g_string_free (text, FALSE);
}
