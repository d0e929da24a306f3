/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Slices as Python writes them: x[1:-1, ..., ::-2, None]. */

#pragma once

#include <assay/op.h>

G_BEGIN_DECLS

/**
 * AssayStridedSlice:
 * @rank: number of dimensions of what is sliced
 * @begin: where each begins
 * @stride: the step along each, negative backwards
 * @count: how many each gives; -1 if it isn't known
 * @indexed: bit i is set if dimension i was indexed and is gone from the result
 * @shape: the shape of the result: without the dimensions that were indexed, with the new ones
 *
 * A slice with its masks worked out.
 */
typedef struct
{
  int               rank;
  gint64            begin[ASSAY_GRAPH_MAX_RANK];
  gint64            stride[ASSAY_GRAPH_MAX_RANK];
  gint64            count[ASSAY_GRAPH_MAX_RANK];
  guint32           indexed;
  AssayPartialShape shape;
} AssayStridedSlice;

/**
 * assay_strided_slice_resolve:
 * @attrs: the five masks of tf.strided_slice
 * @input: shape of what is sliced, of known rank
 * @begin: what is known of the first indices
 * @end: what is known of the indices behind the last
 * @strides: what is known of the steps
 * @slice: (out): the slice
 *
 * Works out a slice, as tensorflow/core/util/strided_slice_op.cc (ValidateStridedSliceOp).
 *
 * Returns: (transfer full) (nullable): what doesn't fit, in TensorFlow's words; %NULL if all does
 */
char *assay_strided_slice_resolve (AssayAttrs              *attrs,
                                   const AssayPartialShape *input,
                                   const AssayKnownInts    *begin,
                                   const AssayKnownInts    *end,
                                   const AssayKnownInts    *strides,
                                   AssayStridedSlice       *slice);

G_END_DECLS
