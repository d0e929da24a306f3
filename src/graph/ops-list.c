/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lists of tensors. Source: tensorflow/core/ops/list_ops.cc. */

#include "ops-private.h"

static gboolean
rule_list (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_VARIANT, assay_partial_shape_make (0) };
  return TRUE;
}

static gboolean
rule_item (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "element_dtype", ASSAY_DTYPE_INVALID);
  return TRUE;
}

static gboolean
rule_pop (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_VARIANT, assay_partial_shape_make (0) };
  inference->outputs[1].dtype = assay_attrs_get_dtype (inference->attrs, "element_dtype", ASSAY_DTYPE_INVALID);
  return TRUE;
}

static gboolean
rule_length (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ ASSAY_DTYPE_INT32, assay_partial_shape_make (0) };
  return TRUE;
}

/* The concatenated items, and how long each was. */
static gboolean
rule_concat (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "element_dtype", ASSAY_DTYPE_INVALID);
  inference->outputs[1] = (AssayValueSpec){ ASSAY_DTYPE_INT64, assay_partial_shape_make (1, (gint64) -1) };
  return TRUE;
}

const AssayOp assay_ops_list[] = {
  { "EmptyTensorList", "element_shape max_num_elements", "handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListReserve", "element_shape num_elements", "handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListFromTensor", "tensor element_shape", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListSetItem", "input_handle index item", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListPushBack", "input_handle tensor", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListPopBack", "input_handle element_shape", "output_handle tensor", NULL, rule_pop, ASSAY_OP_PURE },
  { "TensorListGetItem", "input_handle index element_shape", "item", NULL, rule_item, ASSAY_OP_PURE },
  { "TensorListStack", "input_handle element_shape", "tensor", NULL, rule_item, ASSAY_OP_PURE },
  { "TensorListConcat", "input_handle", "tensor lengths", NULL, rule_concat, ASSAY_OP_PURE },
  { "TensorListConcatV2", "input_handle element_shape leading_dims", "tensor lengths", NULL, rule_concat, ASSAY_OP_PURE },
  { "TensorListGather", "input_handle indices element_shape", "values", NULL, rule_item, ASSAY_OP_PURE },
  { "TensorListResize", "input_handle size", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListScatter", "tensor indices element_shape", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListScatterV2", "tensor indices element_shape num_elements", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListScatterIntoExistingList", "input_handle tensor indices", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListSplit", "tensor element_shape lengths", "output_handle", NULL, rule_list, ASSAY_OP_PURE },
  { "TensorListLength", "input_handle", "length", NULL, rule_length, ASSAY_OP_PURE },
  { NULL },
};
