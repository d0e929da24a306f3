/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Editing by formula: bound and checked in a worker, kept as a formula. */

#include <assay/error.h>
#include <assay/formula.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "document-private.h"

typedef struct
{
  AssayNode    *variable;
  AssaySource  *base;
  AssaySource  *edited;
  AssayFormula *formula;
  AssayJob     *job;
  gboolean      whole;
  guint64       start[ASSAY_MAX_RANK];
  guint64       count[ASSAY_MAX_RANK];
} Edit;

static void
edit_free (Edit *edit)
{
  g_clear_object (&edit->variable);
  g_clear_object (&edit->base);
  g_clear_object (&edit->edited);
  g_clear_object (&edit->job);
  g_clear_pointer (&edit->formula, assay_formula_unref);
  g_free (edit);
}

/* In the worker: nothing of the document is touched. */
static void
edit_thread (GTask *task, gpointer object, gpointer task_data, GCancellable *cancellable)
{
  Edit   *edit = task_data;
  GError *error = NULL;
  g_autoptr (AssayFormula) bound = assay_formula_bind (edit->formula, edit->base, edit->job, &error);

  if (bound != NULL)
    edit->edited = assay_formula_source_new (edit->base, bound, edit->whole ? NULL : edit->start, edit->whole ? NULL : edit->count, &error);
  if (edit->edited != NULL && assay_formula_source_check (edit->edited, edit->job, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
assay_document_edit_formula_async (AssayDocument      *self,
                                   AssayNode          *variable,
                                   const guint64      *start,
                                   const guint64      *count,
                                   const char         *formula,
                                   AssayJob           *job,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, job ? assay_job_get_cancellable (job) : NULL, callback, user_data);
  Edit   *edit = g_new0 (Edit, 1);
  GError *error = NULL;

  g_return_if_fail (ASSAY_IS_DOCUMENT (self));
  g_task_set_source_tag (task, assay_document_edit_formula_async);
  g_task_set_task_data (task, edit, (GDestroyNotify) edit_free);
  edit->variable = g_object_ref (variable);
  edit->base = assay_document_dup_base (self, variable, &error);
  edit->formula = edit->base ? assay_formula_parse (formula, &error) : NULL;
  edit->job = job ? g_object_ref (job) : NULL;
  edit->whole = start == NULL;
  for (guint i = 0; edit->base && start && i < assay_source_get_rank (edit->base); i++)
    {
      edit->start[i] = start[i];
      edit->count[i] = count[i];
    }
  if (edit->formula == NULL)
    g_task_return_error (task, error);
  else
    g_task_run_in_thread (task, edit_thread);
}

/* "kernel", or "[1, 3:6]" for a box of it. */
static char *
dup_target (const Edit *edit)
{
  g_autoptr (GString) out = NULL;

  if (edit->whole)
    return g_strdup (assay_node_get_name (edit->variable));
  out = g_string_new (assay_node_get_name (edit->variable));
  g_string_append_c (out, '[');
  for (guint i = 0; i < assay_source_get_rank (edit->base); i++)
    {
      if (edit->count[i] == 1)
        g_string_append_printf (out, "%s%" PRIu64, i ? ", " : "", edit->start[i]);
      else
        g_string_append_printf (out, "%s%" PRIu64 ":%" PRIu64, i ? ", " : "", edit->start[i], edit->start[i] + edit->count[i]);
    }
  g_string_append_c (out, ']');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
assay_document_edit_formula_finish (AssayDocument *self, GAsyncResult *result, GError **error)
{
  GTask           *task = G_TASK (result);
  Edit            *edit = g_task_get_task_data (task);
  g_autofree char *target = NULL, *name = NULL;
  g_autoptr (AssaySource) now = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  if (!g_task_propagate_boolean (task, error))
    return FALSE;
  now = assay_document_dup_source (self, edit->variable, NULL);
  if (assay_document_has_edit (self, edit->variable) && now != edit->base)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_CHANGED, _ ("The values were changed meanwhile; apply the formula again"));
      return FALSE;
    }
  target = dup_target (edit);
  name = assay_formula_dup_name (edit->formula, target);
  assay_document_journal_formula (self, edit->variable, name, edit->whole, edit->start, edit->count, assay_source_get_rank (edit->base),
                                  assay_formula_get_text (edit->formula));
  assay_document_push (self, edit->variable, edit->edited, g_strdup (name));
  return TRUE;
}
