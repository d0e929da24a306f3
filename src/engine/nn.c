/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ways around a kernel: 16-bit floats computed in float32, data with channels first turned round. */

#include "nn-private.h"

#include "half-private.h"
#include <string.h>

typedef struct
{
  AssayDtype  dtype; /* of the narrow side */
  gboolean    narrows;
  char       *out;
  const char *in;
} Conversion;

static void
convert_piece (gsize first, gsize end, gpointer data)
{
  const Conversion *self = data;

  if (self->narrows)
    assay_narrow (self->out + first * 2, (const float *) self->in + first, self->dtype, end - first);
  else
    assay_widen ((float *) self->out + first, self->in + first * 2, self->dtype, end - first);
}

static gboolean
is_16_bit_float (AssayDtype dtype)
{
  return dtype == ASSAY_DTYPE_FLOAT16 || dtype == ASSAY_DTYPE_BFLOAT16;
}

gboolean
assay_nn_is_narrow (AssayKernelCall *call)
{
  for (guint i = 0; i < call->n_inputs; i++)
    if (is_16_bit_float (assay_kernel_dtype (call, i)))
      return TRUE;
  return FALSE;
}

static AssayTensor *
new_like (AssayWorkspace *workspace, AssayTensor *tensor, AssayDtype dtype, void **data, GError **error)
{
  return assay_workspace_tensor (workspace, dtype, assay_tensor_get_rank (tensor), assay_tensor_get_shape (tensor), data, error);
}

static AssayValue *
widen (AssayKernelCall *call, guint index, GError **error)
{
  AssayTensor *tensor = assay_value_get_tensor (call->inputs[index]), *wide;
  void        *data;

  if (tensor == NULL || !is_16_bit_float (assay_tensor_get_dtype (tensor)))
    return assay_value_ref (call->inputs[index]);
  wide = new_like (call->workspace, tensor, ASSAY_DTYPE_FLOAT32, &data, error);
  if (wide == NULL)
    return NULL;
  assay_parallel (call->workspace, assay_tensor_get_n_elements (tensor), 32768, convert_piece,
                  &(Conversion){ assay_tensor_get_dtype (tensor), FALSE, data, assay_tensor_get_data (tensor) });
  return assay_value_new_take (wide);
}

static gboolean
narrow (AssayKernelCall *call, guint index, AssayValue *value, GError **error)
{
  AssayDtype   dtype = call->specs[index].dtype;
  AssayTensor *tensor = assay_value_get_tensor (value), *small;
  void        *data;

  if (!is_16_bit_float (dtype) || assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_FLOAT32)
    {
      call->outputs[index] = assay_value_ref (value);
      return TRUE;
    }
  small = new_like (call->workspace, tensor, dtype, &data, error);
  if (small == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_tensor_get_n_elements (tensor), 32768, convert_piece,
                  &(Conversion){ dtype, TRUE, data, assay_tensor_get_data (tensor) });
  call->outputs[index] = assay_value_new_take (small);
  return TRUE;
}

gboolean
assay_nn_run_wide (AssayKernelCall *call, AssayKernelFunc run, GError **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_autofree AssayValue    **outputs = g_new0 (AssayValue *, call->n_outputs + 1);
  g_autofree AssayValueSpec *specs = g_new (AssayValueSpec, call->n_outputs + 1);
  AssayKernelCall            inner = *call;
  gboolean                   good = TRUE;

  for (guint i = 0; i < call->n_inputs && good; i++)
    {
      AssayValue *value = widen (call, i, error);

      good = value != NULL;
      if (good)
        g_ptr_array_add (inputs, value);
    }
  for (guint i = 0; i < call->n_outputs; i++)
    {
      specs[i] = call->specs[i];
      if (is_16_bit_float (specs[i].dtype))
        specs[i].dtype = ASSAY_DTYPE_FLOAT32;
    }
  inner.inputs = (AssayValue *const *) inputs->pdata;
  inner.outputs = outputs;
  inner.specs = specs;
  inner.reusable = 0;
  inner.epilogue = NULL;
  good = good && run (&inner, error);
  for (guint i = 0; i < call->n_outputs; i++)
    {
      good = good && narrow (call, i, outputs[i], error);
      g_clear_pointer (&outputs[i], assay_value_unref);
    }
  return good;
}

gboolean
assay_nn_is_channels_first (AssayKernelCall *call)
{
  return g_str_has_prefix (assay_attrs_get_string (call->attrs, "data_format", "N"), "NC");
}

typedef struct
{
  char       *out;
  const char *in;
  gsize       rows, columns, item_size; /* of a matrix of the input */
} Turn;

#define TURN(name, type)                                                              \
  static void                                                                         \
  name (type *out, const type *in, gsize rows, gsize columns, gsize first, gsize end) \
  {                                                                                   \
    for (gsize i = 0; i < rows; i += 16)                                              \
      for (gsize j = first; j < end; j++)                                             \
        for (gsize k = i; k < MIN (i + 16, rows); k++)                                \
          out[j * rows + k] = in[k * columns + j];                                    \
  }

TURN (turn_4, guint32)
TURN (turn_8, guint64)

/* Columns [first, end) of all matrices. */
static void
turn_columns (gsize first, gsize end, gpointer data)
{
  const Turn *self = data;

  while (first < end)
    {
      gsize index = first / self->columns, at = index * self->rows * self->columns * self->item_size;
      gsize stop = MIN ((index + 1) * self->columns, end);

      if (self->item_size == 4)
        turn_4 ((guint32 *) (self->out + at), (const guint32 *) (self->in + at), self->rows, self->columns, first - index * self->columns,
                stop - index * self->columns);
      else
        turn_8 ((guint64 *) (self->out + at), (const guint64 *) (self->in + at), self->rows, self->columns, first - index * self->columns,
                stop - index * self->columns);
      first = stop;
    }
}

/* Swaps axis 1 with those behind it: [n, c, …] to [n, …, c] or back. */
static AssayValue *
turn (AssayKernelCall *call, AssayTensor *tensor, gboolean to_last, GError **error)
{
  guint          rank = assay_tensor_get_rank (tensor);
  const guint64 *in = assay_tensor_get_shape (tensor);
  guint64        out[ASSAY_GRAPH_MAX_RANK], channels = in[to_last ? 1 : rank - 1], n_spatial = 1;
  Turn           work = { .in = assay_tensor_get_data (tensor), .item_size = assay_dtype_get_info (assay_tensor_get_dtype (tensor))->item_size };
  void          *data;
  AssayTensor   *turned;

  out[0] = in[0];
  out[to_last ? rank - 1 : 1] = channels;
  for (guint i = 0; i < rank - 2; i++)
    n_spatial *= out[i + (to_last ? 1 : 2)] = in[i + (to_last ? 2 : 1)];
  turned = assay_workspace_tensor (call->workspace, assay_tensor_get_dtype (tensor), rank, out, &data, error);
  if (turned == NULL)
    return NULL;
  work.out = data;
  work.rows = to_last ? channels : n_spatial;
  work.columns = to_last ? n_spatial : channels;
  assay_parallel (call->workspace, in[0] * work.columns, MAX (16384 / MAX (work.rows, 1), 1), turn_columns, &work);
  return assay_value_new_take (turned);
}

/* Attributes that have a number an axis, or two, in the order of channels last. */
static AssayAttrs *
turn_attrs (AssayAttrs *attrs, guint rank)
{
  AssayAttrs *turned = assay_attrs_new ();
  g_autoptr (GPtrArray) names = assay_attrs_list (attrs);

  for (guint i = 0; i < names->len; i++)
    {
      const char   *name = names->pdata[i];
      guint         n = 0, each;
      const gint64 *old = assay_attrs_get_ints (attrs, name, &n);
      gint64        ints[2 * ASSAY_GRAPH_MAX_RANK];

      if (g_str_equal (name, "data_format"))
        continue;
      each = n / rank;
      if (old == NULL || (n != rank && n != 2 * rank))
        {
          assay_attrs_copy_one (turned, attrs, name);
          continue;
        }
      memcpy (ints, old, each * sizeof *ints);
      memcpy (ints + each, old + 2 * each, (rank - 2) * each * sizeof *ints);
      memcpy (ints + (rank - 1) * each, old + each, each * sizeof *ints);
      assay_attrs_set_ints (turned, name, n, ints);
    }
  return turned;
}

gboolean
assay_nn_run_channels_last (AssayKernelCall *call, guint input, AssayKernelFunc run, GError **error)
{
  g_autofree AssayValue    **inputs = g_memdup2 (call->inputs, call->n_inputs * sizeof *inputs);
  g_autofree AssayValueSpec *specs = g_memdup2 (call->specs, call->n_outputs * sizeof *specs);
  g_autoptr (AssayAttrs) attrs = turn_attrs (call->attrs, call->specs[0].shape.rank);
  g_autoptr (AssayValue) turned = turn (call, assay_value_get_tensor (call->inputs[input]), TRUE, error);
  AssayKernelCall    inner = *call;
  AssayPartialShape *out = &specs[0].shape;
  AssayValue        *output;

  if (turned == NULL)
    return FALSE;
  for (int i = 1; i < out->rank - 1; i++)
    out->dims[i] = call->specs[0].shape.dims[i + 1];
  out->dims[out->rank - 1] = call->specs[0].shape.dims[1];
  inputs[input] = turned;
  inner.inputs = inputs;
  inner.specs = specs;
  inner.reusable = 0;
  inner.epilogue = NULL;
  inner.attrs = attrs;
  if (!run (&inner, error))
    return FALSE;
  output = g_steal_pointer (&call->outputs[0]);
  call->outputs[0] = turn (call, assay_value_get_tensor (output), FALSE, error);
  assay_value_unref (output);
  return call->outputs[0] != NULL;
}
