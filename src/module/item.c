/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/item.h>

#include <string.h>

struct _AssayItem
{
  gatomicrefcount ref_count;
  AssayItemKind   kind;
  gboolean        was_moved; /* of a list: whether anything but appending was done to it */
  GArray         *watches;   /* of Watch; NULL while nobody watches */
  union
  {
    gint64      integer;
    double      number;
    char       *text;
    AssayValue *tensor;
    GObject    *object;
    struct
    {
      GPtrArray *items;
      GPtrArray *keys; /* of a dict; else NULL */
    } list;
  };
};

typedef struct
{
  AssayItemFunc  func;
  gpointer       data;
  GDestroyNotify destroy;
} Watch;

G_DEFINE_BOXED_TYPE (AssayItem, assay_item, assay_item_ref, assay_item_unref)

static AssayItem *
item_new (AssayItemKind kind)
{
  AssayItem *self = g_new0 (AssayItem, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  if (kind >= ASSAY_ITEM_LIST)
    self->list.items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_item_unref);
  if (kind == ASSAY_ITEM_DICT)
    self->list.keys = g_ptr_array_new_with_free_func (g_free);
  return self;
}

AssayItem *
assay_item_new_none (void)
{
  return item_new (ASSAY_ITEM_NONE);
}

AssayItem *
assay_item_new_bool (gboolean value)
{
  AssayItem *self = item_new (ASSAY_ITEM_BOOL);

  self->integer = value != FALSE;
  return self;
}

AssayItem *
assay_item_new_int (gint64 value)
{
  AssayItem *self = item_new (ASSAY_ITEM_INT);

  self->integer = value;
  return self;
}

AssayItem *
assay_item_new_float (double value)
{
  AssayItem *self = item_new (ASSAY_ITEM_FLOAT);

  self->number = value;
  return self;
}

AssayItem *
assay_item_new_string (const char *value)
{
  AssayItem *self = item_new (ASSAY_ITEM_STRING);

  self->text = g_strdup (value);
  return self;
}

AssayItem *
assay_item_new_tensor (AssayValue *value)
{
  AssayItem *self = item_new (ASSAY_ITEM_TENSOR);

  self->tensor = assay_value_ref (value);
  return self;
}

AssayItem *
assay_item_new_object (gpointer object)
{
  AssayItem *self = item_new (ASSAY_IS_VARIABLE (object) ? ASSAY_ITEM_VARIABLE : ASSAY_ITEM_MODULE);

  self->object = g_object_ref (object);
  return self;
}

AssayItem *
assay_item_new_list (void)
{
  return item_new (ASSAY_ITEM_LIST);
}

AssayItem *
assay_item_new_tuple (void)
{
  return item_new (ASSAY_ITEM_TUPLE);
}

AssayItem *
assay_item_new_dict (void)
{
  return item_new (ASSAY_ITEM_DICT);
}

static void
watch_clear (gpointer data)
{
  Watch *watch = data;

  if (watch->destroy != NULL)
    watch->destroy (watch->data);
}

void
assay_item_watch (AssayItem *self, AssayItemFunc func, gpointer data, GDestroyNotify destroy)
{
  Watch watch = { func, data, destroy };

  if (self->watches == NULL)
    {
      self->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
      g_array_set_clear_func (self->watches, watch_clear);
    }
  g_array_append_val (self->watches, watch);
}

static void
tell (AssayItem *self, const char *key, AssayItem *item)
{
  for (guint i = 0; self->watches != NULL && i < self->watches->len; i++)
    {
      const Watch *watch = &g_array_index (self->watches, Watch, i);

      watch->func (self, key, item, watch->data);
    }
}

void
assay_item_append (AssayItem *self, AssayItem *item)
{
  char number[16];

  g_return_if_fail (self->kind == ASSAY_ITEM_LIST || self->kind == ASSAY_ITEM_TUPLE);
  g_snprintf (number, sizeof number, "%u", self->list.items->len);
  g_ptr_array_add (self->list.items, item);
  tell (self, number, item);
}

void
assay_item_put (AssayItem *self, guint index, AssayItem *item)
{
  g_return_if_fail (self->kind == ASSAY_ITEM_LIST);
  self->was_moved = self->was_moved || index < self->list.items->len;
  if (index >= self->list.items->len)
    assay_item_append (self, item);
  else
    g_ptr_array_insert (self->list.items, index, item);
}

gboolean
assay_item_is_append_only (AssayItem *self)
{
  return !self->was_moved;
}

void
assay_item_insert (AssayItem *self, const char *key, AssayItem *item)
{
  g_return_if_fail (self->kind == ASSAY_ITEM_DICT);
  for (guint i = 0; i < self->list.keys->len; i++)
    if (strcmp (self->list.keys->pdata[i], key) == 0)
      {
        assay_item_unref (self->list.items->pdata[i]);
        self->list.items->pdata[i] = item;
        tell (self, key, item);
        return;
      }
  g_ptr_array_add (self->list.keys, g_strdup (key));
  g_ptr_array_add (self->list.items, item);
  tell (self, key, item);
}

AssayItem *
assay_item_ref (AssayItem *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_item_unref (AssayItem *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->watches, g_array_unref);
  if (self->kind == ASSAY_ITEM_STRING)
    g_free (self->text);
  else if (self->kind == ASSAY_ITEM_TENSOR)
    assay_value_unref (self->tensor);
  else if (self->kind == ASSAY_ITEM_VARIABLE || self->kind == ASSAY_ITEM_MODULE)
    g_object_unref (self->object);
  else if (self->kind >= ASSAY_ITEM_LIST)
    {
      g_ptr_array_unref (self->list.items);
      g_clear_pointer (&self->list.keys, g_ptr_array_unref);
    }
  g_free (self);
}

AssayItemKind
assay_item_get_kind (AssayItem *self)
{
  return self->kind;
}

gint64
assay_item_get_int (AssayItem *self)
{
  return self->kind == ASSAY_ITEM_INT || self->kind == ASSAY_ITEM_BOOL ? self->integer : 0;
}

double
assay_item_get_float (AssayItem *self)
{
  return self->kind == ASSAY_ITEM_FLOAT ? self->number : assay_item_get_int (self);
}

const char *
assay_item_get_string (AssayItem *self)
{
  return self->kind == ASSAY_ITEM_STRING ? self->text : NULL;
}

AssayValue *
assay_item_get_tensor (AssayItem *self)
{
  return self->kind == ASSAY_ITEM_TENSOR ? self->tensor : NULL;
}

gpointer
assay_item_get_object (AssayItem *self)
{
  return self->kind == ASSAY_ITEM_VARIABLE || self->kind == ASSAY_ITEM_MODULE ? self->object : NULL;
}

guint
assay_item_get_n (AssayItem *self)
{
  return self->kind >= ASSAY_ITEM_LIST ? self->list.items->len : 0;
}

AssayItem *
assay_item_get_nth (AssayItem *self, guint index, const char **key)
{
  g_return_val_if_fail (index < assay_item_get_n (self), NULL);
  if (key != NULL)
    *key = self->list.keys ? self->list.keys->pdata[index] : NULL;
  return self->list.items->pdata[index];
}
