/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-reader as a process: where it is, how it is started, and how it ended. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * assay_reader_process_start:
 * @socket_fd: (out): our end of the pair of sockets, the caller's to close
 * @error: return location for an error
 *
 * Starts the helper with nothing but the other end of the pair and next to no environment.
 *
 * Returns: (transfer full): the process, or %NULL with `ASSAY_ERROR_HELPER`
 */
GSubprocess *assay_reader_process_start (int *socket_fd, GError **error);

/**
 * assay_reader_process_allow_output:
 * @n_bytes: how long a file that it writes may become
 *
 * Until then it may write nothing at all.
 */
void assay_reader_process_allow_output (GSubprocess *process, guint64 n_bytes);

/**
 * assay_reader_process_explain_end:
 * @process: a helper that has hung up
 * @name: what its file is called
 *
 * Waits a moment for it to end, and ends it if it doesn't.
 *
 * Returns: (transfer full): the sentence for the user
 */
char *assay_reader_process_explain_end (GSubprocess *process, const char *name);

G_END_DECLS
