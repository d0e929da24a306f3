/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keras' sharded weights (max_shard_size), as keras.src.saving.saving_lib.ShardedH5IOStore writes them:
 *
 *   BASE.weights.json  {"metadata": {"total_size": …}, "weight_map": {"/layers/dense/vars": file or [file, …], …}}
 *
 * Each file is an HDF5 file that has some of the groups, or some variables of one. Names of files are plain. */

#include <assay/error.h>
#include <string.h>

#include "keras-private.h"

#define MAX_INDEX (100u << 20)
#define MAX_SHARDS 20000
/* Cookies are a shard's number above an address. */
#define ADDRESS_BITS 48

/* The shards that were asked for: an AssayHdf5 each, or NULL where one can't be read. */
typedef struct
{
  GPtrArray  *files;
  GHashTable *numbers; /* name → number + 1 */
} Shards;

static void
hdf5_free_maybe (AssayHdf5 *hdf5)
{
  if (hdf5 != NULL)
    assay_hdf5_free (hdf5);
}

static void
shards_free (Shards *shards)
{
  g_ptr_array_unref (shards->files);
  g_hash_table_unref (shards->numbers);
  g_free (shards);
}

static AssayHdf5 *
open_shard (AssayReaderContext *context, const char *name, GError **error)
{
  AssayReaderFile file;

  if (strchr (name, '/') != NULL || *name == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_REFUSED, "it isn’t a plain name in the index’s folder");
      return NULL;
    }
  return assay_reader_open_sibling (context, name, &file, error) ? assay_hdf5_new (context, &file, "", error) : NULL;
}

/* The open file of a name; a warning tells once why there is none. */
static AssayHdf5 *
get_shard (AssayReaderContext *context, const char *name)
{
  Shards *shards = context->reader_data;
  guint   number = GPOINTER_TO_UINT (g_hash_table_lookup (shards->numbers, name));
  g_autoptr (GError) error = NULL;
  AssayHdf5 *hdf5 = NULL;

  if (number > 0)
    return shards->files->pdata[number - 1];
  if (shards->files->len < MAX_SHARDS)
    hdf5 = open_shard (context, name, &error);
  if (hdf5 == NULL)
    assay_manifest_builder_add_warning (context->builder, "The shard “%s” can’t be read: %s", name, error ? error->message : "there are too many");
  else
    {
      hdf5->cookie_base = (guint64) shards->files->len << ADDRESS_BITS;
      hdf5->is_keras = TRUE;
    }
  g_ptr_array_add (shards->files, hdf5);
  g_hash_table_insert (shards->numbers, g_strdup (name), GUINT_TO_POINTER (shards->files->len));
  return hdf5;
}

/* Adds what one shard has of a group of variables. */
static guint
add_group (AssayReaderContext *context, AssayHdf5 *hdf5, const char *path)
{
  g_auto (AssayH5Group) group = assay_hdf5_open_group (hdf5->file, path);
  g_autoptr (GPtrArray) names = group >= 0 ? assay_hdf5_list_names (group) : NULL;
  const char *inner = *path == '/' ? path + 1 : path;
  guint32     flags = g_str_has_prefix (inner, "optimizer/") ? ASSAY_FLAG_OPTIMIZER : 0;
  guint32     module = assay_manifest_builder_ensure_path (context->builder, 0, inner, '/', NULL);
  guint       n = 0;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *number = names->pdata[i];
      g_auto (AssayH5Dataset) dataset = assay_hdf5_open_dataset (group, number);
      g_autofree char *key = g_strdup_printf ("%s/%s", inner, number);

      if (dataset < 0)
        continue;
      assay_hdf5_add_dataset (hdf5, dataset, module, number, key, flags);
      n++;
    }
  return n;
}

/* One member of the map: a file, or several. */
static void
add_member (AssayReaderContext *context, const char *path, JsonNode *node)
{
  JsonArray *files = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint      n_files = files ? json_array_get_length (files) : 1, n = 0, n_open = 0;

  for (guint i = 0; i < n_files; i++)
    {
      JsonNode   *file = files ? json_array_get_element (files, i) : node;
      const char *name = JSON_NODE_HOLDS_VALUE (file) ? json_node_get_string (file) : NULL;
      AssayHdf5  *hdf5 = name ? get_shard (context, name) : NULL;

      if (hdf5 == NULL)
        continue;
      n_open++;
      n += add_group (context, hdf5, path);
    }
  if (n == 0 && n_open > 0)
    assay_manifest_builder_add_warning (context->builder, "The shards have no values of “%s”, though the index says so", path);
}

static gboolean
keras_shards_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  gsize i = 0;

  while (i < n_head && g_ascii_isspace (head[i]))
    i++;
  if (i == n_head || head[i] != '{')
    return FALSE;
  return g_str_has_suffix (context->file_name, ".weights.json") || (g_strstr_len ((const char *) head, n_head, "\"weight_map\"") != NULL &&
                                                                    g_strstr_len ((const char *) head, n_head, ".weights.h5\"") != NULL);
}

static JsonNode *
read_index (AssayReaderContext *context, GError **error)
{
  gsize            n = context->main.size;
  g_autofree char *text = NULL;

  if (context->main.size > MAX_INDEX)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” has %" G_GSIZE_FORMAT " bytes, too many for an index", context->file_name, n);
      return NULL;
    }
  text = g_malloc (n + 1);
  text[n] = '\0';
  return assay_reader_read (&context->main, 0, text, n, error) ? assay_keras_parse_config (text, n, error) : NULL;
}

static gboolean
keras_shards_read (AssayReaderContext *context, GError **error)
{
  g_autoptr (JsonNode) node = read_index (context, error);
  JsonObject    *map = node ? assay_keras_get_object (json_node_get_object (node), "weight_map") : NULL;
  Shards        *shards;
  JsonObjectIter iter;
  const char    *path;
  JsonNode      *member;

  if (map == NULL)
    {
      if (node != NULL)
        g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” is no index of shards: it has no “weight_map”", context->file_name);
      return FALSE;
    }
  assay_manifest_builder_set_format (context->builder, "keras-weights-sharded");
  context->reader_data = shards = g_new0 (Shards, 1);
  shards->files = g_ptr_array_new_with_free_func ((GDestroyNotify) hdf5_free_maybe);
  shards->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_object_iter_init_ordered (&iter, map);
  while (json_object_iter_next_ordered (&iter, &path, &member))
    {
      add_member (context, path, member);
      if (assay_manifest_builder_is_due (context->builder) && !assay_manifest_builder_flush (context->builder, error))
        return FALSE;
    }
  return TRUE;
}

static AssayHdf5 *
find_shard (AssayReaderContext *context, guint64 cookie, GError **error)
{
  Shards *shards = context->reader_data;
  guint64 number = cookie >> ADDRESS_BITS;

  if (number < shards->files->len && shards->files->pdata[number] != NULL)
    return shards->files->pdata[number];
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There is no such variable");
  return NULL;
}

static AssayChunkTable *
keras_shards_read_chunks (AssayReaderContext *context, guint64 cookie, GError **error)
{
  AssayHdf5 *hdf5 = find_shard (context, cookie, error);

  return hdf5 ? assay_hdf5_read_chunks (hdf5, cookie & ((G_GUINT64_CONSTANT (1) << ADDRESS_BITS) - 1), error) : NULL;
}

static gboolean
keras_shards_read_strings (AssayReaderContext *context, guint64 cookie, guint64 first, guint64 n, GPtrArray *out, GError **error)
{
  AssayHdf5 *hdf5 = find_shard (context, cookie, error);

  return hdf5 && assay_hdf5_read_strings (hdf5, cookie & ((G_GUINT64_CONSTANT (1) << ADDRESS_BITS) - 1), first, n, out, error);
}

static void
keras_shards_close (AssayReaderContext *context)
{
  g_clear_pointer ((Shards **) &context->reader_data, shards_free);
}

const AssayReader assay_keras_shards_reader = {
  .name = "index of Keras weights",
  .sniff = keras_shards_sniff,
  .read = keras_shards_read,
  .read_chunks = keras_shards_read_chunks,
  .read_strings = keras_shards_read_strings,
  .close = keras_shards_close,
};
