/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shapes of which not everything is known: what a graph says of a value before it runs. */

#pragma once

#include <assay/error.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * ASSAY_GRAPH_MAX_RANK:
 *
 * No value of a graph has more dimensions.
 */
#define ASSAY_GRAPH_MAX_RANK 12

/**
 * AssayPartialShape:
 * @rank: number of dimensions, -1 if it isn't known
 * @dims: the dimensions, -1 where one isn't known
 *
 * As tf.TensorShape.
 */
typedef struct
{
  int    rank;
  gint64 dims[ASSAY_GRAPH_MAX_RANK];
} AssayPartialShape;

/**
 * assay_partial_shape_unknown:
 *
 * Returns: the shape of which nothing is known
 */
AssayPartialShape assay_partial_shape_unknown (void);

/**
 * assay_partial_shape_new:
 * @rank: number of dimensions
 * @dims: (array length=rank) (nullable): the dimensions; %NULL if none is known
 *
 * Returns: a shape of known rank
 */
AssayPartialShape assay_partial_shape_new (int rank, const gint64 *dims);

/**
 * assay_partial_shape_make:
 * @rank: number of dimensions
 * @...: as many dimensions, each a #gint64
 *
 * Returns: a shape of known rank
 */
AssayPartialShape assay_partial_shape_make (int rank, ...);

/**
 * assay_partial_shape_is_full:
 *
 * Returns: whether rank and every dimension are known
 */
gboolean assay_partial_shape_is_full (const AssayPartialShape *self);

/**
 * assay_partial_shape_n_elements:
 *
 * Returns: the number of elements, -1 if it isn't known or too large
 */
gint64 assay_partial_shape_n_elements (const AssayPartialShape *self);

/**
 * assay_partial_shape_equal:
 *
 * Returns: whether both say the same, unknown dimensions included
 */
gboolean assay_partial_shape_equal (const AssayPartialShape *a, const AssayPartialShape *b);

/**
 * assay_partial_shape_accepts:
 * @self: what is asked for
 * @other: what there is
 *
 * Returns: whether @other fits: same rank, same dimensions wherever both are known
 */
gboolean assay_partial_shape_accepts (const AssayPartialShape *self, const AssayPartialShape *other);

/**
 * assay_partial_shape_merge:
 * @self: (inout): a shape; gets the dimensions that only @other knows
 * @other: another
 *
 * Returns: %FALSE if they contradict each other
 */
gboolean assay_partial_shape_merge (AssayPartialShape *self, const AssayPartialShape *other);

/**
 * assay_partial_shape_broadcast:
 * @a: a shape
 * @b: another
 * @out: (out): the shape of an elementwise operation on both, as NumPy broadcasts
 *
 * Returns: %FALSE if they don't fit together
 */
gboolean assay_partial_shape_broadcast (const AssayPartialShape *a, const AssayPartialShape *b, AssayPartialShape *out);

/**
 * assay_partial_shape_to_string:
 *
 * Writes a shape as TensorFlow's messages have it: "[1,4]", "[?,3]", "<unknown>".
 *
 * Returns: (transfer full): the text
 */
char *assay_partial_shape_to_string (const AssayPartialShape *self);

/**
 * assay_partial_shape_to_tuple:
 *
 * Writes a shape as Python's tuples: "(None, 3)", "(3,)", "()", "<unknown>".
 *
 * Returns: (transfer full): the text
 */
char *assay_partial_shape_to_tuple (const AssayPartialShape *self);

G_END_DECLS
