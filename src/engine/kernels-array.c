/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Constants, and values under another shape. */

#include "kernel-private.h"

static gboolean
run_const (AssayKernelCall *call, GError **error)
{
  AssayTensor *tensor = assay_attrs_get_tensor (call->attrs, "value");

  if (tensor == NULL || assay_tensor_get_rank (tensor) > ASSAY_GRAPH_MAX_RANK)
    return assay_kernel_fail (call, error, "Constant %s has no value", call->name ? call->name : "");
  call->outputs[0] = assay_value_new (tensor);
  return TRUE;
}

static gboolean
run_identity (AssayKernelCall *call, GError **error)
{
  for (guint i = 0; i < call->n_outputs; i++)
    call->outputs[i] = assay_value_ref (call->inputs[i]);
  return TRUE;
}

const AssayKernel assay_kernels_array[] = {
  { "Const", run_const },
  { "Identity", run_identity },
  { NULL },
};
