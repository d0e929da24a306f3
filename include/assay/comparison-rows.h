/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A comparison as a list of rows that a view shows: computed in the back, filled in as it goes, sorted, filtered, with modules that
 * open and close. Belongs to the main thread; knows nothing of GTK. */

#pragma once

#include <assay/comparison.h>
#include <assay/document.h>

G_BEGIN_DECLS

/* What rows can be sorted by. */
typedef enum
{
  ASSAY_COMPARE_BY_ORDER, /* of the file, or of running */
  ASSAY_COMPARE_BY_NAME,
  ASSAY_COMPARE_BY_STATUS,
  ASSAY_COMPARE_BY_SHAPE,
  ASSAY_COMPARE_BY_RELATIVE_L2,
  ASSAY_COMPARE_BY_MAX_ABS,
  ASSAY_COMPARE_BY_COSINE,
  ASSAY_COMPARE_BY_FRACTION,
  ASSAY_COMPARE_BY_ULP,
  ASSAY_N_COMPARE_BY
} AssayCompareBy;

#define ASSAY_TYPE_COMPARISON_ROW (assay_comparison_row_get_type ())
G_DECLARE_FINAL_TYPE (AssayComparisonRow, assay_comparison_row, ASSAY, COMPARISON_ROW, GObject)

/* Signal: "changed": more is known of it, or it was opened or closed. */

/**
 * assay_comparison_row_get_name:
 *
 * Returns: (transfer none): its own name; in a flat list its whole path
 */
const char *assay_comparison_row_get_name (AssayComparisonRow *self);

/**
 * assay_comparison_row_get_path:
 *
 * Returns: (transfer none): names from the root down, joined by "/"
 */
const char *assay_comparison_row_get_path (AssayComparisonRow *self);

/**
 * assay_comparison_row_get_depth:
 *
 * Returns: how far it is indented
 */
guint assay_comparison_row_get_depth (AssayComparisonRow *self);

/**
 * assay_comparison_row_is_module:
 *
 * Returns: whether it is a module; else a pair of variables
 */
gboolean assay_comparison_row_is_module (AssayComparisonRow *self);

/**
 * assay_comparison_row_is_open:
 *
 * Returns: whether what is in a module is shown
 */
gboolean assay_comparison_row_is_open (AssayComparisonRow *self);

/**
 * assay_comparison_row_get_status:
 *
 * Returns: what became of a pair; of a module `CHANGED` if anything in it differs, `ONLY_A` or `ONLY_B` if all of it is
 */
AssayPairStatus assay_comparison_row_get_status (AssayComparisonRow *self);

/**
 * assay_comparison_row_get_metrics:
 * @metrics: (out caller-allocates): by how much a pair differs; of a module all together, as if they were one variable
 *
 * Returns: %FALSE if nothing is known
 */
gboolean assay_comparison_row_get_metrics (AssayComparisonRow *self, AssayMetrics *metrics);

/**
 * assay_comparison_row_get_pair:
 * @pair: (out caller-allocates): the pair
 *
 * Returns: %FALSE for a module
 */
gboolean assay_comparison_row_get_pair (AssayComparisonRow *self, AssayPair *pair);

/**
 * assay_comparison_row_get_share:
 *
 * Returns: its relative L2 as a share of the largest of all pairs, 0 to 1
 */
double assay_comparison_row_get_share (AssayComparisonRow *self);

/**
 * assay_comparison_row_dup_shape_text:
 *
 * Returns: (transfer full): "3 × 3", or "12 × 64 → 768"; "" for a module
 */
char *assay_comparison_row_dup_shape_text (AssayComparisonRow *self);

/**
 * assay_comparison_row_dup_dtype_text:
 *
 * Returns: (transfer full): "float32", or "float32 → float16"; "" for a module
 */
char *assay_comparison_row_dup_dtype_text (AssayComparisonRow *self);

#define ASSAY_TYPE_COMPARISON_ROWS (assay_comparison_rows_get_type ())
G_DECLARE_FINAL_TYPE (AssayComparisonRows, assay_comparison_rows, ASSAY, COMPARISON_ROWS, GObject)

/* Signals: "told": more is known, or the work has ended; "exchanged": all rows are others now. */

/**
 * assay_comparison_rows_new:
 *
 * Returns: (transfer full): an empty list of #AssayComparisonRow
 */
AssayComparisonRows *assay_comparison_rows_new (void);

/**
 * assay_comparison_rows_compare:
 * @a: variables before
 * @b: variables after
 *
 * Begins to compare, in the back. Rows of a comparison that was shown before stay until there is something to show instead.
 */
void assay_comparison_rows_compare (AssayComparisonRows *self, AssayVariableList *a, AssayVariableList *b);

/**
 * assay_comparison_rows_stop:
 *
 * Ends the work; what is known stays. Call it before the last reference is given up.
 */
void assay_comparison_rows_stop (AssayComparisonRows *self);

/**
 * assay_comparison_rows_resume:
 *
 * Goes on where assay_comparison_rows_stop() has left it.
 */
void assay_comparison_rows_resume (AssayComparisonRows *self);

/**
 * assay_comparison_rows_get_job:
 *
 * Returns: (transfer none) (nullable): the work that goes on
 */
AssayJob *assay_comparison_rows_get_job (AssayComparisonRows *self);

/**
 * assay_comparison_rows_get_comparison:
 *
 * Returns: (transfer none) (nullable): what is shown; %NULL before there is anything
 */
AssayComparison *assay_comparison_rows_get_comparison (AssayComparisonRows *self);

/**
 * assay_comparison_rows_count:
 * @counts: (out) (array fixed-size=9): how many pairs have each `AssayPairStatus`, whether they are shown or not
 *
 * Counts pairs.
 */
void assay_comparison_rows_count (AssayComparisonRows *self, guint32 counts[ASSAY_N_PAIR_STATUSES]);

/**
 * assay_comparison_rows_get_largest:
 *
 * Returns: the largest finite relative L2 of all pairs so far: what bars are drawn beside
 */
double assay_comparison_rows_get_largest (AssayComparisonRows *self);

/**
 * assay_comparison_rows_set_differences_only:
 * @differences_only: whether pairs that don't differ are left out
 *
 * True from the start.
 */
void assay_comparison_rows_set_differences_only (AssayComparisonRows *self, gboolean differences_only);

/**
 * assay_comparison_rows_set_flat:
 * @flat: whether modules are left out, and variables are shown by their paths
 *
 * Then the largest of all comes first, wherever it stands.
 */
void assay_comparison_rows_set_flat (AssayComparisonRows *self, gboolean flat);

/**
 * assay_comparison_rows_set_search:
 * @text: (nullable): part of the paths to show
 *
 * Leaves out what doesn't fit.
 */
void assay_comparison_rows_set_search (AssayComparisonRows *self, const char *text);

/**
 * assay_comparison_rows_sort:
 * @by: what by
 * @descending: largest first
 *
 * Sorts, within modules.
 */
void assay_comparison_rows_sort (AssayComparisonRows *self, AssayCompareBy by, gboolean descending);

/**
 * assay_comparison_rows_set_open:
 * @row: a module
 * @open: whether what is in it is shown
 *
 * Opens or closes a module.
 */
void assay_comparison_rows_set_open (AssayComparisonRows *self, AssayComparisonRow *row, gboolean open);

/**
 * assay_comparison_rows_find:
 * @path: names from the root down, joined by "/"
 *
 * Returns: the position of the row with this path, G_MAXUINT if it isn't shown
 */
guint assay_comparison_rows_find (AssayComparisonRows *self, const char *path);

/**
 * assay_document_dup_variable_list:
 * @document: a ready document
 * @saved: whether its values are those of the file; else its edits are in them
 *
 * Returns: (transfer full): one side of a comparison; it doesn't follow later edits
 */
AssayVariableList *assay_document_dup_variable_list (AssayDocument *document, gboolean saved);

G_END_DECLS
