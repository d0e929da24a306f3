/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be known of shapes before anything runs: Shape → StridedSlice → Pack → Reshape, with some dimensions unknown. As
 * tensorflow/python/framework/tensor_util.py (constant_value, constant_value_as_shape). */

#include "ops-private.h"

#include <assay/strided-slice.h>
#include <string.h>

typedef gboolean (*Fold) (const AssayInference *inference, guint output, AssayKnownInts *ints);

static const AssayKnownInts *
input_ints (const AssayInference *inference, guint input)
{
  return inference->known && input < inference->n_inputs ? inference->known[input] : NULL;
}

static gboolean
known_at (const AssayKnownInts *ints, guint i)
{
  return (ints->known >> i & 1) != 0;
}

static void
put (AssayKnownInts *ints, guint i, gboolean known, gint64 value)
{
  ints->values[i] = known ? value : 0;
  ints->known |= known ? 1u << i : 0;
}

gboolean
assay_fold_tensor (const AssayTensor *tensor, AssayKnownInts *ints)
{
  AssayDtype  dtype = assay_tensor_get_dtype (tensor);
  guint64     n = assay_tensor_get_n_elements (tensor);
  const void *data = assay_tensor_get_data (tensor);

  if ((dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64) || assay_tensor_get_rank (tensor) > 1 || n > ASSAY_MAX_KNOWN_INTS)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = assay_tensor_get_rank (tensor), .n = n };
  for (guint i = 0; i < n; i++)
    put (ints, i, TRUE, dtype == ASSAY_DTYPE_INT32 ? ((const gint32 *) data)[i] : ((const gint64 *) data)[i]);
  return TRUE;
}

static gboolean
fold_const (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  AssayTensor *value = assay_attrs_get_tensor (inference->attrs, "value");

  return value != NULL && assay_fold_tensor (value, ints);
}

static gboolean
fold_same (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, output);

  if (in == NULL)
    return FALSE;
  *ints = *in;
  return TRUE;
}

/* Cast, when it is from integer to integer: only those are known at all. */
static gboolean
fold_cast (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  AssayDtype to = assay_attrs_get_dtype (inference->attrs, "DstT", ASSAY_DTYPE_INVALID);

  if (!fold_same (inference, 0, ints) || (to != ASSAY_DTYPE_INT32 && to != ASSAY_DTYPE_INT64))
    return FALSE;
  for (guint i = 0; i < ints->n; i++)
    if (to == ASSAY_DTYPE_INT32)
      ints->values[i] = (gint32) ints->values[i];
  return TRUE;
}

static gboolean
fold_shape (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayPartialShape *shape = output < inference->n_inputs ? &inference->inputs[output].shape : NULL;

  if (shape == NULL || shape->rank < 0)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = 1, .n = shape->rank };
  for (int i = 0; i < shape->rank; i++)
    put (ints, i, shape->dims[i] >= 0, shape->dims[i]);
  return TRUE;
}

static gboolean
fold_size (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  gint64 n = assay_partial_shape_n_elements (&inference->inputs[0].shape);

  *ints = (AssayKnownInts){ .rank = 0, .n = 1 };
  put (ints, 0, n >= 0, n);
  return n >= 0;
}

static gboolean
fold_rank (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  int rank = inference->inputs[0].shape.rank;

  *ints = (AssayKnownInts){ .rank = 0, .n = 1 };
  put (ints, 0, rank >= 0, rank);
  return rank >= 0;
}

/* The values stay, as a scalar or a vector. */
static gboolean
fold_reshape (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  int rank = inference->outputs[0].shape.rank;

  if (!fold_same (inference, 0, ints) || rank < 0 || rank > 1 || (rank == 0 && ints->n != 1))
    return FALSE;
  ints->rank = rank;
  return TRUE;
}

static gboolean
append (AssayKnownInts *ints, const AssayKnownInts *in)
{
  if (ints->n + in->n > ASSAY_MAX_KNOWN_INTS)
    return FALSE;
  for (guint i = 0; i < in->n; i++)
    put (ints, ints->n++, known_at (in, i), in->values[i]);
  return TRUE;
}

/* Pack of scalars; one of which nothing is known is one unknown integer. */
static gboolean
fold_pack (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts unknown = { .rank = 0, .n = 1 };

  *ints = (AssayKnownInts){ .rank = 1 };
  for (guint i = 0; i < inference->n_inputs; i++)
    {
      const AssayKnownInts *in = input_ints (inference, i);

      if (inference->inputs[i].shape.rank != 0 || !append (ints, in ? in : &unknown))
        return FALSE;
    }
  return TRUE;
}

/* Concat of vectors; one of which nothing but its length is known is as many unknown integers. */
static gboolean
fold_concat (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  guint n = 0;
  int   first = assay_op_find (inference->op->inputs, inference->attrs, "values", &n);

  *ints = (AssayKnownInts){ .rank = 1 };
  for (guint i = first; first >= 0 && i < first + n; i++)
    {
      const AssayKnownInts    *in = input_ints (inference, i);
      const AssayPartialShape *shape = &inference->inputs[i].shape;
      AssayKnownInts           unknown = { .rank = 1 };

      if (shape->rank != 1 || shape->dims[0] < 0 || shape->dims[0] > ASSAY_MAX_KNOWN_INTS)
        return FALSE;
      unknown.n = shape->dims[0];
      if (!append (ints, in ? in : &unknown))
        return FALSE;
    }
  return first >= 0;
}

static gboolean
fold_strided_slice (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, 0), *begin = input_ints (inference, 1), *end = input_ints (inference, 2),
                       *strides = input_ints (inference, 3);
  AssayStridedSlice slice;
  AssayPartialShape shape;
  g_autofree char  *problem = NULL;

  if (in == NULL || in->rank != 1 || begin == NULL || end == NULL || strides == NULL)
    return FALSE;
  shape = assay_partial_shape_make (1, (gint64) in->n);
  problem = assay_strided_slice_resolve (inference->attrs, &shape, begin, end, strides, &slice);
  if (problem != NULL || slice.shape.rank > 1 || slice.count[0] < 0)
    return FALSE;
  /* An index that isn't known looks like index 0. */
  for (guint i = 0; i < begin->n; i++)
    if (!known_at (begin, i) || !known_at (end, i) || !known_at (strides, i))
      return FALSE;
  *ints = (AssayKnownInts){ .rank = slice.shape.rank, .n = slice.count[0] };
  for (guint i = 0; i < ints->n; i++)
    {
      guint from = slice.begin[0] + i * slice.stride[0];

      put (ints, i, known_at (in, from), in->values[from]);
    }
  return TRUE;
}

static gboolean
fold_slice (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, 0), *begin = input_ints (inference, 1), *size = input_ints (inference, 2);
  gint64                n;

  if (in == NULL || in->rank != 1 || begin == NULL || size == NULL || begin->n != 1 || size->n != 1 || !begin->known || !size->known)
    return FALSE;
  n = size->values[0] < 0 ? (gint64) in->n - begin->values[0] : size->values[0];
  if (begin->values[0] < 0 || begin->values[0] > in->n || n < 0 || n > in->n - begin->values[0])
    return FALSE;
  *ints = (AssayKnownInts){ .rank = 1, .n = n };
  for (guint i = 0; i < n; i++)
    put (ints, i, known_at (in, begin->values[0] + i), in->values[begin->values[0] + i]);
  return TRUE;
}

static gboolean
fold_gather (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, 0), *indices = input_ints (inference, 1);

  if (in == NULL || in->rank != 1 || indices == NULL)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = indices->rank, .n = indices->n };
  for (guint i = 0; i < indices->n; i++)
    {
      gint64 from = indices->values[i];

      if (known_at (indices, i) && (from < 0 || from >= in->n))
        return FALSE;
      put (ints, i, known_at (indices, i) && known_at (in, from), in->values[from]);
    }
  return TRUE;
}

static gboolean
fold_unpack (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, 0);

  if (in == NULL || in->rank != 1 || output >= in->n)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = 0, .n = 1 };
  put (ints, 0, known_at (in, output), in->values[output]);
  return TRUE;
}

static gboolean
fold_prod (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *in = input_ints (inference, 0);
  gint64                product = 1;

  if (in == NULL || inference->outputs[0].shape.rank < 0 || assay_partial_shape_n_elements (&inference->outputs[0].shape) != 1)
    return FALSE;
  for (guint i = 0; i < in->n; i++)
    if (!known_at (in, i) || __builtin_mul_overflow (product, in->values[i], &product))
      return FALSE;
  *ints = (AssayKnownInts){ .rank = inference->outputs[0].shape.rank, .n = 1 };
  put (ints, 0, TRUE, product);
  return inference->outputs[0].shape.rank <= 1;
}

static gboolean
fold_range (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *start = input_ints (inference, 0), *limit = input_ints (inference, 1), *delta = input_ints (inference, 2);
  gint64                n = assay_partial_shape_n_elements (&inference->outputs[0].shape);

  if (start == NULL || limit == NULL || delta == NULL || !start->known || !limit->known || !delta->known || n < 0 || n > ASSAY_MAX_KNOWN_INTS)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = 1, .n = n };
  for (guint i = 0; i < n; i++)
    put (ints, i, TRUE, start->values[0] + i * delta->values[0]);
  return TRUE;
}

static gboolean
fold_fill (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *value = input_ints (inference, 1);
  gint64                n = assay_partial_shape_n_elements (&inference->outputs[0].shape);

  if (value == NULL || value->n != 1 || inference->outputs[0].shape.rank > 1 || n < 0 || n > ASSAY_MAX_KNOWN_INTS)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = inference->outputs[0].shape.rank, .n = n };
  for (guint i = 0; i < n; i++)
    put (ints, i, known_at (value, 0), value->values[0]);
  return TRUE;
}

/* x ∘ y where both are known; FALSE if it can't be told (a division by zero is left to the kernel). */
static gboolean
calculate (const char *op, gint64 x, gint64 y, gint64 *z)
{
  if (g_str_has_prefix (op, "Add"))
    return !__builtin_add_overflow (x, y, z);
  if (strcmp (op, "Sub") == 0)
    return !__builtin_sub_overflow (x, y, z);
  if (strcmp (op, "Mul") == 0)
    return !__builtin_mul_overflow (x, y, z);
  if (strcmp (op, "Maximum") == 0 || strcmp (op, "Minimum") == 0)
    *z = op[1] == 'a' ? MAX (x, y) : MIN (x, y);
  else if (y == 0 || y == -1)
    return FALSE;
  else if (strcmp (op, "FloorDiv") == 0)
    *z = x / y - (x % y != 0 && (x % y < 0) != (y < 0));
  else if (strcmp (op, "FloorMod") == 0)
    *z = x % y + (x % y != 0 && (x % y < 0) != (y < 0) ? y : 0);
  else
    return FALSE;
  return TRUE;
}

static gboolean
fold_binary (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *a = input_ints (inference, 0), *b = input_ints (inference, 1);
  gint64                z = 0;

  if (a == NULL || b == NULL || (a->n != b->n && a->n != 1 && b->n != 1))
    return FALSE;
  *ints = (AssayKnownInts){ .rank = MAX (a->rank, b->rank), .n = a->n == 1 ? b->n : a->n };
  for (guint i = 0; i < ints->n; i++)
    {
      guint    ai = a->n == 1 ? 0 : i, bi = b->n == 1 ? 0 : i;
      gboolean known = known_at (a, ai) && known_at (b, bi) && calculate (inference->op->name, a->values[ai], b->values[bi], &z);

      if (known && inference->inputs[0].dtype == ASSAY_DTYPE_INT32 && z != (gint32) z)
        known = FALSE;
      put (ints, i, known, z);
    }
  return TRUE;
}

static gboolean
fold_broadcast_args (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  const AssayKnownInts *a = input_ints (inference, 0), *b = input_ints (inference, 1);

  if (a == NULL || b == NULL)
    return FALSE;
  *ints = (AssayKnownInts){ .rank = 1, .n = MAX (a->n, b->n) };
  for (guint i = 0; i < ints->n; i++)
    {
      int    ai = (int) i - (int) (ints->n - a->n), bi = (int) i - (int) (ints->n - b->n);
      gint64 x = ai < 0 ? 1 : a->values[ai], y = bi < 0 ? 1 : b->values[bi];

      if (ai >= 0 && !known_at (a, ai))
        put (ints, i, bi >= 0 && known_at (b, bi) && y != 1, y);
      else if (bi >= 0 && !known_at (b, bi))
        put (ints, i, x != 1, x);
      else
        put (ints, i, TRUE, x == 1 ? y : x);
    }
  return TRUE;
}

static const struct
{
  const char *op;
  Fold        fold;
} folds[] = {
  { "Add", fold_binary },
  { "AddV2", fold_binary },
  { "BroadcastArgs", fold_broadcast_args },
  { "Cast", fold_cast },
  { "Concat", fold_concat },
  { "ConcatV2", fold_concat },
  { "Const", fold_const },
  { "EnsureShape", fold_same },
  { "ExpandDims", fold_reshape },
  { "Fill", fold_fill },
  { "FloorDiv", fold_binary },
  { "FloorMod", fold_binary },
  { "Gather", fold_gather },
  { "GatherV2", fold_gather },
  { "Identity", fold_same },
  { "IdentityN", fold_same },
  { "Maximum", fold_binary },
  { "Minimum", fold_binary },
  { "Mul", fold_binary },
  { "Pack", fold_pack },
  { "Prod", fold_prod },
  { "Range", fold_range },
  { "Rank", fold_rank },
  { "Reshape", fold_reshape },
  { "Shape", fold_shape },
  { "ShapeN", fold_shape },
  { "Size", fold_size },
  { "Slice", fold_slice },
  { "Squeeze", fold_reshape },
  { "StopGradient", fold_same },
  { "StridedSlice", fold_strided_slice },
  { "Sub", fold_binary },
  { "Unpack", fold_unpack },
};

gboolean
assay_fold (const AssayInference *inference, guint output, AssayKnownInts *ints)
{
  AssayDtype dtype = inference->outputs[output].dtype;

  if (dtype != ASSAY_DTYPE_INT32 && dtype != ASSAY_DTYPE_INT64)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (folds); i++)
    if (strcmp (folds[i].op, inference->op->name) == 0)
      return folds[i].fold (inference, output, ints);
  return FALSE;
}
