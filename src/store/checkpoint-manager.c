/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The folder's "checkpoint" file, and keeping the last few. Source: tensorflow/python/checkpoint/checkpoint_management.py. */

#include <assay/checkpoint.h>
#include <glib/gstdio.h>
#include <string.h>

#include "checkpoint-file-private.h"

struct _AssayCheckpointManager
{
  GObject parent_instance;

  AssayCheckpoint *checkpoint;
  char            *folder, *prefix;
  guint            max_to_keep;
  GPtrArray       *kept; /* of char, oldest first */
};

G_DEFINE_FINAL_TYPE (AssayCheckpointManager, assay_checkpoint_manager, G_TYPE_OBJECT)

static void
assay_checkpoint_manager_finalize (GObject *object)
{
  AssayCheckpointManager *self = ASSAY_CHECKPOINT_MANAGER (object);

  g_clear_object (&self->checkpoint);
  g_free (self->folder);
  g_free (self->prefix);
  g_clear_pointer (&self->kept, g_ptr_array_unref);
  G_OBJECT_CLASS (assay_checkpoint_manager_parent_class)->finalize (object);
}

static void
assay_checkpoint_manager_class_init (AssayCheckpointManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_checkpoint_manager_finalize;
}

static void
assay_checkpoint_manager_init (AssayCheckpointManager *self)
{
}

gboolean
assay_checkpoint_state_write (GPtrArray *prefixes, GError **error)
{
  const char      *last = prefixes->pdata[prefixes->len - 1];
  g_autofree char *folder = g_path_get_dirname (last);
  g_autofree char *path = g_build_filename (folder, "checkpoint", NULL);
  g_autofree char *newest = g_path_get_basename (last);
  g_autofree char *quoted = g_strescape (newest, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "model_checkpoint_path: \"%s\"\n", quoted);
  for (guint i = 0; i < prefixes->len; i++)
    {
      g_autofree char *name = g_path_get_basename (prefixes->pdata[i]);
      g_autofree char *escaped = g_strescape (name, NULL);

      g_string_append_printf (text, "all_model_checkpoint_paths: \"%s\"\n", escaped);
    }
  return g_file_set_contents_full (path, text->str, text->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, error);
}

/* Paths are relative to the folder; those of another machine are looked for here. */
static char *
resolve (const char *folder, const char *name)
{
  g_autofree char *base = g_path_get_basename (name);

  return g_build_filename (folder, g_path_is_absolute (name) || strstr (name, "..") != NULL ? base : name, NULL);
}

GPtrArray *
assay_checkpoint_state_read (const char *folder)
{
  GPtrArray       *all = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (folder, "checkpoint", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return all;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char      *begin = g_str_has_prefix (lines[i], "all_model_checkpoint_paths:") ? strchr (lines[i], '"') : NULL;
      const char      *end = begin ? strrchr (lines[i], '"') : NULL;
      g_autofree char *quoted = begin && end > begin ? g_strndup (begin + 1, end - begin - 1) : NULL;
      g_autofree char *name = quoted ? g_strcompress (quoted) : NULL;

      if (name != NULL)
        g_ptr_array_add (all, resolve (folder, name));
    }
  return all;
}

static gboolean
is_there (const char *prefix)
{
  g_autofree char *own = assay_checkpoint_file_path (prefix);
  g_autofree char *index = g_strconcat (prefix, ".index", NULL);

  return g_file_test (own, G_FILE_TEST_IS_REGULAR) || g_file_test (index, G_FILE_TEST_IS_REGULAR);
}

char *
assay_latest_checkpoint (const char *folder)
{
  g_autoptr (GPtrArray) all = assay_checkpoint_state_read (folder);

  if (all->len == 0 || !is_there (all->pdata[all->len - 1]))
    return NULL;
  return g_strdup (all->pdata[all->len - 1]);
}

AssayCheckpointManager *
assay_checkpoint_manager_new (AssayCheckpoint *checkpoint, const char *folder, guint max_to_keep, const char *name)
{
  AssayCheckpointManager *self = g_object_new (ASSAY_TYPE_CHECKPOINT_MANAGER, NULL);

  self->checkpoint = g_object_ref (checkpoint);
  self->folder = g_strdup (folder);
  self->prefix = g_build_filename (folder, name ? name : "ckpt", NULL);
  self->max_to_keep = max_to_keep;
  self->kept = assay_checkpoint_state_read (folder);
  return self;
}

/* Only files that we write ourselves are removed. */
static void
drop_oldest (AssayCheckpointManager *self)
{
  while (self->max_to_keep > 0 && self->kept->len > self->max_to_keep)
    {
      g_autofree char *path = assay_checkpoint_file_path (self->kept->pdata[0]);

      g_unlink (path);
      g_ptr_array_remove_index (self->kept, 0);
    }
}

char *
assay_checkpoint_manager_save (AssayCheckpointManager *self, GError **error)
{
  char *written = assay_checkpoint_save (self->checkpoint, self->prefix, error);

  if (written == NULL)
    return NULL;
  g_ptr_array_add (self->kept, g_strdup (written));
  if (self->max_to_keep > 0 && self->kept->len > self->max_to_keep)
    {
      g_autoptr (GPtrArray) rest = g_ptr_array_new ();

      for (guint i = self->kept->len - self->max_to_keep; i < self->kept->len; i++)
        g_ptr_array_add (rest, self->kept->pdata[i]);
      if (!assay_checkpoint_state_write (rest, error))
        return g_free (written), NULL;
    }
  else if (!assay_checkpoint_state_write (self->kept, error))
    return g_free (written), NULL;
  drop_oldest (self);
  return written;
}

GPtrArray *
assay_checkpoint_manager_get_checkpoints (AssayCheckpointManager *self)
{
  return self->kept;
}

const char *
assay_checkpoint_manager_get_latest (AssayCheckpointManager *self)
{
  return self->kept->len ? self->kept->pdata[self->kept->len - 1] : NULL;
}
