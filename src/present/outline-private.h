/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who stands in whom, and what it sums up to: plain arrays beside the manifest, so that a hundred thousand variables need no
 * objects until they are shown. */

#pragma once

#include <assay/manifest.h>

G_BEGIN_DECLS

#define ASSAY_N_HEALTH 4

/* Sums over all that is below a module and counts. */
typedef struct
{
  guint64 n_parameters;
  guint64 n_trainable;
  guint64 n_bytes;
  guint32 n_variables;
  guint32 n_edited;                 /* variables with unsaved edits, counting or not */
  guint32 n_health[ASSAY_N_HEALTH]; /* variables with each mark */
} AssayOutlineTotals;

typedef struct _AssayOutline AssayOutline;

/**
 * assay_outline_new:
 * @manifest: a manifest, which may grow
 *
 * Returns: (transfer full): an outline of what is there
 */
AssayOutline *assay_outline_new (AssayManifest *manifest);

/**
 * assay_outline_free:
 *
 * Frees an outline.
 */
void assay_outline_free (AssayOutline *self);

/**
 * assay_outline_set_manifest:
 * @manifest: one of the same modules and variables
 *
 * Goes on with another manifest.
 */
void assay_outline_set_manifest (AssayOutline *self, AssayManifest *manifest);

/**
 * assay_outline_grow:
 * @changed: (nullable): gets the numbers (guint32) of the modules that have new children or sums
 *
 * Takes in what the manifest has got since.
 */
void assay_outline_grow (AssayOutline *self, GArray *changed);

/**
 * assay_outline_get_totals:
 * @module: which; 0 for all
 *
 * Returns: (transfer none): its sums
 */
const AssayOutlineTotals *assay_outline_get_totals (AssayOutline *self, guint32 module);

/**
 * assay_outline_list:
 * @module: which
 * @modules: gets the numbers of its child modules, in the file's order
 * @variables: likewise of its variables
 */
void assay_outline_list (AssayOutline *self, guint32 module, GArray *modules, GArray *variables);

/**
 * assay_outline_add_edited:
 * @module: the module of a variable
 * @change: +1 or −1
 *
 * Counts an edited variable in all modules above it.
 */
void assay_outline_add_edited (AssayOutline *self, guint32 module, int change);

/**
 * assay_outline_take_health:
 * @variable: which
 * @health: its marks, of #AssayHealth
 * @spread: its standard deviation, NaN if that isn't known
 *
 * Remembers what a variable's statistics say, and counts its marks in all modules above it.
 *
 * Returns: whether the marks are others than before
 */
gboolean assay_outline_take_health (AssayOutline *self, guint32 variable, guint health, double spread);

/**
 * assay_outline_get_health:
 *
 * Returns: a variable's marks; 0 as long as nothing is known
 */
guint assay_outline_get_health (AssayOutline *self, guint32 variable);

/**
 * assay_outline_get_spread:
 *
 * Returns: a variable's standard deviation; NaN if it isn't known
 */
double assay_outline_get_spread (AssayOutline *self, guint32 variable);

/**
 * assay_variable_counts:
 *
 * Returns: whether a variable's elements count as the model's parameters
 */
gboolean assay_variable_counts (const AssayManifestVariable *variable);

/**
 * assay_variable_is_trainable:
 *
 * Returns: whether a variable is trained, as far as the file tells
 */
gboolean assay_variable_is_trainable (const AssayManifestVariable *variable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayOutline, assay_outline_free)

G_END_DECLS
