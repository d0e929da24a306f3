/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Makes more of a pyramid known: a preview from some rows, then tiles, those in the middle of the view first, several
 * threads taking one after the other. */

#include <math.h>
#include <string.h>

#include "pyramid-private.h"

/* Below so many elements there is no need for a preview. */
#define PREVIEW_FROM (4 << 20)

#define PREVIEW_DEADLINE_US 60000
#define PREVIEW_ROWS 256
#define PREVIEW_COLUMNS 512

/* Of rows longer than this only so many elements a cell are read. */
#define PREVIEW_LONG_ROW (1 << 18)
#define PREVIEW_RUN 64

/* Below so many elements no thread is started. */
#define THREADS_FROM (1 << 20)

#define NOTIFY_US 40000

typedef struct
{
  guint    row_shift;
  guint    column_shift;
  guint64  row;
  guint64  column;
  double   distance; /* from the middle of the view, in tiles */
  gboolean wanted;   /* by the view */
} Task;

/* What threads share. */
typedef struct
{
  AssayPyramid      *self;
  GArray            *tasks;
  const void        *map;
  AssayJob          *job;
  GCancellable      *cancellable;
  AssayPyramidNotify notify;
  gpointer           user_data;
  gint               next;
  GMutex             lock; /* guards what follows */
  gint64             last_notify;
  guint              n_done;
  GError            *error;
} Work;

static guint
reverse_bits (guint value, guint n_bits)
{
  guint reversed = 0;

  for (guint i = 0; i < n_bits; i++)
    reversed |= (value >> i & 1) << (n_bits - 1 - i);
  return reversed;
}

/* Adds one row of elements to a row of the preview's cells: all of it, or some of each cell. */
static gboolean
preview_row (PyramidTile *preview, const PyramidPlane *plane, const void *map, guint64 row, GCancellable *cancellable, GError **error)
{
  if (plane->n_columns <= PREVIEW_LONG_ROW)
    return pyramid_tile_read (preview, plane, map, row, 1, 0, plane->n_columns, cancellable, error);
  for (guint cell = 0; cell < preview->n_columns; cell++)
    {
      guint64 column = (guint64) cell << preview->column_shift;

      if (!pyramid_tile_read (preview, plane, map, row, 1, column, MIN (PREVIEW_RUN, plane->n_columns - column), cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* Rows that there was no time for are as the nearest above. */
static void
fill_gaps (PyramidTile *preview, const gboolean *done)
{
  gsize n = preview->n_columns;

  for (guint row = 1; row < preview->n_rows; row++)
    if (!done[row])
      {
        memcpy (preview->min + row * n, preview->min + (row - 1) * n, n * sizeof (float));
        memcpy (preview->max + row * n, preview->max + (row - 1) * n, n * sizeof (float));
        memcpy (preview->has_nan + row * n, preview->has_nan + (row - 1) * n, n);
      }
}

/* One element row of each row of cells, in an order that is evenly spread whenever it ends. */
static gboolean
make_preview (AssayPyramid *self, const void *map, GCancellable *cancellable, GError **error)
{
  const PyramidPlane *plane = &self->plane;
  gint64              deadline = g_get_monotonic_time () + PREVIEW_DEADLINE_US;
  guint               row_shift = 0, column_shift = 0, n_rows, n_columns;
  gboolean            done[PREVIEW_ROWS] = { FALSE };
  PyramidTile        *preview;

  while ((plane->n_rows - 1) >> row_shift >= PREVIEW_ROWS)
    row_shift++;
  /* A cell of one element would have no room for extremes. */
  while ((plane->n_columns - 1) >> column_shift >= PREVIEW_COLUMNS || row_shift + column_shift == 0)
    column_shift++;
  n_rows = ((plane->n_rows - 1) >> row_shift) + 1;
  n_columns = ((plane->n_columns - 1) >> column_shift) + 1;
  preview = pyramid_tile_new (row_shift, column_shift, 0, 0, n_rows, n_columns);
  for (guint i = 0; i < PREVIEW_ROWS; i++)
    {
      guint   cell = reverse_bits (i, 8);
      guint64 row = ((guint64) cell << row_shift) + (row_shift > 0 ? G_GUINT64_CONSTANT (1) << (row_shift - 1) : 0);

      if (cell >= n_rows || (i > 0 && g_get_monotonic_time () > deadline))
        continue;
      if (!preview_row (preview, plane, map, MIN (row, plane->n_rows - 1), cancellable, error))
        {
          pyramid_tile_unref (preview);
          return FALSE;
        }
      done[cell] = TRUE;
    }
  fill_gaps (preview, done);
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->preview, pyramid_tile_unref);
  self->preview = preview;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Adds the tiles of a level that aren't there yet. Called with the lock held. */
static void
add_tasks (AssayPyramid *self, GArray *tasks, const PyramidWindow *window, double middle_row, double middle_column, gboolean wanted)
{
  for (guint64 row = window->row; row < window->row + window->n_rows; row++)
    for (guint64 column = window->column; column < window->column + window->n_columns; column++)
      {
        Task task = { window->row_shift, window->column_shift, row, column, 0, wanted };

        if (pyramid_find_tile (self, task.row_shift, task.column_shift, row, column) != NULL)
          continue;
        task.distance = hypot (row + 0.5 - ldexp (middle_row, -(int) task.row_shift) / PYRAMID_TILE,
                               column + 0.5 - ldexp (middle_column, -(int) task.column_shift) / PYRAMID_TILE);
        g_array_append_val (tasks, task);
      }
}

static int
compare_tasks (const void *a, const void *b)
{
  const Task *x = a, *y = b;

  if (x->wanted != y->wanted)
    return y->wanted - x->wanted;
  return (x->distance > y->distance) - (x->distance < y->distance);
}

static GArray *
list_tasks (AssayPyramid *self, const AssayPyramidView *view)
{
  GArray       *tasks = g_array_new (FALSE, FALSE, sizeof (Task));
  PyramidWindow all = {
    .row_shift = self->base_row_shift,
    .column_shift = self->base_column_shift,
    .n_rows = self->n_base_rows,
    .n_columns = self->n_base_columns,
  };
  PyramidWindow window;
  double        row = view->row + view->n_rows / 2, column = view->column + view->n_columns / 2;
  gboolean      detailed = pyramid_get_window (self, view, &window) && !pyramid_is_base (self, window.row_shift, window.column_shift);

  g_mutex_lock (&self->lock);
  if (detailed)
    add_tasks (self, tasks, &window, row, column, TRUE);
  /* If the view is answered from the base, its tiles come first by their distance. */
  add_tasks (self, tasks, &all, row, column, FALSE);
  g_mutex_unlock (&self->lock);
  g_array_sort (tasks, compare_tasks);
  return tasks;
}

/* Tells of what is new, but not too often. */
static void
notify_soon (Work *work, gboolean now)
{
  gint64   time = g_get_monotonic_time ();
  gboolean tell;

  if (work->notify == NULL)
    return;
  g_mutex_lock (&work->lock);
  tell = now || time - work->last_notify >= NOTIFY_US;
  if (tell)
    work->last_notify = time;
  g_mutex_unlock (&work->lock);
  if (tell)
    work->notify (work->self, work->user_data);
}

static void
fail (Work *work, GError *error)
{
  g_mutex_lock (&work->lock);
  if (work->error == NULL)
    work->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&work->lock);
  /* The others find nothing left to do. */
  g_atomic_int_set (&work->next, G_MAXINT / 2);
}

static gboolean
is_last_wanted (const Work *work, guint i)
{
  const Task *tasks = (const Task *) work->tasks->data;

  return tasks[i].wanted && (i + 1 == work->tasks->len || !tasks[i + 1].wanted);
}

static void *
refine_thread (void *data)
{
  Work *work = data;

  for (;;)
    {
      guint        i = g_atomic_int_add (&work->next, 1);
      const Task  *task;
      PyramidTile *tile;
      GError      *error = NULL;

      if (i >= work->tasks->len)
        return NULL;
      task = &g_array_index (work->tasks, Task, i);
      tile = pyramid_make_tile (work->self, task->row_shift, task->column_shift, task->row, task->column);
      if (!pyramid_tile_fill (tile, &work->self->plane, work->map, work->cancellable, &error))
        {
          pyramid_tile_unref (tile);
          fail (work, error);
          return NULL;
        }
      pyramid_publish (work->self, tile);
      g_mutex_lock (&work->lock);
      work->n_done++;
      assay_job_set_fraction (work->job, (double) work->n_done / work->tasks->len);
      g_mutex_unlock (&work->lock);
      notify_soon (work, is_last_wanted (work, i));
    }
}

static void
run_tasks (Work *work, guint n_threads)
{
  guint64 n_elements = work->self->plane.n_rows * work->self->plane.n_columns;
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  if (n_threads == 0)
    n_threads = g_get_num_processors ();
  n_threads = n_elements < THREADS_FROM ? 1 : MIN (n_threads, work->tasks->len);
  for (guint i = 1; i < n_threads; i++)
    g_ptr_array_add (threads, g_thread_new ("pyramid", refine_thread, work));
  refine_thread (work);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
}

static gboolean
needs_preview (AssayPyramid *self, GArray *tasks)
{
  gboolean there;

  g_mutex_lock (&self->lock);
  there = self->preview != NULL;
  g_mutex_unlock (&self->lock);
  return !there && tasks->len > 0 && self->plane.n_rows * self->plane.n_columns >= PREVIEW_FROM;
}

/* What is to do, with the whole plane mapped if that is possible. */
static gboolean
refine (Work *work, guint n_threads, GError **error)
{
  if (needs_preview (work->self, work->tasks))
    {
      if (!make_preview (work->self, work->map, work->cancellable, error))
        return FALSE;
      notify_soon (work, TRUE);
    }
  run_tasks (work, n_threads);
  if (work->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&work->error));
      return FALSE;
    }
  if (work->tasks->len > 0)
    notify_soon (work, TRUE);
  return TRUE;
}

/* Maps the plane if its rows lie together; FALSE without an error if they don't. */
static gboolean
map_plane (const PyramidPlane *plane, AssaySourceMap *map, GError **error)
{
  guint64 n = (plane->n_rows - 1) * plane->row_stride + plane->n_columns;

  return plane->column_stride == 1 && assay_source_map_flat (plane->source, plane->first, n, map, error);
}

gboolean
assay_pyramid_refine (AssayPyramid           *self,
                      const AssayPyramidView *view,
                      guint                   n_threads,
                      AssayJob               *job,
                      AssayPyramidNotify      notify,
                      gpointer                user_data,
                      GError                **error)
{
  AssayPyramidView turned;
  g_autoptr (GArray) tasks = NULL;
  Work           work = { .self = self, .job = job, .notify = notify, .user_data = user_data };
  AssaySourceMap map;
  GError        *map_error = NULL;
  gboolean       good, mapped;

  g_return_val_if_fail (ASSAY_IS_PYRAMID (self), FALSE);
  g_return_val_if_fail (view->width > 0 && view->height > 0 && view->n_rows > 0 && view->n_columns > 0, FALSE);
  if (assay_job_is_cancelled (job, error))
    return FALSE;
  turned = pyramid_turn_view (self, view);
  work.tasks = tasks = list_tasks (self, &turned);
  if (tasks->len == 0)
    return TRUE;
  work.cancellable = job ? assay_job_get_cancellable (job) : NULL;
  mapped = map_plane (&self->plane, &map, &map_error);
  if (map_error != NULL)
    return g_propagate_error (error, map_error), FALSE;
  work.map = mapped ? map.data : NULL;
  g_mutex_init (&work.lock);
  good = refine (&work, n_threads, error);
  g_mutex_clear (&work.lock);
  if (mapped)
    good = assay_source_unmap (self->plane.source, &map, good ? error : NULL) && good;
  return good;
}
