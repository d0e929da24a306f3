/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The parts of a module's page that are made of its children. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Most children that a page shows; the tree shows all. */
#define ASSAY_MAX_SHOWN 200

/**
 * assay_module_summary_fill:
 * @grid: an empty grid
 * @node: a module
 *
 * Fills in a table as Keras prints it: each child with its class, the shapes of its weights, its parameters, and a bar for its part.
 */
void assay_module_summary_fill (GtkGrid *grid, AssayNode *node);

/**
 * assay_module_histograms_fill:
 * @box: an empty box
 * @document: the model; asked for statistics
 * @node: a module
 *
 * Fills in a small histogram of each variable below.
 */
void assay_module_histograms_fill (GtkFlowBox *box, AssayDocument *document, AssayNode *node);

G_END_DECLS
