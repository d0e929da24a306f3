/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A checkpoint's HDF5 group: docs/file-format.md. */

#include "bundle-check-private.h"
#include "checkpoint-file-private.h"

#include <assay/checkpoint.h>
#include <assay/memory-source.h>
#include <assay/module-text.h>
#include <assay/reader-session.h>
#include <string.h>

#include "replacement-private.h"
#include "restore-private.h"
#include "values-private.h"
#include "write-hdf5-private.h"

#define GRAPH "_CHECKPOINTABLE_OBJECT_GRAPH"

typedef struct
{
  AssaySource *source;
  guint64      offset;
} Later;

static void
later_clear (gpointer data)
{
  g_clear_object (&((Later *) data)->source);
}

void
assay_group_writer_init (AssayGroupWriter *self, AssayHdf5Writer *writer)
{
  self->writer = writer;
  self->later = g_array_new (FALSE, FALSE, sizeof (Later));
  g_array_set_clear_func (self->later, later_clear);
}

void
assay_group_writer_clear (AssayGroupWriter *self)
{
  g_clear_pointer (&self->later, g_array_unref);
}

gboolean
assay_group_writer_add_tensor (AssayGroupWriter *self, const char *path, AssayTensor *tensor, GError **error)
{
  Later       later = { 0 };
  AssayDtype  dtype = assay_tensor_get_dtype (tensor);
  const char *name = assay_dtype_get_info (dtype)->name;

  if (!assay_hdf5_writer_add_dataset (self->writer, path, dtype, assay_dtype_get_info (dtype)->item_size, assay_tensor_get_rank (tensor),
                                      assay_tensor_get_shape (tensor), 0, &later.offset, error))
    return FALSE;
  if (assay_hdf5_needs_mark (dtype) && !assay_hdf5_writer_set_attribute (self->writer, path, "assay_dtype", g_variant_new_string (name), error))
    return FALSE;
  if (assay_tensor_get_n_elements (tensor) == 0)
    return TRUE;
  later.source = assay_memory_source_new (tensor);
  if (later.offset == G_MAXUINT64)
    {
      gboolean written = assay_hdf5_writer_write (self->writer, path, later.source, NULL, FALSE, NULL, error);

      g_object_unref (later.source);
      return written;
    }
  g_array_append_val (self->later, later);
  return TRUE;
}

gboolean
assay_group_writer_add_text (AssayGroupWriter *self, const char *path, const char *text, GError **error)
{
  guint64 offset;
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (AssaySource) source = NULL;

  g_ptr_array_add (strings, g_bytes_new (text, strlen (text)));
  source = assay_memory_source_new_for_strings (0, NULL, strings);
  return assay_hdf5_writer_add_dataset (self->writer, path, ASSAY_DTYPE_STRING, 0, 0, NULL, 0, &offset, error) &&
         assay_hdf5_writer_write (self->writer, path, source, NULL, FALSE, NULL, error);
}

gboolean
assay_group_writer_begin (AssayGroupWriter *self, AssayObjectGraph *graph, GArray *objects, GError **error)
{
  g_autofree char *json = assay_object_graph_to_json (graph);

  if (!assay_hdf5_writer_set_attribute (self->writer, "/", "assay_format", g_variant_new_string ("model"), error) ||
      !assay_hdf5_writer_set_attribute (self->writer, "/", "assay_version", g_variant_new_int64 (1), error) ||
      !assay_hdf5_writer_add_group (self->writer, "/checkpoint", error) ||
      !assay_group_writer_add_text (self, "/checkpoint/" GRAPH, json, error))
    return FALSE;
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      AssayGraphNode  *node = assay_object_graph_get (graph, i);
      GObject         *object = g_array_index (objects, AssayLive, i).object;
      g_autofree char *path = node->key ? g_strconcat ("/checkpoint/", node->key, NULL) : NULL;
      g_autoptr (AssayTensor) tensor = path ? assay_resource_dup_tensor (ASSAY_RESOURCE (object), NULL, error) : NULL;

      if (path != NULL && (tensor == NULL || !assay_group_writer_add_tensor (self, path, tensor, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_group_writer_finish (AssayGroupWriter *self, int fd, GError **error)
{
  if (!assay_hdf5_writer_close (self->writer, error))
    return FALSE;
  for (guint i = 0; i < self->later->len; i++)
    {
      const Later     *later = &g_array_index (self->later, Later, i);
      AssayValuesPlace place = { .fd = fd, .offset = later->offset };

      if (!assay_values_write (later->source, NULL, &place, NULL, error))
        return FALSE;
    }
  return TRUE;
}

guint64
assay_checkpoint_count_bytes (GArray *objects)
{
  guint64 n = 1 << 20;

  for (guint i = 0; i < objects->len; i++)
    {
      GObject *object = g_array_index (objects, AssayLive, i).object;
      g_autoptr (AssayTensor) tensor = NULL;

      if (object == NULL || !ASSAY_IS_VARIABLE (object))
        continue;
      tensor = assay_resource_dup_tensor (ASSAY_RESOURCE (object), NULL, NULL);
      n += 8192 + g_bytes_get_size (assay_tensor_get_bytes (tensor));
    }
  return n;
}

gboolean
assay_checkpoint_file_write (const char *path, AssayObjectGraph *graph, GArray *objects, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (AssayReplacement) replacement = NULL;
  g_autoptr (AssayHdf5Writer) writer = NULL;
  g_auto (AssayGroupWriter) group = { 0 };

  g_mkdir_with_parents (folder, 0777);
  replacement = assay_replacement_new (path, assay_checkpoint_count_bytes (objects), error);
  writer = replacement ? assay_hdf5_writer_create (assay_replacement_get_fd (replacement), error) : NULL;
  if (writer == NULL)
    return FALSE;
  assay_group_writer_init (&group, writer);
  return assay_group_writer_begin (&group, graph, objects, error) &&
         assay_group_writer_finish (&group, assay_replacement_get_fd (replacement), error) && assay_replacement_commit (replacement, error);
}

char *
assay_checkpoint_file_path (const char *prefix)
{
  return g_str_has_suffix (prefix, ".h5") ? g_strdup (prefix) : g_strconcat (prefix, ".h5", NULL);
}

AssayManifest *
assay_checkpoint_open (const char *path, GError **error)
{
  g_autofree char *own = assay_checkpoint_file_path (path);
  g_autofree char *index = g_strconcat (path, ".index", NULL);
  AssayManifest   *manifest;
  GError          *problem = NULL;

  if (g_file_test (own, G_FILE_TEST_IS_REGULAR))
    return assay_manifest_load (own, NULL, error);
  if (g_file_test (index, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_EXISTS))
    {
      manifest = assay_manifest_load (path, NULL, &problem);
      if (manifest == NULL && g_file_test (index, G_FILE_TEST_EXISTS))
        assay_bundle_explain (path, &problem);
      if (manifest == NULL)
        g_propagate_error (error, problem);
      return manifest;
    }
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND,
               "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for %s", path);
  return NULL;
}

typedef struct
{
  char *key;
  char *shape;
} Listed;

static void
listed_clear (gpointer data)
{
  g_free (((Listed *) data)->key);
  g_free (((Listed *) data)->shape);
}

static int
compare_listed (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Listed *) a)->key, ((const Listed *) b)->key);
}

static GArray *
list_keys (AssayManifest *manifest)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Listed));

  g_array_set_clear_func (all, listed_clear);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest); i++)
    {
      AssayManifestVariable facts;
      Listed                listed;
      g_autoptr (GString) shape = g_string_new ("[");

      assay_manifest_get_variable (manifest, i, &facts);
      for (guint k = 0; k < facts.rank; k++)
        g_string_append_printf (shape, "%s%" G_GUINT64_FORMAT, k ? ", " : "", facts.shape[k]);
      g_string_append_c (shape, ']');
      listed.key = g_strdup (assay_checkpoint_strip_key (manifest, facts.key));
      listed.shape = g_strdup (shape->str);
      g_array_append_val (all, listed);
    }
  g_array_sort (all, compare_listed);
  return all;
}

char *
assay_checkpoint_list_variables (const char *path, GError **error)
{
  g_autoptr (AssayManifest) manifest = assay_checkpoint_open (path, error);
  g_autoptr (GArray) all = manifest ? list_keys (manifest) : NULL;
  GString *text;

  if (all == NULL)
    return NULL;
  text = g_string_new ("[");
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *key = assay_python_repr (g_array_index (all, Listed, i).key);

      g_string_append_printf (text, "%s(%s, %s)", i ? ",\n " : "", key, g_array_index (all, Listed, i).shape);
    }
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
