/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The columns of the module tree. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_tree_columns_add:
 * @view: the tree's view
 * @document: the model, asked for the statistics of rows that come into sight
 *
 * Adds the columns, as wide and sorted as they were last.
 */
void assay_tree_columns_add (GtkColumnView *view, AssayDocument *document);

/**
 * assay_tree_columns_remember:
 * @view: the tree's view
 *
 * Remembers how wide the columns are, before they go. What is sorted by is remembered whenever that changes.
 */
void assay_tree_columns_remember (GtkColumnView *view);

G_END_DECLS
