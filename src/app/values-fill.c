/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Filling: the first row of the selection is repeated in its other rows, or in a single row its first value. */

#include "values-view-parts-private.h"

#include "cell-work-private.h"
#include "numbers-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  AssayDocument *document;
  AssayNode     *node;
  AssaySource   *source;
  guint          axis; /* along which is repeated */
  guint64        start[ASSAY_MAX_RANK];
  guint64        count[ASSAY_MAX_RANK];
  char          *name; /* of the step */
  GBytes        *values;
  GPtrArray     *strings;
} Filling;

static void
filling_free (Filling *filling)
{
  g_object_unref (filling->document);
  g_object_unref (filling->node);
  g_object_unref (filling->source);
  g_free (filling->name);
  g_clear_pointer (&filling->values, g_bytes_unref);
  g_clear_pointer (&filling->strings, g_ptr_array_unref);
  g_free (filling);
}

/* Elements before the axis, and behind it. */
static void
count_around (const Filling *filling, gsize *outer, gsize *inner)
{
  *outer = *inner = 1;
  for (guint i = 0; i < assay_source_get_rank (filling->source); i++)
    if (i < filling->axis)
      *outer *= filling->count[i];
    else if (i > filling->axis)
      *inner *= filling->count[i];
}

static gboolean
fill_values (Filling *filling, const guint64 *first, GCancellable *cancellable, GError **error)
{
  gsize              outer, inner, n = filling->count[filling->axis];
  gsize              item_size = assay_source_get_item_size (filling->source);
  g_autofree guint8 *line = NULL;
  guint8            *out;

  count_around (filling, &outer, &inner);
  line = g_malloc (MAX (outer * inner * item_size, 1));
  if (!assay_source_read (filling->source, filling->start, first, line, cancellable, error))
    return FALSE;
  inner *= item_size;
  out = g_malloc (MAX (outer * n * inner, 1));
  for (gsize i = 0; i < outer; i++)
    for (gsize k = 0; k < n; k++)
      memcpy (out + (i * n + k) * inner, line + i * inner, inner);
  filling->values = g_bytes_new_take (out, outer * n * inner);
  return TRUE;
}

static gboolean
fill_strings (Filling *filling, const guint64 *first, GCancellable *cancellable, GError **error)
{
  gsize outer, inner;
  g_autoptr (GPtrArray) line = assay_source_read_strings (filling->source, filling->start, first, cancellable, error);

  if (line == NULL)
    return FALSE;
  count_around (filling, &outer, &inner);
  filling->strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (gsize i = 0; i < outer; i++)
    for (gsize k = 0; k < filling->count[filling->axis]; k++)
      for (gsize j = 0; j < inner; j++)
        g_ptr_array_add (filling->strings, g_bytes_ref (line->pdata[i * inner + j]));
  return TRUE;
}

static void
fill_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Filling *filling = data;
  guint64  first[ASSAY_MAX_RANK];
  GError  *error = NULL;
  gboolean is_text = assay_source_get_dtype (filling->source) == ASSAY_DTYPE_STRING;

  memcpy (first, filling->count, sizeof first);
  first[filling->axis] = 1;
  if ((is_text ? fill_strings : fill_values) (filling, first, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
filled_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayValuesView *self = ASSAY_VALUES_VIEW (object);
  Filling         *filling = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  /* Another variable, or an edit that came meanwhile: what was read isn't there any more. */
  if (self->look == NULL || self->look->source != filling->source)
    return;
  if (done && filling->strings)
    done = assay_document_edit_strings (filling->document, filling->node, filling->start, filling->count, filling->strings,
                                        filling->name, &error);
  else if (done)
    done = assay_document_edit_box (filling->document, filling->node, filling->start, filling->count, filling->values, filling->name,
                                    &error);
  assay_values_view_say (self, error ? error->message : "", !done);
}

/* What the selection allows; says why if it is nothing. */
static gboolean
check_cells (AssayValuesView *self, const AssayCells *cells)
{
  const char *why = NULL;

  if (cells->n_rows <= 1 && cells->n_columns <= 1)
    why = _ ("Select the cells to fill: the first row is repeated in the others.");
  else if (cells->n_rows > ASSAY_MAX_COPIED || cells->n_columns > ASSAY_MAX_COPIED || cells->n_rows * cells->n_columns > ASSAY_MAX_COPIED)
    why = _ ("At most 2,000,000 cells can be filled at once; use a formula instead.");
  if (why)
    assay_values_view_say (self, why, TRUE);
  return why == NULL;
}

void
assay_values_view_fill (AssayValuesView *self)
{
  g_autoptr (GTask) task = NULL;
  Filling         *filling;
  AssayCells       cells;
  g_autofree char *rows = NULL;
  g_autofree char *columns = NULL;

  if (self->look == NULL || self->look->source == NULL || assay_source_get_n_elements (self->look->source) == 0)
    return;
  assay_value_table_get_selection (self->table, &cells);
  if (!check_cells (self, &cells))
    return;
  rows = assay_count_text (cells.n_rows);
  columns = assay_count_text (cells.n_columns);
  filling = g_new0 (Filling, 1);
  filling->document = g_object_ref (self->look->document);
  filling->node = g_object_ref (self->look->node);
  filling->source = g_object_ref (self->look->source);
  filling->axis = cells.n_rows > 1 ? self->look->slice.rows : self->look->slice.columns;
  filling->name = g_strdup_printf (_ ("Fill %s × %s cells of %s"), rows, columns, assay_node_get_name (self->look->node));
  assay_slice_box (&self->look->slice, cells.row, cells.column, cells.n_rows, cells.n_columns, filling->start, filling->count);
  task = g_task_new (self, NULL, filled_cb, NULL);
  g_task_set_task_data (task, filling, (GDestroyNotify) filling_free);
  g_task_run_in_thread (task, fill_thread);
}
