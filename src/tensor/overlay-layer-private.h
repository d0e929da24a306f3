/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* One layer of an overlay: either a box of values, or single cells in row-major order. Immutable and shared. */

#pragma once

#include <assay/shape.h>

G_BEGIN_DECLS

/**
 * OverlayFacts:
 * @item_size: bytes of a value; of a pointer for strings
 * @is_string: the values are pointers to #GBytes, of which the layer has a reference each
 *
 * What all layers of an overlay have in common.
 */
typedef struct
{
  guint          rank;
  const guint64 *shape;
  gsize          item_size;
  gboolean       is_string;
} OverlayFacts;

/**
 * OverlayLayer:
 * @n: number of values
 * @cells: their positions in ascending order; %NULL if the layer is a box
 * @values: the values, in the order of @cells, or row-major in the box
 * @start: the smallest box around all: where it begins
 * @count: how large it is
 */
typedef struct
{
  gatomicrefcount ref_count;
  gsize           n;
  guint64        *cells;
  guint8         *values;
  GBytes         *bytes; /* owns values if it isn't NULL */
  gboolean        is_string;
  guint64        *start;
  guint64        *count;
} OverlayLayer;

/**
 * overlay_layer_new:
 * @start: (array): where the box begins
 * @count: (array): how large it is, not empty
 * @bytes: (nullable): the values, if they aren't strings
 * @strings: (nullable) (array): the values, if they are
 *
 * Returns: (transfer full): a layer; of single cells if they are few
 */
OverlayLayer *overlay_layer_new (const OverlayFacts *facts,
                                 const guint64      *start,
                                 const guint64      *count,
                                 GBytes             *bytes,
                                 GBytes            **strings);

OverlayLayer *overlay_layer_ref (OverlayLayer *self);
void          overlay_layer_unref (OverlayLayer *self);

/**
 * overlay_layer_merge:
 * @older: a layer of cells
 * @newer: a layer of cells that lies over it
 *
 * Returns: (transfer full): both as one
 */
OverlayLayer *overlay_layer_merge (const OverlayFacts *facts, const OverlayLayer *older, const OverlayLayer *newer);

/**
 * overlay_layer_covers:
 *
 * Returns: whether the box lies inside a layer that is a box
 */
gboolean overlay_layer_covers (const OverlayFacts *facts, const OverlayLayer *self, const guint64 *start, const guint64 *count);

/**
 * overlay_layer_touches:
 *
 * Returns: whether a value of the layer lies in the run of @n elements from @first on
 */
gboolean overlay_layer_touches (const OverlayFacts *facts, const OverlayLayer *self, guint64 first, guint64 n);

/**
 * overlay_layer_apply:
 * @start: (array): where a box begins
 * @count: (array): how large it is
 * @out: its values, row-major; those that the layer has are replaced
 */
void overlay_layer_apply (const OverlayFacts *facts,
                          const OverlayLayer *self,
                          const guint64      *start,
                          const guint64      *count,
                          void               *out);

/**
 * overlay_layer_add_ranges:
 * @ranges: (element-type AssayRange): where to append the runs of the layer's values
 */
void overlay_layer_add_ranges (const OverlayFacts *facts, const OverlayLayer *self, GArray *ranges);

G_END_DECLS
