/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "assay-config.h"
#include "cli-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static gboolean
choose_color (const char *when, gboolean *color, GError **error)
{
  if (when == NULL || strcmp (when, "auto") == 0)
    *color = isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL;
  else if (strcmp (when, "always") == 0 || strcmp (when, "never") == 0)
    *color = when[0] == 'a';
  else
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--color takes auto, always or never, not “%s”"), when);
      return FALSE;
    }
  return TRUE;
}

static void
print_version_and_exit (void)
{
  g_print ("assay-cli %s\n", ASSAY_VERSION);
  exit (CLI_FINE);
}

/* "-0.5", "-x" and "-inf" are values and formulas, not options: their minus is written as the typographical one, which formulas and
 * values know. */
static char *
dup_argument (const char *argument)
{
  if (argument[0] == '-' && (g_ascii_isdigit (argument[1]) || argument[1] == '.' || argument[1] == 'x' || argument[1] == '(' ||
                             g_str_has_prefix (argument + 1, "inf") || g_str_has_prefix (argument + 1, "nan")))
    return g_strconcat ("−", argument + 1, NULL);
  return g_strdup (argument);
}

gboolean
cli_parse (const CliCommand   *command,
           const GOptionEntry *entries,
           int                 argc,
           char              **argv,
           guint               min,
           guint               max,
           CliOptions         *options,
           char             ***words,
           GError            **error)
{
  g_autofree char   *color = NULL;
  gboolean           version = FALSE;
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, N_ ("One JSON document on stdout"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, N_ ("No progress"), NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &color, N_ ("auto, always or never"), N_ ("WHEN") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->n_threads, N_ ("How many threads may work"), "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_ ("Print the version"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_auto (GStrv) args = g_new0 (char *, argc + 1);
  guint n_words;

  memset (options, 0, sizeof *options);
  for (int i = 0; i < argc; i++)
    args[i] = i == 0 ? g_strdup_printf ("assay-cli %s", argv[0]) : dup_argument (argv[i]);
  g_set_prgname (args[0]);
  g_option_context_set_summary (context, _ (command->summary));
  g_option_context_set_description (context, command->examples);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &args, error))
    return FALSE;
  if (version)
    print_version_and_exit ();
  for (guint i = 1; args[i] != NULL; i++)
    if (strcmp (args[i], "--") == 0)
      {
        g_free (args[i]);
        memmove (args + i, args + i + 1, (g_strv_length (args + i + 1) + 1) * sizeof *args);
        break;
      }
  n_words = g_strv_length (args) - 1;
  if (n_words < min || n_words > max)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“assay-cli %s” takes %s; see “assay-cli %s --help”"), argv[0],
                   command->arguments, argv[0]);
      return FALSE;
    }
  if (options->n_threads < 0 || options->n_threads > 1024)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("--threads takes a number from 0 to 1024, not %d"), options->n_threads);
      return FALSE;
    }
  *words = g_strdupv (args + 1);
  return choose_color (color, &options->color, error);
}
