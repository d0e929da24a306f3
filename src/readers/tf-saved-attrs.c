/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attributes of nodes as JSON: {"i": 1}, {"type": "float32"}, {"shape": [1, null]}, {"tensor": …}, {"list": {"i": [1, 2]}}. */

#include <assay/shape.h>
#include <string.h>

#include "../base/json-scan-private.h"
#include "tf-bundle-private.h"
#include "tf-saved-private.h"

/* Longer names are cut: nobody reads them, and sentences have them. */
#define MAX_NAME 1000

/* Constants up to this size are in the text; larger ones are shown as variables. */
#define MAX_INLINE 1024
/* Numbers that a message repeats one by one are gathered up to this size. */
#define MAX_GATHERED (1u << 22)

void
assay_saved_next (AssaySavedGraph *self)
{
  char last = self->out->str[self->out->len - 1];

  if (last != '{' && last != '[' && last != ':')
    g_string_append_c (self->out, ',');
}

char *
assay_saved_dup_name (const AssayProto *field)
{
  AssayProto cut = *field;
  char      *text;

  cut.n_bytes = MIN (cut.n_bytes, MAX_NAME);
  text = assay_proto_dup_string (&cut);
  for (char *p = text; *p; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = '?';
  return text;
}

void
assay_saved_text (AssaySavedGraph *self, const char *name, const AssayProto *field)
{
  g_autofree char *text = assay_saved_dup_name (field);

  assay_saved_next (self);
  g_string_append_printf (self->out, "\"%s\":", name);
  assay_json_append_string (self->out, text);
}

void
assay_saved_type (AssaySavedGraph *self, guint64 type)
{
  AssayDtype  dtype;
  const char *name = assay_bundle_type_name (type > 100 && type < 200 ? type - 100 : type, &dtype);

  assay_saved_next (self);
  g_string_append_printf (self->out, "\"%s\"", dtype != ASSAY_DTYPE_INVALID ? assay_dtype_get_info (dtype)->name : name);
}

static gboolean
read_dim (const AssayProto *field, gint64 *size)
{
  AssayProto proto;

  *size = 0;
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
      *size = (gint64) proto.number;
  return !proto.damaged;
}

/* Dimensions of a TensorShapeProto; -1 is unknown. The rank is -1 if even that isn't known. */
static gboolean
read_shape (const AssayProto *field, gint64 *dims, int *rank)
{
  AssayProto proto;

  *rank = 0;
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      {
        if (*rank < 0 || *rank >= ASSAY_MAX_RANK || !read_dim (&proto, &dims[*rank]))
          return FALSE;
        dims[*rank] = MAX (dims[*rank], -1);
        (*rank)++;
      }
    else if (assay_proto_is (&proto, 3, ASSAY_PROTO_VARINT) && proto.number)
      *rank = -1;
  return !proto.damaged;
}

static void
put_shape (AssaySavedGraph *self, const gint64 *dims, int rank)
{
  if (rank < 0)
    {
      g_string_append (self->out, "null");
      return;
    }
  g_string_append_c (self->out, '[');
  for (int i = 0; i < rank; i++)
    {
      assay_saved_next (self);
      if (dims[i] < 0)
        g_string_append (self->out, "null");
      else
        g_string_append_printf (self->out, "%" G_GINT64_FORMAT, dims[i]);
    }
  g_string_append_c (self->out, ']');
}

gboolean
assay_saved_shape (AssaySavedGraph *self, const AssayProto *field)
{
  gint64 dims[ASSAY_MAX_RANK];
  int    rank;

  if (!read_shape (field, dims, &rank))
    return FALSE;
  assay_saved_next (self);
  put_shape (self, dims, rank);
  return TRUE;
}

/* A TensorProto while it is read. */
typedef struct
{
  guint64       type;
  AssayDtype    dtype;
  gint64        dims[ASSAY_MAX_RANK];
  int           rank;
  guint64       n;
  const guint8 *content;
  gsize         n_content;
  GByteArray   *values; /* those that stand one by one, as the dtype's bytes */
  GString      *strings;
  guint64       n_strings;
} Tensor;

static void
put_number (Tensor *tensor, guint64 bits, guint size)
{
  if (tensor->values->len < MAX_GATHERED)
    g_byte_array_append (tensor->values, (const guint8 *) &bits, size);
}

/* Numbers of a varint field: packed or single. */
static gboolean
take_varints (Tensor *tensor, const AssayProto *field, guint size)
{
  const guint8 *p = field->bytes, *end = p + field->n_bytes;
  guint64       number;

  if (field->wire == ASSAY_PROTO_VARINT)
    {
      put_number (tensor, field->number, size);
      return TRUE;
    }
  if (field->wire != ASSAY_PROTO_BYTES)
    return FALSE;
  while (p < end)
    {
      if (!assay_varint_take (&p, end, &number))
        return FALSE;
      put_number (tensor, number, size);
    }
  return TRUE;
}

static gboolean
take_fixed (Tensor *tensor, const AssayProto *field, guint size)
{
  if (field->wire == ASSAY_PROTO_BYTES && field->n_bytes % size == 0 && field->n_bytes <= MAX_GATHERED)
    g_byte_array_append (tensor->values, field->bytes, field->n_bytes);
  else if (field->wire == (size == 4 ? ASSAY_PROTO_FIXED32 : ASSAY_PROTO_FIXED64))
    put_number (tensor, field->number, size);
  else
    return FALSE;
  return TRUE;
}

static void
take_string (Tensor *tensor, const AssayProto *field)
{
  g_autofree char *text = g_base64_encode (field->bytes, field->n_bytes);

  if (tensor->strings->len > MAX_GATHERED)
    return;
  g_string_append_printf (tensor->strings, "%s\"%s\"", tensor->n_strings++ ? "," : "", text);
}

static gboolean
take_values (Tensor *tensor, const AssayProto *field, guint item_size)
{
  switch (field->field)
    {
    case 5: /* float_val */
      return take_fixed (tensor, field, 4);
    case 6: /* double_val */
      return take_fixed (tensor, field, 8);
    case 7:  /* int_val */
    case 10: /* int64_val */
    case 11: /* bool_val */
    case 13: /* half_val */
    case 16: /* uint32_val */
    case 17: /* uint64_val */
      return take_varints (tensor, field, item_size ? item_size : 8);
    case 9: /* scomplex_val */
      return take_fixed (tensor, field, 4);
    case 12: /* dcomplex_val */
      return take_fixed (tensor, field, 8);
    case 8: /* string_val */
      if (field->wire == ASSAY_PROTO_BYTES)
        take_string (tensor, field);
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
read_tensor (Tensor *tensor, const AssayProto *field)
{
  AssayProto proto;
  gboolean   sound = TRUE;

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
      {
        tensor->type = proto.number;
        assay_bundle_type_name (proto.number, &tensor->dtype);
      }
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      sound = read_shape (&proto, tensor->dims, &tensor->rank);
    else if (assay_proto_is (&proto, 4, ASSAY_PROTO_BYTES))
      {
        tensor->content = proto.bytes;
        tensor->n_content = proto.n_bytes;
      }
  if (!sound || proto.damaged)
    return FALSE;
  /* The dtype may stand behind the values: these are read when it is known. */
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && assay_proto_next (&proto))
    sound = take_values (tensor, &proto, tensor->dtype == ASSAY_DTYPE_INVALID ? 0 : assay_dtype_get_info (tensor->dtype)->item_size);
  return sound;
}

static gboolean
count (Tensor *tensor)
{
  guint64 shape[ASSAY_MAX_RANK];

  for (int i = 0; i < tensor->rank; i++)
    {
      if (tensor->dims[i] < 0)
        return FALSE;
      shape[i] = tensor->dims[i];
    }
  return tensor->rank >= 0 && assay_shape_n_elements (tensor->rank, shape, &tensor->n);
}

/* A constant that is too large for the text is a variable; its bytes stay where they are. */
static void
put_variable (AssaySavedGraph *self, const Tensor *tensor)
{
  AssayManifestBuilder *builder = self->context->builder;
  guint64               shape[ASSAY_MAX_RANK];
  g_autofree char      *name = g_strdup_printf ("%s/%s", *self->function ? self->function : "graph", self->node);
  g_autofree char      *key = g_strdup_printf ("saved_model.pb:%s", name);
  guint32               variable;

  if (self->module == G_MAXUINT32)
    self->module = assay_manifest_builder_add_module (builder, 0, "constants", NULL, 0);
  for (int i = 0; i < tensor->rank; i++)
    shape[i] = tensor->dims[i];
  variable = assay_manifest_builder_add_variable (builder, self->module, name, key, tensor->dtype, 0, NULL, tensor->rank, shape, ASSAY_FLAG_NON_TRAINABLE);
  assay_manifest_builder_set_raw (builder, variable, self->file.file, self->file.base + (tensor->content - self->start), tensor->n_content, FALSE);
  g_string_append (self->out, ",\"key\":");
  assay_json_append_string (self->out, key);
}

static void
put_base64 (AssaySavedGraph *self, const char *name, const void *data, gsize n)
{
  g_autofree char *text = g_base64_encode (data, n);

  g_string_append_printf (self->out, ",\"%s\":\"%s\"", name, text);
}

/* Fewer values than elements: the last one fills the rest; none are zeros. */
static gboolean
put_repeated (AssaySavedGraph *self, Tensor *tensor, gsize item_size)
{
  gsize               n_given = tensor->values->len / item_size;
  static const guint8 zeros[16];

  if (n_given > tensor->n)
    return FALSE;
  if (n_given <= 1)
    put_base64 (self, "fill", n_given ? tensor->values->data : zeros, item_size);
  else
    {
      if (tensor->n > MAX_GATHERED / item_size)
        return FALSE;
      for (gsize i = n_given; i < tensor->n; i++)
        {
          guint8 last[16];

          memcpy (last, tensor->values->data + (n_given - 1) * item_size, item_size);
          g_byte_array_append (tensor->values, last, item_size);
        }
      put_base64 (self, "base64", tensor->values->data, tensor->values->len);
    }
  return TRUE;
}

static gboolean
put_tensor (AssaySavedGraph *self, const AssayProto *field)
{
  g_autoptr (GByteArray) values = g_byte_array_new ();
  g_autoptr (GString) strings = g_string_new (NULL);
  Tensor   tensor = { .values = values, .strings = strings };
  gsize    item_size;
  gboolean sound;

  if (!read_tensor (&tensor, field) || !count (&tensor))
    return FALSE;
  g_string_append (self->out, "{\"dtype\":");
  assay_saved_type (self, tensor.type);
  g_string_append (self->out, ",\"shape\":");
  put_shape (self, tensor.dims, tensor.rank);
  item_size = tensor.dtype == ASSAY_DTYPE_INVALID ? 0 : assay_dtype_get_info (tensor.dtype)->item_size;
  if (tensor.dtype == ASSAY_DTYPE_STRING)
    {
      g_string_append_printf (self->out, ",\"strings\":[%s]", tensor.strings->str);
      sound = TRUE;
    }
  else if (item_size == 0)
    sound = TRUE; /* of no use to us; whoever needs it says so */
  else if (tensor.content != NULL && tensor.n_content > 0)
    {
      sound = tensor.n <= tensor.n_content && tensor.n * item_size == tensor.n_content;
      if (sound && tensor.n_content > MAX_INLINE && self->node != NULL)
        put_variable (self, &tensor);
      else if (sound)
        put_base64 (self, "base64", tensor.content, tensor.n_content);
    }
  else
    sound = put_repeated (self, &tensor, item_size);
  g_string_append_c (self->out, '}');
  return sound;
}

static void
put_bytes (AssaySavedGraph *self, const AssayProto *field)
{
  g_autofree char *text = g_base64_encode (field->bytes, field->n_bytes);

  assay_saved_next (self);
  g_string_append_printf (self->out, "\"%s\"", text);
}

static void
put_float (AssaySavedGraph *self, const void *bytes)
{
  float value;
  char  text[G_ASCII_DTOSTR_BUF_SIZE];

  memcpy (&value, bytes, sizeof value);
  assay_saved_next (self);
  g_string_append_printf (self->out, "\"%s\"", g_ascii_dtostr (text, sizeof text, value));
}

/* The name of a NameAttrList. */
static void
put_function (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto       proto, name = { .bytes = (const guint8 *) "" };
  g_autofree char *text = NULL;

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
      name = proto;
  text = assay_saved_dup_name (&name);
  assay_saved_next (self);
  assay_json_append_string (self->out, text);
}

/* The number in one of a list's fields, or all of them if they are packed. */
static gboolean
put_packed (AssaySavedGraph *self, const AssayProto *field)
{
  const guint8 *p = field->bytes, *end = p + (field->wire == ASSAY_PROTO_BYTES ? field->n_bytes : 0);
  guint64       number = field->number;
  gboolean      single = field->wire != ASSAY_PROTO_BYTES;

  if (field->field == 4)
    {
      guint32 bits = field->number;

      if (single)
        put_float (self, &bits);
      for (; end - p >= 4; p += 4)
        put_float (self, p);
      return TRUE;
    }
  while (single || p < end)
    {
      if (!single && !assay_varint_take (&p, end, &number))
        return FALSE;
      if (field->field == 6)
        assay_saved_type (self, number);
      else
        {
          assay_saved_next (self);
          g_string_append_printf (self->out, "%" G_GINT64_FORMAT, (gint64) number);
        }
      single = FALSE;
    }
  return TRUE;
}

static gboolean
put_list_field (AssaySavedGraph *self, const AssayProto *field)
{
  switch (field->field)
    {
    case 2:
      put_bytes (self, field);
      return TRUE;
    case 7:
      return assay_saved_shape (self, field);
    case 8:
      assay_saved_next (self);
      return put_tensor (self, field);
    case 9:
      put_function (self, field);
      return TRUE;
    default:
      return put_packed (self, field);
    }
}

/* A ListValue: {"i": [1, 2]}; an empty list has no kind. */
static gboolean
put_list (AssaySavedGraph *self, const AssayProto *field)
{
  static const char *const names[] = { NULL, NULL, "s", "i", "f", "b", "type", "shape", "tensor", "func" };
  AssayProto               proto;
  guint32                  kind = 0;
  gboolean                 sound = TRUE;

  g_string_append (self->out, "\"list\":{");
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && assay_proto_next (&proto))
    {
      if (proto.field < 2 || proto.field > 9 || (kind != 0 && kind != proto.field))
        continue;
      if (kind == 0)
        g_string_append_printf (self->out, "\"%s\":[", names[proto.field]);
      kind = proto.field;
      sound = put_list_field (self, &proto);
    }
  g_string_append (self->out, kind ? "]}" : "}");
  return sound && !proto.damaged;
}

static gboolean
put_value (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto proto;
  gboolean   sound = TRUE, taken = FALSE;
  guint32    bits;

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && !taken && assay_proto_next (&proto))
    {
      taken = TRUE;
      switch (proto.field)
        {
        case 1:
          sound = put_list (self, &proto);
          break;
        case 2:
          g_string_append (self->out, "\"s\":");
          put_bytes (self, &proto);
          break;
        case 3:
          g_string_append_printf (self->out, "\"i\":%" G_GINT64_FORMAT, (gint64) proto.number);
          break;
        case 4:
          bits = proto.number;
          g_string_append (self->out, "\"f\":");
          put_float (self, &bits);
          break;
        case 5:
          g_string_append_printf (self->out, "\"b\":%d", proto.number != 0);
          break;
        case 6:
          g_string_append (self->out, "\"type\":");
          assay_saved_type (self, proto.number);
          break;
        case 7:
          g_string_append (self->out, "\"shape\":");
          sound = assay_saved_shape (self, &proto);
          break;
        case 8:
          g_string_append (self->out, "\"tensor\":");
          sound = put_tensor (self, &proto);
          break;
        case 10:
          g_string_append (self->out, "\"func\":");
          put_function (self, &proto);
          break;
        default:
          taken = FALSE;
          break;
        }
    }
  return sound && !proto.damaged;
}

gboolean
assay_saved_attr (AssaySavedGraph *self, const AssayProto *entry)
{
  AssayProto       proto, key = { .bytes = (const guint8 *) "" }, value = { .bytes = (const guint8 *) "" };
  g_autofree char *name = NULL;
  gboolean         sound;

  assay_proto_init (&proto, entry->bytes, entry->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
      key = proto;
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      value = proto;
  name = assay_saved_dup_name (&key);
  /* Where a node was placed and what shapes it had are of no use; they are half of many graphs. */
  if (name[0] == '_' && !(self->keep_shapes && strcmp (name, "_output_shapes") == 0))
    return !proto.damaged;
  assay_saved_next (self);
  assay_json_append_string (self->out, name);
  g_string_append (self->out, ":{");
  sound = put_value (self, &value);
  g_string_append_c (self->out, '}');
  return sound && !proto.damaged;
}
