/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extent-source-private.h"

#include <assay/error.h>
#include <assay/memory-source.h>
#include <assay/packing.h>
#include <string.h>

#include "guarded-map-private.h"
#include "inflate-private.h"

/* A box whose bytes span no more than this is read by one pread, gaps and all. */
#define MAX_SPAN (512u << 10)
#define PIECE (1u << 20)

struct _AssayExtentSource
{
  AssaySource parent_instance;
  AssayFile  *file;
  guint64     offset;
  gboolean    big_endian;
  gboolean    fortran;
  guint       packed_bits;           /* bits an element takes in the file if less than a byte, else 0 */
  guint64     shape[ASSAY_MAX_RANK]; /* as the file has it: turned round if column-major */
  /* A deflated stream, until it is inflated. */
  gboolean deflated;
  guint64  stream_offset;
  guint64  stream_length;
  guint64  inner_length;
  GMutex   lock; /* guards inflating: file and deflated */
};

G_DEFINE_FINAL_TYPE (AssayExtentSource, assay_extent_source, ASSAY_TYPE_SOURCE)

/* Reads n elements from the first-th on into out, without turning bytes. */
static gboolean
read_run (AssayExtentSource *self, guint64 first, guint64 n, guint8 *out, GCancellable *cancellable, GError **error)
{
  guint32 item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  guint64 n_bytes = n * item_size, offset = self->offset + first * item_size;

  if (self->packed_bits > 0)
    {
      guint64            first_bit = first * self->packed_bits, end_bit = first_bit + n * self->packed_bits;
      gsize              n_packed = (end_bit + 7) / 8 - first_bit / 8;
      g_autofree guint8 *packed = g_malloc (MAX (n_packed, 1));

      if (!assay_file_read (self->file, self->offset + first_bit / 8, packed, n_packed, error))
        return FALSE;
      assay_unpack_elements (out, packed, self->packed_bits, first_bit % 8, n);
      return TRUE;
    }
  while (n_bytes > 0)
    {
      gsize piece = MIN (n_bytes, PIECE);

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !assay_file_read (self->file, offset, out, piece, error))
        return FALSE;
      out += piece;
      offset += piece;
      n_bytes -= piece;
    }
  return TRUE;
}

/* Elements from the first to the last of a box over the axes from `axis` on. */
static guint64
box_span (guint rank, const guint64 *shape, const guint64 *count, guint axis)
{
  guint64 span = 0;

  for (guint i = axis; i < rank; i++)
    span = span * shape[i] + count[i] - 1;
  return span + 1;
}

/* The outermost axis from which on the box is read at once. */
static guint
choose_axis (guint rank, const guint64 *shape, const guint64 *count, guint32 item_size)
{
  guint axis = rank - 1;

  while (axis > 0)
    {
      guint64 span = box_span (rank, shape, count, axis - 1);
      guint64 n = 1;

      for (guint i = axis - 1; i < rank; i++)
        n *= count[i];
      if (span != n && span * item_size > MAX_SPAN)
        break;
      axis--;
    }
  return axis;
}

/* Reads the inner box that begins at `index`: in one run, or with its gaps. */
static gboolean
read_inner (AssayExtentSource *self,
            guint              rank,
            guint              axis,
            const guint64     *index,
            const guint64     *count,
            guint64            n,
            guint8            *out,
            GCancellable      *cancellable,
            GError           **error)
{
  guint64              first = assay_shape_flat (rank, self->shape, index);
  guint64              span = box_span (rank, self->shape, count, axis);
  guint32              item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  static const guint64 zeros[ASSAY_MAX_RANK];
  g_autofree guint8   *buffer = NULL;

  if (span == n)
    return read_run (self, first, n, out, cancellable, error);
  buffer = g_malloc (span * item_size);
  if (!read_run (self, first, span, buffer, cancellable, error))
    return FALSE;
  assay_copy_box (out, buffer, item_size, rank - axis, self->shape + axis, zeros, count + axis);
  return TRUE;
}

/* Reads a box in the file's own order of axes. */
static gboolean
read_box (AssayExtentSource *self,
          const guint64     *start,
          const guint64     *count,
          guint8            *out,
          GCancellable      *cancellable,
          GError           **error)
{
  guint   rank = assay_source_get_rank (ASSAY_SOURCE (self));
  guint32 item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  guint   axis;
  guint64 index[ASSAY_MAX_RANK], n = 1;

  if (rank == 0)
    return read_run (self, 0, 1, out, cancellable, error);
  axis = choose_axis (rank, self->shape, count, item_size);
  for (guint i = axis; i < rank; i++)
    n *= count[i];
  memcpy (index, start, rank * sizeof (guint64));
  for (;;)
    {
      guint step = axis;

      if (!read_inner (self, rank, axis, index, count, n, out, cancellable, error))
        return FALSE;
      out += n * item_size;
      while (step > 0 && ++index[step - 1] == start[step - 1] + count[step - 1])
        {
          index[step - 1] = start[step - 1];
          step--;
        }
      if (step == 0)
        return TRUE;
    }
}

/* Turns a column-major box into a row-major one: element [i, j, k] of out is [k, j, i] of in. */
static void
transpose (guint8 *out, const guint8 *in, guint32 item_size, guint rank, const guint64 *count)
{
  guint64 stride[ASSAY_MAX_RANK], index[ASSAY_MAX_RANK] = { 0 }, from = 0, along = 1;

  for (guint i = 0; i < rank; i++)
    {
      stride[i] = along;
      along *= count[i];
    }
  for (guint64 n = 0; n < along; n++)
    {
      memcpy (out + n * item_size, in + from * item_size, item_size);
      for (guint i = rank; i-- > 0;)
        {
          from += stride[i];
          if (++index[i] < count[i])
            break;
          from -= stride[i] * count[i];
          index[i] = 0;
        }
    }
}

static gboolean
read_fortran (AssayExtentSource *self,
              const guint64     *start,
              const guint64     *count,
              guint8            *out,
              GCancellable      *cancellable,
              GError           **error)
{
  guint              rank = assay_source_get_rank (ASSAY_SOURCE (self));
  guint32            item_size = assay_source_get_item_size (ASSAY_SOURCE (self));
  guint64            turned_start[ASSAY_MAX_RANK], turned_count[ASSAY_MAX_RANK], n = 1;
  g_autofree guint8 *buffer = NULL;

  for (guint i = 0; i < rank; i++)
    {
      turned_start[i] = start[rank - 1 - i];
      turned_count[i] = count[rank - 1 - i];
      n *= count[i];
    }
  buffer = g_try_malloc (n * item_size);
  if (buffer == NULL)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "There is no memory for %" G_GUINT64_FORMAT " elements", n);
      return FALSE;
    }
  if (!read_box (self, turned_start, turned_count, buffer, cancellable, error))
    return FALSE;
  transpose (out, buffer, item_size, rank, count);
  return TRUE;
}

/* Inflates the stream at the first read; from then on the values lie in a temporary file. */
static gboolean
ensure_inflated (AssayExtentSource *self, GCancellable *cancellable, GError **error)
{
  gboolean done = TRUE;

  g_mutex_lock (&self->lock);
  if (self->deflated)
    {
      AssayFile *inflated = assay_inflate_to_file (self->file, self->stream_offset, self->stream_length, self->inner_length,
                                                   cancellable, error);

      done = inflated != NULL;
      if (done)
        {
          g_object_unref (self->file);
          self->file = inflated;
          self->deflated = FALSE;
        }
    }
  g_mutex_unlock (&self->lock);
  return done;
}

static gboolean
extent_source_read (AssaySource   *source,
                    const guint64 *start,
                    const guint64 *count,
                    void          *out,
                    GCancellable  *cancellable,
                    GError       **error)
{
  AssayExtentSource *self = ASSAY_EXTENT_SOURCE (source);
  guint              rank = assay_source_get_rank (source);
  guint64            n = 1;

  if (!ensure_inflated (self, cancellable, error))
    return FALSE;
  if (!(self->fortran && rank > 1 ? read_fortran : read_box) (self, start, count, out, cancellable, error))
    return FALSE;
  for (guint i = 0; i < rank; i++)
    n *= count[i];
  if (self->big_endian)
    assay_swap_elements (out, n * assay_source_get_item_size (source),
                         assay_dtype_get_info (assay_source_get_dtype (source))->swap_size);
  return TRUE;
}

static gboolean
extent_source_map (AssaySource *source, guint64 first, guint64 n, AssaySourceMap *map, GError **error)
{
  AssayExtentSource *self = ASSAY_EXTENT_SOURCE (source);
  guint32            item_size = assay_source_get_item_size (source);
  guint              alignment = assay_dtype_get_info (assay_source_get_dtype (source))->swap_size;
  AssayGuardedMap   *guarded;

  if (self->big_endian || self->packed_bits > 0 || (self->fortran && assay_source_get_rank (source) > 1))
    return FALSE;
  if (!ensure_inflated (self, NULL, error))
    return FALSE;
  if (self->offset % MAX (alignment, 1) != 0)
    return FALSE;
  guarded = g_new0 (AssayGuardedMap, 1);
  if (!assay_guarded_map_open (assay_file_get_fd (self->file), self->offset + first * item_size, n * item_size, guarded))
    {
      g_free (guarded);
      return FALSE;
    }
  map->data = guarded->data;
  map->n_bytes = n * item_size;
  map->priv[0] = guarded;
  return TRUE;
}

static gboolean
extent_source_unmap (AssaySource *source, AssaySourceMap *map, GError **error)
{
  AssayExtentSource          *self = ASSAY_EXTENT_SOURCE (source);
  g_autofree AssayGuardedMap *guarded = map->priv[0];
  const char                 *path = assay_file_get_path (self->file);

  if (assay_guarded_map_close (guarded))
    return TRUE;
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_IO, "“%s” was cut short while it was read", path ? path : "a temporary file");
  return FALSE;
}

static void
extent_source_finalize (GObject *object)
{
  AssayExtentSource *self = ASSAY_EXTENT_SOURCE (object);

  g_clear_object (&self->file);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (assay_extent_source_parent_class)->finalize (object);
}

static void
assay_extent_source_class_init (AssayExtentSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = extent_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = extent_source_read;
  ASSAY_SOURCE_CLASS (klass)->map = extent_source_map;
  ASSAY_SOURCE_CLASS (klass)->unmap = extent_source_unmap;
}

static void
assay_extent_source_init (AssayExtentSource *self)
{
  g_mutex_init (&self->lock);
}

AssaySource *
assay_extent_source_new (const AssayManifestVariable *variable, const AssayLayout *layout, AssayFile *file)
{
  AssayExtentSource *self = g_object_new (ASSAY_TYPE_EXTENT_SOURCE, NULL);
  guint              bits = assay_dtype_get_info (variable->dtype)->bits;

  assay_source_init_facts (ASSAY_SOURCE (self), variable->dtype, variable->item_size, variable->dtype_name, variable->rank,
                           variable->shape);
  self->file = g_object_ref (file);
  self->big_endian = layout->big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
  self->fortran = layout->kind == ASSAY_LAYOUT_FORTRAN || layout->kind == ASSAY_LAYOUT_DEFLATED_FORTRAN;
  self->deflated = layout->kind == ASSAY_LAYOUT_DEFLATED || layout->kind == ASSAY_LAYOUT_DEFLATED_FORTRAN;
  self->stream_offset = layout->offset;
  self->stream_length = layout->length;
  self->inner_length = layout->inner_length;
  self->offset = self->deflated ? layout->inner_offset : layout->offset;
  /* TensorFlow stores types of less than 8 bits one a byte: the length tells. */
  if (bits % 8 != 0 && !self->deflated && layout->length < variable->n_elements)
    self->packed_bits = bits;
  for (guint i = 0; i < variable->rank; i++)
    self->shape[i] = variable->shape[self->fortran ? variable->rank - 1 - i : i];
  return ASSAY_SOURCE (self);
}
