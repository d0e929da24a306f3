/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Making a finished run. */

#pragma once

#include <assay/runnable.h>

G_BEGIN_DECLS

/* Runs @plan, which is @function's, and keeps what came out; with @activations, what came by on the way, too; then with
 * @only, unless that is G_MAXUINT32, what this operation gave and nothing else. */
AssayRun *assay_run_make (const char        *signature,
                          AssayFunction     *function,
                          AssayPlan         *plan,
                          AssayValue *const *inputs,
                          guint              n_inputs,
                          gboolean           activations,
                          guint32            only,
                          AssayJob          *job,
                          GError           **error);

G_END_DECLS
