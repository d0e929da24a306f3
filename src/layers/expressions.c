/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Small expressions that layers are written in. A NULL input gives NULL: calls chain. */

#include "layers-private.h"

#include <string.h>

static AssayValue *
take_tensor (AssayDtype dtype, guint rank, const guint64 *shape, const void *data, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  AssayTensor *tensor = assay_tensor_new (dtype, rank, shape, bytes, error);

  return tensor ? assay_pool_take (assay_value_new_take (tensor)) : NULL;
}

AssayValue *
assay_keras_scalar (AssayValue *like, double value, GError **error)
{
  AssayDtype dtype = assay_value_get_dtype (like);
  float      f = value;
  gint64     l = value;
  gint32     i = CLAMP (value, G_MININT32, G_MAXINT32);

  switch (dtype)
    {
    case ASSAY_DTYPE_FLOAT32:
      return take_tensor (dtype, 0, NULL, &f, sizeof f, error);
    case ASSAY_DTYPE_FLOAT64:
      return take_tensor (dtype, 0, NULL, &value, sizeof value, error);
    case ASSAY_DTYPE_INT32:
      return take_tensor (dtype, 0, NULL, &i, sizeof i, error);
    case ASSAY_DTYPE_INT64:
      return take_tensor (dtype, 0, NULL, &l, sizeof l, error);
    default:
      return assay_keras_cast (take_tensor (ASSAY_DTYPE_FLOAT32, 0, NULL, &f, sizeof f, error), dtype, error);
    }
}

AssayValue *
assay_keras_cast (AssayValue *x, AssayDtype dtype, GError **error)
{
  AssayAttrs *attrs;

  if (x == NULL || assay_value_get_dtype (x) == dtype || dtype == ASSAY_DTYPE_INVALID)
    return x;
  attrs = assay_attrs_new ();
  assay_attrs_set_dtype (attrs, "SrcT", assay_value_get_dtype (x));
  assay_attrs_set_dtype (attrs, "DstT", dtype);
  return assay_apply ("Cast", attrs, error, x, NULL);
}

AssayValue *
assay_keras_reduce (const char *op, AssayValue *x, guint n_axes, const gint64 *axes, gboolean keep, GError **error)
{
  return assay_apply (op, assay_attrs_set_bool (assay_attrs_new (), "keep_dims", keep), error, x, assay_constant_ints (n_axes, axes), NULL);
}

AssayValue *
assay_keras_transpose (AssayValue *x, const gint64 *order, GError **error)
{
  return x ? op2 ("Transpose", x, assay_constant_ints (assay_value_get_rank (x), order), error) : NULL;
}

AssayValue *
assay_keras_int_value (gint64 value)
{
  gint32 i = value;

  return take_tensor (ASSAY_DTYPE_INT32, 0, NULL, &i, sizeof i, NULL);
}

AssayValue *
assay_keras_concat (guint n, AssayValue *const *values, int axis, GError **error)
{
  g_autofree AssayValue **inputs = g_new (AssayValue *, n + 1);
  AssayValue             *output = NULL;

  memcpy (inputs, values, n * sizeof *values);
  inputs[n] = assay_keras_int_value (axis);
  if (n == 1)
    return values[0];
  return assay_apply_many ("ConcatV2", assay_attrs_set_int (assay_attrs_new (), "N", n), n + 1, inputs, 1, &output, error) == 1 ? output : NULL;
}

AssayValue *
assay_keras_slice (AssayValue *x, int axis, gint64 begin, gint64 end, GError **error)
{
  gint64      begins[ASSAY_GRAPH_MAX_RANK] = { 0 }, ends[ASSAY_GRAPH_MAX_RANK] = { 0 }, strides[ASSAY_GRAPH_MAX_RANK];
  int         rank = x ? assay_value_get_rank (x) : -1;
  AssayAttrs *attrs;

  if (rank < 1)
    return NULL;
  axis += axis < 0 ? rank : 0;
  begins[axis] = begin;
  ends[axis] = end;
  for (int i = 0; i < rank; i++)
    strides[i] = 1;
  attrs = assay_attrs_set_int (assay_attrs_new (), "begin_mask", ((1 << rank) - 1) & ~(1 << axis));
  assay_attrs_set_int (attrs, "end_mask", end == G_MAXINT32 ? (1 << rank) - 1 : ((1 << rank) - 1) & ~(1 << axis));
  return assay_apply ("StridedSlice", attrs, error, x, assay_constant_ints (rank, begins), assay_constant_ints (rank, ends),
                      assay_constant_ints (rank, strides), NULL);
}

AssayValue *
assay_keras_pad (AssayValue *x, const gint64 (*pads)[2], double value, GError **error)
{
  gint32   flat[ASSAY_GRAPH_MAX_RANK * 2];
  int      rank = x ? assay_value_get_rank (x) : -1;
  gboolean any = FALSE;

  if (rank < 0)
    return NULL;
  for (int i = 0; i < rank * 2; i++)
    {
      flat[i] = pads[i / 2][i % 2];
      any |= flat[i] != 0;
    }
  if (!any)
    return x;
  return assay_apply ("PadV2", NULL, error, x,
                      take_tensor (ASSAY_DTYPE_INT32, 2, (guint64[]){ rank, 2 }, flat, rank * 2 * sizeof (gint32), error),
                      assay_keras_scalar (x, value, error), NULL);
}

AssayValue *
assay_keras_expand (AssayValue *x, int axis, GError **error)
{
  return x ? op2 ("ExpandDims", x, assay_keras_int_value (axis), error) : NULL;
}

AssayValue *
assay_keras_squeeze (AssayValue *x, int axis, GError **error)
{
  gint64 axes[] = { axis };

  return assay_apply ("Squeeze", assay_attrs_set_ints (assay_attrs_new (), "squeeze_dims", 1, axes), error, x, NULL);
}

AssayKerasDim
assay_keras_dim_known (gint64 n)
{
  return (AssayKerasDim){ n, NULL };
}

AssayKerasDim
assay_keras_dim (AssayValue *x, int axis, GError **error)
{
  gint64      n = x ? assay_value_get_dim (x, axis) : -1;
  int         rank = x ? assay_value_get_rank (x) : -1;
  AssayValue *shape;
  gint64      begin = axis < 0 ? axis + rank : axis;

  if (n >= 0)
    return assay_keras_dim_known (n);
  if (rank < 0 || begin < 0 || begin >= rank)
    return (AssayKerasDim){ -1, NULL };
  shape = assay_apply ("Shape", assay_attrs_set_dtype (assay_attrs_new (), "out_type", ASSAY_DTYPE_INT32), error, x, NULL);
  return (AssayKerasDim){ -1, assay_apply ("StridedSlice", assay_attrs_set_int (assay_attrs_new (), "shrink_axis_mask", 1), error, shape,
                                           assay_constant_ints (1, &begin), assay_constant_ints (1, (gint64[]){ begin + 1 }),
                                           assay_constant_ints (1, (gint64[]){ 1 }), NULL) };
}

static AssayValue *
dim_value (AssayKerasDim dim)
{
  return dim.n >= 0 ? assay_keras_int_value (dim.n) : dim.value;
}

AssayKerasDim
assay_keras_dim_mul (AssayKerasDim a, AssayKerasDim b, GError **error)
{
  if (a.n >= 0 && b.n >= 0)
    return assay_keras_dim_known (MIN (a.n, G_MAXINT32) * MIN (b.n, G_MAXINT32));
  return (AssayKerasDim){ -1, op2 ("Mul", dim_value (a), dim_value (b), error) };
}

AssayValue *
assay_keras_ints_value (guint n, const AssayKerasDim *dims, GError **error)
{
  AssayValue *values[ASSAY_GRAPH_MAX_RANK], *output = NULL;
  gint64      known[ASSAY_GRAPH_MAX_RANK];
  gboolean    all = TRUE;

  g_return_val_if_fail (n <= ASSAY_GRAPH_MAX_RANK, NULL);
  for (guint i = 0; i < n; i++)
    {
      known[i] = dims[i].n;
      all &= dims[i].n >= 0;
    }
  if (all)
    return assay_constant_ints (n, known);
  for (guint i = 0; i < n; i++)
    values[i] = dim_value (dims[i]);
  return assay_apply_many ("Pack", assay_attrs_set_int (assay_attrs_new (), "N", n), n, values, 1, &output, error) == 1 ? output : NULL;
}

AssayValue *
assay_keras_ensure_shape (AssayValue *x, guint n, const AssayKerasDim *dims, GError **error)
{
  AssayPartialShape shape = { .rank = n };

  if (x == NULL)
    return NULL;
  for (guint i = 0; i < n; i++)
    shape.dims[i] = MAX (dims[i].n, -1);
  if (assay_value_get_rank (x) == (int) n && assay_partial_shape_equal (assay_value_get_shape (x), &shape))
    return x;
  return assay_apply ("EnsureShape", assay_attrs_set_shape (assay_attrs_new (), "shape", &shape), error, x, NULL);
}

AssayValue *
assay_keras_reshape (AssayValue *x, guint n, const AssayKerasDim *dims, GError **error)
{
  AssayKerasDim used[ASSAY_GRAPH_MAX_RANK];
  guint         n_unknown = 0;
  gint64        plain[ASSAY_GRAPH_MAX_RANK];

  if (x == NULL || n > ASSAY_GRAPH_MAX_RANK)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      used[i] = dims[i];
      plain[i] = dims[i].n >= 0 ? dims[i].n : -1;
      n_unknown += dims[i].n < 0;
    }
  /* One unknown dimension is left to Reshape. */
  if (n_unknown <= 1)
    return op2 ("Reshape", x, assay_constant_ints (n, plain), error);
  return assay_keras_ensure_shape (op2 ("Reshape", x, assay_keras_ints_value (n, used, error), error), n, used, error);
}

AssayValue *
assay_keras_fill (AssayValue *like, guint n, const AssayKerasDim *dims, double value, GError **error)
{
  AssayValue *scalar = like ? assay_keras_scalar (like, value, error) : NULL;

  return assay_keras_ensure_shape (op2 ("Fill", assay_keras_ints_value (n, dims, error), scalar, error), n, dims, error);
}

AssayValue *
assay_keras_broadcast_to_rank (AssayValue *x, int rank, guint n_axes, const gint64 *axes, GError **error)
{
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK];

  if (x == NULL || rank < 0 || rank > ASSAY_GRAPH_MAX_RANK)
    return NULL;
  for (int i = 0; i < rank; i++)
    dims[i] = assay_keras_dim_known (1);
  for (guint i = 0; i < n_axes; i++)
    dims[axes[i] < 0 ? axes[i] + rank : axes[i]] = assay_keras_dim (x, i, error);
  return assay_keras_reshape (x, rank, dims, error);
}
