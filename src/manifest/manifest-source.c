/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From a variable's layout to a source: the one place that knows all kinds. */

#include "extent-source-private.h"

#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/packing.h>
#include <assay/reader-session.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Inline values are small: turn them round and unpack them at once. */
static AssaySource *
inline_source_new (const AssayManifestVariable *variable, const AssayLayout *layout)
{
  gsize   n_bytes = variable->n_elements * variable->item_size;
  guint   bits = assay_dtype_get_info (variable->dtype)->bits;
  guint8 *values = g_malloc (MAX (n_bytes, 1));
  g_autoptr (GBytes) bytes = g_bytes_new_take (values, n_bytes);

  if (layout->n_inline_bytes < n_bytes)
    assay_unpack_elements (values, layout->inline_bytes, bits, 0, variable->n_elements);
  else
    memcpy (values, layout->inline_bytes, n_bytes);
  if (layout->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN))
    assay_swap_elements (values, n_bytes, assay_dtype_get_info (variable->dtype)->swap_size);
  return assay_memory_source_new_for_bytes (variable->dtype, variable->item_size, variable->dtype_name, variable->rank,
                                            variable->shape, bytes);
}

AssaySource *
assay_manifest_dup_source (AssayManifest *self, guint32 index, GError **error)
{
  AssayManifestVariable variable;
  AssayLayout           layout;

  AssaySource *memory;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (self), NULL);
  memory = assay_manifest_dup_memory (self, index);
  if (memory != NULL)
    return memory;
  assay_manifest_get_variable (self, index, &variable);
  assay_manifest_get_layout (self, index, &layout);
  switch (layout.kind)
    {
    case ASSAY_LAYOUT_RAW:
    case ASSAY_LAYOUT_FORTRAN:
    case ASSAY_LAYOUT_DEFLATED:
    case ASSAY_LAYOUT_DEFLATED_FORTRAN:
      return assay_extent_source_new (&variable, &layout, assay_manifest_get_file (self, layout.file));
    case ASSAY_LAYOUT_CHUNKED:
      return assay_chunked_source_new (self, index, &variable, &layout, assay_manifest_get_file (self, layout.file));
    case ASSAY_LAYOUT_PIECES:
      return assay_pieces_source_new (self, &variable, &layout);
    case ASSAY_LAYOUT_INLINE:
      return inline_source_new (&variable, &layout);
    case ASSAY_LAYOUT_FILL:
      return assay_fill_source_new (&variable, &layout);
    case ASSAY_LAYOUT_STRINGS:
      return assay_strings_source_new (self, index, &variable);
    case ASSAY_LAYOUT_NONE:
    case ASSAY_N_LAYOUTS:
    default:
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "%s",
                   variable.reason ? variable.reason : _ ("This variable has no values"));
      return NULL;
    }
}
