/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shows all elements that two sources have in common to a function, piece by piece, in several threads: in place where they can be
 * mapped. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * PairProgress:
 * @job: (nullable): told of progress, asked for cancelling
 * @total: elements of all that is done under this job
 * @done: (atomic): those that are done
 *
 * How far work is that several scans share.
 */
typedef struct
{
  AssayJob *job;
  guint64   total;
  guint64   done;
} PairProgress;

/**
 * pair_progress_add:
 * @n: how many more are done
 *
 * Tells the job. Any thread may call this.
 */
void pair_progress_add (PairProgress *self, guint64 n);

/**
 * PairScanFunc:
 * @user_data: what was given to pair_scan_run()
 * @piece: number of the piece, counted from the first element on
 * @first: position of its first element in row-major order of the common shape
 * @a: its elements, perhaps not aligned
 * @b: those of the other
 * @n: how many
 *
 * Called in several threads at once, once for each piece.
 */
typedef void (*PairScanFunc) (gpointer user_data, guint64 piece, guint64 first, const void *a, const void *b, gsize n);

/**
 * PairScan:
 * @rank: number of dimensions of both
 * @shape: what they have in common along each
 * @n: elements of that
 * @n_piece: elements of each piece but the last
 * @n_pieces: how many pieces
 *
 * Two sources that are looked at together.
 */
typedef struct
{
  AssaySource *a;
  AssaySource *b;
  guint        rank;
  gboolean     same_shape;
  guint64      shape[ASSAY_MAX_RANK];
  guint64      n;
  guint64      n_piece;
  guint64      n_pieces;
} PairScan;

/**
 * pair_scan_init:
 *
 * Finds what two sources have in common. Fails with `ASSAY_ERROR_SHAPE` if their ranks differ.
 *
 * Returns: whether they can be compared
 */
gboolean pair_scan_init (PairScan *self, AssaySource *a, AssaySource *b, GError **error);

/**
 * pair_scan_run:
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @progress: how far this and others are
 *
 * Shows all pieces. Neither source may hold strings.
 *
 * Returns: %FALSE if it was cancelled or reading failed
 */
gboolean pair_scan_run (PairScan *self, guint n_threads, PairProgress *progress, PairScanFunc function, gpointer user_data, GError **error);

G_END_DECLS
