/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the values of a variable are distributed: histogram, quantiles, channels. */

#pragma once

#include "look-private.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_DISTRIBUTION_VIEW (assay_distribution_view_get_type ())
G_DECLARE_FINAL_TYPE (AssayDistributionView, assay_distribution_view, ASSAY, DISTRIBUTION_VIEW, GtkWidget)

/**
 * assay_distribution_view_look:
 * @look: a variable of numeric values
 * @change: what is new
 *
 * Shows a distribution.
 */
void assay_distribution_view_look (AssayDistributionView *self, const AssayLook *look, AssayLookChange change);

G_END_DECLS
