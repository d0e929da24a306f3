/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "heat-map-parts-private.h"

#include "colors-private.h"

#include <glib/gi18n-lib.h>

#include <math.h>

G_DEFINE_FINAL_TYPE (AssayHeatMap, assay_heat_map, GTK_TYPE_WIDGET)

static double
clamp_origin (double at, double seen, double all)
{
  return CLAMP (at, MIN (0, all - seen), MAX (0, all - seen));
}

/* Those that are linked show the same part, if they show anything. */
static void
lead_view (AssayHeatMap *self)
{
  if (self->following)
    return;
  self->following = TRUE;
  for (guint i = 0; i < self->linked->len; i++)
    {
      AssayHeatMap *other = self->linked->pdata[i];

      if (other->following || other->pyramid == NULL)
        continue;
      other->following = TRUE;
      other->fitted = self->fitted;
      if (self->fitted)
        assay_heat_map_look_at (other, 0, 0, (double) assay_slice_n_rows (&other->slice), (double) assay_slice_n_columns (&other->slice));
      else
        assay_heat_map_look_at (other, self->row, self->column, self->n_rows, self->n_columns);
      other->following = FALSE;
    }
  self->following = FALSE;
}

void
assay_heat_map_look_at (AssayHeatMap *self, double row, double column, double n_rows, double n_columns)
{
  double all_rows = (double) assay_slice_n_rows (&self->slice);
  double all_columns = (double) assay_slice_n_columns (&self->slice);

  self->n_rows = CLAMP (n_rows, MIN (2, all_rows), all_rows);
  self->n_columns = CLAMP (n_columns, MIN (2, all_columns), all_columns);
  self->row = clamp_origin (row, self->n_rows, all_rows);
  self->column = clamp_origin (column, self->n_columns, all_columns);
  assay_heat_map_paint (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  lead_view (self);
}

static void
tell (AssayHeatMap *self)
{
  g_autofree char *index = NULL;
  g_autofree char *text = NULL;
  const char      *value;

  if (self->pyramid == NULL)
    return;
  index = assay_slice_dup_index_text (&self->slice, self->cell_row, self->cell_column);
  value = assay_block_cache_get_text (self->cache, self->cell_row, self->cell_column);
  text = g_strdup_printf ("%s %s", index, value ? value : _ ("being read"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
lead_cell (AssayHeatMap *self)
{
  if (self->following)
    return;
  self->following = TRUE;
  for (guint i = 0; i < self->linked->len; i++)
    {
      AssayHeatMap *other = self->linked->pdata[i];

      if (other->following || other->pyramid == NULL)
        continue;
      other->following = TRUE;
      assay_heat_map_set_cell (other,
                               self->has_cell && self->cell_row < assay_slice_n_rows (&other->slice) &&
                                   self->cell_column < assay_slice_n_columns (&other->slice),
                               self->cell_row, self->cell_column);
      other->following = FALSE;
    }
  self->following = FALSE;
}

void
assay_heat_map_set_cell (AssayHeatMap *self, gboolean has_cell, guint64 row, guint64 column)
{
  self->has_cell = has_cell;
  self->cell_row = row;
  self->cell_column = column;
  if (has_cell)
    {
      assay_block_cache_begin (self->cache);
      assay_block_cache_get (self->cache, row / ASSAY_BLOCK_ROWS, column / ASSAY_BLOCK_COLUMNS);
      assay_block_cache_end (self->cache);
      tell (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  lead_cell (self);
}

static void
ready_cb (AssayHeatMap *self)
{
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The last picture, put where its cells are now: it moves and grows at once, and sharpens when the next one comes. */
static void
draw_texture (AssayHeatMap *self, GtkSnapshot *snapshot, double width, double height)
{
  const AssayPyramidView *view = &self->texture_view;
  graphene_rect_t         area;

  graphene_rect_init (&area, (float) ((view->column - self->column) / self->n_columns * width),
                      (float) ((view->row - self->row) / self->n_rows * height),
                      (float) (view->n_columns / self->n_columns * width), (float) (view->n_rows / self->n_rows * height));
  gtk_snapshot_append_texture (snapshot, self->texture, &area);
}

static void
draw_cell_outline (AssayHeatMap *self, GtkSnapshot *snapshot, double width, double height, const AssayColors *colors)
{
  double         cell_width = width / self->n_columns;
  double         cell_height = height / self->n_rows;
  GskRoundedRect outline;

  if (cell_width < 4 || cell_height < 4)
    return;
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) (((double) self->cell_column - self->column) * cell_width),
                                                        (float) (((double) self->cell_row - self->row) * cell_height),
                                                        (float) cell_width, (float) cell_height),
                                   0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ colors->accent, colors->accent, colors->accent, colors->accent });
}

/* A small label at the told cell: index and value. */
static void
draw_label (AssayHeatMap *self, GtkSnapshot *snapshot, double width, double height, const AssayColors *colors)
{
  g_autofree char *index = assay_slice_dup_index_text (&self->slice, self->cell_row, self->cell_column);
  const char      *value = assay_block_cache_get_text (self->cache, self->cell_row, self->cell_column);
  g_autofree char *text = g_strdup_printf ("%s %s", index, value ? value : "…");
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  GskRoundedRect  frame;
  double          x = ((double) self->cell_column + 0.5 - self->column) / self->n_columns * width + 10;
  double          y = ((double) self->cell_row + 0.5 - self->row) / self->n_rows * height + 12;
  int             w;
  int             h;

  bold->start_index = (guint) strlen (index) + 1;
  pango_attr_list_insert (attributes, bold);
  pango_attr_list_insert (attributes, pango_attr_family_new ("monospace"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &w, &h);
  x = CLAMP (x, 2, MAX (2, width - w - 20));
  y = y + h + 12 > height ? y - h - 34 : y;
  y = CLAMP (y, 2, MAX (2, height - h - 14));
  gsk_rounded_rect_init_from_rect (&frame, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) w + 18, (float) h + 10), 6);
  gtk_snapshot_append_outset_shadow (snapshot, &frame, &(GdkRGBA){ 0, 0, 0, 0.35f }, 0, 1, 1, 4);
  gtk_snapshot_push_rounded_clip (snapshot, &frame);
  gtk_snapshot_append_color (snapshot, &colors->background, &frame.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x + 9, (float) y + 5));
  gtk_snapshot_append_layout (snapshot, layout, &colors->text);
  gtk_snapshot_restore (snapshot);
}

static void
heat_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayHeatMap *self = ASSAY_HEAT_MAP (widget);
  double        width = gtk_widget_get_width (widget);
  double        height = gtk_widget_get_height (widget);
  AssayColors   colors;

  if (self->pyramid == NULL || self->texture == NULL || self->n_rows <= 0 || self->n_columns <= 0)
    return;
  assay_colors_init (&colors, widget);
  draw_texture (self, snapshot, width, height);
  if (!self->has_cell)
    return;
  draw_cell_outline (self, snapshot, width, height, &colors);
  draw_label (self, snapshot, width, height, &colors);
}

static void
heat_map_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  assay_heat_map_paint (ASSAY_HEAT_MAP (widget));
}

static void
heat_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  *minimum = 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 400;
}

static void
heat_map_dispose (GObject *object)
{
  AssayHeatMap *self = ASSAY_HEAT_MAP (object);

  assay_heat_map_drop_work (self);
  for (guint i = 0; self->linked != NULL && i < self->linked->len; i++)
    g_ptr_array_remove (((AssayHeatMap *) self->linked->pdata[i])->linked, self);
  g_clear_pointer (&self->linked, g_ptr_array_unref);
  g_clear_object (&self->source);
  g_clear_object (&self->pyramid);
  g_clear_object (&self->cache);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (assay_heat_map_parent_class)->dispose (object);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AssayHeatMap *self = ASSAY_HEAT_MAP (widget);

  if (self->texture)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), self->texture);
}

static void
assay_heat_map_class_init (AssayHeatMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heat_map_dispose;
  widget_class->snapshot = heat_map_snapshot;
  widget_class->size_allocate = heat_map_size_allocate;
  widget_class->measure = heat_map_measure;
  g_signal_new ("extremes-changed", ASSAY_TYPE_HEAT_MAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "clipboard.copy", NULL, copy_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "clipboard.copy", NULL);
  gtk_widget_class_set_css_name (widget_class, "heatmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_heat_map_init (AssayHeatMap *self)
{
  self->linked = g_ptr_array_new ();
  self->cache = assay_block_cache_new ();
  g_signal_connect_object (self->cache, "ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Heat map"), -1);
  assay_heat_map_init_input (self);
}

GtkWidget *
assay_heat_map_new (void)
{
  return g_object_new (ASSAY_TYPE_HEAT_MAP, NULL);
}

void
assay_heat_map_set (AssayHeatMap *self, AssaySource *source, const AssaySlice *slice, gboolean keep_view)
{
  assay_heat_map_drop_work (self);
  g_set_object (&self->source, source);
  g_clear_object (&self->pyramid);
  self->has_cell = FALSE;
  if (source == NULL || assay_source_get_n_elements (source) == 0)
    {
      g_clear_object (&self->texture);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return;
    }
  self->slice = *slice;
  assay_block_cache_set (self->cache, source, NULL, slice, ASSAY_FORMAT_SHORTEST);
  self->pyramid = assay_pyramid_new (source, slice->rows, slice->columns, slice->index);
  if (keep_view && self->n_rows > 0)
    assay_heat_map_look_at (self, self->row, self->column, self->n_rows, self->n_columns);
  else
    {
      g_clear_object (&self->texture);
      self->cell_row = self->cell_column = 0;
      assay_heat_map_fit (self);
    }
}

void
assay_heat_map_set_bound (AssayHeatMap *self, double bound)
{
  if (self->bound == bound)
    return;
  self->bound = bound;
  assay_heat_map_paint (self);
}

double
assay_heat_map_get_bound (AssayHeatMap *self)
{
  return self->bound > 0 ? self->bound : self->texture ? self->texture_bound
                                                       : 0;
}

GdkTexture *
assay_heat_map_get_texture (AssayHeatMap *self)
{
  return self->texture;
}

void
assay_heat_map_fit (AssayHeatMap *self)
{
  self->fitted = TRUE;
  assay_heat_map_look_at (self, 0, 0, (double) assay_slice_n_rows (&self->slice), (double) assay_slice_n_columns (&self->slice));
}

void
assay_heat_map_link (AssayHeatMap *self, AssayHeatMap *other)
{
  g_ptr_array_add (self->linked, other);
  g_ptr_array_add (other->linked, self);
}

void
assay_heat_map_show_cell (AssayHeatMap *self, guint64 row, guint64 column)
{
  double r = (double) row, c = (double) column;

  if (self->pyramid == NULL || row >= assay_slice_n_rows (&self->slice) || column >= assay_slice_n_columns (&self->slice))
    return;
  if (r < self->row || r >= self->row + self->n_rows || c < self->column || c >= self->column + self->n_columns)
    assay_heat_map_look_at (self, r - self->n_rows / 2, c - self->n_columns / 2, self->n_rows, self->n_columns);
  assay_heat_map_set_cell (self, TRUE, row, column);
}
