/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is selected in a graph: what it gave in the last run, and what it is. */

#pragma once

#include "variable-page-private.h"

#include <adwaita.h>
#include <assay/graph-scene.h>
#include <assay/run-session.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_GRAPH_PANEL (assay_graph_panel_get_type ())
G_DECLARE_FINAL_TYPE (AssayGraphPanel, assay_graph_panel, ASSAY, GRAPH_PANEL, GtkWidget)

/* Signals: "open-variable" (const char *name): a variable shall be shown; "follow" (guint operation): an operation shall be selected;
 * "run": the model shall be run. */

/**
 * assay_graph_panel_set_session:
 * @session: the runs of the model
 *
 * Says where runs come from.
 */
void assay_graph_panel_set_session (AssayGraphPanel *self, AssayRunSession *session);

/**
 * assay_graph_panel_show:
 * @signature: the signature that is drawn
 * @scene: (nullable): its scene
 * @box: a box, or %ASSAY_GRAPH_NONE
 *
 * Shows a box.
 */
void assay_graph_panel_show (AssayGraphPanel *self, const char *signature, AssayGraphScene *scene, guint32 box);

/**
 * assay_graph_panel_get_viewer:
 *
 * Returns: (transfer none) (nullable): the page of the value, if one is shown
 */
AssayVariablePage *assay_graph_panel_get_viewer (AssayGraphPanel *self);

G_END_DECLS
