/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is seen while no model is open. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_START_PAGE (assay_start_page_get_type ())
G_DECLARE_FINAL_TYPE (AssayStartPage, assay_start_page, ASSAY, START_PAGE, GtkWidget)

G_END_DECLS
