/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Watching the file: one that another program changes says so. Looking is done in a worker, when writing has rested. */

#include "document-private.h"

#define REST_MS 400

/* What has become of the file. */
enum
{
  UNCHANGED,
  CHANGED,
  GONE,
};

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const char *path = assay_file_get_path (data);

  if (assay_file_is_unchanged (data))
    g_task_return_int (task, UNCHANGED);
  else
    g_task_return_int (task, path && !g_file_test (path, G_FILE_TEST_EXISTS) ? GONE : CHANGED);
}

static void
looked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayDocument *self = ASSAY_DOCUMENT (object);
  AssayFile     *file = g_task_get_task_data (G_TASK (result));
  gssize         now = g_task_propagate_int (G_TASK (result), NULL);

  /* What we have saved ourselves is another file by now. */
  if (now == UNCHANGED || (self->changed_on_disk && self->gone == (now == GONE)) || assay_manifest_get_n_files (self->manifest) == 0 ||
      file != assay_manifest_get_file (self->manifest, 0))
    return;
  if (self->job != NULL)
    return;
  self->changed_on_disk = TRUE;
  self->gone = now == GONE;
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK);
}

static gboolean
rested_cb (gpointer data)
{
  AssayDocument *self = data;
  g_autoptr (GTask) task = NULL;

  /* While it is read or saved nothing is told; it is looked at again then. */
  if (self->job != NULL)
    return G_SOURCE_CONTINUE;
  self->look_later = 0;
  if (assay_manifest_get_n_files (self->manifest) == 0)
    return G_SOURCE_REMOVE;
  task = g_task_new (self, NULL, looked_cb, NULL);
  g_task_set_task_data (task, g_object_ref (assay_manifest_get_file (self->manifest, 0)), g_object_unref);
  g_task_run_in_thread (task, look_thread);
  return G_SOURCE_REMOVE;
}

static void
event_cb (AssayDocument *self)
{
  if (self->look_later == 0)
    self->look_later = g_timeout_add (REST_MS, rested_cb, self);
}

void
assay_document_unwatch (AssayDocument *self)
{
  g_clear_handle_id (&self->look_later, g_source_remove);
  if (self->monitor == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->monitor, event_cb, self);
  g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
}

void
assay_document_watch (AssayDocument *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->main_path);

  assay_document_unwatch (self);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (event_cb), self);
}
