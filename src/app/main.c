/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The desktop program. */

#include "assay-config.h"

#include "application-private.h"

#include <glib/gi18n-lib.h>

#include <locale.h>
#include <signal.h>

int
main (int argc, char **argv)
{
  g_autoptr (AssayApplication) application = NULL;

  /* A file beyond the limit is an error to be told, not a signal to die of. */
  signal (SIGXFSZ, SIG_IGN);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, ASSAY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Assay"));
  application = assay_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
