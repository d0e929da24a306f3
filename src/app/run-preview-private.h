/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A look at the file of an input before it is run: what is in it, and of a picture what the model gets to see. */

#pragma once

#include <assay/input-recipe.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AssayRunPreview:
 * @texture: (nullable): of a picture, in the model's size and colours, enlarged if it is small
 * @facts: a line for the user
 *
 * What is known of a file.
 */
typedef struct
{
  GdkTexture *texture;
  char       *facts;
} AssayRunPreview;

/**
 * assay_run_preview_free:
 *
 * Frees a preview.
 */
void assay_run_preview_free (AssayRunPreview *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayRunPreview, assay_run_preview_free)

/**
 * assay_run_preview_async:
 * @object: whose task it is
 * @spec: what the input has to be
 * @name: what it is called
 * @recipe: of way `FILE` or `PICTURE`, with a path
 * @cancellable: ends it
 * @callback: called on the main thread with @object
 *
 * Reads the file in a worker.
 */
void assay_run_preview_async (gpointer                object,
                              const AssayValueSpec   *spec,
                              const char             *name,
                              const AssayInputRecipe *recipe,
                              GCancellable           *cancellable,
                              GAsyncReadyCallback     callback);

/**
 * assay_run_preview_finish:
 *
 * Returns: (transfer full): the preview, or %NULL with @error set if the file won't do
 */
AssayRunPreview *assay_run_preview_finish (GAsyncResult *result, GError **error);

G_END_DECLS
