/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A function: operations that turn arguments into results. What is traced, imported, run, drawn and stored. */

#pragma once

#include <assay/op.h>

G_BEGIN_DECLS

/**
 * AssayOutputRef:
 * @operation: index of the operation in its function; arguments are the first operations
 * @output: which of its outputs
 */
typedef struct
{
  guint32 operation;
  guint32 output;
} AssayOutputRef;

/**
 * AssayOperation:
 * @op: its entry in the table; the op of an argument is "Argument", one output
 * @name: unique in its function; "/" separates the scopes (modules, layers) it was made in
 * @attrs: its attributes, defaults filled in
 * @n_inputs: number of inputs
 * @inputs: where they come from; always operations before this one, but for loops of TensorFlow 1 (NextIteration)
 * @n_controls: number of control inputs
 * @controls: operations that must have run before
 * @n_outputs: number of outputs
 * @outputs: what is known of them
 *
 * One operation of a function. Immutable.
 */
typedef struct
{
  const AssayOp  *op;
  char           *name;
  AssayAttrs     *attrs;
  guint           n_inputs;
  AssayOutputRef *inputs;
  guint           n_controls;
  guint32        *controls;
  guint           n_outputs;
  AssayValueSpec *outputs;
} AssayOperation;

/**
 * AssayNamedRef:
 * @name: what the result or activation is called
 * @ref: where it comes from
 */
typedef struct
{
  char          *name;
  AssayOutputRef ref;
} AssayNamedRef;

#define ASSAY_TYPE_FUNCTION (assay_function_get_type ())
G_DECLARE_FINAL_TYPE (AssayFunction, assay_function, ASSAY, FUNCTION, GObject)

/**
 * assay_function_get_name:
 *
 * Returns: (transfer none): its name, unique in its library
 */
const char *assay_function_get_name (AssayFunction *self);

/**
 * assay_function_get_n_arguments:
 *
 * Returns: how many arguments it takes, captures included; they are its first operations
 */
guint assay_function_get_n_arguments (AssayFunction *self);

/**
 * assay_function_get_n_captures:
 *
 * Returns: how many of the arguments, the last ones, are captures that the function brings along
 */
guint assay_function_get_n_captures (AssayFunction *self);

/**
 * assay_function_get_capture:
 * @index: which capture, from 0
 *
 * Returns: (transfer none): a tensor, a string tensor or a handle
 */
AssayValue *assay_function_get_capture (AssayFunction *self, guint index);

/**
 * assay_function_get_n_operations:
 *
 * Returns: how many operations it has, arguments included
 */
guint assay_function_get_n_operations (AssayFunction *self);

/**
 * assay_function_get_operation:
 *
 * Returns: (transfer none): an operation
 */
const AssayOperation *assay_function_get_operation (AssayFunction *self, guint index);

/**
 * assay_function_get_results:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): what it gives, in order
 */
const AssayNamedRef *assay_function_get_results (AssayFunction *self, guint *n);

/**
 * assay_function_get_activations:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): what layers gave on the way, in the order of running: "conv1", "conv1@1"
 */
const AssayNamedRef *assay_function_get_activations (AssayFunction *self, guint *n);

/**
 * assay_function_get_spec:
 *
 * Returns: (transfer none): what is known of an output of an operation
 */
const AssayValueSpec *assay_function_get_spec (AssayFunction *self, AssayOutputRef ref);

/**
 * AssayFunctionBuilder:
 *
 * Makes a function operation by operation. Not thread-safe.
 */
typedef struct _AssayFunctionBuilder AssayFunctionBuilder;

/**
 * assay_function_builder_new:
 * @name: the function's name
 *
 * Returns: (transfer full): a builder
 */
AssayFunctionBuilder *assay_function_builder_new (const char *name);

/**
 * assay_function_builder_free:
 *
 * Frees a builder, finished or not.
 */
void assay_function_builder_free (AssayFunctionBuilder *self);

/**
 * assay_function_builder_add_argument:
 * @name: its name
 * @spec: what it has to be
 *
 * Adds an argument. Arguments come before all other operations; captures may come later and are moved in front by
 * assay_function_builder_finish().
 *
 * Returns: where its value comes from
 */
AssayOutputRef assay_function_builder_add_argument (AssayFunctionBuilder *self, const char *name, const AssayValueSpec *spec);

/**
 * assay_function_builder_add_capture:
 * @name: its name
 * @value: the value: a tensor, a string tensor or a handle; the same value or resource is captured only once
 *
 * Returns: where its value comes from
 */
AssayOutputRef assay_function_builder_add_capture (AssayFunctionBuilder *self, const char *name, AssayValue *value);

/**
 * assay_function_builder_add:
 * @op: what to do
 * @name: (nullable): what to call it; made unique; the op's name by default
 * @attrs: (nullable): its attributes
 * @n_inputs: number of inputs
 * @inputs: (array length=n_inputs): where they come from
 * @n_controls: number of control inputs
 * @controls: (array length=n_controls) (nullable): operations that must have run before
 * @error: return location for an error
 *
 * Adds an operation, with dtype and shape of its outputs as the shape rule says. An input may refer to an operation that isn't added
 * yet (its index is known) only in loops of TensorFlow 1.
 *
 * Returns: the operation's index, or -1 with @error set
 */
gint64 assay_function_builder_add (AssayFunctionBuilder *self,
                                   const AssayOp        *op,
                                   const char           *name,
                                   AssayAttrs           *attrs,
                                   guint                 n_inputs,
                                   const AssayOutputRef *inputs,
                                   guint                 n_controls,
                                   const guint32        *controls,
                                   GError              **error);

/**
 * assay_function_builder_get_operation:
 *
 * Returns: (transfer none): an operation that was added; the pointer is good until the next is added
 */
const AssayOperation *assay_function_builder_get_operation (AssayFunctionBuilder *self, guint32 index);

/**
 * assay_function_builder_get_n_operations:
 *
 * Returns: how many there are so far
 */
guint assay_function_builder_get_n_operations (AssayFunctionBuilder *self);

/**
 * assay_function_builder_add_result:
 * @name: what it is called
 *
 * Adds a result.
 */
void assay_function_builder_add_result (AssayFunctionBuilder *self, const char *name, AssayOutputRef ref);

/**
 * assay_function_builder_add_activation:
 * @name: what it is called; a name that is taken gets "@1", "@2"…
 *
 * Notes what a layer gave.
 */
void assay_function_builder_add_activation (AssayFunctionBuilder *self, const char *name, AssayOutputRef ref);

/**
 * assay_function_builder_finish:
 *
 * Returns: (transfer full): the function; the builder can't be used any more, but for freeing
 */
AssayFunction *assay_function_builder_finish (AssayFunctionBuilder *self);

/**
 * AssayLibrary:
 *
 * Functions by name; those that an operation names (`f`, `then_branch`, `body`…) are in the library of its function.
 */
#define ASSAY_TYPE_LIBRARY (assay_library_get_type ())
G_DECLARE_FINAL_TYPE (AssayLibrary, assay_library, ASSAY, LIBRARY, GObject)

/**
 * assay_library_new:
 *
 * Returns: (transfer full): an empty library
 */
AssayLibrary *assay_library_new (void);

/**
 * assay_library_add:
 *
 * Adds a function; one of the same name is replaced.
 */
void assay_library_add (AssayLibrary *self, AssayFunction *function);

/**
 * assay_library_get:
 *
 * Returns: (transfer none) (nullable): the function of that name
 */
AssayFunction *assay_library_get (AssayLibrary *self, const char *name);

/**
 * assay_library_list:
 *
 * Returns: (transfer container) (element-type AssayFunction): all functions, in the order they were added
 */
GPtrArray *assay_library_list (AssayLibrary *self);

/**
 * assay_library_make_name:
 * @base: a name
 *
 * Returns: (transfer full): @base, or with a number behind it, so that no function has it yet
 */
char *assay_library_make_name (AssayLibrary *self, const char *base);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayFunctionBuilder, assay_function_builder_free)

G_END_DECLS
