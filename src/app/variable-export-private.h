/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writing a variable as CSV or npy. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * assay_variable_export:
 * @parent: the window
 * @source: values
 * @name: the variable's name; the proposed file name begins so
 *
 * Asks where to and as what, then writes in a worker, with progress and Cancel in a window of its own if it takes long.
 */
void assay_variable_export (GtkWindow *parent, AssaySource *source, const char *name);

/**
 * assay_variable_write:
 * @source: values
 * @path: where to; ".npy" says NumPy's format, anything else CSV: the last axis across, lines for all others
 * @job: told of progress, asked for cancelling
 * @error: return location for an error
 *
 * Writes beside the file, then puts it in place. Blocks; call it from a worker. Fails with `ASSAY_ERROR_DTYPE` if npy has
 * no such dtype.
 *
 * Returns: whether it is written
 */
gboolean assay_variable_write (AssaySource *source, const char *path, AssayJob *job, GError **error);

G_END_DECLS
