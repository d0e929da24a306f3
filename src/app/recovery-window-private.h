/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Edits that a crash has left, as a list to look at. */

#pragma once

#include <assay/document.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_recovery_window_show:
 * @parent: the window
 * @document: a model with recovered edits
 *
 * Shows their names.
 */
void assay_recovery_window_show (GtkWindow *parent, AssayDocument *document);

G_END_DECLS
