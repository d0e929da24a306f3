/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plans: what of a function has to run, with which kernels, and until when each value is needed. */

#include "plan-private.h"

#include <string.h>

/* Functions call functions at most so deep. */
#define MAX_DEPTH 64

G_DEFINE_FINAL_TYPE (AssayPlan, assay_plan, G_TYPE_OBJECT)

static void
assay_plan_finalize (GObject *object)
{
  AssayPlan *self = ASSAY_PLAN (object);

  g_clear_object (&self->library);
  g_clear_object (&self->function);
  g_clear_pointer (&self->workspace, assay_workspace_unref);
  g_free (self->steps);
  g_free (self->released);
  g_free (self->value_at);
  G_OBJECT_CLASS (assay_plan_parent_class)->finalize (object);
}

static void
assay_plan_class_init (AssayPlanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_plan_finalize;
}

static void
assay_plan_init (AssayPlan *self)
{
  self->workspace = assay_workspace_new ();
}

/* Marks all that @index needs, itself included. */
static void
need (AssayFunction *function, gboolean *needed, guint32 index, GArray *stack)
{
  g_array_append_val (stack, index);
  while (stack->len > 0)
    {
      guint32               top = g_array_index (stack, guint32, stack->len - 1);
      const AssayOperation *operation = assay_function_get_operation (function, top);

      g_array_set_size (stack, stack->len - 1);
      if (needed[top])
        continue;
      needed[top] = TRUE;
      for (guint i = 0; i < operation->n_inputs; i++)
        g_array_append_val (stack, operation->inputs[i].operation);
      for (guint i = 0; i < operation->n_controls; i++)
        g_array_append_val (stack, operation->controls[i]);
    }
}

static gboolean *
find_needed (AssayFunction *function, gboolean keep_activations)
{
  gboolean *needed = g_new0 (gboolean, assay_function_get_n_operations (function) + 1);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint                n;
  const AssayNamedRef *refs = assay_function_get_results (function, &n);

  for (guint i = 0; i < n; i++)
    need (function, needed, refs[i].ref.operation, stack);
  refs = assay_function_get_activations (function, &n);
  for (guint i = 0; keep_activations && i < n; i++)
    need (function, needed, refs[i].ref.operation, stack);
  for (guint i = 0; i < assay_function_get_n_arguments (function); i++)
    needed[i] = TRUE;
  return needed;
}

/* Functions that an operation calls: all its attributes that name one. */
static gboolean
check_calls (AssayLibrary *library, const AssayOperation *operation, guint depth, GHashTable *checked, GError **error)
{
  g_autoptr (GPtrArray) names = assay_attrs_list (operation->attrs);

  for (guint i = 0; i < names->len; i++)
    {
      const AssayAttr *attr = assay_attrs_get (operation->attrs, names->pdata[i]);

      for (guint k = 0; attr->kind == ASSAY_ATTR_FUNCTION && k < attr->n; k++)
        {
          const char    *name = g_bytes_get_data (attr->strings[k], NULL);
          AssayFunction *function = library ? assay_library_get (library, name) : NULL;

          if (function == NULL)
            {
              g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Operation %s calls function %s, which isn't there", operation->name, name);
              return FALSE;
            }
          if (!assay_plan_check (library, function, FALSE, depth + 1, checked, error))
            return FALSE;
        }
    }
  return TRUE;
}

gboolean
assay_plan_check (AssayLibrary *library, AssayFunction *function, gboolean keep_activations, guint depth, GHashTable *checked, GError **error)
{
  g_autofree gboolean *needed = NULL;

  if (depth > MAX_DEPTH)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "Function %s is called more than %d calls deep", assay_function_get_name (function), MAX_DEPTH);
      return FALSE;
    }
  if (!g_hash_table_add (checked, function) && depth < MAX_DEPTH / 2)
    return TRUE;
  needed = find_needed (function, keep_activations);
  for (guint i = assay_function_get_n_arguments (function); i < assay_function_get_n_operations (function); i++)
    {
      const AssayOperation *operation = assay_function_get_operation (function, i);

      if (!needed[i])
        continue;
      if (assay_kernel_lookup (operation->op->name) == NULL)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "Operation %s can't be run (it is %s in function %s).",
                       operation->op->name, operation->name, assay_function_get_name (function));
          return FALSE;
        }
      if (!check_calls (library, operation, depth, checked, error))
        return FALSE;
    }
  return TRUE;
}

/* Gives each output a place among the values, and each step the list of those that nobody needs after it. */
static void
lay_out (AssayPlan *self, const gboolean *needed)
{
  guint                n = assay_function_get_n_operations (self->function), n_results;
  const AssayNamedRef *results = assay_function_get_results (self->function, &n_results);
  g_autofree guint32  *last = NULL;
  g_autofree guint32  *begin = NULL;

  self->value_at = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    {
      self->value_at[i] = self->n_values;
      self->n_values += assay_function_get_operation (self->function, i)->n_outputs;
    }
  self->value_at[n] = self->n_values;
  last = g_new0 (guint32, self->n_values + 1);
  self->steps = g_new (AssayStep, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (self->function, i);

      for (guint k = self->value_at[i]; k < self->value_at[i + 1]; k++)
        last[k] = i;
      if (!needed[i])
        continue;
      for (guint k = 0; k < operation->n_inputs; k++)
        last[self->value_at[operation->inputs[k].operation] + operation->inputs[k].output] = i;
      if (i >= assay_function_get_n_arguments (self->function))
        self->steps[self->n_steps++] = (AssayStep){ .operation = i, .kernel = assay_kernel_lookup (operation->op->name) };
    }
  for (guint i = 0; i < n_results; i++)
    last[self->value_at[results[i].ref.operation] + results[i].ref.output] = G_MAXUINT32;

  /* A counting sort of the values by the step after which they go. */
  begin = g_new0 (guint32, n + 2);
  for (guint k = 0; k < self->n_values; k++)
    if (last[k] != G_MAXUINT32)
      begin[last[k] + 1]++;
  for (guint i = 0; i <= n; i++)
    begin[i + 1] += begin[i];
  self->released = g_new (guint32, self->n_values + 1);
  for (guint i = 0; i < self->n_steps; i++)
    {
      self->steps[i].first_released = begin[self->steps[i].operation];
      self->steps[i].end_released = begin[self->steps[i].operation + 1];
    }
  for (guint k = 0; k < self->n_values; k++)
    if (last[k] != G_MAXUINT32)
      self->released[begin[last[k]]++] = k;
}

static AssayPlan *
plan_build (AssayLibrary *library, AssayFunction *function, gboolean keep_activations)
{
  AssayPlan           *self = g_object_new (ASSAY_TYPE_PLAN, NULL);
  g_autofree gboolean *needed = find_needed (function, keep_activations);

  self->library = library ? g_object_ref (library) : NULL;
  self->function = g_object_ref (function);
  lay_out (self, needed);
  return self;
}

AssayPlan *
assay_plan_new (AssayLibrary *library, AssayFunction *function, gboolean keep_activations, GError **error)
{
  g_autoptr (GHashTable) checked = g_hash_table_new (NULL, NULL);

  if (!assay_plan_check (library, function, keep_activations, 0, checked, error))
    return NULL;
  return plan_build (library, function, keep_activations);
}

/* The plan of a function that operations call; made once. Called with the run's thread only. */
AssayPlan *
assay_plan_of_called (AssayLibrary *library, AssayFunction *function, AssayWorkspace *workspace)
{
  static GQuark quark;
  static GMutex mutex;
  AssayPlan    *plan;

  g_mutex_lock (&mutex);
  if (quark == 0)
    quark = g_quark_from_static_string ("assay-plan");
  plan = g_object_get_qdata (G_OBJECT (function), quark);
  if (plan == NULL)
    {
      plan = plan_build (NULL, function, FALSE);
      g_object_unref (plan->function); /* the function owns its plan, not the other way round */
      g_object_set_qdata_full (G_OBJECT (function), quark, plan, assay_plan_free_called);
    }
  g_mutex_unlock (&mutex);
  return plan;
}

void
assay_plan_free_called (gpointer data)
{
  AssayPlan *plan = data;

  plan->function = NULL;
  g_object_unref (plan);
}
