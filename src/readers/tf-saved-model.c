/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A SavedModel's graph, functions, signatures and objects as JSON:
 *
 *   {"graph": [node], "functions": [{"name", "args": [{"name", "type"}], "nodes": [node], "ret": {out: tensor}}],
 *    "signatures": [{"name", "method", "inputs": [{"name", "tensor", "type", "shape"}], "outputs": […]}],
 *    "objects": [{"children": [{"node", "name"}], "kind", …}], "concrete": [{"name", "bound": [node]}]}
 *
 * A node is {"name", "op", "in": [tensor], "attr": {…}}. Nothing is interpreted here. */

#include "tf-saved-private.h"

#include <assay/error.h>
#include <string.h>

#include "../base/json-scan-private.h"

#define MAX_FILE (256u << 20)
#define MAX_JSON (30u << 20)

typedef gboolean (*PutFunc) (AssaySavedGraph *self, const AssayProto *field);

/* All fields of one number as a list, as a member. */
static gboolean
put_list (AssaySavedGraph *self, const char *name, guint32 number, const AssayProto *message, PutFunc put)
{
  AssayProto proto;
  gboolean   sound = TRUE;

  assay_saved_next (self);
  g_string_append_printf (self->out, "\"%s\":[", name);
  assay_proto_init (&proto, message->bytes, message->n_bytes);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, number, ASSAY_PROTO_BYTES))
      {
        assay_saved_next (self);
        sound = put (self, &proto) && self->out->len < MAX_JSON;
      }
  g_string_append_c (self->out, ']');
  return sound && !proto.damaged;
}

static gboolean
put_string (AssaySavedGraph *self, const AssayProto *field)
{
  g_autofree char *text = assay_saved_dup_name (field);

  assay_json_append_string (self->out, text);
  return TRUE;
}

/* The first field of that number, or an empty one. */
static AssayProto
find_field (const AssayProto *message, guint32 number)
{
  AssayProto proto;

  assay_proto_init (&proto, message->bytes, message->n_bytes);
  while (assay_proto_next (&proto))
    if (proto.field == number)
      return proto;
  return (AssayProto){ .bytes = (const guint8 *) "" };
}

static gboolean
put_attrs (AssaySavedGraph *self, const AssayProto *node, guint32 number)
{
  AssayProto proto;
  gboolean   sound = TRUE;

  g_string_append (self->out, ",\"attr\":{");
  assay_proto_init (&proto, node->bytes, node->n_bytes);
  while (sound && assay_proto_next (&proto))
    if (assay_proto_is (&proto, number, ASSAY_PROTO_BYTES))
      sound = assay_saved_attr (self, &proto);
  g_string_append_c (self->out, '}');
  return sound && !proto.damaged;
}

/* NodeDef: name=1, op=2, input=3, attr=5. */
static gboolean
put_node (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto       name = find_field (field, 1), op = find_field (field, 2);
  g_autofree char *text = assay_saved_dup_name (&name);
  gboolean         sound;

  self->node = text;
  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &name);
  assay_saved_text (self, "op", &op);
  sound = put_list (self, "in", 3, field, put_string) && put_attrs (self, field, 5);
  g_string_append_c (self->out, '}');
  self->node = NULL;
  return sound;
}

/* ArgDef: name=1, type=3. */
static gboolean
put_argument (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto name = find_field (field, 1), type = find_field (field, 3);

  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &name);
  g_string_append (self->out, ",\"type\":");
  assay_saved_type (self, type.number);
  g_string_append_c (self->out, '}');
  return TRUE;
}

/* map<string, string>: key=1, value=2. */
static gboolean
put_ret (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto key = find_field (field, 1), value = find_field (field, 2);

  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &key);
  assay_saved_text (self, "tensor", &value);
  g_string_append_c (self->out, '}');
  return TRUE;
}

/* map<uint32, ArgAttrs>: an argument's attributes, of which its shapes matter. */
static gboolean
put_arg_attrs (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto index = find_field (field, 1), attrs = find_field (field, 2);
  gboolean   sound;

  g_string_append_printf (self->out, "{\"arg\":%u", (guint) MIN (index.number, G_MAXINT32));
  self->keep_shapes = TRUE;
  sound = put_attrs (self, &attrs, 1);
  self->keep_shapes = FALSE;
  g_string_append_c (self->out, '}');
  return sound;
}

/* FunctionDef: signature=1 (OpDef: name=1, input_arg=2, output_arg=3), node_def=3, ret=4, arg_attr=7. */
static gboolean
put_function (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto       signature = find_field (field, 1), name = find_field (&signature, 1);
  g_autofree char *text = assay_saved_dup_name (&name);
  gboolean         sound;

  self->function = text;
  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &name);
  sound = put_list (self, "args", 2, &signature, put_argument) && put_list (self, "outs", 3, &signature, put_argument) &&
          put_list (self, "nodes", 3, field, put_node) && put_list (self, "ret", 4, field, put_ret) &&
          put_list (self, "arg_attrs", 7, field, put_arg_attrs);
  g_string_append_c (self->out, '}');
  self->function = "";
  return sound;
}

/* map<string, TensorInfo>: name=1, dtype=2, tensor_shape=3. */
static gboolean
put_tensor_info (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto key = find_field (field, 1), info = find_field (field, 2), name = find_field (&info, 1), type = find_field (&info, 2),
             shape = find_field (&info, 3);
  gboolean sound = TRUE;

  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &key);
  assay_saved_text (self, "tensor", &name);
  g_string_append (self->out, ",\"type\":");
  assay_saved_type (self, type.number);
  g_string_append (self->out, ",\"shape\":");
  if (shape.wire == ASSAY_PROTO_BYTES)
    sound = assay_saved_shape (self, &shape);
  else
    g_string_append (self->out, "null");
  g_string_append_c (self->out, '}');
  return sound;
}

/* map<string, SignatureDef>: inputs=1, outputs=2, method_name=3. */
static gboolean
put_signature (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto key = find_field (field, 1), signature = find_field (field, 2), method = find_field (&signature, 3);
  gboolean   sound;

  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &key);
  assay_saved_text (self, "method", &method);
  sound = put_list (self, "inputs", 1, &signature, put_tensor_info) && put_list (self, "outputs", 2, &signature, put_tensor_info);
  g_string_append_c (self->out, '}');
  return sound;
}

/* ObjectReference: node_id=1, local_name=2. */
static gboolean
put_child (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto node = find_field (field, 1), name = find_field (field, 2);

  g_string_append_printf (self->out, "{\"node\":%u", (guint) MIN (node.number, G_MAXINT32));
  assay_saved_text (self, "name", &name);
  g_string_append_c (self->out, '}');
  return TRUE;
}

/* SavedObject: children=1, and one of user_object=4, asset=5, function=6, variable=7, bare_concrete_function=8, constant=9. */
static gboolean
put_object (AssaySavedGraph *self, const AssayProto *field)
{
  static const char *const kinds[] = { NULL, NULL, NULL, NULL, "user_object", "asset", "function", "variable", "bare_function", "constant" };
  AssayProto               proto;
  gboolean                 sound;

  g_string_append_c (self->out, '{');
  sound = put_list (self, "children", 1, field, put_child);
  assay_proto_init (&proto, field->bytes, field->n_bytes);
  while (sound && assay_proto_next (&proto))
    {
      AssayProto name;

      if (proto.field < 4 || proto.field > 9 || proto.wire != ASSAY_PROTO_BYTES)
        continue;
      g_string_append_printf (self->out, ",\"kind\":\"%s\"", kinds[proto.field]);
      name = find_field (&proto, 1);
      if (proto.field == 6)
        sound = put_list (self, "concrete", 1, &proto, put_string);
      else if (name.wire == ASSAY_PROTO_BYTES)
        assay_saved_text (self, "name", &name);
    }
  g_string_append_c (self->out, '}');
  return sound && !proto.damaged;
}

/* map<string, SavedConcreteFunction>: bound_inputs=2, packed. */
static gboolean
put_concrete (AssaySavedGraph *self, const AssayProto *field)
{
  AssayProto key = find_field (field, 1), concrete = find_field (field, 2), proto;

  g_string_append_c (self->out, '{');
  assay_saved_text (self, "name", &key);
  g_string_append (self->out, ",\"bound\":[");
  assay_proto_init (&proto, concrete.bytes, concrete.n_bytes);
  while (assay_proto_next (&proto))
    {
      const guint8 *p = proto.bytes, *end = p + (proto.wire == ASSAY_PROTO_BYTES ? proto.n_bytes : 0);
      guint64       number = proto.number;

      if (proto.field != 2)
        continue;
      while (proto.wire == ASSAY_PROTO_VARINT || p < end)
        {
          if (proto.wire != ASSAY_PROTO_VARINT && !assay_varint_take (&p, end, &number))
            return FALSE;
          assay_saved_next (self);
          g_string_append_printf (self->out, "%u", (guint) MIN (number, G_MAXINT32));
          if (proto.wire == ASSAY_PROTO_VARINT)
            break;
        }
    }
  g_string_append (self->out, "]}");
  return !proto.damaged;
}

/* MetaGraphDef: graph_def=2 (node=1, library=2: function=1), signature_def=5, object_graph_def=7 (nodes=1, concrete_functions=2). */
static gboolean
put_program (AssaySavedGraph *self, const AssayProto *model)
{
  AssayProto meta = find_field (model, 2), graph = find_field (&meta, 2), library = find_field (&graph, 2), objects = find_field (&meta, 7);
  gboolean   sound;

  g_string_append_c (self->out, '{');
  sound = put_list (self, "graph", 1, &graph, put_node) && put_list (self, "functions", 1, &library, put_function) &&
          put_list (self, "signatures", 5, &meta, put_signature) && put_list (self, "objects", 1, &objects, put_object) &&
          put_list (self, "concrete", 2, &objects, put_concrete);
  g_string_append_c (self->out, '}');
  return sound;
}

/* Puts the graph into the root's attribute ".program". */
static gboolean
read_program (AssayReaderContext *context, const AssayReaderFile *file, GError **error)
{
  AssaySavedGraph    self = { .context = context, .file = *file, .module = G_MAXUINT32, .function = "" };
  g_autofree guint8 *data = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  AssayProto model;

  if (self.file.size > MAX_FILE)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "it takes %" G_GUINT64_FORMAT " bytes, more than %u", self.file.size, MAX_FILE);
      return FALSE;
    }
  data = g_malloc (self.file.size + 1);
  if (!assay_reader_read (&self.file, 0, data, self.file.size, error))
    return FALSE;
  self.start = data;
  self.out = out;
  assay_proto_init (&model, data, self.file.size);
  model.bytes = data;
  model.n_bytes = self.file.size;
  if (!put_program (&self, &model))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "%s", out->len >= MAX_JSON ? "it is too large" : "it is damaged");
      return FALSE;
    }
  assay_manifest_builder_set_module_attribute (context->builder, 0, ".program", out->str);
  return TRUE;
}

void
assay_saved_model_read (AssayReaderContext *context)
{
  g_autoptr (GError) error = NULL;
  AssayReaderFile file;

  if (strcmp (context->file_name, "variables.index") != 0)
    return;
  if ((!assay_reader_open_sibling (context, "../saved_model.pb", &file, &error) || !read_program (context, &file, &error)) &&
      !g_error_matches (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND))
    assay_manifest_builder_add_warning (context->builder, "The graph in saved_model.pb can’t be used: %s", error->message);
}

/* SavedModel: saved_model_schema_version=1 (a varint), meta_graphs=2. */
static gboolean
graph_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  return strcmp (context->file_name, "saved_model.pb") == 0 && n_head > 2 && (head[0] == 0x12 || (head[0] == 0x08 && head[2] == 0x12));
}

static gboolean
graph_read (AssayReaderContext *context, GError **error)
{
  assay_manifest_builder_set_format (context->builder, "tensorflow-saved-model");
  if (read_program (context, &context->main, error))
    return TRUE;
  g_prefix_error (error, "The graph in “%s” can’t be used: ", context->file_name);
  return FALSE;
}

/* A SavedModel that has no variables is its graph. */
const AssayReader assay_saved_graph_reader = {
  .name = "TensorFlow SavedModel",
  .sniff = graph_sniff,
  .read = graph_read,
};
