/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Order in ranks: each vertex goes to the mean of its neighbours in the rank before, down and up again, while that gives fewer crossings. */

#include "layered-parts-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many rounds, and so many in a row that gave nothing. */
#define MAX_ROUNDS 24
#define MAX_IDLE 4

typedef struct
{
  double mean;
  guint  vertex, at;
} Wish;

static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  return x->mean < y->mean ? -1 : x->mean > y->mean ? 1
                              : x->at < y->at       ? -1
                                                    : x->at > y->at;
}

/* Where a link ends, as a position in the rank; links of wide vertices don't all end in the middle. */
static double
end_of (const AssayLayered *self, guint vertex, double dx)
{
  const AssayLayeredVertex *v = &self->vertices[vertex];

  return v->at + (v->width > 0 && !isnan (dx) ? CLAMP (dx / v->width, -0.49, 0.49) : 0);
}

static gboolean
find_mean (const AssayLayered *self, guint vertex, gboolean downward, double *mean)
{
  const guint *first = downward ? self->first_up : self->first_down, *all = downward ? self->up : self->down;
  double       sum = 0;

  for (guint k = first[vertex]; k < first[vertex + 1]; k++)
    {
      const AssayLayeredLink *link = &self->links[all[k]];

      sum += downward ? end_of (self, link->upper, link->upper_dx) : end_of (self, link->lower, link->lower_dx);
    }
  if (first[vertex] == first[vertex + 1])
    return FALSE;
  *mean = sum / (first[vertex + 1] - first[vertex]);
  return TRUE;
}

/* Vertices without neighbours stay where they are, the others share the remaining places. */
static void
sort_rank (AssayLayered *self, guint rank, gboolean downward, Wish *wishes, guint *places)
{
  guint *order = self->rank_order + self->rank_first[rank], n = 0;

  for (guint i = 0; i < assay_layered_rank_size (self, rank); i++)
    {
      Wish wish = { .vertex = order[i], .at = i };

      if (!find_mean (self, order[i], downward, &wish.mean))
        continue;
      places[n] = i;
      wishes[n++] = wish;
    }
  qsort (wishes, n, sizeof (Wish), compare_wishes);
  for (guint i = 0; i < n; i++)
    {
      order[places[i]] = wishes[i].vertex;
      self->vertices[wishes[i].vertex].at = places[i];
    }
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return x < y ? -1 : x > y;
}

/* Crossings between a rank and the next: pairs of links whose ends are in opposite order, counted by a tree of sums. */
static guint64
count_crossings (const AssayLayered *self, guint rank, guint *ends, guint *sums)
{
  guint   n_below = assay_layered_rank_size (self, rank + 1), n_seen = 0;
  guint64 crossings = 0;

  memset (sums, 0, (n_below + 1) * sizeof (guint));
  for (guint i = 0; i < assay_layered_rank_size (self, rank); i++)
    {
      guint vertex = assay_layered_at (self, rank, i), n = 0;

      for (guint k = self->first_down[vertex]; k < self->first_down[vertex + 1]; k++)
        ends[n++] = self->vertices[self->links[self->down[k]].lower].at;
      qsort (ends, n, sizeof (guint), compare_positions);
      for (guint k = 0; k < n; k++)
        {
          guint before = 0;

          for (guint j = ends[k] + 1; j > 0; j -= j & -j)
            before += sums[j];
          crossings += n_seen - before;
        }
      for (guint k = 0; k < n; k++)
        for (guint j = ends[k] + 1; j <= n_below; j += j & -j)
          sums[j]++;
      n_seen += n;
    }
  return crossings;
}

static guint64
count_all_crossings (const AssayLayered *self, guint *ends, guint *sums)
{
  guint64 sum = 0;

  for (guint rank = 0; rank + 1 < self->n_ranks; rank++)
    sum += count_crossings (self, rank, ends, sums);
  return sum;
}

static void
restore (AssayLayered *self, const guint *order)
{
  memcpy (self->rank_order, order, self->n_vertices * sizeof (guint));
  for (guint rank = 0; rank < self->n_ranks; rank++)
    for (guint i = 0; i < assay_layered_rank_size (self, rank); i++)
      self->vertices[assay_layered_at (self, rank, i)].at = i;
}

static void
sweep (AssayLayered *self, gboolean downward, Wish *wishes, guint *places)
{
  for (guint i = 1; i < self->n_ranks; i++)
    sort_rank (self, downward ? i : self->n_ranks - 1 - i, downward, wishes, places);
}

/* The first order: depth first, so that what hangs together is together. */
static void
order_first (AssayLayered *self)
{
  g_autofree guint  *taken = g_new0 (guint, self->n_ranks + 1);
  g_autofree guint8 *seen = g_new0 (guint8, self->n_vertices + 1);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->n_vertices; i++)
    {
      if (seen[i] || self->first_up[i] != self->first_up[i + 1])
        continue;
      g_array_append_val (stack, i);
      while (stack->len > 0)
        {
          guint vertex = g_array_index (stack, guint, stack->len - 1), rank = self->vertices[vertex].rank;

          g_array_set_size (stack, stack->len - 1);
          if (seen[vertex])
            continue;
          seen[vertex] = TRUE;
          self->vertices[vertex].at = taken[rank]++;
          self->rank_order[self->rank_first[rank] + self->vertices[vertex].at] = vertex;
          for (guint k = self->first_down[vertex + 1]; k-- > self->first_down[vertex];)
            g_array_append_val (stack, self->links[self->down[k]].lower);
        }
    }
}

gboolean
assay_layered_order (AssayLayered *self, GCancellable *cancellable)
{
  g_autofree Wish  *wishes = g_new (Wish, self->n_vertices + 1);
  g_autofree guint *places = g_new (guint, self->n_vertices + 1), *sums = g_new (guint, self->n_vertices + 2);
  g_autofree guint *ends = g_new (guint, self->n_links + 1), *best_order = NULL;
  guint64           best;
  guint             idle = 0;

  order_first (self);
  best = count_all_crossings (self, ends, sums);
  best_order = g_memdup2 (self->rank_order, self->n_vertices * sizeof (guint));
  for (guint round = 0; round < MAX_ROUNDS && idle < MAX_IDLE && best > 0; round++)
    {
      guint64 crossings;

      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      sweep (self, round % 2 == 0, wishes, places);
      crossings = count_all_crossings (self, ends, sums);
      idle++;
      if (crossings >= best)
        continue;
      best = crossings;
      memcpy (best_order, self->rank_order, self->n_vertices * sizeof (guint));
      idle = 0;
    }
  restore (self, best_order);
  return TRUE;
}
