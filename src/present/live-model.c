/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "live-private.h"

#include <assay/error.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "document-private.h"

struct _AssayLiveModel
{
  GObject                   parent_instance;
  AssayDocument            *document;
  const AssayBuiltinModule *klass;
  AssayModule              *module;
  AssayEager               *eager;
  AssayRandomSource        *random;
  AssayCheckpointStatus    *restored; /* what became of the last restoring */
  AssayLiveTree             tree;
  GListStore               *cells;
  char                     *status;
  gboolean                  built;
  gboolean                  saved_without_functions;
  gboolean                  busy;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayLiveModel, assay_live_model, G_TYPE_OBJECT)

static void
assay_live_model_finalize (GObject *object)
{
  AssayLiveModel *self = ASSAY_LIVE_MODEL (object);

  g_clear_object (&self->restored);
  assay_live_tree_clear (&self->tree);
  g_clear_object (&self->document);
  g_clear_object (&self->module);
  g_clear_object (&self->cells);
  g_clear_pointer (&self->random, assay_random_source_free);
  assay_eager_free (self->eager);
  g_free (self->status);
  G_OBJECT_CLASS (assay_live_model_parent_class)->finalize (object);
}

static void
assay_live_model_class_init (AssayLiveModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_live_model_finalize;
  /**
   * AssayLiveModel::changed:
   *
   * Something was done, or has begun.
   */
  signals[CHANGED] = g_signal_new ("changed", ASSAY_TYPE_LIVE_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_live_model_init (AssayLiveModel *self)
{
  self->document = assay_document_new_live ();
  self->cells = g_list_store_new (ASSAY_TYPE_LIVE_CELL);
  self->eager = assay_eager_new (ASSAY_LIVE_MAX_BYTES);
  self->status = g_strdup ("");
  assay_live_tree_init (&self->tree, self->document);
}

AssayLiveModel *
assay_live_model_new (void)
{
  return g_object_new (ASSAY_TYPE_LIVE_MODEL, NULL);
}

AssayDocument *
assay_live_model_get_document (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), NULL);
  return self->document;
}

GListModel *
assay_live_model_get_cells (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), NULL);
  return G_LIST_MODEL (self->cells);
}

const AssayBuiltinModule *
assay_live_model_get_class (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), NULL);
  return self->klass;
}

gboolean
assay_live_model_is_built (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), FALSE);
  return self->built;
}

gboolean
assay_live_model_is_busy (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), FALSE);
  return self->busy;
}

const char *
assay_live_model_get_status (AssayLiveModel *self)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), NULL);
  return self->status;
}

static const char *const questions[ASSAY_N_LIVE_QUESTIONS] = {
  [ASSAY_LIVE_VARIABLES] = "model.variables",
  [ASSAY_LIVE_TRAINABLE_VARIABLES] = "model.trainable_variables",
  [ASSAY_LIVE_NON_TRAINABLE_VARIABLES] = "model.non_trainable_variables",
  [ASSAY_LIVE_SUBMODULES] = "model.submodules",
  [ASSAY_LIVE_SUMMARY] = "model.summary()",
  [ASSAY_LIVE_ASSERT_EXISTING_OBJECTS_MATCHED] = "status.assert_existing_objects_matched()",
  [ASSAY_LIVE_ASSERT_CONSUMED] = "status.assert_consumed()",
};

const char *
assay_live_question_get_python (AssayLiveQuestion question)
{
  g_return_val_if_fail (question < ASSAY_N_LIVE_QUESTIONS, NULL);
  return questions[question];
}

gboolean
assay_live_model_can_ask (AssayLiveModel *self, AssayLiveQuestion question)
{
  g_return_val_if_fail (ASSAY_IS_LIVE_MODEL (self), FALSE);
  if (self->module == NULL || self->busy)
    return FALSE;
  if (question == ASSAY_LIVE_SUMMARY)
    return strcmp (self->klass->id, "keras-my-sequential-model") == 0;
  return question < ASSAY_LIVE_ASSERT_EXISTING_OBJECTS_MATCHED || self->restored != NULL;
}

static void
update_status (AssayLiveModel *self)
{
  g_free (self->status);
  self->status = self->module ? assay_live_describe (self->module, self->restored, self->saved_without_functions) : g_strdup ("");
  self->built = self->module && assay_builtin_module_is_built (self->module);
}

/* The edits since the variables last got their values. */
static void
collect_edits (AssayLiveModel *self, AssayLiveWork *work)
{
  for (guint32 i = 0; i < self->tree.places->len; i++)
    {
      const AssayLivePlace *place = &g_array_index (self->tree.places, AssayLivePlace, i);
      g_autoptr (AssaySource) source = assay_document_dup_source (self->document, assay_document_get_variable (self->document, i), NULL);

      g_ptr_array_add (work->saved, g_object_ref (source));
      if (source == place->source)
        continue;
      g_ptr_array_add (work->sync_variables, g_object_ref (place->variable));
      g_ptr_array_add (work->sync_sources, g_steal_pointer (&source));
    }
  work->position = assay_document_get_position (self->document);
}

/* What the variables have got of the edits. */
static void
note_edits (AssayLiveModel *self, AssayLiveWork *work)
{
  for (guint i = 0; i < work->sync_tensors->len; i++)
    {
      guint           number = GPOINTER_TO_UINT (g_hash_table_lookup (self->tree.variables, work->sync_variables->pdata[i]));
      AssayLivePlace *place = &g_array_index (self->tree.places, AssayLivePlace, number - 1);

      g_set_object (&place->source, work->sync_sources->pdata[i]);
      g_clear_pointer (&place->tensor, assay_tensor_unref);
      place->tensor = assay_tensor_ref (work->sync_tensors->pdata[i]);
    }
}

static void
take_made (AssayLiveModel *self, AssayLiveWork *work)
{
  self->module = g_steal_pointer (&work->made);
  self->klass = work->klass;
  assay_document_set_live_name (self->document, assay_module_get_name (self->module));
}

static void
take_restored (AssayLiveModel *self, AssayLiveWork *work)
{
  g_autofree char *base = g_path_get_basename (work->text);
  g_autofree char *name = g_strdup_printf (_ ("Restore %s"), base);

  g_set_object (&self->restored, work->status);
  assay_live_tree_take_values (&self->tree, name);
}

/* If every variable got its value from a file, nothing is unsaved. */
static void
note_restored (AssayLiveModel *self, AssayLiveWork *work)
{
  guint n_values;
  g_autoptr (GPtrArray) waiting = assay_checkpoint_status_list_waiting (work->status, &n_values);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();

  if (waiting->len > 0 || n_values < self->tree.places->len || self->tree.places->len == 0)
    return;
  for (guint i = 0; i < self->tree.places->len; i++)
    g_ptr_array_add (sources, g_array_index (self->tree.places, AssayLivePlace, i).source);
  assay_document_live_saved (self->document, assay_document_get_position (self->document), sources);
}

/* What a file has now are the values that the model has. */
static void
note_saved (AssayLiveModel *self, AssayLiveWork *work)
{
  guint n;

  assay_document_live_saved (self->document, work->position, work->saved);
  if (work->run == assay_live_save)
    {
      assay_module_get_calls (self->module, &n);
      self->saved_without_functions = n == 0;
    }
}

static void
add_cell (AssayLiveModel *self, const char *source, const char *output, gboolean is_error)
{
  g_autoptr (AssayLiveCell) cell = assay_live_cell_new (source, output, is_error);

  g_list_store_append (self->cells, cell);
}

static void
print_cell (AssayLiveModel *self, AssayLiveWork *work, const GError *error)
{
  g_autoptr (GString) failed = NULL;

  if (error == NULL)
    {
      add_cell (self, work->source->str, work->output->str, FALSE);
      return;
    }
  if (work->run == assay_live_make)
    return;
  failed = g_string_new (work->output->str);
  if (failed->len > 0)
    g_string_append_c (failed, '\n');
  g_string_append (failed, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _ ("Cancelled") : error->message);
  add_cell (self, work->source->str, failed->str, TRUE);
}

gboolean
assay_live_model_finish (AssayLiveModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* On the main thread, when the worker has ended. */
static void
ended_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  AssayLiveModel *self = ASSAY_LIVE_MODEL (object);
  g_autoptr (GTask) told = data;
  AssayLiveWork *work = g_task_get_task_data (G_TASK (result));
  GError        *error = NULL;
  gboolean       good = g_task_propagate_boolean (G_TASK (result), &error);

  self->busy = FALSE;
  assay_document_set_job (self->document, NULL);
  note_edits (self, work);
  if (work->made != NULL)
    take_made (self, work);
  if (work->run == assay_live_restore && work->status != NULL)
    take_restored (self, work);
  if (self->module != NULL)
    assay_live_tree_update (&self->tree, self->module);
  if (good && work->is_save)
    note_saved (self, work);
  if (good && work->run == assay_live_restore)
    note_restored (self, work);
  update_status (self);
  print_cell (self, work, error);
  g_signal_emit (self, signals[CHANGED], 0);
  if (good)
    g_task_return_boolean (told, TRUE);
  else
    g_task_return_error (told, error);
}

static void
work_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (assay_live_work_do (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error ? error : g_error_new_literal (ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("It failed without a reason")));
}

static void
start (AssayLiveModel *self, AssayLiveWork *work, const char *title, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) told = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) task = NULL;

  /* The document may be saved in another format meanwhile. */
  if (self->busy || assay_document_get_job (self->document) != NULL || (self->module == NULL) != (work->run == assay_live_make))
    {
      assay_live_work_free (work);
      g_task_return_new_error (told, ASSAY_ERROR, ASSAY_ERROR_FAILED, _ ("The model is busy; wait until it is done"));
      return;
    }
  self->busy = TRUE;
  work->job = assay_job_new (title);
  work->module = self->module;
  work->eager = self->eager;
  work->random = self->random;
  collect_edits (self, work);
  assay_document_set_job (self->document, work->job);
  g_signal_emit (self, signals[CHANGED], 0);
  task = g_task_new (self, NULL, ended_cb, g_steal_pointer (&told));
  g_task_set_task_data (task, work, (GDestroyNotify) assay_live_work_free);
  g_task_run_in_thread (task, work_thread);
}

/* A seed as it was typed. */
static gboolean
read_seed (const char *text, guint32 *seed, GError **error)
{
  char   *end;
  guint64 value;

  errno = 0;
  value = g_ascii_strtoull (text, &end, 10);
  *seed = (guint32) value;
  if (g_ascii_isdigit (*text) && *end == '\0' && errno == 0 && value <= G_MAXUINT32)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, _ ("The seed must be a whole number from 0 to 4294967295, not “%s”"), text);
  return FALSE;
}

void
assay_live_model_make_async (AssayLiveModel           *self,
                             const AssayBuiltinModule *klass,
                             const char *const        *values,
                             const char               *seed,
                             GAsyncReadyCallback       callback,
                             gpointer                  user_data)
{
  g_autofree char *stripped = g_strstrip (g_strdup (seed));
  AssayLiveWork   *work;
  guint32          number;
  GError          *error = NULL;

  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self) && klass != NULL);
  if ((*stripped && !read_seed (stripped, &number, &error)) || !assay_builtin_module_check (klass, values, &error))
    {
      g_task_report_error (self, callback, user_data, assay_live_model_make_async, error);
      return;
    }
  if (!self->busy)
    {
      g_clear_pointer (&self->random, assay_random_source_free);
      self->random = assay_random_source_new (*stripped ? &number : NULL);
    }
  work = assay_live_work_new (assay_live_make, stripped);
  work->klass = klass;
  work->values = g_strdupv ((char **) values);
  start (self, work, _ ("Making the Model"), callback, user_data);
}

void
assay_live_model_call_async (AssayLiveModel *self, const char *input, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  start (self, assay_live_work_new (assay_live_call, input), _ ("Calling the Model"), callback, user_data);
}

void
assay_live_model_ask_async (AssayLiveModel *self, AssayLiveQuestion question, GAsyncReadyCallback callback, gpointer user_data)
{
  AssayLiveWork *work = assay_live_work_new (assay_live_ask, NULL);

  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  work->question = question;
  g_set_object (&work->status, self->restored);
  start (self, work, _ ("Printing"), callback, user_data);
}

void
assay_live_model_write_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  AssayLiveWork *work = assay_live_work_new (assay_live_write, path);

  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  work->is_save = TRUE;
  start (self, work, _ ("Saving the Checkpoint"), callback, user_data);
}

void
assay_live_model_restore_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  start (self, assay_live_work_new (assay_live_restore, path), _ ("Restoring the Checkpoint"), callback, user_data);
}

void
assay_live_model_save_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  AssayLiveWork *work = assay_live_work_new (assay_live_save, path);

  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  work->is_save = TRUE;
  start (self, work, _ ("Saving the Model"), callback, user_data);
}

void
assay_live_model_load_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ASSAY_IS_LIVE_MODEL (self));
  start (self, assay_live_work_new (assay_live_load, path), _ ("Loading the Model"), callback, user_data);
}
