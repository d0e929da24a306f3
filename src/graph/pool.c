/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The values that a thread's operations return: a stack of pools, each with what was made while it was the innermost. */

#include <assay/value.h>

struct _AssayPool
{
  AssayPool *outer;
  GPtrArray *values;
};

static void
pool_free (gpointer data)
{
  AssayPool *pool = data;

  while (pool != NULL)
    {
      AssayPool *outer = pool->outer;

      g_ptr_array_unref (pool->values);
      g_free (pool);
      pool = outer;
    }
}

static GPrivate innermost = G_PRIVATE_INIT (pool_free);

AssayPool *
assay_pool_push (void)
{
  AssayPool *pool = g_new0 (AssayPool, 1);

  pool->outer = g_private_get (&innermost);
  pool->values = g_ptr_array_new_with_free_func ((GDestroyNotify) assay_value_unref);
  g_private_set (&innermost, pool);
  return pool;
}

void
assay_pool_pop (AssayPool *pool)
{
  g_return_if_fail (g_private_get (&innermost) == pool);
  g_private_set (&innermost, pool->outer);
  g_ptr_array_unref (pool->values);
  g_free (pool);
}

AssayValue *
assay_pool_pop_with (AssayPool *pool, AssayValue *value)
{
  if (value != NULL)
    assay_value_ref (value);
  assay_pool_pop (pool);
  return assay_pool_take (value);
}

AssayValue *
assay_pool_take (AssayValue *value)
{
  AssayPool *pool = g_private_get (&innermost);

  if (value == NULL)
    return NULL;
  if (pool == NULL)
    pool = assay_pool_push ();
  g_ptr_array_add (pool->values, value);
  return value;
}
