/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Editing: each edit is a new source over the old one, and a step in the history. */

#include "document-private.h"

#include <assay/error.h>
#include <assay/overlay.h>
#include <glib/gi18n-lib.h>

void
assay_document_history_changed (AssayDocument *self)
{
  static const AssayDocumentProp props[] = { ASSAY_DOCUMENT_PROP_N_EDITS, ASSAY_DOCUMENT_PROP_DIRTY,
                                             ASSAY_DOCUMENT_PROP_CAN_UNDO, ASSAY_DOCUMENT_PROP_CAN_REDO,
                                             ASSAY_DOCUMENT_PROP_UNDO_NAME, ASSAY_DOCUMENT_PROP_REDO_NAME };

  for (gsize i = 0; i < G_N_ELEMENTS (props); i++)
    assay_document_notify (self, props[i]);
}

/* A variable is marked as edited if a step between what is done and what is saved changes it. */
static void
update_marks (AssayDocument *self, guint32 variable)
{
  guint    low, high, position = assay_history_get_position (self->history);
  guint    n_unsaved = assay_history_count_unsaved (self->history);
  gboolean edited = FALSE;

  /* The saved state lies behind or ahead of the position; both directions are looked at. */
  low = position > n_unsaved ? position - n_unsaved : 0;
  high = MIN (position + n_unsaved, assay_history_get_n_steps (self->history));
  if (assay_history_is_ahead (self->history))
    low = position;
  else
    high = position;
  for (guint i = low; i < high && !edited; i++)
    edited = assay_step_get_variable (assay_history_get_step (self->history, i)) == variable;
  assay_node_set_edited (assay_document_get_variable (self, variable), edited);
}

void
assay_document_update_all_marks (AssayDocument *self)
{
  g_autoptr (GHashTable) touched = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer       key;

  for (guint i = 0; i < assay_history_get_n_steps (self->history); i++)
    g_hash_table_add (touched, GUINT_TO_POINTER (assay_step_get_variable (assay_history_get_step (self->history, i))));
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    update_marks (self, GPOINTER_TO_UINT (key));
}

void
assay_document_push (AssayDocument *self, AssayNode *variable, AssaySource *source, char *name)
{
  guint32          index = assay_node_get_index (variable);
  g_autofree char *owned = name;

  assay_history_push (self->history, owned, index, g_hash_table_lookup (self->current, GUINT_TO_POINTER (index)), source);
  assay_document_apply (self, index, source);
  update_marks (self, index);
  assay_document_history_changed (self);
}

gboolean
assay_document_edit_box (AssayDocument *self,
                         AssayNode     *variable,
                         const guint64 *start,
                         const guint64 *count,
                         GBytes        *values,
                         const char    *name,
                         GError       **error)
{
  g_autoptr (AssaySource) base = NULL;
  g_autoptr (AssaySource) edited = NULL;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self) && values != NULL, FALSE);
  base = assay_document_dup_base (self, variable, error);
  edited = base ? assay_overlay_new (base, start, count, values, error) : NULL;
  if (edited == NULL)
    return FALSE;
  assay_document_journal_box (self, variable, name, start, count, assay_source_get_rank (base), values);
  assay_document_push (self, variable, edited, g_strdup (name));
  return TRUE;
}

gboolean
assay_document_edit_strings (AssayDocument *self,
                             AssayNode     *variable,
                             const guint64 *start,
                             const guint64 *count,
                             GPtrArray     *strings,
                             const char    *name,
                             GError       **error)
{
  g_autoptr (AssaySource) base = NULL;
  g_autoptr (AssaySource) edited = NULL;

  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self) && strings != NULL, FALSE);
  base = assay_document_dup_base (self, variable, error);
  edited = base ? assay_overlay_new_for_strings (base, start, count, strings, error) : NULL;
  if (edited == NULL)
    return FALSE;
  assay_document_journal_strings (self, variable, name, start, count, assay_source_get_rank (base), strings);
  assay_document_push (self, variable, edited, g_strdup (name));
  return TRUE;
}

void
assay_document_set_position (AssayDocument *self, guint position)
{
  guint now;

  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  position = MIN (position, assay_history_get_n_steps (self->history));
  while ((now = assay_history_get_position (self->history)) != position)
    {
      gboolean   back = now > position;
      AssayStep *step = assay_history_get_step (self->history, back ? now - 1 : now);

      assay_history_set_position (self->history, back ? now - 1 : now + 1);
      assay_document_apply (self, assay_step_get_variable (step), back ? assay_step_get_before (step) : assay_step_get_after (step));
      update_marks (self, assay_step_get_variable (step));
    }
  if (self->journal != NULL)
    assay_document_journal (self, "position", g_variant_new_uint32 (position > self->journal_base ? position - self->journal_base : 0));
  assay_document_history_changed (self);
}

void
assay_document_undo (AssayDocument *self)
{
  guint position = assay_document_get_position (self);

  while (position > 0 && assay_step_is_joined (assay_history_get_step (self->history, position - 1)))
    position--;
  if (position > 0)
    assay_document_set_position (self, position - 1);
}

void
assay_document_redo (AssayDocument *self)
{
  guint position = assay_document_get_position (self) + 1;

  while (position < assay_history_get_n_steps (self->history) && assay_step_is_joined (assay_history_get_step (self->history, position)))
    position++;
  assay_document_set_position (self, position);
}

GListModel *
assay_document_get_history (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), NULL);
  return G_LIST_MODEL (self->history);
}

guint
assay_document_get_position (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), 0);
  return assay_history_get_position (self->history);
}

gboolean
assay_document_is_dirty (AssayDocument *self)
{
  g_return_val_if_fail (ASSAY_IS_DOCUMENT (self), FALSE);
  return !assay_history_is_saved (self->history);
}
