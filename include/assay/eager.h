/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What operations that run at once may use: a bound on memory, and somebody who can stop them. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AssayEager:
 *
 * A room for operations that run at once. Without one they may use what the machine has, and can't be stopped.
 */
typedef struct _AssayEager AssayEager;

/**
 * assay_eager_new:
 * @max_bytes: no more memory than that may be in use at once by tensors that were made in it; 0 for what the machine has
 *
 * Returns: (transfer full): a room
 */
AssayEager *assay_eager_new (guint64 max_bytes);

/**
 * assay_eager_free:
 *
 * Frees it. Tensors that were made in it live on.
 */
void assay_eager_free (AssayEager *self);

/**
 * assay_eager_enter:
 * @cancellable: (nullable): ends operations, which then fail with `G_IO_ERROR_CANCELLED`
 *
 * From here on operations of this thread run in it; one thread at a time. An operation that needs more memory fails with
 * `ASSAY_ERROR_FAILED`. Doesn't nest.
 */
void assay_eager_enter (AssayEager *self, GCancellable *cancellable);

/**
 * assay_eager_leave:
 *
 * Ends that.
 */
void assay_eager_leave (AssayEager *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayEager, assay_eager_free)

G_END_DECLS
