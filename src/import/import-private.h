/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What importers share: where values come from, and the table of importers. */

#pragma once

#include <assay/import.h>

G_BEGIN_DECLS

/**
 * AssayImportContext:
 * @manifest: what the file holds
 * @source: (nullable): gives the values of a variable
 *
 * What an importer works on. Reference counted: every variable it made holds on to it.
 */
typedef struct _AssayImportContext AssayImportContext;

/**
 * assay_import_context_new:
 * @manifest: what the file holds
 * @source: (nullable): gives the values of a variable; those of the file if %NULL
 * @data: given to @source
 * @destroy: (nullable): called on @data in the end
 *
 * Returns: (transfer full): a context
 */
AssayImportContext *assay_import_context_new (AssayManifest *manifest, AssaySourceFunc source, gpointer data, GDestroyNotify destroy);

AssayImportContext *assay_import_context_ref (AssayImportContext *self);
void                assay_import_context_unref (AssayImportContext *self);

/**
 * assay_import_context_get_manifest:
 *
 * Returns: (transfer none): what the file holds
 */
AssayManifest *assay_import_context_get_manifest (AssayImportContext *self);

/**
 * assay_import_context_dup_source:
 * @variable: index in the manifest
 *
 * Returns: (transfer full): the values of a variable as they are now, or %NULL with @error set
 */
AssaySource *assay_import_context_dup_source (AssayImportContext *self, guint32 variable, GError **error);

/**
 * assay_import_context_has_edits:
 *
 * Returns: whether another source may come from assay_import_context_dup_source() at another time
 */
gboolean assay_import_context_has_edits (AssayImportContext *self);

/**
 * assay_import_variable:
 * @variable: index in the manifest
 * @error: return location for an error
 *
 * Makes a resource whose values are read from the file, or its edits, when they are needed; they are kept until they change. It can't
 * be assigned to: assigning in a run changes what that run sees, not the file.
 *
 * Returns: (transfer full): a resource, or %NULL with @error set
 */
AssayResource *assay_import_variable (AssayImportContext *self, guint32 variable, GError **error);

/**
 * AssayImporter:
 * @fits: whether a file is of its kind
 * @import: makes it ready to run
 *
 * One kind of description that can be run.
 */
typedef struct
{
  gboolean (*fits) (AssayManifest *manifest);
  AssayRunnable *(*import) (AssayImportContext *context, GError **error);
} AssayImporter;

extern const AssayImporter assay_own_saved_model_importer;
extern const AssayImporter assay_saved_model_importer;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayImportContext, assay_import_context_unref)

G_END_DECLS
