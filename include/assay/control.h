/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Control flow that works at once and in traced functions: where values decide, plain C can't while tracing. */

#pragma once

#include <assay/operations.h>

G_BEGIN_DECLS

/**
 * AssayBranchFunc:
 * @data: what was given with it
 * @error: return location for an error
 *
 * One branch. While tracing it is called more than once, so it must have no side effects but operations.
 *
 * Returns: (transfer none) (nullable): its value
 */
typedef AssayValue *(*AssayBranchFunc) (gpointer data, GError **error);

/**
 * assay_cond:
 * @predicate: a scalar of bool
 * @then_branch: called if it is true
 * @else_branch: called if not
 * @data: given to both
 * @error: return location for an error
 *
 * Calls one of two functions; records both while tracing. As tf.cond. Fails with `ASSAY_ERROR_DTYPE` if the branches' dtypes differ.
 *
 * Returns: (transfer none) (nullable): the branch's value
 */
AssayValue *assay_cond (AssayValue *predicate, AssayBranchFunc then_branch, AssayBranchFunc else_branch, gpointer data, GError **error);

/**
 * AssayLoopFunc:
 * @state: (inout) (array length=n): the loop's values; the body puts the next ones there
 * @n: how many
 * @data: what was given with it
 * @error: return location for an error
 *
 * A loop's condition or body.
 *
 * Returns: (transfer none) (nullable): of the condition: a scalar of bool; of the body: anything but %NULL
 */
typedef AssayValue *(*AssayLoopFunc) (AssayValue **state, guint n, gpointer data, GError **error);

/**
 * assay_while:
 * @state: (inout) (array length=n): the first values, then the last
 * @n: how many, at most 32; dtypes and shapes stay
 * @condition: whether to go on
 * @body: makes the next values
 * @data: given to both
 * @error: return location for an error
 *
 * Repeats @body as long as @condition holds; records a loop while tracing. As tf.while_loop.
 *
 * Returns: whether @state has the last values
 */
gboolean assay_while (AssayValue **state, guint n, AssayLoopFunc condition, AssayLoopFunc body, gpointer data, GError **error);

G_END_DECLS
