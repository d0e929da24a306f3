/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names for the inner parts of GTK's widgets, which a screen reader comes to. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_accessible_name_parts:
 * @root: a widget
 *
 * Gives the inner buttons of drop-downs and menu buttons below @root the name of what they belong to, and buttons with nothing
 * but a picture the name that their tooltip says. Without it a screen reader says the names of classes.
 */
void assay_accessible_name_parts (GtkWidget *root);

G_END_DECLS
