/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An object graph as JSON, member by member as protobuf's JSON has it, for those who restore from the file. */

#include "tf-graph-private.h"

#include <string.h>

#include "../base/json-scan-private.h"
#include "tf-proto-private.h"

static void
append_text (GString *out, const char *name, const AssayProto *field)
{
  g_autofree char *text = assay_proto_dup_string (field);

  g_string_append_printf (out, "%s\"%s\":", out->str[out->len - 1] == '{' ? "" : ",", name);
  assay_json_append_string (out, text);
}

static gboolean
append_child (GString *out, const AssayProto *field)
{
  AssayProto proto;
  guint64    node = 0;
  AssayProto name = { .bytes = (const guint8 *) "" };

  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (assay_proto_is (&proto, 1, ASSAY_PROTO_VARINT))
      node = proto.number;
    else if (assay_proto_is (&proto, 2, ASSAY_PROTO_BYTES))
      name = proto;
  g_string_append_printf (out, "%s{\"node_id\":%u", out->str[out->len - 1] == '[' ? "" : ",", (guint) MIN (node, G_MAXINT32));
  append_text (out, "local_name", &name);
  g_string_append_c (out, '}');
  return !proto.damaged;
}

static gboolean
append_attribute (GString *out, const AssayProto *field)
{
  static const char *const names[] = { NULL, "name", "full_name", "checkpoint_key" };
  AssayProto               proto;

  g_string_append (out, out->str[out->len - 1] == '[' ? "{" : ",{");
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (assay_proto_next (&proto))
    if (proto.field >= 1 && proto.field <= 3 && proto.wire == ASSAY_PROTO_BYTES)
      append_text (out, names[proto.field], &proto);
  g_string_append_c (out, '}');
  return !proto.damaged;
}

/* All fields of one number, as a list. */
static gboolean
append_list (GString *out, const char *name, guint32 number, gboolean (*append) (GString *, const AssayProto *), const AssayProto *node)
{
  AssayProto proto;
  gsize      begin = out->len, empty;
  gboolean   sound = TRUE;

  g_string_append_printf (out, "%s\"%s\":[", out->str[out->len - 1] == '{' ? "" : ",", name);
  empty = out->len;
  assay_proto_init (&proto, node->bytes, node->n_bytes);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, number, ASSAY_PROTO_BYTES))
      sound = append (out, &proto);
  if (out->len == empty)
    g_string_truncate (out, begin);
  else
    g_string_append_c (out, ']');
  return sound && !proto.damaged;
}

/* The wrapped bool has_checkpoint_values=5; absent before TensorFlow 2.9. */
static void
append_has_values (GString *out, const AssayProto *node)
{
  AssayProto proto, inner;

  assay_proto_init (&proto, node->bytes, node->n_bytes);
  while (assay_proto_next (&proto))
    {
      gboolean value = FALSE;

      if (!assay_proto_is (&proto, 5, ASSAY_PROTO_BYTES))
        continue;
      assay_proto_init (&inner, proto.bytes, proto.n_bytes);
      while (assay_proto_next (&inner))
        if (assay_proto_is (&inner, 1, ASSAY_PROTO_VARINT))
          value = inner.number != 0;
      g_string_append_printf (out, "%s\"has_checkpoint_values\":%s", out->str[out->len - 1] == '{' ? "" : ",", value ? "true" : "false");
      return;
    }
}

char *
assay_tf_graph_to_json (const guint8 *data, gsize n)
{
  g_autoptr (GString) out = g_string_new ("{\"nodes\":[");
  AssayProto proto;
  gboolean   sound = TRUE;

  assay_proto_init (&proto, data, n);
  while (sound && assay_proto_next (&proto))
    {
      if (!assay_proto_is (&proto, 1, ASSAY_PROTO_BYTES))
        continue;
      g_string_append (out, out->str[out->len - 1] == '[' ? "{" : ",{");
      sound = append_list (out, "children", 1, append_child, &proto) && append_list (out, "attributes", 2, append_attribute, &proto);
      append_has_values (out, &proto);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
  return sound && !proto.damaged ? g_strdup (out->str) : NULL;
}
