/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/attrs.h>

#include <string.h>

struct _AssayAttrs
{
  gatomicrefcount ref_count;
  GHashTable     *by_name; /* char * → AssayAttr * */
};

G_DEFINE_BOXED_TYPE (AssayAttrs, assay_attrs, assay_attrs_ref, assay_attrs_unref)

static void
attr_free (gpointer data)
{
  AssayAttr *attr = data;

  for (guint i = 0; i < attr->n; i++)
    if (attr->kind == ASSAY_ATTR_TENSOR)
      assay_tensor_unref (attr->tensors[i]);
    else if (attr->kind == ASSAY_ATTR_STRING || attr->kind == ASSAY_ATTR_FUNCTION)
      g_bytes_unref (attr->strings[i]);
  g_free (attr->ints);
  g_free (attr);
}

AssayAttrs *
assay_attrs_new (void)
{
  AssayAttrs *self = g_new0 (AssayAttrs, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, attr_free);
  return self;
}

AssayAttrs *
assay_attrs_ref (AssayAttrs *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_attrs_unref (AssayAttrs *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->by_name);
  g_free (self);
}

void
assay_attrs_take (AssayAttrs *self, const char *name, const AssayAttr *attr)
{
  g_hash_table_replace (self->by_name, g_strdup (name), g_memdup2 (attr, sizeof *attr));
}

static AssayAttrs *
set_copy (AssayAttrs *self, const char *name, AssayAttrKind kind, gboolean is_list, guint n, gconstpointer items, gsize item_size)
{
  AssayAttr attr = { .kind = kind, .is_list = is_list, .n = n };

  attr.ints = g_malloc (MAX (n * item_size, 1));
  if (n > 0)
    memcpy (attr.ints, items, n * item_size);
  assay_attrs_take (self, name, &attr);
  return self;
}

AssayAttrs *
assay_attrs_set_int (AssayAttrs *self, const char *name, gint64 value)
{
  return set_copy (self, name, ASSAY_ATTR_INT, FALSE, 1, &value, sizeof value);
}

AssayAttrs *
assay_attrs_set_float (AssayAttrs *self, const char *name, double value)
{
  return set_copy (self, name, ASSAY_ATTR_FLOAT, FALSE, 1, &value, sizeof value);
}

AssayAttrs *
assay_attrs_set_bool (AssayAttrs *self, const char *name, gboolean value)
{
  gint64 as_int = value != FALSE;

  return set_copy (self, name, ASSAY_ATTR_BOOL, FALSE, 1, &as_int, sizeof as_int);
}

/* Texts are kept with a NUL behind them that isn't counted, so that they can be lent as C strings. */
static GBytes *
bytes_of_text (const char *text)
{
  gsize n = strlen (text);
  g_autoptr (GBytes) with_nul = g_bytes_new (text, n + 1);

  return g_bytes_new_from_bytes (with_nul, 0, n);
}

static AssayAttrs *
set_text (AssayAttrs *self, const char *name, AssayAttrKind kind, const char *value)
{
  GBytes *bytes = bytes_of_text (value);

  return set_copy (self, name, kind, FALSE, 1, &bytes, sizeof bytes);
}

AssayAttrs *
assay_attrs_set_string (AssayAttrs *self, const char *name, const char *value)
{
  return set_text (self, name, ASSAY_ATTR_STRING, value);
}

AssayAttrs *
assay_attrs_set_function (AssayAttrs *self, const char *name, const char *value)
{
  return set_text (self, name, ASSAY_ATTR_FUNCTION, value);
}

AssayAttrs *
assay_attrs_set_dtype (AssayAttrs *self, const char *name, AssayDtype value)
{
  gint64 as_int = value;

  return set_copy (self, name, ASSAY_ATTR_DTYPE, FALSE, 1, &as_int, sizeof as_int);
}

AssayAttrs *
assay_attrs_set_shape (AssayAttrs *self, const char *name, const AssayPartialShape *value)
{
  return set_copy (self, name, ASSAY_ATTR_SHAPE, FALSE, 1, value, sizeof *value);
}

AssayAttrs *
assay_attrs_set_tensor (AssayAttrs *self, const char *name, AssayTensor *value)
{
  assay_tensor_ref (value);
  return set_copy (self, name, ASSAY_ATTR_TENSOR, FALSE, 1, &value, sizeof value);
}

AssayAttrs *
assay_attrs_set_ints (AssayAttrs *self, const char *name, guint n, const gint64 *values)
{
  return set_copy (self, name, ASSAY_ATTR_INT, TRUE, n, values, sizeof *values);
}

AssayAttrs *
assay_attrs_set_dtypes (AssayAttrs *self, const char *name, guint n, const AssayDtype *values)
{
  g_autofree gint64 *ints = g_new (gint64, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    ints[i] = values[i];
  return set_copy (self, name, ASSAY_ATTR_DTYPE, TRUE, n, ints, sizeof *ints);
}

const AssayAttr *
assay_attrs_get (AssayAttrs *self, const char *name)
{
  return self ? g_hash_table_lookup (self->by_name, name) : NULL;
}

void
assay_attrs_copy_one (AssayAttrs *self, AssayAttrs *from, const char *name)
{
  static const gsize item_sizes[] = {
    [ASSAY_ATTR_INT] = sizeof (gint64),
    [ASSAY_ATTR_FLOAT] = sizeof (double),
    [ASSAY_ATTR_BOOL] = sizeof (gint64),
    [ASSAY_ATTR_STRING] = sizeof (GBytes *),
    [ASSAY_ATTR_DTYPE] = sizeof (gint64),
    [ASSAY_ATTR_SHAPE] = sizeof (AssayPartialShape),
    [ASSAY_ATTR_TENSOR] = sizeof (AssayTensor *),
    [ASSAY_ATTR_FUNCTION] = sizeof (GBytes *),
  };
  const AssayAttr *attr = assay_attrs_get (from, name);

  g_return_if_fail (attr != NULL);
  for (guint i = 0; i < attr->n; i++)
    if (attr->kind == ASSAY_ATTR_TENSOR)
      assay_tensor_ref (attr->tensors[i]);
    else if (attr->kind == ASSAY_ATTR_STRING || attr->kind == ASSAY_ATTR_FUNCTION)
      g_bytes_ref (attr->strings[i]);
  set_copy (self, name, attr->kind, attr->is_list, attr->n, attr->ints, item_sizes[attr->kind]);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
assay_attrs_list (AssayAttrs *self)
{
  GPtrArray     *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, self->by_name);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* The single item of that kind, NULL if the attribute isn't there or is another thing. */
static const AssayAttr *
get_one (AssayAttrs *self, const char *name, AssayAttrKind kind)
{
  const AssayAttr *attr = assay_attrs_get (self, name);

  return attr && attr->kind == kind && !attr->is_list && attr->n == 1 ? attr : NULL;
}

gint64
assay_attrs_get_int (AssayAttrs *self, const char *name, gint64 fallback)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_INT);

  if (attr == NULL)
    attr = get_one (self, name, ASSAY_ATTR_BOOL);
  return attr ? attr->ints[0] : fallback;
}

double
assay_attrs_get_float (AssayAttrs *self, const char *name, double fallback)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_FLOAT);

  return attr ? attr->floats[0] : fallback;
}

const char *
assay_attrs_get_string (AssayAttrs *self, const char *name, const char *fallback)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_STRING);

  if (attr == NULL)
    attr = get_one (self, name, ASSAY_ATTR_FUNCTION);
  return attr ? g_bytes_get_data (attr->strings[0], NULL) : fallback;
}

AssayDtype
assay_attrs_get_dtype (AssayAttrs *self, const char *name, AssayDtype fallback)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_DTYPE);

  return attr ? (AssayDtype) attr->ints[0] : fallback;
}

AssayTensor *
assay_attrs_get_tensor (AssayAttrs *self, const char *name)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_TENSOR);

  return attr ? attr->tensors[0] : NULL;
}

const AssayPartialShape *
assay_attrs_get_shape (AssayAttrs *self, const char *name)
{
  const AssayAttr *attr = get_one (self, name, ASSAY_ATTR_SHAPE);

  return attr ? &attr->shapes[0] : NULL;
}

const gint64 *
assay_attrs_get_ints (AssayAttrs *self, const char *name, guint *n)
{
  const AssayAttr *attr = assay_attrs_get (self, name);

  *n = 0;
  if (attr == NULL || !attr->is_list || (attr->kind != ASSAY_ATTR_INT && attr->kind != ASSAY_ATTR_DTYPE && attr->kind != ASSAY_ATTR_BOOL))
    return NULL;
  *n = attr->n;
  return attr->ints;
}
