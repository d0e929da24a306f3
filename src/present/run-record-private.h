/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <assay/run-session.h>

G_BEGIN_DECLS

/**
 * assay_run_record_new:
 * @run: what came out
 * @number: which run it is
 * @edits: the name of the last edit
 *
 * Writes outputs and activations into a temporary file (safetensors), which goes with the record, and opens it. Blocks.
 */
AssayRunRecord *assay_run_record_new (AssayRun *run, guint number, const char *edits, GError **error);

G_END_DECLS
