/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a reader fills while it walks a file: modules, variables, where the bytes are. The other side of a manifest. */

#pragma once

#include <assay/layout.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MANIFEST_BUILDER (assay_manifest_builder_get_type ())
G_DECLARE_FINAL_TYPE (AssayManifestBuilder, assay_manifest_builder, ASSAY, MANIFEST_BUILDER, GObject)

/* How deep modules may stand below the root, and how long the JSON text of one attribute may be. */
#define ASSAY_MANIFEST_MAX_DEPTH 512
#define ASSAY_MANIFEST_MAX_JSON (64u << 20)

/* Flags of modules and variables. */
typedef enum
{
  ASSAY_FLAG_NONE = 0,
  ASSAY_FLAG_TRAINABLE = 1 << 0,     /* variable: known to be trained; modules: their variables are by default */
  ASSAY_FLAG_NON_TRAINABLE = 1 << 1, /* known not to be trained */
  ASSAY_FLAG_OPTIMIZER = 1 << 2,     /* optimizer state: shown apart, not counted */
  ASSAY_FLAG_HIDDEN = 1 << 3,        /* bookkeeping of the format (object graph, save_counter): listed, but not counted */
  ASSAY_FLAG_EMPTY = 1 << 4,         /* no value at all: HDF5's null dataspace; shape unknown */
  ASSAY_FLAG_ORDERED = 1 << 5,       /* module: children stay in the file's order; otherwise sorted as people sort */
  ASSAY_FLAG_ALL = (1 << 6) - 1,
} AssayFlags;

/**
 * AssayManifestSendFunc:
 * @frame: what has come since the last flush
 *
 * Takes a frame on its way to the main program (a socket in the helper, a list in tests).
 *
 * Returns: whether it could be sent
 */
typedef gboolean (*AssayManifestSendFunc) (GVariant *frame, gpointer user_data, GError **error);

/**
 * assay_manifest_builder_new:
 * @send: where frames go
 * @user_data: for @send
 *
 * Makes a builder with one module, number 0: the root. Its functions belong to one thread.
 *
 * Returns: (transfer full): a builder
 */
AssayManifestBuilder *assay_manifest_builder_new (AssayManifestSendFunc send, gpointer user_data);

/**
 * assay_manifest_builder_set_format:
 * @format: the format's name as `assay-cli ls --json` says it: "hdf5", "keras-hdf5", "keras-weights-hdf5", "keras-weights-sharded", "keras-zip",
 *   "assay-hdf5", "tensorflow-checkpoint", "safetensors", "safetensors-sharded", "npy", "npz"
 *
 * Says what the file is.
 */
void assay_manifest_builder_set_format (AssayManifestBuilder *self, const char *format);

/**
 * assay_manifest_builder_add_module:
 * @parent: an earlier module
 * @name: its name, as the file has it, valid UTF-8
 * @class_name: (nullable): its class, as in "Conv2D"
 * @flags: #AssayFlags
 *
 * Adds a module. A name that @parent has already gives another module of that name. Deeper than
 * `ASSAY_MANIFEST_MAX_DEPTH` it stands beside @parent instead, and a warning says so.
 *
 * Returns: its number
 */
guint32 assay_manifest_builder_add_module (AssayManifestBuilder *self,
                                           guint32               parent,
                                           const char           *name,
                                           const char           *class_name,
                                           guint32               flags);

/**
 * assay_manifest_builder_ensure_path:
 * @parent: an earlier module
 * @path: names joined by @separator
 * @separator: '.' or '/'
 * @name: (out) (nullable) (transfer full): the last part of @path
 *
 * Finds or adds the modules that all parts but the last of @path name, one below the other. Used for names such as
 * "encoder.layer.3.weight". Remembers what it made, so a million names are fast.
 *
 * Returns: the number of the innermost module
 */
guint32 assay_manifest_builder_ensure_path (AssayManifestBuilder *self,
                                            guint32               parent,
                                            const char           *path,
                                            char                  separator,
                                            char                **name);

/**
 * assay_manifest_builder_set_module_facts:
 * @module: a module
 * @class_name: (nullable): its class, if it is known only now
 * @flags: #AssayFlags that are added to what it has
 *
 * Says more of a module that was added before.
 */
void assay_manifest_builder_set_module_facts (AssayManifestBuilder *self, guint32 module, const char *class_name, guint32 flags);

/**
 * assay_manifest_builder_set_module_attribute:
 * @module: a module; 0 for what concerns the whole file
 * @name: the attribute's name
 * @json: its value as JSON text (a settings object, a number, a string in quotes), valid UTF-8
 *
 * Adds an attribute or a setting. What isn't JSON (Python's NaN in a config, for instance) is kept as a string that holds it.
 */
void assay_manifest_builder_set_module_attribute (AssayManifestBuilder *self, guint32 module, const char *name, const char *json);

/**
 * assay_manifest_builder_add_variable:
 * @module: the module it stands in
 * @name: its name there
 * @key: the name as the file has it (CLI.md)
 * @dtype: its dtype
 * @item_size: bytes an element takes in memory; 0 to take the dtype's
 * @dtype_name: (nullable): what to call the dtype where its own name doesn't tell all
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @flags: #AssayFlags
 *
 * Adds a variable without values; one of the `set` functions below says where they are.
 *
 * Returns: its number
 */
guint32 assay_manifest_builder_add_variable (AssayManifestBuilder *self,
                                             guint32               module,
                                             const char           *name,
                                             const char           *key,
                                             AssayDtype            dtype,
                                             guint32               item_size,
                                             const char           *dtype_name,
                                             guint                 rank,
                                             const guint64        *shape,
                                             guint32               flags);

/**
 * assay_manifest_builder_set_variable_attribute:
 * @variable: a variable
 * @name: the attribute's name
 * @json: its value as JSON text
 *
 * Adds an attribute of a variable.
 */
void assay_manifest_builder_set_variable_attribute (AssayManifestBuilder *self, guint32 variable, const char *name, const char *json);

/**
 * assay_manifest_builder_set_layout:
 * @variable: a variable
 * @layout: where its values are; copied
 *
 * Says where the values are. Only of a variable added since the last flush.
 */
void assay_manifest_builder_set_layout (AssayManifestBuilder *self, guint32 variable, const AssayLayout *layout);

/**
 * assay_manifest_builder_set_raw:
 * @variable: a variable
 * @file: which file
 * @offset: its first byte
 * @length: how many bytes it takes there
 * @big_endian: whether the bytes of each element are in big-endian order
 *
 * Short for a `RAW` layout.
 */
void assay_manifest_builder_set_raw (AssayManifestBuilder *self,
                                     guint32               variable,
                                     guint32               file,
                                     guint64               offset,
                                     guint64               length,
                                     gboolean              big_endian);

/**
 * assay_manifest_builder_set_reason:
 * @variable: a variable
 * @format: a sentence why its values can't be had, printf-like
 *
 * Short for a `NONE` layout.
 */
void assay_manifest_builder_set_reason (AssayManifestBuilder *self, guint32 variable, const char *format, ...) G_GNUC_PRINTF (3, 4);

/**
 * assay_manifest_builder_add_warning:
 * @format: a sentence about what is odd, printf-like
 *
 * Adds a warning about the file. After the first thousand they are only counted.
 */
void assay_manifest_builder_add_warning (AssayManifestBuilder *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * assay_manifest_builder_get_n_variables:
 *
 * Returns: how many variables there are so far
 */
guint32 assay_manifest_builder_get_n_variables (AssayManifestBuilder *self);

/**
 * assay_manifest_builder_flush:
 * @error: return location for an error
 *
 * Sends all that has come since the last flush. Readers call it after the first level, and then whenever
 * assay_manifest_builder_is_due() says so.
 *
 * Returns: whether it was sent
 */
gboolean assay_manifest_builder_flush (AssayManifestBuilder *self, GError **error);

/**
 * assay_manifest_builder_is_due:
 *
 * Returns: whether enough has come (or 100 ms have passed) since the last flush
 */
gboolean assay_manifest_builder_is_due (AssayManifestBuilder *self);

G_END_DECLS
