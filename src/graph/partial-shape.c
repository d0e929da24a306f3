/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/partial-shape.h>

#include <stdarg.h>
#include <string.h>

AssayPartialShape
assay_partial_shape_unknown (void)
{
  return (AssayPartialShape){ .rank = -1 };
}

AssayPartialShape
assay_partial_shape_new (int rank, const gint64 *dims)
{
  AssayPartialShape self = { .rank = rank };

  g_return_val_if_fail (rank >= 0 && rank <= ASSAY_GRAPH_MAX_RANK, assay_partial_shape_unknown ());
  for (int i = 0; i < rank; i++)
    self.dims[i] = dims ? MAX (dims[i], -1) : -1;
  return self;
}

AssayPartialShape
assay_partial_shape_make (int rank, ...)
{
  AssayPartialShape self = { .rank = rank };
  va_list           args;

  g_return_val_if_fail (rank >= 0 && rank <= ASSAY_GRAPH_MAX_RANK, assay_partial_shape_unknown ());
  va_start (args, rank);
  for (int i = 0; i < rank; i++)
    self.dims[i] = va_arg (args, gint64);
  va_end (args);
  return self;
}

gboolean
assay_partial_shape_is_full (const AssayPartialShape *self)
{
  for (int i = 0; i < self->rank; i++)
    if (self->dims[i] < 0)
      return FALSE;
  return self->rank >= 0;
}

gint64
assay_partial_shape_n_elements (const AssayPartialShape *self)
{
  gint64 n = 1;

  if (!assay_partial_shape_is_full (self))
    return -1;
  for (int i = 0; i < self->rank; i++)
    if (__builtin_mul_overflow (n, self->dims[i], &n))
      return -1;
  return n;
}

gboolean
assay_partial_shape_equal (const AssayPartialShape *a, const AssayPartialShape *b)
{
  return a->rank == b->rank && (a->rank <= 0 || memcmp (a->dims, b->dims, a->rank * sizeof *a->dims) == 0);
}

gboolean
assay_partial_shape_accepts (const AssayPartialShape *self, const AssayPartialShape *other)
{
  if (self->rank < 0 || other->rank < 0)
    return TRUE;
  if (self->rank != other->rank)
    return FALSE;
  for (int i = 0; i < self->rank; i++)
    if (self->dims[i] >= 0 && other->dims[i] >= 0 && self->dims[i] != other->dims[i])
      return FALSE;
  return TRUE;
}

gboolean
assay_partial_shape_merge (AssayPartialShape *self, const AssayPartialShape *other)
{
  if (!assay_partial_shape_accepts (self, other))
    return FALSE;
  if (self->rank < 0)
    *self = *other;
  for (int i = 0; i < self->rank && other->rank >= 0; i++)
    if (self->dims[i] < 0)
      self->dims[i] = other->dims[i];
  return TRUE;
}

gboolean
assay_partial_shape_broadcast (const AssayPartialShape *a, const AssayPartialShape *b, AssayPartialShape *out)
{
  if (a->rank < 0 || b->rank < 0)
    {
      *out = assay_partial_shape_unknown ();
      return TRUE;
    }
  out->rank = MAX (a->rank, b->rank);
  for (int i = 0; i < out->rank; i++)
    {
      gint64 x = i < out->rank - a->rank ? 1 : a->dims[i - out->rank + a->rank];
      gint64 y = i < out->rank - b->rank ? 1 : b->dims[i - out->rank + b->rank];

      if (x >= 0 && y >= 0 && x != y && x != 1 && y != 1)
        return FALSE;
      out->dims[i] = x == 1 ? y : y == 1 || y < 0 ? x
                                                  : y;
    }
  return TRUE;
}

char *
assay_partial_shape_to_string (const AssayPartialShape *self)
{
  GString *text = g_string_new ("[");

  if (self->rank < 0)
    {
      g_string_free (text, TRUE);
      return g_strdup ("<unknown>");
    }
  for (int i = 0; i < self->rank; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (self->dims[i] < 0)
        g_string_append_c (text, '?');
      else
        g_string_append_printf (text, "%" G_GINT64_FORMAT, self->dims[i]);
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

char *
assay_partial_shape_to_tuple (const AssayPartialShape *self)
{
  GString *text = g_string_new ("(");

  if (self->rank < 0)
    {
      g_string_free (text, TRUE);
      return g_strdup ("<unknown>");
    }
  for (int i = 0; i < self->rank; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (self->dims[i] < 0)
        g_string_append (text, "None");
      else
        g_string_append_printf (text, "%" G_GINT64_FORMAT, self->dims[i]);
    }
  g_string_append (text, self->rank == 1 ? ",)" : ")");
  return g_string_free (text, FALSE);
}
