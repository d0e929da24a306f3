/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli stats: statistics of each variable. */

#include "cli-private.h"

#include <assay/statistics.h>
#include <glib/gi18n-lib.h>

static const char *const quantile_names[] = { "0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99" };

static void
print_json_fields (const AssayStatistics *s)
{
  gboolean first = FALSE;
  const struct
  {
    const char *name;
    double      value;
  } numbers[] = { { "min", s->min }, { "max", s->max }, { "mean", s->mean }, { "std", s->std }, { "l1", s->l1 }, { "l2", s->l2 } };

  printf (", \"n\": %" G_GUINT64_FORMAT, s->n);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      json_print_key (&first, numbers[i].name);
      json_print_double (numbers[i].value);
    }
  printf (", \"zeros\": %" G_GUINT64_FORMAT ", \"n_nan\": %" G_GUINT64_FORMAT ", \"n_inf\": %" G_GUINT64_FORMAT, s->n_zero,
          s->n_nan, s->n_pos_inf + s->n_neg_inf);
  fputs (", \"quantiles\": {", stdout);
  first = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (quantile_names); i++)
    {
      json_print_key (&first, quantile_names[i]);
      json_print_double (s->quantiles[i]);
    }
  putchar ('}');
}

void
cli_print_statistics_json (const AssayStatistics *statistics)
{
  fputs ("{\"n_finite\": ", stdout);
  printf ("%" G_GUINT64_FORMAT, statistics->n_finite);
  print_json_fields (statistics);
  putchar ('}');
}

static void
print_human (const char *path, const AssayStatistics *s)
{
  printf ("%-48s %12" G_GUINT64_FORMAT "  %12.6g %12.6g %12.6g %12.6g %12.6g %8" G_GUINT64_FORMAT " %6" G_GUINT64_FORMAT
          " %6" G_GUINT64_FORMAT "\n",
          path, s->n, s->min, s->max, s->mean, s->std, s->l2, s->n_zero, s->n_nan, s->n_pos_inf + s->n_neg_inf);
}

/* Prints one variable's line or entry; FALSE with an error if its values can't be read. */
static gboolean
print_variable (AssayManifest *manifest, guint32 index, const char *path, const CliOptions *options, AssayJob *job, gboolean *first, GError **error)
{
  AssayManifestVariable variable;
  g_autoptr (AssaySource) source = assay_manifest_dup_source (manifest, index, error);
  g_autoptr (AssayStatistics) statistics = source ? assay_statistics_compute (source, options->n_threads, job, error) : NULL;

  if (statistics == NULL)
    return FALSE;
  assay_manifest_get_variable (manifest, index, &variable);
  if (!options->json)
    {
      print_human (path, statistics);
      return TRUE;
    }
  fputs (*first ? "{\"path\": " : ",\n{\"path\": ", stdout);
  *first = FALSE;
  json_print_string (path);
  fputs (", \"key\": ", stdout);
  json_print_string (variable.key);
  print_json_fields (statistics);
  putchar ('}');
  return TRUE;
}

static gboolean
print_all (AssayManifest *manifest, const char *pattern, const CliOptions *options, AssayJob *job, GError **error)
{
  guint32  n = assay_manifest_get_n_variables (manifest);
  gboolean first = TRUE;

  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestVariable variable;
      g_autofree char      *path = assay_manifest_dup_variable_path (manifest, i);
      g_autoptr (GError) local_error = NULL;

      assay_manifest_get_variable (manifest, i, &variable);
      if (!cli_matches (pattern, path) || !assay_dtype_is_numeric (variable.dtype) || (variable.flags & ASSAY_FLAG_EMPTY))
        continue;
      assay_job_set_fraction (job, i / (double) n);
      cli_progress_tick (job);
      if (print_variable (manifest, i, path, options, NULL, &first, &local_error))
        continue;
      if (variable.reason == NULL)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&local_error), "%s: ", path);
          return FALSE;
        }
      fprintf (stderr, _ ("warning: %s: %s\n"), path, variable.reason);
    }
  return TRUE;
}

static int
stats_run (int argc, char **argv, GError **error)
{
  CliOptions options;
  g_auto (GStrv) words = NULL;
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayJob) job = NULL;
  gboolean done;

  if (!cli_parse (&cli_stats_command, NULL, argc, argv, 1, 2, &options, &words, error))
    return CLI_TROUBLE;
  manifest = cli_open (words[0], &options, error);
  if (manifest == NULL)
    return CLI_TROUBLE;
  job = cli_progress_new (_ ("Statistics"), &options);
  if (options.json)
    fputs ("{\"variables\": [", stdout);
  else
    printf ("%-48s %12s  %12s %12s %12s %12s %12s %8s %6s %6s\n", _ ("variable"), "n", "min", "max", "mean", "std", "L2", _ ("zeros"),
            "NaN", "Inf");
  done = print_all (manifest, words[1], &options, job, error);
  cli_progress_end (job);
  if (options.json)
    fputs ("]}\n", stdout);
  return done ? CLI_FINE : CLI_TROUBLE;
}

const CliCommand cli_stats_command = {
  "stats",
  N_ ("Minimum, maximum, mean, quantiles… of each variable"),
  "MODEL [PATTERN]",
  "Examples:\n  assay-cli stats model.h5\n  assay-cli stats model.safetensors 'encoder/*' --json",
  stats_run,
};
