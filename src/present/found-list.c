/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "found-list-private.h"

struct _AssayFoundList
{
  GObject        parent_instance;
  AssayDocument *document;
  GArray        *variables; /* of guint32 */
};

static GType
found_list_get_item_type (GListModel *model)
{
  return ASSAY_TYPE_NODE;
}

static guint
found_list_get_n_items (GListModel *model)
{
  return ASSAY_FOUND_LIST (model)->variables->len;
}

static gpointer
found_list_get_item (GListModel *model, guint position)
{
  AssayFoundList *self = ASSAY_FOUND_LIST (model);

  if (position >= self->variables->len)
    return NULL;
  return g_object_ref (assay_document_get_variable (self->document, g_array_index (self->variables, guint32, position)));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = found_list_get_item_type;
  iface->get_n_items = found_list_get_n_items;
  iface->get_item = found_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AssayFoundList, assay_found_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
found_list_finalize (GObject *object)
{
  AssayFoundList *self = ASSAY_FOUND_LIST (object);

  g_array_unref (self->variables);
  g_object_unref (self->document);
  G_OBJECT_CLASS (assay_found_list_parent_class)->finalize (object);
}

static void
assay_found_list_class_init (AssayFoundListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = found_list_finalize;
}

static void
assay_found_list_init (AssayFoundList *self)
{
}

/* The numbers mean nothing in another manifest. */
static void
root_changed_cb (AssayFoundList *self)
{
  guint n = self->variables->len;

  g_array_set_size (self->variables, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

AssayFoundList *
assay_found_list_new (AssayDocument *document, GArray *variables)
{
  AssayFoundList *self = g_object_new (ASSAY_TYPE_FOUND_LIST, NULL);

  self->document = g_object_ref (document);
  self->variables = variables;
  g_signal_connect_object (document, "notify::root", G_CALLBACK (root_changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}
