/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files that draw a graph share. */

#pragma once

#include <assay/graph-pen.h>
#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* How texts are set. */
typedef enum
{
  ASSAY_PEN_TITLE,
  ASSAY_PEN_QUIET,
  ASSAY_PEN_LABEL,
  ASSAY_PEN_N_STYLES
} AssayPenStyle;

struct _AssayGraphPen
{
  PangoContext         *context;
  PangoFontDescription *fonts[ASSAY_PEN_N_STYLES];
  double                heights[ASSAY_PEN_N_STYLES];
  GHashTable           *texts; /* of the scene that is drawn: style and text → PangoLayout */
};

/* Inside of boxes. */
#define ASSAY_PEN_PAD_X 12.0
#define ASSAY_PEN_PAD_Y 7.0
#define ASSAY_PEN_MAX_WIDTH 290.0
#define ASSAY_PEN_CHEVRON 18.0

/* A text that is set, at most so wide if that is above 0; it is kept for a while. */
PangoLayout *assay_pen_set (AssayGraphPen *self, AssayPenStyle style, const char *text, double max_width);

/* How wide a text is (graph-measure.c). */
double assay_pen_width (AssayGraphPen *self, AssayPenStyle style, const char *text);

G_END_DECLS
