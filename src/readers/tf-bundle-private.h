/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A TensorFlow checkpoint: its index, and where the values are. */

#pragma once

#include <assay/dtype.h>
#include <assay/shape.h>

#include "reader-private.h"

G_BEGIN_DECLS

/**
 * AssayBundleSlice:
 * @start: (array length=rank): where a piece of a partitioned variable begins
 * @count: (array length=rank): how large it is; -1 for all that there is
 */
typedef struct
{
  gint64 start[ASSAY_MAX_RANK];
  gint64 count[ASSAY_MAX_RANK];
} AssayBundleSlice;

/**
 * AssayBundleEntry:
 * @key: as the checkpoint has it, valid UTF-8
 * @raw_key: as bytes
 * @type: TensorFlow's number of the dtype
 * @dtype: ours; `INVALID` if it has no values that can be shown
 * @type_name: TensorFlow's name
 * @shard: which data file
 * @offset: its first byte there
 * @size: bytes it takes there
 * @crc: CRC-32C of those bytes, masked
 * @slices: (nullable) (element-type AssayBundleSlice): the pieces of a partitioned variable
 * @reason: (nullable): why its values can't be had
 * @strings: (nullable): for strings that were asked for: n + 1 offsets into the data file
 */
typedef struct
{
  char       *key;
  GBytes     *raw_key;
  guint32     type;
  AssayDtype  dtype;
  const char *type_name;
  guint       rank;
  guint64    *shape;
  guint64     n_elements;
  guint64     shard;
  guint64     offset;
  guint64     size;
  guint32     crc;
  GArray     *slices;
  char       *reason;
  guint64    *strings;
} AssayBundleEntry;

/* A data file, opened when it is first needed. */
typedef struct
{
  AssayReaderFile file;
  char           *reason; /* why it can't be opened */
  gboolean        is_open;
} AssayBundleShard;

/**
 * AssayBundle:
 * @entries: (element-type AssayBundleEntry): in the order of keys, without pieces
 * @pieces: (element-type AssayBundleEntry): entries of pieces by their raw keys
 * @shards: data files by number
 */
typedef struct
{
  AssayReaderContext *context;
  GPtrArray          *entries;
  GHashTable         *pieces;
  GHashTable         *shards;
  guint32             n_shards;
  gboolean            big_endian;
  gboolean            has_header;
} AssayBundle;

/**
 * assay_bundle_type_name:
 * @type: a number of TensorFlow's enum DataType
 * @dtype: (out): our dtype, `INVALID` if its values are no numbers or texts
 *
 * Returns: (transfer none): what the type is called
 */
const char *assay_bundle_type_name (guint64 type, AssayDtype *dtype);

/**
 * assay_bundle_read_index:
 * @context: whose main file is the `.index`
 * @error: return location for an error
 *
 * Reads an index. Fails with `ASSAY_ERROR_FORMAT`; with `ASSAY_ERROR_UNSUPPORTED` if it is a checkpoint of TensorFlow's first format.
 *
 * Returns: (transfer full): what is in it, or %NULL with @error set
 */
AssayBundle *assay_bundle_read_index (AssayReaderContext *context, GError **error);

/**
 * assay_bundle_read_rows:
 * @error: return location for an error
 *
 * Reads the whole index again, for who writes it anew.
 *
 * Returns: (transfer full): its rows as assay_manifest_read_rows() tells, or %NULL with @error set
 */
GBytes *assay_bundle_read_rows (AssayBundle *self, GError **error);

/**
 * assay_bundle_free:
 *
 * Frees it all.
 */
void assay_bundle_free (AssayBundle *self);

/**
 * assay_bundle_get_shard:
 * @number: which
 *
 * Opens a data file when it is asked for first; a warning tells once that it can't be.
 *
 * Returns: (transfer none): the data file, or one with a `reason`
 */
const AssayBundleShard *assay_bundle_get_shard (AssayBundle *self, guint64 number);

/**
 * assay_bundle_locate:
 * @entry: an entry that isn't partitioned
 * @file: (out): the file it is in
 *
 * Checks that an entry's bytes are where it says, and are as many as its shape needs.
 *
 * Returns: (transfer full) (nullable): why its values can't be had
 */
char *assay_bundle_locate (AssayBundle *self, const AssayBundleEntry *entry, AssayReaderFile *file);

/**
 * assay_bundle_check_crc:
 * @entry: an entry whose bytes are where it says
 * @file: the file it is in
 * @error: return location for an error
 *
 * Reads an entry's bytes through, and compares their checksum.
 *
 * Returns: whether it is right
 */
gboolean assay_bundle_check_crc (const AssayBundleEntry *entry, const AssayReaderFile *file, GError **error);

/**
 * assay_bundle_set_layout:
 * @entry: an entry
 * @variable: its variable
 *
 * Says where the values are, or why they can't be had.
 */
void assay_bundle_set_layout (AssayBundle *self, AssayBundleEntry *entry, guint32 cookie, guint32 variable);

/**
 * assay_bundle_read_string:
 * @entry: an entry of strings
 * @first: position of the first
 * @n: how many
 * @out: gets a #GBytes for each
 * @error: return location for an error
 *
 * Reads strings.
 *
 * Returns: whether all were read
 */
gboolean assay_bundle_read_strings (AssayBundle *self, AssayBundleEntry *entry, guint64 first, guint64 n, GPtrArray *out, GError **error);

/**
 * assay_bundle_check_strings:
 * @entry: an entry of strings whose bytes are where it says
 * @file: the file it is in
 * @error: return location for an error
 *
 * Reads strings through, and compares their checksum.
 *
 * Returns: whether it is right
 */
gboolean assay_bundle_check_strings (AssayBundleEntry *entry, const AssayReaderFile *file, GError **error);

/**
 * assay_bundle_piece_key:
 * @name: the variable's key
 * @rank: number of dimensions
 * @slice: which piece
 *
 * Writes the key by which a piece stands in the index, as TensorFlow's checkpoint::EncodeTensorNameSlice and strings::OrderedCode.
 *
 * Returns: (transfer full): the key
 */
GBytes *assay_bundle_piece_key (GBytes *name, guint rank, const AssayBundleSlice *slice);

/**
 * assay_bundle_set_pieces:
 * @entry: a partitioned entry
 * @variable: its variable
 *
 * Says where the pieces are, or why they can't be had.
 */
void assay_bundle_set_pieces (AssayBundle *self, const AssayBundleEntry *entry, guint32 variable);

/**
 * assay_bundle_add_tree:
 * @error: return location for an error
 *
 * Adds all entries to the manifest: by the object graph if there is one, else by their names.
 *
 * Returns: %FALSE if the manifest can't be sent
 */
gboolean assay_bundle_add_tree (AssayBundle *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayBundle, assay_bundle_free)

G_END_DECLS
