/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "variable-page-private.h"

#include "about-view-private.h"
#include "axes-memory-private.h"
#include "axis-bar-private.h"
#include "axis-names-private.h"
#include "channels-view-private.h"
#include "distribution-view-private.h"
#include "filters-view-private.h"
#include "heat-view-private.h"
#include "history-button-private.h"
#include "look-private.h"
#include "numbers-private.h"
#include "settings-private.h"
#include "values-view-private.h"
#include "variable-export-private.h"

#include <glib/gi18n-lib.h>

struct _AssayVariablePage
{
  GtkWidget              parent_instance;
  GtkLabel              *crumbs;
  GtkLabel              *name;
  GtkBox                *chips;
  AssayHistoryButton    *history;
  GtkStack              *pages;
  GtkBox                *switcher_row;
  GtkBox                *axes_row;
  AssayAxisBar          *axes;
  AssayValuesView       *values;
  AssayHeatView         *heat;
  AssayFiltersView      *filters;
  AssayChannelsView     *channels;
  AssayDistributionView *distribution;
  AssayAboutView        *about;

  AssayLook look;
  char     *wanted; /* the page that the user chose last, though this variable may not have it */
  gboolean  showing;
  gboolean  activations; /* what is shown came out of a run */
};

G_DEFINE_FINAL_TYPE (AssayVariablePage, assay_variable_page, GTK_TYPE_WIDGET)

/* The name by which the meaning of axes is known; that of a layer says nothing of what it gives. */
static const char *
get_kind_name (AssayVariablePage *self)
{
  return self->activations ? NULL : assay_node_get_name (self->look.node);
}

static void
add_chip (AssayVariablePage *self, const char *text, const char *tooltip, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "chip");
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_box_append (self->chips, label);
}

static void
update_chips (AssayVariablePage *self)
{
  AssayNode       *node = self->look.node;
  g_autofree char *dtype = NULL;
  g_autofree char *shape = NULL;
  g_autofree char *count = assay_count_text (assay_node_get_n_parameters (node));
  g_autofree char *values = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s value", "%s values",
                                                          (gulong) MIN (assay_node_get_n_parameters (node), 2)),
                                             count);
  g_autofree char *size = assay_size_text (assay_node_get_n_bytes (node));
  GtkWidget       *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->chips))))
    gtk_box_remove (self->chips, child);
  g_object_get (node, "dtype-name", &dtype, "shape-text", &shape, NULL);
  if (assay_node_is_edited (node))
    add_chip (self, _ ("edited"), _ ("Has edits that aren’t saved"), "edited");
  add_chip (self, dtype, _ ("Type of the values"), NULL);
  if (shape && *shape)
    add_chip (self, shape, _ ("Shape"), NULL);
  if (self->activations)
    return;
  add_chip (self, values, NULL, NULL);
  if (assay_node_get_n_bytes (node))
    add_chip (self, size, _ ("Bytes of the values"), NULL);
  if (assay_node_get_flags (node) & ASSAY_FLAG_OPTIMIZER)
    add_chip (self, _ ("optimizer"), _ ("State of the optimizer, not counted as the model’s"), NULL);
  else
    add_chip (self, assay_node_is_trainable (node) ? _ ("trainable") : _ ("not trainable"), NULL, NULL);
}

static void
update_header (AssayVariablePage *self)
{
  g_autofree char *path = assay_node_dup_path (self->look.node);
  g_autofree char *folder = g_path_get_dirname (path);
  g_auto (GStrv) parts = g_strsplit (folder, "/", -1);
  g_autofree char *crumbs = g_strjoinv (" › ", parts);
  g_autofree char *last = g_path_get_basename (path);

  gtk_label_set_text (self->crumbs, g_strcmp0 (folder, ".") == 0 ? "" : crumbs);
  gtk_widget_set_visible (GTK_WIDGET (self->crumbs), g_strcmp0 (folder, ".") != 0);
  /* What came out of operations is listed flat, by whole names. */
  gtk_label_set_text (self->name, self->activations ? last : assay_node_get_name (self->look.node));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), path);
  update_chips (self);
}

static void
set_page_visible (AssayVariablePage *self, gpointer page, gboolean visible)
{
  gtk_stack_page_set_visible (gtk_stack_get_page (self->pages, GTK_WIDGET (page)), visible);
}

/* Pages that say nothing of these values are absent. */
static void
update_pages (AssayVariablePage *self)
{
  AssaySource    *source = self->look.source;
  gboolean        numeric = source && assay_dtype_is_numeric (assay_source_get_dtype (source)) && assay_source_get_n_elements (source) > 0;
  AssayKernelAxes axes;
  gboolean        kernel = numeric && assay_kernel_axes (get_kind_name (self), assay_source_get_rank (source),
                                                         assay_source_get_shape (source), &axes);

  set_page_visible (self, self->values, source != NULL);
  set_page_visible (self, self->heat, numeric);
  set_page_visible (self, self->filters, kernel);
  set_page_visible (self, self->channels, numeric && self->activations && assay_channels_view_can (source));
  set_page_visible (self, self->about, !self->activations);
  set_page_visible (self, self->distribution, numeric);
}

static void
look_at_page (AssayVariablePage *self, AssayLookChange change)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  assay_heat_view_show_controls (self->heat, page == GTK_WIDGET (self->heat));
  gtk_widget_set_visible (GTK_WIDGET (self->axes_row),
                          page == GTK_WIDGET (self->heat) || (page == GTK_WIDGET (self->values) && self->look.slice.rank >= 2));
  if (page == GTK_WIDGET (self->values))
    assay_values_view_look (self->values, &self->look, change);
  else if (page == GTK_WIDGET (self->heat))
    assay_heat_view_look (self->heat, &self->look, change);
  else if (page == GTK_WIDGET (self->filters))
    assay_filters_view_look (self->filters, &self->look, change);
  else if (page == GTK_WIDGET (self->channels))
    assay_channels_view_look (self->channels, &self->look, change);
  else if (page == GTK_WIDGET (self->distribution))
    assay_distribution_view_look (self->distribution, &self->look, change);
  else if (page == GTK_WIDGET (self->about))
    assay_about_view_look (self->about, &self->look);
}

static void
page_changed_cb (AssayVariablePage *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->pages);

  if (self->showing || self->look.node == NULL || name == NULL)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (name);
  if (assay_settings_get () && !self->activations)
    g_settings_set_string (assay_settings_get (), "page", name);
  look_at_page (self, ASSAY_LOOK_NEW);
}

static void
axes_changed_cb (AssayVariablePage *self)
{
  self->look.slice = *assay_axis_bar_get_slice (self->axes);
  if (!self->activations)
    assay_axes_remember (&self->look);
  look_at_page (self, ASSAY_LOOK_SLICE);
}

/* An element that is looked for may lie in another slice: the other axes follow. */
static void
go_to_cb (AssayVariablePage *self, const guint64 *index)
{
  gboolean moved = FALSE;

  for (guint i = 0; i < self->look.slice.rank; i++)
    if (i != self->look.slice.rows && i != self->look.slice.columns && self->look.slice.index[i] != index[i])
      {
        self->look.slice.index[i] = index[i];
        moved = TRUE;
      }
  if (moved)
    {
      assay_axis_bar_set (self->axes, &self->look.slice, get_kind_name (self));
      look_at_page (self, ASSAY_LOOK_SLICE);
    }
  assay_values_view_move_to (self->values, index);
}

/* One channel of what a layer gave fills the heat map. */
static void
open_channel_cb (AssayVariablePage *self, guint64 sample, guint64 channel)
{
  self->look.slice.rows = 1;
  self->look.slice.columns = 2;
  self->look.slice.index[0] = sample;
  self->look.slice.index[3] = channel;
  assay_axis_bar_set (self->axes, &self->look.slice, get_kind_name (self));
  gtk_stack_set_visible_child_name (self->pages, "heat-map");
}

/* What a layer gave is looked at as pictures if it has some. */
static const char *
get_default_page (AssayVariablePage *self)
{
  if (self->look.source == NULL)
    return "about";
  if (!self->activations)
    return "values";
  if (gtk_stack_page_get_visible (gtk_stack_get_page (self->pages, GTK_WIDGET (self->channels))))
    return "channels";
  return "values";
}

static void
select_page (AssayVariablePage *self)
{
  const char *name = self->wanted;
  GtkWidget  *page = name ? gtk_stack_get_child_by_name (self->pages, name) : NULL;

  if (page == NULL || !gtk_stack_page_get_visible (gtk_stack_get_page (self->pages, page)))
    name = get_default_page (self);
  gtk_stack_set_visible_child_name (self->pages, name);
}

static void
update_sources (AssayVariablePage *self)
{
  AssayLook *look = &self->look;

  g_clear_object (&look->source);
  g_clear_object (&look->saved);
  look->source = assay_document_dup_source (look->document, look->node, NULL);
  if (look->source && assay_node_is_edited (look->node))
    look->saved = assay_document_dup_saved_source (look->document, look->node, NULL);
}

static void
variable_page_dispose (GObject *object)
{
  AssayVariablePage *self = ASSAY_VARIABLE_PAGE (object);
  GtkWidget         *child;

  self->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->look.document);
  g_clear_object (&self->look.node);
  g_clear_object (&self->look.source);
  g_clear_object (&self->look.saved);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (assay_variable_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, crumbs);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, name);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, chips);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, history);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, pages);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, switcher_row);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, axes_row);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, axes);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, values);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, heat);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, filters);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, channels);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, distribution);
  gtk_widget_class_bind_template_child (widget_class, AssayVariablePage, about);
}

static void
assay_variable_page_class_init (AssayVariablePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_ABOUT_VIEW);
  g_type_ensure (ASSAY_TYPE_AXIS_BAR);
  g_type_ensure (ASSAY_TYPE_CHANNELS_VIEW);
  g_type_ensure (ASSAY_TYPE_DISTRIBUTION_VIEW);
  g_type_ensure (ASSAY_TYPE_FILTERS_VIEW);
  g_type_ensure (ASSAY_TYPE_HEAT_VIEW);
  g_type_ensure (ASSAY_TYPE_HISTORY_BUTTON);
  g_type_ensure (ASSAY_TYPE_VALUES_VIEW);
  G_OBJECT_CLASS (klass)->dispose = variable_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/variable-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, axes_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_to_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_channel_cb);
}

static void
assay_variable_page_init (AssayVariablePage *self)
{
  self->wanted = assay_settings_get () ? g_settings_get_string (assay_settings_get (), "page") : g_strdup ("values");
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  assay_heat_view_place_controls (self->heat, self->axes_row, self->switcher_row);
  self->showing = FALSE;
}

void
assay_variable_page_set_activations (AssayVariablePage *self, gboolean activations)
{
  self->activations = activations;
  if (activations)
    g_clear_pointer (&self->wanted, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->history), !activations);
  assay_values_view_set_read_only (self->values, activations);
}

void
assay_variable_page_show (AssayVariablePage *self, AssayDocument *document, AssayNode *node)
{
  self->showing = TRUE;
  if (self->look.node)
    g_signal_handlers_disconnect_by_func (self->look.node, assay_variable_page_edited, self);
  g_set_object (&self->look.document, document);
  g_set_object (&self->look.node, node);
  g_signal_connect_object (node, "notify::edited", G_CALLBACK (assay_variable_page_edited), self, G_CONNECT_SWAPPED);
  update_sources (self);
  self->look.slice = (AssaySlice){ .rows = ASSAY_NO_AXIS, .columns = ASSAY_NO_AXIS };
  if (self->look.source)
    assay_slice_init (&self->look.slice, self->look.source);
  if (!self->activations)
    assay_axes_recall (&self->look);
  else if (self->look.slice.rank == 4)
    {
      self->look.slice.rows = 1;
      self->look.slice.columns = 2;
    }
  assay_axis_bar_set (self->axes, &self->look.slice, get_kind_name (self));
  assay_history_button_set_document (self->history, document);
  update_header (self);
  update_pages (self);
  select_page (self);
  self->showing = FALSE;
  look_at_page (self, ASSAY_LOOK_NEW);
}

void
assay_variable_page_edited (AssayVariablePage *self)
{
  if (self->look.node == NULL)
    return;
  update_sources (self);
  update_chips (self);
  look_at_page (self, ASSAY_LOOK_EDITED);
}

void
assay_variable_page_command (AssayVariablePage *self, const char *command)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  if (!assay_variable_page_can (self, command))
    return;
  if (g_str_has_prefix (command, "page::"))
    gtk_stack_set_visible_child_name (self->pages, command + strlen ("page::"));
  else if (g_strcmp0 (command, "export") == 0 && page == GTK_WIDGET (self->heat))
    assay_heat_view_export (self->heat);
  else if (g_strcmp0 (command, "export") == 0)
    assay_variable_export (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->look.source, assay_node_get_name (self->look.node));
  else
    {
      gtk_stack_set_visible_child_name (self->pages, "values");
      assay_values_view_command (self->values, command);
    }
}

gboolean
assay_variable_page_can (AssayVariablePage *self, const char *command)
{
  GtkWidget *page = NULL;

  if (self->look.node == NULL)
    return FALSE;
  if (g_strcmp0 (command, "page") == 0)
    return TRUE;
  if (self->activations && (g_strcmp0 (command, "formula") == 0 || g_strcmp0 (command, "fill") == 0))
    return FALSE;
  if (g_str_has_prefix (command, "page::"))
    page = gtk_stack_get_child_by_name (self->pages, command + strlen ("page::"));
  if (page)
    return gtk_stack_page_get_visible (gtk_stack_get_page (self->pages, page));
  return self->look.source != NULL;
}
