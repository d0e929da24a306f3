/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli plot: a picture of a variable. */

#include "cli-private.h"

#include <assay/plot.h>
#include <glib/gi18n-lib.h>

static int
plot_run (int argc, char **argv, GError **error)
{
  CliOptions       options;
  gboolean         histogram = FALSE;
  g_autofree char *output = NULL, *path = NULL, *shape = NULL, *title = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssaySource) source = NULL;
  guint32            index;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_ ("The picture: X.png or X.svg"), N_ ("FILE") },
    { "histogram", 0, 0, G_OPTION_ARG_NONE, &histogram, N_ ("The distribution instead of a heat map"), NULL },
    { NULL },
  };

  if (!cli_parse (&cli_plot_command, entries, argc, argv, 2, 2, &options, &words, error))
    return CLI_TROUBLE;
  if (output == NULL || !(g_str_has_suffix (output, ".png") || g_str_has_suffix (output, ".svg")))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("plot needs -o with a name that ends in .png or .svg"));
      return CLI_TROUBLE;
    }
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL || !cli_find_variable (manifest, words[0], words[1], &index, error))
    return CLI_TROUBLE;
  source = assay_manifest_dup_source (manifest, index, error);
  if (source == NULL)
    {
      g_prefix_error (error, "%s: %s: ", words[0], words[1]);
      return CLI_TROUBLE;
    }
  path = assay_manifest_dup_variable_path (manifest, index);
  shape = assay_shape_to_display (assay_source_get_rank (source), assay_source_get_shape (source));
  title = g_strdup_printf ("%s  %s  %s", path, assay_source_get_dtype_name (source), shape);
  if (!assay_plot_write (source, histogram ? ASSAY_PLOT_HISTOGRAM : ASSAY_PLOT_HEAT_MAP, title, output, NULL, error))
    return CLI_TROUBLE;
  if (options.json)
    {
      fputs ("{\"written\": ", stdout);
      json_print_string (output);
      fputs ("}\n", stdout);
    }
  return CLI_FINE;
}

const CliCommand cli_plot_command = {
  "plot",
  N_ ("Draws a variable: heat map or histogram"),
  "MODEL NAME",
  "Examples:\n  assay-cli plot model.h5 conv/kernel -o kernel.png\n  assay-cli plot model.h5 dense/kernel --histogram -o dense.svg",
  plot_run,
};
