/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file that will take another's place: written beside it, fsynced, renamed. Until then the old one stays as it was. */

#pragma once

#include <assay/file.h>
#include <assay/job.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_REPLACEMENT (assay_replacement_get_type ())
G_DECLARE_FINAL_TYPE (AssayReplacement, assay_replacement, ASSAY, REPLACEMENT, GObject)

/**
 * assay_replacement_new:
 * @path: what is to be replaced or made; a link's target is, and the link stays
 * @size_bytes: how much will be written at most; there must be room for it
 * @error: return location for an error
 *
 * Makes an empty temporary file beside @path, open for reading and writing. It vanishes with the object unless committed.
 *
 * Fails with `ASSAY_ERROR_NO_SPACE`, `ASSAY_ERROR_IO`, `ASSAY_ERROR_UNSUPPORTED` if @path is no regular file.
 *
 * Returns: (transfer full): the replacement
 */
AssayReplacement *assay_replacement_new (const char *path, guint64 size_bytes, GError **error);

/**
 * assay_replacement_copy:
 * @file: what to copy
 * @job: (nullable): asked for cancelling
 * @error: return location for an error
 *
 * Copies a file into the temporary one: as a reflink where the file system can, else piece by piece; holes stay holes.
 *
 * Returns: whether it is copied
 */
gboolean assay_replacement_copy (AssayReplacement *self, AssayFile *file, AssayJob *job, GError **error);

/**
 * assay_replacement_take_mode:
 * @file: a file that it replaces under another name
 * @error: return location for an error
 *
 * Has it get mode and owner of that file when it is committed.
 *
 * Returns: whether they could be looked at
 */
gboolean assay_replacement_take_mode (AssayReplacement *self, AssayFile *file, GError **error);

/**
 * assay_replacement_get_fd:
 *
 * Returns: the temporary file's descriptor
 */
int assay_replacement_get_fd (AssayReplacement *self);

/**
 * assay_replacement_get_path:
 *
 * Returns: (transfer none): the temporary file's path
 */
const char *assay_replacement_get_path (AssayReplacement *self);

/**
 * assay_replacement_commit:
 * @error: return location for an error
 *
 * Gives it mode and owner of what it replaces, fsyncs, renames, fsyncs the folder. If only the last fails, the new file is in place all
 * the same, but may be gone again after a loss of power; assay_replacement_is_in_place() tells.
 *
 * Returns: whether the new file is in place
 */
gboolean assay_replacement_commit (AssayReplacement *self, GError **error);

/**
 * assay_replacement_is_in_place:
 *
 * Returns: whether the rename is done
 */
gboolean assay_replacement_is_in_place (AssayReplacement *self);

/**
 * assay_replacement_leave:
 *
 * Leaves the temporary file for the next save to find.
 */
void assay_replacement_leave (AssayReplacement *self);

/**
 * assay_pwrite:
 * @fd: a descriptor
 * @offset: where to
 * @data: what
 * @n_bytes: how much
 * @error: return location for an error
 *
 * Writes exactly so many bytes.
 *
 * Returns: whether all were written
 */
gboolean assay_pwrite (int fd, guint64 offset, const void *data, gsize n_bytes, GError **error);

G_END_DECLS
