/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model that can run: its signatures as functions over one library, and what a finished run leaves. */

#pragma once

#include <assay/engine.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RUN (assay_run_get_type ())
G_DECLARE_FINAL_TYPE (AssayRun, assay_run, ASSAY, RUN, GObject)

/**
 * assay_run_get_signature:
 *
 * Returns: (transfer none): the signature that ran
 */
const char *assay_run_get_signature (AssayRun *self);

/**
 * assay_run_get_function:
 *
 * Returns: (transfer none): the signature's function
 */
AssayFunction *assay_run_get_function (AssayRun *self);

/**
 * assay_run_is_bad:
 * @operation: an operation of the function
 *
 * Returns: whether NaN or Inf came out of it, as far as this was looked at: in a run that keeps activations
 */
gboolean assay_run_is_bad (AssayRun *self, guint32 operation);

/**
 * assay_run_get_n_inputs:
 *
 * Returns: how many inputs it had
 */
guint assay_run_get_n_inputs (AssayRun *self);

/**
 * assay_run_get_input:
 * @name: (out) (optional) (transfer none): what it is called
 *
 * Returns: (transfer none): an input
 */
AssayValue *assay_run_get_input (AssayRun *self, guint index, const char **name);

/**
 * assay_run_get_n_outputs:
 *
 * Returns: how many outputs it has
 */
guint assay_run_get_n_outputs (AssayRun *self);

/**
 * assay_run_get_output:
 * @name: (out) (optional) (transfer none): what it is called
 *
 * Returns: (transfer none): an output
 */
AssayValue *assay_run_get_output (AssayRun *self, guint index, const char **name);

/**
 * assay_run_get_n_activations:
 *
 * Returns: how many activations were kept
 */
guint assay_run_get_n_activations (AssayRun *self);

/**
 * assay_run_get_activation:
 * @name: (out) (optional) (transfer none): the layer's or operation's name, as CLI names them
 *
 * Returns: (transfer none): what a layer or operation gave, in the order of running
 */
AssayValue *assay_run_get_activation (AssayRun *self, guint index, const char **name);

/**
 * assay_run_get_seconds:
 *
 * Returns: how long the forward pass took, without reading variables from files and without keeping activations
 */
double assay_run_get_seconds (AssayRun *self);

/**
 * assay_run_get_load_seconds:
 *
 * Returns: how long it took to have the values of all variables; next to nothing from the second run on
 */
double assay_run_get_load_seconds (AssayRun *self);

/**
 * assay_run_get_peak_bytes:
 *
 * Returns: the most memory its values took at once
 */
guint64 assay_run_get_peak_bytes (AssayRun *self);

/**
 * assay_run_get_first_bad:
 *
 * Returns: (transfer none) (nullable): the first operation whose output has NaN or Inf though its inputs have none; without
 *   activations only if an output of the model has some
 */
const char *assay_run_get_first_bad (AssayRun *self);

/**
 * AssayRunnable:
 *
 * The functions of a model that can be called from outside, by the names of their signatures.
 */
#define ASSAY_TYPE_RUNNABLE (assay_runnable_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunnable, assay_runnable, ASSAY, RUNNABLE, GObject)

/**
 * assay_runnable_new:
 * @library: the functions that signatures and their operations name
 *
 * Returns: (transfer full): a model without signatures
 */
AssayRunnable *assay_runnable_new (AssayLibrary *library);

/**
 * assay_runnable_get_library:
 *
 * Returns: (transfer none): all functions
 */
AssayLibrary *assay_runnable_get_library (AssayRunnable *self);

/**
 * assay_runnable_add_signature:
 * @name: the signature's name, such as "serving_default"
 * @function: a function of the library; its arguments without captures are the inputs, its results the outputs
 *
 * Adds a signature; the first is the default.
 */
void assay_runnable_add_signature (AssayRunnable *self, const char *name, AssayFunction *function);

/**
 * assay_runnable_add_failure:
 * @name: a signature that the file has
 * @reason: why it can't be run
 *
 * Asking for it, or for none where it is "serving_default", gives that reason. The others can be run by their names.
 */
void assay_runnable_add_failure (AssayRunnable *self, const char *name, const GError *reason);

/**
 * assay_runnable_get_n_signatures:
 *
 * Returns: how many signatures there are
 */
guint assay_runnable_get_n_signatures (AssayRunnable *self);

/**
 * assay_runnable_get_signature:
 * @name: (out) (optional) (transfer none): its name
 *
 * Returns: (transfer none): a signature's function
 */
AssayFunction *assay_runnable_get_signature (AssayRunnable *self, guint index, const char **name);

/**
 * assay_runnable_find_signature:
 * @name: (nullable): a signature's name; the default one if %NULL
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_NOT_FOUND`, naming those that there are.
 *
 * Returns: (transfer none): its function
 */
AssayFunction *assay_runnable_find_signature (AssayRunnable *self, const char *name, GError **error);

/**
 * assay_runnable_run:
 * @signature: (nullable): a signature's name; the default one if %NULL
 * @inputs: (array): one value an input, in the order of the function's arguments
 * @n_inputs: how many
 * @activations: whether to keep what each layer gave (in a function without layers: each operation)
 * @job: (nullable): progress by operation, its name, cancel
 * @error: return location for an error
 *
 * Runs a signature. Plans are kept, so a second run is faster. Blocks; call it in a worker. Several may run at once, in threads of
 * their own. Fails as assay_plan_new()
 * and assay_plan_run() do.
 *
 * Returns: (transfer full): what came out
 */
AssayRun *assay_runnable_run (AssayRunnable     *self,
                              const char        *signature,
                              AssayValue *const *inputs,
                              guint              n_inputs,
                              gboolean           activations,
                              AssayJob          *job,
                              GError           **error);

/**
 * assay_runnable_run_for:
 * @signature: (nullable): a signature's name; the default one if %NULL
 * @inputs: (array): as for assay_runnable_run()
 * @n_inputs: how many
 * @operation: an operation of the signature's function
 * @job: (nullable): progress by operation, its name, cancel
 * @error: return location for an error
 *
 * Runs a signature for what one operation gives: its tensors are the run's activations, "name", then "name:1"… Fails with
 * `ASSAY_ERROR_NOT_FOUND` if it gave none, else as assay_runnable_run().
 *
 * Returns: (transfer full): what came out
 */
AssayRun *assay_runnable_run_for (AssayRunnable     *self,
                                  const char        *signature,
                                  AssayValue *const *inputs,
                                  guint              n_inputs,
                                  guint32            operation,
                                  AssayJob          *job,
                                  GError           **error);

G_END_DECLS
