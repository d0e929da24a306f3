/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drawing many short texts fast: each ASCII character is shaped once. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _AssayGlyphs AssayGlyphs;

/**
 * assay_glyphs_new:
 * @context: the widget's Pango context
 * @family: (nullable): a font family, %NULL for the context's
 * @weight: how bold
 *
 * Returns: (transfer full): glyphs of a font
 */
AssayGlyphs *assay_glyphs_new (PangoContext *context, const char *family, PangoWeight weight);

/**
 * assay_glyphs_free:
 *
 * Frees glyphs.
 */
void assay_glyphs_free (AssayGlyphs *self);

/**
 * assay_glyphs_get_width:
 *
 * Returns: pixels of the widest digit
 */
double assay_glyphs_get_width (const AssayGlyphs *self);

/**
 * assay_glyphs_get_height:
 *
 * Returns: pixels of a line
 */
double assay_glyphs_get_height (const AssayGlyphs *self);

/**
 * assay_glyphs_draw:
 * @snapshot: where to
 * @text: UTF-8 on one line
 * @x: left edge
 * @y: upper edge
 * @width: room for it; longer text ends in "…"
 * @align: 0 left, 1 right
 * @color: its colour
 *
 * Draws a text; "-" becomes a true minus.
 */
void assay_glyphs_draw (AssayGlyphs   *self,
                        GtkSnapshot   *snapshot,
                        const char    *text,
                        double         x,
                        double         y,
                        double         width,
                        double         align,
                        const GdkRGBA *color);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayGlyphs, assay_glyphs_free)

G_END_DECLS
