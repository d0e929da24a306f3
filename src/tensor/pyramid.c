/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One level, the base, covers everything with at most 2^21 cells. A view whose pixels are smaller than the base's cells is
 * answered from finer tiles, which are kept while they are looked at. Cells are powers of two high and wide. */

#include "pyramid-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_BASE_CELLS (1 << 21)
#define MAX_DETAIL_BYTES (36 << 20)

G_DEFINE_FINAL_TYPE (AssayPyramid, assay_pyramid, G_TYPE_OBJECT)

static guint64
divide_up (guint64 n, guint shift)
{
  return shift > 63 ? n > 0 : (n >> shift) + ((n & ((G_GUINT64_CONSTANT (1) << shift) - 1)) != 0);
}

static guint
hash_tile (const void *data)
{
  const PyramidTile *tile = data;

  return (tile->row * 31 + tile->column) * 127 + tile->row_shift * 11 + tile->column_shift;
}

static gboolean
equal_tiles (const void *a, const void *b)
{
  const PyramidTile *x = a, *y = b;

  return x->row == y->row && x->column == y->column && x->row_shift == y->row_shift && x->column_shift == y->column_shift;
}

static void
pyramid_finalize (GObject *object)
{
  AssayPyramid *self = ASSAY_PYRAMID (object);

  for (guint64 i = 0; i < self->n_base_rows * self->n_base_columns; i++)
    g_clear_pointer (&self->base[i], pyramid_tile_unref);
  g_free (self->base);
  g_clear_pointer (&self->preview, pyramid_tile_unref);
  g_hash_table_unref (self->details);
  g_clear_object (&self->plane.source);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (assay_pyramid_parent_class)->finalize (object);
}

static void
assay_pyramid_class_init (AssayPyramidClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pyramid_finalize;
}

static void
assay_pyramid_init (AssayPyramid *self)
{
  g_mutex_init (&self->lock);
  self->details = g_hash_table_new_full (hash_tile, equal_tiles, NULL, (GDestroyNotify) pyramid_tile_unref);
  self->min = INFINITY;
  self->max = -INFINITY;
}

/* How far neighbours along an axis are apart in row-major order. */
static guint64
get_stride (AssaySource *source, guint axis)
{
  guint64 stride = 1;

  for (guint i = assay_source_get_rank (source); i-- > axis + 1;)
    stride *= assay_source_get_shape (source)[i];
  return stride;
}

/* A single axis always goes across. */
static void
set_axes (AssayPyramid *self, guint row_axis, guint column_axis, const guint64 *index)
{
  PyramidPlane  *plane = &self->plane;
  const guint64 *shape = assay_source_get_shape (plane->source);
  guint          rank = assay_source_get_rank (plane->source);

  self->transposed = column_axis == G_MAXUINT || (row_axis != G_MAXUINT && row_axis > column_axis);
  plane->row_axis = self->transposed ? column_axis : row_axis;
  plane->column_axis = self->transposed ? row_axis : column_axis;
  for (guint i = 0; i < rank; i++)
    plane->origin[i] = index != NULL && i != row_axis && i != column_axis ? index[i] : 0;
  plane->first = assay_shape_flat (rank, shape, plane->origin);
  plane->n_rows = plane->row_axis == G_MAXUINT ? 1 : shape[plane->row_axis];
  plane->n_columns = plane->column_axis == G_MAXUINT ? 1 : shape[plane->column_axis];
  plane->row_stride = plane->row_axis == G_MAXUINT ? 0 : get_stride (plane->source, plane->row_axis);
  plane->column_stride = plane->column_axis == G_MAXUINT ? 1 : get_stride (plane->source, plane->column_axis);
  if (assay_source_get_n_elements (plane->source) == 0)
    plane->n_rows = plane->n_columns = 0;
}

AssayPyramid *
assay_pyramid_new (AssaySource *source, guint row_axis, guint column_axis, const guint64 *index)
{
  AssayPyramid *self;
  guint64       n_rows, n_columns;

  g_return_val_if_fail (assay_dtype_is_numeric (assay_source_get_dtype (source)), NULL);
  g_return_val_if_fail (row_axis == G_MAXUINT || row_axis < assay_source_get_rank (source), NULL);
  g_return_val_if_fail (column_axis == G_MAXUINT || column_axis < assay_source_get_rank (source), NULL);
  g_return_val_if_fail (row_axis != column_axis || row_axis == G_MAXUINT, NULL);
  self = g_object_new (ASSAY_TYPE_PYRAMID, NULL);
  self->plane.source = g_object_ref (source);
  set_axes (self, row_axis, column_axis, index);
  n_rows = self->plane.n_rows;
  n_columns = self->plane.n_columns;
  while (n_rows > MAX_BASE_CELLS || n_columns > MAX_BASE_CELLS || n_rows * n_columns > MAX_BASE_CELLS)
    if (n_rows > n_columns)
      n_rows = divide_up (self->plane.n_rows, ++self->base_row_shift);
    else
      n_columns = divide_up (self->plane.n_columns, ++self->base_column_shift);
  self->n_base_rows = (n_rows + PYRAMID_TILE - 1) / PYRAMID_TILE;
  self->n_base_columns = (n_columns + PYRAMID_TILE - 1) / PYRAMID_TILE;
  self->base = g_new0 (PyramidTile *, MAX (self->n_base_rows * self->n_base_columns, 1));
  return self;
}

guint64
assay_pyramid_get_n_rows (AssayPyramid *self)
{
  g_return_val_if_fail (ASSAY_IS_PYRAMID (self), 0);
  return self->transposed ? self->plane.n_columns : self->plane.n_rows;
}

guint64
assay_pyramid_get_n_columns (AssayPyramid *self)
{
  g_return_val_if_fail (ASSAY_IS_PYRAMID (self), 0);
  return self->transposed ? self->plane.n_rows : self->plane.n_columns;
}

gboolean
assay_pyramid_get_extremes (AssayPyramid *self, float *min, float *max)
{
  g_return_val_if_fail (ASSAY_IS_PYRAMID (self), FALSE);
  g_mutex_lock (&self->lock);
  *min = self->min;
  *max = self->max;
  g_mutex_unlock (&self->lock);
  return *min <= *max;
}

AssayPyramidView
pyramid_turn_view (AssayPyramid *self, const AssayPyramidView *view)
{
  if (!self->transposed)
    return *view;
  return (AssayPyramidView){ view->column, view->row, view->n_columns, view->n_rows, view->height, view->width };
}

gboolean
pyramid_is_base (AssayPyramid *self, guint row_shift, guint column_shift)
{
  return row_shift == self->base_row_shift && column_shift == self->base_column_shift;
}

/* The part of [from, from + length) that exists, in whole elements; FALSE if there is none. */
static gboolean
clip (double from, double length, guint64 n, guint64 *first, guint64 *end)
{
  double low = floor (MAX (from, 0)), high = ceil (MIN (from + length, (double) n));

  if (!(low < high))
    return FALSE;
  *first = low;
  *end = MIN ((guint64) high, n);
  return *first < *end;
}

/* The largest power of two that isn't more than the elements that a pixel is wide. */
static guint
choose_shift (double n_elements, guint n_pixels, guint largest)
{
  int exponent = ilogb (MAX (n_elements / n_pixels, 1));

  return MIN ((guint) exponent, largest);
}

/* How many tiles of a level lie over some elements. */
static guint64
count_tiles (guint64 first, guint64 end, guint shift)
{
  return ((end - 1) >> shift) / PYRAMID_TILE - (first >> shift) / PYRAMID_TILE + 1;
}

/* The tiles of the window's level over some elements. */
static void
set_tiles (PyramidWindow *window, guint64 row, guint64 end_row, guint64 column, guint64 end_column)
{
  window->row = (row >> window->row_shift) / PYRAMID_TILE;
  window->column = (column >> window->column_shift) / PYRAMID_TILE;
  window->n_rows = count_tiles (row, end_row, window->row_shift);
  window->n_columns = count_tiles (column, end_column, window->column_shift);
}

gboolean
pyramid_get_window (AssayPyramid *self, const AssayPyramidView *view, PyramidWindow *window)
{
  guint64 row, end_row, column, end_column;

  if (!clip (view->row, view->n_rows, self->plane.n_rows, &row, &end_row) ||
      !clip (view->column, view->n_columns, self->plane.n_columns, &column, &end_column))
    return FALSE;
  window->row_shift = choose_shift (view->n_rows, view->height, self->base_row_shift);
  window->column_shift = choose_shift (view->n_columns, view->width, self->base_column_shift);
  /* Coarser than the pixels if the tiles would take too much. */
  while (!pyramid_is_base (self, window->row_shift, window->column_shift))
    {
      gboolean elements = window->row_shift == 0 && window->column_shift == 0;
      guint64  n_cells = MIN ((end_row - row) >> window->row_shift, G_MAXUINT32) + PYRAMID_TILE;

      n_cells *= MIN ((end_column - column) >> window->column_shift, G_MAXUINT32 / 2) + PYRAMID_TILE;
      if (n_cells * (elements ? 4 : 9) <= MAX_DETAIL_BYTES)
        break;
      if (window->row_shift < self->base_row_shift &&
          (window->column_shift == self->base_column_shift || window->row_shift <= window->column_shift))
        window->row_shift++;
      else
        window->column_shift++;
    }
  set_tiles (window, row, end_row, column, end_column);
  return TRUE;
}

void
pyramid_get_base_window (AssayPyramid *self, const AssayPyramidView *view, PyramidWindow *window)
{
  guint64 row = 0, end_row = 1, column = 0, end_column = 1;

  clip (view->row, view->n_rows, self->plane.n_rows, &row, &end_row);
  clip (view->column, view->n_columns, self->plane.n_columns, &column, &end_column);
  window->row_shift = self->base_row_shift;
  window->column_shift = self->base_column_shift;
  set_tiles (window, row, end_row, column, end_column);
}

PyramidTile *
pyramid_find_tile (AssayPyramid *self, guint row_shift, guint column_shift, guint64 row, guint64 column)
{
  PyramidTile key = {
    .row_shift = row_shift,
    .column_shift = column_shift,
    .row = row * PYRAMID_TILE,
    .column = column * PYRAMID_TILE,
  };

  if (pyramid_is_base (self, row_shift, column_shift))
    return self->base[row * self->n_base_columns + column];
  return g_hash_table_lookup (self->details, &key);
}

PyramidTile *
pyramid_make_tile (AssayPyramid *self, guint row_shift, guint column_shift, guint64 row, guint64 column)
{
  guint64 n_rows = divide_up (self->plane.n_rows, row_shift) - row * PYRAMID_TILE;
  guint64 n_columns = divide_up (self->plane.n_columns, column_shift) - column * PYRAMID_TILE;

  return pyramid_tile_new (row_shift, column_shift, row * PYRAMID_TILE, column * PYRAMID_TILE,
                           MIN (n_rows, PYRAMID_TILE), MIN (n_columns, PYRAMID_TILE));
}

/* Forgets the tile that was looked at longest ago, but for the given one. */
static void
forget_one (AssayPyramid *self, PyramidTile *keep)
{
  PyramidTile   *tile, *oldest = NULL;
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->details);
  while (g_hash_table_iter_next (&iter, (gpointer *) &tile, NULL))
    if (tile != keep && (oldest == NULL || tile->used < oldest->used))
      oldest = tile;
  if (oldest == NULL)
    return;
  self->detail_bytes -= oldest->n_bytes;
  g_hash_table_remove (self->details, oldest);
}

/* The smallest and largest finite values of the tile's cells. */
static void
get_tile_extremes (const PyramidTile *tile, float *min, float *max)
{
  for (gsize i = 0; i < (gsize) tile->n_rows * tile->n_columns; i++)
    {
      if (fabsf (tile->min[i]) <= FLT_MAX)
        *min = MIN (*min, tile->min[i]);
      if (fabsf (tile->max[i]) <= FLT_MAX)
        *max = MAX (*max, tile->max[i]);
    }
}

void
pyramid_publish (AssayPyramid *self, PyramidTile *tile)
{
  float         min = INFINITY, max = -INFINITY;
  PyramidTile **place = NULL;

  get_tile_extremes (tile, &min, &max);
  g_mutex_lock (&self->lock);
  self->min = MIN (self->min, min);
  self->max = MAX (self->max, max);
  tile->used = self->clock;
  if (pyramid_is_base (self, tile->row_shift, tile->column_shift))
    place = &self->base[tile->row / PYRAMID_TILE * self->n_base_columns + tile->column / PYRAMID_TILE];
  if (place != NULL && *place == NULL)
    *place = tile;
  else if (place != NULL || g_hash_table_contains (self->details, tile))
    pyramid_tile_unref (tile);
  else
    {
      g_hash_table_add (self->details, tile);
      self->detail_bytes += tile->n_bytes;
      while (self->detail_bytes > MAX_DETAIL_BYTES && g_hash_table_size (self->details) > 1)
        forget_one (self, tile);
    }
  g_mutex_unlock (&self->lock);
}
