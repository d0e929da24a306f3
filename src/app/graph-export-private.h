/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing the picture of a graph into a file. */

#pragma once

#include <assay/graph-pen.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_graph_export:
 * @parent: the window
 * @scene: what is drawn
 * @font: the font of its texts
 * @name: what it shows; the proposed file name begins so
 *
 * Asks where to, then writes in a worker, on a light background.
 */
void assay_graph_export (GtkWindow *parent, AssayGraphScene *scene, const char *font, const char *name);

G_END_DECLS
