/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "guarded-map-private.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_SLOTS 256

/* What the handler looks at: it can neither lock nor allocate. A slot with length 0 is free. */
typedef struct
{
  atomic_uintptr_t start;
  atomic_size_t    length;
  atomic_int       failed;
} Slot;

static Slot             slots[N_SLOTS];
static struct sigaction old_action;
static GMutex           lock; /* guards taking a slot */

/* A page of a map is gone: put zeros from there to the map's end, so that one fault is all there is. */
static gboolean
mend (guintptr address)
{
  guintptr page = address & ~((guintptr) sysconf (_SC_PAGESIZE) - 1);

  for (int i = 0; i < N_SLOTS; i++)
    {
      gsize    length = atomic_load (&slots[i].length);
      guintptr start = atomic_load (&slots[i].start);

      if (length == 0 || address < start || address >= start + length)
        continue;
      if (mmap ((void *) page, start + length - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return FALSE;
      atomic_store (&slots[i].failed, 1);
      return TRUE;
    }
  return FALSE;
}

static void
sigbus_cb (int signal_number, siginfo_t *info, void *context)
{
  if (mend ((guintptr) info->si_addr))
    return;
  if (old_action.sa_flags & SA_SIGINFO)
    old_action.sa_sigaction (signal_number, info, context);
  else if (old_action.sa_handler != SIG_DFL && old_action.sa_handler != SIG_IGN)
    old_action.sa_handler (signal_number);
  else
    signal (SIGBUS, SIG_DFL); /* the instruction faults again, and the process ends as it would have */
}

static void
install_handler (void)
{
  static gsize installed;

  if (g_once_init_enter (&installed))
    {
      struct sigaction action = { .sa_sigaction = sigbus_cb, .sa_flags = SA_SIGINFO | SA_NODEFER };

      sigemptyset (&action.sa_mask);
      sigaction (SIGBUS, &action, &old_action);
      g_once_init_leave (&installed, 1);
    }
}

static int
take_slot (void *start, gsize length)
{
  int taken = -1;

  g_mutex_lock (&lock);
  for (int i = 0; i < N_SLOTS && taken < 0; i++)
    if (atomic_load (&slots[i].length) == 0)
      {
        atomic_store (&slots[i].start, (guintptr) start);
        atomic_store (&slots[i].failed, 0);
        atomic_store (&slots[i].length, length);
        taken = i;
      }
  g_mutex_unlock (&lock);
  return taken;
}

gboolean
assay_guarded_map_open (int fd, guint64 offset, gsize n_bytes, AssayGuardedMap *map)
{
  gsize before = offset & (sysconf (_SC_PAGESIZE) - 1);

  install_handler ();
  map->length = n_bytes + before;
  map->start = mmap (NULL, map->length, PROT_READ, MAP_SHARED, fd, offset - before);
  if (map->start == MAP_FAILED)
    return FALSE;
  map->slot = take_slot (map->start, map->length);
  if (map->slot < 0)
    {
      munmap (map->start, map->length);
      return FALSE;
    }
  map->data = (const guint8 *) map->start + before;
  return TRUE;
}

gboolean
assay_guarded_map_close (AssayGuardedMap *map)
{
  gboolean good = !atomic_load (&slots[map->slot].failed);

  /* Unmap before the slot is free: the addresses could be another map's at once. */
  munmap (map->start, map->length);
  atomic_store (&slots[map->slot].length, 0);
  return good;
}
