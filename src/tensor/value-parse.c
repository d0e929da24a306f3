/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Text that a user typed, as one value. */

#include <assay/convert.h>

#include <assay/error.h>
#include <errno.h>
#include <float.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "number-text-private.h"
#include "small-floats-private.h"
#include "time-text-private.h"

static gboolean
refuse_syntax (AssayDtype dtype, const char *text, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” isn’t a value of type %s"), text, assay_dtype_get_info (dtype)->name);
  return FALSE;
}

static gboolean
refuse_range (AssayDtype dtype, const char *text, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s doesn’t fit into %s, which holds %s"), text,
               assay_dtype_get_info (dtype)->name, assay_convert_get_range (dtype));
  return FALSE;
}

/* The text without blanks around it, and with ASCII minus signs. */
static char *
clean (const char *text)
{
  g_autofree char *copy = g_strdup (text);
  g_auto (GStrv) pieces = g_strsplit (g_strstrip (copy), "−", -1);

  return g_strjoinv ("-", pieces);
}

static guint
get_n_hex_digits (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT128 ? 20 : (assay_dtype_get_info (dtype)->bits + 3) / 4;
}

/* The bits of a value, as ASSAY_FORMAT_HEXADECIMAL writes them: all digits must be there. */
static gboolean
parse_bits (AssayDtype dtype, const char *text, guint8 *out)
{
  guint  n = get_n_hex_digits (dtype), size = assay_dtype_get_info (dtype)->item_size;
  guint  bits = assay_dtype_get_info (dtype)->bits;
  guint8 bytes[16] = { 0 };

  if (g_ascii_strncasecmp (text, "0x", 2) != 0 || strlen (text + 2) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      int digit = g_ascii_xdigit_value (text[n + 1 - i]);

      if (digit < 0)
        return FALSE;
      bytes[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i / 2 : size - 1 - i / 2] |= digit << (i % 2 * 4);
    }
  if (bits < 8 && bytes[0] >> bits != 0)
    return FALSE;
  memcpy (out, bytes, size);
  return TRUE;
}

static void
store_integer (AssayDtype dtype, gint64 value, void *out)
{
  guint size = assay_dtype_get_info (dtype)->item_size;
  guint bits = assay_dtype_get_info (dtype)->bits;

  if (bits < 8)
    value &= (1 << bits) - 1;
  memcpy (out, (guint8 *) &value + (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : 8 - size), size);
}

/* A whole number written with a point or an exponent, as in "3.0" or "1e6". */
static gboolean
parse_whole_float (AssayDtype dtype, const char *text, void *out, GError **error)
{
  char       *end;
  long double value = number_text_scan_long (text, &end);
  gboolean    is_uint = assay_dtype_get_info (dtype)->kind == ASSAY_KIND_UINT;
  guint       bits = assay_dtype_get_info (dtype)->bits;
  long double low = is_uint ? 0 : -ldexpl (1, bits - 1), high = ldexpl (1, is_uint ? bits : bits - 1);

  if (end == text || *end != '\0')
    return refuse_syntax (dtype, text, error);
  if (!(value >= low && value < high))
    return refuse_range (dtype, text, error);
  if (value != rintl (value))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("%s isn’t a whole number, and %s holds nothing else"), text,
                   assay_dtype_get_info (dtype)->name);
      return FALSE;
    }
  store_integer (dtype, is_uint ? (gint64) (guint64) value : (gint64) value, out);
  return TRUE;
}

static gboolean
parse_integer (AssayDtype dtype, const char *text, void *out, GError **error)
{
  gboolean    negative = *text == '-';
  const char *digits = text + (*text == '-' || *text == '+');
  gboolean    hexadecimal = g_ascii_strncasecmp (digits, "0x", 2) == 0;
  gboolean    is_uint = assay_dtype_get_info (dtype)->kind == ASSAY_KIND_UINT;
  guint       bits = assay_dtype_get_info (dtype)->bits;
  guint64     magnitude, largest;
  char       *end;

  if (parse_bits (dtype, text, out))
    return TRUE;
  if (hexadecimal ? !g_ascii_isxdigit (digits[2]) : !g_ascii_isdigit (*digits))
    return parse_whole_float (dtype, text, out, error);
  errno = 0;
  magnitude = g_ascii_strtoull (digits + (hexadecimal ? 2 : 0), &end, hexadecimal ? 16 : 10);
  if (*end != '\0')
    return hexadecimal ? refuse_syntax (dtype, text, error) : parse_whole_float (dtype, text, out, error);
  largest = G_MAXUINT64 >> (64 - bits + !is_uint);
  if (!is_uint && negative)
    largest++;
  if (errno == ERANGE || magnitude > (is_uint && negative ? 0 : largest))
    return refuse_range (dtype, text, error);
  store_integer (dtype, negative ? (gint64) (0 - magnitude) : (gint64) magnitude, out);
  return TRUE;
}

/* Numbers that strtod() takes, without its own hexadecimal floats and NaN payloads. */
static gboolean
is_number (const char *text)
{
  text += *text == '-' || *text == '+';
  if (g_ascii_strncasecmp (text, "0x", 2) == 0)
    return FALSE;
  return g_ascii_isdigit (*text) || *text == '.' || g_ascii_strncasecmp (text, "inf", 3) == 0 ||
         (g_ascii_strncasecmp (text, "nan", 3) == 0 && text[3] != '(');
}

/* The decimal @text up to @end as a value of a real float type. */
static gboolean
parse_part (AssayDtype dtype, const char *text, char **end, void *out, GError **error)
{
  const SmallFloat *format = small_float_get (dtype);
  long double       wide = number_text_scan_long (text, end);
  g_autofree char  *used = g_strndup (text, *end - text);
  double            value;

  if (!is_number (text) || *end == text)
    return refuse_syntax (dtype, text, error);
  if (dtype == ASSAY_DTYPE_FLOAT128)
    {
      memset (out, 0, 16);
      memcpy (out, &wide, LDBL_MANT_DIG == 64 ? 10 : sizeof wide);
      return !isinf (wide) || strpbrk (used, "0123456789") == NULL || refuse_range (dtype, used, error);
    }
  value = number_text_scan (text, end);
  /* What overflows is no infinity that the user asked for. */
  if (isinf (value) && strpbrk (used, "0123456789") != NULL)
    return refuse_range (dtype, used, error);
  if (format == NULL && dtype == ASSAY_DTYPE_FLOAT32)
    {
      float narrow = number_text_scan_float (text);

      memcpy (out, &narrow, sizeof narrow);
      return !isinf (narrow) || isinf (value) || refuse_range (dtype, used, error);
    }
  return assay_convert_from_double (dtype, &value, out, 1, NULL) || refuse_range (dtype, used, error);
}

static gboolean
parse_float (AssayDtype dtype, const char *text, void *out, GError **error)
{
  char *end;

  if (parse_bits (dtype, text, out))
    return TRUE;
  if (!parse_part (dtype, text, &end, out, error))
    return FALSE;
  return *end == '\0' || refuse_syntax (dtype, text, error);
}

/* "1", "2j", "1+2j", "(1+2j)"; each part as a float. */
static gboolean
parse_complex (AssayDtype dtype, char *text, guint8 *out, GError **error)
{
  AssayDtype part = dtype == ASSAY_DTYPE_COMPLEX64 ? ASSAY_DTYPE_FLOAT32 : ASSAY_DTYPE_FLOAT64;
  guint      size = assay_dtype_get_info (part)->item_size;
  gsize      length = strlen (text);
  guint8     parts[16] = { 0 };
  char      *end;

  if (length > 1 && text[0] == '(' && text[length - 1] == ')')
    {
      text[length - 1] = '\0';
      text = g_strstrip (text + 1);
    }
  if (!is_number (text))
    return refuse_syntax (dtype, text, error);
  if (!parse_part (part, text, &end, parts, error))
    return FALSE;
  if (g_ascii_tolower (*end) == 'j' && end[1] == '\0')
    {
      memcpy (parts + size, parts, size);
      memset (parts, 0, size);
    }
  else if (*end != '\0')
    {
      g_autofree char *rest = g_strdup (end);

      if ((*rest != '+' && *rest != '-') || !is_number (rest))
        return refuse_syntax (dtype, text, error);
      if (!parse_part (part, rest, &end, parts + size, error))
        return FALSE;
      if (g_ascii_tolower (*end) != 'j' || end[1] != '\0')
        return refuse_syntax (dtype, text, error);
    }
  memcpy (out, parts, 2 * size);
  return TRUE;
}

static gboolean
parse_bool (const char *text, guint8 *out, GError **error)
{
  static const struct
  {
    const char *text;
    guint8      value;
  } words[] = { { "true", 1 }, { "false", 0 }, { "1", 1 }, { "0", 0 }, { "0x01", 1 }, { "0x00", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].text) == 0)
      {
        *out = words[i].value;
        return TRUE;
      }
  g_set_error (error, ASSAY_ERROR, is_number (text) ? ASSAY_ERROR_RANGE : ASSAY_ERROR_SYNTAX,
               _ ("“%s” is neither True nor False"), text);
  return FALSE;
}

/* Takes one escape from behind its backslash; -1 if there is no such one. */
static gint64
scan_escape (const char **text)
{
  static const char letters[] = "nrt\\\"'0", meanings[] = "\n\r\t\\\"'";
  char              kind = *(*text)++;
  const char       *letter = kind ? strchr (letters, kind) : NULL;
  guint             n = kind == 'x' ? 2 : kind == 'u' ? 4
                                      : kind == 'U'   ? 8
                                                      : 0;
  gint64            value = 0;

  if (letter != NULL)
    return meanings[letter - letters];
  if (n == 0)
    return -1;
  for (guint i = 0; i < n; i++)
    {
      int digit = g_ascii_xdigit_value (**text);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
      (*text)++;
    }
  return value;
}

static gboolean
refuse_escape (const char *text, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX,
               _ ("“%s” has a backslash that begins none of \\n, \\r, \\t, \\\\, \\x41, \\u0041 and \\U00000041"), text);
  return FALSE;
}

GBytes *
assay_text_unescape (const char *text, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const char *p = text;

  while (*p != '\0')
    {
      char   utf8[6];
      char   kind = p[0] == '\\' ? p[1] : '\0';
      gint64 c;

      if (*p != '\\')
        {
          g_byte_array_append (out, (const guint8 *) p++, 1);
          continue;
        }
      p++;
      c = scan_escape (&p);
      if (c < 0 || (c >= 0x80 && kind != 'x' && !g_unichar_validate (c)))
        {
          refuse_escape (text, error);
          return NULL;
        }
      if (kind == 'x')
        g_byte_array_append (out, &(guint8){ c }, 1);
      else
        g_byte_array_append (out, (const guint8 *) utf8, g_unichar_to_utf8 (c, utf8));
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static gboolean
check_length (const char *text, gsize length, gsize room, GError **error)
{
  g_autofree char *takes = g_strdup_printf ("%" G_GSIZE_FORMAT, length);
  g_autofree char *has = g_strdup_printf ("%" G_GSIZE_FORMAT, room);

  if (length <= room)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("“%s” is too long: its length is %s, and there is room for %s"), text, takes, has);
  return FALSE;
}

static gboolean
parse_bytes (guint32 item_size, const char *text, guint8 *out, GError **error)
{
  g_autoptr (GBytes) bytes = assay_text_unescape (text, error);
  gsize         n;
  const guint8 *data;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &n);
  if (!check_length (text, n, item_size, error))
    return FALSE;
  memset (out, 0, item_size);
  if (n > 0)
    memcpy (out, data, n);
  return TRUE;
}

static gboolean
parse_unicode (guint32 item_size, const char *text, guint8 *out, GError **error)
{
  g_autoptr (GArray) characters = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *p = text;

  while (*p != '\0')
    {
      gint64  c = g_utf8_get_char (p);
      guint32 code;

      p = g_utf8_next_char (p);
      if (c == '\\')
        c = scan_escape (&p);
      if (c < 0)
        return refuse_escape (text, error);
      code = c;
      g_array_append_val (characters, code);
    }
  if (!check_length (text, characters->len, item_size / 4, error))
    return FALSE;
  memset (out, 0, item_size);
  if (characters->len > 0)
    memcpy (out, characters->data, characters->len * 4);
  return TRUE;
}

gboolean
assay_value_parse_named (AssayDtype dtype, const char *dtype_name, guint32 item_size, const char *text, void *out, GError **error)
{
  AssayKind        kind = assay_dtype_get_info (dtype)->kind;
  g_autofree char *cleaned = NULL;
  gint64           ticks;

  g_return_val_if_fail (dtype != ASSAY_DTYPE_STRING && kind != ASSAY_KIND_OPAQUE, FALSE);
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("The text isn’t valid UTF-8"));
      return FALSE;
    }
  if (kind == ASSAY_KIND_TEXT)
    return dtype == ASSAY_DTYPE_BYTES ? parse_bytes (item_size, text, out, error) : parse_unicode (item_size, text, out, error);
  cleaned = clean (text);
  switch (kind)
    {
    case ASSAY_KIND_BOOL:
      return parse_bool (cleaned, out, error);
    case ASSAY_KIND_FLOAT:
      return parse_float (dtype, cleaned, out, error);
    case ASSAY_KIND_COMPLEX:
      return parse_complex (dtype, cleaned, out, error);
    case ASSAY_KIND_TIME:
      if (!time_text_parse (dtype, dtype_name, cleaned, &ticks, error))
        return FALSE;
      memcpy (out, &ticks, sizeof ticks);
      return TRUE;
    default:
      return parse_integer (dtype, cleaned, out, error);
    }
}

gboolean
assay_value_parse (AssayDtype dtype, guint32 item_size, const char *text, void *out, GError **error)
{
  return assay_value_parse_named (dtype, NULL, item_size, text, out, error);
}
