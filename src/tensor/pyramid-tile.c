/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pyramid-tile-private.h"

#include <assay/convert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "clones-private.h"

/* Columns that are reduced at once; their extremes stay in the nearest cache. */
#define CHUNK 1024

/* Elements that are read, or looked at between two questions for cancelling. */
#define PIECE (1 << 18)

/* A float wherever it lies. */
typedef struct
{
  float value;
} __attribute__ ((packed, may_alias)) AnyFloat;

/* The extremes of some columns over some rows. */
typedef struct
{
  float  min[CHUNK];
  float  max[CHUNK];
  gint32 nan[CHUNK];
} Columns;

PyramidTile *
pyramid_tile_new (guint row_shift, guint column_shift, guint64 row, guint64 column, guint n_rows, guint n_columns)
{
  PyramidTile *self = g_new0 (PyramidTile, 1);
  gsize        n = (gsize) n_rows * n_columns;
  gboolean     elements = row_shift == 0 && column_shift == 0;

  g_atomic_ref_count_init (&self->ref_count);
  self->row_shift = row_shift;
  self->column_shift = column_shift;
  self->row = row;
  self->column = column;
  self->n_rows = n_rows;
  self->n_columns = n_columns;
  self->n_bytes = n * (elements ? 4 : 9);
  self->min = self->max = g_malloc (self->n_bytes);
  if (elements)
    return self;
  self->max = self->min + n;
  self->has_nan = (guint8 *) (self->max + n);
  memset (self->has_nan, 0, n);
  for (gsize i = 0; i < n; i++)
    {
      self->min[i] = INFINITY;
      self->max[i] = -INFINITY;
    }
  return self;
}

PyramidTile *
pyramid_tile_ref (PyramidTile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pyramid_tile_unref (PyramidTile *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->min);
  g_free (self);
}

/* Comparisons are written so that a NaN never becomes an extreme. */
ASSAY_CLONES static void
add_row (Columns *columns, const AnyFloat *row, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float x = row[i].value;

      columns->min[i] = x < columns->min[i] ? x : columns->min[i];
      columns->max[i] = x > columns->max[i] ? x : columns->max[i];
      columns->nan[i] |= x != x;
    }
}

static void
clear_columns (Columns *columns, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      columns->min[i] = INFINITY;
      columns->max[i] = -INFINITY;
      columns->nan[i] = 0;
    }
}

/* Halves the number of columns: the first half of them becomes the extremes of pairs that lie n / 2 apart. */
ASSAY_CLONES static void
fold_halves (float *min, float *max, gint32 *nan, gsize half)
{
  for (gsize i = 0; i < half; i++)
    {
      min[i] = min[i + half] < min[i] ? min[i + half] : min[i];
      max[i] = max[i + half] > max[i] ? max[i + half] : max[i];
      nan[i] |= nan[i + half];
    }
}

/* Adds columns to the cells that they belong to; the first is the given column of the tile. */
static void
add_columns (PyramidTile *self, guint cell_row, Columns *columns, guint64 column, gsize n)
{
  guint64 width = G_GUINT64_CONSTANT (1) << self->column_shift;

  for (gsize i = 0; i < n;)
    {
      guint64 cell = (column + i) >> self->column_shift;
      gsize   n_here = MIN (((cell + 1) << self->column_shift) - column - i, n - i);
      gsize   at = (gsize) cell_row * self->n_columns + cell;
      gsize   left = n_here;

      /* Long runs first by halves, which are whole vectors. */
      for (; left >= 32 && left % 2 == 0 && width >= 32; left /= 2)
        fold_halves (columns->min + i, columns->max + i, columns->nan + i, left / 2);
      for (gsize k = i; k < i + left; k++)
        {
          self->min[at] = MIN (self->min[at], columns->min[k]);
          self->max[at] = MAX (self->max[at], columns->max[k]);
          self->has_nan[at] |= columns->nan[k] != 0;
        }
      i += n_here;
    }
}

/* A row's elements as floats; what is too large for a float becomes the largest one. */
static const AnyFloat *
get_floats (AssayDtype dtype, const void *data, float *room, gsize n)
{
  double values[CHUNK];

  if (dtype == ASSAY_DTYPE_FLOAT32)
    return data;
  assay_convert_to_double (dtype, data, values, n);
  for (gsize i = 0; i < n; i++)
    {
      double x = values[i];

      room[i] = fabs (x) > FLT_MAX && !isinf (x) ? (x > 0 ? FLT_MAX : -FLT_MAX) : x;
    }
  return (const AnyFloat *) room;
}

/* Adds elements that are in memory; row and column are counted from the tile's first element. */
static void
add_block (PyramidTile  *self,
           AssayDtype    dtype,
           gsize         item_size,
           const guint8 *data,
           gsize         pitch,
           guint64       row,
           guint64       n_rows,
           guint64       column,
           guint64       n_columns)
{
  Columns columns;
  float   room[CHUNK];

  for (guint64 done = 0; done < n_columns; done += CHUNK)
    {
      gsize         n = MIN (CHUNK, n_columns - done);
      const guint8 *in = data + done * item_size;

      for (guint64 r = row; r < row + n_rows;)
        {
          guint   cell_row = r >> self->row_shift;
          guint64 end = MIN ((guint64) (cell_row + 1) << self->row_shift, row + n_rows);

          if (self->has_nan == NULL)
            {
              memcpy (self->min + r * self->n_columns + column + done, get_floats (dtype, in, room, n), n * sizeof (float));
              in += pitch;
              r++;
              continue;
            }
          clear_columns (&columns, n);
          for (; r < end; r++, in += pitch)
            add_row (&columns, get_floats (dtype, in, room, n), n);
          add_columns (self, cell_row, &columns, column + done, n);
        }
    }
}

/* Reads a box of the plane. */
static gboolean
read_box (const PyramidPlane *plane,
          guint64             row,
          guint64             n_rows,
          guint64             column,
          guint64             n_columns,
          void               *out,
          GCancellable       *cancellable,
          GError            **error)
{
  guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];

  for (guint i = 0; i < assay_source_get_rank (plane->source); i++)
    {
      start[i] = plane->origin[i] + (i == plane->row_axis ? row : i == plane->column_axis ? column
                                                                                          : 0);
      count[i] = i == plane->row_axis ? n_rows : i == plane->column_axis ? n_columns
                                                                         : 1;
    }
  return assay_source_read (plane->source, start, count, out, cancellable, error);
}

/* A piece is as wide as it may be, so that what is read lies together. */
gboolean
pyramid_tile_read (PyramidTile        *self,
                   const PyramidPlane *plane,
                   const void         *map,
                   guint64             row,
                   guint64             n_rows,
                   guint64             column,
                   guint64             n_columns,
                   GCancellable       *cancellable,
                   GError            **error)
{
  AssayDtype         dtype = assay_source_get_dtype (plane->source);
  gsize              item_size = assay_source_get_item_size (plane->source);
  guint64            width = MIN (n_columns, PIECE), height = MIN (n_rows, MAX (PIECE / width, 1));
  g_autofree guint8 *room = map ? NULL : g_malloc (width * height * item_size);
  guint64            tile_row = self->row << self->row_shift, tile_column = self->column << self->column_shift;

  for (guint64 r = row; r < row + n_rows; r += height)
    for (guint64 c = column; c < column + n_columns; c += width)
      {
        guint64       n_down = MIN (height, row + n_rows - r), n_across = MIN (width, column + n_columns - c);
        const guint8 *data = map ? (const guint8 *) map + (r * plane->row_stride + c) * item_size : room;
        gsize         pitch = (map ? plane->row_stride : n_across) * item_size;

        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            (map == NULL && !read_box (plane, r, n_down, c, n_across, room, cancellable, error)))
          return FALSE;
        add_block (self, dtype, item_size, data, pitch, r - tile_row, n_down, c - tile_column, n_across);
      }
  return TRUE;
}

gboolean
pyramid_tile_fill (PyramidTile *self, const PyramidPlane *plane, const void *map, GCancellable *cancellable, GError **error)
{
  guint64 row = self->row << self->row_shift, column = self->column << self->column_shift;
  guint64 n_rows = MIN ((guint64) self->n_rows << self->row_shift, plane->n_rows - row);
  guint64 n_columns = MIN ((guint64) self->n_columns << self->column_shift, plane->n_columns - column);
  guint64 span = (n_rows - 1) * plane->row_stride + n_columns, first = plane->first + row * plane->row_stride + column;
  g_autoptr (GError) local_error = NULL;
  AssaySourceMap own_map;
  gboolean       good;

  /* Where the whole can't be mapped, this part perhaps can: edits are elsewhere. */
  if (map != NULL || plane->column_stride != 1 || !assay_source_map_flat (plane->source, first, span, &own_map, &local_error))
    {
      if (local_error != NULL)
        return g_propagate_error (error, g_steal_pointer (&local_error)), FALSE;
      return pyramid_tile_read (self, plane, map, row, n_rows, column, n_columns, cancellable, error);
    }
  map = (const guint8 *) own_map.data - (row * plane->row_stride + column) * assay_source_get_item_size (plane->source);
  good = pyramid_tile_read (self, plane, map, row, n_rows, column, n_columns, cancellable, error);
  return assay_source_unmap (plane->source, &own_map, good ? error : NULL) && good;
}
