/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One input of a run: what it has to be, and where its values come from. */

#pragma once

#include <assay/input-recipe.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RUN_CARD (assay_run_card_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunCard, assay_run_card, ASSAY, RUN_CARD, GtkWidget)

/* Signal: "changed": something else was chosen. */

/**
 * assay_run_card_new:
 * @function: a signature's function
 * @index: which of its inputs
 *
 * Returns: (transfer floating): a card
 */
AssayRunCard *assay_run_card_new (AssayFunction *function, guint index);

/**
 * assay_run_card_check:
 * @error: return location for an error
 *
 * Says on the card what is wrong with what was chosen. Reads no file.
 *
 * Returns: whether it may do
 */
gboolean assay_run_card_check (AssayRunCard *self, GError **error);

/**
 * assay_run_card_dup_recipe:
 *
 * Returns: (transfer full): how the input shall be made
 */
AssayInputRecipe *assay_run_card_dup_recipe (AssayRunCard *self);

/**
 * assay_run_card_set_file:
 * @path: a file of numbers or a picture
 *
 * Chooses a file, as if the user had.
 */
void assay_run_card_set_file (AssayRunCard *self, const char *path);

G_END_DECLS
