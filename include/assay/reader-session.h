/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening a model: resolves what the user named, starts assay-reader, and hands out checked frames of the manifest. */

#pragma once

#include <assay/file.h>
#include <assay/manifest.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_READER_SESSION (assay_reader_session_get_type ())
G_DECLARE_FINAL_TYPE (AssayReaderSession, assay_reader_session, ASSAY, READER_SESSION, GObject)

/**
 * assay_reader_session_new:
 * @path: a file, the index or any shard of a sharded set, a SavedModel folder, a checkpoint prefix or its `.index`, a
 *   folder with one of these, optionally with ":/part" behind an HDF5 file's name
 * @error: return location for an error
 *
 * Resolves @path, opens the file and starts the helper. Quick, but touches the disk: call it from a worker.
 *
 * Returns: (transfer full): a session, or %NULL with @error set
 */
AssayReaderSession *assay_reader_session_new (const char *path, GError **error);

/**
 * assay_reader_session_next:
 * @cancellable: (nullable): ends the waiting and the helper within 100 ms
 * @error: return location for an error
 *
 * Waits for the next frame and checks it. Call it from a worker until it returns %NULL without an error.
 *
 * Fails with `ASSAY_ERROR_FORMAT` (the file's fault, in the reader's sentence), `ASSAY_ERROR_UNSUPPORTED`,
 * `ASSAY_ERROR_HELPER` (the helper died, hung, or sent what can't be true).
 *
 * Returns: (transfer full) (nullable): a frame
 */
AssayManifestFrame *assay_reader_session_next (AssayReaderSession *self, GCancellable *cancellable, GError **error);

/**
 * assay_reader_session_get_manifest:
 *
 * Returns: (transfer none): the manifest that the session's frames are to be appended to. It keeps the session alive,
 *   since chunk tables and strings are asked from the helper later.
 */
AssayManifest *assay_reader_session_get_manifest (AssayReaderSession *self);

/**
 * assay_reader_session_get_path:
 *
 * Returns: (transfer none): the path of file 0
 */
const char *assay_reader_session_get_path (AssayReaderSession *self);

/**
 * assay_manifest_load:
 * @path: as for assay_reader_session_new()
 * @cancellable: (nullable): ends it within 100 ms
 * @error: return location for an error
 *
 * Opens a file and waits for its whole manifest. Blocks: call it from a worker or a terminal program.
 *
 * Returns: (transfer full): a complete manifest, or %NULL with @error set
 */
AssayManifest *assay_manifest_load (const char *path, GCancellable *cancellable, GError **error);

/**
 * assay_manifest_get_n_files:
 *
 * Returns: how many files the variables' extents lie in
 */
guint32 assay_manifest_get_n_files (AssayManifest *self);

/**
 * assay_manifest_get_file:
 * @index: which; 0 is the file that was opened
 *
 * Returns: (transfer none): that file
 */
AssayFile *assay_manifest_get_file (AssayManifest *self, guint32 index);

/**
 * assay_manifest_get_chunk_table:
 * @variable: a `CHUNKED` variable
 * @cancellable: (nullable): ends the waiting
 * @error: return location for an error
 *
 * Asks the helper where a variable's chunks are, checks the answer, and keeps it. Any thread; blocks.
 *
 * Returns: (transfer none): the table, or %NULL with @error set
 */
const AssayChunkTable *assay_manifest_get_chunk_table (AssayManifest *self, guint32 variable, GCancellable *cancellable, GError **error);

/**
 * assay_manifest_read_strings:
 * @variable: a `STRINGS` variable
 * @first: position of the first string in row-major order
 * @n: how many
 * @cancellable: (nullable): ends the waiting
 * @error: return location for an error
 *
 * Asks the helper for strings. Any thread, one at a time; blocks. A helper that has died is started again.
 *
 * Returns: (transfer container) (element-type GBytes): exactly @n strings, or %NULL with @error set
 */
GPtrArray *assay_manifest_read_strings (AssayManifest *self,
                                        guint32        variable,
                                        guint64        first,
                                        guint64        n,
                                        GCancellable  *cancellable,
                                        GError       **error);

/**
 * assay_manifest_read_rows:
 * @cancellable: (nullable): ends the waiting
 * @error: return location for an error
 *
 * Asks the helper for all rows of a model whose format is a table of keys and values (a TensorFlow checkpoint's index): of each,
 * u32 LE length of the key, u32 LE length of the value, both. Any thread, one at a time; blocks.
 *
 * Returns: (transfer full): the rows, in the order of keys, or %NULL with @error set
 */
GBytes *assay_manifest_read_rows (AssayManifest *self, GCancellable *cancellable, GError **error);

G_END_DECLS
