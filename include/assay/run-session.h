/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running an open model, without a window: the model as it is edited now, and the runs so far. */

#pragma once

#include <assay/comparison.h>
#include <assay/document.h>
#include <assay/runnable.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RUN_RECORD (assay_run_record_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunRecord, assay_run_record, ASSAY, RUN_RECORD, GObject)

/**
 * assay_run_record_get_number:
 *
 * Returns: which run it is, from 1
 */
guint assay_run_record_get_number (AssayRunRecord *self);

/**
 * assay_run_record_get_edits:
 *
 * Returns: (transfer none): the name of the last edit before it; "" if the model was unedited
 */
const char *assay_run_record_get_edits (AssayRunRecord *self);

/**
 * assay_run_record_get_run:
 *
 * Returns: (transfer none): what came out
 */
AssayRun *assay_run_record_get_run (AssayRunRecord *self);

/**
 * assay_run_record_get_n_values:
 *
 * Returns: how many values were kept: inputs, activations in the order of running, outputs that no layer gave. Any thread may call this
 * and the next three.
 */
guint assay_run_record_get_n_values (AssayRunRecord *self);

/**
 * assay_run_record_get_value:
 * @index: which
 * @name: (out) (optional) (transfer none): what it is called
 *
 * Returns: (transfer none): a value, a tensor
 */
AssayValue *assay_run_record_get_value (AssayRunRecord *self, guint index, const char **name);

/**
 * assay_run_record_find:
 * @name: what a value is called: a layer's, an operation's, an input's or an output's name
 *
 * Returns: (transfer none) (nullable): the value
 */
AssayValue *assay_run_record_find (AssayRunRecord *self, const char *name);

/**
 * assay_run_record_get_n_bytes:
 *
 * Returns: how much memory all values take
 */
guint64 assay_run_record_get_n_bytes (AssayRunRecord *self);

/**
 * assay_run_record_get_document:
 *
 * Returns: (transfer none): outputs and activations as variables of a document, to be looked at like those of a model
 */
AssayDocument *assay_run_record_get_document (AssayRunRecord *self);

/**
 * assay_run_record_dup_list:
 *
 * Returns: (transfer full): activations, then outputs, in the order of running, to be compared with those of another run
 */
AssayVariableList *assay_run_record_dup_list (AssayRunRecord *self);

#define ASSAY_TYPE_RUN_SESSION (assay_run_session_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunSession, assay_run_session, ASSAY, RUN_SESSION, GObject)

/**
 * assay_run_session_new:
 * @document: an open model
 *
 * Returns: (transfer full): a session without runs
 */
AssayRunSession *assay_run_session_new (AssayDocument *document);

/**
 * assay_run_session_load_async:
 * @callback: called on the main thread
 *
 * Makes the model ready to run, in a worker.
 */
void assay_run_session_load_async (AssayRunSession *self, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_run_session_load_finish:
 *
 * Fails if there is nothing to call, or with the name of what can't be run.
 *
 * Returns: (transfer none): the model
 */
AssayRunnable *assay_run_session_load_finish (AssayRunSession *self, GAsyncResult *result, GError **error);

/**
 * assay_run_session_run_async:
 * @signature: a signature's name
 * @inputs: (element-type AssayValue): one value an input
 * @job: progress and cancel
 * @callback: called on the main thread
 *
 * Runs the model with its edits as they are now, in a worker, and keeps the run.
 */
void assay_run_session_run_async (AssayRunSession    *self,
                                  const char         *signature,
                                  GPtrArray          *inputs,
                                  AssayJob           *job,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/**
 * assay_run_session_run_recipes_async:
 * @signature: a signature's name
 * @recipes: (element-type AssayInputRecipe): how to make each input
 * @job: progress and cancel
 * @callback: called on the main thread
 *
 * As assay_run_session_run_async(), but the inputs are made in the worker, too. Ends with assay_run_session_run_finish().
 */
void assay_run_session_run_recipes_async (AssayRunSession    *self,
                                          const char         *signature,
                                          GPtrArray          *recipes,
                                          AssayJob           *job,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);

/**
 * assay_run_session_run_finish:
 *
 * Returns: (transfer none): the run
 */
AssayRunRecord *assay_run_session_run_finish (AssayRunSession *self, GAsyncResult *result, GError **error);

/**
 * assay_run_session_get_runnable:
 *
 * Returns: (transfer none) (nullable): the model, once it is ready to run; then signal "loaded" was emitted
 */
AssayRunnable *assay_run_session_get_runnable (AssayRunSession *self);

/**
 * assay_run_session_get_problem:
 *
 * Returns: (transfer none) (nullable): why the model can't be run
 */
const GError *assay_run_session_get_problem (AssayRunSession *self);

/**
 * assay_run_session_get_job:
 *
 * Returns: (transfer none) (nullable): the job of the run that is on its way; signal "running" tells when one begins and ends
 */
AssayJob *assay_run_session_get_job (AssayRunSession *self);

/**
 * assay_run_session_get_failure:
 *
 * Returns: (transfer none) (nullable): why the last run left nothing
 */
const GError *assay_run_session_get_failure (AssayRunSession *self);

/**
 * assay_run_session_look_async:
 * @record: the last run
 * @operation: an operation of its signature's function
 * @job: progress and cancel
 * @callback: called on the main thread
 *
 * Runs once more with the inputs and the values of the last run, for what an operation gave that wasn't kept then. In a worker; not
 * while the model runs.
 */
void assay_run_session_look_async (AssayRunSession    *self,
                                   AssayRunRecord     *record,
                                   guint32             operation,
                                   AssayJob           *job,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/**
 * assay_run_session_look_finish:
 *
 * Fails if no result needs the operation, so it didn't run.
 *
 * Returns: (transfer full): a record of its own, whose activations are the operation's outputs
 */
AssayRunRecord *assay_run_session_look_finish (AssayRunSession *self, GAsyncResult *result, GError **error);

/**
 * assay_run_session_get_records:
 *
 * Returns: (transfer none): a list of #AssayRunRecord, the first run first
 */
GListModel *assay_run_session_get_records (AssayRunSession *self);

G_END_DECLS
