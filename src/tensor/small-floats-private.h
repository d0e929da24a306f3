/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Floats of 4 to 16 bits, each described by one line of a table: exponent, mantissa, bias, what its special codes mean. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/* What the codes with the largest exponent mean, in the letters of ml_dtypes' names. */
typedef enum
{
  SMALL_FLOAT_IEEE,   /* infinities and NaNs */
  SMALL_FLOAT_FN,     /* finite but for NaN: exponent and mantissa all ones */
  SMALL_FLOAT_ALL,    /* nothing but numbers */
  SMALL_FLOAT_FNUZ,   /* finite but for NaN, which has the code that would be −0 */
  SMALL_FLOAT_POWERS, /* powers of two without sign or zero; all ones is NaN */
} SmallFloatKind;

/**
 * SmallFloat:
 * @max_code: the code of the largest finite value
 * @nan_code: the code that NaN is written as; 0 if there is none
 * @inf_code: the code of infinity; 0 if there is none
 */
typedef struct
{
  guint8         n_exponent;
  guint8         n_mantissa;
  gint16         bias;
  SmallFloatKind kind;
  guint16        max_code;
  guint16        nan_code;
  guint16        inf_code;
} SmallFloat;

/**
 * small_float_get:
 * @dtype: any dtype
 *
 * Returns: (transfer none) (nullable): how the type is made, or %NULL if it isn't a float of 4 to 16 bits
 */
const SmallFloat *small_float_get (AssayDtype dtype);

/**
 * small_float_decode:
 * @code: the bits of a value
 *
 * Returns: its value
 */
double small_float_decode (const SmallFloat *self, guint code);

/**
 * small_float_encode:
 * @value: any number
 * @code: (out): the bits of the nearest value, ties to even (powers of two: ties up)
 *
 * Returns: whether it fits: %FALSE beyond the largest finite value, and for an infinity, a NaN, or a sign that the type
 *   hasn't got
 */
gboolean small_float_encode (const SmallFloat *self, double value, guint *code);

/**
 * small_float_table:
 * @dtype: a float of 4 to 8 bits
 *
 * Returns: (transfer none): the values of its 256 codes; the high bits of types of less than 8 bits don't count
 */
const double *small_float_table (AssayDtype dtype);

G_END_DECLS
