/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The objects of this process, as a checkpoint sees them. */

#include "object-graph-private.h"

#include <string.h>

#define MAX_DEPTH 100
#define MAX_LOOKED_AT 10000

/* TensorFlow wraps a tuple only if something in it can be tracked. */
static gboolean
has_object (AssayItem *item, guint depth, guint *budget)
{
  /* One that holds itself is a tuple to be followed. */
  if (assay_item_get_object (item) != NULL || depth > MAX_DEPTH || *budget == 0)
    return TRUE;
  --*budget;
  for (guint i = 0; i < assay_item_get_n (item); i++)
    if (has_object (assay_item_get_nth (item, i, NULL), depth + 1, budget))
      return TRUE;
  return FALSE;
}

gboolean
assay_live_of (AssayItem *item, AssayLive *live)
{
  AssayItemKind kind = assay_item_get_kind (item);
  guint         budget = MAX_LOOKED_AT;

  *live = (AssayLive){ .object = assay_item_get_object (item) };
  live->pointer = live->object ? (gpointer) live->object : (gpointer) item;
  if (kind == ASSAY_ITEM_MODULE)
    live->children = assay_module_get_attributes (ASSAY_MODULE (live->object));
  else if (kind >= ASSAY_ITEM_LIST)
    live->children = item;
  return kind >= ASSAY_ITEM_VARIABLE && (kind != ASSAY_ITEM_TUPLE || has_object (item, 0, &budget));
}

gboolean
assay_live_get_child (const AssayLive *self, guint index, char **name, AssayLive *child)
{
  const char *key;
  AssayItem  *item = assay_item_get_nth (self->children, index, &key);

  if (!assay_live_of (item, child))
    return FALSE;
  *name = key ? g_strdup (key) : g_strdup_printf ("%u", index);
  return TRUE;
}

/* Items of lists and tuples are known by their numbers, as they are written: "0", "1"… */
static gboolean
find_number (AssayItem *list, const char *name, guint *index)
{
  char    text[16];
  guint64 number = g_ascii_isdigit (*name) ? g_ascii_strtoull (name, NULL, 10) : G_MAXUINT64;

  if (number >= assay_item_get_n (list))
    return FALSE;
  *index = number;
  g_snprintf (text, sizeof text, "%u", *index);
  return strcmp (text, name) == 0;
}

gboolean
assay_live_find_child (const AssayLive *self, const char *name, AssayLive *child)
{
  guint index, n = self->children ? assay_item_get_n (self->children) : 0;

  if (n > 0 && assay_item_get_kind (self->children) != ASSAY_ITEM_DICT)
    return find_number (self->children, name, &index) && assay_live_of (assay_item_get_nth (self->children, index, NULL), child);
  for (guint i = 0; i < n; i++)
    {
      const char *key;
      AssayItem  *item = assay_item_get_nth (self->children, i, &key);

      if (strcmp (key, name) == 0)
        return assay_live_of (item, child);
    }
  return FALSE;
}

GArray *
assay_live_list (const AssayLive *root)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (AssayLive));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  g_array_append_val (all, *root);
  g_hash_table_add (seen, root->pointer);
  for (guint i = 0; i < all->len; i++)
    {
      AssayLive at = g_array_index (all, AssayLive, i), child;

      for (guint k = 0; at.children != NULL && k < assay_item_get_n (at.children); k++)
        {
          g_autofree char *name = NULL;

          if (assay_live_get_child (&at, k, &name, &child) && g_hash_table_add (seen, child.pointer))
            g_array_append_val (all, child);
        }
    }
  return all;
}
