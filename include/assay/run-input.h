/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Making the inputs of a run: typed, random, zeros, ones, from a file, from a picture. What the window and the terminal share. */

#pragma once

#include <assay/run-picture.h>
#include <assay/runnable.h>

G_BEGIN_DECLS

/**
 * assay_input_get_spec:
 * @function: a signature's function
 * @index: which input
 * @name: (out) (optional) (transfer none): what it is called
 *
 * Returns: (transfer none): what an input has to be
 */
const AssayValueSpec *assay_input_get_spec (AssayFunction *function, guint index, const char **name);

/**
 * assay_input_suggest_shape:
 * @spec: what an input has to be
 *
 * Returns: the shape with 1 for what isn't known: batches of one
 */
AssayPartialShape assay_input_suggest_shape (const AssayValueSpec *spec);

/**
 * assay_input_check:
 * @spec: what an input has to be
 * @name: what it is called
 * @value: what was made for it
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_SHAPE` or `ASSAY_ERROR_DTYPE`, in Keras' words: "Input 0 of …" is said by @name.
 *
 * Returns: whether @value will do
 */
gboolean assay_input_check (const AssayValueSpec *spec, const char *name, AssayValue *value, GError **error);

/**
 * assay_input_check_shape:
 * @spec: what an input has to be
 * @name: what it is called
 * @shape: a full shape
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_SHAPE`, as assay_input_check() does.
 *
 * Returns: whether a value of that shape would do
 */
gboolean assay_input_check_shape (const AssayValueSpec *spec, const char *name, const AssayPartialShape *shape, GError **error);

/**
 * assay_input_new_typed:
 * @text: numbers in nested lists, as in "[[2, 2, 2]]"; strings in quotes for inputs of strings
 *
 * Returns: (transfer full): a value of the input's dtype, or %NULL with `ASSAY_ERROR_SYNTAX` saying where
 */
AssayValue *assay_input_new_typed (const AssayValueSpec *spec, const char *text, GError **error);

/**
 * assay_input_new_filled:
 * @shape: a full shape
 * @value: for every element
 *
 * Returns: (transfer full): zeros, ones, or any other number
 */
AssayValue *assay_input_new_filled (const AssayValueSpec *spec, const AssayPartialShape *shape, double value, GError **error);

/**
 * assay_input_new_random:
 * @shape: a full shape
 * @seed: the same seed gives the same numbers everywhere
 *
 * Floats are normally distributed; integers are from 0 to 9, bools either.
 *
 * Returns: (transfer full): a value
 */
AssayValue *assay_input_new_random (const AssayValueSpec *spec, const AssayPartialShape *shape, guint64 seed, GError **error);

/**
 * assay_input_new_from_file:
 * @name: the input's name: of an .npz the member of that name, or the only one
 * @path: .npy, .npz or .csv
 * @cancellable: (nullable): ends it
 *
 * Reads a file; numbers are converted to the input's dtype if they fit. A missing batch dimension is added. Blocks.
 *
 * Returns: (transfer full): a value
 */
AssayValue *assay_input_new_from_file (const AssayValueSpec *spec,
                                       const char           *name,
                                       const char           *path,
                                       GCancellable         *cancellable,
                                       GError              **error);

G_END_DECLS
