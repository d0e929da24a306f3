/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names: sorting them as people do, and TensorFlow's escaping of checkpoint keys. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_name_is_utf8:
 * @text: some bytes
 * @n_bytes: how many
 *
 * As g_utf8_validate_len(), but tells ASCII, which nearly all names are, ten times as fast. ASCII may have NULs in it.
 *
 * Returns: whether @text is UTF-8
 */
gboolean assay_name_is_utf8 (const char *text, gsize n_bytes);

/**
 * assay_name_compare:
 * @a: a name
 * @b: another
 *
 * Compares names byte by byte, but runs of digits as numbers: "layer_2" comes before "layer_10".
 * Equal numbers with unlike leading zeros are ordered by length, so only equal names compare equal.
 *
 * Returns: less than, equal to or greater than 0
 */
int assay_name_compare (const char *a, const char *b);

/**
 * assay_name_escape:
 * @name: the local name of an object
 *
 * Escapes a name for a checkpoint key: "." becomes "..", then "/" becomes ".S".
 * As `tensorflow/python/checkpoint/trackable_view.py`, escape_local_name.
 *
 * Returns: (transfer full): the escaped name
 */
char *assay_name_escape (const char *name);

/**
 * assay_name_unescape:
 * @name: one part of a checkpoint key
 *
 * Undoes assay_name_escape(); what isn't an escape stays as it is.
 *
 * Returns: (transfer full): the local name
 */
char *assay_name_unescape (const char *name);

G_END_DECLS
