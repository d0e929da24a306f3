/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations by their names, as modules and layers call them. Each runs at once, or is recorded while the thread is tracing. */

#pragma once

#include <assay/engine.h>

G_BEGIN_DECLS

/**
 * assay_constant:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 * @values: row-major, as many as the dimensions say
 *
 * Makes a tensor of float32, as tf.constant.
 *
 * Returns: (transfer none): the value, owned by the pool
 */
AssayValue *assay_constant (guint rank, const gint64 *dims, const float *values);

/**
 * assay_constant_scalar:
 *
 * Returns: (transfer none): a scalar of float32, owned by the pool
 */
AssayValue *assay_constant_scalar (float value);

/**
 * assay_constant_ints:
 * @n: how many
 * @values: (array length=n): the values
 *
 * Returns: (transfer none): a vector of int32, for shapes and axes, owned by the pool
 */
AssayValue *assay_constant_ints (guint n, const gint64 *values);

/**
 * assay_matmul:
 * @a: shape [m, k]
 * @b: shape [k, n]
 * @error: return location for an error
 *
 * Multiplies matrices, or batches of them, as tf.matmul. Fails with TensorFlow's sentence if the shapes don't fit.
 *
 * Returns: (transfer none) (nullable): shape [m, n], owned by the pool
 */
AssayValue *assay_matmul (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_add:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Adds, as tf.add.
 *
 * Returns: (transfer none) (nullable): the sum, owned by the pool
 */
AssayValue *assay_add (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_mul:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Multiplies element by element, as tf.multiply.
 *
 * Returns: (transfer none) (nullable): the product, owned by the pool
 */
AssayValue *assay_mul (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_relu:
 * @x: any shape
 * @error: return location for an error
 *
 * Puts 0 for what is negative, as tf.nn.relu.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_relu (AssayValue *x, GError **error);

G_END_DECLS
