/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "channel-paint-private.h"

#include "heat-colors-private.h"

#include <assay/convert.h>
#include <math.h>

/* Values are read so many bytes at a time. */
#define STRIPE (4 << 20)

void
assay_channel_paint_free (gpointer data)
{
  AssayChannelPaint *self = data;

  g_object_unref (self->source);
  g_free (self->min);
  g_free (self->max);
  g_free (self);
}

static guint64
n_blocks (const AssayChannelPaint *self, guint axis)
{
  return (assay_source_get_shape (self->source)[axis] + self->block - 1) / self->block;
}

static void
take_value (AssayChannelPaint *self, guint channel, double value, double *pixel)
{
  if (value < self->min[channel])
    self->min[channel] = value;
  if (value > self->max[channel])
    self->max[channel] = value;
  if (isnan (value) || fabs (value) > fabs (*pixel))
    *pixel = value;
}

/* @numbers: [n_rows, width, n]; @pixels: [n, height / block, width / block] */
static void
take_stripe (AssayChannelPaint *self, const double *numbers, guint64 y, guint64 n_rows, double *pixels)
{
  guint64 width = assay_source_get_shape (self->source)[2], tile_width = n_blocks (self, 2), tile = n_blocks (self, 1) * tile_width;

  for (guint64 row = 0; row < n_rows; row++)
    for (guint64 x = 0; x < width; x++)
      for (guint c = 0; c < self->n; c++)
        take_value (self, c, numbers[(row * width + x) * self->n + c],
                    &pixels[c * tile + (y + row) / self->block * tile_width + x / self->block]);
}

static double *
read_pixels (AssayChannelPaint *self, GCancellable *cancellable)
{
  const guint64     *shape = assay_source_get_shape (self->source);
  gsize              item = assay_source_get_item_size (self->source);
  guint64            at_once = CLAMP (STRIPE / MAX (shape[2] * self->n * sizeof (double), 1), 1, shape[1]);
  g_autofree double *pixels = g_new0 (double, n_blocks (self, 1) * n_blocks (self, 2) * self->n);
  g_autofree double *numbers = g_new (double, at_once *shape[2] * self->n);
  g_autofree guint8 *values = g_malloc (at_once * shape[2] * self->n * item);

  for (guint64 y = 0; y < shape[1]; y += at_once)
    {
      guint64 n_rows = MIN (at_once, shape[1] - y);

      if (!assay_source_read (self->source, (guint64[]){ self->sample, y, 0, self->first }, (guint64[]){ 1, n_rows, shape[2], self->n }, values, cancellable, NULL))
        return NULL;
      assay_convert_to_double (assay_source_get_dtype (self->source), values, numbers, n_rows * shape[2] * self->n);
      take_stripe (self, numbers, y, n_rows, pixels);
    }
  return g_steal_pointer (&pixels);
}

static void
paint_channel (const AssayChannelPaint *self, guint channel, const double *pixels, guint32 *out, gsize width)
{
  guint64 tile_width = n_blocks (self, 2), tile_height = n_blocks (self, 1);
  gsize   left = (gsize) (channel % self->n_columns) * self->step_x, top = (gsize) (channel / self->n_columns) * self->step_y;

  for (guint64 y = 0; y < tile_height * self->zoom; y++)
    for (guint64 x = 0; x < tile_width * self->zoom; x++)
      out[(top + y) * width + left + x] = assay_heat_color (pixels[y / self->zoom * tile_width + x / self->zoom], self->bound);
}

GdkTexture *
assay_channel_paint (AssayChannelPaint *self, GCancellable *cancellable)
{
  gsize              width = (gsize) self->n_columns * self->step_x, height = (gsize) ((self->n + self->n_columns - 1) / self->n_columns) * self->step_y;
  guint64            tile = n_blocks (self, 1) * n_blocks (self, 2);
  g_autofree double *pixels = NULL;
  guint32           *out;
  g_autoptr (GBytes) bytes = NULL;

  self->min = g_new (double, self->n);
  self->max = g_new (double, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      self->min[i] = INFINITY;
      self->max[i] = -INFINITY;
    }
  pixels = read_pixels (self, cancellable);
  if (pixels == NULL)
    return NULL;
  out = g_new0 (guint32, width * height);
  for (guint i = 0; i < self->n; i++)
    paint_channel (self, i, pixels + i * tile, out, width);
  bytes = g_bytes_new_take (out, width * height * sizeof (guint32));
  return gdk_memory_texture_new ((int) width, (int) height, GDK_MEMORY_R8G8B8A8, bytes, width * 4);
}
