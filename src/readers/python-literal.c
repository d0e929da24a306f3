/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "python-literal-private.h"

#include <assay/error.h>
#include <assay/shape.h>
#include <string.h>

gboolean
assay_python_scan_fail (const AssayPythonScan *scan, const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The header is damaged at byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (scan->p - scan->start), what);
  return FALSE;
}

char
assay_python_scan_peek (AssayPythonScan *scan)
{
  while (scan->p < scan->end && strchr (" \t\r\n\f", *scan->p) != NULL && *scan->p != '\0')
    scan->p++;
  return scan->p < scan->end ? *scan->p : '\0';
}

gboolean
assay_python_scan_take (AssayPythonScan *scan, char c)
{
  if (assay_python_scan_peek (scan) != c || scan->p >= scan->end)
    return FALSE;
  scan->p++;
  return TRUE;
}

gboolean
assay_python_scan_expect (AssayPythonScan *scan, char c, GError **error)
{
  char what[] = "“?” is missing";

  if (assay_python_scan_take (scan, c))
    return TRUE;
  what[strlen ("“")] = c;
  return assay_python_scan_fail (scan, what, error);
}

static gboolean
scan_code_point (AssayPythonScan *scan, gsize n_digits, GString *out, GError **error)
{
  gunichar code = 0;

  if ((gsize) (scan->end - scan->p) < n_digits)
    return assay_python_scan_fail (scan, "an escape is wrong", error);
  for (gsize i = 0; i < n_digits; i++, scan->p++)
    {
      int digit = g_ascii_xdigit_value (*scan->p);

      if (digit < 0)
        return assay_python_scan_fail (scan, "an escape is wrong", error);
      code = code << 4 | (guint) digit;
    }
  if (code == 0 || !g_unichar_validate (code))
    return assay_python_scan_fail (scan, "an escape is no character", error);
  g_string_append_unichar (out, code);
  return TRUE;
}

static gboolean
scan_escape (AssayPythonScan *scan, GString *out, GError **error)
{
  static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
  char              c = scan->p < scan->end ? *scan->p++ : '\0';
  const char       *known = c ? strchr (from, c) : NULL;

  if (known != NULL)
    {
      g_string_append_c (out, to[known - from]);
      return TRUE;
    }
  if (c == 'x' || c == 'u' || c == 'U')
    return scan_code_point (scan, c == 'x' ? 2 : c == 'u' ? 4
                                                          : 8,
                            out, error);
  return assay_python_scan_fail (scan, "an escape is wrong", error);
}

gboolean
assay_python_scan_string (AssayPythonScan *scan, GString *out, GError **error)
{
  char quote = assay_python_scan_peek (scan);

  g_string_truncate (out, 0);
  /* Python 2 wrote u'…' here and there. */
  if (quote == 'u' && scan->end - scan->p > 1)
    quote = *++scan->p;
  if (quote != '\'' && quote != '"')
    return assay_python_scan_fail (scan, "a string is needed", error);
  for (scan->p++; scan->p < scan->end && *scan->p != quote;)
    {
      char c = *scan->p++;

      if (c == '\0' || c == '\n')
        return assay_python_scan_fail (scan, "a control character stands in a string", error);
      if (c != '\\')
        g_string_append_c (out, c);
      else if (!scan_escape (scan, out, error))
        return FALSE;
    }
  return assay_python_scan_expect (scan, quote, error);
}

gboolean
assay_python_scan_bool (AssayPythonScan *scan, gboolean *value, GError **error)
{
  static const char *const words[] = { "False", "True" };

  assay_python_scan_peek (scan);
  for (guint i = 0; i < 2; i++)
    {
      gsize n = strlen (words[i]);

      if ((gsize) (scan->end - scan->p) >= n && memcmp (scan->p, words[i], n) == 0)
        {
          scan->p += n;
          *value = i;
          return TRUE;
        }
    }
  return assay_python_scan_fail (scan, "True or False is needed", error);
}

gboolean
assay_python_scan_uint (AssayPythonScan *scan, guint64 *value, GError **error)
{
  const char *start;

  if (assay_python_scan_peek (scan) == '-')
    return assay_python_scan_fail (scan, "a number is negative", error);
  start = scan->p;
  *value = 0;
  while (scan->p < scan->end && g_ascii_isdigit (*scan->p))
    {
      if (!g_uint64_checked_mul (value, *value, 10) || !g_uint64_checked_add (value, *value, *scan->p - '0') || *value > G_MAXINT64)
        return assay_python_scan_fail (scan, "a number is larger than 2⁶³−1", error);
      scan->p++;
    }
  if (scan->p == start || (*start == '0' && scan->p - start > 1))
    return assay_python_scan_fail (scan, "a whole number is needed", error);
  if (scan->p < scan->end && *scan->p == 'L')
    scan->p++;
  if (scan->p < scan->end && (g_ascii_isalnum (*scan->p) || *scan->p == '.'))
    return assay_python_scan_fail (scan, "a whole number is needed", error);
  return TRUE;
}

gboolean
assay_python_scan_shape (AssayPythonScan *scan, guint *rank, guint64 *shape, GError **error)
{
  gboolean comma = TRUE;

  *rank = 0;
  if (assay_python_scan_peek (scan) != '(')
    return assay_python_scan_fail (scan, "the shape is not a tuple", error);
  scan->p++;
  while (!assay_python_scan_take (scan, ')'))
    {
      if (!comma)
        return assay_python_scan_fail (scan, "a comma is missing in the shape", error);
      if (*rank >= ASSAY_MAX_RANK)
        return assay_python_scan_fail (scan, "the shape has more than 64 dimensions", error);
      if (!assay_python_scan_uint (scan, &shape[(*rank)++], error))
        return FALSE;
      comma = assay_python_scan_take (scan, ',');
    }
  /* (6) is a number in parentheses. */
  return !(*rank == 1 && !comma) || assay_python_scan_fail (scan, "the shape is not a tuple", error);
}
