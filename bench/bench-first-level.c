/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long it takes until a model's first level is known, and until all of it is: what a window waits for before it can draw a tree.
 *     bench-first-level MODEL [START]
 * START is when the command was started, in seconds of CLOCK_MONOTONIC, so that starting counts; else main() is the start. */

#include <assay/reader-session.h>
#include <stdio.h>
#include <stdlib.h>

static double
now (void)
{
  return g_get_monotonic_time () / 1e6;
}

int
main (int argc, char **argv)
{
  double start = argc > 2 ? g_ascii_strtod (argv[2], NULL) : now (), first = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (AssayReaderSession) session = argc > 1 ? assay_reader_session_new (argv[1], &error) : NULL;
  AssayManifest *manifest;

  if (session == NULL)
    {
      fprintf (stderr, "bench-first-level: %s\n", error ? error->message : "which model?");
      return 2;
    }
  manifest = assay_reader_session_get_manifest (session);
  for (;;)
    {
      AssayManifestFrame *frame = assay_reader_session_next (session, NULL, &error);

      if (frame == NULL)
        break;
      assay_manifest_append (manifest, frame);
      if (first == 0 && assay_manifest_get_n_modules (manifest) + assay_manifest_get_n_variables (manifest) > 1)
        first = now () - start;
    }
  if (error != NULL)
    {
      fprintf (stderr, "bench-first-level: %s\n", error->message);
      return 2;
    }
  printf ("%.4f %.4f %u %u\n", first, now () - start, assay_manifest_get_n_modules (manifest), assay_manifest_get_n_variables (manifest));
  return 0;
}
