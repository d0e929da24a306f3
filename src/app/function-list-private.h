/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be called of a model: each function with what it takes and gives. */

#pragma once

#include <assay/run-session.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_FUNCTION_LIST (assay_function_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayFunctionList, assay_function_list, ASSAY, FUNCTION_LIST, GtkWidget)

/* Signal: "show-function" (guint index): the user wants to look at the operations of a signature of the model. */

/* Most functions that are listed; the graph's chooser has all. */
#define ASSAY_MAX_FUNCTIONS 20

/**
 * assay_function_list_set_session:
 * @session: (nullable): the model's functions; they may still be on their way
 *
 * Lists the functions as soon as they are there, or says why they aren't.
 */
void assay_function_list_set_session (AssayFunctionList *self, AssayRunSession *session);

G_END_DECLS
