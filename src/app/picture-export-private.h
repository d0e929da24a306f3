/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing a picture as PNG, or as SVG with its scale. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_picture_export:
 * @parent: the window
 * @texture: the picture
 * @name: what it shows; the proposed file name begins so
 * @bound: the magnitude at the ends of its colours
 *
 * Asks where to, then writes in a worker.
 */
void assay_picture_export (GtkWindow *parent, GdkTexture *texture, const char *name, double bound);

/**
 * assay_picture_to_svg:
 * @texture: the picture
 * @name: its title
 * @bound: the magnitude at the ends of its colours
 *
 * Any thread may call this.
 *
 * Returns: (transfer full): an SVG document: title, the picture, a colour scale with its bounds
 */
GBytes *assay_picture_to_svg (GdkTexture *texture, const char *name, double bound);

G_END_DECLS
