/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Strings of variable length: they lie in HDF5's heaps, so libhdf5 reads them. */

#include <assay/error.h>
#include <assay/source.h>
#include <string.h>

#include "hdf5-private.h"

#define BATCH 4096

/* Reads n strings of one box along the last axis, or a scalar. */
static gboolean
read_batch (hid_t dataset, hid_t type, hid_t space, const guint64 *start, const guint64 *count, guint rank, guint64 n, GPtrArray *out, GError **error)
{
  g_autofree char **pointers = g_new0 (char *, n);
  hsize_t           from[H5S_MAX_RANK], size[H5S_MAX_RANK], n_memory = n;
  g_auto (AssayH5Space) memory = H5Screate_simple (1, &n_memory, NULL);

  for (guint i = 0; i < rank; i++)
    {
      from[i] = start[i];
      size[i] = count[i];
    }
  if (rank > 0 && H5Sselect_hyperslab (space, H5S_SELECT_SET, from, NULL, size, NULL) < 0)
    return assay_hdf5_fail (error, "The strings can’t be chosen");
  if (H5Dread (dataset, type, memory, space, H5P_DEFAULT, pointers) < 0)
    return assay_hdf5_fail (error, "The strings can’t be read");
  for (guint64 i = 0; i < n; i++)
    g_ptr_array_add (out, g_bytes_new (pointers[i] ? pointers[i] : "", pointers[i] ? strlen (pointers[i]) : 0));
  H5Dvlen_reclaim (type, memory, H5P_DEFAULT, pointers);
  return TRUE;
}

gboolean
assay_hdf5_read_strings (AssayHdf5 *self, guint64 address, guint64 first, guint64 n, GPtrArray *out, GError **error)
{
  g_auto (AssayH5Dataset) dataset = H5Oopen_by_addr (self->file, address);
  g_auto (AssayH5Type) type = dataset >= 0 ? H5Dget_type (dataset) : H5I_INVALID_HID;
  g_auto (AssayH5Space) space = dataset >= 0 ? H5Dget_space (dataset) : H5I_INVALID_HID;
  hsize_t dimensions[H5S_MAX_RANK];
  guint64 shape[H5S_MAX_RANK], start[H5S_MAX_RANK], count[H5S_MAX_RANK], n_elements;
  int     rank = space >= 0 ? H5Sget_simple_extent_dims (space, dimensions, NULL) : -1;

  if (rank < 0 || type < 0 || H5Tis_variable_str (type) <= 0)
    return assay_hdf5_fail (error, "The dataset of strings can’t be opened again");
  for (int i = 0; i < rank; i++)
    shape[i] = dimensions[i];
  if (!assay_shape_n_elements (rank, shape, &n_elements) || first > n_elements || n > n_elements - first)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE, "Strings %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " aren’t among the %" G_GUINT64_FORMAT,
                   first, first + n, n_elements);
      return FALSE;
    }
  while (n > 0)
    {
      guint64 taken = assay_flat_box (rank, shape, first, MIN (n, BATCH), start, count);

      if (!read_batch (dataset, type, space, start, count, rank, taken, out, error))
        return FALSE;
      first += taken;
      n -= taken;
    }
  return TRUE;
}
