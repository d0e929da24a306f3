/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The operation table: what each operation takes, gives and is set by. Names and meanings are TensorFlow's. */

#pragma once

#include <assay/attrs.h>
#include <assay/value.h>

G_BEGIN_DECLS

/**
 * ASSAY_MAX_KNOWN_INTS:
 *
 * Of tensors with more integers nothing is known before they run.
 */
#define ASSAY_MAX_KNOWN_INTS 32

/**
 * AssayValueSpec:
 * @dtype: dtype
 * @shape: shape, as far as it is known
 *
 * What is known of a value before it is there.
 */
typedef struct
{
  AssayDtype        dtype;
  AssayPartialShape shape;
} AssayValueSpec;

/**
 * AssayOpFlags:
 * @ASSAY_OP_STATEFUL: its outputs depend on more than its inputs, or it changes something: never folded, never dropped
 * @ASSAY_OP_CONTROL: it calls functions
 * @ASSAY_OP_SWITCH: some of its outputs may stay dead (Switch, Merge and the like of TensorFlow 1)
 */
typedef enum
{
  ASSAY_OP_PURE = 0,
  ASSAY_OP_STATEFUL = 1 << 0,
  ASSAY_OP_CONTROL = 1 << 1,
  ASSAY_OP_SWITCH = 1 << 2,
} AssayOpFlags;

typedef struct _AssayOp        AssayOp;
typedef struct _AssayInference AssayInference;

/**
 * AssayShapeRule:
 * @inference: the operation's attributes and inputs; gets dtype and shape of its outputs
 * @error: return location for an error
 *
 * Says what an operation gives, and refuses what it can't take, in TensorFlow's words.
 *
 * Returns: %FALSE with @error set if the inputs don't fit
 */
typedef gboolean (*AssayShapeRule) (AssayInference *inference, GError **error);

/**
 * AssayOp:
 * @name: TensorFlow's name, as in "MatMul"
 * @inputs: the names of its input arguments, separated by spaces. An argument that takes several values is followed by
 *   "*" and the attribute that says how many: an integer, or a list of types whose length counts ("values*N", "args*Tin").
 * @outputs: the same for its outputs
 * @defaults: attributes that an operation may leave out, as "name=value" separated by spaces: integers, "true", "false",
 *   numbers with a point, dtype names, "[]" for an empty list, or words
 * @rule: dtype and shape of the outputs
 * @flags: what is special about it
 *
 * An entry in the table.
 */
struct _AssayOp
{
  const char    *name;
  const char    *inputs;
  const char    *outputs;
  const char    *defaults;
  AssayShapeRule rule;
  AssayOpFlags   flags;
};

/**
 * AssayKnownInts:
 * @rank: 0 for a scalar, 1 for a vector
 * @n: how many integers
 * @known: bit i is set if the i-th is known
 * @values: the integers; 0 where they aren't known
 *
 * What is known of a small tensor of integers before anything runs: shapes on their way to Reshape, as tf.get_static_value's
 * constant_value_as_shape.
 */
typedef struct
{
  int     rank;
  guint   n;
  guint32 known;
  gint64  values[ASSAY_MAX_KNOWN_INTS];
} AssayKnownInts;

/**
 * AssayInference:
 * @op: the operation
 * @name: (nullable): the name of the node, for messages
 * @attrs: its attributes, defaults filled in
 * @n_inputs: number of inputs
 * @inputs: what is known of them
 * @constants: the inputs' values where they are known already, else %NULL
 * @known: (nullable): what is known of inputs that are integers, each nullable
 * @n_outputs: number of outputs
 * @outputs: to be filled; dtype `INVALID` and unknown shape before
 *
 * What a shape rule works on.
 */
struct _AssayInference
{
  const AssayOp               *op;
  const char                  *name;
  AssayAttrs                  *attrs;
  guint                        n_inputs;
  const AssayValueSpec        *inputs;
  AssayTensor *const          *constants;
  const AssayKnownInts *const *known;
  guint                        n_outputs;
  AssayValueSpec              *outputs;
};

/**
 * assay_op_lookup:
 * @name: TensorFlow's name
 *
 * Returns: (transfer none) (nullable): its entry in the table
 */
const AssayOp *assay_op_lookup (const char *name);

/**
 * assay_op_list:
 *
 * Returns: (transfer container) (element-type AssayOp): all entries, sorted by name
 */
GPtrArray *assay_op_list (void);

/**
 * assay_op_with_defaults:
 * @attrs: (nullable): attributes
 *
 * Returns: (transfer full): @attrs with what they leave out; the same object if that is nothing
 */
AssayAttrs *assay_op_with_defaults (const AssayOp *op, AssayAttrs *attrs);

/**
 * assay_op_count:
 * @spec: the op's `inputs` or `outputs`
 * @attrs: attributes, defaults filled in
 * @n_fixed: (out) (optional): how many arguments there are
 *
 * Returns: how many values these arguments are, -1 if an attribute that says how many is missing or absurd
 */
int assay_op_count (const char *spec, AssayAttrs *attrs);

/**
 * assay_op_find:
 * @spec: the op's `inputs` or `outputs`
 * @attrs: attributes, defaults filled in
 * @argument: the name of an argument
 * @n: (out) (optional): how many values it is
 *
 * Returns: the position of the argument's first value, -1 if there is no such argument
 */
int assay_op_find (const char *spec, AssayAttrs *attrs, const char *argument, guint *n);

/**
 * assay_op_infer:
 * @inference: all but its outputs' contents
 * @error: return location for an error
 *
 * Runs the shape rule. An operation without one has outputs of the first input's dtype (or attribute `T`) and unknown shape.
 *
 * Returns: %FALSE with @error set if the inputs don't fit
 */
gboolean assay_op_infer (AssayInference *inference, GError **error);

G_END_DECLS
