/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drawing a directed graph in ranks, from top to bottom. After Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical
 * system structures (1981), with the placement of Brandes, Köpf: Fast and simple horizontal coordinate assignment (2001).
 * The same graph always gives the same picture. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AssayLayeredPin:
 * @ASSAY_LAYERED_FREE: in whichever rank
 * @ASSAY_LAYERED_TOP: above all others
 * @ASSAY_LAYERED_BOTTOM: below all others
 *
 * Where a node has to be.
 */
typedef enum
{
  ASSAY_LAYERED_FREE,
  ASSAY_LAYERED_TOP,
  ASSAY_LAYERED_BOTTOM,
} AssayLayeredPin;

/**
 * AssayLayeredNode:
 * @width: its width in pixels
 * @height: its height
 * @pin: where it has to be
 * @x: (out): where its middle is; the picture begins at 0, 0
 * @y: (out): the same
 *
 * A node.
 */
typedef struct
{
  double          width, height;
  AssayLayeredPin pin;
  double          x, y;
} AssayLayeredNode;

/**
 * AssayLayeredEdge:
 * @from: number of a node
 * @to: number of another
 * @from_dx: where it leaves, right of the middle of @from
 * @to_dx: where it arrives, right of the middle of @to; NAN if that may be chosen, so that edges don't meet in one point
 * @is_back: (out): it goes up, as there is a cycle
 * @is_direct: (out): there were too many long edges, so this one goes straight through whatever is there
 * @first_point: (out): number of its first point
 * @n_points: (out): how many points it has; two that follow each other are joined by a line if their x is the same, else by a curve that
 *   begins and ends vertically
 *
 * An edge.
 */
typedef struct
{
  guint    from, to;
  double   from_dx, to_dx;
  gboolean is_back, is_direct;
  guint    first_point, n_points;
} AssayLayeredEdge;

/**
 * AssayLayeredPoint:
 * @x: x
 * @y: y
 *
 * A point of an edge.
 */
typedef struct
{
  double x, y;
} AssayLayeredPoint;

/**
 * assay_layered_layout:
 * @nodes: (array length=n_nodes): the nodes; the earlier one comes first where nothing else decides
 * @edges: (array length=n_edges): the edges; none from a node to itself
 * @points: (element-type AssayLayeredPoint): gets the points of all edges
 * @width: (out): of the whole picture
 * @height: (out): the same
 * @cancellable: (nullable): asked between steps
 *
 * Any thread may call this. Takes about a millisecond for a hundred nodes, and bounded time and memory for any graph: edges beyond what
 * can be routed go straight.
 *
 * Returns: %FALSE if it was cancelled
 */
gboolean assay_layered_layout (AssayLayeredNode *nodes,
                               guint             n_nodes,
                               AssayLayeredEdge *edges,
                               guint             n_edges,
                               GArray           *points,
                               double           *width,
                               double           *height,
                               GCancellable     *cancellable);

G_END_DECLS
