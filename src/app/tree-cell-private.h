/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A cell of the module tree; follows the node that it shows. */

#pragma once

#include <assay/node.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  ASSAY_CELL_NAME,
  ASSAY_CELL_SHAPE,
  ASSAY_CELL_TYPE,
  ASSAY_CELL_PARAMETERS,
  ASSAY_CELL_VALUES,
} AssayCellKind;

#define ASSAY_TYPE_TREE_CELL (assay_tree_cell_get_type ())
G_DECLARE_FINAL_TYPE (AssayTreeCell, assay_tree_cell, ASSAY, TREE_CELL, GtkWidget)

/**
 * assay_tree_cell_new:
 * @kind: what of a node it shows
 *
 * Returns: (transfer full): an empty cell
 */
GtkWidget *assay_tree_cell_new (AssayCellKind kind);

/**
 * assay_tree_cell_set_item:
 * @item: (nullable): a #GtkTreeListRow of a node, or a node
 *
 * Shows a row.
 */
void assay_tree_cell_set_item (AssayTreeCell *self, gpointer item);

/**
 * assay_tree_cell_get_node:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
AssayNode *assay_tree_cell_get_node (AssayTreeCell *self);

/**
 * assay_tree_item_get_node:
 * @item: (nullable): a #GtkTreeListRow of a node, or a node
 *
 * Returns: (transfer none) (nullable): the node
 */
AssayNode *assay_tree_item_get_node (gpointer item);

G_END_DECLS
