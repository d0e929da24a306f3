/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/run-session.h>

#include <assay/import.h>
#include <assay/input-recipe.h>
#include <string.h>

#include "run-record-private.h"

/* The values of a model as they were when a run began. Workers read it while the document goes on. */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex          mutex;
  AssayManifest  *manifest;
  GHashTable     *plain;  /* number → AssaySource of the file; the same one each time, so that values are read once */
  GHashTable     *edited; /* number → AssaySource */
} Values;

struct _AssayRunSession
{
  GObject parent_instance;

  AssayDocument *document;
  AssayRunnable *runnable;
  GError        *problem; /* why there is none */
  AssayJob      *job;     /* of the run that is on its way */
  GError        *failure; /* why the last one left nothing */
  Values        *values;
  GListStore    *records;
  guint          n_runs;
};

enum
{
  LOADED,
  RUNNING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AssayRunSession, assay_run_session, G_TYPE_OBJECT)

static void
values_unref (gpointer data)
{
  Values *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->plain);
  g_hash_table_unref (self->edited);
  g_object_unref (self->manifest);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static Values *
values_new (AssayManifest *manifest)
{
  Values *self = g_new0 (Values, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->manifest = g_object_ref (manifest);
  self->plain = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->edited = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  return self;
}

static AssaySource *
values_get (guint32 variable, gpointer data, GError **error)
{
  Values      *self = data;
  AssaySource *source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  source = g_hash_table_lookup (self->edited, GUINT_TO_POINTER (variable));
  if (source == NULL)
    source = g_hash_table_lookup (self->plain, GUINT_TO_POINTER (variable));
  if (source != NULL)
    return g_object_ref (source);
  source = assay_manifest_dup_source (self->manifest, variable, error);
  if (source != NULL)
    g_hash_table_insert (self->plain, GUINT_TO_POINTER (variable), g_object_ref (source));
  return source;
}

/* Takes over what is edited now. After saving, the document goes on with the same variables in what was written. */
static void
values_update (Values *self, AssayDocument *document)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (g_set_object (&self->manifest, assay_document_get_manifest (document)))
    g_hash_table_remove_all (self->plain);
  g_hash_table_remove_all (self->edited);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (self->manifest); i++)
    {
      AssayNode   *node = assay_document_get_variable (document, i);
      AssaySource *source = assay_node_is_edited (node) ? assay_document_dup_source (document, node, NULL) : NULL;

      if (source != NULL)
        g_hash_table_insert (self->edited, GUINT_TO_POINTER (i), source);
    }
}

static void
assay_run_session_finalize (GObject *object)
{
  AssayRunSession *self = ASSAY_RUN_SESSION (object);

  g_clear_object (&self->runnable);
  g_clear_error (&self->problem);
  g_clear_error (&self->failure);
  g_clear_object (&self->job);
  g_clear_object (&self->document);
  g_clear_object (&self->records);
  g_clear_pointer (&self->values, values_unref);
  G_OBJECT_CLASS (assay_run_session_parent_class)->finalize (object);
}

static void
assay_run_session_class_init (AssayRunSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_run_session_finalize;

  /**
   * AssayRunSession::loaded:
   *
   * The model is ready to run, or it is known why it can't be.
   */
  signals[RUNNING] = g_signal_new ("running", ASSAY_TYPE_RUN_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOADED] = g_signal_new ("loaded", ASSAY_TYPE_RUN_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
assay_run_session_init (AssayRunSession *self)
{
  self->records = g_list_store_new (ASSAY_TYPE_RUN_RECORD);
}

AssayRunSession *
assay_run_session_new (AssayDocument *document)
{
  AssayRunSession *self = g_object_new (ASSAY_TYPE_RUN_SESSION, NULL);

  self->document = g_object_ref (document);
  self->values = values_new (assay_document_get_manifest (document));
  return self;
}

static void
load_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Values        *values = data;
  GError        *error = NULL;
  AssayRunnable *runnable;

  g_atomic_ref_count_inc (&values->ref_count);
  runnable = assay_import (values->manifest, values_get, values, values_unref, &error);
  if (runnable != NULL)
    g_task_return_pointer (task, runnable, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
assay_run_session_load_async (AssayRunSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_atomic_ref_count_inc (&self->values->ref_count);
  g_task_set_task_data (task, self->values, values_unref);
  g_task_run_in_thread (task, load_in_worker);
}

AssayRunnable *
assay_run_session_load_finish (AssayRunSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (AssayRunnable) runnable = NULL;

  g_clear_error (&self->problem);
  runnable = g_task_propagate_pointer (G_TASK (result), &self->problem);
  g_set_object (&self->runnable, runnable);
  if (self->problem != NULL)
    g_propagate_error (error, g_error_copy (self->problem));
  g_signal_emit (self, signals[LOADED], 0);
  return self->runnable;
}

AssayRunnable *
assay_run_session_get_runnable (AssayRunSession *self)
{
  return self->runnable;
}

const GError *
assay_run_session_get_problem (AssayRunSession *self)
{
  return self->problem;
}

/* A run on its way. */
typedef struct
{
  AssayRunnable *runnable;
  char          *signature, *edits;
  GPtrArray     *inputs;  /* of AssayValue; NULL: they are made by @recipes */
  GPtrArray     *recipes; /* of AssayInputRecipe */
  AssayJob      *job;
  guint          number;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->runnable);
  g_free (work->signature);
  g_free (work->edits);
  g_clear_pointer (&work->inputs, g_ptr_array_unref);
  g_clear_pointer (&work->recipes, g_ptr_array_unref);
  g_clear_object (&work->job);
  g_free (work);
}

static gboolean
make_inputs (Work *work, GError **error)
{
  AssayFunction *function = work->recipes ? assay_runnable_find_signature (work->runnable, work->signature, error) : NULL;

  if (work->recipes == NULL)
    return TRUE;
  work->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  for (guint i = 0; function != NULL && i < work->recipes->len; i++)
    {
      const char           *name;
      const AssayValueSpec *spec = assay_input_get_spec (function, i, &name);
      AssayValue           *value;

      if (work->job != NULL)
        assay_job_set_message (work->job, name);
      value = assay_input_recipe_make (work->recipes->pdata[i], spec, name, work->job ? assay_job_get_cancellable (work->job) : NULL, error);
      if (value == NULL)
        return FALSE;
      g_ptr_array_add (work->inputs, value);
    }
  return function != NULL;
}

static void
run_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work   *work = data;
  GError *error = NULL;
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayRun) run = NULL;
  AssayRunRecord *record = NULL;

  if (make_inputs (work, &error))
    run = assay_runnable_run (work->runnable, work->signature, (AssayValue **) work->inputs->pdata, work->inputs->len, TRUE, work->job, &error);
  if (run != NULL)
    record = assay_run_record_new (run, work->number, work->edits, &error);
  if (record != NULL)
    g_task_return_pointer (task, record, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* The last edit that is done, as the history names it. */
static char *
name_last_edit (AssayDocument *document)
{
  guint position = assay_document_get_position (document);
  char *name = NULL;
  g_autoptr (GObject) step = position > 0 ? g_list_model_get_item (assay_document_get_history (document), position - 1) : NULL;

  if (step != NULL && assay_document_is_dirty (document))
    g_object_get (step, "name", &name, NULL);
  return name;
}

/* Takes @work over. */
static void
start_work (AssayRunSession *self, Work *work, const char *signature, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  values_update (self->values, self->document);
  work->runnable = g_object_ref (self->runnable);
  work->signature = g_strdup (signature);
  work->edits = name_last_edit (self->document);
  work->job = job ? g_object_ref (job) : NULL;
  work->number = ++self->n_runs;
  g_task_set_task_data (task, work, work_free);
  g_clear_error (&self->failure);
  g_set_object (&self->job, job);
  g_task_run_in_thread (task, run_in_worker);
  g_signal_emit (self, signals[RUNNING], 0);
}

void
assay_run_session_run_async (AssayRunSession    *self,
                             const char         *signature,
                             GPtrArray          *inputs,
                             AssayJob           *job,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  Work *work = g_new0 (Work, 1);

  work->inputs = g_ptr_array_ref (inputs);
  start_work (self, work, signature, job, callback, user_data);
}

void
assay_run_session_run_recipes_async (AssayRunSession    *self,
                                     const char         *signature,
                                     GPtrArray          *recipes,
                                     AssayJob           *job,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  Work *work = g_new0 (Work, 1);

  work->recipes = g_ptr_array_ref (recipes);
  start_work (self, work, signature, job, callback, user_data);
}

AssayRunRecord *
assay_run_session_run_finish (AssayRunSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (AssayRunRecord) record = NULL;

  g_clear_error (&self->failure);
  g_clear_object (&self->job);
  record = g_task_propagate_pointer (G_TASK (result), &self->failure);
  if (record != NULL)
    g_list_store_append (self->records, record);
  else
    {
      self->n_runs--;
      g_propagate_error (error, g_error_copy (self->failure));
    }
  g_signal_emit (self, signals[RUNNING], 0);
  return record;
}

AssayJob *
assay_run_session_get_job (AssayRunSession *self)
{
  return self->job;
}

const GError *
assay_run_session_get_failure (AssayRunSession *self)
{
  return self->failure;
}

/* A look at an operation on its way. */
typedef struct
{
  AssayRunnable  *runnable;
  AssayRunRecord *record;
  guint32         operation;
  AssayJob       *job;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_object_unref (look->runnable);
  g_object_unref (look->record);
  g_object_unref (look->job);
  g_free (look);
}

static void
look_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look     *look = data;
  GError   *error = NULL;
  AssayRun *run = assay_run_record_get_run (look->record);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (AssayRun) again = NULL;
  AssayRunRecord *found;

  for (guint i = 0; i < assay_run_get_n_inputs (run); i++)
    g_ptr_array_add (inputs, assay_run_get_input (run, i, NULL));
  again = assay_runnable_run_for (look->runnable, assay_run_get_signature (run), (AssayValue **) inputs->pdata, inputs->len, look->operation, look->job, &error);
  found = again ? assay_run_record_new (again, assay_run_record_get_number (look->record), assay_run_record_get_edits (look->record), &error) : NULL;
  if (found != NULL)
    g_task_return_pointer (task, found, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
assay_run_session_look_async (AssayRunSession    *self,
                              AssayRunRecord     *record,
                              guint32             operation,
                              AssayJob           *job,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Look *look = g_new0 (Look, 1);

  look->runnable = g_object_ref (self->runnable);
  look->record = g_object_ref (record);
  look->operation = operation;
  look->job = g_object_ref (job);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_worker);
}

AssayRunRecord *
assay_run_session_look_finish (AssayRunSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GListModel *
assay_run_session_get_records (AssayRunSession *self)
{
  return G_LIST_MODEL (self->records);
}
