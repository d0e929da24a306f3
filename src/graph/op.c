/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Looking ops up, and reading what their entries say of arguments and defaults. */

#include <assay/op.h>

#include "ops-private.h"
#include <stdlib.h>
#include <string.h>

/* More values than that no operation takes or gives. */
#define MAX_VALUES 65536

static const AssayOp *const tables[] = {
  assay_ops_array,
  assay_ops_control,
  assay_ops_list,
  assay_ops_image,
  assay_ops_gather,
  assay_ops_join,
  assay_ops_math,
  assay_ops_matrix,
  assay_ops_nn,
  assay_ops_recurrent,
  assay_ops_random,
  assay_ops_reduce,
};

static GHashTable *
make_index (void)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const AssayOp *op = tables[i]; op->name != NULL; op++)
      {
        g_assert (!g_hash_table_contains (index, op->name));
        g_hash_table_insert (index, (gpointer) op->name, (gpointer) op);
      }
  return index;
}

static GHashTable *
get_index (void)
{
  static gsize       once;
  static GHashTable *index;

  if (g_once_init_enter (&once))
    {
      index = make_index ();
      g_once_init_leave (&once, 1);
    }
  return index;
}

const AssayOp *
assay_op_lookup (const char *name)
{
  return g_hash_table_lookup (get_index (), name);
}

static int
compare_ops (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const AssayOp *const *) a)->name, (*(const AssayOp *const *) b)->name);
}

GPtrArray *
assay_op_list (void)
{
  GPtrArray     *ops = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       op;

  g_hash_table_iter_init (&iter, get_index ());
  while (g_hash_table_iter_next (&iter, NULL, &op))
    g_ptr_array_add (ops, op);
  g_ptr_array_sort (ops, compare_ops);
  return ops;
}

static void
set_default (AssayAttrs *attrs, const char *name, const char *text)
{
  char  *end;
  double number = g_ascii_strtod (text, &end);

  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    assay_attrs_set_bool (attrs, name, *text == 't');
  else if (strcmp (text, "[]") == 0)
    assay_attrs_set_ints (attrs, name, 0, NULL);
  else if (*text != '\0' && *end == '\0' && strpbrk (text, ".e") == NULL)
    assay_attrs_set_int (attrs, name, number);
  else if (*text != '\0' && *end == '\0')
    assay_attrs_set_float (attrs, name, number);
  else if (assay_dtype_from_name (text) != ASSAY_DTYPE_INVALID)
    assay_attrs_set_dtype (attrs, name, assay_dtype_from_name (text));
  else
    assay_attrs_set_string (attrs, name, text);
}

static AssayAttrs *
copy_attrs (AssayAttrs *attrs)
{
  AssayAttrs *copy = assay_attrs_new ();
  g_autoptr (GPtrArray) names = attrs ? assay_attrs_list (attrs) : g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    assay_attrs_copy_one (copy, attrs, names->pdata[i]);
  return copy;
}

AssayAttrs *
assay_op_with_defaults (const AssayOp *op, AssayAttrs *attrs)
{
  g_auto (GStrv) defaults = g_strsplit (op->defaults ? op->defaults : "", " ", -1);
  g_autoptr (AssayAttrs) full = NULL;

  for (char **each = defaults; *each != NULL; each++)
    {
      char *value = strchr (*each, '=');

      if (value == NULL)
        continue;
      *value++ = '\0';
      if (assay_attrs_get (attrs, *each) != NULL)
        continue;
      if (full == NULL)
        full = copy_attrs (attrs);
      set_default (full, *each, value);
    }
  if (full != NULL)
    return g_steal_pointer (&full);
  return attrs ? assay_attrs_ref (attrs) : assay_attrs_new ();
}

/* How many values the argument at @at is, and where the next begins. -1 if that can't be known. */
static int
next_argument (const char **at, AssayAttrs *attrs, const char **name, gsize *length)
{
  const char      *begin = *at, *end = begin + strcspn (begin, " ");
  const char      *star = memchr (begin, '*', end - begin);
  const AssayAttr *attr;
  g_autofree char *count = NULL;

  *at = *end ? end + 1 : end;
  *name = begin;
  *length = (star ? star : end) - begin;
  if (star == NULL)
    return 1;
  count = g_strndup (star + 1, end - star - 1);
  attr = assay_attrs_get (attrs, count);
  if (attr == NULL)
    return -1;
  if (attr->is_list)
    return MIN (attr->n, MAX_VALUES);
  return attr->kind == ASSAY_ATTR_INT && attr->ints[0] >= 0 && attr->ints[0] <= MAX_VALUES ? (int) attr->ints[0] : -1;
}

int
assay_op_count (const char *spec, AssayAttrs *attrs)
{
  int n = 0;

  for (const char *at = spec, *name; at != NULL && *at != '\0';)
    {
      gsize length;
      int   more = next_argument (&at, attrs, &name, &length);

      if (more < 0 || n + more > MAX_VALUES)
        return -1;
      n += more;
    }
  return n;
}

int
assay_op_find (const char *spec, AssayAttrs *attrs, const char *argument, guint *n)
{
  int position = 0;

  for (const char *at = spec, *name; at != NULL && *at != '\0';)
    {
      gsize length;
      int   more = next_argument (&at, attrs, &name, &length);

      if (more < 0)
        return -1;
      if (strlen (argument) == length && memcmp (argument, name, length) == 0)
        {
          if (n != NULL)
            *n = more;
          return position;
        }
      position += more;
    }
  return -1;
}

gboolean
assay_op_infer (AssayInference *inference, GError **error)
{
  for (guint i = 0; i < inference->n_outputs; i++)
    inference->outputs[i] = (AssayValueSpec){ ASSAY_DTYPE_INVALID, { .rank = -1 } };
  if (inference->op->rule != NULL)
    return inference->op->rule (inference, error);
  return assay_rule_unknown (inference, error);
}
