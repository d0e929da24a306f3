/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What ls says of functions: those that can be called, with their inputs and outputs. */

#include "cli-private.h"

#include <assay/import.h>
#include <inttypes.h>

void
cli_print_shape_json (const AssayPartialShape *shape)
{
  if (shape->rank < 0)
    {
      fputs ("null", stdout);
      return;
    }
  putchar ('[');
  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      fputs (i ? ", null" : "null", stdout);
    else
      printf (i ? ", %" PRId64 : "%" PRId64, shape->dims[i]);
  putchar (']');
}

void
cli_print_spec_json (const char *name, const AssayValueSpec *spec)
{
  gboolean first = TRUE;

  putchar ('{');
  if (name != NULL)
    {
      json_print_key (&first, "name");
      json_print_string (name);
    }
  json_print_key (&first, "dtype");
  if (spec->dtype == ASSAY_DTYPE_INVALID)
    fputs ("null", stdout);
  else
    json_print_string (assay_dtype_get_info (spec->dtype)->name);
  json_print_key (&first, "shape");
  cli_print_shape_json (&spec->shape);
  putchar ('}');
}

static void
print_function (const char *name, AssayFunction *function)
{
  guint                n_inputs = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function), n;
  const AssayNamedRef *results = assay_function_get_results (function, &n);

  fputs ("{\"name\": ", stdout);
  json_print_string (name);
  fputs (", \"inputs\": [", stdout);
  for (guint i = 0; i < n_inputs; i++)
    {
      const AssayOperation *argument = assay_function_get_operation (function, i);

      fputs (i ? ", " : "", stdout);
      cli_print_spec_json (argument->name, &argument->outputs[0]);
    }
  fputs ("], \"outputs\": [", stdout);
  for (guint i = 0; i < n; i++)
    {
      fputs (i ? ", " : "", stdout);
      cli_print_spec_json (results[i].name, assay_function_get_spec (function, results[i].ref));
    }
  fputs ("]}", stdout);
}

void
cli_print_functions_json (AssayManifest *manifest)
{
  /* A file without functions, or with ones that we don't know, has none to be called. */
  g_autoptr (AssayRunnable) runnable = assay_import (manifest, NULL, NULL, NULL, NULL);
  guint n = runnable ? assay_runnable_get_n_signatures (runnable) : 0;

  for (guint i = 0; i < n; i++)
    {
      const char    *name;
      AssayFunction *function = assay_runnable_get_signature (runnable, i, &name);

      fputs (i ? ",\n" : "", stdout);
      print_function (name, function);
    }
}
