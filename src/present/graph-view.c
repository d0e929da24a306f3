/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/graph-view.h>

#include <assay/graph-pen.h>
#include <string.h>

/* At first, groups that hold groups are open while there are no more boxes than that. */
#define FEW_BOXES 40

/* A file may have more modules than anybody draws. */
#define MAX_CLASSES 200000

/* What workers need; they take turns. */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex          mutex;
  AssayLibrary   *library;
  AssayFunction  *function;
  AssayManifest  *manifest;
  GHashTable     *classes; /* made by the first */
  GHashTable     *trees;
} Ground;

struct _AssayGraphView
{
  GObject parent_instance;

  Ground     *ground;
  GHashTable *open;
  gboolean    is_fresh; /* nobody has opened or closed anything */
};

G_DEFINE_FINAL_TYPE (AssayGraphView, assay_graph_view, G_TYPE_OBJECT)

static void
ground_unref (Ground *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_mutex_clear (&self->mutex);
  g_object_unref (self->library);
  g_object_unref (self->function);
  g_clear_object (&self->manifest);
  g_clear_pointer (&self->classes, g_hash_table_unref);
  g_hash_table_unref (self->trees);
  g_free (self);
}

static void
assay_graph_view_finalize (GObject *object)
{
  AssayGraphView *self = ASSAY_GRAPH_VIEW (object);

  ground_unref (self->ground);
  g_hash_table_unref (self->open);
  G_OBJECT_CLASS (assay_graph_view_parent_class)->finalize (object);
}

static void
assay_graph_view_class_init (AssayGraphViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_graph_view_finalize;
}

static void
assay_graph_view_init (AssayGraphView *self)
{
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->is_fresh = TRUE;
}

AssayGraphView *
assay_graph_view_new (AssayLibrary *library, AssayFunction *function, AssayManifest *manifest)
{
  AssayGraphView *self = g_object_new (ASSAY_TYPE_GRAPH_VIEW, NULL);
  Ground         *ground = g_new0 (Ground, 1);

  g_atomic_ref_count_init (&ground->ref_count);
  g_mutex_init (&ground->mutex);
  ground->library = g_object_ref (library);
  ground->function = g_object_ref (function);
  ground->manifest = manifest ? g_object_ref (manifest) : NULL;
  ground->trees = g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) assay_graph_tree_unref);
  self->ground = ground;
  return self;
}

AssayFunction *
assay_graph_view_get_function (AssayGraphView *self)
{
  return self->ground->function;
}

void
assay_graph_view_set_open (AssayGraphView *self, const char *key, gboolean open)
{
  self->is_fresh = FALSE;
  if (open)
    g_hash_table_add (self->open, g_strdup (key));
  else
    g_hash_table_remove (self->open, key);
}

static void
open_all (GHashTable *open, AssayGraphScene *scene)
{
  guint                n;
  const AssayGraphBox *boxes = assay_graph_scene_get_boxes (scene, &n);

  for (guint i = 0; i < n; i++)
    if (boxes[i].can_open)
      g_hash_table_add (open, g_strdup (boxes[i].key));
}

void
assay_graph_view_set_all_open (AssayGraphView *self, AssayGraphScene *scene, gboolean open)
{
  self->is_fresh = FALSE;
  if (open)
    open_all (self->open, scene);
  else
    g_hash_table_remove_all (self->open);
}

static char *
reveal_item (AssayGraphView *self, AssayGraphTree *tree, guint32 item)
{
  self->is_fresh = FALSE;
  for (guint32 at = assay_graph_tree_get_item (tree, item)->parent; at != 0; at = assay_graph_tree_get_item (tree, at)->parent)
    g_hash_table_add (self->open, g_strdup_printf ("i%u", at));
  return g_strdup_printf ("i%u", item);
}

char *
assay_graph_view_reveal (AssayGraphView *self, AssayGraphTree *tree, guint32 operation)
{
  guint32 item = assay_graph_tree_find_operation (tree, operation);

  return item == ASSAY_GRAPH_NONE ? NULL : reveal_item (self, tree, item);
}

/* Whether a scope, or the one an operation is in, is a module's: its path, perhaps in that of the model. */
static gboolean
is_scope_of (const AssayGraphItem *item, const char *prefix, const char *path)
{
  gsize       n = strlen (prefix), length = strlen (path);
  const char *scope = item->path;

  if (n > 0 && strncmp (scope, prefix, n) == 0 && scope[n] == '/')
    scope += n + 1;
  return strncmp (scope, path, length) == 0 && (scope[length] == '\0' || (item->kind == ASSAY_GRAPH_OPERATION && scope[length] == '/'));
}

char *
assay_graph_view_reveal_scope (AssayGraphView *self, AssayGraphTree *tree, const char *path)
{
  const char *prefix = assay_graph_tree_get_prefix (tree);

  for (guint32 i = 1; i < assay_graph_tree_get_n_items (tree); i++)
    if (assay_graph_tree_get_item (tree, i)->kind <= ASSAY_GRAPH_OPERATION && is_scope_of (assay_graph_tree_get_item (tree, i), prefix, path))
      return reveal_item (self, tree, i);
  return NULL;
}

/* Path → class of all modules. */
static GHashTable *
list_classes (AssayManifest *manifest)
{
  GHashTable *classes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint32 i = 0; manifest != NULL && i < assay_manifest_get_n_modules (manifest) && i < MAX_CLASSES; i++)
    {
      AssayManifestModule module;

      assay_manifest_get_module (manifest, i, &module);
      if (module.class_name != NULL)
        g_hash_table_insert (classes, assay_manifest_dup_module_path (manifest, i), g_strdup (module.class_name));
    }
  return classes;
}

typedef struct
{
  Ground     *ground;
  GHashTable *open; /* gets those that are open at first */
  char       *font;
  gboolean    is_fresh;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  ground_unref (work->ground);
  g_hash_table_unref (work->open);
  g_free (work->font);
  g_free (work);
}

static Work *
work_new (AssayGraphView *self, const char *font)
{
  Work          *work = g_new0 (Work, 1);
  GHashTableIter iter;
  gpointer       key;

  g_atomic_ref_count_inc (&self->ground->ref_count);
  work->ground = self->ground;
  work->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  work->font = g_strdup (font);
  work->is_fresh = self->is_fresh;
  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (work->open, g_strdup (key));
  return work;
}

static gboolean
holds_groups (AssayGraphTree *tree, guint32 item)
{
  guint32 n = assay_graph_tree_get_n_items (tree);

  if (assay_graph_tree_get_item (tree, item)->kind != ASSAY_GRAPH_GROUP)
    return FALSE;
  /* What is in it comes behind it. */
  for (guint32 i = item + 1; i < n && assay_graph_tree_get_item (tree, i)->parent >= item; i++)
    if (assay_graph_tree_get_item (tree, i)->parent == item && assay_graph_tree_get_item (tree, i)->kind == ASSAY_GRAPH_GROUP)
      return TRUE;
  return FALSE;
}

/* Opens the outermost groups that hold groups, level by level, while all of a level gives no more than a few boxes. */
static void
open_first (Work *work, AssayGraphTree *tree)
{
  guint32              n = assay_graph_tree_get_n_items (tree);
  guint                n_boxes = assay_graph_tree_get_item (tree, 0)->n_children, n_more;
  gboolean             is_first = TRUE, fits = TRUE;
  g_autofree gboolean *is_open = g_new0 (gboolean, n + 1);

  is_open[0] = TRUE;
  do
    {
      g_autoptr (GArray) level = g_array_new (FALSE, FALSE, sizeof (guint32));

      n_more = 0;
      for (guint32 i = 1; i < n; i++)
        {
          const AssayGraphItem *item = assay_graph_tree_get_item (tree, i);

          if (is_open[i] || !is_open[item->parent] || !holds_groups (tree, i))
            continue;
          n_more += item->n_children;
          g_array_append_val (level, i);
        }
      n_boxes += n_more;
      /* A model that is all in one group is looked into, however large. */
      fits = n_boxes <= FEW_BOXES || (is_first && level->len == 1);
      is_first = FALSE;
      for (guint i = 0; fits && i < level->len; i++)
        {
          is_open[g_array_index (level, guint32, i)] = TRUE;
          g_hash_table_add (work->open, g_strdup_printf ("i%u", g_array_index (level, guint32, i)));
        }
    }
  while (n_more > 0 && fits);
}

static AssayGraphScene *
make_scene (Work *work, GCancellable *cancellable, GError **error)
{
  Ground *ground = work->ground;
  g_autoptr (AssayGraphPen) pen = assay_graph_pen_new (work->font);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ground->mutex);
  AssayGraphOptions options = { .library = ground->library, .open = work->open, .trees = ground->trees, .measure = assay_graph_pen_measure, .measure_data = pen };

  if (ground->classes == NULL)
    ground->classes = list_classes (ground->manifest);
  options.classes = ground->classes;
  options.label_width = assay_graph_pen_get_label_width (pen);
  if (g_hash_table_lookup (ground->trees, ground->function) == NULL)
    g_hash_table_insert (ground->trees, g_object_ref (ground->function), assay_graph_tree_new (ground->function));
  if (work->is_fresh)
    open_first (work, g_hash_table_lookup (ground->trees, ground->function));
  return assay_graph_scene_new (ground->function, &options, cancellable, error);
}

static void
update_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError          *error = NULL;
  AssayGraphScene *scene = make_scene (data, cancellable, &error);

  if (scene != NULL)
    g_task_return_pointer (task, scene, (GDestroyNotify) assay_graph_scene_unref);
  else
    g_task_return_error (task, error);
}

void
assay_graph_view_update_async (AssayGraphView *self, const char *font, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, work_new (self, font), work_free);
  g_task_run_in_thread (task, update_thread);
}

/* What the worker has opened at first is open from now on. */
static void
take_open (AssayGraphView *self, Work *work)
{
  GHashTableIter iter;
  gpointer       key;

  if (!self->is_fresh)
    return;
  g_hash_table_iter_init (&iter, work->open);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (self->open, g_strdup (key));
  self->is_fresh = FALSE;
}

AssayGraphScene *
assay_graph_view_update_finish (AssayGraphView *self, GAsyncResult *result, GError **error)
{
  AssayGraphScene *scene = g_task_propagate_pointer (G_TASK (result), error);

  if (scene != NULL)
    take_open (self, g_task_get_task_data (G_TASK (result)));
  return scene;
}

AssayGraphScene *
assay_graph_view_make (AssayGraphView *self, const char *font, int levels, GError **error)
{
  Work *work = work_new (self, font);
  g_autoptr (AssayGraphScene) scene = NULL;

  work->is_fresh &= levels < 0;
  scene = make_scene (work, NULL, error);
  for (int i = 0; i < levels && scene != NULL; i++)
    {
      open_all (work->open, scene);
      assay_graph_scene_unref (scene);
      scene = make_scene (work, NULL, error);
    }
  work_free (work);
  return g_steal_pointer (&scene);
}
