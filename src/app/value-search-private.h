/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Finding values: beyond a bound, NaN, infinities. In a worker. */

#pragma once

#include <assay/job.h>
#include <assay/source.h>

G_BEGIN_DECLS

typedef enum
{
  ASSAY_FIND_BEYOND, /* |x| > bound */
  ASSAY_FIND_NAN,
  ASSAY_FIND_INF,
} AssayFind;

/**
 * AssayFound:
 * @positions: (element-type guint64): where, in row-major order; the first million
 * @n: how many there are in all
 */
typedef struct
{
  GArray *positions;
  guint64 n;
} AssayFound;

/**
 * assay_found_free:
 *
 * Frees what was found.
 */
void assay_found_free (AssayFound *self);

/**
 * assay_value_search_async:
 * @source: numeric values
 * @find: what to find
 * @bound: for `ASSAY_FIND_BEYOND`
 * @job: told of progress, asked for cancelling
 * @callback: called on the main thread
 *
 * Looks at all values.
 */
void assay_value_search_async (AssaySource *source, AssayFind find, double bound, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_value_search_finish:
 *
 * Returns: (transfer full): what was found, or %NULL with @error set
 */
AssayFound *assay_value_search_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayFound, assay_found_free)

G_END_DECLS
