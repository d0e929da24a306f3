/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Models that were opened lately, as a list of buttons: name, folder, size, age. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_recent_add:
 * @path: what was opened
 * @n_bytes: how large it is
 *
 * Remembers a model as the newest.
 */
void assay_recent_add (const char *path, guint64 n_bytes);

#define ASSAY_TYPE_RECENT_LIST (assay_recent_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayRecentList, assay_recent_list, ASSAY, RECENT_LIST, GtkWidget)

/* Property: empty (boolean). A row that is chosen activates "win.open-path" with its path. */

G_END_DECLS
