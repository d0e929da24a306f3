/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The children of a module, in the order to show. */

#pragma once

#include <assay/document.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_NODE_LIST (assay_node_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayNodeList, assay_node_list, ASSAY, NODE_LIST, GObject)

/**
 * assay_node_list_new:
 * @document: whose; not kept alive
 * @module: the module's number
 *
 * Lists a module's children: as people sort, unless the file has an order; then variables first. Optimizer state comes last.
 *
 * Returns: (transfer full): a #GListModel of #AssayNode
 */
AssayNodeList *assay_node_list_new (AssayDocument *document, guint32 module);

/**
 * assay_node_list_refresh:
 *
 * Takes in new children, telling of the smallest range that changed.
 */
void assay_node_list_refresh (AssayNodeList *self);

/**
 * assay_node_list_detach:
 *
 * Tells the list that its document is gone.
 */
void assay_node_list_detach (AssayNodeList *self);

G_END_DECLS
