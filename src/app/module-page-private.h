/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A module: class, settings, summary, parameters by child, functions, histograms of what is below it. */

#pragma once

#include "function-list-private.h"

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MODULE_PAGE (assay_module_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayModulePage, assay_module_page, ASSAY, MODULE_PAGE, GtkWidget)

/* Signals: "open-node" (AssayNode *node): the user wants to look at a variable; "show-graph" (AssayNode *node): at the operations of a
   module; "show-function" (guint index): at those of a signature. */

/**
 * assay_module_page_show:
 * @document: the model
 * @node: a module
 *
 * Shows a module.
 */
void assay_module_page_show (AssayModulePage *self, AssayDocument *document, AssayNode *node);

/**
 * assay_module_page_get_functions:
 *
 * Returns: (transfer none) (nullable): the list of the model's functions; %NULL if the module that is shown has none
 */
AssayFunctionList *assay_module_page_get_functions (AssayModulePage *self);

G_END_DECLS
