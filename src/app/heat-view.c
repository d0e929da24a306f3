/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "heat-view-private.h"

#include "color-bar-private.h"
#include "facts-private.h"
#include "heat-map-private.h"
#include "histogram-view-private.h"
#include "picture-export-private.h"
#include "settings-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

/* Places of the range chooser, as in the setting "heat-range". */
enum
{
  RANGE_ALL,
  RANGE_QUANTILE,
  RANGE_TYPED,
};

struct _AssayHeatView
{
  GtkWidget           parent_instance;
  GtkWidget          *range_box;
  GtkWidget          *zoom_box;
  GtkDropDown        *range;
  GtkEntry           *bound;
  AssayHeatMap       *map;
  AssayColorBar      *bar;
  GtkBox             *histogram_box;
  AssayHistogramView *histogram;
  GtkDropDown        *scale;
  GtkGrid            *facts;
  AssayNode          *node;
};

G_DEFINE_FINAL_TYPE (AssayHeatView, assay_heat_view, GTK_TYPE_WIDGET)

static void
update_bar (AssayHeatView *self)
{
  assay_color_bar_set_bound (self->bar, assay_heat_map_get_bound (self->map));
}

/* 0 leaves it to the heat map, which takes the largest that it has seen. */
static double
chosen_bound (AssayHeatView *self)
{
  const AssayStatistics *statistics = self->node ? assay_node_get_statistics (self->node) : NULL;
  double                 typed = g_ascii_strtod (gtk_editable_get_text (GTK_EDITABLE (self->bound)), NULL);

  switch (gtk_drop_down_get_selected (self->range))
    {
    case RANGE_TYPED:
      return isfinite (typed) && typed > 0 ? typed : 0;
    case RANGE_QUANTILE:
      return statistics && statistics->n_finite ? MAX (fabs (statistics->quantiles[0]), fabs (statistics->quantiles[6])) : 0;
    default:
      return statistics && statistics->n_finite ? MAX (fabs (statistics->min), fabs (statistics->max)) : 0;
    }
}

static void
range_changed_cb (AssayHeatView *self)
{
  guint chosen = gtk_drop_down_get_selected (self->range);

  gtk_widget_set_visible (GTK_WIDGET (self->bound), chosen == RANGE_TYPED);
  assay_heat_map_set_bound (self->map, chosen_bound (self));
  update_bar (self);
  if (assay_settings_get_choice ("heat-range") != (int) chosen)
    assay_settings_set_choice ("heat-range", (int) chosen);
}

static void
scale_changed_cb (AssayHeatView *self)
{
  assay_histogram_view_set_scale (self->histogram, gtk_drop_down_get_selected (self->scale));
}

static void
statistics_cb (AssayHeatView *self)
{
  const AssayStatistics *statistics = assay_node_get_statistics (self->node);

  assay_histogram_view_set_statistics (self->histogram, statistics);
  assay_facts_fill (self->facts, statistics, FALSE);
  range_changed_cb (self);
}

static void
zoom_in_cb (AssayHeatView *self)
{
  assay_heat_map_zoom (self->map, 1.5);
}

static void
zoom_out_cb (AssayHeatView *self)
{
  assay_heat_map_zoom (self->map, 1 / 1.5);
}

static void
fit_cb (AssayHeatView *self)
{
  assay_heat_map_fit (self->map);
}

static void
set_node (AssayHeatView *self, AssayNode *node)
{
  if (self->node == node)
    return;
  if (self->node)
    g_signal_handlers_disconnect_by_func (self->node, statistics_cb, self);
  g_set_object (&self->node, node);
  if (node)
    g_signal_connect_object (node, "notify::statistics", G_CALLBACK (statistics_cb), self, G_CONNECT_SWAPPED);
}

static void
heat_view_dispose (GObject *object)
{
  GtkWidget *child;

  set_node (ASSAY_HEAT_VIEW (object), NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_heat_view_parent_class)->dispose (object);
}

static void
assay_heat_view_class_init (AssayHeatViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_COLOR_BAR);
  g_type_ensure (ASSAY_TYPE_HEAT_MAP);
  G_OBJECT_CLASS (klass)->dispose = heat_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/heat-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, range_box);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, zoom_box);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, range);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, bound);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, map);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, bar);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, histogram_box);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, scale);
  gtk_widget_class_bind_template_child (widget_class, AssayHeatView, facts);
  gtk_widget_class_bind_template_callback (widget_class, range_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, scale_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_bar);
  gtk_widget_class_bind_template_callback (widget_class, zoom_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoom_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, fit_cb);
}

static void
assay_heat_view_init (AssayHeatView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->histogram = ASSAY_HISTOGRAM_VIEW (assay_histogram_view_new (FALSE));
  gtk_widget_set_vexpand (GTK_WIDGET (self->histogram), TRUE);
  gtk_box_append (self->histogram_box, GTK_WIDGET (self->histogram));
  gtk_drop_down_set_selected (self->range, (guint) assay_settings_get_choice ("heat-range"));
  gtk_widget_set_visible (GTK_WIDGET (self->bound), gtk_drop_down_get_selected (self->range) == RANGE_TYPED);
}

void
assay_heat_view_look (AssayHeatView *self, const AssayLook *look, AssayLookChange change)
{
  set_node (self, look->node);
  assay_document_want_statistics (look->document, look->node);
  assay_heat_map_set (self->map, look->source, &look->slice, change == ASSAY_LOOK_EDITED);
  statistics_cb (self);
}

void
assay_heat_view_export (AssayHeatView *self)
{
  GdkTexture *texture = assay_heat_map_get_texture (self->map);

  if (texture && self->node)
    assay_picture_export (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), texture, assay_node_get_name (self->node),
                          assay_heat_map_get_bound (self->map));
}

static void
move_into (GtkWidget *widget, GtkBox *box)
{
  g_object_ref (widget);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (widget)), widget);
  gtk_box_append (box, widget);
  g_object_unref (widget);
}

void
assay_heat_view_place_controls (AssayHeatView *self, GtkBox *range_place, GtkBox *zoom_place)
{
  move_into (self->range_box, range_place);
  move_into (self->zoom_box, zoom_place);
}

void
assay_heat_view_show_controls (AssayHeatView *self, gboolean visible)
{
  gtk_widget_set_visible (self->range_box, visible);
  gtk_widget_set_visible (self->zoom_box, visible);
}
