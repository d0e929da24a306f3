/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the layer's other files need of a manifest: who answers requests for it. */

#pragma once

#include <assay/manifest.h>

G_BEGIN_DECLS

/**
 * assay_manifest_set_session:
 * @session: (nullable): the session's connection, which answers requests; kept
 *
 * Sets who is asked for chunk tables and strings.
 */
void assay_manifest_set_session (AssayManifest *self, GObject *session);

/**
 * assay_manifest_get_session:
 *
 * Returns: (transfer none) (nullable): who is asked
 */
GObject *assay_manifest_get_session (AssayManifest *self);

G_END_DECLS
