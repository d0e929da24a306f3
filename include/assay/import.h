/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a file says of functions, layers and settings becomes a model that runs. */

#pragma once

#include <assay/manifest.h>
#include <assay/runnable.h>

G_BEGIN_DECLS

/**
 * AssaySourceFunc:
 * @variable: index in the manifest
 * @data: what was given with it
 * @error: return location for an error
 *
 * Gives the values of a variable as they are now, edits included. Called in the thread that runs.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
typedef AssaySource *(*AssaySourceFunc) (guint32 variable, gpointer data, GError **error);

/**
 * assay_import_fits:
 * @manifest: a file that was read to its end
 *
 * Returns: whether the file describes functions, so that assay_import() may make them; it may still fail
 */
gboolean assay_import_fits (AssayManifest *manifest);

/**
 * assay_import:
 * @manifest: a complete manifest
 * @source: (nullable): gives the variables' values; those of the file if %NULL
 * @data: given to @source
 * @destroy: (nullable): called on @data when the model goes
 * @error: return location for an error
 *
 * Makes the model that a file describes ready to run: a Keras config, the functions of a SavedModel, our own saved model. Values are
 * read when they are first needed. Nothing in the file is executed but its operations.
 *
 * Blocks. Fails with `ASSAY_ERROR_UNSUPPORTED` if the file has values only, or a layer or operation that isn't known: it is named.
 *
 * Returns: (transfer full): the model
 */
AssayRunnable *assay_import (AssayManifest *manifest, AssaySourceFunc source, gpointer data, GDestroyNotify destroy, GError **error);

G_END_DECLS
