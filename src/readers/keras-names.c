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

char *
assay_keras_dup_variable_name (const char *class_name, JsonObject *config, guint index, guint n)
{
  for (gsize i = 0; class_name != NULL && i < G_N_ELEMENTS (classes); i++)
    {
      const char *found[G_N_ELEMENTS (classes[0].names)];
      guint       n_found;

      if (strcmp (classes[i].class_name, class_name) != 0)
        continue;
      n_found = collect_names (classes[i].names, G_N_ELEMENTS (found), config, TRUE, found);
      /* Without settings their number must tell. */
      if (config == NULL && n < n_found)
        n_found = collect_names (classes[i].names, G_N_ELEMENTS (found), NULL, FALSE, found);
      if (config == NULL && n < n_found)
        break;
      /* With surplus variables (quantised, say) the first are still these. */
      if (index < n_found)
        return g_strdup (found[index]);
    }
  return g_strdup_printf ("%u", index);
}

guint32
assay_keras_variable_flags (const char *name)
{
  static const char *const untrained[] = { "moving_mean", "moving_variance", "vector_u", "count", NULL };

  if (strcmp (name, "seed_generator_state") == 0)
    return ASSAY_FLAG_HIDDEN;
  return g_strv_contains (untrained, name) ? ASSAY_FLAG_NON_TRAINABLE : 0;
}
