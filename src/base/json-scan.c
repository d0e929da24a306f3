/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json-scan-private.h"

#include <assay/error.h>
#include <string.h>

gboolean
assay_json_scan_fail (AssayJsonScan *scan, const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The JSON is damaged at byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (scan->p - scan->start), what);
  return FALSE;
}

void
assay_json_scan_skip_blanks (AssayJsonScan *scan)
{
  while (scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\n' || *scan->p == '\t' || *scan->p == '\r'))
    scan->p++;
}

static gboolean
fail_expected (AssayJsonScan *scan, char c, GError **error)
{
  char what[] = "“?” is missing";

  what[strlen ("“")] = c;
  return assay_json_scan_fail (scan, what, error);
}

gboolean
assay_json_scan_expect (AssayJsonScan *scan, char c, GError **error)
{
  assay_json_scan_skip_blanks (scan);
  if (scan->p < scan->end && *scan->p == c)
    {
      scan->p++;
      return TRUE;
    }
  return fail_expected (scan, c, error);
}

gboolean
assay_json_scan_next_member (AssayJsonScan *scan, char close, gboolean *first, gboolean *more, GError **error)
{
  assay_json_scan_skip_blanks (scan);
  *more = !(scan->p < scan->end && *scan->p == close);
  if (!*more)
    {
      scan->p++;
      return TRUE;
    }
  if (!*first)
    {
      if (!assay_json_scan_expect (scan, ',', error))
        return FALSE;
      assay_json_scan_skip_blanks (scan);
      if (scan->p < scan->end && *scan->p == close)
        return assay_json_scan_fail (scan, "a comma stands before the end", error);
    }
  *first = FALSE;
  return TRUE;
}

/* Takes four hexadecimal digits. */
static gboolean
scan_hex (AssayJsonScan *scan, guint32 *value)
{
  *value = 0;
  if (scan->end - scan->p < 4)
    return FALSE;
  for (int i = 0; i < 4; i++, scan->p++)
    {
      int digit = g_ascii_xdigit_value (*scan->p);

      if (digit < 0)
        return FALSE;
      *value = *value << 4 | (guint32) digit;
    }
  return TRUE;
}

/* Takes what follows a backslash. */
static gboolean
scan_escape (AssayJsonScan *scan, GString *out, GError **error)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char       *known = scan->p < scan->end && *scan->p ? strchr (from, *scan->p) : NULL;
  guint32           unit, low;

  if (known != NULL)
    {
      scan->p++;
      if (out != NULL)
        g_string_append_c (out, to[known - from]);
      return TRUE;
    }
  if (scan->p >= scan->end || *scan->p++ != 'u' || !scan_hex (scan, &unit))
    return assay_json_scan_fail (scan, "an escape is wrong", error);
  if (unit >= 0xd800 && unit < 0xdc00)
    {
      if (scan->end - scan->p < 6 || scan->p[0] != '\\' || scan->p[1] != 'u')
        return assay_json_scan_fail (scan, "half of a surrogate pair is missing", error);
      scan->p += 2;
      if (!scan_hex (scan, &low) || low < 0xdc00 || low > 0xdfff)
        return assay_json_scan_fail (scan, "half of a surrogate pair is missing", error);
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  else if (unit >= 0xdc00 && unit < 0xe000)
    return assay_json_scan_fail (scan, "half of a surrogate pair is missing", error);
  if (out != NULL && unit == 0)
    g_string_append_c (out, '\0');
  else if (out != NULL)
    g_string_append_unichar (out, unit);
  return TRUE;
}

gboolean
assay_json_scan_string (AssayJsonScan *scan, GString *out, GError **error)
{
  if (!assay_json_scan_expect (scan, '"', error))
    return FALSE;
  if (out != NULL)
    g_string_truncate (out, 0);
  for (;;)
    {
      const char *run = scan->p;

      while (scan->p < scan->end && *scan->p != '"' && *scan->p != '\\' && (guchar) *scan->p >= 0x20)
        scan->p++;
      if (out != NULL)
        g_string_append_len (out, run, scan->p - run);
      if (scan->p >= scan->end)
        return assay_json_scan_fail (scan, "a string has no end", error);
      if ((guchar) *scan->p < 0x20)
        return assay_json_scan_fail (scan, "a control character stands in a string", error);
      if (*scan->p++ == '"')
        return TRUE;
      if (!scan_escape (scan, out, error))
        return FALSE;
    }
}

gboolean
assay_json_scan_uint (AssayJsonScan *scan, guint64 *value, GError **error)
{
  const char *start;

  assay_json_scan_skip_blanks (scan);
  start = scan->p;
  *value = 0;
  while (scan->p < scan->end && g_ascii_isdigit (*scan->p))
    {
      if (!g_uint64_checked_mul (value, *value, 10) || !g_uint64_checked_add (value, *value, *scan->p - '0'))
        return assay_json_scan_fail (scan, "a number is larger than 2⁶⁴−1", error);
      scan->p++;
    }
  if (scan->p == start || (*start == '0' && scan->p - start > 1))
    return assay_json_scan_fail (scan, "a whole number that isn’t negative is needed", error);
  if (scan->p < scan->end && strchr (".eE", *scan->p))
    return assay_json_scan_fail (scan, "a whole number is needed", error);
  return TRUE;
}

static gboolean
scan_digits (AssayJsonScan *scan)
{
  const char *start = scan->p;

  while (scan->p < scan->end && g_ascii_isdigit (*scan->p))
    scan->p++;
  return scan->p > start;
}

static gboolean
scan_number (AssayJsonScan *scan, GError **error)
{
  const char *digits;

  if (*scan->p == '-')
    scan->p++;
  digits = scan->p;
  if (!scan_digits (scan) || (*digits == '0' && scan->p - digits > 1))
    return assay_json_scan_fail (scan, "a number is wrong", error);
  if (scan->p < scan->end && *scan->p == '.')
    {
      scan->p++;
      if (!scan_digits (scan))
        return assay_json_scan_fail (scan, "a number is wrong", error);
    }
  if (scan->p < scan->end && (*scan->p == 'e' || *scan->p == 'E'))
    {
      scan->p++;
      if (scan->p < scan->end && (*scan->p == '+' || *scan->p == '-'))
        scan->p++;
      if (!scan_digits (scan))
        return assay_json_scan_fail (scan, "a number is wrong", error);
    }
  return TRUE;
}

static gboolean
scan_word (AssayJsonScan *scan, GError **error)
{
  static const char *const words[] = { "true", "false", "null" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i]);

      if ((gsize) (scan->end - scan->p) >= n && memcmp (scan->p, words[i], n) == 0)
        {
          scan->p += n;
          return TRUE;
        }
    }
  return assay_json_scan_fail (scan, "a value is needed", error);
}

static gboolean
scan_container (AssayJsonScan *scan, guint depth, GError **error)
{
  char     close = *scan->p++ == '{' ? '}' : ']';
  gboolean first = TRUE, more = TRUE;

  if (depth >= ASSAY_JSON_MAX_DEPTH)
    return assay_json_scan_fail (scan, "it is nested too deeply", error);
  for (;;)
    {
      if (!assay_json_scan_next_member (scan, close, &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (close == '}' && (!assay_json_scan_string (scan, NULL, error) || !assay_json_scan_expect (scan, ':', error)))
        return FALSE;
      if (!assay_json_scan_value (scan, depth + 1, error))
        return FALSE;
    }
}

gboolean
assay_json_scan_value (AssayJsonScan *scan, guint depth, GError **error)
{
  assay_json_scan_skip_blanks (scan);
  if (scan->p >= scan->end)
    return assay_json_scan_fail (scan, "it ends too early", error);
  if (*scan->p == '{' || *scan->p == '[')
    return scan_container (scan, depth, error);
  if (*scan->p == '"')
    return assay_json_scan_string (scan, NULL, error);
  if (*scan->p == '-' || g_ascii_isdigit (*scan->p))
    return scan_number (scan, error);
  return scan_word (scan, error);
}

gboolean
assay_json_is_valid (const char *text, gsize n_bytes)
{
  AssayJsonScan scan = { text, text, text + n_bytes };

  if (!assay_json_scan_value (&scan, 0, NULL))
    return FALSE;
  assay_json_scan_skip_blanks (&scan);
  return scan.p == scan.end;
}

void
assay_json_append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guchar) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}
