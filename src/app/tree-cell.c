/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tree-cell-private.h"

#include "health-text-private.h"
#include "histogram-view-private.h"
#include "name-label-private.h"
#include "numbers-private.h"

#include <assay/manifest.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* So are shapes of more than this. */
#define LONG_SHAPE 12

/* Counts of more characters than this may be cut. */
#define LONG_COUNT 9

struct _AssayTreeCell
{
  GtkWidget     parent_instance;
  AssayCellKind kind;
  gpointer      item;
  AssayNode    *node;

  /* Of a name. */
  GtkTreeExpander *expander;
  AssayNameLabel  *name;
  GtkWidget       *dot;
  GtkWidget       *warning;
  GtkWidget       *warning_label;

  GtkWidget *label;
  GtkWidget *histogram;
};

G_DEFINE_FINAL_TYPE (AssayTreeCell, assay_tree_cell, GTK_TYPE_WIDGET)

AssayNode *
assay_tree_item_get_node (gpointer item)
{
  g_autoptr (GObject) inner = NULL;

  if (item == NULL || ASSAY_IS_NODE (item))
    return item;
  inner = gtk_tree_list_row_get_item (GTK_TREE_LIST_ROW (item));
  return ASSAY_NODE (inner); /* the row keeps it */
}

/* What a screen reader says of the row, which is GTK's: our cell is in a cell of its. */
static void
name_row (AssayTreeCell *self)
{
  GtkWidget       *cell = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkWidget       *row = cell ? gtk_widget_get_parent (cell) : NULL;
  g_autofree char *title = NULL;
  g_autofree char *shape = NULL;
  g_autofree char *dtype = NULL;
  g_autofree char *health = NULL;
  g_autofree char *text = NULL;

  if (row == NULL || self->node == NULL || self->kind != ASSAY_CELL_NAME)
    return;
  title = assay_node_dup_title (self->node);
  health = assay_health_dup_text (self->node);
  if (assay_node_is_module (self->node))
    dtype = g_strdup (assay_node_get_class_name (self->node));
  else
    g_object_get (self->node, "dtype-name", &dtype, "shape-text", &shape, NULL);
  text = g_strjoin (" ", title, dtype ? dtype : "", shape ? shape : "", health ? health : "", NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, g_strchomp (text), -1);
}

static void
update_name (AssayTreeCell *self)
{
  gboolean         in_tree = GTK_IS_TREE_LIST_ROW (self->item);
  g_autofree char *path = assay_node_dup_path (self->node);
  g_autofree char *health = assay_health_dup_text (self->node);
  const char      *class_name = assay_node_get_class_name (self->node);
  const char      *reason = assay_node_get_reason (self->node);
  g_autofree char *name = assay_node_dup_title (self->node);
  g_autofree char *tooltip = NULL;

  tooltip = g_strdup_printf ("%s%s%s%s%s%s%s", *path ? path : name, class_name ? "\n" : "", class_name ? class_name : "", reason ? "\n" : "",
                             reason ? reason : "", health ? "\n" : "", health ? health : "");
  assay_name_label_set (self->name, in_tree ? name : path, class_name, assay_node_is_module (self->node),
                        in_tree ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_START);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_widget_set_visible (self->dot, assay_node_is_edited (self->node));
  gtk_widget_set_visible (self->warning, health != NULL || reason != NULL);
  gtk_widget_set_visible (self->warning_label, health != NULL);
  gtk_label_set_text (GTK_LABEL (self->warning_label), health ? health : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->expander), GTK_ACCESSIBLE_PROPERTY_LABEL, *path ? path : name, -1);
  name_row (self);
}

static void
update_shape (AssayTreeCell *self)
{
  g_autofree char *text = NULL;

  if (!assay_node_is_module (self->node))
    g_object_get (self->node, "shape-text", &text, NULL);
  gtk_label_set_text (GTK_LABEL (self->label), text ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text && g_utf8_strlen (text, -1) > LONG_SHAPE ? text : NULL);
}

static void
update_type (AssayTreeCell *self)
{
  g_autofree char *text = NULL;
  g_autofree char *whole = NULL;

  if (!assay_node_is_module (self->node))
    g_object_get (self->node, "short-dtype", &text, "dtype-name", &whole, NULL);
  gtk_label_set_text (GTK_LABEL (self->label), text ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), whole);
}

static void
update_parameters (AssayTreeCell *self)
{
  g_autofree char *text = assay_count_text (assay_node_get_n_parameters (self->node));
  gboolean         counted = !(assay_node_get_flags (self->node) & ASSAY_FLAG_OPTIMIZER);
  g_autofree char *brief = assay_count_brief_text (assay_node_get_n_parameters (self->node));
  g_autofree char *dim = counted ? NULL : g_strdup_printf ("(%s)", brief);

  gtk_label_set_text (GTK_LABEL (self->label), counted ? brief : dim);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), counted ? (strlen (text) > LONG_COUNT ? text : NULL) : _ ("Optimizer state isn’t counted as the model’s"));
  if (assay_node_is_module (self->node))
    gtk_widget_add_css_class (self->label, "dim-label");
  else
    gtk_widget_remove_css_class (self->label, "dim-label");
}

static void
update_values (AssayTreeCell *self)
{
  const AssayStatistics *statistics = assay_node_is_module (self->node) ? NULL : assay_node_get_statistics (self->node);

  assay_histogram_view_set_statistics (ASSAY_HISTOGRAM_VIEW (self->histogram), statistics);
}

static void
update (AssayTreeCell *self)
{
  static void (*const updaters[]) (AssayTreeCell *) = { update_name, update_shape, update_type, update_parameters, update_values };

  updaters[self->kind](self);
}

static void
build_name (AssayTreeCell *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);

  self->expander = GTK_TREE_EXPANDER (gtk_tree_expander_new ());
  self->dot = gtk_image_new_from_icon_name ("media-record-symbolic");
  self->warning = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  self->warning_label = gtk_label_new (NULL);
  self->name = ASSAY_NAME_LABEL (assay_name_label_new ());
  gtk_label_set_ellipsize (GTK_LABEL (self->warning_label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->dot, "edited-dot");
  gtk_widget_add_css_class (self->warning, "health-mark");
  gtk_widget_add_css_class (self->warning_label, "health-mark");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dot), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("edited"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->warning), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("warning"), -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (box), self->dot);
  gtk_box_append (GTK_BOX (box), self->warning);
  gtk_box_append (GTK_BOX (box), self->warning_label);
  gtk_tree_expander_set_child (self->expander, box);
  gtk_widget_set_parent (GTK_WIDGET (self->expander), GTK_WIDGET (self));
}

static void
build (AssayTreeCell *self)
{
  if (self->kind == ASSAY_CELL_VALUES)
    {
      self->histogram = assay_histogram_view_new (TRUE);
      gtk_widget_set_valign (self->histogram, GTK_ALIGN_CENTER);
      gtk_widget_set_parent (self->histogram, GTK_WIDGET (self));
      return;
    }
  if (self->kind == ASSAY_CELL_NAME)
    {
      build_name (self);
      return;
    }
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), self->kind == ASSAY_CELL_PARAMETERS ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->label, self->kind == ASSAY_CELL_PARAMETERS ? "numeric" : "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

static void
tree_cell_dispose (GObject *object)
{
  AssayTreeCell *self = ASSAY_TREE_CELL (object);
  GtkWidget     *child;

  assay_tree_cell_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_tree_cell_parent_class)->dispose (object);
}

static void
assay_tree_cell_class_init (AssayTreeCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tree_cell_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_tree_cell_init (AssayTreeCell *self)
{
}

GtkWidget *
assay_tree_cell_new (AssayCellKind kind)
{
  AssayTreeCell *self = g_object_new (ASSAY_TYPE_TREE_CELL, NULL);

  self->kind = kind;
  build (self);
  g_signal_connect (self, "map", G_CALLBACK (name_row), NULL);
  return GTK_WIDGET (self);
}

void
assay_tree_cell_set_item (AssayTreeCell *self, gpointer item)
{
  if (self->node)
    g_signal_handlers_disconnect_by_func (self->node, update, self);
  g_clear_object (&self->node);
  g_set_object ((GObject **) &self->item, item);
  if (self->expander)
    gtk_tree_expander_set_list_row (self->expander, GTK_IS_TREE_LIST_ROW (item) ? item : NULL);
  if (item == NULL)
    return;
  self->node = g_object_ref (assay_tree_item_get_node (item));
  g_signal_connect_swapped (self->node, "notify", G_CALLBACK (update), self);
  update (self);
}

AssayNode *
assay_tree_cell_get_node (AssayTreeCell *self)
{
  return self->node;
}
