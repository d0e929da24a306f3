/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The index of a sharded set of safetensors, as Hugging Face's libraries write it:
 *
 *   {"metadata": {"total_size": uint, …}, "weight_map": {tensor: file, …}}
 *
 * Files are plain names beside the index. What is missing or elsewhere becomes a warning; the rest opens.
 */

#include "reader-private.h"

#include <assay/error.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "safetensors-private.h"

#define MAX_INDEX (100u << 20)

/* One tensor of the map. */
typedef struct
{
  char    *name;
  guint    shard;   /* where the index says that it is */
  guint    seen_in; /* where else it was seen, plus 1 */
  gboolean is_added;
} Tensor;

typedef struct
{
  char           *name;
  AssayReaderFile file;
  gboolean        is_open;
} Shard;

typedef struct
{
  AssayReaderContext *context;
  AssayJsonScan       scan;
  GPtrArray          *tensors;       /* of Tensor, in the order of the map */
  GHashTable         *by_name;       /* name → Tensor */
  GArray             *shards;        /* of Shard, in the order of their first tensors */
  GHashTable         *shard_numbers; /* name → number + 1 */
  guint               shard;         /* that is being read */
  gboolean            strays;        /* whether what lies in the wrong shard is wanted now */
  gboolean            has_total;     /* whether the metadata tell the total size */
  guint               n_unknown;     /* tensors that the index doesn't know */
} Index;

static void
tensor_free (Tensor *tensor)
{
  g_free (tensor->name);
  g_free (tensor);
}

static void
shard_clear (Shard *shard)
{
  g_free (shard->name);
}

static void
index_clear (Index *index)
{
  g_hash_table_unref (index->by_name);
  g_hash_table_unref (index->shard_numbers);
  g_ptr_array_unref (index->tensors);
  g_array_unref (index->shards);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Index, index_clear)

static const char *
shard_name (const Index *index, guint number)
{
  return g_array_index (index->shards, Shard, number).name;
}

static guint
ensure_shard (Index *index, const char *name)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (index->shard_numbers, name));
  Shard shard = { 0 };

  if (number > 0)
    return number - 1;
  shard.name = g_strdup (name);
  g_array_append_val (index->shards, shard);
  g_hash_table_insert (index->shard_numbers, shard.name, GUINT_TO_POINTER (index->shards->len));
  return index->shards->len - 1;
}

/* A NUL inside a name is U+FFFD, as in the shards themselves. */
static void
keep_whole (GString *text)
{
  for (gsize i = 0; i < text->len; i++)
    if (text->str[i] == '\0')
      {
        g_string_erase (text, i, 1);
        g_string_insert (text, i, "\357\277\275");
      }
}

static gboolean
read_map (Index *index, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GString) file = g_string_new (NULL);
  gboolean first = TRUE, more;

  if (!assay_json_scan_expect (&index->scan, '{', error))
    return FALSE;
  for (;;)
    {
      Tensor *tensor;

      if (!assay_json_scan_next_member (&index->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!assay_json_scan_string (&index->scan, name, error) || !assay_json_scan_expect (&index->scan, ':', error) ||
          !assay_json_scan_string (&index->scan, file, error))
        return FALSE;
      keep_whole (name);
      keep_whole (file);
      tensor = g_hash_table_lookup (index->by_name, name->str);
      if (tensor == NULL)
        {
          tensor = g_new0 (Tensor, 1);
          tensor->name = g_strdup (name->str);
          g_ptr_array_add (index->tensors, tensor);
          g_hash_table_insert (index->by_name, tensor->name, tensor);
        }
      tensor->shard = ensure_shard (index, file->str);
    }
}

static gboolean
read_metadata (Index *index, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean first = TRUE, more;

  assay_json_scan_skip_blanks (&index->scan);
  if (index->scan.p >= index->scan.end || *index->scan.p != '{')
    return assay_json_scan_value (&index->scan, 1, error);
  index->scan.p++;
  for (;;)
    {
      const char      *value;
      g_autofree char *json = NULL;

      if (!assay_json_scan_next_member (&index->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        return TRUE;
      if (!assay_json_scan_string (&index->scan, name, error) || !assay_json_scan_expect (&index->scan, ':', error))
        return FALSE;
      assay_json_scan_skip_blanks (&index->scan);
      value = index->scan.p;
      if (!assay_json_scan_value (&index->scan, 2, error))
        return FALSE;
      json = g_strndup (value, index->scan.p - value);
      index->has_total |= strcmp (name->str, "total_size") == 0;
      assay_manifest_builder_set_module_attribute (index->context->builder, 0, name->str, json);
    }
}

static gboolean
read_index (Index *index, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean first = TRUE, more, done, has_map = FALSE;

  if (!assay_json_scan_expect (&index->scan, '{', error))
    return FALSE;
  for (;;)
    {
      if (!assay_json_scan_next_member (&index->scan, '}', &first, &more, error))
        return FALSE;
      if (!more)
        break;
      if (!assay_json_scan_string (&index->scan, name, error) || !assay_json_scan_expect (&index->scan, ':', error))
        return FALSE;
      if (strcmp (name->str, "weight_map") == 0)
        done = has_map = read_map (index, error);
      else if (strcmp (name->str, "metadata") == 0)
        done = read_metadata (index, error);
      else
        done = assay_json_scan_value (&index->scan, 1, error);
      if (!done)
        return FALSE;
    }
  assay_json_scan_skip_blanks (&index->scan);
  if (index->scan.p != index->scan.end)
    return assay_json_scan_fail (&index->scan, "something stands behind it", error);
  return has_map || assay_json_scan_fail (&index->scan, "it has no “weight_map”", error);
}

static gboolean
wants_tensor (const char *name, gpointer user_data)
{
  Index  *index = user_data;
  Tensor *tensor = g_hash_table_lookup (index->by_name, name);

  if (tensor == NULL)
    {
      index->n_unknown += !index->strays;
      return FALSE;
    }
  if (tensor->shard != index->shard && !index->strays)
    {
      tensor->seen_in = index->shard + 1;
      return FALSE;
    }
  if (tensor->is_added || (index->strays && tensor->seen_in != index->shard + 1))
    return FALSE;
  tensor->is_added = TRUE;
  return TRUE;
}

/* Reads one shard. Only a broken connection ends it all: a missing or damaged shard leaves the others. */
static gboolean
read_shard (Index *index, guint number)
{
  Shard *shard = &g_array_index (index->shards, Shard, number);
  g_autoptr (GError) error = NULL;

  index->shard = number;
  if (strchr (shard->name, '/') != NULL || *shard->name == '\0' || strcmp (shard->name, "..") == 0 || strcmp (shard->name, ".") == 0)
    {
      assay_manifest_builder_add_warning (index->context->builder, "The shard “%s” is refused: it isn’t a plain name in the index’s folder",
                                          shard->name);
      return FALSE;
    }
  if (!shard->is_open && !assay_reader_open_sibling (index->context, shard->name, &shard->file, &error))
    {
      assay_manifest_builder_add_warning (index->context->builder, "The shard “%s” is missing: %s", shard->name, error->message);
      return FALSE;
    }
  shard->is_open = TRUE;
  if (assay_safetensors_walk (index->context, &shard->file, number == 0 && !index->strays, wants_tensor, index, &error))
    return TRUE;
  assay_manifest_builder_add_warning (index->context->builder, "The shard “%s” can’t be read: %s", shard->name, error->message);
  return FALSE;
}

/* Tensors that lie in another shard than the index says are shown from there; what is nowhere is named. */
static void
read_strays (Index *index)
{
  g_autoptr (GHashTable) again = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer       number;

  for (guint i = 0; i < index->tensors->len; i++)
    {
      Tensor *tensor = index->tensors->pdata[i];

      if (tensor->is_added || tensor->seen_in == 0)
        continue;
      g_hash_table_add (again, GUINT_TO_POINTER (tensor->seen_in));
      assay_manifest_builder_add_warning (index->context->builder, "“%s” is in “%s”, but the index says that it is in “%s”", tensor->name,
                                          shard_name (index, tensor->seen_in - 1), shard_name (index, tensor->shard));
    }
  index->strays = TRUE;
  g_hash_table_iter_init (&iter, again);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    read_shard (index, GPOINTER_TO_UINT (number) - 1);
}

static void
tell_missing (Index *index)
{
  for (guint i = 0; i < index->tensors->len; i++)
    {
      const Tensor *tensor = index->tensors->pdata[i];

      if (!tensor->is_added && g_array_index (index->shards, Shard, tensor->shard).is_open)
        assay_manifest_builder_add_warning (index->context->builder, "“%s” is missing in the shard “%s”", tensor->name,
                                            shard_name (index, tensor->shard));
    }
  if (!index->has_total)
    assay_manifest_builder_add_warning (index->context->builder,
                                        "The index doesn’t say how large the model is (total_size), as indices do; it may have been edited by hand");
  if (index->n_unknown > 0)
    assay_manifest_builder_add_warning (index->context->builder, "The shards have %u tensors that the index doesn’t name; they are left out",
                                        index->n_unknown);
}

static gboolean
shards_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  gsize i = 0;

  while (i < n_head && strchr (" \t\r\n", head[i]) != NULL && head[i] != '\0')
    i++;
  if (i == n_head || head[i] != '{')
    return FALSE;
  return g_str_has_suffix (context->file_name, ".safetensors.index.json") ||
         (g_strstr_len ((const char *) head, n_head, "\"weight_map\"") != NULL && g_strstr_len ((const char *) head, n_head, ".safetensors\"") != NULL);
}

static gboolean
shards_read (AssayReaderContext *context, GError **error)
{
  g_auto (Index) index = { .context = context };
  g_autofree char *text = NULL;
  gsize            n = context->main.size;
  guint            n_read = 0;

  index.tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) tensor_free);
  index.by_name = g_hash_table_new (g_str_hash, g_str_equal);
  index.shards = g_array_new (FALSE, FALSE, sizeof (Shard));
  g_array_set_clear_func (index.shards, (GDestroyNotify) shard_clear);
  index.shard_numbers = g_hash_table_new (g_str_hash, g_str_equal);
  assay_manifest_builder_set_format (context->builder, "safetensors-sharded");
  if (context->main.size > MAX_INDEX)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” has %" G_GSIZE_FORMAT " bytes, too many for an index", context->file_name, n);
      return FALSE;
    }
  text = g_malloc (n + 1);
  if (!assay_reader_read (&context->main, 0, text, n, error))
    return FALSE;
  index.scan = (AssayJsonScan){ text, text, text + n };
  if (!read_index (&index, error))
    {
      g_prefix_error (error, "“%s” is no index of shards: ", context->file_name);
      return FALSE;
    }
  for (guint i = 0; i < index.shards->len; i++)
    n_read += read_shard (&index, i);
  read_strays (&index);
  tell_missing (&index);
  if (n_read > 0 || index.shards->len == 0)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "None of the %u shards that “%s” names can be read, “%s” for one", index.shards->len,
               context->file_name, shard_name (&index, 0));
  return FALSE;
}

const AssayReader assay_shards_reader = { .name = "index of safetensors", .sniff = shards_sniff, .read = shards_read };
