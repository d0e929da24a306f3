/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Statistics in the background: what was asked for last comes first. */

#pragma once

#include <assay/statistics.h>

G_BEGIN_DECLS

typedef struct _AssayStatisticsQueue AssayStatisticsQueue;

/**
 * AssayStatisticsFunc:
 * @variable: a variable's number
 * @source: the values that were looked at
 * @statistics: (transfer full) (nullable): what came out; %NULL if the values can't be read
 *
 * Called on the main thread for each variable.
 */
typedef void (*AssayStatisticsFunc) (guint32 variable, AssaySource *source, AssayStatistics *statistics, gpointer user_data);

/**
 * assay_statistics_queue_new:
 * @callback: gets the results, in the main context that is the thread default now
 * @user_data: for @callback
 *
 * Returns: (transfer full): a queue without work
 */
AssayStatisticsQueue *assay_statistics_queue_new (AssayStatisticsFunc callback, gpointer user_data);

/**
 * assay_statistics_queue_push:
 * @variable: a variable's number
 * @source: its values
 *
 * Asks for statistics, before all that was asked for earlier. A variable that waits already moves to the front.
 */
void assay_statistics_queue_push (AssayStatisticsQueue *self, guint32 variable, AssaySource *source);

/**
 * assay_statistics_queue_push_behind:
 * @variable: a variable's number
 * @source: its values
 *
 * Asks for statistics, behind all that waits. A variable that waits already stays where it is.
 */
void assay_statistics_queue_push_behind (AssayStatisticsQueue *self, guint32 variable, AssaySource *source);

/**
 * assay_statistics_queue_get_n_waiting:
 *
 * Returns: how many wait to be computed or to be told
 */
guint assay_statistics_queue_get_n_waiting (AssayStatisticsQueue *self);

/**
 * assay_statistics_queue_drop:
 *
 * Forgets what waits, and cancels what is under way.
 */
void assay_statistics_queue_drop (AssayStatisticsQueue *self);

/**
 * assay_statistics_queue_free:
 *
 * Drops everything; no callback comes after this.
 */
void assay_statistics_queue_free (AssayStatisticsQueue *self);

G_END_DECLS
