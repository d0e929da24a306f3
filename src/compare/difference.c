/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/difference.h>

#include <assay/error.h>
#include <glib/gi18n-lib.h>

#include "pair-sums-private.h"

/* Elements that are read of each at once. */
#define PIECE 16384

struct _AssayDifference
{
  AssaySource  parent_instance;
  AssaySource *a;
  AssaySource *b;
  PairKind     kind;
};

G_DEFINE_FINAL_TYPE (AssayDifference, assay_difference, ASSAY_TYPE_SOURCE)

static void
subtract (AssayDifference *self, const void *a, const void *b, void *out, gsize n)
{
  if (assay_source_get_dtype (ASSAY_SOURCE (self)) == ASSAY_DTYPE_FLOAT32)
    {
      double room[PIECE];
      float *narrow = out;

      pair_differences (&self->kind, a, b, room, n);
      for (gsize i = 0; i < n; i++)
        narrow[i] = room[i];
    }
  else if (assay_source_get_dtype (ASSAY_SOURCE (self)) == ASSAY_DTYPE_COMPLEX128)
    pair_complex_differences (&self->kind, a, b, out, n);
  else
    pair_differences (&self->kind, a, b, out, n);
}

/* A box is read in runs along its own row-major order, each of them boxes of the sources. */
static gboolean
difference_read (AssaySource *source, const guint64 *start, const guint64 *count, void *out, GCancellable *cancellable, GError **error)
{
  AssayDifference *self = ASSAY_DIFFERENCE (source);
  guint            rank = assay_source_get_rank (source);
  g_autofree void *a = g_malloc ((gsize) PIECE * self->kind.item_a);
  g_autofree void *b = g_malloc ((gsize) PIECE * self->kind.item_b);
  guint8          *p = out;
  guint64          n = 1;

  for (guint i = 0; i < rank; i++)
    n *= count[i];
  for (guint64 first = 0; first < n;)
    {
      guint64 from[ASSAY_MAX_RANK], size[ASSAY_MAX_RANK];
      guint64 n_box = assay_flat_box (rank, count, first, MIN (n - first, PIECE), from, size);

      for (guint i = 0; i < rank; i++)
        from[i] += start[i];
      if (!assay_source_read (self->a, from, size, a, cancellable, error) || !assay_source_read (self->b, from, size, b, cancellable, error))
        return FALSE;
      subtract (self, a, b, p, n_box);
      p += n_box * assay_source_get_item_size (source);
      first += n_box;
    }
  return TRUE;
}

static void
difference_finalize (GObject *object)
{
  AssayDifference *self = ASSAY_DIFFERENCE (object);

  g_clear_object (&self->a);
  g_clear_object (&self->b);
  G_OBJECT_CLASS (assay_difference_parent_class)->finalize (object);
}

static void
assay_difference_class_init (AssayDifferenceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = difference_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = difference_read;
}

static void
assay_difference_init (AssayDifference *self)
{
}

static gboolean
is_complex (AssayDtype dtype)
{
  return assay_dtype_get_info (dtype)->kind == ASSAY_KIND_COMPLEX;
}

static gboolean
fits_float32 (AssayDtype dtype)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);

  return info->kind == ASSAY_KIND_BOOL || info->bits <= 16 || dtype == ASSAY_DTYPE_FLOAT32;
}

static AssayDtype
choose_dtype (AssayDtype a, AssayDtype b)
{
  if (is_complex (a) || is_complex (b))
    return ASSAY_DTYPE_COMPLEX128;
  return fits_float32 (a) && fits_float32 (b) ? ASSAY_DTYPE_FLOAT32 : ASSAY_DTYPE_FLOAT64;
}

AssaySource *
assay_difference_new (AssaySource *a, AssaySource *b, GError **error)
{
  g_autoptr (AssayDifference) self = NULL;
  guint64    shape[ASSAY_MAX_RANK];
  guint      rank;
  AssayDtype dtype;

  g_return_val_if_fail (ASSAY_IS_SOURCE (a) && ASSAY_IS_SOURCE (b), NULL);
  rank = assay_source_get_rank (a);
  if (!assay_dtype_is_numeric (assay_source_get_dtype (a)) || !assay_dtype_is_numeric (assay_source_get_dtype (b)))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be subtracted from values of type %s"),
                   assay_source_get_dtype_name (a), assay_source_get_dtype_name (b));
      return NULL;
    }
  if (assay_source_get_rank (b) != rank)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("An array of rank %u can’t be compared with one of rank %u"), rank,
                   assay_source_get_rank (b));
      return NULL;
    }
  for (guint i = 0; i < rank; i++)
    shape[i] = MIN (assay_source_get_shape (a)[i], assay_source_get_shape (b)[i]);
  self = g_object_new (ASSAY_TYPE_DIFFERENCE, NULL);
  self->a = g_object_ref (a);
  self->b = g_object_ref (b);
  self->kind = (PairKind){ .a = assay_source_get_dtype (a), .b = assay_source_get_dtype (b), .item_a = assay_source_get_item_size (a), .item_b = assay_source_get_item_size (b) };
  dtype = choose_dtype (self->kind.a, self->kind.b);
  assay_source_init_facts (ASSAY_SOURCE (self), dtype, assay_dtype_get_info (dtype)->item_size, NULL, rank, shape);
  return ASSAY_SOURCE (g_steal_pointer (&self));
}
