/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drawing a scene of a graph, on a screen or into a file. */

#pragma once

#include <assay/graph-scene.h>
#include <cairo.h>

G_BEGIN_DECLS

/**
 * AssayGraphColor:
 *
 * A colour, each part from 0 to 1.
 */
typedef struct
{
  double red, green, blue;
} AssayGraphColor;

/**
 * AssayGraphPalette:
 * @background: what it is drawn on
 * @text: texts
 * @dim: quieter texts; still readable
 * @line: lines between boxes
 * @accent: what is selected
 * @error: what is damaged
 * @hues: the colours of the kinds
 * @is_strong: high contrast
 *
 * The colours of a picture.
 */
typedef struct
{
  AssayGraphColor background, text, dim, line, accent, error, hues[ASSAY_GRAPH_N_HUES];
  gboolean        is_strong;
} AssayGraphPalette;

/**
 * AssayGraphLook:
 * @selected: the selected box, or %ASSAY_GRAPH_NONE
 * @hovered: the box under the pointer
 * @damaged: (nullable): per box, whether NaN or infinity came out of it
 * @scale: how many pixels of the screen one of the scene is
 * @x: left edge of what is seen
 * @y: upper edge
 * @width: width of what is seen
 * @height: height
 *
 * What of a scene is drawn, and how.
 */
typedef struct
{
  guint32       selected, hovered;
  const guint8 *damaged;
  double        scale, x, y, width, height;
} AssayGraphLook;

/**
 * AssayGraphPen:
 *
 * Measures and draws texts. Belongs to one thread.
 */
typedef struct _AssayGraphPen AssayGraphPen;

/**
 * assay_graph_pen_new:
 * @font: (nullable): Pango's description of the font, as in "Sans 11"
 *
 * Returns: (transfer full): a pen
 */
AssayGraphPen *assay_graph_pen_new (const char *font);

/**
 * assay_graph_pen_free:
 *
 * Frees a pen.
 */
void assay_graph_pen_free (AssayGraphPen *self);

/**
 * assay_graph_pen_measure:
 * @pen: a pen; as %AssayGraphMeasure wants it
 *
 * Says how large a box is.
 */
void assay_graph_pen_measure (AssayGraphBox *box, gpointer pen);

/**
 * assay_graph_pen_get_label_width:
 *
 * Returns: how wide a letter of a label is on average
 */
double assay_graph_pen_get_label_width (AssayGraphPen *self);

/**
 * assay_graph_pen_draw:
 * @cr: where; one unit is a pixel of the scene
 * @scene: what
 * @palette: in which colours
 * @look: which part, and what is selected
 *
 * Draws a scene.
 */
void assay_graph_pen_draw (AssayGraphPen *self, cairo_t *cr, AssayGraphScene *scene, const AssayGraphPalette *palette, const AssayGraphLook *look);

/**
 * assay_graph_palette_init:
 * @is_dark: whether the background is dark
 *
 * Sets colours that go with a plain background.
 */
void assay_graph_palette_init (AssayGraphPalette *self, gboolean is_dark);

/**
 * assay_graph_write:
 * @scene: a scene
 * @palette: the colours
 * @font: (nullable): as for assay_graph_pen_new()
 * @path: the file: ".png", ".pdf", else SVG
 * @error: return location for an error
 *
 * Writes a picture of the whole scene. Any thread may call this. Fails with `ASSAY_ERROR_IO` if the file can't be written,
 * `ASSAY_ERROR_RANGE` if a PNG would have more than 32,767 pixels a side.
 *
 * Returns: whether it was written
 */
gboolean assay_graph_write (AssayGraphScene *scene, const AssayGraphPalette *palette, const char *font, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayGraphPen, assay_graph_pen_free)

G_END_DECLS
