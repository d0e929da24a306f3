/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A module: class, settings, summary, parameters by child, histograms of what is below it. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MODULE_PAGE (assay_module_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayModulePage, assay_module_page, ASSAY, MODULE_PAGE, GtkWidget)

/* Signal: "open-node" (AssayNode *node): the user wants to look at a variable. */

/**
 * assay_module_page_show:
 * @document: the model
 * @node: a module
 *
 * Shows a module.
 */
void assay_module_page_show (AssayModulePage *self, AssayDocument *document, AssayNode *node);

G_END_DECLS
