/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Moving items from one layout to another: what Transpose, Slice, Tile, Pad and their kind come down to. */

#pragma once

#include "workspace-private.h"
#include <assay/partial-shape.h>

G_BEGIN_DECLS

/* Tile has two dimensions for each of its input's. */
#define STRIDED_MAX_RANK (2 * ASSAY_GRAPH_MAX_RANK)

/* dims[i] steps along dimension i are strides × items; strides may be negative, and 0 where an input is repeated. */
typedef struct
{
  int    rank;
  gint64 dims[STRIDED_MAX_RANK];
  gint64 out[STRIDED_MAX_RANK], in[STRIDED_MAX_RANK];
} Strided;

/* Adds a dimension behind those there are. */
void strided_add (Strided *self, gint64 dim, gint64 out_stride, gint64 in_stride);

/* Strides of a dense tensor, in items. */
void strided_dense (const AssayPartialShape *shape, gint64 *strides);

/* Copies. @out and @in point at the item of index 0 along every dimension. Items have 1, 2, 4, 8 or 16 bytes. */
void strided_copy (AssayWorkspace *workspace, gsize item_size, void *out, const void *in, const Strided *self);

/* Writes one item n times. */
void strided_fill (AssayWorkspace *workspace, gsize item_size, void *out, const void *item, gsize n);

G_END_DECLS
