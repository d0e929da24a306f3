/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What libzip reads from and writes to, by descriptors and positions alone: every failure is told, and no other file is made. */

#pragma once

#include <glib.h>
#include <zip.h>

G_BEGIN_DECLS

typedef zip_t AssayArchive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayArchive, zip_discard)

/**
 * assay_zip_file_open:
 * @in: an archive's descriptor, or -1 for none
 * @size: its length in bytes
 * @out: what closing the archive writes to, from its beginning
 * @error: return location for an error
 *
 * Opens an archive whose changed copy will be written elsewhere. Both descriptors are lent until it is closed.
 *
 * Returns: (transfer full): the archive
 */
AssayArchive *assay_zip_file_open (int in, guint64 size, int out, GError **error);

/**
 * assay_zip_source_new_for_fd:
 * @archive: what it is for
 * @fd: a file's descriptor, taken in any case
 * @error: return location for an error
 *
 * Makes a member's content of all of a file.
 *
 * Returns: (transfer full): the source
 */
zip_source_t *assay_zip_source_new_for_fd (AssayArchive *archive, int fd, GError **error);

G_END_DECLS
