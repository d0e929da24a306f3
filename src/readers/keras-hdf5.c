/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which HDF5 files are Keras', and of which kind. */

#include <assay/error.h>
#include <assay/names.h>
#include <string.h>

#include "keras-private.h"

/* How many objects are looked at before a file is taken for no file of numbered weights. */
#define MAX_SEARCHED 2000

hid_t
assay_hdf5_open_group (hid_t parent, const char *path)
{
  hid_t id = parent >= 0 ? H5Oopen (parent, path, H5P_DEFAULT) : H5I_INVALID_HID;

  if (id >= 0 && H5Iget_type (id) == H5I_GROUP)
    return id;
  if (id >= 0)
    H5Oclose (id);
  H5Eclear2 (H5E_DEFAULT);
  return H5I_INVALID_HID;
}

hid_t
assay_hdf5_open_dataset (hid_t parent, const char *path)
{
  hid_t id = parent >= 0 ? H5Oopen (parent, path, H5P_DEFAULT) : H5I_INVALID_HID;

  if (id >= 0 && H5Iget_type (id) == H5I_DATASET)
    return id;
  if (id >= 0)
    H5Oclose (id);
  H5Eclear2 (H5E_DEFAULT);
  return H5I_INVALID_HID;
}

static herr_t
list_cb (hid_t group, const char *name, const H5L_info_t *info, void *data)
{
  if (info->type == H5L_TYPE_HARD)
    g_ptr_array_add (data, g_strdup (name));
  return 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return assay_name_compare (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
assay_hdf5_list_names (hid_t group)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  hsize_t    place = 0;

  H5Literate (group, H5_INDEX_NAME, H5_ITER_INC, &place, list_cb, names);
  H5Eclear2 (H5E_DEFAULT);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
has_attribute (hid_t object, const char *name)
{
  gboolean has = H5Aexists (object, name) > 0;

  H5Eclear2 (H5E_DEFAULT);
  return has;
}

/* layer_names, or its first part if it was too large for one attribute. */
static gboolean
has_layer_names (hid_t group)
{
  return group >= 0 && (has_attribute (group, "layer_names") || has_attribute (group, "layer_names0"));
}

static void
add_root_facts (AssayHdf5 *hdf5, JsonObject *config)
{
  AssayManifestBuilder *builder = hdf5->context->builder;
  const char           *name = config ? assay_keras_get_layer_name (config) : "";
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *quoted = NULL;

  assay_manifest_builder_set_module_facts (builder, 0, assay_keras_get_string (config, "class_name"), ASSAY_FLAG_ORDERED);
  assay_keras_add_config (hdf5->context, config);
  if (*name == '\0')
    return;
  json_node_set_string (node, name);
  quoted = assay_keras_to_json (node);
  assay_manifest_builder_set_module_attribute (builder, 0, "name", quoted);
}

/* All attributes of the root but the config, which is the tree. */
static void
add_root_attribute (const char *name, const char *json, gpointer user_data)
{
  AssayHdf5 *hdf5 = user_data;

  if (strcmp (name, "model_config") != 0 && !g_str_has_prefix (name, "layer_names"))
    assay_manifest_builder_set_module_attribute (hdf5->context->builder, 0, name, json);
}

static gboolean
walk_optimizer (AssayHdf5 *hdf5, GError **error)
{
  g_auto (AssayH5Group) group = assay_hdf5_open_group (hdf5->file, "optimizer_weights");
  guint32 module;

  if (group < 0)
    return TRUE;
  module = assay_manifest_builder_add_module (hdf5->context->builder, 0, "optimizer", NULL, ASSAY_FLAG_OPTIMIZER);
  return assay_hdf5_walk (hdf5, group, module, "optimizer_weights", ASSAY_FLAG_OPTIMIZER, error);
}

/* What no layer claims is shown all the same, as the tree that it is in the file. */
static gboolean
walk_rest (AssayHdf5 *hdf5, const char *path, GError **error)
{
  g_auto (AssayH5Group) group = assay_hdf5_open_group (hdf5->file, *path ? path : "/");
  g_autoptr (GPtrArray) names = group >= 0 ? assay_hdf5_list_names (group) : NULL;

  hdf5->skip_seen = TRUE;
  return names == NULL || names->len == 0 || assay_hdf5_walk_unseen (hdf5, group, 0, path, error);
}

static gboolean
read_whole_model (AssayHdf5 *hdf5, GError **error)
{
  g_autofree char *text = assay_hdf5_read_string_attribute (hdf5->file, "model_config");
  g_autoptr (GError) reason = NULL;
  g_autoptr (JsonNode) node = text ? assay_keras_parse_config (text, -1, &reason) : NULL;
  JsonObject *config = node ? json_node_get_object (node) : NULL;

  hdf5->is_keras = TRUE;
  assay_manifest_builder_set_format (hdf5->context->builder, "keras-hdf5");
  if (reason != NULL)
    assay_manifest_builder_add_warning (hdf5->context->builder, "The model’s config is damaged: %s", reason->message);
  add_root_facts (hdf5, config);
  assay_hdf5_each_attribute (hdf5->file, add_root_attribute, hdf5);
  return assay_keras_add_legacy (hdf5, "model_weights", config, error) && walk_optimizer (hdf5, error) &&
         walk_rest (hdf5, "model_weights", error);
}

static gboolean
read_legacy_weights (AssayHdf5 *hdf5, GError **error)
{
  assay_manifest_builder_set_format (hdf5->context->builder, "keras-weights-hdf5");
  add_root_facts (hdf5, NULL);
  assay_hdf5_each_attribute (hdf5->file, add_root_attribute, hdf5);
  return assay_keras_add_legacy (hdf5, "", NULL, error) && walk_rest (hdf5, "", error);
}

/* Whether a group below has `vars`: Keras 3's mark. It stands near the front, so a file of another kind is not searched whole. */
static gboolean
has_vars (hid_t group, guint depth, guint *n_left)
{
  g_autoptr (GPtrArray) names = assay_hdf5_list_names (group);
  g_auto (AssayH5Group) vars = H5Lexists (group, "vars", H5P_DEFAULT) > 0 ? assay_hdf5_open_group (group, "vars") : H5I_INVALID_HID;

  if (vars >= 0)
    return TRUE;
  for (guint i = 0; depth > 0 && i<names->len && * n_left> 0; i++)
    {
      H5O_info_t info;
      g_auto (AssayH5Group) child = H5I_INVALID_HID;

      *n_left -= 1;
      if (H5Oget_info_by_name2 (group, names->pdata[i], &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0 || info.type != H5O_TYPE_GROUP)
        continue;
      child = assay_hdf5_open_group (group, names->pdata[i]);
      if (child >= 0 && has_vars (child, depth - 1, n_left))
        return TRUE;
    }
  H5Eclear2 (H5E_DEFAULT);
  return FALSE;
}

static gboolean
is_numbered_weights (AssayHdf5 *hdf5)
{
  static const char *const containers[] = { "layers", "_layer_checkpoint_dependencies", "vars", "optimizer", "metrics", "top_level_model_weights" };
  g_auto (AssayH5Group) root = assay_hdf5_open_group (hdf5->file, "/");
  gboolean named = FALSE;
  guint    n_left = MAX_SEARCHED;

  for (gsize i = 0; i < G_N_ELEMENTS (containers) && !named; i++)
    {
      g_auto (AssayH5Group) group = assay_hdf5_open_group (hdf5->file, containers[i]);

      named = group >= 0;
    }
  if (!named && !g_str_has_suffix (hdf5->context->file_name, ".weights.h5"))
    return FALSE;
  return root >= 0 && has_vars (root, 4, &n_left);
}

static gboolean
read_numbered_weights (AssayHdf5 *hdf5, GError **error)
{
  g_auto (AssayH5Group) root = assay_hdf5_open_group (hdf5->file, "/");

  hdf5->is_keras = TRUE;
  assay_manifest_builder_set_format (hdf5->context->builder, "keras-weights-hdf5");
  assay_hdf5_each_attribute (hdf5->file, add_root_attribute, hdf5);
  return assay_keras_add_weights (hdf5, root, "", 0, NULL, 0, error) && assay_hdf5_walk_unseen (hdf5, root, 0, "", error);
}

gboolean
assay_keras_read_hdf5 (AssayHdf5 *hdf5, gboolean *done, GError **error)
{
  g_auto (AssayH5Group) root = assay_hdf5_open_group (hdf5->file, "/");
  g_auto (AssayH5Group) weights = assay_hdf5_open_group (hdf5->file, "model_weights");

  *done = TRUE;
  if (hdf5->context->part != NULL || root < 0)
    *done = FALSE;
  else if (has_layer_names (weights))
    return read_whole_model (hdf5, error);
  else if (has_layer_names (root))
    return read_legacy_weights (hdf5, error);
  else if (is_numbered_weights (hdf5))
    return read_numbered_weights (hdf5, error);
  else
    *done = FALSE;
  return TRUE;
}
