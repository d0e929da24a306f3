/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* GtkScrollable for widgets that draw only what is seen: keeps the adjustments in step with content and allocation. */

#include "scroll-area-private.h"

typedef struct
{
  GtkAdjustment      *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
  double              content[2];
  double              step[2];
  int                 header[2];
} AssayScrollAreaPrivate;

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (AssayScrollArea, assay_scroll_area, GTK_TYPE_WIDGET, G_ADD_PRIVATE (AssayScrollArea) G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static void
value_changed_cb (AssayScrollArea *self)
{
  AssayScrollAreaClass *klass = ASSAY_SCROLL_AREA_GET_CLASS (self);

  if (klass->scrolled)
    klass->scrolled (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
configure (AssayScrollArea *self)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);
  int                     room[2] = { gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)) };

  for (int i = 0; i < 2; i++)
    {
      double page = MAX (room[i] - priv->header[i], 0);
      double upper = MAX (priv->content[i], page);

      if (priv->adjustments[i])
        gtk_adjustment_configure (priv->adjustments[i], CLAMP (gtk_adjustment_get_value (priv->adjustments[i]), 0, upper - page),
                                  0, upper, priv->step[i], MAX (page - priv->step[i], priv->step[i]), page);
    }
}

static void
set_adjustment (AssayScrollArea *self, int which, GtkAdjustment *adjustment)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  if (adjustment && adjustment == priv->adjustments[which])
    return;
  if (priv->adjustments[which])
    g_signal_handlers_disconnect_by_func (priv->adjustments[which], value_changed_cb, self);
  g_clear_object (&priv->adjustments[which]);
  priv->adjustments[which] = g_object_ref_sink (adjustment ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (priv->adjustments[which], "value-changed", G_CALLBACK (value_changed_cb), self);
  configure (self);
}

static void
scroll_area_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (ASSAY_SCROLL_AREA (object));

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    g_value_set_object (value, priv->adjustments[id - PROP_HADJUSTMENT]);
  else
    g_value_set_enum (value, priv->policies[id - PROP_HSCROLL_POLICY]);
}

static void
scroll_area_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AssayScrollArea        *self = ASSAY_SCROLL_AREA (object);
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  if (id == PROP_HADJUSTMENT || id == PROP_VADJUSTMENT)
    set_adjustment (self, id - PROP_HADJUSTMENT, g_value_get_object (value));
  else
    priv->policies[id - PROP_HSCROLL_POLICY] = g_value_get_enum (value);
}

static void
scroll_area_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  configure (ASSAY_SCROLL_AREA (widget));
}

static void
scroll_area_dispose (GObject *object)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (ASSAY_SCROLL_AREA (object));

  for (int i = 0; i < 2; i++)
    {
      if (priv->adjustments[i])
        g_signal_handlers_disconnect_by_func (priv->adjustments[i], value_changed_cb, object);
      g_clear_object (&priv->adjustments[i]);
    }
  G_OBJECT_CLASS (assay_scroll_area_parent_class)->dispose (object);
}

static void
assay_scroll_area_class_init (AssayScrollAreaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = scroll_area_dispose;
  object_class->get_property = scroll_area_get_property;
  object_class->set_property = scroll_area_set_property;
  GTK_WIDGET_CLASS (klass)->size_allocate = scroll_area_size_allocate;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
}

static void
assay_scroll_area_init (AssayScrollArea *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  set_adjustment (self, 0, NULL);
  set_adjustment (self, 1, NULL);
}

void
assay_scroll_area_set_content (AssayScrollArea *self,
                               double           width,
                               double           height,
                               double           step_x,
                               double           step_y,
                               int              header_x,
                               int              header_y)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  priv->content[0] = width;
  priv->content[1] = height;
  priv->step[0] = step_x;
  priv->step[1] = step_y;
  priv->header[0] = header_x;
  priv->header[1] = header_y;
  configure (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
assay_scroll_area_get_x (AssayScrollArea *self)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  return gtk_adjustment_get_value (priv->adjustments[0]);
}

double
assay_scroll_area_get_y (AssayScrollArea *self)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  return gtk_adjustment_get_value (priv->adjustments[1]);
}

void
assay_scroll_area_scroll_to (AssayScrollArea *self, double x, double y, double width, double height)
{
  AssayScrollAreaPrivate *priv = assay_scroll_area_get_instance_private (self);

  gtk_adjustment_clamp_page (priv->adjustments[0], x, x + width);
  gtk_adjustment_clamp_page (priv->adjustments[1], y, y + height);
}
