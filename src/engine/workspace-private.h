/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a run works with: memory that is used again, threads, cancel. */

#pragma once

#include <assay/job.h>
#include <assay/tensor.h>

G_BEGIN_DECLS

typedef struct _AssayWorkspace AssayWorkspace;

/* Memory of freed tensors is kept for the next ones up to a bound, and given back when the workspace goes. */
AssayWorkspace *assay_workspace_new (void);
AssayWorkspace *assay_workspace_ref (AssayWorkspace *self);
void            assay_workspace_unref (AssayWorkspace *self);

/* The workspace of operations that run at once. */
AssayWorkspace *assay_workspace_get_default (void);

/* What this run may use; NULL and 0 for no bound of its own. Resets the peak. */
void    assay_workspace_begin (AssayWorkspace *self, GCancellable *cancellable, guint64 max_bytes);
guint64 assay_workspace_get_peak (AssayWorkspace *self);

/* Nullable. */
GCancellable *assay_workspace_get_cancellable (AssayWorkspace *self);

/* A tensor whose values aren't set yet: *data is where they go. 64-byte aligned. NULL with an error if memory doesn't suffice. */
AssayTensor *assay_workspace_tensor (AssayWorkspace *self, AssayDtype dtype, guint rank, const guint64 *shape, void **data, GError **error);

/* Memory for the time of a kernel, 64-byte aligned; release it by assay_workspace_free_scratch(). */
void *assay_workspace_scratch (AssayWorkspace *self, gsize n_bytes, GError **error);
void  assay_workspace_free_scratch (AssayWorkspace *self, void *data);

/* Calls @work on pieces [first, end) of 0…n, in several threads if n is worth it: pieces have at least @grain items.
 * A cancelled run leaves pieces out. Doesn't nest. */
typedef void (*AssayPiece) (gsize first, gsize end, gpointer data);
void assay_parallel (AssayWorkspace *self, gsize n, gsize grain, AssayPiece work, gpointer data);

/* From now on this thread works for a run that @cancellable stops; returns what it worked for before. assay_parallel() hands it on to its threads. */
GCancellable *assay_work_for (GCancellable *cancellable);

/* Whether the run that this thread works for is cancelled. For loops that take long inside a piece: what they leave undone, nobody will look at. */
gboolean assay_is_stopped (void);

/* FALSE with a %G_IO_ERROR_CANCELLED if it is: after checks that a cancel may have cut short. */
gboolean assay_goes_on (GError **error);

/* As assay_is_stopped(), but asked for every 32,768th item only. */
static inline gboolean
assay_stops (gsize item)
{
  return G_UNLIKELY ((item & 0x7fff) == 0) && assay_is_stopped ();
}

/* How many threads assay_parallel() uses at most. */
guint assay_parallel_n_threads (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayWorkspace, assay_workspace_unref)

G_END_DECLS
