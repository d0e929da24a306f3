/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow's SavedModels: signatures and tf.functions become functions of ours. Source: tensorflow/python/saved_model/load.py and
 * function_deserialization.py; for graphs of TensorFlow 1 loader_impl.py. */

#include <assay/memory-source.h>
#include <string.h>

#include "../store/object-graph-private.h"
#include "saved-model-private.h"

#define MAX_SIGNATURES 1000

static void
argument_clear (gpointer data)
{
  g_free (((AssayProgramArgument *) data)->name);
}

static AssayDtype
type_of (JsonObject *object)
{
  const char *name = assay_program_text (object, "type");

  return name ? assay_dtype_from_name (name) : ASSAY_DTYPE_INVALID;
}

/* The shapes that a function's argument was traced with, if the file says. */
static AssayPartialShape
argument_shape (JsonObject *function, guint index)
{
  JsonArray *all = assay_program_list (function, "arg_attrs");

  for (guint i = 0; all != NULL && i < json_array_get_length (all); i++)
    {
      JsonObject *entry = assay_program_element (all, i);
      JsonObject *shapes = assay_program_object (assay_program_object (entry, "attr"), "_output_shapes");
      JsonArray  *list = assay_program_list (assay_program_object (shapes, "list"), "shape");

      if (entry != NULL && assay_program_number (json_object_get_member (entry, "arg")) == index && list != NULL && json_array_get_length (list) > 0)
        return assay_program_shape (json_array_get_element (list, 0));
    }
  return assay_partial_shape_unknown ();
}

/* What a function's results are called in the file. */
static gboolean
list_results (JsonObject *function, const char **wanted, guint n, GError **error)
{
  JsonArray *outs = assay_program_list (function, "outs"), *ret = assay_program_list (function, "ret");

  for (guint i = 0; i < n; i++)
    {
      const char *name = assay_program_text (assay_program_element (outs, i), "name");

      wanted[i] = NULL;
      for (guint k = 0; ret != NULL && k < json_array_get_length (ret); k++)
        if (g_strcmp0 (assay_program_text (assay_program_element (ret, k), "name"), name) == 0)
          wanted[i] = assay_program_text (assay_program_element (ret, k), "tensor");
      if (wanted[i] == NULL)
        return assay_program_damaged ("a function has no result", error);
    }
  return TRUE;
}

gboolean
assay_program_convert (AssayProgram *self, const char *name, guint depth, GError **error)
{
  JsonObject                *function = g_hash_table_lookup (self->functions, name);
  JsonArray                 *args = assay_program_list (function, "args"), *outs = assay_program_list (function, "outs");
  guint                      n = outs ? json_array_get_length (outs) : 0;
  g_autofree const char    **wanted = g_new0 (const char *, n + 1);
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, n + 1);
  g_autoptr (AssayFunctionBuilder) builder = NULL;
  g_autoptr (GArray) arguments = g_array_new (FALSE, FALSE, sizeof (AssayProgramArgument));
  g_autoptr (AssayFunction) made = NULL;

  if (assay_library_get (self->library, name) != NULL)
    return TRUE;
  if (function == NULL || !g_hash_table_add (self->converting, (gpointer) name))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, function ? "Function %s calls itself" : "Function %s isn't there", name);
      return FALSE;
    }
  g_array_set_clear_func (arguments, argument_clear);
  builder = assay_function_builder_new (name);
  for (guint i = 0; args != NULL && i < json_array_get_length (args); i++)
    {
      JsonObject          *json = assay_program_element (args, i);
      const char          *called = assay_program_text (json, "name");
      AssayValueSpec       spec = { type_of (json), argument_shape (function, i) };
      AssayProgramArgument argument = { g_strdup (called ? called : "") };

      argument.ref = assay_function_builder_add_argument (builder, argument.name, &spec);
      g_array_append_val (arguments, argument);
    }
  if (!list_results (function, wanted, n, error) || !assay_program_emit (self, builder, function, arguments, wanted, n, refs, depth, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    assay_function_builder_add_result (builder, assay_program_text (assay_program_element (outs, i), "name"), refs[i]);
  made = assay_function_builder_finish (builder);
  assay_library_add (self->library, made);
  g_hash_table_remove (self->converting, name);
  return TRUE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (assay_program_text (*(JsonObject *const *) a, "name"), assay_program_text (*(JsonObject *const *) b, "name"));
}

/* Inputs or outputs of a signature in the order of their names: that of the function's arguments and results. */
static GPtrArray *
sort_entries (JsonArray *list)
{
  GPtrArray *sorted = g_ptr_array_new ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    if (assay_program_element (list, i) != NULL)
      g_ptr_array_add (sorted, assay_program_element (list, i));
  g_ptr_array_sort (sorted, compare_entries);
  return sorted;
}

/* An object that a function brings along: a variable's handle, or a constant of the main graph. What can't be had is told of if it is used. */
static AssayOutputRef
add_bound (AssayProgram *self, AssayFunctionBuilder *builder, gint64 object)
{
  guint          number = GPOINTER_TO_UINT (g_hash_table_lookup (self->variables, GINT_TO_POINTER (object + 1)));
  JsonObject    *json = object >= 0 && object < G_MAXINT32 ? assay_program_element (self->objects, object) : NULL;
  AssayResource *resource = number ? assay_program_resource (self, number - 1, NULL) : NULL;
  AssayValue    *value;
  AssayOutputRef ref = { G_MAXUINT32, 0 };
  const char    *constant = g_strcmp0 (assay_program_text (json, "kind"), "constant") == 0 ? assay_program_text (json, "name") : NULL;
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (AssayProgramArgument));

  if (resource != NULL)
    {
      value = assay_value_new_resource (resource);
      ref = assay_function_builder_add_capture (builder, assay_resource_get_name (resource), value);
      assay_value_unref (value);
      assay_program_note_handle (self, builder, ref, resource);
    }
  else if (constant != NULL && !assay_program_emit (self, builder, NULL, nothing, &constant, 1, &ref, 0, NULL))
    ref.operation = G_MAXUINT32;
  return ref;
}

/* The function of a signature, or of an object's attribute (then @signature is NULL). */
static AssayFunction *
make_function (AssayProgram *self, const char *name, const char *concrete, JsonObject *signature, GError **error)
{
  JsonObject *function = g_hash_table_lookup (self->functions, concrete);
  JsonArray  *args = assay_program_list (function, "args"), *outs = assay_program_list (function, "outs");
  JsonArray  *bound = g_hash_table_lookup (self->bound, concrete);
  guint       n_args = args ? json_array_get_length (args) : 0, n_bound = bound ? json_array_get_length (bound) : 0;
  guint       n = outs ? json_array_get_length (outs) : 0;
  g_autoptr (GPtrArray) inputs = sort_entries (assay_program_list (signature, "inputs"));
  g_autoptr (GPtrArray) outputs = sort_entries (assay_program_list (signature, "outputs"));
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new (name);
  g_autoptr (GArray) arguments = g_array_new (FALSE, FALSE, sizeof (AssayProgramArgument));
  g_autofree const char    **wanted = g_new0 (const char *, n + 1);
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, n + 1);

  g_array_set_clear_func (arguments, argument_clear);
  if (function == NULL || n_bound > n_args)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Function %s isn't there, or takes fewer arguments than it captures", concrete);
      return NULL;
    }
  for (guint i = 0; i < n_args; i++)
    {
      JsonObject          *json = assay_program_element (args, i), *input = i < inputs->len ? inputs->pdata[i] : NULL;
      const char          *called = assay_program_text (json, "name"), *shown = called;
      AssayValueSpec       spec = { type_of (json), argument_shape (function, i) };
      AssayProgramArgument argument = { g_strdup (called ? called : "") };

      if (i >= n_args - n_bound)
        argument.ref = add_bound (self, builder, assay_program_number (json_array_get_element (bound, i - (n_args - n_bound))));
      else
        {
          if (input != NULL)
            {
              spec.shape = assay_program_shape (json_object_get_member (input, "shape"));
              shown = assay_program_text (input, "name");
            }
          argument.ref = assay_function_builder_add_argument (builder, shown ? shown : "x", &spec);
        }
      g_array_append_val (arguments, argument);
    }
  if (!list_results (function, wanted, n, error) || !assay_program_emit (self, builder, function, arguments, wanted, n, refs, 0, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *numbered = g_strdup_printf ("output_%u", i);
      const char      *shown = i < outputs->len ? assay_program_text (outputs->pdata[i], "name") : NULL;

      assay_function_builder_add_result (builder, shown ? shown : numbered, refs[i]);
    }
  return assay_function_builder_finish (builder);
}

/* A signature of a graph of TensorFlow 1: tensors of the main graph are fed and fetched. */
static AssayFunction *
make_from_graph (AssayProgram *self, JsonObject *signature, GError **error)
{
  g_autoptr (GPtrArray) inputs = sort_entries (assay_program_list (signature, "inputs"));
  g_autoptr (GPtrArray) outputs = sort_entries (assay_program_list (signature, "outputs"));
  g_autoptr (AssayFunctionBuilder) builder = assay_function_builder_new (assay_program_text (signature, "name"));
  g_autoptr (GArray) arguments = g_array_new (FALSE, FALSE, sizeof (AssayProgramArgument));
  g_autofree const char    **wanted = g_new0 (const char *, outputs->len + 1);
  g_autofree AssayOutputRef *refs = g_new0 (AssayOutputRef, outputs->len + 1);

  g_array_set_clear_func (arguments, argument_clear);
  for (guint i = 0; i < inputs->len; i++)
    {
      const char          *tensor = assay_program_text (inputs->pdata[i], "tensor"), *name = assay_program_text (inputs->pdata[i], "name");
      AssayValueSpec       spec = { type_of (inputs->pdata[i]), assay_program_shape (json_object_get_member (inputs->pdata[i], "shape")) };
      AssayProgramArgument argument = { g_strdup (tensor ? tensor : "") };
      AssayProgramArgument also;

      argument.ref = assay_function_builder_add_argument (builder, name ? name : "x", &spec);
      g_array_append_val (arguments, argument);
      if (g_str_has_suffix (argument.name, ":0"))
        {
          also = (AssayProgramArgument){ g_strndup (argument.name, strlen (argument.name) - 2), argument.ref };
          g_array_append_val (arguments, also);
        }
    }
  for (guint i = 0; i < outputs->len; i++)
    {
      wanted[i] = assay_program_text (outputs->pdata[i], "tensor");
      if (wanted[i] == NULL && !assay_program_damaged ("an output names no tensor", error))
        return NULL;
    }
  if (!assay_program_emit (self, builder, NULL, arguments, wanted, outputs->len, refs, 0, error))
    return NULL;
  for (guint i = 0; i < outputs->len; i++)
    assay_function_builder_add_result (builder, assay_program_text (outputs->pdata[i], "name"), refs[i]);
  return assay_function_builder_finish (builder);
}

/* A child of an object by its name; -1 if there is none. */
static gint64
find_child (AssayProgram *self, gint64 object, const char *name)
{
  JsonArray *children = assay_program_list (assay_program_element (self->objects, object), "children");

  for (guint i = 0; children != NULL && i < json_array_get_length (children); i++)
    {
      JsonObject *child = assay_program_element (children, i);

      if (g_strcmp0 (assay_program_text (child, "name"), name) == 0)
        return assay_program_number (json_object_get_member (child, "node"));
    }
  return -1;
}

/* The concrete functions of an object, if it is a function. */
static GPtrArray *
list_concrete (AssayProgram *self, gint64 object)
{
  GPtrArray  *names = g_ptr_array_new ();
  JsonObject *json = object >= 0 && object < G_MAXINT32 ? assay_program_element (self->objects, object) : NULL;
  const char *kind = assay_program_text (json, "kind");
  JsonArray  *concrete = assay_program_list (json, "concrete");

  if (g_strcmp0 (kind, "bare_function") == 0 && assay_program_text (json, "name") != NULL)
    g_ptr_array_add (names, (gpointer) assay_program_text (json, "name"));
  for (guint i = 0; g_strcmp0 (kind, "function") == 0 && concrete != NULL && i < json_array_get_length (concrete); i++)
    {
      JsonNode *node = json_array_get_element (concrete, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_ptr_array_add (names, (gpointer) json_node_get_string (node));
    }
  return names;
}

static gboolean
add_signature (AssayProgram *self, AssayRunnable *runnable, JsonObject *signature, GError **error)
{
  const char *name = assay_program_text (signature, "name");
  gint64      signatures = self->objects ? find_child (self, 0, "signatures") : -1;
  g_autoptr (GPtrArray) concrete = signatures >= 0 && signatures < G_MAXINT32 ? list_concrete (self, find_child (self, signatures, name)) : NULL;
  g_autoptr (AssayFunction) function = NULL;

  if (concrete != NULL && concrete->len > 0)
    function = make_function (self, name, concrete->pdata[0], signature, error);
  else
    function = make_from_graph (self, signature, error);
  if (function == NULL)
    return FALSE;
  assay_runnable_add_signature (runnable, name, function);
  return TRUE;
}

static gboolean
has_signature (AssayRunnable *runnable, const char *name)
{
  for (guint i = 0; i < assay_runnable_get_n_signatures (runnable); i++)
    {
      const char *other;

      assay_runnable_get_signature (runnable, i, &other);
      if (strcmp (other, name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* tf.functions of the root that are no signatures: "__call__", "serve", and each further concrete function numbered. */
static gboolean
add_functions (AssayProgram *self, AssayRunnable *runnable, GError **error)
{
  JsonArray *children = assay_program_list (assay_program_element (self->objects, 0), "children");

  for (guint i = 0; children != NULL && i < json_array_get_length (children) && assay_runnable_get_n_signatures (runnable) < MAX_SIGNATURES; i++)
    {
      JsonObject *child = assay_program_element (children, i);
      const char *name = assay_program_text (child, "name");
      g_autoptr (GPtrArray) concrete = child ? list_concrete (self, assay_program_number (json_object_get_member (child, "node"))) : NULL;

      for (guint k = 0; concrete != NULL && name != NULL && k < concrete->len; k++)
        {
          g_autofree char *numbered = k ? g_strdup_printf ("%s_%u", name, k) : g_strdup (name);
          g_autoptr (GError) problem = NULL;
          g_autoptr (AssayFunction) function = NULL;

          if (has_signature (runnable, numbered))
            continue;
          function = make_function (self, numbered, concrete->pdata[k], NULL, &problem);

          /* A function that can't be run doesn't keep the others from it. */
          if (function != NULL)
            assay_runnable_add_signature (runnable, numbered, function);
          else if (error != NULL && *error == NULL && assay_runnable_get_n_signatures (runnable) == 0)
            g_propagate_error (error, g_steal_pointer (&problem));
        }
    }
  return TRUE;
}

/* Which variable each object is: both graphs, the SavedModel's and the checkpoint's, are walked side by side. */
static void
pair_variables (AssayProgram *self)
{
  g_autofree char *json = assay_manifest_dup_module_attribute (assay_import_context_get_manifest (self->context), 0, ".object_graph");
  g_autoptr (AssayObjectGraph) graph = json ? assay_object_graph_parse (json, NULL) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, 2 * sizeof (guint32));
  guint32 pair[2] = { 0, 0 };

  if (graph == NULL || self->objects == NULL)
    return;
  g_array_append_vals (queue, pair, 1);
  g_hash_table_add (seen, GUINT_TO_POINTER (1));
  for (guint i = 0; i < queue->len; i++)
    {
      guint32         object = ((guint32 *) queue->data)[i * 2], number = ((guint32 *) queue->data)[i * 2 + 1];
      AssayGraphNode *node = assay_object_graph_get (graph, number);
      guint           variable = node->key ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_key, node->key)) : 0;

      if (variable > 0)
        g_hash_table_insert (self->variables, GUINT_TO_POINTER (object + 1), GUINT_TO_POINTER (variable));
      for (guint k = 0; k < node->edges->len; k++)
        {
          const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, k);
          gint64                child = find_child (self, object, edge->name);

          if (child < 0 || child >= json_array_get_length (self->objects) || !g_hash_table_add (seen, GUINT_TO_POINTER ((guint) child + 1)))
            continue;
          pair[0] = child;
          pair[1] = edge->node;
          g_array_append_vals (queue, pair, 1);
        }
    }
}

static void
index_program (AssayProgram *self)
{
  AssayManifest *manifest = assay_import_context_get_manifest (self->context);
  JsonArray     *functions = assay_program_list (self->root, "functions"), *concrete = assay_program_list (self->root, "concrete");

  for (guint i = 0; functions != NULL && i < json_array_get_length (functions); i++)
    {
      JsonObject *function = assay_program_element (functions, i);
      const char *name = assay_program_text (function, "name");

      if (name != NULL)
        g_hash_table_insert (self->functions, (gpointer) name, function);
    }
  for (guint i = 0; concrete != NULL && i < json_array_get_length (concrete); i++)
    {
      JsonObject *entry = assay_program_element (concrete, i);
      const char *name = assay_program_text (entry, "name");

      if (name != NULL && assay_program_list (entry, "bound") != NULL)
        g_hash_table_insert (self->bound, (gpointer) name, assay_program_list (entry, "bound"));
    }
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      g_hash_table_insert (self->by_key, (gpointer) facts.key, GUINT_TO_POINTER (i + 1));
    }
  pair_variables (self);
}

/* TensorFlow Serving's own name first: it is what is meant if none is named. */
static int
compare_signatures (gconstpointer a, gconstpointer b)
{
  const char *left = assay_program_text (*(JsonObject *const *) a, "name"), *right = assay_program_text (*(JsonObject *const *) b, "name");
  gboolean    left_first = g_strcmp0 (left, "serving_default") == 0, right_first = g_strcmp0 (right, "serving_default") == 0;

  return left_first != right_first ? right_first - left_first : g_strcmp0 (left, right);
}

static AssayRunnable *
make_runnable (AssayProgram *self, GError **error)
{
  g_autoptr (GPtrArray) signatures = sort_entries (assay_program_list (self->root, "signatures"));
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (self->library);
  g_autoptr (GError) problem = NULL;

  g_ptr_array_sort (signatures, compare_signatures);
  for (guint i = 0; i < signatures->len && i < MAX_SIGNATURES; i++)
    {
      JsonObject *signature = signatures->pdata[i];
      const char *name = assay_program_text (signature, "name");
      g_autoptr (GError) reason = NULL;

      if (name == NULL || strcmp (name, "__saved_model_init_op") == 0)
        continue;
      if (!add_signature (self, runnable, signature, &reason) && reason != NULL)
        assay_runnable_add_failure (runnable, name, reason);
      if (reason != NULL && problem == NULL)
        problem = g_steal_pointer (&reason);
    }
  if (self->objects != NULL)
    add_functions (self, runnable, problem ? NULL : &problem);
  if (assay_runnable_get_n_signatures (runnable) > 0)
    return g_steal_pointer (&runnable);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "There is nothing to call in this SavedModel: it holds values only.");
  return NULL;
}

static gboolean
fits (AssayManifest *manifest)
{
  g_autofree char *program = assay_manifest_dup_module_attribute (manifest, 0, ".program");

  return program != NULL;
}

static AssayRunnable *
import (AssayImportContext *context, GError **error)
{
  g_autofree char *json = assay_manifest_dup_module_attribute (assay_import_context_get_manifest (context), 0, ".program");
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GHashTable) functions = g_hash_table_new (g_str_hash, g_str_equal), bound = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) variables = g_hash_table_new (NULL, NULL), by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) resources = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref), converting = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) assigned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) handles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (AssayLibrary) library = assay_library_new ();
  AssayProgram self = { .handles = handles, .assigned = assigned, .context = context, .functions = functions, .bound = bound, .variables = variables, .by_key = by_key, .resources = resources, .library = library, .converting = converting };
  JsonNode    *root = json_parser_load_from_data (parser, json, -1, NULL) ? json_parser_get_root (parser) : NULL;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      assay_program_damaged ("it isn't there", error);
      return NULL;
    }
  self.root = json_node_get_object (root);
  self.objects = assay_program_list (self.root, "objects");
  if (self.objects != NULL && json_array_get_length (self.objects) == 0)
    self.objects = NULL;
  index_program (&self);
  return make_runnable (&self, error);
}

const AssayImporter assay_saved_model_importer = { fits, import };
