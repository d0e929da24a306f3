/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The name scopes of each thread: a stack of prefixes. */

#include <assay/variable.h>

static void
stack_free (gpointer data)
{
  g_ptr_array_unref (data);
}

static GPrivate scopes = G_PRIVATE_INIT (stack_free);

static GPtrArray *
get_stack (void)
{
  GPtrArray *stack = g_private_get (&scopes);

  if (stack == NULL)
    {
      stack = g_ptr_array_new_with_free_func (g_free);
      g_private_set (&scopes, stack);
    }
  return stack;
}

const char *
assay_name_scope_get (void)
{
  GPtrArray *stack = get_stack ();

  return stack->len > 0 ? stack->pdata[stack->len - 1] : "";
}

void
assay_name_scope_push (const char *name)
{
  char *whole;

  if (name == NULL || *name == '\0')
    whole = g_strdup ("");
  else if (g_str_has_suffix (name, "/"))
    whole = g_strdup (name);
  else
    whole = g_strconcat (assay_name_scope_get (), name, "/", NULL);
  g_ptr_array_add (get_stack (), whole);
}

void
assay_name_scope_pop (void)
{
  GPtrArray *stack = get_stack ();

  g_return_if_fail (stack->len > 0);
  g_ptr_array_set_size (stack, stack->len - 1);
}
