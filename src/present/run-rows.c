/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-row-private.h"

#include <assay/memory-source.h>
#include <assay/metrics.h>
#include <string.h>

/* So long a worker computes before it tells what it has. */
#define TELL_US 40000

struct _AssayRunRows
{
  GObject parent_instance;

  AssayRunRecord *record, *base;
  GListStore     *top;
  GPtrArray      *rows;   /* with values, in the order of running */
  GHashTable     *scopes; /* path → AssayRunRow; unowned */
  GCancellable   *working;
  gboolean        seen_bad;
};

G_DEFINE_FINAL_TYPE (AssayRunRows, assay_run_rows, G_TYPE_OBJECT)

/* What a worker computes of one value. */
typedef struct
{
  AssayValue      *value, *base; /* base: NULL if there is none */
  gboolean         wants_statistics;
  AssayStatistics *statistics;
  AssayRunChange   change;
  double           relative;
} Item;

static void
item_clear (gpointer data)
{
  Item *item = data;

  assay_value_unref (item->value);
  g_clear_pointer (&item->base, assay_value_unref);
  g_clear_pointer (&item->statistics, assay_statistics_free);
}

/* All of them, and how far the work is. */
typedef struct
{
  GArray *items;
  guint   begin, end;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_array_unref (work->items);
  g_free (work);
}

static void
compare_with_base (Item *item, AssaySource *source)
{
  g_autoptr (AssaySource) base = assay_memory_source_new (assay_value_get_tensor (item->base));
  AssayMetrics metrics;

  if (assay_value_get_dtype (item->value) != assay_value_get_dtype (item->base) ||
      !assay_partial_shape_equal (assay_value_get_shape (item->value), assay_value_get_shape (item->base)))
    item->change = ASSAY_RUN_CHANGE_SHAPE;
  else if (assay_metrics_compute (base, source, 0, 0, NULL, &metrics, NULL))
    {
      item->change = metrics.n_changed > 0 ? ASSAY_RUN_CHANGE_VALUES : ASSAY_RUN_CHANGE_SAME;
      item->relative = metrics.relative_l2;
    }
}

static void
compute_item (Item *item)
{
  g_autoptr (AssaySource) source = assay_memory_source_new (assay_value_get_tensor (item->value));

  if (item->wants_statistics && assay_dtype_is_numeric (assay_value_get_dtype (item->value)))
    item->statistics = assay_statistics_compute (source, 0, NULL, NULL);
  if (item->base != NULL)
    compare_with_base (item, source);
}

static void
compute_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work  *work = data;
  gint64 end = g_get_monotonic_time () + TELL_US;

  while (work->end < work->items->len && g_get_monotonic_time () < end && !g_cancellable_is_cancelled (cancellable))
    compute_item (&g_array_index (work->items, Item, work->end++));
  g_task_return_boolean (task, TRUE);
}

static void
take_item (AssayRunRows *self, AssayRunRow *row, Item *item)
{
  const AssayStatistics *statistics;

  if (item->statistics != NULL)
    {
      g_clear_pointer (&row->statistics, assay_statistics_free);
      row->statistics = g_steal_pointer (&item->statistics);
    }
  statistics = row->statistics;
  if (statistics != NULL && statistics->n_finite < statistics->n && !self->seen_bad)
    {
      self->seen_bad = TRUE;
      row->first_bad = TRUE;
    }
  row->change = item->change;
  row->relative = item->relative;
  assay_run_row_told (row);
}

static void go_on (AssayRunRows *self, Work *work);

static void
computed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayRunRows    *self = ASSAY_RUN_ROWS (object);
  Work            *work = g_task_get_task_data (G_TASK (result));
  g_autofree Work *next = NULL;

  if (g_task_get_cancellable (G_TASK (result)) != self->working || g_cancellable_is_cancelled (self->working))
    return;
  for (guint i = work->begin; i < work->end; i++)
    take_item (self, self->rows->pdata[i], &g_array_index (work->items, Item, i));
  if (work->end == work->items->len)
    return;
  next = g_new0 (Work, 1);
  next->items = g_array_ref (work->items);
  next->begin = next->end = work->end;
  go_on (self, g_steal_pointer (&next));
}

static void
go_on (AssayRunRows *self, Work *work)
{
  g_autoptr (GTask) task = g_task_new (self, self->working, computed_cb, NULL);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, compute_in_worker);
}

static void
stop (AssayRunRows *self)
{
  if (self->working != NULL)
    g_cancellable_cancel (self->working);
  g_clear_object (&self->working);
}

static void
start (AssayRunRows *self)
{
  Work *work = g_new0 (Work, 1);

  stop (self);
  self->working = g_cancellable_new ();
  work->items = g_array_new (FALSE, TRUE, sizeof (Item));
  g_array_set_clear_func (work->items, item_clear);
  for (guint i = 0; i < self->rows->len; i++)
    {
      AssayRunRow *row = self->rows->pdata[i];
      AssayValue  *base = self->base ? assay_run_record_find (self->base, row->key) : NULL;
      Item         item = { .value = assay_value_ref (row->value), .base = base ? assay_value_ref (base) : NULL };

      item.wants_statistics = row->statistics == NULL;
      g_array_append_val (work->items, item);
    }
  go_on (self, work);
}

static void
assay_run_rows_dispose (GObject *object)
{
  stop (ASSAY_RUN_ROWS (object));
  G_OBJECT_CLASS (assay_run_rows_parent_class)->dispose (object);
}

static void
assay_run_rows_finalize (GObject *object)
{
  AssayRunRows *self = ASSAY_RUN_ROWS (object);

  g_clear_pointer (&self->scopes, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->top);
  g_clear_object (&self->record);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (assay_run_rows_parent_class)->finalize (object);
}

static void
assay_run_rows_class_init (AssayRunRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = assay_run_rows_dispose;
  G_OBJECT_CLASS (klass)->finalize = assay_run_rows_finalize;
}

static void
assay_run_rows_init (AssayRunRows *self)
{
  self->top = g_list_store_new (ASSAY_TYPE_RUN_ROW);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Where a path's last name begins: behind the last "/", or behind a "." if what stands before it has given a value itself, as a nested model
 * has: a layer's name may have dots. */
static gsize
find_title (AssayRunRows *self, const char *path)
{
  for (gsize i = strlen (path); i-- > 1;)
    {
      g_autofree char *above = path[i] == '.' ? g_strndup (path, i) : NULL;

      if (path[i] == '/' || (above != NULL && assay_run_record_find (self->record, above) != NULL))
        return i + 1;
    }
  return 0;
}

static AssayRunRow *
get_row (AssayRunRows *self, const char *path)
{
  AssayRunRow *row = g_hash_table_lookup (self->scopes, path);
  gsize        at = find_title (self, path);

  if (row != NULL)
    return row;
  row = assay_run_row_new (path + at);
  g_hash_table_insert (self->scopes, g_strdup (path), row);
  if (at == 0)
    g_list_store_append (self->top, row);
  else
    {
      g_autofree char *above = g_strndup (path, at - 1);

      assay_run_row_add_child (get_row (self, above), row);
    }
  g_object_unref (row);
  return row;
}

/* Rows with values, in the order of running, once scopes have been joined. */
static void
collect (AssayRunRows *self, GListModel *rows, GHashTable *by_key)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (AssayRunRow) row = g_list_model_get_item (rows, i);

      if (row->key != NULL)
        g_hash_table_insert (by_key, row->key, row);
      if (row->children != NULL)
        collect (self, G_LIST_MODEL (row->children), by_key);
    }
}

AssayRunRows *
assay_run_rows_new (AssayRunRecord *record)
{
  AssayRunRows *self = g_object_new (ASSAY_TYPE_RUN_ROWS, NULL);
  guint         n = assay_run_record_get_n_values (record);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);

  self->record = g_object_ref (record);
  for (guint i = 0; i < n; i++)
    {
      const char  *name;
      AssayValue  *value = assay_run_record_get_value (record, i, &name);
      AssayRunRow *row = get_row (self, name);

      row->key = g_strdup (name);
      row->value = assay_value_ref (value);
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->top)); i++)
    {
      g_autoptr (AssayRunRow) row = g_list_model_get_item (G_LIST_MODEL (self->top), i);

      assay_run_row_close (row);
    }
  g_hash_table_remove_all (self->scopes);
  collect (self, G_LIST_MODEL (self->top), by_key);
  for (guint i = 0; i < n; i++)
    {
      const char  *name;
      AssayRunRow *row;

      assay_run_record_get_value (record, i, &name);
      row = g_hash_table_lookup (by_key, name);
      g_ptr_array_add (self->rows, g_object_ref (row));
      g_hash_table_insert (self->scopes, g_strdup (name), row);
    }
  start (self);
  return self;
}

GListModel *
assay_run_rows_get_list (AssayRunRows *self)
{
  return G_LIST_MODEL (self->top);
}

void
assay_run_rows_set_base (AssayRunRows *self, AssayRunRecord *base)
{
  if (!g_set_object (&self->base, base))
    return;
  for (guint i = 0; i < self->rows->len; i++)
    {
      AssayRunRow *row = self->rows->pdata[i];

      row->change = ASSAY_RUN_CHANGE_NONE;
      assay_run_row_told (row);
    }
  start (self);
}

AssayRunRow *
assay_run_rows_find (AssayRunRows *self, const char *key)
{
  return g_hash_table_lookup (self->scopes, key);
}
