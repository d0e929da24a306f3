/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the heat map share. */

#pragma once

#include "block-cache-private.h"
#include "heat-map-private.h"

#include <assay/pyramid.h>

G_BEGIN_DECLS

struct _AssayHeatMap
{
  GtkWidget        parent_instance;
  AssaySource     *source;
  AssaySlice       slice;
  AssayPyramid    *pyramid;
  AssayBlockCache *cache; /* for the text under the pointer */

  /* What is seen, in rows and columns; whole until the user zooms. */
  double   row;
  double   column;
  double   n_rows;
  double   n_columns;
  double   bound; /* 0: the largest known */
  gboolean fitted;

  /* The last picture and what it shows. */
  GdkTexture      *texture;
  AssayPyramidView texture_view;
  double           texture_bound;

  AssayJob *refining;
  gboolean  asked; /* values were asked for: before, there is nothing to paint */
  gboolean  painting;
  gboolean  paint_again;
  gboolean  complete; /* the last picture told all */
  guint     generation;

  /* The cell that is told of: under the pointer, or moved by keys. */
  gboolean   has_cell;
  guint64    cell_row;
  guint64    cell_column;
  double     pointer_x;
  double     pointer_y;
  GPtrArray *linked;    /* of AssayHeatMap, not owned: those that show the same part */
  gboolean   following; /* one of them */
  double     drag_row;
  double     drag_column;
};

/* Asks for a picture of what is seen (heat-map-paint.c). */
void assay_heat_map_paint (AssayHeatMap *self);

/* Ends work for values that are no longer shown (heat-map-paint.c). */
void assay_heat_map_drop_work (AssayHeatMap *self);

/* Adds the controllers (heat-map-input.c). */
void assay_heat_map_init_input (AssayHeatMap *self);

/* Changes what is seen, kept inside the values (heat-map.c). */
void assay_heat_map_look_at (AssayHeatMap *self, double row, double column, double n_rows, double n_columns);

/* Tells of a cell (heat-map.c). */
void assay_heat_map_set_cell (AssayHeatMap *self, gboolean has_cell, guint64 row, guint64 column);

G_END_DECLS
