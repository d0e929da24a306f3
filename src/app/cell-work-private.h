/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Work on cells that a table has selected: adding them up, writing them out. In workers. */

#pragma once

#include "slice-private.h"
#include "value-table-private.h"
#include <assay/convert.h>

G_BEGIN_DECLS

/* Most cells that are copied at once. */
#define ASSAY_MAX_COPIED 2000000

/* Most cells that are added up while the selection moves. */
#define ASSAY_MAX_SUMMED 16000000

/**
 * AssaySummary:
 * @n: how many finite numbers
 * @n_other: how many NaN and infinities
 */
typedef struct
{
  guint64 n;
  guint64 n_other;
  double  sum;
  double  min;
  double  max;
} AssaySummary;

/**
 * assay_cells_summarize_async:
 * @source: numeric values
 * @slice: what of them is shown
 * @cells: which of that, at most `ASSAY_MAX_SUMMED`
 * @cancellable: (nullable): ends it
 * @callback: called on the main thread
 *
 * Adds numbers up.
 */
void assay_cells_summarize_async (AssaySource        *source,
                                  const AssaySlice   *slice,
                                  const AssayCells   *cells,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/**
 * assay_cells_summarize_finish:
 *
 * Returns: (transfer full): the sums, or %NULL with @error set
 */
AssaySummary *assay_cells_summarize_finish (GAsyncResult *result, GError **error);

/**
 * assay_cells_write_async:
 * @source: values
 * @slice: what of them is shown
 * @cells: which of that, at most `ASSAY_MAX_COPIED`
 * @style: how numbers are written
 * @cancellable: (nullable): ends it
 * @callback: called on the main thread
 *
 * Writes cells as a spreadsheet takes them: fields by tabs, lines by newlines.
 */
void assay_cells_write_async (AssaySource        *source,
                              const AssaySlice   *slice,
                              const AssayCells   *cells,
                              AssayFormatStyle    style,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

/**
 * assay_cells_write_finish:
 *
 * Returns: (transfer full): the text, or %NULL with @error set
 */
char *assay_cells_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
