/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/array-text.h>

#include <assay/convert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_WIDTH 75
#define MAX_DIGITS 8
#define EDGE_ITEMS 3
#define MAX_ITEMS 1000

/* How the items of one array are written, so that they stand below each other. */
typedef struct
{
  AssayTensor *tensor;
  const char  *separator;
  gboolean     summarised;
  gboolean     scientific;
  int          left, right; /* characters before and behind the point; of integers and booleans, left only */
  int          digits;      /* behind the point of a mantissa */
  int          exponent;    /* characters of an exponent, its sign included */
} Format;

/* The fewest digits that tell a number from its neighbours, as "%.*e". */
static int
shortest_precision (AssayDtype dtype, double x)
{
  char text[64];

  for (int precision = 0; precision < 17; precision++)
    {
      snprintf (text, sizeof text, "%.*e", precision, x);
      if (dtype == ASSAY_DTYPE_FLOAT64 ? strtod (text, NULL) == x : strtof (text, NULL) == (float) x)
        {
          /* 16-bit floats have fewer digits still, but NumPy tells float16 alone by its own; the rest is shown as float32. */
          return precision;
        }
    }
  return 17;
}

/* A number without an exponent, at most @max digits behind the point, none that isn't needed; always with a point. */
static char *
positional (AssayDtype dtype, double x, int max)
{
  int   precision = shortest_precision (dtype, x);
  int   exponent = x == 0 ? 0 : (int) floor (log10 (fabs (x)));
  int   digits = CLAMP (precision - exponent, 0, max);
  char *text, *end;

  text = g_strdup_printf ("%.*f", digits, x);
  if ((dtype == ASSAY_DTYPE_FLOAT64 ? strtod (text, NULL) != x : strtof (text, NULL) != (float) x) && digits < max)
    {
      g_free (text);
      text = g_strdup_printf ("%.*f", MIN (digits + 1, max), x);
    }
  if (strchr (text, '.') == NULL)
    {
      char *with_point = g_strconcat (text, ".", NULL);

      g_free (text);
      return with_point;
    }
  for (end = text + strlen (text); end[-1] == '0'; end--)
    ;
  *end = '\0';
  return text;
}

static char *
scientific (AssayDtype dtype, double x, int digits)
{
  char *text = g_strdup_printf ("%.*e", digits >= 0 ? digits : MIN (shortest_precision (dtype, x), MAX_DIGITS), x);

  if (strchr (text, '.') == NULL)
    {
      char *e = strchr (text, 'e'), *with_point;

      *e = '\0';
      with_point = g_strdup_printf ("%s.e%s", text, e + 1);
      g_free (text);
      return with_point;
    }
  return text;
}

static double
item_at (AssayTensor *tensor, guint64 index)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (assay_tensor_get_dtype (tensor));
  double                x;

  assay_convert_to_double (assay_tensor_get_dtype (tensor), (const char *) assay_tensor_get_data (tensor) + index * info->item_size, &x, 1);
  return x;
}

/* Whether an element is among those that a summarised array shows. */
static gboolean
is_shown (const Format *format, guint64 flat)
{
  guint          rank = assay_tensor_get_rank (format->tensor);
  const guint64 *shape = assay_tensor_get_shape (format->tensor);
  guint64        index[ASSAY_MAX_RANK];

  if (!format->summarised)
    return TRUE;
  assay_shape_index (rank, shape, flat, index);
  for (guint i = 0; i < rank; i++)
    if (shape[i] > 2 * EDGE_ITEMS && index[i] >= EDGE_ITEMS && index[i] < shape[i] - EDGE_ITEMS)
      return FALSE;
  return TRUE;
}

static void
measure_floats (Format *format)
{
  AssayDtype dtype = assay_tensor_get_dtype (format->tensor);
  double     max = 0, min = INFINITY;
  gboolean   special = FALSE;

  for (guint64 i = 0; i < assay_tensor_get_n_elements (format->tensor); i++)
    {
      double x = is_shown (format, i) ? fabs (item_at (format->tensor, i)) : 0;

      special = special || !isfinite (x);
      if (isfinite (x) && x != 0)
        {
          max = MAX (max, x);
          min = MIN (min, x);
        }
    }
  format->scientific = max >= 1e8 || (max > 0 && (min < 0.0001 || max / min > 1000));
  for (guint64 i = 0; i < assay_tensor_get_n_elements (format->tensor); i++)
    {
      double           x = is_shown (format, i) ? item_at (format->tensor, i) : NAN;
      g_autofree char *text = NULL;
      char            *point;

      if (!isfinite (x))
        continue;
      text = format->scientific ? scientific (dtype, x, -1) : positional (dtype, x, MAX_DIGITS);
      point = strchr (text, '.');
      format->left = MAX (format->left, point - text);
      if (format->scientific)
        {
          format->digits = MAX (format->digits, strchr (point, 'e') - point - 1);
          format->exponent = MAX (format->exponent, (int) strlen (strchr (point, 'e') + 1));
        }
      else
        format->right = MAX (format->right, (int) strlen (point + 1));
    }
  if (format->scientific)
    format->right = format->exponent + 1 + format->digits;
  if (special)
    format->left = MAX (format->left, 4 - format->right - 1);
}

static char *
other_item (Format *format, guint64 index)
{
  AssayDtype            dtype = assay_tensor_get_dtype (format->tensor);
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);
  const char           *item = (const char *) assay_tensor_get_data (format->tensor) + index * info->item_size;

  if (info->kind == ASSAY_KIND_BOOL)
    return g_strdup (*item ? "True" : "False");
  return assay_value_format (dtype, info->item_size, item, ASSAY_FORMAT_SHORTEST);
}

static void
measure (Format *format)
{
  if (assay_dtype_get_info (assay_tensor_get_dtype (format->tensor))->kind == ASSAY_KIND_FLOAT)
    {
      measure_floats (format);
      return;
    }
  for (guint64 i = 0; i < assay_tensor_get_n_elements (format->tensor); i++)
    if (is_shown (format, i))
      {
        g_autofree char *text = other_item (format, i);

        format->left = MAX (format->left, (int) strlen (text));
      }
}

static char *
write_item (Format *format, guint64 index)
{
  AssayDtype       dtype = assay_tensor_get_dtype (format->tensor);
  g_autofree char *text = NULL;
  double           x;

  if (assay_dtype_get_info (dtype)->kind != ASSAY_KIND_FLOAT)
    {
      text = other_item (format, index);
      return g_strdup_printf ("%*s", format->left, text);
    }
  x = item_at (format->tensor, index);
  if (!isfinite (x))
    return g_strdup_printf ("%*s", format->left + format->right + 1, isnan (x) ? "nan" : x > 0 ? "inf"
                                                                                               : "-inf");
  if (format->scientific)
    text = scientific (dtype, x, format->digits);
  else
    text = positional (dtype, x, MAX_DIGITS);
  return g_strdup_printf ("%*s%s%*s", format->left - (int) (strchr (text, '.') - text), "", text,
                          format->scientific ? 0 : format->right - (int) strlen (strchr (text, '.') + 1), "");
}

/* Adds a word to the line, or begins a new line with it. */
static void
extend (GString *text, GString *line, const char *word, int width, int indent)
{
  if ((int) (line->len + strlen (word)) > width && (int) line->len > indent)
    {
      while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate (line, line->len - 1);
      g_string_append_printf (text, "%s\n", line->str);
      g_string_printf (line, "%*s", indent, "");
    }
  g_string_append (line, word);
}

static char *write_axis (Format *format, guint axis, guint64 base, int indent, int width);

static void
write_row (Format *format, GString *text, guint64 base, guint64 n, int indent, int width)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_printf (line, "%*s", indent, "");
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *word = NULL;

      if (format->summarised && n > 2 * EDGE_ITEMS && i == EDGE_ITEMS)
        {
          extend (text, line, "...", width - 1, indent);
          g_string_append (line, format->separator);
          i = n - EDGE_ITEMS;
        }
      word = write_item (format, base + i);
      extend (text, line, word, width - 1, indent);
      if (i + 1 < n)
        g_string_append (line, format->separator);
    }
  g_string_append (text, line->str);
}

static void
write_blocks (Format *format, GString *text, guint axis, guint64 base, guint64 n, int indent, int width)
{
  guint    rank = assay_tensor_get_rank (format->tensor);
  guint64  step = 1;
  gboolean comma = *format->separator == ',';

  for (guint i = axis + 1; i < rank; i++)
    step *= assay_tensor_get_shape (format->tensor)[i];
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *block = NULL;

      if (format->summarised && n > 2 * EDGE_ITEMS && i == EDGE_ITEMS)
        {
          g_string_append_printf (text, "%*s...%s", indent, "", comma ? "," : "");
          for (guint k = axis + 1; k < rank; k++)
            g_string_append_c (text, '\n');
          i = n - EDGE_ITEMS;
        }
      block = write_axis (format, axis + 1, base + i * step, indent + 1, width - 1);
      g_string_append_printf (text, "%*s%s", indent, "", block);
      if (i + 1 == n)
        return;
      g_string_append (text, comma ? "," : "");
      for (guint k = axis + 1; k < rank; k++)
        g_string_append_c (text, '\n');
    }
}

/* The brackets and what is in them, without the indent in front. */
static char *
write_axis (Format *format, guint axis, guint64 base, int indent, int width)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 n = assay_tensor_get_shape (format->tensor)[axis];

  if (axis + 1 == assay_tensor_get_rank (format->tensor))
    write_row (format, text, base, n, indent, width);
  else
    write_blocks (format, text, axis, base, n, indent, width);
  return g_strdup_printf ("[%s]", text->str + MIN ((gsize) indent, text->len));
}

/* NumPy's text of a scalar: shortest, with an exponent where the number is very large or small. */
static char *
write_scalar (AssayTensor *tensor)
{
  Format     format = { .tensor = tensor };
  AssayDtype dtype = assay_tensor_get_dtype (tensor);
  double     x;

  if (assay_dtype_get_info (dtype)->kind != ASSAY_KIND_FLOAT)
    return other_item (&format, 0);
  x = item_at (tensor, 0);
  if (!isfinite (x))
    return g_strdup (isnan (x) ? "nan" : x > 0 ? "inf"
                                               : "-inf");
  if (x != 0 && (fabs (x) < 1e-4 || fabs (x) >= 1e16))
    return g_strdup_printf ("%.*e", shortest_precision (dtype, x), x);
  {
    char *text = positional (dtype, x, 20);

    if (g_str_has_suffix (text, "."))
      {
        char *whole = g_strconcat (text, "0", NULL);

        g_free (text);
        return whole;
      }
    return text;
  }
}

/* "array(…, dtype=float32)": the dtype is left out where NumPy's literals already say it. */
static char *
write_repr (AssayTensor *tensor, const char *list)
{
  AssayDtype       dtype = assay_tensor_get_dtype (tensor);
  gboolean         implied = dtype == ASSAY_DTYPE_FLOAT64 || dtype == ASSAY_DTYPE_INT64 || dtype == ASSAY_DTYPE_BOOL;
  const char      *last = strrchr (list, '\n');
  gsize            last_length = last ? strlen (last + 1) : strlen ("array(") + strlen (list);
  g_autofree char *suffix = g_strdup_printf ("dtype=%s)", assay_dtype_get_info (dtype)->name);

  if (implied && assay_tensor_get_n_elements (tensor) > 0)
    return g_strdup_printf ("array(%s)", list);
  return g_strdup_printf ("array(%s,%s%s", list, last_length + strlen (suffix) + 2 > LINE_WIDTH ? "\n      " : " ", suffix);
}

char *
assay_tensor_to_text (AssayTensor *tensor, AssayArrayStyle style)
{
  Format           format = { .tensor = tensor, .separator = style == ASSAY_ARRAY_REPR ? ", " : " " };
  g_autofree char *list = NULL;
  int              prefix = style == ASSAY_ARRAY_REPR ? strlen ("array(") : 0;

  if (assay_tensor_get_rank (tensor) == 0)
    return write_scalar (tensor);
  format.summarised = assay_tensor_get_n_elements (tensor) > MAX_ITEMS;
  measure (&format);
  if (assay_tensor_get_n_elements (tensor) == 0)
    list = g_strdup ("[]");
  else
    list = write_axis (&format, 0, 0, prefix + 1, LINE_WIDTH - (style == ASSAY_ARRAY_REPR));
  return style == ASSAY_ARRAY_REPR ? write_repr (tensor, list) : g_steal_pointer (&list);
}
