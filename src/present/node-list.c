/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "node-list-private.h"

#include <assay/names.h>

#include "node-private.h"

typedef struct
{
  guint32     index;
  gboolean    is_module;
  gboolean    is_last; /* optimizer state, bookkeeping */
  const char *name;
} Child;

struct _AssayNodeList
{
  GObject        parent_instance;
  AssayDocument *document; /* not owned; NULL once it is gone */
  guint32        module;
  GArray        *children; /* of Child */
};

static GType
node_list_get_item_type (GListModel *model)
{
  return ASSAY_TYPE_NODE;
}

static guint
node_list_get_n_items (GListModel *model)
{
  return ASSAY_NODE_LIST (model)->children->len;
}

static gpointer
node_list_get_item (GListModel *model, guint position)
{
  AssayNodeList *self = ASSAY_NODE_LIST (model);
  const Child   *child;

  if (position >= self->children->len || self->document == NULL)
    return NULL;
  child = &g_array_index (self->children, Child, position);
  return g_object_ref (child->is_module ? assay_document_get_module (self->document, child->index)
                                        : assay_document_get_variable (self->document, child->index));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = node_list_get_item_type;
  iface->get_n_items = node_list_get_n_items;
  iface->get_item = node_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AssayNodeList, assay_node_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
node_list_finalize (GObject *object)
{
  g_array_unref (ASSAY_NODE_LIST (object)->children);
  G_OBJECT_CLASS (assay_node_list_parent_class)->finalize (object);
}

static void
assay_node_list_class_init (AssayNodeListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = node_list_finalize;
}

static void
assay_node_list_init (AssayNodeList *self)
{
  self->children = g_array_new (FALSE, FALSE, sizeof (Child));
}

static int
compare_children (gconstpointer a, gconstpointer b)
{
  const Child *first = a, *second = b;
  int          order;

  if (first->is_last != second->is_last)
    return first->is_last ? 1 : -1;
  order = assay_name_compare (first->name, second->name);
  if (order != 0)
    return order;
  if (first->is_module != second->is_module)
    return first->is_module ? 1 : -1;
  return first->index < second->index ? -1 : 1;
}

static int
compare_last (gconstpointer a, gconstpointer b)
{
  const Child *first = a, *second = b;

  if (first->is_last != second->is_last)
    return first->is_last ? 1 : -1;
  if (first->is_module != second->is_module)
    return first->is_module ? 1 : -1;
  return first->index < second->index ? -1 : first->index > second->index;
}

/* All children there are now, in order. */
static GArray *
collect (AssayNodeList *self)
{
  AssayManifest *manifest = assay_document_get_manifest (self->document);
  GArray        *children = g_array_new (FALSE, FALSE, sizeof (Child));
  g_autoptr (GArray) modules = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) variables = g_array_new (FALSE, FALSE, sizeof (guint32));
  AssayManifestModule own = { 0 };

  assay_outline_list (assay_document_get_outline (self->document), self->module, modules, variables);
  for (guint i = 0; i < variables->len; i++)
    {
      AssayManifestVariable facts;
      Child                 child = { .index = g_array_index (variables, guint32, i) };

      assay_manifest_get_variable (manifest, child.index, &facts);
      child.name = facts.name;
      child.is_last = (facts.flags & ASSAY_FLAG_HIDDEN) != 0;
      g_array_append_val (children, child);
    }
  for (guint i = 0; i < modules->len; i++)
    {
      AssayManifestModule facts;
      Child               child = { .index = g_array_index (modules, guint32, i), .is_module = TRUE };

      assay_manifest_get_module (manifest, child.index, &facts);
      child.name = facts.name;
      child.is_last = (facts.flags & (ASSAY_FLAG_OPTIMIZER | ASSAY_FLAG_HIDDEN)) != 0;
      g_array_append_val (children, child);
    }
  if (self->module < assay_manifest_get_n_modules (manifest))
    assay_manifest_get_module (manifest, self->module, &own);
  g_array_sort (children, (own.flags & ASSAY_FLAG_ORDERED) ? compare_last : compare_children);
  return children;
}

static gboolean
is_same (const GArray *a, guint i, const GArray *b, guint j)
{
  const Child *first = &g_array_index (a, Child, i), *second = &g_array_index (b, Child, j);

  return first->index == second->index && first->is_module == second->is_module;
}

void
assay_node_list_refresh (AssayNodeList *self)
{
  g_autoptr (GArray) old = NULL;
  guint before = 0, behind = 0;

  if (self->document == NULL)
    return;
  old = self->children;
  self->children = collect (self);
  while (before < old->len && before < self->children->len && is_same (old, before, self->children, before))
    before++;
  while (behind < old->len - before && behind < self->children->len - before &&
         is_same (old, old->len - 1 - behind, self->children, self->children->len - 1 - behind))
    behind++;
  if (old->len != self->children->len || before != old->len)
    g_list_model_items_changed (G_LIST_MODEL (self), before, old->len - before - behind, self->children->len - before - behind);
}

AssayNodeList *
assay_node_list_new (AssayDocument *document, guint32 module)
{
  AssayNodeList *self = g_object_new (ASSAY_TYPE_NODE_LIST, NULL);

  self->document = document;
  self->module = module;
  g_array_unref (self->children);
  self->children = collect (self);
  return self;
}

void
assay_node_list_detach (AssayNodeList *self)
{
  guint n = self->children->len;

  self->document = NULL;
  g_array_set_size (self->children, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
