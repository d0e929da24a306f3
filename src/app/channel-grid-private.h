/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Channels of an activation as small pictures side by side, as many in a row as there is room for. */

#pragma once

#include "scroll-area-private.h"
#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_CHANNEL_GRID (assay_channel_grid_get_type ())
G_DECLARE_FINAL_TYPE (AssayChannelGrid, assay_channel_grid, ASSAY, CHANNEL_GRID, AssayScrollArea)

/* Signals: "selected"; "activated" (double click, Enter): the selected channel is to be looked at alone. */

/**
 * assay_channel_grid_set:
 * @source: values of shape [n, height, width, channels]
 * @sample: which of the n
 * @bound: the magnitude at the ends of the colour scale; 0 if it isn't known yet
 *
 * Shows channels. Only those in sight are read, in a worker.
 */
void assay_channel_grid_set (AssayChannelGrid *self, AssaySource *source, guint64 sample, double bound);

/**
 * assay_channel_grid_get_selected:
 *
 * Returns: the selected channel
 */
guint64 assay_channel_grid_get_selected (AssayChannelGrid *self);

/**
 * assay_channel_grid_get_range:
 * @channel: a channel
 * @min: (out): its least value
 * @max: (out): its largest value
 *
 * Returns: whether they are known: the channel is in sight, and painted
 */
gboolean assay_channel_grid_get_range (AssayChannelGrid *self, guint64 channel, double *min, double *max);

G_END_DECLS
