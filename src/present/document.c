/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "document-private.h"

#include <assay/error.h>
#include <glib/gstdio.h>
#include <string.h>

enum
{
  EDITED,
  RECOVERED,
  N_SIGNALS
};

static guint       signals[N_SIGNALS];
static GParamSpec *properties[ASSAY_DOCUMENT_N_PROPS];

G_DEFINE_FINAL_TYPE (AssayDocument, assay_document, G_TYPE_OBJECT)

void
assay_document_notify (AssayDocument *self, AssayDocumentProp prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static char *
dup_title (AssayDocument *self)
{
  g_autofree char *base = g_path_get_basename (self->path);

  return g_filename_display_name (base);
}

static AssayStep *
get_step (AssayDocument *self, int offset)
{
  guint position = assay_history_get_position (self->history);

  if (offset < 0 ? position == 0 : position >= assay_history_get_n_steps (self->history))
    return NULL;
  return assay_history_get_step (self->history, offset < 0 ? position - 1 : position);
}

static void
document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AssayDocument            *self = ASSAY_DOCUMENT (object);
  const AssayOutlineTotals *totals = assay_outline_get_totals (self->outline, 0);
  AssayStep                *undo = get_step (self, -1), *redo = get_step (self, 1);

  switch ((AssayDocumentProp) id)
    {
    case ASSAY_DOCUMENT_PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case ASSAY_DOCUMENT_PROP_TITLE:
      g_value_take_string (value, dup_title (self));
      break;
    case ASSAY_DOCUMENT_PROP_FORMAT:
      g_value_set_string (value, assay_manifest_get_format (self->manifest));
      break;
    case ASSAY_DOCUMENT_PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case ASSAY_DOCUMENT_PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error ? self->error->message : NULL);
      break;
    case ASSAY_DOCUMENT_PROP_ROOT:
      g_value_set_object (value, self->root);
      break;
    case ASSAY_DOCUMENT_PROP_N_VARIABLES:
      g_value_set_uint (value, totals->n_variables);
      break;
    case ASSAY_DOCUMENT_PROP_N_PARAMETERS:
      g_value_set_uint64 (value, totals->n_parameters);
      break;
    case ASSAY_DOCUMENT_PROP_N_TRAINABLE:
      g_value_set_uint64 (value, totals->n_trainable);
      break;
    case ASSAY_DOCUMENT_PROP_N_BYTES:
      g_value_set_uint64 (value, totals->n_bytes);
      break;
    case ASSAY_DOCUMENT_PROP_N_EDITS:
      g_value_set_uint (value, assay_history_count_unsaved (self->history));
      break;
    case ASSAY_DOCUMENT_PROP_DIRTY:
      g_value_set_boolean (value, assay_document_is_dirty (self));
      break;
    case ASSAY_DOCUMENT_PROP_CAN_UNDO:
      g_value_set_boolean (value, undo != NULL);
      break;
    case ASSAY_DOCUMENT_PROP_CAN_REDO:
      g_value_set_boolean (value, redo != NULL);
      break;
    case ASSAY_DOCUMENT_PROP_UNDO_NAME:
      g_value_set_string (value, undo ? assay_step_get_name (undo) : NULL);
      break;
    case ASSAY_DOCUMENT_PROP_REDO_NAME:
      g_value_set_string (value, redo ? assay_step_get_name (redo) : NULL);
      break;
    case ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK:
      g_value_set_boolean (value, self->changed_on_disk);
      break;
    case ASSAY_DOCUMENT_PROP_JOB:
      g_value_set_object (value, self->job);
      break;
    case ASSAY_DOCUMENT_PROP_0:
    case ASSAY_DOCUMENT_N_PROPS:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
detach_nodes (AssayDocument *self)
{
  GHashTable *const tables[] = { self->modules, self->variables };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      GHashTableIter iter;
      gpointer       node;

      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, NULL, &node))
        assay_node_detach (node);
    }
}

static void
document_finalize (GObject *object)
{
  AssayDocument *self = ASSAY_DOCUMENT (object);

  assay_document_unwatch (self);
  if (self->job != NULL)
    assay_job_cancel (self->job);
  assay_document_stop_statistics (self);
  assay_statistics_queue_free (self->queue);
  assay_document_drop_journal (self);
  if (self->left != NULL)
    assay_journal_left_free (self->left, FALSE);
  g_clear_pointer (&self->recovered_names, g_ptr_array_unref);
  detach_nodes (self);
  g_hash_table_unref (self->modules);
  g_hash_table_unref (self->variables);
  g_hash_table_unref (self->current);
  g_hash_table_unref (self->originals);
  g_clear_object (&self->history);
  g_clear_object (&self->job);
  assay_outline_free (self->outline);
  g_clear_object (&self->manifest);
  g_clear_error (&self->error);
  g_free (self->path);
  g_free (self->main_path);
  G_OBJECT_CLASS (assay_document_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const struct
  {
    AssayDocumentProp prop;
    const char       *name;
  } strings[] = { { ASSAY_DOCUMENT_PROP_PATH, "path" }, { ASSAY_DOCUMENT_PROP_TITLE, "title" }, { ASSAY_DOCUMENT_PROP_FORMAT, "format" }, { ASSAY_DOCUMENT_PROP_ERROR_MESSAGE, "error-message" }, { ASSAY_DOCUMENT_PROP_UNDO_NAME, "undo-name" }, { ASSAY_DOCUMENT_PROP_REDO_NAME, "redo-name" } },
    booleans[] = { { ASSAY_DOCUMENT_PROP_DIRTY, "dirty" },
                   { ASSAY_DOCUMENT_PROP_CAN_UNDO, "can-undo" },
                   { ASSAY_DOCUMENT_PROP_CAN_REDO, "can-redo" },
                   { ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK, "changed-on-disk" } },
    sums[] = { { ASSAY_DOCUMENT_PROP_N_PARAMETERS, "n-parameters" },
               { ASSAY_DOCUMENT_PROP_N_TRAINABLE, "n-trainable" },
               { ASSAY_DOCUMENT_PROP_N_BYTES, "n-bytes" } },
    counts[] = { { ASSAY_DOCUMENT_PROP_N_VARIABLES, "n-variables" }, { ASSAY_DOCUMENT_PROP_N_EDITS, "n-edits" } };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].prop] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    properties[booleans[i].prop] = g_param_spec_boolean (booleans[i].name, NULL, NULL, FALSE, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    properties[sums[i].prop] = g_param_spec_uint64 (sums[i].name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    properties[counts[i].prop] = g_param_spec_uint (counts[i].name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[ASSAY_DOCUMENT_PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, ASSAY_DOCUMENT_FAILED, 0, flags);
  properties[ASSAY_DOCUMENT_PROP_ROOT] = g_param_spec_object ("root", NULL, NULL, ASSAY_TYPE_NODE, flags);
  properties[ASSAY_DOCUMENT_PROP_JOB] = g_param_spec_object ("job", NULL, NULL, ASSAY_TYPE_JOB, flags);
  g_object_class_install_properties (object_class, ASSAY_DOCUMENT_N_PROPS, properties);
}

static void
assay_document_class_init (AssayDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = document_get_property;
  object_class->finalize = document_finalize;
  install_properties (object_class);
  /**
   * AssayDocument::edited:
   * @node: the variable
   *
   * A variable's values changed, by an edit, undo or redo.
   */
  signals[EDITED] = g_signal_new ("edited", ASSAY_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, ASSAY_TYPE_NODE);
  /**
   * AssayDocument::recovered:
   * @n_edits: how many edits a crash has left
   *
   * A journal was found.
   */
  signals[RECOVERED] = g_signal_new ("recovered", ASSAY_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
assay_document_init (AssayDocument *self)
{
  self->modules = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->variables = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->current = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->originals = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->history = assay_history_new ();
  self->queue = assay_statistics_queue_new (assay_document_take_statistics, self);
}

void
assay_document_take_manifest (AssayDocument *self, AssayManifest *manifest, const char *main_path)
{
  assay_document_stop_statistics (self);
  detach_nodes (self);
  g_hash_table_remove_all (self->modules);
  g_hash_table_remove_all (self->variables);
  g_hash_table_remove_all (self->current);
  g_hash_table_remove_all (self->originals);
  assay_document_drop_journal (self);
  assay_history_clear (self->history);
  g_clear_pointer (&self->outline, assay_outline_free);
  g_set_object (&self->manifest, manifest);
  g_free (self->main_path);
  self->main_path = g_strdup (main_path);
  self->outline = assay_outline_new (manifest);
  self->root = assay_document_get_module (self, 0);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_ROOT);
  assay_document_manifest_grew (self);
}

void
assay_document_manifest_grew (AssayDocument *self)
{
  g_autoptr (GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint32));

  assay_outline_grow (self->outline, changed);
  for (guint i = 0; i < changed->len; i++)
    {
      AssayNode *node = g_hash_table_lookup (self->modules, GUINT_TO_POINTER (g_array_index (changed, guint32, i)));

      if (node != NULL)
        assay_node_grow (node);
    }
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_FORMAT);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_N_VARIABLES);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_N_PARAMETERS);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_N_TRAINABLE);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_N_BYTES);
}

void
assay_document_set_state (AssayDocument *self, AssayDocumentState state, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  self->state = state;
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_ERROR_MESSAGE);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_STATE);
}

void
assay_document_set_job (AssayDocument *self, AssayJob *job)
{
  if (g_set_object (&self->job, job))
    assay_document_notify (self, ASSAY_DOCUMENT_PROP_JOB);
}

AssayOutline *
assay_document_get_outline (AssayDocument *self)
{
  return self->outline;
}

AssayNode *
assay_document_get_module (AssayDocument *self, guint32 index)
{
  AssayNode          *node = g_hash_table_lookup (self->modules, GUINT_TO_POINTER (index));
  AssayManifestModule facts = { .parent = G_MAXUINT32 };

  if (node != NULL)
    return node;
  if (index < assay_manifest_get_n_modules (self->manifest))
    assay_manifest_get_module (self->manifest, index, &facts);
  node = assay_node_new (self, facts.parent != G_MAXUINT32 ? assay_document_get_module (self, facts.parent) : NULL, TRUE, index);
  g_hash_table_insert (self->modules, GUINT_TO_POINTER (index), node);
  return node;
}

AssayNode *
assay_document_get_variable (AssayDocument *self, guint32 index)
{
  AssayNode            *node;
  AssayManifestVariable facts;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  node = g_hash_table_lookup (self->variables, GUINT_TO_POINTER (index));
  if (node != NULL)
    return node;
  g_return_val_if_fail (index < assay_manifest_get_n_variables (self->manifest), NULL);
  assay_manifest_get_variable (self->manifest, index, &facts);
  node = assay_node_new (self, assay_document_get_module (self, facts.module), FALSE, index);
  g_hash_table_insert (self->variables, GUINT_TO_POINTER (index), node);
  return node;
}

AssayDocumentState
assay_document_get_state (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), ASSAY_DOCUMENT_FAILED);
  return self->state;
}

const GError *
assay_document_get_error (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->error;
}

AssayJob *
assay_document_get_job (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->job;
}

const char *
assay_document_get_path (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->path;
}

/* What is named inside a file: "/part" of "file.h5:/part". */
static const char *
part_of (AssayDocument *self)
{
  const char *rest = self->main_path && g_str_has_prefix (self->path, self->main_path) ? self->path + strlen (self->main_path) : "";

  return *rest == ':' ? rest + 1 : NULL;
}

static gboolean
is_one_file (const char *a, const char *b)
{
  GStatBuf first, second;

  return a && b && g_stat (a, &first) == 0 && g_stat (b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

gboolean
assay_document_is_at (AssayDocument *self, const char *path)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  return strcmp (self->path, path) == 0 || (part_of (self) == NULL && is_one_file (self->main_path, path));
}

gboolean
assay_document_is_same (AssayDocument *self, AssayDocument *other)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self) && ASSAY_IS_DOCUMENT (other), FALSE);
  return self == other || (g_strcmp0 (part_of (self), part_of (other)) == 0 && is_one_file (self->main_path, other->main_path));
}

gboolean
assay_document_is_gone (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  return self->gone;
}

AssayManifest *
assay_document_get_manifest (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->manifest;
}

AssayNode *
assay_document_get_root (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return self->root;
}

/* How well a path fits: 2 it is it, 1 it ends with it at the start of a part, 0 not at all. */
static int
fits (const char *path, const char *name)
{
  gsize n_path = strlen (path), n_name = strlen (name);

  if (n_name > n_path || strcmp (path + n_path - n_name, name) != 0)
    return 0;
  if (n_name == n_path)
    return 2;
  return path[n_path - n_name - 1] == '/' ? 1 : 0;
}

AssayNode *
assay_document_find (AssayDocument *self, const char *name)
{
  AssayNode *ends = NULL;
  guint      n_ends = 0;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  for (guint32 i = 0; i < assay_manifest_get_n_variables (self->manifest); i++)
    {
      AssayManifestVariable facts;
      g_autofree char      *path = assay_manifest_dup_variable_path (self->manifest, i);
      int                   how;

      assay_manifest_get_variable (self->manifest, i, &facts);
      how = MAX (fits (path, name), fits (facts.key, name));
      if (how == 2)
        return assay_document_get_variable (self, i);
      if (how == 1 && n_ends++ == 0)
        ends = assay_document_get_variable (self, i);
    }
  for (guint32 i = 0; i < assay_manifest_get_n_modules (self->manifest); i++)
    {
      g_autofree char *path = assay_manifest_dup_module_path (self->manifest, i);

      if (strcmp (path, name) == 0)
        return assay_document_get_module (self, i);
    }
  return n_ends == 1 ? ends : NULL;
}

AssaySource *
assay_document_dup_saved_source (AssayDocument *self, AssayNode *variable, GError **error)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  g_return_val_if_fail (!assay_node_is_module (variable), NULL);
  return assay_manifest_dup_source (self->manifest, assay_node_get_index (variable), error);
}

AssaySource *
assay_document_dup_source (AssayDocument *self, AssayNode *variable, GError **error)
{
  AssaySource *edited;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  edited = g_hash_table_lookup (self->current, GUINT_TO_POINTER (assay_node_get_index (variable)));
  return edited ? g_object_ref (edited) : assay_document_dup_saved_source (self, variable, error);
}

AssaySource *
assay_document_dup_base (AssayDocument *self, AssayNode *variable, GError **error)
{
  gpointer     key = GUINT_TO_POINTER (assay_node_get_index (variable));
  AssaySource *original;

  if (g_hash_table_contains (self->current, key))
    return assay_document_dup_source (self, variable, error);
  original = g_hash_table_lookup (self->originals, key);
  if (original == NULL)
    {
      original = assay_document_dup_saved_source (self, variable, error);
      if (original == NULL)
        return NULL;
      g_hash_table_insert (self->originals, key, original);
    }
  return g_object_ref (original);
}

gboolean
assay_document_has_edit (AssayDocument *self, AssayNode *variable)
{
  return g_hash_table_contains (self->current, GUINT_TO_POINTER (assay_node_get_index (variable)));
}

void
assay_document_exchange_manifest (AssayDocument *self, AssayManifest *manifest, const char *main_path)
{
  g_autofree char *path = g_strdup (main_path);

  g_set_object (&self->manifest, manifest);
  g_free (self->main_path);
  self->main_path = g_steal_pointer (&path);
  /* What edits were laid over is the old file's: all of an edited variable is written at the next save. */
  g_hash_table_remove_all (self->originals);
  assay_outline_set_manifest (self->outline, manifest);
  self->changed_on_disk = FALSE;
  self->gone = FALSE;
  if (self->keeps_journal)
    assay_document_watch (self);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_CHANGED_ON_DISK);
  assay_document_notify (self, ASSAY_DOCUMENT_PROP_FORMAT);
}

void
assay_document_apply (AssayDocument *self, guint32 variable, AssaySource *source)
{
  AssayNode *node = assay_document_get_variable (self, variable);

  if (source != NULL)
    g_hash_table_insert (self->current, GUINT_TO_POINTER (variable), g_object_ref (source));
  else
    g_hash_table_remove (self->current, GUINT_TO_POINTER (variable));
  assay_document_renew_statistics (self, variable);
  g_signal_emit (self, signals[EDITED], 0, node);
}
