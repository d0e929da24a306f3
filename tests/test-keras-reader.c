/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras' files, in each form that Keras writes, against what Keras says of the model. */

#include "model-truth.h"

/* A variable by its path, or, since Keras leaves out a nested model's name, by the end of it; -1 if there is none. */
static gint64
find_path (AssayManifest *manifest, const char *path)
{
  g_autofree char *end = g_strconcat ("/", path, NULL);

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      g_autofree char *found = assay_manifest_dup_variable_path (manifest, i);

      if (strcmp (found, path) == 0 || g_str_has_suffix (found, end))
        return i;
    }
  return -1;
}

/* A weight by the path that Keras gives it, without the model's own name and ":0". */
static gint64
find_weight (AssayManifest *manifest, JsonObject *weight, const char *model)
{
  const char      *path = truth_string (weight, "path");
  g_autofree char *plain = g_strdup (path ? path : truth_string (weight, "name"));
  g_autofree char *prefix = g_strconcat (model ? model : "", "/", NULL);

  if (g_str_has_suffix (plain, ":0"))
    plain[strlen (plain) - 2] = '\0';
  if (model != NULL && g_str_has_prefix (plain, prefix))
    return find_path (manifest, plain + strlen (prefix));
  return find_path (manifest, plain);
}

static void
assert_weights (AssayManifest *manifest, const char *file, JsonObject *expected)
{
  JsonArray *weights = json_object_get_array_member (expected, "weights_in_order");

  for (guint i = 0; i < json_array_get_length (weights); i++)
    {
      JsonObject *weight = json_array_get_object_element (weights, i);
      gint64      index = find_weight (manifest, weight, truth_string (expected, "name"));

      if (index < 0)
        g_error ("%s: no variable for weight %u, %s", file, i, truth_string (weight, json_object_has_member (weight, "path") ? "path" : "name"));
      truth_assert_variable (manifest, index, weight, TRUE);
    }
}

/* What counts as the model's, and what of it is trained. */
static void
assert_totals (AssayManifest *manifest, JsonObject *expected)
{
  JsonObject *params = json_object_get_object_member (expected, "params");
  guint64     total = 0, non_trainable = 0;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, i, &variable);
      if (variable.flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN))
        continue;
      total += variable.n_elements;
      non_trainable += variable.flags & ASSAY_FLAG_NON_TRAINABLE ? variable.n_elements : 0;
    }
  g_assert_cmpuint (total, ==, json_object_get_int_member (params, "total"));
  g_assert_cmpuint (non_trainable, ==, json_object_get_int_member (params, "non_trainable"));
}

static guint32
find_layer (AssayManifest *manifest, const char *name, AssayManifestModule *module)
{
  for (guint32 i = 1; i < assay_manifest_get_n_modules (manifest); i++)
    {
      assay_manifest_get_module (manifest, i, module);
      if (strcmp (module->name, name) == 0)
        return i;
    }
  g_error ("There is no layer %s", name);
}

/* Keras lists the layers of nested models among the others. Each is there with its class, also one without weights; those at the top stand
 * in the model's order. */
static void
assert_layers (AssayManifest *manifest, JsonObject *expected)
{
  JsonArray *layers = json_object_get_array_member (expected, "layers");
  guint32    last = 0;

  g_assert_cmpuint (json_array_get_length (layers), >, 0);
  for (guint i = 0; i < json_array_get_length (layers); i++)
    {
      JsonObject         *layer = json_array_get_object_element (layers, i);
      AssayManifestModule module;
      guint32             index = find_layer (manifest, json_object_get_string_member (layer, "name"), &module);

      g_assert_cmpstr (module.class_name, ==, json_object_get_string_member (layer, "class"));
      if (module.parent != 0)
        continue;
      g_assert_cmpuint (index, >, last);
      last = index;
    }
}

static void
assert_file (const char *folder, const char *name, const char *format, JsonObject *expected)
{
  g_autoptr (AssayManifest) manifest = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, name, NULL);
  const char      *class_name = truth_string (expected, "class");
  gboolean         has_config = class_name != NULL && (strcmp (class_name, "Functional") == 0 || strcmp (class_name, "Sequential") == 0);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  manifest = truth_open (folder, name);
  g_assert_cmpstr (assay_manifest_get_format (manifest), ==, format);
  if (!has_config)
    return;
  assert_weights (manifest, name, expected);
  if (g_str_has_suffix (name, ".weights.h5"))
    return;
  assert_layers (manifest, expected);
  assert_totals (manifest, expected);
}

static void
test_agrees_with_keras (gconstpointer folder)
{
  g_autoptr (JsonNode) node = truth_load (folder);
  JsonObject *expected = json_node_get_object (node);

  assert_file (folder, "model.h5", "keras-hdf5", expected);
  assert_file (folder, "model.keras", "keras-zip", expected);
  assert_file (folder, "model.weights.h5", "keras-weights-hdf5", expected);
}

/* tf.keras of Keras 2's time: the same tree, and the optimizer's state apart. */
static void
test_reads_keras_2 (gconstpointer folder)
{
  g_autoptr (JsonNode) node = truth_load (folder);
  g_autoptr (AssayManifest) manifest = truth_open (folder, "model.h5");
  guint n_optimizer = 0;

  g_assert_cmpstr (assay_manifest_get_format (manifest), ==, "keras-hdf5");
  assert_weights (manifest, "model.h5", json_node_get_object (node));
  assert_layers (manifest, json_node_get_object (node));
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable variable;
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, i);

      assay_manifest_get_variable (manifest, i, &variable);
      g_assert_cmpint (!!(variable.flags & ASSAY_FLAG_OPTIMIZER), ==, g_str_has_prefix (path, "optimizer/"));
      n_optimizer += !!(variable.flags & ASSAY_FLAG_OPTIMIZER);
    }
  g_assert_cmpuint (n_optimizer, >, 0);
}

/* Files of other years and kinds. */
static void
test_reads_extra (void)
{
  g_autoptr (JsonNode) node = truth_load ("keras-extra");
  JsonObject *files = json_node_get_object (node);
  g_autoptr (GList) names = json_object_get_members (files);

  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *entry = json_object_get_object_member (files, l->data);
      JsonArray  *tensors = json_object_has_member (entry, "tensors") ? json_object_get_array_member (entry, "tensors") : NULL;
      g_autoptr (AssayManifest) manifest = truth_open ("keras-extra", l->data);

      for (guint i = 0; tensors != NULL && i < json_array_get_length (tensors); i++)
        {
          JsonObject *tensor = json_array_get_object_element (tensors, i);
          gint64      index = truth_find (manifest, json_object_get_string_member (tensor, "key"));

          if (index < 0)
            g_error ("%s: %s is missing", (char *) l->data, json_object_get_string_member (tensor, "key"));
          truth_assert_variable (manifest, index, tensor, TRUE);
        }
    }
}

/* A subclassed model has no layers in its config: the file's own names tell. */
static void
test_names_subclassed (void)
{
  static const char *const names[] = { "model.keras", "model.weights.h5" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AssayManifest) manifest = truth_open ("keras/subclassed", names[i]);

      g_assert_cmpint (find_path (manifest, "step_0/kernel"), >=, 0);
      g_assert_cmpint (find_path (manifest, "head_b/bias"), >=, 0);
      g_assert_cmpint (find_path (manifest, "gate/0"), >=, 0);
    }
}

/* What quantising adds to a layer is called as Keras calls it, and isn't trained where Keras doesn't. */
static void
test_names_quantised (void)
{
  g_autoptr (JsonNode) node = truth_load ("keras-extra");
  JsonObject *paths = json_object_get_object_member (json_object_get_object_member (json_node_get_object (node), "quantised.keras"), "paths");
  g_autoptr (AssayManifest) manifest = truth_open ("keras-extra", "quantised.keras");
  g_autoptr (GList) keys = json_object_get_members (paths);

  g_assert_cmpuint (g_list_length (keys), ==, 22);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      JsonArray            *known = json_object_get_array_member (paths, l->data);
      gint64                index = truth_find (manifest, l->data);
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, index);
      g_autofree char      *whole = g_strconcat ("sequential/", path, NULL);
      AssayManifestVariable variable;

      assay_manifest_get_variable (manifest, index, &variable);
      g_assert_cmpstr (whole, ==, json_array_get_string_element (known, 0));
      g_assert_cmpint ((variable.flags & ASSAY_FLAG_NON_TRAINABLE) == 0, ==, json_array_get_boolean_element (known, 1));
    }
}

/* A layer's settings stand with it, as its config has them. */
static void
test_shows_settings (void)
{
  g_autoptr (AssayManifest) manifest = truth_open ("keras/sequential_cnn", "model.keras");

  for (guint32 i = 1; i < assay_manifest_get_n_modules (manifest); i++)
    {
      AssayManifestModule module;
      g_autofree char    *attributes = assay_manifest_dup_module_attributes (manifest, i);
      g_autoptr (JsonNode) node = attributes ? json_from_string (attributes, NULL) : NULL;

      assay_manifest_get_module (manifest, i, &module);
      if (strcmp (module.name, "frozen") != 0)
        continue;
      g_assert_nonnull (node);
      g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (json_node_get_object (node), "config"), "units"), ==, 6);
      return;
    }
  g_assert_not_reached ();
}

int
main (int argc, char **argv)
{
  static const char *const folders[] = { "keras/embedding_mask_lstm", "keras/merges_multi_io", "keras/mixed_dtypes", "keras/sequential_cnn",
                                         "keras/subclassed" };
  static const char *const old[] = { "keras2/cnn_functional", "keras2/rnn_sequential" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_strconcat ("/keras-reader/agrees-with-keras/", strrchr (folders[i], '/') + 1, NULL);

      g_test_add_data_func (path, folders[i], test_agrees_with_keras);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (old); i++)
    {
      g_autofree char *path = g_strconcat ("/keras-reader/reads-keras-2/", strrchr (old[i], '/') + 1, NULL);

      g_test_add_data_func (path, old[i], test_reads_keras_2);
    }
  g_test_add_func ("/keras-reader/reads-extra", test_reads_extra);
  g_test_add_func ("/keras-reader/names-quantised", test_names_quantised);
  g_test_add_func ("/keras-reader/names-subclassed", test_names_subclassed);
  g_test_add_func ("/keras-reader/shows-settings", test_shows_settings);
  return g_test_run ();
}
