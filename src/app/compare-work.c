/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "compare-work-private.h"

typedef struct
{
  AssaySource *a;
  AssaySource *b;
  AssayJob    *job;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->a);
  g_clear_object (&work->b);
  g_object_unref (work->job);
  g_free (work);
}

void
assay_pair_facts_free (AssayPairFacts *self)
{
  g_clear_pointer (&self->a, assay_statistics_free);
  g_clear_pointer (&self->b, assay_statistics_free);
  g_clear_pointer (&self->changes, g_array_unref);
  g_free (self);
}

static AssayStatistics *
compute (AssaySource *source, AssayJob *job)
{
  if (source == NULL || !assay_dtype_is_numeric (assay_source_get_dtype (source)))
    return NULL;
  return assay_statistics_compute (source, 0, job, NULL);
}

static void
work_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work           *work = data;
  AssayPairFacts *facts = g_new0 (AssayPairFacts, 1);
  GError         *error = NULL;

  facts->a = compute (work->a, work->job);
  facts->b = compute (work->b, work->job);
  if (work->a && work->b)
    facts->changes = assay_changes_find (work->a, work->b, ASSAY_N_CHANGES, 0, work->job, NULL);
  if (assay_job_is_cancelled (work->job, &error))
    {
      assay_pair_facts_free (facts);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, facts, (GDestroyNotify) assay_pair_facts_free);
}

void
assay_pair_facts_async (AssaySource *a, AssaySource *b, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->a = a ? g_object_ref (a) : NULL;
  work->b = b ? g_object_ref (b) : NULL;
  work->job = g_object_ref (job);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_thread);
}

AssayPairFacts *
assay_pair_facts_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
