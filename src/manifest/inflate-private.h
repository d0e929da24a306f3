/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Inflating a stream into an unlinked temporary file. */

#pragma once

#include <assay/file.h>

G_BEGIN_DECLS

/**
 * assay_inflate_to_file:
 * @file: where the stream is
 * @offset: its first byte
 * @length: bytes it takes
 * @inner_length: bytes it inflates to; more is an error, less too
 * @cancellable: (nullable): asked at each piece
 * @error: return location for an error
 *
 * Inflates a raw deflate stream (RFC 1951, as zip members have it). Blocks; call it from a worker.
 *
 * Returns: (transfer full): an unlinked file with what came out
 */
AssayFile *assay_inflate_to_file (AssayFile    *file,
                                  guint64       offset,
                                  guint64       length,
                                  guint64       inner_length,
                                  GCancellable *cancellable,
                                  GError      **error);

/**
 * assay_open_unlinked:
 * @error: return location for an error
 *
 * Opens a temporary file that has no name, in the user's cache or, failing that, the folder for temporary files.
 *
 * Returns: a descriptor, or -1
 */
int assay_open_unlinked (GError **error);

G_END_DECLS
