/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running the model of a tab: its inputs, the runs so far, and what came out. */

#pragma once

#include <adwaita.h>
#include <assay/run-session.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RUN_PAGE (assay_run_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunPage, assay_run_page, ASSAY, RUN_PAGE, GtkWidget)

/* Signals: "compare" (AssayRunRecord *a, AssayRunRecord *b): two runs shall be compared; "changed": another run is shown. */

/**
 * assay_run_page_new:
 * @session: the model; it may still be on its way
 *
 * Returns: (transfer full): a page that runs a model, as soon as it is ready
 */
AssayRunPage *assay_run_page_new (AssayRunSession *session);

/**
 * assay_run_page_run:
 *
 * Runs the model, if its inputs will do.
 */
void assay_run_page_run (AssayRunPage *self);

/**
 * assay_run_page_dup_summary:
 *
 * Returns: (transfer full) (nullable): what is shown, for the window's subtitle: "run 2 of 2, unedited"
 */
char *assay_run_page_dup_summary (AssayRunPage *self);

G_END_DECLS
