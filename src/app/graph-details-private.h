/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a box of a graph is, in rows: attributes, inputs, outputs, variables. */

#pragma once

#include <assay/graph-scene.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_graph_details_fill:
 * @box: where the rows go; what was there is removed
 * @panel: gets "open-variable" and "follow" when a row is clicked
 * @scene: a scene
 * @number: one of its boxes
 *
 * Fills the page.
 */
void assay_graph_details_fill (GtkBox *box, GtkWidget *panel, AssayGraphScene *scene, guint32 number);

/**
 * assay_graph_attr_text:
 * @attr: an attribute
 *
 * Returns: (transfer full): its value, shortened
 */
char *assay_graph_attr_text (const AssayAttr *attr);

G_END_DECLS
