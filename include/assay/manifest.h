/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a file holds, checked: modules, variables, where their bytes are. Grows while the reader works. */

#pragma once

#include <assay/layout.h>
#include <assay/manifest-builder.h>
#include <assay/source.h>

G_BEGIN_DECLS

/**
 * AssayManifestModule:
 *
 * What a manifest says of a module. Strings belong to the manifest.
 */
typedef struct
{
  guint32     parent; /* of the root: G_MAXUINT32 */
  guint32     flags;
  const char *name;
  const char *class_name; /* nullable */
} AssayManifestModule;

/**
 * AssayManifestVariable:
 *
 * What a manifest says of a variable. Pointers belong to the manifest.
 */
typedef struct
{
  guint32        module;
  guint32        flags;
  const char    *name;
  const char    *key;
  AssayDtype     dtype;
  guint32        item_size;
  const char    *dtype_name; /* never NULL */
  guint          rank;
  const guint64 *shape;
  guint64        n_elements;
  guint64        n_bytes; /* as stored densely; 0 for strings */
  const char    *reason;  /* why the values can't be had; NULL if they can */
} AssayManifestVariable;

#define ASSAY_TYPE_MANIFEST (assay_manifest_get_type ())
G_DECLARE_FINAL_TYPE (AssayManifest, assay_manifest, ASSAY, MANIFEST, GObject)

/**
 * assay_manifest_new:
 *
 * Returns: (transfer full): an empty manifest, of no file; sessions make those of files
 */
AssayManifest *assay_manifest_new (void);

/**
 * AssayManifestFrame:
 *
 * A checked piece of a manifest. Immutable; made in a worker, appended on the main thread.
 */
typedef struct _AssayManifestFrame AssayManifestFrame;

/**
 * assay_manifest_frame_free:
 *
 * Frees a frame that isn't appended.
 */
void assay_manifest_frame_free (AssayManifestFrame *frame);

/**
 * assay_manifest_append:
 * @frame: (transfer full): the next frame of the same file
 *
 * Adds what a frame brings, then emits `grown`. Belongs to the thread that reads the manifest.
 */
void assay_manifest_append (AssayManifest *self, AssayManifestFrame *frame);

/**
 * assay_manifest_get_format:
 *
 * Returns: (transfer none): the format's name, "" while it isn't known
 */
const char *assay_manifest_get_format (AssayManifest *self);

/**
 * assay_manifest_get_n_modules:
 *
 * Returns: how many modules there are so far, the root included
 */
guint32 assay_manifest_get_n_modules (AssayManifest *self);

/**
 * assay_manifest_get_module:
 * @index: which
 * @module: (out caller-allocates): what is known of it
 *
 * Tells of one module.
 */
void assay_manifest_get_module (AssayManifest *self, guint32 index, AssayManifestModule *module);

/**
 * assay_manifest_dup_module_attributes:
 * @index: which
 *
 * Returns: (transfer full) (nullable): its attributes and settings as the text of one JSON object
 */
char *assay_manifest_dup_module_attributes (AssayManifest *self, guint32 index);

/**
 * assay_manifest_dup_module_attribute:
 * @index: which
 * @name: the attribute's name
 *
 * Attributes whose names begin with "." are for importers only: assay_manifest_dup_module_attributes() leaves them out. The root
 * of a Keras file has ".config", its whole model config.
 *
 * Returns: (transfer full) (nullable): one attribute as JSON text
 */
char *assay_manifest_dup_module_attribute (AssayManifest *self, guint32 index, const char *name);

/**
 * assay_manifest_dup_module_path:
 * @index: which
 *
 * Returns: (transfer full): the names from the root down, joined by "/"; "" for the root
 */
char *assay_manifest_dup_module_path (AssayManifest *self, guint32 index);

/**
 * assay_manifest_get_n_variables:
 *
 * Returns: how many variables there are so far
 */
guint32 assay_manifest_get_n_variables (AssayManifest *self);

/**
 * assay_manifest_get_variable:
 * @index: which
 * @variable: (out caller-allocates): what is known of it
 *
 * Tells of one variable.
 */
void assay_manifest_get_variable (AssayManifest *self, guint32 index, AssayManifestVariable *variable);

/**
 * assay_manifest_dup_variable_path:
 * @index: which
 *
 * Returns: (transfer full): the names from the root down, joined by "/"
 */
char *assay_manifest_dup_variable_path (AssayManifest *self, guint32 index);

/**
 * assay_manifest_dup_variable_attributes:
 * @index: which
 *
 * Returns: (transfer full) (nullable): its attributes as the text of one JSON object
 */
char *assay_manifest_dup_variable_attributes (AssayManifest *self, guint32 index);

/**
 * assay_manifest_get_layout:
 * @index: which variable
 * @layout: (out caller-allocates): where its values are; pointers belong to the manifest
 *
 * Tells where a variable's values are.
 */
void assay_manifest_get_layout (AssayManifest *self, guint32 index, AssayLayout *layout);

/**
 * assay_manifest_get_warnings:
 *
 * Returns: (transfer none) (element-type utf8): what is odd about the file
 */
GPtrArray *assay_manifest_get_warnings (AssayManifest *self);

/**
 * assay_manifest_is_complete:
 *
 * Returns: whether all has come
 */
gboolean assay_manifest_is_complete (AssayManifest *self);

/**
 * assay_manifest_dup_source:
 * @index: which variable
 * @error: return location for an error
 *
 * Makes a source over a variable's extents. Cheap: nothing is read. Fails with `ASSAY_ERROR_UNSUPPORTED` and the reason if
 * the values can't be had.
 *
 * Returns: (transfer full): a source, or %NULL with @error set
 */
AssaySource *assay_manifest_dup_source (AssayManifest *self, guint32 index, GError **error);

/**
 * assay_manifest_append_own:
 * @variant: what a builder of this process has sent; a floating reference is taken
 * @error: return location for an error
 *
 * Adds a frame that no reader has sent: of a model that is in no file. Its variables have a `FILL` layout until
 * assay_manifest_set_memory() says better.
 *
 * Returns: whether it fits
 */
gboolean assay_manifest_append_own (AssayManifest *self, GVariant *variant, GError **error);

/**
 * assay_manifest_set_memory:
 * @index: which variable
 * @source: its values, in memory
 *
 * Says that a variable's values are in memory: assay_manifest_dup_source() gives them from now on. Any thread may call it.
 */
void assay_manifest_set_memory (AssayManifest *self, guint32 index, AssaySource *source);

/**
 * assay_manifest_dup_memory:
 * @index: which variable
 *
 * Returns: (transfer full) (nullable): its values, if they are in memory
 */
AssaySource *assay_manifest_dup_memory (AssayManifest *self, guint32 index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayManifestFrame, assay_manifest_frame_free)

G_END_DECLS
