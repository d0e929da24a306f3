/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A resource: something with a value that can change, which a graph holds by a handle. Variables are resources. */

#pragma once

#include <assay/partial-shape.h>
#include <assay/tensor.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define ASSAY_TYPE_RESOURCE (assay_resource_get_type ())
G_DECLARE_DERIVABLE_TYPE (AssayResource, assay_resource, ASSAY, RESOURCE, GObject)

/**
 * AssayResourceClass:
 * @dup_tensor: the value now. May be called in any thread, and may block (a value that lies in a file).
 * @assign: a new value of the same dtype and a fitting shape; %NULL if it can't be assigned to
 */
struct _AssayResourceClass
{
  GObjectClass parent_class;

  AssayTensor *(*dup_tensor) (AssayResource *self, GCancellable *cancellable, GError **error);
  gboolean (*assign) (AssayResource *self, AssayTensor *tensor, GError **error);

  gpointer padding[6];
};

/**
 * assay_resource_init_facts:
 * @name: what messages call it, as in "dense/kernel"
 * @dtype: the dtype of its value
 * @shape: the shape of its value, as far as it is fixed
 *
 * For subclasses: says what it is, once.
 */
void assay_resource_init_facts (AssayResource *self, const char *name, AssayDtype dtype, const AssayPartialShape *shape);

/**
 * assay_resource_get_name:
 *
 * Returns: (transfer none): its name
 */
const char *assay_resource_get_name (AssayResource *self);

/**
 * assay_resource_get_dtype:
 *
 * Returns: the dtype of its value
 */
AssayDtype assay_resource_get_dtype (AssayResource *self);

/**
 * assay_resource_get_shape:
 *
 * Returns: (transfer none): the shape of its value, as far as it is fixed
 */
const AssayPartialShape *assay_resource_get_shape (AssayResource *self);

/**
 * assay_resource_dup_tensor:
 * @cancellable: (nullable): asked now and then
 * @error: return location for an error
 *
 * Any thread may call this; it may block while values are read from a file.
 *
 * Returns: (transfer full): the value now, or %NULL with @error set
 */
AssayTensor *assay_resource_dup_tensor (AssayResource *self, GCancellable *cancellable, GError **error);

/**
 * assay_resource_assign:
 * @tensor: the new value
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_SHAPE` or `ASSAY_ERROR_DTYPE` if it doesn't fit (TensorFlow's sentence), `ASSAY_ERROR_UNSUPPORTED` if
 * the resource can't be assigned to.
 *
 * Returns: whether it has the new value
 */
gboolean assay_resource_assign (AssayResource *self, AssayTensor *tensor, GError **error);

G_END_DECLS
