/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The grid of filters itself: scrolled, drawn where it is seen, painted in a worker. */

#pragma once

#include "axis-names-private.h"
#include "scroll-area-private.h"

G_BEGIN_DECLS

#define ASSAY_TYPE_FILTER_GRID (assay_filter_grid_get_type ())
G_DECLARE_FINAL_TYPE (AssayFilterGrid, assay_filter_grid, ASSAY, FILTER_GRID, AssayScrollArea)

/* Signal: "selected": another filter is under the cursor. */

/**
 * assay_filter_grid_set:
 * @source: a kernel
 * @axes: where its axes are
 * @bound: the magnitude at the ends of the colours
 *
 * Shows a kernel.
 */
void assay_filter_grid_set (AssayFilterGrid *self, AssaySource *source, const AssayKernelAxes *axes, double bound);

/**
 * assay_filter_grid_get_selected:
 * @in: (out): which input
 * @out: (out): which output
 *
 * Tells which filter is under the cursor.
 */
void assay_filter_grid_get_selected (AssayFilterGrid *self, guint64 *in, guint64 *out);

G_END_DECLS
