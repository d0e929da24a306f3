/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the classes and the table of them share. */

#pragma once

#include <assay/builtin-modules.h>

G_BEGIN_DECLS

#define ASSAY_BUILTIN_MAX_LAYERS 64

/* Reads a size; whether it is one. */
gboolean assay_builtin_read_size (const char *text, const char **end, gint64 *size);

/* Reads sizes that were checked; how many there are. */
guint assay_builtin_read_sizes (const char *text, gint64 *sizes);

/* What makes each class; in the order of its settings. */
AssayModule *assay_builtin_make_simple (const char *const *values, GError **error);
AssayModule *assay_builtin_make_dense (const char *const *values, GError **error);
AssayModule *assay_builtin_make_sequential (const char *const *values, GError **error);
AssayModule *assay_builtin_make_flexible (const char *const *values, GError **error);
AssayModule *assay_builtin_make_my_sequential (const char *const *values, GError **error);
AssayModule *assay_builtin_make_my_dense (const char *const *values, GError **error);
AssayModule *assay_builtin_make_keras_flexible (const char *const *values, GError **error);
AssayModule *assay_builtin_make_keras_sequential (const char *const *values, GError **error);

G_END_DECLS
