/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/plot.h>

#include <assay/error.h>
#include <assay/pyramid.h>
#include <assay/statistics.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MOST_PIXELS 1024
#define MARGIN 16
#define HEAD 28
#define BAR 90
#define WIDTH 640
#define HEIGHT 360

typedef struct
{
  cairo_surface_t *surface;
  cairo_t         *cr;
  const char      *path;
  gboolean         is_svg;
} Canvas;

static void
open_canvas (Canvas *canvas, const char *path, double width, double height, const char *title)
{
  canvas->path = path;
  canvas->is_svg = g_str_has_suffix (path, ".svg");
  canvas->surface = canvas->is_svg ? cairo_svg_surface_create (path, width, height)
                                   : cairo_image_surface_create (CAIRO_FORMAT_RGB24, ceil (width), ceil (height));
  canvas->cr = cairo_create (canvas->surface);
  cairo_set_source_rgb (canvas->cr, 1, 1, 1);
  cairo_paint (canvas->cr);
  cairo_set_source_rgb (canvas->cr, 0.15, 0.15, 0.15);
  cairo_select_font_face (canvas->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (canvas->cr, 12);
  cairo_move_to (canvas->cr, MARGIN, HEAD - 8);
  cairo_show_text (canvas->cr, title);
}

static gboolean
close_canvas (Canvas *canvas, GError **error)
{
  cairo_status_t status;

  cairo_destroy (canvas->cr);
  if (canvas->is_svg)
    cairo_surface_finish (canvas->surface);
  status = canvas->is_svg ? cairo_surface_status (canvas->surface) : cairo_surface_write_to_png (canvas->surface, canvas->path);
  cairo_surface_destroy (canvas->surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("Can’t write “%s”: %s"), canvas->path, cairo_status_to_string (status));
  return FALSE;
}

/* Blue below zero, red above, nearly white at it: -1 to 1. */
static void
set_color (cairo_t *cr, double value)
{
  static const double ends[2][3] = { { 0.13, 0.40, 0.67 }, { 0.70, 0.09, 0.17 } };
  const double       *end = ends[value > 0];
  double              amount = fmin (fabs (value), 1);

  if (isnan (value))
    cairo_set_source_rgb (cr, 0.8, 0, 0.8);
  else
    cairo_set_source_rgb (cr, 0.97 + (end[0] - 0.97) * amount, 0.97 + (end[1] - 0.97) * amount, 0.97 + (end[2] - 0.97) * amount);
}

static void
draw_bar (cairo_t *cr, double x, double y, double height, double bound)
{
  g_autofree char *top = g_strdup_printf ("%.4g", bound), *bottom = g_strdup_printf ("%.4g", -bound);

  for (int i = 0; i < 64; i++)
    {
      set_color (cr, 1 - i / 31.5);
      cairo_rectangle (cr, x, y + height * i / 64, 14, height / 64 + 1);
      cairo_fill (cr);
    }
  cairo_set_source_rgb (cr, 0.3, 0.3, 0.3);
  cairo_move_to (cr, x + 18, y + 10);
  cairo_show_text (cr, top);
  cairo_move_to (cr, x + 18, y + height);
  cairo_show_text (cr, bottom);
}

/* What each pixel shows: the value farthest from zero of those it covers. */
static float *
sample (AssaySource *source, guint *width, guint *height, AssayJob *job, GError **error)
{
  guint   rank = assay_source_get_rank (source);
  guint64 index[ASSAY_MAX_RANK] = { 0 };
  /* A vector is one column, a scalar one cell. */
  g_autoptr (AssayPyramid) pyramid = assay_pyramid_new (source, rank > 1 ? rank - 2 : rank == 1 ? 0
                                                                                                : G_MAXUINT,
                                                        rank > 1 ? rank - 1 : G_MAXUINT, index);
  AssayPyramidView   view = { 0 };
  g_autofree float  *min = NULL, *max = NULL;
  g_autofree guint8 *flags = NULL;
  gsize              n;

  view.n_rows = assay_pyramid_get_n_rows (pyramid);
  view.n_columns = assay_pyramid_get_n_columns (pyramid);
  view.width = *width = MIN (view.n_columns, MOST_PIXELS);
  view.height = *height = MIN (view.n_rows, MOST_PIXELS);
  n = (gsize) view.width * view.height;
  min = g_new (float, n);
  max = g_new (float, n);
  flags = g_new (guint8, n);
  if (!assay_pyramid_refine (pyramid, &view, 0, job, NULL, NULL, error))
    return NULL;
  assay_pyramid_sample (pyramid, &view, min, max, flags);
  for (gsize i = 0; i < n; i++)
    {
      if (fabsf (max[i]) > fabsf (min[i]))
        min[i] = max[i];
      if (flags[i] & ASSAY_PIXEL_NAN)
        min[i] = NAN;
    }
  return g_steal_pointer (&min);
}

static gboolean
write_heat_map (AssaySource *source, const char *title, const char *path, AssayJob *job, GError **error)
{
  guint             width, height;
  g_autofree float *values = sample (source, &width, &height, job, error);
  double            bound = 0, cell;
  Canvas            canvas;

  if (values == NULL)
    return FALSE;
  for (gsize i = 0; i < (gsize) width * height; i++)
    if (isfinite (values[i]))
      bound = fmax (bound, fabs (values[i]));
  cell = fmax (floor (512.0 / MAX (width, height)), 1);
  open_canvas (&canvas, path, MAX (width * cell, 160) + 2 * MARGIN + BAR, MAX (height * cell, 64) + HEAD + MARGIN, title);
  cairo_set_antialias (canvas.cr, CAIRO_ANTIALIAS_NONE);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        set_color (canvas.cr, bound > 0 ? values[(gsize) y * width + x] / bound : values[(gsize) y * width + x]);
        cairo_rectangle (canvas.cr, MARGIN + x * cell, HEAD + y * cell, cell, cell);
        cairo_fill (canvas.cr);
      }
  draw_bar (canvas.cr, MAX (width * cell, 160) + 2 * MARGIN, HEAD, MAX (height * cell, 64), bound);
  return close_canvas (&canvas, error);
}

static gboolean
write_histogram (AssaySource *source, const char *title, const char *path, AssayJob *job, GError **error)
{
  g_autoptr (AssayStatistics) s = assay_statistics_compute (source, 0, job, error);
  g_autofree char *low = NULL, *high = NULL;
  guint64          most = 1;
  Canvas           canvas;
  double           step = (WIDTH - 2.0 * MARGIN) / ASSAY_HISTOGRAM_N_BINS, base = HEIGHT - 2 * MARGIN;

  if (s == NULL)
    return FALSE;
  for (guint i = 0; i < ASSAY_HISTOGRAM_N_BINS; i++)
    most = MAX (most, s->bins[i]);
  open_canvas (&canvas, path, WIDTH, HEIGHT, title);
  cairo_set_source_rgb (canvas.cr, 0.21, 0.52, 0.89);
  for (guint i = 0; i < ASSAY_HISTOGRAM_N_BINS; i++)
    {
      double tall = (base - HEAD) * s->bins[i] / most;

      cairo_rectangle (canvas.cr, MARGIN + i * step, base - tall, step - 1, tall);
      cairo_fill (canvas.cr);
    }
  low = g_strdup_printf ("%.4g", s->min);
  high = g_strdup_printf ("%.4g", s->max);
  cairo_set_source_rgb (canvas.cr, 0.3, 0.3, 0.3);
  cairo_move_to (canvas.cr, MARGIN, base + 16);
  cairo_show_text (canvas.cr, low);
  cairo_move_to (canvas.cr, WIDTH - MARGIN - 48, base + 16);
  cairo_show_text (canvas.cr, high);
  return close_canvas (&canvas, error);
}

gboolean
assay_plot_write (AssaySource *source, AssayPlotKind kind, const char *title, const char *path, AssayJob *job, GError **error)
{
  if (!assay_dtype_is_numeric (assay_source_get_dtype (source)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be drawn"), assay_source_get_dtype_name (source));
      return FALSE;
    }
  if (assay_source_get_n_elements (source) == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("There are no values to draw"));
      return FALSE;
    }
  return (kind == ASSAY_PLOT_HISTOGRAM ? write_histogram : write_heat_map) (source, title, path, job, error);
}
