/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One input of a run: what it has to be, and where its values come from. */

#pragma once

#include <assay/run-input.h>
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
 * assay_run_card_make:
 * @error: return location for an error
 *
 * Makes the input. Reads a file if one is chosen.
 *
 * Returns: (transfer full): the value, which fits; or %NULL
 */
AssayValue *assay_run_card_make (AssayRunCard *self, GError **error);

/**
 * assay_run_card_set_file:
 * @path: a file of numbers or a picture
 *
 * Chooses a file, as if the user had.
 */
void assay_run_card_set_file (AssayRunCard *self, const char *path);

G_END_DECLS
