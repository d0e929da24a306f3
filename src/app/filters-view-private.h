/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A convolution kernel as a grid of small images: a column for each output, a row for each input. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_FILTERS_VIEW (assay_filters_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayFiltersView, assay_filters_view, ASSAY, FILTERS_VIEW, GtkWidget)

/**
 * assay_filters_view_look:
 * @look: a convolution kernel
 * @change: what is new
 *
 * Shows filters.
 */
void assay_filters_view_look (AssayFiltersView *self, const AssayLook *look, AssayLookChange change);

G_END_DECLS
