/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Collecting variables and submodules. Source: tensorflow/python/module/module.py, _flatten_module. */

#include "module-private.h"

#include <string.h>

/* Lists deeper than that aren't looked into. */
#define MAX_DEPTH 100

typedef struct
{
  GHashTable *seen;
  GPtrArray  *variables, *modules; /* either may be NULL */
} Collecting;

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer dict)
{
  const char *left, *right;

  assay_item_get_nth (dict, *(const guint *) a, &left);
  assay_item_get_nth (dict, *(const guint *) b, &right);
  return strcmp (left, right);
}

GArray *
assay_item_sorted (AssayItem *dict)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < assay_item_get_n (dict); i++)
    g_array_append_val (order, i);
  g_array_sort_with_data (order, compare_keys, dict);
  return order;
}

/* Notes the leaves of an attribute's value; modules among them are remembered in @below. */
static void
collect_leaves (Collecting *self, AssayItem *item, GPtrArray *below, guint depth)
{
  gpointer object = assay_item_get_object (item);

  /* What a list holds that was seen already was seen, too; and it may hold itself. */
  if (depth > MAX_DEPTH || (object == NULL && assay_item_get_n (item) > 0 && !g_hash_table_add (self->seen, item)))
    return;
  if (object != NULL)
    {
      if (!g_hash_table_add (self->seen, object))
        return;
      if (assay_item_get_kind (item) == ASSAY_ITEM_MODULE)
        g_ptr_array_add (below, object);
      if (assay_item_get_kind (item) == ASSAY_ITEM_MODULE && self->modules != NULL)
        g_ptr_array_add (self->modules, g_object_ref (object));
      if (assay_item_get_kind (item) == ASSAY_ITEM_VARIABLE && self->variables != NULL)
        g_ptr_array_add (self->variables, g_object_ref (object));
    }
  else if (assay_item_get_kind (item) == ASSAY_ITEM_DICT)
    {
      g_autoptr (GArray) order = assay_item_sorted (item);

      for (guint i = 0; i < order->len; i++)
        collect_leaves (self, assay_item_get_nth (item, g_array_index (order, guint, i), NULL), below, depth + 1);
    }
  else
    for (guint i = 0; i < assay_item_get_n (item); i++)
      collect_leaves (self, assay_item_get_nth (item, i, NULL), below, depth + 1);
}

static void
collect (Collecting *self, AssayModule *module)
{
  g_autoptr (GPtrArray) below = g_ptr_array_new ();

  collect_leaves (self, assay_module_get_attributes (module), below, 0);
  for (guint i = 0; i < below->len; i++)
    collect (self, below->pdata[i]);
}

static Collecting
begin (AssayModule *self)
{
  Collecting collecting = { .seen = g_hash_table_new (NULL, NULL) };

  g_hash_table_add (collecting.seen, self);
  return collecting;
}

GPtrArray *
assay_module_get_variables (AssayModule *self)
{
  Collecting collecting;

  if (ASSAY_MODULE_GET_CLASS (self)->collect != NULL)
    return ASSAY_MODULE_GET_CLASS (self)->collect (self);
  collecting = begin (self);
  collecting.variables = g_ptr_array_new_with_free_func (g_object_unref);
  collect (&collecting, self);
  g_hash_table_unref (collecting.seen);
  return collecting.variables;
}

GPtrArray *
assay_module_get_submodules (AssayModule *self)
{
  Collecting collecting = begin (self);

  collecting.modules = g_ptr_array_new_with_free_func (g_object_unref);
  collect (&collecting, self);
  g_hash_table_unref (collecting.seen);
  return collecting.modules;
}

static GPtrArray *
filter (AssayModule *self, gboolean trainable)
{
  g_autoptr (GPtrArray) all = assay_module_get_variables (self);
  GPtrArray *some = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < all->len; i++)
    if (assay_variable_get_trainable (all->pdata[i]) == trainable)
      g_ptr_array_add (some, g_object_ref (all->pdata[i]));
  return some;
}

GPtrArray *
assay_module_get_trainable_variables (AssayModule *self)
{
  return filter (self, TRUE);
}

GPtrArray *
assay_module_get_non_trainable_variables (AssayModule *self)
{
  return filter (self, FALSE);
}
