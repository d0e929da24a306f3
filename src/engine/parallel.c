/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dividing an operation's work among threads.
 *
 * A batch is offered to helpers, but who offered it works, too, and waits in the end only for pieces that a helper has begun: on a machine that
 * is busy with other things, a helper that gets no processor costs nothing. So a batch lives until the last helper has looked at it.
 */

#include "workspace-private.h"

#include <assay/engine.h>

/* A piece has at most so many times the items that are worth a thread. */
#define MAX_GRAINS 64
#define PIECES_A_THREAD 4
/* Networks are long rows of short operations, and to wake a thread takes long: who has nothing to do looks around for a while first. */
#define SPIN_US 20

typedef struct
{
  AssayPiece    work;
  gpointer      data;
  gsize         n, step;
  GCancellable *cancellable;
  gsize         next; /* atomic: where the next piece begins */
  gsize         left; /* atomic: items that aren't done yet */
  int           ref_count;
  GMutex        mutex;
  GCond         done;
} Batch;

/* Batches that helpers are asked for, one entry a helper. */
static struct
{
  GMutex mutex;
  GCond  offered;
  GQueue queue;
  guint  n_waiting, n_helpers;
  int    n_queued; /* atomic: the queue's length */
} helpers = { .queue = G_QUEUE_INIT };

static guint n_threads_wanted;

static __thread GCancellable *working_for;

GCancellable *
assay_work_for (GCancellable *cancellable)
{
  GCancellable *before = working_for;

  working_for = cancellable;
  return before;
}

gboolean
assay_is_stopped (void)
{
  return g_cancellable_is_cancelled (working_for);
}

gboolean
assay_goes_on (GError **error)
{
  return !g_cancellable_set_error_if_cancelled (working_for, error);
}

guint
assay_parallel_n_threads (void)
{
  guint n = g_atomic_int_get (&n_threads_wanted);

  return n ? n : g_get_num_processors ();
}

guint
assay_engine_get_n_threads (void)
{
  return assay_parallel_n_threads ();
}

void
assay_engine_set_n_threads (guint n)
{
  g_atomic_int_set (&n_threads_wanted, n);
}

static void
batch_unref (Batch *batch)
{
  if (!g_atomic_int_dec_and_test (&batch->ref_count))
    return;
  g_mutex_clear (&batch->mutex);
  g_cond_clear (&batch->done);
  g_free (batch);
}

/* Takes pieces until there are none. Those of a cancelled run are only counted. */
static void
work_off (Batch *batch)
{
  for (;;)
    {
      gsize first = __atomic_fetch_add (&batch->next, batch->step, __ATOMIC_RELAXED), end = MIN (first + batch->step, batch->n);

      if (first >= batch->n)
        return;
      if (!g_cancellable_is_cancelled (batch->cancellable))
        batch->work (first, end, batch->data);
      if (__atomic_sub_fetch (&batch->left, end - first, __ATOMIC_ACQ_REL) > 0)
        continue;
      g_mutex_lock (&batch->mutex);
      g_cond_signal (&batch->done);
      g_mutex_unlock (&batch->mutex);
    }
}

static void
relax (void)
{
#ifdef __x86_64__
  __builtin_ia32_pause ();
#endif
}

static Batch *
wait_for_offer (void)
{
  Batch *batch;
  gint64 until = g_get_monotonic_time () + SPIN_US;

  while (g_atomic_int_get (&helpers.n_queued) == 0 && g_get_monotonic_time () < until)
    relax ();
  g_mutex_lock (&helpers.mutex);
  helpers.n_waiting++;
  while ((batch = g_queue_pop_head (&helpers.queue)) == NULL)
    g_cond_wait (&helpers.offered, &helpers.mutex);
  helpers.n_waiting--;
  g_atomic_int_add (&helpers.n_queued, -1);
  g_mutex_unlock (&helpers.mutex);
  return batch;
}

static gpointer
helper_thread (gpointer data)
{
  for (;;)
    {
      Batch *batch = wait_for_offer ();

      assay_work_for (batch->cancellable);
      work_off (batch);
      assay_work_for (NULL);
      batch_unref (batch);
    }
  return NULL;
}

/* Asks @n helpers; there is at most one for each further processor. */
static void
offer (Batch *batch, guint n)
{
  g_mutex_lock (&helpers.mutex);
  while (helpers.n_helpers < MIN (n, MAX (g_get_num_processors (), 2) - 1))
    {
      g_thread_unref (g_thread_new ("assay-helper", helper_thread, NULL));
      helpers.n_helpers++;
    }
  n = MIN (n, helpers.n_helpers);
  g_atomic_int_add (&batch->ref_count, n);
  for (guint i = 0; i < n; i++)
    g_queue_push_tail (&helpers.queue, batch);
  g_atomic_int_add (&helpers.n_queued, n);
  if (n > 1)
    g_cond_broadcast (&helpers.offered);
  else if (helpers.n_waiting > 0)
    g_cond_signal (&helpers.offered);
  g_mutex_unlock (&helpers.mutex);
}

static void
wait_until_done (Batch *batch)
{
  gint64 until = g_get_monotonic_time () + SPIN_US;

  while (__atomic_load_n (&batch->left, __ATOMIC_ACQUIRE) > 0 && g_get_monotonic_time () < until)
    relax ();
  if (__atomic_load_n (&batch->left, __ATOMIC_ACQUIRE) == 0)
    return;
  g_mutex_lock (&batch->mutex);
  while (__atomic_load_n (&batch->left, __ATOMIC_ACQUIRE) > 0)
    g_cond_wait (&batch->done, &batch->mutex);
  g_mutex_unlock (&batch->mutex);
}

void
assay_parallel (AssayWorkspace *self, gsize n, gsize grain, AssayPiece work, gpointer data)
{
  guint  n_threads = assay_parallel_n_threads ();
  gsize  n_pieces = MIN (n / MAX (grain, 1), PIECES_A_THREAD * n_threads);
  Batch *batch;

  /* A cancelled run does nothing at all: checks before this may have been cut short. */
  if (n == 0 || assay_is_stopped ())
    return;
  if (n_pieces < 2)
    {
      work (0, n, data);
      return;
    }
  batch = g_new0 (Batch, 1);
  *batch = (Batch){ .work = work, .data = data, .n = n, .left = n, .ref_count = 1, .cancellable = working_for };
  /* However much there is, a piece shall end soon if the run is cancelled. */
  batch->step = MIN ((n + n_pieces - 1) / n_pieces, MAX_GRAINS * MAX (grain, 1));
  if (n_threads > 1)
    {
      g_mutex_init (&batch->mutex);
      g_cond_init (&batch->done);
      offer (batch, MIN (n_threads, n_pieces) - 1);
    }
  work_off (batch);
  wait_until_done (batch);
  batch_unref (batch);
}
