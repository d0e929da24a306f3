/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table of strings by strings, as LevelDB and TensorFlow write it: sorted, in blocks. */

#pragma once

#include "reader-private.h"

G_BEGIN_DECLS

/**
 * AssayTableFunc:
 * @key: a key; it lives until the function returns
 * @n_key: its length
 * @value: its value; it lives until the function returns
 * @n_value: its length
 *
 * Takes one entry of a table.
 *
 * Returns: %FALSE with @error set to end the walk
 */
typedef gboolean (*AssayTableFunc) (const guint8 *key, gsize n_key, const guint8 *value, gsize n_value, gpointer user_data, GError **error);

/**
 * assay_table_is_one:
 * @file: a window
 *
 * Returns: whether it ends as a table does
 */
gboolean assay_table_is_one (const AssayReaderFile *file);

/**
 * assay_table_walk:
 * @file: a window with a table
 * @take: called for each entry, in the order of keys
 * @error: return location for an error
 *
 * Walks through a table. Checks the checksum of every block, and that keys rise. Fails with `ASSAY_ERROR_FORMAT`.
 *
 * Returns: whether the table is whole
 */
gboolean assay_table_walk (const AssayReaderFile *file, AssayTableFunc take, gpointer user_data, GError **error);

G_END_DECLS
