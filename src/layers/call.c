/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a layer is called with and gives, and its variables. */

#include "layers-private.h"

#include <string.h>

AssayKerasCall *
assay_keras_call_new (AssayKerasContext *context, GError **error)
{
  AssayKerasCall *call = g_new0 (AssayKerasCall, 1);

  call->context = context;
  call->error = error;
  call->args = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
  call->kwargs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) assay_keras_arg_free);
  call->inputs = g_array_new (FALSE, FALSE, sizeof (AssayKerasTensor));
  call->outputs = g_array_new (FALSE, FALSE, sizeof (AssayKerasTensor));
  return call;
}

void
assay_keras_call_free (AssayKerasCall *call)
{
  g_ptr_array_unref (call->args);
  g_hash_table_unref (call->kwargs);
  g_array_unref (call->inputs);
  g_array_unref (call->outputs);
  g_free (call);
}

AssayKerasArg *
assay_keras_arg_new (AssayKerasTensor tensor)
{
  AssayKerasArg *arg = g_new0 (AssayKerasArg, 1);

  arg->tensor = tensor;
  return arg;
}

void
assay_keras_arg_free (AssayKerasArg *arg)
{
  g_clear_pointer (&arg->items, g_ptr_array_unref);
  g_clear_pointer (&arg->json, json_node_unref);
  g_free (arg);
}

void
assay_keras_call_add (AssayKerasCall *call, AssayKerasTensor tensor)
{
  g_ptr_array_add (call->args, assay_keras_arg_new (tensor));
}

void
assay_keras_call_set (AssayKerasCall *call, const char *name, AssayKerasTensor tensor)
{
  g_hash_table_insert (call->kwargs, g_strdup (name), assay_keras_arg_new (tensor));
}

AssayKerasArg *
assay_keras_find_arg (AssayKerasCall *call, guint position, const char *name)
{
  AssayKerasArg *arg = name ? g_hash_table_lookup (call->kwargs, name) : NULL;

  if (arg == NULL && position < call->args->len)
    arg = call->args->pdata[position];
  return arg;
}

AssayValue *
assay_keras_find_tensor (AssayKerasCall *call, guint position, const char *name)
{
  AssayKerasArg *arg = assay_keras_find_arg (call, position, name);

  return arg ? arg->tensor.value : NULL;
}

AssayValue *
assay_keras_in (AssayKerasCall *call)
{
  return g_array_index (call->inputs, AssayKerasTensor, 0).value;
}

AssayValue *
assay_keras_mask (AssayKerasCall *call)
{
  AssayKerasArg *arg = g_hash_table_lookup (call->kwargs, "mask");

  if (arg != NULL && arg->tensor.value != NULL)
    return arg->tensor.value;
  return g_array_index (call->inputs, AssayKerasTensor, 0).mask;
}

gboolean
assay_keras_give_masked (AssayKerasCall *call, AssayValue *value, AssayValue *mask)
{
  AssayKerasTensor tensor = { value, mask };

  if (value == NULL)
    return FALSE;
  g_array_append_val (call->outputs, tensor);
  call->masked = TRUE;
  return TRUE;
}

gboolean
assay_keras_give (AssayKerasCall *call, AssayValue *value)
{
  AssayKerasTensor tensor = { value, NULL };

  if (value == NULL)
    return FALSE;
  g_array_append_val (call->outputs, tensor);
  return TRUE;
}

/* Keras 1 put the layer's name in front, and called some otherwise. */
static gboolean
is_called (const char *last, const char *name)
{
  static const char *const old[][2] = {
    { "kernel", "_W" },
    { "embeddings", "_W" },
    { "bias", "_b" },
    { "recurrent_kernel", "_U" },
    { "gamma", "_gamma" },
    { "beta", "_beta" },
    { "moving_mean", "_running_mean" },
    { "moving_variance", "_running_std" },
    { "alpha", "_alphas" },
    { "depthwise_kernel", "_depthwise_kernel" },
    { "pointwise_kernel", "_pointwise_kernel" },
  };

  if (g_str_equal (last, name) || (*name == '_' && g_str_has_suffix (last, name)))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (old); i++)
    if (g_str_equal (old[i][0], name) && g_str_has_suffix (last, old[i][1]))
      return TRUE;
  return FALSE;
}

static AssayResource *
find_weight (AssayKerasLayer *self, const char *name)
{
  AssayResource *found = NULL;

  for (guint i = 0; i < self->weights->len; i++)
    if (g_str_equal (g_array_index (self->weights, AssayKerasWeight, i).path, name))
      return g_array_index (self->weights, AssayKerasWeight, i).resource;
  for (guint i = 0; i < self->weights->len && found == NULL; i++)
    {
      const AssayKerasWeight *weight = &g_array_index (self->weights, AssayKerasWeight, i);
      const char             *slash = strrchr (weight->path, '/');

      if (is_called (slash ? slash + 1 : weight->path, name))
        found = weight->resource;
    }
  return found;
}

gboolean
assay_keras_has_weight (AssayKerasLayer *self, const char *name)
{
  return find_weight (self, name) != NULL;
}

const AssayPartialShape *
assay_keras_weight_shape (AssayKerasLayer *self, const char *name)
{
  AssayResource *resource = find_weight (self, name);

  return resource ? assay_resource_get_shape (resource) : NULL;
}

AssayValue *
assay_keras_read_resource (AssayKerasLayer *self, AssayResource *resource, GError **error)
{
  AssayAttrs *attrs = assay_attrs_new ();
  AssayValue *value;

  assay_attrs_set_dtype (attrs, "dtype", assay_resource_get_dtype (resource));
  assay_attrs_set_shape (attrs, "_shape", assay_resource_get_shape (resource));
  value = assay_apply ("ReadVariableOp", attrs, error, assay_pool_take (assay_value_new_resource (resource)), NULL);
  if (value == NULL || self->klass->flags & ASSAY_KERAS_NO_CAST)
    return value;
  return assay_keras_cast (value, self->compute_dtype, error);
}

AssayValue *
assay_keras_read_weight (AssayKerasLayer *self, AssayKerasCall *call, const char *name)
{
  AssayResource *resource = find_weight (self, name);

  if (resource == NULL)
    {
      assay_keras_fail (self, call, "needs a variable %s, which the file doesn't have", name);
      return NULL;
    }
  return assay_keras_read_resource (self, resource, call->error);
}

AssayValue *
assay_keras_weight (AssayKerasLayer *self, AssayKerasCall *call, const char *name, int rank, const gint64 *dims)
{
  AssayResource    *resource = find_weight (self, name);
  AssayPartialShape wanted = assay_partial_shape_new (rank, dims);

  if (resource != NULL && !assay_partial_shape_accepts (&wanted, assay_resource_get_shape (resource)))
    {
      g_autofree char *has = assay_partial_shape_to_string (assay_resource_get_shape (resource)), *wants = assay_partial_shape_to_string (&wanted);

      assay_keras_fail (self, call, "has a variable %s of shape %s where its settings and inputs ask for %s", name, has, wants);
      return NULL;
    }
  return assay_keras_read_weight (self, call, name);
}
