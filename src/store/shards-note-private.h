/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shards that only a note tells of: while several are saved, a temporary file beside the index names the new ones and those they
 * replace. A kill leaves it, and the next save deletes what it names and the index doesn't.
 *
 *   "assay: shards" NEWLINE, then names of files in the same folder, a line each */

#pragma once

#include <assay/reader-session.h>

#include "replacement-private.h"

G_BEGIN_DECLS

/**
 * assay_shards_note_new:
 * @index: path of the index
 * @names: (element-type filename): names of shards
 * @error: return location for an error
 *
 * Writes a note. It vanishes with the object.
 *
 * Returns: (transfer full): the note
 */
AssayReplacement *assay_shards_note_new (const char *index, GPtrArray *names, GError **error);

/**
 * assay_shards_note_redeem:
 * @index: path of the index
 * @manifest: the model whose shards may have been saved there
 *
 * Deletes the shards that notes of killed processes name, but the index doesn't, and the notes. Only files are that are named as a
 * shard of the model is, apart from the number a save adds.
 */
void assay_shards_note_redeem (const char *index, AssayManifest *manifest);

/**
 * assay_shard_dup_stem:
 * @name: a shard's name
 *
 * Returns: (transfer full): it without ".safetensors" and without the number that a save has added
 */
char *assay_shard_dup_stem (const char *name);

G_END_DECLS
