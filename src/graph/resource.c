/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/resource.h>

typedef struct
{
  char             *name;
  AssayDtype        dtype;
  AssayPartialShape shape;
} AssayResourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AssayResource, assay_resource, G_TYPE_OBJECT)

static void
assay_resource_finalize (GObject *object)
{
  AssayResourcePrivate *priv = assay_resource_get_instance_private (ASSAY_RESOURCE (object));

  g_free (priv->name);
  G_OBJECT_CLASS (assay_resource_parent_class)->finalize (object);
}

static void
assay_resource_class_init (AssayResourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_resource_finalize;
}

static void
assay_resource_init (AssayResource *self)
{
}

void
assay_resource_init_facts (AssayResource *self, const char *name, AssayDtype dtype, const AssayPartialShape *shape)
{
  AssayResourcePrivate *priv = assay_resource_get_instance_private (self);

  g_free (priv->name);
  priv->name = g_strdup (name);
  priv->dtype = dtype;
  priv->shape = *shape;
}

const char *
assay_resource_get_name (AssayResource *self)
{
  return ((AssayResourcePrivate *) assay_resource_get_instance_private (self))->name;
}

AssayDtype
assay_resource_get_dtype (AssayResource *self)
{
  return ((AssayResourcePrivate *) assay_resource_get_instance_private (self))->dtype;
}

const AssayPartialShape *
assay_resource_get_shape (AssayResource *self)
{
  return &((AssayResourcePrivate *) assay_resource_get_instance_private (self))->shape;
}

AssayTensor *
assay_resource_dup_tensor (AssayResource *self, GCancellable *cancellable, GError **error)
{
  return ASSAY_RESOURCE_GET_CLASS (self)->dup_tensor (self, cancellable, error);
}

/* What a tensor's shape is as a partial one. */
static AssayPartialShape
shape_of (AssayTensor *tensor)
{
  AssayPartialShape shape = { .rank = assay_tensor_get_rank (tensor) };

  for (int i = 0; i < shape.rank && i < ASSAY_GRAPH_MAX_RANK; i++)
    shape.dims[i] = assay_tensor_get_shape (tensor)[i];
  return shape;
}

gboolean
assay_resource_assign (AssayResource *self, AssayTensor *tensor, GError **error)
{
  AssayResourcePrivate *priv = assay_resource_get_instance_private (self);
  AssayResourceClass   *klass = ASSAY_RESOURCE_GET_CLASS (self);
  AssayPartialShape     shape = shape_of (tensor);

  if (klass->assign == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Variable %s can't be assigned to.", priv->name);
      return FALSE;
    }
  if (assay_tensor_get_dtype (tensor) != priv->dtype)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "Trying to assign variable with wrong dtype. Expected %s got %s",
                   assay_dtype_get_info (priv->dtype)->name, assay_dtype_get_info (assay_tensor_get_dtype (tensor))->name);
      return FALSE;
    }
  if (!assay_partial_shape_accepts (&priv->shape, &shape))
    {
      g_autofree char *mine = assay_partial_shape_to_tuple (&priv->shape), *theirs = assay_partial_shape_to_tuple (&shape);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE,
                   "Cannot assign value to variable ' %s:0': Shape mismatch.The variable shape %s, and the assigned value shape %s are incompatible.",
                   priv->name, mine, theirs);
      return FALSE;
    }
  return klass->assign (self, tensor, error);
}
