/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a program until it stops itself (SIGSTOP), then follows every system call of it and of what it starts, and does one thing
 * at one of them.
 *
 *   fault-run FOLDER DEED CALL ERRNO PROGRAM ARGUMENT…
 *
 * A system call counts as touching if it concerns a path in FOLDER, or a descriptor of a file there or of one without a name.
 * DEED: list       prints the touching calls, one a line: "call" NAME FLAGS (s: may need space, p: may be done in part,
 *                  r: removes a file)
 *       kill       the process that makes the touching call number CALL dies before it; what it started goes on
 *       kill-any   the same with a number among all calls
 *       kill-all   all processes die there
 *       fail       the touching call number CALL does nothing and fails with ERRNO
 *       part       the touching call number CALL gets half as many bytes to do
 * At the end it prints "end" STATUS SIGNAL CALLS TOUCHING, and where the deed was done: "hit" NAME. Its own failures: 2; 3 when the
 * program takes more than 30 s; 77 where the system doesn't allow it. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_TASKS 256
#define OPTIONS                                                                                                  \
  (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
   PTRACE_O_EXITKILL)

#ifdef __x86_64__

/* What a call's arguments are: the numbers of those that are descriptors and paths; -1 for none. */
typedef struct
{
  long        number;
  const char *name;
  int         fd, other_fd, path, other_path, size;
  const char *flags;
} Call;

static const Call calls[] = {
  { SYS_openat, "openat", -1, -1, 1, -1, -1, "s" },
  { SYS_open, "open", -1, -1, 0, -1, -1, "s" },
  { SYS_close, "close", 0, -1, -1, -1, -1, "c" },
  { SYS_read, "read", 0, -1, -1, -1, 2, "p" },
  { SYS_pread64, "pread64", 0, -1, -1, -1, 2, "p" },
  { SYS_readv, "readv", 0, -1, -1, -1, -1, "" },
  { SYS_preadv, "preadv", 0, -1, -1, -1, -1, "" },
  { SYS_write, "write", 0, -1, -1, -1, 2, "sp" },
  { SYS_pwrite64, "pwrite64", 0, -1, -1, -1, 2, "sp" },
  { SYS_writev, "writev", 0, -1, -1, -1, -1, "s" },
  { SYS_pwritev, "pwritev", 0, -1, -1, -1, -1, "s" },
  { SYS_copy_file_range, "copy_file_range", 0, 2, -1, -1, 4, "sp" },
  { SYS_sendfile, "sendfile", 0, 1, -1, -1, 3, "sp" },
  { SYS_ftruncate, "ftruncate", 0, -1, -1, -1, -1, "s" },
  { SYS_fallocate, "fallocate", 0, -1, -1, -1, -1, "s" },
  { SYS_fsync, "fsync", 0, -1, -1, -1, -1, "s" },
  { SYS_fdatasync, "fdatasync", 0, -1, -1, -1, -1, "s" },
  { SYS_lseek, "lseek", 0, -1, -1, -1, -1, "" },
  { SYS_flock, "flock", 0, -1, -1, -1, -1, "" },
  { SYS_fstat, "fstat", 0, -1, -1, -1, -1, "" },
  { SYS_newfstatat, "newfstatat", -1, 0, 1, -1, -1, "" },
  { SYS_statx, "statx", -1, 0, 1, -1, -1, "" },
  { SYS_stat, "stat", -1, -1, 0, -1, -1, "" },
  { SYS_lstat, "lstat", -1, -1, 0, -1, -1, "" },
  { SYS_access, "access", -1, -1, 0, -1, -1, "" },
  { SYS_faccessat, "faccessat", -1, -1, 1, -1, -1, "" },
  { SYS_readlink, "readlink", -1, -1, 0, -1, -1, "" },
  { SYS_readlinkat, "readlinkat", -1, -1, 1, -1, -1, "" },
  { SYS_statfs, "statfs", -1, -1, 0, -1, -1, "" },
  { SYS_fstatfs, "fstatfs", 0, -1, -1, -1, -1, "" },
  { SYS_getdents64, "getdents64", 0, -1, -1, -1, -1, "" },
  { SYS_ioctl, "ioctl", 0, -1, -1, -1, -1, "s" },
  { SYS_fcntl, "fcntl", 0, -1, -1, -1, -1, "" },
  { SYS_dup, "dup", 0, -1, -1, -1, -1, "" },
  { SYS_mmap, "mmap", 4, -1, -1, -1, -1, "" },
  { SYS_fchmod, "fchmod", 0, -1, -1, -1, -1, "" },
  { SYS_chmod, "chmod", -1, -1, 0, -1, -1, "" },
  { SYS_fchown, "fchown", 0, -1, -1, -1, -1, "" },
  { SYS_chown, "chown", -1, -1, 0, -1, -1, "" },
  { SYS_rename, "rename", -1, -1, 0, 1, -1, "s" },
  { SYS_renameat, "renameat", -1, -1, 1, 3, -1, "s" },
  { SYS_renameat2, "renameat2", -1, -1, 1, 3, -1, "s" },
  { SYS_link, "link", -1, -1, 0, 1, -1, "s" },
  { SYS_linkat, "linkat", -1, -1, 1, 3, -1, "s" },
  { SYS_unlink, "unlink", -1, -1, 0, -1, -1, "r" },
  { SYS_unlinkat, "unlinkat", -1, -1, 1, -1, -1, "r" },
  { SYS_mkdir, "mkdir", -1, -1, 0, -1, -1, "s" },
  { SYS_rmdir, "rmdir", -1, -1, 0, -1, -1, "r" },
};

typedef enum
{
  LIST,
  KILL,
  KILL_ANY,
  KILL_ALL,
  FAIL,
  PART,
} Deed;

typedef struct
{
  const char *folder;
  Deed        deed;
  long        at;
  int         number; /* errno of a failure */
  pid_t       main;
  int         status;
  bool        ended;
  pid_t       tasks[MAX_TASKS];
  int         n_tasks;
  pid_t       failing; /* the task that is in the call that fails */
  long        n_calls, n_touching;
  const Call *hit;
} Run;

static void
give_up (const char *what)
{
  perror (what);
  exit (errno == EPERM || errno == ENOSYS ? 77 : 2);
}

static void
alarm_cb (int signal_number)
{
  static const char text[] = "hang\n";

  if (write (STDOUT_FILENO, text, sizeof text - 1) < 0)
    _exit (2);
  _exit (3);
}

static bool
begins_with (const char *text, const char *prefix)
{
  return strncmp (text, prefix, strlen (prefix)) == 0;
}

static bool
is_file_of_interest (const Run *run, pid_t task, long fd)
{
  char    link[64], target[4096];
  ssize_t n;

  if (fd < 0 || fd > 1 << 20)
    return false;
  snprintf (link, sizeof link, "/proc/%d/fd/%ld", task, fd);
  n = readlink (link, target, sizeof target - 1);
  if (n < 0)
    return false;
  target[n] = '\0';
  return begins_with (target, run->folder) || strstr (target, " (deleted)") != NULL;
}

static bool
is_path_of_interest (const Run *run, pid_t task, unsigned long address)
{
  char         text[4096] = "";
  struct iovec local = { text, sizeof text - 1 }, remote = { (void *) address, sizeof text - 1 };

  /* A path may end just before a page that isn't there. */
  if (process_vm_readv (task, &local, 1, &remote, 1, 0) < 0)
    {
      local.iov_len = remote.iov_len = 4096 - address % 4096 < sizeof text ? 4096 - address % 4096 : sizeof text - 1;
      if (process_vm_readv (task, &local, 1, &remote, 1, 0) < 0)
        return false;
    }
  return begins_with (text, run->folder);
}

static const Call *
find_touching (const Run *run, pid_t task, const struct __ptrace_syscall_info *info)
{
  const unsigned long long *args = (const unsigned long long *) info->entry.args;

  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    {
      const Call *call = &calls[i];

      if (call->number != (long) info->entry.nr)
        continue;
      if ((call->fd >= 0 && is_file_of_interest (run, task, (int) args[call->fd])) ||
          (call->other_fd >= 0 && is_file_of_interest (run, task, (int) args[call->other_fd])) ||
          (call->path >= 0 && is_path_of_interest (run, task, args[call->path])) ||
          (call->other_path >= 0 && is_path_of_interest (run, task, args[call->other_path])))
        return call;
      return NULL;
    }
  return NULL;
}

static unsigned long long *
argument (struct user_regs_struct *regs, int i)
{
  unsigned long long *const at[] = { &regs->rdi, &regs->rsi, &regs->rdx, &regs->r10, &regs->r8, &regs->r9 };

  return at[i];
}

/* Makes a call one that can do nothing. A descriptor that isn't one passes a seccomp filter; no call at all wouldn't. */
static void
disarm (Run *run, pid_t task, const Call *call)
{
  struct user_regs_struct regs;

  ptrace (PTRACE_GETREGS, task, NULL, &regs);
  if (call->fd >= 0)
    *argument (&regs, call->fd) = (unsigned long long) -1;
  else
    regs.orig_rax = (unsigned long long) -1;
  ptrace (PTRACE_SETREGS, task, NULL, &regs);
  run->failing = task;
}

static void
halve (pid_t task, const Call *call)
{
  struct user_regs_struct regs;

  ptrace (PTRACE_GETREGS, task, NULL, &regs);
  if (*argument (&regs, call->size) > 1)
    *argument (&regs, call->size) /= 2;
  ptrace (PTRACE_SETREGS, task, NULL, &regs);
}

static void
set_result (pid_t task, int number)
{
  struct user_regs_struct regs;

  ptrace (PTRACE_GETREGS, task, NULL, &regs);
  regs.rax = (unsigned long long) -number;
  ptrace (PTRACE_SETREGS, task, NULL, &regs);
}

/* The process of a task: a thread's kill is its process's all the same. */
static void
kill_processes (Run *run, pid_t task, bool all)
{
  for (int i = 0; all && i < run->n_tasks; i++)
    kill (run->tasks[i], SIGKILL);
  kill (task, SIGKILL);
}

static void
entered (Run *run, pid_t task, const struct __ptrace_syscall_info *info)
{
  const Call       *call = find_touching (run, task, info);
  bool              here = run->deed == KILL_ANY ? run->n_calls == run->at : call != NULL && run->n_touching == run->at;
  static const Call other = { 0, "other", -1, -1, -1, -1, -1, "" };

  run->n_calls++;
  run->n_touching += call != NULL;
  if (call != NULL && run->deed == LIST)
    printf ("call %s %s.\n", call->name, call->flags);
  if (!here || run->deed == LIST)
    return;
  run->hit = call ? call : &other;
  if (run->deed == FAIL)
    disarm (run, task, call);
  else if (run->deed == PART && call->size >= 0)
    halve (task, call);
  else if (run->deed != PART)
    kill_processes (run, task, run->deed == KILL_ALL);
}

static void
at_syscall (Run *run, pid_t task)
{
  struct __ptrace_syscall_info info = { 0 };

  if (ptrace (PTRACE_GET_SYSCALL_INFO, task, sizeof info, &info) <= 0)
    return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
    entered (run, task, &info);
  else if (info.op == PTRACE_SYSCALL_INFO_EXIT && run->failing == task)
    {
      set_result (task, run->number);
      run->failing = 0;
    }
}

static void
add_task (Run *run, pid_t task)
{
  for (int i = 0; i < run->n_tasks; i++)
    if (run->tasks[i] == task)
      return;
  if (run->n_tasks < MAX_TASKS)
    run->tasks[run->n_tasks++] = task;
}

static void
drop_task (Run *run, pid_t task)
{
  for (int i = 0; i < run->n_tasks; i++)
    if (run->tasks[i] == task)
      run->tasks[i] = run->tasks[--run->n_tasks];
}

static void
follow (Run *run)
{
  int   status;
  pid_t task;

  while ((task = waitpid (-1, &status, __WALL)) > 0)
    {
      int signal_number = 0;

      if (WIFEXITED (status) || WIFSIGNALED (status))
        {
          drop_task (run, task);
          if (task == run->main)
            run->status = status;
          continue;
        }
      add_task (run, task);
      if (WSTOPSIG (status) == (SIGTRAP | 0x80))
        at_syscall (run, task);
      else if (status >> 16 == 0 && WSTOPSIG (status) != SIGSTOP)
        signal_number = WSTOPSIG (status);
      ptrace (PTRACE_SYSCALL, task, NULL, (void *) (long) signal_number);
    }
}

/* Waits for the program to stop itself, and takes all its threads. */
static void
seize (Run *run)
{
  char           path[64];
  int            status;
  DIR           *tasks;
  struct dirent *entry;

  if (waitpid (run->main, &status, WUNTRACED) != run->main || !WIFSTOPPED (status))
    {
      fprintf (stderr, "the program ended before it stopped itself\n");
      exit (2);
    }
  snprintf (path, sizeof path, "/proc/%d/task", run->main);
  tasks = opendir (path);
  while (tasks != NULL && (entry = readdir (tasks)) != NULL)
    if (entry->d_name[0] != '.')
      {
        pid_t task = atoi (entry->d_name);

        if (ptrace (PTRACE_SEIZE, task, NULL, (void *) OPTIONS) != 0)
          {
            kill (run->main, SIGKILL);
            give_up ("ptrace");
          }
        add_task (run, task);
      }
  if (tasks != NULL)
    closedir (tasks);
  kill (run->main, SIGCONT);
}

static Deed
parse_deed (const char *text)
{
  static const char *const names[] = { "list", "kill", "kill-any", "kill-all", "fail", "part" };

  for (int i = 0; i < 6; i++)
    if (strcmp (names[i], text) == 0)
      return i;
  fprintf (stderr, "%s?\n", text);
  exit (2);
}

int
main (int argc, char **argv)
{
  Run run = { 0 };

  if (argc < 6)
    return 2;
  run.folder = argv[1];
  run.deed = parse_deed (argv[2]);
  run.at = atol (argv[3]);
  run.number = atoi (argv[4]);
  signal (SIGALRM, alarm_cb);
  run.main = fork ();
  if (run.main == 0)
    {
      execv (argv[5], argv + 5);
      _exit (127);
    }
  alarm (30);
  seize (&run);
  follow (&run);
  if (run.hit != NULL)
    printf ("hit %s\n", run.hit->name);
  printf ("end %d %d %ld %ld\n", WIFEXITED (run.status) ? WEXITSTATUS (run.status) : -1,
          WIFSIGNALED (run.status) ? WTERMSIG (run.status) : 0, run.n_calls, run.n_touching);
  return 0;
}

#else

int
main (void)
{
  return 77; /* registers have other names here */
}

#endif
