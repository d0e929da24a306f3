/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the main program and assay-reader say to each other, over a socket pair.
 *
 *   message   u32 type · u32 length · length bytes; a descriptor may come with the first byte
 *
 *   HELLO     (yss) mode, file name, part ("" for none); with the descriptor of file 0     main → reader
 *   FILE      (butus) granted, number, size, error code, error text; with the descriptor       main → reader
 *   GET_CHUNKS  (t) cookie                                                                     main → reader
 *   GET_STRINGS (ttt) cookie, first, n                                                         main → reader
 *   WRITE     (sv) a command of write mode                                                     main → reader
 *   FRAME     see frame-private.h                                                              reader → main
 *   DONE      nothing: the manifest is complete                                                reader → main
 *   ERROR     (us) error code, one sentence                                                    reader → main
 *   SIBLING   (s) name                                                                         reader → main
 *   SCRATCH   (t) bytes at most                                                                reader → main
 *   CHUNKS    (atatauau) index, offset, size, mask                                             reader → main
 *   STRINGS   (atay) lengths, bytes                                                            reader → main
 *   WRITTEN   v: the answer to a command of write mode                                         reader → main
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ASSAY_READER_FD 3
#define ASSAY_MESSAGE_MAX (1u << 30)
/* The most that the reader may write into one scratch file. */
#define ASSAY_SCRATCH_MAX (G_GUINT64_CONSTANT (64) << 30)

typedef enum
{
  ASSAY_MESSAGE_NONE,
  ASSAY_MESSAGE_HELLO,
  ASSAY_MESSAGE_FILE,
  ASSAY_MESSAGE_GET_CHUNKS,
  ASSAY_MESSAGE_GET_STRINGS,
  ASSAY_MESSAGE_WRITE,
  ASSAY_MESSAGE_FRAME,
  ASSAY_MESSAGE_DONE,
  ASSAY_MESSAGE_ERROR,
  ASSAY_MESSAGE_SIBLING,
  ASSAY_MESSAGE_SCRATCH,
  ASSAY_MESSAGE_CHUNKS,
  ASSAY_MESSAGE_STRINGS,
  ASSAY_MESSAGE_WRITTEN,
  ASSAY_N_MESSAGES
} AssayMessageType;

typedef enum
{
  ASSAY_READER_MODE_READ = 'r',
  ASSAY_READER_MODE_WRITE = 'w',
} AssayReaderMode;

/**
 * assay_message_get_type_string:
 *
 * Returns: (transfer none) (nullable): the GVariant type of a message's body; %NULL if it has none
 */
const char *assay_message_get_type_string (AssayMessageType type);

/**
 * assay_message_send:
 * @socket_fd: one end of the pair
 * @type: what it says
 * @body: (nullable): of the message's type; a floating reference is taken
 * @fd: a descriptor to go with it, or -1; stays the caller's
 *
 * Sends a message. Blocks until the other side has room.
 *
 * Returns: whether it was sent
 */
gboolean assay_message_send (int socket_fd, AssayMessageType type, GVariant *body, int fd, GError **error);

/**
 * assay_message_send_within:
 * @timeout_ms: how long the other side may take to make room, -1 for ever
 * @cancellable: (nullable): ends the waiting at once
 *
 * As assay_message_send(), for an other side that may never read. What was sent in part can't be taken up again.
 *
 * Returns: whether it was sent
 */
gboolean assay_message_send_within (int              socket_fd,
                                    AssayMessageType type,
                                    GVariant        *body,
                                    int              fd,
                                    int              timeout_ms,
                                    GCancellable    *cancellable,
                                    GError         **error);

/**
 * assay_message_wait:
 * @socket_fd: one end of the pair
 * @timeout_ms: how long to wait, -1 for ever
 * @cancellable: (nullable): ends the waiting at once
 *
 * Waits until a message begins to come, and takes nothing of it.
 *
 * Returns: %FALSE with `G_IO_ERROR_TIMED_OUT` or `G_IO_ERROR_CANCELLED`
 */
gboolean assay_message_wait (int socket_fd, int timeout_ms, GCancellable *cancellable, GError **error);

/**
 * assay_message_receive:
 * @socket_fd: one end of the pair
 * @timeout_ms: how long to wait for the whole message, -1 for ever
 * @cancellable: (nullable): ends the waiting at once
 * @body: (out) (transfer full) (nullable): the body, of the message's type, not yet in normal form
 * @fd: (out) (nullable): the descriptor that came with it, or -1; %NULL to refuse any
 *
 * Waits for a message. Fails with `G_IO_ERROR_CLOSED` if the other side is gone, `G_IO_ERROR_TIMED_OUT`,
 * `G_IO_ERROR_CANCELLED`, `ASSAY_ERROR_HELPER` for what is no message.
 *
 * Returns: its type, or `ASSAY_MESSAGE_NONE` with @error set
 */
AssayMessageType assay_message_receive (int           socket_fd,
                                        int           timeout_ms,
                                        GCancellable *cancellable,
                                        GVariant    **body,
                                        int          *fd,
                                        GError      **error);

G_END_DECLS
