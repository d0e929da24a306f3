/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nested lists of numbers, as Python writes them. */

#include <assay/literal.h>

#include <errno.h>
#include <string.h>

#define MAX_VALUES (1u << 24)

typedef struct
{
  const char *start, *at;
  GArray     *values; /* of float */
  gint64      dims[ASSAY_GRAPH_MAX_RANK];
  int         rank; /* known when the first number was read */
  GError    **error;
} Literal;

static gboolean
fail (Literal *self, const char *what)
{
  g_set_error (self->error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, "%s at character %d of “%s”", what, (int) (self->at - self->start) + 1, self->start);
  return FALSE;
}

static void
skip_blanks (Literal *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

static gboolean
read_number (Literal *self, int depth)
{
  char *end;
  float value;

  if (self->rank >= 0 && self->rank != depth)
    return fail (self, "A number stands at another depth than the others");
  self->rank = depth;
  value = g_ascii_strtod (self->at, &end);
  if (end == self->at)
    return fail (self, "A number is missing");
  if (self->values->len >= MAX_VALUES)
    return fail (self, "There are too many numbers");
  self->at = end;
  g_array_append_val (self->values, value);
  return TRUE;
}

static gboolean
read_list (Literal *self, int depth)
{
  gint64 n = 0;

  skip_blanks (self);
  if (*self->at != '[')
    return read_number (self, depth);
  if (depth == ASSAY_GRAPH_MAX_RANK)
    return fail (self, "Lists are nested too deep");
  self->at++;
  skip_blanks (self);
  while (*self->at != ']')
    {
      if (!read_list (self, depth + 1))
        return FALSE;
      n++;
      skip_blanks (self);
      if (*self->at == ',')
        self->at++;
      else if (*self->at != ']')
        return fail (self, "A comma or bracket is missing");
      skip_blanks (self);
    }
  self->at++;
  if (self->rank < 0)
    self->rank = depth + 1;
  if (self->dims[depth] >= 0 && self->dims[depth] != n)
    return fail (self, "Lists side by side have unlike lengths");
  self->dims[depth] = n;
  return TRUE;
}

AssayValue *
assay_literal (const char *text, GError **error)
{
  Literal self = { .start = text, .at = text, .rank = -1, .error = error };
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  AssayValue *value;
  gboolean    good;

  self.values = values;
  memset (self.dims, 0xff, sizeof self.dims);
  good = read_list (&self, 0);
  skip_blanks (&self);
  if (!good || (*self.at != '\0' && !fail (&self, "There is something behind the list")))
    return NULL;
  value = assay_constant (self.rank, self.dims, (const float *) values->data);
  assay_value_set_literal (value, text);
  return value;
}
