/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "distribution-view-private.h"

#include "axis-names-private.h"
#include "channel-chart-private.h"
#include "facts-private.h"
#include "histogram-view-private.h"
#include "settings-private.h"

#include <glib/gi18n-lib.h>

struct _AssayDistributionView
{
  GtkWidget           parent_instance;
  GtkDropDown        *scale;
  GtkBox             *histogram_box;
  AssayHistogramView *histogram;
  GtkGrid            *facts;
  GtkWidget          *channels_box;
  GtkDropDown        *axis;
  GtkLabel           *state;
  AssayChannelChart  *chart;

  AssayNode   *node;
  AssaySource *source;
  AssayJob    *channels_job;
  AssayJob    *symlog_job;
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (AssayDistributionView, assay_distribution_view, GTK_TYPE_WIDGET)

static void
drop_job (AssayJob **job)
{
  if (*job)
    assay_job_cancel (*job);
  g_clear_object (job);
}

/* What a callback needs to know that it still concerns us. */
typedef struct
{
  AssayDistributionView *view;
  AssayJob              *job;
} Asked;

static Asked *
asked_new (AssayDistributionView *self, AssayJob *job)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->view = g_object_ref (self);
  asked->job = g_object_ref (job);
  return asked;
}

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->view);
  g_object_unref (asked->job);
  g_free (asked);
}

static void
channels_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayChannels) channels = assay_channels_finish (result, &error);

  if (asked->view->channels_job == asked->job)
    {
      g_clear_object (&asked->view->channels_job);
      gtk_label_set_text (asked->view->state, error ? error->message : "");
      assay_channel_chart_take (asked->view->chart, g_steal_pointer (&channels));
    }
  asked_free (asked);
}

static void
channels_told_cb (AssayDistributionView *self)
{
  g_autofree char *text = NULL;

  if (self->channels_job == NULL)
    return;
  text = g_strdup_printf (_ ("computing, %d %%"), (int) (assay_job_get_fraction (self->channels_job) * 100));
  gtk_label_set_text (self->state, text);
}

static void
update_channels (AssayDistributionView *self)
{
  guint axis = gtk_drop_down_get_selected (self->axis);

  if (self->filling || self->source == NULL || axis >= assay_source_get_rank (self->source))
    return;
  drop_job (&self->channels_job);
  assay_channel_chart_take (self->chart, NULL);
  self->channels_job = assay_job_new (_ ("Computing channels"));
  g_signal_connect_object (self->channels_job, "notify::fraction", G_CALLBACK (channels_told_cb), self, G_CONNECT_SWAPPED);
  assay_channels_async (self->source, axis, self->channels_job, channels_cb, asked_new (self, self->channels_job));
}

static void
symlog_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Asked                  *asked = data;
  g_autofree AssaySymlog *symlog = assay_symlog_finish (result, NULL);

  if (asked->view->symlog_job == asked->job)
    {
      g_clear_object (&asked->view->symlog_job);
      if (symlog)
        assay_histogram_view_set_bins (asked->view->histogram, symlog->bins, ASSAY_SYMLOG_N_BINS, symlog->edges);
    }
  asked_free (asked);
}

static void
update_histogram (AssayDistributionView *self)
{
  const AssayStatistics *statistics = self->node ? assay_node_get_statistics (self->node) : NULL;
  guint                  scale = gtk_drop_down_get_selected (self->scale);

  if (assay_settings_get_choice ("histogram-scale") != (int) scale)
    assay_settings_set_choice ("histogram-scale", (int) scale);
  drop_job (&self->symlog_job);
  assay_histogram_view_set_scale (self->histogram, scale);
  assay_histogram_view_set_statistics (self->histogram, scale == ASSAY_SCALE_SYMLOG ? NULL : statistics);
  if (scale != ASSAY_SCALE_SYMLOG || statistics == NULL || statistics->n_finite == 0 || self->source == NULL)
    return;
  self->symlog_job = assay_job_new (_ ("Counting values"));
  assay_symlog_async (self->source, statistics->min, statistics->max, self->symlog_job, symlog_cb, asked_new (self, self->symlog_job));
}

static void
statistics_cb (AssayDistributionView *self)
{
  assay_facts_fill (self->facts, assay_node_get_statistics (self->node), TRUE);
  update_histogram (self);
}

static void
fill_axes (AssayDistributionView *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint rank = assay_source_get_rank (self->source);

  self->filling = TRUE;
  for (guint i = 0; i < rank; i++)
    {
      g_autofree char *name = assay_axis_dup_name (assay_node_get_name (self->node), rank, assay_source_get_shape (self->source), i);

      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (self->axis, G_LIST_MODEL (names));
  if (rank)
    gtk_drop_down_set_selected (self->axis, rank - 1);
  gtk_widget_set_visible (self->channels_box, rank > 0);
  self->filling = FALSE;
}

static void
set_node (AssayDistributionView *self, AssayNode *node)
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
distribution_view_dispose (GObject *object)
{
  AssayDistributionView *self = ASSAY_DISTRIBUTION_VIEW (object);
  GtkWidget             *child;

  self->filling = TRUE;
  drop_job (&self->channels_job);
  drop_job (&self->symlog_job);
  set_node (self, NULL);
  g_clear_object (&self->source);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_distribution_view_parent_class)->dispose (object);
}

static void
assay_distribution_view_class_init (AssayDistributionViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_CHANNEL_CHART);
  G_OBJECT_CLASS (klass)->dispose = distribution_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/distribution-view.ui");
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, scale);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, histogram_box);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, facts);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, channels_box);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, axis);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, state);
  gtk_widget_class_bind_template_child (widget_class, AssayDistributionView, chart);
  gtk_widget_class_bind_template_callback (widget_class, update_histogram);
  gtk_widget_class_bind_template_callback (widget_class, update_channels);
}

static void
assay_distribution_view_init (AssayDistributionView *self)
{
  self->histogram = ASSAY_HISTOGRAM_VIEW (g_object_ref_sink (assay_histogram_view_new (FALSE)));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_vexpand (GTK_WIDGET (self->histogram), TRUE);
  gtk_box_append (self->histogram_box, GTK_WIDGET (self->histogram));
  g_object_unref (self->histogram);
  gtk_drop_down_set_selected (self->scale, (guint) assay_settings_get_choice ("histogram-scale"));
}

void
assay_distribution_view_look (AssayDistributionView *self, const AssayLook *look, AssayLookChange change)
{
  g_set_object (&self->source, look->source);
  set_node (self, look->node);
  if (change == ASSAY_LOOK_NEW)
    fill_axes (self);
  assay_document_want_statistics (look->document, look->node);
  statistics_cb (self);
  update_channels (self);
}
