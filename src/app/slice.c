/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "slice-private.h"

#include <string.h>

void
assay_slice_init (AssaySlice *self, AssaySource *source)
{
  memset (self, 0, sizeof *self);
  self->rank = assay_source_get_rank (source);
  self->rows = ASSAY_NO_AXIS;
  self->columns = ASSAY_NO_AXIS;
  memcpy (self->shape, assay_source_get_shape (source), self->rank * sizeof (guint64));
  if (self->rank == 1)
    self->rows = 0;
  else if (self->rank > 1)
    {
      self->rows = self->rank - 2;
      self->columns = self->rank - 1;
    }
}

guint64
assay_slice_n_rows (const AssaySlice *self)
{
  return self->rows == ASSAY_NO_AXIS ? 1 : self->shape[self->rows];
}

guint64
assay_slice_n_columns (const AssaySlice *self)
{
  return self->columns == ASSAY_NO_AXIS ? 1 : self->shape[self->columns];
}

void
assay_slice_box (const AssaySlice *self,
                 guint64           row,
                 guint64           column,
                 guint64           n_rows,
                 guint64           n_columns,
                 guint64          *start,
                 guint64          *count)
{
  for (guint i = 0; i < self->rank; i++)
    {
      start[i] = i == self->rows ? row : i == self->columns ? column
                                                            : self->index[i];
      count[i] = i == self->rows ? n_rows : i == self->columns ? n_columns
                                                               : 1;
    }
}

gboolean
assay_slice_is_transposed (const AssaySlice *self)
{
  return self->columns != ASSAY_NO_AXIS && self->rows != ASSAY_NO_AXIS && self->rows > self->columns;
}

/* in[n_columns, n_rows] becomes out[n_rows, n_columns]. */
static void
transpose (guint8 *out, const guint8 *in, gsize n_rows, gsize n_columns, gsize size)
{
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      memcpy (out + (r * n_columns + c) * size, in + (c * n_rows + r) * size, size);
}

void *
assay_slice_read (const AssaySlice *self,
                  AssaySource      *source,
                  guint64           row,
                  guint64           column,
                  guint64           n_rows,
                  guint64           n_columns,
                  GCancellable     *cancellable,
                  GError          **error)
{
  guint64            start[ASSAY_MAX_RANK];
  guint64            count[ASSAY_MAX_RANK];
  gsize              size = assay_source_get_item_size (source);
  g_autofree guint8 *values = g_malloc (n_rows * n_columns * size + 1);
  guint8            *turned;

  assay_slice_box (self, row, column, n_rows, n_columns, start, count);
  if (!assay_source_read (source, start, count, values, cancellable, error))
    return NULL;
  if (!assay_slice_is_transposed (self) || n_rows == 1 || n_columns == 1)
    return g_steal_pointer (&values);
  turned = g_malloc (n_rows * n_columns * size + 1);
  transpose (turned, values, n_rows, n_columns, size);
  return turned;
}

char *
assay_slice_dup_index_text (const AssaySlice *self, guint64 row, guint64 column)
{
  guint64 start[ASSAY_MAX_RANK];
  guint64 count[ASSAY_MAX_RANK];

  assay_slice_box (self, row, column, 1, 1, start, count);
  return assay_shape_to_string (self->rank, start);
}
