/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "graph-pen-private.h"
#include "graph-scene-private.h"

#include <assay/error.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define MAX_PNG_SIDE 32767

/* Smaller than that, nobody reads it. */
#define QUIET_SCALE 0.45
#define TITLE_SCALE 0.22

typedef struct
{
  AssayGraphPen           *pen;
  cairo_t                 *cr;
  AssayGraphScene         *scene;
  const AssayGraphPalette *palette;
  const AssayGraphLook    *look;
} Drawing;

void
assay_graph_palette_init (AssayGraphPalette *self, gboolean is_dark)
{
  static const AssayGraphColor hues[2][ASSAY_GRAPH_N_HUES] = {
    { { 0.47, 0.46, 0.48 }, { 0.55, 0.46, 0.34 }, { 0.36, 0.44, 0.55 }, { 0.62, 0.42, 0.10 }, { 0.55, 0.25, 0.62 }, { 0.15, 0.54, 0.33 }, { 0.05, 0.52, 0.55 }, { 0.75, 0.27, 0.47 }, { 0.16, 0.42, 0.80 } },
    { { 0.70, 0.69, 0.72 }, { 0.78, 0.68, 0.53 }, { 0.62, 0.72, 0.86 }, { 0.90, 0.71, 0.38 }, { 0.80, 0.55, 0.88 }, { 0.45, 0.80, 0.58 }, { 0.35, 0.78, 0.80 }, { 0.95, 0.55, 0.72 }, { 0.48, 0.70, 1.00 } },
  };

  self->background = is_dark ? (AssayGraphColor){ 0.118, 0.118, 0.118 } : (AssayGraphColor){ 1, 1, 1 };
  self->text = is_dark ? (AssayGraphColor){ 1, 1, 1 } : (AssayGraphColor){ 0.16, 0.16, 0.16 };
  self->dim = is_dark ? (AssayGraphColor){ 0.76, 0.76, 0.76 } : (AssayGraphColor){ 0.36, 0.36, 0.36 };
  self->line = is_dark ? (AssayGraphColor){ 0.55, 0.55, 0.55 } : (AssayGraphColor){ 0.58, 0.58, 0.58 };
  self->accent = (AssayGraphColor){ 0.21, 0.52, 0.89 };
  self->error = is_dark ? (AssayGraphColor){ 1, 0.48, 0.39 } : (AssayGraphColor){ 0.75, 0.11, 0.16 };
  self->is_strong = FALSE;
  for (guint i = 0; i < ASSAY_GRAPH_N_HUES; i++)
    self->hues[i] = hues[is_dark ? 1 : 0][i];
}

static AssayGraphColor
mix (const AssayGraphColor *under, const AssayGraphColor *over, double part)
{
  return (AssayGraphColor){ under->red + (over->red - under->red) * part, under->green + (over->green - under->green) * part,
                            under->blue + (over->blue - under->blue) * part };
}

static void
set_color (Drawing *self, AssayGraphColor color)
{
  cairo_set_source_rgb (self->cr, color.red, color.green, color.blue);
}

static void
trace_box (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  radius = MIN (radius, MIN (width, height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* A text in a line of a box; returns how wide it is. */
static double
draw_text (Drawing *self, AssayPenStyle style, const char *text, double x, double y, double room, AssayGraphColor color)
{
  double       width = assay_pen_width (self->pen, style, text);
  PangoLayout *layout = assay_pen_set (self->pen, style, text, width > room + 0.5 ? MAX (room, 1) : -1);

  set_color (self, color);
  cairo_move_to (self->cr, x, y);
  pango_cairo_show_layout (self->cr, layout);
  return MIN (width, room);
}

/* Down in an open frame, to the right in a closed group. */
static void
draw_chevron (Drawing *self, const AssayGraphBox *box)
{
  double x = box->x + box->width - ASSAY_PEN_PAD_X - 4, y = box->y + ASSAY_PEN_PAD_Y + self->pen->heights[ASSAY_PEN_TITLE] / 2;

  set_color (self, self->palette->dim);
  cairo_set_line_width (self->cr, 1.8);
  if (box->is_open)
    {
      cairo_move_to (self->cr, x - 4.5, y - 2.5);
      cairo_line_to (self->cr, x, y + 2.5);
      cairo_line_to (self->cr, x + 4.5, y - 2.5);
    }
  else
    {
      cairo_move_to (self->cr, x - 2, y - 4.5);
      cairo_line_to (self->cr, x + 3, y);
      cairo_line_to (self->cr, x - 2, y + 4.5);
    }
  cairo_stroke (self->cr);
}

static gboolean
is_damaged (Drawing *self, guint32 box)
{
  return self->look->damaged != NULL && self->look->damaged[box];
}

static void
outline_box (Drawing *self, guint32 number, const AssayGraphBox *box, double radius, AssayGraphColor color)
{
  double width = self->palette->is_strong ? 2 : 1;

  if (is_damaged (self, number))
    {
      color = self->palette->error;
      width = 2;
    }
  if (self->look->selected == number)
    {
      set_color (self, self->palette->accent);
      cairo_set_line_width (self->cr, 3);
      trace_box (self->cr, box->x - 3.5, box->y - 3.5, box->width + 7, box->height + 7, radius + 3.5);
      cairo_stroke (self->cr);
    }
  else if (self->look->hovered == number && !box->is_open)
    width++;
  set_color (self, color);
  cairo_set_line_width (self->cr, width);
  trace_box (self->cr, box->x + 0.5, box->y + 0.5, box->width - 1, box->height - 1, radius);
  cairo_stroke (self->cr);
}

/* Not by colour alone. */
static void
draw_badge (Drawing *self, const AssayGraphBox *box)
{
  double width = assay_pen_width (self->pen, ASSAY_PEN_LABEL, "NaN/∞") + 10, height = self->pen->heights[ASSAY_PEN_LABEL];
  double x = box->x + box->width - width + 6, y = box->y + (box->is_open ? ASSAY_GRAPH_FRAME_HEAD : box->height) - height / 2;

  set_color (self, self->palette->error);
  trace_box (self->cr, x, y, width, height, height / 2);
  cairo_fill (self->cr);
  draw_text (self, ASSAY_PEN_LABEL, "NaN/∞", x + 5, y, width, self->palette->background);
}

static void
draw_rows (Drawing *self, const AssayGraphBox *box, double y)
{
  double room = box->width - 2 * ASSAY_PEN_PAD_X, line = self->pen->heights[ASSAY_PEN_QUIET];

  for (guint i = 0; i < box->rows->len; i++, y += line)
    {
      const AssayGraphRow *row = &g_array_index (box->rows, AssayGraphRow, i);
      double               value = MIN (assay_pen_width (self->pen, ASSAY_PEN_QUIET, row->value), room * 2 / 3);
      double               name = draw_text (self, ASSAY_PEN_QUIET, row->name, box->x + ASSAY_PEN_PAD_X, y, MAX (room - value - 8, room / 3),
                               row->variable ? self->palette->text : self->palette->dim);

      value = MIN (assay_pen_width (self->pen, ASSAY_PEN_QUIET, row->value), room - name - 8);
      draw_text (self, ASSAY_PEN_QUIET, row->value, box->x + ASSAY_PEN_PAD_X + room - value, y, value, self->palette->dim);
    }
  if (box->note != NULL)
    draw_text (self, ASSAY_PEN_QUIET, box->note, box->x + ASSAY_PEN_PAD_X, y, room, self->palette->dim);
}

static void
draw_texts (Drawing *self, const AssayGraphBox *box)
{
  double x = box->x + ASSAY_PEN_PAD_X, y = box->y + ASSAY_PEN_PAD_Y, room = box->width - 2 * ASSAY_PEN_PAD_X - (box->can_open ? ASSAY_PEN_CHEVRON : 0);
  double used;

  if (self->look->scale < TITLE_SCALE && !box->is_open)
    return;
  used = draw_text (self, ASSAY_PEN_TITLE, box->title, x, y, room, self->palette->text);
  if (self->look->scale < QUIET_SCALE)
    return;
  if (box->is_open)
    {
      if (box->subtitle != NULL && room - used > 30)
        draw_text (self, ASSAY_PEN_QUIET, box->subtitle, x + used + 10,
                   y + self->pen->heights[ASSAY_PEN_TITLE] - self->pen->heights[ASSAY_PEN_QUIET] - 1, room - used - 10, self->palette->dim);
      return;
    }
  y += self->pen->heights[ASSAY_PEN_TITLE];
  if (box->subtitle != NULL)
    {
      draw_text (self, ASSAY_PEN_QUIET, box->subtitle, x, y, box->width - 2 * ASSAY_PEN_PAD_X, self->palette->dim);
      y += self->pen->heights[ASSAY_PEN_QUIET];
    }
  draw_rows (self, box, y);
}

static void
draw_frame (Drawing *self, guint32 number, const AssayGraphBox *box)
{
  set_color (self, mix (&self->palette->background, &self->palette->text, 0.03));
  trace_box (self->cr, box->x, box->y, box->width, box->height, 10);
  cairo_fill (self->cr);
  outline_box (self, number, box, 10, mix (&self->palette->background, &self->palette->text, self->palette->is_strong ? 0.8 : 0.3));
}

/* The title of a frame is a band that lines end at. */
static void
draw_head (Drawing *self, const AssayGraphBox *box)
{
  cairo_save (self->cr);
  trace_box (self->cr, box->x + 1, box->y + 1, box->width - 2, box->height - 2, 9);
  cairo_clip (self->cr);
  set_color (self, mix (&self->palette->background, &self->palette->text, 0.09));
  cairo_rectangle (self->cr, box->x, box->y, box->width, ASSAY_GRAPH_FRAME_HEAD);
  cairo_fill (self->cr);
  cairo_restore (self->cr);
  draw_texts (self, box);
  draw_chevron (self, box);
}

static void
draw_closed (Drawing *self, guint32 number, const AssayGraphBox *box)
{
  gboolean        is_end = box->kind == ASSAY_GRAPH_INPUT || box->kind == ASSAY_GRAPH_RESULT;
  AssayGraphColor hue = is_end ? self->palette->accent : self->palette->hues[box->hue];
  AssayGraphColor border = mix (&self->palette->background, &hue, self->palette->is_strong ? 1 : 0.55);
  double          radius = is_end ? box->height / 2 : 8;

  if (box->can_open)
    {
      /* A second sheet behind it: there is more. */
      set_color (self, mix (&self->palette->background, &hue, 0.18));
      trace_box (self->cr, box->x + 4, box->y + 4, box->width, box->height, radius);
      cairo_fill_preserve (self->cr);
      set_color (self, border);
      cairo_set_line_width (self->cr, 1);
      cairo_stroke (self->cr);
    }
  set_color (self, mix (&self->palette->background, &hue, is_end ? 0.14 : 0.09));
  trace_box (self->cr, box->x, box->y, box->width, box->height, radius);
  cairo_fill (self->cr);
  if (!is_end)
    {
      cairo_save (self->cr);
      trace_box (self->cr, box->x, box->y, box->width, box->height, radius);
      cairo_clip (self->cr);
      set_color (self, hue);
      cairo_rectangle (self->cr, box->x, box->y, 4, box->height);
      cairo_fill (self->cr);
      cairo_restore (self->cr);
    }
  outline_box (self, number, box, radius, border);
  draw_texts (self, box);
  if (box->can_open && self->look->scale >= TITLE_SCALE)
    draw_chevron (self, box);
  if (is_damaged (self, number))
    draw_badge (self, box);
}

static void
trace_line (cairo_t *cr, const AssayGraphPoint *points, guint n)
{
  cairo_move_to (cr, points[0].x, points[0].y);
  for (guint i = 1; i < n; i++)
    {
      double middle = (points[i - 1].y + points[i].y) / 2;

      if (fabs (points[i].x - points[i - 1].x) < 0.5)
        cairo_line_to (cr, points[i].x, points[i].y);
      else
        cairo_curve_to (cr, points[i - 1].x, middle, points[i].x, middle, points[i].x, points[i].y);
    }
}

static void
draw_arrow (cairo_t *cr, const AssayGraphPoint *points, guint n)
{
  const AssayGraphPoint *end = &points[n - 1];
  double                 down = n > 1 && end->y < points[n - 2].y ? -1 : 1;

  cairo_move_to (cr, end->x, end->y);
  cairo_line_to (cr, end->x - 4, end->y - 8 * down);
  cairo_line_to (cr, end->x + 4, end->y - 8 * down);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static gboolean
is_lit (Drawing *self, const AssayGraphLine *line)
{
  return self->look->selected != ASSAY_GRAPH_NONE && (line->from == self->look->selected || line->to == self->look->selected);
}

static gboolean
is_seen (Drawing *self, double left, double top, double right, double bottom)
{
  const AssayGraphLook *look = self->look;

  return left < look->x + look->width && right > look->x && top < look->y + look->height && bottom > look->y;
}

static void
draw_line (Drawing *self, const AssayGraphLine *line)
{
  static const double    back[] = { 6, 4 }, control[] = { 1.5, 4 };
  const AssayGraphPoint *points = assay_graph_scene_get_points (self->scene) + line->first_point;
  gboolean               lit = is_lit (self, line);
  double                 left = G_MAXDOUBLE, right = -G_MAXDOUBLE, top = G_MAXDOUBLE, bottom = -G_MAXDOUBLE;

  for (guint i = 0; i < line->n_points; i++)
    {
      left = MIN (left, points[i].x);
      right = MAX (right, points[i].x);
      top = MIN (top, points[i].y);
      bottom = MAX (bottom, points[i].y);
    }
  if (line->n_points == 0 || !is_seen (self, left - 6, top - 6, right + 6, bottom + 6))
    return;
  set_color (self, lit ? self->palette->accent : line->is_direct ? mix (&self->palette->background, &self->palette->line, 0.5)
                                                                 : self->palette->line);
  cairo_set_line_width (self->cr, lit ? 2.4 : self->palette->is_strong ? 2
                                                                       : 1.4);
  cairo_set_dash (self->cr, line->is_back ? back : control, line->is_back || line->is_control ? 2 : 0, 0);
  trace_line (self->cr, points, line->n_points);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
  if (line->has_head && self->look->scale >= TITLE_SCALE)
    draw_arrow (self->cr, points, line->n_points);
}

static void
draw_label (Drawing *self, const AssayGraphLine *line)
{
  double width, height = self->pen->heights[ASSAY_PEN_LABEL];

  if (line->label == NULL || isnan (line->label_x))
    return;
  width = assay_pen_width (self->pen, ASSAY_PEN_LABEL, line->label);
  if (!is_seen (self, line->label_x - width / 2, line->label_y - 10, line->label_x + width / 2, line->label_y + 10))
    return;
  set_color (self, self->palette->background);
  trace_box (self->cr, line->label_x - width / 2 - 4, line->label_y - height / 2 - 1, width + 8, height + 2, 5);
  cairo_fill (self->cr);
  draw_text (self, ASSAY_PEN_LABEL, line->label, line->label_x - width / 2, line->label_y - height / 2, width + 1,
             is_lit (self, line) ? self->palette->text : self->palette->dim);
}

static void
draw_boxes (Drawing *self, gboolean open)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);

  for (guint32 i = 0; i < n; i++)
    {
      if (boxes[i].is_open != open ||
          !is_seen (self, boxes[i].x - 6, boxes[i].y - 6, boxes[i].x + boxes[i].width + 6, boxes[i].y + boxes[i].height + 6))
        continue;
      if (open)
        draw_frame (self, i, &boxes[i]);
      else
        draw_closed (self, i, &boxes[i]);
    }
}

static void
draw_heads (Drawing *self)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (self->scene, &n);

  for (guint32 i = 0; i < n; i++)
    if (boxes[i].is_open && is_seen (self, boxes[i].x, boxes[i].y, boxes[i].x + boxes[i].width, boxes[i].y + 40))
      draw_head (self, &boxes[i]);
}

static void
draw_lines (Drawing *self)
{
  guint                 n;
  const AssayGraphLine *lines = assay_graph_scene_get_lines (self->scene, &n);

  for (guint i = 0; i < n; i++)
    if (!is_lit (self, &lines[i]))
      draw_line (self, &lines[i]);
  for (guint i = 0; i < n; i++)
    if (is_lit (self, &lines[i]))
      draw_line (self, &lines[i]);
  for (guint i = 0; i < n && self->look->scale >= QUIET_SCALE; i++)
    draw_label (self, &lines[i]);
}

void
assay_graph_pen_draw (AssayGraphPen *self, cairo_t *cr, AssayGraphScene *scene, const AssayGraphPalette *palette, const AssayGraphLook *look)
{
  Drawing drawing = { self, cr, scene, palette, look };

  draw_boxes (&drawing, TRUE);
  draw_lines (&drawing);
  draw_heads (&drawing);
  draw_boxes (&drawing, FALSE);
}

static gboolean
finish (cairo_surface_t *surface, const char *path, gboolean is_png, GError **error)
{
  cairo_status_t status = CAIRO_STATUS_SUCCESS;

  if (!is_png)
    cairo_surface_finish (surface);
  status = is_png ? cairo_surface_write_to_png (surface, path) : cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, _ ("Can’t write “%s”: %s"), path, cairo_status_to_string (status));
  return status == CAIRO_STATUS_SUCCESS;
}

gboolean
assay_graph_write (AssayGraphScene *scene, const AssayGraphPalette *palette, const char *font, const char *path, GError **error)
{
  g_autoptr (AssayGraphPen) pen = assay_graph_pen_new (font);
  gboolean         is_png = g_str_has_suffix (path, ".png"), is_pdf = g_str_has_suffix (path, ".pdf");
  AssayGraphLook   look = { ASSAY_GRAPH_NONE, ASSAY_GRAPH_NONE, NULL, 1, 0, 0, 0, 0 };
  cairo_surface_t *surface;
  cairo_t         *cr;

  assay_graph_scene_get_size (scene, &look.width, &look.height);
  if (is_png && MAX (look.width, look.height) > MAX_PNG_SIDE)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("The picture would have %.0f × %.0f pixels, more than the %d a side that PNG takes here; SVG has no such bound."),
                   look.width, look.height, MAX_PNG_SIDE);
      return FALSE;
    }
  if (is_png)
    surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (ceil (look.width), 1), MAX (ceil (look.height), 1));
  else if (is_pdf)
    surface = cairo_pdf_surface_create (path, look.width, look.height);
  else
    surface = cairo_svg_surface_create (path, look.width, look.height);
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, palette->background.red, palette->background.green, palette->background.blue);
  cairo_paint (cr);
  assay_graph_pen_draw (pen, cr, scene, palette, &look);
  cairo_destroy (cr);
  return finish (surface, path, is_png, error);
}
