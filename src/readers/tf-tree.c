/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From a checkpoint's keys to a tree: by the object graph, where there is one; else by the names themselves. */

#include <assay/error.h>
#include <assay/names.h>
#include <string.h>

#include "tf-bundle-private.h"
#include "tf-graph-private.h"

#define GRAPH_KEY "_CHECKPOINTABLE_OBJECT_GRAPH"
#define ATTRIBUTES "/.ATTRIBUTES/"
#define SLOT "/.OPTIMIZER_SLOT/"
#define MAX_HANDED_ON (16u << 20)
#define MAX_GRAPH (256u << 20)
/* Checksums are compared on opening until so many bytes were looked at. */
#define CHECKED_VALUE (16u << 20)
#define CHECKED_IN_ALL (64u << 20)

typedef struct
{
  AssayBundle  *bundle;
  AssayTfGraph *graph;  /* nullable */
  GHashTable   *shapes; /* key → entry, for telling slots by their names */
  guint64       n_checked;
  gboolean      has_optimizer;
} Tree;

static void
tree_clear (Tree *tree)
{
  g_clear_pointer (&tree->graph, assay_tf_graph_free);
  g_clear_pointer (&tree->shapes, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, tree_clear)

/* Joins the parts of a key, undoing its escapes. */
static char *
path_from_key (const char *key, gsize n)
{
  g_autofree char *text = g_strndup (key, n);
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);
  g_autoptr (GString) path = g_string_new (NULL);

  for (gsize i = 0; parts[i]; i++)
    {
      g_autofree char *part = assay_name_unescape (parts[i]);

      if (path->len > 0)
        g_string_append_c (path, ASSAY_TF_SEPARATOR);
      g_string_append (path, part);
    }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

/* Keys of objects whose graph is lost: variable/.OPTIMIZER_SLOT/optimizer/slot/.ATTRIBUTES/VARIABLE_VALUE. */
static char *
place_object_key (const char *key, guint32 *flags)
{
  const char      *attributes = g_strrstr (key, ATTRIBUTES), *slot = strstr (key, SLOT);
  const char      *name = attributes + strlen (ATTRIBUTES);
  g_autofree char *object = NULL, *rest = NULL;

  if (slot != NULL && slot < attributes)
    {
      const char *slot_name = attributes;

      while (slot_name > slot && slot_name[-1] != '/')
        slot_name--;
      object = path_from_key (key, slot - key);
      rest = path_from_key (slot_name, attributes - slot_name);
      *flags = ASSAY_FLAG_OPTIMIZER;
      return g_strdup_printf ("optimizer%c%s%c%s", ASSAY_TF_SEPARATOR, rest, ASSAY_TF_SEPARATOR, object);
    }
  object = path_from_key (key, attributes - key);
  if (strcmp (object, "save_counter") == 0 || strcmp (name, "OBJECT_CONFIG_JSON") == 0)
    *flags = ASSAY_FLAG_HIDDEN;
  else if (g_str_has_prefix (object, "optimizer\x1f"))
    *flags = ASSAY_FLAG_OPTIMIZER;
  if (*object && strcmp (name, "VARIABLE_VALUE") == 0)
    return g_steal_pointer (&object);
  return g_strdup_printf ("%s%s%s", object, *object ? "\x1f" : "", name);
}

/* The slots of TensorFlow 1's optimizers, as they end a name; a second one gets "_1". */
static gboolean
is_slot_name (const char *name)
{
  static const char *const slots[] = { "Adam", "Momentum", "RMSProp", "Adagrad", "AdagradDA", "Adadelta", "Ftrl", "ProximalAdagrad", "AdaMax",
                                       "LazyAdam", "NadamOptimizer", "AdamW", "LARS", "LAMB", "adam_m", "adam_v" };
  const char              *end = strrchr (name, '_');
  gsize                    n = end && end[1] && strspn (end + 1, "0123456789") == strlen (end + 1) ? (gsize) (end - name) : strlen (name);

  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    if (strlen (slots[i]) == n && strncmp (slots[i], name, n) == 0)
      return TRUE;
  return FALSE;
}

/* "beta1_power", "beta2_power_1": what Adam counts, for all variables at once. */
static gboolean
is_power (const char *name)
{
  return g_str_has_prefix (name, "beta1_power") || g_str_has_prefix (name, "beta2_power");
}

/* A name is a slot's if it ends as a slot's does and what stands before it is a variable of the same shape. */
static char *
place_name (Tree *tree, const AssayBundleEntry *entry, guint32 *flags)
{
  const char             *last = strrchr (entry->key, '/');
  const char             *name = last ? last + 1 : entry->key;
  g_autofree char        *owner = last ? g_strndup (entry->key, last - entry->key) : NULL;
  const AssayBundleEntry *of = owner ? g_hash_table_lookup (tree->shapes, owner) : NULL;
  g_autofree char        *path = NULL;

  if (of != NULL && is_slot_name (name) && of->rank == entry->rank)
    {
      *flags = ASSAY_FLAG_OPTIMIZER;
      path = g_strdup_printf ("optimizer/%s/%s", name, owner);
    }
  else if (is_power (name) && entry->rank == 0)
    {
      *flags = ASSAY_FLAG_OPTIMIZER;
      path = g_strdup_printf ("optimizer/%s", entry->key);
    }
  else
    path = g_strdup (entry->key);
  if (strcmp (name, "global_step") == 0)
    *flags = ASSAY_FLAG_NON_TRAINABLE;
  return g_strdelimit (g_steal_pointer (&path), "/", ASSAY_TF_SEPARATOR);
}

static char *
place_entry (Tree *tree, const AssayBundleEntry *entry, guint32 *flags, const char **full_name)
{
  AssayTfPlace place;

  if (strcmp (entry->key, GRAPH_KEY) == 0)
    {
      *flags = ASSAY_FLAG_HIDDEN;
      return g_strdup (entry->key);
    }
  if (tree->graph != NULL && assay_tf_graph_find (tree->graph, entry->key, &place) && place.path != NULL)
    {
      *flags = place.flags;
      *full_name = place.full_name;
      return place.path;
    }
  if (strstr (entry->key, ATTRIBUTES) != NULL)
    return place_object_key (entry->key, flags);
  return place_name (tree, entry, flags);
}

/* Compares the checksum of a value that is small enough to be read on opening. */
static void
check_entry (Tree *tree, AssayBundleEntry *entry)
{
  AssayReaderFile  file;
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;

  if (entry->dtype == ASSAY_DTYPE_INVALID || entry->slices != NULL || entry->size > CHECKED_VALUE ||
      entry->size > CHECKED_IN_ALL - tree->n_checked)
    return;
  reason = assay_bundle_locate (tree->bundle, entry, &file);
  if (reason != NULL)
    return;
  tree->n_checked += entry->size;
  if (entry->dtype == ASSAY_DTYPE_STRING ? !assay_bundle_check_strings (entry, &file, &error) : !assay_bundle_check_crc (entry, &file, &error))
    assay_manifest_builder_add_warning (tree->bundle->context->builder, "%s; its values may be wrong", error->message);
}

static char *
quote_json (const char *text)
{
  GString *json = g_string_new ("\"");

  for (; *text; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (json, "\\%c", *text);
    else if ((guchar) *text < 0x20)
      g_string_append_printf (json, "\\u%04x", *text);
    else
      g_string_append_c (json, *text);
  g_string_append_c (json, '"');
  return g_string_free (json, FALSE);
}

static void
add_entry (Tree *tree, AssayBundleEntry *entry, guint32 cookie)
{
  AssayManifestBuilder *builder = tree->bundle->context->builder;
  const char           *full_name = "";
  guint32               flags = 0, module, variable;
  g_autofree char      *path = place_entry (tree, entry, &flags, &full_name), *name = NULL, *json = NULL;
  const char           *own = entry->dtype == ASSAY_DTYPE_INVALID ? NULL : assay_dtype_get_info (entry->dtype)->name;

  if ((flags & ASSAY_FLAG_OPTIMIZER) && !tree->has_optimizer)
    {
      assay_manifest_builder_set_module_facts (
          builder, assay_manifest_builder_ensure_path (builder, 0, "optimizer\x1f", ASSAY_TF_SEPARATOR, NULL), NULL, ASSAY_FLAG_OPTIMIZER);
      tree->has_optimizer = TRUE;
    }
  module = assay_manifest_builder_ensure_path (builder, 0, path, ASSAY_TF_SEPARATOR, &name);
  variable = assay_manifest_builder_add_variable (builder, module, name, entry->key, own ? entry->dtype : ASSAY_DTYPE_OPAQUE, own ? 0 : 1,
                                                  own && strcmp (own, entry->type_name) == 0 ? NULL : entry->type_name, entry->rank,
                                                  entry->shape, flags);
  if (*full_name)
    {
      json = quote_json (full_name);
      assay_manifest_builder_set_variable_attribute (builder, variable, "full_name", json);
    }
  assay_bundle_set_layout (tree->bundle, entry, cookie, variable);
  check_entry (tree, entry);
}

/* Restoring goes by the graph itself; a huge one is not sent. */
static void
hand_on_graph (Tree *tree, const guint8 *data, gsize n)
{
  g_autofree char *json = tree->graph && n <= MAX_HANDED_ON ? assay_tf_graph_to_json (data, n) : NULL;

  if (json != NULL)
    assay_manifest_builder_set_module_attribute (tree->bundle->context->builder, 0, ".object_graph", json);
}

/* The graph is a string among the values. Without it keys tell enough. */
static void
read_graph (Tree *tree)
{
  AssayBundleEntry *entry = g_hash_table_lookup (tree->shapes, GRAPH_KEY);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize         n;

  if (entry == NULL || entry->dtype != ASSAY_DTYPE_STRING || entry->n_elements != 1)
    return;
  if (entry->size > MAX_GRAPH)
    g_set_error (&error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "it is too large");
  else if (assay_bundle_read_strings (tree->bundle, entry, 0, 1, strings, &error))
    {
      data = g_bytes_get_data (strings->pdata[0], &n);
      tree->graph = assay_tf_graph_parse (data, n, &error);
      hand_on_graph (tree, data, n);
    }
  if (tree->graph == NULL)
    assay_manifest_builder_add_warning (tree->bundle->context->builder, "The tree is made from the keys, for the object graph can’t be read: %s",
                                        error->message);
}

gboolean
assay_bundle_add_tree (AssayBundle *self, GError **error)
{
  g_auto (Tree) tree = { .bundle = self };

  tree.shapes = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->entries->len; i++)
    {
      AssayBundleEntry *entry = self->entries->pdata[i];

      g_hash_table_insert (tree.shapes, entry->key, entry);
    }
  read_graph (&tree);
  for (guint i = 0; i < self->entries->len; i++)
    {
      add_entry (&tree, self->entries->pdata[i], i);
      if (i % 256 == 0 && assay_manifest_builder_is_due (self->context->builder) && !assay_manifest_builder_flush (self->context->builder, error))
        return FALSE;
    }
  return TRUE;
}
