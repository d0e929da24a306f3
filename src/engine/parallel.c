/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dividing an operation's work among threads. */

#include "workspace-private.h"

#include <assay/engine.h>

/* A piece has at most so many times the items that are worth a thread. */
#define MAX_GRAINS 256

typedef struct
{
  AssayPiece    work;
  gpointer      data;
  gsize         n, step;
  gsize         next; /* atomic: where the next piece begins */
  GCancellable *cancellable;
  int           n_running; /* atomic */
  GMutex        mutex;
  GCond         done;
} Batch;

static guint n_threads_wanted;

guint
assay_parallel_n_threads (void)
{
  guint n = g_atomic_int_get (&n_threads_wanted);

  return n ? n : g_get_num_processors ();
}

void
assay_engine_set_n_threads (guint n)
{
  g_atomic_int_set (&n_threads_wanted, n);
}

static void
work_off (Batch *batch)
{
  for (;;)
    {
      gsize first = __atomic_fetch_add (&batch->next, batch->step, __ATOMIC_RELAXED);

      if (first >= batch->n || g_cancellable_is_cancelled (batch->cancellable))
        return;
      batch->work (first, MIN (first + batch->step, batch->n), batch->data);
    }
}

static void
batch_thread (gpointer data, gpointer user_data)
{
  Batch *batch = data;

  work_off (batch);
  g_mutex_lock (&batch->mutex);
  if (g_atomic_int_dec_and_test (&batch->n_running))
    g_cond_signal (&batch->done);
  g_mutex_unlock (&batch->mutex);
}

static GThreadPool *
get_threads (void)
{
  static GThreadPool *threads;

  if (g_once_init_enter (&threads))
    g_once_init_leave (&threads, g_thread_pool_new (batch_thread, NULL, MAX (g_get_num_processors (), 2) - 1, FALSE, NULL));
  return threads;
}

void
assay_parallel (AssayWorkspace *self, gsize n, gsize grain, AssayPiece work, gpointer data)
{
  guint n_threads = assay_parallel_n_threads ();
  gsize n_pieces = MIN (n / MAX (grain, 1), 4 * n_threads);
  Batch batch = { .work = work, .data = data, .n = n, .cancellable = assay_workspace_get_cancellable (self) };

  if (n == 0)
    return;
  if (n_pieces < 2)
    {
      work (0, n, data);
      return;
    }
  /* However much there is, a piece shall end soon if the run is cancelled. */
  batch.step = MIN ((n + n_pieces - 1) / n_pieces, MAX_GRAINS * MAX (grain, 1));
  if (n_threads < 2)
    {
      work_off (&batch);
      return;
    }
  batch.n_running = MIN (n_threads, n_pieces) - 1;
  g_mutex_init (&batch.mutex);
  g_cond_init (&batch.done);
  for (int i = batch.n_running; i > 0; i--)
    g_thread_pool_push (get_threads (), &batch, NULL);
  work_off (&batch);
  g_mutex_lock (&batch.mutex);
  while (g_atomic_int_get (&batch.n_running) > 0)
    g_cond_wait (&batch.done, &batch.mutex);
  g_mutex_unlock (&batch.mutex);
  g_mutex_clear (&batch.mutex);
  g_cond_clear (&batch.done);
}
