/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a saving process that was killed has left: its temporary files. They lie beside the file they were to replace, are named
 * ".NAME.assay-XXXXXX" (libzip adds an ending of its own), and whoever still writes one holds a lock on it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_leftovers_dup_template:
 * @target: the file that is to be replaced
 *
 * Returns: (transfer full): the path of a temporary file for it, for mkstemp()
 */
char *assay_leftovers_dup_template (const char *target);

/**
 * assay_leftovers_list:
 * @target: the file that was to be replaced
 *
 * Looks for temporary files that nobody writes any more.
 *
 * Returns: (transfer full) (element-type filename): their paths
 */
GPtrArray *assay_leftovers_list (const char *target);

/**
 * assay_leftovers_remove:
 * @target: the file that was to be replaced
 *
 * Deletes temporary files that nobody writes any more. What can't be deleted stays.
 */
void assay_leftovers_remove (const char *target);

G_END_DECLS
