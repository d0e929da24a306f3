/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras' legacy HDF5: a group a layer with the attribute weight_names; the attribute layer_names has the model's order. With a config,
 * the tree is the config's; without, it is that of the names. */

#include <string.h>

#include "keras-private.h"

typedef struct
{
  AssayHdf5  *hdf5;
  GHashTable *modules; /* "parent/name" → module + 1 */
  GHashTable *inner;   /* "layer/name" → module + 1 of a layer in models inside that layer */
  GHashTable *flags;   /* module → inherited flags */
} Tree;

static guint32
get_flags (Tree *tree, guint32 module)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (tree->flags, GUINT_TO_POINTER (module)));
}

/* Finds or makes a module in another. */
static guint32
ensure_module (Tree *tree, guint32 parent, const char *name)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", parent, name);
  gpointer         found = g_hash_table_lookup (tree->modules, key);
  guint32          module;

  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  module = assay_manifest_builder_add_module (tree->hdf5->context->builder, parent, name, NULL, ASSAY_FLAG_ORDERED);
  g_hash_table_insert (tree->flags, GUINT_TO_POINTER (module), GUINT_TO_POINTER (get_flags (tree, parent)));
  g_hash_table_insert (tree->modules, g_steal_pointer (&key), GUINT_TO_POINTER (module + 1));
  return module;
}

/* The module that the first part of a weight's name means: Keras leaves out the models between a layer and the model's own. */
static guint32
first_module (Tree *tree, guint32 layer_module, const char *name)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", layer_module, name);
  guint            inner = g_hash_table_contains (tree->modules, key) ? 0 : GPOINTER_TO_UINT (g_hash_table_lookup (tree->inner, key));

  return inner ? inner - 1 : ensure_module (tree, layer_module, name);
}

/* The layers of the config, nested models included. @top is the module of the model's own layer. */
static void
add_config (Tree *tree, guint32 parent, guint32 top, JsonArray *layers, guint32 flags, guint depth)
{
  for (guint i = 0; layers != NULL && depth < 32 && i < json_array_get_length (layers); i++)
    {
      JsonNode   *node = json_array_get_element (layers, i);
      JsonObject *layer = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      guint32     inherited = assay_keras_inherit (flags, layer), module;

      if (layer == NULL)
        continue;
      module = assay_keras_add_layer (tree->hdf5->context, parent, layer, 0);
      g_hash_table_insert (tree->flags, GUINT_TO_POINTER (module), GUINT_TO_POINTER (inherited));
      g_hash_table_insert (tree->modules, g_strdup_printf ("%u/%s", parent, assay_keras_get_layer_name (layer)), GUINT_TO_POINTER (module + 1));
      if (depth > 1)
        {
          g_autofree char *key = g_strdup_printf ("%u/%s", top, assay_keras_get_layer_name (layer));

          if (!g_hash_table_contains (tree->inner, key))
            g_hash_table_insert (tree->inner, g_steal_pointer (&key), GUINT_TO_POINTER (module + 1));
        }
      add_config (tree, module, depth > 0 ? top : module, assay_keras_get_layers (layer), inherited, depth + 1);
    }
}

/* Where the name goes on behind the layer's own: of "model/conv/kernel:0" in layer "conv" that is "kernel:0". A name that doesn't have
 * the layer's is that of a layer inside. */
static const char *
relative_name (const char *weight_name, const char *layer_name)
{
  gsize n = strlen (layer_name);

  for (const char *p = weight_name; p != NULL && n > 0; p = strchr (p, '/') ? strchr (p, '/') + 1 : NULL)
    if (strncmp (p, layer_name, n) == 0 && p[n] == '/')
      return p + n + 1;
  return weight_name;
}

/* "kernel:0" is "kernel". */
static void
cut_number (char *name)
{
  char *colon = strrchr (name, ':');

  if (colon != NULL && colon[1] != '\0' && strspn (colon + 1, "0123456789") == strlen (colon + 1))
    *colon = '\0';
}

static void
add_weight (Tree *tree, hid_t group, const char *path, guint32 layer_module, const char *layer_name, const char *weight_name, guint32 extra)
{
  g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (group, weight_name);
  g_auto (GStrv) parts = g_strsplit (relative_name (weight_name, layer_name), "/", -1);
  g_autofree char *key = g_strdup_printf ("%s%s%s/%s", path, *path ? "/" : "", layer_name, weight_name);
  guint            n = g_strv_length (parts);
  guint32          module = layer_module;

  if (dataset < 0)
    {
      assay_manifest_builder_add_warning (tree->hdf5->context->builder, "Layer “%s” names the weight “%s”, which isn’t in the file", layer_name, weight_name);
      return;
    }
  for (guint i = 0; i + 1 < n; i++)
    module = i == 0 ? first_module (tree, module, parts[i]) : ensure_module (tree, module, parts[i]);
  cut_number (parts[n - 1]);
  assay_hdf5_add_dataset (tree->hdf5, dataset, module, parts[n - 1], key,
                          get_flags (tree, module) | extra | assay_keras_variable_flags (parts[n - 1], NULL));
}

/* The weights of one layer's group; those that weight_names leaves out come behind. */
static void
add_layer_group (Tree *tree, hid_t weights, const char *path, const char *layer_name)
{
  g_auto (AssayH5Group) group = assay_hdf5_open_group (weights, layer_name);
  g_auto (GStrv) names = group >= 0 ? assay_hdf5_read_strings_attribute (group, "weight_names") : NULL;
  guint32 module = ensure_module (tree, 0, layer_name);

  if (group < 0)
    assay_manifest_builder_add_warning (tree->hdf5->context->builder, "There is no group for the layer “%s”", layer_name);
  for (gsize i = 0; names != NULL && names[i]; i++)
    add_weight (tree, group, path, module, layer_name, names[i], 0);
}

gboolean
assay_keras_add_legacy (AssayHdf5 *hdf5, const char *path, JsonObject *config, GError **error)
{
  g_auto (AssayH5Group) weights = assay_hdf5_open_group (hdf5->file, *path ? path : "/");
  g_auto (GStrv) layers = weights >= 0 ? assay_hdf5_read_strings_attribute (weights, "layer_names") : NULL;
  g_autoptr (GHashTable) modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) inner = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) flags = g_hash_table_new (NULL, NULL);
  Tree    tree = { hdf5, modules, inner, flags };
  guint32 inherited = assay_keras_inherit (0, config);

  if (weights < 0)
    return TRUE;
  g_hash_table_insert (flags, GUINT_TO_POINTER (0), GUINT_TO_POINTER (inherited));
  if (config != NULL)
    add_config (&tree, 0, 0, assay_keras_get_layers (config), inherited, 0);
  for (gsize i = 0; layers != NULL && layers[i]; i++)
    add_layer_group (&tree, weights, path, layers[i]);
  {
    g_auto (AssayH5Group) top = assay_hdf5_open_group (weights, "top_level_model_weights");
    g_auto (GStrv) names = top >= 0 ? assay_hdf5_read_strings_attribute (top, "weight_names") : NULL;

    for (gsize i = 0; names != NULL && names[i]; i++)
      add_weight (&tree, top, path, 0, "top_level_model_weights", names[i], 0);
  }
  return TRUE;
}
