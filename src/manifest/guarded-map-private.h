/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Maps of files that survive a file cut short: the missing pages read as zeros, and the map says so afterwards. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const guint8 *data; /* the first byte asked for */
  /*< private >*/
  void *start; /* of the pages */
  gsize length;
  int   slot;
} AssayGuardedMap;

/**
 * assay_guarded_map_open:
 * @fd: a regular file
 * @offset: the first byte
 * @n_bytes: how many, at least 1
 * @map: (out): the map
 *
 * Maps a piece of a file for reading. Any thread. The first call in a process installs a SIGBUS handler, which passes on
 * what isn't ours.
 *
 * Returns: %FALSE if it can't be mapped (no memory, no slot left): read it instead
 */
gboolean assay_guarded_map_open (int fd, guint64 offset, gsize n_bytes, AssayGuardedMap *map);

/**
 * assay_guarded_map_close:
 * @map: the map
 *
 * Returns: whether all pages that were touched were there
 */
gboolean assay_guarded_map_close (AssayGuardedMap *map);

G_END_DECLS
