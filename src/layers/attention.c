/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attention: by dot product, additive, with several heads, with grouped ones. Source: keras/src/layers/attention. */

#include "layers-private.h"

#include <math.h>

/* x[…, m] · kernel[m, n, h] + bias[n, h]; `n_bound` dimensions of x are summed over, `n_free` of the kernel are left. */
static AssayValue *
project (AssayKerasLayer *self, AssayKerasCall *call, AssayValue *x, const char *name, int n_bound, const gint64 *bound, int n_free, const gint64 *free_dims)
{
  g_autofree char *kernel_name = g_strconcat (name, "/kernel", NULL), *bias_name = g_strconcat (name, "/bias", NULL);
  gint64           shape[8];
  AssayKerasDim    dims[ASSAY_GRAPH_MAX_RANK], in = assay_keras_dim_known (1), out = assay_keras_dim_known (1);
  int              rank = x ? assay_value_get_rank (x) : -1, n = 0;
  AssayValue      *kernel;

  if (rank < n_bound + 1)
    return NULL;
  for (int i = 0; i < rank - n_bound; i++)
    dims[n++] = assay_keras_dim (x, i, call->error);
  for (int i = 0; i < n_bound; i++)
    {
      shape[i] = bound[i];
      in = assay_keras_dim_mul (in, assay_keras_dim_known (bound[i]), call->error);
    }
  for (int i = 0; i < n_free; i++)
    {
      shape[n_bound + i] = free_dims[i];
      dims[n++] = assay_keras_dim_known (free_dims[i]);
      out = assay_keras_dim_mul (out, assay_keras_dim_known (free_dims[i]), call->error);
    }
  kernel = assay_keras_weight (self, call, kernel_name, n_bound + n_free, shape);
  kernel = assay_keras_reshape (kernel, 2, (AssayKerasDim[]){ in, out }, call->error);
  x = assay_keras_reshape (x, 2, (AssayKerasDim[]){ { -1, NULL }, in }, call->error);
  x = op2 ("MatMul", x, kernel, call->error);
  if (assay_keras_bool (self->config, "use_bias", TRUE))
    {
      AssayValue *bias = assay_keras_weight (self, call, bias_name, n_free, free_dims);

      x = op2 ("BiasAdd", x, assay_keras_reshape (bias, 1, &out, call->error), call->error);
    }
  return assay_keras_reshape (x, n, dims, call->error);
}

/* True where a query may look: at keys no later than itself, and no further than `window` away. Shape [1, T, S]. */
static AssayValue *
position_mask (AssayKerasCall *call, AssayValue *query, AssayValue *key, gboolean causal, gint64 window, GError **error)
{
  AssayValue *zero = assay_keras_int_value (0), *one = assay_keras_int_value (1), *sides[2], *mask = NULL, *distance;
  AssayValue *tensors[] = { query, key };

  for (int i = 0; i < 2; i++)
    {
      AssayKerasDim length = assay_keras_dim (tensors[i], 1, error), shape[3] = { assay_keras_dim_known (1), length, length };

      shape[2 - i] = assay_keras_dim_known (1);
      sides[i] = assay_apply ("Range", NULL, error, zero, length.n >= 0 ? assay_keras_int_value (length.n) : length.value, one, NULL);
      sides[i] = assay_keras_reshape (sides[i], 3, shape, error);
    }
  if (causal)
    mask = op2 ("GreaterEqual", sides[0], sides[1], error);
  if (window > 0)
    {
      distance = op1 ("Abs", op2 ("Sub", sides[0], sides[1], error), error);
      distance = op2 ("Less", distance, assay_keras_int_value (window), error);
      mask = mask ? op2 ("LogicalAnd", mask, distance, error) : distance;
    }
  return mask;
}

static AssayValue *
both (AssayValue *a, AssayValue *b, GError **error)
{
  return a == NULL ? b : b == NULL ? a
                                   : op2 ("LogicalAnd", a, b, error);
}

/* Which tensors it was called with: query, value, and key, which is value unless it is given. */
typedef struct
{
  AssayKerasTensor query, value, key;
  gboolean         has_key;
} Three;

static gboolean
find_three (AssayKerasLayer *self, AssayKerasCall *call, Three *three)
{
  AssayKerasArg *value = assay_keras_find_arg (call, 1, "value"), *key = assay_keras_find_arg (call, 2, "key");

  three->query = g_array_index (call->inputs, AssayKerasTensor, 0);
  /* Attention takes a list. */
  if (call->inputs->len >= 2)
    {
      three->value = g_array_index (call->inputs, AssayKerasTensor, 1);
      three->has_key = call->inputs->len > 2;
      three->key = g_array_index (call->inputs, AssayKerasTensor, three->has_key ? 2 : 1);
      return TRUE;
    }
  if (value == NULL || value->tensor.value == NULL)
    return assay_keras_fail (self, call, "is called without a value");
  three->value = value->tensor;
  three->has_key = key != NULL && key->tensor.value != NULL;
  three->key = three->has_key ? key->tensor : value->tensor;
  return TRUE;
}

static gboolean
get_flag (AssayKerasCall *call, const char *name)
{
  AssayKerasArg *arg = assay_keras_find_arg (call, 1000, name);

  return arg != NULL && arg->json != NULL && assay_keras_node_float (arg->json, 0) != 0;
}

static AssayValue *
mask_of (AssayKerasCall *call, const char *name, AssayKerasTensor tensor)
{
  AssayKerasArg *arg = assay_keras_find_arg (call, 1000, name);

  return arg != NULL && arg->tensor.value != NULL ? arg->tensor.value : tensor.mask;
}

/* As MultiHeadAttention._compute_attention_mask: shape [B, T, S], or NULL if all may see all. */
static AssayValue *
attention_mask (AssayKerasLayer *self, AssayKerasCall *call, const Three *three)
{
  AssayKerasArg *given = assay_keras_find_arg (call, 1000, "attention_mask");
  AssayValue    *query_mask = mask_of (call, "query_mask", three->query), *value_mask = mask_of (call, "value_mask", three->value);
  AssayValue    *key_mask = three->has_key ? mask_of (call, "key_mask", three->key) : NULL, *mask = NULL;
  gboolean       causal = get_flag (call, "use_causal_mask");
  gint64         window = assay_keras_int (self->config, "sliding_window", 0);

  if (query_mask != NULL)
    mask = assay_keras_expand (query_mask, 2, call->error);
  if (value_mask != NULL)
    mask = both (mask, assay_keras_expand (value_mask, 1, call->error), call->error);
  if (key_mask != NULL)
    mask = both (mask, assay_keras_expand (key_mask, 1, call->error), call->error);
  if (causal || window > 0)
    mask = both (mask, position_mask (call, three->query.value, three->value.value, causal, window, call->error), call->error);
  if (given != NULL && given->tensor.value != NULL)
    {
      AssayValue *bools = assay_keras_cast (given->tensor.value, ASSAY_DTYPE_BOOL, call->error);

      mask = mask ? both (bools, mask, call->error) : bools;
    }
  return mask;
}

/* Where the mask is false the scores become very low. */
static AssayValue *
mask_scores (AssayValue *scores, AssayValue *mask, GError **error)
{
  double low = scores && assay_value_get_dtype (scores) == ASSAY_DTYPE_FLOAT16 ? -3e4 : -1e30;

  if (scores == NULL || mask == NULL)
    return scores;
  return assay_apply ("SelectV2", NULL, error, mask, scores, assay_keras_scalar (scores, low, error), NULL);
}

static AssayValue *
multiply (AssayValue *a, AssayValue *b, gboolean turned, GError **error)
{
  return assay_apply ("BatchMatMulV2", assay_attrs_set_bool (assay_attrs_new (), "adj_y", turned), error, a, b, NULL);
}

/* (B, T, N, H) → (B, N, T, H), and back. */
static AssayValue *
swap_heads (AssayValue *x, GError **error)
{
  return assay_keras_transpose (x, (gint64[]){ 0, 2, 1, 3 }, error);
}

/* Heads that several queries share are repeated: (B, S, V, H) → (B, S, U, H). */
static AssayValue *
repeat_heads (AssayValue *x, gint64 times, gint64 heads, gint64 size, GError **error)
{
  AssayKerasDim dims[4];

  if (times == 1 || x == NULL)
    return x;
  dims[0] = assay_keras_dim (x, 0, error);
  dims[1] = assay_keras_dim (x, 1, error);
  dims[2] = assay_keras_dim_known (heads * times);
  dims[3] = assay_keras_dim_known (size);
  x = op2 ("Tile", assay_keras_expand (x, 3, error), assay_constant_ints (5, (gint64[]){ 1, 1, 1, times, 1 }), error);
  return assay_keras_reshape (x, 4, dims, error);
}

/* Projected query [B, T, N, H], key and value [B, S, N, H] → [B, T, N, H]. */
static AssayValue *
attend (AssayKerasCall *call, AssayValue *query, AssayValue *key, AssayValue *value, AssayValue *mask, gint64 size, AssayValue **scores)
{
  query = op2s ("Mul", query, 1 / sqrt (size), call->error);
  *scores = multiply (swap_heads (query, call->error), swap_heads (key, call->error), TRUE, call->error);
  if (mask != NULL)
    *scores = mask_scores (*scores, assay_value_get_rank (mask) == 4 ? mask : assay_keras_expand (mask, 1, call->error), call->error);
  *scores = op1 ("Softmax", *scores, call->error);
  return swap_heads (multiply (*scores, swap_heads (value, call->error), FALSE, call->error), call->error);
}

/* Several axes are attended over at once if they are all between batch and features: they become one. */
static gboolean
join_axes (AssayKerasLayer *self, AssayKerasCall *call, AssayValue **x)
{
  int           rank = assay_value_get_rank (*x);
  AssayKerasDim length = assay_keras_dim_known (1);

  if (rank == 3)
    return TRUE;
  if (rank < 3)
    return assay_keras_fail (self, call, "needs inputs of three dimensions, these have %d", rank);
  for (int i = 1; i < rank - 1; i++)
    length = assay_keras_dim_mul (length, assay_keras_dim (*x, i, call->error), call->error);
  *x = assay_keras_reshape (*x, 3, (AssayKerasDim[]){ assay_keras_dim (*x, 0, call->error), length, assay_keras_dim (*x, -1, call->error) }, call->error);
  return *x != NULL;
}

static gboolean
check_axes (AssayKerasLayer *self, AssayKerasCall *call, int rank)
{
  gint64 axes[ASSAY_GRAPH_MAX_RANK];
  int    n = assay_keras_ints (self->config, "attention_axes", axes, 1, ASSAY_GRAPH_MAX_RANK);

  return n < 0 || n == rank - 2 || assay_keras_fail (self, call, "attends over %d of %d axes, which isn't done here", n, rank - 2);
}

/* The dimensions of what it gives: output_shape, or the query's features. */
static int
output_dims (AssayKerasLayer *self, AssayValue *query, gint64 *dims)
{
  int n = assay_keras_ints (self->config, "output_shape", dims, 1, 3);

  if (n > 0)
    return n;
  dims[0] = assay_value_get_dim (query, -1);
  return 1;
}

static gboolean
finish_heads (AssayKerasLayer *self, AssayKerasCall *call, const Three *three, AssayValue *query, AssayValue *y, gint64 heads, gint64 size, AssayValue *scores)
{
  gint64        bound[] = { heads, size }, out[4], features[] = { assay_value_get_dim (query, -1) };
  AssayValue   *whole = three->query.value;
  int           n = output_dims (self, query, out), rank = assay_value_get_rank (whole);
  AssayKerasDim dims[ASSAY_GRAPH_MAX_RANK];

  if (assay_keras_bool (self->config, "use_gate", FALSE))
    y = op2 ("Mul", y, op1 ("Sigmoid", project (self, call, query, "gate", 1, features, 2, bound), call->error), call->error);
  y = project (self, call, y, "attention_output", 2, bound, n, out);
  if (rank > 3 && y != NULL && rank - 1 + n <= ASSAY_GRAPH_MAX_RANK)
    {
      for (int i = 0; i < rank - 1; i++)
        dims[i] = assay_keras_dim (whole, i, call->error);
      for (int i = 0; i < n; i++)
        dims[rank - 1 + i] = assay_keras_dim_known (out[i]);
      y = assay_keras_reshape (y, rank - 1 + n, dims, call->error);
    }
  if (!assay_keras_give_masked (call, y, three->query.mask))
    return FALSE;
  return !get_flag (call, "return_attention_scores") || assay_keras_give (call, scores);
}

static gboolean
multi_head (AssayKerasLayer *self, AssayKerasCall *call)
{
  Three       three;
  gint64      heads = assay_keras_int (self->config, "num_heads", -1), size = assay_keras_int (self->config, "key_dim", -1);
  gint64      value_size = assay_keras_int (self->config, "value_dim", size), features[3];
  AssayValue *mask, *x[3], *y, *scores;

  if (!find_three (self, call, &three))
    return FALSE;
  if (heads < 1 || size < 1 || value_size < 1)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " heads of %" G_GINT64_FORMAT, heads, size);
  if (!check_axes (self, call, assay_value_get_rank (three.query.value)))
    return FALSE;
  mask = attention_mask (self, call, &three);
  x[0] = three.query.value;
  x[1] = three.key.value;
  x[2] = three.value.value;
  for (int i = 0; i < 3; i++)
    {
      if (!join_axes (self, call, &x[i]))
        return FALSE;
      features[i] = assay_value_get_dim (x[i], -1);
      if (features[i] < 1)
        return assay_keras_fail (self, call, "needs to know how many features its inputs have");
    }
  y = attend (call, project (self, call, x[0], "query", 1, &features[0], 2, (gint64[]){ heads, size }),
              project (self, call, x[1], "key", 1, &features[1], 2, (gint64[]){ heads, size }),
              project (self, call, x[2], "value", 1, &features[2], 2, (gint64[]){ heads, value_size }), mask, size, &scores);
  return finish_heads (self, call, &three, x[0], y, heads, value_size, scores);
}

static gboolean
grouped_query (AssayKerasLayer *self, AssayKerasCall *call)
{
  Three       three;
  gint64      heads = assay_keras_int (self->config, "num_query_heads", -1), groups = assay_keras_int (self->config, "num_key_value_heads", -1);
  gint64      size = assay_keras_int (self->config, "head_dim", -1), features[3];
  AssayValue *x[3], *key, *value, *y, *scores;

  if (!find_three (self, call, &three))
    return FALSE;
  if (heads < 1 || groups < 1 || size < 1 || heads % groups != 0)
    return assay_keras_fail (self, call, "has %" G_GINT64_FORMAT " heads in %" G_GINT64_FORMAT " groups of %" G_GINT64_FORMAT, heads, groups, size);
  x[0] = three.query.value;
  x[1] = three.key.value;
  x[2] = three.value.value;
  for (int i = 0; i < 3; i++)
    {
      features[i] = assay_value_get_dim (x[i], -1);
      if (assay_value_get_rank (x[i]) != 3 || features[i] < 1)
        return assay_keras_fail (self, call, "needs inputs of three dimensions");
    }
  key = project (self, call, x[1], "key", 1, &features[1], 2, (gint64[]){ groups, size });
  value = project (self, call, x[2], "value", 1, &features[2], 2, (gint64[]){ groups, size });
  y = attend (call, project (self, call, x[0], "query", 1, &features[0], 2, (gint64[]){ heads, size }),
              repeat_heads (key, heads / groups, groups, size, call->error), repeat_heads (value, heads / groups, groups, size, call->error),
              attention_mask (self, call, &three), size, &scores);
  return finish_heads (self, call, &three, x[0], y, heads, size, scores);
}

/* Σ scale · tanh (q + k), over all pairs. */
static AssayValue *
pair_scores (AssayKerasCall *call, AssayValue *query, AssayValue *key, AssayValue *inner, AssayValue *outer)
{
  gint64      last[] = { -1 };
  AssayValue *sum = op2 ("AddV2", assay_keras_expand (query, 2, call->error), assay_keras_expand (key, 1, call->error), call->error);

  if (inner != NULL)
    sum = op2 ("Mul", sum, inner, call->error);
  sum = op1 ("Tanh", sum, call->error);
  if (outer != NULL)
    sum = op2 ("Mul", sum, outer, call->error);
  return assay_keras_reduce ("Sum", sum, 1, last, FALSE, call->error);
}

/* The list of masks that a caller may give: query's, value's. */
static AssayValue *
listed_mask (AssayKerasCall *call, guint index, AssayKerasTensor tensor)
{
  AssayKerasArg *arg = assay_keras_find_arg (call, 1000, "mask");

  if (arg != NULL && arg->items != NULL && index < arg->items->len)
    return ((AssayKerasArg *) arg->items->pdata[index])->tensor.value;
  return tensor.mask;
}

/* `detail`: 1 is additive. */
static gboolean
dot_product (AssayKerasLayer *self, AssayKerasCall *call)
{
  Three       three;
  gboolean    use_scale = assay_keras_bool (self->config, "use_scale", self->klass->detail == 1), causal;
  const char *mode = assay_keras_string (self->config, "score_mode", "dot");
  AssayValue *scale = NULL, *scores, *value_mask, *query_mask, *mask = NULL, *y;

  if (!find_three (self, call, &three))
    return FALSE;
  if (assay_value_get_rank (three.query.value) != 3 || assay_value_get_rank (three.value.value) != 3)
    return assay_keras_fail (self, call, "needs inputs of three dimensions");
  if (use_scale && (scale = assay_keras_read_weight (self, call, "scale")) == NULL)
    return FALSE;
  if (self->klass->detail == 1)
    scores = pair_scores (call, three.query.value, three.key.value, NULL, scale);
  else if (g_str_equal (mode, "concat"))
    scores = op2 ("Mul", pair_scores (call, three.query.value, three.key.value, scale, NULL),
                  assay_keras_read_weight (self, call, "concat_score_weight"), call->error);
  else
    {
      scores = multiply (three.query.value, three.key.value, TRUE, call->error);
      scores = scale ? op2 ("Mul", scores, scale, call->error) : scores;
    }
  query_mask = listed_mask (call, 0, three.query);
  value_mask = listed_mask (call, 1, three.value);
  causal = get_flag (call, "use_causal_mask") || assay_keras_bool (self->config, "causal", FALSE);
  if (value_mask != NULL)
    mask = assay_keras_expand (value_mask, 1, call->error);
  if (causal)
    mask = both (mask, position_mask (call, three.query.value, three.value.value, TRUE, 0, call->error), call->error);
  scores = op1 ("Softmax", mask_scores (scores, mask, call->error), call->error);
  y = multiply (scores, three.value.value, FALSE, call->error);
  if (query_mask != NULL && y != NULL)
    y = op2 ("Mul", y, assay_keras_expand (assay_keras_cast (query_mask, assay_value_get_dtype (y), call->error), 2, call->error), call->error);
  if (!assay_keras_give_masked (call, y, query_mask))
    return FALSE;
  return !get_flag (call, "return_attention_scores") || assay_keras_give (call, scores);
}

const AssayKerasClass assay_keras_attention_classes[] = {
  { "MultiHeadAttention", multi_head },
  { "GroupQueryAttention", grouped_query },
  { "GroupedQueryAttention", grouped_query },
  { "Attention", dot_product, 0 },
  { "AdditiveAttention", dot_product, 1 },
  { NULL },
};
