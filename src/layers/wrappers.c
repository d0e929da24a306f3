/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Layers around a layer: TimeDistributed, SpectralNormalization; and ConvLSTM, whose cell is convolutions. */

#include "layers-private.h"

/* So many steps are unrolled. */
#define MAX_STEPS 1024

static gboolean
setup_inner (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  JsonObject *layer = assay_keras_object (self->config, "layer");

  if (layer == NULL)
    return assay_keras_refuse (self, error, "has no layer inside");
  return assay_keras_layer_add_child (self, layer, context, error) != NULL;
}

/* Batch and steps become one batch, and two again behind the layer. */
static gboolean
time_distributed (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayKerasTensor in = g_array_index (call->inputs, AssayKerasTensor, 0), out;
  AssayKerasDim    dims[ASSAY_GRAPH_MAX_RANK], lead[2];
  int              rank = assay_value_get_rank (in.value);
  gboolean         silent = call->context->silent, good;
  AssayValue      *mask = assay_keras_mask (call);

  if (rank < 3)
    return assay_keras_fail (self, call, "needs inputs of three dimensions, these have %d", rank);
  lead[0] = assay_keras_dim (in.value, 0, call->error);
  lead[1] = assay_keras_dim (in.value, 1, call->error);
  for (int i = 1; i < rank - 1; i++)
    dims[i] = assay_keras_dim (in.value, i + 1, call->error);
  dims[0] = assay_keras_dim_mul (lead[0], lead[1], call->error);
  in.value = assay_keras_reshape (in.value, rank - 1, dims, call->error);
  in.mask = NULL;
  call->context->silent = TRUE;
  good = assay_keras_layer_call_one (self->children->pdata[0], call->context, in, &out, call->error);
  call->context->silent = silent;
  rank = good ? assay_value_get_rank (out.value) : -1;
  if (rank < 1 || rank >= ASSAY_GRAPH_MAX_RANK)
    return FALSE;
  dims[0] = lead[0];
  dims[1] = lead[1];
  for (int i = 1; i < rank; i++)
    dims[i + 1] = assay_keras_dim (out.value, i, call->error);
  return assay_keras_give_masked (call, assay_keras_reshape (out.value, rank + 1, dims, call->error), mask);
}

/* When not training it is the layer inside, whose kernel is normalised already. */
static gboolean
spectral (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayKerasTensor out;

  if (!assay_keras_layer_call_one (self->children->pdata[0], call->context, g_array_index (call->inputs, AssayKerasTensor, 0), &out, call->error))
    return FALSE;
  return assay_keras_give_masked (call, out.value, out.mask);
}

typedef struct
{
  int         n;
  gint64      filters, strides[3], dilations[3];
  gboolean    same, first;
  AssayValue *kernel, *recurrent, *bias;
} Conv;

static gboolean
read_conv (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, Conv *conv)
{
  gint64 kernel[5];

  conv->n = self->klass->detail;
  conv->first = assay_keras_channels_first (self);
  conv->filters = assay_keras_int (self->config, "filters", assay_keras_int (self->config, "nb_filter", -1));
  conv->same = g_strcmp0 (assay_keras_string (self->config, "padding", "valid"), "same") == 0;
  if (assay_value_get_rank (x) != conv->n + 3)
    return assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", conv->n + 3, assay_value_get_rank (x));
  if (assay_keras_ints (self->config, "strides", conv->strides, conv->n, 3) != conv->n ||
      assay_keras_ints (self->config, "dilation_rate", conv->dilations, conv->n, 3) != conv->n ||
      assay_keras_ints (self->config, "kernel_size", kernel, conv->n, 3) != conv->n || conv->filters < 1)
    return assay_keras_fail (self, call, "has no sound kernel_size, strides, dilation_rate or filters");
  for (int i = 0; i < conv->n; i++)
    if (conv->strides[i] < 1 || conv->dilations[i] < 1 || kernel[i] < 1)
      return assay_keras_fail (self, call, "has no sound kernel_size, strides or dilation_rate");
  kernel[conv->n] = assay_value_get_dim (x, conv->first ? 2 : -1);
  kernel[conv->n + 1] = conv->filters * 4;
  conv->kernel = assay_keras_weight (self, call, "kernel", conv->n + 2, kernel);
  kernel[conv->n] = conv->filters;
  conv->recurrent = assay_keras_weight (self, call, "recurrent_kernel", conv->n + 2, kernel);
  if (assay_keras_bool (self->config, "use_bias", TRUE))
    conv->bias = assay_keras_weight (self, call, "bias", 1, &kernel[conv->n + 1]);
  return conv->kernel != NULL && conv->recurrent != NULL && (conv->bias != NULL || !assay_keras_bool (self->config, "use_bias", TRUE));
}

/* (B, T, C, …) ↔ (B, T, …, C); without T after the last step. */
static AssayValue *
turn (AssayValue *x, int lead, gboolean to_last, GError **error)
{
  int    rank = x ? assay_value_get_rank (x) : 0;
  gint64 order[ASSAY_GRAPH_MAX_RANK];

  for (int i = 0; i < rank; i++)
    order[i] = i < lead ? i : to_last ? (i == rank - 1 ? lead : i + 1)
                                      : (i == lead ? rank - 1 : i - 1);
  return assay_keras_transpose (x, order, error);
}

/* The inputs of all steps at once: (B, T, …, C) → (B, T, …', 4 F). */
static AssayValue *
convolve_inputs (AssayKerasCall *call, const Conv *conv, AssayValue *x)
{
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK], lead[2] = { assay_keras_dim (x, 0, call->error), assay_keras_dim (x, 1, call->error) };
  int           rank = assay_value_get_rank (x);

  for (int i = 1; i < rank - 1; i++)
    dims[i] = assay_keras_dim (x, i + 1, call->error);
  dims[0] = assay_keras_dim_mul (lead[0], lead[1], call->error);
  x = assay_keras_convolve (conv->n, assay_keras_reshape (x, rank - 1, dims, call->error), conv->kernel, conv->strides, conv->dilations, conv->same, call->error);
  if (conv->bias != NULL)
    x = op2 ("BiasAdd", x, conv->bias, call->error);
  if (x == NULL)
    return NULL;
  dims[0] = lead[0];
  dims[1] = lead[1];
  for (int i = 1; i < rank - 1; i++)
    dims[i + 1] = assay_keras_dim (x, i, call->error);
  return assay_keras_reshape (x, rank, dims, call->error);
}

static AssayValue *
gate (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *z, const Conv *conv, int index, const char *setting, const char *fallback)
{
  return assay_keras_activate (self, call, setting, fallback, assay_keras_slice (z, -1, index * conv->filters, (index + 1) * conv->filters, call->error));
}

static AssayValue *
choose (AssayValue *mask, AssayValue *yes, AssayValue *no, GError **error)
{
  for (int rank = yes ? assay_value_get_rank (yes) : 0; mask != NULL && assay_value_get_rank (mask) < rank;)
    mask = assay_keras_expand (mask, -1, error);
  return mask ? assay_apply ("SelectV2", NULL, error, mask, yes, no, NULL) : yes;
}

static AssayValue *
step_of (AssayValue *x, gint64 step, GError **error)
{
  return assay_keras_squeeze (assay_keras_slice (x, 1, step, step + 1, error), 1, error);
}

/* One step: i, f, c, o. */
static gboolean
conv_step (AssayKerasLayer *self, AssayKerasCall *call, const Conv *conv, AssayValue *z, AssayValue **h, AssayValue **c)
{
  const gint64 ones[] = { 1, 1, 1 };
  const char  *gates = self->version >= 3 ? "sigmoid" : "hard_sigmoid";
  AssayValue  *out, *cell;

  z = op2 ("AddV2", z, assay_keras_convolve (conv->n, *h, conv->recurrent, ones, ones, TRUE, call->error), call->error);
  cell = op2 ("AddV2", op2 ("Mul", gate (self, call, z, conv, 1, "recurrent_activation", gates), *c, call->error),
              op2 ("Mul", gate (self, call, z, conv, 0, "recurrent_activation", gates), gate (self, call, z, conv, 2, "activation", "tanh"), call->error), call->error);
  out = gate (self, call, z, conv, 3, "recurrent_activation", gates);
  *h = op2 ("Mul", out, assay_keras_activate (self, call, "activation", "tanh", cell), call->error);
  *c = cell;
  return *h != NULL;
}

static gboolean
run_conv_steps (AssayKerasLayer *self, AssayKerasCall *call, const Conv *conv, AssayValue *z, AssayValue *mask, AssayValue *h, AssayValue *c)
{
  gint64                  n = assay_value_get_dim (z, 1);
  gboolean                backwards = assay_keras_bool (self->config, "go_backwards", FALSE) != self->backwards;
  gboolean                sequences = assay_keras_bool (self->config, "return_sequences", FALSE);
  g_autofree AssayValue **steps = g_new0 (AssayValue *, n);
  AssayValue             *previous = assay_keras_cast (h, assay_value_get_dtype (z), call->error), *y;

  previous = op2s ("Mul", previous, 0, call->error);
  for (gint64 i = 0; i < n; i++)
    {
      gint64      at = backwards ? n - 1 - i : i;
      AssayValue *step_mask = mask ? step_of (mask, at, call->error) : NULL, *old_h = h, *old_c = c;

      if (!conv_step (self, call, conv, step_of (z, at, call->error), &h, &c))
        return FALSE;
      previous = choose (step_mask, h, previous, call->error);
      h = choose (step_mask, h, old_h, call->error);
      c = choose (step_mask, c, old_c, call->error);
      steps[i] = assay_keras_expand (previous, 1, call->error);
      if (steps[i] == NULL || h == NULL || c == NULL)
        return FALSE;
    }
  y = sequences ? assay_keras_concat (n, steps, 1, call->error) : previous;
  if (conv->first)
    y = turn (y, sequences ? 2 : 1, FALSE, call->error);
  if (!assay_keras_give_masked (call, y, sequences ? mask : NULL))
    return FALSE;
  if (!assay_keras_bool (self->config, "return_state", FALSE))
    return TRUE;
  return assay_keras_give (call, conv->first ? turn (h, 1, FALSE, call->error) : h) &&
         assay_keras_give (call, conv->first ? turn (c, 1, FALSE, call->error) : c);
}

static gboolean
conv_lstm (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue    *x = assay_keras_in (call), *states[2] = { NULL, NULL };
  Conv           conv = { 0 };
  AssayKerasArg *given = assay_keras_find_arg (call, 1, "initial_state");
  AssayKerasDim  dims[ASSAY_GRAPH_MAX_RANK];

  if (!read_conv (self, call, x, &conv))
    return FALSE;
  if (assay_value_get_dim (x, 1) < 1 || assay_value_get_dim (x, 1) > MAX_STEPS)
    return assay_keras_fail (self, call, "needs a known number of steps, 1 to %d, it has %" G_GINT64_FORMAT, MAX_STEPS, assay_value_get_dim (x, 1));
  call->context->n_calls += assay_value_get_dim (x, 1);
  x = convolve_inputs (call, &conv, conv.first ? turn (x, 2, TRUE, call->error) : x);
  if (x == NULL)
    return FALSE;
  for (int i = 0, k = 0; i < conv.n + 3; i++)
    if (i != 1)
      dims[k++] = i == conv.n + 2 ? assay_keras_dim_known (conv.filters) : assay_keras_dim (x, i, call->error);
  for (guint i = 0; i < 2; i++)
    if (given != NULL && given->items != NULL && i < given->items->len)
      {
        states[i] = ((AssayKerasArg *) given->items->pdata[i])->tensor.value;
        states[i] = conv.first ? turn (states[i], 1, TRUE, call->error) : states[i];
      }
    else
      states[i] = assay_keras_fill (x, conv.n + 2, dims, 0, call->error);
  return states[0] != NULL && states[1] != NULL && run_conv_steps (self, call, &conv, x, assay_keras_mask (call), states[0], states[1]);
}

const AssayKerasClass assay_keras_wrapper_classes[] = {
  { "TimeDistributed", time_distributed, 0, ASSAY_KERAS_PLAIN, setup_inner },
  { "SpectralNormalization", spectral, 0, ASSAY_KERAS_PASSES_MASK, setup_inner },
  { "ConvLSTM1D", conv_lstm, 1 },
  { "ConvLSTM2D", conv_lstm, 2 },
  { "ConvLSTM3D", conv_lstm, 3 },
  { NULL },
};
