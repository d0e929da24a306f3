/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Passes over all values that statistics don't cover: along an axis, and a histogram over logarithmic values. In workers. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_SYMLOG_N_BINS 64

/**
 * AssayChannels:
 * @n: how many groups of channels, at most 4096
 * @per_group: how many channels a group has
 * @min: (array length=n): smallest finite value; NaN if there is none; likewise @max and @mean
 */
typedef struct
{
  guint   n;
  guint64 per_group;
  double *min;
  double *mean;
  double *max;
} AssayChannels;

/**
 * assay_channels_free:
 *
 * Frees channels.
 */
void assay_channels_free (AssayChannels *self);

/**
 * assay_channels_async:
 * @source: numeric values of rank 1 or more, not empty
 * @axis: one of its axes
 * @job: told of progress, asked for cancelling
 * @callback: called on the main thread
 *
 * Takes smallest value, mean and largest value of each channel along an axis.
 */
void assay_channels_async (AssaySource *source, guint axis, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_channels_finish:
 *
 * Returns: (transfer full): the channels, or %NULL with @error set
 */
AssayChannels *assay_channels_finish (GAsyncResult *result, GError **error);

/**
 * AssaySymlog:
 *
 * Counts in bins that are equally wide in sign(x) · log(1 + |x| / t), t a thousandth of the largest magnitude.
 */
typedef struct
{
  guint64 bins[ASSAY_SYMLOG_N_BINS];
  double  edges[ASSAY_SYMLOG_N_BINS + 1];
} AssaySymlog;

/**
 * assay_symlog_async:
 * @source: numeric values
 * @min: their smallest finite value
 * @max: their largest
 * @job: told of progress, asked for cancelling
 * @callback: called on the main thread
 *
 * Counts values.
 */
void assay_symlog_async (AssaySource *source, double min, double max, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_symlog_finish:
 *
 * Returns: (transfer full): the counts, free with g_free(), or %NULL with @error set
 */
AssaySymlog *assay_symlog_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayChannels, assay_channels_free)

G_END_DECLS
