/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Constants, shapes, other shapes for the same values, filling. Source: tensorflow/core/ops/array_ops.cc. */

#include "ops-private.h"

#include <string.h>

static gboolean
rule_const (AssayInference *inference, GError **error)
{
  AssayTensor *value = assay_attrs_get_tensor (inference->attrs, "value");

  if (value == NULL)
    {
      inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
      return TRUE;
    }
  inference->outputs[0].dtype = assay_tensor_get_dtype (value);
  inference->outputs[0].shape.rank = MIN (assay_tensor_get_rank (value), ASSAY_GRAPH_MAX_RANK);
  for (int i = 0; i < inference->outputs[0].shape.rank; i++)
    inference->outputs[0].shape.dims[i] = assay_tensor_get_shape (value)[i];
  return TRUE;
}

/* An argument of a function: its spec is written by the builder. */
static gboolean
rule_argument (AssayInference *inference, GError **error)
{
  return TRUE;
}

static gboolean
rule_placeholder (AssayInference *inference, GError **error)
{
  const AssayPartialShape *shape = assay_attrs_get_shape (inference->attrs, "shape");

  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
  if (shape != NULL)
    inference->outputs[0].shape = *shape;
  return TRUE;
}

static gboolean
rule_with_default (AssayInference *inference, GError **error)
{
  const AssayPartialShape *shape = assay_attrs_get_shape (inference->attrs, "shape");

  inference->outputs[0] = inference->inputs[0];
  if (shape == NULL)
    return TRUE;
  if (!assay_partial_shape_accepts (shape, &inference->inputs[0].shape))
    return assay_rule_fail (inference, error, "The default value doesn't have the placeholder's shape");
  /* Running it gives the default; until then only the placeholder's own shape is sure. */
  inference->outputs[0].shape = inference->constants[0] ? inference->inputs[0].shape : *shape;
  return TRUE;
}

static gboolean
rule_nothing (AssayInference *inference, GError **error)
{
  return TRUE;
}

/* The first input as it is. */
static gboolean
rule_first (AssayInference *inference, GError **error)
{
  inference->outputs[0] = inference->inputs[0];
  return TRUE;
}

static gboolean
rule_ensure_shape (AssayInference *inference, GError **error)
{
  const AssayPartialShape *shape = assay_attrs_get_shape (inference->attrs, "shape");

  inference->outputs[0] = inference->inputs[0];
  if (shape != NULL && !assay_partial_shape_merge (&inference->outputs[0].shape, shape))
    {
      g_autofree char *is = assay_partial_shape_to_string (&inference->inputs[0].shape), *wanted = assay_partial_shape_to_string (shape);

      return assay_rule_fail (inference, error, "Shape of tensor input %s is not compatible with expected shape %s.", is, wanted);
    }
  return TRUE;
}

static gboolean
rule_shape (AssayInference *inference, GError **error)
{
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "out_type", ASSAY_DTYPE_INT32),
                                              assay_partial_shape_make (1, (gint64) inference->inputs[i].shape.rank) };
  return TRUE;
}

static gboolean
rule_scalar (AssayInference *inference, GError **error)
{
  inference->outputs[0] = (AssayValueSpec){ assay_attrs_get_dtype (inference->attrs, "out_type", ASSAY_DTYPE_INT32), assay_partial_shape_make (0) };
  return TRUE;
}

/* Of a tensor without elements the dimensions that aren't 0 are compared. */
static gint64
product_of_others (const AssayPartialShape *shape)
{
  gint64 product = 1;

  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] > 0 && __builtin_mul_overflow (product, shape->dims[i], &product))
      return 0;
  return product;
}

/* Fills in the one dimension that Reshape leaves open, if it can. */
static gboolean
complete_shape (AssayInference *inference, AssayPartialShape *out, int open, GError **error)
{
  gint64 n = assay_partial_shape_n_elements (&inference->inputs[0].shape), known = 1;

  for (int i = 0; i < out->rank; i++)
    if (i != open && (out->dims[i] < 0 || __builtin_mul_overflow (known, out->dims[i], &known)))
      return TRUE;
  if (n < 0)
    return TRUE;
  if (open < 0)
    return known == n || assay_rule_fail (inference, error, "Input to reshape is a tensor with %" G_GINT64_FORMAT " values, but the requested shape has %" G_GINT64_FORMAT, n, known);
  if (known == 0 && n == 0)
    {
      out->dims[open] = product_of_others (&inference->inputs[0].shape) / MAX (product_of_others (out), 1);
      return TRUE;
    }
  if (known == 0 || n % known != 0)
    return assay_rule_fail (inference, error, "Input to reshape is a tensor with %" G_GINT64_FORMAT " values, but the requested shape requires a multiple of %" G_GINT64_FORMAT, n, known);
  out->dims[open] = n / known;
  return TRUE;
}

static gboolean
rule_reshape (AssayInference *inference, GError **error)
{
  AssayPartialShape *out = &inference->outputs[0].shape;
  AssayKnownInts     ints;
  int                open = -1;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (inference->inputs[1].shape.rank >= 0 && inference->inputs[1].shape.rank != 1)
    {
      g_autofree char *text = assay_partial_shape_to_string (&inference->inputs[1].shape);

      return assay_rule_fail (inference, error, "sizes input must be 1-D, not %s", text);
    }
  if (!assay_rule_ints (inference, 1, &ints) || ints.n > ASSAY_GRAPH_MAX_RANK)
    return TRUE;
  out->rank = ints.n;
  for (guint i = 0; i < ints.n; i++)
    {
      gboolean known = ints.known >> i & 1;

      out->dims[i] = known ? ints.values[i] : -1;
      if (known && ints.values[i] == -1)
        {
          if (open >= 0)
            return assay_rule_fail (inference, error, "Only one input size may be -1, not both %d and %u", open, i);
          open = i;
        }
      else if (known && ints.values[i] < 0)
        return assay_rule_fail (inference, error, "Size %u must be non-negative, not %" G_GINT64_FORMAT, i, ints.values[i]);
    }
  return complete_shape (inference, out, open, error);
}

static gboolean
rule_expand_dims (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gint64                   axis;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank < 0)
    return TRUE;
  if (in->rank >= ASSAY_GRAPH_MAX_RANK)
    return assay_rule_fail (inference, error, "A tensor has more than %d dimensions", ASSAY_GRAPH_MAX_RANK);
  *out = assay_partial_shape_new (in->rank + 1, NULL);
  if (inference->constants[1] != NULL && assay_tensor_get_n_elements (inference->constants[1]) != 1)
    return assay_rule_fail (inference, error, "'dim' must be a tensor with a single value");
  if (!assay_rule_int (inference, 1, &axis))
    return TRUE;
  if (axis < -1 - in->rank || axis > in->rank)
    return assay_rule_fail (inference, error, "Tried to expand dim index %" G_GINT64_FORMAT " for tensor with %d dimensions.", axis, in->rank);
  if (axis < 0)
    axis += in->rank + 1;
  for (int i = 0; i < out->rank; i++)
    out->dims[i] = i < axis ? in->dims[i] : i == axis ? 1
                                                      : in->dims[i - 1];
  return TRUE;
}

static gboolean
rule_squeeze (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  guint                    n = 0;
  const gint64            *axes = assay_attrs_get_ints (inference->attrs, "squeeze_dims", &n);
  gboolean                 squeezed[ASSAY_GRAPH_MAX_RANK] = { FALSE };

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (in->rank < 0)
    return TRUE;
  for (guint i = 0; i < n; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + in->rank : axes[i];

      if (axis < 0 || axis >= in->rank)
        return assay_rule_fail (inference, error, "Tried to squeeze dim index %" G_GINT64_FORMAT " for tensor with %d dimensions.", axes[i], in->rank);
      if (in->dims[axis] >= 0 && in->dims[axis] != 1)
        return assay_rule_fail (inference, error, "Can not squeeze dim[%" G_GINT64_FORMAT "], expected a dimension of 1, got %" G_GINT64_FORMAT, axis, in->dims[axis]);
      squeezed[axis] = TRUE;
    }
  for (int i = 0; i < in->rank && n == 0; i++)
    {
      if (in->dims[i] < 0)
        return TRUE;
      squeezed[i] = in->dims[i] == 1;
    }
  out->rank = 0;
  for (int i = 0; i < in->rank; i++)
    if (!squeezed[i])
      out->dims[out->rank++] = in->dims[i];
  return TRUE;
}

static gboolean
rule_transpose (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  gboolean                 seen[ASSAY_GRAPH_MAX_RANK] = { FALSE };
  AssayKnownInts           perm;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_ints (inference, 1, &perm))
    {
      if (in->rank >= 0)
        *out = assay_partial_shape_new (in->rank, NULL);
      return TRUE;
    }
  if (in->rank >= 0 && (int) perm.n != in->rank)
    return assay_rule_fail (inference, error, "transpose expects a vector of size %d. But input(1) is a vector of size %u", in->rank, perm.n);
  if (perm.n > ASSAY_GRAPH_MAX_RANK)
    return TRUE;
  *out = assay_partial_shape_new (perm.n, NULL);
  for (guint i = 0; i < perm.n; i++)
    {
      gint64 from = perm.values[i] < 0 ? perm.values[i] + perm.n : perm.values[i];

      if (!(perm.known >> i & 1))
        continue;
      if (from < 0 || from >= perm.n)
        return assay_rule_fail (inference, error, "%" G_GINT64_FORMAT " is out of range [0 .. %u)", perm.values[i], perm.n);
      if (seen[from])
        return assay_rule_fail (inference, error, "%" G_GINT64_FORMAT " is missing from the permutation, %" G_GINT64_FORMAT " is there twice", from, from);
      seen[from] = TRUE;
      if (in->rank >= 0)
        out->dims[i] = in->dims[from];
    }
  return TRUE;
}

static gboolean
rule_fill (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = inference->inputs[1].dtype;
  if (inference->inputs[1].shape.rank > 0)
    {
      g_autofree char *text = assay_partial_shape_to_string (&inference->inputs[1].shape);

      return assay_rule_fail (inference, error, "value must represent a scalar, got shape %s", text);
    }
  if (inference->inputs[0].shape.rank > 1)
    {
      g_autofree char *text = assay_partial_shape_to_string (&inference->inputs[0].shape);

      return assay_rule_fail (inference, error, "dims must represent a vector, got shape %s", text);
    }
  return assay_rule_shape (inference, 0, &inference->outputs[0].shape, error);
}

static gboolean
rule_empty (AssayInference *inference, GError **error)
{
  inference->outputs[0].dtype = assay_attrs_get_dtype (inference->attrs, "dtype", ASSAY_DTYPE_INVALID);
  return assay_rule_shape (inference, 0, &inference->outputs[0].shape, error);
}

static gboolean
rule_broadcast_to (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_shape (inference, 1, out, error))
    return FALSE;
  if (out->rank < 0 || in->rank < 0)
    return TRUE;
  if (in->rank > out->rank)
    {
      g_autofree char *from = assay_partial_shape_to_string (in), *to = assay_partial_shape_to_string (out);

      return assay_rule_fail (inference, error, "Rank of input (%d) must be no greater than rank of output shape (%d).", in->rank, out->rank);
    }
  for (int i = 0; i < in->rank; i++)
    {
      gint64 wanted = out->dims[out->rank - in->rank + i];

      if (in->dims[i] >= 0 && in->dims[i] != 1 && wanted >= 0 && wanted != in->dims[i])
        {
          g_autofree char *from = assay_partial_shape_to_string (in), *to = assay_partial_shape_to_string (out);

          return assay_rule_fail (inference, error, "Incompatible shapes: %s vs. %s", from, to);
        }
    }
  return TRUE;
}

static gboolean
rule_broadcast_args (AssayInference *inference, GError **error)
{
  const AssayPartialShape *a = &inference->inputs[0].shape, *b = &inference->inputs[1].shape;

  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ inference->inputs[0].dtype, assay_partial_shape_make (1, (gint64) -1) };
  if (inference->n_outputs == 1 && a->rank == 1 && b->rank == 1 && a->dims[0] >= 0 && b->dims[0] >= 0)
    inference->outputs[0].shape.dims[0] = MAX (a->dims[0], b->dims[0]);
  return assay_rule_same_dtypes (inference, 0, 2, error);
}

static gboolean
rule_tile (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape, times;

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (!assay_rule_shape (inference, 1, &times, error))
    return FALSE;
  if (times.rank >= 0 && in->rank >= 0 && times.rank != in->rank)
    return assay_rule_fail (inference, error, "Expected multiples argument to be a vector of length %d but got length %d", in->rank, times.rank);
  if (in->rank < 0)
    return TRUE;
  *out = assay_partial_shape_new (in->rank, NULL);
  for (int i = 0; i < in->rank && times.rank >= 0; i++)
    if (in->dims[i] >= 0 && times.dims[i] >= 0 && __builtin_mul_overflow (in->dims[i], times.dims[i], &out->dims[i]))
      return assay_rule_fail (inference, error, "Dimension %" G_GINT64_FORMAT " times %" G_GINT64_FORMAT " is too large", in->dims[i], times.dims[i]);
  return TRUE;
}

/* What padding adds to dimension @axis in all; -1 if it isn't known. MirrorPad takes no more than the values give. */
static gboolean
pad_one (AssayInference *inference, const AssayKnownInts *pads, int axis, AssayPartialShape *out, GError **error)
{
  gint64      before = pads->values[2 * axis], after = pads->values[2 * axis + 1], dim = inference->inputs[0].shape.dims[axis];
  gboolean    known = (pads->known >> (2 * axis) & 3) == 3, mirror = strcmp (inference->op->name, "MirrorPad") == 0;
  const char *mode = assay_attrs_get_string (inference->attrs, "mode", "REFLECT");
  gint64      most = dim - (strcmp (mode, "REFLECT") == 0);

  if (!known)
    return TRUE;
  if (before < 0 || after < 0)
    return assay_rule_fail (inference, error, mirror ? "paddings must be non-negative: %" G_GINT64_FORMAT " %" G_GINT64_FORMAT : "Paddings must be non-negative: %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                            before, after);
  if (dim < 0)
    return TRUE;
  if (mirror && (before > most || after > most))
    return assay_rule_fail (inference, error, "paddings must be %s the dimension size: %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT,
                            most < dim ? "less than" : "no greater than", before, after, most < dim ? "not less than" : "greater than", dim);
  if (__builtin_add_overflow (dim, before, &out->dims[axis]) || __builtin_add_overflow (out->dims[axis], after, &out->dims[axis]))
    return assay_rule_fail (inference, error, "Paddings %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " are too large", before, after);
  return TRUE;
}

static gboolean
rule_pad (AssayInference *inference, GError **error)
{
  const AssayPartialShape *in = &inference->inputs[0].shape, *pads_shape = &inference->inputs[1].shape;
  AssayPartialShape       *out = &inference->outputs[0].shape;
  AssayTensor             *tensor = inference->constants[1];
  AssayKnownInts           pads = { 0 };

  inference->outputs[0].dtype = inference->inputs[0].dtype;
  if (pads_shape->rank >= 0 && (pads_shape->rank != 2 || (pads_shape->dims[1] >= 0 && pads_shape->dims[1] != 2)))
    {
      g_autofree char *text = assay_partial_shape_to_string (pads_shape);

      return assay_rule_fail (inference, error, "paddings must be a matrix with 2 columns: %s", text);
    }
  if (in->rank < 0)
    return TRUE;
  if (pads_shape->rank == 2 && pads_shape->dims[0] >= 0 && pads_shape->dims[0] != in->rank)
    {
      g_autofree char *mine = assay_partial_shape_to_string (in), *text = assay_partial_shape_to_string (pads_shape);

      return assay_rule_fail (inference, error, "The first dimension of paddings must be the rank of inputs%s %s", text, mine);
    }
  *out = assay_partial_shape_new (in->rank, NULL);
  if (tensor == NULL || assay_tensor_get_n_elements (tensor) != 2u * in->rank)
    return TRUE;
  for (int i = 0; i < 2 * in->rank; i++)
    {
      if (assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_INT32 && assay_tensor_get_dtype (tensor) != ASSAY_DTYPE_INT64)
        return TRUE;
      pads.values[i] = assay_tensor_get_dtype (tensor) == ASSAY_DTYPE_INT32 ? ((const gint32 *) assay_tensor_get_data (tensor))[i]
                                                                            : ((const gint64 *) assay_tensor_get_data (tensor))[i];
      pads.known |= 1u << i;
    }
  for (int i = 0; i < in->rank; i++)
    if (!pad_one (inference, &pads, i, out, error))
      return FALSE;
  return TRUE;
}

/* A block of the image becomes channels, or the other way round. */
static gboolean
rule_depth_space (AssayInference *inference, GError **error)
{
  AssayPartialShape *out = &inference->outputs[0].shape;
  gint64             block = assay_attrs_get_int (inference->attrs, "block_size", 0);
  const char        *format = assay_attrs_get_string (inference->attrs, "data_format", "NHWC");
  gboolean           first = strcmp (format, "NCHW") == 0, to_depth = strcmp (inference->op->name, "SpaceToDepth") == 0;
  int                channel = first ? 1 : 3;

  inference->outputs[0] = inference->inputs[0];
  if (!first && strcmp (format, "NHWC") != 0)
    return assay_rule_fail (inference, error, "Data format %s isn't supported", format);
  if (block < 2 || block > G_MAXINT16)
    return assay_rule_fail (inference, error, "Block size should be > 1, but was: %" G_GINT64_FORMAT, block);
  if (out->rank < 0)
    return TRUE;
  if (out->rank != 4)
    return assay_rule_fail (inference, error, "Input rank should be: 4 instead of: %d", out->rank);
  for (int i = 1; i < 4; i++)
    {
      gint64 factor = i == channel ? block * block : block, dim = out->dims[i];

      if (dim < 0)
        continue;
      if ((i == channel) == to_depth)
        {
          if (__builtin_mul_overflow (dim, factor, &out->dims[i]))
            return assay_rule_fail (inference, error, "Dimension %" G_GINT64_FORMAT " times %" G_GINT64_FORMAT " is too large", dim, factor);
        }
      else if (dim % factor != 0)
        return i == channel ? assay_rule_fail (inference, error, "Input depth dimension %" G_GINT64_FORMAT " should be divisible by: %" G_GINT64_FORMAT, dim, factor)
                            : assay_rule_fail (inference, error, "Image width %" G_GINT64_FORMAT " and height %" G_GINT64_FORMAT " should be divisible by block_size: %" G_GINT64_FORMAT,
                                               out->dims[first ? 3 : 2], out->dims[first ? 2 : 1], block);
      else
        out->dims[i] = dim / factor;
    }
  return TRUE;
}

#define SAME(name, in, out)                             \
  {                                                     \
    name, in, out, NULL, assay_rule_same, ASSAY_OP_PURE \
  }

const AssayOp assay_ops_array[] = {
  { "Argument", "", "output", NULL, rule_argument, ASSAY_OP_STATEFUL },
  { "Const", "", "output", NULL, rule_const, ASSAY_OP_PURE },
  { "Placeholder", "", "output", NULL, rule_placeholder, ASSAY_OP_STATEFUL },
  { "PlaceholderV2", "", "output", NULL, rule_placeholder, ASSAY_OP_STATEFUL },
  { "PlaceholderWithDefault", "input", "output", NULL, rule_with_default, ASSAY_OP_PURE },
  SAME ("Identity", "input", "output"),
  SAME ("IdentityN", "input*T", "output*T"),
  SAME ("StopGradient", "input", "output"),
  SAME ("PreventGradient", "input", "output"),
  SAME ("Snapshot", "input", "output"),
  SAME ("GuaranteeConst", "input", "output"),
  SAME ("DebugGradientIdentity", "input", "output"),
  SAME ("DeepCopy", "x", "y"),
  SAME ("CheckNumerics", "tensor", "output"),
  SAME ("ZerosLike", "x", "y"),
  SAME ("OnesLike", "x", "y"),
  { "EnsureShape", "input", "output", NULL, rule_ensure_shape, ASSAY_OP_PURE },
  { "Assert", "condition data*T", "", "summarize=3", rule_nothing, ASSAY_OP_STATEFUL },
  { "Print", "input data*U", "output", "first_n=-1 summarize=3", rule_first, ASSAY_OP_STATEFUL },
  { "PrintV2", "input", "", "output_stream=stderr", rule_nothing, ASSAY_OP_STATEFUL },
  { "Shape", "input", "output", "out_type=int32", rule_shape, ASSAY_OP_PURE },
  { "ShapeN", "input*N", "output*N", "out_type=int32", rule_shape, ASSAY_OP_PURE },
  { "Size", "input", "output", "out_type=int32", rule_scalar, ASSAY_OP_PURE },
  { "Rank", "input", "output", NULL, rule_scalar, ASSAY_OP_PURE },
  { "Reshape", "tensor shape", "output", NULL, rule_reshape, ASSAY_OP_PURE },
  { "ExpandDims", "input dim", "output", NULL, rule_expand_dims, ASSAY_OP_PURE },
  { "Squeeze", "input", "output", "squeeze_dims=[]", rule_squeeze, ASSAY_OP_PURE },
  { "Transpose", "x perm", "y", NULL, rule_transpose, ASSAY_OP_PURE },
  { "ConjugateTranspose", "x perm", "y", NULL, rule_transpose, ASSAY_OP_PURE },
  { "Fill", "dims value", "output", NULL, rule_fill, ASSAY_OP_PURE },
  { "Empty", "shape", "output", "init=false", rule_empty, ASSAY_OP_PURE },
  { "BroadcastTo", "input shape", "output", NULL, rule_broadcast_to, ASSAY_OP_PURE },
  { "BroadcastArgs", "s0 s1", "r0", NULL, rule_broadcast_args, ASSAY_OP_PURE },
  { "BroadcastGradientArgs", "s0 s1", "r0 r1", NULL, rule_broadcast_args, ASSAY_OP_PURE },
  { "Tile", "input multiples", "output", NULL, rule_tile, ASSAY_OP_PURE },
  { "Pad", "input paddings", "output", NULL, rule_pad, ASSAY_OP_PURE },
  { "PadV2", "input paddings constant_values", "output", NULL, rule_pad, ASSAY_OP_PURE },
  { "MirrorPad", "input paddings", "output", NULL, rule_pad, ASSAY_OP_PURE },
  { "DepthToSpace", "input", "output", "data_format=NHWC", rule_depth_space, ASSAY_OP_PURE },
  { "SpaceToDepth", "input", "output", "data_format=NHWC", rule_depth_space, ASSAY_OP_PURE },
  { NULL },
};
