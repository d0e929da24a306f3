/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A comparison in its tab: two models, a model and its unsaved edits, or two runs. */

#pragma once

#include <adwaita.h>
#include <assay/comparison-rows.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_COMPARE_PAGE (assay_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayComparePage, assay_compare_page, ASSAY, COMPARE_PAGE, GtkWidget)

/* Signal: "changed": something that the window shows of it (its title, what became known). */

/**
 * assay_compare_page_new:
 * @a: a model
 * @b: another model, or the same one; may still be loading
 *
 * Compares two models as they are now, and again whenever either is edited or saved.
 *
 * Returns: (transfer full): a page
 */
AssayComparePage *assay_compare_page_new (AssayDocument *a, AssayDocument *b);

/**
 * assay_compare_page_new_for_changes:
 * @document: a model
 *
 * Compares a model's file (A) with its unsaved edits (B), and follows further edits.
 *
 * Returns: (transfer full): a page
 */
AssayComparePage *assay_compare_page_new_for_changes (AssayDocument *document);

/**
 * assay_compare_page_new_for_lists:
 * @title_a: what A is called, as in "Run 1"
 * @a: its variables in their order, as the activations of a run in the order of running
 * @title_b: what B is called
 * @b: its variables
 *
 * Compares two lists of named sources: two runs, for example. They stay in their order, so that with differences only the first that
 * differs stands on top; a title of a column sorts them.
 *
 * Returns: (transfer full): a page
 */
AssayComparePage *assay_compare_page_new_for_lists (const char *title_a, AssayVariableList *a, const char *title_b, AssayVariableList *b);

/**
 * assay_compare_page_dup_title:
 *
 * Returns: (transfer full): as in "a.h5 ⇄ b.h5"
 */
char *assay_compare_page_dup_title (AssayComparePage *self);

/**
 * assay_compare_page_dup_summary:
 *
 * Returns: (transfer full): as in "9 same · 3 changed · 1 only in B"
 */
char *assay_compare_page_dup_summary (AssayComparePage *self);

/**
 * assay_compare_page_is_of_changes:
 * @document: a model
 *
 * Returns: whether it compares this model with its unsaved edits
 */
gboolean assay_compare_page_is_of_changes (AssayComparePage *self, AssayDocument *document);

/**
 * assay_compare_page_is_of:
 * @a: a model
 * @b: a model
 *
 * Returns: whether it compares these
 */
gboolean assay_compare_page_is_of (AssayComparePage *self, AssayDocument *a, AssayDocument *b);

/**
 * assay_compare_page_get_document:
 * @side: 0 for A, 1 for B
 *
 * Returns: (transfer none) (nullable): the model of a side
 */
AssayDocument *assay_compare_page_get_document (AssayComparePage *self, int side);

/**
 * assay_compare_page_swap:
 *
 * Exchanges A and B.
 */
void assay_compare_page_swap (AssayComparePage *self);

/**
 * assay_compare_page_find:
 *
 * Leads to the search field.
 */
void assay_compare_page_find (AssayComparePage *self);

/**
 * assay_compare_page_toggle_differences:
 *
 * Shows or hides what is the same.
 */
void assay_compare_page_toggle_differences (AssayComparePage *self);

G_END_DECLS
