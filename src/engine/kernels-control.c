/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Variables, calls, conditions, loops. */

#include "kernel-private.h"

#include <string.h>

static gboolean
run_no_op (AssayKernelCall *call, GError **error)
{
  return TRUE;
}

static gboolean
run_read_variable (AssayKernelCall *call, GError **error)
{
  AssayResource *resource = assay_value_get_resource (call->inputs[0]);
  AssayTensor   *tensor;

  if (resource == NULL)
    return assay_kernel_fail (call, error, "Input 0 isn't the handle of a variable");
  tensor = assay_resource_dup_tensor (resource, assay_workspace_get_cancellable (call->workspace), error);
  if (tensor == NULL)
    return FALSE;
  if (assay_tensor_get_rank (tensor) > ASSAY_GRAPH_MAX_RANK)
    {
      assay_tensor_unref (tensor);
      return assay_kernel_fail (call, error, "Variable %s has too many dimensions", assay_resource_get_name (resource));
    }
  call->outputs[0] = assay_value_new_take (tensor);
  return TRUE;
}

static gboolean
run_call (AssayKernelCall *call, GError **error)
{
  return assay_kernel_call_function (call, assay_attrs_get_string (call->attrs, "f", NULL), call->inputs, call->n_inputs,
                                     call->outputs, call->n_outputs, error);
}

/* Whether a condition holds: a scalar of any type that isn't zero, as tensorflow/core/kernels/functional_ops.cc, ToBool. */
static gboolean
read_condition (AssayKernelCall *call, AssayValue *value, gboolean *holds, GError **error)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (assay_value_get_dtype (value));
  const guint8         *bytes;

  if (assay_value_get_tensor (value) == NULL || !assay_dtype_is_numeric (assay_value_get_dtype (value)))
    return assay_kernel_refuse_dtype (call, assay_value_get_dtype (value), error);
  if (assay_value_get_rank (value) != 0)
    {
      *holds = assay_partial_shape_n_elements (assay_value_get_shape (value)) > 0;
      return TRUE;
    }
  *holds = FALSE;
  bytes = assay_value_get_data (value);
  for (guint i = 0; i < info->item_size; i++)
    *holds = *holds || bytes[i] != 0;
  return TRUE;
}

static gboolean
run_if (AssayKernelCall *call, GError **error)
{
  gboolean holds;

  if (!read_condition (call, call->inputs[0], &holds, error))
    return FALSE;
  return assay_kernel_call_function (call, assay_attrs_get_string (call->attrs, holds ? "then_branch" : "else_branch", NULL),
                                     call->inputs + 1, call->n_inputs - 1, call->outputs, call->n_outputs, error);
}

/* An index outside means the last branch. */
static gboolean
run_case (AssayKernelCall *call, GError **error)
{
  const AssayAttr *branches = assay_attrs_get (call->attrs, "branches");
  gint64           index;

  if (branches == NULL || branches->kind != ASSAY_ATTR_FUNCTION || branches->n == 0)
    return assay_kernel_fail (call, error, "The operation names no branches");
  if (!assay_kernel_int (call, 0, &index, error))
    return FALSE;
  if (index < 0 || index >= branches->n)
    index = branches->n - 1;
  return assay_kernel_call_function (call, g_bytes_get_data (branches->strings[index], NULL), call->inputs + 1, call->n_inputs - 1, call->outputs,
                                     call->n_outputs, error);
}

static void
clear_values (AssayValue **values, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&values[i], assay_value_unref);
}

static gboolean
run_while (AssayKernelCall *call, GError **error)
{
  const char             *cond = assay_attrs_get_string (call->attrs, "cond", NULL), *body = assay_attrs_get_string (call->attrs, "body", NULL);
  guint                   n = call->n_inputs;
  g_autofree AssayValue **now = g_new0 (AssayValue *, n + 1), **next = g_new0 (AssayValue *, n + 1);
  gboolean                good = TRUE, holds = TRUE;

  for (guint i = 0; i < n; i++)
    now[i] = assay_value_ref (call->inputs[i]);
  while (good)
    {
      AssayValue *condition = NULL;

      good = !g_cancellable_set_error_if_cancelled (assay_workspace_get_cancellable (call->workspace), error) &&
             assay_kernel_call_function (call, cond, now, n, &condition, 1, error) && read_condition (call, condition, &holds, error);
      g_clear_pointer (&condition, assay_value_unref);
      if (!good || !holds)
        break;
      good = assay_kernel_call_function (call, body, now, n, next, n, error);
      if (!good)
        break;
      clear_values (now, n);
      memcpy (now, next, n * sizeof *now);
      memset (next, 0, n * sizeof *next);
    }
  if (good)
    memcpy (call->outputs, now, n * sizeof *now);
  else
    clear_values (now, n);
  return good;
}

/* The output that isn't chosen stays NULL: it is dead, and so is all that needs it, up to a Merge. */
static gboolean
run_switch (AssayKernelCall *call, GError **error)
{
  gboolean holds;

  if (!read_condition (call, call->inputs[1], &holds, error))
    return FALSE;
  call->outputs[holds ? 1 : 0] = assay_value_ref (call->inputs[0]);
  return TRUE;
}

static gboolean
run_merge (AssayKernelCall *call, GError **error)
{
  AssayPartialShape scalar = { .rank = 0 };
  gint32           *index;

  for (guint i = 0; i < call->n_inputs; i++)
    {
      if (call->inputs[i] == NULL)
        continue;
      index = assay_kernel_output (call, 1, ASSAY_DTYPE_INT32, &scalar, error);
      if (index == NULL)
        return FALSE;
      *index = i;
      call->outputs[0] = assay_value_ref (call->inputs[i]);
      return TRUE;
    }
  return TRUE;
}

const AssayKernel assay_kernels_control[] = {
  { "NoOp", run_no_op },
  { "ReadVariableOp", run_read_variable },
  { "PartitionedCall", run_call },
  { "StatefulPartitionedCall", run_call },
  { "If", run_if },
  { "StatelessIf", run_if },
  { "Case", run_case },
  { "StatelessCase", run_case },
  { "Switch", run_switch },
  { "Merge", run_merge },
  { "While", run_while },
  { "StatelessWhile", run_while },
  { NULL },
};
