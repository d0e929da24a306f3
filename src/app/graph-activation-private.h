/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an operation or a layer gave in the last run, in the viewer that variables have. */

#pragma once

#include "variable-page-private.h"

#include <adwaita.h>
#include <assay/run-session.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_GRAPH_ACTIVATION (assay_graph_activation_get_type ())
G_DECLARE_FINAL_TYPE (AssayGraphActivation, assay_graph_activation, ASSAY, GRAPH_ACTIVATION, GtkWidget)

/* Signal: "run": the model shall be run. */

/**
 * assay_graph_activation_set_session:
 * @session: the runs of the model
 *
 * Says where runs come from; follows them.
 */
void assay_graph_activation_set_session (AssayGraphActivation *self, AssayRunSession *session);

/**
 * assay_graph_activation_show:
 * @signature: the signature that is drawn
 * @function: its function
 * @ref: (nullable): what is to be shown; %NULL for nothing
 * @reason: (nullable): why it is nothing
 *
 * Shows a value of the last run. What wasn't kept is computed once more, in a worker.
 */
void assay_graph_activation_show (AssayGraphActivation *self, const char *signature, AssayFunction *function, const AssayOutputRef *ref, const char *reason);

/**
 * assay_graph_activation_get_viewer:
 *
 * Returns: (transfer none) (nullable): the page of the value, if one is shown
 */
AssayVariablePage *assay_graph_activation_get_viewer (AssayGraphActivation *self);

G_END_DECLS
