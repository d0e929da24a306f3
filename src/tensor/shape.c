/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/shape.h>

#include <glib/gi18n-lib.h>

gboolean
assay_shape_n_elements (guint rank, const guint64 *shape, guint64 *n_elements)
{
  guint64  product = 1;
  gboolean empty = FALSE;

  for (guint i = 0; i < rank; i++)
    {
      if (shape[i] == 0)
        empty = TRUE;
      else if (!g_uint64_checked_mul (&product, product, shape[i]))
        return FALSE;
    }
  *n_elements = empty ? 0 : product;
  return TRUE;
}

static char *
join (guint rank, const guint64 *shape, const char *separator)
{
  GString *out = g_string_sized_new (16);

  for (guint i = 0; i < rank; i++)
    {
      char    digits[24], *p = digits + sizeof digits;
      guint64 n = shape[i];

      /* Lists of a hundred thousand rows are made with this: no printf. */
      *--p = '\0';
      do
        *--p = '0' + n % 10;
      while ((n /= 10) > 0);
      if (i > 0)
        g_string_append (out, separator);
      g_string_append (out, p);
    }
  return g_string_free (out, FALSE);
}

char *
assay_shape_to_string (guint rank, const guint64 *shape)
{
  g_autofree char *dimensions = join (rank, shape, ", ");

  return g_strdup_printf ("[%s]", dimensions);
}

char *
assay_shape_to_display (guint rank, const guint64 *shape)
{
  return rank == 0 ? g_strdup (_ ("scalar")) : join (rank, shape, " × ");
}

void
assay_shape_index (guint rank, const guint64 *shape, guint64 flat, guint64 *index)
{
  for (guint i = rank; i-- > 0;)
    {
      index[i] = shape[i] ? flat % shape[i] : 0;
      flat = shape[i] ? flat / shape[i] : 0;
    }
}

guint64
assay_shape_flat (guint rank, const guint64 *shape, const guint64 *index)
{
  guint64 flat = 0;

  for (guint i = 0; i < rank; i++)
    flat = flat * shape[i] + index[i];
  return flat;
}
