/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Elements that a double can't hold: 64-bit integers, 80-bit floats, complex numbers. */

#pragma once

#include "pair-sums-private.h"

G_BEGIN_DECLS

/**
 * pair_is_wide:
 *
 * Returns: whether elements of a dtype would lose something as a double
 */
gboolean pair_is_wide (AssayDtype dtype);

/**
 * pair_wide_add:
 * @n: how many; at most 2048
 *
 * Adds pairs, but for their bits.
 */
void pair_wide_add (PairSums *self, const PairKind *kind, const void *a, const void *b, gsize n);

/**
 * pair_wide_subtract:
 * @re: room for B − A; its magnitude if @im is %NULL and an element is complex
 * @im: (nullable): room for the imaginary parts
 * @n: how many; at most 2048
 *
 * Subtracts, as pair_differences().
 */
void pair_wide_subtract (const PairKind *kind, const void *a, const void *b, double *re, double *im, gsize n);

G_END_DECLS
