/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "value-passes-private.h"

#include <assay/convert.h>
#include <math.h>

#define PIECE 262144
#define MAX_GROUPS 4096

typedef struct
{
  AssaySource *source;
  AssayJob    *job;
  guint        axis;
  double       min;
  double       max;
} Pass;

/* Told of each piece: @n numbers from position @first on. */
typedef void (*PieceFunc) (const double *numbers, gsize n, guint64 first, gpointer data);

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  g_object_unref (pass->source);
  g_object_unref (pass->job);
  g_free (pass);
}

static gboolean
for_each_piece (const Pass *pass, PieceFunc func, gpointer data, GError **error)
{
  guint64            n = assay_source_get_n_elements (pass->source);
  g_autofree guint8 *values = g_malloc ((gsize) PIECE * assay_source_get_item_size (pass->source));
  g_autofree double *numbers = g_new (double, PIECE);

  for (guint64 at = 0; at < n; at += PIECE)
    {
      gsize piece = (gsize) MIN (PIECE, n - at);

      if (assay_job_is_cancelled (pass->job, error) ||
          !assay_source_read_flat (pass->source, at, piece, values, assay_job_get_cancellable (pass->job), error))
        return FALSE;
      assay_convert_to_double (assay_source_get_dtype (pass->source), values, numbers, piece);
      func (numbers, piece, at, data);
      assay_job_set_fraction (pass->job, (double) (at + piece) / (double) n);
    }
  return TRUE;
}

void
assay_channels_free (AssayChannels *self)
{
  g_free (self->min);
  g_free (self->mean);
  g_free (self->max);
  g_free (self);
}

typedef struct
{
  AssayChannels *channels;
  guint64       *counts;
  guint64        inner; /* elements from one channel to the next */
  guint64        n_channels;
} Along;

static void
add_to_channels (const double *numbers, gsize n, guint64 first, gpointer data)
{
  Along *along = data;

  for (gsize i = 0; i < n; i++)
    {
      guint64 channel = (first + i) / along->inner % along->n_channels / along->channels->per_group;

      if (!isfinite (numbers[i]))
        continue;
      along->counts[channel]++;
      along->channels->mean[channel] += numbers[i];
      along->channels->min[channel] = MIN (along->channels->min[channel], numbers[i]);
      along->channels->max[channel] = MAX (along->channels->max[channel], numbers[i]);
    }
}

static AssayChannels *
channels_new (guint64 n_channels)
{
  AssayChannels *channels = g_new0 (AssayChannels, 1);

  channels->per_group = (n_channels + MAX_GROUPS - 1) / MAX_GROUPS;
  channels->n = (guint) ((n_channels + channels->per_group - 1) / channels->per_group);
  channels->min = g_new (double, channels->n);
  channels->max = g_new (double, channels->n);
  channels->mean = g_new0 (double, channels->n);
  for (guint i = 0; i < channels->n; i++)
    {
      channels->min[i] = INFINITY;
      channels->max[i] = -INFINITY;
    }
  return channels;
}

static void
channels_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Pass    *pass = data;
  const guint64 *shape = assay_source_get_shape (pass->source);
  g_autoptr (AssayChannels) channels = channels_new (shape[pass->axis]);
  g_autofree guint64 *counts = g_new0 (guint64, channels->n);
  Along               along = { channels, counts, 1, shape[pass->axis] };
  GError             *error = NULL;

  for (guint i = pass->axis + 1; i < assay_source_get_rank (pass->source); i++)
    along.inner *= shape[i];
  if (!for_each_piece (pass, add_to_channels, &along, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < channels->n; i++)
    {
      channels->mean[i] = counts[i] ? channels->mean[i] / (double) counts[i] : NAN;
      channels->min[i] = counts[i] ? channels->min[i] : NAN;
      channels->max[i] = counts[i] ? channels->max[i] : NAN;
    }
  g_task_return_pointer (task, g_steal_pointer (&channels), (GDestroyNotify) assay_channels_free);
}

static GTask *
pass_task (AssaySource *source, AssayJob *job, Pass **pass, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, assay_job_get_cancellable (job), callback, user_data);

  *pass = g_new0 (Pass, 1);
  (*pass)->source = g_object_ref (source);
  (*pass)->job = g_object_ref (job);
  g_task_set_task_data (task, *pass, pass_free);
  return task;
}

void
assay_channels_async (AssaySource *source, guint axis, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  Pass *pass;
  g_autoptr (GTask) task = pass_task (source, job, &pass, callback, user_data);

  pass->axis = axis;
  g_task_run_in_thread (task, channels_thread);
}

AssayChannels *
assay_channels_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  AssaySymlog *symlog;
  double       low; /* transformed bounds */
  double       high;
  double       threshold;
} Counting;

static double
transform (double x, double threshold)
{
  return copysign (log1p (fabs (x) / threshold), x);
}

static void
count_symlog (const double *numbers, gsize n, guint64 first, gpointer data)
{
  Counting *counting = data;

  for (gsize i = 0; i < n; i++)
    {
      double at;

      if (!isfinite (numbers[i]))
        continue;
      at = (transform (numbers[i], counting->threshold) - counting->low) / (counting->high - counting->low) * ASSAY_SYMLOG_N_BINS;
      counting->symlog->bins[CLAMP ((int) at, 0, ASSAY_SYMLOG_N_BINS - 1)]++;
    }
}

static void
symlog_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Pass             *pass = data;
  g_autofree AssaySymlog *symlog = g_new0 (AssaySymlog, 1);
  Counting                counting = { symlog, 0, 0, 0 };
  GError                 *error = NULL;

  counting.threshold = MAX (fabs (pass->min), fabs (pass->max)) / 1000;
  if (counting.threshold <= 0)
    counting.threshold = 1;
  counting.low = transform (pass->min, counting.threshold);
  counting.high = transform (pass->max, counting.threshold);
  if (counting.high <= counting.low)
    counting.high = counting.low + 1;
  for (int i = 0; i <= ASSAY_SYMLOG_N_BINS; i++)
    {
      double at = counting.low + (counting.high - counting.low) * i / ASSAY_SYMLOG_N_BINS;

      symlog->edges[i] = copysign (expm1 (fabs (at)) * counting.threshold, at);
    }
  if (for_each_piece (pass, count_symlog, &counting, &error))
    g_task_return_pointer (task, g_steal_pointer (&symlog), g_free);
  else
    g_task_return_error (task, error);
}

void
assay_symlog_async (AssaySource *source, double min, double max, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  Pass *pass;
  g_autoptr (GTask) task = pass_task (source, job, &pass, callback, user_data);

  pass->min = min;
  pass->max = max;
  g_task_run_in_thread (task, symlog_thread);
}

AssaySymlog *
assay_symlog_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
