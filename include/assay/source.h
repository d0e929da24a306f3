/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A source: values somewhere (a file, memory, an edit, a difference), with dtype and shape, read by region. */

#pragma once

#include <assay/dtype.h>
#include <assay/shape.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AssaySourceMap:
 * @data: the mapped elements in the machine's byte order, row-major
 * @n_bytes: how many bytes
 *
 * A piece of a source that can be read in place. Release it by assay_source_unmap(), which tells whether what was read
 * was good (a file can be cut short while it is mapped; its missing pages then read as zeros).
 */
typedef struct
{
  const void *data;
  gsize       n_bytes;
  /*< private >*/
  gpointer priv[4];
} AssaySourceMap;

#define ASSAY_TYPE_SOURCE (assay_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (AssaySource, assay_source, ASSAY, SOURCE, GObject)

/**
 * AssaySourceClass:
 * @read: reads a box; the caller has checked it against the shape, and that it isn't empty. See assay_source_read().
 * @read_strings: reads a box of a `STRING` source, appending a #GBytes an element. %NULL if there are no strings.
 * @map: maps a run of elements in row-major order in place; returns %FALSE without an error if the values don't lie so.
 * @unmap: undoes @map.
 *
 * Each may be called in any thread, by several at once.
 */
struct _AssaySourceClass
{
  GObjectClass parent_class;

  gboolean (*read) (AssaySource *self, const guint64 *start, const guint64 *count, void *out, GCancellable *cancellable, GError **error);
  gboolean (*read_strings) (AssaySource *self, const guint64 *start, const guint64 *count, GPtrArray *out, GCancellable *cancellable, GError **error);
  gboolean (*map) (AssaySource *self, guint64 first, guint64 n, AssaySourceMap *map, GError **error);
  gboolean (*unmap) (AssaySource *self, AssaySourceMap *map, GError **error);

  gpointer padding[8];
};

/**
 * assay_source_init_facts:
 * @self: a source that is being made
 * @dtype: its dtype
 * @item_size: bytes an element takes in memory; must be the dtype's own size where it has one; 0 for `STRING`
 * @dtype_name: (nullable): what to call the dtype where its own name doesn't tell all, as in "datetime64[ns]"
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions; their product must fit 64 bits
 *
 * For subclasses: says what it is, once, right after it is made.
 */
void assay_source_init_facts (AssaySource   *self,
                              AssayDtype     dtype,
                              guint32        item_size,
                              const char    *dtype_name,
                              guint          rank,
                              const guint64 *shape);

/**
 * assay_source_init_like:
 * @self: a source that is being made
 * @other: another
 *
 * For subclasses: gives it the dtype and shape of @other.
 */
void assay_source_init_like (AssaySource *self, AssaySource *other);

/**
 * assay_source_get_dtype:
 *
 * Returns: the type of the elements
 */
AssayDtype assay_source_get_dtype (AssaySource *self);

/**
 * assay_source_get_dtype_name:
 *
 * Returns: (transfer none): what the dtype is called
 */
const char *assay_source_get_dtype_name (AssaySource *self);

/**
 * assay_source_get_item_size:
 *
 * Returns: the bytes an element takes in memory; 0 for `STRING`
 */
guint32 assay_source_get_item_size (AssaySource *self);

/**
 * assay_source_get_rank:
 *
 * Returns: the number of dimensions, 0 for a scalar
 */
guint assay_source_get_rank (AssaySource *self);

/**
 * assay_source_get_shape:
 *
 * Returns: (transfer none): the dimensions
 */
const guint64 *assay_source_get_shape (AssaySource *self);

/**
 * assay_source_get_n_elements:
 *
 * Returns: the number of elements
 */
guint64 assay_source_get_n_elements (AssaySource *self);

/**
 * assay_source_read:
 * @start: (array): the first index along each dimension
 * @count: (array): how many along each dimension; any may be 0
 * @out: room for the product of @count elements of item size bytes
 * @cancellable: (nullable): asked now and then
 * @error: return location for an error
 *
 * Reads a box of values, row-major, in the machine's byte order. Types of less than 8 bits come as one code a byte.
 *
 * Any thread may call this; it blocks for as long as reading takes. Fails with `ASSAY_ERROR_RANGE` if the box isn't
 * inside the shape, `ASSAY_ERROR_DTYPE` for `STRING`, `ASSAY_ERROR_IO` or `ASSAY_ERROR_FORMAT` if the values
 * can't be had.
 *
 * Returns: whether @out is filled
 */
gboolean assay_source_read (AssaySource   *self,
                            const guint64 *start,
                            const guint64 *count,
                            void          *out,
                            GCancellable  *cancellable,
                            GError       **error);

/**
 * assay_source_read_flat:
 * @first: position of the first element in row-major order
 * @n: how many elements
 * @out: room for @n elements
 * @cancellable: (nullable): asked now and then
 * @error: return location for an error
 *
 * Reads a run of elements in row-major order, whatever the shape; as assay_source_read() otherwise.
 *
 * Returns: whether @out is filled
 */
gboolean assay_source_read_flat (AssaySource *self, guint64 first, guint64 n, void *out, GCancellable *cancellable, GError **error);

/**
 * assay_source_read_strings:
 * @start: (array): the first index along each dimension
 * @count: (array): how many along each dimension
 * @cancellable: (nullable): asked now and then
 * @error: return location for an error
 *
 * Reads a box of a `STRING` source. Any thread may call this; it blocks.
 *
 * Returns: (transfer container) (element-type GBytes): the strings, row-major, or %NULL with @error set
 */
GPtrArray *assay_source_read_strings (AssaySource   *self,
                                      const guint64 *start,
                                      const guint64 *count,
                                      GCancellable  *cancellable,
                                      GError       **error);

/**
 * assay_source_map_flat:
 * @first: position of the first element in row-major order
 * @n: how many elements, at least 1
 * @map: (out caller-allocates): the mapped elements
 * @error: return location for an error
 *
 * Maps a run of elements so that they can be read in place, at memory speed. Not every source can.
 *
 * Any thread may call this. Release by assay_source_unmap().
 *
 * Returns: whether @map is filled; %FALSE without an error if assay_source_read_flat() has to be used instead
 */
gboolean assay_source_map_flat (AssaySource *self, guint64 first, guint64 n, AssaySourceMap *map, GError **error);

/**
 * assay_source_unmap:
 * @map: what assay_source_map_flat() gave
 * @error: return location for an error
 *
 * Returns: whether all that was read through @map was good; else @error is set
 */
gboolean assay_source_unmap (AssaySource *self, AssaySourceMap *map, GError **error);

/**
 * assay_flat_box:
 * @rank: number of dimensions
 * @shape: (array length=rank): the dimensions
 * @first: position of an element in row-major order
 * @n: length of the run that begins there, at least 1
 * @start: (out) (array length=rank): where the first box of the run begins
 * @count: (out) (array length=rank): how large that box is
 *
 * Cuts the largest box off the front of a run of elements in row-major order. Call it until nothing is left; a run is
 * at most 2 × rank boxes or so.
 *
 * Returns: how many elements that box has
 */
guint64 assay_flat_box (guint rank, const guint64 *shape, guint64 first, guint64 n, guint64 *start, guint64 *count);

G_END_DECLS
