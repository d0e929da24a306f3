/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "values-view-parts-private.h"

#include "numbers-private.h"
#include "settings-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include <string.h>

enum
{
  GO_TO,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayValuesView, assay_values_view, GTK_TYPE_WIDGET)

static void
show_summary (AssayValuesView *self, const AssayCells *cells, const AssaySummary *summary)
{
  g_autofree char *rows = assay_count_text (cells->n_rows);
  g_autofree char *columns = assay_count_text (cells->n_columns);
  g_autofree char *text = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *mean = NULL;
  g_autofree char *min = NULL;
  g_autofree char *max = NULL;

  if (summary && summary->n)
    {
      sum = assay_number_text (summary->sum, FALSE);
      mean = assay_number_text (summary->sum / (double) summary->n, FALSE);
      min = assay_number_text (summary->min, FALSE);
      max = assay_number_text (summary->max, FALSE);
      text = g_strdup_printf (_ ("Selected %s × %s: sum %s, mean %s, min %s, max %s"), rows, columns, sum, mean, min, max);
    }
  else if (cells->n_rows * cells->n_columns > 1)
    text = g_strdup_printf (_ ("Selected %s × %s"), rows, columns);
  gtk_label_set_text (self->summary, text ? text : "");
}

/* What a callback needs to know that it still concerns us. */
typedef struct
{
  AssayValuesView *view;
  GCancellable    *cancellable;
  AssayCells       cells;
} Asked;

static void
summarized_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Asked                   *asked = data;
  g_autofree AssaySummary *summary = assay_cells_summarize_finish (result, NULL);

  if (asked->view->summing == asked->cancellable)
    show_summary (asked->view, &asked->cells, summary);
  g_object_unref (asked->cancellable);
  g_object_unref (asked->view);
  g_free (asked);
}

static void
update_summary (AssayValuesView *self)
{
  AssayCells cells;
  Asked     *asked;

  g_cancellable_cancel (self->summing);
  g_clear_object (&self->summing);
  assay_value_table_get_selection (self->table, &cells);
  show_summary (self, &cells, NULL);
  if (!assay_dtype_is_numeric (assay_source_get_dtype (self->look->source)) || cells.n_rows * cells.n_columns < 2 ||
      cells.n_columns > ASSAY_MAX_SUMMED || cells.n_rows > ASSAY_MAX_SUMMED || cells.n_rows * cells.n_columns > ASSAY_MAX_SUMMED)
    return;
  self->summing = g_cancellable_new ();
  asked = g_new0 (Asked, 1);
  asked->view = g_object_ref (self);
  asked->cancellable = g_object_ref (self->summing);
  asked->cells = cells;
  assay_cells_summarize_async (self->look->source, &self->look->slice, &cells, self->summing, summarized_cb, asked);
}

static gboolean
later_cb (gpointer data)
{
  AssayValuesView *self = data;

  self->later = 0;
  if (self->look && self->look->source)
    {
      update_summary (self);
      assay_values_view_update_preview (self);
    }
  return G_SOURCE_REMOVE;
}

static void
selection_changed_cb (AssayValuesView *self)
{
  guint64          row;
  guint64          column;
  g_autofree char *text = NULL;

  if (self->look == NULL || self->look->source == NULL || assay_source_get_n_elements (self->look->source) == 0)
    return;
  assay_value_table_get_cursor (self->table, &row, &column);
  text = assay_slice_dup_index_text (&self->look->slice, row, column);
  gtk_editable_set_text (GTK_EDITABLE (self->cell), text);
  /* What was said of another cell is over. */
  if (*gtk_editable_get_text (GTK_EDITABLE (self->formula)) == 0)
    assay_values_view_say (self, "", FALSE);
  if (self->later == 0)
    self->later = g_timeout_add (60, later_cb, self);
}

/* Reads "[1, 2, 3]" or "1 2 3"; as many numbers as the variable has axes, each inside. */
static gboolean
parse_index (AssayValuesView *self, const char *text, guint64 *index, char **why)
{
  const AssaySlice *slice = &self->look->slice;
  guint             n = 0;

  for (const char *at = text; *at;)
    {
      char   *end;
      guint64 number;

      if (!g_ascii_isdigit (*at))
        {
          at++;
          continue;
        }
      number = g_ascii_strtoull (at, &end, 10);
      at = end;
      if (n < slice->rank && number >= slice->shape[n])
        {
          *why = g_strdup_printf (_ ("Index %" PRIu64 " is beyond axis %u, which has %" PRIu64), number, n, slice->shape[n]);
          return FALSE;
        }
      if (n < slice->rank)
        index[n] = number;
      n++;
    }
  if (n != slice->rank)
    *why = g_strdup_printf (_ ("An index of this variable has %u numbers, not %u"), slice->rank, n);
  return n == slice->rank;
}

static void
cell_activated_cb (AssayValuesView *self)
{
  guint64          index[ASSAY_MAX_RANK] = { 0 };
  g_autofree char *why = NULL;

  if (self->look == NULL || self->look->source == NULL)
    return;
  if (!parse_index (self, gtk_editable_get_text (GTK_EDITABLE (self->cell)), index, &why))
    {
      assay_values_view_say (self, why, TRUE);
      return;
    }
  assay_values_view_say (self, "", FALSE);
  g_signal_emit (self, signals[GO_TO], 0, index);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

static void
found_cb (AssayValuesView *self, guint64 position)
{
  guint64 index[ASSAY_MAX_RANK];

  assay_shape_index (self->look->slice.rank, self->look->slice.shape, position, index);
  g_signal_emit (self, signals[GO_TO], 0, index);
}

static void
style_chosen_cb (AssayValuesView *self)
{
  guint style = gtk_drop_down_get_selected (self->style);

  if (style > ASSAY_FORMAT_HEXADECIMAL)
    return;
  assay_value_table_set_style (self->table, style);
  if (assay_settings_get_choice ("number-format") != (int) style)
    assay_settings_set_choice ("number-format", (int) style);
}

static void
style_setting_cb (AssayValuesView *self)
{
  gtk_drop_down_set_selected (self->style, (guint) assay_settings_get_choice ("number-format"));
}

static void
values_view_dispose (GObject *object)
{
  AssayValuesView *self = ASSAY_VALUES_VIEW (object);
  GtkWidget       *child;

  g_clear_handle_id (&self->later, g_source_remove);
  g_cancellable_cancel (self->summing);
  g_cancellable_cancel (self->previewing);
  g_clear_object (&self->summing);
  g_clear_object (&self->previewing);
  g_clear_object (&self->applying);
  self->look = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (assay_values_view_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, states);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, empty);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, cell);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, formula);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, apply);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, cancel);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, preview);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, table);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, summary);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, find);
  gtk_widget_class_bind_template_child (widget_class, AssayValuesView, style);
}

static void
assay_values_view_class_init (AssayValuesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (ASSAY_TYPE_FIND_BAR);
  g_type_ensure (ASSAY_TYPE_VALUE_TABLE);
  G_OBJECT_CLASS (klass)->dispose = values_view_dispose;
  signals[GO_TO] = g_signal_new ("go-to", ASSAY_TYPE_VALUES_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/assay/Assay/values-view.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cell_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, found_cb);
  gtk_widget_class_bind_template_callback (widget_class, style_chosen_cb);
}

static void
assay_values_view_init (AssayValuesView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  assay_values_view_init_formula (self);
  assay_values_view_init_edit (self);
  if (assay_settings_get ())
    g_signal_connect_object (assay_settings_get (), "changed::number-format", G_CALLBACK (style_setting_cb), self, G_CONNECT_SWAPPED);
  style_setting_cb (self);
}

static gboolean
show_empty (AssayValuesView *self)
{
  gboolean         empty = assay_source_get_n_elements (self->look->source) == 0;
  g_autofree char *shape = NULL;
  g_autofree char *text = NULL;

  if (empty)
    {
      shape = assay_shape_to_display (self->look->slice.rank, self->look->slice.shape);
      text = g_strdup_printf (_ ("Its shape is %s: there are no values."), shape);
      adw_status_page_set_description (self->empty, text);
    }
  gtk_stack_set_visible_child_name (self->states, empty ? "empty" : "values");
  return empty;
}

void
assay_values_view_look (AssayValuesView *self, const AssayLook *look, AssayLookChange change)
{
  gboolean numeric;

  self->look = (AssayLook *) look;
  if (look->source == NULL || show_empty (self))
    return;
  numeric = assay_dtype_is_numeric (assay_source_get_dtype (look->source));
  if (change != ASSAY_LOOK_SLICE)
    assay_find_bar_set_source (self->find, look->source);
  gtk_widget_set_sensitive (GTK_WIDGET (self->formula), numeric);
  if (change == ASSAY_LOOK_NEW)
    {
      assay_values_view_say (self, "", FALSE);
      gtk_editable_set_text (GTK_EDITABLE (self->formula), "");
    }
  assay_value_table_set_editable (self->table, !self->read_only);
  if (change == ASSAY_LOOK_EDITED)
    assay_value_table_refresh (self->table, look->source, look->saved);
  else
    assay_value_table_set (self->table, look->source, look->saved, &look->slice);
}

void
assay_values_view_set_read_only (AssayValuesView *self, gboolean read_only)
{
  self->read_only = read_only;
  gtk_widget_set_visible (GTK_WIDGET (self->formula), !read_only);
  gtk_widget_set_visible (GTK_WIDGET (self->apply), !read_only);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel), !read_only);
}

void
assay_values_view_move_to (AssayValuesView *self, const guint64 *index)
{
  const AssaySlice *slice = &self->look->slice;

  assay_value_table_move_to (self->table, slice->rows == ASSAY_NO_AXIS ? 0 : index[slice->rows],
                             slice->columns == ASSAY_NO_AXIS ? 0 : index[slice->columns], FALSE);
}

void
assay_values_view_command (AssayValuesView *self, const char *command)
{
  if (g_strcmp0 (command, "go-to") == 0)
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->cell));
      gtk_editable_select_region (GTK_EDITABLE (self->cell), 0, -1);
    }
  else if (g_strcmp0 (command, "find-value") == 0)
    assay_find_bar_focus (self->find);
  else if (g_strcmp0 (command, "formula") == 0)
    gtk_widget_grab_focus (GTK_WIDGET (self->formula));
  else if (g_strcmp0 (command, "fill") == 0)
    assay_values_view_fill (self);
}
