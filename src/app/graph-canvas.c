/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-canvas-parts-private.h"

#include "colors-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

/* At first it isn't drawn smaller than that. */
#define READABLE_SCALE 0.85

enum
{
  SELECTED,
  TOGGLE,
  ZOOMED,
  FONT_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayGraphCanvas, assay_graph_canvas, ASSAY_TYPE_SCROLL_AREA)

char *
assay_graph_canvas_dup_font (AssayGraphCanvas *self)
{
  PangoContext         *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontDescription *font = pango_font_description_copy (pango_context_get_font_description (context));
  double                resolution = pango_cairo_context_get_resolution (context);
  char                 *text;

  /* The pen's points are of 96 to the inch. */
  if (!pango_font_description_get_size_is_absolute (font) && resolution > 0)
    pango_font_description_set_size (font, pango_font_description_get_size (font) * resolution / 96);
  text = pango_font_description_to_string (font);
  pango_font_description_free (font);
  return text;
}

static AssayGraphColor
plain (const GdkRGBA *color)
{
  return (AssayGraphColor){ color->red, color->green, color->blue };
}

static void
find_palette (AssayGraphCanvas *self, AssayGraphPalette *palette)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  AssayColors      colors;

  assay_colors_init (&colors, GTK_WIDGET (self));
  assay_graph_palette_init (palette, adw_style_manager_get_dark (manager));
  palette->background = plain (&colors.background);
  palette->text = plain (&colors.text);
  palette->dim = plain (&colors.dim);
  palette->accent = plain (&colors.accent);
  palette->error = plain (&colors.error);
  palette->is_strong = adw_style_manager_get_high_contrast (manager);
  if (palette->is_strong)
    palette->line = palette->dim;
}

void
assay_graph_canvas_get_origin (AssayGraphCanvas *self, double *x, double *y)
{
  double width = 0, height = 0;

  if (self->scene != NULL)
    assay_graph_scene_get_size (self->scene, &width, &height);
  *x = MAX (0, (gtk_widget_get_width (GTK_WIDGET (self)) - width * self->scale) / 2) - assay_scroll_area_get_x (ASSAY_SCROLL_AREA (self));
  *y = MAX (0, (gtk_widget_get_height (GTK_WIDGET (self)) - height * self->scale) / 2) - assay_scroll_area_get_y (ASSAY_SCROLL_AREA (self));
}

static void
graph_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AssayGraphCanvas *self = ASSAY_GRAPH_CANVAS (widget);
  int               width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  AssayGraphLook    look = { self->selected_box, self->hovered, self->damaged, self->scale, 0, 0, width / self->scale, height / self->scale };
  AssayGraphPalette palette;
  double            x, y;
  cairo_t          *cr;

  if (self->scene == NULL || width == 0 || height == 0)
    return;
  if (self->pen == NULL)
    {
      g_autofree char *font = assay_graph_canvas_dup_font (self);

      self->pen = assay_graph_pen_new (font);
    }
  find_palette (self, &palette);
  assay_graph_canvas_get_origin (self, &x, &y);
  look.x = -x / self->scale;
  look.y = -y / self->scale;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_translate (cr, floor (x), floor (y));
  cairo_scale (cr, self->scale, self->scale);
  assay_graph_pen_draw (self->pen, cr, self->scene, &palette, &look);
  cairo_destroy (cr);
}

static void
tell_content (AssayGraphCanvas *self)
{
  double width = 0, height = 0;

  if (self->scene != NULL)
    assay_graph_scene_get_size (self->scene, &width, &height);
  assay_scroll_area_set_content (ASSAY_SCROLL_AREA (self), width * self->scale, height * self->scale, 48, 48, 0, 0);
}

static void
set_value (AssayGraphCanvas *self, GtkOrientation orientation, double value)
{
  GtkAdjustment *adjustment = orientation == GTK_ORIENTATION_HORIZONTAL ? gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (self))
                                                                        : gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self));

  gtk_adjustment_set_value (adjustment, value);
}

void
assay_graph_canvas_move (AssayGraphCanvas *self, double scene_x, double scene_y, double x, double y)
{
  set_value (self, GTK_ORIENTATION_HORIZONTAL, scene_x * self->scale - x);
  set_value (self, GTK_ORIENTATION_VERTICAL, scene_y * self->scale - y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
assay_graph_canvas_zoom_at (AssayGraphCanvas *self, double factor, double x, double y)
{
  double origin_x, origin_y, scene_x, scene_y;

  assay_graph_canvas_get_origin (self, &origin_x, &origin_y);
  scene_x = (x - origin_x) / self->scale;
  scene_y = (y - origin_y) / self->scale;
  self->scale = CLAMP (self->scale * factor, ASSAY_GRAPH_MIN_SCALE, ASSAY_GRAPH_MAX_SCALE);
  tell_content (self);
  assay_graph_canvas_move (self, scene_x, scene_y, x, y);
  g_signal_emit (self, signals[ZOOMED], 0);
}

void
assay_graph_canvas_zoom (AssayGraphCanvas *self, double factor)
{
  assay_graph_canvas_zoom_at (self, factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

void
assay_graph_canvas_set_scale (AssayGraphCanvas *self, double scale)
{
  double width = 0, height = 0;

  if (self->scene != NULL)
    assay_graph_scene_get_size (self->scene, &width, &height);
  if (scale == 0 && width > 0 && height > 0)
    scale = MIN (1, MIN (gtk_widget_get_width (GTK_WIDGET (self)) / width, gtk_widget_get_height (GTK_WIDGET (self)) / height));
  if (scale > 0)
    assay_graph_canvas_zoom (self, scale / self->scale);
}

double
assay_graph_canvas_get_scale (AssayGraphCanvas *self)
{
  return self->scale;
}

static void
tell_selected (AssayGraphCanvas *self)
{
  g_autofree char *text = self->selected_box != ASSAY_GRAPH_NONE ? assay_graph_canvas_dup_box_text (self, self->selected_box)
                                                                 : g_strdup (_ ("Nothing is selected"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
show_box (AssayGraphCanvas *self, guint32 number)
{
  guint                n;
  const AssayGraphBox *box = &assay_graph_scene_get_boxes (self->scene, &n)[number];

  /* Of a frame its title. */
  assay_scroll_area_scroll_to (ASSAY_SCROLL_AREA (self), (box->x - 24) * self->scale, (box->y - 24) * self->scale, (box->width + 48) * self->scale,
                               ((box->is_open ? 40 : box->height) + 48) * self->scale);
}

void
assay_graph_canvas_select (AssayGraphCanvas *self, const char *key)
{
  guint32 box = self->scene ? assay_graph_scene_find_key (self->scene, key) : ASSAY_GRAPH_NONE;

  g_free (self->selected);
  self->selected = box == ASSAY_GRAPH_NONE ? NULL : g_strdup (key);
  if (box != ASSAY_GRAPH_NONE)
    show_box (self, box);
  self->selected_box = box;
  tell_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0);
}

guint32
assay_graph_canvas_get_selected (AssayGraphCanvas *self)
{
  return self->selected_box;
}

/* The key of what holds a box: "a/b/c" is in "a/b". Items of one group don't name it, so of those nothing is left. */
static void
keep_selected (AssayGraphCanvas *self)
{
  self->selected_box = assay_graph_scene_find_key (self->scene, self->selected);
  while (self->selected_box == ASSAY_GRAPH_NONE && self->selected != NULL && strchr (self->selected, '/') != NULL)
    {
      *strrchr (self->selected, '/') = '\0';
      self->selected_box = assay_graph_scene_find_key (self->scene, self->selected);
    }
  if (self->selected_box == ASSAY_GRAPH_NONE)
    g_clear_pointer (&self->selected, g_free);
}

/* At first all of it is seen if it can be read so; else its beginning. */
static void
look_at_begin (AssayGraphCanvas *self)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);
  double               room_x = gtk_widget_get_width (GTK_WIDGET (self)), room_y = gtk_widget_get_height (GTK_WIDGET (self)), width, height;

  assay_graph_scene_get_size (self->scene, &width, &height);
  if (n == 0 || room_x < 2 || room_y < 2)
    return;
  self->is_fresh = FALSE;
  self->scale = CLAMP (MIN (room_x / width, room_y / height), READABLE_SCALE, 1);
  tell_content (self);
  assay_graph_canvas_move (self, boxes[0].x + boxes[0].width / 2, 0, room_x / 2, 0);
  g_signal_emit (self, signals[ZOOMED], 0);
}

static gboolean
begin_cb (gpointer data)
{
  AssayGraphCanvas *self = data;

  self->begin = 0;
  if (self->is_fresh && self->scene != NULL)
    look_at_begin (self);
  return G_SOURCE_REMOVE;
}

/* Sizes can't change while they are given. */
static void
graph_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AssayGraphCanvas *self = ASSAY_GRAPH_CANVAS (widget);

  GTK_WIDGET_CLASS (assay_graph_canvas_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->is_fresh && self->scene != NULL && self->begin == 0)
    self->begin = g_idle_add_full (G_PRIORITY_HIGH_IDLE, begin_cb, self, NULL);
}

void
assay_graph_canvas_set_scene (AssayGraphCanvas *self, AssayGraphScene *scene, const char *keep)
{
  guint   n;
  guint32 before = self->scene ? assay_graph_scene_find_key (self->scene, keep) : ASSAY_GRAPH_NONE;
  double  x = 0, y = 0;

  if (before != ASSAY_GRAPH_NONE)
    {
      const AssayGraphBox *box = &assay_graph_scene_get_boxes (self->scene, &n)[before];

      assay_graph_canvas_get_origin (self, &x, &y);
      x += (box->x + box->width / 2) * self->scale;
      y += box->y * self->scale;
    }
  g_clear_pointer (&self->scene, assay_graph_scene_unref);
  g_clear_pointer (&self->damaged, g_free);
  self->scene = scene ? assay_graph_scene_ref (scene) : NULL;
  self->hovered = self->selected_box = ASSAY_GRAPH_NONE;
  tell_content (self);
  self->is_fresh |= scene == NULL;
  if (scene == NULL)
    return;
  keep_selected (self);
  if (before != ASSAY_GRAPH_NONE && assay_graph_scene_find_key (scene, keep) != ASSAY_GRAPH_NONE)
    {
      const AssayGraphBox *box = &assay_graph_scene_get_boxes (scene, &n)[assay_graph_scene_find_key (scene, keep)];

      assay_graph_canvas_move (self, box->x + box->width / 2, box->y, x, y);
    }
  if (self->is_fresh)
    look_at_begin (self);
  tell_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0);
}

AssayGraphScene *
assay_graph_canvas_get_scene (AssayGraphCanvas *self)
{
  return self->scene;
}

void
assay_graph_canvas_set_damaged (AssayGraphCanvas *self, guint8 *damaged)
{
  g_free (self->damaged);
  self->damaged = damaged;
  tell_selected (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Boxes are as large as their texts, so another font or size needs another scene. */
static void
graph_canvas_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  AssayGraphCanvas *self = ASSAY_GRAPH_CANVAS (widget);
  g_autofree char  *font = NULL;

  GTK_WIDGET_CLASS (assay_graph_canvas_parent_class)->css_changed (widget, change);
  font = assay_graph_canvas_dup_font (self);
  if (g_strcmp0 (font, self->font) == 0)
    return;
  g_clear_pointer (&self->pen, assay_graph_pen_free);
  g_free (self->font);
  self->font = g_steal_pointer (&font);
  g_signal_emit (self, signals[FONT_CHANGED], 0);
}

static void
graph_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *b1, int *b2)
{
  *minimum = 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 700 : 500;
}

static void
graph_canvas_dispose (GObject *object)
{
  AssayGraphCanvas *self = ASSAY_GRAPH_CANVAS (object);

  g_clear_handle_id (&self->begin, g_source_remove);
  g_clear_pointer (&self->scene, assay_graph_scene_unref);
  g_clear_pointer (&self->pen, assay_graph_pen_free);
  g_clear_pointer (&self->selected, g_free);
  g_clear_pointer (&self->damaged, g_free);
  g_clear_pointer (&self->font, g_free);
  G_OBJECT_CLASS (assay_graph_canvas_parent_class)->dispose (object);
}

static void
assay_graph_canvas_class_init (AssayGraphCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = graph_canvas_dispose;
  widget_class->snapshot = graph_canvas_snapshot;
  widget_class->size_allocate = graph_canvas_size_allocate;
  widget_class->measure = graph_canvas_measure;
  widget_class->css_changed = graph_canvas_css_changed;
  signals[SELECTED] = g_signal_new ("selected", ASSAY_TYPE_GRAPH_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TOGGLE] = g_signal_new ("toggle", ASSAY_TYPE_GRAPH_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ZOOMED] = g_signal_new ("zoomed", ASSAY_TYPE_GRAPH_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FONT_CHANGED] = g_signal_new ("font-changed", ASSAY_TYPE_GRAPH_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "graphcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
assay_graph_canvas_init (AssayGraphCanvas *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->scale = 1;
  self->is_fresh = TRUE;
  self->selected_box = self->hovered = ASSAY_GRAPH_NONE;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  assay_graph_canvas_init_input (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}
