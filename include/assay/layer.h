/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras' layers: modules that name themselves by the class, build once, and list their variables in the order of creation. */

#pragma once

#include <assay/module.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_LAYER (assay_layer_get_type ())
G_DECLARE_DERIVABLE_TYPE (AssayLayer, assay_layer, ASSAY, LAYER, AssayModule)

/**
 * AssayLayerClass:
 * @build: makes the variables for inputs of a shape; called once, before the first call; %NULL if there is nothing to build
 */
struct _AssayLayerClass
{
  AssayModuleClass parent_class;

  gboolean (*build) (AssayLayer *self, const AssayPartialShape *input_shape, GError **error);

  gpointer padding[6];
};

/**
 * ASSAY_DEFINE_LAYER:
 * @Type: name of the C type
 * @type: the same in lower case, with underscores
 * @display: what the class is called in texts and names
 * @build_func: its `build`, or %NULL
 * @call_func: its `call`
 *
 * Defines a class of layers that has `build` and `call` and keeps all it has in attributes.
 */
#define ASSAY_DEFINE_LAYER(Type, type, display, build_func, call_func)                                      \
  static GType type##_get_type (void);                                                                      \
  static void                                                                                               \
      type##_class_setup (gpointer klass, gpointer data)                                                    \
  {                                                                                                         \
    ASSAY_MODULE_CLASS (klass)->class_name = display;                                                       \
    ASSAY_MODULE_CLASS (klass)->call = call_func;                                                           \
    ASSAY_LAYER_CLASS (klass)->build = build_func;                                                          \
  }                                                                                                         \
  static GType                                                                                              \
      type##_get_type (void)                                                                                \
  {                                                                                                         \
    static gsize registered;                                                                                \
                                                                                                            \
    if (g_once_init_enter (&registered))                                                                    \
      g_once_init_leave (&registered, assay_module_register (#Type, ASSAY_TYPE_LAYER, type##_class_setup)); \
    return registered;                                                                                      \
  }

/**
 * assay_layer_new:
 * @type: a class of layers
 * @name: (nullable): its name; by default the class' name in snake case, numbered in the process: "dense", "dense_1"
 *
 * Returns: (transfer full): a layer that isn't built
 */
AssayModule *assay_layer_new (GType type, const char *name);

/**
 * assay_layer_reset_names:
 *
 * Begins numbering anew, as keras.backend.clear_session().
 */
void assay_layer_reset_names (void);

/**
 * assay_layer_make_name:
 * @base: a name in snake case
 *
 * Returns: (transfer full): the next name of that base
 */
char *assay_layer_make_name (const char *base);

/**
 * assay_layer_get_built:
 *
 * Returns: whether its variables are there
 */
gboolean assay_layer_get_built (AssayLayer *self);

/**
 * assay_layer_build:
 * @input_shape: shape of the inputs it will be called on
 * @error: return location for an error
 *
 * Builds it, unless it is built already.
 *
 * Returns: whether it is built
 */
gboolean assay_layer_build (AssayLayer *self, const AssayPartialShape *input_shape, GError **error);

G_END_DECLS
