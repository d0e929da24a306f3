/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "glyphs-private.h"

#include <string.h>

#define MAX_TEXT 64
#define ELLIPSIS 127 /* the place of "…" in the table */

struct _AssayGlyphs
{
  PangoContext         *context;
  PangoFontDescription *description;
  PangoFont            *font;
  PangoGlyphString     *buffer;
  PangoGlyphInfo        infos[128];
  gboolean              known[128];
  double                width;
  double                height;
  double                baseline;
};

static PangoLayout *
make_layout (AssayGlyphs *self, const char *text)
{
  PangoLayout *layout = pango_layout_new (self->context);

  pango_layout_set_font_description (layout, self->description);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* Shapes one character; it is known only if it comes from the font of the digits. */
static void
learn (AssayGlyphs *self, int place, const char *text)
{
  g_autoptr (PangoLayout) layout = make_layout (self, text);
  PangoLayoutLine *line = pango_layout_get_line_readonly (layout, 0);
  PangoGlyphItem  *item;

  if (line == NULL || line->runs == NULL)
    return;
  item = line->runs->data;
  if (self->font == NULL)
    self->font = g_object_ref (item->item->analysis.font);
  if (item->item->analysis.font != self->font || item->glyphs->num_glyphs != 1)
    return;
  self->infos[place] = item->glyphs->glyphs[0];
  self->known[place] = TRUE;
}

static void
measure (AssayGlyphs *self)
{
  g_autoptr (PangoLayout) layout = make_layout (self, "0");
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  self->width = (double) logical.width / PANGO_SCALE;
  self->height = (double) logical.height / PANGO_SCALE;
  self->baseline = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;
}

AssayGlyphs *
assay_glyphs_new (PangoContext *context, const char *family, PangoWeight weight)
{
  AssayGlyphs *self = g_new0 (AssayGlyphs, 1);

  self->context = g_object_ref (context);
  self->description = pango_font_description_copy (pango_context_get_font_description (context));
  if (family)
    pango_font_description_set_family (self->description, family);
  pango_font_description_set_weight (self->description, weight);
  self->buffer = pango_glyph_string_new ();
  measure (self);
  learn (self, '0', "0");
  for (int c = 33; c < 127; c++)
    learn (self, c, c == '-' ? "−" : (char[2]){ (char) c, 0 });
  learn (self, ' ', " ");
  learn (self, ELLIPSIS, "…");
  return self;
}

void
assay_glyphs_free (AssayGlyphs *self)
{
  g_object_unref (self->context);
  g_clear_object (&self->font);
  pango_font_description_free (self->description);
  pango_glyph_string_free (self->buffer);
  g_free (self);
}

double
assay_glyphs_get_width (const AssayGlyphs *self)
{
  return self->width;
}

double
assay_glyphs_get_height (const AssayGlyphs *self)
{
  return self->height;
}

/* Texts that have more than the known characters. */
static void
draw_slowly (AssayGlyphs   *self,
             GtkSnapshot   *snapshot,
             const char    *text,
             double         x,
             double         y,
             double         width,
             double         align,
             const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = make_layout (self, text);

  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, align > 0.5 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* Puts the glyphs of a text into the buffer; returns their width in Pango units, or -1 if some aren't known. */
static int
fill_buffer (AssayGlyphs *self, const char *text, int room)
{
  int n = (int) strlen (text);
  int total = 0;

  if (n > MAX_TEXT * 4)
    return -1;
  pango_glyph_string_set_size (self->buffer, n);
  for (int i = 0; i < n; i++)
    {
      guint8 c = (guint8) text[i];

      if (c >= ELLIPSIS || !self->known[c])
        return -1;
      if (total + self->infos[c].geometry.width > room)
        {
          i = MAX (i - 1, 0);
          if (!self->known[ELLIPSIS])
            return -1;
          self->buffer->glyphs[i] = self->infos[ELLIPSIS];
          pango_glyph_string_set_size (self->buffer, i + 1);
          return room;
        }
      self->buffer->glyphs[i] = self->infos[c];
      total += self->infos[c].geometry.width;
    }
  return total;
}

void
assay_glyphs_draw (AssayGlyphs   *self,
                   GtkSnapshot   *snapshot,
                   const char    *text,
                   double         x,
                   double         y,
                   double         width,
                   double         align,
                   const GdkRGBA *color)
{
  int            used = self->font ? fill_buffer (self, text, (int) (width * PANGO_SCALE)) : -1;
  GskRenderNode *node;

  if (used < 0)
    {
      draw_slowly (self, snapshot, text, x, y, width, align, color);
      return;
    }
  if (self->buffer->num_glyphs == 0)
    return;
  x += align * (width - (double) used / PANGO_SCALE);
  node = gsk_text_node_new (self->font, self->buffer, color, &GRAPHENE_POINT_INIT ((float) x, (float) (y + self->baseline)));
  if (node == NULL)
    return;
  gtk_snapshot_append_node (snapshot, node);
  gsk_render_node_unref (node);
}
