/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model that is made by hand: called, saved and restored step by step, as in a notebook. Belongs to the main thread; knows nothing
 * of GTK. */

#pragma once

#include <assay/builtin-modules.h>
#include <assay/document.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_LIVE_CELL (assay_live_cell_get_type ())
G_DECLARE_FINAL_TYPE (AssayLiveCell, assay_live_cell, ASSAY, LIVE_CELL, GObject)

/**
 * assay_live_cell_get_source:
 *
 * Returns: (transfer none): what was done, as Python writes it
 */
const char *assay_live_cell_get_source (AssayLiveCell *self);

/**
 * assay_live_cell_get_output:
 *
 * Returns: (transfer none): what a notebook shows below it; "" for nothing
 */
const char *assay_live_cell_get_output (AssayLiveCell *self);

/**
 * assay_live_cell_is_error:
 *
 * Returns: whether it failed: the output is the error's text
 */
gboolean assay_live_cell_is_error (AssayLiveCell *self);

#define ASSAY_TYPE_LIVE_MODEL (assay_live_model_get_type ())
G_DECLARE_FINAL_TYPE (AssayLiveModel, assay_live_model, ASSAY, LIVE_MODEL, GObject)

/* Signal: "changed": something was done, or is being done. */

/* A model by hand may have so many bytes of values. */
#define ASSAY_LIVE_MAX_BYTES (4ull << 30)

/**
 * AssayLiveQuestion:
 *
 * What can be asked of a model; each prints a cell.
 */
typedef enum
{
  ASSAY_LIVE_VARIABLES,
  ASSAY_LIVE_TRAINABLE_VARIABLES,
  ASSAY_LIVE_NON_TRAINABLE_VARIABLES,
  ASSAY_LIVE_SUBMODULES,
  ASSAY_LIVE_SUMMARY,
  ASSAY_LIVE_ASSERT_EXISTING_OBJECTS_MATCHED,
  ASSAY_LIVE_ASSERT_CONSUMED,
  ASSAY_N_LIVE_QUESTIONS
} AssayLiveQuestion;

/**
 * assay_live_model_new:
 *
 * Returns: (transfer full): a model that isn't made yet
 */
AssayLiveModel *assay_live_model_new (void);

/**
 * assay_live_model_get_document:
 *
 * Its variables as those of a document: they can be looked at and edited with undo, and edits count in the next call and in what is
 * saved. The document is loading until the model is made.
 *
 * Returns: (transfer none): the document
 */
AssayDocument *assay_live_model_get_document (AssayLiveModel *self);

/**
 * assay_live_model_get_cells:
 *
 * Returns: (transfer none): a list of #AssayLiveCell, the first one first
 */
GListModel *assay_live_model_get_cells (AssayLiveModel *self);

/**
 * assay_live_model_get_class:
 *
 * Returns: (transfer none) (nullable): what it is
 */
const AssayBuiltinModule *assay_live_model_get_class (AssayLiveModel *self);

/**
 * assay_live_model_is_built:
 *
 * Returns: whether all of its variables are there
 */
gboolean assay_live_model_is_built (AssayLiveModel *self);

/**
 * assay_live_model_is_busy:
 *
 * Returns: whether something is being done
 */
gboolean assay_live_model_is_busy (AssayLiveModel *self);

/**
 * assay_live_model_get_status:
 *
 * Returns: (transfer none): how it stands, in a sentence: not built yet, what of a checkpoint waits; "" for nothing to say
 */
const char *assay_live_model_get_status (AssayLiveModel *self);

/**
 * assay_live_model_can_ask:
 *
 * Returns: whether a question means anything for it now
 */
gboolean assay_live_model_can_ask (AssayLiveModel *self, AssayLiveQuestion question);

/**
 * assay_live_question_get_python:
 *
 * Returns: (transfer none): the question as Python writes it: "model.variables"
 */
const char *assay_live_question_get_python (AssayLiveQuestion question);

/**
 * assay_live_model_make_async:
 * @class: what it shall be
 * @values: what was typed for each setting
 * @seed: what was typed as seed; "" for none
 * @callback: called on the main thread
 *
 * Makes the model, in a worker. Fails as assay_builtin_module_new(); nothing is made then, and no cell printed.
 */
void assay_live_model_make_async (AssayLiveModel           *self,
                                  const AssayBuiltinModule *klass,
                                  const char *const        *values,
                                  const char               *seed,
                                  GAsyncReadyCallback       callback,
                                  gpointer                  user_data);

/**
 * assay_live_model_call_async:
 * @input: numbers in nested lists, as typed
 * @callback: called on the main thread
 *
 * Calls it, in a worker. Variables may come into being. Whatever fails is printed as a cell.
 */
void assay_live_model_call_async (AssayLiveModel *self, const char *input, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_ask_async:
 * @question: what to ask
 * @callback: called on the main thread
 *
 * Prints what a notebook would.
 */
void assay_live_model_ask_async (AssayLiveModel *self, AssayLiveQuestion question, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_write_async:
 * @path: a checkpoint's name; the file ends on ".h5"
 * @callback: called on the main thread
 *
 * Writes a checkpoint, as tf.train.Checkpoint (model=model).write.
 */
void assay_live_model_write_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_restore_async:
 * @path: a checkpoint
 * @callback: called on the main thread
 *
 * Restores a checkpoint; what isn't built yet waits for its values. A checkpoint whose root is the model itself (that of a saved
 * model) is found out. What changes can be undone.
 */
void assay_live_model_restore_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_save_async:
 * @path: a saved model's name; the file ends on ".h5"
 * @callback: called on the main thread
 *
 * Saves values and operations, as tf.saved_model.save.
 */
void assay_live_model_save_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_load_async:
 * @path: a saved model
 * @callback: called on the main thread
 *
 * Loads a saved model as tf.saved_model.load, and prints of which class it is: that of no class.
 */
void assay_live_model_load_async (AssayLiveModel *self, const char *path, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_live_model_finish:
 *
 * Ends any of these.
 *
 * Returns: whether it went well
 */
gboolean assay_live_model_finish (AssayLiveModel *self, GAsyncResult *result, GError **error);

G_END_DECLS
