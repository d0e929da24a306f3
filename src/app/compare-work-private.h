/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is to be known of two variables beside their metrics: statistics of each, and where they differ most. In a worker. */

#pragma once

#include <assay/difference.h>
#include <assay/statistics.h>

G_BEGIN_DECLS

/* So many changed values are listed. */
#define ASSAY_N_CHANGES 200

/**
 * AssayPairFacts:
 * @a: (nullable): statistics of A, %NULL if there is none or it isn't numeric; likewise @b
 * @changes: (nullable) (element-type AssayChange): where they differ most
 *
 * What was found.
 */
typedef struct
{
  AssayStatistics *a;
  AssayStatistics *b;
  GArray          *changes;
} AssayPairFacts;

/**
 * assay_pair_facts_free:
 *
 * Frees facts.
 */
void assay_pair_facts_free (AssayPairFacts *self);

/**
 * assay_pair_facts_async:
 * @a: (nullable): values before
 * @b: (nullable): values after
 * @job: asked for cancelling
 * @callback: called on the main thread
 *
 * Finds them. What can't be found is left out.
 */
void assay_pair_facts_async (AssaySource *a, AssaySource *b, AssayJob *job, GAsyncReadyCallback callback, gpointer user_data);

/**
 * assay_pair_facts_finish:
 *
 * Returns: (transfer full): the facts, or %NULL with @error set if it was cancelled
 */
AssayPairFacts *assay_pair_facts_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayPairFacts, assay_pair_facts_free)

G_END_DECLS
