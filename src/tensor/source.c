/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/source.h>

#include <assay/error.h>
#include <string.h>

typedef struct
{
  AssayDtype dtype;
  guint32    item_size;
  guint      rank;
  guint64    n_elements;
  guint64   *shape;
  char      *dtype_name;
} AssaySourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AssaySource, assay_source, G_TYPE_OBJECT)

static AssaySourcePrivate *
get_private (AssaySource *self)
{
  return assay_source_get_instance_private (self);
}

static void
source_finalize (GObject *object)
{
  AssaySourcePrivate *priv = get_private (ASSAY_SOURCE (object));

  g_free (priv->shape);
  g_free (priv->dtype_name);
  G_OBJECT_CLASS (assay_source_parent_class)->finalize (object);
}

static void
assay_source_class_init (AssaySourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = source_finalize;
}

static void
assay_source_init (AssaySource *self)
{
}

void
assay_source_init_facts (AssaySource   *self,
                         AssayDtype     dtype,
                         guint32        item_size,
                         const char    *dtype_name,
                         guint          rank,
                         const guint64 *shape)
{
  AssaySourcePrivate *priv = get_private (self);
  gboolean            fits;

  g_return_if_fail (priv->shape == NULL);
  g_return_if_fail (rank <= ASSAY_MAX_RANK);
  priv->dtype = dtype;
  priv->item_size = item_size;
  priv->rank = rank;
  priv->shape = g_new0 (guint64, MAX (rank, 1));
  if (rank > 0)
    memcpy (priv->shape, shape, rank * sizeof (guint64));
  fits = assay_shape_n_elements (rank, shape, &priv->n_elements);
  g_assert (fits);
  priv->dtype_name = g_strdup (dtype_name);
}

void
assay_source_init_like (AssaySource *self, AssaySource *other)
{
  AssaySourcePrivate *priv = get_private (other);

  assay_source_init_facts (self, priv->dtype, priv->item_size, priv->dtype_name, priv->rank, priv->shape);
}

AssayDtype
assay_source_get_dtype (AssaySource *self)
{
  g_return_val_if_fail (ASSAY_IS_SOURCE (self), ASSAY_DTYPE_INVALID);
  return get_private (self)->dtype;
}

const char *
assay_source_get_dtype_name (AssaySource *self)
{
  AssaySourcePrivate *priv;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), NULL);
  priv = get_private (self);
  return priv->dtype_name ? priv->dtype_name : assay_dtype_get_info (priv->dtype)->name;
}

guint32
assay_source_get_item_size (AssaySource *self)
{
  g_return_val_if_fail (ASSAY_IS_SOURCE (self), 0);
  return get_private (self)->item_size;
}

guint
assay_source_get_rank (AssaySource *self)
{
  g_return_val_if_fail (ASSAY_IS_SOURCE (self), 0);
  return get_private (self)->rank;
}

const guint64 *
assay_source_get_shape (AssaySource *self)
{
  g_return_val_if_fail (ASSAY_IS_SOURCE (self), NULL);
  return get_private (self)->shape;
}

guint64
assay_source_get_n_elements (AssaySource *self)
{
  g_return_val_if_fail (ASSAY_IS_SOURCE (self), 0);
  return get_private (self)->n_elements;
}

/* Whether the box lies inside the shape; sets n to the number of its elements. */
static gboolean
check_box (AssaySource *self, const guint64 *start, const guint64 *count, guint64 *n, GError **error)
{
  AssaySourcePrivate *priv = get_private (self);

  *n = 1;
  for (guint i = 0; i < priv->rank; i++)
    {
      if (start[i] > priv->shape[i] || count[i] > priv->shape[i] - start[i])
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE,
                       "Indices %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " of axis %u are outside its %" G_GUINT64_FORMAT " elements",
                       start[i], start[i] + count[i], i, priv->shape[i]);
          return FALSE;
        }
      *n *= count[i];
    }
  return TRUE;
}

gboolean
assay_source_read (AssaySource   *self,
                   const guint64 *start,
                   const guint64 *count,
                   void          *out,
                   GCancellable  *cancellable,
                   GError       **error)
{
  AssaySourceClass *klass;
  guint64           n;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), FALSE);
  klass = ASSAY_SOURCE_GET_CLASS (self);
  if (klass->read == NULL || get_private (self)->item_size == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "Values of type %s can't be read as numbers",
                   assay_source_get_dtype_name (self));
      return FALSE;
    }
  if (!check_box (self, start, count, &n, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return n == 0 || klass->read (self, start, count, out, cancellable, error);
}

guint64
assay_flat_box (guint rank, const guint64 *shape, guint64 first, guint64 n, guint64 *start, guint64 *count)
{
  guint64 inner = 1; /* elements of the axes that the box covers wholly */
  guint   axis = rank;

  if (rank == 0)
    return 1;
  assay_shape_index (rank, shape, first, start);
  for (guint i = 0; i < rank; i++)
    count[i] = 1;
  while (axis > 1 && start[axis - 1] == 0 && n / inner >= shape[axis - 1])
    {
      count[axis - 1] = shape[axis - 1];
      inner *= shape[axis - 1];
      axis--;
    }
  count[axis - 1] = MIN (shape[axis - 1] - start[axis - 1], n / inner);
  return count[axis - 1] * inner;
}

gboolean
assay_source_read_flat (AssaySource *self, guint64 first, guint64 n, void *out, GCancellable *cancellable, GError **error)
{
  AssaySourcePrivate *priv;
  guint8             *p = out;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), FALSE);
  priv = get_private (self);
  if (first > priv->n_elements || n > priv->n_elements - first)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE,
                   "Elements %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " are outside the variable's %" G_GUINT64_FORMAT,
                   first, first + n, priv->n_elements);
      return FALSE;
    }
  while (n > 0)
    {
      guint64 start[ASSAY_MAX_RANK], count[ASSAY_MAX_RANK];
      guint64 n_box = assay_flat_box (priv->rank, priv->shape, first, n, start, count);

      if (!assay_source_read (self, start, count, p, cancellable, error))
        return FALSE;
      first += n_box;
      n -= n_box;
      p += n_box * priv->item_size;
    }
  return TRUE;
}

GPtrArray *
assay_source_read_strings (AssaySource   *self,
                           const guint64 *start,
                           const guint64 *count,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  AssaySourceClass *klass;
  guint64           n;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), NULL);
  klass = ASSAY_SOURCE_GET_CLASS (self);
  if (klass->read_strings == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "Values of type %s can't be read as strings",
                   assay_source_get_dtype_name (self));
      return NULL;
    }
  if (!check_box (self, start, count, &n, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (n > 0 && !klass->read_strings (self, start, count, strings, cancellable, error))
    return NULL;
  return g_steal_pointer (&strings);
}

gboolean
assay_source_map_flat (AssaySource *self, guint64 first, guint64 n, AssaySourceMap *map, GError **error)
{
  AssaySourceClass   *klass;
  AssaySourcePrivate *priv;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), FALSE);
  klass = ASSAY_SOURCE_GET_CLASS (self);
  priv = get_private (self);
  g_return_val_if_fail (n > 0 && first <= priv->n_elements && n <= priv->n_elements - first, FALSE);
  return klass->map != NULL && priv->item_size > 0 && klass->map (self, first, n, map, error);
}

gboolean
assay_source_unmap (AssaySource *self, AssaySourceMap *map, GError **error)
{
  AssaySourceClass *klass;

  g_return_val_if_fail (ASSAY_IS_SOURCE (self), FALSE);
  klass = ASSAY_SOURCE_GET_CLASS (self);
  return klass->unmap == NULL || klass->unmap (self, map, error);
}
