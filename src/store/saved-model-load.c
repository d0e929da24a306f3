/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/memory-source.h>
#include <assay/reader-session.h>
#include <string.h>

#include "restore-private.h"
#include "saved-model-private.h"

/* A saved model while it is loaded. */
typedef struct
{
  AssayManifest *manifest;
  GHashTable    *by_key;    /* key → number in the manifest + 1 */
  GPtrArray     *variables; /* by node; NULL for what is none */
} Loading;

static AssayTensor *
read_key (Loading *self, const char *key, GError **error)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, key));
  g_autoptr (AssaySource) source = NULL;

  if (number == 0)
    return assay_json_damaged ("a value is missing", error);
  source = assay_manifest_dup_source (self->manifest, number - 1, error);
  return source ? assay_source_read_tensor (source, NULL, error) : NULL;
}

static AssayValue *
get_capture (gint64 number, gpointer data, GError **error)
{
  Loading *self = data;

  if (number < 0 || number >= self->variables->len || self->variables->pdata[number] == NULL)
    return assay_json_damaged ("a function captures a variable that isn't there", error);
  return assay_value_new_resource (self->variables->pdata[number]);
}

static AssayTensor *
get_tensor (gint64 number, gpointer data, GError **error)
{
  g_autofree char *key = g_strdup_printf ("saved_model/constants/%" G_GINT64_FORMAT, number);

  return read_key (data, key, error);
}

static gboolean
add_signatures (AssayRunnable *runnable, JsonArray *array, char ***literals, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode      *node = json_array_get_element (array, i);
      JsonObject    *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char    *name = object ? assay_json_get_text (object, "name") : NULL, *called = object ? assay_json_get_text (object, "function") : NULL;
      const char    *literal = object ? assay_json_get_text (object, "literal") : NULL;
      AssayFunction *function = name && called ? assay_library_get (assay_runnable_get_library (runnable), called) : NULL;

      if (function == NULL)
        return assay_json_damaged ("a signature has no function", error) != NULL;
      assay_runnable_add_signature (runnable, name, function);
      g_strv_builder_add (builder, literal ? literal : "");
    }
  if (literals != NULL)
    *literals = g_strv_builder_end (builder);
  return TRUE;
}

AssayRunnable *
assay_runnable_from_json (const char *json, const AssayFunctionStore *store, char ***literals, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode   *root = json && json_parser_load_from_data (parser, json, -1, NULL) ? json_parser_get_root (parser) : NULL;
  JsonObject *object = root && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  JsonArray  *functions = object ? assay_json_get_array (object, "functions") : NULL;
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (library);

  if (functions == NULL)
    return assay_json_damaged ("it has no functions", error);
  for (guint i = 0; i < json_array_get_length (functions); i++)
    {
      g_autoptr (AssayFunction) function = assay_function_from_json (json_array_get_element (functions, i), store, error);

      if (function == NULL)
        return NULL;
      assay_library_add (library, function);
    }
  return add_signatures (runnable, assay_json_get_array (object, "signatures"), literals, error) ? g_steal_pointer (&runnable) : NULL;
}

/* Makes the variables, with their values. */
static gboolean
make_variables (Loading *self, AssayObjectGraph *graph, GError **error)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      AssayGraphNode *node = assay_object_graph_get (graph, i);
      g_autoptr (AssayTensor) tensor = NULL;

      g_ptr_array_add (self->variables, NULL);
      /* Tables and iterators have other values. */
      if (node->key == NULL || strcmp (node->attribute, "VARIABLE_VALUE") != 0)
        continue;
      tensor = read_key (self, node->key, error);
      if (tensor == NULL)
        return FALSE;
      if (assay_tensor_get_rank (tensor) > ASSAY_GRAPH_MAX_RANK)
        return assay_json_damaged ("a variable has too many dimensions", error) != NULL;
      self->variables->pdata[i] = assay_variable_new_full (tensor, node->full_name, TRUE);
    }
  return TRUE;
}

static void
unref_if_any (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
}

static AssayModule *
load (Loading *self, GError **error)
{
  g_autofree char *graph_json = assay_manifest_dup_module_attribute (self->manifest, 0, ".object_graph");
  g_autofree char *objects_json = assay_manifest_dup_module_attribute (self->manifest, 0, ".objects");
  g_autofree char *functions_json = assay_manifest_dup_module_attribute (self->manifest, 0, ".functions");
  g_autoptr (AssayObjectGraph) graph = assay_object_graph_parse (graph_json, error);
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (AssayModule) root = NULL;
  g_autoptr (AssayRunnable) runnable = NULL;
  g_auto (GStrv) literals = NULL;
  AssayFunctionStore store = { .get_capture = get_capture, .get_tensor = get_tensor, .data = self };

  if (graph == NULL || !make_variables (self, graph, error))
    return NULL;
  if (!json_parser_load_from_data (parser, objects_json ? objects_json : "", -1, NULL))
    return assay_json_damaged ("its objects can't be read", error);
  root = assay_objects_from_json (json_parser_get_root (parser), self->variables, error);
  runnable = root ? assay_runnable_from_json (functions_json, &store, &literals, error) : NULL;
  if (runnable == NULL)
    return NULL;
  assay_user_object_set_runnable (ASSAY_USER_OBJECT (root), runnable, literals);
  return g_steal_pointer (&root);
}

/* A SavedModel of TensorFlow's: its objects by the graph of its checkpoint. */
static AssayModule *
load_tensorflow (Loading *self, GError **error)
{
  g_autofree char *graph_json = assay_manifest_dup_module_attribute (self->manifest, 0, ".object_graph");
  g_autofree char *program = assay_manifest_dup_module_attribute (self->manifest, 0, ".program");
  g_autoptr (AssayObjectGraph) graph = assay_object_graph_parse (graph_json, error);
  AssayModule *root;

  if (graph == NULL || !make_variables (self, graph, error))
    return NULL;
  root = assay_objects_from_graph (graph, self->variables);
  assay_user_object_set_foreign (ASSAY_USER_OBJECT (root), strstr (program, "\"concrete\":[{") != NULL);
  return root;
}

AssayModule *
assay_saved_model_load (const char *path, GError **error)
{
  g_autoptr (AssayManifest) manifest = assay_checkpoint_open (path, error);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) variables = g_ptr_array_new_with_free_func (unref_if_any);
  g_autofree char *objects = manifest ? assay_manifest_dup_module_attribute (manifest, 0, ".objects") : NULL;
  g_autofree char *program = manifest ? assay_manifest_dup_module_attribute (manifest, 0, ".program") : NULL;
  Loading          self = { manifest, by_key, variables };

  if (manifest == NULL)
    return NULL;
  if (objects == NULL && program == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "“%s” is no saved model of ours: it has no objects, only values", path);
      return NULL;
    }
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      g_hash_table_insert (by_key, (gpointer) assay_checkpoint_strip_key (manifest, facts.key), GUINT_TO_POINTER (i + 1));
    }
  return objects ? load (&self, error) : load_tensorflow (&self, error);
}
