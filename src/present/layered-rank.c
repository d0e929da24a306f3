/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ranks: every edge goes down, as few ranks as can be, and what only feeds others is near to them. */

#include "layered-parts-private.h"

/* The edges of each node, as numbers in one array. */
typedef struct
{
  guint *first, *edges;
} Adjacency;

static void
adjacency_clear (Adjacency *self)
{
  g_free (self->first);
  g_free (self->edges);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Adjacency, adjacency_clear)

static guint
tail_of (const AssayLayeredEdge *edge)
{
  return edge->is_back ? edge->to : edge->from;
}

static guint
head_of (const AssayLayeredEdge *edge)
{
  return edge->is_back ? edge->from : edge->to;
}

static Adjacency
adjacency_make (AssayLayered *self, gboolean outgoing)
{
  Adjacency         made = { g_new0 (guint, self->n_nodes + 1), g_new (guint, self->n_edges + 1) };
  g_autofree guint *at = NULL;

  for (guint i = 0; i < self->n_edges; i++)
    made.first[(outgoing ? tail_of (&self->edges[i]) : head_of (&self->edges[i])) + 1]++;
  for (guint i = 0; i < self->n_nodes; i++)
    made.first[i + 1] += made.first[i];
  at = g_memdup2 (made.first, (self->n_nodes + 1) * sizeof (guint));
  for (guint i = 0; i < self->n_edges; i++)
    made.edges[at[outgoing ? tail_of (&self->edges[i]) : head_of (&self->edges[i])]++] = i;
  return made;
}

/* Depth first from @start: edges back to a node whose turn isn't over close a cycle. */
static void
turn_round_from (AssayLayered *self, const Adjacency *out, guint start, guint8 *state, guint *next, GArray *stack)
{
  g_array_append_val (stack, start);
  state[start] = 1;
  while (stack->len > 0)
    {
      guint node = g_array_index (stack, guint, stack->len - 1), other;

      if (next[node] == out->first[node + 1])
        {
          state[node] = 2;
          g_array_set_size (stack, stack->len - 1);
          continue;
        }
      other = self->edges[out->edges[next[node]]].to;
      if (state[other] == 1)
        self->edges[out->edges[next[node]]].is_back = TRUE;
      next[node]++;
      if (state[other] != 0)
        continue;
      state[other] = 1;
      g_array_append_val (stack, other);
    }
}

static void
turn_round (AssayLayered *self)
{
  g_auto (Adjacency) out = adjacency_make (self, TRUE);
  g_autofree guint8 *state = g_new0 (guint8, self->n_nodes + 1);
  g_autofree guint  *next = g_memdup2 (out.first, (self->n_nodes + 1) * sizeof (guint));
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->n_nodes; i++)
    if (state[i] == 0)
      turn_round_from (self, &out, i, state, next, stack);
}

/* Nodes in an order in which edges go forward. */
static guint *
sort_nodes (AssayLayered *self, const Adjacency *in, const Adjacency *out)
{
  guint            *order = g_new (guint, self->n_nodes + 1), n = 0;
  g_autofree guint *missing = g_new (guint, self->n_nodes + 1);

  for (guint i = 0; i < self->n_nodes; i++)
    {
      missing[i] = in->first[i + 1] - in->first[i];
      if (missing[i] == 0)
        order[n++] = i;
    }
  for (guint i = 0; i < n; i++)
    for (guint k = out->first[order[i]]; k < out->first[order[i] + 1]; k++)
      {
        guint head = head_of (&self->edges[out->edges[k]]);

        if (--missing[head] == 0)
          order[n++] = head;
      }
  g_assert (n == self->n_nodes);
  return order;
}

static void
rank_longest (AssayLayered *self, const guint *order, const Adjacency *in, gboolean has_top)
{
  for (guint i = 0; i < self->n_nodes; i++)
    {
      guint node = order[i], rank = has_top && self->nodes[node].pin != ASSAY_LAYERED_TOP ? 1 : 0;

      for (guint k = in->first[node]; k < in->first[node + 1]; k++)
        rank = MAX (rank, self->vertices[tail_of (&self->edges[in->edges[k]])].rank + 1);
      self->vertices[node].rank = rank;
      self->n_ranks = MAX (self->n_ranks, rank + 1);
    }
}

/* What feeds more than it takes goes down to what it feeds. */
static void
pull_down (AssayLayered *self, const guint *order, const Adjacency *in, const Adjacency *out)
{
  for (guint i = self->n_nodes; i-- > 0;)
    {
      guint node = order[i], n_out = out->first[node + 1] - out->first[node], lowest = G_MAXUINT;

      if (self->nodes[node].pin != ASSAY_LAYERED_FREE || n_out <= in->first[node + 1] - in->first[node])
        continue;
      for (guint k = out->first[node]; k < out->first[node + 1]; k++)
        lowest = MIN (lowest, self->vertices[head_of (&self->edges[out->edges[k]])].rank - 1);
      self->vertices[node].rank = lowest;
    }
}

static void
pin_bottom (AssayLayered *self)
{
  gboolean has_bottom = FALSE;
  guint    below = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].pin == ASSAY_LAYERED_BOTTOM)
      has_bottom = TRUE;
    else
      below = MAX (below, self->vertices[i].rank + 1);
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].pin == ASSAY_LAYERED_BOTTOM)
      self->vertices[i].rank = below;
  self->n_ranks = below + (has_bottom ? 1 : 0);
}

void
assay_layered_rank (AssayLayered *self)
{
  gboolean has_top = FALSE;
  g_auto (Adjacency) in = { NULL };
  g_auto (Adjacency) out = { NULL };
  g_autofree guint *order = NULL;

  turn_round (self);
  in = adjacency_make (self, FALSE);
  out = adjacency_make (self, TRUE);
  for (guint i = 0; i < self->n_nodes; i++)
    has_top |= self->nodes[i].pin == ASSAY_LAYERED_TOP;
  order = sort_nodes (self, &in, &out);
  rank_longest (self, order, &in, has_top);
  pin_bottom (self);
  pull_down (self, order, &in, &out);
}
