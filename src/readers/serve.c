/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reader's side of the talk: hello, manifest, requests. */

#include "host-private.h"

#include <assay/error.h>
#include <string.h>
#include <unistd.h>

#include "../manifest/protocol-private.h"
#include "write-mode-private.h"

#define HEAD 4096

/* What a context's host is, in the helper. */
typedef struct
{
  int socket_fd;
} Host;

static gboolean
send_frame (GVariant *frame, gpointer user_data, GError **error)
{
  Host *host = user_data;

  return assay_message_send (host->socket_fd, ASSAY_MESSAGE_FRAME, frame, -1, error);
}

/* Asks for a file and waits for it. */
static gboolean
ask_for_file (Host *host, AssayMessageType type, GVariant *body, AssayReaderFile *file, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  gboolean    granted;
  guint32     number, code;
  guint64     size;
  const char *message;
  int         fd;

  if (!assay_message_send (host->socket_fd, type, body, -1, error) ||
      assay_message_receive (host->socket_fd, -1, NULL, &answer, &fd, error) != ASSAY_MESSAGE_FILE)
    return FALSE;
  g_variant_get (answer, "(butu&s)", &granted, &number, &size, &code, &message);
  if (!granted || fd < 0)
    {
      g_set_error_literal (error, ASSAY_ERROR, code, message);
      return FALSE;
    }
  *file = (AssayReaderFile){ .file = number, .fd = fd, .base = 0, .size = size };
  return TRUE;
}

static gboolean
open_sibling (AssayReaderContext *context, const char *name, AssayReaderFile *file, GError **error)
{
  if (!g_utf8_validate (name, -1, NULL))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, "The model asks for a file whose name is not UTF-8");
      return FALSE;
    }
  return ask_for_file (context->host, ASSAY_MESSAGE_SIBLING, g_variant_new ("(s)", name), file, error);
}

static gboolean
open_scratch (AssayReaderContext *context, guint64 size, AssayReaderFile *file, GError **error)
{
  return ask_for_file (context->host, ASSAY_MESSAGE_SCRATCH, g_variant_new ("(t)", size), file, error);
}

static gboolean
send_error (Host *host, const GError *reason)
{
  guint32          code = reason->domain == ASSAY_ERROR ? reason->code : ASSAY_ERROR_FAILED;
  g_autofree char *message = g_utf8_make_valid (reason->message, -1);

  return assay_message_send (host->socket_fd, ASSAY_MESSAGE_ERROR, g_variant_new ("(us)", code, message), -1, NULL);
}

static GVariant *
column (gconstpointer items, gsize n, gsize item_size, const char *type)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE (type), items, n, item_size);
}

static gboolean
answer_chunks (AssayReaderContext *context, const AssayReader *reader, GVariant *body, GError **error)
{
  Host *host = context->host;
  g_autoptr (AssayChunkTable) table = NULL;
  guint64 cookie;

  g_variant_get (body, "(t)", &cookie);
  table = reader->read_chunks ? reader->read_chunks (context, cookie, error) : NULL;
  if (table == NULL)
    return FALSE;
  return assay_message_send (host->socket_fd, ASSAY_MESSAGE_CHUNKS,
                             g_variant_new ("(@at@at@au@au)", column (table->index, table->n_chunks, 8, "t"),
                                            column (table->offset, table->n_chunks, 8, "t"),
                                            column (table->size, table->n_chunks, 4, "u"),
                                            column (table->mask, table->n_chunks, 4, "u")),
                             -1, error);
}

static gboolean
answer_strings (AssayReaderContext *context, const AssayReader *reader, GVariant *body, GError **error)
{
  Host *host = context->host;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autofree guint64 *lengths = NULL;
  guint64             cookie, first, n;

  g_variant_get (body, "(ttt)", &cookie, &first, &n);
  if (reader->read_strings == NULL || !reader->read_strings (context, cookie, first, n, strings, error))
    return FALSE;
  lengths = g_new (guint64, strings->len + 1);
  for (guint i = 0; i < strings->len; i++)
    {
      gsize         n_bytes;
      gconstpointer data = g_bytes_get_data (strings->pdata[i], &n_bytes);

      lengths[i] = n_bytes;
      g_byte_array_append (blob, data, n_bytes);
    }
  return assay_message_send (host->socket_fd, ASSAY_MESSAGE_STRINGS,
                             g_variant_new ("(@at@ay)", column (lengths, strings->len, 8, "t"), column (blob->data, blob->len, 1, "y")),
                             -1, error);
}

/* Answers requests until the main program hangs up. */
static void
answer_requests (AssayReaderContext *context, const AssayReader *reader)
{
  Host *host = context->host;

  for (;;)
    {
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GError) reason = NULL;
      AssayMessageType type = assay_message_receive (host->socket_fd, -1, NULL, &body, NULL, NULL);
      gboolean         answered = FALSE;

      if (type == ASSAY_MESSAGE_GET_CHUNKS)
        answered = answer_chunks (context, reader, body, &reason);
      else if (type == ASSAY_MESSAGE_GET_STRINGS)
        answered = answer_strings (context, reader, body, &reason);
      else
        return;
      if (!answered)
        {
          if (reason == NULL)
            g_set_error (&reason, ASSAY_ERROR, ASSAY_ERROR_FAILED, "The reader of this format can’t answer that");
          if (!send_error (host, reason))
            return;
        }
    }
}

static gboolean
read_manifest (AssayReaderContext *context, const AssayReader **reader, GError **error)
{
  Host  *host = context->host;
  guint8 head[HEAD];
  gsize  n_head = MIN (context->main.size, HEAD);

  if (!assay_reader_read (&context->main, 0, head, n_head, error))
    return FALSE;
  *reader = assay_readers_find (head, n_head, context);
  return (*reader)->read (context, error) && assay_manifest_builder_flush (context->builder, error) &&
         assay_message_send (host->socket_fd, ASSAY_MESSAGE_DONE, NULL, -1, error);
}

static int
serve_reading (Host *host, int fd, const char *name, const char *part)
{
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (send_frame, host);
  AssayReaderContext context = {
    .main = { .file = 0, .fd = fd, .base = 0, .size = lseek (fd, 0, SEEK_END) },
    .file_name = name,
    .part = *part ? part : NULL,
    .builder = builder,
    .open_sibling = open_sibling,
    .open_scratch = open_scratch,
    .host = host,
  };
  const AssayReader *reader = NULL;
  g_autoptr (GError) error = NULL;

  if (!read_manifest (&context, &reader, &error))
    {
      if (error == NULL)
        g_set_error (&error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "The reader of %s failed", reader ? reader->name : "files");
      send_error (host, error);
      return 0;
    }
  answer_requests (&context, reader);
  if (reader->close != NULL)
    reader->close (&context);
  return 0;
}

int
assay_reader_serve (int socket_fd)
{
  Host host = { socket_fd };
  g_autoptr (GVariant) hello = NULL;
  g_autoptr (GError) error = NULL;
  guint8      mode;
  const char *name, *part;
  int         fd;

  if (assay_message_receive (socket_fd, -1, NULL, &hello, &fd, &error) != ASSAY_MESSAGE_HELLO || fd < 0)
    return 2;
  g_variant_get (hello, "(y&s&s)", &mode, &name, &part);
  if (!assay_sandbox_enter (mode == ASSAY_READER_MODE_WRITE, &error))
    {
      send_error (&host, error);
      return 2;
    }
  if (mode == ASSAY_READER_MODE_WRITE)
    return assay_write_mode_serve (socket_fd, fd, name);
  return serve_reading (&host, fd, name, part);
}
