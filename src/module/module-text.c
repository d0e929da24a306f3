/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/module-text.h>

#include <assay/array-text.h>
#include <string.h>

/* IPython breaks what is longer. */
#define PRETTY_WIDTH 79

char *
assay_value_to_text (AssayValue *value, gboolean repr)
{
  AssayTensor     *tensor = assay_value_get_tensor (value);
  g_autofree char *shape = assay_partial_shape_to_tuple (assay_value_get_shape (value));
  const char      *dtype = assay_dtype_get_info (assay_value_get_dtype (value))->name;
  g_autofree char *numbers = NULL;

  if (tensor == NULL)
    return g_strdup_printf ("<tf.Tensor: shape=%s, dtype=%s>", shape, dtype);
  numbers = assay_tensor_to_text (tensor, repr ? ASSAY_ARRAY_REPR : ASSAY_ARRAY_STR);
  if (repr)
    return g_strdup_printf ("<tf.Tensor: shape=%s, dtype=%s, numpy=%s%s>", shape, dtype, strchr (numbers, '\n') ? "\n" : "", numbers);
  return g_strdup_printf ("tf.Tensor(%s%s, shape=%s, dtype=%s)", strchr (numbers, '\n') ? "\n" : "", numbers, shape, dtype);
}

/* Items one below the other, their own further lines moved in by a space. */
static char *
join_lines (GPtrArray *texts, const char *brackets)
{
  GString *text = g_string_new (NULL);

  g_string_append_c (text, brackets[0]);
  for (guint i = 0; i < texts->len; i++)
    {
      if (i > 0)
        g_string_append (text, ",\n ");
      for (const char *at = texts->pdata[i]; *at != '\0'; at++)
        {
          g_string_append_c (text, *at);
          if (*at == '\n')
            g_string_append_c (text, ' ');
        }
    }
  if (texts->len == 1 && brackets[0] == '(')
    g_string_append_c (text, ',');
  g_string_append_c (text, brackets[1]);
  return g_string_free (text, FALSE);
}

static char *
join_line (GPtrArray *texts, const char *brackets)
{
  GString *text = g_string_new (NULL);

  g_string_append_c (text, brackets[0]);
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) texts->pdata[i]);
  if (texts->len == 1 && brackets[0] == '(')
    g_string_append_c (text, ',');
  g_string_append_c (text, brackets[1]);
  return g_string_free (text, FALSE);
}

static char *
join (GPtrArray *texts, const char *brackets, AssayTextStyle style)
{
  g_autofree char *line = join_line (texts, brackets);

  if (style == ASSAY_TEXT_PRINT || (strlen (line) <= PRETTY_WIDTH && strchr (line, '\n') == NULL))
    return g_steal_pointer (&line);
  return join_lines (texts, brackets);
}

char *
assay_variables_to_text (GPtrArray *variables, const char *brackets, AssayTextStyle style)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < variables->len; i++)
    g_ptr_array_add (texts, assay_variable_to_text (variables->pdata[i]));
  return join (texts, brackets, style);
}

char *
assay_modules_to_text (GPtrArray *modules)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < modules->len; i++)
    g_ptr_array_add (texts, g_strdup_printf ("<__main__.%s at 0x%012" G_GINTPTR_MODIFIER "x>",
                                             assay_module_get_class_name (modules->pdata[i]), (guintptr) modules->pdata[i]));
  return join (texts, "()", ASSAY_TEXT_PRETTY);
}

char *
assay_module_type_to_text (AssayModule *self)
{
  const char *name = assay_module_get_class_name (self);

  if (strcmp (name, "_UserObject") == 0)
    return g_strdup_printf ("<class 'tensorflow.python.saved_model.load.Loader._recreate_base_user_object.<locals>.%s'>", name);
  return g_strdup_printf ("<class '__main__.%s'>", name);
}
