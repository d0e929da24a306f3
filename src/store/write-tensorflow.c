/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* TensorFlow checkpoints: PREFIX.index and PREFIX.data-00000-of-00001. Source: tensorflow/core/util/tensor_bundle/tensor_bundle.cc. A checkpoint
 * that is there already is replaced by one with another number of data files, so that the rename of the index is the one commit. */

#include <assay/checksum.h>
#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/names.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "bundle-files-private.h"
#include "bundle-index-private.h"
#include "checkpoint-file-private.h"
#include "object-graph-private.h"
#include "table-writer-private.h"
#include "values-private.h"
#include "writer-private.h"

#define GRAPH_KEY "_CHECKPOINTABLE_OBJECT_GRAPH"
#define PIECE (1u << 20)

/* Numbers of the enum DataType. */
static const struct
{
  AssayDtype dtype;
  guint      number;
} types[] = {
  { ASSAY_DTYPE_FLOAT32, 1 },
  { ASSAY_DTYPE_FLOAT64, 2 },
  { ASSAY_DTYPE_INT32, 3 },
  { ASSAY_DTYPE_UINT8, 4 },
  { ASSAY_DTYPE_INT16, 5 },
  { ASSAY_DTYPE_INT8, 6 },
  { ASSAY_DTYPE_STRING, 7 },
  { ASSAY_DTYPE_COMPLEX64, 8 },
  { ASSAY_DTYPE_INT64, 9 },
  { ASSAY_DTYPE_BOOL, 10 },
  { ASSAY_DTYPE_BFLOAT16, 14 },
  { ASSAY_DTYPE_UINT16, 17 },
  { ASSAY_DTYPE_COMPLEX128, 18 },
  { ASSAY_DTYPE_FLOAT16, 19 },
  { ASSAY_DTYPE_UINT32, 22 },
  { ASSAY_DTYPE_UINT64, 23 },
  { ASSAY_DTYPE_FLOAT8_E5M2, 24 },
  { ASSAY_DTYPE_FLOAT8_E4M3FN, 25 },
  { ASSAY_DTYPE_FLOAT8_E4M3FNUZ, 26 },
  { ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ, 27 },
  { ASSAY_DTYPE_FLOAT8_E5M2FNUZ, 28 },
  { ASSAY_DTYPE_INT4, 29 },
  { ASSAY_DTYPE_UINT4, 30 },
  { ASSAY_DTYPE_INT2, 31 },
  { ASSAY_DTYPE_UINT2, 32 },
  { ASSAY_DTYPE_FLOAT4_E2M1FN, 33 },
};

static guint
type_number (AssayDtype dtype)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].dtype == dtype)
      return types[i].number;
  return 0;
}

gboolean
assay_tensorflow_can_hold (AssayDtype dtype)
{
  return type_number (dtype) != 0;
}

/* One value of the table to be. */
typedef struct
{
  char       *key;
  GByteArray *entry;
} Row;

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->key);
  g_clear_pointer (&((Row *) data)->entry, g_byte_array_unref);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Row *) a)->key, ((const Row *) b)->key);
}

typedef struct
{
  AssayJob *job;
  int       fd; /* of the data file */
  guint64   offset;
  GArray   *rows;
} Writing;

/* BundleEntryProto: dtype=1, shape=2 (dim=2: size=1), offset=4, size=5, crc32c=6 fixed32. */
static GByteArray *
make_entry (AssayDtype dtype, guint rank, const guint64 *shape, guint64 offset, guint64 size, guint32 crc)
{
  GByteArray *entry = g_byte_array_new ();
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint32 little = GUINT32_TO_LE (assay_crc32c_mask (crc));

  for (guint i = 0; i < rank; i++)
    {
      g_autoptr (GByteArray) dim = g_byte_array_new ();

      assay_proto_put_number (dim, 1, shape[i]);
      assay_proto_put_bytes (all, 2, dim->data, dim->len);
    }
  assay_proto_put_number (entry, 1, type_number (dtype));
  assay_proto_put_bytes (entry, 2, all->data, all->len);
  assay_proto_put_number (entry, 4, offset);
  assay_proto_put_number (entry, 5, size);
  assay_proto_put_varint (entry, 6 << 3 | 5);
  g_byte_array_append (entry, (const guint8 *) &little, sizeof little);
  return entry;
}

static void
add_row (Writing *self, const char *key, GByteArray *entry)
{
  Row row = { g_strdup (key), entry };

  g_array_append_val (self->rows, row);
}

static gboolean
write_strings (Writing *self, const char *key, guint rank, const guint64 *shape, GPtrArray *strings, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint32 crc = assay_bundle_encode_strings (strings, out);

  if (!assay_pwrite (self->fd, self->offset, out->data, out->len, error))
    return FALSE;
  add_row (self, key, make_entry (ASSAY_DTYPE_STRING, rank, shape, self->offset, out->len, crc));
  self->offset += out->len;
  return TRUE;
}

/* Numbers as they are in memory, little-endian. */
static gboolean
write_numbers (Writing *self, const char *key, AssaySource *source, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (source);
  gsize              item_size = assay_dtype_get_info (dtype)->item_size;
  guint64            n = assay_source_get_n_elements (source), begin = self->offset;
  g_autofree guint8 *piece = g_malloc (PIECE);
  guint32            crc = 0;

  for (guint64 at = 0; at < n;)
    {
      guint64 taken = MIN (n - at, PIECE / item_size);

      if (!assay_source_read_flat (source, at, taken, piece, NULL, error) || assay_job_is_cancelled (self->job, error))
        return FALSE;
      assay_values_to_file_order (dtype, piece, taken * item_size, FALSE);
      crc = assay_crc32c (crc, piece, taken * item_size);
      if (!assay_pwrite (self->fd, self->offset, piece, taken * item_size, error))
        return FALSE;
      self->offset += taken * item_size;
      at += taken;
    }
  add_row (self, key, make_entry (dtype, assay_source_get_rank (source), assay_source_get_shape (source), begin, self->offset - begin, crc));
  return TRUE;
}

/* The key that TensorFlow knows a variable by: the file's own, if it is a checkpoint; else its path. */
static char *
dup_key (const AssayExport *export, guint index)
{
  const AssayExportEntry *entry = assay_export_entry (export, index);
  const char             *format = assay_manifest_get_format (export->manifest);

  if (strcmp (format, "tensorflow-checkpoint") == 0)
    return g_strdup (entry->facts.key);
  if (strcmp (format, "assay-hdf5") == 0 && g_str_has_prefix (entry->facts.key, "checkpoint/"))
    return g_strdup (entry->facts.key + strlen ("checkpoint/"));
  return assay_export_name (export, index, '/');
}

static gboolean
write_variable (Writing *self, const AssayExport *export, guint index, GError **error)
{
  const AssayExportEntry *entry = assay_export_entry (export, index);
  g_autofree char        *key = dup_key (export, index);
  guint64                 zeros[ASSAY_MAX_RANK] = { 0 };
  g_autoptr (GPtrArray) strings = NULL;

  if (entry->facts.dtype != ASSAY_DTYPE_STRING)
    return write_numbers (self, key, entry->source, error);
  strings = assay_source_read_strings (entry->source, zeros, entry->facts.shape, NULL, error);
  return strings != NULL && write_strings (self, key, entry->facts.rank, entry->facts.shape, strings, error);
}

/* TrackableObjectGraph: nodes=1; children=1 (node_id=1, local_name=2), attributes=2 (name=1, full_name=2, checkpoint_key=3),
 * has_checkpoint_values=5. */
static GBytes *
encode_graph (AssayObjectGraph *graph)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      AssayGraphNode *node = assay_object_graph_get (graph, i);
      g_autoptr (GByteArray) coded = g_byte_array_new (), part = g_byte_array_new ();

      for (guint k = 0; k < node->edges->len; k++)
        {
          const AssayGraphEdge *edge = &g_array_index (node->edges, AssayGraphEdge, k);

          g_byte_array_set_size (part, 0);
          assay_proto_put_number (part, 1, edge->node);
          assay_proto_put_text (part, 2, edge->name);
          assay_proto_put_bytes (coded, 1, part->data, part->len);
        }
      g_byte_array_set_size (part, 0);
      if (node->key != NULL)
        {
          assay_proto_put_text (part, 1, node->attribute);
          assay_proto_put_text (part, 2, node->full_name);
          assay_proto_put_text (part, 3, node->key);
          assay_proto_put_bytes (coded, 2, part->data, part->len);
          g_byte_array_set_size (part, 0);
        }
      assay_proto_put_number (part, 1, node->has_values == 1);
      if (node->has_values >= 0)
        assay_proto_put_bytes (coded, 5, part->data, part->len);
      assay_proto_put_bytes (out, 1, coded->data, coded->len);
    }
  return g_byte_array_free_to_bytes (out);
}

static gboolean
write_own_graph (Writing *self, AssayObjectGraph *graph, GError **error)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (strings, encode_graph (graph));
  return write_strings (self, GRAPH_KEY, 0, NULL, strings, error);
}

/* The object graph: as the checkpoint has it, bit for bit; of one of ours, coded. Other files have none: their keys are names. */
static gboolean
write_graph (Writing *self, AssayManifest *manifest, GError **error)
{
  g_autofree char *json = assay_manifest_dup_module_attribute (manifest, 0, ".object_graph");
  g_autoptr (GPtrArray) strings = NULL;
  g_autoptr (AssayObjectGraph) graph = NULL;

  for (guint32 i = 0; i < assay_manifest_get_n_variables (manifest) && strings == NULL; i++)
    {
      AssayManifestVariable facts;

      assay_manifest_get_variable (manifest, i, &facts);
      if (strcmp (facts.key, GRAPH_KEY) == 0 && facts.dtype == ASSAY_DTYPE_STRING)
        strings = assay_manifest_read_strings (manifest, i, 0, 1, NULL, error);
      if (strcmp (facts.key, GRAPH_KEY) == 0 && strings == NULL)
        return FALSE;
    }
  if (strings != NULL)
    return write_strings (self, GRAPH_KEY, 0, NULL, strings, error);
  graph = json ? assay_object_graph_parse (json, error) : NULL;
  return json == NULL || (graph != NULL && write_own_graph (self, graph, error));
}

/* BundleHeaderProto under the empty key: num_shards=1, version=3 (producer=1). */
static GByteArray *
make_header (guint n_shards)
{
  static const guint8 version[] = { 0x08, 0x01 };
  GByteArray         *header = g_byte_array_new ();

  assay_proto_put_number (header, 1, n_shards);
  assay_proto_put_bytes (header, 3, version, sizeof version);
  return header;
}

static gboolean
write_index (Writing *self, guint n_shards, int fd, GError **error)
{
  g_autoptr (GByteArray) header = make_header (n_shards);
  g_auto (AssayTableWriter) table = { 0 };
  GByteArray *whole;

  assay_table_writer_init (&table);
  g_array_sort (self->rows, compare_rows);
  assay_table_writer_add (&table, "", 0, header->data, header->len);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      if (i > 0 && strcmp (row->key, g_array_index (self->rows, Row, i - 1).key) == 0)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, _ ("Two variables have the key “%s”; a checkpoint can hold one"), row->key);
          return FALSE;
        }
      assay_table_writer_add (&table, row->key, strlen (row->key), row->entry->data, row->entry->len);
    }
  whole = assay_table_writer_finish (&table);
  return assay_pwrite (fd, 0, whole->data, whole->len, error);
}

/* The values of a model, or of objects of this process. */
typedef struct
{
  const AssayExport *export;
  AssayObjectGraph *graph;
  GArray           *objects;
} Content;

static gboolean
write_export (Writing *self, const AssayExport *export, GError **error)
{
  for (guint i = 0; i < export->entries->len; i++)
    {
      if (!write_variable (self, export, i, error))
        return FALSE;
      assay_job_set_fraction (self->job, (i + 1) / (double) export->entries->len);
    }
  return write_graph (self, export->manifest, error);
}

static gboolean
write_objects (Writing *self, AssayObjectGraph *graph, GArray *objects, GError **error)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      AssayGraphNode *node = assay_object_graph_get (graph, i);
      GObject        *object = g_array_index (objects, AssayLive, i).object;
      g_autoptr (AssayTensor) tensor = node->key ? assay_resource_dup_tensor (ASSAY_RESOURCE (object), NULL, error) : NULL;
      g_autoptr (AssaySource) source = tensor ? assay_memory_source_new (tensor) : NULL;

      if (node->key != NULL && (source == NULL || !write_numbers (self, node->key, source, error)))
        return FALSE;
    }
  return write_own_graph (self, graph, error);
}

static gboolean
write_all (Writing *self, const Content *content, AssayBundleFiles *files, AssayReplacement *data, int index_fd, GError **error)
{
  gboolean done;

  self->fd = assay_replacement_get_fd (data);
  done = content->export ? write_export (self, content->export, error) : write_objects (self, content->graph, content->objects, error);
  return done && write_index (self, files->n_new, index_fd, error) && !assay_job_is_cancelled (self->job, error) &&
         assay_replacement_commit (data, error) && assay_bundle_files_fill (files, 1, error);
}

static gboolean
write_checkpoint (const Content *content, const char *path, guint n_old, AssayJob *job, AssayReplacement *index, GError **error)
{
  g_auto (AssayBundleFiles) files = { 0 };
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (AssayReplacement) data = NULL;
  g_autofree char *name = NULL;
  Writing          self = { .job = job, .rows = rows };
  gboolean         done;

  g_array_set_clear_func (rows, row_clear);
  if (!assay_bundle_files_begin (&files, path, n_old, 1, error))
    return FALSE;
  name = assay_bundle_files_dup_path (&files, 0);
  data = assay_replacement_new (name, 0, error);
  done = data != NULL && write_all (&self, content, &files, data, assay_replacement_get_fd (index), error) && assay_replacement_commit (index, error);
  assay_bundle_files_end (&files, done, assay_replacement_is_in_place (index));
  return done;
}

gboolean
assay_write_tensorflow (const AssayExport *export, AssayReplacement *replacement, GError **error)
{
  Content content = { .export = export };

  return write_checkpoint (&content, export->path, export->n_old, export->job, replacement, error);
}

gboolean
assay_write_tensorflow_objects (const char *path, AssayObjectGraph *graph, GArray *objects, GError **error)
{
  Content          content = { .graph = graph, .objects = objects };
  g_autofree char *folder = g_path_get_dirname (path);
  guint            n_old;
  g_autoptr (AssayReplacement) index = NULL;

  g_mkdir_with_parents (folder, 0777);
  if (!assay_bundle_count_old (path, &n_old, error))
    return FALSE;
  assay_bundle_redeem (path, n_old);
  index = assay_replacement_new (path, 0, error);
  return index != NULL && write_checkpoint (&content, path, n_old, NULL, index, error);
}
