/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The class: what is shown, where the cursor is, how large cells are. Drawing, input and editing have files of their own. */

#include "value-table-parts-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

enum
{
  SELECTION_CHANGED,
  EDIT,
  COPY,
  PASTE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayValueTable, assay_value_table, ASSAY_TYPE_SCROLL_AREA)

static int
first_n_characters (AssayValueTable *self)
{
  AssayKind kind = self->source ? assay_dtype_get_info (assay_source_get_dtype (self->source))->kind : ASSAY_KIND_FLOAT;

  switch (kind)
    {
    case ASSAY_KIND_FLOAT:
      return 10;
    case ASSAY_KIND_COMPLEX:
    case ASSAY_KIND_TEXT:
    case ASSAY_KIND_TIME:
      return 20;
    default:
      return 6;
    }
}

static void
forget_lengths (AssayValueTable *self)
{
  self->n_characters = first_n_characters (self);
  self->n_whole = self->n_fraction = 0;
}

void
assay_value_table_layout (AssayValueTable *self)
{
  PangoContext    *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, self->n_rows);

  if (self->glyphs == NULL)
    {
      self->glyphs = assay_glyphs_new (context, "monospace", PANGO_WEIGHT_NORMAL);
      self->bold = assay_glyphs_new (context, "monospace", PANGO_WEIGHT_BOLD);
    }
  self->row_height = (int) ceil (assay_glyphs_get_height (self->glyphs)) + 7;
  self->column_width = (int) ceil (assay_glyphs_get_width (self->glyphs) * self->n_characters) + 14;
  self->header_width = (int) ceil (assay_glyphs_get_width (self->glyphs) * (double) strlen (last)) + 14;
  assay_scroll_area_set_content (ASSAY_SCROLL_AREA (self), (double) self->n_columns * self->column_width,
                                 (double) self->n_rows * self->row_height, self->column_width, self->row_height * 3,
                                 self->header_width, self->row_height);
}

void
assay_value_table_get_cell_area (AssayValueTable *self, guint64 row, guint64 column, graphene_rect_t *area)
{
  double x = assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  double y = assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));

  graphene_rect_init (area, (float) ((double) column * self->column_width - x + self->header_width),
                      (float) ((double) row * self->row_height - y + self->row_height), (float) self->column_width,
                      (float) self->row_height);
}

void
assay_value_table_tell (AssayValueTable *self)
{
  g_autofree char *index = NULL;
  g_autofree char *text = NULL;
  const char      *value;

  if (self->n_rows == 0 || self->n_columns == 0)
    text = g_strdup (_ ("no values"));
  else
    {
      index = assay_slice_dup_index_text (&self->slice, self->row, self->column);
      value = assay_block_cache_get_text (self->cache, self->row, self->column);
      text = g_strdup_printf ("%s %s", index, value ? value : _ ("being read"));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* Columns grow with the texts that come, so that no digit is hidden. */
static void
ready_cb (AssayValueTable *self)
{
  assay_value_table_tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
value_table_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  AssayValueTable *self = ASSAY_VALUE_TABLE (widget);

  GTK_WIDGET_CLASS (assay_value_table_parent_class)->css_changed (widget, change);
  g_clear_pointer (&self->glyphs, assay_glyphs_free);
  g_clear_pointer (&self->bold, assay_glyphs_free);
  assay_value_table_layout (self);
}

static void
value_table_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 400;
}

static void
value_table_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AssayValueTable *self = ASSAY_VALUE_TABLE (widget);
  graphene_rect_t  area;

  GTK_WIDGET_CLASS (assay_value_table_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->editor == NULL)
    return;
  assay_value_table_get_cell_area (self, self->row, self->column, &area);
  gtk_widget_size_allocate (self->editor,
                            &(GtkAllocation){ (int) area.origin.x, (int) area.origin.y, (int) area.size.width, (int) area.size.height },
                            -1);
}

static void
value_table_scrolled (AssayScrollArea *area)
{
  AssayValueTable *self = ASSAY_VALUE_TABLE (area);

  if (self->editor)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
value_table_dispose (GObject *object)
{
  AssayValueTable *self = ASSAY_VALUE_TABLE (object);

  g_clear_pointer (&self->editor, gtk_widget_unparent);
  g_clear_object (&self->cache);
  g_clear_object (&self->source);
  g_clear_object (&self->saved);
  g_clear_pointer (&self->glyphs, assay_glyphs_free);
  g_clear_pointer (&self->bold, assay_glyphs_free);
  G_OBJECT_CLASS (assay_value_table_parent_class)->dispose (object);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[COPY], 0);
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (ASSAY_VALUE_TABLE (widget)->editable)
    g_signal_emit (widget, signals[PASTE], 0);
}

static void
add_signals (void)
{
  GType type = ASSAY_TYPE_VALUE_TABLE;

  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EDIT] = g_signal_new ("edit", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                                G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
  signals[COPY] = g_signal_new ("copy", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PASTE] = g_signal_new ("paste", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_value_table_class_init (AssayValueTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = value_table_dispose;
  widget_class->snapshot = assay_value_table_snapshot;
  widget_class->measure = value_table_measure;
  widget_class->size_allocate = value_table_size_allocate;
  widget_class->css_changed = value_table_css_changed;
  ASSAY_SCROLL_AREA_CLASS (klass)->scrolled = value_table_scrolled;
  add_signals ();
  gtk_widget_class_install_action (widget_class, "clipboard.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "clipboard.paste", NULL, paste_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "clipboard.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "clipboard.paste", NULL);
  gtk_widget_class_set_css_name (widget_class, "valuetable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
assay_value_table_init (AssayValueTable *self)
{
  self->cache = assay_block_cache_new ();
  self->n_characters = 10;
  g_signal_connect_object (self->cache, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Values"), -1);
  assay_value_table_init_input (self);
}

GtkWidget *
assay_value_table_new (void)
{
  return g_object_new (ASSAY_TYPE_VALUE_TABLE, NULL);
}

void
assay_value_table_set (AssayValueTable *self, AssaySource *source, AssaySource *saved, const AssaySlice *slice)
{
  assay_value_table_end_edit (self, FALSE);
  g_set_object (&self->source, source);
  g_set_object (&self->saved, saved);
  if (slice)
    self->slice = *slice;
  self->n_rows = source ? assay_slice_n_rows (slice) : 0;
  self->n_columns = source ? assay_slice_n_columns (slice) : 0;
  for (guint i = 0; source && i < slice->rank; i++)
    if (slice->shape[i] == 0)
      self->n_rows = self->n_columns = 0;
  self->row = self->column = self->anchor_row = self->anchor_column = 0;
  self->left = source && assay_dtype_get_info (assay_source_get_dtype (source))->kind == ASSAY_KIND_TEXT;
  forget_lengths (self);
  assay_block_cache_set (self->cache, source, saved, slice, self->style);
  assay_value_table_layout (self);
  assay_scroll_area_scroll_to (ASSAY_SCROLL_AREA (self), 0, 0, 1, 1);
  assay_value_table_tell (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

void
assay_value_table_refresh (AssayValueTable *self, AssaySource *source, AssaySource *saved)
{
  g_set_object (&self->source, source);
  g_set_object (&self->saved, saved);
  assay_block_cache_refresh (self->cache, source, saved);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

void
assay_value_table_set_style (AssayValueTable *self, AssayFormatStyle style)
{
  if (self->style == style)
    return;
  self->style = style;
  forget_lengths (self);
  assay_block_cache_set (self->cache, self->source, self->saved, &self->slice, style);
  assay_value_table_layout (self);
}

void
assay_value_table_set_editable (AssayValueTable *self, gboolean editable)
{
  self->editable = editable;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_READ_ONLY, !editable, -1);
}

void
assay_value_table_get_cursor (AssayValueTable *self, guint64 *row, guint64 *column)
{
  *row = self->row;
  *column = self->column;
}

void
assay_value_table_get_selection (AssayValueTable *self, AssayCells *cells)
{
  cells->row = MIN (self->row, self->anchor_row);
  cells->column = MIN (self->column, self->anchor_column);
  cells->n_rows = self->n_rows ? MAX (self->row, self->anchor_row) - cells->row + 1 : 0;
  cells->n_columns = self->n_columns ? MAX (self->column, self->anchor_column) - cells->column + 1 : 0;
}

void
assay_value_table_move_to (AssayValueTable *self, guint64 row, guint64 column, gboolean extend)
{
  if (self->n_rows == 0 || self->n_columns == 0 || !assay_value_table_end_edit (self, TRUE))
    return;
  self->row = MIN (row, self->n_rows - 1);
  self->column = MIN (column, self->n_columns - 1);
  if (!extend)
    {
      self->anchor_row = self->row;
      self->anchor_column = self->column;
    }
  assay_scroll_area_scroll_to (ASSAY_SCROLL_AREA (self), (double) self->column * self->column_width,
                               (double) self->row * self->row_height, self->column_width, self->row_height);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  assay_value_table_tell (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

void
assay_value_table_select_all (AssayValueTable *self)
{
  if (self->n_rows == 0 || self->n_columns == 0)
    return;
  self->anchor_row = self->n_rows - 1;
  self->anchor_column = self->n_columns - 1;
  self->row = self->column = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

char *
assay_value_table_dup_text (AssayValueTable *self, guint64 row, guint64 column)
{
  return g_strdup (assay_block_cache_get_text (self->cache, row, column));
}
