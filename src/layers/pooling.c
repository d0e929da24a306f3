/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pooling of 1 to 3 dimensions, over windows, over all, and to a given size. Source: keras/src/layers/pooling. */

#include "layers-private.h"

#include <string.h>

/* (B, C, …) → (B, …, C), and back. */
static AssayValue *
turn (AssayValue *x, gboolean to_last, GError **error)
{
  int    rank = x ? assay_value_get_rank (x) : 0;
  gint64 order[ASSAY_GRAPH_MAX_RANK] = { 0 };

  for (int i = 1; i < rank; i++)
    order[i] = to_last ? (i == rank - 1 ? 1 : i + 1) : (i == 1 ? rank - 1 : i - 1);
  return assay_keras_transpose (x, order, error);
}

static gboolean
read_windows (AssayKerasLayer *self, AssayKerasCall *call, int n, gint64 *size, gint64 *strides)
{
  JsonNode *given = assay_keras_member (self->config, "strides");

  if (given == NULL)
    given = assay_keras_member (self->config, "stride");
  if (assay_keras_ints (self->config, "pool_size", size, n, 3) != n && assay_keras_ints (self->config, "pool_length", size, n, 3) != n)
    return assay_keras_fail (self, call, "has no sound pool_size");
  if (given == NULL || JSON_NODE_HOLDS_NULL (given))
    memcpy (strides, size, n * sizeof *size);
  else if (assay_keras_node_ints (given, strides, n, 3) != n)
    return assay_keras_fail (self, call, "has no sound strides");
  for (int i = 0; i < n; i++)
    if (size[i] < 1 || strides[i] < 1)
      return assay_keras_fail (self, call, "has windows of %" G_GINT64_FORMAT " every %" G_GINT64_FORMAT, size[i], strides[i]);
  return TRUE;
}

/* `text` is the operation of two dimensions, "3D" behind it of three. */
static gboolean
pool (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue      *x = assay_keras_in (call);
  int              n = self->klass->detail, lead = n == 1;
  gint64           size[3], strides[3], wide_size[5] = { 1, 1, 1, 1, 1 }, wide_strides[5] = { 1, 1, 1, 1, 1 };
  const char      *padding = assay_keras_string (self->config, "padding", assay_keras_string (self->config, "border_mode", "valid"));
  gboolean         first = assay_keras_channels_first (self);
  AssayAttrs      *attrs;
  g_autofree char *op = g_strconcat (self->klass->text, n == 3 ? "3D" : NULL, NULL);

  if (assay_value_get_rank (x) != n + 2)
    return assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", n + 2, assay_value_get_rank (x));
  if (!read_windows (self, call, n, size, strides))
    return FALSE;
  if (!g_str_equal (padding, "valid") && !g_str_equal (padding, "same"))
    return assay_keras_fail (self, call, "has the padding %.100s", padding);
  memcpy (wide_size + 1 + lead, size, n * sizeof *size);
  memcpy (wide_strides + 1 + lead, strides, n * sizeof *strides);
  attrs = assay_attrs_set_string (assay_attrs_new (), "padding", g_str_equal (padding, "same") ? "SAME" : "VALID");
  assay_attrs_set_ints (attrs, "ksize", n + 2 + lead, wide_size);
  assay_attrs_set_ints (attrs, "strides", n + 2 + lead, wide_strides);
  if (first)
    x = turn (x, TRUE, call->error);
  if (lead)
    x = assay_keras_expand (x, 1, call->error);
  x = assay_apply (op, attrs, call->error, x, NULL);
  if (lead)
    x = assay_keras_squeeze (x, 1, call->error);
  return assay_keras_give (call, first ? turn (x, FALSE, call->error) : x);
}

/* Only what the mask has counts. */
static AssayValue *
masked_mean (AssayKerasCall *call, AssayValue *x, AssayValue *mask, gboolean keep, GError **error)
{
  gint64      steps[] = { 1 };
  AssayValue *weights = assay_keras_expand (assay_keras_cast (mask, assay_value_get_dtype (x), error), 2, error);
  AssayValue *sum = assay_keras_reduce ("Sum", op2 ("Mul", x, weights, error), 1, steps, keep, error);

  return op2 ("RealDiv", sum, assay_keras_reduce ("Sum", weights, 1, steps, keep, error), error);
}

static gboolean
global_pool (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call), *mask = assay_keras_mask (call);
  int         n = self->klass->detail;
  gint64      axes[3];
  gboolean    first = assay_keras_channels_first (self), keep = assay_keras_bool (self->config, "keepdims", FALSE);

  if (assay_value_get_rank (x) != n + 2)
    return assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", n + 2, assay_value_get_rank (x));
  for (int i = 0; i < n; i++)
    axes[i] = i + (first ? 2 : 1);
  if (n == 1 && mask != NULL && !first && g_str_equal (self->klass->text, "Mean"))
    return assay_keras_give (call, masked_mean (call, x, mask, keep, call->error));
  return assay_keras_give (call, assay_keras_reduce (self->klass->text, x, n, axes, keep, call->error));
}

/* One axis to `size` parts, from ⌊i L / size⌋ to ⌈(i + 1) L / size⌉. */
static AssayValue *
adapt (const char *op, AssayValue *x, int axis, gint64 size, GError **error)
{
  gint64                  length = assay_value_get_dim (x, axis), axes[] = { axis };
  g_autofree AssayValue **parts = g_new (AssayValue *, size);

  for (gint64 i = 0; i < size; i++)
    {
      parts[i] = assay_keras_slice (x, axis, i * length / size, ((i + 1) * length + size - 1) / size, error);
      parts[i] = assay_keras_reduce (op, parts[i], 1, axes, TRUE, error);
      if (parts[i] == NULL)
        return NULL;
    }
  return assay_keras_concat (size, parts, axis, error);
}

static gboolean
adaptive_pool (AssayKerasLayer *self, AssayKerasCall *call)
{
  AssayValue *x = assay_keras_in (call);
  int         n = self->klass->detail, first = assay_keras_channels_first (self);
  gint64      size[3];

  if (assay_keras_ints (self->config, "output_size", size, n, 3) != n)
    return assay_keras_fail (self, call, "has no sound output_size");
  if (assay_value_get_rank (x) != n + 2)
    return assay_keras_fail (self, call, "needs inputs of %d dimensions, these have %d", n + 2, assay_value_get_rank (x));
  for (int i = 0; i < n && x != NULL; i++)
    {
      gint64 length = assay_value_get_dim (x, i + 1 + first);

      if (length < 1 || size[i] < 1 || size[i] > 4096)
        return assay_keras_fail (self, call, "can't make %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, size[i], length);
      call->context->n_calls += size[i];
      x = adapt (self->klass->text, x, i + 1 + first, size[i], call->error);
    }
  return assay_keras_give (call, x);
}

const AssayKerasClass assay_keras_pooling_classes[] = {
  { "MaxPooling1D", pool, 1, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "MaxPooling2D", pool, 2, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "MaxPooling3D", pool, 3, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "MaxPool1D", pool, 1, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "MaxPool2D", pool, 2, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "MaxPool3D", pool, 3, ASSAY_KERAS_PLAIN, NULL, "MaxPool" },
  { "AveragePooling1D", pool, 1, ASSAY_KERAS_PLAIN, NULL, "AvgPool" },
  { "AveragePooling2D", pool, 2, ASSAY_KERAS_PLAIN, NULL, "AvgPool" },
  { "AveragePooling3D", pool, 3, ASSAY_KERAS_PLAIN, NULL, "AvgPool" },
  { "GlobalMaxPooling1D", global_pool, 1, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "GlobalMaxPooling2D", global_pool, 2, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "GlobalMaxPooling3D", global_pool, 3, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "GlobalAveragePooling1D", global_pool, 1, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { "GlobalAveragePooling2D", global_pool, 2, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { "GlobalAveragePooling3D", global_pool, 3, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { "AdaptiveMaxPooling1D", adaptive_pool, 1, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "AdaptiveMaxPooling2D", adaptive_pool, 2, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "AdaptiveMaxPooling3D", adaptive_pool, 3, ASSAY_KERAS_PLAIN, NULL, "Max" },
  { "AdaptiveAveragePooling1D", adaptive_pool, 1, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { "AdaptiveAveragePooling2D", adaptive_pool, 2, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { "AdaptiveAveragePooling3D", adaptive_pool, 3, ASSAY_KERAS_PLAIN, NULL, "Mean" },
  { NULL },
};
