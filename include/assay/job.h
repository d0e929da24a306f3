/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Long work: title, progress, cancel. Made on the main thread, told from any. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_JOB (assay_job_get_type ())
G_DECLARE_FINAL_TYPE (AssayJob, assay_job, ASSAY, JOB, GObject)

/**
 * assay_job_new:
 * @title: what is being done, as a user reads it
 *
 * Makes a job with progress 0. Its properties `title`, `message` and `fraction` notify in the main context that was
 * the thread default when it was made, at most once a turn of that loop.
 *
 * Returns: (transfer full): a job
 */
AssayJob *assay_job_new (const char *title);

/**
 * assay_job_get_title:
 *
 * Returns: (transfer none): what is being done
 */
const char *assay_job_get_title (AssayJob *self);

/**
 * assay_job_get_cancellable:
 *
 * Returns: (transfer none): what cancels the job; any thread may use it
 */
GCancellable *assay_job_get_cancellable (AssayJob *self);

/**
 * assay_job_cancel:
 *
 * Asks the work to stop. Any thread may call this.
 */
void assay_job_cancel (AssayJob *self);

/**
 * assay_job_is_cancelled:
 * @error: return location for an error
 *
 * Any thread may call this; @self may be %NULL, which is never cancelled.
 *
 * Returns: whether the job was cancelled, with `G_IO_ERROR_CANCELLED` set
 */
gboolean assay_job_is_cancelled (AssayJob *self, GError **error);

/**
 * assay_job_get_fraction:
 *
 * Returns: how far the work is, 0 to 1
 */
double assay_job_get_fraction (AssayJob *self);

/**
 * assay_job_set_fraction:
 * @fraction: how far the work is, 0 to 1
 *
 * Any thread may call this, often; @self may be %NULL.
 */
void assay_job_set_fraction (AssayJob *self, double fraction);

/**
 * assay_job_dup_message:
 *
 * Returns: (transfer full) (nullable): what is being worked on right now
 */
char *assay_job_dup_message (AssayJob *self);

/**
 * assay_job_set_message:
 * @message: what is being worked on right now
 *
 * Any thread may call this; @self may be %NULL.
 */
void assay_job_set_message (AssayJob *self, const char *message);

G_END_DECLS
