/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What was done with a model that is made by hand, cell by cell, and what can be done next. */

#pragma once

#include <assay/live-model.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_NOTEBOOK (assay_notebook_get_type ())
G_DECLARE_FINAL_TYPE (AssayNotebook, assay_notebook, ASSAY, NOTEBOOK, GtkWidget)

/* Signal: "load" (const char *path): the saved model shall be loaded. */

/**
 * assay_notebook_new:
 * @model: a model that is made
 *
 * Returns: (transfer full): its notebook
 */
AssayNotebook *assay_notebook_new (AssayLiveModel *model);

/**
 * assay_notebook_call:
 *
 * Calls the model with what is typed.
 */
void assay_notebook_call (AssayNotebook *self);

/**
 * assay_notebook_offer:
 * @path: a saved model that was saved just now
 *
 * Offers to load it.
 */
void assay_notebook_offer (AssayNotebook *self, const char *path);

G_END_DECLS
