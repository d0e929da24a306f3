/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/function.h>

struct _AssayLibrary
{
  GObject parent_instance;

  GHashTable *by_name; /* char * → AssayFunction; the names belong to the functions */
  GPtrArray  *functions;
};

G_DEFINE_FINAL_TYPE (AssayLibrary, assay_library, G_TYPE_OBJECT)

static void
assay_library_finalize (GObject *object)
{
  AssayLibrary *self = ASSAY_LIBRARY (object);

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->functions);
  G_OBJECT_CLASS (assay_library_parent_class)->finalize (object);
}

static void
assay_library_class_init (AssayLibraryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_library_finalize;
}

static void
assay_library_init (AssayLibrary *self)
{
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->functions = g_ptr_array_new_with_free_func (g_object_unref);
}

AssayLibrary *
assay_library_new (void)
{
  return g_object_new (ASSAY_TYPE_LIBRARY, NULL);
}

void
assay_library_add (AssayLibrary *self, AssayFunction *function)
{
  AssayFunction *old = assay_library_get (self, assay_function_get_name (function));

  if (old == function)
    return;
  g_hash_table_replace (self->by_name, (gpointer) assay_function_get_name (function), function);
  g_ptr_array_add (self->functions, g_object_ref (function));
  if (old != NULL)
    g_ptr_array_remove (self->functions, old);
}

AssayFunction *
assay_library_get (AssayLibrary *self, const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}

GPtrArray *
assay_library_list (AssayLibrary *self)
{
  return g_ptr_array_copy (self->functions, (GCopyFunc) g_object_ref, NULL);
}

char *
assay_library_make_name (AssayLibrary *self, const char *base)
{
  if (assay_library_get (self, base) == NULL)
    return g_strdup (base);
  for (guint n = 1;; n++)
    {
      g_autofree char *name = g_strdup_printf ("%s_%u", base, n);

      if (assay_library_get (self, name) == NULL)
        return g_steal_pointer (&name);
    }
}
