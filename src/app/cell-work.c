/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cell-work-private.h"

#include "string-text-private.h"

#include <math.h>

typedef struct
{
  AssaySource     *source;
  AssaySlice       slice;
  AssayCells       cells;
  AssayFormatStyle style;
} Work;

static void
work_free (gpointer data)
{
  g_object_unref (((Work *) data)->source);
  g_free (data);
}

static GTask *
work_task (AssaySource        *source,
           const AssaySlice   *slice,
           const AssayCells   *cells,
           AssayFormatStyle    style,
           GCancellable       *cancellable,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work  *work = g_new0 (Work, 1);

  work->source = g_object_ref (source);
  work->slice = *slice;
  work->cells = *cells;
  work->style = style;
  g_task_set_task_data (task, work, work_free);
  return task;
}

/* Rows are read in groups of about 64 k cells. */
static guint64
rows_at_once (const AssayCells *cells)
{
  return MAX (1, 65536 / MAX (cells->n_columns, 1));
}

static void
add (AssaySummary *summary, const double *numbers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (isfinite (numbers[i]))
      {
        summary->n++;
        summary->sum += numbers[i];
        summary->min = MIN (summary->min, numbers[i]);
        summary->max = MAX (summary->max, numbers[i]);
      }
    else
      summary->n_other++;
}

static void
summarize_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Work              *work = data;
  g_autofree AssaySummary *summary = g_new0 (AssaySummary, 1);
  guint64                  step = rows_at_once (&work->cells);
  g_autofree double       *numbers = g_new (double, step * work->cells.n_columns);
  GError                  *error = NULL;

  summary->min = INFINITY;
  summary->max = -INFINITY;
  for (guint64 row = 0; row < work->cells.n_rows; row += step)
    {
      guint64          n_rows = MIN (step, work->cells.n_rows - row);
      g_autofree void *values = assay_slice_read (&work->slice, work->source, work->cells.row + row, work->cells.column,
                                                  n_rows, work->cells.n_columns, cancellable, &error);

      if (values == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      assay_convert_to_double (assay_source_get_dtype (work->source), values, numbers, n_rows * work->cells.n_columns);
      add (summary, numbers, n_rows * work->cells.n_columns);
    }
  g_task_return_pointer (task, g_steal_pointer (&summary), g_free);
}

void
assay_cells_summarize_async (AssaySource        *source,
                             const AssaySlice   *slice,
                             const AssayCells   *cells,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = work_task (source, slice, cells, 0, cancellable, callback, user_data);

  g_task_run_in_thread (task, summarize_thread);
}

AssaySummary *
assay_cells_summarize_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
append_separator (GString *text, const Work *work, guint64 cell)
{
  g_string_append_c (text, (cell + 1) % work->cells.n_columns == 0 ? '\n' : '\t');
}

static gboolean
write_strings (const Work *work, GString *text, GCancellable *cancellable, GError **error)
{
  guint64  start[ASSAY_MAX_RANK];
  guint64  count[ASSAY_MAX_RANK];
  gboolean turned = assay_slice_is_transposed (&work->slice);
  g_autoptr (GPtrArray) strings = NULL;

  assay_slice_box (&work->slice, work->cells.row, work->cells.column, work->cells.n_rows, work->cells.n_columns, start, count);
  strings = assay_source_read_strings (work->source, start, count, cancellable, error);
  for (guint64 i = 0; strings && i < strings->len; i++)
    {
      guint64          from = turned ? i % work->cells.n_columns * work->cells.n_rows + i / work->cells.n_columns : i;
      g_autofree char *string = assay_string_text (g_ptr_array_index (strings, from), G_MAXSIZE);

      g_string_append (text, string);
      append_separator (text, work, i);
    }
  return strings != NULL;
}

static gboolean
write_values (const Work *work, GString *text, GCancellable *cancellable, GError **error)
{
  AssayDtype  dtype = assay_source_get_dtype (work->source);
  const char *name = assay_source_get_dtype_name (work->source);
  guint32     size = assay_source_get_item_size (work->source);
  guint64     step = rows_at_once (&work->cells);

  for (guint64 row = 0; row < work->cells.n_rows; row += step)
    {
      guint64            n_rows = MIN (step, work->cells.n_rows - row);
      g_autofree guint8 *values = assay_slice_read (&work->slice, work->source, work->cells.row + row, work->cells.column,
                                                    n_rows, work->cells.n_columns, cancellable, error);

      if (values == NULL)
        return FALSE;
      for (guint64 i = 0; i < n_rows * work->cells.n_columns; i++)
        {
          g_autofree char *value = assay_value_format_named (dtype, name, size, values + i * size, work->style);

          g_string_append (text, value);
          append_separator (text, work, i);
        }
    }
  return TRUE;
}

static void
write_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  GString    *text = g_string_new (NULL);
  GError     *error = NULL;
  gboolean    done;

  if (assay_source_get_dtype (work->source) == ASSAY_DTYPE_STRING)
    done = write_strings (work, text, cancellable, &error);
  else
    done = write_values (work, text, cancellable, &error);
  if (done && text->len)
    g_string_truncate (text, text->len - 1);
  if (done)
    g_task_return_pointer (task, g_string_free (text, FALSE), g_free);
  else
    {
      g_string_free (text, TRUE);
      g_task_return_error (task, error);
    }
}

void
assay_cells_write_async (AssaySource        *source,
                         const AssaySlice   *slice,
                         const AssayCells   *cells,
                         AssayFormatStyle    style,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = work_task (source, slice, cells, style, cancellable, callback, user_data);

  g_task_run_in_thread (task, write_thread);
}

char *
assay_cells_write_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
