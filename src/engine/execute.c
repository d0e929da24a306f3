/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running a plan, step by step. */

#include "plan-private.h"

#include <string.h>

#define MAX_CALL_DEPTH 128

static gboolean
check_arguments (AssayPlan *self, AssayValue *const *arguments, guint n_arguments, GError **error)
{
  guint n_wanted = assay_function_get_n_arguments (self->function) - assay_function_get_n_captures (self->function);

  if (n_arguments != n_wanted)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "Function %s takes %u arguments, but got %u.",
                   assay_function_get_name (self->function), n_wanted, n_arguments);
      return FALSE;
    }
  for (guint i = 0; i < n_arguments; i++)
    {
      const AssayOperation *argument = assay_function_get_operation (self->function, i);
      AssayValue           *value = arguments[i];
      AssayDtype            dtype = argument->outputs[0].dtype;

      if (assay_value_get_kind (value) == ASSAY_VALUE_LIST || dtype == ASSAY_DTYPE_VARIANT || dtype == ASSAY_DTYPE_RESOURCE)
        continue;
      if (dtype != ASSAY_DTYPE_INVALID && assay_value_get_dtype (value) != dtype)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "Argument %s of function %s is %s, but got %s.", argument->name,
                       assay_function_get_name (self->function), assay_dtype_get_info (dtype)->name,
                       assay_dtype_get_info (assay_value_get_dtype (value))->name);
          return FALSE;
        }
      if (!assay_partial_shape_accepts (&argument->outputs[0].shape, assay_value_get_shape (value)))
        {
          g_autofree char *mine = assay_partial_shape_to_tuple (&argument->outputs[0].shape);
          g_autofree char *theirs = assay_partial_shape_to_tuple (assay_value_get_shape (value));

          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "Argument %s of function %s has shape %s, but got %s.", argument->name,
                       assay_function_get_name (self->function), mine, theirs);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether an operation stays dead because one of its inputs is (only Merge lives with one of them). */
static gboolean
gather (AssayPlan *self, const AssayOperation *operation, AssayValue *const *values, AssayValue **inputs)
{
  gboolean alive = TRUE, merges = (operation->op->flags & ASSAY_OP_SWITCH) && g_str_has_suffix (operation->op->name, "Merge");

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      inputs[i] = values[self->value_at[operation->inputs[i].operation] + operation->inputs[i].output];
      alive = alive && inputs[i] != NULL;
    }
  return alive || merges;
}

static gboolean
run_step (AssayPlan             *self,
          const AssayLayout     *layout,
          const AssayStep       *step,
          AssayValue           **values,
          AssayLibrary          *library,
          AssayWorkspace        *workspace,
          guint                  depth,
          const AssayRunOptions *options,
          GError               **error)
{
  const AssayOperation   *operation = assay_function_get_operation (self->function, step->operation);
  AssayValue             *few[8];
  g_autofree AssayValue **many = operation->n_inputs > 8 ? g_new (AssayValue *, operation->n_inputs) : NULL;
  AssayValue            **inputs = many ? many : few;
  AssayValue            **outputs = values + self->value_at[step->operation];
  AssayKernelCall         call = { .op = operation->op, .name = operation->name, .attrs = operation->attrs, .n_inputs = operation->n_inputs, .inputs = inputs, .n_outputs = operation->n_outputs, .outputs = outputs, .workspace = workspace, .library = library, .depth = depth, .reusable = step->reusable };

  if (g_cancellable_set_error_if_cancelled (assay_workspace_get_cancellable (workspace), error))
    return FALSE;
  if (step->n_chained > 0)
    {
      if (!assay_chain_run (self, layout, step, values, library, workspace, depth, error))
        return FALSE;
    }
  else if (gather (self, operation, values, inputs) && !assay_kernel_run (step->kernel, &call, error))
    return FALSE;
  if (options != NULL && options->observer != NULL)
    options->observer (self->function, step->operation, outputs, options->observer_data);
  for (guint i = step->first_released; i < step->end_released; i++)
    g_clear_pointer (&values[layout->released[i]], assay_value_unref);
  return TRUE;
}

static gboolean
take_results (AssayPlan *self, AssayValue **values, AssayValue **results, GError **error)
{
  guint                n;
  const AssayNamedRef *refs = assay_function_get_results (self->function, &n);

  for (guint i = 0; i < n; i++)
    {
      AssayValue *value = values[self->value_at[refs[i].ref.operation] + refs[i].ref.output];

      if (value == NULL)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Result %s of function %s was never made.", refs[i].name,
                       assay_function_get_name (self->function));
          while (i-- > 0)
            g_clear_pointer (&results[i], assay_value_unref);
          return FALSE;
        }
      results[i] = assay_value_ref (value);
    }
  return TRUE;
}

gboolean
assay_plan_execute (AssayPlan             *self,
                    AssayLibrary          *library,
                    AssayWorkspace        *workspace,
                    AssayValue *const     *arguments,
                    guint                  n_arguments,
                    guint                  depth,
                    const AssayRunOptions *options,
                    AssayValue           **results,
                    GError               **error)
{
  AssayJob               *job = options ? options->job : NULL;
  const AssayLayout      *layout = options && options->observer ? &self->plain : &self->fast;
  g_autofree AssayValue **values = NULL;
  gboolean                good = TRUE;

  if (depth > MAX_CALL_DEPTH)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "Functions call each other more than %d calls deep.", MAX_CALL_DEPTH);
      return FALSE;
    }
  if (!check_arguments (self, arguments, n_arguments, error))
    return FALSE;
  values = g_new0 (AssayValue *, self->n_values + 1);
  for (guint i = 0; i < n_arguments; i++)
    values[i] = assay_value_ref (arguments[i]);
  for (guint i = 0; i < assay_function_get_n_captures (self->function); i++)
    values[n_arguments + i] = assay_value_ref (assay_function_get_capture (self->function, i));
  for (guint i = 0; i < layout->n_steps && good; i++)
    {
      if (job != NULL && i % 16 == 0)
        {
          assay_job_set_fraction (job, (double) i / layout->n_steps);
          assay_job_set_message (job, assay_function_get_operation (self->function, layout->steps[i].operation)->name);
        }
      good = run_step (self, layout, &layout->steps[i], values, library, workspace, depth, options, error);
    }
  good = good && !g_cancellable_set_error_if_cancelled (assay_workspace_get_cancellable (workspace), error);
  good = good && take_results (self, values, results, error);
  for (guint i = 0; i < self->n_values; i++)
    g_clear_pointer (&values[i], assay_value_unref);
  return good;
}

gboolean
assay_plan_run (AssayPlan             *self,
                AssayValue *const     *arguments,
                guint                  n_arguments,
                const AssayRunOptions *options,
                AssayValue           **results,
                GError               **error)
{
  gboolean      is_first = g_atomic_int_compare_and_exchange (&self->is_running, FALSE, TRUE), good;
  GCancellable *cancellable = options && options->job ? assay_job_get_cancellable (options->job) : NULL, *before = assay_work_for (cancellable);
  g_autoptr (AssayWorkspace) workspace = is_first ? assay_workspace_ref (self->workspace) : assay_workspace_new ();

  assay_workspace_begin (workspace, cancellable, options ? options->max_bytes : 0);
  good = assay_plan_execute (self, self->library, workspace, arguments, n_arguments, 0, options, results, error);
  if (options != NULL && options->peak_bytes != NULL)
    *options->peak_bytes = assay_workspace_get_peak (workspace);
  assay_workspace_begin (workspace, NULL, 0);
  assay_work_for (before);
  if (is_first)
    g_atomic_int_set (&self->is_running, FALSE);
  return good;
}

gboolean
assay_kernel_call_function (AssayKernelCall   *call,
                            const char        *name,
                            AssayValue *const *arguments,
                            guint              n_arguments,
                            AssayValue       **results,
                            guint              n_results,
                            GError           **error)
{
  AssayFunction *function = call->library && name ? assay_library_get (call->library, name) : NULL;
  guint          n = 0;

  if (function != NULL)
    assay_function_get_results (function, &n);
  if (function == NULL || n != n_results)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Operation %s calls function %s, which %s.", call->name ? call->name : call->op->name,
                   name ? name : "(none)", function ? "has another number of results" : "isn't there");
      return FALSE;
    }
  return assay_plan_execute (assay_plan_of_called (call->library, function, call->workspace), call->library, call->workspace,
                             arguments, n_arguments, call->depth + 1, NULL, results, error);
}
