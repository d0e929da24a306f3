/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The name of a thing and its class behind it. Where there isn't room for both the class isn't there; then the name is cut. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_NAME_LABEL (assay_name_label_get_type ())
G_DECLARE_FINAL_TYPE (AssayNameLabel, assay_name_label, ASSAY, NAME_LABEL, GtkWidget)

/**
 * assay_name_label_new:
 *
 * Returns: (transfer full): a label that says nothing yet
 */
GtkWidget *assay_name_label_new (void);

/**
 * assay_name_label_set:
 * @name: what it is called
 * @class_name: (nullable): what it is; not shown if the name says the same, as conv2d_1 and Conv2D do
 * @strong: whether the name is written in bold
 * @ellipsize: where the name is cut
 *
 * Shows a name.
 */
void assay_name_label_set (AssayNameLabel *self, const char *name, const char *class_name, gboolean strong, PangoEllipsizeMode ellipsize);

G_END_DECLS
