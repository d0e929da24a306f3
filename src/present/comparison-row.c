/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "comparison-row-private.h"

#include <math.h>

struct _AssayComparisonRow
{
  GObject              parent_instance;
  AssayComparisonRows *rows; /* not owned; NULL once it shows something else */
  guint32              node;
};

G_DEFINE_FINAL_TYPE (AssayComparisonRow, assay_comparison_row, G_TYPE_OBJECT)

static void
comparison_row_finalize (GObject *object)
{
  AssayComparisonRow *self = ASSAY_COMPARISON_ROW (object);

  if (self->rows != NULL)
    assay_comparison_rows_forget (self->rows, self->node);
  G_OBJECT_CLASS (assay_comparison_row_parent_class)->finalize (object);
}

static void
assay_comparison_row_class_init (AssayComparisonRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = comparison_row_finalize;
  g_signal_new ("changed", ASSAY_TYPE_COMPARISON_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_comparison_row_init (AssayComparisonRow *self)
{
}

AssayComparisonRow *
assay_comparison_row_new (AssayComparisonRows *rows, guint32 node)
{
  AssayComparisonRow *self = g_object_new (ASSAY_TYPE_COMPARISON_ROW, NULL);

  self->rows = rows;
  self->node = node;
  return self;
}

void
assay_comparison_row_detach (AssayComparisonRow *self)
{
  self->rows = NULL;
}

guint32
assay_comparison_row_get_node (AssayComparisonRow *self)
{
  return self->node;
}

static const AssayComparisonNode *
get_node (AssayComparisonRow *self)
{
  static const AssayComparisonNode none = { .name = "", .path = "", .parent = G_MAXUINT32, .pair = G_MAXUINT32 };

  return self->rows ? &assay_comparison_rows_get_tree (self->rows)->nodes[self->node] : &none;
}

const char *
assay_comparison_row_get_name (AssayComparisonRow *self)
{
  const AssayComparisonNode *node = get_node (self);

  return self->rows && assay_comparison_rows_is_flat (self->rows) ? node->path : node->name;
}

const char *
assay_comparison_row_get_path (AssayComparisonRow *self)
{
  return get_node (self)->path;
}

guint
assay_comparison_row_get_depth (AssayComparisonRow *self)
{
  return self->rows && assay_comparison_rows_is_flat (self->rows) ? 0 : get_node (self)->depth;
}

gboolean
assay_comparison_row_is_module (AssayComparisonRow *self)
{
  return get_node (self)->pair == G_MAXUINT32;
}

gboolean
assay_comparison_row_is_open (AssayComparisonRow *self)
{
  return self->rows && assay_comparison_rows_is_open (self->rows, self->node);
}

gboolean
assay_comparison_row_get_pair (AssayComparisonRow *self, AssayPair *pair)
{
  if (self->rows == NULL || assay_comparison_row_is_module (self))
    return FALSE;
  assay_comparison_get_pair (assay_comparison_rows_get_comparison (self->rows), get_node (self)->pair, pair);
  return TRUE;
}

AssayPairStatus
assay_comparison_row_get_status (AssayComparisonRow *self)
{
  const AssayComparisonSum *sum;
  AssayPair                 pair;

  if (self->rows == NULL)
    return ASSAY_PAIR_WAITING;
  if (assay_comparison_row_get_pair (self, &pair))
    return pair.status;
  sum = assay_comparison_rows_get_sum (self->rows, self->node);
  if (sum->n_only_a == sum->n_pairs)
    return ASSAY_PAIR_ONLY_A;
  if (sum->n_only_b == sum->n_pairs)
    return ASSAY_PAIR_ONLY_B;
  return sum->n_differing ? ASSAY_PAIR_CHANGED : sum->n_waiting ? ASSAY_PAIR_WAITING
                                                                : ASSAY_PAIR_SAME;
}

gboolean
assay_comparison_row_get_metrics (AssayComparisonRow *self, AssayMetrics *metrics)
{
  const AssayComparisonSum *sum = self->rows ? assay_comparison_rows_get_sum (self->rows, self->node) : NULL;

  if (sum == NULL || !sum->measured)
    return FALSE;
  *metrics = sum->metrics;
  return TRUE;
}

double
assay_comparison_row_get_share (AssayComparisonRow *self)
{
  double       largest = self->rows ? assay_comparison_rows_get_largest (self->rows) : 0;
  AssayMetrics metrics;

  if (largest <= 0 || !assay_comparison_row_get_metrics (self, &metrics) || !metrics.numeric)
    return 0;
  return isnan (metrics.relative_l2) ? (metrics.l1 > 0) : MIN (metrics.relative_l2 / largest, 1);
}

/* What both say, or one and the other. */
static char *
join (const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return g_strdup (a ? a : b);
  return g_strcmp0 (a, b) == 0 ? g_strdup (a) : g_strdup_printf ("%s → %s", a, b);
}

char *
assay_comparison_row_dup_shape_text (AssayComparisonRow *self)
{
  AssayComparison *comparison;
  g_autofree char *a = NULL, *b = NULL;
  AssayPair        pair;

  if (!assay_comparison_row_get_pair (self, &pair))
    return g_strdup ("");
  comparison = assay_comparison_rows_get_comparison (self->rows);
  if (pair.a != G_MAXUINT32)
    a = assay_variable_list_dup_shape_text (assay_comparison_get_a (comparison), pair.a);
  if (pair.b != G_MAXUINT32)
    b = assay_variable_list_dup_shape_text (assay_comparison_get_b (comparison), pair.b);
  return join (a, b);
}

char *
assay_comparison_row_dup_dtype_text (AssayComparisonRow *self)
{
  AssayComparison *comparison;
  AssayPair        pair;

  if (!assay_comparison_row_get_pair (self, &pair))
    return g_strdup ("");
  comparison = assay_comparison_rows_get_comparison (self->rows);
  return join (pair.a != G_MAXUINT32 ? assay_variable_list_get_dtype_name (assay_comparison_get_a (comparison), pair.a) : NULL,
               pair.b != G_MAXUINT32 ? assay_variable_list_get_dtype_name (assay_comparison_get_b (comparison), pair.b) : NULL);
}

/* While summing, the norms of a node that isn't finished are kept as squares. */
static void
add_metrics (AssayComparisonSum *sum, const AssayMetrics *m, gboolean squared)
{
  AssayMetrics *all = &sum->metrics;

  if (!sum->measured)
    *all = (AssayMetrics){ .bit_equal = TRUE };
  sum->measured = TRUE;
  all->n += m->n;
  all->n_changed += m->n_changed;
  all->n_bits_changed += m->n_bits_changed;
  all->n_nan_a += m->n_nan_a;
  all->n_nan_b += m->n_nan_b;
  all->n_nan_both += m->n_nan_both;
  all->max_ulp = MAX (all->max_ulp, m->max_ulp);
  all->bit_equal = all->bit_equal && m->bit_equal;
  all->has_ulp = all->has_ulp || m->has_ulp;
  if (!m->numeric)
    return;
  all->numeric = TRUE;
  all->max_abs = MAX (all->max_abs, m->max_abs);
  all->l1 += m->l1;
  all->l2 += squared ? m->l2 : m->l2 * m->l2;
  all->norm_a += squared ? m->norm_a : m->norm_a * m->norm_a;
  all->norm_b += squared ? m->norm_b : m->norm_b * m->norm_b;
  all->dot += m->dot;
}

static void
finish_metrics (AssayMetrics *m)
{
  m->fraction_changed = m->n ? m->n_changed / (double) m->n : 0;
  m->l2 = sqrt (m->l2);
  m->norm_a = sqrt (m->norm_a);
  m->norm_b = sqrt (m->norm_b);
  m->relative_l2 = m->l1 == 0 ? 0 : m->norm_a == 0 ? NAN
                                                   : m->l2 / m->norm_a;
  m->cosine_distance = m->norm_a == 0 || m->norm_b == 0 ? NAN : m->l1 == 0 ? 0
                                                                           : 1 - m->dot / (m->norm_a * m->norm_b);
  if (m->cosine_distance < 0)
    m->cosine_distance = 0;
}

static void
add_pair (AssayComparisonSum *sum, const AssayPair *pair)
{
  sum->n_pairs = 1;
  sum->n_waiting = pair->status == ASSAY_PAIR_WAITING;
  sum->n_differing = assay_pair_status_differs (pair->status);
  sum->n_only_a = pair->status == ASSAY_PAIR_ONLY_A;
  sum->n_only_b = pair->status == ASSAY_PAIR_ONLY_B;
}

static void
add_child (AssayComparisonSum *sum, const AssayComparisonSum *child, gboolean squared)
{
  sum->n_pairs += child->n_pairs;
  sum->n_waiting += child->n_waiting;
  sum->n_differing += child->n_differing;
  sum->n_only_a += child->n_only_a;
  sum->n_only_b += child->n_only_b;
  if (child->measured)
    add_metrics (sum, &child->metrics, squared);
}

/* A node stands behind its parent, so going backwards all its children are added before it is. */
void
assay_comparison_sum_all (AssayComparisonTree *tree, AssayComparison *comparison, AssayComparisonSum *sums)
{
  for (guint32 i = 0; i < tree->n_nodes; i++)
    sums[i] = (AssayComparisonSum){ 0 };
  for (guint32 i = tree->n_nodes; i-- > 0;)
    {
      const AssayComparisonNode *node = &tree->nodes[i];
      gboolean                   is_module = node->pair == G_MAXUINT32;

      if (!is_module)
        {
          AssayPair pair;

          assay_comparison_get_pair (comparison, node->pair, &pair);
          add_pair (&sums[i], &pair);
          sums[i].measured = pair.metrics != NULL;
          if (pair.metrics != NULL)
            sums[i].metrics = *pair.metrics;
        }
      if (node->parent != G_MAXUINT32)
        add_child (&sums[node->parent], &sums[i], is_module);
      if (is_module && sums[i].measured)
        finish_metrics (&sums[i].metrics);
    }
}
