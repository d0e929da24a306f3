/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Normalisation as it is when not training. 16-bit inputs are normalised in float32, as Keras does. Source:
 * keras/src/layers/normalization. */

#include "layers-private.h"

static gboolean
is_narrow (AssayValue *x)
{
  return assay_value_get_dtype (x) == ASSAY_DTYPE_FLOAT16 || assay_value_get_dtype (x) == ASSAY_DTYPE_BFLOAT16;
}

static AssayValue *
widen (AssayValue *x, GError **error)
{
  return x != NULL && is_narrow (x) ? assay_keras_cast (x, ASSAY_DTYPE_FLOAT32, error) : x;
}

/* Axes, sorted, none negative, none twice. Returns how many, -1 with an error. */
static int
read_axes (AssayKerasLayer *self, AssayKerasCall *call, int rank, gint64 *axes)
{
  int n = assay_keras_ints (self->config, "axis", axes, 1, ASSAY_GRAPH_MAX_RANK);

  if (n < 0 && assay_keras_member (self->config, "axis") == NULL)
    n = (axes[0] = -1, 1);
  for (int i = 0; i < n; i++)
    {
      axes[i] += axes[i] < 0 ? rank : 0;
      if (axes[i] < 0 || axes[i] >= rank)
        {
          assay_keras_fail (self, call, "has an axis %" G_GINT64_FORMAT " of %d", axes[i], rank);
          return -1;
        }
      for (int k = i; k > 0 && axes[k] < axes[k - 1]; k--)
        {
          gint64 kept = axes[k];

          axes[k] = axes[k - 1];
          axes[k - 1] = kept;
        }
    }
  if (n < 1)
    assay_keras_fail (self, call, "has no sound axis");
  return MAX (n, -1);
}

/* A weight of one dimension an axis, as wide as the inputs are there, with ones elsewhere. */
static AssayValue *
read_spread (AssayKerasLayer *self, AssayKerasCall *call, const char *name, AssayValue *x, int n_axes, const gint64 *axes)
{
  gint64      dims[ASSAY_GRAPH_MAX_RANK];
  int         rank = assay_value_get_rank (x);
  AssayValue *weight;

  for (int i = 0; i < n_axes; i++)
    dims[i] = assay_value_get_dim (x, axes[i]);
  weight = widen (assay_keras_weight (self, call, name, n_axes, dims), call->error);
  if (n_axes == 1 && axes[0] == rank - 1)
    return weight;
  return assay_keras_broadcast_to_rank (weight, rank, n_axes, axes, call->error);
}

/* Four dimensions, channels last: one operation does it. */
static AssayValue *
batch_fused (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, gint64 axis, double epsilon)
{
  gboolean      scaled = assay_keras_bool (self->config, "scale", TRUE), centered = assay_keras_bool (self->config, "center", TRUE);
  AssayValue   *mean = read_spread (self, call, "moving_mean", x, 1, &axis), *variance = read_spread (self, call, "moving_variance", x, 1, &axis);
  AssayKerasDim channels = assay_keras_dim (x, axis, call->error);
  AssayValue   *gamma = scaled ? read_spread (self, call, "gamma", x, 1, &axis) : assay_keras_fill (mean, 1, &channels, 1, call->error);
  AssayValue   *beta = centered ? read_spread (self, call, "beta", x, 1, &axis) : assay_keras_fill (mean, 1, &channels, 0, call->error);
  AssayValue   *inputs[] = { x, gamma, beta, mean, variance }, *outputs[6] = { NULL };
  AssayAttrs   *attrs = assay_attrs_set_bool (assay_attrs_new (), "is_training", FALSE);

  assay_attrs_set_float (attrs, "epsilon", epsilon);
  return assay_apply_many ("FusedBatchNormV3", attrs, 5, inputs, 6, outputs, call->error) > 0 ? outputs[0] : NULL;
}

static gboolean
batch (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = widen (assay_keras_in (call), call->error), *scale, *shift;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         rank = x ? assay_value_get_rank (x) : -1, n = rank > 0 ? read_axes (self, call, rank, axes) : -1;
  double      epsilon = assay_keras_float (self->config, "epsilon", 1e-3);

  if (n != 1 || assay_value_get_dim (x, axes[0]) < 1)
    return n == -1 ? FALSE : assay_keras_fail (self, call, "is over %d axes", n);
  if (rank == 4 && axes[0] == 3 && assay_value_get_dtype (x) == ASSAY_DTYPE_FLOAT32)
    x = batch_fused (self, call, x, axes[0], epsilon);
  else
    {
      scale = op1 ("Rsqrt", op2s ("AddV2", read_spread (self, call, "moving_variance", x, 1, axes), epsilon, call->error), call->error);
      if (assay_keras_bool (self->config, "scale", TRUE))
        scale = op2 ("Mul", scale, read_spread (self, call, "gamma", x, 1, axes), call->error);
      shift = op1 ("Neg", op2 ("Mul", read_spread (self, call, "moving_mean", x, 1, axes), scale, call->error), call->error);
      if (assay_keras_bool (self->config, "center", TRUE))
        shift = op2 ("AddV2", shift, read_spread (self, call, "beta", x, 1, axes), call->error);
      x = op2 ("AddV2", op2 ("Mul", x, scale, call->error), shift, call->error);
    }
  return assay_keras_give (call, assay_keras_cast (x, assay_value_get_dtype (assay_keras_in (call)), call->error));
}

/* Mean and variance over axes, in one pass each. */
static void
moments (AssayValue *x, int n, const gint64 *axes, AssayValue **mean, AssayValue **variance, GError **error)
{
  *mean = assay_keras_reduce ("Mean", x, n, axes, TRUE, error);
  *variance = assay_keras_reduce ("Mean", op1 ("Square", op2 ("Sub", x, *mean, error), error), n, axes, TRUE, error);
}

static gboolean
layer (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = widen (assay_keras_in (call), call->error), *mean, *variance, *y;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         rank = x ? assay_value_get_rank (x) : -1, n = rank > 0 ? read_axes (self, call, rank, axes) : -1;
  gboolean    rms = assay_keras_bool (self->config, "rms_scaling", FALSE);

  if (n < 1)
    return FALSE;
  moments (x, n, axes, &mean, &variance, call->error);
  y = op1 ("Rsqrt", op2s ("AddV2", variance, assay_keras_float (self->config, "epsilon", 1e-3), call->error), call->error);
  y = op2 ("Mul", rms ? x : op2 ("Sub", x, mean, call->error), y, call->error);
  if (assay_keras_bool (self->config, "scale", TRUE))
    y = op2 ("Mul", y, read_spread (self, call, "gamma", x, n, axes), call->error);
  if (assay_keras_bool (self->config, "center", TRUE) && !rms)
    y = op2 ("AddV2", y, read_spread (self, call, "beta", x, n, axes), call->error);
  return assay_keras_give (call, assay_keras_cast (y, assay_value_get_dtype (assay_keras_in (call)), call->error));
}

/* The channels are divided into groups; each sample's groups are normalised over all but themselves. */
static gboolean
group (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *x = widen (assay_keras_in (call), call->error), *mean, *variance, *y, *spread;
  gint64        axis[ASSAY_GRAPH_MAX_RANK], axes[ASSAY_GRAPH_MAX_RANK], channels, groups = assay_keras_int (self->config, "groups", 32);
  int           rank = x ? assay_value_get_rank (x) : -1, n_axes = 0;
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK], old[ASSAY_GRAPH_MAX_RANK];

  if (rank < 2 || rank >= ASSAY_GRAPH_MAX_RANK || read_axes (self, call, rank, axis) != 1)
    return assay_keras_fail (self, call, "can't be over these axes of %d dimensions", rank);
  channels = assay_value_get_dim (x, axis[0]);
  groups = groups == -1 ? channels : groups;
  if (groups < 1 || channels < 1 || channels % groups != 0)
    return assay_keras_fail (self, call, "divides %" G_GINT64_FORMAT " channels into %" G_GINT64_FORMAT " groups", channels, groups);
  for (int i = 0, k = 0; i < rank; i++)
    {
      old[i] = assay_keras_dim (x, i, call->error);
      if (i == axis[0])
        dims[k++] = assay_keras_dim_known (groups);
      if (i > 0)
        axes[n_axes++] = k;
      dims[k++] = i == axis[0] ? assay_keras_dim_known (channels / groups) : old[i];
    }
  y = assay_keras_reshape (x, rank + 1, dims, call->error);
  moments (y, n_axes, axes, &mean, &variance, call->error);
  variance = op1 ("Rsqrt", op2s ("AddV2", variance, assay_keras_float (self->config, "epsilon", 1e-3), call->error), call->error);
  y = op2 ("Mul", op2 ("Sub", y, mean, call->error), variance, call->error);
  y = assay_keras_reshape (y, rank, old, call->error);
  if (assay_keras_bool (self->config, "scale", TRUE))
    y = op2 ("Mul", y, read_spread (self, call, "gamma", x, 1, axis), call->error);
  spread = assay_keras_bool (self->config, "center", TRUE) ? read_spread (self, call, "beta", x, 1, axis) : NULL;
  if (assay_keras_bool (self->config, "center", TRUE))
    y = op2 ("AddV2", y, spread, call->error);
  return assay_keras_give (call, assay_keras_cast (y, assay_value_get_dtype (assay_keras_in (call)), call->error));
}

static gboolean
unit (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *sum;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = read_axes (self, call, assay_value_get_rank (x), axes);

  if (n < 1)
    return FALSE;
  sum = assay_keras_reduce ("Sum", op1 ("Square", x, call->error), n, axes, TRUE, call->error);
  return assay_keras_give (call, op2 ("Mul", x, op2s ("Minimum", op1 ("Rsqrt", sum, call->error), 1e12, call->error), call->error));
}

static gboolean
rms (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = widen (assay_keras_in (call), call->error), *y;
  gint64      axes[ASSAY_GRAPH_MAX_RANK];
  int         n = x ? read_axes (self, call, assay_value_get_rank (x), axes) : -1;

  if (n < 1)
    return FALSE;
  y = assay_keras_reduce ("Mean", op1 ("Square", x, call->error), n, axes, TRUE, call->error);
  y = op1 ("Rsqrt", op2s ("AddV2", y, assay_keras_float (self->config, "epsilon", 1e-6), call->error), call->error);
  y = op2 ("Mul", op2 ("Mul", x, y, call->error), read_spread (self, call, "scale", x, n, axes), call->error);
  return assay_keras_give (call, assay_keras_cast (y, assay_value_get_dtype (assay_keras_in (call)), call->error));
}

/* Of ConvNeXt: one factor a channel. Its only variable has no name of its own. Source: keras/src/applications/convnext.py. */
static gboolean
layer_scale (AssayKerasLayer *self, AssayKerasCall *call)
{
  const char *name = self->weights->len == 1 ? g_array_index (self->weights, AssayKerasWeight, 0).path : "gamma";
  AssayValue *x = assay_keras_in (call);
  gint64      channels = assay_value_get_rank (x) > 0 ? assay_value_get_dim (x, -1) : -1;

  return assay_keras_give (call, op2 ("Mul", x, assay_keras_weight (self, call, name, 1, &channels), call->error));
}

const AssayKerasClass assay_keras_normalization_classes[] = {
  { "BatchNormalization", batch, 0, ASSAY_KERAS_PASSES_MASK },
  { "SyncBatchNormalization", batch, 0, ASSAY_KERAS_PASSES_MASK },
  { "LayerNormalization", layer, 0, ASSAY_KERAS_PASSES_MASK },
  { "GroupNormalization", group, 0, ASSAY_KERAS_PASSES_MASK },
  { "UnitNormalization", unit, 0, ASSAY_KERAS_PASSES_MASK },
  { "RMSNormalization", rms, 0, ASSAY_KERAS_PASSES_MASK },
  { "LayerScale", layer_scale },
  { NULL },
};
