/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A row of the module tree: a module or a variable, with what a view shows of it. Made when asked for. */

#pragma once

#include <assay/statistics.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* Health marks of a variable; a module has those of all below it. */
typedef enum
{
  ASSAY_HEALTH_FINE = 0,
  ASSAY_HEALTH_NAN = 1 << 0,
  ASSAY_HEALTH_INF = 1 << 1,
  ASSAY_HEALTH_ALL_ZERO = 1 << 2,
  ASSAY_HEALTH_CONSTANT = 1 << 3,
} AssayHealth;

#define ASSAY_TYPE_NODE (assay_node_get_type ())
G_DECLARE_FINAL_TYPE (AssayNode, assay_node, ASSAY, NODE, GObject)

/* Properties (read-only, notified on the main thread): name, is-module, class-name, path, key, dtype-name, short-dtype,
 * shape-text ("3 × 3 × 16 × 32"), n-parameters, n-bytes, trainable, optimizer, edited, health, statistics (AssayStatistics
 * or NULL while not computed), reason. */

/**
 * assay_node_is_module:
 *
 * Returns: whether it is a module; else it is a variable
 */
gboolean assay_node_is_module (AssayNode *self);

/**
 * assay_node_get_name:
 *
 * Returns: (transfer none): its name within its parent
 */
const char *assay_node_get_name (AssayNode *self);

/**
 * assay_node_get_class_name:
 *
 * Returns: (transfer none) (nullable): a module's class
 */
const char *assay_node_get_class_name (AssayNode *self);

/**
 * assay_node_dup_path:
 *
 * Returns: (transfer full): names from the root down, joined by "/"
 */
char *assay_node_dup_path (AssayNode *self);

/**
 * assay_node_get_key:
 *
 * Returns: (transfer none) (nullable): a variable's name as the file has it
 */
const char *assay_node_get_key (AssayNode *self);

/**
 * assay_node_get_index:
 *
 * Returns: its number in the manifest, among modules or among variables
 */
guint32 assay_node_get_index (AssayNode *self);

/**
 * assay_node_get_flags:
 *
 * Returns: its #AssayFlags
 */
guint32 assay_node_get_flags (AssayNode *self);

/**
 * assay_node_get_n_parameters:
 *
 * Returns: elements of a variable; of a module the sum of what is under it that counts
 */
guint64 assay_node_get_n_parameters (AssayNode *self);

/**
 * assay_node_get_n_bytes:
 *
 * Returns: bytes of a variable's values; of a module the sum of what is under it that counts
 */
guint64 assay_node_get_n_bytes (AssayNode *self);

/**
 * assay_node_is_trainable:
 *
 * Returns: whether a variable is trained (true where the file doesn't say and it is no optimizer state)
 */
gboolean assay_node_is_trainable (AssayNode *self);

/**
 * assay_node_dup_title:
 *
 * Returns: (transfer full): its name; of a root without one, the file's
 */
char *assay_node_dup_title (AssayNode *self);

/**
 * assay_node_is_edited:
 *
 * Returns: whether it, or anything below it, has edits that aren't saved
 */
gboolean assay_node_is_edited (AssayNode *self);

/**
 * assay_node_get_health:
 *
 * Returns: its #AssayHealth marks, as far as they are known
 */
guint assay_node_get_health (AssayNode *self);

/**
 * assay_node_get_statistics:
 *
 * Returns: (transfer none) (nullable): a variable's statistics, %NULL while they aren't known
 */
const AssayStatistics *assay_node_get_statistics (AssayNode *self);

/**
 * assay_node_get_spread:
 *
 * Returns: a variable's standard deviation, NaN while it isn't known; it may be known before the statistics
 */
double assay_node_get_spread (AssayNode *self);

/**
 * assay_node_get_reason:
 *
 * Returns: (transfer none) (nullable): why a variable's values can't be had
 */
const char *assay_node_get_reason (AssayNode *self);

/**
 * assay_node_get_children:
 *
 * Returns: (transfer none) (nullable): a module's children, modules and variables, in the order to show; grows with the
 *   manifest; made at the first call. %NULL for a variable.
 */
GListModel *assay_node_get_children (AssayNode *self);

/**
 * assay_node_get_parent:
 *
 * Returns: (transfer none) (nullable): the module it stands in
 */
AssayNode *assay_node_get_parent (AssayNode *self);

G_END_DECLS
