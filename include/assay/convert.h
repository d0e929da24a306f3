/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Values of any dtype as numbers and as text, and back, with ranges checked. Elements needn't be aligned. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/**
 * assay_convert_to_double:
 * @dtype: a numeric dtype; complex values become their magnitudes
 * @in: elements as they are in memory
 * @out: room for @n numbers
 * @n: how many
 *
 * Converts to double; 64-bit integers are rounded.
 */
void assay_convert_to_double (AssayDtype dtype, const void *in, double *out, gsize n);

/**
 * assay_convert_from_double:
 * @dtype: a numeric dtype; complex values get an imaginary part of 0
 * @in: numbers
 * @out: room for @n elements
 * @n: how many
 * @error: return location for an error
 *
 * Converts from double, rounding to nearest, ties to even. Fails with `ASSAY_ERROR_RANGE`, naming value, position and
 * range, if a number does not fit: NaN, infinity or too large a number for an integer (a fraction is rounded);
 * a finite number beyond a float's largest; a float type without infinity given one.
 *
 * Returns: whether all fit
 */
gboolean assay_convert_from_double (AssayDtype dtype, const double *in, void *out, gsize n, GError **error);

/**
 * assay_convert_get_range:
 * @dtype: a dtype
 *
 * Returns: (transfer none): what a message says that the type holds, as in "0 to 255"; "" if it isn't numeric
 */
const char *assay_convert_get_range (AssayDtype dtype);

/* How numbers are written. */
typedef enum
{
  ASSAY_FORMAT_SHORTEST,    /* as many digits as tell two values apart */
  ASSAY_FORMAT_FIXED,       /* six decimals */
  ASSAY_FORMAT_SCIENTIFIC,  /* 1.2346e-05 */
  ASSAY_FORMAT_HEXADECIMAL, /* the bits: 0x3f800000 */
} AssayFormatStyle;

/**
 * assay_value_format:
 * @dtype: any dtype but `STRING`
 * @item_size: bytes an element takes in memory
 * @value: one element
 * @style: how
 *
 * Writes one value: numbers as @style says ("NaN", "inf", "-inf", "1.5+2j"), bool as "True" and "False", text as it is with
 * control characters escaped, other bytes as hexadecimal. What `SHORTEST` writes, assay_value_parse() reads back to the
 * same bits (but for NaN payloads).
 *
 * Returns: (transfer full): the text, valid UTF-8
 */
char *assay_value_format (AssayDtype dtype, guint32 item_size, const void *value, AssayFormatStyle style);

/**
 * assay_value_format_named:
 * @dtype: any dtype but `STRING`
 * @dtype_name: (nullable): the name with the unit of a time, as in "datetime64[ns]"
 * @item_size: bytes an element takes in memory
 * @value: one element
 * @style: how
 *
 * Does what assay_value_format() does, but writes times by their unit: "2024-02-29T12:00:00", "90 s", "NaT".
 *
 * Returns: (transfer full): the text, valid UTF-8
 */
char *assay_value_format_named (AssayDtype       dtype,
                                const char      *dtype_name,
                                guint32          item_size,
                                const void      *value,
                                AssayFormatStyle style);

/**
 * assay_value_parse:
 * @dtype: any dtype but `STRING` and `OPAQUE`
 * @item_size: bytes an element takes in memory
 * @text: what the user typed; blanks around it don't count but in text types; "−" is a minus too
 * @out: room for one element
 * @error: return location for an error
 *
 * Reads one value: decimal, 0x hexadecimal integers, NaN, inf, true, false, complex "1+2j", text with the escapes that
 * assay_text_escape() writes. "0x" with all the digits of the type is its bits, for integers and floats. Fails with
 * `ASSAY_ERROR_SYNTAX`, `ASSAY_ERROR_RANGE` ("300 doesn't fit into uint8, which holds 0 to 255"; a text that is too long).
 *
 * Returns: whether @out is filled
 */
gboolean assay_value_parse (AssayDtype dtype, guint32 item_size, const char *text, void *out, GError **error);

/**
 * assay_value_parse_named:
 * @dtype: any dtype but `STRING` and `OPAQUE`
 * @dtype_name: (nullable): the name with the unit of a time, as in "datetime64[ns]"
 * @item_size: bytes an element takes in memory
 * @text: what the user typed
 * @out: room for one element
 * @error: return location for an error
 *
 * Does what assay_value_parse() does, but reads times by their unit.
 *
 * Returns: whether @out is filled
 */
gboolean assay_value_parse_named (AssayDtype  dtype,
                                  const char *dtype_name,
                                  guint32     item_size,
                                  const char *text,
                                  void       *out,
                                  GError    **error);

/**
 * assay_text_escape:
 * @data: bytes of a text, perhaps not valid UTF-8
 * @n_bytes: how many
 *
 * Writes an element of a `STRING` or `BYTES` variable: control characters and backslashes as \n, \t, \\, \x1b, \u200e; bytes that
 * are no UTF-8 as \xff.
 *
 * Returns: (transfer full): the text, valid UTF-8
 */
char *assay_text_escape (const void *data, gsize n_bytes);

/**
 * assay_text_unescape:
 * @text: valid UTF-8, with escapes
 * @error: return location for an error
 *
 * The opposite of assay_text_escape(). Fails with `ASSAY_ERROR_SYNTAX` if a backslash begins no escape.
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set
 */
GBytes *assay_text_unescape (const char *text, GError **error);

G_END_DECLS
