/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The index of a TensorFlow checkpoint that is written again: all rows as they were, but for places and checksums of what was edited. */

#pragma once

#include <assay/reader-session.h>

G_BEGIN_DECLS

/**
 * AssayBundleRow:
 * @key: a name; of a piece of a partitioned variable, its ordered code; empty for the header
 * @value: the entry as it was
 * @type: TensorFlow's number of the dtype
 * @shard: which data file
 * @offset: its first byte there
 * @size: bytes it takes there
 * @crc: CRC-32C of them, masked
 * @is_changed: whether place or checksum aren't what @value says
 *
 * One entry of the index.
 */
typedef struct
{
  GBytes  *key, *value;
  guint32  type;
  guint    shard;
  guint64  offset, size;
  guint32  crc;
  gboolean is_changed;
} AssayBundleRow;

/**
 * assay_bundle_rows_read:
 * @manifest: a checkpoint
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type AssayBundleRow): all rows in the order of their keys; the first is the header
 */
GArray *assay_bundle_rows_read (AssayManifest *manifest, GError **error);

/**
 * assay_bundle_rows_count_shards:
 *
 * Returns: how many data files the header tells
 */
guint assay_bundle_rows_count_shards (GArray *rows);

/**
 * assay_bundle_rows_to_table:
 * @n_shards: how many data files the header shall tell
 *
 * Returns: (transfer full): the new index
 */
GBytes *assay_bundle_rows_to_table (GArray *rows, guint n_shards);

/**
 * assay_bundle_encode_strings:
 * @strings: (element-type GBytes): what to write
 * @out: gets them as they lie in a data file
 *
 * Returns: the checksum that their entry has, not masked
 */
guint32 assay_bundle_encode_strings (GPtrArray *strings, GByteArray *out);

G_END_DECLS
