/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "overlay-histogram-private.h"

#include "colors-private.h"
#include "histogram-view-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

struct _AssayOverlayHistogram
{
  GtkWidget        parent_instance;
  AssayStatistics *sides[2];
  double           min;
  double           max;
};

G_DEFINE_FINAL_TYPE (AssayOverlayHistogram, assay_overlay_histogram, GTK_TYPE_WIDGET)

/* What is drawn of a side: as many bins as its values allow. */
typedef struct
{
  guint   n;
  double  width; /* of a bin */
  guint64 counts[ASSAY_HISTOGRAM_N_BINS];
} Bins;

/* Values of one only are as wide as a bin of the axis. */
static void
fill_bins (AssayOverlayHistogram *self, const AssayStatistics *s, Bins *bins)
{
  *bins = (Bins){ .n = assay_histogram_choose_n_bins (s->n_finite, ASSAY_HISTOGRAM_N_BINS) };
  bins->width = (s->max > s->min ? s->max - s->min : self->max - self->min) / bins->n;
  for (guint i = 0; i < ASSAY_HISTOGRAM_N_BINS; i++)
    bins->counts[i * bins->n / ASSAY_HISTOGRAM_N_BINS] += s->bins[i];
}

static double
top_density (AssayOverlayHistogram *self)
{
  double top = 0;
  Bins   bins;

  for (int side = 0; side < 2; side++)
    {
      if (self->sides[side] == NULL)
        continue;
      fill_bins (self, self->sides[side], &bins);
      for (guint i = 0; i < bins.n; i++)
        top = MAX (top, (double) bins.counts[i] / bins.width);
    }
  return top;
}

static void
draw_side (AssayOverlayHistogram *self, GtkSnapshot *snapshot, const AssayStatistics *s, double top, double width, double height, const GdkRGBA *color)
{
  double scale = width / (self->max - self->min);
  Bins   bins;

  fill_bins (self, s, &bins);
  for (guint i = 0; i < bins.n; i++)
    {
      double value = s->max > s->min ? s->min + i * bins.width : s->min - bins.width / 2;
      double bar = ceil ((double) bins.counts[i] / bins.width / top * height);
      double left = round ((value - self->min) * scale);
      double right = round ((value + bins.width - self->min) * scale);

      if (bar > 0)
        gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT ((float) left, (float) (height - bar), (float) MAX (right - left, 1), (float) bar));
    }
}

static void
draw_label (AssayOverlayHistogram *self, GtkSnapshot *snapshot, double value, double align, double width, double y, const GdkRGBA *color)
{
  g_autofree char *text = assay_number_text (value, TRUE);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int label_width;

  pango_layout_get_pixel_size (layout, &label_width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) ((width - label_width) * align), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
overlay_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayOverlayHistogram *self = ASSAY_OVERLAY_HISTOGRAM (widget);
  double                 width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget) - 18;
  double                 top;
  AssayColors            colors;
  GdkRGBA                tints[2];

  if ((self->sides[0] == NULL && self->sides[1] == NULL) || height < 8)
    return;
  assay_colors_init (&colors, widget);
  tints[0] = colors.accent;
  gdk_rgba_parse (&tints[1], "#c061cb");
  tints[0].alpha = tints[1].alpha = 0.6f;
  top = top_density (self);
  for (int side = 0; side < 2 && top > 0; side++)
    if (self->sides[side])
      draw_side (self, snapshot, self->sides[side], top, width, height, &tints[side]);
  gtk_snapshot_append_color (snapshot, &colors.line, &GRAPHENE_RECT_INIT (0, (float) height, (float) width, 1));
  draw_label (self, snapshot, self->min, 0, width, height + 2, &colors.dim);
  draw_label (self, snapshot, self->max, 1, width, height + 2, &colors.dim);
}

static void
overlay_histogram_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 80 : 50;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 90;
}

static void
overlay_histogram_finalize (GObject *object)
{
  AssayOverlayHistogram *self = ASSAY_OVERLAY_HISTOGRAM (object);

  for (int side = 0; side < 2; side++)
    g_clear_pointer (&self->sides[side], assay_statistics_free);
  G_OBJECT_CLASS (assay_overlay_histogram_parent_class)->finalize (object);
}

static void
assay_overlay_histogram_class_init (AssayOverlayHistogramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = overlay_histogram_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = overlay_histogram_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = overlay_histogram_measure;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "histogram");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_overlay_histogram_init (AssayOverlayHistogram *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Distributions of A and B"), -1);
}

static void
tell (AssayOverlayHistogram *self)
{
  g_autofree char *low = assay_number_text (self->min, FALSE);
  g_autofree char *high = assay_number_text (self->max, FALSE);
  g_autofree char *text = self->max > self->min ? g_strdup_printf (_ ("from %s to %s"), low, high) : NULL;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : _ ("not known yet"), -1);
}

void
assay_overlay_histogram_set (AssayOverlayHistogram *self, const AssayStatistics *a, const AssayStatistics *b)
{
  const AssayStatistics *const sides[] = { a, b };

  self->min = INFINITY;
  self->max = -INFINITY;
  for (int side = 0; side < 2; side++)
    {
      g_clear_pointer (&self->sides[side], assay_statistics_free);
      if (sides[side] == NULL || sides[side]->n_finite == 0)
        continue;
      self->sides[side] = assay_statistics_copy (sides[side]);
      self->min = MIN (self->min, sides[side]->min);
      self->max = MAX (self->max, sides[side]->max);
    }
  /* All values are one: there is an axis all the same. */
  if (self->min == self->max)
    {
      double room = MAX (fabs (self->min), 1) / 2;

      self->min -= room;
      self->max += room;
    }
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
