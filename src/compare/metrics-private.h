/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Metrics of one pair among many that share their progress. */

#pragma once

#include <assay/metrics.h>

#include "pair-scan-private.h"

G_BEGIN_DECLS

/**
 * pair_metrics_compute:
 * @progress: how far this and others are
 *
 * Does what assay_metrics_compute() does.
 *
 * Returns: whether @metrics is filled
 */
gboolean pair_metrics_compute (AssaySource  *a,
                               AssaySource  *b,
                               double        tolerance,
                               guint         n_threads,
                               PairProgress *progress,
                               AssayMetrics *metrics,
                               GError      **error);

/**
 * pair_has_same_type:
 *
 * Returns: whether two sources have the same dtype in every respect
 */
gboolean pair_has_same_type (AssaySource *a, AssaySource *b);

/**
 * pair_can_compare:
 *
 * Numbers compare with numbers; text and the like only with their own kind.
 *
 * Returns: whether two sources can be compared; else `ASSAY_ERROR_DTYPE` is set
 */
gboolean pair_can_compare (AssaySource *a, AssaySource *b, GError **error);

G_END_DECLS
