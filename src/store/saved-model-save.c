/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/layer.h>
#include <string.h>

#include "checkpoint-file-private.h"
#include "replacement-private.h"
#include "saved-model-private.h"

/* A saved model while it is written. */
typedef struct
{
  GHashTable *numbers;   /* variable → node + 1 */
  GPtrArray  *constants; /* of AssayTensor */
  char       *untracked; /* what a function captures, but no object holds */
} Saving;

static gint64
put_capture (AssayValue *value, gpointer data)
{
  Saving        *self = data;
  AssayResource *resource = assay_value_get_resource (value);
  gint64         number = resource ? (gint64) GPOINTER_TO_UINT (g_hash_table_lookup (self->numbers, resource)) - 1 : -1;

  if (resource != NULL && number < 0 && self->untracked == NULL)
    self->untracked = g_strdup (assay_resource_get_name (resource));
  return number;
}

static guint
put_tensor (AssayTensor *tensor, gpointer data)
{
  Saving *self = data;
  guint   index;

  if (g_ptr_array_find (self->constants, tensor, &index))
    return index;
  g_ptr_array_add (self->constants, assay_tensor_ref (tensor));
  return self->constants->len - 1;
}

static gboolean
trace_one (AssayModule *module, AssayLibrary *library, AssayRunnable *runnable, const AssaySignature *signature, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  g_autofree char *name = assay_library_make_name (library, "call");
  AssayTrace      *trace = assay_trace_begin (library, name);
  AssayValue      *x = assay_trace_add_argument (trace, "x", signature->dtype, &signature->shape);
  AssayValue      *y = assay_module_call (module, x, error);
  g_autoptr (AssayFunction) function = NULL;

  if (y == NULL || !assay_trace_add_result (trace, "output_0", y, error))
    {
      assay_trace_abandon (trace);
      return FALSE;
    }
  function = assay_trace_end (trace);
  assay_runnable_add_signature (runnable, signature->name, function);
  return TRUE;
}

/* What the module was called with so far; a layer takes batches of any size. */
static AssaySignature *
list_calls (AssayModule *module, guint *n, char ***literals)
{
  const AssayModuleCall *calls = assay_module_get_calls (module, n);
  AssaySignature        *signatures = g_new0 (AssaySignature, *n + 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < *n; i++)
    {
      g_autofree char *name = i ? g_strdup_printf ("call_%u", i) : g_strdup ("serving_default");

      signatures[i].name = g_intern_string (name);
      signatures[i].dtype = calls[i].dtype;
      signatures[i].shape = calls[i].shape;
      if (ASSAY_IS_LAYER (module) && signatures[i].shape.rank > 0)
        signatures[i].shape.dims[0] = -1;
      g_strv_builder_add (builder, calls[i].literal ? calls[i].literal : "");
    }
  *literals = g_strv_builder_end (builder);
  return signatures;
}

static AssayRunnable *
trace_all (AssayModule *module, const AssaySignature *signatures, guint n, GError **error)
{
  g_autoptr (AssayLibrary) library = assay_library_new ();
  g_autoptr (AssayRunnable) runnable = assay_runnable_new (library);

  for (guint i = 0; i < n; i++)
    if (!trace_one (module, library, runnable, &signatures[i], error))
      return NULL;
  return g_steal_pointer (&runnable);
}

/* What can be called: what a loaded model brought along, or what is traced now. */
static AssayRunnable *
make_runnable (AssayModule *module, const AssaySignature *signatures, guint n, char ***literals, GError **error)
{
  g_autofree AssaySignature *called = NULL;

  *literals = NULL;
  if (ASSAY_IS_USER_OBJECT (module) && signatures == NULL)
    {
      AssayRunnable *known = assay_user_object_get_runnable (ASSAY_USER_OBJECT (module));

      *literals = g_strdupv (assay_user_object_get_literals (ASSAY_USER_OBJECT (module)));
      return known ? g_object_ref (known) : trace_all (module, NULL, 0, error);
    }
  if (signatures == NULL)
    signatures = called = list_calls (module, &n, literals);
  return trace_all (module, signatures, n, error);
}

JsonNode *
assay_signatures_to_json (AssayRunnable *runnable, char **literals)
{
  JsonArray *array = json_array_new ();
  guint      n_literals = literals ? g_strv_length (literals) : 0;

  for (guint i = 0; i < assay_runnable_get_n_signatures (runnable); i++)
    {
      const char    *name;
      AssayFunction *function = assay_runnable_get_signature (runnable, i, &name);
      JsonObject    *object = json_object_new ();

      assay_json_add_text (object, "name", name);
      assay_json_add_text (object, "function", assay_function_get_name (function));
      if (i < n_literals && *literals[i])
        assay_json_add_text (object, "literal", literals[i]);
      json_array_add_object_element (array, object);
    }
  return assay_json_wrap_array (array);
}

static char *
functions_to_json (Saving *self, AssayRunnable *runnable, char **literals)
{
  AssayFunctionStore store = { .put_capture = put_capture, .put_tensor = put_tensor, .data = self };
  g_autoptr (GPtrArray) functions = assay_library_list (assay_runnable_get_library (runnable));
  JsonArray  *array = json_array_new ();
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < functions->len; i++)
    json_array_add_element (array, assay_function_to_json (functions->pdata[i], &store));
  json_object_set_array_member (object, "functions", array);
  json_object_set_member (object, "signatures", assay_signatures_to_json (runnable, literals));
  node = assay_json_wrap_object (object);
  return json_to_string (node, FALSE);
}

static gboolean
add_constants (AssayGroupWriter *group, Saving *self, GError **error)
{
  for (guint i = 0; i < self->constants->len; i++)
    {
      g_autofree char *path = g_strdup_printf ("/saved_model/constants/%u", i);

      if (!assay_group_writer_add_tensor (group, path, self->constants->pdata[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (const char *path, AssayObjectGraph *graph, GArray *objects, const char *described, const char *functions, Saving *self, GError **error)
{
  g_autofree char *file = assay_checkpoint_file_path (path), *folder = g_path_get_dirname (file);
  g_autoptr (AssayReplacement) replacement = NULL;
  g_autoptr (AssayHdf5Writer) writer = NULL;
  g_auto (AssayGroupWriter) group = { 0 };

  g_mkdir_with_parents (folder, 0777);
  replacement = assay_replacement_new (file, assay_checkpoint_count_bytes (objects) + strlen (functions) + strlen (described), error);
  writer = replacement ? assay_hdf5_writer_create (assay_replacement_get_fd (replacement), error) : NULL;
  if (writer == NULL)
    return FALSE;
  assay_group_writer_init (&group, writer);
  return assay_group_writer_begin (&group, graph, objects, error) && assay_hdf5_writer_add_group (writer, "/saved_model", error) &&
         assay_group_writer_add_text (&group, "/saved_model/objects", described, error) &&
         assay_group_writer_add_text (&group, "/saved_model/functions", functions, error) && add_constants (&group, self, error) &&
         assay_group_writer_finish (&group, assay_replacement_get_fd (replacement), error) && assay_replacement_commit (replacement, error);
}

gboolean
assay_saved_model_save (AssayModule *module, const char *path, const AssaySignature *signatures, guint n_signatures, GError **error)
{
  g_autoptr (AssayItem) item = assay_item_new_object (module);
  g_auto (GStrv) literals = NULL;
  g_autoptr (AssayRunnable) runnable = make_runnable (module, signatures, n_signatures, &literals, error);
  g_autoptr (AssayObjectGraph) graph = NULL;
  g_autoptr (GArray) objects = NULL;
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) constants = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_tensor_unref);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *described = NULL, *functions = NULL;
  Saving           self = { numbers, constants, NULL };
  AssayLive        root;

  if (runnable == NULL)
    return FALSE;
  assay_live_of (item, &root);
  graph = assay_object_graph_new (&root, &objects);
  for (guint i = 0; i < objects->len; i++)
    g_hash_table_insert (numbers, g_array_index (objects, AssayLive, i).pointer, GUINT_TO_POINTER (i + 1));
  node = assay_objects_to_json (graph, objects);
  described = json_to_string (node, FALSE);
  functions = functions_to_json (&self, runnable, literals);
  if (self.untracked != NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND,
                   "Tried to export a function which references an 'untracked' resource. TensorFlow objects (e.g. tf.Variable) captured by functions must "
                   "be 'tracked' by assigning them to an attribute of a tracked object or assigned to an attribute of the main object directly. The "
                   "resource is the variable '%s:0'.",
                   self.untracked);
      g_free (self.untracked);
      return FALSE;
    }
  return write_file (path, graph, objects, described, functions, &self, error);
}
