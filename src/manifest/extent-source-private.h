/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sources over what a manifest says of places: one class a kind of layout. assay_manifest_dup_source() chooses. */

#pragma once

#include <assay/file.h>
#include <assay/manifest.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_EXTENT_SOURCE (assay_extent_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayExtentSource, assay_extent_source, ASSAY, EXTENT_SOURCE, AssaySource)

/**
 * assay_extent_source_new:
 * @variable: what it is
 * @layout: `RAW`, `FORTRAN`, `DEFLATED` or `DEFLATED_FORTRAN`
 * @file: where it lies
 *
 * Values in one extent. A deflated stream is inflated into an unlinked temporary file at the first read.
 *
 * Returns: (transfer full): a source
 */
AssaySource *assay_extent_source_new (const AssayManifestVariable *variable, const AssayLayout *layout, AssayFile *file);

#define ASSAY_TYPE_CHUNKED_SOURCE (assay_chunked_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayChunkedSource, assay_chunked_source, ASSAY, CHUNKED_SOURCE, AssaySource)

/**
 * assay_chunked_source_new:
 * @manifest: who knows the table of chunks; kept
 * @index: number of the variable
 * @variable: what it is
 * @layout: `CHUNKED`
 * @file: where it lies
 *
 * Values in HDF5's chunks, undone in parallel and kept in a bounded cache.
 *
 * Returns: (transfer full): a source
 */
AssaySource *assay_chunked_source_new (AssayManifest               *manifest,
                                       guint32                      index,
                                       const AssayManifestVariable *variable,
                                       const AssayLayout           *layout,
                                       AssayFile                   *file);

#define ASSAY_TYPE_PIECES_SOURCE (assay_pieces_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayPiecesSource, assay_pieces_source, ASSAY, PIECES_SOURCE, AssaySource)

/**
 * assay_pieces_source_new:
 * @manifest: whose files the pieces lie in; kept
 * @variable: what it is
 * @layout: `PIECES`
 *
 * A variable put together from boxes that lie apart.
 *
 * Returns: (transfer full): a source
 */
AssaySource *assay_pieces_source_new (AssayManifest *manifest, const AssayManifestVariable *variable, const AssayLayout *layout);

#define ASSAY_TYPE_FILL_SOURCE (assay_fill_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayFillSource, assay_fill_source, ASSAY, FILL_SOURCE, AssaySource)

/**
 * assay_fill_source_new:
 * @variable: what it is
 * @layout: `FILL`
 *
 * Every element is the same.
 *
 * Returns: (transfer full): a source
 */
AssaySource *assay_fill_source_new (const AssayManifestVariable *variable, const AssayLayout *layout);

#define ASSAY_TYPE_STRINGS_SOURCE (assay_strings_source_get_type ())
G_DECLARE_FINAL_TYPE (AssayStringsSource, assay_strings_source, ASSAY, STRINGS_SOURCE, AssaySource)

/**
 * assay_strings_source_new:
 * @manifest: who asks the helper; kept
 * @index: number of the variable
 * @variable: what it is
 *
 * Strings that the helper sends on request.
 *
 * Returns: (transfer full): a source
 */
AssaySource *assay_strings_source_new (AssayManifest *manifest, guint32 index, const AssayManifestVariable *variable);

/**
 * assay_swap_elements:
 * @data: elements
 * @n_bytes: bytes of all elements
 * @swap_size: bytes of the pieces to turn round: 1, 2, 4, 8 or 16
 *
 * Turns the byte order of elements, in place.
 */
void assay_swap_elements (void *data, gsize n_bytes, guint swap_size);

/**
 * assay_scatter_box:
 * @out: an array
 * @in: the box's elements, row-major
 * @item_size: bytes an element takes
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions of @out
 * @start: (array length=rank): where in @out the box begins
 * @count: (array length=rank): how large the box is
 * @in_shape: (array length=rank): the dimensions of the array that @in is in
 *
 * Copies a box of one array into a box of another; the opposite way of assay_copy_box().
 */
void assay_scatter_box (void          *out,
                        const void    *in,
                        gsize          item_size,
                        guint          rank,
                        const guint64 *shape,
                        const guint64 *start,
                        const guint64 *count,
                        const guint64 *in_shape);

G_END_DECLS
