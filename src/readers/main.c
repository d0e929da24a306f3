/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* assay-reader: reads one model file for the main program, and can do nothing else. */

#include "host-private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../manifest/protocol-private.h"
#include "hdf5-driver-private.h"

/* What opens files on its own is done now, while it still may. */
void
assay_reader_prepare (void)
{
  g_setenv ("TZ", "UTC", TRUE);
  tzset ();
  assay_hdf5_prepare ();
}

int
main (void)
{
  if (fcntl (ASSAY_READER_FD, F_GETFD) < 0)
    {
      g_printerr ("assay-reader is started by Assay, not by hand.\n");
      return 2;
    }
  assay_reader_prepare ();
  _exit (assay_reader_serve (ASSAY_READER_FD));
}
