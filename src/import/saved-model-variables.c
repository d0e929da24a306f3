/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations on variables' handles. A run leaves the model as it is: what a graph assigns is what it reads from there on, and forgotten
 * behind. Since operations are made in the order in which control inputs ask for them, a variable's value is known while they are made.
 * Source: tensorflow/core/ops/resource_variable_ops.cc. */

#include <string.h>

#include "saved-model-private.h"

typedef enum
{
  READ,
  ASSIGN,
  ASSIGN_WITH, /* by an operation on what was there before */
  GATHER,
} Kind;

static const struct
{
  const char *name;
  Kind        kind;
  const char *op;
} kinds[] = {
  { "ReadVariableOp", READ, "Identity" },
  { "AssignVariableOp", ASSIGN, NULL },
  { "AssignAddVariableOp", ASSIGN_WITH, "AddV2" },
  { "AssignSubVariableOp", ASSIGN_WITH, "Sub" },
  { "ResourceGather", GATHER, "GatherV2" },
  { "ResourceGatherNd", GATHER, "GatherNd" },
};

static char *
key_of (AssayFunctionBuilder *builder, AssayOutputRef handle)
{
  return g_strdup_printf ("%p/%u/%u", builder, handle.operation, handle.output);
}

void
assay_program_note_handle (AssayProgram *self, AssayFunctionBuilder *builder, AssayOutputRef ref, AssayResource *resource)
{
  g_hash_table_insert (self->handles, key_of (builder, ref), resource);
}

static gint64
add (AssayVariableNode *node, const char *op, const char *name, AssayAttrs *attrs, guint n, const AssayOutputRef *inputs, GError **error)
{
  g_autoptr (AssayAttrs) none = attrs ? NULL : assay_attrs_new ();
  gint64 index = assay_function_builder_add (node->builder, assay_op_lookup (op), name, attrs ? attrs : none, n, inputs, node->controls->len,
                                             (const guint32 *) node->controls->data, error);

  if (index < 0)
    g_prefix_error (error, "%s in %s: ", node->name, node->scope);
  return index;
}

/* What the variable holds at this point of the run. */
static gboolean
read_value (AssayProgram *self, AssayVariableNode *node, const char *dtype, const char *name, AssayOutputRef *value, GError **error)
{
  AssayOutputRef   handle = g_array_index (node->inputs, AssayOutputRef, 0);
  g_autofree char *key = key_of (node->builder, handle);
  AssayOutputRef  *assigned = g_hash_table_lookup (self->assigned, key);
  AssayResource   *resource = g_hash_table_lookup (self->handles, key);
  g_autoptr (AssayAttrs) attrs = NULL;
  gint64 index;

  if (assigned != NULL)
    {
      *value = *assigned;
      return TRUE;
    }
  attrs = assay_program_attrs (self, assay_program_object (node->json, "attr"), NULL, 0, error);
  if (attrs == NULL)
    return FALSE;
  if (dtype != NULL)
    assay_attrs_set_dtype (attrs, "dtype", assay_attrs_get_dtype (attrs, dtype, ASSAY_DTYPE_INVALID));
  if (resource != NULL)
    assay_attrs_set_shape (attrs, "_shape", assay_resource_get_shape (resource));
  index = add (node, "ReadVariableOp", name, attrs, 1, &handle, error);
  *value = (AssayOutputRef){ MAX (index, 0), 0 };
  return index >= 0;
}

static gboolean
assign (AssayProgram *self, AssayVariableNode *node, AssayOutputRef value, GError **error)
{
  if (g_hash_table_size (self->converting) > 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s can't be run inside a loop or branch (it is %s in %s).",
                   assay_program_text (node->json, "op"), node->name, node->scope);
      return FALSE;
    }
  g_hash_table_insert (self->assigned, key_of (node->builder, g_array_index (node->inputs, AssayOutputRef, 0)), g_memdup2 (&value, sizeof value));
  node->control = value.operation;
  return TRUE;
}

static gboolean
gather (AssayProgram *self, AssayVariableNode *node, const char *op, AssayOutputRef table, GError **error)
{
  static const gint32 zero;
  AssayOutputRef      inputs[] = { table, g_array_index (node->inputs, AssayOutputRef, 1), { 0, 0 } };
  gint64              index;

  if (strcmp (op, "GatherV2") == 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (&zero, sizeof zero);
      g_autoptr (AssayTensor) axis = assay_tensor_new (ASSAY_DTYPE_INT32, 0, NULL, bytes, NULL);
      g_autoptr (AssayAttrs) attrs = assay_attrs_new ();
      g_autofree char *name = g_strconcat (node->name, "/axis", NULL);

      assay_attrs_set_tensor (attrs, "value", axis);
      assay_attrs_set_dtype (attrs, "dtype", ASSAY_DTYPE_INT32);
      index = add (node, "Const", name, attrs, 0, NULL, error);
      inputs[2] = (AssayOutputRef){ MAX (index, 0), 0 };
      if (index < 0)
        return FALSE;
    }
  index = add (node, op, node->name, NULL, strcmp (op, "GatherV2") == 0 ? 3 : 2, inputs, error);
  node->output = (AssayOutputRef){ MAX (index, 0), 0 };
  node->has_output = TRUE;
  node->control = index;
  return index >= 0;
}

gboolean
assay_program_is_variable_op (const char *op)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, op) == 0)
      return TRUE;
  return FALSE;
}

gboolean
assay_program_add_variable_op (AssayProgram *self, AssayVariableNode *node, GError **error)
{
  const char      *op = assay_program_text (node->json, "op");
  g_autofree char *read_name = g_strconcat (node->name, "/read", NULL);
  AssayOutputRef   pair[2];
  gint64           index;
  gsize            i = 0;

  while (strcmp (kinds[i].name, op) != 0)
    i++;
  if (node->inputs->len != (kinds[i].kind == READ ? 1 : 2))
    return assay_program_damaged ("an operation on a variable has another number of inputs", error);
  if (kinds[i].kind == ASSIGN)
    return assign (self, node, g_array_index (node->inputs, AssayOutputRef, 1), error);
  if (!read_value (self, node, kinds[i].kind == READ ? NULL : "dtype", kinds[i].kind == READ ? node->name : read_name, &pair[0], error))
    return FALSE;
  if (kinds[i].kind == GATHER)
    return gather (self, node, kinds[i].op, pair[0], error);
  if (kinds[i].kind == READ)
    {
      node->output = pair[0];
      node->has_output = TRUE;
      node->control = pair[0].operation;
      return TRUE;
    }
  pair[1] = g_array_index (node->inputs, AssayOutputRef, 1);
  index = add (node, kinds[i].op, node->name, NULL, 2, pair, error);
  return index >= 0 && assign (self, node, (AssayOutputRef){ index, 0 }, error);
}
