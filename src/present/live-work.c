/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a worker does for a live model, and how Python would say it. */

#include "live-private.h"

#include <assay/error.h>
#include <assay/layer.h>
#include <assay/literal.h>
#include <assay/memory-source.h>
#include <assay/module-text.h>
#include <assay/saved-model.h>
#include <assay/summary.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Printed variables of more values than that are NumPy's business; more cells' text than that is nobody's. */
#define MAX_OUTPUT (256u << 10)

AssayLiveWork *
assay_live_work_new (AssayLiveFunc run, const char *text)
{
  AssayLiveWork *work = g_new0 (AssayLiveWork, 1);

  work->run = run;
  work->text = g_strdup (text);
  work->source = g_string_new (NULL);
  work->output = g_string_new (NULL);
  work->sync_variables = g_ptr_array_new_with_free_func (g_object_unref);
  work->sync_sources = g_ptr_array_new_with_free_func (g_object_unref);
  work->sync_tensors = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_tensor_unref);
  work->saved = g_ptr_array_new_with_free_func (g_object_unref);
  return work;
}

void
assay_live_work_free (AssayLiveWork *work)
{
  g_clear_object (&work->job);
  g_string_free (work->source, TRUE);
  g_string_free (work->output, TRUE);
  g_ptr_array_unref (work->sync_variables);
  g_ptr_array_unref (work->sync_sources);
  g_ptr_array_unref (work->sync_tensors);
  g_ptr_array_unref (work->saved);
  g_strfreev (work->values);
  g_free (work->text);
  g_clear_object (&work->made);
  g_clear_object (&work->status);
  g_free (work);
}

/* Edits become what the variables hold. */
static gboolean
put_edits (AssayLiveWork *work, GError **error)
{
  for (guint i = 0; i < work->sync_variables->len; i++)
    {
      AssayTensor *tensor = assay_source_read_tensor (work->sync_sources->pdata[i], assay_job_get_cancellable (work->job), error);

      if (tensor == NULL)
        return FALSE;
      g_ptr_array_add (work->sync_tensors, tensor);
      if (!assay_resource_assign (work->sync_variables->pdata[i], tensor, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_live_work_do (AssayLiveWork *work, GError **error)
{
  g_autoptr (AssayPool) pool = assay_pool_push ();
  gboolean good;

  assay_eager_enter (work->eager, assay_job_get_cancellable (work->job));
  assay_random_source_enter (work->random);
  good = put_edits (work, error) && work->run (work, error);
  assay_random_source_enter (NULL);
  assay_eager_leave (work->eager);
  if (work->output->len > MAX_OUTPUT)
    g_string_truncate (work->output, (gsize) (g_utf8_find_prev_char (work->output->str, work->output->str + MAX_OUTPUT) - work->output->str));
  return good;
}

static void
print (AssayLiveWork *work, char *text)
{
  g_string_append (work->output, text);
  g_free (text);
}

gboolean
assay_live_make (AssayLiveWork *work, GError **error)
{
  g_autofree char *python = assay_builtin_module_to_python (work->klass, (const char *const *) work->values);

  if (*work->text)
    g_string_append_printf (work->source, "tf.random.set_seed(%s)\n", work->text);
  g_string_append_printf (work->source, "model = %s", python);
  work->made = assay_builtin_module_new (work->klass, (const char *const *) work->values, error);
  return work->made != NULL;
}

gboolean
assay_live_call (AssayLiveWork *work, GError **error)
{
  g_autofree char *floats = assay_live_floats (work->text);
  AssayValue      *x, *y;

  g_string_append_printf (work->source, "model(tf.constant(%s))", floats);
  x = assay_literal (work->text, error);
  if (x == NULL)
    return FALSE;
  /* A tensor, not a list. */
  assay_value_set_literal (x, NULL);
  y = assay_module_call (work->module, x, error);
  if (y == NULL)
    return FALSE;
  print (work, assay_value_to_text (y, TRUE));
  return TRUE;
}

static GPtrArray *
list_variables (AssayLiveWork *work)
{
  switch (work->question)
    {
    case ASSAY_LIVE_TRAINABLE_VARIABLES:
      return assay_module_get_trainable_variables (work->module);
    case ASSAY_LIVE_NON_TRAINABLE_VARIABLES:
      return assay_module_get_non_trainable_variables (work->module);
    default:
      return assay_module_get_variables (work->module);
    }
}

gboolean
assay_live_ask (AssayLiveWork *work, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;

  g_string_append (work->source, assay_live_question_get_python (work->question));
  switch (work->question)
    {
    case ASSAY_LIVE_SUBMODULES:
      list = assay_module_get_submodules (work->module);
      print (work, assay_modules_to_text (list));
      return TRUE;
    case ASSAY_LIVE_SUMMARY:
      print (work, assay_layer_summary (work->module));
      return TRUE;
    case ASSAY_LIVE_ASSERT_EXISTING_OBJECTS_MATCHED:
    case ASSAY_LIVE_ASSERT_CONSUMED:
      if (!(work->question == ASSAY_LIVE_ASSERT_CONSUMED ? assay_checkpoint_status_assert_consumed
                                                         : assay_checkpoint_status_assert_existing_objects_matched) (work->status, error))
        return FALSE;
      print (work, assay_checkpoint_status_to_text (work->status));
      return TRUE;
    default:
      list = list_variables (work);
      print (work, assay_variables_to_text (list, ASSAY_IS_LAYER (work->module) ? "[]" : "()", ASSAY_TEXT_PRETTY));
      return TRUE;
    }
}

/* A prefix: the file's name without its ending. */
static char *
dup_prefix (const char *path, const char *ending)
{
  return g_str_has_suffix (path, ending) ? g_strndup (path, strlen (path) - strlen (ending)) : g_strdup (path);
}

gboolean
assay_live_write (AssayLiveWork *work, GError **error)
{
  /* TensorFlow's own is told by its prefix. */
  g_autofree char *prefix = dup_prefix (work->text, ".h5"), *shown = dup_prefix (prefix, ".index");
  g_autofree char *quoted = assay_python_repr (shown), *written = NULL;
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("model", work->module, NULL);

  g_string_append_printf (work->source, "checkpoint = tf.train.Checkpoint(model=model)\ncheckpoint.write(%s)", quoted);
  written = assay_checkpoint_write (checkpoint, prefix, error);
  if (written == NULL)
    return FALSE;
  print (work, assay_python_repr (written));
  return TRUE;
}

/* Restores, and says whether anything but the root found its place. */
static AssayCheckpointStatus *
restore (AssayCheckpoint *checkpoint, const char *path, gboolean *matched, GError **error)
{
  AssayCheckpointStatus *status = assay_checkpoint_restore (checkpoint, path, error);

  if (status == NULL)
    return NULL;
  /* The window tells of values that found no place. */
  assay_checkpoint_status_expect_partial (status);
  *matched = assay_checkpoint_status_assert_nontrivial_match (status, NULL);
  return status;
}

gboolean
assay_live_restore (AssayLiveWork *work, GError **error)
{
  /* TensorFlow's own is found by its prefix; in Python ours is, too. */
  g_autofree char *prefix = dup_prefix (work->text, ".index"), *shown = dup_prefix (prefix, ".h5"), *quoted = assay_python_repr (shown);
  g_autoptr (AssayCheckpoint) checkpoint = assay_checkpoint_new ("model", work->module, NULL);
  gboolean matched = FALSE, matched_as_root = FALSE;

  work->status = restore (checkpoint, prefix, &matched, error);
  if (work->status != NULL && !matched)
    {
      g_autoptr (AssayCheckpoint) root = assay_checkpoint_new_for_root (work->module);
      g_autoptr (AssayCheckpointStatus) as_root = restore (root, prefix, &matched_as_root, NULL);

      if (as_root != NULL && matched_as_root)
        g_set_object (&work->status, as_root);
      matched_as_root = as_root != NULL && matched_as_root;
    }
  g_string_append (work->source, matched_as_root ? "checkpoint = tf.train.Checkpoint(model)\n" : "checkpoint = tf.train.Checkpoint(model=model)\n");
  g_string_append_printf (work->source, "status = checkpoint.restore(%s)", quoted);
  if (work->status == NULL)
    return FALSE;
  print (work, assay_checkpoint_status_to_text (work->status));
  return matched || matched_as_root || assay_checkpoint_status_assert_nontrivial_match (work->status, error);
}

gboolean
assay_live_save (AssayLiveWork *work, GError **error)
{
  g_autofree char *path = dup_prefix (work->text, ".h5"), *quoted = assay_python_repr (path);

  g_string_append_printf (work->source, "tf.saved_model.save(model, %s)", quoted);
  return assay_saved_model_save (work->module, path, NULL, 0, error);
}

gboolean
assay_live_load (AssayLiveWork *work, GError **error)
{
  g_autofree char *path = dup_prefix (work->text, ".h5"), *quoted = assay_python_repr (path);
  g_autoptr (AssayModule) loaded = NULL;

  g_string_append_printf (work->source, "new_model = tf.saved_model.load(%s)\nprint(type(new_model))\nisinstance(new_model, %s)", quoted,
                          assay_module_get_class_name (work->module));
  loaded = assay_saved_model_load (path, error);
  if (loaded == NULL)
    return FALSE;
  print (work, assay_module_type_to_text (loaded));
  g_string_append (work->output, G_OBJECT_TYPE (loaded) == G_OBJECT_TYPE (work->module) ? "\nTrue" : "\nFalse");
  return TRUE;
}
