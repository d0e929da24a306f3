/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a formula would make of values, before it is applied. */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

/**
 * assay_formula_preview_async:
 * @source: numeric values
 * @start: (nullable) (array): where the box begins; %NULL for the whole variable
 * @count: (nullable) (array): how large it is
 * @formula: what was typed
 * @cancellable: (nullable): ends it
 * @callback: called on the main thread
 *
 * Tries a formula on the values, or if they are many on the first million of them.
 */
void assay_formula_preview_async (AssaySource        *source,
                                  const guint64      *start,
                                  const guint64      *count,
                                  const char         *formula,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);

/**
 * assay_formula_preview_finish:
 *
 * Returns: (transfer full): as in "9 selected values → −0.31 … 0.22 (was −0.34 … 0.24)", or %NULL with @error set
 */
char *assay_formula_preview_finish (GAsyncResult *result, GError **error);

G_END_DECLS
