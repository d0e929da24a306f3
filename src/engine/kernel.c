/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Looking kernels up, and what runners need. */

#include "nn-private.h"

static const AssayKernel *const tables[] = {
  assay_kernels_activation,
  assay_kernels_array,
  assay_kernels_binary,
  assay_kernels_cast,
  assay_kernels_control,
  assay_kernels_list,
  assay_kernels_conv,
  assay_kernels_einsum,
  assay_kernels_matmul,
  assay_kernels_normalization,
  assay_kernels_pool,
  assay_kernels_quantize,
  assay_kernels_resize,
  assay_kernels_softmax,
  assay_kernels_space,
  assay_kernels_gather,
  assay_kernels_index,
  assay_kernels_join,
  assay_kernels_matrix,
  assay_kernels_random,
  assay_kernels_reduce,
  assay_kernels_scan,
  assay_kernels_segment,
  assay_kernels_select,
  assay_kernels_slice,
  assay_kernels_sort,
  assay_kernels_transpose,
  assay_kernels_unary,
  assay_kernels_recurrent,
};

static GHashTable *
make_index (void)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const AssayKernel *kernel = tables[i]; kernel->op != NULL; kernel++)
      {
        g_assert (assay_op_lookup (kernel->op) != NULL && !g_hash_table_contains (index, kernel->op));
        g_hash_table_insert (index, (gpointer) kernel->op, (gpointer) kernel);
      }
  return index;
}

const AssayKernel *
assay_kernel_lookup (const char *op)
{
  static GHashTable *index;

  if (g_once_init_enter (&index))
    g_once_init_leave (&index, make_index ());
  return g_hash_table_lookup (index, op);
}

gboolean
assay_engine_has_kernel (const char *op)
{
  return assay_kernel_lookup (op) != NULL;
}

/* Outputs that are strings got copies of pointers: now they take references. */
static void
keep_strings (AssayKernelCall *call)
{
  for (guint i = 0; i < call->lent->len; i++)
    {
      GPtrArray *strings = call->lent->pdata[i];

      for (guint k = 0; k < strings->len; k++)
        strings->pdata[k] = strings->pdata[k] ? g_bytes_ref (strings->pdata[k]) : g_bytes_new (NULL, 0);
      g_ptr_array_set_free_func (strings, (GDestroyNotify) g_bytes_unref);
    }
  g_clear_pointer (&call->lent, g_ptr_array_unref);
}

gboolean
assay_kernel_run (const AssayKernel *kernel, AssayKernelCall *call, GError **error)
{
  AssayValueSpec             few_inputs[8], few_outputs[4];
  AssayTensor               *few_constants[8];
  g_autofree AssayValueSpec *many_inputs = call->n_inputs > 8 ? g_new (AssayValueSpec, call->n_inputs) : NULL;
  g_autofree AssayTensor   **many_constants = call->n_inputs > 8 ? g_new (AssayTensor *, call->n_inputs) : NULL;
  g_autofree AssayValueSpec *many_outputs = call->n_outputs > 4 ? g_new (AssayValueSpec, call->n_outputs) : NULL;
  AssayValueSpec            *inputs = many_inputs ? many_inputs : few_inputs;
  AssayTensor              **constants = many_constants ? many_constants : few_constants;
  gboolean                   good;
  AssayInference             inference = { .op = call->op, .name = call->name, .attrs = call->attrs, .n_inputs = call->n_inputs, .inputs = inputs, .constants = constants, .n_outputs = call->n_outputs, .outputs = many_outputs ? many_outputs : few_outputs };

  call->lent = NULL;
  for (guint i = 0; i < call->n_inputs; i++)
    {
      inputs[i] = (AssayValueSpec){ assay_value_get_dtype (call->inputs[i]), *assay_value_get_shape (call->inputs[i]) };
      constants[i] = assay_value_get_tensor (call->inputs[i]);
      if (assay_value_get_kind (call->inputs[i]) == ASSAY_VALUE_LIST)
        inputs[i] = (AssayValueSpec){ ASSAY_DTYPE_VARIANT, assay_partial_shape_make (0) };
    }
  if (!assay_op_infer (&inference, error))
    return FALSE;
  call->specs = inference.outputs;
  good = kernel->run (call, error);
  if (call->lent != NULL)
    keep_strings (call);
  return good;
}

void *
assay_kernel_output (AssayKernelCall *call, guint index, AssayDtype dtype, const AssayPartialShape *shape, GError **error)
{
  guint64      dims[ASSAY_GRAPH_MAX_RANK];
  AssayTensor *tensor;
  void        *data = NULL;

  if (!assay_partial_shape_is_full (shape) || dtype == ASSAY_DTYPE_INVALID)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Operation %s can't tell the shape of its output", call->name ? call->name : call->op->name);
      return NULL;
    }
  if (assay_dtype_get_info (dtype)->item_size == 0)
    {
      assay_kernel_refuse_dtype (call, dtype, error);
      return NULL;
    }
  for (guint i = 0; index == 0 && i < call->n_inputs && call->reusable >> i != 0; i++)
    if ((call->reusable >> i & 1) && assay_kernel_dtype (call, i) == dtype && assay_partial_shape_equal (assay_kernel_shape (call, i), shape))
      {
        call->outputs[0] = assay_value_ref (call->inputs[i]);
        return (void *) assay_kernel_input (call, i);
      }
  for (int i = 0; i < shape->rank; i++)
    dims[i] = shape->dims[i];
  tensor = assay_workspace_tensor (call->workspace, dtype, shape->rank, dims, &data, error);
  if (tensor == NULL)
    {
      g_prefix_error (error, "Operation %s: ", call->name ? call->name : call->op->name);
      return NULL;
    }
  call->outputs[index] = assay_value_new_take (tensor);
  return data;
}

void *
assay_kernel_output_as_inferred (AssayKernelCall *call, guint index, GError **error)
{
  return assay_kernel_output (call, index, call->specs[index].dtype, &call->specs[index].shape, error);
}

gboolean
assay_kernel_output_view (AssayKernelCall *call, guint index, guint input, const AssayPartialShape *shape, GError **error)
{
  AssayValue  *value = call->inputs[input];
  guint64      dims[ASSAY_GRAPH_MAX_RANK];
  AssayTensor *tensor = assay_value_get_tensor (value);

  if (assay_value_get_kind (value) == ASSAY_VALUE_LIST || assay_partial_shape_equal (shape, assay_value_get_shape (value)))
    {
      call->outputs[index] = assay_value_ref (value);
      return TRUE;
    }
  if (!assay_partial_shape_is_full (shape) || (tensor == NULL && assay_value_get_strings (value) == NULL))
    return assay_kernel_fail (call, error, "The output's shape isn't known");
  for (int i = 0; i < shape->rank; i++)
    dims[i] = shape->dims[i];
  if (tensor == NULL)
    {
      call->outputs[index] = assay_value_new_strings (shape->rank, dims, g_ptr_array_ref (assay_value_get_strings (value)));
      return TRUE;
    }
  tensor = assay_tensor_new (assay_tensor_get_dtype (tensor), shape->rank, dims, assay_tensor_get_bytes (tensor), error);
  if (tensor == NULL)
    return FALSE;
  call->outputs[index] = assay_value_new_take (tensor);
  return TRUE;
}

static void *
lend_strings (AssayKernelCall *call, guint index, const AssayPartialShape *shape, GError **error)
{
  guint64    dims[ASSAY_GRAPH_MAX_RANK];
  gint64     n = assay_partial_shape_n_elements (shape);
  GPtrArray *strings;

  if (n < 0 || n > G_MAXINT)
    {
      assay_kernel_fail (call, error, "A tensor of %" G_GINT64_FORMAT " strings is too large", n);
      return NULL;
    }
  for (int i = 0; i < shape->rank; i++)
    dims[i] = shape->dims[i];
  strings = g_ptr_array_sized_new (MAX (n, 1));
  g_ptr_array_set_size (strings, n);
  if (call->lent == NULL)
    call->lent = g_ptr_array_new ();
  g_ptr_array_add (call->lent, strings);
  call->outputs[index] = assay_value_new_strings (shape->rank, dims, strings);
  /* An array without room would look like a failure. */
  return strings->pdata;
}

void *
assay_kernel_output_items (AssayKernelCall *call, guint index, AssayDtype dtype, const AssayPartialShape *shape, GError **error)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (assay_value_get_tensor (call->inputs[i]) == NULL && assay_value_get_strings (call->inputs[i]) == NULL)
      {
        assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, i), error);
        return NULL;
      }
  if (dtype != ASSAY_DTYPE_STRING)
    return assay_kernel_output (call, index, dtype, shape, error);
  if (!assay_partial_shape_is_full (shape))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Operation %s can't tell the shape of its output", call->name ? call->name : call->op->name);
      return NULL;
    }
  return lend_strings (call, index, shape, error);
}

const void *
assay_kernel_items (AssayKernelCall *call, guint index)
{
  GPtrArray *strings = assay_value_get_strings (call->inputs[index]);

  return strings ? (const void *) strings->pdata : assay_value_get_data (call->inputs[index]);
}

gsize
assay_kernel_item_size (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_STRING ? sizeof (gpointer) : assay_dtype_get_info (dtype)->item_size;
}

int
assay_kernel_vector (AssayKernelCall *call, guint input, gint64 *values, int max, GError **error)
{
  int rank = assay_kernel_shape (call, input)->rank;

  if (rank > 1)
    {
      assay_kernel_fail (call, error, "Input %u must be a scalar or a vector, not of rank %d", input, rank);
      return -1;
    }
  return assay_kernel_ints (call, input, values, max, error);
}

gboolean
assay_kernel_int (AssayKernelCall *call, guint input, gint64 *value, GError **error)
{
  int n = assay_kernel_vector (call, input, value, 1, error);

  if (n == 0)
    return assay_kernel_fail (call, error, "Input %u must be a scalar", input);
  return n == 1;
}

gint64 *
assay_kernel_all_ints (AssayKernelCall *call, guint input, gint64 *n, GError **error)
{
  AssayTensor *tensor = assay_value_get_tensor (call->inputs[input]);
  AssayDtype   dtype = assay_kernel_dtype (call, input);
  gint64      *values;

  if (tensor == NULL || (dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64))
    {
      assay_kernel_refuse_dtype (call, dtype, error);
      return NULL;
    }
  *n = assay_tensor_get_n_elements (tensor);
  values = g_try_new (gint64, MAX (*n, 1));
  if (values == NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Out of memory: %" G_GINT64_FORMAT " indices are too many.", *n);
  for (gint64 i = 0; values != NULL && i < *n && !assay_stops (i); i++)
    values[i] = dtype == ASSAY_DTYPE_INT32 ? ((const gint32 *) assay_tensor_get_data (tensor))[i] : ((const gint64 *) assay_tensor_get_data (tensor))[i];
  if (!assay_goes_on (error))
    g_clear_pointer (&values, g_free);
  return values;
}

const void *
assay_kernel_input (AssayKernelCall *call, guint index)
{
  return assay_value_get_data (call->inputs[index]);
}

const AssayPartialShape *
assay_kernel_shape (AssayKernelCall *call, guint index)
{
  return assay_value_get_shape (call->inputs[index]);
}

AssayDtype
assay_kernel_dtype (AssayKernelCall *call, guint index)
{
  return assay_value_get_kind (call->inputs[index]) == ASSAY_VALUE_LIST ? ASSAY_DTYPE_VARIANT : assay_value_get_dtype (call->inputs[index]);
}

gint64
assay_kernel_n (AssayKernelCall *call, guint index)
{
  return assay_partial_shape_n_elements (assay_value_get_shape (call->inputs[index]));
}

int
assay_kernel_ints (AssayKernelCall *call, guint input, gint64 *values, int max, GError **error)
{
  AssayTensor *tensor = assay_value_get_tensor (call->inputs[input]);
  gboolean     narrow = assay_kernel_dtype (call, input) == ASSAY_DTYPE_INT32;
  guint64      n = tensor ? assay_tensor_get_n_elements (tensor) : 0;

  if (tensor == NULL || (!narrow && assay_kernel_dtype (call, input) != ASSAY_DTYPE_INT64))
    {
      assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, input), error);
      return -1;
    }
  if (n > (guint64) max)
    {
      assay_kernel_fail (call, error, "Input %u has %" G_GUINT64_FORMAT " elements, but at most %d are allowed", input, n, max);
      return -1;
    }
  for (guint64 i = 0; i < n; i++)
    values[i] = narrow ? ((const gint32 *) assay_tensor_get_data (tensor))[i] : ((const gint64 *) assay_tensor_get_data (tensor))[i];
  return n;
}

gboolean
assay_kernel_refuse_dtype (AssayKernelCall *call, AssayDtype dtype, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s (%s) can't be run with %s.",
               call->name ? call->name : call->op->name, call->op->name, assay_dtype_get_info (dtype)->name);
  return FALSE;
}

gboolean
assay_kernel_fail (AssayKernelCall *call, GError **error, const char *format, ...)
{
  va_list          args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (call->name != NULL)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%s (node %s, Op:%s)", text, call->name, call->op->name);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "%s [Op:%s]", text, call->op->name);
  return FALSE;
}
