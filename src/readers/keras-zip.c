/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* .keras: a zip of metadata.json, config.json and model.weights.h5 (Keras 3, and tf.keras from 2.12 on). */

#include <assay/error.h>
#include <string.h>

#include "keras-private.h"
#include "zip-private.h"

#define MAX_CONFIG (256u << 20)

static gboolean
keras_zip_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  g_autoptr (AssayZip) zip = NULL;

  if (n_head < 4 || memcmp (head, "PK\003\004", 4) != 0)
    return FALSE;
  zip = assay_zip_open (&context->main, NULL);
  return zip != NULL && assay_zip_find (zip, "config.json") != NULL &&
         (assay_zip_find (zip, "model.weights.h5") != NULL || assay_zip_find (zip, "metadata.json") != NULL);
}

static JsonNode *
read_config (AssayReaderContext *context, AssayZip *zip)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) bytes = assay_zip_read_all (zip, assay_zip_find (zip, "config.json"), MAX_CONFIG, &reason);
  JsonNode   *node = NULL;
  gsize       n;
  const char *text = bytes ? g_bytes_get_data (bytes, &n) : NULL;

  if (text != NULL)
    node = assay_keras_parse_config (text, n, &reason);
  if (node == NULL)
    assay_manifest_builder_add_warning (context->builder, "The model’s config is damaged: %s", reason->message);
  return node;
}

/* Small JSON members that say where the file comes from. */
static void
add_metadata (AssayReaderContext *context, AssayZip *zip)
{
  const AssayZipMember *member = assay_zip_find (zip, "metadata.json");
  g_autoptr (GBytes) bytes = member ? assay_zip_read_all (zip, member, 1 << 20, NULL) : NULL;
  gsize       n;
  const char *text = bytes ? g_bytes_get_data (bytes, &n) : NULL;
  g_autoptr (JsonNode) node = text ? assay_keras_parse_config (text, n, NULL) : NULL;
  g_autofree char *json = node ? assay_keras_to_json (node) : NULL;

  if (json != NULL)
    assay_manifest_builder_set_module_attribute (context->builder, 0, "metadata", json);
}

static void
add_root_facts (AssayReaderContext *context, JsonObject *config)
{
  const char *const settings[] = { "compile_config", "build_config", "registered_name", "module" };
  const char       *name = assay_keras_get_layer_name (config);

  assay_manifest_builder_set_module_facts (context->builder, 0, assay_keras_get_string (config, "class_name"), ASSAY_FLAG_ORDERED);
  assay_keras_add_config (context, config);
  if (*name)
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
      g_autofree char *json = NULL;

      json_node_set_string (node, name);
      json = assay_keras_to_json (node);
      assay_manifest_builder_set_module_attribute (context->builder, 0, "name", json);
    }
  for (gsize i = 0; config && i < G_N_ELEMENTS (settings); i++)
    if (json_object_has_member (config, settings[i]))
      {
        g_autofree char *json = assay_keras_to_json (json_object_get_member (config, settings[i]));

        assay_manifest_builder_set_module_attribute (context->builder, 0, settings[i], json);
      }
}

/* The member as a window of the file, if it is stored; else inflated into a scratch file. */
static gboolean
open_weights (AssayReaderContext *context, AssayZip *zip, AssayReaderFile *window, GError **error)
{
  const AssayZipMember *member = assay_zip_find (zip, "model.weights.h5");

  if (member == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   assay_zip_find (zip, "model.weights.npz") ? "The weights are a NumPy archive of pickled objects, which are never unpickled"
                                                             : "There is no member model.weights.h5");
      return FALSE;
    }
  if (member->reason != NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The member model.weights.h5 can’t be read: %s", member->reason);
      return FALSE;
    }
  if (member->method != ASSAY_ZIP_STORED)
    return assay_zip_extract (zip, context, member, window, error);
  *window = context->main;
  window->base += member->offset;
  window->size = member->size;
  return TRUE;
}

static gboolean
keras_zip_read (AssayReaderContext *context, GError **error)
{
  g_autoptr (AssayZip) zip = assay_zip_open (&context->main, error);
  g_autoptr (JsonNode) node = NULL;
  JsonObject     *config;
  AssayReaderFile window;
  AssayHdf5      *hdf5;
  g_auto (AssayH5Group) root = H5I_INVALID_HID;

  if (zip == NULL)
    return FALSE;
  assay_manifest_builder_set_format (context->builder, "keras-zip");
  node = read_config (context, zip);
  config = node ? json_node_get_object (node) : NULL;
  add_root_facts (context, config);
  add_metadata (context, zip);
  if (!open_weights (context, zip, &window, error))
    return FALSE;
  hdf5 = assay_hdf5_new (context, &window, "model.weights.h5/", error);
  if (hdf5 == NULL)
    return FALSE;
  context->reader_data = hdf5;
  root = assay_hdf5_open_group (hdf5->file, "/");
  /* What no layer of the config claims is shown where it is in the file. */
  return assay_keras_add_weights (hdf5, root, "", 0, config, assay_keras_inherit (0, config), error) &&
         assay_hdf5_walk_unseen (hdf5, root, 0, "", error);
}

const AssayReader assay_keras_zip_reader = {
  .name = "Keras",
  .sniff = keras_zip_sniff,
  .read = keras_zip_read,
  .read_chunks = assay_hdf5_context_read_chunks,
  .read_strings = assay_hdf5_context_read_strings,
  .close = assay_hdf5_context_close,
};
