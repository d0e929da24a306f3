/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "variable-list-private.h"

#include <assay/error.h>
#include <glib/gi18n-lib.h>

/* A variable of a list that is of no manifest. */
typedef struct
{
  char        *key;
  char        *path;
  AssaySource *source;
  char        *reason;
} Entry;

struct _AssayVariableList
{
  GObject        parent_instance;
  AssayManifest *manifest; /* NULL: there are entries */
  GArray        *entries;  /* of Entry */
  GHashTable    *others;   /* number → AssaySource put in place of the file's */
  gboolean       has_paths;
};

G_DEFINE_FINAL_TYPE (AssayVariableList, assay_variable_list, G_TYPE_OBJECT)

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry->path);
  g_clear_object (&entry->source);
  g_free (entry->reason);
}

static void
variable_list_finalize (GObject *object)
{
  AssayVariableList *self = ASSAY_VARIABLE_LIST (object);

  g_clear_object (&self->manifest);
  g_array_unref (self->entries);
  g_hash_table_unref (self->others);
  G_OBJECT_CLASS (assay_variable_list_parent_class)->finalize (object);
}

static void
assay_variable_list_class_init (AssayVariableListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = variable_list_finalize;
}

static void
assay_variable_list_init (AssayVariableList *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->others = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

AssayVariableList *
assay_variable_list_new (void)
{
  return g_object_new (ASSAY_TYPE_VARIABLE_LIST, NULL);
}

AssayVariableList *
assay_variable_list_new_for_manifest (AssayManifest *manifest)
{
  AssayVariableList *self;

  g_return_val_if_fail (ASSAY_IS_MANIFEST (manifest), NULL);
  self = assay_variable_list_new ();
  self->manifest = g_object_ref (manifest);
  self->has_paths = TRUE;
  return self;
}

void
assay_variable_list_add (AssayVariableList *self, const char *key, const char *path, AssaySource *source, const char *reason)
{
  Entry entry = { .key = g_strdup (key), .path = g_strdup (path), .source = source ? g_object_ref (source) : NULL, .reason = g_strdup (reason) };

  g_return_if_fail (self->manifest == NULL);
  g_array_append_val (self->entries, entry);
  self->has_paths = self->has_paths || path != NULL;
}

void
assay_variable_list_set_source (AssayVariableList *self, guint32 index, AssaySource *source)
{
  g_return_if_fail (index < assay_variable_list_get_n (self));
  g_hash_table_insert (self->others, GUINT_TO_POINTER (index), g_object_ref (source));
}

guint32
assay_variable_list_get_n (AssayVariableList *self)
{
  return self->manifest ? assay_manifest_get_n_variables (self->manifest) : self->entries->len;
}

const char *
assay_variable_list_get_key (AssayVariableList *self, guint32 index)
{
  AssayManifestVariable variable;

  if (self->manifest == NULL)
    return g_array_index (self->entries, Entry, index).key;
  assay_manifest_get_variable (self->manifest, index, &variable);
  return variable.key;
}

char *
assay_variable_list_dup_path (AssayVariableList *self, guint32 index)
{
  const Entry *entry;

  if (self->manifest != NULL)
    return assay_manifest_dup_variable_path (self->manifest, index);
  entry = &g_array_index (self->entries, Entry, index);
  return g_strdup (entry->path ? entry->path : entry->key);
}

gboolean
assay_variable_list_is_flat (AssayVariableList *self)
{
  return !self->has_paths;
}

/* The source that tells dtype and shape; NULL if the manifest does, or nobody. */
static AssaySource *
get_source (AssayVariableList *self, guint32 index)
{
  AssaySource *other = g_hash_table_lookup (self->others, GUINT_TO_POINTER (index));

  if (other == NULL && self->manifest == NULL)
    other = g_array_index (self->entries, Entry, index).source;
  return other;
}

char *
assay_variable_list_dup_shape_text (AssayVariableList *self, guint32 index)
{
  AssaySource          *source = get_source (self, index);
  AssayManifestVariable variable;

  if (source != NULL)
    return assay_shape_to_display (assay_source_get_rank (source), assay_source_get_shape (source));
  if (self->manifest == NULL)
    return g_strdup ("");
  assay_manifest_get_variable (self->manifest, index, &variable);
  if (variable.flags & ASSAY_FLAG_EMPTY)
    return g_strdup (_ ("empty"));
  return assay_shape_to_display (variable.rank, variable.shape);
}

const char *
assay_variable_list_get_dtype_name (AssayVariableList *self, guint32 index)
{
  AssaySource          *source = get_source (self, index);
  AssayManifestVariable variable;

  if (source != NULL)
    return assay_source_get_dtype_name (source);
  if (self->manifest == NULL)
    return "";
  assay_manifest_get_variable (self->manifest, index, &variable);
  return variable.dtype_name;
}

AssaySource *
assay_variable_list_dup_source (AssayVariableList *self, guint32 index, GError **error)
{
  AssaySource *source = get_source (self, index);
  const char  *reason;

  if (source != NULL)
    return g_object_ref (source);
  if (self->manifest != NULL)
    return assay_manifest_dup_source (self->manifest, index, error);
  reason = g_array_index (self->entries, Entry, index).reason;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "%s", reason ? reason : _ ("This variable has no values"));
  return NULL;
}

gboolean
variable_list_is_empty (AssayVariableList *self, guint32 index)
{
  AssayManifestVariable variable;

  if (self->manifest == NULL || get_source (self, index) != NULL)
    return FALSE;
  assay_manifest_get_variable (self->manifest, index, &variable);
  return (variable.flags & ASSAY_FLAG_EMPTY) != 0;
}

guint64
variable_list_get_n_elements (AssayVariableList *self, guint32 index)
{
  AssaySource          *source = get_source (self, index);
  AssayManifestVariable variable;

  if (source != NULL)
    return assay_source_get_n_elements (source);
  if (self->manifest == NULL)
    return 0;
  assay_manifest_get_variable (self->manifest, index, &variable);
  return variable.n_elements;
}

gboolean
variable_list_shares (AssayVariableList *self, guint32 index, AssayVariableList *other, guint32 other_index)
{
  AssaySource *source = get_source (self, index), *other_source = get_source (other, other_index);

  if (source != NULL || other_source != NULL)
    return source == other_source;
  return self->manifest != NULL && self->manifest == other->manifest && index == other_index;
}
