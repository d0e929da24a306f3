/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running: one operation at once, or a whole function by a plan. */

#pragma once

#include <assay/function.h>
#include <assay/job.h>
#include <assay/trace.h>

G_BEGIN_DECLS

/**
 * assay_apply:
 * @op: TensorFlow's name of an operation
 * @attrs: (transfer full) (nullable): its attributes
 * @error: return location for an error
 * @...: its inputs, each an #AssayValue, and a %NULL behind them; if one of them is %NULL although the operation takes more, nothing is
 *   done and %NULL returned
 *
 * Runs an operation that has one output; or records it, if this thread is tracing.
 *
 * Blocks for as long as it takes. Fails with `ASSAY_ERROR_SHAPE` or `ASSAY_ERROR_DTYPE` in TensorFlow's words, `ASSAY_ERROR_UNSUPPORTED` if there is no
 * such operation or no kernel for the dtype.
 *
 * Returns: (transfer none) (nullable): the output, owned by the pool
 */
AssayValue *assay_apply (const char *op, AssayAttrs *attrs, GError **error, ...);

/**
 * assay_apply_many:
 * @op: TensorFlow's name of an operation
 * @attrs: (transfer full) (nullable): its attributes
 * @n_inputs: number of inputs
 * @inputs: (array length=n_inputs): its inputs; if one is %NULL, nothing is done
 * @n_outputs: room in @outputs
 * @outputs: (out) (array length=n_outputs): its outputs, owned by the pool
 * @error: return location for an error
 *
 * The same for any number of outputs.
 *
 * Returns: how many outputs there are, -1 on failure
 */
int assay_apply_many (const char        *op,
                      AssayAttrs        *attrs,
                      guint              n_inputs,
                      AssayValue *const *inputs,
                      guint              n_outputs,
                      AssayValue       **outputs,
                      GError           **error);

/**
 * assay_engine_has_kernel:
 * @op: TensorFlow's name of an operation
 *
 * Returns: whether it can be run
 */
gboolean assay_engine_has_kernel (const char *op);

/**
 * assay_engine_set_n_threads:
 * @n: how many threads one operation may use; 0 for one a processor
 *
 * Sets it for the whole process.
 */
void assay_engine_set_n_threads (guint n);

/**
 * assay_engine_get_n_threads:
 *
 * Returns: how many threads one operation may use
 */
guint assay_engine_get_n_threads (void);

/**
 * AssayObserver:
 * @function: what is running
 * @operation: index of the operation that has just run
 * @outputs: its outputs; one may be %NULL (dead)
 * @data: what was given with it
 *
 * Hears of every operation, in the thread that runs.
 */
typedef void (*AssayObserver) (AssayFunction *function, guint operation, AssayValue *const *outputs, gpointer data);

/**
 * AssayRunOptions:
 * @job: (nullable): progress, the name of what is running, cancel
 * @observer: (nullable): hears of every operation of the outermost function
 * @observer_data: given to it
 * @keep_all: also run what no result needs (for activations that nothing uses)
 * @max_bytes: no more memory than that may be in use at once, 0 for what the machine has
 * @peak_bytes: (out) (nullable): gets the most that was in use at once
 */
typedef struct
{
  AssayJob     *job;
  AssayObserver observer;
  gpointer      observer_data;
  gboolean      keep_all;
  guint64       max_bytes;
  guint64      *peak_bytes;
} AssayRunOptions;

/**
 * AssayPlan:
 *
 * A function made ready to run: what has to run, with which kernel, and when each value is needed for the last time. Immutable
 * but for the memory it keeps between runs; one run at a time.
 */
#define ASSAY_TYPE_PLAN (assay_plan_get_type ())
G_DECLARE_FINAL_TYPE (AssayPlan, assay_plan, ASSAY, PLAN, GObject)

/**
 * assay_plan_new:
 * @library: the functions that @function calls
 * @function: what to run
 * @keep_activations: whether operations that only activations need shall run, too
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_UNSUPPORTED` if an operation, here or in a function it calls, has no kernel: it is named, with its place.
 *
 * Returns: (transfer full): a plan
 */
AssayPlan *assay_plan_new (AssayLibrary *library, AssayFunction *function, gboolean keep_activations, GError **error);

/**
 * assay_plan_run:
 * @arguments: (array length=n_arguments): the function's arguments without its captures
 * @n_arguments: how many
 * @options: (nullable): how to run
 * @results: (out) (array): as many values as the function has results, each (transfer full)
 * @error: return location for an error
 *
 * Runs the function. Blocks; call it from a worker thread. Fails with `G_IO_ERROR_CANCELLED`, with TensorFlow's sentences about
 * shapes, or with `ASSAY_ERROR_FAILED` if memory doesn't suffice.
 *
 * Returns: whether @results are filled
 */
gboolean assay_plan_run (AssayPlan             *self,
                         AssayValue *const     *arguments,
                         guint                  n_arguments,
                         const AssayRunOptions *options,
                         AssayValue           **results,
                         GError               **error);

G_END_DECLS
