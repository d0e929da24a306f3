/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "statistics-queue-private.h"

/* Results are handed over in batches, so that a hundred thousand small variables don't swamp the main loop. */
#define BATCH 200

typedef struct
{
  guint32          variable;
  AssaySource     *source;
  AssayStatistics *statistics;
  guint            generation;
} Work;

/* Shared by the main thread and the worker, which may outlive the queue for a moment. */
typedef struct
{
  gatomicrefcount     ref_count;
  GMutex              lock; /* guards what follows up to `context` */
  GCond               cond;
  GQueue              waiting; /* of Work, next first */
  GHashTable         *links;   /* variable → link in `waiting` */
  GQueue              done;    /* of Work */
  AssayJob           *job;     /* of what is under way */
  guint               generation;
  gboolean            telling;
  gboolean            ended;
  GMainContext       *context;
  AssayStatisticsFunc callback;
  gpointer            user_data;
} Shared;

struct _AssayStatisticsQueue
{
  Shared  *shared;
  GThread *thread;
};

static void
work_free (Work *work)
{
  g_object_unref (work->source);
  g_clear_pointer (&work->statistics, assay_statistics_free);
  g_free (work);
}

static void
shared_unref (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->ref_count))
    return;
  g_queue_clear_full (&shared->waiting, (GDestroyNotify) work_free);
  g_queue_clear_full (&shared->done, (GDestroyNotify) work_free);
  g_hash_table_unref (shared->links);
  g_clear_object (&shared->job);
  g_main_context_unref (shared->context);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->cond);
  g_free (shared);
}

/* On the main thread: hands over what is done, up to a batch a turn. */
static gboolean
tell_cb (gpointer data)
{
  Shared *shared = data;

  for (guint i = 0; i < BATCH; i++)
    {
      Work    *work;
      gboolean wanted;

      g_mutex_lock (&shared->lock);
      work = g_queue_pop_head (&shared->done);
      wanted = work != NULL && !shared->ended && work->generation == shared->generation;
      if (work == NULL)
        shared->telling = FALSE;
      g_mutex_unlock (&shared->lock);
      if (work == NULL)
        return G_SOURCE_REMOVE;
      if (wanted)
        shared->callback (work->variable, work->source, g_steal_pointer (&work->statistics), shared->user_data);
      work_free (work);
    }
  return G_SOURCE_CONTINUE;
}

/* With the lock held. */
static void
tell_soon (Shared *shared)
{
  g_autoptr (GSource) source = NULL;

  if (shared->telling || shared->ended)
    return;
  shared->telling = TRUE;
  source = g_idle_source_new ();
  g_atomic_ref_count_inc (&shared->ref_count);
  g_source_set_callback (source, tell_cb, shared, (GDestroyNotify) shared_unref);
  g_source_attach (source, shared->context);
}

static gpointer
queue_thread (gpointer data)
{
  Shared *shared = data;

  g_mutex_lock (&shared->lock);
  while (!shared->ended)
    {
      Work *work = g_queue_pop_head (&shared->waiting);
      g_autoptr (AssayJob) job = NULL;

      if (work == NULL)
        {
          g_cond_wait (&shared->cond, &shared->lock);
          continue;
        }
      g_hash_table_remove (shared->links, GUINT_TO_POINTER (work->variable));
      job = assay_job_new ("");
      g_set_object (&shared->job, job);
      g_mutex_unlock (&shared->lock);
      work->statistics = assay_statistics_compute (work->source, 0, job, NULL);
      g_mutex_lock (&shared->lock);
      g_clear_object (&shared->job);
      g_queue_push_tail (&shared->done, work);
      tell_soon (shared);
    }
  g_mutex_unlock (&shared->lock);
  shared_unref (shared);
  return NULL;
}

AssayStatisticsQueue *
assay_statistics_queue_new (AssayStatisticsFunc callback, gpointer user_data)
{
  AssayStatisticsQueue *self = g_new0 (AssayStatisticsQueue, 1);
  Shared               *shared = g_new0 (Shared, 1);

  g_atomic_ref_count_init (&shared->ref_count);
  g_mutex_init (&shared->lock);
  g_cond_init (&shared->cond);
  g_queue_init (&shared->waiting);
  g_queue_init (&shared->done);
  shared->links = g_hash_table_new (NULL, NULL);
  shared->context = g_main_context_ref_thread_default ();
  shared->callback = callback;
  shared->user_data = user_data;
  self->shared = shared;
  return self;
}

static Work *
work_new (Shared *shared, guint32 variable, AssaySource *source)
{
  Work *work = g_new0 (Work, 1);

  work->variable = variable;
  work->source = g_object_ref (source);
  work->generation = shared->generation;
  return work;
}

static void
push (AssayStatisticsQueue *self, guint32 variable, AssaySource *source, gboolean behind)
{
  Shared *shared = self->shared;
  GList  *link;

  g_mutex_lock (&shared->lock);
  link = g_hash_table_lookup (shared->links, GUINT_TO_POINTER (variable));
  if (link != NULL && !behind)
    {
      work_free (link->data);
      g_queue_delete_link (&shared->waiting, link);
    }
  if (!behind)
    g_queue_push_head (&shared->waiting, work_new (shared, variable, source));
  else if (link == NULL)
    g_queue_push_tail (&shared->waiting, work_new (shared, variable, source));
  if (!behind || link == NULL)
    g_hash_table_insert (shared->links, GUINT_TO_POINTER (variable), behind ? shared->waiting.tail : shared->waiting.head);
  if (self->thread == NULL)
    {
      g_atomic_ref_count_inc (&shared->ref_count);
      self->thread = g_thread_new ("statistics", queue_thread, shared);
    }
  g_cond_signal (&shared->cond);
  g_mutex_unlock (&shared->lock);
}

void
assay_statistics_queue_push (AssayStatisticsQueue *self, guint32 variable, AssaySource *source)
{
  push (self, variable, source, FALSE);
}

void
assay_statistics_queue_push_behind (AssayStatisticsQueue *self, guint32 variable, AssaySource *source)
{
  push (self, variable, source, TRUE);
}

guint
assay_statistics_queue_get_n_waiting (AssayStatisticsQueue *self)
{
  Shared *shared = self->shared;
  guint   n;

  g_mutex_lock (&shared->lock);
  n = shared->waiting.length + shared->done.length;
  g_mutex_unlock (&shared->lock);
  return n;
}

void
assay_statistics_queue_drop (AssayStatisticsQueue *self)
{
  Shared *shared = self->shared;

  g_mutex_lock (&shared->lock);
  shared->generation++;
  g_queue_clear_full (&shared->waiting, (GDestroyNotify) work_free);
  g_queue_init (&shared->waiting);
  g_hash_table_remove_all (shared->links);
  if (shared->job != NULL)
    assay_job_cancel (shared->job);
  g_mutex_unlock (&shared->lock);
}

void
assay_statistics_queue_free (AssayStatisticsQueue *self)
{
  Shared *shared = self->shared;

  assay_statistics_queue_drop (self);
  g_mutex_lock (&shared->lock);
  shared->ended = TRUE;
  g_cond_signal (&shared->cond);
  g_mutex_unlock (&shared->lock);
  if (self->thread != NULL)
    g_thread_unref (self->thread);
  shared_unref (shared);
  g_free (self);
}
