/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pairs of a comparison as one tree of modules: plain arrays, made in a worker. */

#pragma once

#include <assay/comparison.h>

G_BEGIN_DECLS

/**
 * AssayComparisonNode:
 * @name: its own name, "" for the root
 * @path: names from the root down
 * @parent: the module it stands in, G_MAXUINT32 for the root
 * @pair: the pair, G_MAXUINT32 for a module
 * @depth: how many modules stand above it, the root not counted
 */
typedef struct
{
  const char *name;
  const char *path;
  guint32     parent;
  guint32     pair;
  guint32     depth;
} AssayComparisonNode;

/**
 * AssayComparisonTree:
 * @n_nodes: how many nodes; the first is the root, and a node stands behind its parent
 * @nodes: the nodes
 * @first_child: where the children of node i begin in @children; one entry more than there are nodes
 * @children: nodes, parent by parent, in the order of the pairs
 * @by_path: path → node; of several with the same path, the first
 *
 * Immutable.
 */
typedef struct
{
  guint32              n_nodes;
  AssayComparisonNode *nodes;
  guint32             *first_child;
  guint32             *children;
  GHashTable          *by_path;
  GStringChunk        *texts;
} AssayComparisonTree;

/**
 * assay_comparison_tree_new:
 * @comparison: pairs
 *
 * Takes some 100 ms for 100,000 pairs; any thread may call this.
 *
 * Returns: (transfer full): their tree
 */
AssayComparisonTree *assay_comparison_tree_new (AssayComparison *comparison);

/**
 * assay_comparison_tree_free:
 *
 * Frees a tree.
 */
void assay_comparison_tree_free (AssayComparisonTree *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayComparisonTree, assay_comparison_tree_free)

G_END_DECLS
