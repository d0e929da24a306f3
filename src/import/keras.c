/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras files: the model's config is traced into a function, with the file's variables as what it captures. */

#include "../base/json-scan-private.h"
#include "../layers/layers-private.h"
#include "keras-private.h"

#include <string.h>

/* More settings than that aren't a model's. */
#define MAX_CONFIG (64u << 20)

/* A file's variables, with their paths without the root. */
typedef struct
{
  GPtrArray *paths;
  GPtrArray *resources;
  GArray    *weights;
} Variables;

static void
variables_clear (Variables *variables)
{
  g_clear_pointer (&variables->paths, g_ptr_array_unref);
  g_clear_pointer (&variables->resources, g_ptr_array_unref);
  g_clear_pointer (&variables->weights, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Variables, variables_clear)

static gboolean
collect (AssayImportContext *context, Variables *variables, GError **error)
{
  AssayManifest *manifest = assay_import_context_get_manifest (context);
  guint32        n = assay_manifest_get_n_variables (manifest);

  variables->paths = g_ptr_array_new_with_free_func (g_free);
  variables->resources = g_ptr_array_new_with_free_func (g_object_unref);
  variables->weights = g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));
  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestVariable facts;
      AssayKerasWeight      weight;

      assay_manifest_get_variable (manifest, i, &facts);
      if (facts.flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN) || facts.dtype == ASSAY_DTYPE_STRING || facts.rank > ASSAY_GRAPH_MAX_RANK)
        continue;
      weight.resource = assay_import_variable (context, i, error);
      if (weight.resource == NULL)
        return FALSE;
      g_ptr_array_add (variables->resources, weight.resource);
      g_ptr_array_add (variables->paths, assay_manifest_dup_variable_path (manifest, i));
      weight.path = variables->paths->pdata[variables->paths->len - 1];
      g_array_append_val (variables->weights, weight);
    }
  return TRUE;
}

static JsonNode *
parse (const char *text, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  AssayJsonScan scan = { text, text, text + strlen (text) };

  if (strlen (text) > MAX_CONFIG)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, "The model's config has %zu bytes, more than the %u that are read.", strlen (text), MAX_CONFIG);
      return NULL;
    }
  if (!assay_json_scan_value (&scan, 0, error) || !json_parser_load_from_data (parser, text, -1, error))
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The model's config is no JSON object.");
      return NULL;
    }
  return json_node_ref (json_parser_get_root (parser));
}

/* A text attribute of the root: JSON, so in quotes. */
static char *
dup_text (AssayManifest *manifest, const char *name)
{
  g_autofree char *json = assay_manifest_dup_module_attribute (manifest, 0, name);
  gsize            n = json ? strlen (json) : 0;

  return n >= 2 && *json == '"' ? g_strndup (json + 1, n - 2) : NULL;
}

/* 1 to 3: by what the file says, else by how it says what layers are called with. */
static int
find_version (AssayManifest *manifest, const char *config)
{
  g_autofree char *version = dup_text (manifest, "keras_version");
  g_autofree char *metadata = assay_manifest_dup_module_attribute (manifest, 0, "metadata");
  const char      *key = metadata ? strstr (metadata, "\"keras_version\":\"") : NULL;
  const char      *digits = version ? version : key ? key + strlen ("\"keras_version\":\"")
                                                    : NULL;

  if (digits != NULL && *digits >= '1' && *digits <= '3')
    return *digits - '0';
  if (strstr (config, "\"__keras_tensor__\"") != NULL || strstr (config, "\"DTypePolicy\"") != NULL)
    return 3;
  return strstr (config, "\"nb_filter\"") != NULL || strstr (config, "\"border_mode\"") != NULL ? 1 : 2;
}

static gboolean
trace_call (AssayKerasLayer *model, AssayKerasContext *context, AssayTrace *trace, GError **error)
{
  g_autoptr (AssayKerasCall) call = assay_keras_call_new (context, error);
  guint n = assay_keras_model_get_n_inputs (model);

  for (guint i = 0; i < n; i++)
    {
      AssayPartialShape shape;
      AssayDtype        dtype;
      const char       *name = assay_keras_model_get_input (model, i, &dtype, &shape);
      AssayKerasTensor  tensor = { assay_trace_add_argument (trace, name, dtype, &shape), NULL };

      if (i == 0)
        assay_keras_call_add (call, tensor);
      else
        {
          AssayKerasArg *first = call->args->pdata[0];

          if (first->items == NULL)
            first->items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
          g_ptr_array_add (first->items, assay_keras_arg_new (tensor));
        }
    }
  if (!assay_keras_layer_call (model, call))
    return FALSE;
  for (guint i = 0; i < call->outputs->len; i++)
    {
      g_autofree char *name = assay_keras_model_dup_output_name (model, i, call->outputs->len);

      if (!assay_trace_add_result (trace, name, g_array_index (call->outputs, AssayKerasTensor, i).value, error))
        return FALSE;
    }
  return TRUE;
}

static AssayRunnable *
trace_model (AssayKerasLayer *model, AssayKerasContext *context, GError **error)
{
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (library);
  g_autoptr (AssayPool) pool = assay_pool_push ();
  AssayTrace *trace = assay_trace_begin (library, "serving_default");
  g_autoptr (AssayFunction) function = NULL;

  if (!trace_call (model, context, trace, error))
    {
      assay_trace_abandon (trace);
      return NULL;
    }
  function = assay_trace_end (trace);
  assay_runnable_add_signature (runnable, "serving_default", function);
  return g_steal_pointer (&runnable);
}

AssayRunnable *
assay_keras_import_config (AssayImportContext *context, const char *text, GError **error)
{
  AssayManifest   *manifest = assay_import_context_get_manifest (context);
  g_autofree char *backend = dup_text (manifest, "backend");
  g_autoptr (JsonNode) config = parse (text, error);
  g_auto (Variables) variables = { NULL };
  AssayKerasContext keras = { .prefix = "", .backend = backend };
  g_autoptr (AssayKerasLayer) model = NULL;

  if (config == NULL || !collect (context, &variables, error))
    return NULL;
  keras.version = find_version (manifest, text);
  model = assay_keras_layer_new (json_node_get_object (config), variables.weights, &keras, error);
  if (model == NULL)
    return NULL;
  if (!(model->klass->flags & ASSAY_KERAS_IS_MODEL))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "The file's config is of a %.200s, not of a model.", model->klass->name);
      return NULL;
    }
  keras.n_calls = 0;
  return trace_model (model, &keras, error);
}

static AssayRunnable *
import_keras (AssayImportContext *context, GError **error)
{
  g_autofree char *text = assay_manifest_dup_module_attribute (assay_import_context_get_manifest (context), 0, ".config");

  return assay_keras_import_config (context, text, error);
}

static gboolean
is_keras (AssayManifest *manifest)
{
  g_autofree char *config = assay_manifest_dup_module_attribute (manifest, 0, ".config");

  return config != NULL;
}

const AssayImporter assay_keras_importer = { is_keras, import_keras };
