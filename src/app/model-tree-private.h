/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The module tree of a model: search, columns, totals. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MODEL_TREE (assay_model_tree_get_type ())
G_DECLARE_FINAL_TYPE (AssayModelTree, assay_model_tree, ASSAY, MODEL_TREE, GtkWidget)

/* Signal: "selected": another row is selected. */

/**
 * assay_model_tree_set_document:
 * @document: a model
 *
 * Shows a model.
 */
void assay_model_tree_set_document (AssayModelTree *self, AssayDocument *document);

/**
 * assay_model_tree_get_selected:
 *
 * Returns: (transfer none) (nullable): the module or variable that is selected
 */
AssayNode *assay_model_tree_get_selected (AssayModelTree *self);

/**
 * assay_model_tree_select:
 * @node: a module or variable
 *
 * Opens the modules above it, selects it and scrolls there.
 */
void assay_model_tree_select (AssayModelTree *self, AssayNode *node);

/**
 * assay_model_tree_begin_search:
 *
 * Puts the cursor into the search field.
 */
void assay_model_tree_begin_search (AssayModelTree *self);

/**
 * assay_model_tree_focus:
 *
 * Puts the cursor onto the selected row.
 */
void assay_model_tree_focus (AssayModelTree *self);

G_END_DECLS
