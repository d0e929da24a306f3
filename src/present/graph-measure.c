/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How large boxes are: as large as what is written in them. */

#include "graph-pen-private.h"

#include <math.h>

#define MIN_WIDTH 112.0

/* So many texts are kept as they were set. */
#define MAX_TEXTS 8000

static void
scale_font (PangoFontDescription *font, double scale)
{
  double size = pango_font_description_get_size (font) * scale;

  if (pango_font_description_get_size_is_absolute (font))
    pango_font_description_set_absolute_size (font, size);
  else
    pango_font_description_set_size (font, size);
}

AssayGraphPen *
assay_graph_pen_new (const char *font)
{
  static const double sizes[ASSAY_PEN_N_STYLES] = { 0.95, 0.82, 0.78 };
  AssayGraphPen      *self = g_new0 (AssayGraphPen, 1);

  self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  /* Glyphs where the scene says, at whatever scale it is drawn. */
  pango_context_set_round_glyph_positions (self->context, FALSE);
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (guint i = 0; i < ASSAY_PEN_N_STYLES; i++)
    {
      PangoFontMetrics *metrics;

      self->fonts[i] = pango_font_description_from_string (font ? font : "Sans 11");
      scale_font (self->fonts[i], sizes[i]);
      if (i == ASSAY_PEN_TITLE)
        pango_font_description_set_weight (self->fonts[i], PANGO_WEIGHT_BOLD);
      metrics = pango_context_get_metrics (self->context, self->fonts[i], NULL);
      self->heights[i] = ceil (pango_font_metrics_get_height (metrics) / (double) PANGO_SCALE);
      pango_font_metrics_unref (metrics);
    }
  return self;
}

void
assay_graph_pen_free (AssayGraphPen *self)
{
  for (guint i = 0; i < ASSAY_PEN_N_STYLES; i++)
    pango_font_description_free (self->fonts[i]);
  g_hash_table_unref (self->texts);
  g_object_unref (self->context);
  g_free (self);
}

PangoLayout *
assay_pen_set (AssayGraphPen *self, AssayPenStyle style, const char *text, double max_width)
{
  g_autofree char *key = g_strdup_printf ("%u %d %s", style, (int) max_width, text);
  PangoLayout     *layout = g_hash_table_lookup (self->texts, key);

  if (layout != NULL)
    return layout;
  if (g_hash_table_size (self->texts) >= MAX_TEXTS)
    g_hash_table_remove_all (self->texts);
  layout = pango_layout_new (self->context);
  pango_layout_set_font_description (layout, self->fonts[style]);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  if (max_width > 0)
    {
      pango_layout_set_width (layout, max_width * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
    }
  g_hash_table_insert (self->texts, g_steal_pointer (&key), layout);
  return layout;
}

double
assay_pen_width (AssayGraphPen *self, AssayPenStyle style, const char *text)
{
  int width;

  pango_layout_get_size (assay_pen_set (self, style, text, -1), &width, NULL);
  return ceil (width / (double) PANGO_SCALE);
}

double
assay_graph_pen_get_label_width (AssayGraphPen *self)
{
  return assay_pen_width (self, ASSAY_PEN_LABEL, "112 × 112 × 64") / 14;
}

void
assay_graph_pen_measure (AssayGraphBox *box, gpointer pen)
{
  AssayGraphPen *self = pen;
  double         width = assay_pen_width (self, ASSAY_PEN_TITLE, box->title) + (box->can_open ? ASSAY_PEN_CHEVRON : 0);
  double         height = self->heights[ASSAY_PEN_TITLE];

  if (box->subtitle != NULL)
    {
      double own = assay_pen_width (self, ASSAY_PEN_QUIET, box->subtitle);

      width = box->is_open ? width + 10 + own : MAX (width, own);
      height += self->heights[ASSAY_PEN_QUIET];
    }
  for (guint i = 0; i < box->rows->len; i++)
    {
      const AssayGraphRow *row = &g_array_index (box->rows, AssayGraphRow, i);

      width = MAX (width, assay_pen_width (self, ASSAY_PEN_QUIET, row->name) + assay_pen_width (self, ASSAY_PEN_QUIET, row->value) + 12);
      height += self->heights[ASSAY_PEN_QUIET];
    }
  if (box->note != NULL)
    {
      width = MAX (width, assay_pen_width (self, ASSAY_PEN_QUIET, box->note));
      height += self->heights[ASSAY_PEN_QUIET];
    }
  box->width = CLAMP (width + 2 * ASSAY_PEN_PAD_X, box->kind == ASSAY_GRAPH_INPUT || box->kind == ASSAY_GRAPH_RESULT ? 60 : MIN_WIDTH,
                      ASSAY_PEN_MAX_WIDTH);
  box->height = height + 2 * ASSAY_PEN_PAD_Y;
}
