/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* How an input shall be made, without making it: what a user chose, so that a worker can do it. */

#pragma once

#include <assay/run-input.h>

G_BEGIN_DECLS

/**
 * AssayInputWay:
 *
 * Where the values of an input come from.
 */
typedef enum
{
  ASSAY_INPUT_TYPED,
  ASSAY_INPUT_RANDOM,
  ASSAY_INPUT_ZEROS,
  ASSAY_INPUT_ONES,
  ASSAY_INPUT_FILE,
  ASSAY_INPUT_PICTURE,
  ASSAY_N_INPUT_WAYS
} AssayInputWay;

/**
 * AssayInputRecipe:
 * @way: where the values come from
 * @text: (nullable): of `TYPED`: nested lists; of `RANDOM`, `ZEROS`, `ONES`: the shape, numbers with anything between them
 * @seed: of `RANDOM`
 * @path: (nullable): of `FILE` and `PICTURE`
 * @picture: of `PICTURE`
 *
 * What was chosen for one input.
 */
typedef struct
{
  AssayInputWay        way;
  char                *text;
  guint64              seed;
  char                *path;
  AssayPictureSettings picture;
} AssayInputRecipe;

/**
 * assay_input_recipe_copy:
 *
 * Returns: (transfer full): a copy
 */
AssayInputRecipe *assay_input_recipe_copy (const AssayInputRecipe *self);

/**
 * assay_input_recipe_free:
 *
 * Frees a recipe and what it holds.
 */
void assay_input_recipe_free (AssayInputRecipe *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AssayInputRecipe, assay_input_recipe_free)

/**
 * assay_input_recipe_check:
 * @spec: what the input has to be
 * @name: what it is called
 * @error: return location for an error
 *
 * Says what can be said at once: reads no file, and makes nothing but what was typed. Fails as assay_input_check() and
 * assay_input_new_typed() do.
 *
 * Returns: whether it may do
 */
gboolean assay_input_recipe_check (const AssayInputRecipe *self, const AssayValueSpec *spec, const char *name, GError **error);

/**
 * assay_input_recipe_make:
 * @spec: what the input has to be
 * @name: what it is called
 * @cancellable: (nullable): ends it
 * @error: return location for an error
 *
 * Makes the input, and sees that it fits. Blocks; call it in a worker.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 */
AssayValue *assay_input_recipe_make (const AssayInputRecipe *self,
                                     const AssayValueSpec   *spec,
                                     const char             *name,
                                     GCancellable           *cancellable,
                                     GError                **error);

G_END_DECLS
