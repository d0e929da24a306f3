/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras 3's weights: for each object with variables a group with `vars/0`, `vars/1`… and groups for the objects in it. The layers of a
 * model stand in `layers`, by class and number; the config tells which they are (keras.src.saving.saving_lib, _save_state). */

#include <assay/names.h>
#include <string.h>

#include "keras-private.h"

#define MAX_DEPTH 64

/* Names that objects inside layers have as attributes, and what Keras calls them. */
static const struct
{
  const char *attribute;
  const char *name;
  const char *class_name;
} attributes[] = {
  { "query_dense", "query", "EinsumDense" },
  { "_query_dense", "query", "EinsumDense" },
  { "key_dense", "key", "EinsumDense" },
  { "_key_dense", "key", "EinsumDense" },
  { "value_dense", "value", "EinsumDense" },
  { "_value_dense", "value", "EinsumDense" },
  { "output_dense", "attention_output", "EinsumDense" },
  { "_output_dense", "attention_output", "EinsumDense" },
  { "seed_generator", "seed_generator", "SeedGenerator" },
};

/* Objects inside layers in the order in which Keras lists their weights; all others come behind, by name. */
static const char *const attribute_order[] = { "forward_layer", "backward_layer", "query_dense", "_query_dense", "key_dense", "_key_dense",
                                               "value_dense", "_value_dense", "output_dense", "_output_dense" };

static guint
get_order (const char *attribute)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (attribute_order) && strcmp (attribute_order[i], attribute) != 0)
    i++;
  return i;
}

static int
compare_attributes (gconstpointer a, gconstpointer b)
{
  const char *first = *(const char *const *) a, *second = *(const char *const *) b;
  guint       order_first = get_order (first), order_second = get_order (second);

  if (order_first != order_second)
    return order_first < order_second ? -1 : 1;
  return assay_name_compare (first, second);
}

/* What an object inside another is called, and its entry if the config has one. */
typedef struct
{
  char       *name;
  char       *class_name;
  JsonObject *layer; /* not owned */
  JsonObject *guess; /* owned: an entry for what no config tells of */
} Inner;

static void
inner_clear (Inner *inner)
{
  g_free (inner->name);
  g_free (inner->class_name);
  g_clear_pointer (&inner->guess, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inner, inner_clear)

/* A recurrent layer's cell: LSTM has an LSTMCell called lstm_cell, ConvLSTM2D a ConvLSTMCell. */
static void
name_cell (Inner *inner, JsonObject *layer)
{
  const char *class_name = assay_keras_get_string (layer, "class_name");
  JsonObject *cell = assay_keras_get_object (assay_keras_get_object (layer, "config"), "cell");

  if (cell != NULL)
    {
      inner->name = g_strdup (assay_keras_get_layer_name (cell));
      inner->class_name = g_strdup (assay_keras_get_string (cell, "class_name"));
      inner->layer = cell;
    }
  else if (class_name != NULL)
    {
      g_autofree char *stem = g_str_has_prefix (class_name, "ConvLSTM") ? g_strdup ("ConvLSTM") : g_strdup (class_name);

      inner->class_name = g_strconcat (stem, "Cell", NULL);
      inner->name = assay_keras_names_snake_case (inner->class_name);
      /* The cell has the layer's settings. */
      inner->layer = layer;
    }
}

static void
name_wrapped (Inner *inner, JsonObject *layer, const char *setting, const char *prefix)
{
  JsonObject *config = assay_keras_get_object (layer, "config");
  JsonObject *wrapped = assay_keras_get_object (config, setting);

  /* A Bidirectional's backward layer is only in the config if it is unlike the forward one. */
  if (wrapped == NULL)
    wrapped = assay_keras_get_object (config, "layer");
  else if (strcmp (setting, "backward_layer") == 0)
    prefix = "";
  if (wrapped == NULL)
    return;
  /* Keras 3 writes the wrapped layers' own names, which begin so already. */
  inner->name = g_strconcat (g_str_has_prefix (assay_keras_get_layer_name (wrapped), prefix) ? "" : prefix,
                             assay_keras_get_layer_name (wrapped), NULL);
  inner->class_name = g_strdup (assay_keras_get_string (wrapped, "class_name"));
  inner->layer = wrapped;
}

static void
name_inner (Inner *inner, const char *attribute, JsonObject *layer)
{
  for (gsize i = 0; i < G_N_ELEMENTS (attributes); i++)
    if (strcmp (attributes[i].attribute, attribute) == 0)
      {
        inner->name = g_strdup (attributes[i].name);
        inner->class_name = g_strdup (attributes[i].class_name);
      }
  if (strcmp (attribute, "cell") == 0)
    name_cell (inner, layer);
  else if (strcmp (attribute, "forward_layer") == 0)
    name_wrapped (inner, layer, "layer", "forward_");
  else if (strcmp (attribute, "backward_layer") == 0)
    name_wrapped (inner, layer, "backward_layer", "backward_");
  else if (strcmp (attribute, "layer") == 0)
    name_wrapped (inner, layer, "layer", "");
  if (inner->name == NULL || *inner->name == '\0')
    {
      g_free (inner->name);
      inner->name = g_strdup (attribute);
    }
}

/* A container holds layers by class and number, and has no variables of its own; before Keras 3 by name. */
static gboolean
is_container (hid_t group, const char *path)
{
  return *path && H5Lexists (group, "vars", H5P_DEFAULT) <= 0 && !g_str_has_suffix (path, "_layer_checkpoint_dependencies");
}

/* What no config tells of: newer files have a layer's name beside its variables, and its place in a container has its class. */
static void
name_unknown (Inner *inner, const char *place, hid_t group, gboolean in_container)
{
  g_auto (AssayH5Group) vars = assay_hdf5_open_group (group, "vars");
  g_autofree char *name = vars >= 0 ? assay_hdf5_read_string_attribute (vars, "name") : NULL;
  const char      *class_name = in_container ? assay_keras_guess_class (place) : NULL;

  if (name != NULL && *name != '\0' && strchr (name, '/') == NULL)
    {
      g_free (inner->name);
      inner->name = g_utf8_make_valid (name, -1);
    }
  if (class_name == NULL)
    return;
  inner->class_name = g_strdup (class_name);
  inner->layer = inner->guess = json_object_new ();
  json_object_set_string_member (inner->guess, "class_name", class_name);
}

static gboolean
add_variables (AssayHdf5 *hdf5, hid_t group, const char *path, guint32 module, const char *class_name, JsonObject *config, guint32 flags)
{
  g_auto (AssayH5Group) vars = assay_hdf5_open_group (group, "vars");
  g_autoptr (GPtrArray) names = vars >= 0 ? assay_hdf5_list_names (vars) : NULL;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *number = names->pdata[i];
      g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (vars, number);
      g_autofree char *key = g_strdup_printf ("%s%svars/%s", path, *path ? "/" : "", number);
      g_autofree char *name = assay_keras_dup_variable_name (class_name, config, i, names->len);

      if (dataset >= 0)
        assay_hdf5_add_dataset (hdf5, dataset, module, name, key, flags | assay_keras_variable_flags (name, config));
    }
  return TRUE;
}

static guint
count_slashes (const char *path)
{
  guint n = 0;

  for (const char *p = path; *p; p++)
    n += *p == '/';
  return n;
}

/* The layers of a model: by class and number within the container, in the config's order. */
static gboolean
add_layers (AssayHdf5 *hdf5, hid_t container, const char *path, gboolean by_name, guint32 module, JsonArray *layers, guint32 flags, GError **error)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (layers); i++)
    {
      JsonNode        *node = json_array_get_element (layers, i);
      JsonObject      *layer = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char      *class_name = assay_keras_get_string (layer, "class_name");
      g_autofree char *snake = class_name ? assay_keras_names_snake_case (class_name) : NULL;
      g_autofree char *place = NULL, *inner_path = NULL;
      g_auto (AssayH5Group) group = H5I_INVALID_HID;
      guint32 inherited = assay_keras_inherit (flags, layer), inner;
      guint   n;

      if (snake == NULL)
        continue;
      n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, snake));
      place = by_name ? g_strdup (assay_keras_get_layer_name (layer)) : n ? g_strdup_printf ("%s_%u", snake, n)
                                                                          : g_strdup (snake);
      g_hash_table_insert (counts, g_steal_pointer (&snake), GUINT_TO_POINTER (n + 1));
      inner = assay_keras_add_layer (hdf5->context, module, layer, flags);
      group = assay_hdf5_open_group (container, place);
      inner_path = g_strdup_printf ("%s/%s", path, place);
      if (group >= 0 && !assay_keras_add_weights (hdf5, group, inner_path, inner, layer, inherited, error))
        return FALSE;
    }
  return TRUE;
}

static JsonArray *
get_array (JsonObject *layer, const char *name)
{
  JsonObject *config = assay_keras_get_object (layer, "config");
  JsonNode   *node = config && json_object_has_member (config, name) ? json_object_get_member (config, name) : NULL;

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* Everything of a group that isn't `vars`, and wasn't a layer. */
static gboolean
add_inner (AssayHdf5 *hdf5, hid_t group, const char *path, const char *attribute, guint32 module, JsonObject *layer, guint32 flags, GError **error)
{
  g_auto (AssayH5Group) child = assay_hdf5_open_group (group, attribute);
  g_autofree char *inner_path = g_strdup_printf ("%s%s%s", path, *path ? "/" : "", attribute);
  g_auto (Inner) inner = { 0 };
  gboolean is_root = *path == '\0';
  guint32  child_module;

  if (child < 0 || count_slashes (inner_path) > MAX_DEPTH)
    return TRUE;
  if (strcmp (attribute, "cells") == 0 && get_array (layer, "cells") != NULL)
    return add_layers (hdf5, child, inner_path, FALSE, module, get_array (layer, "cells"), flags, error);
  if (is_root && strcmp (attribute, "optimizer") == 0)
    flags |= ASSAY_FLAG_OPTIMIZER;
  else if (is_root && (strcmp (attribute, "metrics") == 0 || strcmp (attribute, "_compile_metrics") == 0))
    flags |= ASSAY_FLAG_HIDDEN;
  name_inner (&inner, attribute, layer);
  if (inner.class_name == NULL && inner.layer == NULL && !(is_root && (flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN))))
    name_unknown (&inner, attribute, child, is_container (group, path));
  child_module = assay_manifest_builder_add_module (hdf5->context->builder, module, inner.name, inner.class_name,
                                                    (flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN)) | ASSAY_FLAG_ORDERED);
  if (inner.class_name != NULL && (inner.layer == NULL || inner.layer == layer))
    {
      /* A cell or projection: its class tells the names, the layer's settings what is there. */
      if (!add_variables (hdf5, child, inner_path, child_module, inner.class_name,
                          inner.layer ? assay_keras_get_object (inner.layer, "config") : NULL, flags))
        return FALSE;
      return TRUE;
    }
  return assay_keras_add_weights (hdf5, child, inner_path, child_module, inner.layer, assay_keras_inherit (flags, inner.layer), error);
}

static gboolean
has_group (hid_t parent, const char *name)
{
  g_auto (AssayH5Group) group = assay_hdf5_open_group (parent, name);

  return group >= 0;
}

/* The layers of a model without a config stand in the model itself, as Keras names them. */
static gboolean
add_container (AssayHdf5 *hdf5, hid_t group, const char *path, const char *attribute, guint32 module, guint32 flags, GError **error)
{
  g_auto (AssayH5Group) container = assay_hdf5_open_group (group, attribute);
  g_autofree char *inner_path = g_strdup_printf ("%s%s%s", path, *path ? "/" : "", attribute);
  g_autoptr (GPtrArray) names = assay_hdf5_list_names (container);

  for (guint i = 0; i < names->len; i++)
    if (!add_inner (hdf5, container, inner_path, names->pdata[i], module, NULL, flags, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_objects (AssayHdf5 *hdf5, hid_t group, const char *path, guint32 module, JsonObject *layer, guint32 flags, gboolean has_layers, GError **error)
{
  g_autoptr (GPtrArray) names = assay_hdf5_list_names (group);

  g_ptr_array_sort (names, compare_attributes);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      gboolean    is_layers = strcmp (name, "layers") == 0 || strcmp (name, "_layer_checkpoint_dependencies") == 0;

      if (strcmp (name, "vars") == 0 || (has_layers && is_layers))
        continue;
      if (is_layers ? !add_container (hdf5, group, path, name, module, flags, error)
                    : !add_inner (hdf5, group, path, name, module, layer, flags, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_keras_add_weights (AssayHdf5  *hdf5,
                         hid_t       group,
                         const char *path,
                         guint32     module,
                         JsonObject *layer,
                         guint32     flags,
                         GError    **error)
{
  JsonArray        *layers = layer ? assay_keras_get_layers (layer) : NULL;
  const char       *class_name = assay_keras_get_string (layer, "class_name");
  const char *const containers[] = { "layers", "_layer_checkpoint_dependencies" };

  add_variables (hdf5, group, path, module, class_name, assay_keras_get_object (layer, "config"), flags);
  for (gsize c = 0; layers != NULL && c < G_N_ELEMENTS (containers); c++)
    {
      g_auto (AssayH5Group) container = assay_hdf5_open_group (group, containers[c]);
      g_autofree char *inner_path = g_strdup_printf ("%s%s%s", path, *path ? "/" : "", containers[c]);

      if (container < 0 && (c > 0 || has_group (group, containers[1])))
        continue;
      if (!add_layers (hdf5, container, inner_path, c > 0, module, layers, flags, error))
        return FALSE;
    }
  if (!add_objects (hdf5, group, path, module, layer, flags, layers != NULL, error))
    return FALSE;
  return !assay_manifest_builder_is_due (hdf5->context->builder) || assay_manifest_builder_flush (hdf5->context->builder, error);
}
