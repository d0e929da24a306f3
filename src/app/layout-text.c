/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "layout-text-private.h"

#include "numbers-private.h"

#include <glib/gi18n-lib.h>

static const char *const kinds[ASSAY_N_LAYOUTS] = {
  [ASSAY_LAYOUT_NONE] = N_ ("out of reach"),
  [ASSAY_LAYOUT_RAW] = N_ ("in one piece"),
  [ASSAY_LAYOUT_FORTRAN] = N_ ("in one piece, column by column"),
  [ASSAY_LAYOUT_DEFLATED] = N_ ("compressed"),
  [ASSAY_LAYOUT_DEFLATED_FORTRAN] = N_ ("compressed, column by column"),
  [ASSAY_LAYOUT_CHUNKED] = N_ ("in chunks"),
  [ASSAY_LAYOUT_PIECES] = N_ ("in pieces"),
  [ASSAY_LAYOUT_INLINE] = N_ ("among the file’s own structures"),
  [ASSAY_LAYOUT_FILL] = N_ ("never written: every value is the same"),
  [ASSAY_LAYOUT_STRINGS] = N_ ("as strings of their own lengths"),
};

char *
assay_layout_text (AssayManifest *manifest, guint32 variable)
{
  AssayLayout      layout;
  GString         *text;
  g_autofree char *offset = NULL;
  g_autoptr (AssaySource) memory = assay_manifest_dup_memory (manifest, variable);

  if (memory != NULL)
    return g_strdup (_ ("in memory"));
  assay_manifest_get_layout (manifest, variable, &layout);
  text = g_string_new (_ (kinds[layout.kind]));
  if (layout.kind >= ASSAY_LAYOUT_RAW && layout.kind <= ASSAY_LAYOUT_DEFLATED_FORTRAN)
    {
      offset = assay_count_text (layout.offset);
      g_string_append_printf (text, _ (", from byte %s on"), offset);
    }
  if (layout.big_endian)
    g_string_append (text, _ (", big-endian"));
  return g_string_free (text, FALSE);
}
