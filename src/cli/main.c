/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-cli: one program, a table of commands. */

#include "assay-config.h"
#include "cli-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const CliCommand *const commands[] = {
  &cli_ls_command,
  &cli_show_command,
  &cli_stats_command,
  &cli_diff_command,
  &cli_set_command,
  &cli_convert_command,
  &cli_plot_command,
  &cli_run_command,
  &cli_graph_command,
};

static void
print_help (void)
{
  g_print (_ ("Usage: assay-cli COMMAND [OPTION…] …\n\nLooks into machine-learning models, changes and converts them.\n\nCommands:\n"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-8s %s\n", commands[i]->name, _ (commands[i]->summary));
  g_print (_ ("\n“assay-cli COMMAND --help” tells of one command. Exit: 0 fine, 1 findings or differences, 2 trouble.\n"));
}

static const CliCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  return NULL;
}

/* Errors are one sentence on stderr: line breaks inside a message become blanks. */
static int
report (GError *error)
{
  g_strdelimit (error->message, "\n\r", ' ');
  fprintf (stderr, "assay-cli: %s\n", error->message);
  return CLI_TROUBLE;
}

int
main (int argc, char **argv)
{
  const CliCommand *command;
  g_autoptr (GError) error = NULL;
  int code;

  /* A file beyond the limit is an error to be told, not a signal to die of. */
  signal (SIGXFSZ, SIG_IGN);
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  bindtextdomain (GETTEXT_PACKAGE, ASSAY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (argc >= 2 && strcmp (argv[1], "--version") == 0)
    {
      g_print ("assay-cli %s\n", ASSAY_VERSION);
      return CLI_FINE;
    }
  if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return argc < 2 ? CLI_TROUBLE : CLI_FINE;
    }
  command = find_command (argv[1]);
  if (command == NULL)
    {
      fprintf (stderr, _ ("assay-cli: There is no command “%s”; “assay-cli --help” lists them\n"), argv[1]);
      return CLI_TROUBLE;
    }
  setvbuf (stdout, NULL, isatty (STDOUT_FILENO) ? _IOLBF : _IOFBF, 1 << 16);
  code = command->run (argc - 1, argv + 1, &error);
  if (error != NULL)
    return report (error);
  if (fflush (stdout) != 0)
    {
      fprintf (stderr, _ ("assay-cli: Can’t write the output: %s\n"), g_strerror (errno));
      return CLI_TROUBLE;
    }
  return code;
}
