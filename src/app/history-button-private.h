/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The steps of the history, newest first; choosing one goes back or forth to it. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_HISTORY_BUTTON (assay_history_button_get_type ())
G_DECLARE_FINAL_TYPE (AssayHistoryButton, assay_history_button, ASSAY, HISTORY_BUTTON, GtkWidget)

/**
 * assay_history_button_set_document:
 * @document: a model
 *
 * Follows the history of a model; hides itself while there is none.
 */
void assay_history_button_set_document (AssayHistoryButton *self, AssayDocument *document);

G_END_DECLS
