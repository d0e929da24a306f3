/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A reader that misbehaves, for tests: what it does is said by the name of the file it is given. Never installed. */

#include <assay/error.h>
#include <assay/manifest-builder.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/manifest/protocol-private.h"
#include "../src/readers/host-private.h"

static int main_fd;

static void
say (const char *sentence)
{
  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_ERROR, g_variant_new ("(us)", (guint32) ASSAY_ERROR_FORMAT, sentence), -1, NULL);
}

static void
send_bytes (const void *data, gsize n_bytes)
{
  if (send (ASSAY_READER_FD, data, n_bytes, MSG_NOSIGNAL) < 0)
    _exit (3);
}

static gboolean
send_frame (GVariant *frame, gpointer user_data, GError **error)
{
  return assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_FRAME, frame, -1, error);
}

static void
send_done (void)
{
  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_DONE, NULL, -1, NULL);
}

/* One variable of 1000 strings. */
static void
send_strings_frame (void)
{
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (send_frame, NULL);
  guint32     v = assay_manifest_builder_add_variable (builder, 0, "s", "s", ASSAY_DTYPE_STRING, 0, NULL, 1, (guint64[]){ 1000 }, 0);
  AssayLayout layout = { .kind = ASSAY_LAYOUT_STRINGS, .cookie = 7 };

  assay_manifest_builder_set_layout (builder, v, &layout);
  assay_manifest_builder_flush (builder, NULL);
}

/* Answers one request for strings, each of which is "<process> <position>". Whether there was one. */
static gboolean
answer_strings (void)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GString) blob = g_string_new (NULL);
  g_autofree guint64 *lengths = NULL;
  guint64             cookie, first, n;

  if (assay_message_receive (ASSAY_READER_FD, -1, NULL, &body, NULL, NULL) != ASSAY_MESSAGE_GET_STRINGS)
    return FALSE;
  g_variant_get (body, "(ttt)", &cookie, &first, &n);
  lengths = g_new (guint64, n);
  for (guint64 i = 0; i < n; i++)
    {
      gsize before = blob->len;

      g_string_append_printf (blob, "%d %" G_GUINT64_FORMAT, (int) getpid (), first + i);
      lengths[i] = blob->len - before;
    }
  g_usleep (100000);
  return assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_STRINGS,
                             g_variant_new ("(@at@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE ("t"), lengths, n, 8),
                                            g_variant_new_fixed_array (G_VARIANT_TYPE ("y"), blob->str, blob->len, 1)),
                             -1, NULL);
}

static void
do_crash (void)
{
  signal (SIGSEGV, SIG_DFL);
  raise (SIGSEGV);
}

static void
do_exit (void)
{
  _exit (0);
}

static void
do_hang (void)
{
  for (;;)
    pause ();
}

/* Says a little at a time, so that it never seems to be quite silent. */
static void
do_drip (void)
{
  guint32 head[2] = { ASSAY_MESSAGE_DONE, 0 };

  send_bytes (head, 1);
  for (gsize i = 1; i < sizeof head; i++)
    {
      g_usleep (100000);
      send_bytes ((guint8 *) head + i, 1);
    }
}

static void
do_garbage (void)
{
  guint8 bytes[4096];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = i * 37 + 200;
  send_bytes (bytes, sizeof bytes);
  do_hang ();
}

static void
do_huge (void)
{
  guint32 head[2] = { ASSAY_MESSAGE_FRAME, G_MAXUINT32 };

  send_bytes (head, sizeof head);
  do_hang ();
}

static void
do_half (void)
{
  guint32 head[2] = { ASSAY_MESSAGE_FRAME, 1000 };

  send_bytes (head, sizeof head);
  send_bytes ("half of it", 10);
}

static void
do_no_frame (void)
{
  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_FRAME,
                      g_variant_new_from_data (G_VARIANT_TYPE ("ay"), "none of the columns", 19, TRUE, NULL, NULL), -1, NULL);
  do_hang ();
}

static void
do_unasked (void)
{
  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_WRITTEN, g_variant_new ("v", g_variant_new_uint32 (1)), -1, NULL);
  do_hang ();
}

/* Is done before it has said anything. */
static void
do_nothing (void)
{
  send_done ();
  do_hang ();
}

/* Hangs up, but stays. */
static void
do_hangup (void)
{
  close (ASSAY_READER_FD);
  do_hang ();
}

/* Asks and asks and never listens. */
static void
do_deaf (void)
{
  for (;;)
    if (!assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_SIBLING, g_variant_new ("(s)", "nothing"), -1, NULL))
      _exit (0);
}

static void
do_outside (void)
{
  g_autoptr (AssayManifestBuilder) builder = assay_manifest_builder_new (send_frame, NULL);
  guint32 v = assay_manifest_builder_add_variable (builder, 0, "v", "v", ASSAY_DTYPE_FLOAT32, 0, NULL, 1, (guint64[]){ 4 }, 0);

  assay_manifest_builder_set_raw (builder, v, 0, G_GUINT64_CONSTANT (1) << 40, 16, FALSE);
  assay_manifest_builder_flush (builder, NULL);
  send_done ();
  do_hang ();
}

static void
do_escape (void)
{
  g_autofree char *novel = g_strnfill (100000, 'x');
  g_autofree char *sentence = g_strdup_printf ("red\033[31m\nand more%s", novel);

  say (sentence);
}

/* Tells a first frame, and nothing more. */
static void
do_slow (void)
{
  send_strings_frame ();
  do_hang ();
}

static void
do_strings (void)
{
  send_strings_frame ();
  g_usleep (200000);
  send_done ();
  while (answer_strings ())
    ;
}

static void
do_mortal (void)
{
  send_strings_frame ();
  send_done ();
  answer_strings ();
}

static void
do_fewer (void)
{
  g_autoptr (GVariant) body = NULL;

  send_strings_frame ();
  send_done ();
  if (assay_message_receive (ASSAY_READER_FD, -1, NULL, &body, NULL, NULL) != ASSAY_MESSAGE_NONE)
    assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_STRINGS, g_variant_new ("(@at@ay)", g_variant_new ("at", NULL), g_variant_new ("ay", NULL)), -1, NULL);
  do_hang ();
}

static void
enter (void)
{
  g_autoptr (GError) error = NULL;

  if (!assay_sandbox_enter (FALSE, &error))
    {
      say (error->message);
      _exit (4);
    }
}

static void
note (GString *out, const char *what, long result)
{
  g_string_append_printf (out, "%s %s; ", what, result >= 0 ? "done" : errno == EPERM ? "refused"
                                                                                      : g_strerror (errno));
}

/* Tries what a hostile file would want of it. */
static void
do_forbidden (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  char *const argv[] = { (char *) "/bin/true", NULL };
  pid_t       parent = getppid ();

  enter ();
  note (out, "open to read", open ("/etc/passwd", O_RDONLY));
  note (out, "open to write", open ("probe-was-here", O_WRONLY | O_CREAT, 0600));
  note (out, "openat", openat (AT_FDCWD, ".", O_DIRECTORY));
  note (out, "internet socket", socket (AF_INET, SOCK_STREAM, 0));
  note (out, "local socket", socket (AF_UNIX, SOCK_STREAM, 0));
  note (out, "program", execve (argv[0], argv, NULL));
  note (out, "process", fork ());
  note (out, "unlink", unlink ("/etc/passwd"));
  note (out, "kill", kill (parent, 0));
  say (out->str);
}

/* What it may. */
static void
do_allowed (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint8      byte[4] = { 0 };
  struct stat st;

  enter ();
  note (out, "read", pread (main_fd, byte, 4, 0));
  note (out, "look", fstat (main_fd, &st));
  note (out, "write", pwrite (main_fd, byte, 4, 0));
  g_free (g_malloc0 (64 << 20));
  say (out->str);
}

static void
do_memory (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  void *memory;

  enter ();
  memory = malloc (G_GUINT64_CONSTANT (6) << 30);
  g_string_append_printf (out, "6 GB: %s", memory ? "given" : "refused");
  say (out->str);
}

/* Any call that is on no list. */
static void
do_strange (void)
{
  enter ();
  if (chmod ("/etc/passwd", 0777) == 0)
    say ("changed");
  say ("lived on");
}

static void
do_program_memory (void)
{
  enter ();
  if (mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
    say ("mapped");
  say ("lived on");
}

static void
do_spin (void)
{
  volatile guint64 n = 0;

  enter ();
  for (;;)
    n++;
}

/* Writes into a scratch file of 1000 bytes, and then more than that. */
static void
do_scratch (void)
{
  g_autoptr (GVariant) body = NULL;
  guint8 bytes[1000] = { 0 };
  int    fd = -1;

  enter ();
  signal (SIGXFSZ, SIG_DFL);
  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_SCRATCH, g_variant_new ("(t)", (guint64) 1000), -1, NULL);
  assay_message_receive (ASSAY_READER_FD, -1, NULL, &body, &fd, NULL);
  if (pwrite (fd, bytes, 1000, 0) != 1000)
    say ("can’t write what was granted");
  if (pwrite (fd, bytes, 1, 1000) == 1)
    say ("wrote more than was granted");
  say ("lived on");
}

/* Absurd sizes. */
static void
do_absurd_scratch (void)
{
  g_autoptr (GVariant) body = NULL;
  int         fd = -1;
  const char *message;

  assay_message_send (ASSAY_READER_FD, ASSAY_MESSAGE_SCRATCH, g_variant_new ("(t)", G_MAXUINT64), -1, NULL);
  assay_message_receive (ASSAY_READER_FD, -1, NULL, &body, &fd, NULL);
  g_variant_get_child (body, 4, "&s", &message);
  say (fd < 0 ? message : "given");
}

static const struct
{
  const char *name;
  void (*run) (void);
} deeds[] = {
  { "crash", do_crash },
  { "exit", do_exit },
  { "hang", do_hang },
  { "drip", do_drip },
  { "garbage", do_garbage },
  { "huge", do_huge },
  { "half", do_half },
  { "no-frame", do_no_frame },
  { "unasked", do_unasked },
  { "nothing", do_nothing },
  { "hangup", do_hangup },
  { "deaf", do_deaf },
  { "outside", do_outside },
  { "escape", do_escape },
  { "slow", do_slow },
  { "strings", do_strings },
  { "mortal", do_mortal },
  { "fewer", do_fewer },
  { "forbidden", do_forbidden },
  { "allowed", do_allowed },
  { "memory", do_memory },
  { "strange", do_strange },
  { "program-memory", do_program_memory },
  { "spin", do_spin },
  { "scratch", do_scratch },
  { "absurd-scratch", do_absurd_scratch },
};

int
main (void)
{
  g_autoptr (GVariant) hello = NULL;
  const char *name;

  if (assay_message_receive (ASSAY_READER_FD, -1, NULL, &hello, &main_fd, NULL) != ASSAY_MESSAGE_HELLO)
    return 2;
  g_variant_get_child (hello, 1, "&s", &name);
  for (gsize i = 0; i < G_N_ELEMENTS (deeds); i++)
    if (strcmp (deeds[i].name, name) == 0)
      deeds[i].run ();
  _exit (0);
}
