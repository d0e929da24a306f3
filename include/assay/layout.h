/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a variable's values lie: the part of a manifest that a source is made from. */

#pragma once

#include <assay/dtype.h>
#include <assay/shape.h>

G_BEGIN_DECLS

/**
 * AssayLayoutKind:
 * @ASSAY_LAYOUT_NONE: the values can't be had; the reason says why
 * @ASSAY_LAYOUT_RAW: one extent, dense, row-major
 * @ASSAY_LAYOUT_FORTRAN: one extent, dense, column-major (first dimension fastest)
 * @ASSAY_LAYOUT_DEFLATED: as RAW, but inside a deflated stream: `offset` and `length` are the stream's, `inner_offset` the
 *   place of the first value in what it inflates to, `inner_length` the length of all that it inflates to
 * @ASSAY_LAYOUT_DEFLATED_FORTRAN: as DEFLATED, column-major
 * @ASSAY_LAYOUT_CHUNKED: an HDF5 chunk grid; the table of chunks is sent on request, by `cookie`
 * @ASSAY_LAYOUT_PIECES: boxes that lie elsewhere (slices of a partitioned variable), each dense and row-major
 * @ASSAY_LAYOUT_INLINE: the values themselves, in the manifest, dense, row-major; at most `ASSAY_LAYOUT_MAX_INLINE` bytes
 * @ASSAY_LAYOUT_FILL: every element is the same: `inline_bytes` holds one element (zeros if empty)
 * @ASSAY_LAYOUT_STRINGS: strings, sent on request, by `cookie`
 */
typedef enum
{
  ASSAY_LAYOUT_NONE,
  ASSAY_LAYOUT_RAW,
  ASSAY_LAYOUT_FORTRAN,
  ASSAY_LAYOUT_DEFLATED,
  ASSAY_LAYOUT_DEFLATED_FORTRAN,
  ASSAY_LAYOUT_CHUNKED,
  ASSAY_LAYOUT_PIECES,
  ASSAY_LAYOUT_INLINE,
  ASSAY_LAYOUT_FILL,
  ASSAY_LAYOUT_STRINGS,
  ASSAY_N_LAYOUTS
} AssayLayoutKind;

#define ASSAY_LAYOUT_MAX_INLINE 65536

/* No variable's cookie: what asks for the rows of a format that is a table. */
#define ASSAY_COOKIE_ROWS G_MAXUINT64

/* The filters of HDF5 that we undo ourselves, as bits; applied in the order shuffle, deflate, fletcher32 when writing. */
typedef enum
{
  ASSAY_FILTER_NONE = 0,
  ASSAY_FILTER_SHUFFLE = 1 << 0,
  ASSAY_FILTER_DEFLATE = 1 << 1,
  ASSAY_FILTER_FLETCHER32 = 1 << 2,
} AssayFilters;

/**
 * AssayLayoutPiece:
 * @file: which file of the manifest
 * @offset: where the box's first byte is
 * @start: (array length=rank): where in the variable the box begins
 * @count: (array length=rank): how large it is
 */
typedef struct
{
  guint32        file;
  guint64        offset;
  const guint64 *start;
  const guint64 *count;
} AssayLayoutPiece;

/**
 * AssayLayout:
 *
 * Where a variable's values lie. File 0 is the file that was opened; others are siblings and scratch files, numbered in
 * the order in which the reader asked for them.
 * * For `CHUNKED`, filters are undone by the main program; `length` is the size that HDF5's shuffle takes an element to have.
 */
typedef struct
{
  AssayLayoutKind kind;
  guint32         file;
  gboolean        big_endian;
  guint64         offset;
  guint64         length;
  guint64         inner_offset;
  guint64         inner_length;
  /* CHUNKED and STRINGS: what the reader asks itself for by. */
  guint64 cookie;
  /* CHUNKED */
  guint32        filters; /* AssayFilters */
  const guint64 *chunk;   /* (array length=rank) */
  /* INLINE, FILL; the fill value of CHUNKED (empty: zeros) */
  const guint8 *inline_bytes;
  gsize         n_inline_bytes;
  /* PIECES */
  guint                   n_pieces;
  const AssayLayoutPiece *pieces;       /* what a reader gives */
  const guint64          *extra_pieces; /* what a manifest has: of each piece file, offset, start, count */
} AssayLayout;

/**
 * AssayChunkTable:
 * @n_chunks: how many chunks are stored; the others have the fill value
 * @index: (array): position of each in the row-major grid of chunks; strictly rising
 * @offset: (array): where each begins, from the start of the file
 * @size: (array): bytes each takes in the file
 * @mask: (array): HDF5's filter mask: bit i set if filter i of the pipeline was skipped for this chunk
 *
 * The stored chunks of one chunked variable.
 */
typedef struct
{
  guint64  n_chunks;
  guint64 *index;
  guint64 *offset;
  guint32 *size;
  guint32 *mask;
} AssayChunkTable;

/**
 * assay_chunk_table_free:
 *
 * Frees a table and its columns.
 */
void assay_chunk_table_free (AssayChunkTable *table);

/**
 * assay_layout_kind_get_name:
 *
 * Returns: (transfer none): what to call it: "contiguous", "chunked", "compact"…
 */
const char *assay_layout_kind_get_name (AssayLayoutKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayChunkTable, assay_chunk_table_free)

G_END_DECLS
