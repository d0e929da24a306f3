/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "values-private.h"

#include <assay/overlay.h>
#include <assay/packing.h>
#include <string.h>

#include "replacement-private.h"

#define PIECE (1u << 20)

void
assay_values_to_file_order (AssayDtype dtype, void *data, gsize n_bytes, gboolean big_endian)
{
  guint   swap_size = assay_dtype_get_info (dtype)->swap_size;
  guint8 *p = data;

  if (big_endian == (G_BYTE_ORDER == G_BIG_ENDIAN) || swap_size < 2)
    return;
  for (gsize i = 0; i + swap_size <= n_bytes; i += swap_size)
    for (guint b = 0; b < swap_size / 2; b++)
      {
        guint8 first = p[i + b];

        p[i + b] = p[i + swap_size - 1 - b];
        p[i + swap_size - 1 - b] = first;
      }
}

/* Elements from first on, row-major. Packed types begin at a whole byte: first is a multiple of 8. */
static gboolean
write_run (AssaySource *source, guint64 first, guint64 n, const AssayValuesPlace *place, AssayJob *job, GError **error)
{
  AssayDtype         dtype = assay_source_get_dtype (source);
  guint32            item_size = assay_source_get_item_size (source);
  guint              bits = place->packed ? assay_dtype_get_info (dtype)->bits : item_size * 8;
  guint64            n_piece = MAX (PIECE / MAX (item_size, 1) & ~7ull, 8);
  g_autofree guint8 *buffer = g_malloc (n_piece * item_size);
  g_autofree guint8 *dense = g_malloc (n_piece);
  GCancellable      *cancellable = job ? assay_job_get_cancellable (job) : NULL;

  while (n > 0)
    {
      guint64  count = MIN (n, n_piece);
      gboolean done;

      if (!assay_source_read_flat (source, first, count, buffer, cancellable, error))
        return FALSE;
      if (bits < 8)
        {
          assay_pack_elements (dense, buffer, bits, count);
          done = assay_pwrite (place->fd, place->offset + first * bits / 8, dense, (count * bits + 7) / 8, error);
        }
      else
        {
          assay_values_to_file_order (dtype, buffer, count * item_size, place->big_endian);
          done = assay_pwrite (place->fd, place->offset + first * item_size, buffer, count * item_size, error);
        }
      if (!done)
        return FALSE;
      first += count;
      n -= count;
    }
  return TRUE;
}

/* One slab of the last axis: element [i, j] of the slab stands at j × n_i + i in a column-major file. */
static void
transpose_slab (guint8 *out, const guint8 *in, guint32 item_size, guint rank, const guint64 *count)
{
  guint64 stride[ASSAY_MAX_RANK], index[ASSAY_MAX_RANK] = { 0 }, to = 0, along = 1;

  for (guint i = 0; i < rank; i++)
    {
      stride[i] = along;
      along *= count[i];
    }
  for (guint64 n = 0; n < along; n++)
    {
      memcpy (out + to * item_size, in + n * item_size, item_size);
      for (guint i = rank; i-- > 0;)
        {
          to += stride[i];
          if (++index[i] < count[i])
            break;
          to -= stride[i] * count[i];
          index[i] = 0;
        }
    }
}

static gboolean
write_fortran (AssaySource *source, const AssayValuesPlace *place, AssayJob *job, GError **error)
{
  guint              rank = assay_source_get_rank (source);
  const guint64     *shape = assay_source_get_shape (source);
  guint32            item_size = assay_source_get_item_size (source);
  guint64            start[ASSAY_MAX_RANK] = { 0 }, count[ASSAY_MAX_RANK], n_slab = 1;
  g_autofree guint8 *in = NULL, *out = NULL;

  for (guint i = 0; i + 1 < rank; i++)
    n_slab *= shape[i];
  memcpy (count, shape, rank * sizeof (guint64));
  count[rank - 1] = 1;
  in = g_malloc (MAX (n_slab * item_size, 1));
  out = g_malloc (MAX (n_slab * item_size, 1));
  for (guint64 k = 0; k < shape[rank - 1] && n_slab > 0; k++)
    {
      start[rank - 1] = k;
      if (!assay_source_read (source, start, count, in, job ? assay_job_get_cancellable (job) : NULL, error))
        return FALSE;
      transpose_slab (out, in, item_size, rank, count);
      assay_values_to_file_order (assay_source_get_dtype (source), out, n_slab * item_size, place->big_endian);
      if (!assay_pwrite (place->fd, place->offset + k * n_slab * item_size, out, n_slab * item_size, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
assay_values_write (AssaySource *source, AssaySource *base, const AssayValuesPlace *place, AssayJob *job, GError **error)
{
  guint64 n = assay_source_get_n_elements (source);
  g_autoptr (GArray) ranges = NULL;

  if (n == 0)
    return TRUE;
  if (place->fortran && assay_source_get_rank (source) > 1)
    return write_fortran (source, place, job, error);
  if (base == NULL || (place->packed && assay_dtype_get_info (assay_source_get_dtype (source))->bits % 8 != 0))
    return write_run (source, 0, n, place, job, error);
  ranges = assay_source_changed_ranges (source, base);
  for (guint i = 0; i < ranges->len; i++)
    {
      const AssayRange *range = &g_array_index (ranges, AssayRange, i);

      if (!write_run (source, range->first, range->n, place, job, error))
        return FALSE;
    }
  return TRUE;
}

/* The axis along which a box is cut: behind it as many elements as a piece may have. */
static guint
find_cut (guint rank, const guint64 *count, guint32 item_size, guint64 *n_behind)
{
  *n_behind = 1;
  while (rank > 1 && *n_behind * count[rank - 1] * item_size <= PIECE)
    *n_behind *= count[--rank];
  return rank > 0 ? rank - 1 : 0;
}

static gboolean
write_piece (AssaySource *source, const guint64 *start, const guint64 *count, guint64 n, guint64 offset, const AssayValuesPlace *place, void *buffer, AssayJob *job, GError **error)
{
  guint32 item_size = assay_source_get_item_size (source);

  if (!assay_source_read (source, start, count, buffer, job ? assay_job_get_cancellable (job) : NULL, error))
    return FALSE;
  assay_values_to_file_order (assay_source_get_dtype (source), buffer, n * item_size, place->big_endian);
  return assay_pwrite (place->fd, place->offset + offset * item_size, buffer, n * item_size, error);
}

gboolean
assay_values_write_box (AssaySource            *source,
                        const guint64          *start,
                        const guint64          *count,
                        const AssayValuesPlace *place,
                        AssayJob               *job,
                        GError                **error)
{
  guint              rank = assay_source_get_rank (source), cut;
  guint64            at[ASSAY_MAX_RANK], size[ASSAY_MAX_RANK], n_behind, n_all = 1, n_piece;
  guint32            item_size = assay_source_get_item_size (source);
  g_autofree guint8 *buffer = NULL;

  for (guint i = 0; i < rank; i++)
    n_all *= count[i];
  cut = find_cut (rank, count, item_size, &n_behind);
  n_piece = MAX (PIECE / MAX (n_behind * item_size, 1), 1);
  buffer = g_malloc (MAX (n_piece * n_behind * item_size, 1));
  memcpy (size, count, rank * sizeof (guint64));
  for (guint64 done = 0, row = 0; done < n_all; row = done / n_behind)
    {
      guint64 left = row;

      /* Where the row is: the axes before the cut one by one, then as much along the cut as fits. */
      for (guint i = rank ? cut + 1 : 0; i-- > 0;)
        {
          at[i] = start[i] + left % count[i];
          left /= count[i];
          size[i] = 1;
        }
      for (guint i = cut + 1; i < rank; i++)
        at[i] = start[i];
      if (rank > 0)
        size[cut] = MIN (n_piece, count[cut] - (at[cut] - start[cut]));
      if (!write_piece (source, at, size, (rank ? size[cut] : 1) * n_behind, done, place, buffer, job, error))
        return FALSE;
      done += (rank ? size[cut] : 1) * n_behind;
    }
  return TRUE;
}
