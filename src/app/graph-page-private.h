/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The graph of a model's functions: the picture, and what is selected in it. */

#pragma once

#include <adwaita.h>
#include <assay/run-session.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_GRAPH_PAGE (assay_graph_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayGraphPage, assay_graph_page, ASSAY, GRAPH_PAGE, GtkWidget)

/* Signals: "open-variable" (const char *path): a variable shall be shown; "run": the model shall be run. */

/**
 * assay_graph_page_set_session:
 * @document: the model; complete
 * @session: its functions and runs
 *
 * Draws the model's functions, as soon as they are there.
 */
void assay_graph_page_set_session (AssayGraphPage *self, AssayDocument *document, AssayRunSession *session);

/**
 * assay_graph_page_reveal:
 * @path: the path of a module
 *
 * Selects what the module's operations are drawn as, when they are; the groups around it are opened.
 */
void assay_graph_page_reveal (AssayGraphPage *self, const char *path);

/**
 * assay_graph_page_show_function:
 * @index: which signature of the model
 *
 * Draws that function.
 */
void assay_graph_page_show_function (AssayGraphPage *self, guint index);

/**
 * assay_graph_page_focus:
 *
 * Gives the picture the keyboard.
 */
void assay_graph_page_focus (AssayGraphPage *self);

/**
 * assay_graph_page_command:
 * @command: "find", "export", and "go-to", "find-value" or "page::NAME" for the value that is shown
 *
 * Does what a shortcut of the window says.
 */
void assay_graph_page_command (AssayGraphPage *self, const char *command);

/**
 * assay_graph_page_can:
 * @command: as for assay_model_page_command()
 *
 * Returns: whether that means anything here
 */
gboolean assay_graph_page_can (AssayGraphPage *self, const char *command);

G_END_DECLS
