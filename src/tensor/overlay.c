/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* An overlay is a base and a list of layers, the newest last. An overlay over an overlay has the same base and shares the
 * layers. A new layer of single cells is merged with the one below while that isn't more than twice as large, so there are
 * never more than some log n of them; a layer that a new box covers is dropped. */

#include <assay/overlay.h>

#include <assay/error.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "overlay-layer-private.h"

struct _AssayOverlay
{
  AssaySource  parent_instance;
  AssaySource *base;   /* not an overlay */
  GPtrArray   *layers; /* of OverlayLayer */
};

G_DEFINE_FINAL_TYPE (AssayOverlay, assay_overlay, ASSAY_TYPE_SOURCE)

static OverlayFacts
get_facts (AssaySource *source)
{
  gboolean is_string = assay_source_get_dtype (source) == ASSAY_DTYPE_STRING;

  return (OverlayFacts){
    .rank = assay_source_get_rank (source),
    .shape = assay_source_get_shape (source),
    .item_size = is_string ? sizeof (GBytes *) : assay_source_get_item_size (source),
    .is_string = is_string,
  };
}

/* The newest layer that has all of the box, so that nothing below it counts; -1 if there is none. */
static int
find_cover (AssayOverlay *self, const OverlayFacts *facts, const guint64 *start, const guint64 *count)
{
  for (int i = (int) self->layers->len - 1; i >= 0; i--)
    if (overlay_layer_covers (facts, self->layers->pdata[i], start, count))
      return i;
  return -1;
}

static gboolean
overlay_read (AssaySource   *source,
              const guint64 *start,
              const guint64 *count,
              void          *out,
              GCancellable  *cancellable,
              GError       **error)
{
  AssayOverlay *self = ASSAY_OVERLAY (source);
  OverlayFacts  facts = get_facts (source);
  int           first = find_cover (self, &facts, start, count);

  if (first < 0 && !assay_source_read (self->base, start, count, out, cancellable, error))
    return FALSE;
  for (guint i = MAX (first, 0); i < self->layers->len; i++)
    overlay_layer_apply (&facts, self->layers->pdata[i], start, count, out);
  return TRUE;
}

static gboolean
overlay_read_strings (AssaySource   *source,
                      const guint64 *start,
                      const guint64 *count,
                      GPtrArray     *out,
                      GCancellable  *cancellable,
                      GError       **error)
{
  AssayOverlay *self = ASSAY_OVERLAY (source);
  OverlayFacts  facts = get_facts (source);
  g_autoptr (GPtrArray) strings = assay_source_read_strings (self->base, start, count, cancellable, error);
  g_autofree GBytes **edited = NULL;

  if (strings == NULL)
    return FALSE;
  edited = g_new0 (GBytes *, strings->len);
  for (guint i = 0; i < self->layers->len; i++)
    overlay_layer_apply (&facts, self->layers->pdata[i], start, count, edited);
  for (guint i = 0; i < strings->len; i++)
    g_ptr_array_add (out, g_bytes_ref (edited[i] ? edited[i] : strings->pdata[i]));
  return TRUE;
}

static gboolean
overlay_map (AssaySource *source, guint64 first, guint64 n, AssaySourceMap *map, GError **error)
{
  AssayOverlay *self = ASSAY_OVERLAY (source);
  OverlayFacts  facts = get_facts (source);

  for (guint i = 0; i < self->layers->len; i++)
    if (overlay_layer_touches (&facts, self->layers->pdata[i], first, n))
      return FALSE;
  return assay_source_map_flat (self->base, first, n, map, error);
}

static gboolean
overlay_unmap (AssaySource *source, AssaySourceMap *map, GError **error)
{
  return assay_source_unmap (ASSAY_OVERLAY (source)->base, map, error);
}

static void
overlay_finalize (GObject *object)
{
  AssayOverlay *self = ASSAY_OVERLAY (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->layers, g_ptr_array_unref);
  G_OBJECT_CLASS (assay_overlay_parent_class)->finalize (object);
}

static void
assay_overlay_class_init (AssayOverlayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = overlay_finalize;
  ASSAY_SOURCE_CLASS (klass)->read = overlay_read;
  ASSAY_SOURCE_CLASS (klass)->read_strings = overlay_read_strings;
  ASSAY_SOURCE_CLASS (klass)->map = overlay_map;
  ASSAY_SOURCE_CLASS (klass)->unmap = overlay_unmap;
}

static void
assay_overlay_init (AssayOverlay *self)
{
  self->layers = g_ptr_array_new_with_free_func ((GDestroyNotify) overlay_layer_unref);
}

/* Whether a new layer of cells should become one with the last. */
static gboolean
may_merge (const OverlayLayer *older, const OverlayLayer *newer)
{
  return older->cells != NULL && newer->cells != NULL && older->n <= 2 * newer->n;
}

static void
add_layer (AssayOverlay *self, const OverlayFacts *facts, OverlayLayer *layer)
{
  GPtrArray *layers = self->layers;

  for (guint i = layers->len; i-- > 0;)
    {
      OverlayLayer *older = layers->pdata[i];

      if (overlay_layer_covers (facts, layer, older->start, older->count))
        g_ptr_array_remove_index (layers, i);
    }
  while (layers->len > 0 && may_merge (layers->pdata[layers->len - 1], layer))
    {
      OverlayLayer *merged = overlay_layer_merge (facts, layers->pdata[layers->len - 1], layer);

      overlay_layer_unref (layer);
      layer = merged;
      g_ptr_array_set_size (layers, layers->len - 1);
    }
  g_ptr_array_add (layers, layer);
}

/* The number of elements of a box; FALSE if it isn't inside the shape. */
static gboolean
check_box (const OverlayFacts *facts, const guint64 *start, const guint64 *count, guint64 *n, GError **error)
{
  *n = 1;
  for (guint i = 0; i < facts->rank; i++)
    {
      if (start[i] > facts->shape[i] || count[i] > facts->shape[i] - start[i])
        {
          g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_RANGE,
                       _ ("Indices %" PRIu64 " to %" PRIu64 " of axis %u are outside its %" PRIu64 " elements"),
                       start[i], start[i] + count[i], i, facts->shape[i]);
          return FALSE;
        }
      *n *= count[i];
    }
  return TRUE;
}

/* The overlay with one more layer. */
static AssaySource *
make_overlay (AssaySource *base, const OverlayFacts *facts, OverlayLayer *layer)
{
  AssayOverlay *self = g_object_new (ASSAY_TYPE_OVERLAY, NULL);

  assay_source_init_like (ASSAY_SOURCE (self), base);
  if (ASSAY_IS_OVERLAY (base))
    {
      AssayOverlay *below = ASSAY_OVERLAY (base);

      self->base = g_object_ref (below->base);
      for (guint i = 0; i < below->layers->len; i++)
        g_ptr_array_add (self->layers, overlay_layer_ref (below->layers->pdata[i]));
    }
  else
    self->base = g_object_ref (base);
  add_layer (self, facts, layer);
  return ASSAY_SOURCE (self);
}

AssaySource *
assay_overlay_new (AssaySource *base, const guint64 *start, const guint64 *count, GBytes *values, GError **error)
{
  OverlayFacts facts = get_facts (base);
  guint64      n;

  if (facts.is_string)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Strings can’t be replaced by numbers"));
      return NULL;
    }
  if (!check_box (&facts, start, count, &n, error))
    return NULL;
  if (g_bytes_get_size (values) != n * facts.item_size)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("The box takes %" PRIu64 " bytes, but there are %" PRIu64),
                   n * facts.item_size, (guint64) g_bytes_get_size (values));
      return NULL;
    }
  if (n == 0)
    return g_object_ref (base);
  return make_overlay (base, &facts, overlay_layer_new (&facts, start, count, values, NULL));
}

AssaySource *
assay_overlay_new_for_strings (AssaySource *base, const guint64 *start, const guint64 *count, GPtrArray *strings, GError **error)
{
  OverlayFacts facts = get_facts (base);
  guint64      n;

  if (!facts.is_string)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_DTYPE, _ ("Values of type %s can’t be replaced by strings"),
                   assay_source_get_dtype_name (base));
      return NULL;
    }
  if (!check_box (&facts, start, count, &n, error))
    return NULL;
  if (strings->len != n)
    {
      g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_SHAPE, _ ("The box takes %" PRIu64 " strings, but there are %u"), n, strings->len);
      return NULL;
    }
  if (n == 0)
    return g_object_ref (base);
  return make_overlay (base, &facts, overlay_layer_new (&facts, start, count, NULL, (GBytes **) strings->pdata));
}

static int
compare_ranges (const void *a, const void *b)
{
  const AssayRange *x = a, *y = b;

  return (x->first > y->first) - (x->first < y->first);
}

/* Sorts ranges and makes one of those that touch. */
static void
join_ranges (GArray *ranges)
{
  AssayRange *r = (AssayRange *) ranges->data;
  guint       n = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    if (n > 0 && r[i].first <= r[n - 1].first + r[n - 1].n)
      r[n - 1].n = MAX (r[n - 1].n, r[i].first + r[i].n - r[n - 1].first);
    else
      r[n++] = r[i];
  g_array_set_size (ranges, n);
}

/* Adds the ranges of the layers from first on; a source that is no overlay has none. */
static void
add_ranges (AssaySource *source, guint first, GArray *ranges)
{
  OverlayFacts facts = get_facts (source);

  if (ASSAY_IS_OVERLAY (source))
    for (guint i = first; i < ASSAY_OVERLAY (source)->layers->len; i++)
      overlay_layer_add_ranges (&facts, ASSAY_OVERLAY (source)->layers->pdata[i], ranges);
}

static AssaySource *
get_root (AssaySource *source)
{
  return ASSAY_IS_OVERLAY (source) ? ASSAY_OVERLAY (source)->base : source;
}

GArray *
assay_source_changed_ranges (AssaySource *self, AssaySource *base)
{
  GArray    *ranges = g_array_new (FALSE, FALSE, sizeof (AssayRange));
  AssayRange all = { 0, assay_source_get_n_elements (self) };
  guint      n_common = 0;

  if (self == base)
    return ranges;
  if (get_root (self) != get_root (base))
    {
      if (all.n > 0)
        g_array_append_val (ranges, all);
      return ranges;
    }
  /* What both have below is the same. */
  if (ASSAY_IS_OVERLAY (self) && ASSAY_IS_OVERLAY (base))
    {
      GPtrArray *a = ASSAY_OVERLAY (self)->layers, *b = ASSAY_OVERLAY (base)->layers;

      while (n_common < MIN (a->len, b->len) && a->pdata[n_common] == b->pdata[n_common])
        n_common++;
    }
  add_ranges (self, n_common, ranges);
  add_ranges (base, n_common, ranges);
  join_ranges (ranges);
  return ranges;
}
