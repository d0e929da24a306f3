/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* SimpleRNN, GRU, LSTM and their cells, stacks of them, and both directions. Source: keras/src/layers/rnn. The steps are one operation
 * (_AssayRecurrent); weights that older files have in other shapes are turned into Keras' present ones by operations before it, as
 * tf_keras/src/saving/legacy/hdf5_format.py does. */

#include "layers-private.h"

#include <string.h>

typedef enum
{
  SIMPLE,
  GRU,
  LSTM,
} Kind;

static const struct
{
  const char *letters; /* of the gates, as Keras 1 named them */
  int         n_gates;
  int         n_states;
} kinds[] = { { "", 1, 1 }, { "zrh", 3, 1 }, { "ifco", 4, 2 } };

/* What a cell gives: all steps, the last, the states. */
typedef struct
{
  AssayValue *sequence, *last, *states[2];
} Result;

typedef struct
{
  AssayValue *kernel, *recurrent, *bias;
  gint64      units;
  gboolean    reset_after;
} Weights;

static gint64
get_units (AssayKerasLayer *cell)
{
  return assay_keras_int (cell->config, "units", assay_keras_int (cell->config, "output_dim", -1));
}

/* One array a gate: Keras 1. */
static AssayValue *
join_gates (AssayKerasLayer *cell, AssayKerasCall *call, Kind kind, const char *what)
{
  AssayValue *parts[4];

  for (int i = 0; i < kinds[kind].n_gates; i++)
    {
      g_autofree char *name = g_strdup_printf ("_%s_%c", what, kinds[kind].letters[i]);

      parts[i] = assay_keras_read_weight (cell, call, name);
      if (parts[i] == NULL)
        return NULL;
    }
  return assay_keras_concat (kinds[kind].n_gates, parts, -1, call->error);
}

/* CuDNN keeps each gate's kernel turned: the input's as columns in rows, the recurrent one transposed. */
static AssayValue *
turn_gates (AssayValue *kernel, int n_gates, gboolean is_input, GError **error)
{
  AssayValue *parts[4];
  gint64      rows = kernel ? assay_value_get_dim (kernel, 0) : -1, units = kernel ? assay_value_get_dim (kernel, 1) / n_gates : -1;

  for (int i = 0; i < n_gates; i++)
    {
      parts[i] = assay_keras_slice (kernel, 1, i * units, (i + 1) * units, error);
      if (is_input)
        parts[i] = assay_keras_reshape (parts[i], 2, (AssayKerasDim[]){ assay_keras_dim_known (units), assay_keras_dim_known (rows) }, error);
      parts[i] = assay_keras_transpose (parts[i], (gint64[]){ 1, 0 }, error);
      if (parts[i] == NULL)
        return NULL;
    }
  return assay_keras_concat (n_gates, parts, 1, error);
}

static gboolean
convert_cudnn (AssayKerasCall *call, Kind kind, Weights *weights)
{
  gint64      n = weights->units * kinds[kind].n_gates;
  AssayValue *halves[] = { assay_keras_slice (weights->bias, 0, 0, n, call->error), assay_keras_slice (weights->bias, 0, n, 2 * n, call->error) };

  weights->kernel = turn_gates (weights->kernel, kinds[kind].n_gates, TRUE, call->error);
  weights->recurrent = turn_gates (weights->recurrent, kinds[kind].n_gates, FALSE, call->error);
  if (kind == LSTM)
    weights->bias = op2 ("AddV2", halves[0], halves[1], call->error);
  else
    weights->bias = assay_keras_reshape (weights->bias, 2, (AssayKerasDim[]){ assay_keras_dim_known (2), assay_keras_dim_known (n) }, call->error);
  weights->reset_after = kind == GRU;
  return weights->kernel != NULL && weights->recurrent != NULL && weights->bias != NULL;
}

static gboolean
read_bias (AssayKerasLayer *cell, AssayKerasCall *call, Kind kind, Weights *weights)
{
  gint64 n = weights->units * kinds[kind].n_gates;
  int    rank;

  weights->bias = assay_keras_has_weight (cell, "bias") ? assay_keras_read_weight (cell, call, "bias") : join_gates (cell, call, kind, "b");
  if (weights->bias == NULL)
    return FALSE;
  rank = assay_value_get_rank (weights->bias);
  if (rank == 2 && kind == GRU && assay_value_get_dim (weights->bias, 0) == 2 && assay_value_get_dim (weights->bias, 1) == n)
    {
      weights->reset_after = TRUE;
      return TRUE;
    }
  if (rank == 1 && kind != SIMPLE && assay_value_get_dim (weights->bias, 0) == 2 * n)
    return convert_cudnn (call, kind, weights);
  if (rank != 1 || assay_value_get_dim (weights->bias, 0) != n)
    {
      g_autofree char *shape = assay_partial_shape_to_string (assay_value_get_shape (weights->bias));

      return assay_keras_fail (cell, call, "has a bias of shape %s for %" G_GINT64_FORMAT " units", shape, weights->units);
    }
  weights->reset_after = FALSE;
  return TRUE;
}

static gboolean
read_weights (AssayKerasLayer *cell, AssayKerasCall *call, Kind kind, gint64 features, Weights *weights)
{
  gboolean old = kind != SIMPLE && !assay_keras_has_weight (cell, "kernel") && assay_keras_has_weight (cell, kind == GRU ? "_W_z" : "_W_i");
  gint64   dims[2];

  weights->units = get_units (cell);
  if (weights->units < 1)
    return assay_keras_fail (cell, call, "has %" G_GINT64_FORMAT " units", weights->units);
  dims[0] = features;
  dims[1] = weights->units * kinds[kind].n_gates;
  weights->reset_after = kind == GRU && assay_keras_bool (cell->config, "reset_after", cell->version >= 3);
  weights->kernel = old ? join_gates (cell, call, kind, "W") : assay_keras_weight (cell, call, "kernel", 2, dims);
  dims[0] = weights->units;
  weights->recurrent = old ? join_gates (cell, call, kind, "U") : assay_keras_weight (cell, call, "recurrent_kernel", 2, dims);
  if (weights->kernel == NULL || weights->recurrent == NULL)
    return FALSE;
  weights->bias = NULL;
  if (!assay_keras_bool (cell->config, "use_bias", TRUE) && !assay_keras_has_weight (cell, "bias"))
    return TRUE;
  return read_bias (cell, call, kind, weights);
}

/* The name that the operation knows an activation by. */
static const char *
read_activation (AssayKerasLayer *cell, AssayKerasCall *call, const char *setting, const char *old, const char *fallback)
{
  static const char *const known[] = { "linear", "tanh", "sigmoid", "relu", "relu6", "leaky_relu", "hard_sigmoid", "hard_tanh", "elu",
                                       "selu", "exponential", "softplus", "softsign", "silu", "swish", "gelu", NULL };
  JsonObject              *entry;
  JsonNode                *node = assay_keras_member (cell->config, setting);
  const char              *name;

  if (node == NULL && old != NULL)
    node = assay_keras_member (cell->config, old);
  name = assay_keras_activation_name (node, fallback, &entry);
  if (!g_strv_contains (known, name))
    {
      assay_keras_fail (cell, call, "has the activation %.100s, which isn't known in recurrent layers here", name);
      return NULL;
    }
  return g_str_equal (name, "hard_sigmoid") && cell->version < 3 ? "hard_sigmoid_2" : name;
}

static AssayValue *
single (AssayValue *x, GError **error)
{
  return assay_keras_cast (x, ASSAY_DTYPE_FLOAT32, error);
}

/* Inputs [B, T, I] times the kernel, with the bias: [B, T, G U]. */
static AssayValue *
project (AssayKerasCall *call, AssayValue *x, const Weights *weights, AssayValue *bias)
{
  AssayKerasDim dims[] = { assay_keras_dim (x, 0, call->error), assay_keras_dim (x, 1, call->error), assay_keras_dim (weights->kernel, 1, call->error) };
  AssayValue   *y = assay_keras_reshape (x, 2, (AssayKerasDim[]){ { -1, NULL }, assay_keras_dim (x, 2, call->error) }, call->error);

  y = op2 ("MatMul", y, weights->kernel, call->error);
  if (bias != NULL)
    y = op2 ("BiasAdd", y, bias, call->error);
  return assay_keras_reshape (y, 3, dims, call->error);
}

static AssayValue *
zero_state (AssayValue *x, gint64 units, GError **error)
{
  AssayKerasDim dims[] = { assay_keras_dim (x, 0, error), assay_keras_dim_known (units) };

  return assay_keras_fill (x, 2, dims, 0, error);
}

/* Runs one cell over all steps. @states: those it begins with; NULL where there are none. */
static gboolean
run_cell (AssayKerasLayer *cell, AssayKerasCall *call, Kind kind, AssayValue *x, AssayValue *mask, AssayValue *const *states, gboolean backwards, gboolean zero, Result *result)
{
  Weights     weights = { 0 };
  AssayValue *bias[2] = { NULL, NULL }, *inputs[6], *outputs[4];
  const char *activation = read_activation (cell, call, "activation", NULL, "tanh"), *gates = "sigmoid";
  AssayDtype  dtype = assay_value_get_dtype (x);
  AssayAttrs *attrs;

  if (kind != SIMPLE)
    gates = read_activation (cell, call, "recurrent_activation", "inner_activation", cell->version >= 2 ? "sigmoid" : "hard_sigmoid");
  if (activation == NULL || gates == NULL || !read_weights (cell, call, kind, assay_value_get_dim (x, 2), &weights))
    return FALSE;
  for (int i = 0; i < 2 && weights.bias != NULL; i++)
    if (weights.reset_after)
      bias[i] = assay_keras_squeeze (assay_keras_slice (weights.bias, 0, i, i + 1, call->error), 0, call->error);
    else if (i == 0)
      bias[0] = weights.bias;
  inputs[0] = single (project (call, x, &weights, bias[0]), call->error);
  inputs[1] = single (weights.recurrent, call->error);
  inputs[2] = bias[1] ? single (bias[1], call->error) : assay_constant (1, (gint64[]){ 0 }, NULL);
  inputs[3] = mask ? mask : assay_constant (1, (gint64[]){ 0 }, NULL);
  for (int i = 0; i < 2; i++)
    inputs[4 + i] = i < kinds[kind].n_states && states[i] ? single (states[i], call->error) : inputs[0] ? zero_state (inputs[0], weights.units, call->error)
                                                                                                        : NULL;
  attrs = assay_attrs_set_string (assay_attrs_new (), "cell", kind == SIMPLE ? "simple" : kind == LSTM      ? "lstm"
                                                                                      : weights.reset_after ? "gru_reset_after"
                                                                                                            : "gru");
  assay_attrs_set_string (attrs, "activation", activation);
  assay_attrs_set_string (attrs, "recurrent_activation", gates);
  assay_attrs_set_bool (attrs, "go_backwards", backwards);
  assay_attrs_set_bool (attrs, "zero_output_for_mask", zero);
  if (assay_apply_many ("_AssayRecurrent", attrs, 6, inputs, 4, outputs, call->error) != 4)
    return FALSE;
  result->sequence = assay_keras_cast (outputs[0], dtype, call->error);
  result->last = assay_keras_cast (outputs[1], dtype, call->error);
  result->states[0] = assay_keras_cast (outputs[2], dtype, call->error);
  result->states[1] = assay_keras_cast (outputs[3], dtype, call->error);
  return TRUE;
}

/* The states that the caller gives: initial_state, or what stands behind the inputs in a list. */
static guint
find_states (AssayKerasCall *call, AssayValue **states, guint max)
{
  AssayKerasArg *arg = assay_keras_find_arg (call, 1, "initial_state");
  guint          n = 0;

  if (arg != NULL && arg->tensor.value != NULL && max > 0)
    states[n++] = arg->tensor.value;
  for (guint i = 0; arg != NULL && arg->items != NULL && i < arg->items->len; i++)
    {
      AssayKerasArg *item = arg->items->pdata[i];

      if (item->tensor.value != NULL && n < max)
        states[n++] = item->tensor.value;
      for (guint k = 0; item->items != NULL && k < item->items->len; k++)
        if (((AssayKerasArg *) item->items->pdata[k])->tensor.value != NULL && n < max)
          states[n++] = ((AssayKerasArg *) item->items->pdata[k])->tensor.value;
    }
  for (guint i = 1; n == 0 && i < call->inputs->len && i <= max; i++)
    states[i - 1] = g_array_index (call->inputs, AssayKerasTensor, i).value;
  return n > 0 ? n : MIN (call->inputs->len - 1, max);
}

static gboolean
goes_backwards (AssayKerasLayer *self)
{
  return assay_keras_bool (self->config, "go_backwards", FALSE) != self->backwards;
}

static gboolean
gives_zeros (AssayKerasLayer *self)
{
  if (self->in_both)
    return assay_keras_bool (self->config, "return_sequences", FALSE);
  return assay_keras_bool (self->config, "zero_output_for_mask", FALSE);
}

static gboolean
give_result (AssayKerasLayer *self, AssayKerasCall *call, const Result *result, AssayValue *mask, guint n_states, AssayValue *const *states)
{
  gboolean sequences = assay_keras_bool (self->config, "return_sequences", FALSE);

  if (!assay_keras_give_masked (call, sequences ? result->sequence : result->last, sequences ? mask : NULL))
    return FALSE;
  for (guint i = 0; i < n_states && assay_keras_bool (self->config, "return_state", FALSE); i++)
    if (!assay_keras_give (call, states[i]))
      return FALSE;
  return TRUE;
}

static gboolean
check_inputs (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);

  if (assay_value_get_rank (x) != 3 || assay_value_get_dim (x, 2) < 1)
    return assay_keras_fail (self, call, "needs inputs of three dimensions whose last is known, these have %d", assay_value_get_rank (x));
  return TRUE;
}

static gboolean
layer (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *states[2] = { NULL, NULL }, *mask = assay_keras_mask (call);
  Kind        kind = self->klass->detail;
  Result      result;

  if (!check_inputs (self, call))
    return FALSE;
  find_states (call, states, kinds[kind].n_states);
  if (!run_cell (self, call, kind, assay_keras_in (call), mask, states, goes_backwards (self), gives_zeros (self), &result))
    return FALSE;
  return give_result (self, call, &result, mask, kinds[kind].n_states, result.states);
}

/* A cell that is called by itself: one step, [B, I] and states. */
static gboolean
cell_step (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue    *states[2] = { NULL, NULL }, *x = assay_keras_in (call);
  AssayKerasArg *arg = assay_keras_find_arg (call, 1, "states");
  Kind           kind = self->klass->detail;
  Result         result;

  if (assay_value_get_rank (x) != 2)
    return assay_keras_fail (self, call, "needs inputs of two dimensions");
  if (arg != NULL && arg->tensor.value != NULL)
    states[0] = arg->tensor.value;
  for (guint i = 0; arg != NULL && arg->items != NULL && i < arg->items->len && i < 2; i++)
    states[i] = ((AssayKerasArg *) arg->items->pdata[i])->tensor.value;
  x = assay_keras_expand (x, 1, call->error);
  if (x == NULL || !run_cell (self, call, kind, x, NULL, states, FALSE, FALSE, &result))
    return FALSE;
  for (int i = 0; i < kinds[kind].n_states; i++)
    if (i == 0 ? !assay_keras_give (call, result.last) || !assay_keras_give (call, result.states[0]) : !assay_keras_give (call, result.states[i]))
      return FALSE;
  return TRUE;
}

/* Variables of the index'th directory among @weights, in their order: for layers that the file calls otherwise. */
static GArray *
weights_of_part (GArray *weights, guint index)
{
  GArray *part = g_array_new (FALSE, FALSE, sizeof (AssayKerasWeight));
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < weights->len && seen->len <= index + 1; i++)
    {
      const AssayKerasWeight *weight = &g_array_index (weights, AssayKerasWeight, i);
      const char             *slash = strrchr (weight->path, '/');
      g_autofree char        *folder = g_strndup (weight->path, slash ? slash - weight->path : 0);

      if (seen->len == 0 || !g_str_equal (seen->pdata[seen->len - 1], folder))
        g_ptr_array_add (seen, g_strdup (folder));
      if (seen->len == index + 1)
        g_array_append_val (part, *weight);
    }
  return part;
}

static void
add_prefixed (GArray *from, const char *prefix, GArray *to)
{
  for (guint i = 0; i < from->len; i++)
    if (g_str_has_prefix (g_array_index (from, AssayKerasWeight, i).path, prefix) && strchr (g_array_index (from, AssayKerasWeight, i).path, '/') == NULL)
      g_array_append_val (to, g_array_index (from, AssayKerasWeight, i));
}

/* A layer inside: with the variables below its name, below @prefix and its name, or the index'th. */
static AssayKerasLayer *
add_part (AssayKerasLayer *self, JsonObject *entry, const char *prefix, guint index, AssayKerasContext *context, GError **error)
{
  const char      *name = assay_keras_string (assay_keras_object (entry, "config"), "name", "");
  g_autofree char *prefixed = g_strconcat (prefix, name, NULL);
  g_autoptr (GArray) weights = assay_keras_weights_below (self->weights, name);
  AssayKerasLayer *part;

  if (*prefix != '\0')
    {
      g_autoptr (GArray) others = assay_keras_weights_below (self->weights, prefixed);

      /* "lstm" is both "forward_lstm" and "backward_lstm". */
      if (others->len > 0)
        {
          g_clear_pointer (&weights, g_array_unref);
          weights = g_steal_pointer (&others);
        }
    }
  /* Keras 1: "forward_lstm_1_W_i" beside "backward_lstm_1_W_i". */
  if (*prefix != '\0' && weights->len == 0)
    add_prefixed (self->weights, prefix, weights);
  if (weights->len == 0)
    {
      g_clear_pointer (&weights, g_array_unref);
      weights = weights_of_part (self->weights, index);
    }
  part = assay_keras_layer_new (entry, weights, context, error);
  if (part != NULL)
    g_ptr_array_add (self->children, part);
  return part;
}

static gboolean
setup_stack (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  JsonArray *cells = assay_keras_array (self->config, "cells");
  guint      n = cells ? json_array_get_length (cells) : 0;

  if (n < 1 || n > 1000)
    return assay_keras_refuse (self, error, "has %u cells", n);
  for (guint i = 0; i < n; i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (cells, i)) ||
        add_part (self, json_node_get_object (json_array_get_element (cells, i)), "", i, context, error) == NULL)
      return error != NULL && *error != NULL ? FALSE : assay_keras_refuse (self, error, "has a cell %u that is none", i);
  return TRUE;
}

static gboolean
setup_rnn (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  JsonObject *cell = assay_keras_object (self->config, "cell");

  if (cell == NULL)
    return assay_keras_refuse (self, error, "has no cell");
  return assay_keras_layer_add_child (self, cell, context, error) != NULL;
}

/* A stack is one recurrent layer behind the other; masked steps are masked in all. */
static gboolean
rnn (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayKerasLayer *cell = self->children->pdata[0];
  GPtrArray       *cells = cell->klass->setup == setup_stack ? cell->children : self->children;
  AssayValue      *x = assay_keras_in (call), *mask = assay_keras_mask (call), *read_mask = mask, *begin[64] = { NULL };
  gboolean         zero = gives_zeros (self);
  guint            at = 0;
  Result           result = { NULL };
  g_autoptr (GPtrArray) states = g_ptr_array_new ();

  if (!check_inputs (self, call))
    return FALSE;
  find_states (call, begin, G_N_ELEMENTS (begin) - 2);
  if (goes_backwards (self))
    {
      x = op2 ("ReverseV2", x, assay_constant_ints (1, (gint64[]){ 1 }), call->error);
      read_mask = mask ? op2 ("ReverseV2", mask, assay_constant_ints (1, (gint64[]){ 1 }), call->error) : NULL;
    }
  for (guint i = 0; i < cells->len; i++)
    {
      AssayKerasLayer *one = cells->pdata[i];
      Kind             kind = one->klass->detail;

      if (one->klass->call != cell_step)
        return assay_keras_fail (self, call, "has a cell of the class %s", one->klass->name);
      if (x == NULL || !run_cell (one, call, kind, x, read_mask, begin + MIN (at, G_N_ELEMENTS (begin) - 2), FALSE, zero, &result))
        return FALSE;
      for (int k = 0; k < kinds[kind].n_states; k++, at++)
        g_ptr_array_add (states, result.states[k]);
      x = result.sequence;
    }
  return give_result (self, call, &result, mask, states->len, (AssayValue **) states->pdata);
}

static gboolean
setup_bidirectional (AssayKerasLayer *self, AssayKerasContext *context, GError **error)
{
  JsonObject      *forward = assay_keras_object (self->config, "layer"), *backward = assay_keras_object (self->config, "backward_layer");
  AssayKerasLayer *part;

  if (forward == NULL)
    return assay_keras_refuse (self, error, "has no layer inside");
  if (add_part (self, forward, "forward_", 0, context, error) == NULL)
    return FALSE;
  part = add_part (self, backward ? backward : forward, "backward_", 1, context, error);
  if (part == NULL)
    return FALSE;
  part->backwards = backward == NULL;
  for (guint i = 0; i < 2; i++)
    ((AssayKerasLayer *) self->children->pdata[i])->in_both = TRUE;
  return TRUE;
}

/* The first half of the states is for one direction, the second for the other. */
static gboolean
call_direction (AssayKerasLayer *self, AssayKerasCall *call, guint index, AssayKerasCall *inner)
{
  AssayValue      *states[64];
  guint            n = find_states (call, states, G_N_ELEMENTS (states)), half = n / 2;
  AssayKerasTensor in = g_array_index (call->inputs, AssayKerasTensor, 0);

  in.mask = assay_keras_mask (call);
  assay_keras_call_add (inner, in);
  if (half > 0)
    {
      AssayKerasArg *list = assay_keras_arg_new ((AssayKerasTensor){ NULL, NULL });

      list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_keras_arg_free);
      for (guint i = 0; i < half; i++)
        g_ptr_array_add (list->items, assay_keras_arg_new ((AssayKerasTensor){ states[index * half + i], NULL }));
      g_hash_table_insert (inner->kwargs, g_strdup ("initial_state"), list);
    }
  return assay_keras_layer_call (self->children->pdata[index], inner);
}

static gboolean
merge_directions (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *a, AssayValue *b, AssayValue *mask)
{
  const char *mode = assay_keras_string (self->config, "merge_mode", NULL);
  AssayValue *y;

  if (mode == NULL)
    return assay_keras_give_masked (call, a, mask) && assay_keras_give_masked (call, b, mask);
  if (g_str_equal (mode, "concat"))
    y = assay_keras_concat (2, (AssayValue *[]){ a, b }, -1, call->error);
  else if (g_str_equal (mode, "sum") || g_str_equal (mode, "ave"))
    y = op2 ("AddV2", a, b, call->error);
  else if (g_str_equal (mode, "mul"))
    y = op2 ("Mul", a, b, call->error);
  else
    return assay_keras_fail (self, call, "has the merge_mode %.100s", mode);
  return assay_keras_give_masked (call, g_str_equal (mode, "ave") ? op2s ("Mul", y, 0.5, call->error) : y, mask);
}

static gboolean
bidirectional (AssayKerasLayer *self, AssayKerasCall *call)
{
  g_autoptr (AssayKerasCall) forward = assay_keras_call_new (call->context, call->error);
  g_autoptr (AssayKerasCall) backward = assay_keras_call_new (call->context, call->error);
  AssayKerasLayer *first = self->children->pdata[0];
  AssayValue      *a, *b, *mask = NULL;
  gboolean         good;

  if (!call_direction (self, call, 0, forward) || !call_direction (self, call, 1, backward))
    return FALSE;
  a = g_array_index (forward->outputs, AssayKerasTensor, 0).value;
  b = g_array_index (backward->outputs, AssayKerasTensor, 0).value;
  if (assay_keras_bool (first->config, "return_sequences", FALSE))
    {
      b = op2 ("ReverseV2", b, assay_constant_ints (1, (gint64[]){ 1 }), call->error);
      mask = assay_keras_mask (call);
    }
  good = b != NULL && merge_directions (self, call, a, b, mask);
  for (guint i = 1; good && i < forward->outputs->len; i++)
    good = assay_keras_give (call, g_array_index (forward->outputs, AssayKerasTensor, i).value);
  for (guint i = 1; good && i < backward->outputs->len; i++)
    good = assay_keras_give (call, g_array_index (backward->outputs, AssayKerasTensor, i).value);
  return good;
}

static gboolean
stack_called (AssayKerasLayer *self, AssayKerasCall *call)
{
  return assay_keras_fail (self, call, "is no layer but a stack of cells");
}

const AssayKerasClass assay_keras_recurrent_classes[] = {
  { "SimpleRNN", layer, SIMPLE },
  { "GRU", layer, GRU },
  { "CuDNNGRU", layer, GRU },
  { "LSTM", layer, LSTM },
  { "CuDNNLSTM", layer, LSTM },
  { "SimpleRNNCell", cell_step, SIMPLE },
  { "GRUCell", cell_step, GRU },
  { "LSTMCell", cell_step, LSTM },
  { "StackedRNNCells", stack_called, 0, ASSAY_KERAS_PLAIN, setup_stack },
  { "RNN", rnn, 0, ASSAY_KERAS_PLAIN, setup_rnn },
  { "Bidirectional", bidirectional, 0, ASSAY_KERAS_PLAIN, setup_bidirectional },
  { NULL },
};
