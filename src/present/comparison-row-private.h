/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a row tells is its list's; the row itself is but a number. */

#pragma once

#include <assay/comparison-rows.h>

#include "comparison-tree-private.h"

G_BEGIN_DECLS

/**
 * AssayComparisonSum:
 * @n_pairs: pairs below a node, itself included; of them @n_waiting, @n_differing, @n_only_a, @n_only_b
 * @measured: there are metrics among them
 * @metrics: all together
 *
 * What a node sums up to.
 */
typedef struct
{
  guint32      n_pairs;
  guint32      n_waiting;
  guint32      n_differing;
  guint32      n_only_a;
  guint32      n_only_b;
  gboolean     measured;
  AssayMetrics metrics;
} AssayComparisonSum;

/**
 * assay_comparison_sum_all:
 * @sums: (array): one a node of @tree
 *
 * Adds up what is known now, from the leaves to the root.
 */
void assay_comparison_sum_all (AssayComparisonTree *tree, AssayComparison *comparison, AssayComparisonSum *sums);

/**
 * assay_comparison_row_new:
 * @rows: the list; not kept alive
 * @node: the node it shows
 *
 * Returns: (transfer full): a row
 */
AssayComparisonRow *assay_comparison_row_new (AssayComparisonRows *rows, guint32 node);

/**
 * assay_comparison_row_detach:
 *
 * Tells a row that its list, or its node, is no more.
 */
void assay_comparison_row_detach (AssayComparisonRow *self);

/**
 * assay_comparison_row_get_node:
 *
 * Returns: the node it shows
 */
guint32 assay_comparison_row_get_node (AssayComparisonRow *self);

/* What rows ask of their list. */
void                       assay_comparison_rows_forget (AssayComparisonRows *self, guint32 node);
const AssayComparisonTree *assay_comparison_rows_get_tree (AssayComparisonRows *self);
const AssayComparisonSum  *assay_comparison_rows_get_sum (AssayComparisonRows *self, guint32 node);
gboolean                   assay_comparison_rows_is_open (AssayComparisonRows *self, guint32 node);
gboolean                   assay_comparison_rows_is_flat (AssayComparisonRows *self);

G_END_DECLS
