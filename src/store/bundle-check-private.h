/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether what is restored from a TensorFlow checkpoint is what was written: as TensorFlow, in its words. */

#pragma once

#include <assay/reader-session.h>

G_BEGIN_DECLS

typedef struct _AssayBundleCheck AssayBundleCheck;

/**
 * assay_bundle_check_new:
 * @manifest: a model
 * @prefix: what the user named it by
 * @error: return location for an error
 *
 * Returns: (transfer full): what can check its values, or %NULL with @error set
 */
AssayBundleCheck *assay_bundle_check_new (AssayManifest *manifest, const char *prefix, GError **error);

/**
 * assay_bundle_check_value:
 * @variable: one of the model's variables
 * @error: return location for an error
 *
 * Reads a variable's bytes through and compares their checksum. Strings have been checked by the reader. Blocks on the disk.
 * Fails with `ASSAY_ERROR_FORMAT`, or `ASSAY_ERROR_NOT_FOUND` if the data file isn't there.
 *
 * Returns: whether its values can be trusted
 */
gboolean assay_bundle_check_value (AssayBundleCheck *self, guint32 variable, GError **error);

/**
 * assay_bundle_explain:
 * @prefix: what the user named
 * @error: (inout): why its index couldn't be opened
 *
 * Says it in TensorFlow's words.
 */
void assay_bundle_explain (const char *prefix, GError **error);

void assay_bundle_check_free (AssayBundleCheck *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayBundleCheck, assay_bundle_check_free)

G_END_DECLS
