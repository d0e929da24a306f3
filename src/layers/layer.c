/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Layers: made from their configs, called with their inputs cast, masks handed on. */

#include "layers-private.h"

#include <string.h>

static const AssayKerasClass lambdas[] = {
  { "TFOpLambda", assay_keras_tf_operation, 0, ASSAY_KERAS_NO_CAST },
  { "SlicingOpLambda", assay_keras_tf_operation, 0, ASSAY_KERAS_NO_CAST },
  { NULL },
};

static const AssayKerasClass *const tables[] = {
  assay_keras_core_classes,
  assay_keras_model_classes,
  assay_keras_merging_classes,
  assay_keras_convolution_classes,
  assay_keras_pooling_classes,
  assay_keras_normalization_classes,
  assay_keras_reshaping_classes,
  assay_keras_attention_classes,
  assay_keras_recurrent_classes,
  assay_keras_wrapper_classes,
  assay_keras_preprocessing_classes,
  lambdas,
};

static const AssayKerasClass *
look_up (const AssayKerasClass *const *list, guint n, const char *name)
{
  for (guint t = 0; t < n; t++)
    for (const AssayKerasClass *klass = list[t]; klass->name != NULL; klass++)
      if (g_str_equal (klass->name, name))
        return klass;
  return NULL;
}

/* Keras 3 notes the module; in .h5 files an operator is known by having none of what every layer has. */
static gboolean
is_operator (JsonObject *entry, JsonObject *config)
{
  const char *module = assay_keras_string (entry, "module", NULL);

  if (module != NULL)
    return g_str_has_prefix (module, "keras.src.ops") || g_str_has_prefix (module, "keras.ops");
  return config != NULL && assay_keras_member (config, "dtype") == NULL && assay_keras_member (config, "trainable") == NULL &&
         assay_keras_member (entry, "inbound_nodes") != NULL;
}

/* The one class that Keras 2 itself registers as a stranger: of InceptionResNetV2. */
#define APPLICATION_CLASS "Custom>CustomScaleLayer"

/* "keras.layers", but not "keras_hub.layers". */
static gboolean
is_of_keras (const char *module)
{
  static const char *const packages[] = { "keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras" };

  for (gsize i = 0; module != NULL && i < G_N_ELEMENTS (packages); i++)
    if (g_str_has_prefix (module, packages[i]) && strchr (".", module[strlen (packages[i])]) != NULL)
      return TRUE;
  return FALSE;
}

/* What somebody registered, or wrote without registering it: an own class may have the name of one of Keras'. */
static gboolean
is_custom (JsonObject *entry, const char *class_name)
{
  const char *registered = assay_keras_string (entry, "registered_name", NULL), *module = assay_keras_string (entry, "module", NULL);

  if (g_str_equal (class_name, APPLICATION_CLASS) || (is_of_keras (module) && g_strcmp0 (registered, APPLICATION_CLASS) == 0))
    return FALSE;
  if (json_object_has_member (entry, "module") && registered != NULL && !is_of_keras (module))
    return TRUE;
  return strchr (class_name, '>') != NULL || (registered != NULL && strchr (registered, '>') != NULL && !g_str_has_prefix (registered, "keras"));
}

static const AssayKerasClass *
find_class (JsonObject *entry, const char *class_name, JsonObject *config)
{
  static const AssayKerasClass *const operators[] = { assay_keras_operator_classes, assay_keras_array_operator_classes };
  const AssayKerasClass              *klass = NULL;

  if (is_custom (entry, class_name))
    return NULL;
  if (g_str_equal (class_name, APPLICATION_CLASS))
    class_name = strchr (class_name, '>') + 1;
  if (is_operator (entry, config))
    klass = look_up (operators, G_N_ELEMENTS (operators), class_name);
  if (klass == NULL)
    klass = look_up (tables, G_N_ELEMENTS (tables), class_name);
  /* Some operators have a dtype, too. */
  if (klass == NULL && config != NULL && assay_keras_member (config, "trainable") == NULL)
    klass = look_up (operators, G_N_ELEMENTS (operators), class_name);
  return klass;
}

static gboolean
refuse_class (JsonObject *entry, const char *class_name, const char *name, GError **error)
{
  const char *registered = assay_keras_string (entry, "registered_name", NULL);

  if (g_str_equal (class_name, "Lambda"))
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                 "Layer %.200s is a Lambda: its Python code is never executed. The model's SavedModel can be run instead.", name);
  else if (is_custom (entry, class_name))
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                 "Layer %.200s is of the class %.200s, whose code is not in the file. The model's SavedModel can be run instead.", name,
                 registered && strchr (registered, '>') ? registered : class_name);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                 "Layer %.200s is of the class %.200s, which isn't known here. The model's SavedModel can be run instead.", name, class_name);
  return FALSE;
}

/* {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}, or "int8_from_float32". Weights of 8 bits are
 * read by those classes that say so (ASSAY_KERAS_INT8); everything else is refused. */
static gboolean
find_quantization (AssayKerasLayer *self, const char **text, GError **error)
{
  JsonObject *policy = assay_keras_object (self->config, "dtype");
  JsonObject *config = assay_keras_object (policy, "config");
  const char *mode = assay_keras_string (config, "mode", NULL), *from = strstr (*text, "_from_");
  gboolean    is_int8 = mode ? g_str_equal (mode, "int8") : from != NULL && g_str_has_prefix (*text, "int8_from_");

  if (mode == NULL && from == NULL)
    return TRUE;
  if (!is_int8 || !(self->klass->flags & ASSAY_KERAS_INT8))
    return assay_keras_refuse (self, error, "is quantised (%.100s), which can't be run; the model's SavedModel can be run instead", mode ? mode : *text);
  *text = mode ? assay_keras_string (config, "source_name", "float32") : from + strlen ("_from_");
  self->is_int8 = TRUE;
  return TRUE;
}

/* "float16", "mixed_float16", {"class_name": "DTypePolicy", "config": {"name": …}}: what a layer computes in. */
static gboolean
find_dtype (AssayKerasLayer *self, GError **error)
{
  const char *text = assay_keras_string (self->config, "dtype", NULL);

  if (text == NULL)
    text = assay_keras_string (assay_keras_object (assay_keras_object (self->config, "dtype"), "config"), "name", "float32");
  if (!find_quantization (self, &text, error))
    return FALSE;
  if (g_str_has_prefix (text, "mixed_"))
    text += strlen ("mixed_");
  self->compute_dtype = assay_dtype_from_name (text);
  return TRUE;
}

AssayKerasLayer *
assay_keras_layer_new (JsonObject *entry, GArray *weights, AssayKerasContext *context, GError **error)
{
  const char            *class_name = assay_keras_string (entry, "class_name", "");
  JsonObject            *config = assay_keras_object (entry, "config");
  const char            *name = assay_keras_string (config, "name", assay_keras_string (entry, "name", ""));
  const AssayKerasClass *klass = find_class (entry, class_name, config);
  g_autoptr (AssayKerasLayer) self = NULL;

  if (*name == '\0')
    name = class_name;
  if (klass == NULL && (refuse_class (entry, class_name, name, error), TRUE))
    return NULL;
  if (context->depth >= ASSAY_KERAS_MAX_DEPTH)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, "Layer %.200s is nested deeper than %d layers.", name, ASSAY_KERAS_MAX_DEPTH);
      return NULL;
    }
  self = g_new0 (AssayKerasLayer, 1);
  self->klass = klass;
  self->name = g_strndup (name, 1000);
  self->entry = json_object_ref (entry);
  self->config = config ? json_object_ref (config) : json_object_new ();
  self->weights = g_array_ref (weights);
  self->version = context->version;
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_layer_free);
  if (!find_dtype (self, error))
    return NULL;
  context->depth++;
  if (klass->setup != NULL && !klass->setup (self, context, error))
    g_clear_pointer (&self, assay_keras_layer_free);
  context->depth--;
  return g_steal_pointer (&self);
}

void
assay_keras_layer_free (AssayKerasLayer *self)
{
  if (self->data != NULL && self->data_destroy != NULL)
    self->data_destroy (self->data);
  g_ptr_array_unref (self->children);
  g_array_unref (self->weights);
  json_object_unref (self->config);
  json_object_unref (self->entry);
  g_free (self->name);
  g_free (self);
}

GArray *
assay_keras_weights_below (GArray *weights, const char *name)
{
  GArray *below = g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));
  gsize   length = strlen (name);

  for (guint i = 0; i < weights->len; i++)
    {
      AssayKerasWeight weight = g_array_index (weights, AssayKerasWeight, i);

      if (strncmp (weight.path, name, length) != 0 || weight.path[length] != '/')
        continue;
      weight.path += length + 1;
      g_array_append_val (below, weight);
    }
  return below;
}

AssayKerasLayer *
assay_keras_layer_add_child (AssayKerasLayer *self, JsonObject *entry, AssayKerasContext *context, GError **error)
{
  const char *name = assay_keras_string (assay_keras_object (entry, "config"), "name", "");
  g_autoptr (GArray) below = assay_keras_weights_below (self->weights, name);
  AssayKerasLayer *child = assay_keras_layer_new (entry, below->len > 0 ? below : self->weights, context, error);

  if (child != NULL)
    g_ptr_array_add (self->children, child);
  return child;
}

gboolean
assay_keras_refuse (AssayKerasLayer *self, GError **error, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (error == NULL || *error == NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Layer %.200s (%s) %s.", self->name, self->klass->name, text);
  return FALSE;
}

gboolean
assay_keras_fail (AssayKerasLayer *self, AssayKerasCall *call, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return assay_keras_refuse (self, call->error, "%s", text);
}

static gboolean
is_floating (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT16 || dtype == ASSAY_DTYPE_BFLOAT16 || dtype == ASSAY_DTYPE_FLOAT32 || dtype == ASSAY_DTYPE_FLOAT64;
}

static gboolean
cast_arg (AssayKerasLayer *self, AssayKerasArg *arg, GError **error)
{
  AssayValue *value = arg->tensor.value;

  for (guint i = 0; arg->items != NULL && i < arg->items->len; i++)
    if (!cast_arg (self, arg->items->pdata[i], error))
      return FALSE;
  if (value == NULL || !is_floating (assay_value_get_dtype (value)) || !is_floating (self->compute_dtype))
    return TRUE;
  arg->tensor.value = assay_keras_cast (value, self->compute_dtype, error);
  return arg->tensor.value != NULL;
}

static gboolean
cast_args (AssayKerasLayer *self, AssayKerasCall *call)
{
  GHashTableIter iter;
  gpointer       arg;

  for (guint i = 0; i < call->args->len; i++)
    if (!cast_arg (self, call->args->pdata[i], call->error))
      return FALSE;
  g_hash_table_iter_init (&iter, call->kwargs);
  while (g_hash_table_iter_next (&iter, NULL, &arg))
    if (!cast_arg (self, arg, call->error))
      return FALSE;
  return TRUE;
}

static void
collect_inputs (AssayKerasCall *call, AssayKerasArg *arg)
{
  if (arg->tensor.value != NULL)
    g_array_append_val (call->inputs, arg->tensor);
  for (guint i = 0; arg->items != NULL && i < arg->items->len; i++)
    collect_inputs (call, arg->items->pdata[i]);
}

static gboolean
run_class (AssayKerasLayer *self, AssayKerasCall *call)
{
  if (!(self->klass->flags & ASSAY_KERAS_NO_CAST) && !cast_args (self, call))
    return FALSE;
  g_array_set_size (call->inputs, 0);
  if (call->args->len > 0)
    collect_inputs (call, call->args->pdata[0]);
  if (call->inputs->len == 0)
    return assay_keras_fail (self, call, "is called without a tensor");
  if (!self->klass->call (self, call))
    return FALSE;
  if (call->outputs->len == 0)
    return assay_keras_fail (self, call, "gives nothing");
  if (!call->masked && (self->klass->flags & ASSAY_KERAS_PASSES_MASK))
    for (guint i = 0; i < call->outputs->len; i++)
      g_array_index (call->outputs, AssayKerasTensor, i).mask = g_array_index (call->inputs, AssayKerasTensor, 0).mask;
  return TRUE;
}

gboolean
assay_keras_layer_call (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayTrace *trace = assay_trace_get_current ();
  gboolean    good;
  GError     *reason = NULL;
  GError    **error = call->error;
  /* Every operation's name has it. */
  g_autofree char *scope = g_strndup (self->name, 200);

  if (++call->context->n_calls > ASSAY_KERAS_MAX_CALLS)
    return assay_keras_fail (self, call, "is called after %d other calls, which are more than a model may have", ASSAY_KERAS_MAX_CALLS);
  call->error = &reason;
  assay_trace_push_scope (trace, scope);
  good = run_class (self, call);
  assay_trace_pop_scope (trace);
  call->error = error;
  if (good)
    return TRUE;
  if (reason == NULL)
    return assay_keras_fail (self, call, "can't be called");
  if (!g_str_has_prefix (reason->message, "Layer "))
    g_prefix_error (&reason, "Layer %.200s (%s): ", self->name, self->klass->name);
  g_propagate_error (error, reason);
  return FALSE;
}

gboolean
assay_keras_layer_call_one (AssayKerasLayer *self, AssayKerasContext *context, AssayKerasTensor in, AssayKerasTensor *out, GError **error)
{
  g_autoptr (AssayKerasCall) call = assay_keras_call_new (context, error);

  assay_keras_call_add (call, in);
  if (in.value == NULL || !assay_keras_layer_call (self, call))
    return FALSE;
  *out = g_array_index (call->outputs, AssayKerasTensor, 0);
  return TRUE;
}
