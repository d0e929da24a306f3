/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Layers that make one tensor of several. Source: keras/src/layers/merging. */

#include "layers-private.h"

static AssayValue *
input (AssayKerasCall *call, guint index)
{
  return g_array_index (call->inputs, AssayKerasTensor, index).value;
}

/* Keras puts ones behind the batch of what has fewer dimensions. */
static AssayValue *
widen (AssayValue *x, int rank, GError **error)
{
  while (x != NULL && assay_value_get_rank (x) >= 1 && assay_value_get_rank (x) < rank)
    x = assay_keras_expand (x, 1, error);
  return x;
}

static AssayValue *
merge_masks (AssayKerasCall *call)
{
  AssayValue *mask = NULL;

  for (guint i = 0; i < call->inputs->len; i++)
    {
      AssayValue *other = g_array_index (call->inputs, AssayKerasTensor, i).mask;

      if (other == NULL)
        return NULL;
      mask = mask ? op2 ("LogicalAnd", mask, other, call->error) : other;
    }
  return mask;
}

/* `text` is the operation; `detail` is 1 for a mean. */
static gboolean
merge (AssayKerasLayer *self, AssayKerasCall *call)
{
  int         rank = 0;
  AssayValue *sum;

  if (call->inputs->len < 1)
    return assay_keras_fail (self, call, "needs inputs");
  for (guint i = 0; i < call->inputs->len; i++)
    rank = MAX (rank, assay_value_get_rank (input (call, i)));
  sum = widen (input (call, 0), rank, call->error);
  for (guint i = 1; i < call->inputs->len; i++)
    sum = op2 (self->klass->text, sum, widen (input (call, i), rank, call->error), call->error);
  if (self->klass->detail == 1)
    sum = op2s ("RealDiv", sum, call->inputs->len, call->error);
  return assay_keras_give_masked (call, sum, merge_masks (call));
}

static gboolean
concatenate (AssayKerasLayer *self, AssayKerasCall *call)
{
  g_autofree AssayValue **values = g_new (AssayValue *, call->inputs->len);
  gint64                  axis = assay_keras_int (self->config, "axis", assay_keras_int (self->config, "concat_axis", -1));
  AssayDtype              dtype = assay_value_get_dtype (input (call, 0));

  for (guint i = 0; i < call->inputs->len; i++)
    values[i] = assay_keras_cast (input (call, i), dtype, call->error);
  return assay_keras_give (call, assay_keras_concat (call->inputs->len, values, axis, call->error));
}

static AssayValue *
normalize (AssayValue *x, int axis, GError **error)
{
  gint64      axes[] = { axis };
  AssayValue *square = assay_keras_reduce ("Sum", op1 ("Square", x, error), 1, axes, TRUE, error);

  return op2 ("Mul", x, op1 ("Rsqrt", op2s ("Maximum", square, 1e-12, error), error), error);
}

/* As keras' batch_dot: the batch is kept, one axis of each is summed over. */
static gboolean
dot (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue   *sides[2], *y;
  gint64        axes[2], order[ASSAY_GRAPH_MAX_RANK];
  int           ranks[2], n = 0;
  AssayKerasDim dims[2 * ASSAY_GRAPH_MAX_RANK];

  if (call->inputs->len != 2)
    return assay_keras_fail (self, call, "needs two inputs, it has %u", call->inputs->len);
  if (assay_keras_ints (self->config, "axes", axes, 2, 2) != 2)
    return assay_keras_fail (self, call, "has no axes");
  dims[n++] = assay_keras_dim (input (call, 0), 0, call->error);
  for (int i = 0; i < 2; i++)
    {
      AssayKerasDim free_dims = assay_keras_dim_known (1), summed;
      int           k = 1;

      sides[i] = input (call, i);
      ranks[i] = assay_value_get_rank (sides[i]);
      axes[i] += axes[i] < 0 ? ranks[i] : 0;
      if (ranks[i] < 2 || axes[i] < 1 || axes[i] >= ranks[i])
        return assay_keras_fail (self, call, "has axis %" G_GINT64_FORMAT " of an input with %d dimensions", axes[i], ranks[i]);
      if (assay_keras_bool (self->config, "normalize", FALSE))
        sides[i] = normalize (sides[i], axes[i], call->error);
      summed = assay_keras_dim (sides[i], axes[i], call->error);
      order[0] = 0;
      for (int d = 1; d < ranks[i]; d++)
        if (d != axes[i])
          {
            order[k++] = d;
            dims[n] = assay_keras_dim (sides[i], d, call->error);
            free_dims = assay_keras_dim_mul (free_dims, dims[n++], call->error);
          }
      order[k] = axes[i];
      sides[i] = assay_keras_transpose (sides[i], order, call->error);
      sides[i] = assay_keras_reshape (sides[i], 3, (AssayKerasDim[]){ dims[0], free_dims, summed }, call->error);
    }
  y = assay_apply ("BatchMatMulV2", assay_attrs_set_bool (assay_attrs_new (), "adj_y", TRUE), call->error, sides[0], sides[1], NULL);
  if (n == 1)
    dims[n++] = assay_keras_dim_known (1);
  if (n > ASSAY_GRAPH_MAX_RANK)
    return assay_keras_fail (self, call, "would have %d dimensions", n);
  return assay_keras_give (call, assay_keras_reshape (y, n, dims, call->error));
}

/* Of InceptionResNetV2. Source: keras/src/applications/inception_resnet_v2.py. */
static gboolean
add_scaled (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *scaled;

  if (call->inputs->len != 2)
    return assay_keras_fail (self, call, "needs 2 inputs, not %u", call->inputs->len);
  scaled = op2s ("Mul", input (call, 1), assay_keras_float (self->config, "scale", 1), call->error);
  return assay_keras_give (call, op2 ("AddV2", input (call, 0), scaled, call->error));
}

const AssayKerasClass assay_keras_merging_classes[] = {
  { "Add", merge, 0, ASSAY_KERAS_PLAIN, NULL, "AddV2" },
  { "Subtract", merge, 0, ASSAY_KERAS_PLAIN, NULL, "Sub" },
  { "Multiply", merge, 0, ASSAY_KERAS_PLAIN, NULL, "Mul" },
  { "Average", merge, 1, ASSAY_KERAS_PLAIN, NULL, "AddV2" },
  { "Maximum", merge, 0, ASSAY_KERAS_PLAIN, NULL, "Maximum" },
  { "Minimum", merge, 0, ASSAY_KERAS_PLAIN, NULL, "Minimum" },
  { "Concatenate", concatenate },
  { "Dot", dot },
  { "CustomScaleLayer", add_scaled },
  { NULL },
};
