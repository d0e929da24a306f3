/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a variable's values lie, in words. */

#pragma once

#include <assay/manifest.h>

G_BEGIN_DECLS

/**
 * assay_layout_text:
 * @manifest: what a file holds
 * @variable: one of its variables
 *
 * Returns: (transfer full): as in "contiguous, at byte 2,048", "in chunks of 16 × 16"
 */
char *assay_layout_text (AssayManifest *manifest, guint32 variable);

G_END_DECLS
