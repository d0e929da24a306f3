/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tracing: while a trace is on in a thread, operations are recorded instead of run. */

#pragma once

#include <assay/function.h>

G_BEGIN_DECLS

/**
 * AssayTrace:
 *
 * What is being recorded in this thread. Traces nest: the branches of a condition are traced inside the function that has it.
 */
typedef struct _AssayTrace AssayTrace;

/**
 * assay_trace_begin:
 * @library: where functions that the traced one needs are put
 * @name: the function's name
 *
 * From here on, operations in this thread are recorded.
 *
 * Returns: (transfer full): the trace
 */
AssayTrace *assay_trace_begin (AssayLibrary *library, const char *name);

/**
 * assay_trace_get_current:
 *
 * Returns: (transfer none) (nullable): the innermost trace of this thread
 */
AssayTrace *assay_trace_get_current (void);

/**
 * assay_trace_suspend:
 *
 * From here on operations in this thread are run again, as in tf.init_scope: for what is made once, such as variables.
 *
 * Returns: (transfer none) (nullable): what to give to assay_trace_resume()
 */
AssayTrace *assay_trace_suspend (void);

/**
 * assay_trace_resume:
 * @self: (nullable): what assay_trace_suspend() gave
 *
 * Goes on recording.
 */
void assay_trace_resume (AssayTrace *self);

/**
 * assay_trace_get_library:
 *
 * Returns: (transfer none): its library
 */
AssayLibrary *assay_trace_get_library (AssayTrace *self);

/**
 * assay_trace_add_argument:
 * @name: its name
 * @dtype: its dtype
 * @shape: its shape, unknown dimensions allowed
 *
 * Returns: (transfer none): a symbol that stands for the argument
 */
AssayValue *assay_trace_add_argument (AssayTrace *self, const char *name, AssayDtype dtype, const AssayPartialShape *shape);

/**
 * assay_trace_record:
 * @op: what to do
 * @attrs: (nullable): its attributes
 * @n_inputs: number of inputs
 * @inputs: (array length=n_inputs): symbols of this trace or of one around it (which are captured), tensors (which become
 *   constants), handles (which are captured)
 * @outputs: (out) (array): as many values as the operation has outputs, owned by the pool
 * @error: return location for an error
 *
 * Records an operation.
 *
 * Returns: how many outputs there are, -1 with @error set
 */
int assay_trace_record (AssayTrace        *self,
                        const AssayOp     *op,
                        AssayAttrs        *attrs,
                        guint              n_inputs,
                        AssayValue *const *inputs,
                        AssayValue       **outputs,
                        guint              max_outputs,
                        GError           **error);

/**
 * assay_trace_constant:
 * @value: a symbol of this trace
 *
 * Returns: (transfer none) (nullable): its value, if it is known while tracing
 */
AssayTensor *assay_trace_constant (AssayTrace *self, AssayValue *value);

/**
 * assay_trace_push_scope:
 * @name: the name of a module or layer
 *
 * Operations recorded from here on have "name/" in front of their names. Does nothing if @self is %NULL.
 */
void assay_trace_push_scope (AssayTrace *self, const char *name);

/**
 * assay_trace_pop_scope:
 *
 * Ends the innermost scope.
 */
void assay_trace_pop_scope (AssayTrace *self);

/**
 * assay_trace_activation:
 * @name: what it is called
 * @value: what a layer gave
 *
 * Notes an activation. Does nothing if @self is %NULL or @value no symbol of it.
 */
void assay_trace_activation (AssayTrace *self, const char *name, AssayValue *value);

/**
 * assay_trace_add_result:
 * @name: what it is called
 * @value: a value; a tensor becomes a constant
 * @error: return location for an error
 *
 * Returns: whether the result was added
 */
gboolean assay_trace_add_result (AssayTrace *self, const char *name, AssayValue *value, GError **error);

/**
 * assay_trace_end:
 * @self: (transfer full): the innermost trace
 *
 * Ends recording, and adds the function to the library.
 *
 * Returns: (transfer full): the function
 */
AssayFunction *assay_trace_end (AssayTrace *self);

/**
 * assay_trace_get_n_outer:
 *
 * Returns: how many values the trace has captured from the traces around it so far
 */
guint assay_trace_get_n_outer (AssayTrace *self);

/**
 * assay_trace_get_outer:
 *
 * Returns: (transfer none): a value of the trace around it that this one has captured. In the finished function these are arguments
 *   behind its own, in this order.
 */
AssayValue *assay_trace_get_outer (AssayTrace *self, guint index);

/**
 * assay_trace_abandon:
 * @self: (transfer full): the innermost trace
 *
 * Ends recording without a function.
 */
void assay_trace_abandon (AssayTrace *self);

G_END_DECLS
