/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* HDF5's chunks: undoing the filters of one, and a bounded cache of those that were undone. */

#pragma once

#include <assay/layout.h>
#include <glib-object.h>

G_BEGIN_DECLS

/**
 * assay_chunk_decode:
 * @stored: the chunk as it is in the file
 * @n_stored: its size
 * @filters: the #AssayFilters of the pipeline
 * @mask: which of them were skipped for this chunk: bit i for the i-th of the pipeline, in the order shuffle, deflate, fletcher32
 * @item_size: bytes that shuffle takes an element to have
 * @n_bytes: bytes of the chunk when it is undone
 * @error: return location for an error
 *
 * Undoes fletcher32 (checking it), deflate and shuffle. HDF5 File Format Specification, "Filter Pipeline".
 *
 * Returns: (transfer full): exactly @n_bytes bytes, or %NULL with `ASSAY_ERROR_FORMAT`
 */
guint8 *assay_chunk_decode (const guint8 *stored,
                            gsize         n_stored,
                            guint32       filters,
                            guint32       mask,
                            gsize         item_size,
                            gsize         n_bytes,
                            GError      **error);

/**
 * assay_fletcher32:
 * @data: bytes
 * @n_bytes: how many
 *
 * HDF5's Fletcher checksum (H5_checksum_fletcher32): pairs of bytes, the first the higher; an odd last byte counts as a
 * pair with 0.
 *
 * Returns: the checksum
 */
guint32 assay_fletcher32 (const guint8 *data, gsize n_bytes);

/**
 * assay_chunk_cache_lookup:
 * @owner: whose chunk
 * @index: which
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the undone chunk, if it is kept
 */
GBytes *assay_chunk_cache_lookup (gconstpointer owner, guint64 index);

/**
 * assay_chunk_cache_insert:
 * @owner: whose chunk
 * @index: which
 * @bytes: the undone chunk
 *
 * Keeps a chunk, dropping those that were used longest ago beyond 64 MB. Chunks larger than a quarter of that aren't kept.
 */
void assay_chunk_cache_insert (gconstpointer owner, guint64 index, GBytes *bytes);

/**
 * assay_chunk_cache_drop:
 * @owner: one that goes away
 *
 * Drops all chunks of an owner.
 */
void assay_chunk_cache_drop (gconstpointer owner);

G_END_DECLS
