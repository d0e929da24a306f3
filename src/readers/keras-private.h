/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras' files, all on top of HDF5: what their readers share. */

#pragma once

#include <json-glib/json-glib.h>

#include "hdf5-private.h"

G_BEGIN_DECLS

/**
 * assay_keras_parse_config:
 * @text: JSON as Python writes it: with NaN and Infinity
 * @length: its length
 * @error: return location for an error
 *
 * Parses a config: strictly, and no deeper than 128. NaN and infinities become strings.
 *
 * Returns: (transfer full): the root node, an object, or %NULL with `ASSAY_ERROR_FORMAT`
 */
JsonNode *assay_keras_parse_config (const char *text, gssize length, GError **error);

/**
 * assay_keras_get_object:
 *
 * Returns: (transfer none) (nullable): a member that is an object
 */
JsonObject *assay_keras_get_object (JsonObject *object, const char *name);

/**
 * assay_keras_get_string:
 *
 * Returns: (transfer none) (nullable): a member that is a string
 */
const char *assay_keras_get_string (JsonObject *object, const char *name);

/**
 * assay_keras_get_boolean:
 *
 * Returns: a member that is a boolean, or @fallback
 */
gboolean assay_keras_get_boolean (JsonObject *object, const char *name, gboolean fallback);

/**
 * assay_keras_get_layers:
 * @layer: a model's entry: class_name and config
 *
 * The layers of a Sequential or Functional model; in old files the config itself is the list.
 *
 * Returns: (transfer none) (nullable): the list
 */
JsonArray *assay_keras_get_layers (JsonObject *layer);

/**
 * assay_keras_get_layer_name:
 * @layer: a layer's entry
 *
 * Returns: (transfer none): its name, "" if it has none
 */
const char *assay_keras_get_layer_name (JsonObject *layer);

/**
 * assay_keras_add_layer:
 * @parent: the module it stands in
 * @layer: its entry
 * @flags: #AssayFlags that it inherits
 *
 * Adds a layer's module, with class and config; not what is in it.
 *
 * Returns: the module
 */
guint32 assay_keras_add_layer (AssayReaderContext *context, guint32 parent, JsonObject *layer, guint32 flags);

/**
 * assay_keras_to_json:
 *
 * Returns: (transfer full): a node as JSON text
 */
char *assay_keras_to_json (JsonNode *node);

/**
 * assay_keras_add_config:
 * @config: (nullable): a model's entry
 *
 * Gives the root module the whole config, for running the model.
 */
void assay_keras_add_config (AssayReaderContext *context, JsonObject *config);

/**
 * assay_keras_inherit:
 * @flags: what stands above
 * @layer: (nullable): a layer's entry
 *
 * Returns: the flags of what is in a layer: all in one that isn't trainable isn't
 */
guint32 assay_keras_inherit (guint32 flags, JsonObject *layer);

/**
 * assay_keras_names_snake_case:
 *
 * As keras.src.utils.naming.to_snake_case.
 *
 * Returns: (transfer full): "BatchNormalization" as "batch_normalization"
 */
char *assay_keras_names_snake_case (const char *name);

/**
 * assay_keras_guess_class:
 * @place: the name of a layer's group in a container: its class in snake case, and a number
 *
 * Returns: (transfer none) (nullable): the class, "Dense" for "dense_12", if it is one whose variables have known names
 */
const char *assay_keras_guess_class (const char *place);

/**
 * assay_keras_dup_variable_name:
 * @class_name: (nullable): the class of the layer
 * @config: (nullable): its config
 * @index: which of its variables
 * @n: how many it has
 *
 * Keras 3's files number a layer's variables; its class tells their names, and its settings or their number which of them
 * are there.
 *
 * Returns: (transfer full): the name, or the number
 */
char *assay_keras_dup_variable_name (const char *class_name, JsonObject *config, guint index, guint n);

/**
 * assay_keras_variable_flags:
 * @name: a variable's name
 * @config: (nullable): its layer's config
 *
 * Returns: #AssayFlags that these tell: moving averages and quantised kernels aren't trained
 */
guint32 assay_keras_variable_flags (const char *name, JsonObject *config);

/**
 * assay_keras_add_weights:
 * @hdf5: the open file
 * @group: the group of an object: `vars` and children
 * @path: its path
 * @module: the module that stands for it
 * @layer: (nullable): its entry in the config
 * @flags: #AssayFlags that it inherits
 * @error: return location for an error
 *
 * Adds an object of a Keras 3 weights file and all that is in it.
 *
 * Returns: %FALSE if the manifest can't be sent
 */
gboolean assay_keras_add_weights (AssayHdf5  *hdf5,
                                  hid_t       group,
                                  const char *path,
                                  guint32     module,
                                  JsonObject *layer,
                                  guint32     flags,
                                  GError    **error);

/**
 * assay_keras_add_legacy:
 * @hdf5: the open file
 * @path: where the layers' groups are: "model_weights" or ""
 * @config: (nullable): the model's config
 * @error: return location for an error
 *
 * Adds the weights of a legacy file: layer_names, weight_names.
 *
 * Returns: %FALSE if the manifest can't be sent
 */
gboolean assay_keras_add_legacy (AssayHdf5 *hdf5, const char *path, JsonObject *config, GError **error);

/**
 * assay_keras_read_hdf5:
 * @hdf5: an open file
 * @done: (out): whether it is a Keras file, and was read
 * @error: return location for an error
 *
 * Reads an HDF5 file if Keras made it.
 *
 * Returns: %FALSE with @error set
 */
gboolean assay_keras_read_hdf5 (AssayHdf5 *hdf5, gboolean *done, GError **error);

/**
 * assay_own_read_objects:
 * @objects: (nullable): the text "objects" of one of our saved models
 * @graph: (nullable): its object graph
 *
 * Adds the classes of its objects, and those attributes that are no variables. What is damaged is left out.
 */
void assay_own_read_objects (AssayManifestBuilder *builder, const char *objects, const char *graph);

/**
 * assay_own_read_hdf5:
 * @hdf5: an open file
 * @done: (out): whether it is one of ours, and was read
 * @error: return location for an error
 *
 * Reads an HDF5 file if we made it: docs/file-format.md.
 *
 * Returns: %FALSE with @error set
 */
gboolean assay_own_read_hdf5 (AssayHdf5 *hdf5, gboolean *done, GError **error);

/**
 * assay_hdf5_open_group:
 * @path: a path
 *
 * Returns: an open group, or `H5I_INVALID_HID` if there is none, quietly
 */
hid_t assay_hdf5_open_group (hid_t parent, const char *path);

/**
 * assay_hdf5_open_dataset:
 * @path: a path
 *
 * Returns: an open dataset, or `H5I_INVALID_HID` if there is none, quietly
 */
hid_t assay_hdf5_open_dataset (hid_t parent, const char *path);

/**
 * assay_hdf5_list_names:
 * @group: an open group
 *
 * Returns: (transfer full): names of its hard links, as people sort
 */
GPtrArray *assay_hdf5_list_names (hid_t group);

G_END_DECLS
