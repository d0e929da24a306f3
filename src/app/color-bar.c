/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "color-bar-private.h"

#include "colors-private.h"
#include "heat-colors-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

struct _AssayColorBar
{
  GtkWidget   parent_instance;
  double      bound;
  GdkTexture *texture;
};

G_DEFINE_FINAL_TYPE (AssayColorBar, assay_color_bar, GTK_TYPE_WIDGET)

static GdkTexture *
make_texture (void)
{
  guint32 colors[256];
  g_autoptr (GBytes) bytes = NULL;

  for (int i = 0; i < 256; i++)
    colors[i] = assay_heat_color (127.5 - i, 127.5);
  bytes = g_bytes_new (colors, sizeof colors);
  return gdk_memory_texture_new (1, 256, GDK_MEMORY_R8G8B8A8, bytes, 4);
}

static double
draw_label (AssayColorBar *self, GtkSnapshot *snapshot, double value, double y, const GdkRGBA *color)
{
  g_autofree char *text = assay_number_text (value, TRUE);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width;
  int height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((gtk_widget_get_width (GTK_WIDGET (self)) - width) / 2.0f,
                                                          (float) (y < 0 ? gtk_widget_get_height (GTK_WIDGET (self)) - height : y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
  return height;
}

static void
color_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayColorBar *self = ASSAY_COLOR_BAR (widget);
  AssayColors    colors;
  double         height;
  GskRoundedRect outline;

  if (self->bound <= 0)
    return;
  assay_colors_init (&colors, widget);
  height = draw_label (self, snapshot, self->bound, 0, &colors.dim);
  draw_label (self, snapshot, -self->bound, -1, &colors.dim);
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT (gtk_widget_get_width (widget) / 2.0f - 8, (float) height + 2, 16,
                                                        gtk_widget_get_height (widget) - 2 * (float) height - 4),
                                   3);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_texture (snapshot, self->texture, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
color_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "−0.00e−00");
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MAX (width, 56) : 60;
}

static void
color_bar_dispose (GObject *object)
{
  g_clear_object (&ASSAY_COLOR_BAR (object)->texture);
  G_OBJECT_CLASS (assay_color_bar_parent_class)->dispose (object);
}

static void
assay_color_bar_class_init (AssayColorBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = color_bar_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = color_bar_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = color_bar_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_color_bar_init (AssayColorBar *self)
{
  self->texture = make_texture ();
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Colour scale"), -1);
}

void
assay_color_bar_set_bound (AssayColorBar *self, double bound)
{
  g_autofree char *low = assay_number_text (-bound, TRUE);
  g_autofree char *high = assay_number_text (bound, TRUE);
  g_autofree char *text = g_strdup_printf (_ ("from %s, blue, to %s, red"), low, high);

  self->bound = bound;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
