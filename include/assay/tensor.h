/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A tensor: dtype, shape and values in memory, immutable, shared by reference. */

#pragma once

#include <assay/dtype.h>
#include <assay/shape.h>
#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AssayTensor:
 *
 * Immutable values in memory, row-major, in the machine's byte order. Any thread may read it.
 */
typedef struct _AssayTensor AssayTensor;

#define ASSAY_TYPE_TENSOR (assay_tensor_get_type ())
GType assay_tensor_get_type (void);

/**
 * assay_tensor_new:
 * @dtype: a dtype with a size of its own
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @data: (transfer none): the values, row-major, exactly as many bytes as dtype and shape say
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_SHAPE` if @data is too short or too long, `ASSAY_ERROR_DTYPE` if @dtype has no fixed size.
 *
 * Returns: (transfer full): a tensor, or %NULL with @error set
 */
AssayTensor *assay_tensor_new (AssayDtype dtype, guint rank, const guint64 *shape, GBytes *data, GError **error);

/**
 * assay_tensor_ref:
 *
 * Returns: (transfer full): @self
 */
AssayTensor *assay_tensor_ref (AssayTensor *self);

/**
 * assay_tensor_unref:
 *
 * Gives up a reference; the last one frees the values.
 */
void assay_tensor_unref (AssayTensor *self);

/**
 * assay_tensor_get_dtype:
 *
 * Returns: the type of the elements
 */
AssayDtype assay_tensor_get_dtype (const AssayTensor *self);

/**
 * assay_tensor_get_rank:
 *
 * Returns: the number of dimensions, 0 for a scalar
 */
guint assay_tensor_get_rank (const AssayTensor *self);

/**
 * assay_tensor_get_shape:
 *
 * Returns: (transfer none): the dimensions
 */
const guint64 *assay_tensor_get_shape (const AssayTensor *self);

/**
 * assay_tensor_get_n_elements:
 *
 * Returns: the number of elements
 */
guint64 assay_tensor_get_n_elements (const AssayTensor *self);

/**
 * assay_tensor_get_data:
 *
 * Returns: (transfer none): the values, row-major
 */
const void *assay_tensor_get_data (const AssayTensor *self);

/**
 * assay_tensor_get_bytes:
 *
 * Returns: (transfer none): the values, row-major
 */
GBytes *assay_tensor_get_bytes (const AssayTensor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayTensor, assay_tensor_unref)

G_END_DECLS
