/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What became of a restoring. Texts as tensorflow/python/checkpoint/checkpoint.py. */

#include <assay/module-text.h>
#include <string.h>

#include "restore-private.h"

#define MAX_SHOWN 10

struct _AssayCheckpointStatus
{
  GObject parent_instance;

  AssayRestore    *restore; /* NULL if nothing was restored */
  AssayCheckpoint *checkpoint;
};

G_DEFINE_FINAL_TYPE (AssayCheckpointStatus, assay_checkpoint_status, G_TYPE_OBJECT)

static void
assay_checkpoint_status_finalize (GObject *object)
{
  AssayCheckpointStatus *self = ASSAY_CHECKPOINT_STATUS (object);

  g_clear_object (&self->restore);
  g_clear_object (&self->checkpoint);
  G_OBJECT_CLASS (assay_checkpoint_status_parent_class)->finalize (object);
}

static void
assay_checkpoint_status_class_init (AssayCheckpointStatusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_checkpoint_status_finalize;
}

static void
assay_checkpoint_status_init (AssayCheckpointStatus *self)
{
}

AssayCheckpointStatus *
assay_checkpoint_status_new (AssayRestore *restore, AssayCheckpoint *checkpoint)
{
  AssayCheckpointStatus *self = g_object_new (ASSAY_TYPE_CHECKPOINT_STATUS, NULL);

  self->restore = restore ? g_object_ref (restore) : NULL;
  self->checkpoint = g_object_ref (checkpoint);
  return self;
}

static gboolean
nothing_restored (AssayCheckpointStatus *self, GError **error)
{
  if (self->restore != NULL)
    return FALSE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "No checkpoint specified (save_path=None); nothing is being restored.");
  return TRUE;
}

static char *
describe (const AssayLive *live)
{
  g_autofree char *address = g_strdup_printf ("0x%012" G_GINTPTR_MODIFIER "x", (guintptr) live->pointer);

  if (live->object != NULL && ASSAY_IS_VARIABLE (live->object))
    return assay_variable_to_text (ASSAY_VARIABLE (live->object));
  if (live->object != NULL && ASSAY_IS_MODULE (live->object))
    return g_strdup_printf ("<__main__.%s object at %s>", assay_module_get_class_name (ASSAY_MODULE (live->object)), address);
  if (live->object != NULL)
    return g_strdup_printf ("<tensorflow.python.checkpoint.checkpoint.Checkpoint object at %s>", address);
  return assay_item_to_text (live->children);
}

/* Variables that are there and have no place in the file; objects without values don't count. As checkpoint.py, _objects_with_attributes. */
static GPtrArray *
list_unmatched (AssayCheckpointStatus *self)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  AssayLive  root;
  g_autoptr (GArray) all = NULL;

  assay_checkpoint_get_live (self->checkpoint, &root);
  all = assay_live_list (&root);
  for (guint i = 0; i < all->len; i++)
    {
      const AssayLive *live = &g_array_index (all, AssayLive, i);

      if (live->object != NULL && ASSAY_IS_VARIABLE (live->object) && !assay_restore_has (self->restore, live->pointer))
        g_ptr_array_add (texts, describe (live));
    }
  return texts;
}

static char *
join_texts (GPtrArray *texts, guint n)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", (const char *) texts->pdata[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

gboolean
assay_checkpoint_status_assert_existing_objects_matched (AssayCheckpointStatus *self, GError **error)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autofree char *shown = NULL;
  guint            n_shown;

  if (nothing_restored (self, error))
    return FALSE;
  texts = list_unmatched (self);
  n_shown = MIN (texts->len, MAX_SHOWN);
  if (texts->len == 0)
    return TRUE;
  shown = join_texts (texts, n_shown);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND,
               "Found %u Python objects that were not bound to checkpointed values, likely due to changes in the Python program. Showing %u of %u "
               "unmatched objects: %s",
               texts->len, n_shown, texts->len, shown);
  return FALSE;
}

gboolean
assay_checkpoint_status_assert_consumed (AssayCheckpointStatus *self, GError **error)
{
  AssayObjectGraph *graph;

  if (!assay_checkpoint_status_assert_existing_objects_matched (self, error))
    return FALSE;
  graph = assay_restore_get_graph (self->restore);
  for (guint32 i = 0; graph != NULL && i < graph->nodes->len; i++)
    {
      g_autofree char *path = NULL, *text = NULL;

      if (assay_object_graph_get (graph, i)->key == NULL || assay_restore_is_bound (self->restore, i))
        continue;
      path = assay_object_graph_dup_path (graph, i);
      text = assay_object_graph_node_to_text (graph, i);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Unresolved object in checkpoint %s: %s", path, text);
      return FALSE;
    }
  return TRUE;
}

gboolean
assay_checkpoint_status_assert_nontrivial_match (AssayCheckpointStatus *self, GError **error)
{
  AssayObjectGraph *graph;
  guint             n_bound = 0;
  AssayLive         root;
  g_autoptr (GPtrArray) texts = NULL;
  g_autofree char *text = NULL;

  if (nothing_restored (self, error))
    return FALSE;
  graph = assay_restore_get_graph (self->restore);
  for (guint32 i = 0; graph != NULL && i < graph->nodes->len; i++)
    n_bound += assay_restore_is_bound (self->restore, i);
  if (n_bound > 1 || graph == NULL)
    return TRUE;
  texts = list_unmatched (self);
  assay_checkpoint_get_live (self->checkpoint, &root);
  text = texts->len > 0 ? join_texts (texts, texts->len) : describe (&root);
  if (texts->len > 0)
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND,
                 "Nothing except the root object matched a checkpointed value. Typically this means that the checkpoint does not match the Python "
                 "program. The following objects have no matching checkpointed value: %s",
                 text);
  else
    g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Nothing to load. No dependencies have been added to %s yet.", text);
  return FALSE;
}

GPtrArray *
assay_checkpoint_status_list_waiting (AssayCheckpointStatus *self, guint *n_values)
{
  AssayObjectGraph *graph = self->restore ? assay_restore_get_graph (self->restore) : NULL;
  GPtrArray        *waiting = g_ptr_array_new_with_free_func (g_free);

  *n_values = 0;
  for (guint32 i = 0; graph != NULL && i < graph->nodes->len; i++)
    {
      g_autofree char *path = NULL;

      if (assay_object_graph_get (graph, i)->key == NULL)
        continue;
      *n_values += 1;
      if (assay_restore_is_bound (self->restore, i))
        continue;
      path = assay_object_graph_dup_path (graph, i);
      g_ptr_array_add (waiting, g_strdelimit (g_strdup (g_str_has_prefix (path, "(root).") ? path + strlen ("(root).") : path), ".", '/'));
    }
  return waiting;
}

AssayCheckpointStatus *
assay_checkpoint_status_expect_partial (AssayCheckpointStatus *self)
{
  if (self->restore != NULL)
    assay_restore_expect_partial (self->restore);
  return self;
}

char *
assay_checkpoint_status_to_text (AssayCheckpointStatus *self)
{
  const char *name = "CheckpointLoadStatus";

  if (self->restore == NULL)
    name = "InitializationOnlyStatus";
  else if (assay_restore_get_graph (self->restore) == NULL)
    name = "NameBasedSaverStatus";
  return g_strdup_printf ("<tensorflow.python.checkpoint.checkpoint.%s at 0x%012" G_GINTPTR_MODIFIER "x>", name, (guintptr) self);
}
