/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/dtype.h>

#include <string.h>

static const AssayDtypeInfo dtypes[ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_INVALID] = { "invalid", "?", ASSAY_KIND_OPAQUE, 0, 0, 1 },
  [ASSAY_DTYPE_BOOL] = { "bool", "bool", ASSAY_KIND_BOOL, 8, 1, 1 },
  [ASSAY_DTYPE_INT4] = { "int4", "i4", ASSAY_KIND_INT, 4, 1, 1 },
  [ASSAY_DTYPE_UINT4] = { "uint4", "u4", ASSAY_KIND_UINT, 4, 1, 1 },
  [ASSAY_DTYPE_INT2] = { "int2", "i2", ASSAY_KIND_INT, 2, 1, 1 },
  [ASSAY_DTYPE_UINT2] = { "uint2", "u2", ASSAY_KIND_UINT, 2, 1, 1 },
  [ASSAY_DTYPE_INT8] = { "int8", "i8", ASSAY_KIND_INT, 8, 1, 1 },
  [ASSAY_DTYPE_UINT8] = { "uint8", "u8", ASSAY_KIND_UINT, 8, 1, 1 },
  [ASSAY_DTYPE_INT16] = { "int16", "i16", ASSAY_KIND_INT, 16, 2, 2 },
  [ASSAY_DTYPE_UINT16] = { "uint16", "u16", ASSAY_KIND_UINT, 16, 2, 2 },
  [ASSAY_DTYPE_INT32] = { "int32", "i32", ASSAY_KIND_INT, 32, 4, 4 },
  [ASSAY_DTYPE_UINT32] = { "uint32", "u32", ASSAY_KIND_UINT, 32, 4, 4 },
  [ASSAY_DTYPE_INT64] = { "int64", "i64", ASSAY_KIND_INT, 64, 8, 8 },
  [ASSAY_DTYPE_UINT64] = { "uint64", "u64", ASSAY_KIND_UINT, 64, 8, 8 },
  [ASSAY_DTYPE_FLOAT4_E2M1FN] = { "float4_e2m1fn", "f4", ASSAY_KIND_FLOAT, 4, 1, 1 },
  [ASSAY_DTYPE_FLOAT6_E2M3FN] = { "float6_e2m3fn", "f6e2m3", ASSAY_KIND_FLOAT, 6, 1, 1 },
  [ASSAY_DTYPE_FLOAT6_E3M2FN] = { "float6_e3m2fn", "f6e3m2", ASSAY_KIND_FLOAT, 6, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E4M3FN] = { "float8_e4m3fn", "f8e4m3", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E5M2] = { "float8_e5m2", "f8e5m2", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E4M3FNUZ] = { "float8_e4m3fnuz", "f8e4m3z", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E5M2FNUZ] = { "float8_e5m2fnuz", "f8e5m2z", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ] = { "float8_e4m3b11fnuz", "f8e4m3b", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT8_E8M0FNU] = { "float8_e8m0fnu", "f8e8m0", ASSAY_KIND_FLOAT, 8, 1, 1 },
  [ASSAY_DTYPE_FLOAT16] = { "float16", "f16", ASSAY_KIND_FLOAT, 16, 2, 2 },
  [ASSAY_DTYPE_BFLOAT16] = { "bfloat16", "bf16", ASSAY_KIND_FLOAT, 16, 2, 2 },
  [ASSAY_DTYPE_FLOAT32] = { "float32", "f32", ASSAY_KIND_FLOAT, 32, 4, 4 },
  [ASSAY_DTYPE_FLOAT64] = { "float64", "f64", ASSAY_KIND_FLOAT, 64, 8, 8 },
  [ASSAY_DTYPE_FLOAT128] = { "float128", "f128", ASSAY_KIND_FLOAT, 128, 16, 16 },
  [ASSAY_DTYPE_COMPLEX64] = { "complex64", "c64", ASSAY_KIND_COMPLEX, 64, 8, 4 },
  [ASSAY_DTYPE_COMPLEX128] = { "complex128", "c128", ASSAY_KIND_COMPLEX, 128, 16, 8 },
  [ASSAY_DTYPE_STRING] = { "string", "str", ASSAY_KIND_TEXT, 0, 0, 1 },
  [ASSAY_DTYPE_BYTES] = { "bytes", "bytes", ASSAY_KIND_TEXT, 0, 0, 1 },
  [ASSAY_DTYPE_UNICODE] = { "unicode", "text", ASSAY_KIND_TEXT, 0, 0, 4 },
  [ASSAY_DTYPE_DATETIME64] = { "datetime64", "date", ASSAY_KIND_TIME, 64, 8, 8 },
  [ASSAY_DTYPE_TIMEDELTA64] = { "timedelta64", "time", ASSAY_KIND_TIME, 64, 8, 8 },
  [ASSAY_DTYPE_OPAQUE] = { "opaque", "opaque", ASSAY_KIND_OPAQUE, 0, 0, 1 },
  [ASSAY_DTYPE_RESOURCE] = { "resource", "res", ASSAY_KIND_OPAQUE, 0, 0, 1 },
  [ASSAY_DTYPE_VARIANT] = { "variant", "var", ASSAY_KIND_OPAQUE, 0, 0, 1 },
};

const AssayDtypeInfo *
assay_dtype_get_info (AssayDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < ASSAY_N_DTYPES, &dtypes[ASSAY_DTYPE_INVALID]);
  return &dtypes[dtype];
}

AssayDtype
assay_dtype_from_name (const char *name)
{
  for (int i = 1; i < ASSAY_N_DTYPES; i++)
    if (strcmp (dtypes[i].name, name) == 0)
      return i;
  return ASSAY_DTYPE_INVALID;
}

gboolean
assay_dtype_is_numeric (AssayDtype dtype)
{
  return dtype != ASSAY_DTYPE_INVALID && assay_dtype_get_info (dtype)->kind <= ASSAY_KIND_COMPLEX;
}

gboolean
assay_dtype_n_bytes (AssayDtype dtype, guint32 item_size, guint64 n_elements, guint64 *n_bytes)
{
  guint   bits = assay_dtype_get_info (dtype)->bits;
  guint64 n_bits;

  if (bits == 0 || bits % 8 == 0)
    return g_uint64_checked_mul (n_bytes, n_elements, bits ? bits / 8 : item_size);
  if (!g_uint64_checked_mul (&n_bits, n_elements, bits) || n_bits > G_MAXUINT64 - 7)
    return FALSE;
  *n_bytes = (n_bits + 7) / 8;
  return TRUE;
}
