/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a variable is in its file: key, path, layout, attributes, and how to read it elsewhere. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_ABOUT_VIEW (assay_about_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayAboutView, assay_about_view, ASSAY, ABOUT_VIEW, GtkWidget)

/**
 * assay_about_view_look:
 * @look: a variable
 *
 * Shows what is known of it.
 */
void assay_about_view_look (AssayAboutView *self, const AssayLook *look);

G_END_DECLS
