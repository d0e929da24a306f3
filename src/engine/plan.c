/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plans: what of a function has to run, with which kernels, and until when each value is needed. */

#include "plan-private.h"

#include <string.h>

/* Functions call functions at most so deep. */
#define MAX_DEPTH 64

G_DEFINE_FINAL_TYPE (AssayPlan, assay_plan, G_TYPE_OBJECT)

static void
layout_clear (AssayLayout *layout)
{
  g_free (layout->steps);
  g_free (layout->released);
  g_free (layout->chained);
}

static void
assay_plan_finalize (GObject *object)
{
  AssayPlan *self = ASSAY_PLAN (object);

  g_clear_object (&self->library);
  g_clear_object (&self->function);
  g_clear_pointer (&self->workspace, assay_workspace_unref);
  layout_clear (&self->plain);
  layout_clear (&self->fast);
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

/* Gives each output a place among the values. */
static void
place_values (AssayPlan *self)
{
  guint n = assay_function_get_n_operations (self->function);

  self->value_at = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    {
      self->value_at[i] = self->n_values;
      self->n_values += assay_function_get_operation (self->function, i)->n_outputs;
    }
  self->value_at[n] = self->n_values;
}

/* The operation after which each value isn't needed any more: G_MAXUINT32 if it is a result. */
static guint32 *
find_last_uses (AssayPlan *self, const gboolean *needed, const guint32 *last_of)
{
  guint                n = assay_function_get_n_operations (self->function), n_results;
  const AssayNamedRef *results = assay_function_get_results (self->function, &n_results);
  guint32             *last = g_new0 (guint32, self->n_values + 1);

  for (guint i = 0; i < n; i++)
    {
      const AssayOperation *operation = assay_function_get_operation (self->function, i);

      for (guint k = self->value_at[i]; k < self->value_at[i + 1]; k++)
        last[k] = last_of[i];
      for (guint k = 0; needed[i] && k < operation->n_inputs; k++)
        {
          guint32 *at = &last[self->value_at[operation->inputs[k].operation] + operation->inputs[k].output];

          *at = MAX (*at, last_of[i]);
        }
    }
  for (guint i = 0; i < n_results; i++)
    last[self->value_at[results[i].ref.operation] + results[i].ref.output] = G_MAXUINT32;
  return last;
}

/* Gives each step the list of the values that nobody needs after it: a counting sort of the values by the step after which they go. */
static void
list_released (AssayPlan *self, AssayLayout *layout, const guint32 *last)
{
  guint               n = assay_function_get_n_operations (self->function);
  g_autofree guint32 *begin = g_new0 (guint32, n + 2);

  for (guint k = 0; k < self->n_values; k++)
    if (last[k] != G_MAXUINT32)
      begin[last[k] + 1]++;
  for (guint i = 0; i <= n; i++)
    begin[i + 1] += begin[i];
  layout->released = g_new (guint32, self->n_values + 1);
  for (guint i = 0; i < layout->n_steps; i++)
    {
      layout->steps[i].first_released = begin[layout->steps[i].operation];
      layout->steps[i].end_released = begin[layout->steps[i].operation + 1];
    }
  for (guint k = 0; k < self->n_values; k++)
    if (last[k] != G_MAXUINT32)
      layout->released[begin[last[k]]++] = k;
}

/* The step that ends with operation @index, alone or the last of a chain. */
static AssayStep
make_step (AssayPlan *self, AssayLayout *layout, guint32 index, const guint32 *before, guint32 *n_chained)
{
  AssayStep step = { .operation = index, .first_chained = *n_chained };
  guint32   first = index;

  for (guint32 i = index; before[i] != G_MAXUINT32; i = before[i])
    {
      first = before[i];
      step.n_chained++;
    }
  if (first != index)
    {
      *n_chained += ++step.n_chained;
      for (guint32 i = index, k = *n_chained; k-- > step.first_chained; i = before[i])
        layout->chained[k] = i;
    }
  step.kernel = assay_kernel_lookup (assay_function_get_operation (self->function, first)->op->name);
  return step;
}

/* Inputs that nobody needs after this operation, in whose memory its output may be. */
static guint32
find_reusable (AssayPlan *self, guint32 index, const guint32 *last, const guint8 *computed)
{
  const AssayOperation *operation = assay_function_get_operation (self->function, index);
  guint32               bits = assay_chain_reusable (self->function, index, computed);

  for (guint k = 0; k < operation->n_inputs && bits >> k != 0; k++)
    if (last[self->value_at[operation->inputs[k].operation] + operation->inputs[k].output] != index)
      bits &= ~(1u << k);
  return bits;
}

static void
lay_out (AssayPlan *self, AssayLayout *layout, const gboolean *needed, const guint32 *last_of, const guint32 *before, const guint8 *computed)
{
  guint               n = assay_function_get_n_operations (self->function);
  g_autofree guint32 *last = find_last_uses (self, needed, last_of);
  guint32             n_chained = 0;

  layout->steps = g_new (AssayStep, n + 1);
  layout->chained = g_new (guint32, n + 1);
  for (guint i = assay_function_get_n_arguments (self->function); i < n; i++)
    if (needed[i] && last_of[i] == i)
      {
        AssayStep step = make_step (self, layout, i, before, &n_chained);

        if (computed != NULL && step.n_chained == 0)
          step.reusable = find_reusable (self, i, last, computed);
        layout->steps[layout->n_steps++] = step;
      }
  list_released (self, layout, last);
}

static void
lay_out_both (AssayPlan *self, const gboolean *needed, gboolean keep_activations)
{
  guint               n = assay_function_get_n_operations (self->function);
  g_autofree guint32 *last_of = g_new (guint32, n + 1);
  g_autofree guint32 *before = g_new (guint32, n + 1);
  g_autofree guint8  *computed = assay_chain_find_computed (self->function);

  place_values (self);
  for (guint i = 0; i < n; i++)
    {
      last_of[i] = i;
      before[i] = G_MAXUINT32;
    }
  lay_out (self, &self->plain, needed, last_of, before, NULL);
  assay_chain_find (self->function, needed, keep_activations, last_of, before);
  lay_out (self, &self->fast, needed, last_of, before, computed);
}

static AssayPlan *
plan_build (AssayLibrary *library, AssayFunction *function, gboolean keep_activations)
{
  AssayPlan           *self = g_object_new (ASSAY_TYPE_PLAN, NULL);
  g_autofree gboolean *needed = find_needed (function, keep_activations);

  self->library = library ? g_object_ref (library) : NULL;
  self->function = g_object_ref (function);
  lay_out_both (self, needed, keep_activations);
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
