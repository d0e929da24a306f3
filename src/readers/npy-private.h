/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The header of a .npy file, which .npz members have too. */

#pragma once

#include <assay/dtype.h>
#include <assay/shape.h>

#include "reader-private.h"

G_BEGIN_DECLS

/* What tells how long the header is; a file may be shorter only if it is no .npy. */
#define ASSAY_NPY_PREFIX 12

/**
 * AssayNpyHeader:
 * @dtype: of the elements; `OPAQUE` for records and for what can only be named
 * @item_size: bytes an element takes
 * @dtype_name: (nullable): as NumPy writes it, where the dtype's own name doesn't tell all
 * @big_endian: the order of the bytes
 * @fortran: whether the first dimension runs fastest
 * @is_object: whether the elements are Python objects: then what follows is a pickle, and is never read
 * @n_bytes: bytes that the values take
 * @swaps: (nullable) (element-type AssayNpySwap): the big-endian fields of a record: its values must be turned round before use
 */
typedef struct
{
  AssayDtype dtype;
  guint32    item_size;
  char      *dtype_name;
  gboolean   big_endian;
  gboolean   fortran;
  gboolean   is_object;
  guint      rank;
  guint64    shape[ASSAY_MAX_RANK];
  guint64    n_bytes;
  GArray    *swaps;
} AssayNpyHeader;

/**
 * AssayNpySwap:
 * @offset: of a field's first byte in its record
 * @size: of the pieces that byte order concerns
 * @n: how many of them follow one another
 */
typedef struct
{
  guint64 offset;
  guint32 size;
  guint64 n;
} AssayNpySwap;

/**
 * assay_npy_measure:
 * @start: the first `ASSAY_NPY_PREFIX` bytes of a file
 * @n: how many bytes there are
 * @size: (out): bytes from the start of the file to the values
 * @error: return location for an error
 *
 * Checks magic and version. Fails with `ASSAY_ERROR_FORMAT`.
 *
 * Returns: whether @size is set
 */
gboolean assay_npy_measure (const guint8 *start, gsize n, guint64 *size, GError **error);

/**
 * assay_npy_header_parse:
 * @data: the header, from the magic to the values
 * @size: what assay_npy_measure() said
 * @n_after: bytes that follow
 * @header: (out caller-allocates): what it says
 * @error: return location for an error
 *
 * Reads the literal of a header. Fails with `ASSAY_ERROR_FORMAT`, telling the byte, or the number of bytes that are missing.
 *
 * Returns: whether @header is filled
 */
gboolean assay_npy_header_parse (const guint8 *data, gsize size, guint64 n_after, AssayNpyHeader *header, GError **error);

/**
 * assay_npy_swap_records:
 * @header: of records with @swaps
 * @from: where they are
 * @from_offset: their first byte there
 * @to: a scratch file to write them into, perhaps the same
 * @error: return location for an error
 *
 * Writes records in little-endian order, from the first byte of @to on.
 *
 * Returns: whether all were written
 */
gboolean assay_npy_swap_records (const AssayNpyHeader  *header,
                                 const AssayReaderFile *from,
                                 guint64                from_offset,
                                 const AssayReaderFile *to,
                                 GError               **error);

/**
 * assay_npy_header_clear:
 *
 * Frees what is in it.
 */
void assay_npy_header_clear (AssayNpyHeader *header);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayNpyHeader, assay_npy_header_clear)

G_END_DECLS
