/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shows all elements of a source to a function, piece by piece, in several threads: in place where they can be mapped. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * ScanFunc:
 * @state: what this thread has for itself
 * @data: some elements, perhaps not aligned
 * @n: how many
 */
typedef void (*ScanFunc) (void *state, const void *data, gsize n);

/**
 * Scan:
 * @n_threads: how many threads work; set by scan_begin()
 *
 * A source that is being looked at, once or several times.
 */
typedef struct
{
  AssaySource *source;
  AssayJob    *job;
  guint        n_threads;
  /*< private >*/
  gboolean       mapped;
  AssaySourceMap map;
  double         fraction_from;
} Scan;

/**
 * scan_begin:
 * @n_threads: how many threads may work; 0 for as many as there are processors
 *
 * Maps the source if it can be.
 *
 * Returns: %FALSE if that failed
 */
gboolean scan_begin (Scan *self, AssaySource *source, guint n_threads, AssayJob *job, GError **error);

/**
 * scan_run:
 * @function: called with each element once
 * @states: (array): one for each thread
 * @fraction: how far the job is when this ends
 *
 * Returns: %FALSE if it was cancelled or reading failed
 */
gboolean scan_run (Scan *self, ScanFunc function, void **states, double fraction, GError **error);

/**
 * scan_end:
 *
 * Returns: whether all that was seen was good
 */
gboolean scan_end (Scan *self, GError **error);

G_END_DECLS
