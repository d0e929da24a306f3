/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "connection-private.h"

#include "assay-config.h"

#include <assay/error.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inflate-private.h"
#include "locate-private.h"

#define TIMEOUT_MS 30000
#define MAX_FILES 20000
#define MAX_SCRATCH (G_GUINT64_CONSTANT (64) << 30)

struct _AssayConnection
{
  GObject         parent_instance;
  GPtrArray      *files; /* of AssayFile; guarded by files_lock */
  GMutex          files_lock;
  GRecMutex       lock; /* guards the talk with the helper */
  GSubprocess    *process;
  int             socket_fd;
  char           *part;
  AssayReaderMode mode;
  guint32         n_replayed; /* files that a helper started again has asked for */
  gboolean        replaying;
};

G_DEFINE_FINAL_TYPE (AssayConnection, assay_connection, G_TYPE_OBJECT)

void
assay_connection_stop (AssayConnection *self)
{
  g_rec_mutex_lock (&self->lock);
  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  if (self->socket_fd >= 0)
    close (self->socket_fd);
  self->socket_fd = -1;
  g_clear_object (&self->process);
  g_rec_mutex_unlock (&self->lock);
}

static void
connection_finalize (GObject *object)
{
  AssayConnection *self = ASSAY_CONNECTION (object);

  assay_connection_stop (self);
  g_ptr_array_unref (self->files);
  g_free (self->part);
  g_mutex_clear (&self->files_lock);
  g_rec_mutex_clear (&self->lock);
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
  g_mutex_init (&self->files_lock);
  g_rec_mutex_init (&self->lock);
  self->socket_fd = -1;
}

/* Where assay-reader is: said by the environment (tests), beside us in the build folder, or installed. */
static char *
find_reader (void)
{
  const char      *named = g_getenv ("ASSAY_READER");
  g_autofree char *self = NULL, *folder = NULL, *built = NULL;

  if (named != NULL)
    return g_strdup (named);
  self = g_file_read_link ("/proc/self/exe", NULL);
  folder = self ? g_path_get_dirname (self) : g_strdup (".");
  built = g_build_filename (folder, "..", "readers", "assay-reader", NULL);
  if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);
  return g_build_filename (ASSAY_LIBEXECDIR, "assay-reader", NULL);
}

static gboolean
spawn (AssayConnection *self, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char  *reader = find_reader ();
  const char *const argv[] = { reader, NULL };
  const char       *environment[3] = { "LC_ALL=C.UTF-8", NULL, NULL };
  g_autofree char  *sanitizer = g_getenv ("ASAN_OPTIONS") ? g_strconcat ("ASAN_OPTIONS=", g_getenv ("ASAN_OPTIONS"), NULL) : NULL;
  GSubprocessFlags  flags = G_SUBPROCESS_FLAGS_STDOUT_SILENCE;
  int               pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return assay_error_set_errno (error, errno, _ ("Can’t make a pair of sockets"));
  if (g_getenv ("ASSAY_READER_STDERR") == NULL)
    flags |= G_SUBPROCESS_FLAGS_STDERR_SILENCE;
  environment[1] = sanitizer;
  launcher = g_subprocess_launcher_new (flags);
  g_subprocess_launcher_set_environ (launcher, (char **) environment);
  g_subprocess_launcher_take_fd (launcher, pair[1], ASSAY_READER_FD);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, &local_error);
  if (self->process == NULL)
    {
      close (pair[0]);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("Can’t start assay-reader: %s"), local_error->message);
      return FALSE;
    }
  self->socket_fd = pair[0];
  return TRUE;
}

/* How the file is called in messages. */
static char *
dup_name (AssayConnection *self)
{
  const char *path = assay_file_get_path (self->files->pdata[0]);

  return path ? g_path_get_basename (path) : g_strdup (_ ("a temporary file"));
}

static gboolean
start (AssayConnection *self, GError **error)
{
  AssayFile       *file = self->files->pdata[0];
  g_autofree char *name = dup_name (self);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr (GError) local_error = NULL;

  if (!spawn (self, error))
    return FALSE;
  if (assay_message_send (self->socket_fd, ASSAY_MESSAGE_HELLO,
                          g_variant_new ("(yss)", (guint8) self->mode, valid, self->part ? self->part : ""),
                          assay_file_get_fd (file), &local_error))
    return TRUE;
  assay_connection_stop (self);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader doesn’t listen: %s"), local_error->message);
  return FALSE;
}

AssayConnection *
assay_connection_new (AssayFile *file, const char *part, AssayReaderMode mode, GError **error)
{
  g_autoptr (AssayConnection) self = g_object_new (ASSAY_TYPE_CONNECTION, NULL);

  g_ptr_array_add (self->files, g_object_ref (file));
  self->part = g_strdup (part);
  self->mode = mode;
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

static gboolean
send_file (AssayConnection *self, AssayFile *file, const GError *refusal, GError **error)
{
  guint32 number = G_MAXUINT32;

  if (file == NULL)
    return assay_message_send (self->socket_fd, ASSAY_MESSAGE_FILE,
                               g_variant_new ("(butus)", FALSE, 0u, (guint64) 0, (guint32) refusal->code, refusal->message), -1, error);
  g_mutex_lock (&self->files_lock);
  if (self->replaying && self->n_replayed + 1 < self->files->len)
    {
      /* A helper that was started again asks in the same order. */
      number = ++self->n_replayed;
    }
  else
    {
      number = self->files->len;
      g_ptr_array_add (self->files, g_object_ref (file));
      self->n_replayed = number;
    }
  g_mutex_unlock (&self->files_lock);
  return assay_message_send (self->socket_fd, ASSAY_MESSAGE_FILE,
                             g_variant_new ("(butus)", TRUE, number, assay_file_get_identity (file)->size, 0u, ""),
                             assay_file_get_fd (file), error);
}

static gboolean
give_sibling (AssayConnection *self, GVariant *body, GError **error)
{
  const char *main_path = assay_file_get_path (self->files->pdata[0]);
  g_autoptr (GError) refusal = NULL;
  g_autoptr (AssayFile) file = NULL;
  g_autofree char *path = NULL, *folder = NULL;
  const char      *name;
  int              fd;

  g_variant_get (body, "(&s)", &name);
  if (self->files->len >= MAX_FILES)
    g_set_error (&refusal, ASSAY_ERROR, ASSAY_ERROR_REFUSED, _ ("A model of more than %d files is refused"), MAX_FILES);
  fd = refusal == NULL ? assay_open_sibling (main_path, name, &refusal) : -1;
  if (fd >= 0)
    {
      folder = g_path_get_dirname (main_path);
      path = g_build_filename (folder, name, NULL);
      file = assay_file_new_for_fd (fd, path, &refusal);
    }
  return send_file (self, file, refusal, error);
}

/* The helper inflates into it, so its size is what the helper says it will be: it is made that long at once. */
static gboolean
give_scratch (AssayConnection *self, GVariant *body, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (AssayFile) file = NULL;
  guint64 size;
  int     fd = -1;

  g_variant_get (body, "(t)", &size);
  if (size > MAX_SCRATCH || self->files->len >= MAX_FILES)
    g_set_error (&refusal, ASSAY_ERROR, ASSAY_ERROR_REFUSED, _ ("A compressed member of %" PRIu64 " bytes is refused"), size);
  else
    fd = assay_open_unlinked (&refusal);
  if (fd >= 0 && ftruncate (fd, size) != 0)
    {
      assay_error_set_errno (&refusal, errno, _ ("Can’t make a temporary file"));
      close (fd);
      fd = -1;
    }
  if (fd >= 0)
    file = assay_file_new_for_fd (fd, NULL, &refusal);
  return send_file (self, file, refusal, error);
}

/* Why the helper is gone, as a sentence. */
static void
explain_death (AssayConnection *self, GError **error)
{
  g_autofree char *name = dup_name (self);
  g_autoptr (GSubprocess) process = g_steal_pointer (&self->process);
  int signal_number = 0;

  if (process != NULL)
    {
      g_subprocess_wait (process, NULL, NULL);
      if (g_subprocess_get_if_signaled (process))
        signal_number = g_subprocess_get_term_sig (process);
    }
  if (signal_number == SIGXCPU || signal_number == SIGKILL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("Reading “%s” took too much time and was stopped; the file is damaged or hostile"), name);
  else if (signal_number != 0)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("The reader of “%s” stopped (%s); the file is damaged or hostile"), name,
                 g_strsignal (signal_number));
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("The reader of “%s” ended too early; the file is damaged or hostile"), name);
  assay_connection_stop (self);
}

static int
get_timeout (void)
{
  const char *text = g_getenv ("ASSAY_READER_TIMEOUT_MS");

  return text ? (int) g_ascii_strtoll (text, NULL, 10) : TIMEOUT_MS;
}

/* Turns what went wrong while waiting into the sentence for the user. */
static void
explain (AssayConnection *self, GError *reason, GError **error)
{
  g_autofree char *name = dup_name (self);

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CLOSED))
    {
      explain_death (self, error);
      g_error_free (reason);
      return;
    }
  assay_connection_stop (self);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("The reader of “%s” didn’t answer and was stopped; the file is damaged or hostile"), name);
      g_error_free (reason);
    }
  else
    g_propagate_error (error, reason);
}

AssayMessageType
assay_connection_receive (AssayConnection *self, GCancellable *cancellable, GVariant **body, GError **error)
{
  GError *reason = NULL;

  *body = NULL;
  for (;;)
    {
      AssayMessageType type = assay_message_receive (self->socket_fd, get_timeout (), cancellable, body, NULL, &reason);
      gboolean         sent = TRUE;

      if (type == ASSAY_MESSAGE_NONE)
        {
          explain (self, reason, error);
          return ASSAY_MESSAGE_NONE;
        }
      if (type == ASSAY_MESSAGE_SIBLING)
        sent = give_sibling (self, *body, &reason);
      else if (type == ASSAY_MESSAGE_SCRATCH)
        sent = give_scratch (self, *body, &reason);
      else if (type == ASSAY_MESSAGE_ERROR)
        {
          guint32     code;
          const char *message;

          g_variant_get (*body, "(u&s)", &code, &message);
          g_set_error_literal (error, ASSAY_ERROR, MIN (code, ASSAY_ERROR_REFUSED), message);
          g_clear_pointer (body, g_variant_unref);
          return ASSAY_MESSAGE_NONE;
        }
      else
        return type;
      g_clear_pointer (body, g_variant_unref);
      if (!sent)
        {
          explain (self, reason, error);
          return ASSAY_MESSAGE_NONE;
        }
    }
}

/* Starts the helper again and lets it read the manifest once more. */
static gboolean
restart (AssayConnection *self, GCancellable *cancellable, GError **error)
{
  AssayMessageType type = ASSAY_MESSAGE_FRAME;

  self->replaying = TRUE;
  self->n_replayed = 0;
  if (!start (self, error))
    return FALSE;
  while (type == ASSAY_MESSAGE_FRAME)
    {
      GVariant *body;

      type = assay_connection_receive (self, cancellable, &body, error);
      g_clear_pointer (&body, g_variant_unref);
    }
  self->replaying = FALSE;
  if (type == ASSAY_MESSAGE_DONE)
    return TRUE;
  if (type != ASSAY_MESSAGE_NONE)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader answered what it wasn’t asked"));
  assay_connection_stop (self);
  return FALSE;
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
  GVariant        *answer = NULL;
  AssayMessageType got = ASSAY_MESSAGE_NONE;
  gboolean         sent;

  g_rec_mutex_lock (&self->lock);
  sent = self->socket_fd >= 0 && assay_message_send (self->socket_fd, type, owned, -1, NULL);
  if (!sent && self->mode == ASSAY_READER_MODE_READ)
    {
      assay_connection_stop (self);
      sent = restart (self, cancellable, error) && assay_message_send (self->socket_fd, type, owned, -1, error);
    }
  else if (!sent)
    explain_death (self, error);
  if (sent)
    got = assay_connection_receive (self, cancellable, &answer, error);
  if (got != ASSAY_MESSAGE_NONE && got != expected)
    {
      g_clear_pointer (&answer, g_variant_unref);
      assay_connection_stop (self);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("assay-reader answered what it wasn’t asked"));
    }
  g_rec_mutex_unlock (&self->lock);
  return answer;
}
