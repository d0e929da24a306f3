/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/names.h>

#include <string.h>

/* Compares two runs of digits as numbers of any length. */
static int
compare_digits (const char **a, const char **b)
{
  gsize       n_zeros_a = strspn (*a, "0"), n_zeros_b = strspn (*b, "0");
  const char *digits_a = *a + n_zeros_a, *digits_b = *b + n_zeros_b;
  gsize       n_a = strspn (digits_a, "0123456789"), n_b = strspn (digits_b, "0123456789");
  int         order = n_a != n_b ? (n_a < n_b ? -1 : 1) : memcmp (digits_a, digits_b, n_a);

  *a = digits_a + n_a;
  *b = digits_b + n_b;
  return order;
}

gboolean
assay_name_is_utf8 (const char *text, gsize n_bytes)
{
  guchar all = 0;

  for (gsize i = 0; i < n_bytes; i++)
    all |= (guchar) text[i];
  return all < 0x80 || g_utf8_validate_len (text, n_bytes, NULL);
}

int
assay_name_compare (const char *a, const char *b)
{
  const char *p = a, *q = b;

  while (*p && *q)
    {
      if (g_ascii_isdigit (*p) && g_ascii_isdigit (*q))
        {
          int order = compare_digits (&p, &q);

          if (order != 0)
            return order;
          continue;
        }
      if (*p != *q)
        return (guchar) *p < (guchar) *q ? -1 : 1;
      p++, q++;
    }
  if (*p || *q)
    return *p ? 1 : -1;
  return strcmp (a, b);
}

char *
assay_name_escape (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *p = name; *p; p++)
    {
      if (*p == '.')
        g_string_append (out, "..");
      else if (*p == '/')
        g_string_append (out, ".S");
      else
        g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}

char *
assay_name_unescape (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *p = name; *p; p++)
    {
      if (p[0] == '.' && (p[1] == '.' || p[1] == 'S'))
        {
          g_string_append_c (out, p[1] == 'S' ? '/' : '.');
          p++;
        }
      else
        g_string_append_c (out, *p);
    }
  return g_string_free (out, FALSE);
}
