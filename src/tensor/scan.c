/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "scan-private.h"

/* How much is read, or looked at between two questions for cancelling. */
#define PIECE_BYTES (1 << 20)

/* Below so many elements no thread is started. */
#define THREADS_FROM (1 << 20)

/* One run, as its threads share it. */
typedef struct
{
  Scan    *scan;
  ScanFunc function;
  void   **states;
  guint64  n;
  guint64  n_piece;
  guint64  next;     /* atomic: the first element that nobody has taken */
  guint64  n_done;   /* atomic */
  gint     n_states; /* atomic: threads that took a state */
  double   fraction;
  GMutex   lock;
  GError  *error;
} Run;

gboolean
scan_begin (Scan *self, AssaySource *source, guint n_threads, AssayJob *job, GError **error)
{
  guint64 n = assay_source_get_n_elements (source);
  g_autoptr (GError) local_error = NULL;

  *self = (Scan){ .source = source, .job = job, .n_threads = n_threads ? n_threads : g_get_num_processors () };
  if (n < THREADS_FROM)
    self->n_threads = 1;
  self->mapped = n > 0 && assay_source_map_flat (source, 0, n, &self->map, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
scan_end (Scan *self, GError **error)
{
  gboolean mapped = self->mapped;

  self->mapped = FALSE;
  return !mapped || assay_source_unmap (self->source, &self->map, error);
}

static void
fail (Run *run, GError *error)
{
  g_mutex_lock (&run->lock);
  if (run->error == NULL)
    run->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&run->lock);
  /* The others find nothing left to do. */
  __atomic_store_n (&run->next, run->n, __ATOMIC_RELAXED);
}

/* A piece that lies in the map, can be mapped by itself (edits are elsewhere), or has to be read into the room. */
static gboolean
show_piece (Run *run, void *state, guint64 first, gsize n, void **room, GError **error)
{
  Scan         *scan = run->scan;
  gsize         item_size = assay_source_get_item_size (scan->source);
  GCancellable *cancellable = scan->job ? assay_job_get_cancellable (scan->job) : NULL;
  g_autoptr (GError) local_error = NULL;
  AssaySourceMap map;

  if (scan->mapped)
    {
      run->function (state, (const guint8 *) scan->map.data + first * item_size, n);
      return TRUE;
    }
  if (assay_source_map_flat (scan->source, first, n, &map, &local_error))
    {
      run->function (state, map.data, n);
      return assay_source_unmap (scan->source, &map, error);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*room == NULL)
    *room = g_malloc (MIN (run->n_piece, run->n) * item_size);
  if (!assay_source_read_flat (scan->source, first, n, *room, cancellable, error))
    return FALSE;
  run->function (state, *room, n);
  return TRUE;
}

static void *
run_thread (void *data)
{
  Run             *run = data;
  void            *state = run->states[g_atomic_int_add (&run->n_states, 1)];
  g_autofree void *room = NULL;
  double           span = run->fraction - run->scan->fraction_from;

  for (;;)
    {
      guint64 first = __atomic_fetch_add (&run->next, run->n_piece, __ATOMIC_RELAXED);
      gsize   n;
      GError *error = NULL;

      if (first >= run->n)
        return NULL;
      n = MIN (run->n - first, run->n_piece);
      if (assay_job_is_cancelled (run->scan->job, &error) || !show_piece (run, state, first, n, &room, &error))
        {
          fail (run, error);
          return NULL;
        }
      n += __atomic_fetch_add (&run->n_done, n, __ATOMIC_RELAXED);
      assay_job_set_fraction (run->scan->job, run->scan->fraction_from + span * n / run->n);
    }
}

gboolean
scan_run (Scan *self, ScanFunc function, void **states, double fraction, GError **error)
{
  Run run = { .scan = self, .function = function, .states = states, .fraction = fraction };
  g_autoptr (GPtrArray) threads = NULL;

  run.n = assay_source_get_n_elements (self->source);
  run.n_piece = MAX (PIECE_BYTES / assay_source_get_item_size (self->source), 1);
  g_mutex_init (&run.lock);
  if (self->n_threads > 1)
    {
      threads = g_ptr_array_new ();
      for (guint i = 1; i < self->n_threads; i++)
        g_ptr_array_add (threads, g_thread_new ("scan", run_thread, &run));
    }
  run_thread (&run);
  for (guint i = 0; threads != NULL && i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
  g_mutex_clear (&run.lock);
  self->fraction_from = fraction;
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}
