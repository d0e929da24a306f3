/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations of networks by their names; the others of TensorFlow's are run by assay_apply(). Images have their channels last. */

#pragma once

#include <assay/operations.h>
#include <assay/window.h>

G_BEGIN_DECLS

/**
 * assay_bias_add:
 * @x: shape […, n]
 * @bias: shape [n]
 * @error: return location for an error
 *
 * Adds a bias to each channel, as tf.nn.bias_add.
 *
 * Returns: (transfer none) (nullable): the sum, owned by the pool
 */
AssayValue *assay_bias_add (AssayValue *x, AssayValue *bias, GError **error);

/**
 * assay_conv_2d:
 * @x: shape [batch, height, width, in]
 * @filter: shape [height, width, in / groups, out]
 * @stride: from one window to the next, along both axes
 * @padding: `VALID` or `SAME`
 * @error: return location for an error
 *
 * Convolves images, as tf.nn.conv2d.
 *
 * Blocks for about as many multiplications as the output has elements, times the size of a window. Fails with
 * `ASSAY_ERROR_SHAPE` in TensorFlow's words if the shapes don't fit.
 *
 * Returns: (transfer none) (nullable): shape [batch, height, width, out], owned by the pool
 */
AssayValue *assay_conv_2d (AssayValue *x, AssayValue *filter, guint stride, AssayPadding padding, GError **error);

/**
 * assay_depthwise_conv_2d:
 * @x: shape [batch, height, width, in]
 * @filter: shape [height, width, in, multiplier]
 * @stride: from one window to the next, along both axes
 * @padding: `VALID` or `SAME`
 * @error: return location for an error
 *
 * Convolves each channel by itself, as tf.nn.depthwise_conv2d.
 *
 * Returns: (transfer none) (nullable): shape [batch, height, width, in × multiplier], owned by the pool
 */
AssayValue *assay_depthwise_conv_2d (AssayValue *x, AssayValue *filter, guint stride, AssayPadding padding, GError **error);

/**
 * assay_max_pool_2d:
 * @x: shape [batch, height, width, channels]
 * @size: of a window, along both axes
 * @stride: from one window to the next, along both axes
 * @padding: `VALID` or `SAME`
 * @error: return location for an error
 *
 * Takes the largest element of each window, as tf.nn.max_pool2d.
 *
 * Returns: (transfer none) (nullable): shape [batch, height, width, channels], owned by the pool
 */
AssayValue *assay_max_pool_2d (AssayValue *x, guint size, guint stride, AssayPadding padding, GError **error);

/**
 * assay_avg_pool_2d:
 * @x: shape [batch, height, width, channels]
 * @size: of a window, along both axes
 * @stride: from one window to the next, along both axes
 * @padding: `VALID` or `SAME`
 * @error: return location for an error
 *
 * Takes the mean of each window, padding left out, as tf.nn.avg_pool2d.
 *
 * Returns: (transfer none) (nullable): shape [batch, height, width, channels], owned by the pool
 */
AssayValue *assay_avg_pool_2d (AssayValue *x, guint size, guint stride, AssayPadding padding, GError **error);

/**
 * assay_batch_norm:
 * @x: shape [batch, height, width, n]
 * @scale: shape [n]
 * @offset: shape [n]
 * @mean: shape [n]
 * @variance: shape [n]
 * @epsilon: added to the variance
 * @error: return location for an error
 *
 * Normalises each channel by a known mean and variance, as tf.raw_ops.FusedBatchNormV3 when it isn't training.
 *
 * Returns: (transfer none) (nullable): shape of @x, owned by the pool
 */
AssayValue *assay_batch_norm (AssayValue *x,
                              AssayValue *scale,
                              AssayValue *offset,
                              AssayValue *mean,
                              AssayValue *variance,
                              double      epsilon,
                              GError    **error);

/**
 * assay_einsum:
 * @equation: as in "abc,cd->abd"
 * @a: the first tensor
 * @b: the second
 * @error: return location for an error
 *
 * Multiplies and sums, as tf.einsum of two tensors with "->".
 *
 * Returns: (transfer none) (nullable): what the equation says, owned by the pool
 */
AssayValue *assay_einsum (const char *equation, AssayValue *a, AssayValue *b, GError **error);

G_END_DECLS
