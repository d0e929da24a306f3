/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reader in write mode: one read-write descriptor of an HDF5 file, and commands that change it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_write_mode_serve:
 * @socket_fd: the main program's other end
 * @fd: the file, open for reading and writing
 * @name: what messages call it
 *
 * Carries out commands until the main program hangs up. Runs inside the sandbox.
 *
 * Returns: the process's exit code
 */
int assay_write_mode_serve (int socket_fd, int fd, const char *name);

G_END_DECLS
