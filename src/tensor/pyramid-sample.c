/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Answers a view from what is known: row by row of pixels, first the extremes of each column of cells that the row covers, then
 * those of each pixel. Where a tile is missing, a coarser one stands in. */

#include <math.h>
#include <string.h>

#include "clones-private.h"
#include "pyramid-private.h"

/* The elements that a row or column of pixels covers; none if it lies outside. */
typedef struct
{
  guint64 first;
  guint64 end;
} Cover;

/* A sample being taken; cells are those of the window's level from its first tile's first on. */
typedef struct
{
  AssayPyramid *self;
  PyramidWindow window;
  PyramidTile **tiles;
  gsize         n_cells;
  float        *min;
  float        *max;
  guint8       *flags;
  guint8        all_flags; /* of every pixel that shows something */
} Sample;

static Cover
get_cover (double from, double length, guint n_pixels, guint pixel, guint64 n_elements)
{
  double step = length / n_pixels;
  double first = floor (step >= 1 ? from + pixel * step : from + (pixel + 0.5) * step);
  double end = step < 1 ? first + 1 : pixel + 1 < n_pixels ? floor (from + (pixel + 1) * step)
                                                           : ceil (from + length);

  if (end <= 0 || first >= (double) n_elements)
    return (Cover){ 0, 0 };
  return (Cover){ MAX (first, 0), MIN (MAX (end, first + 1), (double) n_elements) };
}

/* Adds one row of cells of a tile; NaNs of elements are found here. */
ASSAY_CLONES static void
add_elements (float *min, float *max, guint8 *flags, const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float x = values[i];

      min[i] = x < min[i] ? x : min[i];
      max[i] = x > max[i] ? x : max[i];
      flags[i] |= x != x ? ASSAY_PIXEL_NAN : 0;
    }
}

ASSAY_CLONES static void
add_cells (float *min, float *max, guint8 *flags, const float *low, const float *high, const guint8 *has_nan, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      min[i] = low[i] < min[i] ? low[i] : min[i];
      max[i] = high[i] > max[i] ? high[i] : max[i];
      flags[i] |= has_nan[i];
    }
}

/* Stands in for a missing tile: some cells get what one cell of the coarser tile knows of their surroundings. */
static void
add_coarse_cell (Sample *sample, gsize from, gsize to, const PyramidTile *coarse, gsize cell)
{
  float  low = coarse->min[cell], high = coarse->max[cell];
  guint8 flag = ASSAY_PIXEL_COARSE;

  if (coarse->has_nan != NULL ? coarse->has_nan[cell] : isnan (low))
    flag |= ASSAY_PIXEL_NAN;
  for (gsize i = from; i < to; i++)
    {
      sample->min[i] = low < sample->min[i] ? low : sample->min[i];
      sample->max[i] = high > sample->max[i] ? high : sample->max[i];
      sample->flags[i] |= flag;
    }
}

/* The coarser tile that knows most of an element: of the base, else the preview. */
static const PyramidTile *
find_coarse (AssayPyramid *self, guint64 row, guint64 column)
{
  PyramidTile *tile = pyramid_find_tile (self, self->base_row_shift, self->base_column_shift,
                                         (row >> self->base_row_shift) / PYRAMID_TILE,
                                         (column >> self->base_column_shift) / PYRAMID_TILE);

  return tile ? tile : self->preview;
}

static void
add_missing (Sample *sample, guint64 cell_row, gsize from, gsize to)
{
  guint   shift = sample->window.column_shift;
  guint64 row = cell_row << sample->window.row_shift;
  guint64 first = sample->window.column * PYRAMID_TILE;

  for (gsize i = from, end; i < to; i = end)
    {
      guint64            column = (first + i) << shift;
      const PyramidTile *coarse = find_coarse (sample->self, row, column);
      guint64            cell;

      end = i + 1;
      if (coarse == NULL)
        {
          sample->flags[i] |= ASSAY_PIXEL_UNKNOWN;
          continue;
        }
      cell = column >> coarse->column_shift;
      /* A preview of few columns may be finer than the cells; then its nearest cell has to do. */
      end = MAX (MIN ((((cell + 1) << coarse->column_shift) >> shift) - first, to), end);
      add_coarse_cell (sample, i, end, coarse,
                       ((row >> coarse->row_shift) - coarse->row) * coarse->n_columns + cell - coarse->column);
    }
}

/* Makes min, max and flags those of all cell columns over the given cell rows. */
static void
reduce_rows (Sample *sample, guint64 first_row, guint64 last_row, gsize from, gsize to)
{
  for (gsize i = from; i < to; i++)
    {
      sample->min[i] = INFINITY;
      sample->max[i] = -INFINITY;
    }
  memset (sample->flags + from, 0, to - from);
  for (guint64 row = first_row; row <= last_row; row++)
    for (gsize i = from; i < to;)
      {
        gsize              end = MIN (to, (i / PYRAMID_TILE + 1) * PYRAMID_TILE);
        guint64            tile_row = row / PYRAMID_TILE - sample->window.row;
        const PyramidTile *tile = sample->tiles[tile_row * sample->window.n_columns + i / PYRAMID_TILE];
        gsize              cell;

        if (tile == NULL)
          add_missing (sample, row, i, end);
        else
          {
            cell = (row - tile->row) * tile->n_columns + i % PYRAMID_TILE;
            if (tile->has_nan == NULL)
              add_elements (sample->min + i, sample->max + i, sample->flags + i, tile->min + cell, end - i);
            else
              add_cells (sample->min + i, sample->max + i, sample->flags + i, tile->min + cell, tile->max + cell,
                         tile->has_nan + cell, end - i);
          }
        i = end;
      }
}

/* One row of pixels, each so many apart in the pictures. */
static guint8
reduce_columns (const Sample *sample, const Cover *covers, guint n, gsize stride, float *min, float *max, guint8 *flags)
{
  guint   shift = sample->window.column_shift;
  guint64 first_cell = sample->window.column * PYRAMID_TILE;
  guint8  all_flags = 0;

  for (guint x = 0; x < n; x++, min += stride, max += stride, flags += stride)
    {
      float  low = INFINITY, high = -INFINITY;
      guint8 flag = 0;

      if (covers[x].first == covers[x].end)
        flag = ASSAY_PIXEL_OUTSIDE;
      else
        for (gsize cell = (covers[x].first >> shift) - first_cell; cell <= ((covers[x].end - 1) >> shift) - first_cell; cell++)
          {
            low = sample->min[cell] < low ? sample->min[cell] : low;
            high = sample->max[cell] > high ? sample->max[cell] : high;
            flag |= sample->flags[cell];
          }
      if (covers[x].first < covers[x].end)
        flag |= sample->all_flags;
      *min = low <= high ? low : NAN;
      *max = low <= high ? high : NAN;
      /* Part of the pixel is known. */
      if ((flag & ASSAY_PIXEL_UNKNOWN) && (low <= high || (flag & ASSAY_PIXEL_NAN)))
        flag = (flag & ~ASSAY_PIXEL_UNKNOWN) | ASSAY_PIXEL_COARSE;
      else if (flag & ASSAY_PIXEL_UNKNOWN)
        flag &= ~ASSAY_PIXEL_COARSE;
      *flags = flag;
      all_flags |= flag;
    }
  return all_flags;
}

static void
fill_outside (float *min, float *max, guint8 *flags, gsize stride, guint n)
{
  for (guint x = 0; x < n; x++)
    {
      min[x * stride] = max[x * stride] = NAN;
      flags[x * stride] = ASSAY_PIXEL_OUTSIDE;
    }
}

static void
copy_row (float *min, float *max, guint8 *flags, gsize stride, guint n, gssize from)
{
  for (guint x = 0; x < n; x++)
    {
      gssize at = x * stride;

      min[at] = min[at + from];
      max[at] = max[at + from];
      flags[at] = flags[at + from];
    }
}

/* Looks up the window's tiles, and marks them as used; FALSE if there is none. */
static gboolean
collect_tiles (Sample *sample)
{
  PyramidWindow *window = &sample->window;
  gboolean       found = FALSE;

  for (guint64 row = 0; row < window->n_rows; row++)
    for (guint64 column = 0; column < window->n_columns; column++)
      {
        PyramidTile *tile = pyramid_find_tile (sample->self, window->row_shift, window->column_shift, window->row + row,
                                               window->column + column);

        if (tile != NULL)
          tile->used = sample->self->clock;
        sample->tiles[row * window->n_columns + column] = tile;
        found |= tile != NULL;
      }
  return found;
}

/* All rows of pixels of a view that shows something. Called with the lock held. */
static guint8
sample_rows (Sample *sample, const AssayPyramidView *view, float *min, float *max, guint8 *flags)
{
  const PyramidPlane *plane = &sample->self->plane;
  gboolean            transposed = sample->self->transposed;
  gsize               stride = transposed ? view->height : 1, pitch = transposed ? 1 : view->width;
  g_autofree Cover   *covers = g_new (Cover, view->width);
  guint64             left = G_MAXUINT64, right = 0, first_cell = sample->window.column * PYRAMID_TILE;
  guint64             last_first = G_MAXUINT64, last_end = G_MAXUINT64;
  guint8              all_flags = 0;

  for (guint x = 0; x < view->width; x++)
    {
      covers[x] = get_cover (view->column, view->n_columns, view->width, x, plane->n_columns);
      if (covers[x].first < covers[x].end)
        {
          left = MIN (left, (covers[x].first >> sample->window.column_shift) - first_cell);
          right = MAX (right, ((covers[x].end - 1) >> sample->window.column_shift) - first_cell + 1);
        }
    }
  for (guint y = 0; y < view->height; y++, min += pitch, max += pitch, flags += pitch)
    {
      Cover   cover = get_cover (view->row, view->n_rows, view->height, y, plane->n_rows);
      guint64 first = cover.first >> sample->window.row_shift, end = (cover.end - 1) >> sample->window.row_shift;

      if (cover.first == cover.end || left >= right)
        {
          fill_outside (min, max, flags, stride, view->width);
          continue;
        }
      if (first == last_first && end == last_end)
        {
          copy_row (min, max, flags, stride, view->width, -(gssize) pitch);
          continue;
        }
      reduce_rows (sample, first, end, left, right);
      all_flags |= reduce_columns (sample, covers, view->width, stride, min, max, flags);
      last_first = first;
      last_end = end;
    }
  return all_flags;
}

static void
prepare (Sample *sample)
{
  sample->n_cells = sample->window.n_columns * PYRAMID_TILE;
  sample->tiles = g_new (PyramidTile *, sample->window.n_rows * sample->window.n_columns);
  sample->min = g_new (float, sample->n_cells);
  sample->max = g_new (float, sample->n_cells);
  sample->flags = g_new (guint8, sample->n_cells);
}

static void
sample_clear (Sample *sample)
{
  g_clear_pointer (&sample->tiles, g_free);
  g_clear_pointer (&sample->min, g_free);
  g_clear_pointer (&sample->max, g_free);
  g_clear_pointer (&sample->flags, g_free);
}

gboolean
assay_pyramid_sample (AssayPyramid *self, const AssayPyramidView *view, float *min, float *max, guint8 *flags)
{
  AssayPyramidView turned;
  Sample           sample = { .self = self };
  guint8           all_flags;

  g_return_val_if_fail (ASSAY_IS_PYRAMID (self), FALSE);
  g_return_val_if_fail (view->width > 0 && view->height > 0 && view->n_rows > 0 && view->n_columns > 0, FALSE);
  turned = pyramid_turn_view (self, view);
  if (!pyramid_get_window (self, &turned, &sample.window))
    {
      fill_outside (min, max, flags, 1, view->width * view->height);
      return TRUE;
    }
  g_mutex_lock (&self->lock);
  self->clock++;
  prepare (&sample);
  if (!collect_tiles (&sample) && !pyramid_is_base (self, sample.window.row_shift, sample.window.column_shift))
    {
      /* Nothing of what the view needs is there: the base alone answers faster than its cells one by one. */
      pyramid_get_base_window (self, &turned, &sample.window);
      sample.all_flags = ASSAY_PIXEL_COARSE;
      sample_clear (&sample);
      prepare (&sample);
      collect_tiles (&sample);
    }
  all_flags = sample_rows (&sample, &turned, min, max, flags);
  g_mutex_unlock (&self->lock);
  sample_clear (&sample);
  return (all_flags & (ASSAY_PIXEL_UNKNOWN | ASSAY_PIXEL_COARSE)) == 0;
}
