/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the axes of a variable mean, as far as name and shape tell. */

#pragma once

#include <assay/node.h>
#include <assay/source.h>

G_BEGIN_DECLS

/* Where a convolution kernel has its axes; G_MAXUINT where there is none. */
typedef struct
{
  guint y;
  guint x;
  guint in;
  guint out;
} AssayKernelAxes;

/**
 * assay_kernel_axes:
 * @name: (nullable): the variable's name; %NULL for what a layer gave
 * @rank: its rank
 * @shape: (array length=rank): its shape
 * @axes: (out): the axes
 *
 * Tells convolution kernels of rank 3 and 4: Keras' and TensorFlow's [y, x, in, out], PyTorch's [out, in, y, x].
 *
 * Returns: whether it is one
 */
gboolean assay_kernel_axes (const char *name, guint rank, const guint64 *shape, AssayKernelAxes *axes);

/**
 * assay_axis_dup_name:
 * @name: (nullable): the variable's name; %NULL for what a layer gave
 * @rank: its rank
 * @shape: (array length=rank): its shape
 * @axis: one of its axes
 *
 * Returns: (transfer full): "2 · in" where the meaning is known, else "2"
 */
char *assay_axis_dup_name (const char *name, guint rank, const guint64 *shape, guint axis);

G_END_DECLS
