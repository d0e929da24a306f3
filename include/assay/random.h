/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Random numbers and the like for variables that are being made. */

#pragma once

#include <assay/operations.h>

G_BEGIN_DECLS

/**
 * assay_random_normal:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 *
 * Draws from the standard normal distribution, at once even while tracing. As tf.random.normal, with other numbers: TensorFlow's
 * generator is seeded anew in each process.
 *
 * Returns: (transfer none): float32, owned by the pool
 */
AssayValue *assay_random_normal (guint rank, const gint64 *dims);

/**
 * assay_random_set_seed:
 *
 * Makes the numbers of this process repeatable.
 */
void assay_random_set_seed (guint32 seed);

/**
 * assay_random_set_stream:
 * @numbers: (nullable): numbers of float32, in the machine's byte order
 *
 * Makes the next calls of assay_random_normal() take these, one after the other, while they last: a run can be repeated with values
 * drawn elsewhere.
 */
void assay_random_set_stream (GBytes *numbers);

/**
 * AssayRandomSource:
 *
 * Where random numbers come from: TensorFlow's, for the same seed. Belongs to one thread at a time.
 */
typedef struct _AssayRandomSource AssayRandomSource;

/**
 * assay_random_source_new:
 * @seed: (nullable): as for tf.random.set_seed; %NULL for any
 *
 * Makes a source that draws what TensorFlow draws in a process that called tf.random.set_seed (@seed) and drew nothing since: each
 * operation gets its own seed from Python's generator, and its numbers by Philox.
 *
 * Returns: (transfer full): the source
 */
AssayRandomSource *assay_random_source_new (const guint32 *seed);

/**
 * assay_random_source_free:
 *
 * Frees it.
 */
void assay_random_source_free (AssayRandomSource *self);

/**
 * assay_random_source_enter:
 * @self: (nullable): where assay_random_normal_or_error() draws from in this thread from now on; %NULL for anything
 */
void assay_random_source_enter (AssayRandomSource *self);

/**
 * assay_random_normal_or_error:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 * @error: return location for an error
 *
 * Draws from the standard normal distribution, at once even while tracing, from this thread's source. As tf.random.normal. Fails
 * with `ASSAY_ERROR_FAILED` if memory doesn't suffice, and with `G_IO_ERROR_CANCELLED` (assay_eager_enter()).
 *
 * Returns: (transfer none) (nullable): float32, owned by the pool
 */
AssayValue *assay_random_normal_or_error (guint rank, const gint64 *dims, GError **error);

/**
 * assay_zeros_or_error:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 * @error: return location for an error
 *
 * As assay_zeros(), but fails with `ASSAY_ERROR_FAILED` if memory doesn't suffice.
 *
 * Returns: (transfer none) (nullable): float32, owned by the pool
 */
AssayValue *assay_zeros_or_error (guint rank, const gint64 *dims, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayRandomSource, assay_random_source_free)

/**
 * assay_zeros:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 *
 * Returns: (transfer none): float32, owned by the pool
 */
AssayValue *assay_zeros (guint rank, const gint64 *dims);

G_END_DECLS
