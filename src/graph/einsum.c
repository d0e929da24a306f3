/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Source: tensorflow/core/util/einsum_op_util.cc, tensorflow/core/ops/linalg_ops.cc. */

#include <assay/einsum.h>

#include <assay/error.h>
#include <string.h>

G_STATIC_ASSERT (ASSAY_EINSUM_N_LABELS == 64);

static gboolean G_GNUC_PRINTF (2, 3)
    fail (GError **error, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, text);
  return FALSE;
}

/* How many labels a term has, and whether it has "...". -1 if it has anything else. */
static int
count_letters (const char *term, gsize length, gboolean *dots)
{
  int n = 0;

  *dots = FALSE;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isalpha (term[i]))
      n++;
    else if (!*dots && length - i >= 3 && memcmp (term + i, "...", 3) == 0)
      {
        *dots = TRUE;
        i += 2;
      }
    else
      return -1;
  return n;
}

/* Writes a term's labels; "..." is @n_dots dimensions. */
static void
write_labels (guint8 *labels, const char *term, gsize length, int n_dots)
{
  for (gsize i = 0; i < length; i++)
    if (term[i] == '.')
      {
        for (int k = n_dots; k-- > 0;)
          *labels++ = ASSAY_EINSUM_FIRST_DOT + k;
        i += 2;
      }
    else
      *labels++ = term[i] >= 'a' ? term[i] - 'a' : term[i] - 'A' + 26;
}

static gboolean
parse_inputs (AssayEinsum *self, const char *equation, const char *arrow, guint n_inputs, const int *ranks, int *n_dots, GError **error)
{
  const char *at = equation;

  for (guint i = 0; i < n_inputs; i++)
    {
      const char *end = memchr (at, ',', arrow - at);
      gsize       length = (end && i + 1 < n_inputs ? end : arrow) - at;
      gboolean    dots;
      int         n = count_letters (at, length, &dots);

      if (n < 0 || (i + 1 < n_inputs && end == NULL))
        return fail (error, "Expected %u inputs in equation %s", n_inputs, equation);
      if (dots ? ranks[i] < n : ranks[i] != n)
        return fail (error, "Expected input %u to have rank %s%d but got: %d", i, dots ? "at least " : "", n, ranks[i]);
      write_labels (self->labels[i], at, length, ranks[i] - n);
      self->rank[i] = ranks[i];
      *n_dots = MAX (*n_dots, dots ? ranks[i] - n : 0);
      at += length + 1;
    }
  return TRUE;
}

static gboolean
check_output (const AssayEinsum *self, const char *equation, GError **error)
{
  guint64 there = 0, seen = 0;

  for (guint i = 0; i < self->n_inputs; i++)
    for (int k = 0; k < self->rank[i]; k++)
      there |= (guint64) 1 << self->labels[i][k];
  for (int k = 0; k < self->rank[2]; k++)
    {
      guint64 bit = (guint64) 1 << self->labels[2][k];

      if ((seen & bit) || !(there & bit))
        return fail (error, "Output labels of equation %s must be distinct and occur in an input", equation);
      seen |= bit;
    }
  for (int k = 0; k < ASSAY_GRAPH_MAX_RANK; k++)
    if (there & ~seen & (guint64) 1 << (ASSAY_EINSUM_FIRST_DOT + k))
      return fail (error, "Equation %s has dimensions of \"...\" that its output lacks", equation);
  return TRUE;
}

gboolean
assay_einsum_parse (AssayEinsum *self, const char *equation, guint n_inputs, const int *ranks, GError **error)
{
  g_autofree char *packed = g_strdup (equation);
  const char      *arrow;
  gboolean         dots;
  int              n, n_dots = 0;
  char            *to = packed;

  for (const char *from = packed; *from != '\0'; from++)
    if (*from != ' ')
      *to++ = *from;
  *to = '\0';
  *self = (AssayEinsum){ .n_inputs = n_inputs };
  arrow = strstr (packed, "->");
  if (arrow == NULL || n_inputs < 1 || n_inputs > 2)
    return fail (error, "Expecting exactly one '->' in einsum equation: %s", equation);
  if (!parse_inputs (self, packed, arrow, n_inputs, ranks, &n_dots, error))
    return FALSE;
  n = count_letters (arrow + 2, strlen (arrow + 2), &dots);
  if (n < 0 || n + (dots ? n_dots : 0) > ASSAY_GRAPH_MAX_RANK)
    return fail (error, "The output of equation %s can't be read", equation);
  self->rank[2] = n + (dots ? n_dots : 0);
  write_labels (self->labels[2], arrow + 2, strlen (arrow + 2), n_dots);
  return check_output (self, equation, error);
}

gboolean
assay_einsum_solve (const AssayEinsum *self, const AssayPartialShape *const *shapes, gint64 *dims, AssayPartialShape *out, GError **error)
{
  for (int i = 0; i < ASSAY_EINSUM_N_LABELS; i++)
    dims[i] = -2; /* not seen yet */
  for (guint i = 0; i < self->n_inputs; i++)
    for (int k = 0; k < self->rank[i]; k++)
      {
        int    label = self->labels[i][k];
        gint64 old = dims[label], dim = shapes[i]->dims[k];

        /* Only "..." broadcasts. */
        if (old < 0 || (label >= ASSAY_EINSUM_FIRST_DOT && old == 1))
          dims[label] = old == -1 && (dim == 1 || dim < 0) ? -1 : dim;
        else if (dim >= 0 && dim != old && !(label >= ASSAY_EINSUM_FIRST_DOT && dim == 1))
          {
            g_autofree char *text = assay_partial_shape_to_string (shapes[i]);

            return fail (error, "Expected dimension %" G_GINT64_FORMAT " at axis %d of the input shaped %s but got dimension %" G_GINT64_FORMAT, old,
                         k, text, dim);
          }
      }
  for (int i = 0; i < ASSAY_EINSUM_N_LABELS; i++)
    dims[i] = MAX (dims[i], -1);
  *out = assay_partial_shape_new (self->rank[2], NULL);
  for (int k = 0; k < self->rank[2]; k++)
    out->dims[k] = dims[self->labels[2][k]];
  return TRUE;
}
