/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model in its tab: tree on the left, what is selected on the right, and the states before and after. */

#pragma once

#include <adwaita.h>
#include <assay/document.h>
#include <assay/live-model.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MODEL_PAGE (assay_model_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayModelPage, assay_model_page, ASSAY, MODEL_PAGE, GtkWidget)

/* Signal: "changed": something that the window shows of it (title, undo, selection). */

/**
 * assay_model_page_new:
 * @path: as for assay_document_new()
 *
 * Returns: (transfer full): a page that opens a model
 */
AssayModelPage *assay_model_page_new (const char *path);

/**
 * assay_model_page_new_live:
 *
 * Returns: (transfer full): a page on which a model is made by hand
 */
AssayModelPage *assay_model_page_new_live (void);

/**
 * assay_model_page_get_live:
 *
 * Returns: (transfer none) (nullable): the model that is made by hand here
 */
AssayLiveModel *assay_model_page_get_live (AssayModelPage *self);

/**
 * assay_model_page_begin:
 *
 * Puts the cursor where a model that is made by hand begins.
 */
void assay_model_page_begin (AssayModelPage *self);

/**
 * assay_model_page_offer:
 * @path: a saved model that was saved here
 *
 * Offers to load it.
 */
void assay_model_page_offer (AssayModelPage *self, const char *path);

/**
 * assay_model_page_get_document:
 *
 * Returns: (transfer none): the model
 */
AssayDocument *assay_model_page_get_document (AssayModelPage *self);

/**
 * assay_model_page_get_node:
 *
 * Returns: (transfer none) (nullable): the module or variable that is selected
 */
AssayNode *assay_model_page_get_node (AssayModelPage *self);

/**
 * assay_model_page_show_run:
 * @shown: whether the page for running the model is shown, or its variables
 */
void assay_model_page_show_run (AssayModelPage *self, gboolean shown);

/**
 * assay_model_page_is_run_shown:
 *
 * Returns: whether the page for running the model is shown
 */
gboolean assay_model_page_is_run_shown (AssayModelPage *self);

/**
 * assay_model_page_show_graph:
 * @shown: whether the graph of the model's functions is shown, or its variables
 */
void assay_model_page_show_graph (AssayModelPage *self, gboolean shown);

/**
 * assay_model_page_is_graph_shown:
 *
 * Returns: whether the graph is shown
 */
gboolean assay_model_page_is_graph_shown (AssayModelPage *self);

/**
 * assay_model_page_dup_run_summary:
 *
 * Returns: (transfer full) (nullable): which run is shown; %NULL if none is
 */
char *assay_model_page_dup_run_summary (AssayModelPage *self);

/**
 * assay_model_page_run:
 *
 * Runs the model; the first time, shows the page for that.
 */
void assay_model_page_run (AssayModelPage *self);

/**
 * assay_model_page_command:
 * @command: "find", "go-to", "find-value", "formula", "fill", "focus-tree", "export", or "page::NAME"
 *
 * Does what a shortcut of the window says.
 */
void assay_model_page_command (AssayModelPage *self, const char *command);

/**
 * assay_model_page_can:
 * @command: as for assay_model_page_command()
 *
 * Returns: whether that means anything for what is selected
 */
gboolean assay_model_page_can (AssayModelPage *self, const char *command);

G_END_DECLS
