/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "value-search-private.h"

#include <assay/convert.h>
#include <math.h>

#define PIECE 262144
#define MAX_POSITIONS 1000000

typedef struct
{
  AssaySource *source;
  AssayFind    find;
  double       bound;
  AssayJob    *job;
} Search;

void
assay_found_free (AssayFound *self)
{
  g_array_unref (self->positions);
  g_free (self);
}

static void
search_free (gpointer data)
{
  Search *search = data;

  g_object_unref (search->source);
  g_object_unref (search->job);
  g_free (search);
}

static gboolean
matches (const Search *search, double x)
{
  switch (search->find)
    {
    case ASSAY_FIND_NAN:
      return isnan (x);
    case ASSAY_FIND_INF:
      return isinf (x);
    default:
      return fabs (x) > search->bound;
    }
}

static void
look_through (const Search *search, AssayFound *found, const double *numbers, gsize n, guint64 first)
{
  for (gsize i = 0; i < n; i++)
    if (matches (search, numbers[i]))
      {
        guint64 at = first + i;

        if (found->n++ < MAX_POSITIONS)
          g_array_append_val (found->positions, at);
      }
}

static void
search_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Search      *search = data;
  guint64            n = assay_source_get_n_elements (search->source);
  g_autofree guint8 *values = g_malloc ((gsize) PIECE * assay_source_get_item_size (search->source));
  g_autofree double *numbers = g_new (double, PIECE);
  g_autoptr (AssayFound) found = g_new0 (AssayFound, 1);
  GError *error = NULL;

  found->positions = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint64 at = 0; at < n; at += PIECE)
    {
      gsize piece = (gsize) MIN (PIECE, n - at);

      if (assay_job_is_cancelled (search->job, &error) ||
          !assay_source_read_flat (search->source, at, piece, values, cancellable, &error))
        {
          g_task_return_error (task, error);
          return;
        }
      assay_convert_to_double (assay_source_get_dtype (search->source), values, numbers, piece);
      look_through (search, found, numbers, piece, at);
      assay_job_set_fraction (search->job, (double) (at + piece) / (double) n);
    }
  g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) assay_found_free);
}

void
assay_value_search_async (AssaySource *source, AssayFind find, double bound, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, assay_job_get_cancellable (job), callback, user_data);
  Search *search = g_new0 (Search, 1);

  search->source = g_object_ref (source);
  search->find = find;
  search->bound = bound;
  search->job = g_object_ref (job);
  g_task_set_task_data (task, search, search_free);
  g_task_run_in_thread (task, search_thread);
}

AssayFound *
assay_value_search_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
