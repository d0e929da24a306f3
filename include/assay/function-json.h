/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Functions as JSON: how our saved models keep them (docs/file-format.md). */

#pragma once

#include <assay/function.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * AssayFunctionStore:
 * @put_capture: says under which number a captured handle is known; -1 if it isn't
 * @put_tensor: puts a large tensor away, and says under which number
 * @get_capture: (transfer full): the handle of a number, or %NULL with an error
 * @get_tensor: (transfer full): the tensor of a number, or %NULL with an error
 * @data: given to all of them
 *
 * Where a function's captures and large constants are. Writing needs the first two, reading the others.
 */
typedef struct
{
  gint64 (*put_capture) (AssayValue *value, gpointer data);
  guint (*put_tensor) (AssayTensor *tensor, gpointer data);
  AssayValue *(*get_capture) (gint64 number, gpointer data, GError **error);
  AssayTensor *(*get_tensor) (gint64 number, gpointer data, GError **error);
  gpointer data;
} AssayFunctionStore;

/**
 * assay_tensor_to_json:
 * @tensor: any tensor
 *
 * Returns: (transfer full): {"dtype", "shape", "base64"}: its bytes, little-endian
 */
JsonNode *assay_tensor_to_json (AssayTensor *tensor);

/**
 * assay_tensor_from_json:
 * @node: what should be a tensor
 * @error: return location for an error
 *
 * Returns: (transfer full): the tensor, or %NULL with `ASSAY_ERROR_FORMAT`
 */
AssayTensor *assay_tensor_from_json (JsonNode *node, GError **error);

/**
 * assay_function_to_json:
 * @function: any function
 * @store: where captures and large constants go
 *
 * Returns: (transfer full): the function
 */
JsonNode *assay_function_to_json (AssayFunction *function, const AssayFunctionStore *store);

/**
 * assay_function_from_json:
 * @node: what should be a function
 * @store: where captures and large constants come from
 * @error: return location for an error
 *
 * Makes a function of what a file says. Everything is checked: operations, their number of inputs, where these come from, and by the
 * shape rules dtypes and shapes. Fails with `ASSAY_ERROR_FORMAT` or `ASSAY_ERROR_UNSUPPORTED`.
 *
 * Returns: (transfer full): the function
 */
AssayFunction *assay_function_from_json (JsonNode *node, const AssayFunctionStore *store, GError **error);

G_END_DECLS
