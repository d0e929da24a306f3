/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names from classes' names. Sources: tensorflow/python/module/module.py, camel_to_snake; keras/src/utils/naming.py, to_snake_case. */

#include <assay/module-text.h>

#include "module-private.h"

#include <string.h>

char *
assay_snake_case (const char *class_name)
{
  GString *name = g_string_new (NULL);

  for (const char *at = class_name; *at != '\0'; at++)
    {
      gboolean after_word = at > class_name && (g_ascii_islower (at[-1]) || g_ascii_isdigit (at[-1]));
      gboolean before_word = at > class_name && g_ascii_islower (at[1]);

      if (g_ascii_isupper (*at) && (after_word || before_word))
        g_string_append_c (name, '_');
      g_string_append_c (name, g_ascii_tolower (*at));
    }
  return g_string_free (name, FALSE);
}

/* The regular expressions (.)([A-Z][a-z]+) → \1_\2, then ([a-z])([A-Z]) → \1_\2. */
char *
assay_keras_snake_case (const char *class_name)
{
  g_autoptr (GRegex) word = g_regex_new ("(.)([A-Z][a-z]+)", 0, 0, NULL);
  g_autoptr (GRegex) change = g_regex_new ("([a-z])([A-Z])", 0, 0, NULL);
  g_autofree char *first = g_regex_replace (word, class_name, -1, 0, "\\1_\\2", 0, NULL);
  g_autofree char *second = g_regex_replace (change, first, -1, 0, "\\1_\\2", 0, NULL);
  g_autofree char *name = g_ascii_strdown (second, -1);

  return *name == '_' ? g_strconcat ("private", name, NULL) : g_steal_pointer (&name);
}

char *
assay_python_repr (const char *text)
{
  char     quote = strchr (text, '\'') && !strchr (text, '"') ? '"' : '\'';
  GString *repr = g_string_new (NULL);

  g_string_append_c (repr, quote);
  for (const char *at = text; *at != '\0'; at++)
    if (*at == quote || *at == '\\')
      g_string_append_printf (repr, "\\%c", *at);
    else if (*at == '\n' || *at == '\t' || *at == '\r')
      g_string_append (repr, *at == '\n' ? "\\n" : *at == '\t' ? "\\t"
                                                               : "\\r");
    else if (g_ascii_iscntrl (*at))
      g_string_append_printf (repr, "\\x%02x", *at);
    else
      g_string_append_c (repr, *at);
  g_string_append_c (repr, quote);
  return g_string_free (repr, FALSE);
}
