/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An open file and what it was when it was opened. Read only by descriptor; a file cut short is an error, not a crash. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_FILE (assay_file_get_type ())
G_DECLARE_FINAL_TYPE (AssayFile, assay_file, ASSAY, FILE, GObject)

/**
 * AssayFileIdentity:
 *
 * What tells whether a path still leads to the file that was opened, unchanged.
 */
typedef struct
{
  guint64 device;
  guint64 inode;
  guint64 size;
  gint64  mtime_ns;
} AssayFileIdentity;

/**
 * assay_file_new_for_fd:
 * @fd: an open descriptor of a regular file, which the file takes
 * @path: (nullable): the path it was opened by, for messages and saving; %NULL for scratch files
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_UNSUPPORTED` if it isn't a regular file.
 *
 * Returns: (transfer full): a file
 */
AssayFile *assay_file_new_for_fd (int fd, const char *path, GError **error);

/**
 * assay_file_open:
 * @path: a path; links are followed
 * @error: return location for an error
 *
 * Opens a regular file for reading, without waiting on pipes and devices.
 *
 * Returns: (transfer full): a file, or %NULL with @error set
 */
AssayFile *assay_file_open (const char *path, GError **error);

/**
 * assay_file_get_fd:
 *
 * Returns: the descriptor, which stays the file's
 */
int assay_file_get_fd (AssayFile *self);

/**
 * assay_file_get_path:
 *
 * Returns: (transfer none) (nullable): the path it was opened by
 */
const char *assay_file_get_path (AssayFile *self);

/**
 * assay_file_get_identity:
 *
 * Returns: (transfer none): what it was when it was opened
 */
const AssayFileIdentity *assay_file_get_identity (AssayFile *self);

/**
 * assay_file_is_unchanged:
 *
 * Looks at the path again. Blocks on the disk.
 *
 * Returns: whether the path still leads to this very file, and its size and time are what they were
 */
gboolean assay_file_is_unchanged (AssayFile *self);

/**
 * assay_file_read:
 * @offset: where from
 * @out: room for @n_bytes
 * @n_bytes: how many
 * @error: return location for an error
 *
 * Reads exactly so many bytes by pread. Any thread. Fails with `ASSAY_ERROR_IO` if the file ends before.
 *
 * Returns: whether @out is filled
 */
gboolean assay_file_read (AssayFile *self, guint64 offset, void *out, gsize n_bytes, GError **error);

G_END_DECLS
