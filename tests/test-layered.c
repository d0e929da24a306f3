/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Drawing in ranks: what must hold of any picture. */

#include "../src/present/layered-private.h"
#include <math.h>
#include <string.h>

typedef struct
{
  GArray *nodes, *edges, *points;
  double  width, height;
} Graph;

static Graph
graph_new (void)
{
  return (Graph){ g_array_new (FALSE, TRUE, sizeof (AssayLayeredNode)), g_array_new (FALSE, TRUE, sizeof (AssayLayeredEdge)),
                  g_array_new (FALSE, TRUE, sizeof (AssayLayeredPoint)) };
}

static void
graph_clear (Graph *graph)
{
  g_array_unref (graph->nodes);
  g_array_unref (graph->edges);
  g_array_unref (graph->points);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Graph, graph_clear)

static void
add_node (Graph *graph, double width, double height, AssayLayeredPin pin)
{
  AssayLayeredNode node = { .width = width, .height = height, .pin = pin };

  g_array_append_val (graph->nodes, node);
}

static void
add_edge (Graph *graph, guint from, guint to)
{
  AssayLayeredEdge edge = { .from = from, .to = to, .to_dx = NAN };

  g_array_append_val (graph->edges, edge);
}

static AssayLayeredNode *
node_of (Graph *graph, guint i)
{
  return &g_array_index (graph->nodes, AssayLayeredNode, i);
}

static AssayLayeredEdge *
edge_of (Graph *graph, guint i)
{
  return &g_array_index (graph->edges, AssayLayeredEdge, i);
}

static void
layout (Graph *graph)
{
  g_array_set_size (graph->points, 0);
  g_assert_true (assay_layered_layout ((AssayLayeredNode *) graph->nodes->data, graph->nodes->len, (AssayLayeredEdge *) graph->edges->data,
                                       graph->edges->len, graph->points, &graph->width, &graph->height, NULL));
}

/* No two nodes on each other, all inside, every edge from its node down to the other, or marked as going back. */
static void
check (Graph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const AssayLayeredNode *a = node_of (graph, i);

      g_assert_cmpfloat (a->x - a->width / 2, >=, -0.01);
      g_assert_cmpfloat (a->x + a->width / 2, <=, graph->width + 0.01);
      g_assert_cmpfloat (a->y + a->height / 2, <=, graph->height + 0.01);
      for (guint k = 0; k < i; k++)
        {
          const AssayLayeredNode *b = node_of (graph, k);

          g_assert_true (fabs (a->x - b->x) + 0.01 >= (a->width + b->width) / 2 || fabs (a->y - b->y) + 0.01 >= (a->height + b->height) / 2);
        }
    }
  for (guint i = 0; i < graph->edges->len; i++)
    {
      const AssayLayeredEdge  *edge = edge_of (graph, i);
      const AssayLayeredNode  *from = node_of (graph, edge->from), *to = node_of (graph, edge->to);
      const AssayLayeredPoint *first = &g_array_index (graph->points, AssayLayeredPoint, edge->first_point), *last = first + edge->n_points - 1;

      g_assert_cmpuint (edge->n_points, >=, 2);
      g_assert_cmpfloat (fabs (first->x - from->x), <=, from->width / 2 + 0.01);
      g_assert_cmpfloat (fabs (last->x - to->x), <=, to->width / 2 + 0.01);
      if (edge->is_back)
        g_assert_cmpfloat (first->y, >=, last->y);
      else
        g_assert_cmpfloat (first->y, <=, last->y);
      g_assert_cmpfloat (fabs (first->y - (from->y + (edge->is_back ? -1 : 1) * from->height / 2)), <=, 0.01);
      g_assert_cmpfloat (fabs (last->y - (to->y - (edge->is_back ? -1 : 1) * to->height / 2)), <=, 0.01);
    }
}

static void
test_chain_is_straight (void)
{
  g_auto (Graph) graph = graph_new ();

  for (guint i = 0; i < 20; i++)
    add_node (&graph, 60 + i % 3 * 40, 30 + i % 2 * 20, ASSAY_LAYERED_FREE);
  for (guint i = 1; i < 20; i++)
    add_edge (&graph, i - 1, i);
  layout (&graph);
  check (&graph);
  for (guint i = 1; i < 20; i++)
    g_assert_cmpfloat (fabs (node_of (&graph, i)->x - node_of (&graph, 0)->x), <, 0.01);
}

/* A residual block: the long edge bends around what it skips, and the chain stays straight. */
static void
test_skip_goes_around (void)
{
  g_auto (Graph) graph = graph_new ();
  const AssayLayeredEdge *skip;

  for (guint i = 0; i < 5; i++)
    add_node (&graph, 100, 40, ASSAY_LAYERED_FREE);
  for (guint i = 1; i < 5; i++)
    add_edge (&graph, i - 1, i);
  add_edge (&graph, 0, 4);
  layout (&graph);
  check (&graph);
  skip = edge_of (&graph, 4);
  for (guint i = 1; i + 1 < skip->n_points; i++)
    for (guint k = 1; k < 4; k++)
      {
        const AssayLayeredPoint *point = &g_array_index (graph.points, AssayLayeredPoint, skip->first_point + i);
        const AssayLayeredNode  *node = node_of (&graph, k);

        g_assert_false (fabs (point->x - node->x) < node->width / 2 && fabs (point->y - node->y) < node->height / 2);
      }
}

static void
test_pins_are_outermost (void)
{
  g_auto (Graph) graph = graph_new ();

  add_node (&graph, 0, 0, ASSAY_LAYERED_BOTTOM);
  add_node (&graph, 0, 0, ASSAY_LAYERED_TOP);
  for (guint i = 0; i < 6; i++)
    add_node (&graph, 80, 30, ASSAY_LAYERED_FREE);
  add_edge (&graph, 1, 4);
  add_edge (&graph, 2, 3);
  add_edge (&graph, 3, 4);
  add_edge (&graph, 3, 0);
  add_edge (&graph, 4, 5);
  layout (&graph);
  check (&graph);
  for (guint i = 2; i < 8; i++)
    {
      g_assert_cmpfloat (node_of (&graph, i)->y, >, node_of (&graph, 1)->y);
      g_assert_cmpfloat (node_of (&graph, i)->y, <, node_of (&graph, 0)->y);
    }
}

static void
test_cycles_end (void)
{
  g_auto (Graph) graph = graph_new ();
  guint n_back = 0;

  for (guint i = 0; i < 10; i++)
    add_node (&graph, 80, 30, ASSAY_LAYERED_FREE);
  for (guint i = 0; i < 10; i++)
    add_edge (&graph, i, (i + 1) % 10);
  add_edge (&graph, 5, 2);
  layout (&graph);
  check (&graph);
  for (guint i = 0; i < graph.edges->len; i++)
    n_back += edge_of (&graph, i)->is_back;
  g_assert_cmpuint (n_back, ==, 2);
}

static void
fill_random (Graph *graph, GRand *rand, guint n, guint n_edges, gboolean cyclic)
{
  for (guint i = 0; i < n; i++)
    add_node (graph, g_rand_double_range (rand, 20, 300), g_rand_double_range (rand, 20, 120), ASSAY_LAYERED_FREE);
  for (guint i = 0; i < n_edges && n > 1; i++)
    {
      guint a = g_rand_int_range (rand, 0, n), b = g_rand_int_range (rand, 0, n);

      if (a != b)
        add_edge (graph, cyclic ? a : MIN (a, b), cyclic ? b : MAX (a, b));
    }
}

static void
test_any_graph (void)
{
  for (guint seed = 0; seed < 400; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_auto (Graph) graph = graph_new ();
      g_autofree AssayLayeredNode *before = NULL;
      guint                        n = g_rand_int_range (rand, 0, 40);

      fill_random (&graph, rand, n, g_rand_int_range (rand, 0, 80), seed % 3 == 0);
      layout (&graph);
      check (&graph);
      /* The same again gives the same. */
      before = g_memdup2 (graph.nodes->data, graph.nodes->len * sizeof (AssayLayeredNode));
      layout (&graph);
      g_assert_true (n == 0 || memcmp (before, graph.nodes->data, graph.nodes->len * sizeof (AssayLayeredNode)) == 0);
    }
}

/* Every node feeds all behind it: 80,000 edges of up to 400 ranks would have ten million bends. */
static void
test_dense_graph_is_bounded (void)
{
  g_auto (Graph) graph = graph_new ();
  guint n_direct = 0;

  for (guint i = 0; i < 400; i++)
    add_node (&graph, 100, 30, ASSAY_LAYERED_FREE);
  for (guint i = 0; i < 400; i++)
    for (guint k = i + 1; k < 400; k++)
      add_edge (&graph, i, k);
  layout (&graph);
  check (&graph);
  for (guint i = 0; i < graph.edges->len; i++)
    n_direct += edge_of (&graph, i)->is_direct;
  g_assert_cmpuint (n_direct, >, 0);
  g_assert_cmpuint (graph.points->len, <, 500000);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_auto (Graph) graph = graph_new ();

  fill_random (&graph, rand, 300, 900, FALSE);
  g_cancellable_cancel (cancellable);
  g_assert_false (assay_layered_layout ((AssayLayeredNode *) graph.nodes->data, graph.nodes->len, (AssayLayeredEdge *) graph.edges->data,
                                        graph.edges->len, graph.points, &graph.width, &graph.height, cancellable));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layered/a-chain-is-straight", test_chain_is_straight);
  g_test_add_func ("/layered/a-skip-goes-around", test_skip_goes_around);
  g_test_add_func ("/layered/pins-are-outermost", test_pins_are_outermost);
  g_test_add_func ("/layered/cycles-end", test_cycles_end);
  g_test_add_func ("/layered/what-holds-of-any-graph", test_any_graph);
  g_test_add_func ("/layered/a-dense-graph-is-bounded", test_dense_graph_is_bounded);
  g_test_add_func ("/layered/cancelled", test_cancelled);
  return g_test_run ();
}
