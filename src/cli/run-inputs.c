/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Inputs as they are typed behind --input. */

#include "run-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
has_suffix (const char *text, const char *suffix)
{
  gsize n = strlen (text), n_suffix = strlen (suffix);

  return n > n_suffix && g_ascii_strcasecmp (text + n - n_suffix, suffix) == 0;
}

static AssayValue *
make_random (const AssayValueSpec *spec, const AssayPartialShape *shape, const char *text, GError **error)
{
  char   *end = NULL;
  guint64 seed = *text ? g_ascii_strtoull (text + 1, &end, 10) : 0;

  if (*text != '\0' && (*text != ':' || end == text + 1 || *end != '\0'))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("A seed is a whole number, as in random:42, not “%s”"), text);
      return NULL;
    }
  return assay_input_new_random (spec, shape, seed, error);
}

static AssayValue *
make_input (const AssayValueSpec *spec, const char *name, const char *text, const CliRunInputs *inputs, GError **error)
{
  AssayPartialShape shape = assay_input_suggest_shape (spec);

  if (strcmp (text, "zeros") == 0 || strcmp (text, "ones") == 0)
    return assay_input_new_filled (spec, &shape, *text == 'o', error);
  if (g_str_has_prefix (text, "random"))
    return make_random (spec, &shape, text + strlen ("random"), error);
  if (has_suffix (text, ".npy") || has_suffix (text, ".npz") || has_suffix (text, ".csv"))
    return assay_input_new_from_file (spec, name, text, NULL, error);
  if (!g_file_test (text, G_FILE_TEST_EXISTS))
    return assay_input_new_typed (spec, text, error);
  return assay_input_new_from_picture (spec, text, &inputs->picture, error);
}

/* What was said of an input; NULL if nothing was. The last word counts. */
static const char *
find_text (const CliRunInputs *inputs, const char *name, gboolean is_only)
{
  const char *found = NULL;
  gsize       n = strlen (name);

  for (guint i = 0; inputs->values != NULL && inputs->values[i] != NULL; i++)
    if (strncmp (inputs->values[i], name, n) == 0 && inputs->values[i][n] == '=')
      found = inputs->values[i] + n + 1;
    else if (is_only && strchr (inputs->values[i], '=') == NULL)
      found = inputs->values[i];
  return found;
}

static char *
list_names (AssayFunction *function, guint n)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      const char *name;

      assay_input_get_spec (function, i, &name);
      g_string_append_printf (names, "%s%s", i ? ", " : "", name);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Whatever was said must be of an input that there is. */
static gboolean
check_names (AssayFunction *function, guint n, const CliRunInputs *inputs, GError **error)
{
  for (guint k = 0; inputs->values != NULL && inputs->values[k] != NULL; k++)
    {
      const char      *equals = strchr (inputs->values[k], '=');
      gboolean         known = equals == NULL && n == 1;
      g_autofree char *names = NULL;

      for (guint i = 0; i < n && equals != NULL; i++)
        {
          const char *name;

          assay_input_get_spec (function, i, &name);
          known = known || (strlen (name) == (gsize) (equals - inputs->values[k]) && strncmp (name, inputs->values[k], strlen (name)) == 0);
        }
      if (known)
        continue;
      names = list_names (function, n);
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("“%s” is of no input; the inputs are: %s"), inputs->values[k], n ? names : _ ("none"));
      return FALSE;
    }
  return TRUE;
}

static AssayValue *
take_input (const AssayValueSpec *spec, const char *name, const CliRunInputs *inputs, gboolean is_only, GError **error)
{
  const char *text = find_text (inputs, name, is_only);
  g_autoptr (AssayValue) value = NULL;
  g_autoptr (GError) problem = NULL;

  if (text == NULL && inputs->file == NULL)
    {
      g_autofree char *shape = assay_partial_shape_to_string (&spec->shape);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SYNTAX, _ ("Input %s (%s%s) is missing: say --input %s=…, or --inputs FILE.npz"), name,
                   spec->dtype == ASSAY_DTYPE_INVALID ? "" : assay_dtype_get_info (spec->dtype)->name, shape, name);
      return NULL;
    }
  value = text ? make_input (spec, name, text, inputs, &problem) : assay_input_new_from_file (spec, name, inputs->file, NULL, &problem);
  if (value == NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&problem), "%s: ", name);
      return NULL;
    }
  return assay_input_check (spec, name, value, error) ? g_steal_pointer (&value) : NULL;
}

GPtrArray *
cli_run_make_inputs (AssayFunction *function, const CliRunInputs *inputs, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  guint n = assay_function_get_n_arguments (function) - assay_function_get_n_captures (function);

  if (!check_names (function, n, inputs, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      const char           *name;
      const AssayValueSpec *spec = assay_input_get_spec (function, i, &name);
      AssayValue           *value = take_input (spec, name, inputs, n == 1, error);

      if (value == NULL)
        return NULL;
      g_ptr_array_add (values, value);
    }
  return g_steal_pointer (&values);
}
