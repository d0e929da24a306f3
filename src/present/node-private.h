/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a document makes its nodes and tells them what changed. */

#pragma once

#include <assay/document.h>
#include <assay/node.h>

#include "outline-private.h"

G_BEGIN_DECLS

/**
 * assay_node_new:
 * @document: whose node it is; not kept alive
 * @parent: (nullable): the module it stands in
 * @is_module: module or variable
 * @index: its number among them
 *
 * Returns: (transfer full): a node
 */
AssayNode *assay_node_new (AssayDocument *document, AssayNode *parent, gboolean is_module, guint32 index);

/**
 * assay_node_grow:
 *
 * Tells a module that its children or sums have changed.
 */
void assay_node_grow (AssayNode *self);

/**
 * assay_node_tell_health:
 *
 * Tells a node and the modules above it that marks below it have changed.
 */
void assay_node_tell_health (AssayNode *self);

/**
 * assay_node_take_statistics:
 * @statistics: (transfer full) (nullable): what is known now; %NULL for nothing any more
 *
 * Tells a variable its statistics. What they mean for its health is the outline's.
 */
void assay_node_take_statistics (AssayNode *self, AssayStatistics *statistics);

/**
 * assay_node_set_edited:
 *
 * Tells a variable whether it has unsaved edits.
 */
void assay_node_set_edited (AssayNode *self, gboolean edited);

/**
 * assay_node_detach:
 *
 * Tells a node that its document is gone.
 */
void assay_node_detach (AssayNode *self);

/**
 * assay_document_get_outline:
 *
 * Returns: (transfer none): the outline of what is there
 */
AssayOutline *assay_document_get_outline (AssayDocument *self);

/**
 * assay_document_get_module:
 * @index: its number in the manifest
 *
 * Returns: (transfer none): the node of a module
 */
AssayNode *assay_document_get_module (AssayDocument *self, guint32 index);

G_END_DECLS
