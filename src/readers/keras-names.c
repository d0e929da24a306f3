/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Keras calls the variables of a layer, by its class. Its weights files only number them. */

#include <string.h>

#include "keras-private.h"

/* A class's variables in the order in which they are stored. A name behind "?" is there only if that setting is true (or not given
 * and true by default); behind "!" the setting is false by default. */
static const struct
{
  const char *class_name;
  const char *names[5];
} classes[] = {
  { "Dense", { "kernel", "use_bias?bias" } },
  { "EinsumDense", { "kernel", "bias_axes?bias" } },
  { "Conv1D", { "kernel", "use_bias?bias" } },
  { "Conv2D", { "kernel", "use_bias?bias" } },
  { "Conv3D", { "kernel", "use_bias?bias" } },
  { "Conv1DTranspose", { "kernel", "use_bias?bias" } },
  { "Conv2DTranspose", { "kernel", "use_bias?bias" } },
  { "Conv3DTranspose", { "kernel", "use_bias?bias" } },
  { "DepthwiseConv1D", { "kernel", "use_bias?bias" } },
  { "DepthwiseConv2D", { "kernel", "use_bias?bias" } },
  { "SeparableConv1D", { "depthwise_kernel", "pointwise_kernel", "use_bias?bias" } },
  { "SeparableConv2D", { "depthwise_kernel", "pointwise_kernel", "use_bias?bias" } },
  { "BatchNormalization", { "scale?gamma", "center?beta", "moving_mean", "moving_variance" } },
  { "LayerNormalization", { "scale?gamma", "center?beta" } },
  { "GroupNormalization", { "scale?gamma", "center?beta" } },
  { "RMSNormalization", { "scale" } },
  { "SpectralNormalization", { "vector_u" } },
  { "Normalization", { "mean", "variance", "count" } },
  { "Embedding", { "embeddings" } },
  { "ReversibleEmbedding", { "embeddings", "reverse_embeddings" } },
  { "PReLU", { "alpha" } },
  { "LSTMCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "GRUCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "SimpleRNNCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "ConvLSTMCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "Attention", { "use_scale!scale", "concat_score_weight" } },
  { "AdditiveAttention", { "use_scale?scale" } },
  { "SeedGenerator", { "seed_generator_state" } },
  /* Their variables are those of the cell inside. */
  { "LSTM", { NULL } },
  { "GRU", { NULL } },
  { "SimpleRNN", { NULL } },
  { "ConvLSTM1D", { NULL } },
  { "ConvLSTM2D", { NULL } },
  { "ConvLSTM3D", { NULL } },
};

/* What a quantised layer stores, by the start of its policy's mode: "int8", "int4/128", "gptq/4/128". "*" stands for the kernel or the
 * embeddings; a bias is there if it is there without quantising. */
static const struct
{
  const char *mode;
  gboolean    trains;
  const char *names[8];
} quantised[] = {
  { "int8", FALSE, { "*", "bias", "*_scale" } },
  { "int4", FALSE, { "*", "bias", "*_scale", "*_zero", "g_idx" } },
  { "float8", TRUE, { "*", "bias", "inputs_scale", "inputs_amax_history", "*_scale", "*_amax_history", "outputs_grad_scale", "outputs_grad_amax_history" } },
  { "gptq", FALSE, { "bias", "quantized_*", "*_scale", "*_zero", "g_idx" } },
  { "awq", FALSE, { "bias", "quantized_*", "*_scale", "*_zero", "awq_scales", "g_idx" } },
};

/* Which entry of the table a layer's config names, or -1. */
static int
find_quantised (JsonObject *config)
{
  JsonObject *policy = config ? assay_keras_get_object (config, "dtype") : NULL;
  JsonObject *inner = policy ? assay_keras_get_object (policy, "config") : NULL;
  const char *mode = inner ? assay_keras_get_string (inner, "mode") : NULL;

  for (gsize i = 0; mode != NULL && i < G_N_ELEMENTS (quantised); i++)
    if (g_str_has_prefix (mode, quantised[i].mode))
      return i;
  return -1;
}

char *
assay_keras_names_snake_case (const char *name)
{
  g_autoptr (GRegex) words = g_regex_new ("(.)([A-Z][a-z]+)", 0, 0, NULL);
  g_autoptr (GRegex) capitals = g_regex_new ("([a-z])([A-Z])", 0, 0, NULL);
  g_autoptr (GRegex) odd = g_regex_new ("\\W+", 0, 0, NULL);
  g_autofree char *plain = g_regex_replace_literal (odd, name, -1, 0, "", 0, NULL);
  g_autofree char *first = g_regex_replace (words, plain, -1, 0, "\\1_\\2", 0, NULL);
  g_autofree char *second = g_regex_replace (capitals, first, -1, 0, "\\1_\\2", 0, NULL);

  /* Its class is called otherwise than it is registered. */
  if (strcmp (name, "GroupQueryAttention") == 0)
    return g_strdup ("grouped_query_attention");
  return g_ascii_strdown (second, -1);
}

/* "dense_12" is the thirteenth of its class. */
static gsize
stem_length (const char *place)
{
  const char *underscore = strrchr (place, '_');
  gsize       n_digits = underscore ? strspn (underscore + 1, "0123456789") : 0;

  return n_digits > 0 && underscore[1 + n_digits] == '\0' ? (gsize) (underscore - place) : strlen (place);
}

const char *
assay_keras_guess_class (const char *place)
{
  static char     *snakes[G_N_ELEMENTS (classes)];
  static gsize     made;
  g_autofree char *stem = g_strndup (place, stem_length (place));

  if (g_once_init_enter (&made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
        snakes[i] = assay_keras_names_snake_case (classes[i].class_name);
      g_once_init_leave (&made, 1);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    if (strcmp (snakes[i], stem) == 0)
      return classes[i].class_name;
  return NULL;
}

/* Whether the settings let a variable be there; without settings, whether it is when all are, or when only those are that must be. */
static gboolean
is_there (const char *entry, JsonObject *config, gboolean all)
{
  const char      *mark = strpbrk (entry, "?!");
  g_autofree char *setting = mark ? g_strndup (entry, mark - entry) : NULL;

  if (mark == NULL)
    return TRUE;
  return config ? assay_keras_get_boolean (config, setting, *mark == '?') : all && *mark == '?';
}

static guint
collect_names (const char *const *names, gsize n_names, JsonObject *config, gboolean all, const char **found)
{
  guint n = 0;

  for (gsize i = 0; i < n_names && names[i]; i++)
    if (is_there (names[i], config, all))
      found[n++] = strpbrk (names[i], "?!") ? strpbrk (names[i], "?!") + 1 : names[i];
  return n;
}

/* The name of a quantised layer's variable, or NULL if the layer isn't or has fewer. */
static char *
dup_quantised_name (JsonObject *config, const char *const *plain, guint n_plain, guint index)
{
  int      which = n_plain > 0 ? find_quantised (config) : -1;
  gboolean has_bias = n_plain > 1 && strcmp (plain[n_plain - 1], "bias") == 0;
  guint    n = 0;

  for (gsize i = 0; which >= 0 && i < G_N_ELEMENTS (quantised[0].names) && quantised[which].names[i]; i++)
    {
      g_auto (GStrv) parts = g_strsplit (quantised[which].names[i], "*", 2);

      if ((has_bias || strcmp (parts[0], "bias") != 0) && n++ == index)
        return g_strjoinv (plain[0], parts);
    }
  return NULL;
}

char *
assay_keras_dup_variable_name (const char *class_name, JsonObject *config, guint index, guint n)
{
  for (gsize i = 0; class_name != NULL && i < G_N_ELEMENTS (classes); i++)
    {
      const char *found[G_N_ELEMENTS (classes[0].names)];
      guint       n_found;
      char       *name;

      if (strcmp (classes[i].class_name, class_name) != 0)
        continue;
      n_found = collect_names (classes[i].names, G_N_ELEMENTS (found), config, TRUE, found);
      /* Without settings their number must tell. */
      if (config == NULL && n < n_found)
        n_found = collect_names (classes[i].names, G_N_ELEMENTS (found), NULL, FALSE, found);
      if (config == NULL && n < n_found)
        break;
      name = dup_quantised_name (config, found, n_found, index);
      if (name != NULL)
        return name;
      /* With surplus variables the first are still these. */
      if (index < n_found)
        return g_strdup (found[index]);
    }
  return g_strdup_printf ("%u", index);
}

guint32
assay_keras_variable_flags (const char *name, JsonObject *config)
{
  static const char *const untrained[] = { "moving_mean", "moving_variance", "vector_u", "count", NULL };
  int                      which = find_quantised (config);

  if (strcmp (name, "seed_generator_state") == 0)
    return ASSAY_FLAG_HIDDEN;
  if (which >= 0 && !quantised[which].trains && strcmp (name, "bias") != 0)
    return ASSAY_FLAG_NON_TRAINABLE;
  return g_strv_contains (untrained, name) ? ASSAY_FLAG_NON_TRAINABLE : 0;
}
