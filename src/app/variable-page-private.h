/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A variable: what it is, and its pages: values, heat map, filters, distribution, about. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_VARIABLE_PAGE (assay_variable_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayVariablePage, assay_variable_page, ASSAY, VARIABLE_PAGE, GtkWidget)

/**
 * assay_variable_page_set_activations:
 * @activations: whether what will be shown came out of a run
 *
 * Such values are looked at, not edited; pictures by channel have a page of their own, which is the first to be shown.
 */
void assay_variable_page_set_activations (AssayVariablePage *self, gboolean activations);

/**
 * assay_variable_page_show:
 * @document: the model
 * @node: a variable
 *
 * Shows a variable.
 */
void assay_variable_page_show (AssayVariablePage *self, AssayDocument *document, AssayNode *node);

/**
 * assay_variable_page_edited:
 *
 * Says that the values of what is shown have changed.
 */
void assay_variable_page_edited (AssayVariablePage *self);

/**
 * assay_variable_page_command:
 * @command: as for assay_model_page_command()
 *
 * Does what a shortcut of the window says.
 */
void assay_variable_page_command (AssayVariablePage *self, const char *command);

/**
 * assay_variable_page_can:
 * @command: as for assay_model_page_command()
 *
 * Returns: whether that means anything for what is shown
 */
gboolean assay_variable_page_can (AssayVariablePage *self, const char *command);

G_END_DECLS
