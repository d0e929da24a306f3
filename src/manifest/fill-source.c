/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extent-source-private.h"

#include <string.h>

struct _AssayFillSource
{
  AssaySource parent_instance;
  guint8     *element; /* in the machine's order */
  gboolean    is_zero;
};

G_DEFINE_FINAL_TYPE (AssayFillSource, assay_fill_source, ASSAY_TYPE_SOURCE)

static gboolean
fill_source_read (AssaySource   *source,
                  const guint64 *start,
                  const guint64 *count,
                  void          *out,
                  GCancellable  *cancellable,
                  GError       **error)
{
  AssayFillSource *self = ASSAY_FILL_SOURCE (source);
  guint32          item_size = assay_source_get_item_size (source);
  guint64          n = 1;

  for (guint i = 0; i < assay_source_get_rank (source); i++)
    n *= count[i];
  if (self->is_zero)
    memset (out, 0, n * item_size);
  else
    for (guint64 i = 0; i < n; i++)
      memcpy ((guint8 *) out + i * item_size, self->element, item_size);
  return TRUE;
}

static void
fill_source_finalize (GObject *object)
{
  g_free (ASSAY_FILL_SOURCE (object)->element);
  G_OBJECT_CLASS (assay_fill_source_parent_class)->finalize (object);
}

static void
assay_fill_source_class_init (AssayFillSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fill_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = fill_source_read;
}

static void
assay_fill_source_init (AssayFillSource *self)
{
}

AssaySource *
assay_fill_source_new (const AssayManifestVariable *variable, const AssayLayout *layout)
{
  AssayFillSource *self = g_object_new (ASSAY_TYPE_FILL_SOURCE, NULL);

  assay_source_init_facts (ASSAY_SOURCE (self), variable->dtype, variable->item_size, variable->dtype_name, variable->rank,
                           variable->shape);
  self->element = g_malloc0 (MAX (variable->item_size, 1));
  self->is_zero = TRUE;
  if (layout->n_inline_bytes == variable->item_size && variable->item_size > 0)
    {
      memcpy (self->element, layout->inline_bytes, variable->item_size);
      if (layout->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN))
        assay_swap_elements (self->element, variable->item_size, assay_dtype_get_info (variable->dtype)->swap_size);
      for (guint32 i = 0; i < variable->item_size; i++)
        self->is_zero = self->is_zero && self->element[i] == 0;
    }
  return ASSAY_SOURCE (self);
}
