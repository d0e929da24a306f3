/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* B − A as a source, and where B differs most from A. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_DIFFERENCE (assay_difference_get_type ())
G_DECLARE_FINAL_TYPE (AssayDifference, assay_difference, ASSAY, DIFFERENCE, AssaySource)

/**
 * assay_difference_new:
 * @a: numeric values before
 * @b: numeric values after, of the same rank
 * @error: return location for an error
 *
 * A source of B − A, calculated where it is read. It is float32 if float32 holds the values of both, complex128 if either is complex, else
 * float64. Equal values, infinities and NaN included, differ by 0; where just one is NaN, the difference is. If shapes differ, it has
 * what both have in common: from the first index of each axis, as many as both have.
 *
 * Fails with `ASSAY_ERROR_SHAPE` if the ranks differ, `ASSAY_ERROR_DTYPE` if either isn't numeric.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
AssaySource *assay_difference_new (AssaySource *a, AssaySource *b, GError **error);

/**
 * AssayChange:
 * @flat: position of the element in row-major order, in the shape that A and B have in common
 * @difference: B − A; its magnitude for complex values; NaN if just one is NaN, or for text
 * @a: the value in A, as text
 * @b: the value in B
 *
 * One element that differs.
 */
typedef struct
{
  guint64 flat;
  double  difference;
  char   *a;
  char   *b;
} AssayChange;

/**
 * assay_changes_find:
 * @a: values before
 * @b: values after, of the same rank
 * @n_max: how many to find at most
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @job: (nullable): told of progress, asked for cancelling
 * @error: return location for an error
 *
 * Finds the elements that differ most: those of which just one is NaN, then the largest |B − A|, among equals the first. Of text, the
 * first that differ.
 *
 * Blocks; call it from a worker. Fails as assay_metrics_compute() does.
 *
 * Returns: (transfer full) (element-type AssayChange): the elements, largest first, or %NULL with @error set
 */
GArray *assay_changes_find (AssaySource *a, AssaySource *b, guint n_max, guint n_threads, AssayJob *job, GError **error);

G_END_DECLS
