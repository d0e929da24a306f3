/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Equations of Einstein sums, as in "abc,cd->abd". */

#pragma once

#include <assay/partial-shape.h>

G_BEGIN_DECLS

/**
 * ASSAY_EINSUM_N_LABELS:
 *
 * Labels are numbers below: letters first, then the dimensions that "..." stands for, counted from the last.
 */
#define ASSAY_EINSUM_N_LABELS (52 + ASSAY_GRAPH_MAX_RANK)

/**
 * ASSAY_EINSUM_FIRST_DOT:
 *
 * The label of the last dimension that "..." stands for.
 */
#define ASSAY_EINSUM_FIRST_DOT 52

/**
 * AssayEinsum:
 * @n_inputs: 1 or 2
 * @rank: number of dimensions of each input, then of the output
 * @labels: of each dimension
 *
 * An equation, for inputs of known rank.
 */
typedef struct
{
  guint  n_inputs;
  int    rank[3];
  guint8 labels[3][ASSAY_GRAPH_MAX_RANK];
} AssayEinsum;

/**
 * assay_einsum_parse:
 * @equation: the equation
 * @n_inputs: number of inputs
 * @ranks: (array length=n_inputs): their ranks
 * @error: return location for an error
 *
 * Reads an equation as tf.raw_ops.Einsum has it: one or two inputs, "->" and the output; a letter may occur twice in an input (its
 * diagonal). The output's place in @labels and @rank is 2. Fails with `ASSAY_ERROR_SHAPE`.
 *
 * Returns: whether it makes sense
 */
gboolean assay_einsum_parse (AssayEinsum *self, const char *equation, guint n_inputs, const int *ranks, GError **error);

/**
 * assay_einsum_solve:
 * @shapes: (array length=n_inputs): the inputs' shapes
 * @dims: (out) (array length=64): the size of each label, -1 if it isn't known
 * @out: (out): the output's shape
 * @error: return location for an error
 *
 * Finds the size of each label. Fails with `ASSAY_ERROR_SHAPE` in TensorFlow's words if sizes contradict each other.
 *
 * Returns: whether the shapes fit
 */
gboolean assay_einsum_solve (const AssayEinsum              *self,
                             const AssayPartialShape *const *shapes,
                             gint64                         *dims,
                             AssayPartialShape              *out,
                             GError                        **error);

G_END_DECLS
