/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The classes themselves, as the tutorial has them (and examples/intro-to-modules.c, which is the one to learn from), but with any
 * sizes, any number of layers, and failing where memory doesn't suffice. */

#include "builtin-private.h"

#include <assay/layer.h>
#include <assay/random.h>

/* An empty name is none. */
static const char *
name_of (const char *text)
{
  return *text ? text : NULL;
}

static gint64
size_of (const char *text)
{
  gint64 size = 0;

  assay_builtin_read_size (text, NULL, &size);
  return size;
}

/* w [in, out], drawn, and b [out], zeros. Both or none are set. */
static gboolean
add_variables (AssayModule *self, gint64 in, gint64 out, GError **error)
{
  gint64      shape[] = { in, out };
  AssayValue *w = assay_random_normal_or_error (2, shape, error);
  AssayValue *b = w ? assay_zeros_or_error (1, &out, error) : NULL;

  if (b == NULL)
    return FALSE;
  assay_module_set_variable (self, "w", assay_variable_new (w, "w"));
  assay_module_set_variable (self, "b", assay_variable_new (b, "b"));
  return TRUE;
}

static AssayValue *
product_and_sum (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_add (assay_matmul (x, assay_module_read (self, "w"), error), assay_module_read (self, "b"), error);
}

static AssayValue *
dense_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_relu (product_and_sum (self, x, error), error);
}

/* One layer after the other, as many as there are. */
static AssayValue *
sequential_call (AssayModule *self, AssayValue *x, GError **error)
{
  for (guint i = 1; x != NULL; i++)
    {
      g_autofree char *attribute = g_strdup_printf ("dense_%u", i);

      if (assay_module_get_module (self, attribute) == NULL)
        break;
      x = assay_module_call_child (self, attribute, x, error);
    }
  return x;
}

static AssayValue *
simple_call (AssayModule *self, AssayValue *x, GError **error)
{
  return assay_add (assay_mul (assay_module_read (self, "a_variable"), x, error), assay_module_read (self, "a_non_trainable_variable"), error);
}

/* The last dimension, as x.shape[-1] gives it. */
static gboolean
get_last (const AssayPartialShape *shape, gint64 *last, GError **error)
{
  if (shape->rank <= 0)
    {
      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "tuple index out of range");
      return FALSE;
    }
  *last = shape->dims[shape->rank - 1];
  return TRUE;
}

/* b is a plain tensor: it isn't collected. */
static gboolean
flexible_build (AssayModule *self, AssayValue *x, GError **error)
{
  gint64      shape[] = { 0, assay_module_get_int (self, "out_features") };
  AssayValue *w, *b;

  if (!get_last (assay_value_get_shape (x), &shape[0], error))
    return FALSE;
  w = assay_random_normal_or_error (2, shape, error);
  b = w ? assay_zeros_or_error (1, &shape[1], error) : NULL;
  if (b == NULL)
    return FALSE;
  assay_module_set_variable (self, "w", assay_variable_new (w, "w"));
  assay_module_set_tensor (self, "b", b);
  assay_module_set (self, "is_built", assay_item_new_bool (TRUE));
  return TRUE;
}

static AssayValue *
flexible_call (AssayModule *self, AssayValue *x, GError **error)
{
  if (!assay_module_get_int (self, "is_built") && !flexible_build (self, x, error))
    return NULL;
  return dense_call (self, x, error);
}

static gboolean
keras_flexible_build (AssayLayer *layer, const AssayPartialShape *input_shape, GError **error)
{
  AssayModule *self = ASSAY_MODULE (layer);
  gint64       in;

  return get_last (input_shape, &in, error) && add_variables (self, in, assay_module_get_int (self, "out_features"), error);
}

ASSAY_DEFINE_MODULE_AS (AssayBuiltinSimple, builtin_simple, ASSAY_TYPE_MODULE, "SimpleModule", simple_call)
ASSAY_DEFINE_MODULE_AS (AssayBuiltinDense, builtin_dense, ASSAY_TYPE_MODULE, "Dense", dense_call)
ASSAY_DEFINE_MODULE_AS (AssayBuiltinSequential, builtin_sequential, ASSAY_TYPE_MODULE, "SequentialModel", sequential_call)
ASSAY_DEFINE_MODULE_AS (AssayBuiltinFlexible, builtin_flexible, ASSAY_TYPE_MODULE, "FlexibleDense", flexible_call)
ASSAY_DEFINE_MODULE_AS (AssayBuiltinMySequential, builtin_my_sequential, ASSAY_TYPE_MODULE, "MySequentialModel", sequential_call)
ASSAY_DEFINE_LAYER (AssayBuiltinMyDense, builtin_my_dense, "MyDense", NULL, dense_call)
ASSAY_DEFINE_LAYER (AssayBuiltinKerasFlexible, builtin_keras_flexible, "FlexibleDense", keras_flexible_build, product_and_sum)
ASSAY_DEFINE_LAYER (AssayBuiltinKerasSequential, builtin_keras_sequential, "MySequentialModel", NULL, sequential_call)

AssayModule *
assay_builtin_make_simple (const char *const *values, GError **error)
{
  AssayModule *self = assay_module_new (builtin_simple_get_type (), name_of (values[0]), error);

  if (self == NULL)
    return NULL;
  assay_module_set_variable (self, "a_variable", assay_variable_new (assay_constant_scalar (g_ascii_strtod (values[1], NULL)), "train_me"));
  assay_module_set_variable (self, "a_non_trainable_variable",
                             assay_variable_set_trainable (assay_variable_new (assay_constant_scalar (g_ascii_strtod (values[2], NULL)), "do_not_train_me"), FALSE));
  return self;
}

static AssayModule *
dense_new (const char *name, gint64 in, gint64 out, GError **error)
{
  g_autoptr (AssayModule) self = assay_module_new (builtin_dense_get_type (), name, error);

  return self && add_variables (self, in, out, error) ? g_steal_pointer (&self) : NULL;
}

AssayModule *
assay_builtin_make_dense (const char *const *values, GError **error)
{
  return dense_new (name_of (values[2]), size_of (values[0]), size_of (values[1]), error);
}

AssayModule *
assay_builtin_make_sequential (const char *const *values, GError **error)
{
  g_autoptr (AssayModule) self = assay_module_new (builtin_sequential_get_type (), name_of (values[2]), error);
  gint64 in = size_of (values[0]), sizes[ASSAY_BUILTIN_MAX_LAYERS];
  guint  n = self ? assay_builtin_read_sizes (values[1], sizes) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *attribute = g_strdup_printf ("dense_%u", i + 1);

      if (assay_module_set_module (self, attribute, dense_new (NULL, in, sizes[i], error)) == NULL)
        return NULL;
      in = sizes[i];
    }
  return g_steal_pointer (&self);
}

static AssayModule *
flexible_new (const char *name, gint64 out, GError **error)
{
  AssayModule *self = assay_module_new (builtin_flexible_get_type (), name, error);

  if (self == NULL)
    return NULL;
  assay_module_set (self, "is_built", assay_item_new_bool (FALSE));
  assay_module_set_int (self, "out_features", out);
  return self;
}

static AssayModule *
keras_flexible_new (const char *name, gint64 out, GError **error)
{
  AssayModule *self = assay_layer_new (builtin_keras_flexible_get_type (), name);

  assay_module_set_int (self, "out_features", out);
  return self;
}

/* Layers of which each learns its input's size at the first call. */
static AssayModule *
add_flexible (AssayModule *self, const char *text, AssayModule *(*make) (const char *, gint64, GError **) )
{
  gint64 sizes[ASSAY_BUILTIN_MAX_LAYERS];
  guint  n = self ? assay_builtin_read_sizes (text, sizes) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *attribute = g_strdup_printf ("dense_%u", i + 1);

      assay_module_set_module (self, attribute, make (NULL, sizes[i], NULL));
    }
  return self;
}

AssayModule *
assay_builtin_make_flexible (const char *const *values, GError **error)
{
  return flexible_new (name_of (values[1]), size_of (values[0]), error);
}

AssayModule *
assay_builtin_make_my_sequential (const char *const *values, GError **error)
{
  return add_flexible (assay_module_new (builtin_my_sequential_get_type (), name_of (values[1]), error), values[0], flexible_new);
}

AssayModule *
assay_builtin_make_my_dense (const char *const *values, GError **error)
{
  g_autoptr (AssayModule) self = assay_layer_new (builtin_my_dense_get_type (), name_of (values[2]));

  return add_variables (self, size_of (values[0]), size_of (values[1]), error) ? g_steal_pointer (&self) : NULL;
}

AssayModule *
assay_builtin_make_keras_flexible (const char *const *values, GError **error)
{
  return keras_flexible_new (name_of (values[1]), size_of (values[0]), error);
}

AssayModule *
assay_builtin_make_keras_sequential (const char *const *values, GError **error)
{
  return add_flexible (assay_layer_new (builtin_keras_sequential_get_type (), name_of (values[1])), values[0], keras_flexible_new);
}

static gboolean
is_built (AssayModule *module)
{
  if (ASSAY_IS_LAYER (module))
    return ASSAY_LAYER_GET_CLASS (module)->build == NULL || assay_layer_get_built (ASSAY_LAYER (module));
  return assay_module_get (module, "is_built") == NULL || assay_module_get_int (module, "is_built");
}

gboolean
assay_builtin_module_is_built (AssayModule *module)
{
  g_autoptr (GPtrArray) below = assay_module_get_submodules (module);
  gboolean built = is_built (module);

  for (guint i = 0; i < below->len && built; i++)
    built = is_built (below->pdata[i]);
  return built;
}
