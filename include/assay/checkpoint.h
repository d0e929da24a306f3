/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Checkpoints: the values of modules, written and given back by the names under which objects hold each other. As tf.train.Checkpoint. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_CHECKPOINT_STATUS (assay_checkpoint_status_get_type ())
G_DECLARE_FINAL_TYPE (AssayCheckpointStatus, assay_checkpoint_status, ASSAY, CHECKPOINT_STATUS, GObject)

/**
 * assay_checkpoint_status_assert_consumed:
 * @error: return location for an error
 *
 * Asserts that every value of the checkpoint has found its variable, and every object of the program its value. Fails with
 * `ASSAY_ERROR_NOT_FOUND` in TensorFlow's words. As CheckpointLoadStatus.assert_consumed.
 *
 * Returns: whether that is so
 */
gboolean assay_checkpoint_status_assert_consumed (AssayCheckpointStatus *self, GError **error);

/**
 * assay_checkpoint_status_assert_existing_objects_matched:
 * @error: return location for an error
 *
 * Asserts that every object of the program that is there so far has found its value.
 *
 * Returns: whether that is so
 */
gboolean assay_checkpoint_status_assert_existing_objects_matched (AssayCheckpointStatus *self, GError **error);

/**
 * assay_checkpoint_status_assert_nontrivial_match:
 * @error: return location for an error
 *
 * Asserts that something besides the root matched.
 *
 * Returns: whether that is so
 */
gboolean assay_checkpoint_status_assert_nontrivial_match (AssayCheckpointStatus *self, GError **error);

/**
 * assay_checkpoint_status_expect_partial:
 *
 * Says that it is meant that not all values are used: nothing is logged about it.
 *
 * Returns: (transfer none): itself
 */
AssayCheckpointStatus *assay_checkpoint_status_expect_partial (AssayCheckpointStatus *self);

/**
 * assay_checkpoint_status_list_waiting:
 * @n_values: (out): how many values the checkpoint has
 *
 * Returns: (transfer full) (element-type utf8): the values that wait for their variable to come into being, as in "model/dense_1/w"
 */
GPtrArray *assay_checkpoint_status_list_waiting (AssayCheckpointStatus *self, guint *n_values);

/**
 * assay_checkpoint_status_to_text:
 *
 * Returns: (transfer full): as a notebook shows it
 */
char *assay_checkpoint_status_to_text (AssayCheckpointStatus *self);

#define ASSAY_TYPE_CHECKPOINT (assay_checkpoint_get_type ())
G_DECLARE_FINAL_TYPE (AssayCheckpoint, assay_checkpoint, ASSAY, CHECKPOINT, GObject)

/**
 * assay_checkpoint_new:
 * @name: (nullable): under which name the checkpoint holds the first object
 * @...: that object (a module or variable), then further pairs, and a %NULL
 *
 * As tf.train.Checkpoint (name=object).
 *
 * Returns: (transfer full): a checkpoint
 */
AssayCheckpoint *assay_checkpoint_new (const char *name, ...) G_GNUC_NULL_TERMINATED;

/**
 * assay_checkpoint_new_for_root:
 * @root: a module that takes the root's place
 *
 * As tf.train.Checkpoint (root): the names begin below the module.
 *
 * Returns: (transfer full): a checkpoint
 */
AssayCheckpoint *assay_checkpoint_new_for_root (AssayModule *root);

/**
 * assay_checkpoint_set:
 * @name: under which name the checkpoint holds it
 * @item: (transfer full): a module, variable, list, tuple or dict
 * @error: return location for an error
 *
 * Has the checkpoint hold one more, as an attribute of a tf.train.Checkpoint. Fails with `ASSAY_ERROR_DTYPE` in TensorFlow's words if
 * @item is none of these. Not for one that was made by assay_checkpoint_new_for_root().
 *
 * Returns: whether it holds it
 */
gboolean assay_checkpoint_set (AssayCheckpoint *self, const char *name, AssayItem *item, GError **error);

/**
 * assay_checkpoint_get_save_counter:
 *
 * Returns: (transfer none) (nullable): the int64 variable that counts saves; there is none before the first save or restore
 */
AssayVariable *assay_checkpoint_get_save_counter (AssayCheckpoint *self);

/**
 * assay_checkpoint_write:
 * @prefix: a path without ending; the file is "$prefix.h5". If it ends with ".index", a TensorFlow checkpoint is written
 * @error: return location for an error
 *
 * Writes all values into one HDF5 file, as docs/file-format.md tells, or into the index and the data file of a checkpoint that TensorFlow
 * restores; a crash leaves the old one or the new one. Doesn't count, and doesn't touch the folder's "checkpoint" file. Blocks.
 *
 * Returns: (transfer full): the prefix, without ".index"
 */
char *assay_checkpoint_write (AssayCheckpoint *self, const char *prefix, GError **error);

/**
 * assay_checkpoint_save:
 * @prefix: a path without ending; "-1", "-2"… is added
 * @error: return location for an error
 *
 * Counts, writes "$prefix-$n.h5", and makes the folder's "checkpoint" file name it as the latest. Blocks.
 *
 * Returns: (transfer full): the numbered prefix
 */
char *assay_checkpoint_save (AssayCheckpoint *self, const char *prefix, GError **error);

/**
 * assay_checkpoint_read:
 * @path: what assay_checkpoint_write() returned; a TensorFlow checkpoint's prefix; a SavedModel's folder; one of our files
 * @error: return location for an error
 *
 * Gives the values to the variables of the same names. What isn't there yet gets its value when it is made. If a shape or dtype doesn't
 * fit, nothing at all is changed (TensorFlow leaves the model half restored), and the error is in TensorFlow's words. Blocks.
 *
 * Returns: (transfer full): what became of it
 */
AssayCheckpointStatus *assay_checkpoint_read (AssayCheckpoint *self, const char *path, GError **error);

/**
 * assay_checkpoint_restore:
 * @path: (nullable): as for assay_checkpoint_read(); %NULL restores nothing
 * @error: return location for an error
 *
 * Reads, and makes the counter of saves if there is none, so that it is restored too.
 *
 * Returns: (transfer full): what became of it
 */
AssayCheckpointStatus *assay_checkpoint_restore (AssayCheckpoint *self, const char *path, GError **error);

/**
 * assay_checkpoint_list_variables:
 * @path: as for assay_checkpoint_read()
 * @error: return location for an error
 *
 * As tf.train.list_variables.
 *
 * Returns: (transfer full): the keys with their shapes, as Python prints them: "[('_CHECKPOINTABLE_OBJECT_GRAPH', []),\n ('model/…"
 */
char *assay_checkpoint_list_variables (const char *path, GError **error);

/**
 * assay_latest_checkpoint:
 * @folder: a folder with a "checkpoint" file
 *
 * Returns: (transfer full) (nullable): the prefix of the newest checkpoint there, if it exists. As tf.train.latest_checkpoint.
 */
char *assay_latest_checkpoint (const char *folder);

#define ASSAY_TYPE_CHECKPOINT_MANAGER (assay_checkpoint_manager_get_type ())
G_DECLARE_FINAL_TYPE (AssayCheckpointManager, assay_checkpoint_manager, ASSAY, CHECKPOINT_MANAGER, GObject)

/**
 * assay_checkpoint_manager_new:
 * @checkpoint: what to save
 * @folder: where to
 * @max_to_keep: how many to keep; 0 keeps all
 * @name: (nullable): the files' name, "ckpt" by default
 *
 * As tf.train.CheckpointManager. Checkpoints that the folder's "checkpoint" file names are taken over.
 *
 * Returns: (transfer full): a manager
 */
AssayCheckpointManager *assay_checkpoint_manager_new (AssayCheckpoint *checkpoint, const char *folder, guint max_to_keep, const char *name);

/**
 * assay_checkpoint_manager_save:
 * @error: return location for an error
 *
 * Saves, then removes the oldest beyond those to keep. Blocks.
 *
 * Returns: (transfer full): the numbered prefix
 */
char *assay_checkpoint_manager_save (AssayCheckpointManager *self, GError **error);

/**
 * assay_checkpoint_manager_get_checkpoints:
 *
 * Returns: (transfer none) (element-type utf8): the prefixes that are kept, oldest first
 */
GPtrArray *assay_checkpoint_manager_get_checkpoints (AssayCheckpointManager *self);

/**
 * assay_checkpoint_manager_get_latest:
 *
 * Returns: (transfer none) (nullable): the newest
 */
const char *assay_checkpoint_manager_get_latest (AssayCheckpointManager *self);

G_END_DECLS
