/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Progress on stderr, only if it is a terminal. */

#include "cli-private.h"

#include <unistd.h>

#define BAR 24

AssayJob *
cli_progress_new (const char *title, const CliOptions *options)
{
  AssayJob *job = assay_job_new (title);

  if (!options->quiet && isatty (STDERR_FILENO))
    g_object_set_data (G_OBJECT (job), "shown", GINT_TO_POINTER (TRUE));
  return job;
}

void
cli_progress_tick (AssayJob *job)
{
  static gint64 last;
  gint64        now = g_get_monotonic_time ();
  int           n = assay_job_get_fraction (job) * BAR;

  if (g_object_get_data (G_OBJECT (job), "shown") == NULL || now - last < G_TIME_SPAN_SECOND / 10)
    return;
  last = now;
  fprintf (stderr, "\r%s [%.*s%.*s]\033[K", assay_job_get_title (job), n, "########################", BAR - n,
           "........................");
  fflush (stderr);
}

void
cli_progress_end (AssayJob *job)
{
  if (g_object_get_data (G_OBJECT (job), "shown") != NULL)
    {
      fprintf (stderr, "\r\033[K");
      fflush (stderr);
    }
}
