/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The data files of a TensorFlow checkpoint, PREFIX.data-00000-of-00002 and so on. Their names tell how many there are, and the index
 * tells it, too: so a save gives all of them new names by another number, and the rename of the index is the one commit. */

#pragma once

#include <assay/reader-session.h>

#include "replacement-private.h"

G_BEGIN_DECLS

/**
 * AssayBundleFiles:
 * @index: path of the index
 * @n_old: how many data files the index that is there says it has; 0 if there is none
 * @n_new: how many the new one says it has
 * @old_names: (element-type filename): those that go once the new index is in place
 * @new_names: (element-type filename): those that the new index names
 * @note: tells the next save of both, should we be killed
 */
typedef struct
{
  char             *index;
  guint             n_old, n_new;
  GPtrArray        *old_names, *new_names;
  AssayReplacement *note;
} AssayBundleFiles;

/**
 * assay_bundle_count_files:
 * @manifest: a checkpoint
 *
 * Returns: how many data files it says it has, by their names; 0 if none could be opened
 */
guint assay_bundle_count_files (AssayManifest *manifest);

/**
 * assay_bundle_dup_data_path:
 * @index: path of an index
 * @shard: a data file's number
 * @n: how many there are
 *
 * Returns: (transfer full): the data file's path
 */
char *assay_bundle_dup_data_path (const char *index, guint shard, guint n);

/**
 * assay_bundle_find_shard:
 * @manifest: a checkpoint
 * @file: one of its files
 * @shard: (out): its number among the data files
 *
 * Returns: whether it is a data file of it
 */
gboolean assay_bundle_find_shard (AssayManifest *manifest, guint32 file, guint *shard);

/**
 * assay_bundle_count_old:
 * @index: path of an index that will be written
 * @n_old: (out): how many data files the one that is there says it has; 0 if there is none, or if it is none
 * @error: return location for an error
 *
 * Returns: %FALSE if it can't be looked at
 */
gboolean assay_bundle_count_old (const char *index, guint *n_old, GError **error);

/**
 * assay_bundle_redeem:
 * @index: path of an index that will be written
 * @n_old: how many data files the one that is there says it has
 *
 * Deletes what saves that were killed have left beside it. Comes before anything else is written there.
 */
void assay_bundle_redeem (const char *index, guint n_old);

/**
 * assay_bundle_files_begin:
 * @index: path of the index that will be written
 * @n_old: how many data files the one that is there says it has
 * @n_needed: how many data files will have values
 * @error: return location for an error
 *
 * Chooses names for the new data files that no file has.
 *
 * Returns: whether they are chosen
 */
gboolean assay_bundle_files_begin (AssayBundleFiles *self, const char *index, guint n_old, guint n_needed, GError **error);

/**
 * assay_bundle_files_dup_path:
 * @shard: a number below `n_new`
 *
 * Returns: (transfer full): where that data file goes
 */
char *assay_bundle_files_dup_path (AssayBundleFiles *self, guint shard);

/**
 * assay_bundle_files_fill:
 * @n_written: how many are there already
 * @error: return location for an error
 *
 * Makes the other new data files, with nothing in them.
 *
 * Returns: whether they are there
 */
gboolean assay_bundle_files_fill (AssayBundleFiles *self, guint n_written, GError **error);

/**
 * assay_bundle_files_end:
 * @done: whether the new index is in place, and the disk has confirmed it
 * @in_place: whether it is in place
 *
 * Deletes the old data files if the new index is in place, the new ones if it isn't. What can't be deleted is left to the next save.
 */
void assay_bundle_files_end (AssayBundleFiles *self, gboolean done, gboolean in_place);

void assay_bundle_files_clear (AssayBundleFiles *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AssayBundleFiles, assay_bundle_files_clear)

G_END_DECLS
