/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "overlay-layer-private.h"

#include <assay/overlay.h>
#include <string.h>

/* A box of up to so many values becomes single cells, which can be merged. */
#define FEW_CELLS 16

static guint64
get_n_in_box (guint rank, const guint64 *count)
{
  guint64 n = 1;

  for (guint i = 0; i < rank; i++)
    n *= count[i];
  return n;
}

/* A layer with room for cells, or without. */
static OverlayLayer *
make_layer (const OverlayFacts *facts, gsize n, gboolean with_cells)
{
  OverlayLayer *self = g_new0 (OverlayLayer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n = n;
  self->is_string = facts->is_string;
  self->start = g_new0 (guint64, MAX (2 * facts->rank, 1));
  self->count = self->start + facts->rank;
  if (with_cells)
    self->cells = g_new (guint64, n);
  return self;
}

/* Steps an index through a box, the last axis fastest; FALSE at the end. */
static gboolean
step (guint n_axes, const guint64 *count, guint64 *index)
{
  for (guint axis = n_axes; axis-- > 0;)
    {
      if (++index[axis] < count[axis])
        return TRUE;
      index[axis] = 0;
    }
  return FALSE;
}

/* The position of start + index, of which only the first axes are given, in an array. */
static guint64
get_position (guint rank, const guint64 *shape, const guint64 *start, guint n_axes, const guint64 *index)
{
  guint64 flat = 0;

  for (guint i = 0; i < rank; i++)
    flat = flat * shape[i] + start[i] + (i < n_axes ? index[i] : 0);
  return flat;
}

static void
fill_cells (const OverlayFacts *facts, OverlayLayer *self)
{
  guint64 index[ASSAY_MAX_RANK] = { 0 };

  for (gsize i = 0; i < self->n; i++)
    {
      self->cells[i] = get_position (facts->rank, facts->shape, self->start, facts->rank, index);
      step (facts->rank, self->count, index);
    }
}

OverlayLayer *
overlay_layer_new (const OverlayFacts *facts,
                   const guint64      *start,
                   const guint64      *count,
                   GBytes             *bytes,
                   GBytes            **strings)
{
  guint64       n = get_n_in_box (facts->rank, count);
  OverlayLayer *self = make_layer (facts, n, n <= FEW_CELLS);

  if (facts->rank > 0)
    {
      memcpy (self->start, start, facts->rank * sizeof (guint64));
      memcpy (self->count, count, facts->rank * sizeof (guint64));
    }
  if (bytes != NULL)
    {
      self->bytes = g_bytes_ref (bytes);
      self->values = (guint8 *) g_bytes_get_data (bytes, NULL);
    }
  else
    {
      self->values = g_malloc (n * sizeof (GBytes *));
      for (guint64 i = 0; i < n; i++)
        ((GBytes **) self->values)[i] = g_bytes_ref (strings[i]);
    }
  if (self->cells != NULL)
    fill_cells (facts, self);
  return self;
}

OverlayLayer *
overlay_layer_ref (OverlayLayer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
overlay_layer_unref (OverlayLayer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->is_string)
    for (gsize i = 0; i < self->n; i++)
      g_bytes_unref (((GBytes **) self->values)[i]);
  if (self->bytes != NULL)
    g_bytes_unref (self->bytes);
  else
    g_free (self->values);
  g_free (self->cells);
  g_free (self->start);
  g_free (self);
}

/* Makes the box around two boxes. */
static void
join_boxes (guint rank, OverlayLayer *self, const OverlayLayer *a, const OverlayLayer *b)
{
  for (guint i = 0; i < rank; i++)
    {
      self->start[i] = MIN (a->start[i], b->start[i]);
      self->count[i] = MAX (a->start[i] + a->count[i], b->start[i] + b->count[i]) - self->start[i];
    }
}

OverlayLayer *
overlay_layer_merge (const OverlayFacts *facts, const OverlayLayer *older, const OverlayLayer *newer)
{
  OverlayLayer *self = make_layer (facts, older->n + newer->n, TRUE);
  gsize         i = 0, j = 0, n = 0, size = facts->item_size;

  self->values = g_malloc (self->n * size);
  while (i < older->n || j < newer->n)
    {
      gboolean            take_newer = j < newer->n && (i == older->n || newer->cells[j] <= older->cells[i]);
      const OverlayLayer *from = take_newer ? newer : older;
      gsize               at = take_newer ? j++ : i++;

      if (take_newer && i < older->n && older->cells[i] == newer->cells[at])
        i++;
      self->cells[n] = from->cells[at];
      memcpy (self->values + n * size, from->values + at * size, size);
      if (facts->is_string)
        g_bytes_ref (((GBytes **) self->values)[n]);
      n++;
    }
  self->n = n;
  self->cells = g_renew (guint64, self->cells, n);
  self->values = g_realloc (self->values, n * size);
  join_boxes (facts->rank, self, older, newer);
  return self;
}

gboolean
overlay_layer_covers (const OverlayFacts *facts, const OverlayLayer *self, const guint64 *start, const guint64 *count)
{
  if (self->cells != NULL)
    return FALSE;
  for (guint i = 0; i < facts->rank; i++)
    if (start[i] < self->start[i] || start[i] + count[i] > self->start[i] + self->count[i])
      return FALSE;
  return TRUE;
}

/* The box that two boxes have in common; FALSE if there is none. */
static gboolean
intersect (guint          rank,
           const guint64 *start_a,
           const guint64 *count_a,
           const guint64 *start_b,
           const guint64 *count_b,
           guint64       *start,
           guint64       *count)
{
  for (guint i = 0; i < rank; i++)
    {
      guint64 end = MIN (start_a[i] + count_a[i], start_b[i] + count_b[i]);

      start[i] = MAX (start_a[i], start_b[i]);
      if (end <= start[i])
        return FALSE;
      count[i] = end - start[i];
    }
  return TRUE;
}

/* The first cell that isn't before the position. */
static gsize
find_cell (const OverlayLayer *self, guint64 position)
{
  gsize low = 0, high = self->n;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (self->cells[middle] < position)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
overlay_layer_touches (const OverlayFacts *facts, const OverlayLayer *self, guint64 first, guint64 n)
{
  guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK], common_start[ASSAY_MAX_RANK], common_count[ASSAY_MAX_RANK];

  if (self->cells != NULL)
    {
      gsize cell = find_cell (self, first);

      return cell < self->n && self->cells[cell] - first < n;
    }
  while (n > 0)
    {
      guint64 n_box = assay_flat_box (facts->rank, facts->shape, first, n, start, count);

      if (intersect (facts->rank, start, count, self->start, self->count, common_start, common_count))
        return TRUE;
      first += n_box;
      n -= n_box;
    }
  return FALSE;
}

static void
apply_cells (const OverlayFacts *facts, const OverlayLayer *self, const guint64 *start, const guint64 *count, guint8 *out)
{
  guint64 last[ASSAY_MAX_RANK], index[ASSAY_MAX_RANK];
  guint64 end;

  for (guint i = 0; i < facts->rank; i++)
    last[i] = start[i] + count[i] - 1;
  end = assay_shape_flat (facts->rank, facts->shape, last);
  for (gsize cell = find_cell (self, assay_shape_flat (facts->rank, facts->shape, start));
       cell < self->n && self->cells[cell] <= end; cell++)
    {
      guint64 position = 0;
      guint   axis = 0;

      assay_shape_index (facts->rank, facts->shape, self->cells[cell], index);
      for (; axis < facts->rank && index[axis] >= start[axis] && index[axis] <= last[axis]; axis++)
        position = position * count[axis] + index[axis] - start[axis];
      if (axis == facts->rank)
        memcpy (out + position * facts->item_size, self->values + cell * facts->item_size, facts->item_size);
    }
}

static void
apply_box (const OverlayFacts *facts,
           const OverlayLayer *self,
           const guint64      *start,
           const guint64      *count,
           const guint64      *common_start,
           const guint64      *common_count,
           guint8             *out)
{
  guint64 from[ASSAY_MAX_RANK], to[ASSAY_MAX_RANK], index[ASSAY_MAX_RANK] = { 0 };
  guint   n_axes = facts->rank ? facts->rank - 1 : 0;
  gsize   run = (facts->rank ? common_count[n_axes] : 1) * facts->item_size;

  for (guint i = 0; i < facts->rank; i++)
    {
      from[i] = common_start[i] - self->start[i];
      to[i] = common_start[i] - start[i];
    }
  do
    memcpy (out + get_position (facts->rank, count, to, n_axes, index) * facts->item_size,
            self->values + get_position (facts->rank, self->count, from, n_axes, index) * facts->item_size, run);
  while (step (n_axes, common_count, index));
}

void
overlay_layer_apply (const OverlayFacts *facts,
                     const OverlayLayer *self,
                     const guint64      *start,
                     const guint64      *count,
                     void               *out)
{
  guint64 common_start[ASSAY_MAX_RANK], common_count[ASSAY_MAX_RANK];

  if (!intersect (facts->rank, start, count, self->start, self->count, common_start, common_count))
    return;
  if (self->cells != NULL)
    apply_cells (facts, self, start, count, out);
  else
    apply_box (facts, self, start, count, common_start, common_count, out);
}

void
overlay_layer_add_ranges (const OverlayFacts *facts, const OverlayLayer *self, GArray *ranges)
{
  guint64    index[ASSAY_MAX_RANK] = { 0 };
  guint      n_axes = facts->rank;
  AssayRange range = { 0, 1 };

  if (self->cells != NULL)
    {
      for (gsize i = 0; i < self->n; i++)
        {
          range.first = self->cells[i];
          g_array_append_val (ranges, range);
        }
      return;
    }
  /* Axes that the box covers wholly run on into the next. */
  do
    range.n *= n_axes > 0 ? self->count[--n_axes] : 1;
  while (n_axes > 0 && self->count[n_axes] == facts->shape[n_axes]);
  do
    {
      range.first = get_position (facts->rank, facts->shape, self->start, n_axes, index);
      g_array_append_val (ranges, range);
    }
  while (step (n_axes, self->count, index));
}
