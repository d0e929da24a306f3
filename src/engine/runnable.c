/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "run-private.h"

typedef struct
{
  char          *name;
  AssayFunction *function;
  AssayPlan     *plans[2]; /* without and with activations; made when first needed */
} Signature;

struct _AssayRunnable
{
  GObject parent_instance;

  AssayLibrary *library;
  GArray       *signatures; /* of Signature */
  GHashTable   *failures;   /* name → GError: why a signature of the file can't be run */
  GMutex        mutex;      /* of their plans */
};

G_DEFINE_FINAL_TYPE (AssayRunnable, assay_runnable, G_TYPE_OBJECT)

static void
signature_clear (gpointer data)
{
  Signature *signature = data;

  g_clear_pointer (&signature->name, g_free);
  g_clear_object (&signature->function);
  g_clear_object (&signature->plans[0]);
  g_clear_object (&signature->plans[1]);
}

static void
assay_runnable_finalize (GObject *object)
{
  AssayRunnable *self = ASSAY_RUNNABLE (object);

  g_array_unref (self->signatures);
  g_hash_table_unref (self->failures);
  g_mutex_clear (&self->mutex);
  g_clear_object (&self->library);
  G_OBJECT_CLASS (assay_runnable_parent_class)->finalize (object);
}

static void
assay_runnable_class_init (AssayRunnableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_runnable_finalize;
}

static void
assay_runnable_init (AssayRunnable *self)
{
  g_mutex_init (&self->mutex);
  self->signatures = g_array_new (FALSE, TRUE, sizeof (Signature));
  g_array_set_clear_func (self->signatures, signature_clear);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_error_free);
}

AssayRunnable *
assay_runnable_new (AssayLibrary *library)
{
  AssayRunnable *self = g_object_new (ASSAY_TYPE_RUNNABLE, NULL);

  self->library = g_object_ref (library);
  return self;
}

AssayLibrary *
assay_runnable_get_library (AssayRunnable *self)
{
  return self->library;
}

void
assay_runnable_add_signature (AssayRunnable *self, const char *name, AssayFunction *function)
{
  Signature signature = { .name = g_strdup (name), .function = g_object_ref (function) };

  g_array_append_val (self->signatures, signature);
}

void
assay_runnable_add_failure (AssayRunnable *self, const char *name, const GError *reason)
{
  g_hash_table_insert (self->failures, g_strdup (name), g_error_copy (reason));
}

guint
assay_runnable_get_n_signatures (AssayRunnable *self)
{
  return self->signatures->len;
}

AssayFunction *
assay_runnable_get_signature (AssayRunnable *self, guint index, const char **name)
{
  const Signature *signature = &g_array_index (self->signatures, Signature, index);

  if (name != NULL)
    *name = signature->name;
  return signature->function;
}

/* "a, b and c", as a sentence about what there is. */
static char *
describe_names (AssayRunnable *self)
{
  GString *names = g_string_new ("");

  for (guint i = 0; i < self->signatures->len && i < 20; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", g_array_index (self->signatures, Signature, i).name);
  if (self->signatures->len > 20)
    g_string_append_printf (names, " and %u more", self->signatures->len - 20);
  return g_string_free (names, FALSE);
}

static Signature *
find (AssayRunnable *self, const char *name, GError **error)
{
  g_autofree char *names = NULL;
  GError          *reason = g_hash_table_lookup (self->failures, name ? name : "serving_default");

  if (reason != NULL)
    {
      g_propagate_error (error, g_error_copy (reason));
      return NULL;
    }
  for (guint i = 0; i < self->signatures->len; i++)
    if (name == NULL || g_str_equal (g_array_index (self->signatures, Signature, i).name, name))
      return &g_array_index (self->signatures, Signature, i);
  if (self->signatures->len == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There is nothing to call in this model: it holds values only.");
      return NULL;
    }
  names = describe_names (self);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "There is no signature %s, only %s.", name, names);
  return NULL;
}

AssayFunction *
assay_runnable_find_signature (AssayRunnable *self, const char *name, GError **error)
{
  Signature *signature = find (self, name, error);

  return signature ? signature->function : NULL;
}

/* The plan of a signature: made at its first run. */
static AssayPlan *
get_plan (AssayRunnable *self, Signature *signature, gboolean activations, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  AssayPlan **plan = &signature->plans[activations ? 1 : 0];

  if (*plan == NULL)
    *plan = assay_plan_new (self->library, signature->function, activations, error);
  return *plan;
}

static AssayRun *
run (AssayRunnable     *self,
     const char        *name,
     AssayValue *const *inputs,
     guint              n_inputs,
     gboolean           activations,
     guint32            only,
     AssayJob          *job,
     GError           **error)
{
  Signature *signature = find (self, name, error);
  AssayPlan *plan = signature ? get_plan (self, signature, activations, error) : NULL;

  return plan == NULL ? NULL : assay_run_make (signature->name, signature->function, plan, inputs, n_inputs, activations, only, job, error);
}

AssayRun *
assay_runnable_run (AssayRunnable     *self,
                    const char        *signature,
                    AssayValue *const *inputs,
                    guint              n_inputs,
                    gboolean           activations,
                    AssayJob          *job,
                    GError           **error)
{
  return run (self, signature, inputs, n_inputs, activations, G_MAXUINT32, job, error);
}

AssayRun *
assay_runnable_run_for (AssayRunnable     *self,
                        const char        *signature,
                        AssayValue *const *inputs,
                        guint              n_inputs,
                        guint32            operation,
                        AssayJob          *job,
                        GError           **error)
{
  g_autoptr (AssayRun) made = run (self, signature, inputs, n_inputs, TRUE, operation, job, error);

  if (made == NULL || assay_run_get_n_activations (made) > 0)
    return g_steal_pointer (&made);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_NOT_FOUND, "Operation %s gave no tensor: no result needs it, or it gives something else.",
               assay_function_get_operation (assay_run_get_function (made), operation)->name);
  return NULL;
}
