/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Steps that can be undone and done again, without end. A step is two sources of one variable, both immutable. */

#pragma once

#include <assay/source.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_STEP (assay_step_get_type ())
G_DECLARE_FINAL_TYPE (AssayStep, assay_step, ASSAY, STEP, GObject)

/**
 * assay_step_get_name:
 *
 * Returns: (transfer none): what undo says; also the property `name`
 */
const char *assay_step_get_name (AssayStep *self);

/**
 * assay_step_get_variable:
 *
 * Returns: the number of the variable that it changes
 */
guint32 assay_step_get_variable (AssayStep *self);

/**
 * assay_step_join:
 *
 * Says that it was done together with the step before it: undo and redo take both.
 */
void assay_step_join (AssayStep *self);

/**
 * assay_step_is_joined:
 *
 * Returns: whether it was done together with the step before it
 */
gboolean assay_step_is_joined (AssayStep *self);

/**
 * assay_step_get_before:
 *
 * Returns: (transfer none) (nullable): the values before; %NULL for those in the file
 */
AssaySource *assay_step_get_before (AssayStep *self);

/**
 * assay_step_get_after:
 *
 * Returns: (transfer none): the values after
 */
AssaySource *assay_step_get_after (AssayStep *self);

#define ASSAY_TYPE_HISTORY (assay_history_get_type ())
G_DECLARE_FINAL_TYPE (AssayHistory, assay_history, ASSAY, HISTORY, GObject)

/**
 * assay_history_new:
 *
 * Returns: (transfer full): an empty history: a #GListModel of #AssayStep, oldest first
 */
AssayHistory *assay_history_new (void);

/**
 * assay_history_push:
 * @name: what undo says
 * @variable: the variable's number
 * @before: (nullable): its values before
 * @after: its values after
 *
 * Adds a step behind the position, dropping what was undone, and moves the position behind it.
 */
void assay_history_push (AssayHistory *self, const char *name, guint32 variable, AssaySource *before, AssaySource *after);

/**
 * assay_history_get_position:
 *
 * Returns: how many steps are done
 */
guint assay_history_get_position (AssayHistory *self);

/**
 * assay_history_set_position:
 *
 * Says how many steps are done.
 */
void assay_history_set_position (AssayHistory *self, guint position);

/**
 * assay_history_get_n_steps:
 *
 * Returns: how many steps there are, done or not
 */
guint assay_history_get_n_steps (AssayHistory *self);

/**
 * assay_history_get_step:
 *
 * Returns: (transfer none): a step
 */
AssayStep *assay_history_get_step (AssayHistory *self, guint index);

/**
 * assay_history_mark_saved_at:
 * @position: how many steps were done when saving began
 *
 * Says that what those steps made is what the file has.
 */
void assay_history_mark_saved_at (AssayHistory *self, guint position);

/**
 * assay_history_is_saved:
 *
 * Returns: whether what is done is what the file has
 */
gboolean assay_history_is_saved (AssayHistory *self);

/**
 * assay_history_count_unsaved:
 *
 * Returns: how many steps lie between what is done and what the file has
 */
guint assay_history_count_unsaved (AssayHistory *self);

/**
 * assay_history_is_ahead:
 *
 * Returns: whether what the file has lies ahead of what is done: steps were undone since it was saved
 */
gboolean assay_history_is_ahead (AssayHistory *self);

/**
 * assay_history_clear:
 *
 * Forgets all steps.
 */
void assay_history_clear (AssayHistory *self);

G_END_DECLS
