/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an attribute of a module holds: a variable, a module, a plain tensor, a setting, or a list, tuple or dict of these. */

#pragma once

#include <assay/variable.h>

G_BEGIN_DECLS

/**
 * AssayItemKind:
 *
 * What an item is. Lists, tuples and dicts hold items.
 */
typedef enum
{
  ASSAY_ITEM_NONE,
  ASSAY_ITEM_BOOL,
  ASSAY_ITEM_INT,
  ASSAY_ITEM_FLOAT,
  ASSAY_ITEM_STRING,
  ASSAY_ITEM_TENSOR,
  ASSAY_ITEM_VARIABLE,
  ASSAY_ITEM_MODULE,
  ASSAY_ITEM_LIST,
  ASSAY_ITEM_TUPLE,
  ASSAY_ITEM_DICT,
} AssayItemKind;

/**
 * AssayItem:
 *
 * A value of an attribute, counted by reference. Belongs to the thread of its module.
 */
typedef struct _AssayItem AssayItem;

#define ASSAY_TYPE_ITEM (assay_item_get_type ())
GType assay_item_get_type (void);

/**
 * assay_item_new_none:
 *
 * Returns: (transfer full): nothing
 */
AssayItem *assay_item_new_none (void);

/**
 * assay_item_new_bool:
 *
 * Returns: (transfer full): a truth value
 */
AssayItem *assay_item_new_bool (gboolean value);

/**
 * assay_item_new_int:
 *
 * Returns: (transfer full): an integer
 */
AssayItem *assay_item_new_int (gint64 value);

/**
 * assay_item_new_float:
 *
 * Returns: (transfer full): a number
 */
AssayItem *assay_item_new_float (double value);

/**
 * assay_item_new_string:
 *
 * Returns: (transfer full): a text
 */
AssayItem *assay_item_new_string (const char *value);

/**
 * assay_item_new_tensor:
 * @value: (transfer none): a tensor
 *
 * Returns: (transfer full): a plain tensor, which is kept but not collected
 */
AssayItem *assay_item_new_tensor (AssayValue *value);

/**
 * assay_item_new_object:
 * @object: (transfer none): an #AssayVariable or AssayModule
 *
 * Returns: (transfer full): it
 */
AssayItem *assay_item_new_object (gpointer object);

/**
 * assay_item_new_list:
 *
 * Returns: (transfer full): an empty list
 */
AssayItem *assay_item_new_list (void);

/**
 * assay_item_new_tuple:
 *
 * Returns: (transfer full): an empty tuple; fill it before it is set anywhere
 */
AssayItem *assay_item_new_tuple (void);

/**
 * assay_item_new_dict:
 *
 * Returns: (transfer full): an empty dict
 */
AssayItem *assay_item_new_dict (void);

/**
 * assay_item_append:
 * @item: (transfer full): what to add
 *
 * Adds to a list or tuple.
 */
void assay_item_append (AssayItem *self, AssayItem *item);

/**
 * assay_item_put:
 * @index: where in the list
 * @item: (transfer full): what to put there; what is there moves on
 *
 * As list.insert. A list in which something was moved can't be written into a checkpoint any more, as in TensorFlow.
 */
void assay_item_put (AssayItem *self, guint index, AssayItem *item);

/**
 * assay_item_is_append_only:
 *
 * Returns: whether nothing in it was ever moved
 */
gboolean assay_item_is_append_only (AssayItem *self);

/**
 * assay_item_insert:
 * @key: its key
 * @item: (transfer full): what to add
 *
 * Sets an entry of a dict.
 */
void assay_item_insert (AssayItem *self, const char *key, AssayItem *item);

/**
 * AssayItemFunc:
 * @item: a list, tuple or dict
 * @key: the key of what was added; of a list its number
 * @added: what was added
 * @data: what was given with it
 *
 * Hears of something added to a container.
 */
typedef void (*AssayItemFunc) (AssayItem *item, const char *key, AssayItem *added, gpointer data);

/**
 * assay_item_watch:
 * @func: called for everything that is added from now on
 * @data: given to it
 * @destroy: (nullable): called on @data when the container goes
 *
 * Watches a container.
 */
void assay_item_watch (AssayItem *self, AssayItemFunc func, gpointer data, GDestroyNotify destroy);

/**
 * assay_item_ref:
 *
 * Returns: (transfer full): @self
 */
AssayItem *assay_item_ref (AssayItem *self);

/**
 * assay_item_unref:
 *
 * Gives up a reference.
 */
void assay_item_unref (AssayItem *self);

/**
 * assay_item_get_kind:
 *
 * Returns: what it is
 */
AssayItemKind assay_item_get_kind (AssayItem *self);

/**
 * assay_item_get_int:
 *
 * Returns: an integer or truth value; of anything else 0
 */
gint64 assay_item_get_int (AssayItem *self);

/**
 * assay_item_get_float:
 *
 * Returns: a number; of anything else 0
 */
double assay_item_get_float (AssayItem *self);

/**
 * assay_item_get_string:
 *
 * Returns: (transfer none) (nullable): a text
 */
const char *assay_item_get_string (AssayItem *self);

/**
 * assay_item_get_tensor:
 *
 * Returns: (transfer none) (nullable): a plain tensor
 */
AssayValue *assay_item_get_tensor (AssayItem *self);

/**
 * assay_item_get_object:
 *
 * Returns: (transfer none) (nullable): a variable or module
 */
gpointer assay_item_get_object (AssayItem *self);

/**
 * assay_item_get_n:
 *
 * Returns: how many items a list, tuple or dict has
 */
guint assay_item_get_n (AssayItem *self);

/**
 * assay_item_get_nth:
 * @key: (out) (optional) (transfer none): of a dict, its key; of a list or tuple %NULL
 *
 * Returns: (transfer none): an item, in the order they were added
 */
AssayItem *assay_item_get_nth (AssayItem *self, guint index, const char **key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayItem, assay_item_unref)

G_END_DECLS
