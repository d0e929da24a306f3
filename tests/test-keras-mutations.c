/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Configs of Keras models, changed at random: each gives a model that runs or one sentence, never a crash, and takes bounded memory.
 * ASSAY_MUTATIONS says how many (300 by default), ASSAY_SEED which. With the files that the project's sessions share, all of their
 * models are changed, too. */

#include "keras-model.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>

#define MAX_BYTES (256u << 20)

/* A place in a config: a member of an object, or an element of an array. */
typedef struct
{
  JsonNode   *container;
  const char *member;
  guint       index;
} Place;

typedef struct
{
  char          *path;
  AssayManifest *manifest;
  char          *text;
} Model;

static void
model_clear (gpointer data)
{
  Model *model = data;

  g_free (model->path);
  g_free (model->text);
  g_object_unref (model->manifest);
}

static void
add_model (GArray *models, const char *folder, const char *file)
{
  Model model = { .path = g_build_filename (folder, file, NULL) };

  if (!g_file_test (model.path, G_FILE_TEST_EXISTS))
    {
      g_free (model.path);
      return;
    }
  model.manifest = model_open (model.path);
  model.text = assay_manifest_dup_module_attribute (model.manifest, 0, ".config");
  g_assert_nonnull (model.text);
  g_array_append_val (models, model);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
add_models (GArray *models, const char *root)
{
  static const char *const kinds[] = { "keras", "keras2" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *folder = g_build_filename (root, kinds[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (names, g_build_filename (folder, name, NULL));
      g_ptr_array_sort (names, compare_names);
      for (guint k = 0; k < names->len; k++)
        add_model (models, names->pdata[k], k % 2 ? "model.h5" : "model.keras");
    }
}

static void
collect (JsonNode *node, GArray *places, guint depth)
{
  if (depth > 40)
    return;
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) members = json_object_get_members (json_node_get_object (node));

      for (GList *l = members; l != NULL; l = l->next)
        {
          Place place = { node, l->data, 0 };

          g_array_append_val (places, place);
          collect (json_object_get_member (json_node_get_object (node), l->data), places, depth + 1);
        }
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      {
        Place place = { node, NULL, i };

        g_array_append_val (places, place);
        collect (json_array_get_element (json_node_get_array (node), i), places, depth + 1);
      }
}

static JsonNode *
get_place (const Place *place)
{
  return place->member ? json_object_get_member (json_node_get_object (place->container), place->member)
                       : json_array_get_element (json_node_get_array (place->container), place->index);
}

static JsonNode *
make_text (GRand *rand)
{
  static const char *const texts[] = { "", "relu", "softmax", "same", "valid", "causal", "channels_first", "channels_last", "float16", "bfloat16",
                                       "float64", "int32", "mixed_float16", "nonsense", "Infinity", "NaN", "linear", "hard_sigmoid", "x", "concat",
                                       "Dense", "LSTM", "Functional", "Sequential", "Lambda", "Flatten", "Conv2D", "Bidirectional", "Dot", "GRU" };
  JsonNode                *node = json_node_new (JSON_NODE_VALUE);

  if (g_rand_int_range (rand, 0, 30) == 0)
    {
      g_autofree char *long_text = g_strnfill (g_rand_int_range (rand, 1, 200000), 'a');

      json_node_set_string (node, long_text);
    }
  else
    json_node_set_string (node, texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
  return node;
}

static JsonNode *
make_number (GRand *rand)
{
  static const gint64 numbers[] = { 0, 1, -1, 2, 3, 5, 7, 64, 1000, 65536, 1000000000, G_MAXINT32, G_MININT32, G_MAXINT64, G_MININT64 };
  static const double fractions[] = { 0.5, -1.5, 1e300, -1e300, 0.0, 1e9, 3.0 };
  JsonNode           *node = json_node_new (JSON_NODE_VALUE);

  if (g_rand_int_range (rand, 0, 4) == 0)
    json_node_set_double (node, fractions[g_rand_int_range (rand, 0, G_N_ELEMENTS (fractions))]);
  else
    json_node_set_int (node, numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))]);
  return node;
}

/* json_node_copy() only refers to what is inside. */
static JsonNode *
copy_deeply (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);
  JsonNode        *copy = json_from_string (text, NULL);

  return copy ? copy : json_node_new (JSON_NODE_NULL);
}

static JsonNode *
make_other (GRand *rand, GArray *places)
{
  JsonNode *node = NULL;

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      return json_node_new (JSON_NODE_NULL);
    case 1:
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_boolean (node, g_rand_boolean (rand));
      return node;
    case 2:
      return json_from_string ("[]", NULL);
    case 3:
      return json_from_string (g_rand_boolean (rand) ? "{}" : "[[[[[[[[[[[[1]]]]]]]]]]]]", NULL);
    default:
      return copy_deeply (get_place (&g_array_index (places, Place, g_rand_int_range (rand, 0, places->len))));
    }
}

static void
put (const Place *place, JsonNode *node)
{
  if (place->member != NULL)
    json_object_set_member (json_node_get_object (place->container), place->member, node);
  else
    {
      /* json-glib can't replace an element: all behind it are added again. */
      JsonArray *array = json_node_get_array (place->container);
      guint      n = json_array_get_length (array);

      json_array_add_element (array, node);
      for (guint i = place->index + 1; i < n; i++)
        json_array_add_element (array, json_node_copy (json_array_get_element (array, i)));
      for (guint i = place->index; i < n; i++)
        json_array_remove_element (array, place->index);
    }
}

static void
change (GRand *rand, JsonNode *root)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  const Place *place;
  int          what = g_rand_int_range (rand, 0, 10);

  collect (root, places, 0);
  if (places->len == 0)
    return;
  place = &g_array_index (places, Place, g_rand_int_range (rand, 0, places->len));
  if (what < 4)
    put (place, make_number (rand));
  else if (what < 6)
    put (place, make_text (rand));
  else if (what < 8)
    put (place, make_other (rand, places));
  else if (place->member != NULL && what == 8)
    json_object_remove_member (json_node_get_object (place->container), place->member);
  else if (place->member == NULL && what == 8)
    json_array_remove_element (json_node_get_array (place->container), place->index);
  else if (place->member == NULL)
    json_array_add_element (json_node_get_array (place->container), copy_deeply (get_place (place)));
}

static char *
mutate (GRand *rand, const char *text)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  char *out;

  g_assert_nonnull (root);
  for (int i = g_rand_int_range (rand, 1, 4); i > 0; i--)
    change (rand, root);
  out = json_to_string (root, FALSE);
  if (g_rand_int_range (rand, 0, 20) == 0 && *out != '\0')
    out[g_rand_int_range (rand, 0, strlen (out))] = g_rand_int_range (rand, 1, 128);
  return out;
}

/* An input of the spec, with what isn't known chosen; NULL if it is too large for this. */
static AssayValue *
make_input (GRand *rand, const AssayValueSpec *spec)
{
  guint64 shape[ASSAY_GRAPH_MAX_RANK], n = 1;
  guint   rank = MAX (spec->shape.rank, 0);
  gsize   item_size = assay_dtype_get_info (spec->dtype)->item_size;
  guint8 *data;
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < rank; i++)
    {
      shape[i] = spec->shape.dims[i] >= 0 ? (guint64) spec->shape.dims[i] : i == 0 ? 2
                                                                                   : 5;
      if (shape[i] > 100000 || (n *= shape[i]) > 100000)
        return NULL;
    }
  data = g_malloc0 (n * item_size + 1);
  for (guint64 i = 0; i < n; i++)
    if (spec->dtype == ASSAY_DTYPE_FLOAT32)
      ((float *) data)[i] = g_rand_double_range (rand, -2, 2);
    else if (spec->dtype == ASSAY_DTYPE_INT32)
      ((gint32 *) data)[i] = g_rand_int_range (rand, 0, 6);
  bytes = g_bytes_new_take (data, n * item_size);
  return assay_value_new_take (assay_tensor_new (spec->dtype, rank, shape, bytes, NULL));
}

static void
assert_sentence (const GError *error, const char *what)
{
  g_assert_nonnull (error);
  if (strchr (error->message, '\n') != NULL || strlen (error->message) > 2000 || *error->message == '\0')
    g_error ("%s: no sentence: %.3000s", what, error->message);
}

static gboolean
run_model (GRand *rand, AssayRunnable *runnable, const char *what)
{
  g_autoptr (GError) error = NULL;
  AssayFunction *function = assay_runnable_get_signature (runnable, 0, NULL);
  g_autoptr (AssayPlan) plan = assay_plan_new (assay_runnable_get_library (runnable), function, TRUE, &error);
  guint           n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function), n_results;
  AssayRunOptions options = { .max_bytes = MAX_BYTES };
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_autofree AssayValue **results = NULL;
  gboolean                good;

  if (plan == NULL)
    {
      assert_sentence (error, what);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      AssayValue *value = make_input (rand, &assay_function_get_operation (function, i)->outputs[0]);

      if (value == NULL)
        return FALSE;
      g_ptr_array_add (values, value);
    }
  assay_function_get_results (function, &n_results);
  results = g_new0 (AssayValue *, MAX (n_results, 1));
  good = assay_plan_run (plan, (AssayValue **) values->pdata, n, &options, results, &error);
  if (!good)
    assert_sentence (error, what);
  for (guint i = 0; i < n_results; i++)
    g_clear_pointer (&results[i], assay_value_unref);
  return good;
}

static void
test_mutations (void)
{
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (Model));
  const char      *count = g_getenv ("ASSAY_MUTATIONS"), *seed = g_getenv ("ASSAY_SEED"), *shared = g_getenv ("ASSAY_SHARED");
  guint            n = count ? strtoul (count, NULL, 10) : 300, n_made = 0, n_run = 0;
  g_autofree char *root = g_test_build_filename (G_TEST_DIST, "data", NULL);
  g_autofree char *fixtures = shared ? g_build_filename (shared, "fixtures/tensorflow", NULL) : NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed ? strtoul (seed, NULL, 10) : 1);

  g_array_set_clear_func (models, model_clear);
  add_models (models, fixtures ? fixtures : root);
  g_assert_cmpuint (models->len, >, 3);
  for (guint i = 0; i < n; i++)
    {
      const Model     *model = &g_array_index (models, Model, g_rand_int_range (rand, 0, models->len));
      g_autofree char *text = mutate (rand, model->text);
      g_autofree char *what = g_strdup_printf ("mutation %u of %s", i, model->path);
      g_autoptr (AssayImportContext) context = assay_import_context_new (model->manifest, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayRunnable) runnable = NULL;

      if (g_getenv ("ASSAY_LAST") != NULL)
        g_file_set_contents (g_getenv ("ASSAY_LAST"), text, -1, NULL);
      runnable = assay_keras_import_config (context, text, &error);
      if (runnable == NULL)
        assert_sentence (error, what);
      else
        n_run += run_model (rand, runnable, what);
      n_made += runnable != NULL;
    }
  g_test_message ("%u mutations: %u models were made, %u ran", n, n_made, n_run);
  /* Some changes do no harm: if none ran, this tests nothing. */
  g_assert_cmpuint (n_run, >, n / 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keras-mutations/one-sentence-or-a-model", test_mutations);
  return g_test_run ();
}
