/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A source whose values are in memory. */

#pragma once

#include <assay/source.h>
#include <assay/tensor.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MEMORY_SOURCE (assay_memory_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayMemorySource, assay_memory_source, ASSAY, MEMORY_SOURCE, AssaySource)

/**
 * assay_memory_source_new:
 * @tensor: the values
 *
 * Returns: (transfer full): a source over a tensor
 */
AssaySource *assay_memory_source_new (AssayTensor *tensor);

/**
 * assay_memory_source_new_for_bytes:
 * @dtype: any dtype but `STRING`
 * @item_size: bytes an element takes in memory
 * @dtype_name: (nullable): what to call the dtype where its own name doesn't tell all
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @bytes: the values, row-major, in the machine's byte order; exactly as many as shape and item size say
 *
 * Returns: (transfer full): a source over bytes
 */
AssaySource *assay_memory_source_new_for_bytes (AssayDtype     dtype,
                                                guint32        item_size,
                                                const char    *dtype_name,
                                                guint          rank,
                                                const guint64 *shape,
                                                GBytes        *bytes);

/**
 * assay_memory_source_new_for_strings:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @strings: (element-type GBytes) (transfer none): the strings, row-major, as many as the shape says
 *
 * Returns: (transfer full): a `STRING` source
 */
AssaySource *assay_memory_source_new_for_strings (guint rank, const guint64 *shape, GPtrArray *strings);

/**
 * assay_source_read_tensor:
 * @self: any source but of `STRING`
 * @cancellable: (nullable): asked now and then
 * @error: return location for an error
 *
 * Reads all values into memory. Blocks. Fails with `ASSAY_ERROR_FAILED` if there is no memory for them.
 *
 * Returns: (transfer full): a tensor
 */
AssayTensor *assay_source_read_tensor (AssaySource *self, GCancellable *cancellable, GError **error);

/**
 * assay_copy_box:
 * @out: the box's elements, row-major
 * @in: all elements, row-major
 * @item_size: bytes an element takes
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions of @in
 * @start: (array length=rank): where the box begins
 * @count: (array length=rank): how large the box is
 *
 * Copies a box out of an array. The box must lie inside the shape and not be empty.
 */
void assay_copy_box (void *out, const void *in, gsize item_size, guint rank, const guint64 *shape, const guint64 *start, const guint64 *count);

G_END_DECLS
