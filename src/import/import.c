/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The table of importers, and the values they take from a file. */

#include "keras-private.h"

struct _AssayImportContext
{
  gatomicrefcount ref_count;
  AssayManifest  *manifest;
  AssaySourceFunc source;
  gpointer        data;
  GDestroyNotify  destroy;
};

/* A new kind of description is one file and one line here. */
static const AssayImporter *const importers[] = {
  &assay_keras_importer,
  &assay_own_saved_model_importer,
  &assay_saved_model_importer,
};

AssayImportContext *
assay_import_context_ref (AssayImportContext *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_import_context_unref (AssayImportContext *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_object_unref (self->manifest);
  g_free (self);
}

AssayManifest *
assay_import_context_get_manifest (AssayImportContext *self)
{
  return self->manifest;
}

AssaySource *
assay_import_context_dup_source (AssayImportContext *self, guint32 variable, GError **error)
{
  if (self->source == NULL)
    return assay_manifest_dup_source (self->manifest, variable, error);
  return self->source (variable, self->data, error);
}

gboolean
assay_import_context_has_edits (AssayImportContext *self)
{
  return self->source != NULL;
}

AssayImportContext *
assay_import_context_new (AssayManifest *manifest, AssaySourceFunc source, gpointer data, GDestroyNotify destroy)
{
  AssayImportContext *self = g_new0 (AssayImportContext, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->manifest = g_object_ref (manifest);
  self->source = source;
  self->data = data;
  self->destroy = destroy;
  return self;
}

gboolean
assay_import_fits (AssayManifest *manifest)
{
  for (guint i = 0; i < G_N_ELEMENTS (importers); i++)
    if (importers[i]->fits (manifest))
      return TRUE;
  return FALSE;
}

AssayRunnable *
assay_import (AssayManifest *manifest, AssaySourceFunc source, gpointer data, GDestroyNotify destroy, GError **error)
{
  g_autoptr (AssayImportContext) context = assay_import_context_new (manifest, source, data, destroy);

  for (guint i = 0; i < G_N_ELEMENTS (importers); i++)
    if (importers[i]->fits (manifest))
      return importers[i]->import (context, error);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "There is nothing to call in this file: it holds values only (%s).",
               assay_manifest_get_format (manifest));
  return NULL;
}
