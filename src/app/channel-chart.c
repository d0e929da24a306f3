/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "channel-chart-private.h"

#include "colors-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

struct _AssayChannelChart
{
  GtkWidget      parent_instance;
  AssayChannels *channels;
  double         min;
  double         max;
  int            pointed;
};

G_DEFINE_FINAL_TYPE (AssayChannelChart, assay_channel_chart, GTK_TYPE_WIDGET)

static double
y_of (AssayChannelChart *self, double value, double top, double height)
{
  return top + (self->max - value) / (self->max - self->min) * height;
}

static void
draw_channel (AssayChannelChart *self, GtkSnapshot *snapshot, guint i, double step, double top, double height, const AssayColors *colors)
{
  double  low = y_of (self, self->channels->min[i], top, height);
  double  high = y_of (self, self->channels->max[i], top, height);
  double  mean = y_of (self, self->channels->mean[i], top, height);
  double  width = MAX (step - (step >= 4 ? 1 : 0), 1);
  GdkRGBA band = colors->accent;

  if (isnan (self->channels->mean[i]))
    return;
  band.alpha = (int) i == self->pointed ? 0.6f : 0.35f;
  gtk_snapshot_append_color (snapshot, &band, &GRAPHENE_RECT_INIT ((float) (i * step), (float) high, (float) width, (float) MAX (low - high, 1)));
  gtk_snapshot_append_color (snapshot, &colors->text, &GRAPHENE_RECT_INIT ((float) (i * step), (float) mean - 1, (float) width, 2));
}

static void
draw_text (AssayChannelChart *self, GtkSnapshot *snapshot, const char *text, double y, double align, const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width;
  int height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (align * (gtk_widget_get_width (GTK_WIDGET (self)) - width)),
                                                          (float) (y < 0 ? gtk_widget_get_height (GTK_WIDGET (self)) - height : y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_pointed (AssayChannelChart *self, GtkSnapshot *snapshot, const AssayColors *colors)
{
  AssayChannels   *channels = self->channels;
  g_autofree char *min = NULL;
  g_autofree char *mean = NULL;
  g_autofree char *max = NULL;
  g_autofree char *text = NULL;

  if (self->pointed < 0 || self->pointed >= (int) channels->n)
    return;
  min = assay_number_text (channels->min[self->pointed], FALSE);
  mean = assay_number_text (channels->mean[self->pointed], FALSE);
  max = assay_number_text (channels->max[self->pointed], FALSE);
  text = g_strdup_printf (_ ("channel %" PRIu64 ": %s … %s, mean %s"), (guint64) self->pointed * channels->per_group, min, max, mean);
  draw_text (self, snapshot, text, 0, 1, &colors->text);
}

static void
channel_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayChannelChart *self = ASSAY_CHANNEL_CHART (widget);
  double             height = gtk_widget_get_height (widget) - 40;
  AssayColors        colors;
  g_autofree char   *low = NULL;
  g_autofree char   *high = NULL;

  if (self->channels == NULL || self->channels->n == 0)
    return;
  assay_colors_init (&colors, widget);
  for (guint i = 0; i < self->channels->n; i++)
    draw_channel (self, snapshot, i, (double) gtk_widget_get_width (widget) / self->channels->n, 20, height, &colors);
  if (self->min < 0 && self->max > 0)
    gtk_snapshot_append_color (snapshot, &colors.line,
                               &GRAPHENE_RECT_INIT (0, (float) y_of (self, 0, 20, height), gtk_widget_get_width (widget), 1));
  low = assay_number_text (self->min, TRUE);
  high = assay_number_text (self->max, TRUE);
  draw_text (self, snapshot, high, 0, 0, &colors.dim);
  draw_text (self, snapshot, low, -1, 0, &colors.dim);
  draw_pointed (self, snapshot, &colors);
}

static void
channel_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 80 : 100;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 160;
}

static void
motion_cb (AssayChannelChart *self, double x, double y)
{
  self->pointed = self->channels ? (int) (x / MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1) * self->channels->n) : -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
leave_cb (AssayChannelChart *self)
{
  self->pointed = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
channel_chart_dispose (GObject *object)
{
  g_clear_pointer (&ASSAY_CHANNEL_CHART (object)->channels, assay_channels_free);
  G_OBJECT_CLASS (assay_channel_chart_parent_class)->dispose (object);
}

static void
assay_channel_chart_class_init (AssayChannelChartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = channel_chart_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = channel_chart_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = channel_chart_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_channel_chart_init (AssayChannelChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->pointed = -1;
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Values by channel"), -1);
}

void
assay_channel_chart_take (AssayChannelChart *self, AssayChannels *channels)
{
  g_clear_pointer (&self->channels, assay_channels_free);
  self->channels = channels;
  self->min = INFINITY;
  self->max = -INFINITY;
  for (guint i = 0; channels && i < channels->n; i++)
    if (!isnan (channels->mean[i]))
      {
        self->min = MIN (self->min, channels->min[i]);
        self->max = MAX (self->max, channels->max[i]);
      }
  if (self->max == self->min)
    self->max = self->min + 1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
