/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extent-source-private.h"

#include <assay/error.h>
#include <assay/reader-session.h>

struct _AssayStringsSource
{
  AssaySource    parent_instance;
  AssayManifest *manifest;
  guint32        index;
};

G_DEFINE_FINAL_TYPE (AssayStringsSource, assay_strings_source, ASSAY_TYPE_SOURCE)

/* Asks for the runs that the box consists of, one after the other. */
static gboolean
strings_source_read_strings (AssaySource   *source,
                             const guint64 *start,
                             const guint64 *count,
                             GPtrArray     *out,
                             GCancellable  *cancellable,
                             GError       **error)
{
  AssayStringsSource *self = ASSAY_STRINGS_SOURCE (source);
  guint               rank = assay_source_get_rank (source);
  const guint64      *shape = assay_source_get_shape (source);
  guint64             run = rank ? count[rank - 1] : 1, n = 1, index[ASSAY_MAX_RANK], outer[ASSAY_MAX_RANK];

  for (guint i = 0; i < rank; i++)
    {
      outer[i] = i + 1 < rank ? count[i] : 1;
      n *= outer[i];
    }
  for (guint64 k = 0; k < n; k++)
    {
      g_autoptr (GPtrArray) strings = NULL;

      assay_shape_index (rank, outer, k, index);
      for (guint i = 0; i < rank; i++)
        index[i] += start[i];
      strings = assay_manifest_read_strings (self->manifest, self->index, assay_shape_flat (rank, shape, index), run, cancellable, error);
      if (strings == NULL)
        return FALSE;
      g_ptr_array_extend (out, strings, (GCopyFunc) g_bytes_ref, NULL);
    }
  return TRUE;
}

static void
strings_source_finalize (GObject *object)
{
  g_clear_object (&ASSAY_STRINGS_SOURCE (object)->manifest);
  G_OBJECT_CLASS (assay_strings_source_parent_class)->finalize (object);
}

static void
assay_strings_source_class_init (AssayStringsSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = strings_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read_strings = strings_source_read_strings;
}

static void
assay_strings_source_init (AssayStringsSource *self)
{
}

AssaySource *
assay_strings_source_new (AssayManifest *manifest, guint32 index, const AssayManifestVariable *variable)
{
  AssayStringsSource *self = g_object_new (ASSAY_TYPE_STRINGS_SOURCE, NULL);

  assay_source_init_facts (ASSAY_SOURCE (self), variable->dtype, 0, variable->dtype_name, variable->rank, variable->shape);
  self->manifest = g_object_ref (manifest);
  self->index = index;
  return ASSAY_SOURCE (self);
}
