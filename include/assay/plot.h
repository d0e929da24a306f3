/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pictures of a variable without a window: heat map and histogram, as PNG or SVG. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

typedef enum
{
  ASSAY_PLOT_HEAT_MAP,
  ASSAY_PLOT_HISTOGRAM,
} AssayPlotKind;

/**
 * assay_plot_write:
 * @source: numeric values
 * @kind: which picture
 * @title: what stands above it
 * @path: where to; ".svg" gives SVG, anything else PNG
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Draws a variable. A heat map shows its last two axes with all others at 0, diverging about zero; where a pixel covers several
 * values it shows the one farthest from zero. NaN is magenta.
 *
 * Blocks; call it from a worker. Fails with `ASSAY_ERROR_DTYPE` if the values aren't numeric, `ASSAY_ERROR_SHAPE` if there are
 * none, `ASSAY_ERROR_IO`.
 *
 * Returns: whether it is written
 */
gboolean assay_plot_write (AssaySource *source, AssayPlotKind kind, const char *title, const char *path, AssayJob *job, GError **error);

G_END_DECLS
