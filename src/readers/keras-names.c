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
  { "PReLU", { "alpha" } },
  { "LSTMCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "GRUCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "SimpleRNNCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "ConvLSTMCell", { "kernel", "recurrent_kernel", "use_bias?bias" } },
  { "Attention", { "use_scale!scale", "concat_score_weight" } },
  { "AdditiveAttention", { "use_scale?scale" } },
  { "SeedGenerator", { "seed_generator_state" } },
};

char *
assay_keras_snake_case (const char *name)
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

/* The bare name if the settings let it be there. */
static const char *
resolve (const char *entry, JsonObject *config)
{
  const char      *mark = strpbrk (entry, "?!");
  g_autofree char *setting = mark ? g_strndup (entry, mark - entry) : NULL;

  if (mark == NULL)
    return entry;
  return config == NULL || assay_keras_get_boolean (config, setting, *mark == '?') ? mark + 1 : NULL;
}

char *
assay_keras_dup_variable_name (const char *class_name, JsonObject *config, guint index)
{
  for (gsize i = 0; class_name != NULL && i < G_N_ELEMENTS (classes); i++)
    {
      const char *present[G_N_ELEMENTS (classes[0].names)];
      guint       n_present = 0;

      if (strcmp (classes[i].class_name, class_name) != 0)
        continue;
      for (gsize k = 0; k < G_N_ELEMENTS (classes[i].names) && classes[i].names[k]; k++)
        {
          const char *name = resolve (classes[i].names[k], config);

          if (name != NULL)
            present[n_present++] = name;
        }
      /* With surplus variables (quantised, say) the first are still these. */
      if (index < n_present)
        return g_strdup (present[index]);
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
