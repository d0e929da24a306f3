/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/checkpoint.h>

#include <assay/module-text.h>
#include <assay/operations.h>
#include <assay/reader-session.h>
#include <string.h>

#include "checkpoint-file-private.h"
#include "restore-private.h"

#define COUNTER "save_counter"

struct _AssayCheckpoint
{
  GObject parent_instance;

  AssayModule   *root;     /* NULL if the checkpoint object is the root itself */
  AssayItem     *children; /* what the root holds, for a root of its own; a dict */
  AssayVariable *save_counter;
};

G_DEFINE_FINAL_TYPE (AssayCheckpoint, assay_checkpoint, G_TYPE_OBJECT)

static void
assay_checkpoint_finalize (GObject *object)
{
  AssayCheckpoint *self = ASSAY_CHECKPOINT (object);

  g_clear_object (&self->root);
  g_clear_object (&self->save_counter);
  assay_item_unref (self->children);
  G_OBJECT_CLASS (assay_checkpoint_parent_class)->finalize (object);
}

static void
assay_checkpoint_class_init (AssayCheckpointClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_checkpoint_finalize;
}

static void
assay_checkpoint_init (AssayCheckpoint *self)
{
  self->children = assay_item_new_dict ();
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

AssayCheckpoint *
assay_checkpoint_new (const char *name, ...)
{
  AssayCheckpoint *self = g_object_new (ASSAY_TYPE_CHECKPOINT, NULL);
  g_autoptr (GHashTable) objects = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  va_list arguments;

  va_start (arguments, name);
  for (; name != NULL; name = va_arg (arguments, const char *))
    {
      g_ptr_array_add (names, (gpointer) name);
      g_hash_table_insert (objects, (gpointer) name, va_arg (arguments, gpointer));
    }
  va_end (arguments);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    assay_item_insert (self->children, names->pdata[i], assay_item_new_object (g_hash_table_lookup (objects, names->pdata[i])));
  return self;
}

AssayCheckpoint *
assay_checkpoint_new_for_root (AssayModule *root)
{
  AssayCheckpoint *self = g_object_new (ASSAY_TYPE_CHECKPOINT, NULL);

  self->root = g_object_ref (root);
  return self;
}

gboolean
assay_checkpoint_set (AssayCheckpoint *self, const char *name, AssayItem *item, GError **error)
{
  g_autofree char *text = NULL;
  AssayLive        live;

  g_return_val_if_fail (self->root == NULL, FALSE);
  if (assay_live_of (item, &live))
    {
      assay_item_insert (self->children, name, item);
      return TRUE;
    }
  text = assay_item_to_text (item);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE,
               "`Checkpoint` was expecting %s to be a trackable object (an object derived from `Trackable`), got %s. If you believe this object should "
               "be trackable (i.e. it is part of the TensorFlow Python API and manages state), please open an issue.",
               name, text);
  assay_item_unref (item);
  return FALSE;
}

AssayVariable *
assay_checkpoint_get_save_counter (AssayCheckpoint *self)
{
  return self->save_counter;
}

/* A module that is the root keeps what it holds, and gets "root" (itself) and the counter beside it: in a dict that is made anew each
 * time, since the module may have got more. */
static void
refresh_root (AssayCheckpoint *self)
{
  AssayItem *attributes = assay_module_get_attributes (self->root);

  assay_item_unref (self->children);
  self->children = assay_item_new_dict ();
  for (guint i = 0; i < assay_item_get_n (attributes); i++)
    {
      const char *key;
      AssayItem  *item = assay_item_get_nth (attributes, i, &key);

      assay_item_insert (self->children, key, assay_item_ref (item));
    }
  assay_item_insert (self->children, "root", assay_item_new_object (self->root));
  if (self->save_counter != NULL)
    assay_item_insert (self->children, COUNTER, assay_item_new_object (self->save_counter));
}

void
assay_checkpoint_get_live (AssayCheckpoint *self, AssayLive *live)
{
  if (self->root != NULL)
    refresh_root (self);
  live->pointer = self->root ? (gpointer) self->root : (gpointer) self;
  live->object = live->pointer;
  live->children = self->children;
}

static gint64
get_count (AssayCheckpoint *self)
{
  g_autoptr (AssayTensor) tensor = assay_resource_dup_tensor (ASSAY_RESOURCE (self->save_counter), NULL, NULL);

  return *(const gint64 *) assay_tensor_get_data (tensor);
}

static AssayTensor *
make_count (gint64 n)
{
  g_autoptr (GBytes) bytes = g_bytes_new (&n, sizeof n);

  return assay_tensor_new (ASSAY_DTYPE_INT64, 0, NULL, bytes, NULL);
}

static void
need_save_counter (AssayCheckpoint *self)
{
  g_autoptr (AssayTensor) zero = make_count (0);

  if (self->save_counter != NULL)
    return;
  self->save_counter = assay_variable_new_full (zero, COUNTER, FALSE);
  if (self->root == NULL)
    assay_item_insert (self->children, COUNTER, assay_item_new_object (self->save_counter));
}

/* A list whose items have moved tells no longer which is which. As ListWrapper._trackable_children. */
static gboolean
check_lists (GArray *objects, GError **error)
{
  for (guint i = 0; i < objects->len; i++)
    {
      AssayItem       *list = g_array_index (objects, AssayLive, i).children;
      g_autofree char *text = NULL;

      if (list == NULL || assay_item_is_append_only (list))
        continue;
      text = assay_item_to_text (list);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   "Unable to save the object %s (a list wrapper constructed to track trackable TensorFlow objects). A list element was replaced "
                   "(__setitem__, __setslice__), deleted (__delitem__, __delslice__), or moved (sort). In order to support restoration on object "
                   "creation, tracking is exclusively for append-only data structures.\n\nIf you don't need this list checkpointed, wrap it in a "
                   "non-trackable object; it will be subsequently ignored.",
                   text);
      return FALSE;
    }
  return TRUE;
}

char *
assay_checkpoint_write (AssayCheckpoint *self, const char *prefix, GError **error)
{
  gboolean         foreign = g_str_has_suffix (prefix, ".index");
  g_autofree char *path = foreign ? NULL : assay_checkpoint_file_path (prefix);
  g_autoptr (AssayObjectGraph) graph = NULL;
  g_autoptr (GArray) objects = NULL;
  AssayLive root;

  assay_checkpoint_get_live (self, &root);
  graph = assay_object_graph_new (&root, &objects);
  if (foreign)
    return check_lists (objects, error) && assay_write_tensorflow_objects (prefix, graph, objects, error)
               ? g_strndup (prefix, strlen (prefix) - strlen (".index"))
               : NULL;
  return check_lists (objects, error) && assay_checkpoint_file_write (path, graph, objects, error) ? g_strdup (prefix) : NULL;
}

char *
assay_checkpoint_save (AssayCheckpoint *self, const char *prefix, GError **error)
{
  g_autoptr (AssayTensor) next = NULL;
  g_autofree char *numbered = NULL, *written = NULL;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  gint64 n;

  need_save_counter (self);
  n = get_count (self) + 1;
  next = make_count (n);
  assay_resource_assign (ASSAY_RESOURCE (self->save_counter), next, NULL);
  numbered = g_strdup_printf ("%s-%" G_GINT64_FORMAT, prefix, n);
  written = assay_checkpoint_write (self, numbered, error);
  if (written == NULL)
    return NULL;
  g_ptr_array_add (all, written);
  return assay_checkpoint_state_write (all, error) ? g_steal_pointer (&written) : NULL;
}

AssayCheckpointStatus *
assay_checkpoint_read (AssayCheckpoint *self, const char *path, GError **error)
{
  g_autoptr (AssayManifest) manifest = assay_checkpoint_open (path, error);
  g_autoptr (AssayRestore) restore = manifest ? assay_restore_new (manifest, path, error) : NULL;
  AssayLive root;

  if (restore == NULL)
    return NULL;
  assay_checkpoint_get_live (self, &root);
  return assay_restore_run (restore, &root, error) ? assay_checkpoint_status_new (restore, self) : NULL;
}

/* A root of our own waits for its counter by itself; a module's counter is no attribute of it. */
static gboolean
restore_counter (AssayCheckpoint *self, AssayManifest *manifest, AssayRestore *restore, GError **error)
{
  g_autoptr (AssayItem) item = NULL;
  gboolean is_new = self->save_counter == NULL;

  need_save_counter (self);
  if (assay_module_take_problem (error))
    return FALSE;
  item = assay_item_new_object (self->save_counter);
  return self->root == NULL || !is_new || assay_restore_add (restore, 0, COUNTER, item, error);
}

AssayCheckpointStatus *
assay_checkpoint_restore (AssayCheckpoint *self, const char *path, GError **error)
{
  g_autoptr (AssayManifest) manifest = NULL;
  g_autoptr (AssayRestore) restore = NULL;
  g_autoptr (GError) problem = NULL;
  AssayLive root;

  if (path == NULL)
    return assay_checkpoint_status_new (NULL, self);
  manifest = assay_checkpoint_open (path, &problem);
  if (manifest == NULL && g_error_matches (problem, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND,
                   "Error when restoring from checkpoint or SavedModel at %s: %s\nPlease double-check that the path is correct. You may be missing "
                   "the checkpoint suffix (e.g. the '-1' in 'path/to/ckpt-1').",
                   path, problem->message);
      return NULL;
    }
  if (manifest == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  restore = assay_restore_new (manifest, path, error);
  if (restore == NULL)
    return NULL;
  assay_checkpoint_get_live (self, &root);
  if (!assay_restore_run (restore, &root, error) || !restore_counter (self, manifest, restore, error))
    return NULL;
  return assay_checkpoint_status_new (restore, self);
}
