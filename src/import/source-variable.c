/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A variable whose values are in a file, or in edits over it: read when a run needs them, kept until they change. */

#include <assay/memory-source.h>

#include "import-private.h"

#define ASSAY_TYPE_SOURCE_VARIABLE (assay_source_variable_get_type ())
G_DECLARE_FINAL_TYPE (AssaySourceVariable, assay_source_variable, ASSAY, SOURCE_VARIABLE, AssayResource)

struct _AssaySourceVariable
{
  AssayResource parent_instance;

  AssayImportContext *context;
  guint32             variable;
  GMutex              mutex;
  AssaySource        *source; /* what @tensor was read from */
  AssayTensor        *tensor;
};

G_DEFINE_FINAL_TYPE (AssaySourceVariable, assay_source_variable, ASSAY_TYPE_RESOURCE)

static AssayTensor *
assay_source_variable_dup_tensor (AssayResource *resource, GCancellable *cancellable, GError **error)
{
  AssaySourceVariable *self = ASSAY_SOURCE_VARIABLE (resource);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (AssaySource) source = NULL;
  AssayTensor *tensor;

  if (self->tensor != NULL && !assay_import_context_has_edits (self->context))
    return assay_tensor_ref (self->tensor);
  source = assay_import_context_dup_source (self->context, self->variable, error);
  if (source == NULL)
    return NULL;
  if (source != self->source || self->tensor == NULL)
    {
      tensor = assay_source_read_tensor (source, cancellable, error);
      if (tensor == NULL)
        {
          g_prefix_error (error, "%s: ", assay_resource_get_name (resource));
          return NULL;
        }
      g_clear_pointer (&self->tensor, assay_tensor_unref);
      g_set_object (&self->source, source);
      self->tensor = tensor;
    }
  return assay_tensor_ref (self->tensor);
}

static void
assay_source_variable_finalize (GObject *object)
{
  AssaySourceVariable *self = ASSAY_SOURCE_VARIABLE (object);

  g_clear_pointer (&self->tensor, assay_tensor_unref);
  g_clear_object (&self->source);
  g_clear_pointer (&self->context, assay_import_context_unref);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (assay_source_variable_parent_class)->finalize (object);
}

static void
assay_source_variable_class_init (AssaySourceVariableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_source_variable_finalize;
  ASSAY_RESOURCE_CLASS (klass)->dup_tensor = assay_source_variable_dup_tensor;
}

static void
assay_source_variable_init (AssaySourceVariable *self)
{
  g_mutex_init (&self->mutex);
}

AssayResource *
assay_import_variable (AssayImportContext *context, guint32 variable, GError **error)
{
  AssaySourceVariable  *self;
  AssayManifestVariable facts;
  AssayPartialShape     shape;
  g_autofree char      *path = assay_manifest_dup_variable_path (assay_import_context_get_manifest (context), variable);

  assay_manifest_get_variable (assay_import_context_get_manifest (context), variable, &facts);
  shape.rank = facts.rank;
  if (facts.rank > ASSAY_GRAPH_MAX_RANK || facts.dtype == ASSAY_DTYPE_STRING)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Variable %s can't be used in a run: it is %s of rank %u.", path, facts.dtype_name, facts.rank);
      return NULL;
    }
  for (guint i = 0; i < facts.rank; i++)
    shape.dims[i] = facts.shape[i];
  self = g_object_new (ASSAY_TYPE_SOURCE_VARIABLE, NULL);
  self->context = assay_import_context_ref (context);
  self->variable = variable;
  assay_resource_init_facts (ASSAY_RESOURCE (self), path, facts.dtype, &shape);
  return ASSAY_RESOURCE (self);
}
