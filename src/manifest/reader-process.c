/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "reader-process-private.h"

#include "assay-config.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol-private.h"

#define END_WAIT_MS 300

/* Where assay-reader is: said by the environment (tests), beside us in the build folder, or installed. */
static char *
find_reader (void)
{
  const char *named = g_getenv ("ASSAY_READER");
  /* From the programs, and from examples. */
  static const char *const places[] = { "../readers/assay-reader", "../src/readers/assay-reader" };
  g_autofree char         *self = NULL, *folder = NULL;

  if (named != NULL)
    return g_strdup (named);
  self = g_file_read_link ("/proc/self/exe", NULL);
  folder = self ? g_path_get_dirname (self) : g_strdup (".");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *built = g_build_filename (folder, places[i], NULL);

      if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&built);
    }
  return g_build_filename (ASSAY_LIBEXECDIR, "assay-reader", NULL);
}

/* The helper's whole environment: what it says is for programs, and nothing of ours concerns it but limits set by tests. */
static char **
make_environment (void)
{
  static const char *const kept[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS", "ASSAY_READER_CPU_SECONDS" };
  char                   **environment = g_environ_setenv (NULL, "LC_ALL", "C.UTF-8", TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    if (g_getenv (kept[i]) != NULL)
      environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
  return environment;
}

GSubprocess *
assay_reader_process_start (int *socket_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *reader = find_reader ();
  g_auto (GStrv) environment = make_environment ();
  const char *const argv[] = { reader, NULL };
  GSubprocessFlags  flags = G_SUBPROCESS_FLAGS_STDOUT_SILENCE;
  GSubprocess      *process;
  int               pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    {
      assay_error_set_errno (error, errno, _ ("Can’t make a pair of sockets"));
      return NULL;
    }
  if (g_getenv ("ASSAY_READER_STDERR") == NULL)
    flags |= G_SUBPROCESS_FLAGS_STDERR_SILENCE;
  launcher = g_subprocess_launcher_new (flags);
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_take_fd (launcher, pair[1], ASSAY_READER_FD);
  process = g_subprocess_launcher_spawnv (launcher, argv, &local_error);
  if (process == NULL)
    {
      close (pair[0]);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER, _ ("Can’t start assay-reader: %s"), local_error->message);
      return NULL;
    }
  *socket_fd = pair[0];
  return process;
}

void
assay_reader_process_allow_output (GSubprocess *process, guint64 n_bytes)
{
  const char   *id = g_subprocess_get_identifier (process);
  struct rlimit limits;

  if (id == NULL || prlimit (atoi (id), RLIMIT_FSIZE, NULL, &limits) != 0 || limits.rlim_cur >= n_bytes)
    return;
  limits.rlim_cur = MIN (n_bytes, limits.rlim_max);
  prlimit (atoi (id), RLIMIT_FSIZE, &limits, NULL);
}

char *
assay_reader_process_explain_end (GSubprocess *process, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + END_WAIT_MS * G_TIME_SPAN_MILLISECOND;
  int    number = 0;

  /* It has hung up, but a hostile one may live on. */
  while (g_subprocess_get_identifier (process) != NULL && g_get_monotonic_time () < deadline)
    g_usleep (2000);
  if (g_subprocess_get_identifier (process) != NULL)
    g_subprocess_force_exit (process);
  else if (g_subprocess_wait (process, NULL, NULL) && g_subprocess_get_if_signaled (process))
    number = g_subprocess_get_term_sig (process);
  if (number == SIGXCPU)
    return g_strdup_printf (_ ("Reading “%s” took too much time and was stopped; the file is damaged or hostile"), name);
  if (number != 0)
    return g_strdup_printf (_ ("The reader stopped (%s) while reading “%s”; the file is damaged or hostile"), g_strsignal (number), name);
  return g_strdup_printf (_ ("The reader of “%s” ended too early; the file is damaged or hostile"), name);
}
