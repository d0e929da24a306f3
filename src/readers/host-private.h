/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reader process's own parts: its talk with the main program, and its cage. */

#pragma once

#include "reader-private.h"

G_BEGIN_DECLS

/**
 * assay_sandbox_enter:
 * @may_write: whether descriptors may be written (write mode, scratch files)
 * @error: return location for an error
 *
 * Gives up every right that reading doesn't need: no new privileges, limits on memory, time and files, no files by name
 * (Landlock where the kernel has it), and a filter of system calls: opening files, making sockets and starting programs are
 * refused with EPERM; whatever else isn't needed ends the process. There is no way back.
 *
 * Returns: whether all that the kernel offers is in place
 */
gboolean assay_sandbox_enter (gboolean may_write, GError **error);

/**
 * assay_reader_serve:
 * @socket_fd: the main program's other end
 *
 * Greets, reads the manifest, and answers requests until the main program is gone.
 *
 * Returns: the process's exit code
 */
int assay_reader_serve (int socket_fd);

/**
 * assay_reader_prepare:
 *
 * What has to be done while files can still be opened: time zones, libhdf5's start.
 */
void assay_reader_prepare (void);

G_END_DECLS
