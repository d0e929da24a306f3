/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "extent-source-private.h"

#include <assay/error.h>
#include <assay/reader-session.h>
#include <string.h>

typedef struct
{
  AssaySource *source; /* the piece alone */
  guint64      start[ASSAY_MAX_RANK];
} Piece;

struct _AssayPiecesSource
{
  AssaySource parent_instance;
  guint       n_pieces;
  Piece      *pieces;
};

G_DEFINE_FINAL_TYPE (AssayPiecesSource, assay_pieces_source, ASSAY_TYPE_SOURCE)

/* Reads what the box has of one piece into its place in out; does nothing if they don't meet. */
static gboolean
read_piece (AssaySource   *source,
            const Piece   *piece,
            const guint64 *start,
            const guint64 *count,
            guint8        *out,
            GCancellable  *cancellable,
            GError       **error)
{
  guint              rank = assay_source_get_rank (source);
  guint32            item_size = assay_source_get_item_size (source);
  const guint64     *shape = assay_source_get_shape (piece->source);
  guint64            from[ASSAY_MAX_RANK], to[ASSAY_MAX_RANK], size[ASSAY_MAX_RANK], n = 1;
  g_autofree guint8 *buffer = NULL;

  for (guint i = 0; i < rank; i++)
    {
      guint64 low = MAX (start[i], piece->start[i]);
      guint64 high = MIN (start[i] + count[i], piece->start[i] + shape[i]);

      if (low >= high)
        return TRUE;
      from[i] = low - piece->start[i];
      to[i] = low - start[i];
      size[i] = high - low;
      n *= size[i];
    }
  buffer = g_malloc (n * item_size);
  if (!assay_source_read (piece->source, from, size, buffer, cancellable, error))
    return FALSE;
  assay_scatter_box (out, buffer, item_size, rank, count, to, size, size);
  return TRUE;
}

static gboolean
pieces_source_read (AssaySource   *source,
                    const guint64 *start,
                    const guint64 *count,
                    void          *out,
                    GCancellable  *cancellable,
                    GError       **error)
{
  AssayPiecesSource *self = ASSAY_PIECES_SOURCE (source);
  guint64            n = 1;

  for (guint i = 0; i < assay_source_get_rank (source); i++)
    n *= count[i];
  memset (out, 0, n * assay_source_get_item_size (source));
  for (guint i = 0; i < self->n_pieces; i++)
    if (!read_piece (source, &self->pieces[i], start, count, out, cancellable, error))
      return FALSE;
  return TRUE;
}

static void
pieces_source_finalize (GObject *object)
{
  AssayPiecesSource *self = ASSAY_PIECES_SOURCE (object);

  for (guint i = 0; i < self->n_pieces; i++)
    g_object_unref (self->pieces[i].source);
  g_free (self->pieces);
  G_OBJECT_CLASS (assay_pieces_source_parent_class)->finalize (object);
}

static void
assay_pieces_source_class_init (AssayPiecesSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pieces_source_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = pieces_source_read;
}

static void
assay_pieces_source_init (AssayPiecesSource *self)
{
}

AssaySource *
assay_pieces_source_new (AssayManifest *manifest, const AssayManifestVariable *variable, const AssayLayout *layout)
{
  AssayPiecesSource *self = g_object_new (ASSAY_TYPE_PIECES_SOURCE, NULL);

  assay_source_init_facts (ASSAY_SOURCE (self), variable->dtype, variable->item_size, variable->dtype_name, variable->rank,
                           variable->shape);
  self->n_pieces = layout->n_pieces;
  self->pieces = g_new0 (Piece, layout->n_pieces);
  for (guint i = 0; i < layout->n_pieces; i++)
    {
      const guint64        *from = layout->extra_pieces + i * (2 + 2 * variable->rank);
      const guint64        *start = from + 2, *count = from + 2 + variable->rank;
      AssayManifestVariable alone = *variable;
      AssayLayout           raw = { .kind = ASSAY_LAYOUT_RAW, .offset = from[1], .big_endian = layout->big_endian };

      alone.shape = count;
      alone.n_elements = 1;
      for (guint axis = 0; axis < variable->rank; axis++)
        alone.n_elements *= count[axis];
      raw.length = alone.n_elements * variable->item_size;
      memcpy (self->pieces[i].start, start, variable->rank * sizeof (guint64));
      self->pieces[i].source = assay_extent_source_new (&alone, &raw, assay_manifest_get_file (manifest, from[0]));
    }
  return ASSAY_SOURCE (self);
}
