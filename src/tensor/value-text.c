/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One value as text. */

#include <assay/convert.h>

#include <string.h>

#include "number-text-private.h"
#include "time-text-private.h"

/* "0x" and all bits of the type. Padding of a long double isn't shown. */
static char *
format_bits (AssayDtype dtype, guint32 item_size, const guint8 *value)
{
  guint n_bits = assay_dtype_get_info (dtype)->bits;
  guint n_digits = dtype == ASSAY_DTYPE_FLOAT128 ? 20 : n_bits > 0 ? (n_bits + 3) / 4
                                                                   : 2 * item_size;
  char *text = g_malloc (n_digits + 3);

  memcpy (text, "0x", 2);
  for (guint i = 0; i < n_digits; i++)
    {
      guint8 byte = value[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i / 2 : item_size - 1 - i / 2];

      if (n_bits > 0 && n_bits < 8)
        byte &= (1u << n_bits) - 1;
      text[n_digits + 1 - i] = "0123456789abcdef"[i % 2 ? byte >> 4 : byte & 15];
    }
  text[n_digits + 2] = '\0';
  return text;
}

/* Bytes in the order in which they lie. */
static char *
format_bytes (guint32 item_size, const guint8 *value)
{
  GString *text = g_string_sized_new (2 * item_size + 3);

  g_string_append (text, "0x");
  for (guint32 i = 0; i < item_size; i++)
    g_string_append_printf (text, "%02x", value[i]);
  return g_string_free (text, FALSE);
}

static char *
format_integer (AssayDtype dtype, guint32 item_size, const void *value)
{
  guint64 bits = 0;
  guint   shift = 64 - assay_dtype_get_info (dtype)->bits;

  memcpy ((guint8 *) &bits + (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : 8 - item_size), value, item_size);
  if (assay_dtype_get_info (dtype)->kind == ASSAY_KIND_UINT)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, bits << shift >> shift);
  return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) (bits << shift) >> shift);
}

static char *
format_float (AssayDtype dtype, const void *value, AssayFormatStyle style)
{
  long double number;
  double      narrow = 0;
  char        text[NUMBER_TEXT_SIZE];

  if (dtype == ASSAY_DTYPE_FLOAT128)
    memcpy (&number, value, sizeof number);
  else
    {
      assay_convert_to_double (dtype, value, &narrow, 1);
      number = narrow;
    }
  if (style == ASSAY_FORMAT_SHORTEST || number - number != 0)
    {
      if (dtype == ASSAY_DTYPE_FLOAT128)
        number_text_shortest_long (number, text);
      else
        number_text_shortest (dtype, narrow, text);
      return g_strdup (text);
    }
  return number_text_print (style == ASSAY_FORMAT_FIXED ? "%.6Lf" : "%.4Le", number);
}

static char *
format_complex (AssayDtype dtype, const guint8 *value, AssayFormatStyle style)
{
  AssayDtype       part = dtype == ASSAY_DTYPE_COMPLEX64 ? ASSAY_DTYPE_FLOAT32 : ASSAY_DTYPE_FLOAT64;
  guint            part_size = assay_dtype_get_info (part)->item_size;
  g_autofree char *real = assay_value_format (part, part_size, value, style);
  g_autofree char *imaginary = assay_value_format (part, part_size, value + part_size, style);

  return g_strdup_printf ("%s%s%sj", real, *imaginary == '-' ? "" : "+", imaginary);
}

/* Appends a character, or how it is escaped. */
static void
append_character (GString *out, gunichar c)
{
  static const char named[][3] = { ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['\\'] = "\\\\" };

  if (c < G_N_ELEMENTS (named) && named[c][0] != '\0')
    g_string_append (out, named[c]);
  else if (c < 0x20 || c == 0x7f)
    g_string_append_printf (out, "\\x%02x", c);
  else if (!g_unichar_validate (c))
    g_string_append_printf (out, "\\U%08x", c);
  else if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT || c == 0x2028 || c == 0x2029)
    g_string_append_printf (out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
  else
    g_string_append_unichar (out, c);
}

char *
assay_text_escape (const void *data, gsize n_bytes)
{
  GString    *out = g_string_sized_new (n_bytes + 1);
  const char *p = data, *end = p + n_bytes;

  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);

      /* A NUL inside is no character to that function. */
      if (*p != '\0' && c != (gunichar) -1 && c != (gunichar) -2)
        {
          append_character (out, c);
          p = g_utf8_next_char (p);
        }
      else
        g_string_append_printf (out, "\\x%02x", (guint8) *p++);
    }
  return g_string_free (out, FALSE);
}

static char *
format_unicode (guint32 item_size, const guint8 *value)
{
  GString *out = g_string_new (NULL);
  guint32  n = item_size / 4;
  gunichar c;

  for (; n > 0; n--)
    {
      memcpy (&c, value + (n - 1) * 4, 4);
      if (c != 0)
        break;
    }
  for (guint32 i = 0; i < n; i++)
    {
      memcpy (&c, value + i * 4, 4);
      append_character (out, c);
    }
  return g_string_free (out, FALSE);
}

static char *
format_text (AssayDtype dtype, guint32 item_size, const guint8 *value)
{
  if (dtype == ASSAY_DTYPE_UNICODE)
    return format_unicode (item_size, value);
  while (item_size > 0 && value[item_size - 1] == '\0')
    item_size--;
  return assay_text_escape (value, item_size);
}

char *
assay_value_format_named (AssayDtype dtype, const char *dtype_name, guint32 item_size, const void *value, AssayFormatStyle style)
{
  AssayKind kind = assay_dtype_get_info (dtype)->kind;

  if (kind == ASSAY_KIND_OPAQUE)
    return format_bytes (item_size, value);
  if (kind == ASSAY_KIND_TEXT)
    return format_text (dtype, item_size, value);
  if (kind == ASSAY_KIND_COMPLEX)
    return format_complex (dtype, value, style);
  if (style == ASSAY_FORMAT_HEXADECIMAL)
    return format_bits (dtype, item_size, value);
  if (kind == ASSAY_KIND_BOOL)
    return g_strdup (*(const guint8 *) value ? "True" : "False");
  if (kind == ASSAY_KIND_FLOAT)
    return format_float (dtype, value, style);
  return kind == ASSAY_KIND_TIME ? time_text_format (dtype, dtype_name, value) : format_integer (dtype, item_size, value);
}

char *
assay_value_format (AssayDtype dtype, guint32 item_size, const void *value, AssayFormatStyle style)
{
  return assay_value_format_named (dtype, NULL, item_size, value, style);
}
