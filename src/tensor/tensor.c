/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/tensor.h>

#include <assay/error.h>
#include <string.h>

struct _AssayTensor
{
  gatomicrefcount ref_count;
  AssayDtype      dtype;
  guint           rank;
  guint64         n_elements;
  GBytes         *bytes;
  guint64         shape[];
};

G_DEFINE_BOXED_TYPE (AssayTensor, assay_tensor, assay_tensor_ref, assay_tensor_unref)

/* The bytes that dtype and shape ask for; FALSE with an error if there is no such number. */
static gboolean
count_bytes (AssayDtype dtype, guint rank, const guint64 *shape, guint64 *n_elements, guint64 *n_bytes, GError **error)
{
  const AssayDtypeInfo *info = assay_dtype_get_info (dtype);

  if (info->item_size == 0)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, "A tensor can't hold elements of type %s", info->name);
      return FALSE;
    }
  if (rank > ASSAY_MAX_RANK || !assay_shape_n_elements (rank, shape, n_elements) ||
      !g_uint64_checked_mul (n_bytes, *n_elements, info->item_size))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, "A tensor with %u dimensions is too large", rank);
      return FALSE;
    }
  return TRUE;
}

AssayTensor *
assay_tensor_new (AssayDtype dtype, guint rank, const guint64 *shape, GBytes *data, GError **error)
{
  AssayTensor *self;
  guint64      n_elements, n_bytes;

  g_return_val_if_fail (dtype > ASSAY_DTYPE_INVALID && dtype < ASSAY_N_DTYPES, NULL);
  g_return_val_if_fail (data != NULL, NULL);
  if (!count_bytes (dtype, rank, shape, &n_elements, &n_bytes, error))
    return NULL;
  if (g_bytes_get_size (data) != n_bytes)
    {
      g_autofree char *text = assay_shape_to_string (rank, shape);

      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE,
                   "A %s tensor of shape %s takes %" G_GUINT64_FORMAT " bytes, but there are %" G_GSIZE_FORMAT,
                   assay_dtype_get_info (dtype)->name, text, n_bytes, g_bytes_get_size (data));
      return NULL;
    }
  self = g_malloc0 (sizeof *self + rank * sizeof (guint64));
  g_atomic_ref_count_init (&self->ref_count);
  self->dtype = dtype;
  self->rank = rank;
  self->n_elements = n_elements;
  self->bytes = g_bytes_ref (data);
  if (rank > 0)
    memcpy (self->shape, shape, rank * sizeof (guint64));
  return self;
}

AssayTensor *
assay_tensor_ref (AssayTensor *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
assay_tensor_unref (AssayTensor *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_bytes_unref (self->bytes);
  g_free (self);
}

AssayDtype
assay_tensor_get_dtype (const AssayTensor *self)
{
  return self->dtype;
}

guint
assay_tensor_get_rank (const AssayTensor *self)
{
  return self->rank;
}

const guint64 *
assay_tensor_get_shape (const AssayTensor *self)
{
  return self->shape;
}

guint64
assay_tensor_get_n_elements (const AssayTensor *self)
{
  return self->n_elements;
}

const void *
assay_tensor_get_data (const AssayTensor *self)
{
  return g_bytes_get_data (self->bytes, NULL);
}

GBytes *
assay_tensor_get_bytes (const AssayTensor *self)
{
  return self->bytes;
}
