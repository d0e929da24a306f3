/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the steps of drawing in ranks share. */

#pragma once

#include "layered-private.h"

G_BEGIN_DECLS

/* Between neighbours of a rank: nodes, and the bends of long edges. */
#define ASSAY_LAYERED_GAP 26.0
#define ASSAY_LAYERED_BEND_GAP 14.0

/* A node, or a bend of an edge that passes through its rank. */
typedef struct
{
  guint    rank, at; /* at: position in its rank, from 0 */
  gboolean is_bend;
  double   width, x; /* x: its middle */
} AssayLayeredVertex;

/* A piece of an edge, from one rank to the next. */
typedef struct
{
  guint    upper, lower;
  double   upper_dx, lower_dx;
  gboolean is_crossed; /* it crosses a long edge, which should rather be straight */
} AssayLayeredLink;

typedef struct
{
  AssayLayeredNode   *nodes;
  guint               n_nodes;
  AssayLayeredEdge   *edges;
  guint               n_edges;
  guint               n_vertices, n_links, n_ranks;
  AssayLayeredVertex *vertices; /* the nodes first */
  AssayLayeredLink   *links;
  guint              *first_bend;              /* per edge: its first vertex that is a bend */
  guint              *last_link;               /* per edge: the link that ends it */
  guint              *first_up, *up;           /* links to the rank above, by vertex */
  guint              *first_down, *down;       /* links to the rank below */
  guint              *rank_first, *rank_order; /* vertices by rank and position */
} AssayLayered;

/* The number of the vertex at a place. */
static inline guint
assay_layered_at (const AssayLayered *self, guint rank, guint at)
{
  return self->rank_order[self->rank_first[rank] + at];
}

static inline guint
assay_layered_rank_size (const AssayLayered *self, guint rank)
{
  return self->rank_first[rank + 1] - self->rank_first[rank];
}

/* Gives nodes their ranks; edges that would go up are turned round (layered-rank.c). */
void assay_layered_rank (AssayLayered *self);

/* Orders the vertices of each rank so that few links cross (layered-order.c). */
gboolean assay_layered_order (AssayLayered *self, GCancellable *cancellable);

/* Says where the vertices of each rank are (layered-place.c). */
void assay_layered_place (AssayLayered *self);

G_END_DECLS
