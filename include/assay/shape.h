/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shapes: arrays of dimensions, outermost first. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ASSAY_MAX_RANK:
 *
 * No variable has more dimensions; a file that says so is refused. (NumPy's own limit is 64, HDF5's 32.)
 */
#define ASSAY_MAX_RANK 64

/**
 * assay_shape_n_elements:
 * @rank: number of dimensions, 0 for a scalar
 * @shape: (array length=rank): the dimensions
 * @n_elements: (out): their product, 1 for a scalar
 *
 * Returns: %FALSE if the product of the dimensions that aren't 0 overflows 64 bits
 */
gboolean assay_shape_n_elements (guint rank, const guint64 *shape, guint64 *n_elements);

/**
 * assay_shape_to_string:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 *
 * Writes a shape as messages have it: "[3, 3, 16, 32]", "[]" for a scalar.
 *
 * Returns: (transfer full): the text
 */
char *assay_shape_to_string (guint rank, const guint64 *shape);

/**
 * assay_shape_to_display:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 *
 * Writes a shape as the screen has it: "3 × 3 × 16 × 32", "scalar" (translated) for a scalar.
 *
 * Returns: (transfer full): the text
 */
char *assay_shape_to_display (guint rank, const guint64 *shape);

/**
 * assay_shape_index:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @flat: the position of an element in row-major order
 * @index: (out) (array length=rank): its index along each dimension
 */
void assay_shape_index (guint rank, const guint64 *shape, guint64 flat, guint64 *index);

/**
 * assay_shape_flat:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @index: (array length=rank): an index along each dimension
 *
 * Returns: the position of that element in row-major order
 */
guint64 assay_shape_flat (guint rank, const guint64 *shape, const guint64 *index);

G_END_DECLS
