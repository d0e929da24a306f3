/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saving: the edited sources go to the store in a worker; then the new file takes the old one's place in the document, and history
 * goes on. */

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "document-private.h"

typedef struct
{
  AssayManifest     *manifest;
  GArray            *edits; /* of AssaySaveEdit; the sources are owned by `sources` */
  GPtrArray         *sources;
  char              *path; /* NULL for the file itself */
  const AssayWriter *writer;
  AssaySaveFlags     flags;
  AssayJob          *job;
  guint              position; /* of the history when saving began */
  AssayManifest     *saved;    /* what was written, opened again */
  char              *opened;   /* by what path */
} Save;

static void
save_free (Save *save)
{
  g_clear_object (&save->manifest);
  g_array_unref (save->edits);
  g_ptr_array_unref (save->sources);
  g_free (save->path);
  g_free (save->opened);
  g_clear_object (&save->job);
  g_clear_object (&save->saved);
  g_free (save);
}

/* The variables whose values aren't those of the manifest's file. */
static void
collect_edits (AssayDocument *self, Save *save)
{
  GHashTableIter iter;
  gpointer       key, source;

  g_hash_table_iter_init (&iter, self->current);
  while (g_hash_table_iter_next (&iter, &key, &source))
    {
      guint32       variable = GPOINTER_TO_UINT (key);
      AssaySaveEdit edit = { .variable = variable, .source = source, .base = g_hash_table_lookup (self->originals, key) };

      g_ptr_array_add (save->sources, g_object_ref (source));
      if (edit.base != NULL)
        g_ptr_array_add (save->sources, g_object_ref (edit.base));
      g_array_append_val (save->edits, edit);
    }
}

static void
save_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
  Save                *save = task_data;
  GError              *error = NULL;
  const AssaySaveEdit *edits = (const AssaySaveEdit *) save->edits->data;
  gboolean             done;

  if (save->writer != NULL)
    done = assay_convert (save->manifest, edits, save->edits->len, save->writer, save->path, NULL, save->job, NULL, &error);
  else
    done = assay_save_edits (save->manifest, edits, save->edits->len, save->path, save->flags, save->job, &error);
  /* What was written is opened at once: the document goes on with it. */
  if (done && save->writer == NULL)
    save->saved = assay_manifest_load (save->opened, cancellable, NULL);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
assay_document_save_async (AssayDocument      *self,
                           const char         *path,
                           const AssayWriter  *writer,
                           AssaySaveFlags      flags,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *title = NULL;
  Save            *save = g_new0 (Save, 1);

  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  g_return_if_fail (writer == NULL || path != NULL);
  g_task_set_source_tag (task, assay_document_save_async);
  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  save->edits = g_array_new (FALSE, FALSE, sizeof (AssaySaveEdit));
  save->sources = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->state != ASSAY_DOCUMENT_READY || self->job != NULL)
    {
      g_task_return_new_error (task, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("The model is busy; save when it is done"));
      return;
    }
  title = g_strdup_printf (_ ("Saving %s"), path ? path : self->path);
  save->manifest = g_object_ref (self->manifest);
  save->path = g_strdup (path);
  save->opened = g_strdup (path ? path : self->main_path);
  save->writer = writer;
  save->flags = flags;
  save->job = assay_job_new (title);
  save->position = assay_history_get_position (self->history);
  collect_edits (self, save);
  assay_document_set_job (self, save->job);
  g_task_run_in_thread (task, save_thread);
}

/* Whether two manifests are of the same variables, so that numbers mean the same. */
static gboolean
is_alike (AssayManifest *a, AssayManifest *b)
{
  guint32 n = assay_manifest_get_n_variables (a);

  if (n != assay_manifest_get_n_variables (b) || assay_manifest_get_n_modules (a) != assay_manifest_get_n_modules (b))
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestVariable first, second;

      assay_manifest_get_variable (a, i, &first);
      assay_manifest_get_variable (b, i, &second);
      if (strcmp (first.key, second.key) != 0 || first.dtype != second.dtype || first.rank != second.rank ||
          memcmp (first.shape, second.shape, first.rank * sizeof (guint64)) != 0)
        return FALSE;
    }
  return TRUE;
}

/* The document goes on with the file that was written. Steps keep the sources they have: those read the old file, which stays as
 * long as somebody has it open. */
static void
take_saved (AssayDocument *self, Save *save)
{
  if (save->path != NULL)
    {
      g_free (self->path);
      self->path = g_strdup (save->path);
      assay_document_notify (self, ASSAY_DOCUMENT_PROP_PATH);
      assay_document_notify (self, ASSAY_DOCUMENT_PROP_TITLE);
    }
  if (save->saved == NULL || !is_alike (self->manifest, save->saved))
    {
      assay_document_reload (self);
      return;
    }
  assay_document_exchange_manifest (self, save->saved, save->opened);
  assay_history_mark_saved_at (self->history, save->position);
  /* Steps done while saving went on belong to the old file's journal; it stays until the next one is saved. */
  if (assay_history_is_saved (self->history))
    assay_document_drop_journal (self);
  assay_document_update_all_marks (self);
  assay_document_history_changed (self);
}

gboolean
assay_document_save_finish (AssayDocument *self, GAsyncResult *result, GError **error)
{
  GTask   *task = G_TASK (result);
  Save    *save = g_task_get_task_data (task);
  gboolean done;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  done = g_task_propagate_boolean (task, error);
  if (save->job != NULL && self->job == save->job)
    assay_document_set_job (self, NULL);
  if (done && save->writer == NULL)
    take_saved (self, save);
  return done;
}

char *
assay_document_why_not_save (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  if (self->state != ASSAY_DOCUMENT_READY)
    return g_strdup (_ ("The model isn’t open"));
  if (assay_document_is_live (self))
    return g_strdup (_ ("A new model is in no file yet"));
  return assay_save_why_not (self->manifest, G_MAXUINT32);
}
