/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "channels-view-private.h"

#include "channel-grid-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

struct _AssayChannelsView
{
  GtkWidget         parent_instance;
  AssayChannelGrid *grid;
  GtkWidget        *sample_row;
  GtkSpinButton    *sample;
  GtkLabel         *label;
  AssayNode        *node;
  AssaySource      *source;
};

enum
{
  OPEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayChannelsView, assay_channels_view, GTK_TYPE_WIDGET)

gboolean
assay_channels_view_can (AssaySource *source)
{
  const guint64 *shape = assay_source_get_shape (source);

  return assay_source_get_rank (source) == 4 && assay_dtype_is_numeric (assay_source_get_dtype (source)) && shape[1] * shape[2] > 1 && shape[3] > 0 &&
         shape[0] > 0 && shape[1] <= G_MAXINT16 && shape[2] <= G_MAXINT16;
}

static void
selected_cb (AssayChannelsView *self)
{
  guint64          channel = assay_channel_grid_get_selected (self->grid);
  g_autofree char *count = self->source ? assay_count_text (assay_source_get_shape (self->source)[3]) : NULL;
  g_autofree char *text = NULL, *low = NULL, *high = NULL;
  double           min, max;

  if (self->source == NULL)
    return;
  if (assay_channel_grid_get_range (self->grid, channel, &min, &max))
    {
      low = assay_number_text (min, FALSE);
      high = assay_number_text (max, FALSE);
      text = g_strdup_printf (_ ("channel %" PRIu64 " of %s: %s … %s"), channel, count, low, high);
    }
  else
    text = g_strdup_printf (_ ("channel %" PRIu64 " of %s"), channel, count);
  gtk_label_set_text (self->label, text);
}

static guint64
get_sample (AssayChannelsView *self)
{
  return (guint64) gtk_spin_button_get_value_as_int (self->sample);
}

static void
activated_cb (AssayChannelsView *self)
{
  g_signal_emit (self, signals[OPEN], 0, get_sample (self), assay_channel_grid_get_selected (self->grid));
}

static void
update (AssayChannelsView *self)
{
  const AssayStatistics *statistics = self->node ? assay_node_get_statistics (self->node) : NULL;

  if (self->source == NULL)
    return;
  assay_channel_grid_set (self->grid, self->source, get_sample (self),
                          statistics && statistics->n_finite ? MAX (fabs (statistics->min), fabs (statistics->max)) : 0);
  selected_cb (self);
}

static void
set_node (AssayChannelsView *self, AssayNode *node)
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
channels_view_dispose (GObject *object)
{
  AssayChannelsView *self = ASSAY_CHANNELS_VIEW (object);
  GtkWidget         *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  set_node (self, NULL);
  g_clear_object (&self->source);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (assay_channels_view_parent_class)->dispose (object);
}

static void
assay_channels_view_class_init (AssayChannelsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = channels_view_dispose;
  signals[OPEN] = g_signal_new ("open", ASSAY_TYPE_CHANNELS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT64);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
add_sample_row (AssayChannelsView *self, GtkBox *box)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (_ ("_One of the batch"));

  self->sample = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (0, 1, 1));
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), GTK_WIDGET (self->sample));
  gtk_widget_add_css_class (label, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sample), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Which one of the batch"), -1);
  self->sample_row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (self->sample_row), label);
  gtk_box_append (GTK_BOX (self->sample_row), GTK_WIDGET (self->sample));
  gtk_box_append (box, self->sample_row);
  g_signal_connect_swapped (self->sample, "value-changed", G_CALLBACK (update), self);
}

static void
assay_channels_view_init (AssayChannelsView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *scrolled = gtk_scrolled_window_new ();

  add_sample_row (self, GTK_BOX (box));
  self->grid = g_object_new (ASSAY_TYPE_CHANNEL_GRID, NULL);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->grid));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_set_focusable (scrolled, FALSE);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  g_signal_connect_swapped (self->grid, "selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_swapped (self->grid, "activated", G_CALLBACK (activated_cb), self);
}

void
assay_channels_view_look (AssayChannelsView *self, const AssayLook *look, AssayLookChange change)
{
  guint64 n = look->source ? assay_source_get_shape (look->source)[0] : 0;

  if (look->source == NULL || !assay_channels_view_can (look->source))
    return;
  g_clear_object (&self->source);
  gtk_spin_button_set_range (self->sample, 0, (double) MIN (n - 1, G_MAXINT));
  gtk_widget_set_visible (self->sample_row, n > 1);
  g_set_object (&self->source, look->source);
  set_node (self, look->node);
  assay_document_want_statistics (look->document, look->node);
  update (self);
}
