/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "histogram-view-private.h"

#include "colors-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define MAX_BINS 256

/* Bins that a histogram in a row of the tree has room for. */
#define SMALL_N_BINS 32

struct _AssayHistogramView
{
  GtkWidget  parent_instance;
  gboolean   small;
  guint      n_bins;
  guint64    bins[MAX_BINS];
  double     edges[MAX_BINS + 1];
  AssayScale scale;
  int        pointed; /* the bin under the pointer, or -1 */
};

G_DEFINE_FINAL_TYPE (AssayHistogramView, assay_histogram_view, GTK_TYPE_WIDGET)

static double
height_of (AssayHistogramView *self, guint64 count)
{
  return self->scale == ASSAY_SCALE_LOG ? log1p ((double) count) : (double) count;
}

static void
draw_bars (AssayHistogramView *self, GtkSnapshot *snapshot, double x, double width, double height, const AssayColors *colors)
{
  double step = width / self->n_bins;
  double gap = step >= 3 ? 1 : 0;
  double top = 0;

  for (guint i = 0; i < self->n_bins; i++)
    top = MAX (top, height_of (self, self->bins[i]));
  for (guint i = 0; i < self->n_bins && top > 0; i++)
    {
      /* Whole pixels, or bars that are alike look unlike. */
      double  left = round (x + i * step);
      double  right = round (x + (i + 1) * step);
      double  bar = ceil (height_of (self, self->bins[i]) / top * height);
      GdkRGBA color = colors->accent;

      color.alpha = (int) i == self->pointed ? 0.6f : 1;
      if (bar > 0)
        gtk_snapshot_append_color (snapshot, &color,
                                   &GRAPHENE_RECT_INIT ((float) left, (float) (height - bar), (float) MAX (right - left - gap, 1), (float) bar));
    }
}

static int
draw_label (AssayHistogramView *self, GtkSnapshot *snapshot, const char *text, double x, double y, double align, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width;
  int height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) CLAMP (x - align * width, 0, MAX (0, gtk_widget_get_width (GTK_WIDGET (self)) - width)), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
  return width;
}

/* Where a value stands on the axis, 0 to 1; bins may be unequal. */
static double
place_of (AssayHistogramView *self, double value)
{
  for (guint i = 0; i < self->n_bins; i++)
    if (value <= self->edges[i + 1])
      return (i + (value - self->edges[i]) / (self->edges[i + 1] - self->edges[i])) / self->n_bins;
  return 1;
}

static void
draw_axis (AssayHistogramView *self, GtkSnapshot *snapshot, double width, double y, const AssayColors *colors)
{
  double           first = self->edges[0];
  double           last = self->edges[self->n_bins];
  g_autofree char *low = assay_number_text (first, TRUE);
  g_autofree char *high = assay_number_text (last, TRUE);
  double           zero;

  gtk_snapshot_append_color (snapshot, &colors->line, &GRAPHENE_RECT_INIT (0, (float) y, (float) width, 1));
  draw_label (self, snapshot, low, 0, y + 2, 0, &colors->dim);
  draw_label (self, snapshot, high, width, y + 2, 1, &colors->dim);
  if (first >= 0 || last <= 0)
    return;
  zero = place_of (self, 0);
  if (zero > 0.2 && zero < 0.8)
    draw_label (self, snapshot, "0", zero * width, y + 2, 0.5, &colors->dim);
}

static void
draw_pointed (AssayHistogramView *self, GtkSnapshot *snapshot, double width, const AssayColors *colors)
{
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  if (self->pointed < 0 || self->pointed >= (int) self->n_bins)
    return;
  low = assay_number_text (self->edges[self->pointed], FALSE);
  high = assay_number_text (self->edges[self->pointed + 1], FALSE);
  count = assay_count_text (self->bins[self->pointed]);
  text = g_strdup_printf (_ ("%s … %s: %s values"), low, high, count);
  draw_label (self, snapshot, text, width, 0, 1, &colors->text);
}

static void
histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayHistogramView *self = ASSAY_HISTOGRAM_VIEW (widget);
  double              width = gtk_widget_get_width (widget);
  double              height = gtk_widget_get_height (widget);
  g_autoptr (PangoLayout) layout = NULL;
  AssayColors colors;
  int         line = 0;

  if (self->n_bins == 0)
    return;
  assay_colors_init (&colors, widget);
  if (!self->small)
    {
      layout = gtk_widget_create_pango_layout (widget, "0");
      pango_layout_get_pixel_size (layout, NULL, &line);
      draw_axis (self, snapshot, width, height - line - 3, &colors);
      line += 3;
    }
  draw_bars (self, snapshot, 0, width, height - line, &colors);
  draw_pointed (self, snapshot, width, &colors);
}

static void
histogram_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  AssayHistogramView *self = ASSAY_HISTOGRAM_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = self->small ? 24 : 80;
      *natural = self->small ? 56 : 300;
    }
  else
    {
      *minimum = self->small ? 16 : 60;
      *natural = self->small ? 18 : 120;
    }
}

static void
motion_cb (AssayHistogramView *self, double x, double y)
{
  int pointed = (int) (x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->n_bins);

  if (pointed == self->pointed)
    return;
  self->pointed = pointed;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (AssayHistogramView *self)
{
  self->pointed = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
assay_histogram_view_class_init (AssayHistogramViewClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = histogram_view_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = histogram_view_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "histogram");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_histogram_view_init (AssayHistogramView *self)
{
  self->pointed = -1;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Histogram"), -1);
}

GtkWidget *
assay_histogram_view_new (gboolean small)
{
  AssayHistogramView *self = g_object_new (ASSAY_TYPE_HISTOGRAM_VIEW, NULL);
  GtkEventController *motion;

  self->small = small;
  if (small)
    return GTK_WIDGET (self);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  return GTK_WIDGET (self);
}

void
assay_histogram_view_set_bins (AssayHistogramView *self, const guint64 *bins, guint n_bins, const double *edges)
{
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (n_bins <= MAX_BINS);
  self->n_bins = n_bins;
  if (n_bins)
    {
      memcpy (self->bins, bins, n_bins * sizeof (guint64));
      memcpy (self->edges, edges, (n_bins + 1) * sizeof (double));
      low = assay_number_text (edges[0], FALSE);
      high = assay_number_text (edges[n_bins], FALSE);
      text = g_strdup_printf (_ ("from %s to %s"), low, high);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : _ ("not known yet"), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
assay_histogram_choose_n_bins (guint64 n_values, guint most)
{
  guint n = 4;

  while (n < most && n < 2 * cbrt ((double) n_values))
    n *= 2;
  return n;
}

void
assay_histogram_view_set_statistics (AssayHistogramView *self, const AssayStatistics *statistics)
{
  guint64 bins[ASSAY_HISTOGRAM_N_BINS] = { 0 };
  double  edges[ASSAY_HISTOGRAM_N_BINS + 1];
  guint   n;

  if (statistics == NULL || statistics->n_finite == 0)
    {
      assay_histogram_view_set_bins (self, NULL, 0, NULL);
      return;
    }
  n = assay_histogram_choose_n_bins (statistics->n_finite, self->small ? SMALL_N_BINS : ASSAY_HISTOGRAM_N_BINS);
  for (guint i = 0; i < ASSAY_HISTOGRAM_N_BINS; i++)
    bins[i * n / ASSAY_HISTOGRAM_N_BINS] += statistics->bins[i];
  for (guint i = 0; i <= n; i++)
    edges[i] = statistics->min + (statistics->max - statistics->min) * i / n;
  assay_histogram_view_set_bins (self, bins, n, edges);
}

void
assay_histogram_view_set_scale (AssayHistogramView *self, AssayScale scale)
{
  self->scale = scale;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
