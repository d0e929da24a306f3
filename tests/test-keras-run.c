/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras models run: fixtures against what Keras gave, weights of older files, and configs that lie. */

#include "keras-model.h"

#include "../src/layers/layers-private.h"
#include <assay/variable.h>
#include <math.h>

typedef AssayValue *(*Get) (AssayRun *run, guint index, const char **name);

static double
element (AssayValue *value, guint64 i)
{
  const void *data = assay_value_get_data (value);
  guint32     bits;
  float       f;

  switch (assay_value_get_dtype (value))
    {
    case ASSAY_DTYPE_FLOAT32:
      return ((const float *) data)[i];
    case ASSAY_DTYPE_FLOAT64:
      return ((const double *) data)[i];
    case ASSAY_DTYPE_INT32:
      return ((const gint32 *) data)[i];
    case ASSAY_DTYPE_BOOL:
      return ((const guint8 *) data)[i];
    case ASSAY_DTYPE_BFLOAT16:
      bits = (guint32) ((const guint16 *) data)[i] << 16;
      memcpy (&f, &bits, sizeof f);
      return f;
    case ASSAY_DTYPE_FLOAT16:
      bits = ((const guint16 *) data)[i];
      f = ldexpf ((bits & 0x7c00) ? (bits & 0x3ff) + 1024 : bits & 0x3ff, MAX ((int) (bits >> 10 & 31), 1) - 25);
      return bits & 0x8000 ? -f : f;
    default:
      g_assert_not_reached ();
    }
}

/* |Δ| ≤ 2e-5 + 1e-4 |x|; a model of 16 bits within 2e-2 of the largest. */
static void
assert_close (const char *name, AssayValue *found, AssayValue *wanted, gboolean narrow)
{
  guint64 n = assay_tensor_get_n_elements (assay_value_get_tensor (wanted));
  double  largest = 0;

  if (!assay_partial_shape_equal (assay_value_get_shape (found), assay_value_get_shape (wanted)))
    g_error ("%s has another shape", name);
  for (guint64 i = 0; i < n; i++)
    largest = MAX (largest, fabs (element (wanted, i)));
  for (guint64 i = 0; i < n; i++)
    {
      double a = element (found, i), b = element (wanted, i);

      if (!(fabs (a - b) <= (narrow ? 2e-2 * largest : 2e-5 + 1e-4 * fabs (b))))
        g_error ("%s[%" G_GUINT64_FORMAT "] is %g, not %g", name, i, a, b);
    }
}

/* Every array of an npz is among the run's. */
static guint
assert_npz (const char *folder, const char *file, AssayRun *run, guint n, Get get, gboolean narrow)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, file, NULL);
  g_autoptr (AssayManifest) wanted = model_open (path);

  for (guint32 i = 0; i < assay_manifest_get_n_variables (wanted); i++)
    {
      AssayManifestVariable facts;
      gboolean              there = FALSE;

      assay_manifest_get_variable (wanted, i, &facts);
      for (guint k = 0; k < n && !there; k++)
        {
          const char *name;
          AssayValue *found = get (run, k, &name);
          g_autoptr (AssayValue) value = NULL;

          if (!g_str_equal (name, facts.key))
            continue;
          /* NumPy has no bfloat16; Keras 3 wrote it as float32. */
          value = model_read (wanted, i);
          assert_close (name, found, value, narrow);
          there = TRUE;
        }
      if (!there)
        g_error ("%s/%s: there is no %s", folder, file, facts.key);
    }
  return assay_manifest_get_n_variables (wanted);
}

static AssayRunnable *
import_file (const char *folder, const char *file, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", folder, file, NULL);
  g_autoptr (AssayManifest) manifest = model_open (path);

  return assay_import (manifest, NULL, NULL, NULL, error);
}

static void
test_fixture (gconstpointer data)
{
  g_auto (GStrv) words = g_strsplit (data, ":", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = import_file (words[0], words[1], &error);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", words[0], "inputs.npz", NULL);
  g_autoptr (AssayManifest) inputs = model_open (path);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_autoptr (AssayRun) run = NULL;
  AssayFunction *function;
  guint          n;
  gboolean       narrow = strstr (words[0], "mixed") != NULL;

  g_assert_no_error (error);
  function = assay_runnable_find_signature (runnable, NULL, &error);
  n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);
  for (guint i = 0; i < n; i++)
    {
      gint64 index = n == 1 ? 0 : model_find (inputs, assay_function_get_operation (function, i)->name);

      g_assert_cmpint (index, >=, 0);
      g_ptr_array_add (values, model_read (inputs, index));
    }
  run = assay_runnable_run (runnable, NULL, (AssayValue **) values->pdata, n, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (assert_npz (words[0], "outputs.npz", run, assay_run_get_n_outputs (run), assay_run_get_output, narrow), >, 0);
  g_assert_cmpuint (assert_npz (words[0], "activations.npz", run, assay_run_get_n_activations (run), assay_run_get_activation, narrow), >, 3);
}

static void
test_refuses_subclassed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayRunnable) runnable = import_file ("keras/subclassed", "model.keras", &error);

  g_assert_null (runnable);
  g_assert_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "GatedModel"));
  g_assert_nonnull (strstr (error->message, "SavedModel"));
}

/* A context of variables "dense/kernel" [4, 3]…: those of a file will do. */
static AssayRunnable *
import_text (const char *text, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "keras", "sequential_cnn", "model.keras", NULL);
  g_autoptr (AssayManifest) manifest = model_open (path);
  g_autoptr (AssayImportContext) context = assay_import_context_new (manifest, NULL, NULL, NULL);

  return assay_keras_import_config (context, text, error);
}

#define INPUT "{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"x\", \"batch_shape\": [null, 4], \"dtype\": \"float32\"}, \"name\": \"x\", \"inbound_nodes\": []}"
#define LAYER(class_name, name, config, from) \
  "{\"class_name\": \"" class_name "\", \"config\": {\"name\": \"" name "\", \"trainable\": true" config "}, \"name\": \"" name "\", \"inbound_nodes\": [[[\"" from "\", 0, 0, {}]]]}"
#define FUNCTIONAL(layers, output) \
  "{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [" INPUT ", " layers "], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"" output "\", 0, 0]]}}"

static const struct
{
  const char *name, *text, *says;
} lies[] = {
  { "circle", FUNCTIONAL (LAYER ("Dropout", "a", "", "b") ", " LAYER ("Dropout", "b", "", "a"), "b"), "circle" },
  { "itself", FUNCTIONAL (LAYER ("Dropout", "a", "", "a"), "a"), "circle" },
  { "no such layer", FUNCTIONAL (LAYER ("Dropout", "a", "", "nobody"), "a"), "tensor" },
  { "no such output", FUNCTIONAL (LAYER ("Dropout", "a", "", "x"), "nobody"), "output_layers" },
  { "twice", FUNCTIONAL (LAYER ("Dropout", "a", "", "x") ", " LAYER ("Dropout", "a", "", "x"), "a"), "two layers" },
  { "huge", FUNCTIONAL (LAYER ("Dense", "a", ", \"units\": 1000000000", "x"), "a"), "variable kernel" },
  { "repeated", FUNCTIONAL (LAYER ("Reshape", "a", ", \"target_shape\": [1000000000, 1000000000]", "x"), "a"), "target_shape" },
  { "lambda", FUNCTIONAL (LAYER ("Lambda", "a", ", \"function\": \"4wEAAAA=\"", "x"), "a"), "Layer a is a Lambda" },
  { "unknown", FUNCTIONAL (LAYER ("Frobnicate", "a", "", "x"), "a"), "Frobnicate" },
  { "custom", FUNCTIONAL (LAYER ("mine>Dense", "a", "", "x"), "a"), "mine>Dense" },
  { "own, of Keras' name", FUNCTIONAL ("{\"module\": null, \"class_name\": \"Flatten\", \"registered_name\": \"Flatten\", \"config\": {\"name\": \"a\"}, \"name\": \"a\", \"inbound_nodes\": [[[\"x\", 0, 0, {}]]]}", "a"), "whose code is not in the file" },
  { "another library's", FUNCTIONAL ("{\"module\": \"keras_hub.layers\", \"class_name\": \"Flatten\", \"registered_name\": \"Flatten\", \"config\": {\"name\": \"a\"}, \"name\": \"a\", \"inbound_nodes\": [[[\"x\", 0, 0, {}]]]}", "a"), "whose code is not in the file" },
  { "no layers", "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": []}}", "no layers" },
  { "no model", "{\"class_name\": \"Dense\", \"config\": {\"name\": \"m\", \"units\": 3}}", "not of a model" },
  { "array", "[1, 2]", "no JSON object" },
  { "cut short", "{\"class_name\": \"Sequential\"", "" },
};

static void
test_lies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayRunnable) runnable = import_text (lies[i].text, &error);

      g_assert_null (runnable);
      g_assert_nonnull (error);
      if (strstr (error->message, lies[i].says) == NULL || strchr (error->message, '\n') != NULL)
        g_error ("%s: %s", lies[i].name, error->message);
    }
}

/* A hundred models in each other; a megabyte of a name; a third of a million layers. */
static void
test_sizes (void)
{
  g_autoptr (GString) deep = g_string_new (""), wide = g_string_new ("");
  g_autofree char *name = g_strnfill (3 << 20, 'n');
  g_autofree char *named = g_strdup_printf ("{\"class_name\": \"Functional\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"%s\", \"config\": {}}]}}", name);
  const char      *texts[3];

  for (int i = 0; i < 100; i++)
    g_string_append (deep, "{\"class_name\": \"TimeDistributed\", \"config\": {\"name\": \"t\", \"layer\": ");
  g_string_append (deep, "{\"class_name\": \"Flatten\", \"config\": {}}");
  for (int i = 0; i < 100; i++)
    g_string_append (deep, "}}");
  g_string_append (wide, "{\"class_name\": \"Sequential\", \"config\": [");
  for (int i = 0; i < 300000; i++)
    g_string_append (wide, i > 0 ? ", {\"class_name\": \"Flatten\"}" : "{\"class_name\": \"Flatten\"}");
  g_string_append (wide, "]}");
  texts[0] = deep->str;
  texts[1] = named;
  texts[2] = wide->str;
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AssayRunnable) runnable = import_text (texts[i], &error);

      g_assert_null (runnable);
      g_assert_nonnull (error);
      g_assert_cmpuint (strlen (error->message), <, 1000);
    }
}

static AssayResource *
make_variable (guint rank, const guint64 *shape, const float *values)
{
  guint64 n = 1;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AssayTensor) tensor = NULL;

  for (guint i = 0; i < rank; i++)
    n *= shape[i];
  bytes = g_bytes_new (values, n * sizeof *values);
  tensor = assay_tensor_new (ASSAY_DTYPE_FLOAT32, rank, shape, bytes, NULL);
  return ASSAY_RESOURCE (assay_variable_new_full (tensor, "variable", TRUE));
}

/* Calls a layer at once, on [2, 3, 2]. */
static AssayValue *
call_layer (const char *text, GArray *weights, const char *backend, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  AssayKerasContext context = { .prefix = "", .version = 2, .backend = backend };
  g_autoptr (AssayKerasLayer) layer = assay_keras_layer_new (json_node_get_object (node), weights, &context, error);
  AssayKerasTensor in, out;
  float            x[12];
  const gint64     dims[] = { 2, 3, 2 };

  if (layer == NULL)
    return NULL;
  for (int i = 0; i < 12; i++)
    x[i] = sinf (i + 1);
  in = (AssayKerasTensor){ assay_constant (3, dims, x), NULL };
  return assay_keras_layer_call_one (layer, &context, in, &out, error) ? out.value : NULL;
}

static void
add_weight (GArray *weights, const char *path, guint rank, const guint64 *shape, const float *values)
{
  AssayKerasWeight weight = { path, make_variable (rank, shape, values) };

  g_array_append_val (weights, weight);
}

static void
clear_weight (gpointer data)
{
  g_object_unref (((AssayKerasWeight *) data)->resource);
}

static GArray *
weights_new (void)
{
  GArray *weights = g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));

  g_array_set_clear_func (weights, clear_weight);
  return weights;
}

#define UNITS 2
#define FEATURES 2

/* What CuDNN keeps of a kernel, the other way round than the layer turns it: each gate as k.T.reshape (k.shape, order="F") undone. */
static void
to_cudnn (float *out, const float *in, int rows, int n_gates, gboolean is_input)
{
  for (int g = 0; g < n_gates; g++)
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < UNITS; j++)
        {
          /* is_input: result[i, j] = source.ravel ()[j rows + i]; else result[i, j] = source[j, i]. */
          int at = is_input ? j * rows + i : j * UNITS + i;

          out[(at / UNITS) * UNITS * n_gates + g * UNITS + at % UNITS] = in[i * UNITS * n_gates + g * UNITS + j];
        }
}

static void
test_cudnn (gconstpointer data)
{
  gboolean lstm = g_str_equal (data, "LSTM");
  int      n_gates = lstm ? 4 : 3, width = n_gates * UNITS;
  float    kernel[FEATURES * 4 * UNITS], recurrent[UNITS * 4 * UNITS], bias[8 * UNITS], turned[2][UNITS * 4 * UNITS], sum[4 * UNITS];
  g_autoptr (GArray) plain = weights_new (), cudnn = weights_new ();
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue      *a, *b;
  g_autofree char *text = g_strdup_printf ("{\"class_name\": \"%s\", \"config\": {\"name\": \"r\", \"units\": %d, \"reset_after\": true, \"return_sequences\": true}}", (const char *) data, UNITS);

  for (int i = 0; i < FEATURES * width; i++)
    kernel[i] = cosf (3 * i);
  for (int i = 0; i < UNITS * width; i++)
    recurrent[i] = cosf (5 * i + 1);
  for (int i = 0; i < 2 * width; i++)
    bias[i] = sinf (7 * i);
  for (int i = 0; i < width; i++)
    sum[i] = bias[i] + bias[width + i];
  to_cudnn (turned[0], kernel, FEATURES, n_gates, TRUE);
  to_cudnn (turned[1], recurrent, UNITS, n_gates, FALSE);
  add_weight (plain, "cell/kernel", 2, (guint64[]){ FEATURES, width }, kernel);
  add_weight (plain, "cell/recurrent_kernel", 2, (guint64[]){ UNITS, width }, recurrent);
  add_weight (plain, "cell/bias", lstm ? 1 : 2, lstm ? (guint64[]){ width, 0 } : (guint64[]){ 2, width }, lstm ? sum : bias);
  add_weight (cudnn, "kernel", 2, (guint64[]){ FEATURES, width }, turned[0]);
  add_weight (cudnn, "recurrent_kernel", 2, (guint64[]){ UNITS, width }, turned[1]);
  add_weight (cudnn, "bias", 1, (guint64[]){ 2 * width }, bias);
  a = call_layer (text, plain, NULL, &error);
  g_assert_no_error (error);
  b = call_layer (text, cudnn, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (assay_value_get_dim (a, 1), ==, 3);
  assert_close (data, b, a, FALSE);
}

/* One array a gate, in the order of Keras 1; and Theano's kernels, which are the other way round. */
static void
test_keras_1 (void)
{
  static const char order[] = "ifco";
  const char       *text = "{\"class_name\": \"LSTM\", \"config\": {\"name\": \"r\", \"output_dim\": 2, \"inner_activation\": \"hard_sigmoid\"}}";
  g_autoptr (GArray) plain = weights_new (), gates = weights_new ();
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  float kernel[16], recurrent[16], bias[8];

  for (int i = 0; i < 16; i++)
    {
      kernel[i] = cosf (i);
      recurrent[i] = sinf (2 * i);
      bias[i / 2] = i / 10.0f;
    }
  for (int g = 0; g < 4; g++)
    {
      float part[3][4];

      for (int i = 0; i < 4; i++)
        {
          part[0][i] = kernel[i / 2 * 8 + g * 2 + i % 2];
          part[1][i] = recurrent[i / 2 * 8 + g * 2 + i % 2];
          part[2][i / 2] = bias[g * 2 + i / 2];
        }
      for (int k = 0; k < 3; k++)
        {
          g_ptr_array_add (paths, g_strdup_printf ("lstm_1_%c_%c", "WUb"[k], order[g]));
          add_weight (gates, paths->pdata[paths->len - 1], k < 2 ? 2 : 1, (guint64[]){ 2, 2 }, part[k]);
        }
    }
  add_weight (plain, "kernel", 2, (guint64[]){ 2, 8 }, kernel);
  add_weight (plain, "recurrent_kernel", 2, (guint64[]){ 2, 8 }, recurrent);
  add_weight (plain, "bias", 1, (guint64[]){ 8 }, bias);
  assert_close ("lstm", call_layer (text, gates, NULL, &error), call_layer (text, plain, NULL, &error), FALSE);
  g_assert_no_error (error);
}

static void
test_theano (void)
{
  const char *text = "{\"class_name\": \"Conv1D\", \"config\": {\"name\": \"c\", \"filters\": 1, \"kernel_size\": [2], \"strides\": [1], \"padding\": \"valid\", \"use_bias\": false}}";
  const float kernel[] = { 1, 2, 3, 4 }, flipped[] = { 3, 4, 1, 2 };
  g_autoptr (GArray) plain = weights_new (), turned = weights_new ();
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;

  add_weight (plain, "kernel", 3, (guint64[]){ 2, 2, 1 }, kernel);
  add_weight (turned, "kernel", 3, (guint64[]){ 2, 2, 1 }, flipped);
  assert_close ("conv", call_layer (text, turned, "theano", &error), call_layer (text, plain, NULL, &error), FALSE);
  g_assert_no_error (error);
}

/* The layers that keras.applications has beside Keras' own: x gamma, and x as it is. */
static void
test_applications (void)
{
  static const float gamma[] = { 0.5f, -2 };
  g_autoptr (GArray) weights = weights_new (), none = weights_new ();
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autoptr (GError) error = NULL;
  AssayValue  *scaled, *same;
  const float *a, *b;

  add_weight (weights, "variable", 1, (guint64[]){ 2 }, gamma);
  scaled = call_layer ("{\"class_name\": \"LayerScale\", \"config\": {\"name\": \"s\", \"init_values\": 1e-6, \"projection_dim\": 2}}", weights, NULL, &error);
  g_assert_no_error (error);
  same = call_layer ("{\"class_name\": \"StochasticDepth\", \"config\": {\"name\": \"d\", \"drop_path_rate\": 0.1}}", none, NULL, &error);
  g_assert_no_error (error);
  a = assay_tensor_get_data (assay_value_get_tensor (scaled));
  b = assay_tensor_get_data (assay_value_get_tensor (same));
  for (int i = 0; i < 12; i++)
    {
      g_assert_cmpfloat (b[i], ==, sinf (i + 1));
      g_assert_cmpfloat (a[i], ==, b[i] * gamma[i % 2]);
    }
}

int
main (int argc, char **argv)
{
  static const char *const fixtures[] = {
    "keras/embedding_mask_lstm:model.keras",
    "keras/merges_multi_io:model.keras",
    "keras/merges_multi_io:model.h5",
    "keras/mixed_dtypes:model.keras",
    "keras/mixed_dtypes:model.h5",
    "keras/sequential_cnn:model.keras",
    "keras/sequential_cnn:model.h5",
    "keras2/cnn_functional:model.keras",
    "keras2/cnn_functional:model.h5",
    "keras2/rnn_sequential:model.keras",
    "keras2/rnn_sequential:model.h5",
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autofree char *name = g_strdup_printf ("/keras-run/as-keras/%s", fixtures[i]);

      g_test_add_data_func (name, fixtures[i], test_fixture);
    }
  g_test_add_func ("/keras-run/refuses-a-subclassed-model", test_refuses_subclassed);
  g_test_add_func ("/keras-run/lies-are-one-sentence", test_lies);
  g_test_add_func ("/keras-run/sizes-are-bounded", test_sizes);
  g_test_add_data_func ("/keras-run/converts-cudnn-lstm", "LSTM", test_cudnn);
  g_test_add_data_func ("/keras-run/converts-cudnn-gru", "GRU", test_cudnn);
  g_test_add_func ("/keras-run/converts-keras-1", test_keras_1);
  g_test_add_func ("/keras-run/converts-theano", test_theano);
  g_test_add_func ("/keras-run/applications", test_applications);
  return g_test_run ();
}
