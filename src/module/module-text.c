/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/module-text.h>

#include <assay/array-text.h>
#include <string.h>

#include "../tensor/number-text-private.h"

/* IPython breaks what is longer. */
#define PRETTY_WIDTH 79
#define MAX_DEPTH 20
#define MAX_TEXT 1000000

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

static char *
float_to_text (double value)
{
  char text[NUMBER_TEXT_SIZE + 3];

  number_text_shortest (ASSAY_DTYPE_FLOAT64, value, text);
  if (strpbrk (text, ".en") == NULL)
    strcat (text, ".0");
  return g_strdup (text);
}

static void append_item (GString *out, AssayItem *item, guint depth);

/* What is in a list, tuple or dict. */
static void
append_items (GString *out, AssayItem *item, guint depth)
{
  guint n = assay_item_get_n (item);

  for (guint i = 0; i < n; i++)
    {
      const char *key;
      AssayItem  *inner = assay_item_get_nth (item, i, &key);

      g_string_append (out, i ? ", " : "");
      if (key != NULL)
        {
          g_autofree char *quoted = assay_python_repr (key);

          g_string_append_printf (out, "%s: ", quoted);
        }
      append_item (out, inner, depth + 1);
    }
  if (n == 1 && assay_item_get_kind (item) == ASSAY_ITEM_TUPLE)
    g_string_append_c (out, ',');
}

static char *
object_to_text (AssayItem *item)
{
  gpointer object = assay_item_get_object (item);

  if (ASSAY_IS_VARIABLE (object))
    return assay_variable_to_text (object);
  return g_strdup_printf ("<__main__.%s object at 0x%012" G_GINTPTR_MODIFIER "x>", assay_module_get_class_name (object), (guintptr) object);
}

static char *
plain_to_text (AssayItem *item)
{
  switch (assay_item_get_kind (item))
    {
    case ASSAY_ITEM_BOOL:
      return g_strdup (assay_item_get_int (item) ? "True" : "False");
    case ASSAY_ITEM_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, assay_item_get_int (item));
    case ASSAY_ITEM_FLOAT:
      return float_to_text (assay_item_get_float (item));
    case ASSAY_ITEM_STRING:
      return assay_python_repr (assay_item_get_string (item));
    case ASSAY_ITEM_TENSOR:
      return assay_value_to_text (assay_item_get_tensor (item), TRUE);
    case ASSAY_ITEM_VARIABLE:
    case ASSAY_ITEM_MODULE:
      return object_to_text (item);
    default:
      return g_strdup ("None");
    }
}

static void
append_item (GString *out, AssayItem *item, guint depth)
{
  static const char *const wraps[][2] = { { "ListWrapper([", "])" }, { "(", ")" }, { "DictWrapper({", "})" } };
  AssayItemKind            kind = assay_item_get_kind (item);
  g_autofree char         *plain = kind < ASSAY_ITEM_LIST ? plain_to_text (item) : NULL;

  g_string_append (out, plain ? plain : wraps[kind - ASSAY_ITEM_LIST][0]);
  if (plain == NULL && depth < MAX_DEPTH && out->len < MAX_TEXT)
    append_items (out, item, depth);
  g_string_append (out, plain ? "" : wraps[kind - ASSAY_ITEM_LIST][1]);
}

char *
assay_item_to_text (AssayItem *item)
{
  GString *out = g_string_new (NULL);

  append_item (out, item, 0);
  return g_string_free (out, FALSE);
}
