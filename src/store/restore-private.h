/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One restoring: values of a file on their way to objects, some of which may not be there yet. */

#pragma once

#include <assay/checkpoint.h>

#include "object-graph-private.h"

G_BEGIN_DECLS

#define ASSAY_TYPE_RESTORE (assay_restore_get_type ())
G_DECLARE_FINAL_TYPE (AssayRestore, assay_restore, ASSAY, RESTORE, GObject)

/**
 * assay_restore_new:
 * @manifest: the file
 * @path: what the user named it by
 * @error: return location for an error
 *
 * Returns: (transfer full): a restoring that has not begun
 */
AssayRestore *assay_restore_new (AssayManifest *manifest, const char *path, GError **error);

/**
 * assay_restore_run:
 * @root: the object that takes the root's place
 * @error: return location for an error
 *
 * Matches the two graphs, and gives values to what is there. What isn't yet is waited for. Nothing is changed if something doesn't fit.
 *
 * Returns: whether everything fitted
 */
gboolean assay_restore_run (AssayRestore *self, const AssayLive *root, GError **error);

/**
 * assay_restore_add:
 * @node: a node of the graph that has an object
 * @name: the name under which it has it
 * @item: what it has there now
 * @error: return location for an error
 *
 * Goes on where something new was set.
 *
 * Returns: whether everything fitted
 */
gboolean assay_restore_add (AssayRestore *self, guint32 node, const char *name, AssayItem *item, GError **error);

/**
 * assay_restore_get_graph:
 *
 * Returns: (transfer none) (nullable): the file's object graph; a file without one is matched by the variables' names
 */
AssayObjectGraph *assay_restore_get_graph (AssayRestore *self);

/**
 * assay_restore_is_bound:
 *
 * Returns: whether an object has taken a node's place
 */
gboolean assay_restore_is_bound (AssayRestore *self, guint32 node);

/**
 * assay_restore_has:
 *
 * Returns: whether an object has taken some node's place
 */
gboolean assay_restore_has (AssayRestore *self, gpointer object);

/**
 * assay_restore_expect_partial:
 *
 * Nothing shall be logged about values that found no variable.
 */
void assay_restore_expect_partial (AssayRestore *self);

/* What became of a restoring; of nothing, if @restore is NULL. */
AssayCheckpointStatus *assay_checkpoint_status_new (AssayRestore *restore, AssayCheckpoint *checkpoint);

/* What the checkpoint object is, as the root of a graph. */
void assay_checkpoint_get_live (AssayCheckpoint *self, AssayLive *live);

/* Opens what a prefix names: "$path.h5", a TensorFlow checkpoint, a SavedModel's folder. In TensorFlow's words if there is none. */
AssayManifest *assay_checkpoint_open (const char *path, GError **error);

/* A variable's key in the checkpoint's own terms. */
const char *assay_checkpoint_strip_key (AssayManifest *manifest, const char *key);

G_END_DECLS
