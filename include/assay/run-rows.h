/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a run has left, as a tree of layers in the order of running: shapes, ranges, and how far each is from another run. */

#pragma once

#include <assay/run-session.h>
#include <assay/statistics.h>

G_BEGIN_DECLS

/**
 * AssayRunChange:
 * @ASSAY_RUN_CHANGE_NONE: there is no other run, it has no such value, or nothing is known yet
 * @ASSAY_RUN_CHANGE_SAME: no value differs
 * @ASSAY_RUN_CHANGE_VALUES: values differ, by the relative L2 norm that is told
 * @ASSAY_RUN_CHANGE_SHAPE: the shape or the dtype differs
 *
 * How a value differs from that of another run.
 */
typedef enum
{
  ASSAY_RUN_CHANGE_NONE,
  ASSAY_RUN_CHANGE_SAME,
  ASSAY_RUN_CHANGE_VALUES,
  ASSAY_RUN_CHANGE_SHAPE,
} AssayRunChange;

/**
 * AssayRunRow:
 *
 * A layer or an operation with what it gave, or a scope, which stands for the last of what is in it. Property "numbers" is notified
 * when statistics or change have become known. Belongs to the main thread.
 */
#define ASSAY_TYPE_RUN_ROW (assay_run_row_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunRow, assay_run_row, ASSAY, RUN_ROW, GObject)

/**
 * assay_run_row_get_title:
 *
 * Returns: (transfer none): its name in what stands above it
 */
const char *assay_run_row_get_title (AssayRunRow *self);

/**
 * assay_run_row_get_key:
 *
 * Returns: (transfer none): the name of the value, as the record's document has it
 */
const char *assay_run_row_get_key (AssayRunRow *self);

/**
 * assay_run_row_is_scope:
 *
 * Returns: whether it has no value of its own
 */
gboolean assay_run_row_is_scope (AssayRunRow *self);

/**
 * assay_run_row_get_value:
 *
 * Returns: (transfer none): the value
 */
AssayValue *assay_run_row_get_value (AssayRunRow *self);

/**
 * assay_run_row_get_children:
 *
 * Returns: (transfer none) (nullable): rows below it, in the order of running
 */
GListModel *assay_run_row_get_children (AssayRunRow *self);

/**
 * assay_run_row_get_statistics:
 *
 * Returns: (transfer none) (nullable): statistics of the value, once they are known; %NULL for what are no numbers
 */
const AssayStatistics *assay_run_row_get_statistics (AssayRunRow *self);

/**
 * assay_run_row_get_change:
 * @relative: (out) (optional): ‖value − base‖ / ‖base‖
 *
 * Returns: how it differs from the base
 */
AssayRunChange assay_run_row_get_change (AssayRunRow *self, double *relative);

/**
 * assay_run_row_is_first_bad:
 *
 * Returns: whether NaN or infinity appears here for the first time
 */
gboolean assay_run_row_is_first_bad (AssayRunRow *self);

#define ASSAY_TYPE_RUN_ROWS (assay_run_rows_get_type ())
G_DECLARE_FINAL_TYPE (AssayRunRows, assay_run_rows, ASSAY, RUN_ROWS, GObject)

/**
 * assay_run_rows_new:
 * @record: a run
 *
 * Names are taken apart at "/", and at "." where what stands before it is a name, too. A scope with one thing in it is no row of its own.
 * Numbers are computed in a worker, and told in the order of running.
 *
 * Returns: (transfer full): its rows
 */
AssayRunRows *assay_run_rows_new (AssayRunRecord *record);

/**
 * assay_run_rows_get_list:
 *
 * Returns: (transfer none): a list of the #AssayRunRow that stand at the top
 */
GListModel *assay_run_rows_get_list (AssayRunRows *self);

/**
 * assay_run_rows_set_base:
 * @base: (nullable): another run
 *
 * Says what the values shall be compared with.
 */
void assay_run_rows_set_base (AssayRunRows *self, AssayRunRecord *base);

/**
 * assay_run_rows_find:
 * @key: the name of a value
 *
 * Returns: (transfer none) (nullable): the row whose own value that is
 */
AssayRunRow *assay_run_rows_find (AssayRunRows *self, const char *key);

G_END_DECLS
