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

/**
 * assay_sub:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Subtracts, as tf.subtract.
 *
 * Returns: (transfer none) (nullable): the difference, owned by the pool
 */
AssayValue *assay_sub (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_div:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Divides, as tf.divide of floats.
 *
 * Returns: (transfer none) (nullable): the quotient, owned by the pool
 */
AssayValue *assay_div (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_maximum:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Takes the larger of two elements, as tf.maximum.
 *
 * Returns: (transfer none) (nullable): the larger elements, owned by the pool
 */
AssayValue *assay_maximum (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_minimum:
 * @a: any shape
 * @b: a shape that broadcasts with it
 * @error: return location for an error
 *
 * Takes the smaller of two elements, as tf.minimum.
 *
 * Returns: (transfer none) (nullable): the smaller elements, owned by the pool
 */
AssayValue *assay_minimum (AssayValue *a, AssayValue *b, GError **error);

/**
 * assay_neg:
 * @x: any shape
 * @error: return location for an error
 *
 * Negates, element by element, as tf.negative.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_neg (AssayValue *x, GError **error);

/**
 * assay_square:
 * @x: any shape
 * @error: return location for an error
 *
 * Squares, element by element, as tf.square.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_square (AssayValue *x, GError **error);

/**
 * assay_sqrt:
 * @x: any shape
 * @error: return location for an error
 *
 * Takes the square root, element by element, as tf.sqrt.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_sqrt (AssayValue *x, GError **error);

/**
 * assay_exp:
 * @x: any shape
 * @error: return location for an error
 *
 * Takes the exponential, element by element, as tf.exp.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_exp (AssayValue *x, GError **error);

/**
 * assay_log:
 * @x: any shape
 * @error: return location for an error
 *
 * Takes the natural logarithm, element by element, as tf.math.log.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_log (AssayValue *x, GError **error);

/**
 * assay_tanh:
 * @x: any shape
 * @error: return location for an error
 *
 * Takes the hyperbolic tangent, element by element, as tf.tanh.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_tanh (AssayValue *x, GError **error);

/**
 * assay_sigmoid:
 * @x: any shape
 * @error: return location for an error
 *
 * Computes 1 / (1 + e^-x), element by element, as tf.sigmoid.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_sigmoid (AssayValue *x, GError **error);

/**
 * assay_softmax:
 * @x: shape [..., n]
 * @error: return location for an error
 *
 * Makes probabilities of the last axis, as tf.nn.softmax.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_softmax (AssayValue *x, GError **error);

/**
 * assay_cast:
 * @x: any shape
 * @dtype: another dtype
 * @error: return location for an error
 *
 * Turns numbers into those of another dtype, as tf.cast: floats become integers towards zero.
 *
 * Returns: (transfer none) (nullable): same shape, owned by the pool
 */
AssayValue *assay_cast (AssayValue *x, AssayDtype dtype, GError **error);

/**
 * assay_reshape:
 * @x: any shape
 * @rank: number of dimensions wanted
 * @dims: (array length=rank): the dimensions; one may be -1, which is found from the others
 * @error: return location for an error
 *
 * The same values under another shape, as tf.reshape. Copies nothing.
 *
 * Returns: (transfer none) (nullable): that shape, owned by the pool
 */
AssayValue *assay_reshape (AssayValue *x, guint rank, const gint64 *dims, GError **error);

/**
 * assay_transpose:
 * @x: any shape
 * @rank: its number of dimensions
 * @perm: (array length=rank): which dimension of @x each dimension of the result is
 * @error: return location for an error
 *
 * Dimensions in another order, as tf.transpose.
 *
 * Returns: (transfer none) (nullable): the transposed values, owned by the pool
 */
AssayValue *assay_transpose (AssayValue *x, guint rank, const gint64 *perm, GError **error);

/**
 * assay_expand_dims:
 * @x: any shape
 * @axis: where a dimension of 1 is put in; negative ones count from the end
 * @error: return location for an error
 *
 * As tf.expand_dims.
 *
 * Returns: (transfer none) (nullable): one dimension more, owned by the pool
 */
AssayValue *assay_expand_dims (AssayValue *x, int axis, GError **error);

/**
 * assay_squeeze:
 * @x: any shape
 * @n_axes: how many dimensions are taken out; 0 for all that are 1
 * @axes: (array length=n_axes) (nullable): which
 * @error: return location for an error
 *
 * Takes out dimensions of 1, as tf.squeeze.
 *
 * Returns: (transfer none) (nullable): the values with fewer dimensions, owned by the pool
 */
AssayValue *assay_squeeze (AssayValue *x, guint n_axes, const gint64 *axes, GError **error);

/**
 * assay_concat:
 * @n: how many
 * @values: (array length=n): of one dtype, and of one shape but for @axis
 * @axis: along which dimension
 * @error: return location for an error
 *
 * Joins, as tf.concat.
 *
 * Returns: (transfer none) (nullable): all values behind each other, owned by the pool
 */
AssayValue *assay_concat (guint n, AssayValue *const *values, int axis, GError **error);

/**
 * assay_stack:
 * @n: how many
 * @values: (array length=n): of one dtype and shape
 * @axis: where the new dimension is
 * @error: return location for an error
 *
 * Joins along a new dimension, as tf.stack.
 *
 * Returns: (transfer none) (nullable): one dimension more, owned by the pool
 */
AssayValue *assay_stack (guint n, AssayValue *const *values, int axis, GError **error);

/**
 * assay_split:
 * @x: any shape
 * @axis: along which dimension
 * @n: into how many equal parts
 * @parts: (out) (array length=n): the parts, owned by the pool
 * @error: return location for an error
 *
 * Splits, as tf.split with a number.
 *
 * Returns: whether @parts are filled
 */
gboolean assay_split (AssayValue *x, int axis, guint n, AssayValue **parts, GError **error);

/**
 * assay_slice:
 * @x: any shape
 * @rank: its number of dimensions
 * @begin: (array length=rank): where the slice begins
 * @size: (array length=rank): how many along each dimension, -1 for all that are left
 * @error: return location for an error
 *
 * Cuts a piece out, as tf.slice.
 *
 * Returns: (transfer none) (nullable): the piece, owned by the pool
 */
AssayValue *assay_slice (AssayValue *x, guint rank, const gint64 *begin, const gint64 *size, GError **error);

/**
 * assay_gather:
 * @x: any shape but a scalar
 * @indices: integers of any shape
 * @axis: along which dimension of @x they count
 * @error: return location for an error
 *
 * Picks slices by index, as tf.gather.
 *
 * Returns: (transfer none) (nullable): the slices, owned by the pool
 */
AssayValue *assay_gather (AssayValue *x, AssayValue *indices, int axis, GError **error);

/**
 * assay_reduce_sum:
 * @x: any shape
 * @n_axes: how many dimensions are reduced
 * @axes: (array length=n_axes): which; negative ones count from the end
 * @keep_dims: whether they stay, with length 1
 * @error: return location for an error
 *
 * Adds up along dimensions, as tf.reduce_sum.
 *
 * Returns: (transfer none) (nullable): the reduced values, owned by the pool
 */
AssayValue *assay_reduce_sum (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error);

/**
 * assay_reduce_mean:
 * @x: any shape
 * @n_axes: how many dimensions are reduced
 * @axes: (array length=n_axes): which; negative ones count from the end
 * @keep_dims: whether they stay, with length 1
 * @error: return location for an error
 *
 * Averages along dimensions, as tf.reduce_mean.
 *
 * Returns: (transfer none) (nullable): the reduced values, owned by the pool
 */
AssayValue *assay_reduce_mean (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error);

/**
 * assay_reduce_max:
 * @x: any shape
 * @n_axes: how many dimensions are reduced
 * @axes: (array length=n_axes): which; negative ones count from the end
 * @keep_dims: whether they stay, with length 1
 * @error: return location for an error
 *
 * Takes the largest along dimensions, as tf.reduce_max.
 *
 * Returns: (transfer none) (nullable): the reduced values, owned by the pool
 */
AssayValue *assay_reduce_max (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error);

/**
 * assay_reduce_min:
 * @x: any shape
 * @n_axes: how many dimensions are reduced
 * @axes: (array length=n_axes): which; negative ones count from the end
 * @keep_dims: whether they stay, with length 1
 * @error: return location for an error
 *
 * Takes the smallest along dimensions, as tf.reduce_min.
 *
 * Returns: (transfer none) (nullable): the reduced values, owned by the pool
 */
AssayValue *assay_reduce_min (AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep_dims, GError **error);

G_END_DECLS
