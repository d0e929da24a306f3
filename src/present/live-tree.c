/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From modules of this process to a manifest, and on to the document: only ever more of both, so numbers stay. */

#include "live-private.h"

#include <assay/layer.h>
#include <assay/memory-source.h>
#include <assay/module-text.h>

#include "../base/json-scan-private.h"
#include "document-private.h"

#define MAX_ATTRIBUTE 4000

static gboolean
append_frame (GVariant *frame, gpointer document, GError **error)
{
  return assay_manifest_append_own (assay_document_get_manifest (document), frame, error);
}

static void
place_clear (gpointer data)
{
  AssayLivePlace *place = data;

  g_clear_object (&place->variable);
  g_clear_pointer (&place->tensor, assay_tensor_unref);
  g_clear_object (&place->source);
}

void
assay_live_tree_init (AssayLiveTree *self, AssayDocument *document)
{
  self->document = document;
  self->builder = assay_manifest_builder_new (append_frame, document);
  self->modules = g_hash_table_new (NULL, NULL);
  self->variables = g_hash_table_new (NULL, NULL);
  self->attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->places = g_array_new (FALSE, TRUE, sizeof (AssayLivePlace));
  g_array_set_clear_func (self->places, place_clear);
}

void
assay_live_tree_clear (AssayLiveTree *self)
{
  g_object_unref (self->builder);
  g_hash_table_unref (self->modules);
  g_hash_table_unref (self->variables);
  g_hash_table_unref (self->attributes);
  g_array_unref (self->places);
}

/* An attribute that isn't collected: a plain tensor as Python prints it, a setting; NULL for modules and variables. */
static char *
to_json (AssayItem *item)
{
  GString         *json = g_string_new (NULL);
  g_autofree char *text = NULL;
  char             number[G_ASCII_DTOSTR_BUF_SIZE];

  switch (assay_item_get_kind (item))
    {
    case ASSAY_ITEM_NONE:
      g_string_append (json, "null");
      break;
    case ASSAY_ITEM_BOOL:
      g_string_append (json, assay_item_get_int (item) ? "true" : "false");
      break;
    case ASSAY_ITEM_INT:
      g_string_append_printf (json, "%" G_GINT64_FORMAT, assay_item_get_int (item));
      break;
    case ASSAY_ITEM_FLOAT:
      g_string_append (json, g_ascii_dtostr (number, sizeof number, assay_item_get_float (item)));
      break;
    case ASSAY_ITEM_STRING:
      assay_json_append_string (json, assay_item_get_string (item));
      break;
    case ASSAY_ITEM_TENSOR:
      text = assay_value_to_text (assay_item_get_tensor (item), TRUE);
      if (g_utf8_strlen (text, -1) > MAX_ATTRIBUTE)
        *g_utf8_offset_to_pointer (text, MAX_ATTRIBUTE) = '\0';
      assay_json_append_string (json, text);
      break;
    default:
      g_string_free (json, TRUE);
      return NULL;
    }
  return g_string_free (json, FALSE);
}

/* Says an attribute, if it is another than was said last. */
static void
say_attribute (AssayLiveTree *self, guint32 module, const char *name, const char *json)
{
  g_autofree char *key = g_strdup_printf ("%u/%s", module, name);

  if (g_strcmp0 (g_hash_table_lookup (self->attributes, key), json) == 0)
    return;
  assay_manifest_builder_set_module_attribute (self->builder, module, name, json);
  g_hash_table_insert (self->attributes, g_steal_pointer (&key), g_strdup (json));
}

/* The key that a checkpoint has it under, so that both can be compared. */
static char *
make_key (const char *path, const char *name)
{
  return g_strdup_printf ("checkpoint/model%s/%s/.ATTRIBUTES/VARIABLE_VALUE", path, name);
}

static void
add_variable (AssayLiveTree *self, guint32 module, const char *path, const char *name, AssayVariable *variable)
{
  g_autofree char *key = make_key (path, name);
  g_autoptr (AssayTensor) tensor = assay_resource_dup_tensor (ASSAY_RESOURCE (variable), NULL, NULL);
  AssayLivePlace    place = { g_object_ref (variable), assay_tensor_ref (tensor), assay_memory_source_new (tensor) };
  const AssayLayout layout = { .kind = ASSAY_LAYOUT_FILL };
  guint32           flags = assay_variable_get_trainable (variable) ? ASSAY_FLAG_TRAINABLE : ASSAY_FLAG_NON_TRAINABLE;
  g_autoptr (GString) full_name = g_string_new (NULL);
  g_autofree char *text = g_strconcat (assay_resource_get_name (ASSAY_RESOURCE (variable)), ":0", NULL);
  guint32          number = assay_manifest_builder_add_variable (self->builder, module, name, key, assay_tensor_get_dtype (tensor), 0, NULL,
                                                                 assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor), flags);

  assay_manifest_builder_set_layout (self->builder, number, &layout);
  assay_json_append_string (full_name, text);
  assay_manifest_builder_set_variable_attribute (self->builder, number, "name", full_name->str);
  g_hash_table_insert (self->variables, variable, GUINT_TO_POINTER (number + 1));
  g_array_append_val (self->places, place);
}

static void
walk (AssayLiveTree *self, AssayModule *module, guint32 number, const char *path)
{
  AssayItem *attributes = assay_module_get_attributes (module);

  if (ASSAY_IS_LAYER (module))
    say_attribute (self, number, "built", assay_layer_get_built (ASSAY_LAYER (module)) ? "true" : "false");
  for (guint i = 0; i < assay_item_get_n (attributes); i++)
    {
      const char      *name;
      AssayItem       *item = assay_item_get_nth (attributes, i, &name);
      gpointer         object = assay_item_get_object (item);
      g_autofree char *inner = g_strdup_printf ("%s/%s", path, name);
      g_autofree char *json = to_json (item);

      if (json != NULL)
        say_attribute (self, number, name, json);
      else if (assay_item_get_kind (item) == ASSAY_ITEM_VARIABLE && !g_hash_table_contains (self->variables, object))
        add_variable (self, number, path, name, object);
      else if (assay_item_get_kind (item) == ASSAY_ITEM_MODULE)
        {
          guint32 flags = ASSAY_IS_LAYER (object) ? ASSAY_FLAG_ORDERED : 0;

          if (!g_hash_table_contains (self->modules, object))
            g_hash_table_insert (self->modules, object, GUINT_TO_POINTER (assay_manifest_builder_add_module (self->builder, number, name, assay_module_get_class_name (object), flags) + 1));
          walk (self, object, GPOINTER_TO_UINT (g_hash_table_lookup (self->modules, object)) - 1, inner);
        }
    }
}

void
assay_live_tree_update (AssayLiveTree *self, AssayModule *root)
{
  guint n_before = self->places->len;

  if (g_hash_table_size (self->modules) == 0)
    {
      assay_manifest_builder_set_format (self->builder, "live");
      assay_manifest_builder_set_module_facts (self->builder, 0, assay_module_get_class_name (root), ASSAY_IS_LAYER (root) ? ASSAY_FLAG_ORDERED : 0);
      g_hash_table_insert (self->modules, root, GUINT_TO_POINTER (1));
    }
  walk (self, root, 0, "");
  assay_manifest_builder_flush (self->builder, NULL);
  for (guint32 i = n_before; i < self->places->len; i++)
    assay_document_put_live (self->document, i, g_array_index (self->places, AssayLivePlace, i).source);
  assay_document_live_grew (self->document);
}

void
assay_live_tree_take_values (AssayLiveTree *self, const char *name)
{
  guint n_taken = 0;

  for (guint32 i = 0; i < self->places->len; i++)
    {
      AssayLivePlace *place = &g_array_index (self->places, AssayLivePlace, i);
      g_autoptr (AssayTensor) tensor = assay_resource_dup_tensor (ASSAY_RESOURCE (place->variable), NULL, NULL);
      gboolean changed = tensor != place->tensor && !g_bytes_equal (assay_tensor_get_bytes (tensor), assay_tensor_get_bytes (place->tensor));

      assay_tensor_ref (tensor);
      assay_tensor_unref (place->tensor);
      place->tensor = tensor;
      if (!changed)
        continue;
      g_clear_object (&place->source);
      place->source = assay_memory_source_new (tensor);
      assay_document_push (self->document, assay_document_get_variable (self->document, i), place->source, g_strdup (name));
      /* However many variables a checkpoint has, it is one thing to undo. */
      if (n_taken++ > 0)
        assay_step_join (assay_history_get_step (self->document->history, assay_document_get_position (self->document) - 1));
    }
}
