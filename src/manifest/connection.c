/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "inflate-private.h"
#include "locate-private.h"
#include "reader-process-private.h"

#define TIMEOUT_MS 30000
#define MAX_FILES 20000
#define MAX_SENTENCE 2000

struct _AssayConnection
{
  GObject         parent_instance;
  GPtrArray      *files; /* of AssayFile; guarded by files_lock */
  GMutex          files_lock;
  GHashTable     *tables; /* of AssayChunkTable, by variable; guarded by files_lock */
  GMutex          talk_lock;
  GCond           talk_over;
  gboolean        talking; /* a thread talks with the helper; guarded by talk_lock */
  gboolean        reading; /* the talk is the first one, which brings the manifest; guarded by talk_lock */
  char           *part;
  AssayReaderMode mode;

  /* Of whoever talks. */
  GSubprocess *process;
  int          socket_fd;
  gboolean     has_died;    /* the last helper hung up by itself */
  gboolean     is_owed;     /* an answer whose asker has gone is still to come */
  gboolean     is_replayed; /* a helper that was started again reads the manifest once more */
  guint32      n_replayed;  /* files that it has asked for */
};

G_DEFINE_FINAL_TYPE (AssayConnection, assay_connection, G_TYPE_OBJECT)

/* One talk at a time: waits for the other one to end. */
static gboolean
begin_talk (AssayConnection *self, GCancellable *cancellable, GError **error)
{
  gboolean begun;

  g_mutex_lock (&self->talk_lock);
  while (self->talking && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->talk_over, &self->talk_lock, g_get_monotonic_time () + G_TIME_SPAN_SECOND / 50);
  begun = !g_cancellable_set_error_if_cancelled (cancellable, error);
  self->talking |= begun;
  g_mutex_unlock (&self->talk_lock);
  return begun;
}

static void
end_talk (AssayConnection *self)
{
  g_mutex_lock (&self->talk_lock);
  self->talking = self->reading = FALSE;
  g_cond_broadcast (&self->talk_over);
  g_mutex_unlock (&self->talk_lock);
}

static void
stop (AssayConnection *self)
{
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->process);
  if (self->socket_fd >= 0)
    close (self->socket_fd);
  self->socket_fd = -1;
  self->is_owed = FALSE;
}

void
assay_connection_give_up (AssayConnection *self)
{
  gboolean reading;

  g_mutex_lock (&self->talk_lock);
  reading = self->reading;
  g_mutex_unlock (&self->talk_lock);
  if (!reading)
    return;
  stop (self);
  end_talk (self);
}

static void
connection_finalize (GObject *object)
{
  AssayConnection *self = ASSAY_CONNECTION (object);

  stop (self);
  g_ptr_array_unref (self->files);
  g_hash_table_unref (self->tables);
  g_free (self->part);
  g_mutex_clear (&self->files_lock);
  g_mutex_clear (&self->talk_lock);
  g_cond_clear (&self->talk_over);
  G_OBJECT_CLASS (assay_connection_parent_class)->finalize (object);
}

static void
assay_connection_class_init (AssayConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = connection_finalize;
}

static void
assay_connection_init (AssayConnection *self)
{
  self->files = g_ptr_array_new_with_free_func (g_object_unref);
  self->tables = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) assay_chunk_table_free);
  g_mutex_init (&self->files_lock);
  g_mutex_init (&self->talk_lock);
  g_cond_init (&self->talk_over);
  self->socket_fd = -1;
}

static int
get_timeout (void)
{
  const char *text = g_getenv ("ASSAY_READER_TIMEOUT_MS");

  return text ? (int) g_ascii_strtoll (text, NULL, 10) : TIMEOUT_MS;
}

/* How the file is called in messages. */
static char *
dup_name (AssayConnection *self)
{
  const char *path = assay_file_get_path (self->files->pdata[0]);

  return path ? g_filename_display_basename (path) : g_strdup (_ ("a temporary file"));
}

/* Turns what went wrong in a talk into the sentence for the user, and ends the helper. */
static void
explain (AssayConnection *self, GError *reason, GError **error)
{
  g_autofree char *name = dup_name (self);

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CLOSED) && self->process != NULL)
    {
      g_autofree char *sentence = assay_reader_process_explain_end (self->process, name);

      self->has_died = TRUE;
      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, sentence);
      g_error_free (reason);
    }
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("The reader of “%s” didn’t answer and was stopped; the file is damaged or hostile"), name);
      g_error_free (reason);
    }
  else
    g_propagate_error (error, reason);
  stop (self);
}

static gboolean
start (AssayConnection *self, GError **error)
{
  g_autofree char *name = dup_name (self);
  g_autofree char *part = g_utf8_make_valid (self->part ? self->part : "", -1);
  GError          *reason = NULL;

  self->has_died = FALSE;
  self->process = assay_reader_process_start (&self->socket_fd, error);
  if (self->process == NULL)
    return FALSE;
  if (assay_message_send_within (self->socket_fd, ASSAY_MESSAGE_HELLO, g_variant_new ("(yss)", (guint8) self->mode, name, part),
                                 assay_file_get_fd (self->files->pdata[0]), get_timeout (), NULL, &reason))
    return TRUE;
  explain (self, reason, error);
  return FALSE;
}

AssayConnection *
assay_connection_new (AssayFile *file, const char *part, AssayReaderMode mode, GError **error)
{
  g_autoptr (AssayConnection) self = g_object_new (ASSAY_TYPE_CONNECTION, NULL);

  g_ptr_array_add (self->files, g_object_ref (file));
  self->part = g_strdup (part);
  self->mode = mode;
  self->talking = self->reading = mode == ASSAY_READER_MODE_READ;
  return start (self, error) ? g_steal_pointer (&self) : NULL;
}

guint32
assay_connection_get_n_files (AssayConnection *self)
{
  guint32 n;

  g_mutex_lock (&self->files_lock);
  n = self->files->len;
  g_mutex_unlock (&self->files_lock);
  return n;
}

AssayFile *
assay_connection_get_file (AssayConnection *self, guint32 index)
{
  AssayFile *file = NULL;

  g_mutex_lock (&self->files_lock);
  if (index < self->files->len)
    file = self->files->pdata[index];
  g_mutex_unlock (&self->files_lock);
  return file;
}

const AssayChunkTable *
assay_connection_get_table (AssayConnection *self, guint32 key)
{
  const AssayChunkTable *table;

  g_mutex_lock (&self->files_lock);
  table = g_hash_table_lookup (self->tables, GUINT_TO_POINTER (key));
  g_mutex_unlock (&self->files_lock);
  return table;
}

const AssayChunkTable *
assay_connection_keep_table (AssayConnection *self, guint32 key, AssayChunkTable *table)
{
  AssayChunkTable *kept;

  g_mutex_lock (&self->files_lock);
  kept = g_hash_table_lookup (self->tables, GUINT_TO_POINTER (key));
  if (kept == NULL)
    g_hash_table_insert (self->tables, GUINT_TO_POINTER (key), table);
  g_mutex_unlock (&self->files_lock);
  /* Another thread was quicker, and what it got may be in use. */
  if (kept != NULL)
    assay_chunk_table_free (table);
  return kept ? kept : table;
}

static gboolean
answer (AssayConnection *self, gboolean granted, guint32 number, AssayFile *file, const GError *refusal, GCancellable *cancellable, GError **error)
{
  guint64          size = granted ? assay_file_get_identity (file)->size : 0;
  g_autofree char *sentence = g_utf8_make_valid (granted ? "" : refusal->message, -1);

  return assay_message_send_within (self->socket_fd, ASSAY_MESSAGE_FILE,
                                    g_variant_new ("(butus)", granted, number, size, granted ? 0 : (guint32) refusal->code, sentence),
                                    granted ? assay_file_get_fd (file) : -1, get_timeout (), cancellable, error);
}

/* Numbers a new file, or says why there is none. */
static gboolean
send_file (AssayConnection *self, AssayFile *file, const GError *refusal, GCancellable *cancellable, GError **error)
{
  guint32 number;

  if (file == NULL)
    return answer (self, FALSE, 0, NULL, refusal, cancellable, error);
  g_mutex_lock (&self->files_lock);
  number = self->files->len;
  g_ptr_array_add (self->files, g_object_ref (file));
  g_mutex_unlock (&self->files_lock);
  self->n_replayed = number;
  return answer (self, TRUE, number, file, NULL, cancellable, error);
}

/* A helper that was started again asks for the same files in the same order, and gets the same descriptors, with @path (NULL
 * for a scratch file). Returns NULL if it asks for more than the first one did. */
static AssayFile *
find_replayed (AssayConnection *self, const char *path, GError **refusal)
{
  AssayFile *file;

  if (!self->is_replayed || self->n_replayed + 1 >= self->files->len)
    return NULL;
  file = self->files->pdata[self->n_replayed + 1];
  if (g_strcmp0 (assay_file_get_path (file), path) == 0)
    return file;
  g_set_error (refusal, ASSAY_ERROR, ASSAY_ERROR_CHANGED, _ ("The model asks for other files than before"));
  return NULL;
}

static gboolean
has_too_many_files (AssayConnection *self, GError **refusal)
{
  if (self->files->len < MAX_FILES)
    return FALSE;
  g_set_error (refusal, ASSAY_ERROR, ASSAY_ERROR_REFUSED, _ ("A model of more than %d files is refused"), MAX_FILES);
  return TRUE;
}

static gboolean
give_sibling (AssayConnection *self, GVariant *body, GCancellable *cancellable, GError **error)
{
  const char *main_path = assay_file_get_path (self->files->pdata[0]);
  g_autoptr (GError) refusal = NULL;
  g_autoptr (AssayFile) file = NULL;
  g_autofree char *path = NULL, *folder = NULL;
  AssayFile       *replayed;
  const char      *name;
  int              fd = -1;

  g_variant_get (body, "(&s)", &name);
  folder = g_path_get_dirname (main_path ? main_path : "/nowhere/");
  path = g_build_filename (folder, name, NULL);
  replayed = find_replayed (self, path, &refusal);
  if (replayed != NULL)
    return answer (self, TRUE, ++self->n_replayed, replayed, NULL, cancellable, error);
  if (refusal == NULL && !has_too_many_files (self, &refusal))
    fd = assay_open_sibling (main_path, name, &refusal);
  if (fd >= 0)
    file = assay_file_new_for_fd (fd, path, &refusal);
  return send_file (self, file, refusal, cancellable, error);
}

/* An unlinked file of so many bytes, if the disk has them. */
static AssayFile *
make_scratch (guint64 size, GError **error)
{
  struct statvfs disk;
  int            fd;

  if (size > ASSAY_SCRATCH_MAX)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, _ ("A compressed member of %" PRIu64 " bytes is refused"), size);
      return NULL;
    }
  fd = assay_open_unlinked (error);
  if (fd < 0)
    return NULL;
  if (fstatvfs (fd, &disk) == 0 && size > disk.f_bavail * disk.f_frsize)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NO_SPACE, _ ("Inflating a compressed member takes %" PRIu64 " bytes of disk, but %" PRIu64 " are free"),
                   size, (guint64) (disk.f_bavail * disk.f_frsize));
      close (fd);
      return NULL;
    }
  if (ftruncate (fd, size) == 0)
    return assay_file_new_for_fd (fd, NULL, error);
  assay_error_set_errno (error, errno, _ ("Can’t make a temporary file"));
  close (fd);
  return NULL;
}

/* The helper inflates into it, so its size is what the helper says it will be: it is made that long at once. */
static gboolean
give_scratch (AssayConnection *self, GVariant *body, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (AssayFile) file = NULL;
  AssayFile *replayed = find_replayed (self, NULL, &refusal);
  guint64    size;

  g_variant_get (body, "(t)", &size);
  if (replayed == NULL && refusal == NULL && !has_too_many_files (self, &refusal))
    file = make_scratch (size, &refusal);
  if (replayed != NULL || file != NULL)
    assay_reader_process_allow_output (self->process, assay_file_get_identity (replayed ? replayed : file)->size);
  if (replayed != NULL)
    return answer (self, TRUE, ++self->n_replayed, replayed, NULL, cancellable, error);
  return send_file (self, file, refusal, cancellable, error);
}

/* A sentence of the helper's, which may have been taken over: no line breaks, no escape codes, no novels. */
static void
set_reader_error (GVariant *body, GError **error)
{
  g_autoptr (GString) sentence = g_string_new (NULL);
  guint32     code;
  const char *message;

  g_variant_get (body, "(u&s)", &code, &message);
  for (const char *p = message; *p && sentence->len < MAX_SENTENCE; p = g_utf8_next_char (p))
    g_string_append_unichar (sentence, g_unichar_iscntrl (g_utf8_get_char (p)) ? ' ' : g_utf8_get_char (p));
  g_set_error_literal (error, ASSAY_ERROR, MIN (code, ASSAY_ERROR_REFUSED), sentence->str);
}

/* The next message that isn't about files. */
static AssayMessageType
receive (AssayConnection *self, GCancellable *cancellable, GVariant **body, GError **error)
{
  GError *reason = NULL;

  *body = NULL;
  for (;;)
    {
      AssayMessageType type = assay_message_receive (self->socket_fd, get_timeout (), cancellable, body, NULL, &reason);
      gboolean         sent = FALSE;

      if (type == ASSAY_MESSAGE_SIBLING)
        sent = give_sibling (self, *body, cancellable, &reason);
      else if (type == ASSAY_MESSAGE_SCRATCH)
        sent = give_scratch (self, *body, cancellable, &reason);
      else if (type != ASSAY_MESSAGE_NONE && type != ASSAY_MESSAGE_ERROR)
        return type;
      if (type == ASSAY_MESSAGE_ERROR)
        set_reader_error (*body, error);
      else if (!sent)
        explain (self, reason, error);
      g_clear_pointer (body, g_variant_unref);
      if (!sent)
        return ASSAY_MESSAGE_NONE;
    }
}

AssayMessageType
assay_connection_receive (AssayConnection *self, GCancellable *cancellable, GVariant **body, GError **error)
{
  AssayMessageType type = receive (self, cancellable, body, error);

  if (type != ASSAY_MESSAGE_FRAME && type != ASSAY_MESSAGE_DONE)
    stop (self);
  if (type != ASSAY_MESSAGE_FRAME)
    end_talk (self);
  return type;
}

/* The helper said what it wasn't asked. */
static gboolean
refuse_answer (AssayConnection *self, GError **error)
{
  stop (self);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader answered what it wasn’t asked"));
  return FALSE;
}

/* Starts the helper again and lets it read the manifest once more. */
static gboolean
restart (AssayConnection *self, GCancellable *cancellable, GError **error)
{
  AssayMessageType type = ASSAY_MESSAGE_FRAME;

  if (!start (self, error))
    return FALSE;
  self->is_replayed = TRUE;
  self->n_replayed = 0;
  while (type == ASSAY_MESSAGE_FRAME)
    {
      GVariant *body;

      type = receive (self, cancellable, &body, error);
      g_clear_pointer (&body, g_variant_unref);
    }
  self->is_replayed = FALSE;
  if (type == ASSAY_MESSAGE_NONE)
    stop (self);
  return type == ASSAY_MESSAGE_DONE || (type != ASSAY_MESSAGE_NONE && refuse_answer (self, error));
}

/* Waits for an answer. Who gives up waiting leaves the helper alive: starting it again takes longer than its answer. */
static AssayMessageType
receive_answer (AssayConnection *self, GCancellable *cancellable, GVariant **body, GError **error)
{
  GError *reason = NULL;

  *body = NULL;
  self->is_owed = TRUE;
  if (!assay_message_wait (self->socket_fd, get_timeout (), cancellable, &reason))
    {
      if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, reason);
      else
        explain (self, reason, error);
      return ASSAY_MESSAGE_NONE;
    }
  self->is_owed = FALSE;
  return receive (self, cancellable, body, error);
}

/* Throws away the answer to a request that was given up. */
static gboolean
drop_owed_answer (AssayConnection *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GVariant) body = NULL;

  if (!self->is_owed || self->socket_fd < 0)
    return TRUE;
  if (receive_answer (self, cancellable, &body, &reason) == ASSAY_MESSAGE_NONE && self->is_owed)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return TRUE;
}

static GVariant *
ask_once (AssayConnection *self, AssayMessageType type, GVariant *body, AssayMessageType expected, GCancellable *cancellable, GError **error)
{
  GError          *reason = NULL;
  GVariant        *received;
  AssayMessageType got;

  if (!assay_message_send_within (self->socket_fd, type, body, -1, get_timeout (), cancellable, &reason))
    {
      explain (self, reason, error);
      return NULL;
    }
  got = receive_answer (self, cancellable, &received, error);
  if (got == ASSAY_MESSAGE_NONE || got == expected)
    return received;
  g_clear_pointer (&received, g_variant_unref);
  refuse_answer (self, error);
  return NULL;
}

/* As ask_once(), with a helper that may have ended since (it has a limit of time, for instance). */
static GVariant *
ask_anew (AssayConnection *self, AssayMessageType type, GVariant *body, AssayMessageType expected, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GVariant *received = NULL;

  if (self->socket_fd >= 0)
    {
      received = ask_once (self, type, body, expected, cancellable, &reason);
      if (received != NULL || !self->has_died || self->mode != ASSAY_READER_MODE_READ)
        {
          if (reason != NULL)
            g_propagate_error (error, g_steal_pointer (&reason));
          return received;
        }
    }
  else if (self->mode != ASSAY_READER_MODE_READ)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader has ended"));
      return NULL;
    }
  return restart (self, cancellable, error) ? ask_once (self, type, body, expected, cancellable, error) : NULL;
}

GVariant *
assay_connection_ask (AssayConnection *self,
                      AssayMessageType type,
                      GVariant        *body,
                      AssayMessageType expected,
                      GCancellable    *cancellable,
                      GError         **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (body);
  GVariant *received = NULL;

  if (!begin_talk (self, cancellable, error))
    return NULL;
  if (drop_owed_answer (self, cancellable, error))
    received = ask_anew (self, type, owned, expected, cancellable, error);
  end_talk (self);
  return received;
}
