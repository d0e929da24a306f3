/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the graph's picture share. */

#pragma once

#include "graph-canvas-private.h"

G_BEGIN_DECLS

/* How small and how large it gets. */
#define ASSAY_GRAPH_MIN_SCALE 0.05
#define ASSAY_GRAPH_MAX_SCALE 3.0

struct _AssayGraphCanvas
{
  AssayScrollArea  parent_instance;
  AssayGraphScene *scene;
  AssayGraphPen   *pen; /* made when it is first needed, and again for another font */
  char            *font;
  double           scale;
  char            *selected; /* the key */
  guint32          selected_box, hovered;
  guint8          *damaged;
  double           pointer_x, pointer_y;
  double           drag_x, drag_y;
  gboolean         is_fresh; /* nothing was looked at yet */
  guint            begin;    /* will look at the beginning */
};

/* Where the scene begins in the widget: in the middle if it is smaller (graph-canvas.c). */
void assay_graph_canvas_get_origin (AssayGraphCanvas *self, double *x, double *y);

/* Moves so that the point of the scene is at the point of the widget (graph-canvas.c). */
void assay_graph_canvas_move (AssayGraphCanvas *self, double scene_x, double scene_y, double x, double y);

/* Zooms about a point of the widget (graph-canvas.c). */
void assay_graph_canvas_zoom_at (AssayGraphCanvas *self, double factor, double x, double y);

/* Adds the controllers (graph-canvas-input.c). */
void assay_graph_canvas_init_input (AssayGraphCanvas *self);

/* The box that an arrow key leads to (graph-canvas-walk.c). */
guint32 assay_graph_canvas_walk (AssayGraphCanvas *self, GtkDirectionType direction);

G_END_DECLS
