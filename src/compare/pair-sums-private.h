/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is added up over pairs of elements: the kernels under metrics. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/**
 * PairSums:
 * @squares: of B − A; @squares_a and @squares_b of the values themselves
 * @n_differing: pairs whose values aren't equal, whatever the tolerance
 *
 * Sums over some pairs; all zero to begin with. Places where either is NaN count in nothing but @n_nan_a, @n_nan_b, @n_nan_both,
 * @n_bits, and where just one is NaN @n_changed and @n_differing.
 */
typedef struct
{
  double  max_abs;
  double  l1;
  double  squares;
  double  squares_a;
  double  squares_b;
  double  dot;
  guint64 n_changed;
  guint64 n_differing;
  guint64 n_bits;
  guint64 n_nan_a;
  guint64 n_nan_b;
  guint64 n_nan_both;
  guint32 max_ulp;
} PairSums;

/**
 * PairKind:
 * @a: dtype of A
 * @b: dtype of B
 * @item_a: bytes an element of A takes
 * @item_b: likewise of B
 * @tolerance: up to which a difference is no change
 *
 * What kind of elements are compared.
 */
typedef struct
{
  AssayDtype a;
  AssayDtype b;
  guint32    item_a;
  guint32    item_b;
  double     tolerance;
} PairKind;

/**
 * pair_kind_is_text:
 *
 * Returns: whether elements are only equal or not: text, times, opaque bytes
 */
gboolean pair_kind_is_text (const PairKind *kind);

/**
 * pair_sums_add:
 * @a: elements, perhaps not aligned
 * @b: as many
 * @n: how many
 *
 * Adds pairs of numeric elements, or of text of fixed size.
 */
void pair_sums_add (PairSums *self, const PairKind *kind, const void *a, const void *b, gsize n);

/**
 * pair_sums_merge:
 *
 * Adds what another has added up.
 */
void pair_sums_merge (PairSums *self, const PairSums *other);

/**
 * pair_differences:
 * @out: room for @n numbers: B − A, its magnitude if complex; 0 where both are equal (also infinities and NaN), NaN where just one is NaN
 * @n: how many
 *
 * Subtracts numeric elements.
 */
void pair_differences (const PairKind *kind, const void *a, const void *b, double *out, gsize n);

/**
 * pair_complex_differences:
 * @out: room for 2 × @n numbers: real and imaginary part of B − A
 *
 * Subtracts elements of which at least one is complex.
 */
void pair_complex_differences (const PairKind *kind, const void *a, const void *b, double *out, gsize n);

G_END_DECLS
