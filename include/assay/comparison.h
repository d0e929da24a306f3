/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two models, or two runs, variable by variable: what belongs together, and how much it differs. */

#pragma once

#include <assay/manifest.h>
#include <assay/metrics.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_VARIABLE_LIST (assay_variable_list_get_type ())
G_DECLARE_FINAL_TYPE (AssayVariableList, assay_variable_list, ASSAY, VARIABLE_LIST, GObject)

/**
 * assay_variable_list_new:
 *
 * One side of a comparison: variables with keys, in an order. It is filled by one thread; from then on any thread may read it.
 *
 * Returns: (transfer full): an empty list
 */
AssayVariableList *assay_variable_list_new (void);

/**
 * assay_variable_list_new_for_manifest:
 * @manifest: a complete manifest
 *
 * Returns: (transfer full): all variables of a file, in its order; sources are made when they are asked for
 */
AssayVariableList *assay_variable_list_new_for_manifest (AssayManifest *manifest);

/**
 * assay_variable_list_add:
 * @key: its name, by which it finds its partner
 * @path: (nullable): names from the root down, joined by "/"; %NULL for @key as one name
 * @source: (nullable): its values; %NULL if they can't be had
 * @reason: (nullable): why they can't
 *
 * Adds a variable behind the others. For lists that are of no manifest.
 */
void assay_variable_list_add (AssayVariableList *self, const char *key, const char *path, AssaySource *source, const char *reason);

/**
 * assay_variable_list_set_source:
 * @index: which
 * @source: its values
 *
 * Puts other values in place, such as edited ones.
 */
void assay_variable_list_set_source (AssayVariableList *self, guint32 index, AssaySource *source);

/**
 * assay_variable_list_get_n:
 *
 * Returns: how many variables there are
 */
guint32 assay_variable_list_get_n (AssayVariableList *self);

/**
 * assay_variable_list_get_key:
 *
 * Returns: (transfer none): a variable's key
 */
const char *assay_variable_list_get_key (AssayVariableList *self, guint32 index);

/**
 * assay_variable_list_dup_path:
 *
 * Returns: (transfer full): where it stands: names from the root down, joined by "/"
 */
char *assay_variable_list_dup_path (AssayVariableList *self, guint32 index);

/**
 * assay_variable_list_is_flat:
 *
 * Returns: whether there are no modules: what looks like a path is a name
 */
gboolean assay_variable_list_is_flat (AssayVariableList *self);

/**
 * assay_variable_list_dup_shape_text:
 *
 * Returns: (transfer full): a variable's shape as the screen has it: "3 × 3"; "" if it has none
 */
char *assay_variable_list_dup_shape_text (AssayVariableList *self, guint32 index);

/**
 * assay_variable_list_get_dtype_name:
 *
 * Returns: (transfer none): what a variable's dtype is called; "" if it has none
 */
const char *assay_variable_list_get_dtype_name (AssayVariableList *self, guint32 index);

/**
 * assay_variable_list_dup_source:
 * @index: which
 * @error: return location for an error
 *
 * Any thread may call this. Fails with `ASSAY_ERROR_UNSUPPORTED` and the reason if the values can't be had.
 *
 * Returns: (transfer full): a variable's values, or %NULL with @error set
 */
AssaySource *assay_variable_list_dup_source (AssayVariableList *self, guint32 index, GError **error);

/**
 * AssayPairStatus:
 * @ASSAY_PAIR_WAITING: not compared yet
 * @ASSAY_PAIR_SAME: same dtype, shape and bits
 * @ASSAY_PAIR_EQUAL_VALUES: bits differ, no value does by more than the tolerance: −0, NaN payloads
 * @ASSAY_PAIR_CHANGED: values differ
 * @ASSAY_PAIR_RESHAPED: shapes differ; metrics, if any, are of the common leading part
 * @ASSAY_PAIR_DTYPE_CHANGED: dtypes differ; metrics, if any, are of converted values
 * @ASSAY_PAIR_UNREADABLE: values of either can't be had
 * @ASSAY_PAIR_ONLY_A: B has nothing of that key
 * @ASSAY_PAIR_ONLY_B: A has nothing of that key
 */
typedef enum
{
  ASSAY_PAIR_WAITING,
  ASSAY_PAIR_SAME,
  ASSAY_PAIR_EQUAL_VALUES,
  ASSAY_PAIR_CHANGED,
  ASSAY_PAIR_RESHAPED,
  ASSAY_PAIR_DTYPE_CHANGED,
  ASSAY_PAIR_UNREADABLE,
  ASSAY_PAIR_ONLY_A,
  ASSAY_PAIR_ONLY_B,
  ASSAY_N_PAIR_STATUSES
} AssayPairStatus;

/**
 * assay_pair_status_get_name:
 *
 * Returns: (transfer none): a status as JSON has it: "equal-values"
 */
const char *assay_pair_status_get_name (AssayPairStatus status);

/**
 * assay_pair_status_differs:
 *
 * Returns: whether a pair of this status makes two models different
 */
gboolean assay_pair_status_differs (AssayPairStatus status);

/**
 * AssayPair:
 * @a: its number in A, G_MAXUINT32 if it is only in B
 * @b: its number in B, G_MAXUINT32 if it is only in A
 * @status: what became of it
 * @metrics: (nullable): by how much it differs; %NULL if that can't be told
 * @reason: (nullable): why there are no metrics, one sentence
 *
 * Two variables that belong together, or one that is alone. Pointers belong to the comparison.
 */
typedef struct
{
  guint32             a;
  guint32             b;
  AssayPairStatus     status;
  const AssayMetrics *metrics;
  const char         *reason;
} AssayPair;

#define ASSAY_TYPE_COMPARISON (assay_comparison_get_type ())
G_DECLARE_FINAL_TYPE (AssayComparison, assay_comparison, ASSAY, COMPARISON, GObject)

/**
 * assay_comparison_new:
 * @a: variables before
 * @b: variables after
 *
 * Finds what belongs together: the same key. (The first of several of one key goes with the first of the other side, and so on.) Pairs
 * are in the order of A; what is only in B comes behind. Takes some 20 ms for 100,000 variables; any thread may call this.
 *
 * Returns: (transfer full): a comparison in which all pairs wait
 */
AssayComparison *assay_comparison_new (AssayVariableList *a, AssayVariableList *b);

/**
 * assay_comparison_get_a:
 *
 * Returns: (transfer none): variables before
 */
AssayVariableList *assay_comparison_get_a (AssayComparison *self);

/**
 * assay_comparison_get_b:
 *
 * Returns: (transfer none): variables after
 */
AssayVariableList *assay_comparison_get_b (AssayComparison *self);

/**
 * assay_comparison_get_n_pairs:
 *
 * Returns: how many pairs there are, with those that are alone
 */
guint32 assay_comparison_get_n_pairs (AssayComparison *self);

/**
 * assay_comparison_get_pair:
 * @index: which
 * @pair: (out caller-allocates): what is known of it now
 *
 * Tells of a pair. Any thread may call this, also while assay_comparison_compute() works.
 */
void assay_comparison_get_pair (AssayComparison *self, guint32 index, AssayPair *pair);

/**
 * assay_comparison_count:
 * @counts: (out) (array fixed-size=9): how many pairs have each `AssayPairStatus`
 *
 * Counts pairs.
 */
void assay_comparison_count (AssayComparison *self, guint32 counts[ASSAY_N_PAIR_STATUSES]);

/**
 * AssayComparisonNotify:
 * @self: a comparison
 * @user_data: what was given to assay_comparison_compute()
 *
 * Called in a worker's thread when pairs have become known; at most some dozen times a second.
 */
typedef void (*AssayComparisonNotify) (AssayComparison *self, gpointer user_data);

/**
 * assay_comparison_compute:
 * @tolerance: |B − A| up to which a value doesn't count as changed; 0 for none
 * @n_threads: how many threads may work; 0 for as many as there are processors
 * @job: (nullable): told of progress, asked for cancelling
 * @notify: (nullable): called when there is more to see
 * @user_data: for @notify
 * @error: return location for an error
 *
 * Compares the values of all pairs that wait. Values that can't be had don't end it: the pair says why. What was done stays done when it
 * is cancelled, and isn't done again when it is called anew.
 *
 * Blocks; call it from a worker, from one at a time. Fails only by being cancelled.
 *
 * Returns: whether no pair waits any more
 */
gboolean assay_comparison_compute (AssayComparison      *self,
                                   double                tolerance,
                                   guint                 n_threads,
                                   AssayJob             *job,
                                   AssayComparisonNotify notify,
                                   gpointer              user_data,
                                   GError              **error);

G_END_DECLS
