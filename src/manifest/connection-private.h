/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A running assay-reader: its process, its socket, and the files it was given. */

#pragma once

#include <assay/file.h>
#include <assay/layout.h>

#include "protocol-private.h"

G_BEGIN_DECLS

#define ASSAY_TYPE_CONNECTION (assay_connection_get_type ())
G_DECLARE_FINAL_TYPE (AssayConnection, assay_connection, ASSAY, CONNECTION, GObject)

/**
 * assay_connection_new:
 * @file: (transfer none): file 0
 * @part: (nullable): the part inside that the user named
 * @mode: reading or writing
 * @error: return location for an error
 *
 * Starts the helper and greets it. In write mode the descriptor of @file must be open for reading and writing.
 *
 * Returns: (transfer full): a connection, or %NULL with `ASSAY_ERROR_HELPER`
 */
AssayConnection *assay_connection_new (AssayFile *file, const char *part, AssayReaderMode mode, GError **error);

/**
 * assay_connection_receive:
 * @cancellable: (nullable): ends the waiting and the helper
 * @body: (out) (transfer full) (nullable): what came
 * @error: return location for an error
 *
 * Waits for the next message of the manifest, giving the helper the siblings and scratch files it asks for meanwhile. A
 * message of type ERROR becomes @error. When the helper dies, hangs or talks nonsense, @error is the one sentence that tells,
 * and the helper is ended. Until anything but a FRAME has come, requests wait.
 *
 * Returns: the message's type
 */
AssayMessageType assay_connection_receive (AssayConnection *self, GCancellable *cancellable, GVariant **body, GError **error);

/**
 * assay_connection_give_up:
 *
 * Ends the helper if the manifest hasn't all come; for whoever called assay_connection_receive(). Requests start it again.
 */
void assay_connection_give_up (AssayConnection *self);

/**
 * assay_connection_ask:
 * @type: a request
 * @body: of that type; a floating reference is taken
 * @expected: what the answer must be
 * @cancellable: (nullable): ends the waiting
 * @error: return location for an error
 *
 * Sends a request and waits for its answer. A helper that has ended is started again, and brought to where it was (the
 * manifest that it sends once more is ignored). Any thread; one request at a time, the others wait.
 *
 * Returns: (transfer full): the answer's body, or %NULL with @error set
 */
GVariant *assay_connection_ask (AssayConnection *self,
                                AssayMessageType type,
                                GVariant        *body,
                                AssayMessageType expected,
                                GCancellable    *cancellable,
                                GError         **error);

/**
 * assay_connection_get_table:
 * @key: a variable
 *
 * Returns: (transfer none) (nullable): the table that was kept. Any thread.
 */
const AssayChunkTable *assay_connection_get_table (AssayConnection *self, guint32 key);

/**
 * assay_connection_keep_table:
 * @key: a variable
 * @table: (transfer full): a checked table
 *
 * Keeps a table as long as the connection lives; if two threads asked at once, the first one's. Any thread.
 *
 * Returns: (transfer none): the table that is kept
 */
const AssayChunkTable *assay_connection_keep_table (AssayConnection *self, guint32 key, AssayChunkTable *table);

/**
 * assay_connection_get_n_files:
 *
 * Returns: how many files there are
 */
guint32 assay_connection_get_n_files (AssayConnection *self);

/**
 * assay_connection_get_file:
 *
 * Returns: (transfer none): a file by its number
 */
AssayFile *assay_connection_get_file (AssayConnection *self, guint32 index);

G_END_DECLS
