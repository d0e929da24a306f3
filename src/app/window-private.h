/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window: tabs of models, or the start page. */

#pragma once

#include "application-private.h"

G_BEGIN_DECLS

#define ASSAY_TYPE_WINDOW (assay_window_get_type ())
G_DECLARE_FINAL_TYPE (AssayWindow, assay_window, ASSAY, WINDOW, AdwApplicationWindow)

/**
 * assay_window_new:
 * @application: the program
 *
 * Returns: (transfer none): a window with the start page
 */
AssayWindow *assay_window_new (AssayApplication *application);

/**
 * assay_window_open:
 * @path: as for assay_document_new()
 *
 * Opens a model in a tab; one that is open already is shown.
 */
void assay_window_open (AssayWindow *self, const char *path);

/**
 * assay_window_compare_paths:
 * @a: as for assay_document_new()
 * @b: likewise
 *
 * Compares two models in a tab. One that is open in a tab is compared with its edits.
 */
void assay_window_compare_paths (AssayWindow *self, const char *a, const char *b);

/**
 * assay_window_show_message:
 * @text: a sentence
 *
 * Says something for some seconds.
 */
void assay_window_show_message (AssayWindow *self, const char *text);

G_END_DECLS
