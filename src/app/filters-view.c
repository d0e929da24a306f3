/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "filters-view-private.h"

#include "filter-grid-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

struct _AssayFiltersView
{
  GtkWidget        parent_instance;
  AssayFilterGrid *grid;
  GtkLabel        *label;
  AssayNode       *node;
  AssaySource     *source;
  AssayKernelAxes  axes;
};

G_DEFINE_FINAL_TYPE (AssayFiltersView, assay_filters_view, GTK_TYPE_WIDGET)

static void
selected_cb (AssayFiltersView *self)
{
  guint64          in;
  guint64          out;
  g_autofree char *n_in = NULL;
  g_autofree char *n_out = NULL;
  g_autofree char *text = NULL;

  assay_filter_grid_get_selected (self->grid, &in, &out);
  n_in = assay_count_text (assay_source_get_shape (self->source)[self->axes.in]);
  n_out = assay_count_text (assay_source_get_shape (self->source)[self->axes.out]);
  text = g_strdup_printf (_ ("input %" PRIu64 " of %s (down), output %" PRIu64 " of %s (across)"), in, n_in, out, n_out);
  gtk_label_set_text (self->label, text);
}

static void
update (AssayFiltersView *self)
{
  const AssayStatistics *statistics = assay_node_get_statistics (self->node);
  double                 bound = statistics && statistics->n_finite ? MAX (fabs (statistics->min), fabs (statistics->max)) : 0;

  assay_filter_grid_set (self->grid, self->source, &self->axes, bound);
  selected_cb (self);
}

static void
set_node (AssayFiltersView *self, AssayNode *node)
{
  if (self->node == node)
    return;
  if (self->node)
    g_signal_handlers_disconnect_by_func (self->node, update, self);
  g_set_object (&self->node, node);
  if (node)
    g_signal_connect_object (node, "notify::statistics", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static void
filters_view_dispose (GObject *object)
{
  AssayFiltersView *self = ASSAY_FILTERS_VIEW (object);
  GtkWidget        *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  set_node (self, NULL);
  g_clear_object (&self->source);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_filters_view_parent_class)->dispose (object);
}

static void
assay_filters_view_class_init (AssayFiltersViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = filters_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_filters_view_init (AssayFiltersView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->grid = g_object_new (ASSAY_TYPE_FILTER_GRID, NULL);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->grid));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_set_focusable (scrolled, FALSE);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  g_signal_connect_swapped (self->grid, "selected", G_CALLBACK (selected_cb), self);
}

void
assay_filters_view_look (AssayFiltersView *self, const AssayLook *look, AssayLookChange change)
{
  g_set_object (&self->source, look->source);
  assay_kernel_axes (assay_node_get_name (look->node), look->slice.rank, look->slice.shape, &self->axes);
  set_node (self, look->node);
  assay_document_want_statistics (look->document, look->node);
  update (self);
}
