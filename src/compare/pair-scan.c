/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pair-scan-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* How much of each is looked at between two questions for cancelling. */
#define PIECE_BYTES (1 << 19)

/* Below so many elements no thread is started. */
#define THREADS_FROM (1 << 19)

/* What is smaller is read: a system call costs less than a map and its faults. */
#define MAP_FROM (1 << 18)

/* One of the two, as the threads share it. */
typedef struct
{
  AssaySource   *source;
  gboolean       mapped;
  AssaySourceMap map;
} Side;

typedef struct
{
  PairScan     *scan;
  PairProgress *progress;
  PairScanFunc  function;
  gpointer      user_data;
  Side          sides[2];
  guint64       next; /* atomic: the first piece that nobody has taken */
  GMutex        lock;
  GError       *error;
} Run;

/* What a thread has of one side while it works on a piece. */
typedef struct
{
  guint8        *room;
  const void    *data;
  gboolean       mapped;
  AssaySourceMap map;
} Piece;

void
pair_progress_add (PairProgress *self, guint64 n)
{
  n += __atomic_fetch_add (&self->done, n, __ATOMIC_RELAXED);
  if (self->total > 0)
    assay_job_set_fraction (self->job, n / (double) self->total);
}

gboolean
pair_scan_init (PairScan *self, AssaySource *a, AssaySource *b, GError **error)
{
  const guint64 *first = assay_source_get_shape (a), *second = assay_source_get_shape (b);
  guint32        item_size = MAX (assay_source_get_item_size (a), assay_source_get_item_size (b));

  *self = (PairScan){ .a = a, .b = b, .rank = assay_source_get_rank (a), .same_shape = TRUE, .n = 1 };
  if (assay_source_get_rank (b) != self->rank)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("An array of rank %u can’t be compared with one of rank %u"), self->rank,
                   assay_source_get_rank (b));
      return FALSE;
    }
  for (guint i = 0; i < self->rank; i++)
    {
      self->shape[i] = MIN (first[i], second[i]);
      self->same_shape = self->same_shape && first[i] == second[i];
      self->n *= self->shape[i];
    }
  self->n_piece = MAX (PIECE_BYTES / MAX (item_size, 1), 1);
  self->n_pieces = self->n / self->n_piece + (self->n % self->n_piece != 0);
  return TRUE;
}

/* Maps a whole source if that is worth it and can be. */
static gboolean
open_side (Side *side, const PairScan *scan, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!scan->same_shape || scan->n == 0 || scan->n * assay_source_get_item_size (side->source) < MAP_FROM)
    return TRUE;
  side->mapped = assay_source_map_flat (side->source, 0, scan->n, &side->map, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
close_side (Side *side, GError **error)
{
  gboolean mapped = side->mapped;

  side->mapped = FALSE;
  return !mapped || assay_source_unmap (side->source, &side->map, error);
}

/* Reads a run of the common part, which is not a run of the source. */
static gboolean
read_boxes (const PairScan *scan, AssaySource *source, guint64 first, gsize n, guint8 *out, GCancellable *cancellable, GError **error)
{
  const guint32 item_size = assay_source_get_item_size (source);

  while (n > 0)
    {
      guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
      guint64 n_box = assay_flat_box (scan->rank, scan->shape, first, n, start, count);

      if (!assay_source_read (source, start, count, out, cancellable, error))
        return FALSE;
      first += n_box;
      n -= n_box;
      out += n_box * item_size;
    }
  return TRUE;
}

/* A piece that lies in the map, can be mapped by itself (edits are elsewhere), or has to be read into the room. */
static gboolean
get_piece (Run *run, Side *side, Piece *piece, guint64 first, gsize n, GError **error)
{
  const PairScan *scan = run->scan;
  gsize           item_size = assay_source_get_item_size (side->source);
  GCancellable   *cancellable = run->progress->job ? assay_job_get_cancellable (run->progress->job) : NULL;
  g_autoptr (GError) local_error = NULL;

  piece->mapped = FALSE;
  if (side->mapped)
    {
      piece->data = (const guint8 *) side->map.data + first * item_size;
      return TRUE;
    }
  if (scan->same_shape && n * item_size >= MAP_FROM)
    piece->mapped = assay_source_map_flat (side->source, first, n, &piece->map, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (piece->mapped)
    {
      piece->data = piece->map.data;
      return TRUE;
    }
  if (piece->room == NULL)
    piece->room = g_malloc (MIN (scan->n_piece, scan->n) * item_size);
  piece->data = piece->room;
  if (scan->same_shape)
    return assay_source_read_flat (side->source, first, n, piece->room, cancellable, error);
  return read_boxes (scan, side->source, first, n, piece->room, cancellable, error);
}

static gboolean
put_piece (Side *side, Piece *piece, GError **error)
{
  gboolean mapped = piece->mapped;

  piece->mapped = FALSE;
  return !mapped || assay_source_unmap (side->source, &piece->map, error);
}

static gboolean
show_piece (Run *run, Piece *pieces, guint64 number, guint64 first, gsize n, GError **error)
{
  gboolean got, put_a, put_b;

  pieces[0].mapped = pieces[1].mapped = FALSE;
  got = get_piece (run, &run->sides[0], &pieces[0], first, n, error) &&
        get_piece (run, &run->sides[1], &pieces[1], first, n, error);
  if (got)
    run->function (run->user_data, number, first, pieces[0].data, pieces[1].data, n);
  put_a = put_piece (&run->sides[0], &pieces[0], got ? error : NULL);
  put_b = put_piece (&run->sides[1], &pieces[1], got && put_a ? error : NULL);
  return got && put_a && put_b;
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
  __atomic_store_n (&run->next, run->scan->n_pieces, __ATOMIC_RELAXED);
}

static void *
run_thread (void *data)
{
  Run  *run = data;
  Piece pieces[2] = { 0 };

  for (;;)
    {
      guint64 number = __atomic_fetch_add (&run->next, 1, __ATOMIC_RELAXED);
      guint64 first = number * run->scan->n_piece;
      GError *error = NULL;
      gsize   n;

      if (number >= run->scan->n_pieces)
        break;
      n = MIN (run->scan->n - first, run->scan->n_piece);
      if (assay_job_is_cancelled (run->progress->job, &error) || !show_piece (run, pieces, number, first, n, &error))
        {
          fail (run, error);
          break;
        }
      pair_progress_add (run->progress, n);
    }
  g_free (pieces[0].room);
  g_free (pieces[1].room);
  return NULL;
}

static void
run_threads (Run *run, guint n_threads)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  if (run->scan->n < THREADS_FROM)
    n_threads = 1;
  for (guint i = 1; i < n_threads; i++)
    g_ptr_array_add (threads, g_thread_new ("compare", run_thread, run));
  run_thread (run);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
}

gboolean
pair_scan_run (PairScan *self, guint n_threads, PairProgress *progress, PairScanFunc function, gpointer user_data, GError **error)
{
  Run      run = { .scan = self, .progress = progress, .function = function, .user_data = user_data, .sides = { { .source = self->a }, { .source = self->b } } };
  gboolean opened;

  g_mutex_init (&run.lock);
  opened = open_side (&run.sides[0], self, &run.error) && open_side (&run.sides[1], self, &run.error);
  if (opened)
    run_threads (&run, n_threads);
  close_side (&run.sides[0], run.error ? NULL : &run.error);
  close_side (&run.sides[1], run.error ? NULL : &run.error);
  g_mutex_clear (&run.lock);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}
