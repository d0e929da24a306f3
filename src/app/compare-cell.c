/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "compare-cell-private.h"

#include "colors-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

#define INDENT 18

struct _AssayCompareCell
{
  GtkWidget            parent_instance;
  AssayCompareCellKind kind;
  AssayComparisonRow  *row;
  GtkWidget           *label;
  GtkWidget           *box;
  GtkWidget           *toggle; /* of a name: opens and closes a module */
};

enum
{
  TOGGLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayCompareCell, assay_compare_cell, GTK_TYPE_WIDGET)

const char *
assay_pair_status_text (AssayPairStatus status)
{
  static const char *const texts[ASSAY_N_PAIR_STATUSES] = {
    [ASSAY_PAIR_WAITING] = N_ ("waiting"),
    [ASSAY_PAIR_SAME] = N_ ("same"),
    [ASSAY_PAIR_EQUAL_VALUES] = N_ ("equal values"),
    [ASSAY_PAIR_CHANGED] = N_ ("changed"),
    [ASSAY_PAIR_RESHAPED] = N_ ("reshaped"),
    [ASSAY_PAIR_DTYPE_CHANGED] = N_ ("other type"),
    [ASSAY_PAIR_UNREADABLE] = N_ ("unreadable"),
    [ASSAY_PAIR_ONLY_A] = N_ ("only in A"),
    [ASSAY_PAIR_ONLY_B] = N_ ("only in B"),
  };

  return _ (texts[status]);
}

static const char *
get_style (AssayPairStatus status)
{
  static const char *const styles[ASSAY_N_PAIR_STATUSES] = {
    [ASSAY_PAIR_WAITING] = "quiet",
    [ASSAY_PAIR_SAME] = "quiet",
    [ASSAY_PAIR_EQUAL_VALUES] = "quiet",
    [ASSAY_PAIR_CHANGED] = "changed",
    [ASSAY_PAIR_RESHAPED] = "reshaped",
    [ASSAY_PAIR_DTYPE_CHANGED] = "reshaped",
    [ASSAY_PAIR_UNREADABLE] = "damaged",
    [ASSAY_PAIR_ONLY_A] = "removed",
    [ASSAY_PAIR_ONLY_B] = "added",
  };

  return styles[status];
}

static void
update_name (AssayCompareCell *self)
{
  gboolean is_module = assay_comparison_row_is_module (self->row);
  gboolean is_open = assay_comparison_row_is_open (self->row);

  gtk_label_set_text (GTK_LABEL (self->label), assay_comparison_row_get_name (self->row));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), assay_comparison_row_get_path (self->row));
  gtk_widget_set_margin_start (self->box, (int) assay_comparison_row_get_depth (self->row) * INDENT);
  gtk_widget_set_opacity (self->toggle, is_module ? 1 : 0);
  gtk_widget_set_sensitive (self->toggle, is_module);
  gtk_button_set_icon_name (GTK_BUTTON (self->toggle), is_open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, is_open ? _ ("Close the module") : _ ("Open the module"), -1);
  if (is_module)
    gtk_widget_add_css_class (self->label, "module-row");
  else
    gtk_widget_remove_css_class (self->label, "module-row");
}

static void
update_status (AssayCompareCell *self)
{
  AssayPairStatus status = assay_comparison_row_get_status (self->row);
  AssayPair       pair;
  const char     *classes[] = { "chip", "state", get_style (status), NULL };

  gtk_label_set_text (GTK_LABEL (self->label), assay_pair_status_text (status));
  gtk_widget_set_css_classes (self->label, classes);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), assay_comparison_row_get_pair (self->row, &pair) ? pair.reason : NULL);
}

static void
update_shape (AssayCompareCell *self)
{
  g_autofree char *shape = assay_comparison_row_dup_shape_text (self->row);
  g_autofree char *dtype = assay_comparison_row_dup_dtype_text (self->row);
  g_autofree char *both = *shape ? g_strdup_printf ("%s · %s", shape, dtype) : NULL;
  gboolean         other_type = strstr (dtype, "→") != NULL;

  gtk_label_set_text (GTK_LABEL (self->label), other_type && strstr (shape, "→") == NULL ? both : shape);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), both);
}

/* A few of many changed values aren't told as 0 %. */
static char *
dup_fraction (const AssayMetrics *m)
{
  double share = m->fraction_changed * 100;

  if (m->n_changed > 0 && share < 0.1)
    {
      g_autofree char *count = assay_count_text (m->n_changed);

      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s value", "%s values", m->n_changed), count);
    }
  return g_strdup_printf (share == 0 || share == 100 ? "%.0f %%" : "%.1f %%", share);
}

static char *
dup_number (AssayCompareCell *self, const AssayMetrics *m)
{
  switch ((int) self->kind)
    {
    case ASSAY_COMPARE_CELL_FRACTION:
      return dup_fraction (m);
    case ASSAY_COMPARE_CELL_ULP:
      return m->has_ulp ? assay_count_text (m->max_ulp) : NULL;
    case ASSAY_COMPARE_CELL_MAX:
      return m->numeric ? assay_number_text (m->max_abs, FALSE) : NULL;
    case ASSAY_COMPARE_CELL_COSINE:
      return m->numeric ? assay_number_text (m->cosine_distance, FALSE) : NULL;
    default:
      return !m->numeric ? NULL : isnan (m->relative_l2) ? g_strdup (_ ("from 0"))
                                                         : assay_number_text (m->relative_l2, FALSE);
    }
}

static void
update_number (AssayCompareCell *self)
{
  AssayMetrics     metrics;
  g_autofree char *text = assay_comparison_row_get_metrics (self->row, &metrics) ? dup_number (self, &metrics) : NULL;

  gtk_label_set_text (GTK_LABEL (self->label), text ? text : "");
  if (assay_comparison_row_is_module (self->row))
    gtk_widget_add_css_class (self->label, "dim-label");
  else
    gtk_widget_remove_css_class (self->label, "dim-label");
}

static void
update (AssayCompareCell *self)
{
  switch ((int) self->kind)
    {
    case ASSAY_COMPARE_CELL_NAME:
      update_name (self);
      break;
    case ASSAY_COMPARE_CELL_STATUS:
      update_status (self);
      break;
    case ASSAY_COMPARE_CELL_SHAPE:
      update_shape (self);
      break;
    case ASSAY_COMPARE_CELL_BAR:
      gtk_widget_queue_draw (GTK_WIDGET (self));
      break;
    default:
      update_number (self);
    }
}

static void
append_rounded (GtkSnapshot *snapshot, double width, double y, double height, const GdkRGBA *color)
{
  GskRoundedRect bar;

  gsk_rounded_rect_init_from_rect (&bar, &GRAPHENE_RECT_INIT (0, (float) y, (float) width, (float) height), (float) height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &bar);
  gtk_snapshot_append_color (snapshot, color, &bar.bounds);
  gtk_snapshot_pop (snapshot);
}

/* A square root, so that small differences beside large ones can be seen. */
static void
compare_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayCompareCell *self = ASSAY_COMPARE_CELL (widget);
  double            width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double            share;
  AssayColors       colors;

  GTK_WIDGET_CLASS (assay_compare_cell_parent_class)->snapshot (widget, snapshot);
  if (self->kind != ASSAY_COMPARE_CELL_BAR || self->row == NULL)
    return;
  share = sqrt (assay_comparison_row_get_share (self->row));
  if (share <= 0)
    return;
  assay_colors_init (&colors, widget);
  append_rounded (snapshot, width, height / 2 - 3, 6, &colors.header);
  append_rounded (snapshot, MAX (width * share, 6), height / 2 - 3, 6, &colors.accent);
}

static void
compare_cell_dispose (GObject *object)
{
  AssayCompareCell *self = ASSAY_COMPARE_CELL (object);
  GtkWidget        *child;

  assay_compare_cell_set_row (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_compare_cell_parent_class)->dispose (object);
}

static void
assay_compare_cell_class_init (AssayCompareCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = compare_cell_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = compare_cell_snapshot;
  signals[TOGGLED] = g_signal_new ("toggled", ASSAY_TYPE_COMPARE_CELL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
assay_compare_cell_init (AssayCompareCell *self)
{
}

static void
toggle_cb (AssayCompareCell *self)
{
  g_signal_emit (self, signals[TOGGLED], 0);
}

static void
build_name (AssayCompareCell *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  self->toggle = gtk_button_new_from_icon_name ("pan-end-symbolic");
  gtk_widget_set_focusable (self->toggle, FALSE);
  gtk_widget_set_valign (self->toggle, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->toggle, _ ("Open or close the module (Left, Right)"));
  gtk_widget_add_css_class (self->toggle, "flat");
  gtk_widget_add_css_class (self->toggle, "row-toggle");
  g_signal_connect_swapped (self->toggle, "clicked", G_CALLBACK (toggle_cb), self);
  gtk_box_append (GTK_BOX (self->box), self->toggle);
  gtk_box_append (GTK_BOX (self->box), self->label);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
  /* Where there is no room the list scrolls sideways rather than names go. */
  gtk_label_set_width_chars (GTK_LABEL (self->label), 14);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
build (AssayCompareCell *self)
{
  if (self->kind == ASSAY_COMPARE_CELL_BAR)
    return;
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), self->kind >= ASSAY_COMPARE_CELL_RELATIVE ? 1 : 0);
  if (self->kind == ASSAY_COMPARE_CELL_NAME)
    {
      build_name (self);
      return;
    }
  if (self->kind == ASSAY_COMPARE_CELL_STATUS)
    gtk_widget_set_halign (self->label, GTK_ALIGN_START);
  else if (self->kind == ASSAY_COMPARE_CELL_SHAPE)
    gtk_widget_add_css_class (self->label, "dim-label");
  else
    gtk_widget_add_css_class (self->label, "numeric");
  if (self->kind != ASSAY_COMPARE_CELL_STATUS)
    gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_valign (self->label, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

GtkWidget *
assay_compare_cell_new (AssayCompareCellKind kind)
{
  AssayCompareCell *self = g_object_new (ASSAY_TYPE_COMPARE_CELL, NULL);

  self->kind = kind;
  build (self);
  return GTK_WIDGET (self);
}

void
assay_compare_cell_set_row (AssayCompareCell *self, AssayComparisonRow *row)
{
  if (self->row == row)
    return;
  if (self->row)
    g_signal_handlers_disconnect_by_func (self->row, update, self);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  g_signal_connect_swapped (row, "changed", G_CALLBACK (update), self);
  update (self);
}

AssayComparisonRow *
assay_compare_cell_get_row (AssayCompareCell *self)
{
  return self->row;
}
