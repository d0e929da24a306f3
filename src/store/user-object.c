/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a saved model is once it is loaded. Source: tensorflow/python/saved_model/load.py and function_deserialization.py. */

#include <assay/module-text.h>

#include "saved-model-private.h"

struct _AssayUserObject
{
  AssayModule parent_instance;

  AssayRunnable *runnable;
  char         **literals; /* of each signature, "" if its input was a tensor; NULL if all were */
  gboolean       has_foreign_functions;
};

G_DEFINE_FINAL_TYPE (AssayUserObject, assay_user_object, ASSAY_TYPE_MODULE)

static void
assay_user_object_finalize (GObject *object)
{
  AssayUserObject *self = ASSAY_USER_OBJECT (object);

  g_clear_object (&self->runnable);
  g_strfreev (self->literals);
  G_OBJECT_CLASS (assay_user_object_parent_class)->finalize (object);
}

static const char *
get_literal (AssayUserObject *self, guint index)
{
  const char *literal = self->literals && index < g_strv_length (self->literals) ? self->literals[index] : NULL;

  return literal && *literal ? literal : NULL;
}

static void
describe_option (AssayUserObject *self, guint index, GString *text)
{
  AssayFunction        *function = assay_runnable_get_signature (self->runnable, index, NULL);
  const AssayOperation *argument = assay_function_get_operation (function, 0);
  g_autofree char      *shape = assay_partial_shape_to_tuple (&argument->outputs[0].shape);

  g_string_append_printf (text, "%sOption %u:\n  Positional arguments (1 total):\n    * ", index ? "\n\n" : "", index + 1);
  if (get_literal (self, index) != NULL)
    g_string_append (text, get_literal (self, index));
  else
    g_string_append_printf (text, "TensorSpec(shape=%s, dtype=tf.%s, name='%s')", shape, assay_dtype_get_info (argument->outputs[0].dtype)->name, argument->name);
  g_string_append (text, "\n  Keyword arguments: {}");
}

static void
set_no_match (AssayUserObject *self, AssayValue *x, GError **error)
{
  g_autoptr (GString) options = g_string_new (NULL);
  g_autofree char *got = assay_value_get_literal (x) ? g_strdup (assay_value_get_literal (x)) : assay_value_to_text (x, TRUE);
  guint            n = assay_runnable_get_n_signatures (self->runnable);

  for (guint i = 0; i < n; i++)
    describe_option (self, i, options);
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE,
               "Could not find matching concrete function to call loaded from the SavedModel. Got:\n  Positional arguments (1 total):\n    * %s\n  "
               "Keyword arguments: {}\n\n Expected these arguments to match one of the following %u option(s):\n\n%s",
               got, n, options->str);
}

static gboolean
takes (AssayFunction *function, AssayValue *x)
{
  const AssayOperation *argument = assay_function_get_operation (function, 0);

  return assay_function_get_n_arguments (function) - assay_function_get_n_captures (function) == 1 &&
         argument->outputs[0].dtype == assay_value_get_dtype (x) &&
         assay_partial_shape_accepts (&argument->outputs[0].shape, assay_value_get_shape (x));
}

/* Inside another function a loaded one is called; its captures come with it. */
static AssayValue *
record_call (AssayUserObject *self, AssayTrace *trace, AssayFunction *function, AssayValue *x, GError **error)
{
  guint                n;
  const AssayNamedRef *results = assay_function_get_results (function, &n);
  AssayDtype           in = assay_value_get_dtype (x), out = assay_function_get_spec (function, results[0].ref)->dtype;
  AssayAttrs          *attrs = assay_attrs_new ();

  assay_library_add (assay_trace_get_library (trace), function);
  assay_attrs_set_function (attrs, "f", assay_function_get_name (function));
  assay_attrs_set_dtypes (attrs, "Tin", 1, &in);
  assay_attrs_set_dtypes (attrs, "Tout", 1, &out);
  return assay_apply ("StatefulPartitionedCall", attrs, error, x, NULL);
}

static AssayValue *
assay_user_object_call (AssayModule *module, AssayValue *x, GError **error)
{
  AssayUserObject *self = ASSAY_USER_OBJECT (module);
  AssayTrace      *trace = assay_trace_get_current ();
  const char      *name;

  if (self->has_foreign_functions)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   "Of a SavedModel of TensorFlow's the variables were loaded; its functions are run from the file, by assay_import().");
      return NULL;
    }
  if (self->runnable == NULL || assay_runnable_get_n_signatures (self->runnable) == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "'_UserObject' object is not callable: the saved model has no functions.");
      return NULL;
    }
  for (guint i = 0; i < assay_runnable_get_n_signatures (self->runnable); i++)
    {
      AssayFunction *function = assay_runnable_get_signature (self->runnable, i, &name);
      g_autoptr (AssayRun) run = NULL;

      if (!takes (function, x))
        continue;
      if (trace != NULL)
        return record_call (self, trace, function, x, error);
      run = assay_runnable_run (self->runnable, name, &x, 1, FALSE, NULL, error);
      return run ? assay_pool_take (assay_value_ref (assay_run_get_output (run, 0, NULL))) : NULL;
    }
  set_no_match (self, x, error);
  return NULL;
}

static void
assay_user_object_class_init (AssayUserObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = assay_user_object_finalize;
  ASSAY_MODULE_CLASS (klass)->class_name = "_UserObject";
  ASSAY_MODULE_CLASS (klass)->call = assay_user_object_call;
}

static void
assay_user_object_init (AssayUserObject *self)
{
}

AssayRunnable *
assay_user_object_get_runnable (AssayUserObject *self)
{
  return self->runnable;
}

void
assay_user_object_set_runnable (AssayUserObject *self, AssayRunnable *runnable, char **literals)
{
  g_set_object (&self->runnable, runnable);
  g_strfreev (self->literals);
  self->literals = g_strdupv (literals);
}

char **
assay_user_object_get_literals (AssayUserObject *self)
{
  return self->literals;
}

void
assay_user_object_set_foreign (AssayUserObject *self, gboolean has_functions)
{
  self->has_foreign_functions = has_functions;
}
