/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The cage of assay-reader, asked from inside by tests/reader-probe, which links the same sandbox.c. */

#include "probe.h"

/* The sanitizers' own machinery needs calls that the cage otherwise refuses. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void
test_sandbox_refuses_files_sockets_programs (void)
{
  g_autoptr (GError) error = NULL;

  if (SANITIZED)
    {
      g_test_skip ("The sanitizers open files themselves");
      return;
    }
  error = probe_error ("forbidden");
  g_assert_cmpstr (error->message, ==,
                   "open to read refused; open to write refused; openat refused; internet socket refused; "
                   "local socket refused; program refused; process refused; unlink refused; kill refused; ");
}

static void
test_sandbox_lets_read_only (void)
{
  g_autoptr (GError) error = probe_error ("allowed");

  g_assert_cmpstr (error->message, ==, "read done; look done; write Bad file descriptor; ");
}

static void
test_sandbox_bounds_memory (void)
{
  g_autoptr (GError) error = NULL;

  if (SANITIZED)
    {
      g_test_skip ("The sanitizers need address space without bound");
      return;
    }
  error = probe_error ("memory");
  g_assert_cmpstr (error->message, ==, "6 GB: refused");
}

/* The session's sentence for a helper that the cage has ended. */
static void
assert_stopped (const char *deed, const char *why)
{
  g_autoptr (GError) error = probe_error (deed);

  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_HELPER);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
  g_assert_nonnull (strstr (error->message, deed));
}

static void
test_sandbox_ends_who_does_anything_else (void)
{
  assert_stopped ("strange", "Bad system call");
  assert_stopped ("program-memory", "Bad system call");
}

static void
test_sandbox_bounds_time (void)
{
  g_setenv ("ASSAY_READER_CPU_SECONDS", "1", TRUE);
  assert_stopped ("spin", "too much time");
  g_unsetenv ("ASSAY_READER_CPU_SECONDS");
}

static void
test_sandbox_bounds_output (void)
{
  assert_stopped ("scratch", "File size limit exceeded");
}

static void
test_sandbox_absurd_scratch_is_refused (void)
{
  g_autoptr (GError) error = probe_error ("absurd-scratch");

  g_assert_cmpstr (error->message, ==, "A compressed member of 18446744073709551615 bytes is refused");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/refuses-files-sockets-programs", test_sandbox_refuses_files_sockets_programs);
  g_test_add_func ("/sandbox/lets-read-only", test_sandbox_lets_read_only);
  g_test_add_func ("/sandbox/bounds-memory", test_sandbox_bounds_memory);
  g_test_add_func ("/sandbox/ends-who-does-anything-else", test_sandbox_ends_who_does_anything_else);
  g_test_add_func ("/sandbox/bounds-time", test_sandbox_bounds_time);
  g_test_add_func ("/sandbox/bounds-output", test_sandbox_bounds_output);
  g_test_add_func ("/sandbox/absurd-scratch-is-refused", test_sandbox_absurd_scratch_is_refused);
  return g_test_run ();
}
