/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The picture of a graph: boxes and lines that can be walked, opened, zoomed and moved. */

#pragma once

#include "scroll-area-private.h"

#include <assay/graph-pen.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_GRAPH_CANVAS (assay_graph_canvas_get_type ())
G_DECLARE_FINAL_TYPE (AssayGraphCanvas, assay_graph_canvas, ASSAY, GRAPH_CANVAS, AssayScrollArea)

/* Signals: "selected": another box is selected, or none; "toggle" (const char *key): a box shall be opened or closed; "zoomed";
 * "font-changed": a scene for another font is needed. */

/**
 * assay_graph_canvas_set_scene:
 * @scene: (nullable): what is drawn
 * @keep: (nullable): the key of a box that stays where it is on the screen
 *
 * Shows a scene. What was selected stays selected, or what holds it now.
 */
void assay_graph_canvas_set_scene (AssayGraphCanvas *self, AssayGraphScene *scene, const char *keep);

/**
 * assay_graph_canvas_get_scene:
 *
 * Returns: (transfer none) (nullable): what is drawn
 */
AssayGraphScene *assay_graph_canvas_get_scene (AssayGraphCanvas *self);

/**
 * assay_graph_canvas_select:
 * @key: (nullable): a box's key
 *
 * Selects a box and brings it into sight.
 */
void assay_graph_canvas_select (AssayGraphCanvas *self, const char *key);

/**
 * assay_graph_canvas_get_selected:
 *
 * Returns: the box that is selected, or %ASSAY_GRAPH_NONE
 */
guint32 assay_graph_canvas_get_selected (AssayGraphCanvas *self);

/**
 * assay_graph_canvas_set_damaged:
 * @damaged: (transfer full) (nullable): per box of the scene, whether NaN or infinity came out of it
 *
 * Marks boxes.
 */
void assay_graph_canvas_set_damaged (AssayGraphCanvas *self, guint8 *damaged);

/**
 * assay_graph_canvas_zoom:
 * @factor: above 1 to see less, larger
 *
 * Zooms about the middle.
 */
void assay_graph_canvas_zoom (AssayGraphCanvas *self, double factor);

/**
 * assay_graph_canvas_set_scale:
 * @scale: how large; 1 is as large as other texts; 0 to see everything
 *
 * Zooms.
 */
void assay_graph_canvas_set_scale (AssayGraphCanvas *self, double scale);

/**
 * assay_graph_canvas_get_scale:
 *
 * Returns: how large it is
 */
double assay_graph_canvas_get_scale (AssayGraphCanvas *self);

/**
 * assay_graph_canvas_dup_font:
 *
 * Returns: (transfer full): the font of its texts
 */
char *assay_graph_canvas_dup_font (AssayGraphCanvas *self);

/**
 * assay_graph_canvas_dup_box_text:
 * @box: a box of the scene
 *
 * Returns: (transfer full): a box in words: what it is, what goes in and out, as a screen reader says it
 */
char *assay_graph_canvas_dup_box_text (AssayGraphCanvas *self, guint32 box);

G_END_DECLS
