/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Places in ranks, after Brandes and Köpf: vertices are chained to blocks that stand one below the other, in four ways (from above or from
 * below, preferring left or right), and the middle of the four is taken. Links may end beside the middle of a vertex, so the members of
 * a block are shifted against each other (Rüegg, Schulze, Carstens, von Hanxleden: Size- and port-aware horizontal node coordinate
 * assignment, 2015). */

#include "layered-parts-private.h"

#include <math.h>
#include <stdlib.h>

/* One of the four ways. */
typedef struct
{
  const AssayLayered *graph;
  gboolean            from_below, from_right;
  guint              *root, *align;
  double             *shift; /* of a vertex against the root of its block */
  double             *x;     /* of each vertex */
} Way;

static gboolean
is_inner (const AssayLayered *self, const AssayLayeredLink *link)
{
  return self->vertices[link->upper].is_bend && self->vertices[link->lower].is_bend;
}

/* The link of a bend to the bend above, or NULL. */
static const AssayLayeredLink *
inner_link (const AssayLayered *self, guint vertex)
{
  for (guint k = self->first_up[vertex]; k < self->first_up[vertex + 1]; k++)
    if (is_inner (self, &self->links[self->up[k]]))
      return &self->links[self->up[k]];
  return NULL;
}

/* Links that cross a piece of a long edge give way to it. */
static void
mark_crossed (AssayLayered *self, guint rank)
{
  guint n = assay_layered_rank_size (self, rank), begin = 0, from = 0;

  for (guint i = 0; i < n; i++)
    {
      const AssayLayeredLink *inner = inner_link (self, assay_layered_at (self, rank, i));
      guint                   to;

      if (inner == NULL && i + 1 < n)
        continue;
      to = inner ? self->vertices[inner->upper].at : G_MAXUINT;
      for (; begin <= i; begin++)
        {
          guint vertex = assay_layered_at (self, rank, begin);

          for (guint k = self->first_up[vertex]; k < self->first_up[vertex + 1]; k++)
            {
              AssayLayeredLink *link = &self->links[self->up[k]];
              guint             at = self->vertices[link->upper].at;

              if ((at < from || at > to) && !is_inner (self, link))
                link->is_crossed = TRUE;
            }
        }
      from = inner ? to : from;
    }
}

typedef struct
{
  guint at, link;
} Neighbour;

static int
compare_neighbours (gconstpointer a, gconstpointer b)
{
  const Neighbour *x = a, *y = b;

  return x->at < y->at ? -1 : x->at > y->at;
}

/* Chains @vertex to the neighbour in the middle, if nothing is in the way; @limit is the last one that is taken. */
static void
chain_vertex (Way *way, guint vertex, gint64 *limit, Neighbour *neighbours)
{
  const AssayLayered *graph = way->graph;
  const guint        *first = way->from_below ? graph->first_down : graph->first_up, *all = way->from_below ? graph->down : graph->up;
  guint               n = first[vertex + 1] - first[vertex];

  for (guint k = 0; k < n; k++)
    {
      const AssayLayeredLink *link = &graph->links[all[first[vertex] + k]];

      neighbours[k] = (Neighbour){ graph->vertices[way->from_below ? link->lower : link->upper].at, all[first[vertex] + k] };
    }
  qsort (neighbours, n, sizeof *neighbours, compare_neighbours);
  for (guint i = 0; n > 0 && i < 2 && way->align[vertex] == vertex; i++)
    {
      const Neighbour        *middle = &neighbours[(i == 0) != way->from_right ? (n - 1) / 2 : n / 2];
      const AssayLayeredLink *link = &graph->links[middle->link];
      guint                   other = way->from_below ? link->lower : link->upper;

      if (link->is_crossed || (way->from_right ? *limit <= middle->at : *limit >= (gint64) middle->at))
        continue;
      way->align[other] = vertex;
      way->root[vertex] = way->root[other];
      way->align[vertex] = way->root[vertex];
      way->shift[vertex] = way->shift[other] + (way->from_below ? link->lower_dx - link->upper_dx : link->upper_dx - link->lower_dx);
      *limit = middle->at;
    }
}

static void
make_blocks (Way *way, Neighbour *neighbours)
{
  const AssayLayered *graph = way->graph;

  for (guint i = 0; i < graph->n_vertices; i++)
    way->root[i] = way->align[i] = i;
  for (guint i = 0; i < graph->n_ranks; i++)
    {
      guint  rank = way->from_below ? graph->n_ranks - 1 - i : i, n = assay_layered_rank_size (graph, rank);
      gint64 limit = way->from_right ? G_MAXINT64 : -1;

      for (guint k = 0; k < n; k++)
        chain_vertex (way, assay_layered_at (graph, rank, way->from_right ? n - 1 - k : k), &limit, neighbours);
    }
}

/* How far the middles of two neighbours have to be apart. */
static double
distance (const AssayLayered *graph, guint left, guint right)
{
  const AssayLayeredVertex *a = &graph->vertices[left], *b = &graph->vertices[right];

  return (a->width + b->width) / 2 + (a->is_bend || b->is_bend ? ASSAY_LAYERED_BEND_GAP : ASSAY_LAYERED_GAP);
}

/* Neighbours of a rank, as seen by a way: from the right everything is mirrored. */
typedef struct
{
  guint  before, after; /* roots */
  double apart;
} Pair;

static guint
list_pairs (const Way *way, Pair *pairs)
{
  const AssayLayered *graph = way->graph;
  guint               n = 0;

  for (guint rank = 0; rank < graph->n_ranks; rank++)
    for (guint i = 1; i < assay_layered_rank_size (graph, rank); i++)
      {
        guint  left = assay_layered_at (graph, rank, i - 1), right = assay_layered_at (graph, rank, i);
        double apart = distance (graph, left, right) + way->shift[left] - way->shift[right];

        pairs[n++] = way->from_right ? (Pair){ way->root[right], way->root[left], apart } : (Pair){ way->root[left], way->root[right], apart };
      }
  return n;
}

static int
compare_before (gconstpointer a, gconstpointer b)
{
  const Pair *x = a, *y = b;

  return x->before < y->before ? -1 : x->before > y->before;
}

/* Blocks in an order in which each comes after those before it. @first: of each block's pairs in @pairs, which are sorted by it. */
static guint
sort_blocks (const Way *way, const Pair *pairs, guint n_pairs, const guint *first, guint *order)
{
  guint             n = 0, n_vertices = way->graph->n_vertices;
  g_autofree guint *missing = g_new0 (guint, n_vertices + 1);

  for (guint i = 0; i < n_pairs; i++)
    missing[pairs[i].after]++;
  for (guint i = 0; i < n_vertices; i++)
    if (way->root[i] == i && missing[i] == 0)
      order[n++] = i;
  for (guint i = 0; i < n; i++)
    for (guint k = first[order[i]]; k < first[order[i] + 1]; k++)
      if (--missing[pairs[k].after] == 0)
        order[n++] = pairs[k].after;
  return n;
}

/* Each block as far to the left as it can be, then as far to the right as those behind it allow. */
static void
push_together (Way *way)
{
  guint              n_vertices = way->graph->n_vertices, n;
  g_autofree Pair   *pairs = g_new (Pair, n_vertices + 1);
  g_autofree guint  *first = g_new0 (guint, n_vertices + 2), *order = g_new (guint, n_vertices + 1);
  g_autofree double *place = g_new0 (double, n_vertices + 1);
  guint              n_pairs = list_pairs (way, pairs);

  qsort (pairs, n_pairs, sizeof (Pair), compare_before);
  for (guint i = 0; i < n_pairs; i++)
    first[pairs[i].before + 1]++;
  for (guint i = 0; i < n_vertices; i++)
    first[i + 1] += first[i];
  n = sort_blocks (way, pairs, n_pairs, first, order);
  for (guint i = 0; i < n; i++)
    for (guint k = first[order[i]]; k < first[order[i] + 1]; k++)
      place[pairs[k].after] = MAX (place[pairs[k].after], place[order[i]] + pairs[k].apart);
  for (guint i = n; i-- > 0;)
    {
      double room = G_MAXDOUBLE;

      for (guint k = first[order[i]]; k < first[order[i] + 1]; k++)
        room = MIN (room, place[pairs[k].after] - pairs[k].apart);
      if (room < G_MAXDOUBLE)
        place[order[i]] = MAX (place[order[i]], room);
    }
  for (guint i = 0; i < n_vertices; i++)
    way->x[i] = (way->from_right ? -place[way->root[i]] : place[way->root[i]]) + way->shift[i];
}

static void
find_extent (const AssayLayered *graph, const double *x, double *left, double *right)
{
  *left = G_MAXDOUBLE;
  *right = -G_MAXDOUBLE;
  for (guint i = 0; i < graph->n_vertices; i++)
    {
      *left = MIN (*left, x[i] - graph->vertices[i].width / 2);
      *right = MAX (*right, x[i] + graph->vertices[i].width / 2);
    }
}

/* The four ways are laid over the narrowest, and the mean of the middle two is taken. */
static void
take_middle (AssayLayered *self, double *const *x)
{
  double left[4], right[4];
  guint  narrowest = 0;

  for (guint i = 0; i < 4; i++)
    {
      find_extent (self, x[i], &left[i], &right[i]);
      if (right[i] - left[i] < right[narrowest] - left[narrowest])
        narrowest = i;
    }
  for (guint i = 0; i < self->n_vertices; i++)
    {
      double four[4];

      for (guint k = 0; k < 4; k++)
        {
          double at = x[k][i] + (k & 1 ? right[narrowest] - right[k] : left[narrowest] - left[k]);
          guint  j = k;

          for (; j > 0 && four[j - 1] > at; j--)
            four[j] = four[j - 1];
          four[j] = at;
        }
      self->vertices[i].x = (four[1] + four[2]) / 2;
    }
}

void
assay_layered_place (AssayLayered *self)
{
  g_autofree Neighbour *neighbours = g_new (Neighbour, self->n_links + 1);
  double               *x[4];

  for (guint rank = 2; rank < self->n_ranks; rank++)
    mark_crossed (self, rank);
  for (guint i = 0; i < 4; i++)
    {
      guint              n = self->n_vertices;
      g_autofree guint  *root = g_new (guint, n + 1), *align = g_new (guint, n + 1);
      g_autofree double *shift = g_new0 (double, n + 1);
      Way                way = { self, i >= 2, i & 1, root, align, shift, NULL };

      x[i] = way.x = g_new0 (double, n + 1);
      make_blocks (&way, neighbours);
      push_together (&way);
    }
  take_middle (self, x);
  for (guint i = 0; i < 4; i++)
    g_free (x[i]);
}
