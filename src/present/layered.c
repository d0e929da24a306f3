/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "layered-parts-private.h"

#include <math.h>
#include <string.h>

/* Between ranks: room for the labels of edges, and more where edges go far to the side. */
#define RANK_GAP 44.0
#define MAX_RANK_GAP 96.0

/* Below pins, where edges have no label. */
#define PIN_GAP 14.0

/* Edges that end in the same node end so far from each other at most. */
#define END_GAP 16.0

/* So many bends are made at most; the longest edges beyond go straight. */
#define MAX_BENDS 30000

static void
layered_clear (AssayLayered *self)
{
  g_free (self->vertices);
  g_free (self->links);
  g_free (self->first_bend);
  g_free (self->last_link);
  g_free (self->first_up);
  g_free (self->up);
  g_free (self->first_down);
  g_free (self->down);
  g_free (self->rank_first);
  g_free (self->rank_order);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayLayered, layered_clear)

static guint
upper_of (const AssayLayeredEdge *edge)
{
  return edge->is_back ? edge->to : edge->from;
}

static guint
lower_of (const AssayLayeredEdge *edge)
{
  return edge->is_back ? edge->from : edge->to;
}

static guint
span_of (const AssayLayered *self, const AssayLayeredEdge *edge)
{
  return self->vertices[lower_of (edge)].rank - self->vertices[upper_of (edge)].rank;
}

/* The longest span that is routed, so that there aren't too many bends. */
static guint
find_longest_routed (const AssayLayered *self)
{
  g_autofree guint *n_of = g_new0 (guint, self->n_ranks + 1);
  guint64           n_bends = 0;

  for (guint i = 0; i < self->n_edges; i++)
    n_of[span_of (self, &self->edges[i])]++;
  for (guint span = 1; span < self->n_ranks; span++)
    {
      n_bends += (guint64) n_of[span] * (span - 1);
      if (n_bends > MAX_BENDS)
        return span - 1;
    }
  return self->n_ranks;
}

static void
add_link (AssayLayered *self, guint upper, guint lower, double upper_dx, double lower_dx)
{
  self->links[self->n_links++] = (AssayLayeredLink){ .upper = upper, .lower = lower, .upper_dx = upper_dx, .lower_dx = lower_dx };
}

/* An edge becomes links, with a bend in each rank between. */
static void
route_edge (AssayLayered *self, guint index)
{
  const AssayLayeredEdge *edge = &self->edges[index];
  guint                   upper = upper_of (edge), lower = lower_of (edge), before = upper;
  double                  dx = edge->is_back ? edge->to_dx : edge->from_dx, end_dx = edge->is_back ? edge->from_dx : edge->to_dx;

  dx = isnan (dx) ? 0 : dx;
  self->first_bend[index] = self->n_vertices;
  for (guint rank = self->vertices[upper].rank + 1; rank < self->vertices[lower].rank; rank++)
    {
      self->vertices[self->n_vertices] = (AssayLayeredVertex){ .rank = rank, .is_bend = TRUE };
      add_link (self, before, self->n_vertices, dx, 0);
      before = self->n_vertices++;
      dx = 0;
    }
  add_link (self, before, lower, dx, end_dx);
  self->last_link[index] = self->n_links - 1;
}

static void
route_edges (AssayLayered *self)
{
  guint longest = find_longest_routed (self), n_bends = 0, n_links = 0;

  for (guint i = 0; i < self->n_edges; i++)
    {
      guint span = span_of (self, &self->edges[i]);

      self->edges[i].is_direct = span > longest || span == 0;
      n_links += self->edges[i].is_direct ? 0 : span;
      n_bends += self->edges[i].is_direct ? 0 : span - 1;
    }
  self->vertices = g_renew (AssayLayeredVertex, self->vertices, self->n_nodes + n_bends + 1);
  self->links = g_new (AssayLayeredLink, n_links + 1);
  self->first_bend = g_new0 (guint, self->n_edges + 1);
  self->last_link = g_new0 (guint, self->n_edges + 1);
  for (guint i = 0; i < self->n_edges; i++)
    if (!self->edges[i].is_direct)
      route_edge (self, i);
}

static guint *
index_links (const AssayLayered *self, gboolean by_lower, guint **links)
{
  guint            *first = g_new0 (guint, self->n_vertices + 2);
  g_autofree guint *at = NULL;

  *links = g_new (guint, self->n_links + 1);
  for (guint i = 0; i < self->n_links; i++)
    first[(by_lower ? self->links[i].lower : self->links[i].upper) + 1]++;
  for (guint i = 0; i < self->n_vertices; i++)
    first[i + 1] += first[i];
  at = g_memdup2 (first, (self->n_vertices + 1) * sizeof (guint));
  for (guint i = 0; i < self->n_links; i++)
    (*links)[at[by_lower ? self->links[i].lower : self->links[i].upper]++] = i;
  return first;
}

static void
index_all (AssayLayered *self)
{
  self->first_up = index_links (self, TRUE, &self->up);
  self->first_down = index_links (self, FALSE, &self->down);
  self->rank_first = g_new0 (guint, self->n_ranks + 2);
  self->rank_order = g_new (guint, self->n_vertices + 1);
  for (guint i = 0; i < self->n_vertices; i++)
    self->rank_first[self->vertices[i].rank + 1]++;
  for (guint i = 0; i < self->n_ranks; i++)
    self->rank_first[i + 1] += self->rank_first[i];
}

/* Which of @n links of a vertex comes first, seen from the other rank. */
static void
sort_by_upper (const AssayLayered *self, guint *links, guint n)
{
  for (guint i = 1; i < n; i++)
    for (guint k = i; k > 0 && self->vertices[self->links[links[k]].upper].at < self->vertices[self->links[links[k - 1]].upper].at; k--)
      {
        guint other = links[k];

        links[k] = links[k - 1];
        links[k - 1] = other;
      }
}

/* Links that may end where they like are spread along the upper side of their node. */
static void
spread_ends (AssayLayered *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      guint  n = self->first_up[i + 1] - self->first_up[i], *links = self->up + self->first_up[i];
      double gap = MIN (END_GAP, MAX (self->nodes[i].width - 24, 0) / MAX (n, 1));

      if (n <= 64)
        sort_by_upper (self, links, n);
      for (guint k = 0; k < n; k++)
        if (isnan (self->links[links[k]].lower_dx))
          self->links[links[k]].lower_dx = (k - (n - 1) / 2.0) * gap;
    }
}

typedef struct
{
  double top, bottom;
} Band;

static Band *
make_bands (AssayLayered *self)
{
  Band              *bands = g_new0 (Band, self->n_ranks + 1);
  g_autofree double *far = g_new0 (double, self->n_ranks + 1), *tall = g_new0 (double, self->n_ranks + 1);
  double             y = 0;

  for (guint i = 0; i < self->n_links; i++)
    {
      const AssayLayeredLink *link = &self->links[i];
      guint                   rank = self->vertices[link->upper].rank;

      far[rank] = MAX (far[rank], fabs (self->vertices[link->upper].x + link->upper_dx - self->vertices[link->lower].x - link->lower_dx));
    }
  for (guint i = 0; i < self->n_nodes; i++)
    tall[self->vertices[i].rank] = MAX (tall[self->vertices[i].rank], self->nodes[i].height);
  for (guint i = 0; i < self->n_ranks; i++)
    {
      double gap = CLAMP (far[i] / 6, RANK_GAP, MAX_RANK_GAP);

      bands[i] = (Band){ y, y + tall[i] };
      y += tall[i] + (tall[i] == 0 || (i + 1 < self->n_ranks && tall[i + 1] == 0) ? PIN_GAP + (gap - RANK_GAP) / 2 : gap);
    }
  return bands;
}

static void
place_nodes (AssayLayered *self, const Band *bands, double *width, double *height)
{
  double left = G_MAXDOUBLE, right = 0;

  for (guint i = 0; i < self->n_vertices; i++)
    left = MIN (left, self->vertices[i].x - self->vertices[i].width / 2);
  for (guint i = 0; i < self->n_vertices; i++)
    {
      self->vertices[i].x -= left;
      right = MAX (right, self->vertices[i].x + self->vertices[i].width / 2);
    }
  for (guint i = 0; i < self->n_nodes; i++)
    {
      const Band *band = &bands[self->vertices[i].rank];

      self->nodes[i].x = self->vertices[i].x;
      self->nodes[i].y = (band->top + band->bottom) / 2;
    }
  *width = right;
  *height = self->n_ranks > 0 ? bands[self->n_ranks - 1].bottom : 0;
}

static void
add_point (GArray *points, double x, double y)
{
  AssayLayeredPoint point = { x, y };

  g_array_append_val (points, point);
}

static void
write_edge (AssayLayered *self, guint index, const Band *bands, GArray *points)
{
  AssayLayeredEdge       *edge = &self->edges[index];
  guint                   upper = upper_of (edge), lower = lower_of (edge), span = span_of (self, edge);
  const AssayLayeredNode *a = &self->nodes[upper], *b = &self->nodes[lower];
  double                  dx = edge->is_back ? edge->to_dx : edge->from_dx, end_dx = edge->is_back ? edge->from_dx : edge->to_dx;

  edge->first_point = points->len;
  dx = isnan (dx) ? 0 : dx;
  if (isnan (end_dx))
    end_dx = edge->is_direct ? 0 : self->links[self->last_link[index]].lower_dx;
  add_point (points, a->x + dx, a->y + a->height / 2);
  if (!edge->is_direct)
    {
      if (bands[self->vertices[upper].rank].bottom > a->y + a->height / 2 + 0.5)
        add_point (points, a->x + dx, bands[self->vertices[upper].rank].bottom);
      for (guint i = 0; i + 1 < span; i++)
        {
          const AssayLayeredVertex *bend = &self->vertices[self->first_bend[index] + i];

          add_point (points, bend->x, bands[bend->rank].top);
          add_point (points, bend->x, bands[bend->rank].bottom);
        }
      if (bands[self->vertices[lower].rank].top < b->y - b->height / 2 - 0.5)
        add_point (points, b->x + end_dx, bands[self->vertices[lower].rank].top);
    }
  add_point (points, b->x + end_dx, b->y - b->height / 2);
  edge->n_points = points->len - edge->first_point;
  for (guint i = 0; edge->is_back && i < edge->n_points / 2; i++)
    {
      AssayLayeredPoint *all = &g_array_index (points, AssayLayeredPoint, edge->first_point), swapped = all[i];

      all[i] = all[edge->n_points - 1 - i];
      all[edge->n_points - 1 - i] = swapped;
    }
}

gboolean
assay_layered_layout (AssayLayeredNode *nodes,
                      guint             n_nodes,
                      AssayLayeredEdge *edges,
                      guint             n_edges,
                      GArray           *points,
                      double           *width,
                      double           *height,
                      GCancellable     *cancellable)
{
  g_auto (AssayLayered) self = { .nodes = nodes, .n_nodes = n_nodes, .edges = edges, .n_edges = n_edges, .n_vertices = n_nodes };
  g_autofree Band *bands = NULL;

  *width = *height = 0;
  if (n_nodes == 0)
    return TRUE;
  self.vertices = g_new0 (AssayLayeredVertex, n_nodes);
  for (guint i = 0; i < n_nodes; i++)
    self.vertices[i].width = nodes[i].width;
  for (guint i = 0; i < n_edges; i++)
    edges[i].is_back = edges[i].is_direct = FALSE;
  assay_layered_rank (&self);
  route_edges (&self);
  index_all (&self);
  if (!assay_layered_order (&self, cancellable))
    return FALSE;
  spread_ends (&self);
  assay_layered_place (&self);
  bands = make_bands (&self);
  place_nodes (&self, bands, width, height);
  for (guint i = 0; i < n_edges; i++)
    write_edge (&self, i, bands, points);
  return TRUE;
}
