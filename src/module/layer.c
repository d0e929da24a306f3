/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/layer.h>

#include "module-private.h"
#include <string.h>

#define MAX_DEPTH 100

typedef struct
{
  gboolean built;
} AssayLayerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AssayLayer, assay_layer, ASSAY_TYPE_MODULE)

static GMutex      names_mutex;
static GHashTable *names; /* base → how often it was given */

char *
assay_layer_make_name (const char *base)
{
  guint n;

  g_mutex_lock (&names_mutex);
  if (names == NULL)
    names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (names, base));
  g_hash_table_insert (names, g_strdup (base), GUINT_TO_POINTER (n + 1));
  g_mutex_unlock (&names_mutex);
  return n == 0 ? g_strdup (base) : g_strdup_printf ("%s_%u", base, n);
}

void
assay_layer_reset_names (void)
{
  g_mutex_lock (&names_mutex);
  g_clear_pointer (&names, g_hash_table_unref);
  g_mutex_unlock (&names_mutex);
}

/* Puts Keras' words around what went wrong. As keras/utils/traceback_utils.py of Keras 2. */
static void
wrap_error (AssayModule *self, AssayValue *x, GError **error)
{
  g_autofree char *shape = NULL;
  gboolean         of_operation;

  if (error == NULL || *error == NULL || (*error)->domain != ASSAY_ERROR || strstr ((*error)->message, "Exception encountered when calling") != NULL)
    return;
  of_operation = g_str_has_suffix ((*error)->message, "]") && strstr ((*error)->message, "[Op:") != NULL;
  shape = assay_partial_shape_to_tuple (assay_value_get_shape (x));
  g_prefix_error (error, "Exception encountered when calling layer '%s' (type %s).\n\n", assay_module_get_name (self), assay_module_get_class_name (self));
  {
    GError *old = g_steal_pointer (error);

    /* TensorFlow ends the sentence of an operation with the node's name, which is empty when it runs at once. */
    g_set_error (error, old->domain, old->code, "%s%s\n\nCall arguments received by layer '%s' (type %s):\n  • inputs=tf.Tensor(shape=%s, dtype=%s)",
                 old->message, of_operation ? " name: " : "", assay_module_get_name (self), assay_module_get_class_name (self), shape,
                 assay_dtype_get_info (assay_value_get_dtype (x))->name);
    g_error_free (old);
  }
}

gboolean
assay_layer_build (AssayLayer *self, const AssayPartialShape *input_shape, GError **error)
{
  AssayLayerPrivate *priv = assay_layer_get_instance_private (self);
  AssayTrace        *trace;
  gboolean           good = TRUE;

  if (priv->built)
    return TRUE;
  trace = assay_trace_suspend ();
  if (ASSAY_LAYER_GET_CLASS (self)->build != NULL)
    {
      g_autoptr (AssayPool) pool = assay_pool_push ();

      good = ASSAY_LAYER_GET_CLASS (self)->build (self, input_shape, error);
    }
  assay_trace_resume (trace);
  priv->built = good;
  return good;
}

static AssayValue *
assay_layer_invoke (AssayModule *module, AssayValue *x, GError **error)
{
  AssayValue *y = NULL;
  GError     *problem = NULL;

  assay_name_scope_push (assay_module_get_name (module));
  if (assay_layer_build (ASSAY_LAYER (module), assay_value_get_shape (x), &problem))
    y = ASSAY_MODULE_GET_CLASS (module)->call (module, x, &problem);
  assay_name_scope_pop ();
  if (y == NULL)
    {
      wrap_error (module, x, &problem);
      g_propagate_error (error, problem);
    }
  return y;
}

/* Own variables of one kind in the order of attributes, then the layers' below. As keras' _gather_children_attribute. */
static void
gather (AssayItem *item, gboolean trainable, GHashTable *seen, GPtrArray *variables, GPtrArray *below, guint depth)
{
  gpointer object = assay_item_get_object (item);

  if (assay_item_get_kind (item) == ASSAY_ITEM_VARIABLE && assay_variable_get_trainable (object) == trainable && g_hash_table_add (seen, object))
    g_ptr_array_add (variables, g_object_ref (object));
  else if (assay_item_get_kind (item) == ASSAY_ITEM_MODULE && g_hash_table_add (seen, object))
    g_ptr_array_add (below, object);
  /* A list may hold itself. */
  if (assay_item_get_n (item) > 0 && !g_hash_table_add (seen, item))
    return;
  for (guint i = 0; i < assay_item_get_n (item) && depth < MAX_DEPTH; i++)
    gather (assay_item_get_nth (item, i, NULL), trainable, seen, variables, below, depth + 1);
}

static void
gather_module (AssayModule *module, gboolean trainable, GHashTable *seen, GPtrArray *variables)
{
  g_autoptr (GPtrArray) below = g_ptr_array_new ();

  gather (assay_module_get_attributes (module), trainable, seen, variables, below, 0);
  for (guint i = 0; i < below->len; i++)
    gather_module (below->pdata[i], trainable, seen, variables);
}

static GPtrArray *
assay_layer_collect (AssayModule *self)
{
  GPtrArray *variables = g_ptr_array_new_with_free_func (g_object_unref);

  for (int trainable = 1; trainable >= 0; trainable--)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

      g_hash_table_add (seen, self);
      gather_module (self, trainable, seen, variables);
    }
  return variables;
}

static void
assay_layer_class_init (AssayLayerClass *klass)
{
  ASSAY_MODULE_CLASS (klass)->invoke = assay_layer_invoke;
  ASSAY_MODULE_CLASS (klass)->collect = assay_layer_collect;
}

static void
assay_layer_init (AssayLayer *self)
{
}

AssayModule *
assay_layer_new (GType type, const char *name)
{
  AssayModule     *self = assay_module_new (type, NULL, NULL);
  g_autofree char *base = assay_keras_snake_case (assay_module_get_class_name (self));
  g_autofree char *own = name ? NULL : assay_layer_make_name (base);

  assay_module_set_name (self, name ? name : own);
  return self;
}

gboolean
assay_layer_get_built (AssayLayer *self)
{
  return ((AssayLayerPrivate *) assay_layer_get_instance_private (self))->built;
}
