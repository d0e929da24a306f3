/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a dataset's chunks are. libhdf5's own H5Dget_chunk_info() takes longer the more chunks there are; so for many, the driver
 * notes where libhdf5 would read each chunk of the grid. */

#include <assay/error.h>

#include "hdf5-private.h"

#define MANY 1000
#define MAX_CHUNKS 50000000u

typedef struct
{
  hid_t    dataset;
  hid_t    space;
  guint    rank;
  guint64  grid[H5S_MAX_RANK];
  hsize_t  chunk[H5S_MAX_RANK];
  hsize_t  shape[H5S_MAX_RANK];
  guint64  n_grid;
  gboolean partial_unfiltered;
  GArray  *index, *offset, *size, *mask;
} Walk;

/* Chunks at the edge that aren't whole may be stored without filters, if the file says so. */
static gboolean
is_partial (const Walk *walk, const hsize_t *start)
{
  for (guint i = 0; i < walk->rank; i++)
    if (start[i] + walk->chunk[i] > walk->shape[i])
      return TRUE;
  return FALSE;
}

static void
add_chunk (Walk *walk, guint64 index, const hsize_t *start, guint64 offset, guint32 size, guint32 mask)
{
  if (walk->partial_unfiltered && is_partial (walk, start))
    mask = G_MAXUINT32;
  g_array_append_val (walk->index, index);
  g_array_append_val (walk->offset, offset);
  g_array_append_val (walk->size, size);
  g_array_append_val (walk->mask, mask);
}

/* One by one: fine for few. */
static gboolean
ask_for_each (AssayHdf5 *self, Walk *walk, hsize_t n, GError **error)
{
  for (hsize_t i = 0; i < n; i++)
    {
      hsize_t  start[H5S_MAX_RANK], size = 0;
      unsigned mask = 0;
      haddr_t  address = HADDR_UNDEF;
      guint64  place[H5S_MAX_RANK];

      if (H5Dget_chunk_info (walk->dataset, walk->space, i, start, &mask, &address, &size) < 0)
        return assay_hdf5_fail (error, "A chunk can’t be found");
      for (guint k = 0; k < walk->rank; k++)
        place[k] = start[k] / walk->chunk[k];
      if (address != HADDR_UNDEF && size <= G_MAXUINT32)
        add_chunk (walk, assay_shape_flat (walk->rank, walk->grid, place), start, self->window.base + self->user_block + address, size, mask);
    }
  return TRUE;
}

/* Over the grid, with the driver noting. */
static gboolean
note_each (AssayHdf5 *self, Walk *walk, GError **error)
{
  AssayHdf5Noted noted = { 0 };
  g_autoptr (GByteArray) buffer = g_byte_array_new ();

  for (guint64 i = 0; i < walk->n_grid; i++)
    {
      guint64 place[H5S_MAX_RANK];
      hsize_t start[H5S_MAX_RANK], size = 0;
      guint32 mask = 0;
      herr_t  status;

      assay_shape_index (walk->rank, walk->grid, i, place);
      for (guint k = 0; k < walk->rank; k++)
        start[k] = place[k] * walk->chunk[k];
      if (H5Dget_chunk_storage_size (walk->dataset, start, &size) < 0 || size == 0)
        continue;
      if (size > MIN (self->window.size, G_MAXUINT32))
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT,
                       "A chunk of %" G_GUINT64_FORMAT " bytes can’t be in a file of %" G_GUINT64_FORMAT, (guint64) size, self->window.size);
          return FALSE;
        }
      g_byte_array_set_size (buffer, size);
      noted.n = 0;
      assay_hdf5_note (&noted);
      status = H5Dread_chunk (walk->dataset, H5P_DEFAULT, start, &mask, buffer->data);
      assay_hdf5_note (NULL);
      if (status < 0 || noted.n != 1 || noted.size != size)
        return assay_hdf5_fail (error, "A chunk can’t be found");
      add_chunk (walk, i, start, self->window.base + noted.address, size, mask);
    }
  H5Eclear2 (H5E_DEFAULT);
  return TRUE;
}

typedef struct
{
  guint64 index;
  guint   row;
} Row;

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const Row *first = a, *second = b;

  return first->index < second->index ? -1 : first->index > second->index;
}

/* The columns in the order of the grid. Twice the same chunk is damage. */
static AssayChunkTable *
make_table (const Walk *walk, GError **error)
{
  g_autoptr (AssayChunkTable) table = g_new0 (AssayChunkTable, 1);
  guint           n = walk->index->len;
  g_autofree Row *rows = g_new (Row, n + 1);

  table->n_chunks = n;
  table->index = g_new (guint64, n + 1);
  table->offset = g_new (guint64, n + 1);
  table->size = g_new (guint32, n + 1);
  table->mask = g_new (guint32, n + 1);
  for (guint i = 0; i < n; i++)
    rows[i] = (Row){ g_array_index (walk->index, guint64, i), i };
  qsort (rows, n, sizeof *rows, compare_rows);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0 && rows[i].index == rows[i - 1].index)
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FORMAT, "A chunk stands in the file’s index twice");
          return NULL;
        }
      table->index[i] = rows[i].index;
      table->offset[i] = g_array_index (walk->offset, guint64, rows[i].row);
      table->size[i] = g_array_index (walk->size, guint32, rows[i].row);
      table->mask[i] = g_array_index (walk->mask, guint32, rows[i].row);
    }
  return g_steal_pointer (&table);
}

static gboolean
prepare (Walk *walk, GError **error)
{
  g_auto (AssayH5Plist) plist = H5Dget_create_plist (walk->dataset);
  int      rank = H5Sget_simple_extent_dims (walk->space, walk->shape, NULL);
  unsigned options = 0;

  if (rank <= 0 || H5Pget_layout (plist) != H5D_CHUNKED || H5Pget_chunk (plist, H5S_MAX_RANK, walk->chunk) != rank)
    return assay_hdf5_fail (error, "The dataset isn’t chunked");
  walk->rank = rank;
  walk->n_grid = 1;
  for (int i = 0; i < rank; i++)
    {
      if (walk->chunk[i] == 0)
        return assay_hdf5_fail (error, "The dataset has chunks without size");
      walk->grid[i] = walk->shape[i] / walk->chunk[i] + (walk->shape[i] % walk->chunk[i] != 0);
      if (!g_uint64_checked_mul (&walk->n_grid, walk->n_grid, walk->grid[i]))
        walk->n_grid = G_MAXUINT64;
    }
  walk->partial_unfiltered = H5Pget_chunk_opts (plist, &options) >= 0 && (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  return TRUE;
}

static AssayChunkTable *
find_chunks (AssayHdf5 *self, Walk *walk, GError **error)
{
  hsize_t  n = 0;
  gboolean found;

  if (!prepare (walk, error))
    return NULL;
  if (H5Dget_num_chunks (walk->dataset, walk->space, &n) < 0)
    {
      assay_hdf5_fail (error, "The chunks can’t be counted");
      return NULL;
    }
  if (n > MAX_CHUNKS || (n > MANY && walk->n_grid > 16 * n + MANY && n > 20 * MANY))
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED,
                   "%" G_GUINT64_FORMAT " chunks in a grid of %" G_GUINT64_FORMAT " are too many to look up", (guint64) n, walk->n_grid);
      return NULL;
    }
  if (n > MANY && walk->n_grid <= 16 * n + MANY)
    found = note_each (self, walk, error);
  else
    found = ask_for_each (self, walk, n, error);
  return found ? make_table (walk, error) : NULL;
}

AssayChunkTable *
assay_hdf5_read_chunks (AssayHdf5 *self, guint64 address, GError **error)
{
  g_auto (AssayH5Dataset) dataset = H5Oopen_by_addr (self->file, address);
  g_auto (AssayH5Space) space = H5I_INVALID_HID;
  g_autoptr (GArray) index = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) offset = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) size = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) mask = g_array_new (FALSE, FALSE, sizeof (guint32));
  Walk walk = { .dataset = dataset, .index = index, .offset = offset, .size = size, .mask = mask };

  if (dataset < 0 || H5Iget_type (dataset) != H5I_DATASET)
    {
      assay_hdf5_fail (error, "The dataset can’t be opened again");
      return NULL;
    }
  space = H5Dget_space (dataset);
  walk.space = space;
  return find_chunks (self, &walk, error);
}
