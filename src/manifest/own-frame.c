/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Manifests of models that are in no file. Their frames are checked as any. */

#include "frame-private.h"

static guint16 *
list_depths (AssayManifest *self)
{
  guint32  n = assay_manifest_get_n_modules (self);
  guint16 *depths = g_new0 (guint16, n + 1);

  for (guint32 i = 0; i < n; i++)
    {
      AssayManifestModule module;

      assay_manifest_get_module (self, i, &module);
      depths[i] = module.parent < i ? depths[module.parent] + 1 : 0;
    }
  return depths;
}

gboolean
assay_manifest_append_own (AssayManifest *self, GVariant *variant, GError **error)
{
  g_autofree guint16 *depths = list_depths (self);
  AssayFrameLimits    limits = { .n_modules = assay_manifest_get_n_modules (self), .module_depths = depths, .n_variables = assay_manifest_get_n_variables (self) };
  AssayManifestFrame *frame = assay_manifest_frame_check (g_variant_ref_sink (variant), &limits, error);

  if (frame == NULL)
    return FALSE;
  assay_manifest_append (self, frame);
  return TRUE;
}
