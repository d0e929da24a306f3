/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli convert: a model in another format. */

#include "cli-private.h"

#include <assay/save.h>
#include <glib/gi18n-lib.h>

static void
tick_cb (AssayJob *job, GParamSpec *pspec, gpointer data)
{
  cli_progress_tick (job);
}

static int
convert_run (int argc, char **argv, GError **error)
{
  CliOptions options;
  gboolean   checkpoint_only = FALSE;
  int        deflate = 0;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayJob) job = NULL;
  g_autoptr (GVariant) settings = NULL;
  const AssayWriter *writer;
  guint              n_written = 0;
  const GOptionEntry entries[] = {
    { "checkpoint-only", 0, 0, G_OPTION_ARG_NONE, &checkpoint_only, N_ ("Only values (all that there is for now)"), NULL },
    { "deflate", 0, 0, G_OPTION_ARG_INT, &deflate, N_ ("Compress, 1 to 9, where the format can"), N_ ("LEVEL") },
    { NULL },
  };

  if (!cli_parse (&cli_convert_command, entries, argc, argv, 2, 2, &options, &words, error))
    return CLI_TROUBLE;
  writer = assay_writers_find (words[1]);
  if (writer == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   _ ("“%s” names no format that can be written: .h5, .weights.h5, .safetensors, .npz or .index"), words[1]);
      return CLI_TROUBLE;
    }
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL)
    return CLI_TROUBLE;
  job = cli_progress_new (_ ("Converting"), &options);
  g_signal_connect (job, "notify::fraction", G_CALLBACK (tick_cb), NULL);
  settings = g_variant_ref_sink (g_variant_new_parsed ("{'deflate': <%i>}", deflate));
  if (!assay_convert (manifest, NULL, 0, writer, words[1], settings, job, &n_written, error))
    return CLI_TROUBLE;
  cli_progress_end (job);
  if (options.json)
    {
      fputs ("{\"written\": ", stdout);
      json_print_string (words[1]);
      printf (", \"changed\": %u}\n", n_written);
    }
  else if (!options.quiet)
    printf (_ ("%s: %u variables\n"), words[1], n_written);
  return CLI_FINE;
}

const CliCommand cli_convert_command = {
  "convert",
  N_ ("Writes a model in the format that the new name says"),
  "IN OUT",
  "Examples:\n  assay-cli convert model.keras model.safetensors\n  assay-cli convert checkpoints/ckpt-5 ckpt.h5 --deflate 4",
  convert_run,
};
