/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A module: a named object with attributes. Variables and modules among them are collected by themselves. As tf.Module. */

#pragma once

#include <assay/item.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_MODULE (assay_module_get_type ())
G_DECLARE_DERIVABLE_TYPE (AssayModule, assay_module, ASSAY, MODULE, GObject)

/**
 * AssayModuleClass:
 * @class_name: what the class is called in texts; the name of the GType by default
 * @call: runs the module on one value; written once, it runs at once or is recorded
 * @invoke: what assay_module_call() does, for kinds of modules that do something around @call (Keras layers build first)
 * @collect: the variables of a module in the order its kind lists them; %NULL for tf.Module's
 */
struct _AssayModuleClass
{
  GObjectClass parent_class;

  const char *class_name;
  AssayValue *(*call) (AssayModule *self, AssayValue *x, GError **error);
  AssayValue *(*invoke) (AssayModule *self, AssayValue *x, GError **error);
  GPtrArray *(*collect) (AssayModule *self);

  gpointer padding[6];
};

/**
 * ASSAY_DEFINE_MODULE_AS:
 * @Type: name of the C type
 * @type: the same in lower case, with underscores
 * @PARENT: the parent's GType
 * @display: what the class is called in texts
 * @call_func: its `call`
 *
 * Defines a class of modules that has a `call` and keeps all it has in attributes.
 */
#define ASSAY_DEFINE_MODULE_AS(Type, type, PARENT, display, call_func)                            \
  typedef AssayModule      Type;                                                                  \
  typedef AssayModuleClass Type##Class;                                                           \
  static GType             type##_get_type (void);                                                \
  static void                                                                                     \
      type##_class_setup (gpointer klass, gpointer data)                                          \
  {                                                                                               \
    ASSAY_MODULE_CLASS (klass)->class_name = display;                                             \
    ASSAY_MODULE_CLASS (klass)->call = call_func;                                                 \
  }                                                                                               \
  static GType                                                                                    \
      type##_get_type (void)                                                                      \
  {                                                                                               \
    static gsize registered;                                                                      \
                                                                                                  \
    if (g_once_init_enter (&registered))                                                          \
      g_once_init_leave (&registered, assay_module_register (#Type, PARENT, type##_class_setup)); \
    return registered;                                                                            \
  }

/**
 * ASSAY_DEFINE_MODULE:
 *
 * The same, called in texts as its C type is.
 */
#define ASSAY_DEFINE_MODULE(Type, type, PARENT) ASSAY_DEFINE_MODULE_AS (Type, type, PARENT, #Type, type##_call)

/**
 * assay_module_register:
 * @type_name: name of the GType
 * @parent: the parent's
 * @setup: sets the class' functions
 *
 * What ASSAY_DEFINE_MODULE() calls: registers a class that has the size of its parent.
 *
 * Returns: the GType
 */
GType assay_module_register (const char *type_name, GType parent, GClassInitFunc setup);

/**
 * assay_module_new:
 * @type: a class of modules
 * @name: (nullable): a valid Python identifier; the class' name in snake case by default
 * @error: return location for an error
 *
 * Makes a module without attributes. Fails with `ASSAY_ERROR_SYNTAX` in TensorFlow's words if @name isn't valid.
 *
 * Returns: (transfer full) (nullable): the module
 */
AssayModule *assay_module_new (GType type, const char *name, GError **error);

/**
 * assay_module_get_name:
 *
 * Returns: (transfer none): its name
 */
const char *assay_module_get_name (AssayModule *self);

/**
 * assay_module_set_name:
 *
 * For subclasses that number themselves: gives it another name.
 */
void assay_module_set_name (AssayModule *self, const char *name);

/**
 * assay_module_get_name_scope:
 *
 * Returns: (transfer none): the scope in which it was made, its own name included, with a slash behind
 */
const char *assay_module_get_name_scope (AssayModule *self);

/**
 * assay_module_get_class_name:
 *
 * Returns: (transfer none): what its class is called
 */
const char *assay_module_get_class_name (AssayModule *self);

/**
 * assay_module_set:
 * @attribute: the attribute's name
 * @item: (transfer full): its value
 *
 * Sets an attribute; a value that was there is replaced at its place. Whoever waits for it (a restored checkpoint) hears of it.
 */
void assay_module_set (AssayModule *self, const char *attribute, AssayItem *item);

/**
 * assay_module_set_variable:
 * @variable: (transfer full) (nullable): a variable; %NULL is ignored
 *
 * Sets an attribute to a variable.
 *
 * Returns: (transfer none) (nullable): @variable
 */
AssayVariable *assay_module_set_variable (AssayModule *self, const char *attribute, AssayVariable *variable);

/**
 * assay_module_set_module:
 * @module: (transfer full) (nullable): a module; %NULL is ignored
 *
 * Sets an attribute to a module.
 *
 * Returns: (transfer none) (nullable): @module
 */
AssayModule *assay_module_set_module (AssayModule *self, const char *attribute, AssayModule *module);

/**
 * assay_module_set_tensor:
 * @value: (nullable): a plain tensor, which is not collected; %NULL is ignored
 *
 * Sets an attribute to a tensor.
 */
void assay_module_set_tensor (AssayModule *self, const char *attribute, AssayValue *value);

/**
 * assay_module_set_int:
 *
 * Sets an attribute to an integer.
 */
void assay_module_set_int (AssayModule *self, const char *attribute, gint64 value);

/**
 * assay_module_get:
 *
 * Returns: (transfer none) (nullable): the value of an attribute
 */
AssayItem *assay_module_get (AssayModule *self, const char *attribute);

/**
 * assay_module_get_int:
 *
 * Returns: an integer or truth value; 0 if there is none
 */
gint64 assay_module_get_int (AssayModule *self, const char *attribute);

/**
 * assay_module_get_module:
 *
 * Returns: (transfer none) (nullable): a module
 */
AssayModule *assay_module_get_module (AssayModule *self, const char *attribute);

/**
 * assay_module_read:
 *
 * Reads an attribute that is a variable or a plain tensor, as an operation.
 *
 * Returns: (transfer none) (nullable): the value, owned by the pool
 */
AssayValue *assay_module_read (AssayModule *self, const char *attribute);

/**
 * assay_module_get_attributes:
 *
 * Returns: (transfer none): a dict of the attributes, in the order in which they were first set
 */
AssayItem *assay_module_get_attributes (AssayModule *self);

/**
 * assay_module_call:
 * @x: (nullable): what to call it on
 * @error: return location for an error
 *
 * Calls the module. Blocks as long as its operations do.
 *
 * Returns: (transfer none) (nullable): the result, owned by the pool
 */
AssayValue *assay_module_call (AssayModule *self, AssayValue *x, GError **error);

/**
 * assay_module_call_child:
 * @attribute: an attribute that is a module
 *
 * Calls a module that is an attribute.
 *
 * Returns: (transfer none) (nullable): the result, owned by the pool
 */
AssayValue *assay_module_call_child (AssayModule *self, const char *attribute, AssayValue *x, GError **error);

/**
 * AssayModuleCall:
 * @dtype: the input's dtype
 * @shape: the input's shape
 * @literal: (nullable): how it was typed, if it was no tensor
 *
 * A kind of input that a module was called with.
 */
typedef struct
{
  AssayDtype        dtype;
  AssayPartialShape shape;
  char             *literal;
} AssayModuleCall;

/**
 * assay_module_get_calls:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): what the module was called with so far, each dtype and shape once
 */
const AssayModuleCall *assay_module_get_calls (AssayModule *self, guint *n);

/**
 * assay_module_report:
 * @problem: (transfer full): what went wrong
 *
 * For those who hear of attributes being set: makes the call that is going on in this thread fail.
 */
void assay_module_report (GError *problem);

/**
 * assay_module_take_problem:
 * @error: (nullable): gets what was reported
 *
 * Returns: whether something was reported in this thread since the last time
 */
gboolean assay_module_take_problem (GError **error);

/**
 * assay_module_get_variables:
 *
 * Collects: own variables first, attributes in sorted order (lists and tuples in their order, dicts by sorted key), then each
 * submodule's whole subtree, nothing twice. Keras layers list in the order of creation instead. As tf.Module.variables.
 *
 * Returns: (transfer container) (element-type AssayVariable): the variables
 */
GPtrArray *assay_module_get_variables (AssayModule *self);

/**
 * assay_module_get_trainable_variables:
 *
 * Returns: (transfer container) (element-type AssayVariable): those that training changes
 */
GPtrArray *assay_module_get_trainable_variables (AssayModule *self);

/**
 * assay_module_get_non_trainable_variables:
 *
 * Returns: (transfer container) (element-type AssayVariable): those that it doesn't
 */
GPtrArray *assay_module_get_non_trainable_variables (AssayModule *self);

/**
 * assay_module_get_submodules:
 *
 * Returns: (transfer container) (element-type AssayModule): all modules in it, itself excluded, in the same order
 */
GPtrArray *assay_module_get_submodules (AssayModule *self);

/**
 * assay_snake_case:
 * @class_name: a class' name
 *
 * As tf.Module's camel_to_snake: "MyMLPBlock" is "my_mlp_block", "Conv2D" is "conv2_d".
 *
 * Returns: (transfer full): the name
 */
char *assay_snake_case (const char *class_name);

/**
 * assay_keras_snake_case:
 * @class_name: a class' name
 *
 * As Keras' to_snake_case: "Conv2DTranspose" is "conv2d_transpose".
 *
 * Returns: (transfer full): the name
 */
char *assay_keras_snake_case (const char *class_name);

G_END_DECLS
