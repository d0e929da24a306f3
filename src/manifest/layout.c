/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/layout.h>

static const char *const names[ASSAY_N_LAYOUTS] = {
  [ASSAY_LAYOUT_NONE] = "none",
  [ASSAY_LAYOUT_RAW] = "contiguous",
  [ASSAY_LAYOUT_FORTRAN] = "column-major",
  [ASSAY_LAYOUT_DEFLATED] = "deflated",
  [ASSAY_LAYOUT_DEFLATED_FORTRAN] = "deflated, column-major",
  [ASSAY_LAYOUT_CHUNKED] = "chunked",
  [ASSAY_LAYOUT_PIECES] = "partitioned",
  [ASSAY_LAYOUT_INLINE] = "compact",
  [ASSAY_LAYOUT_FILL] = "never written",
  [ASSAY_LAYOUT_STRINGS] = "strings",
};

const char *
assay_layout_kind_get_name (AssayLayoutKind kind)
{
  g_return_val_if_fail ((guint) kind < ASSAY_N_LAYOUTS, NULL);
  return names[kind];
}

void
assay_chunk_table_free (AssayChunkTable *table)
{
  if (table == NULL)
    return;
  g_free (table->index);
  g_free (table->offset);
  g_free (table->size);
  g_free (table->mask);
  g_free (table);
}
