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
 * assay_zeros:
 * @rank: number of dimensions
 * @dims: (array length=rank): the dimensions
 *
 * Returns: (transfer none): float32, owned by the pool
 */
AssayValue *assay_zeros (guint rank, const gint64 *dims);

G_END_DECLS
