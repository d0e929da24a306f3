/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Saved models: values and all operations; what is loaded needs no source code. As tf.saved_model. */

#pragma once

#include <assay/module.h>
#include <assay/runnable.h>

G_BEGIN_DECLS

/**
 * AssaySignature:
 * @name: what it is called, such as "serving_default"
 * @dtype: the input's dtype
 * @shape: the input's shape; unknown dimensions allowed
 *
 * What a module shall be callable with once it is loaded.
 */
typedef struct
{
  const char       *name;
  AssayDtype        dtype;
  AssayPartialShape shape;
} AssaySignature;

/**
 * assay_saved_model_save:
 * @module: a module
 * @path: a name; ".h5" is added unless it ends so
 * @signatures: (array length=n_signatures) (nullable): what it shall be callable with; by default the shapes it was called with so far
 *   (of a layer with any batch size)
 * @n_signatures: how many
 * @error: return location for an error
 *
 * Writes variables, all other attributes, and the module's `call` traced for each signature. As tf.saved_model.save, but also for
 * modules without tf.function. Blocks.
 *
 * Returns: whether it is written
 */
gboolean assay_saved_model_save (AssayModule *module, const char *path, const AssaySignature *signatures, guint n_signatures, GError **error);

/**
 * assay_saved_model_load:
 * @path: what was given to assay_saved_model_save()
 * @error: return location for an error
 *
 * Makes a `_UserObject` of a saved model: attributes and functions are those of the original, the class is not, even if it is known.
 * It can be called, changed, saved again, and restored into. Of a SavedModel of TensorFlow's (@path is its folder) it has the variables
 * and the names that lead to them; one without functions says that there is nothing to call. Blocks.
 *
 * Returns: (transfer full): the object
 */
AssayModule *assay_saved_model_load (const char *path, GError **error);

#define ASSAY_TYPE_USER_OBJECT (assay_user_object_get_type ())
G_DECLARE_FINAL_TYPE (AssayUserObject, assay_user_object, ASSAY, USER_OBJECT, AssayModule)

/**
 * assay_user_object_get_runnable:
 *
 * Returns: (transfer none): its signatures and functions; an object inside another has none
 */
AssayRunnable *assay_user_object_get_runnable (AssayUserObject *self);

G_END_DECLS
