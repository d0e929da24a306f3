/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The index of a checkpoint (tensorflow/core/protobuf/tensor_bundle.proto): a table, whose first key is empty and has
 *
 *   BundleHeaderProto  num_shards=1 · endianness=2 (0 little, 1 big) · version=3
 *
 * and whose other keys are variables, or, beginning with a NUL byte, pieces of partitioned variables:
 *
 *   BundleEntryProto   dtype=1 · shape=2 {dim=2 {size=1}} · shard_id=3 · offset=4 · size=5 · crc32c=6 (fixed32) · slices=7
 *   TensorSliceProto   extent=1 {start=1 · length=2}
 */

#include <assay/error.h>
#include <string.h>

#include "tf-bundle-private.h"
#include "tf-proto-private.h"
#include "tf-table-private.h"

#define MAX_SHARDS 100000
#define FIRST_REFERENCE 100
#define MAX_ROWS (1u << 29)

typedef struct
{
  const char *name;
  AssayDtype  dtype;
} TypeName;

/* By TensorFlow's numbers (types.proto). */
static const TypeName types[] = {
  { "invalid", ASSAY_DTYPE_INVALID },
  { "float32", ASSAY_DTYPE_FLOAT32 },
  { "float64", ASSAY_DTYPE_FLOAT64 },
  { "int32", ASSAY_DTYPE_INT32 },
  { "uint8", ASSAY_DTYPE_UINT8 },
  { "int16", ASSAY_DTYPE_INT16 },
  { "int8", ASSAY_DTYPE_INT8 },
  { "string", ASSAY_DTYPE_STRING },
  { "complex64", ASSAY_DTYPE_COMPLEX64 },
  { "int64", ASSAY_DTYPE_INT64 },
  { "bool", ASSAY_DTYPE_BOOL },
  { "qint8", ASSAY_DTYPE_INT8 },
  { "quint8", ASSAY_DTYPE_UINT8 },
  { "qint32", ASSAY_DTYPE_INT32 },
  { "bfloat16", ASSAY_DTYPE_BFLOAT16 },
  { "qint16", ASSAY_DTYPE_INT16 },
  { "quint16", ASSAY_DTYPE_UINT16 },
  { "uint16", ASSAY_DTYPE_UINT16 },
  { "complex128", ASSAY_DTYPE_COMPLEX128 },
  { "float16", ASSAY_DTYPE_FLOAT16 },
  { "resource", ASSAY_DTYPE_INVALID },
  { "variant", ASSAY_DTYPE_INVALID },
  { "uint32", ASSAY_DTYPE_UINT32 },
  { "uint64", ASSAY_DTYPE_UINT64 },
  { "float8_e5m2", ASSAY_DTYPE_FLOAT8_E5M2 },
  { "float8_e4m3fn", ASSAY_DTYPE_FLOAT8_E4M3FN },
  { "float8_e4m3fnuz", ASSAY_DTYPE_FLOAT8_E4M3FNUZ },
  { "float8_e4m3b11fnuz", ASSAY_DTYPE_FLOAT8_E4M3B11FNUZ },
  { "float8_e5m2fnuz", ASSAY_DTYPE_FLOAT8_E5M2FNUZ },
  { "int4", ASSAY_DTYPE_INT4 },
  { "uint4", ASSAY_DTYPE_UINT4 },
  { "int2", ASSAY_DTYPE_INT2 },
  { "uint2", ASSAY_DTYPE_UINT2 },
  { "float4_e2m1fn", ASSAY_DTYPE_FLOAT4_E2M1FN },
};

const char *
assay_bundle_type_name (guint64 type, AssayDtype *dtype)
{
  *dtype = type < G_N_ELEMENTS (types) ? types[type].dtype : ASSAY_DTYPE_INVALID;
  return type < G_N_ELEMENTS (types) ? types[type].name : "unknown";
}

static void
entry_free (AssayBundleEntry *entry)
{
  g_free (entry->key);
  g_bytes_unref (entry->raw_key);
  g_free (entry->shape);
  g_clear_pointer (&entry->slices, g_array_unref);
  g_free (entry->reason);
  g_free (entry->strings);
  g_free (entry);
}

static void
shard_free (AssayBundleShard *shard)
{
  g_free (shard->reason);
  g_free (shard);
}

void
assay_bundle_free (AssayBundle *self)
{
  g_ptr_array_unref (self->entries);
  g_hash_table_unref (self->pieces);
  g_hash_table_unref (self->shards);
  g_free (self);
}

static gboolean
fail_entry (const AssayBundleEntry *entry, const char *what, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The index’s entry “%s” is damaged: %s", entry->key, what);
  return FALSE;
}

static gboolean
read_header (AssayBundle *self, const guint8 *value, gsize n, GError **error)
{
  AssayProto proto;

  self->n_shards = 0;
  assay_proto_init (&proto, value, n);
  while (assay_proto_next (&proto))
    {
      if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                       "“%s” is a checkpoint in TensorFlow’s first, single-file format, which can’t be opened; tf.compat.v1.train.Saver writes the "
                       "second one when it saves it again",
                       self->context->file_name);
          return FALSE;
        }
      if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT) && proto.number <= MAX_SHARDS)
        self->n_shards = proto.number;
      else if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
        proto.damaged = TRUE;
      else if (assay_proto_is (&proto, 2, ASSAY_PROTO_VARINT))
        self->big_endian = proto.number == 1;
    }
  self->has_header = !proto.damaged;
  if (!proto.damaged)
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "The header of the index is damaged");
  return FALSE;
}

static gboolean
read_shape (AssayBundleEntry *entry, const AssayProto *field, GError **error)
{
  AssayProto          proto, dimension;
  g_autofree guint64 *shape = g_new0 (guint64, ASSAY_MAX_RANK);

  entry->rank = 0;
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    {
      if (!assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
        continue;
      if (entry->rank >= ASSAY_MAX_RANK)
        return fail_entry (entry, "it has more than 64 dimensions", error);
      assay_proto_init (&dimension, proto.bytes, proto.n_bytes);
      while (assay_proto_next (&dimension))
        if (assay_proto_is (&dimension, 1, ASSAY_PROTO_VARINT))
          shape[entry->rank] = dimension.number;
      if (dimension.damaged || shape[entry->rank] > G_MAXINT64)
        return fail_entry (entry, "a dimension is negative or no number", error);
      entry->rank++;
    }
  g_free (entry->shape);
  entry->shape = g_steal_pointer (&shape);
  return !proto.damaged || fail_entry (entry, "its shape can’t be read", error);
}

static gboolean
read_slice (AssayBundleEntry *entry, const AssayProto *field, GError **error)
{
  AssayProto       proto, extent;
  AssayBundleSlice slice;
  guint            rank = 0;

  for (guint i = 0; i < ASSAY_MAX_RANK; i++)
    {
      slice.start[i] = 0;
      slice.count[i] = -1;
    }
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    {
      if (!assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
        continue;
      if (rank >= ASSAY_MAX_RANK)
        return fail_entry (entry, "a piece has more than 64 dimensions", error);
      assay_proto_init (&extent, proto.bytes, proto.n_bytes);
      while (assay_proto_next (&extent))
        if (assay_proto_is (&extent, 1, ASSAY_PROTO_VARINT))
          slice.start[rank] = extent.number;
        else if (assay_proto_is (&extent, 2, ASSAY_PROTO_VARINT))
          slice.count[rank] = extent.number;
      if (extent.damaged)
        return fail_entry (entry, "a piece can’t be read", error);
      rank++;
    }
  if (entry->slices == NULL)
    entry->slices = g_array_new (FALSE, FALSE, sizeof (AssayBundleSlice));
  g_array_append_val (entry->slices, slice);
  return !proto.damaged || fail_entry (entry, "a piece can’t be read", error);
}

static gboolean
read_field (AssayBundleEntry *entry, const AssayProto *field, GError **error)
{
  if (assay_proto_is (field, 1, ASSAY_PROTO_VARINT))
    entry->type = MIN (field->number, G_MAXUINT32);
  else if (assay_proto_is (field, 2, ASSAY_PROTO_BYTES))
    return read_shape (entry, field, error);
  else if (assay_proto_is (field, 3, ASSAY_PROTO_VARINT))
    entry->shard = field->number;
  else if (assay_proto_is (field, 4, ASSAY_PROTO_VARINT))
    entry->offset = field->number;
  else if (assay_proto_is (field, 5, ASSAY_PROTO_VARINT))
    entry->size = field->number;
  else if (assay_proto_is (field, 6, ASSAY_PROTO_FIXED32))
    entry->crc = field->number;
  else if (assay_proto_is (field, 7, ASSAY_PROTO_BYTES))
    return read_slice (entry, field, error);
  return TRUE;
}

static gboolean
read_entry (AssayBundle *self, AssayBundleEntry *entry, const guint8 *value, gsize n, GError **error)
{
  AssayProto proto;
  guint32    type;

  assay_proto_init (&proto, value, n);
  while (assay_proto_next (&proto))
    if (!read_field (entry, &proto, error))
      return FALSE;
  if (proto.damaged)
    return fail_entry (entry, "it can’t be read", error);
  if (entry->shape == NULL)
    entry->shape = g_new0 (guint64, 1);
  type = entry->type >= FIRST_REFERENCE ? entry->type - FIRST_REFERENCE : entry->type;
  entry->type_name = assay_bundle_type_name (type, &entry->dtype);
  if (!assay_shape_n_elements (entry->rank, entry->shape, &entry->n_elements) || entry->n_elements > G_MAXINT64 / 16)
    return fail_entry (entry, "its shape has more elements than any file can hold", error);
  if (entry->shard >= self->n_shards && entry->slices == NULL)
    entry->reason = g_strdup_printf ("It lies in data file %" G_GUINT64_FORMAT ", but the checkpoint has %u", entry->shard, self->n_shards);
  return TRUE;
}

static gboolean
take_entry (const guint8 *key, gsize n_key, const guint8 *value, gsize n_value, gpointer user_data, GError **error)
{
  AssayBundle      *self = user_data;
  AssayBundleEntry *entry;
  AssayProto        name = { .bytes = key, .n_bytes = n_key };

  if (!self->has_header && n_key == 0)
    return read_header (self, value, n_value, error);
  if (!self->has_header)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” is a table, but not the index of a checkpoint", self->context->file_name);
      return FALSE;
    }
  entry = g_new0 (AssayBundleEntry, 1);
  entry->key = assay_proto_dup_string (&name);
  entry->raw_key = g_bytes_new (key, n_key);
  if (n_key > 0 && key[0] == '\0')
    g_hash_table_insert (self->pieces, entry->raw_key, entry);
  else
    g_ptr_array_add (self->entries, entry);
  return read_entry (self, entry, value, n_value, error);
}

AssayBundle *
assay_bundle_read_index (AssayReaderContext *context, GError **error)
{
  g_autoptr (AssayBundle) self = g_new0 (AssayBundle, 1);

  self->context = context;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->pieces = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, (GDestroyNotify) entry_free);
  self->shards = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) shard_free);
  if (!assay_table_walk (&context->main, take_entry, self, error))
    return NULL;
  if (self->has_header)
    return g_steal_pointer (&self);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "“%s” is an empty table, not the index of a checkpoint", context->file_name);
  return NULL;
}

static void
put_length (GByteArray *out, gsize n)
{
  guint32 little = GUINT32_TO_LE ((guint32) n);

  g_byte_array_append (out, (const guint8 *) &little, sizeof little);
}

static gboolean
take_row (const guint8 *key, gsize n_key, const guint8 *value, gsize n_value, gpointer user_data, GError **error)
{
  GByteArray *out = user_data;

  if (out->len + n_key + n_value > MAX_ROWS)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "The index is too large to be written again");
      return FALSE;
    }
  put_length (out, n_key);
  put_length (out, n_value);
  g_byte_array_append (out, key, n_key);
  g_byte_array_append (out, value, n_value);
  return TRUE;
}

GBytes *
assay_bundle_read_rows (AssayBundle *self, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  if (!assay_table_walk (&self->context->main, take_row, out, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
