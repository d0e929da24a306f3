/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs: inputs, outputs, and what each layer gave. */

#include "run-private.h"

#include "blas-private.h"

#define NONE G_MAXUINT32

struct _AssayRun
{
  GObject parent_instance;

  char          *signature;
  AssayFunction *function;
  GPtrArray     *inputs, *outputs; /* of AssayValue, in the function's order */
  GPtrArray     *activation_names; /* of char */
  GPtrArray     *activations;      /* of AssayValue */
  guint32        only;             /* the one operation whose outputs are wanted, or NONE */
  GHashTable    *wanted;           /* an operation's index + 1 → GArray of indexes of named activations; NULL if all are wanted */
  gboolean      *bad;              /* per operation: whether an output has NaN or Inf */
  char          *first_bad;
  double         seconds, load_seconds;
  gint64         observed_us; /* spent on keeping what came by, which is no part of running */
  guint64        peak_bytes;
};

G_DEFINE_FINAL_TYPE (AssayRun, assay_run, G_TYPE_OBJECT)

static void
assay_run_finalize (GObject *object)
{
  AssayRun *self = ASSAY_RUN (object);

  g_free (self->signature);
  g_free (self->first_bad);
  g_free (self->bad);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->activations);
  g_ptr_array_unref (self->activation_names);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_clear_object (&self->function);
  G_OBJECT_CLASS (assay_run_parent_class)->finalize (object);
}

static void
assay_run_class_init (AssayRunClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_run_finalize;
}

/* A run that failed has outputs that never came to be. */
static void
drop_output (gpointer value)
{
  if (value != NULL)
    assay_value_unref (value);
}

static void
assay_run_init (AssayRun *self)
{
  self->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  self->outputs = g_ptr_array_new_with_free_func (drop_output);
  self->activations = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  self->activation_names = g_ptr_array_new_with_free_func (g_free);
  self->only = NONE;
}

/* In a float an exponent of all ones is Inf or NaN. */
static gboolean
words_are_bad (const guint32 *x, guint64 n)
{
  gboolean bad = FALSE;

  for (guint64 i = 0; i < n; i++)
    bad |= (x[i] & 0x7f800000) == 0x7f800000;
  return bad;
}

static gboolean
doubles_are_bad (const guint64 *x, guint64 n)
{
  gboolean bad = FALSE;

  for (guint64 i = 0; i < n; i++)
    bad |= (x[i] & 0x7ff0000000000000) == 0x7ff0000000000000;
  return bad;
}

static gboolean
halves_are_bad (const guint16 *x, guint64 n, guint16 exponent)
{
  gboolean bad = FALSE;

  for (guint64 i = 0; i < n; i++)
    bad |= (x[i] & exponent) == exponent;
  return bad;
}

static gboolean
value_is_bad (AssayValue *value)
{
  AssayTensor *tensor = value && assay_value_get_kind (value) == ASSAY_VALUE_TENSOR ? assay_value_get_tensor (value) : NULL;
  const void  *data = tensor ? assay_tensor_get_data (tensor) : NULL;
  guint64      n = tensor ? assay_tensor_get_n_elements (tensor) : 0;

  if (n == 0)
    return FALSE;
  switch (assay_tensor_get_dtype (tensor))
    {
    case ASSAY_DTYPE_FLOAT32:
      return words_are_bad (data, n);
    case ASSAY_DTYPE_FLOAT64:
      return doubles_are_bad (data, n);
    case ASSAY_DTYPE_FLOAT16:
      return halves_are_bad (data, n, 0x7c00);
    case ASSAY_DTYPE_BFLOAT16:
      return halves_are_bad (data, n, 0x7f80);
    default:
      return FALSE;
    }
}

static gboolean
input_is_bad (AssayRun *self, const AssayOperation *operation)
{
  for (guint i = 0; i < operation->n_inputs; i++)
    if (self->bad[operation->inputs[i].operation])
      return TRUE;
  return FALSE;
}

static void
note_bad (AssayRun *self, guint index, AssayValue *const *outputs)
{
  const AssayOperation *operation = assay_function_get_operation (self->function, index);

  for (guint i = 0; i < operation->n_outputs && !self->bad[index]; i++)
    self->bad[index] = value_is_bad (outputs[i]);
  if (self->bad[index] && self->first_bad == NULL && !input_is_bad (self, operation))
    self->first_bad = g_strdup (operation->name);
}

static void
keep (AssayRun *self, const char *name, AssayValue *value)
{
  if (value == NULL || (assay_value_get_kind (value) != ASSAY_VALUE_TENSOR && assay_value_get_kind (value) != ASSAY_VALUE_STRINGS))
    return;
  g_ptr_array_add (self->activation_names, g_strdup (name));
  g_ptr_array_add (self->activations, assay_value_ref (value));
}

/* The outputs of an operation: "name", or "name:1" from the second on. */
static void
keep_operation (AssayRun *self, const AssayOperation *operation, AssayValue *const *outputs)
{
  for (guint i = 0; i < operation->n_outputs; i++)
    {
      g_autofree char *name = i > 0 ? g_strdup_printf ("%s:%u", operation->name, i) : g_strdup (operation->name);

      keep (self, name, outputs[i]);
    }
}

static void
keep_step (AssayFunction *function, guint index, AssayValue *const *outputs, gpointer data)
{
  AssayRun            *self = data;
  const AssayNamedRef *named = NULL;
  GArray              *wanted;
  guint                n;

  named = assay_function_get_activations (function, &n);
  if (self->only != NONE || self->wanted == NULL)
    {
      const AssayOperation *operation = assay_function_get_operation (function, index);

      /* In a function without layers each operation is kept that isn't a constant. */
      if (self->only != NONE ? index == self->only : operation->n_inputs > 0)
        keep_operation (self, operation, outputs);
      return;
    }
  wanted = g_hash_table_lookup (self->wanted, GUINT_TO_POINTER (index + 1));
  for (guint i = 0; wanted != NULL && i < wanted->len; i++)
    {
      const AssayNamedRef *ref = &named[g_array_index (wanted, guint, i)];

      keep (self, ref->name, outputs[ref->ref.output]);
    }
}

static void
observe (AssayFunction *function, guint index, AssayValue *const *outputs, gpointer data)
{
  AssayRun *self = data;
  gint64    begin = g_get_monotonic_time ();

  note_bad (self, index, outputs);
  keep_step (function, index, outputs, self);
  self->observed_us += g_get_monotonic_time () - begin;
}

/* Where a function says what its layers gave, that is kept and nothing else. */
static void
want_named (AssayRun *self)
{
  guint                n;
  const AssayNamedRef *named = assay_function_get_activations (self->function, &n);

  if (n == 0)
    return;
  self->wanted = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  for (guint i = 0; i < n; i++)
    {
      gpointer key = GUINT_TO_POINTER (named[i].ref.operation + 1);
      GArray  *indexes = g_hash_table_lookup (self->wanted, key);

      if (indexes == NULL)
        {
          indexes = g_array_new (FALSE, FALSE, sizeof (guint));
          g_hash_table_insert (self->wanted, key, indexes);
        }
      g_array_append_val (indexes, i);
    }
}

/* Arguments are no steps, so nobody hears of them; a layer that only passes its input on is one. */
static void
keep_arguments (AssayRun *self)
{
  for (guint i = 0; i < self->inputs->len; i++)
    {
      AssayValue *value = self->inputs->pdata[i];

      if (self->wanted != NULL || self->only != NONE)
        observe (self->function, i, &value, self);
      else
        note_bad (self, i, &value);
    }
}

static void
note (AssayFunction *function, guint index, AssayValue *const *outputs, gpointer data)
{
  note_bad (data, index, outputs);
}

/* A run that nobody listened to and that gave NaN or infinity is made once more, to hear where that came from. Takes what it may: if it fails
 * or is cancelled, the results are there all the same. */
static void
find_first_bad (AssayRun *self, AssayPlan *plan, AssayJob *job)
{
  AssayRunOptions options = { .job = job, .observer = note, .observer_data = self };
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (drop_output);
  gboolean bad = FALSE;

  for (guint i = 0; i < self->outputs->len; i++)
    bad = bad || value_is_bad (self->outputs->pdata[i]);
  if (!bad)
    return;
  for (guint i = 0; i < self->inputs->len; i++)
    note_bad (self, i, (AssayValue *const *) &self->inputs->pdata[i]);
  g_ptr_array_set_size (outputs, self->outputs->len);
  assay_plan_run (plan, (AssayValue *const *) self->inputs->pdata, self->inputs->len, &options, (AssayValue **) outputs->pdata, NULL);
}

/* Variables whose values lie in a file are read now, and the library that multiplies is loaded: a run is measured without that. */
static gboolean
load_captures (AssayRun *self, AssayJob *job, GError **error)
{
  GCancellable *cancellable = job ? assay_job_get_cancellable (job) : NULL;
  gint64        begin = g_get_monotonic_time ();
  guint         n = assay_function_get_n_captures (self->function);

  for (guint i = 0; i < n; i++)
    {
      AssayValue    *value = assay_function_get_capture (self->function, i);
      AssayResource *resource = assay_value_get_kind (value) == ASSAY_VALUE_RESOURCE ? assay_value_get_resource (value) : NULL;
      g_autoptr (AssayTensor) tensor = NULL;

      if (resource == NULL)
        continue;
      if (job != NULL)
        assay_job_set_message (job, assay_resource_get_name (resource));
      /* What can't be read is told by the operation that needs it, if any does. */
      tensor = assay_resource_dup_tensor (resource, cancellable, NULL);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }
  if (n > 0)
    assay_blas_get (NULL);
  self->load_seconds = (g_get_monotonic_time () - begin) / 1e6;
  return TRUE;
}

AssayRun *
assay_run_make (const char        *signature,
                AssayFunction     *function,
                AssayPlan         *plan,
                AssayValue *const *inputs,
                guint              n_inputs,
                gboolean           activations,
                guint32            only,
                AssayJob          *job,
                GError           **error)
{
  g_autoptr (AssayRun) self = g_object_new (ASSAY_TYPE_RUN, NULL);
  AssayRunOptions options = { .job = job, .peak_bytes = &self->peak_bytes };
  guint           n_outputs;
  gint64          begin;

  assay_function_get_results (function, &n_outputs);
  self->signature = g_strdup (signature);
  self->function = g_object_ref (function);
  self->only = only;
  self->bad = g_new0 (gboolean, assay_function_get_n_operations (function) + 1);
  for (guint i = 0; i < n_inputs; i++)
    g_ptr_array_add (self->inputs, assay_value_ref (inputs[i]));
  g_ptr_array_set_size (self->outputs, n_outputs);
  if (activations)
    {
      want_named (self);
      if (n_inputs == assay_function_get_n_arguments (function) - assay_function_get_n_captures (function))
        keep_arguments (self);
      options.observer = observe;
      options.observer_data = self;
    }
  if (!load_captures (self, job, error))
    return NULL;
  begin = g_get_monotonic_time ();
  self->observed_us = 0;
  if (!assay_plan_run (plan, inputs, n_inputs, &options, (AssayValue **) self->outputs->pdata, error))
    return NULL;
  self->seconds = MAX (g_get_monotonic_time () - begin - self->observed_us, 1) / 1e6;
  if (!activations)
    find_first_bad (self, plan, job);
  return g_steal_pointer (&self);
}

AssayFunction *
assay_run_get_function (AssayRun *self)
{
  return self->function;
}

gboolean
assay_run_is_bad (AssayRun *self, guint32 operation)
{
  g_return_val_if_fail (operation < assay_function_get_n_operations (self->function), FALSE);
  return self->bad[operation];
}

const char *
assay_run_get_signature (AssayRun *self)
{
  return self->signature;
}

guint
assay_run_get_n_inputs (AssayRun *self)
{
  return self->inputs->len;
}

AssayValue *
assay_run_get_input (AssayRun *self, guint index, const char **name)
{
  if (name != NULL)
    *name = assay_function_get_operation (self->function, index)->name;
  return self->inputs->pdata[index];
}

guint
assay_run_get_n_outputs (AssayRun *self)
{
  return self->outputs->len;
}

AssayValue *
assay_run_get_output (AssayRun *self, guint index, const char **name)
{
  guint n;

  if (name != NULL)
    *name = assay_function_get_results (self->function, &n)[index].name;
  return self->outputs->pdata[index];
}

guint
assay_run_get_n_activations (AssayRun *self)
{
  return self->activations->len;
}

AssayValue *
assay_run_get_activation (AssayRun *self, guint index, const char **name)
{
  if (name != NULL)
    *name = self->activation_names->pdata[index];
  return self->activations->pdata[index];
}

double
assay_run_get_seconds (AssayRun *self)
{
  return self->seconds;
}

double
assay_run_get_load_seconds (AssayRun *self)
{
  return self->load_seconds;
}

guint64
assay_run_get_peak_bytes (AssayRun *self)
{
  return self->peak_bytes;
}

const char *
assay_run_get_first_bad (AssayRun *self)
{
  return self->first_bad;
}
