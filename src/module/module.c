/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/module.h>

#include <assay/module-text.h>

#include "module-private.h"
#include <string.h>

typedef struct
{
  char      *name;
  char      *scope;
  AssayItem *attributes; /* a dict */
  GArray    *calls;      /* of AssayModuleCall */
} AssayModulePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AssayModule, assay_module, G_TYPE_OBJECT)

static GPrivate problems = G_PRIVATE_INIT ((GDestroyNotify) g_error_free);

static AssayValue *
assay_module_invoke (AssayModule *self, AssayValue *x, GError **error)
{
  return ASSAY_MODULE_GET_CLASS (self)->call (self, x, error);
}

static void
assay_module_finalize (GObject *object)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (ASSAY_MODULE (object));

  g_free (priv->name);
  g_free (priv->scope);
  assay_item_unref (priv->attributes);
  g_array_unref (priv->calls);
  G_OBJECT_CLASS (assay_module_parent_class)->finalize (object);
}

static void
assay_module_class_init (AssayModuleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_module_finalize;
  klass->invoke = assay_module_invoke;
}

static void
call_clear (gpointer data)
{
  g_free (((AssayModuleCall *) data)->literal);
}

static void
assay_module_init (AssayModule *self)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (self);

  priv->attributes = assay_item_new_dict ();
  priv->calls = g_array_new (FALSE, FALSE, sizeof (AssayModuleCall));
  g_array_set_clear_func (priv->calls, call_clear);
}

GType
assay_module_register (const char *type_name, GType parent, GClassInitFunc setup)
{
  GTypeQuery facts;
  GTypeInfo  info = { 0 };

  g_type_query (parent, &facts);
  info.class_size = facts.class_size;
  info.class_init = setup;
  info.instance_size = facts.instance_size;
  return g_type_register_static (parent, g_intern_string (type_name), &info, 0);
}

static gboolean
is_identifier (const char *name)
{
  if (!g_ascii_isalpha (*name) && *name != '_')
    return FALSE;
  while (g_ascii_isalnum (*name) || *name == '_')
    name++;
  return *name == '\0' || strcmp (name, "\n") == 0;
}

AssayModule *
assay_module_new (GType type, const char *name, GError **error)
{
  AssayModule        *self;
  AssayModulePrivate *priv;

  if (name != NULL && !is_identifier (name))
    {
      g_autofree char *quoted = assay_python_repr (name);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX,
                   "%s is not a valid module name. Module names must be valid Python identifiers (e.g. a valid class name).", quoted);
      return NULL;
    }
  self = g_object_new (type, NULL);
  priv = assay_module_get_instance_private (self);
  if (priv->name == NULL)
    priv->name = name ? g_strdup (name) : assay_snake_case (assay_module_get_class_name (self));
  else if (name != NULL)
    assay_module_set_name (self, name);
  priv->scope = g_strconcat (assay_name_scope_get (), priv->name, "/", NULL);
  return self;
}

const char *
assay_module_get_name (AssayModule *self)
{
  return ((AssayModulePrivate *) assay_module_get_instance_private (self))->name;
}

void
assay_module_set_name (AssayModule *self, const char *name)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (self);

  g_free (priv->name);
  priv->name = g_strdup (name);
}

const char *
assay_module_get_name_scope (AssayModule *self)
{
  return ((AssayModulePrivate *) assay_module_get_instance_private (self))->scope;
}

const char *
assay_module_get_class_name (AssayModule *self)
{
  const char *name = ASSAY_MODULE_GET_CLASS (self)->class_name;

  return name ? name : G_OBJECT_TYPE_NAME (self);
}

void
assay_module_set (AssayModule *self, const char *attribute, AssayItem *item)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (self);

  assay_item_insert (priv->attributes, attribute, item);
}

void
assay_module_report (GError *problem)
{
  if (g_private_get (&problems) == NULL)
    g_private_set (&problems, problem);
  else
    g_error_free (problem);
}

gboolean
assay_module_take_problem (GError **error)
{
  GError *problem = g_private_get (&problems);

  if (problem == NULL)
    return FALSE;
  g_private_set (&problems, NULL);
  g_clear_error (error);
  g_propagate_error (error, problem);
  return TRUE;
}

AssayVariable *
assay_module_set_variable (AssayModule *self, const char *attribute, AssayVariable *variable)
{
  if (variable == NULL)
    return NULL;
  assay_module_set (self, attribute, assay_item_new_object (variable));
  g_object_unref (variable);
  return variable;
}

AssayModule *
assay_module_set_module (AssayModule *self, const char *attribute, AssayModule *module)
{
  if (module == NULL)
    return NULL;
  assay_module_set (self, attribute, assay_item_new_object (module));
  g_object_unref (module);
  return module;
}

void
assay_module_set_tensor (AssayModule *self, const char *attribute, AssayValue *value)
{
  if (value != NULL)
    assay_module_set (self, attribute, assay_item_new_tensor (value));
}

void
assay_module_set_int (AssayModule *self, const char *attribute, gint64 value)
{
  assay_module_set (self, attribute, assay_item_new_int (value));
}

AssayItem *
assay_module_get (AssayModule *self, const char *attribute)
{
  AssayItem *attributes = assay_module_get_attributes (self);

  for (guint i = 0; i < assay_item_get_n (attributes); i++)
    {
      const char *key;
      AssayItem  *item = assay_item_get_nth (attributes, i, &key);

      if (strcmp (key, attribute) == 0)
        return item;
    }
  return NULL;
}

gint64
assay_module_get_int (AssayModule *self, const char *attribute)
{
  AssayItem *item = assay_module_get (self, attribute);

  return item ? assay_item_get_int (item) : 0;
}

AssayModule *
assay_module_get_module (AssayModule *self, const char *attribute)
{
  AssayItem *item = assay_module_get (self, attribute);

  return item && assay_item_get_kind (item) == ASSAY_ITEM_MODULE ? assay_item_get_object (item) : NULL;
}

AssayValue *
assay_module_read (AssayModule *self, const char *attribute)
{
  AssayItem *item = assay_module_get (self, attribute);

  g_return_val_if_fail (item != NULL, NULL);
  if (assay_item_get_kind (item) == ASSAY_ITEM_VARIABLE)
    return assay_variable_read (assay_item_get_object (item));
  g_return_val_if_fail (assay_item_get_kind (item) == ASSAY_ITEM_TENSOR, NULL);
  return assay_item_get_tensor (item);
}

AssayItem *
assay_module_get_attributes (AssayModule *self)
{
  return ((AssayModulePrivate *) assay_module_get_instance_private (self))->attributes;
}

/* Notes what a module was called with. */
static void
note_call (AssayModule *self, AssayValue *x)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (self);
  AssayModuleCall     call = { assay_value_get_dtype (x), *assay_value_get_shape (x), g_strdup (assay_value_get_literal (x)) };

  for (guint i = 0; i < priv->calls->len; i++)
    {
      const AssayModuleCall *known = &g_array_index (priv->calls, AssayModuleCall, i);

      if (known->dtype == call.dtype && assay_partial_shape_equal (&known->shape, &call.shape))
        {
          g_free (call.literal);
          return;
        }
    }
  g_array_append_val (priv->calls, call);
}

const AssayModuleCall *
assay_module_get_calls (AssayModule *self, guint *n)
{
  AssayModulePrivate *priv = assay_module_get_instance_private (self);

  *n = priv->calls->len;
  return (const AssayModuleCall *) priv->calls->data;
}

AssayValue *
assay_module_call (AssayModule *self, AssayValue *x, GError **error)
{
  AssayTrace *trace = assay_trace_get_current ();
  AssayPool  *pool;
  AssayValue *y;

  if (x == NULL)
    return NULL;
  pool = assay_pool_push ();
  assay_trace_push_scope (trace, assay_module_get_name (self));
  y = ASSAY_MODULE_GET_CLASS (self)->invoke (self, x, error);
  if (assay_module_take_problem (error))
    y = NULL;
  assay_trace_pop_scope (trace);
  assay_trace_activation (trace, assay_module_get_name (self), y);
  if (y != NULL && assay_value_get_kind (x) != ASSAY_VALUE_SYMBOL)
    note_call (self, x);
  return assay_pool_pop_with (pool, y);
}

AssayValue *
assay_module_call_child (AssayModule *self, const char *attribute, AssayValue *x, GError **error)
{
  AssayModule *child = assay_module_get_module (self, attribute);

  g_return_val_if_fail (child != NULL, NULL);
  return assay_module_call (child, x, error);
}
