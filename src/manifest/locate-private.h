/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From what the user named to the file that is opened. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_locate:
 * @path: a file, a folder, the prefix of a checkpoint, a shard, "file.h5:/part"
 * @part: (out) (transfer full) (nullable): the part inside
 * @error: return location for an error
 *
 * Finds the file that stands for a model. Touches the disk.
 *
 * Returns: (transfer full): its path, or %NULL with @error set
 */
char *assay_locate (const char *path, char **part, GError **error);

/**
 * assay_open_sibling:
 * @main_path: the model's main file
 * @name: a relative name below its folder
 * @error: return location for an error
 *
 * Opens another file of the same model. Absolute names, "..", anything but a regular file, and links that lead out of the
 * folder are refused by name; the one exception is the layout of the Hugging Face cache, where `snapshots/…/file` is a link
 * into the same model's `blobs/`.
 *
 * Returns: a descriptor, or -1 with @error set
 */
int assay_open_sibling (const char *main_path, const char *name, GError **error);

/**
 * assay_is_in_model_cache:
 * @path: a path
 *
 * Returns: whether it lies in a cache of the Hugging Face hub, into which nothing is ever saved
 */
gboolean assay_is_in_model_cache (const char *path);

G_END_DECLS
