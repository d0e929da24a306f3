/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-cell-private.h"

#include "histogram-view-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* From so much on a change is in the colour of warnings. */
#define LARGE_CHANGE 0.1

struct _AssayRunCell
{
  GtkWidget        parent_instance;
  AssayRunCellKind kind;
  GtkTreeExpander *expander; /* of a layer */
  GtkLabel        *label;
  GtkWidget       *warning; /* of a layer */
  GtkWidget       *histogram;
  GtkTreeListRow  *item;
  AssayRunRow     *row;
};

G_DEFINE_FINAL_TYPE (AssayRunCell, assay_run_cell, GTK_TYPE_WIDGET)

/* GTK gives rows no names of their own. */
static void
name_row (AssayRunCell *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self)), *row = parent ? gtk_widget_get_parent (parent) : NULL;

  if (self->kind == ASSAY_RUN_CELL_LAYER && self->row != NULL && row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, assay_run_row_get_key (self->row), -1);
}

static void
show_layer (AssayRunCell *self)
{
  const AssayStatistics *statistics = assay_run_row_get_statistics (self->row);
  const char            *key = assay_run_row_get_key (self->row);
  gboolean               bad = statistics != NULL && statistics->n_finite < statistics->n;
  gboolean               first = assay_run_row_is_first_bad (self->row);
  g_autofree char       *counts = bad ? assay_count_text (statistics->n - statistics->n_finite) : NULL;
  g_autofree char       *why = bad ? g_strdup_printf (first ? _ ("%s NaN or infinite values, here for the first time") : _ ("%s NaN or infinite values"), counts) : NULL;
  g_autofree char       *tooltip = why ? g_strdup_printf ("%s\n%s", key, why) : g_strdup (key);

  gtk_label_set_text (self->label, assay_run_row_get_title (self->row));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, key, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_widget_set_visible (self->warning, bad);
  gtk_widget_set_opacity (self->warning, first ? 1 : 0.45);
  if (bad)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->warning), GTK_ACCESSIBLE_PROPERTY_LABEL, why, -1);
  name_row (self);
}

/* Without the batch, if that is of one. */
static char *
dup_shape_text (AssayValue *value)
{
  const AssayPartialShape *shape = assay_value_get_shape (value);
  GString                 *text = g_string_new (NULL);
  int                      begin = shape->rank > 1 && shape->dims[0] == 1 ? 1 : 0;

  for (int i = begin; i < shape->rank; i++)
    g_string_append_printf (text, i > begin ? " × %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, shape->dims[i]);
  return g_string_free (text, FALSE);
}

static void
show_shape (AssayRunCell *self)
{
  g_autofree char *text = dup_shape_text (assay_run_row_get_value (self->row));
  g_autofree char *whole = assay_partial_shape_to_string (assay_value_get_shape (assay_run_row_get_value (self->row)));
  g_autofree char *tooltip = g_strdup_printf ("%s %s", assay_dtype_get_info (assay_value_get_dtype (assay_run_row_get_value (self->row)))->name, whole);

  gtk_label_set_text (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
}

/* Three digits, with a true minus and no zeros in the exponent; all digits that are known are in the tooltip. */
static char *
dup_short (double value)
{
  double           size = fabs (value);
  g_autofree char *text = g_strdup_printf (size > 0 && size < 1e-3 ? "%.1e" : size < 1e-2 ? "%.2g"
                                                                                          : "%.3g",
                                           value);
  GString *short_text = g_string_new (text);

  g_string_replace (short_text, "e-0", "e-", 1);
  g_string_replace (short_text, "e+0", "e+", 1);
  g_string_replace (short_text, "-", "\342\210\222", 0);
  return g_string_free (short_text, FALSE);
}

static void
show_bound (AssayRunCell *self)
{
  const AssayStatistics *statistics = assay_run_row_get_statistics (self->row);
  gboolean               known = statistics != NULL && statistics->n_finite > 0;
  double                 value = !known ? 0 : self->kind == ASSAY_RUN_CELL_MIN ? statistics->min
                                                                               : statistics->max;
  g_autofree char       *text = known ? dup_short (value) : NULL, *whole = known ? assay_number_text (value, FALSE) : NULL;

  gtk_label_set_text (self->label, text ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), whole);
}

static void
show_values (AssayRunCell *self)
{
  assay_histogram_view_set_statistics (ASSAY_HISTOGRAM_VIEW (self->histogram), assay_run_row_get_statistics (self->row));
}

static char *
dup_percent (double relative)
{
  double percent = 100 * relative;

  if (!isfinite (percent))
    return g_strdup ("∞");
  if (percent < 0.01)
    return g_strdup_printf ("< %.2f %%", 0.01);
  return g_strdup_printf (percent < 1 ? "%.2f %%" : percent < 10 ? "%.1f %%"
                                                                 : "%.0f %%",
                          percent);
}

static void
show_change (AssayRunCell *self)
{
  static const char *const classes[] = { "dim-label", "change-small", "change-large" };
  double                   relative = 0;
  AssayRunChange           change = assay_run_row_get_change (self->row, &relative);
  g_autofree char         *text = NULL;
  int                      style = 0;

  if (change == ASSAY_RUN_CHANGE_VALUES)
    {
      text = dup_percent (relative);
      style = relative >= LARGE_CHANGE || isnan (relative) ? 2 : 1;
    }
  else if (change == ASSAY_RUN_CHANGE_SAME)
    text = g_strdup (_ ("same"));
  else if (change == ASSAY_RUN_CHANGE_SHAPE)
    {
      text = g_strdup (_ ("other shape"));
      style = 2;
    }
  for (int i = 0; i < (int) G_N_ELEMENTS (classes); i++)
    if (i == style)
      gtk_widget_add_css_class (GTK_WIDGET (self->label), classes[i]);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self->label), classes[i]);
  gtk_label_set_text (self->label, text ? text : "");
}

static void
update (AssayRunCell *self)
{
  static void (*const updaters[ASSAY_N_RUN_CELLS]) (AssayRunCell *) = { show_layer, show_shape, show_bound, show_bound, show_values, show_change };

  updaters[self->kind](self);
}

static void
build_layer (AssayRunCell *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);

  self->expander = GTK_TREE_EXPANDER (gtk_tree_expander_new ());
  self->warning = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (self->warning, "health-mark");
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (box), self->warning);
  gtk_tree_expander_set_child (self->expander, box);
  gtk_widget_set_parent (GTK_WIDGET (self->expander), GTK_WIDGET (self));
}

static void
build (AssayRunCell *self)
{
  if (self->kind == ASSAY_RUN_CELL_VALUES)
    {
      self->histogram = assay_histogram_view_new (TRUE);
      gtk_widget_set_valign (self->histogram, GTK_ALIGN_CENTER);
      gtk_widget_set_parent (self->histogram, GTK_WIDGET (self));
      return;
    }
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, self->kind == ASSAY_RUN_CELL_LAYER || self->kind == ASSAY_RUN_CELL_SHAPE ? 0 : 1);
  if (self->kind == ASSAY_RUN_CELL_LAYER)
    {
      build_layer (self);
      return;
    }
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), self->kind == ASSAY_RUN_CELL_SHAPE ? "dim-label" : "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->label), GTK_WIDGET (self));
}

static void
run_cell_dispose (GObject *object)
{
  AssayRunCell *self = ASSAY_RUN_CELL (object);
  GtkWidget    *child;

  assay_run_cell_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_run_cell_parent_class)->dispose (object);
}

static void
assay_run_cell_class_init (AssayRunCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = run_cell_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_run_cell_init (AssayRunCell *self)
{
}

GtkWidget *
assay_run_cell_new (AssayRunCellKind kind)
{
  AssayRunCell *self = g_object_new (ASSAY_TYPE_RUN_CELL, NULL);

  self->kind = kind;
  build (self);
  g_signal_connect (self, "map", G_CALLBACK (name_row), NULL);
  return GTK_WIDGET (self);
}

void
assay_run_cell_set_item (AssayRunCell *self, GtkTreeListRow *item)
{
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, update, self);
  g_clear_object (&self->row);
  g_set_object (&self->item, item);
  if (self->expander != NULL)
    gtk_tree_expander_set_list_row (self->expander, item);
  if (item == NULL)
    return;
  self->row = gtk_tree_list_row_get_item (item);
  g_signal_connect_swapped (self->row, "notify::numbers", G_CALLBACK (update), self);
  update (self);
}
