/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The types of elements, one table: name, kind, bits. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AssayDtype:
 *
 * The type of a variable's elements. In memory every element is a whole number of bytes in the machine's byte order:
 * types of less than 8 bits are one code a byte, in its low bits. Fixed-size types without a size of their own
 * (`BYTES`, `UNICODE`, `OPAQUE`, times) get their item size and name from the variable.
 */
typedef enum
{
  ASSAY_DTYPE_INVALID,
  ASSAY_DTYPE_BOOL,
  ASSAY_DTYPE_INT4,
  ASSAY_DTYPE_UINT4,
  ASSAY_DTYPE_INT2,
  ASSAY_DTYPE_UINT2,
  ASSAY_DTYPE_INT8,
  ASSAY_DTYPE_UINT8,
  ASSAY_DTYPE_INT16,
  ASSAY_DTYPE_UINT16,
  ASSAY_DTYPE_INT32,
  ASSAY_DTYPE_UINT32,
  ASSAY_DTYPE_INT64,
  ASSAY_DTYPE_UINT64,
  ASSAY_DTYPE_FLOAT4_E2M1FN,
  ASSAY_DTYPE_FLOAT6_E2M3FN,
  ASSAY_DTYPE_FLOAT6_E3M2FN,
  ASSAY_DTYPE_FLOAT8_E4M3FN,
  ASSAY_DTYPE_FLOAT8_E5M2,
  ASSAY_DTYPE_FLOAT8_E4M3FNUZ,
  ASSAY_DTYPE_FLOAT8_E5M2FNUZ,
  ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ,
  ASSAY_DTYPE_FLOAT8_E8M0FNU,
  ASSAY_DTYPE_FLOAT16,
  ASSAY_DTYPE_BFLOAT16,
  ASSAY_DTYPE_FLOAT32,
  ASSAY_DTYPE_FLOAT64,
  ASSAY_DTYPE_FLOAT128, /* x87's 80 bits, padded to 16 bytes, as NumPy's longdouble on x86-64 */
  ASSAY_DTYPE_COMPLEX64,
  ASSAY_DTYPE_COMPLEX128,
  ASSAY_DTYPE_STRING,  /* each element a byte string of its own length */
  ASSAY_DTYPE_BYTES,   /* fixed-size byte strings, padded with NUL: NumPy's S */
  ASSAY_DTYPE_UNICODE, /* fixed-size UCS-4 strings, padded with NUL: NumPy's U */
  ASSAY_DTYPE_DATETIME64,
  ASSAY_DTYPE_TIMEDELTA64,
  ASSAY_DTYPE_OPAQUE,   /* fixed-size bytes that can be named and hashed, but not calculated with */
  ASSAY_DTYPE_RESOURCE, /* in graphs only: the handle of a variable */
  ASSAY_DTYPE_VARIANT,  /* in graphs only: a list of tensors */
  ASSAY_N_DTYPES
} AssayDtype;

typedef enum
{
  ASSAY_KIND_BOOL,
  ASSAY_KIND_INT,
  ASSAY_KIND_UINT,
  ASSAY_KIND_FLOAT,
  ASSAY_KIND_COMPLEX,
  ASSAY_KIND_TEXT,
  ASSAY_KIND_TIME,
  ASSAY_KIND_OPAQUE,
} AssayKind;

/**
 * AssayDtypeInfo:
 * @name: NumPy's or ml_dtypes' name, as in "float32"
 * @short_name: what a narrow column shows, as in "f32"
 * @kind: what family it is of
 * @bits: bits an element takes where it is stored densely, 0 if the variable says
 * @item_size: bytes an element takes in memory, 0 if the variable says
 * @swap_size: bytes of the pieces that byte order concerns (half an element for complex types), 1 if none
 */
typedef struct
{
  const char *name;
  const char *short_name;
  AssayKind   kind;
  guint16     bits;
  guint8      item_size;
  guint8      swap_size;
} AssayDtypeInfo;

/**
 * assay_dtype_get_info:
 * @dtype: a valid dtype
 *
 * Returns: (transfer none): its entry in the table
 */
const AssayDtypeInfo *assay_dtype_get_info (AssayDtype dtype);

/**
 * assay_dtype_from_name:
 * @name: a dtype's name, as in "float32"
 *
 * Returns: the dtype, or `ASSAY_DTYPE_INVALID`
 */
AssayDtype assay_dtype_from_name (const char *name);

/**
 * assay_dtype_is_numeric:
 *
 * Returns: whether elements have a value that statistics and pictures can show: bool, integers, floats, complex
 */
gboolean assay_dtype_is_numeric (AssayDtype dtype);

/**
 * assay_dtype_n_bytes:
 * @dtype: a dtype
 * @item_size: bytes an element takes in memory, used where the dtype has no size of its own
 * @n_elements: how many elements
 * @n_bytes: (out): bytes they take where they are stored densely; bits are rounded up to whole bytes
 *
 * Returns: %FALSE on overflow
 */
gboolean assay_dtype_n_bytes (AssayDtype dtype, guint32 item_size, guint64 n_elements, guint64 *n_bytes);

G_END_DECLS
