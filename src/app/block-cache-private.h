/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Blocks of a slice as text, read and written out in a worker; a bounded number is kept. Belongs to the main thread. */

#pragma once

#include "slice-private.h"
#include <assay/convert.h>

G_BEGIN_DECLS

#define ASSAY_BLOCK_ROWS 64
#define ASSAY_BLOCK_COLUMNS 16

typedef enum
{
  ASSAY_MARK_EDITED = 1 << 0,
  ASSAY_MARK_NAN = 1 << 1,
  ASSAY_MARK_INF = 1 << 2,
} AssayMark;

/**
 * AssayBlock:
 * @texts: `n_rows` × `n_columns` texts, row by row; %NULL if @error
 * @marks: #AssayMark of each
 * @longest: characters of the longest text
 * @error: why it can't be shown
 */
typedef struct
{
  guint    n_rows;
  guint    n_columns;
  char   **texts;
  guint8  *marks;
  guint    longest;
  guint    longest_whole;    /* of numbers up to their point */
  guint    longest_fraction; /* and from there on */
  char    *error;
  gboolean stale; /* of values before an edit: shown until the new ones come */
  guint64  used;
} AssayBlock;

#define ASSAY_TYPE_BLOCK_CACHE (assay_block_cache_get_type ())
G_DECLARE_FINAL_TYPE (AssayBlockCache, assay_block_cache, ASSAY, BLOCK_CACHE, GObject)

/**
 * assay_block_cache_new:
 *
 * Its signal `ready` says that a block has come.
 *
 * Returns: (transfer full): an empty cache
 */
AssayBlockCache *assay_block_cache_new (void);

/**
 * assay_block_cache_set:
 * @source: (nullable): the values
 * @saved: (nullable): the same before they were edited, to mark what is edited
 * @slice: what of them is shown
 * @style: how numbers are written
 *
 * Changes what is shown; forgets all blocks.
 */
void assay_block_cache_set (AssayBlockCache *self, AssaySource *source, AssaySource *saved, const AssaySlice *slice, AssayFormatStyle style);

/**
 * assay_block_cache_refresh:
 * @source: the values, after an edit
 * @saved: (nullable): the same before they were edited
 *
 * Reads again what is shown; the old text stays until the new has come.
 */
void assay_block_cache_refresh (AssayBlockCache *self, AssaySource *source, AssaySource *saved);

/**
 * assay_block_cache_begin:
 *
 * Begins a frame: what was wanted before and hasn't begun is dropped.
 */
void assay_block_cache_begin (AssayBlockCache *self);

/**
 * assay_block_cache_get:
 * @block_row: which block downwards
 * @block_column: which block sideways
 *
 * Returns: (transfer none) (nullable): the block; %NULL if it isn't there yet, then it is asked for
 */
const AssayBlock *assay_block_cache_get (AssayBlockCache *self, guint64 block_row, guint64 block_column);

/**
 * assay_block_cache_end:
 *
 * Ends a frame: starts reading what is missing.
 */
void assay_block_cache_end (AssayBlockCache *self);

/**
 * assay_block_cache_get_text:
 *
 * Returns: (transfer none) (nullable): the text of a cell, if its block is there
 */
const char *assay_block_cache_get_text (AssayBlockCache *self, guint64 row, guint64 column);

/**
 * assay_block_fraction_length:
 * @text: a number, not in hexadecimal
 *
 * Returns: how many characters of it stand from its point on, or from its exponent on if it has no point
 */
guint assay_block_fraction_length (const char *text);

G_END_DECLS
