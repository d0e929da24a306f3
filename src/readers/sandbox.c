/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-private.h"

#include <assay/error.h>
#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../manifest/protocol-private.h"

#define MAX_MEMORY (G_GUINT64_CONSTANT (4) << 30)
#define MAX_CPU_SECONDS 60
#define MAX_FILES 20100

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* What reading takes, once everything is loaded. */
static const int allowed[] = {
  SCMP_SYS (read),
  SCMP_SYS (pread64),
  SCMP_SYS (preadv),
  SCMP_SYS (lseek),
  SCMP_SYS (brk),
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  SCMP_SYS (fstat),
  SCMP_SYS (newfstatat),
  SCMP_SYS (futex),
  SCMP_SYS (close),
  SCMP_SYS (rt_sigreturn),
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (recvmsg),
  SCMP_SYS (sendmsg),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  SCMP_SYS (clock_gettime),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (getpid),
  SCMP_SYS (gettid),
  SCMP_SYS (tgkill),
  SCMP_SYS (restart_syscall),
  SCMP_SYS (sched_yield),
  SCMP_SYS (getrandom),
  SCMP_SYS (poll),
  SCMP_SYS (write),
  SCMP_SYS (pwrite64),
  SCMP_SYS (rt_sigaction),
  SCMP_SYS (sysinfo), /* qsort asks how much memory there is */
};

/* What write mode takes besides. */
static const int allowed_writing[] = {
  SCMP_SYS (ftruncate),
  SCMP_SYS (fsync),
  SCMP_SYS (fdatasync),
  SCMP_SYS (pwritev),
  SCMP_SYS (fcntl),
  SCMP_SYS (flock),
};

/* What the sanitizers' own machinery takes besides. */
static const int allowed_sanitized[] = {
  SCMP_SYS (sigaltstack),
  SCMP_SYS (openat),
  SCMP_SYS (readlink),
  SCMP_SYS (getrlimit),
  SCMP_SYS (prlimit64),
  SCMP_SYS (clone),
  SCMP_SYS (wait4),
  SCMP_SYS (prctl),
  SCMP_SYS (ptrace),
  SCMP_SYS (getdents64),
  SCMP_SYS (set_robust_list),
};

static gboolean
fail (GError **error, const char *what)
{
  return assay_error_set_errno (error, errno, what);
}

/* No file can be opened by name. Old kernels don't have it: the filter of system calls says the same. */
static void
enter_landlock (void)
{
#ifdef SYS_landlock_create_ruleset
  struct landlock_ruleset_attr ruleset = {
    .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                         LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                         LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                         LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                         LANDLOCK_ACCESS_FS_MAKE_SYM,
  };
  int fd = syscall (SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);

  if (fd < 0)
    return;
  syscall (SYS_landlock_restrict_self, fd, 0);
  close (fd);
#endif
}

static gboolean
limit (int resource, guint64 value, GError **error)
{
  struct rlimit limits;

  if (getrlimit (resource, &limits) != 0)
    return fail (error, "Can’t look at the reader’s limits");
  limits.rlim_max = MIN (limits.rlim_max, value);
  limits.rlim_cur = limits.rlim_max;
  return setrlimit (resource, &limits) == 0 || fail (error, "Can’t limit the reader");
}

/* A soft limit of time ends the process by a signal that says so, a moment before the hard one. */
static gboolean
limit_time (GError **error)
{
  const char   *text = g_getenv ("ASSAY_READER_CPU_SECONDS");
  rlim_t        seconds = text ? (rlim_t) g_ascii_strtoull (text, NULL, 10) : MAX_CPU_SECONDS;
  struct rlimit limits;

  if (getrlimit (RLIMIT_CPU, &limits) != 0)
    return fail (error, "Can’t look at the reader’s limits");
  limits.rlim_max = MIN (limits.rlim_max, seconds + 1);
  limits.rlim_cur = MIN (limits.rlim_max, seconds);
  return setrlimit (RLIMIT_CPU, &limits) == 0 || fail (error, "Can’t limit the reader");
}

/* Nothing may be written until the main program has given a scratch file and raised the soft limit to its size. */
static gboolean
limit_output (GError **error)
{
  struct rlimit limits;

  if (getrlimit (RLIMIT_FSIZE, &limits) != 0)
    return fail (error, "Can’t look at the reader’s limits");
  limits.rlim_cur = 0;
  limits.rlim_max = MIN (limits.rlim_max, ASSAY_SCRATCH_MAX);
  return setrlimit (RLIMIT_FSIZE, &limits) == 0 || fail (error, "Can’t limit the reader");
}

static gboolean
enter_limits (gboolean may_write, GError **error)
{
  return (SANITIZED || (limit (RLIMIT_AS, MAX_MEMORY, error) && limit (RLIMIT_NPROC, 0, error))) && limit_time (error) &&
         (may_write || limit_output (error)) && limit (RLIMIT_CORE, 0, error) && limit (RLIMIT_NOFILE, MAX_FILES, error) &&
         limit (RLIMIT_MEMLOCK, 0, error);
}

static gboolean
allow (scmp_filter_ctx filter, const int *calls, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
      return FALSE;
  return TRUE;
}

/* Memory, but none that holds a program. */
static gboolean
allow_memory (scmp_filter_ctx filter)
{
  static const int calls[] = { SCMP_SYS (mmap), SCMP_SYS (mprotect) };

  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++)
    if (seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0)
      return FALSE;
  return TRUE;
}

/* Calls that a test asks about, and that libraries make in passing: refused, not deadly. */
static gboolean
refuse (scmp_filter_ctx filter)
{
  static const int refused[] = {
    SCMP_SYS (open),
    SCMP_SYS (openat),
    SCMP_SYS (openat2),
    SCMP_SYS (creat),
    SCMP_SYS (socket),
    SCMP_SYS (socketpair),
    SCMP_SYS (connect),
    SCMP_SYS (execve),
    SCMP_SYS (execveat),
    SCMP_SYS (fork),
    SCMP_SYS (vfork),
    SCMP_SYS (clone),
    SCMP_SYS (clone3),
    SCMP_SYS (unlink),
    SCMP_SYS (unlinkat),
    SCMP_SYS (access),
    SCMP_SYS (readlink),
    SCMP_SYS (ioctl),
    SCMP_SYS (kill),
    SCMP_SYS (fcntl),
    SCMP_SYS (ptrace),
    SCMP_SYS (flock),
    SCMP_SYS (writev), /* libc's last words, before it aborts */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      int status = seccomp_rule_add (filter, SCMP_ACT_ERRNO (EPERM), refused[i], 0);

      /* EEXIST: the call is allowed in this mode. */
      if (status != 0 && status != -EEXIST)
        return FALSE;
    }
  return TRUE;
}

static gboolean
enter_filter (gboolean may_write, GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_KILL_PROCESS);
  gboolean        done = filter != NULL && allow (filter, allowed, G_N_ELEMENTS (allowed)) && allow_memory (filter) &&
                  (!may_write || allow (filter, allowed_writing, G_N_ELEMENTS (allowed_writing))) &&
                  (!SANITIZED || allow (filter, allowed_sanitized, G_N_ELEMENTS (allowed_sanitized))) && refuse (filter) &&
                  seccomp_load (filter) == 0;

  if (filter != NULL)
    seccomp_release (filter);
  return done || fail (error, "Can’t filter the reader’s system calls");
}

gboolean
assay_sandbox_enter (gboolean may_write, GError **error)
{
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail (error, "Can’t give up privileges");
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  enter_landlock ();
  return enter_limits (may_write, error) && enter_filter (may_write, error);
}
