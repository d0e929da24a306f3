/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A document of a model that is in no file: its manifest is made here, its values are in memory. Everything else (tree, views, edits,
 * undo, Save As, comparing) is as for any document. */

#include "document-private.h"

#include <glib/gi18n-lib.h>

AssayDocument *
assay_document_new_live (void)
{
  static guint   n_made;
  AssayDocument *self = g_object_new (ASSAY_TYPE_DOCUMENT, NULL);
  g_autoptr (AssayManifest) nothing = assay_manifest_new ();

  self->live = ++n_made;
  assay_document_take_manifest (self, nothing, "");
  assay_document_set_live_name (self, _ ("New Model"));
  return self;
}

gboolean
assay_document_is_live (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  return self->live > 0;
}

void
assay_document_set_live_name (AssayDocument *self, const char *name)
{
  g_autofree char *base = g_strdelimit (g_strdup (name), "/", '_');

  g_free (self->path);
  self->path = g_strdup_printf ("model-%u/%s", self->live, base);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_PATH);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_TITLE);
}

void
assay_document_put_live (AssayDocument *self, guint32 variable, AssaySource *source)
{
  assay_manifest_set_memory (self->manifest, variable, source);
  /* What a step was made on must outlive a save, so there is always a source. */
  g_hash_table_insert (self->current, GUINT_TO_POINTER (variable), g_object_ref (source));
}

void
assay_document_live_grew (AssayDocument *self)
{
  assay_document_manifest_grew (self);
  if (self->state != ASSAY_DOCUMENT_READY)
    assay_document_set_state (self, ASSAY_DOCUMENT_READY, NULL);
  assay_document_want_all_statistics (self);
}

void
assay_document_live_saved (AssayDocument *self, guint position, GPtrArray *sources)
{
  for (guint i = 0; i < sources->len; i++)
    assay_manifest_set_memory (self->manifest, i, sources->pdata[i]);
  assay_history_mark_saved_at (self->history, position);
  assay_document_update_all_marks (self);
  assay_document_history_changed (self);
}
